//! Objects as files below a folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Blobs, Error, Key, LIST_MAX, Listed};

/// Where files are until they are whole. No key begins with a dot.
const INCOMING: &str = ".incoming";
/// Bytes that are read and written at a time.
const STEP: usize = 64 << 10;

/// A folder of files, for its owner alone. An object is written beside and moved to its place when it is durable.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    next: AtomicU64,
}

impl Disk {
    /// Objects below `root`, which is made when it is not there. What an earlier run left half written is removed.
    ///
    /// # Errors
    /// When the folder can't be made or read.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        let incoming = root.join(INCOMING);
        match fs::remove_dir_all(&incoming) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        make_folder(&incoming)?;
        Ok(Self { root, next: AtomicU64::new(0) })
    }

    /// The objects below `root` for a program that reads beside the one that puts them there: nothing is cleared away.
    pub fn beside(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), next: AtomicU64::new(0) }
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.root.join(key.as_str())
    }

    /// Writes what `body` gives to a file of its own and moves it to its place.
    fn write(&self, path: &Path, body: &mut dyn Read) -> Result<u64, Error> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let beside = self.root.join(INCOMING).join(number.to_string());
        let kept = copy(&beside, body).and_then(|bytes| {
            let folder = path.parent().unwrap_or(&self.root);
            make_folder(folder).map_err(failed)?;
            fs::rename(&beside, path).map_err(failed)?;
            // The name is durable with its folder; folders that were made with theirs.
            let mut folders = folder.ancestors().take_while(|f| f.starts_with(&self.root));
            folders.try_for_each(sync_folder).map_err(failed)?;
            Ok(bytes)
        });
        if kept.is_err() {
            let _ = fs::remove_file(&beside);
        }
        kept
    }
}

fn copy(path: &Path, body: &mut dyn Read) -> Result<u64, Error> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).map_err(failed)?;
    let (mut buffer, mut bytes) = (vec![0; STEP], 0);
    loop {
        let read = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::Source(error)),
        };
        file.write_all(&buffer[..read]).map_err(failed)?;
        bytes += read as u64;
    }
    file.sync_all().map_err(failed)?;
    Ok(bytes)
}

fn make_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn failed(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::Full(error.to_string()),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Error::Denied(error.to_string()),
        _ => Error::Unavailable(error.to_string()),
    }
}

fn missing(key: &Key) -> impl Fn(io::Error) -> Error {
    move |error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Error::NotFound(key.clone()),
        _ => failed(error),
    }
}

impl Blobs for Disk {
    fn put(&self, key: &Key, body: &mut dyn Read) -> Result<u64, Error> {
        self.write(&self.path(key), body)
    }

    fn get(&self, key: &Key, range: Range<u64>) -> Result<Box<dyn Read + Send>, Error> {
        let mut file = File::open(self.path(key)).map_err(missing(key))?;
        file.seek(SeekFrom::Start(range.start)).map_err(failed)?;
        Ok(Box::new(file.take(range.end.saturating_sub(range.start))))
    }

    fn head(&self, key: &Key) -> Result<u64, Error> {
        let meta = fs::metadata(self.path(key)).map_err(missing(key))?;
        if meta.is_file() { Ok(meta.len()) } else { Err(Error::NotFound(key.clone())) }
    }

    fn list(&self, folder: &str, after: Option<&Key>, limit: usize) -> Result<Vec<Listed>, Error> {
        let mut found = Vec::new();
        let folder = folder.trim_matches('/');
        if !folder.is_empty() && folder.parse::<Key>().is_err() {
            return Ok(found);
        }
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let wanted = Wanted { after: after.map_or("", Key::as_str), limit: limit.min(LIST_MAX) };
        walk(&self.root.join(folder), &prefix, &wanted, &mut found).map_err(failed)?;
        Ok(found)
    }

    fn delete(&self, key: &Key) -> Result<(), Error> {
        let path = self.path(key);
        match fs::remove_file(&path) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(()),
            Err(error) => Err(failed(error)),
            // A deletion that a loss of power undoes would be none.
            Ok(()) => sync_folder(path.parent().unwrap_or(&self.root)).map_err(failed),
        }
    }
}

/// What a list is asked for.
struct Wanted<'a> {
    after: &'a str,
    limit: usize,
}

/// Adds the files below a folder in the order of their keys. Folders are gone through, and never deeper than a key is
/// long.
fn walk(folder: &Path, prefix: &str, wanted: &Wanted<'_>, found: &mut Vec<Listed>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        // As their keys compare: a folder's name is followed by a slash there.
        let slash = if entry.file_type()?.is_dir() { "/" } else { "" };
        names.push(format!("{prefix}{name}{slash}"));
    }
    names.sort_unstable();
    for name in names {
        if found.len() >= wanted.limit {
            break;
        }
        if let Some(inner) = name.strip_suffix('/') {
            // All of a folder comes before `after` when its name does and `after` is not in it.
            if name.as_str() > wanted.after || wanted.after.starts_with(&name) {
                let last = inner.rsplit('/').next().unwrap_or(inner);
                if !last.starts_with('.') {
                    walk(&folder.join(last), &name, wanted, found)?;
                }
            }
        } else if name.as_str() > wanted.after
            && let Ok(key) = name.parse::<Key>()
        {
            let last = name.rsplit('/').next().unwrap_or(&name);
            match fs::metadata(folder.join(last)) {
                Ok(meta) => found.push(Listed { key, bytes: meta.len() }),
                // Deleted meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disk_conforms() {
        let dir = tempfile::tempdir().unwrap();
        crate::conformance::run(&Disk::open(dir.path().join("objects")).unwrap());
    }

    #[test]
    fn what_was_half_written_is_no_object_and_is_gone_after_a_start() {
        let dir = tempfile::tempdir().unwrap();
        let disk = Disk::open(dir.path()).unwrap();
        let key = "a/b".parse().unwrap();
        let mut broken = b"half".chain(Broken);
        assert!(matches!(disk.put(&key, &mut broken), Err(Error::Source(_))));
        assert!(matches!(disk.head(&key), Err(Error::NotFound(_))));
        fs::write(dir.path().join(INCOMING).join("7"), "left by a crash").unwrap();
        let disk = Disk::open(dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path().join(INCOMING)).unwrap().count(), 0);
        assert_eq!(disk.list("", None, 9).unwrap(), []);
    }

    #[test]
    fn a_folder_is_no_object() {
        let dir = tempfile::tempdir().unwrap();
        let disk = Disk::open(dir.path()).unwrap();
        disk.put(&"a/b".parse().unwrap(), &mut &b"x"[..]).unwrap();
        assert!(matches!(disk.head(&"a".parse().unwrap()), Err(Error::NotFound(_))));
    }

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the cable was pulled"))
        }
    }
}
