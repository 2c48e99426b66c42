//! Writing a backup.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use tar::{Builder, EntryType, Header};

use super::sums::Hashed;
use super::{ABOUT, DATABASE, FORMAT, SUMS};

/// Folders that come last, in this order: what refers to others is copied before what it refers to, and recordings go from
/// their folder into the archive's.
const LAST: [&str; 4] = ["journal", "ladder", "recordings", "archive"];
/// Folders in folders: recordings lie two deep.
const DEPTH: usize = 8;
/// Only the owner reads it: it holds numbers, recordings, and what signs people in.
const MODE: u32 = 0o600;

/// Copies a data folder into a new file, also while a server runs on it.
pub(crate) fn backup(data: &Path, file: &Path, recordings: bool) -> Result<(), String> {
    if !data.join(DATABASE).is_file() {
        return Err(format!("{} is no data folder of a server", data.display()));
    }
    if file.exists() {
        return Err(format!("{} exists already: name a new file", file.display()));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real = |path: &Path| path.canonicalize().map_err(|e| format!("{}: {e}", path.display()));
    if real(folder)?.starts_with(real(data)?) {
        return Err(format!("{} would lie in the data folder itself: name another place", file.display()));
    }
    let [part, copy] = [".part", ".db.part"].map(|end| beside(file, end));
    // Making it says that nobody else is writing this backup, so what is cleared away below is ours.
    let made = private(&part)?;
    let done = write(data, made, &copy, recordings).and_then(|told| {
        if file.exists() {
            return Err(format!("{} has come to be meanwhile", file.display()));
        }
        fs::rename(&part, file).map_err(|e| format!("{}: {e}", file.display()))?;
        Ok(told)
    });
    let _ = fs::remove_file(&copy);
    if done.is_err() {
        let _ = fs::remove_file(&part);
    }
    let Told { files, bytes } = done?;
    println!("{files} files, {bytes} bytes");
    Ok(())
}

/// A new file that only its owner may read.
fn private(file: &Path) -> Result<File, String> {
    let made = OpenOptions::new().write(true).create_new(true).mode(MODE).open(file);
    made.map_err(|e| format!("{}: {e}", file.display()))
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// What a backup holds.
#[derive(Default)]
struct Told {
    files: u64,
    bytes: u64,
}

fn write(data: &Path, into: File, copy: &Path, recordings: bool) -> Result<Told, String> {
    let mut archive = Archive { tar: Builder::new(BufWriter::new(into)), sums: String::new(), told: Told::default() };
    let about = serde_json::json!({"format": FORMAT, "version": crate::version::FULL});
    archive.add_bytes(ABOUT, about.to_string().as_bytes())?;
    let _ = fs::remove_file(copy);
    // SQLite takes a file without content for one that is not there; made here, nobody else can read it.
    private(copy)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(store::copy_sqlite(&data.join(DATABASE), copy)).map_err(|e| e.to_string())?;
    archive.add_file(copy, Path::new(DATABASE))?;
    let _ = fs::remove_file(copy);
    let is_database = |name: &str| name.starts_with(DATABASE);
    for name in names(data)?.iter().filter(|name| !LAST.contains(&name.as_str()) && !is_database(name)) {
        archive.add(data, Path::new(name), DEPTH)?;
    }
    for name in LAST.iter().filter(|name| recordings || !["recordings", "archive"].contains(name)) {
        archive.add(data, Path::new(name), DEPTH)?;
    }
    archive.finish()
}

/// The names in a folder, in order; none where it has gone.
fn names(folder: &Path) -> Result<Vec<String>, String> {
    let failed = |e: io::Error| format!("{}: {e}", folder.display());
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        names.push(name.into_string().map_err(|name| format!("{}: the name {name:?} is no text", folder.display()))?);
    }
    names.sort();
    Ok(names)
}

struct Archive {
    tar: Builder<BufWriter<File>>,
    sums: String,
    told: Told,
}

impl Archive {
    /// Adds a file, or a folder with all in it. What has gone meanwhile, by its retention, is passed over.
    fn add(&mut self, data: &Path, name: &Path, depth: usize) -> Result<(), String> {
        let path = data.join(name);
        match fs::metadata(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(format!("{}: {e}", path.display())),
            Ok(found) if found.is_dir() && depth == 0 => Err(format!("{} lies too deep", path.display())),
            Ok(found) if found.is_dir() => {
                for inner in names(&path)? {
                    self.add(data, &name.join(inner), depth - 1)?;
                }
                Ok(())
            }
            Ok(found) if found.is_file() => self.add_file(&path, name),
            // A socket or the like is nothing to keep.
            Ok(_) => Ok(()),
        }
    }

    /// Adds a file at the length that it has now; one that grows has the rest in the next backup.
    fn add_file(&mut self, path: &Path, name: &Path) -> Result<(), String> {
        let failed = |e: io::Error| format!("{}: {e}", path.display());
        let file = match File::open(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened.map_err(failed)?,
        };
        let length = file.metadata().map_err(failed)?.len();
        self.append(name, length, file.take(length)).map_err(failed)
    }

    fn add_bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        self.append(Path::new(name), bytes.len() as u64, bytes).map_err(|e| format!("{name}: {e}"))
    }

    fn append(&mut self, name: &Path, length: u64, from: impl Read) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(length);
        header.set_mode(MODE);
        let mut from = Hashed::new(from);
        self.tar.append_data(&mut header, name, &mut from)?;
        if from.bytes != length {
            return Err(io::Error::other("was cut while it was read; try again"));
        }
        self.told.files += 1;
        self.told.bytes += length;
        let (_, hash) = from.finish();
        self.sums.push_str(&format!("{hash}  {}\n", name.display()));
        Ok(())
    }

    fn finish(mut self) -> Result<Told, String> {
        let sums = std::mem::take(&mut self.sums);
        self.add_bytes(SUMS, sums.as_bytes())?;
        self.told.files -= 1;
        let written = || -> io::Result<()> {
            let mut out = self.tar.into_inner()?;
            out.flush()?;
            out.get_ref().sync_all()
        };
        written().map_err(|e| format!("the backup: {e}"))?;
        Ok(self.told)
    }
}
