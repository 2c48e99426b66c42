//! Looking for damage in the files of a journal that nobody has open, and mending it.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::frame;
use crate::segment::{self, Header};

/// Bytes of a segment that are no whole event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The segment.
    pub file: PathBuf,
    /// The first damaged byte.
    pub offset: u64,
    /// How many.
    pub bytes: u64,
}

/// Reads every event of the journal in `dir` and reports what is damaged. Changes nothing.
///
/// # Errors
/// Files that cannot be read, or have no sound header.
pub fn inspect(dir: impl AsRef<Path>) -> Result<Vec<Damage>, Error> {
    let mut damages = Vec::new();
    for path in segment::list(dir.as_ref())? {
        let (_, start) = Header::read(&path)?;
        let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
        damages.extend(damaged(&bytes, start as usize).into_iter().map(|(from, to)| Damage {
            file: path.clone(),
            offset: from as u64,
            bytes: (to - from) as u64,
        }));
    }
    Ok(damages)
}

/// Takes the damaged bytes out of the journal in `dir`, which no server may have open. Each damaged file is kept
/// beside the mended one with the extension `damaged`. Every whole event stays, with its numbers.
///
/// # Errors
/// As [`inspect`], and files that cannot be written.
pub fn repair(dir: impl AsRef<Path>) -> Result<Vec<Damage>, Error> {
    let damages = inspect(dir)?;
    for group in damages.chunk_by(|a, b| a.file == b.file) {
        let path = &group[0].file;
        let bytes = fs::read(path).map_err(Error::io("read", path))?;
        let mended = path.with_extension("mending");
        let mut out = File::create(&mended).map_err(Error::io("create", &mended))?;
        let mut from = 0;
        let mut keep = |range: &[u8]| out.write_all(range).map_err(Error::io("write", &mended));
        for damage in group {
            keep(&bytes[from..damage.offset as usize])?;
            from = (damage.offset + damage.bytes) as usize;
        }
        keep(&bytes[from..])?;
        out.sync_all().map_err(Error::io("write", &mended))?;
        fs::rename(path, path.with_extension("damaged")).map_err(Error::io("rename", path))?;
        fs::rename(&mended, path).map_err(Error::io("rename", &mended))?;
    }
    Ok(damages)
}

/// The ranges of `bytes` from `at` on that belong to no whole frame.
fn damaged(bytes: &[u8], mut at: usize) -> Vec<(usize, usize)> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    while at < bytes.len() {
        if let Some(total) = whole(&bytes[at..]) {
            at += total;
            continue;
        }
        match ranges.last_mut() {
            Some(last) if last.1 == at => last.1 = at + 1,
            _ => ranges.push((at, at + 1)),
        }
        at += 1;
    }
    ranges
}

/// The length of the whole frame that `bytes` begin with. One of a newer format is whole as well.
fn whole(bytes: &[u8]) -> Option<usize> {
    // Before a checksum over what may be megabytes: the zero bytes and the brace that every frame has.
    if bytes.get(9..12)? != [0; 3] || *bytes.get(frame::HEAD)? != b'{' {
        return None;
    }
    match frame::check(bytes) {
        Ok(_) | Err(frame::Bad::Version(_)) => frame::head(bytes).ok().map(|head| head.total),
        Err(_) => None,
    }
}
