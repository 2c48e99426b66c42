//! What people have uploaded: files named by what is in them, a folder for each tenant.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use media::prompt::{BANK_RATE, Prompt, PromptBank, Prompts, Sounds, UploadError, decode, import, to_wav};
use ring::digest::{SHA256, digest};
use types::TenantId;

use super::COMMON;

/// Bytes of a file before its samples, and those of a second of sound.
const HEAD_BYTES: u64 = 44;
const BYTES_PER_S: u64 = BANK_RATE as u64 * 2;

/// The prompts that tenants have of their own.
pub struct Library {
    folder: PathBuf,
    /// What is in use already: the same sound is read, decoded and coded once.
    loaded: Mutex<HashMap<(TenantId, String), Weak<Prompt>>>,
}

/// A sound that was taken into the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The SHA-256 of the file, in hexadecimal digits: its name from now on.
    pub audio: String,
    /// How long it lasts, in milliseconds.
    pub length_ms: u64,
}

/// Why an upload was not taken.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It is no prompt.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// The disk failed.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

impl Library {
    /// The library of a data folder, beside what the operator puts there.
    pub fn new(data: &Path) -> Self {
        Self { folder: data.join("prompts/library"), loaded: Mutex::default() }
    }

    fn path(&self, tenant: TenantId, audio: &str) -> PathBuf {
        self.folder.join(tenant.to_string()).join(format!("{audio}.wav"))
    }

    /// Makes a prompt of an upload and keeps it. May take seconds of CPU time.
    ///
    /// # Errors
    /// See [`KeepError`]; nothing is kept then.
    pub fn keep(&self, tenant: TenantId, bytes: Vec<u8>, sounds: Sounds) -> Result<Kept, KeepError> {
        let pcm = import(bytes, sounds)?;
        let length_ms = pcm.samples.len() as u64 * 1000 / u64::from(pcm.rate);
        let wav = to_wav(&pcm);
        let audio: String = digest(&SHA256, &wav).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let path = self.path(tenant, &audio);
        if !path.exists() {
            fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
            // Whoever reads meanwhile finds all of it or nothing.
            let part = path.with_extension("part");
            let mut file = File::create(&part)?;
            file.write_all(&wav)?;
            file.sync_all()?;
            fs::rename(&part, &path)?;
        }
        Ok(Kept { audio, length_ms })
    }

    /// A tenant's sound as a WAV file.
    ///
    /// # Errors
    /// `NotFound` when there is no such one; the disk fails.
    pub fn read(&self, tenant: TenantId, audio: &str) -> io::Result<Vec<u8>> {
        // Nothing else is a name of ours, and a path least of all.
        if !audio.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(io::ErrorKind::NotFound.into());
        }
        fs::read(self.path(tenant, audio))
    }

    /// How long a sound lasts, in milliseconds; none when the library does not have it.
    pub fn length_ms(&self, tenant: TenantId, audio: &str) -> Option<u64> {
        let bytes = fs::metadata(self.path(tenant, audio)).ok()?.len();
        Some(bytes.saturating_sub(HEAD_BYTES) * 1000 / BYTES_PER_S)
    }

    /// Removes a sound that nothing refers to any more. What plays goes on.
    pub fn forget(&self, tenant: TenantId, audio: &str) {
        if let Err(error) = fs::remove_file(self.path(tenant, audio))
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, %tenant, audio, "a recording that nothing uses can't be removed");
        }
    }

    /// A tenant's prompts, ready to play; `names` are those of the bank, each with its sound. What can't be read is left
    /// out and said: another language is heard in its place.
    pub fn own<'a>(&self, tenant: TenantId, names: impl IntoIterator<Item = (String, &'a str)>) -> Prompts {
        let mut own = Prompts::new();
        for (name, audio) in names {
            match self.prompt(tenant, audio) {
                Ok(prompt) => _ = own.insert(name.into(), prompt),
                Err(why) => tracing::error!(%tenant, name, audio, why, "a prompt can't be played"),
            }
        }
        self.lock().retain(|_, prompt| prompt.strong_count() > 0);
        own
    }

    fn prompt(&self, tenant: TenantId, audio: &str) -> Result<Arc<Prompt>, String> {
        let key = (tenant, audio.to_owned());
        if let Some(prompt) = self.lock().get(&key).and_then(Weak::upgrade) {
            return Ok(prompt);
        }
        let bytes = self.read(tenant, audio).map_err(|e| e.to_string())?;
        let prompt = Arc::new(Prompt::new(decode(&bytes).map_err(|e| e.to_string())?));
        for codec in COMMON {
            prompt.encoded(codec).map_err(|e| e.to_string())?;
        }
        self.lock().insert(key, Arc::downgrade(&prompt));
        Ok(prompt)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(TenantId, String), Weak<Prompt>>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What callers of all tenants hear under a name of the bank, such as `zh/menu_main`, as a WAV file.
pub fn common(bank: &PromptBank, name: &str) -> Option<Vec<u8>> {
    bank.get(name).map(|prompt| to_wav(prompt.pcm()))
}

#[cfg(test)]
mod tests {
    use media::prompt::Pcm;
    use media::tone::sine;

    use super::*;

    const A: TenantId = TenantId(1);
    const B: TenantId = TenantId(2);

    fn upload(frequency: f64) -> Vec<u8> {
        to_wav(&Pcm { rate: 44_100, samples: sine(frequency, 44_100, 44_100, 5_000.0) })
    }

    #[test]
    fn an_upload_is_kept_once_by_what_is_in_it_and_for_its_tenant_alone() {
        let dir = tempfile::tempdir().unwrap();
        let library = Library::new(dir.path());
        let kept = library.keep(A, upload(440.0), Sounds::Speech).unwrap();
        assert_eq!(library.keep(A, upload(440.0), Sounds::Speech).unwrap(), kept);
        assert_eq!(library.length_ms(A, &kept.audio), Some(kept.length_ms));
        assert!((1_100..1_200).contains(&kept.length_ms), "{}", kept.length_ms);
        assert!(library.read(A, &kept.audio).is_ok());
        assert_eq!(library.read(B, &kept.audio).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(library.read(A, "../../secret").unwrap_err().kind(), io::ErrorKind::NotFound);
        let own = library.own(A, [("zh/hello".to_owned(), &*kept.audio), ("en/hello".to_owned(), "00")]);
        assert_eq!(own.keys().map(|name| &**name).collect::<Vec<_>>(), ["zh/hello"], "what is not there is left out");
        assert!(library.own(B, [("zh/hello".to_owned(), &*kept.audio)]).is_empty());
        let again = library.own(A, [("zh/other".to_owned(), &*kept.audio)]);
        assert!(Arc::ptr_eq(&again["zh/other"], &own["zh/hello"]), "the same sound is held once");
        library.forget(A, &kept.audio);
        assert_eq!(library.length_ms(A, &kept.audio), None);
    }

    #[test]
    fn what_is_no_sound_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let library = Library::new(dir.path());
        assert!(matches!(library.keep(A, b"no sound".to_vec(), Sounds::Speech), Err(KeepError::Upload(_))));
        assert!(!dir.path().join("prompts").exists());
    }
}
