//! The prompt bank: what the program ships, what the operator puts beside it, and what tenants upload.

mod library;

pub use library::{KeepError, Kept, Library, common};
pub use media::prompt::{MAX_UPLOAD_S, Sounds, UploadError};

use std::path::{Path, PathBuf};

use media::codec::Codec;
use media::prompt::PromptBank;

/// The shipped prompts, inside the program so that a private site needs nothing beside it.
static SHIPPED: include_dir::Dir<'_> = include_dir::include_dir!("$CARGO_MANIFEST_DIR/../../prompts");

/// The codec that most calls speak; its prompts are coded at the start, the others when first heard.
const COMMON: [Codec; 2] = [Codec::Pcma, Codec::Pcmu];

/// Why a prompt can't be used.
#[derive(Debug, thiserror::Error)]
#[error("the prompt {} can't be used: {why}", path.display())]
pub struct PromptError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub why: String,
}

/// Loads the shipped prompts, and over them the files `<dir>/<language>/<id>.{opus,wav}` and
/// `<dir>/music/<name>.{opus,wav}` of the operator.
///
/// # Errors
/// When a file is no sound that can be read.
pub fn load(dir: &Path) -> Result<PromptBank, PromptError> {
    let mut bank = PromptBank::new();
    let sounds = SHIPPED.dirs().flat_map(include_dir::Dir::files);
    for file in sounds.filter(|f| is_sound(f.path())) {
        insert(&mut bank, file.path(), file.contents())?;
    }
    for folder in ["zh", "en", "music"] {
        // No folder of one's own is the ordinary case.
        let Ok(entries) = std::fs::read_dir(dir.join(folder)) else { continue };
        for path in entries.flatten().map(|e| e.path()).filter(|p| is_sound(p)) {
            let bytes = std::fs::read(&path).map_err(|e| PromptError { path: path.clone(), why: e.to_string() })?;
            let name = Path::new(folder).join(path.file_name().unwrap_or_default());
            insert(&mut bank, &name, &bytes)?;
        }
    }
    for codec in COMMON {
        bank.warm(codec).map_err(|e| PromptError { path: dir.to_owned(), why: e.to_string() })?;
    }
    Ok(bank)
}

fn is_sound(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "opus" || e == "wav")
}

/// `zh/menu_main.opus` is `zh/menu_main`; `music/moh_default.opus` is `music/default`.
fn insert(bank: &mut PromptBank, path: &Path, bytes: &[u8]) -> Result<(), PromptError> {
    let name = path.with_extension("").to_string_lossy().replace("music/moh_", "music/");
    bank.insert_file(&name, bytes).map_err(|e| PromptError { path: path.to_owned(), why: e.to_string() })?;
    Ok(())
}
