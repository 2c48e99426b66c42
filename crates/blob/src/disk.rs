//! Objects as files: `<root>/<tenant>/<key>`.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use types::TenantId;

use crate::{Blobs, Entry, Error, Key};

/// Keeps objects in a folder.
#[derive(Debug)]
pub struct DiskBlobs {
    root: PathBuf,
    /// Tells files under way apart.
    next: AtomicU64,
}

impl DiskBlobs {
    /// Keeps objects below `root`, which is made when there is none.
    ///
    /// # Errors
    /// The folder cannot be made or written.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, Error> {
        let root = root.as_ref().to_owned();
        fs::create_dir_all(&root).map_err(io_error("create", &root))?;
        let probe = root.join(".probe");
        File::create(&probe).and_then(|_| fs::remove_file(&probe)).map_err(io_error("write", &probe))?;
        Ok(Self { root, next: AtomicU64::new(0) })
    }

    fn path(&self, tenant: TenantId, key: &Key) -> PathBuf {
        self.root.join(tenant.to_string()).join(key.as_str())
    }

    fn open_file(&self, tenant: TenantId, key: &Key) -> Result<(File, u64, PathBuf), Error> {
        let path = self.path(tenant, key);
        let open = || -> io::Result<(File, u64, bool)> {
            let file = File::open(&path)?;
            let meta = file.metadata()?;
            Ok((file, meta.len(), meta.is_file()))
        };
        match open() {
            Ok((file, length, true)) => Ok((file, length, path)),
            Ok(_) => Err(Error::NotFound),
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Err(Error::NotFound)
            }
            Err(e) => Err(io_error("open", &path)(e)),
        }
    }
}

fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let place = path.display().to_string();
    move |source| Error::Io { action, place, source }
}

impl Blobs for DiskBlobs {
    fn put(&self, tenant: TenantId, key: &Key, bytes: &[u8]) -> Result<(), Error> {
        let path = self.path(tenant, key);
        let folder = path.parent().unwrap_or(&self.root);
        let name = format!(".{}-{}", std::process::id(), self.next.fetch_add(1, Ordering::Relaxed));
        let unfinished = folder.join(name);
        let write = || -> io::Result<()> {
            fs::create_dir_all(folder)?;
            let mut file = File::create(&unfinished)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)?;
            File::open(folder)?.sync_all()
        };
        write().map_err(|e| {
            drop(fs::remove_file(&unfinished));
            io_error("write", &path)(e)
        })
    }

    fn get(&self, tenant: TenantId, key: &Key) -> Result<Vec<u8>, Error> {
        let (mut file, length, path) = self.open_file(tenant, key)?;
        let mut bytes = Vec::with_capacity(length as usize);
        file.read_to_end(&mut bytes).map_err(io_error("read", &path))?;
        Ok(bytes)
    }

    fn range(&self, tenant: TenantId, key: &Key, range: Range<u64>) -> Result<(Vec<u8>, u64), Error> {
        let (mut file, length, path) = self.open_file(tenant, key)?;
        if range.start > length || (range.start == length && length > 0) {
            return Err(Error::Range(length));
        }
        let wanted = range.end.min(length).saturating_sub(range.start);
        let mut bytes = Vec::with_capacity(wanted as usize);
        file.seek(SeekFrom::Start(range.start))
            .and_then(|_| file.take(wanted).read_to_end(&mut bytes))
            .map_err(io_error("read", &path))?;
        Ok((bytes, length))
    }

    fn delete(&self, tenant: TenantId, key: &Key) -> Result<bool, Error> {
        let path = self.path(tenant, key);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(false),
            Err(e) => Err(io_error("remove", &path)(e)),
        }
    }

    fn list(&self, tenant: TenantId, folder: Option<&Key>) -> Result<Vec<Entry>, Error> {
        let root = self.root.join(tenant.to_string());
        let mut folders = vec![folder.map_or_else(|| root.clone(), |key| root.join(key.as_str()))];
        let mut found = Vec::new();
        while let Some(path) = folders.pop() {
            let meta = match fs::metadata(&path) {
                Ok(meta) => meta,
                // Removed since it was listed, or never there.
                Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => continue,
                Err(e) => return Err(io_error("read", &path)(e)),
            };
            if meta.is_dir() {
                for entry in fs::read_dir(&path).map_err(io_error("read", &path))? {
                    folders.push(entry.map_err(io_error("read", &path))?.path());
                }
            } else if let Some(Ok(key)) = path.strip_prefix(&root).ok().and_then(Path::to_str).map(str::parse) {
                found.push(Entry { key, bytes: meta.len() });
            }
        }
        found.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disk_conforms() {
        let dir = tempfile::tempdir().unwrap();
        crate::conformance::run(&DiskBlobs::open(dir.path()).unwrap());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let error = DiskBlobs::open(file.join("blobs")).unwrap_err().to_string();
        assert!(error.contains("file/blobs"), "{error}");
    }

    #[test]
    fn an_unfinished_object_is_not_listed() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = DiskBlobs::open(dir.path()).unwrap();
        blobs.put(TenantId(1), &"a".parse().unwrap(), b"x").unwrap();
        fs::write(dir.path().join(TenantId(1).to_string()).join(".1-1"), "part").unwrap();
        assert_eq!(blobs.list(TenantId(1), None).unwrap().len(), 1);
    }
}
