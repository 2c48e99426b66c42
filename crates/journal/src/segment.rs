//! Segment files: their names, their headers, and the walk over their frames.
//!
//! A header is `magic [8], version u16, node u16, header length u32, first position u64, created i64 (Unix ms),
//! tenants u32, zero u32, (tenant u64, last sequence u64) …, crc32 u32`, little-endian. The table holds each
//! tenant's last number before this segment, so that opening a journal reads one segment only.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::Error;
use crate::frame::{self, Bad, Head};

const MAGIC: &[u8; 8] = b"LTJRNAL\0";
pub(crate) const VERSION: u16 = 1;
const FIXED: usize = 40;
const EXTENSION: &str = "journal";
/// Read at once while walking a segment.
pub(crate) const CHUNK: usize = 256 << 10;

/// A segment as its header describes it.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) node: u16,
    /// The position of its first event, if it has one.
    pub(crate) first_pos: u64,
    /// Unix milliseconds.
    pub(crate) created: i64,
    /// Each tenant's last sequence number before it.
    pub(crate) before: Arc<HashMap<u64, u64>>,
}

impl Header {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let length = FIXED + self.before.len() * 16 + 4;
        let mut out = Vec::with_capacity(length);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&self.node.to_le_bytes());
        out.extend_from_slice(&(length as u32).to_le_bytes());
        out.extend_from_slice(&self.first_pos.to_le_bytes());
        out.extend_from_slice(&self.created.to_le_bytes());
        out.extend_from_slice(&(self.before.len() as u32).to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        for (tenant, seq) in &*self.before {
            out.extend_from_slice(&tenant.to_le_bytes());
            out.extend_from_slice(&seq.to_le_bytes());
        }
        let crc = crc32fast::hash(&out);
        out.extend_from_slice(&crc.to_le_bytes());
        out
    }

    /// The header and its length in bytes.
    pub(crate) fn read(path: &Path) -> Result<(Header, u64), Error> {
        let mut bytes = vec![0; FIXED];
        let mut file = File::open(path).map_err(Error::io("open", path))?;
        let corrupt = |reason| Error::Corrupt { path: path.to_owned(), offset: 0, reason };
        match file.read_exact(&mut bytes) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Err(corrupt("its header is cut short")),
            other => other.map_err(Error::io("read", path))?,
        }
        let u32_at = |b: &[u8], at: usize| u32::from_le_bytes(b[at..at + 4].try_into().expect("four bytes"));
        let u64_at = |b: &[u8], at: usize| u64::from_le_bytes(b[at..at + 8].try_into().expect("eight bytes"));
        if &bytes[..8] != MAGIC {
            return Err(corrupt("it does not begin as a journal file does"));
        }
        let version = u16::from_le_bytes([bytes[8], bytes[9]]);
        if version > VERSION {
            return Err(Error::Newer { path: path.to_owned(), version });
        }
        let (length, tenants) = (u32_at(&bytes, 12) as usize, u32_at(&bytes, 32) as usize);
        let fits = length as u64 <= file.metadata().map_err(Error::io("read", path))?.len();
        if !fits || tenants.checked_mul(16).and_then(|n| n.checked_add(FIXED + 4)) != Some(length) {
            return Err(corrupt("its header is damaged"));
        }
        bytes.resize(length, 0);
        file.read_exact(&mut bytes[FIXED..]).map_err(Error::io("read", path))?;
        if crc32fast::hash(&bytes[..length - 4]) != u32_at(&bytes, length - 4) {
            return Err(corrupt("its header does not match its checksum"));
        }
        let before = bytes[FIXED..length - 4].chunks_exact(16).map(|p| (u64_at(p, 0), u64_at(p, 8))).collect();
        let header = Header {
            node: u16::from_le_bytes([bytes[10], bytes[11]]),
            first_pos: u64_at(&bytes, 16),
            created: u64_at(&bytes, 24) as i64,
            before: Arc::new(before),
        };
        Ok((header, length as u64))
    }
}

/// The age of files is the one thing here that takes a clock.
#[allow(clippy::disallowed_methods)]
pub(crate) fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64)
}

pub(crate) fn file_name(first_pos: u64) -> String {
    format!("{first_pos:020}.{EXTENSION}")
}

/// The segments of a folder, oldest first.
pub(crate) fn list(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(Error::io("read", dir))? {
        let path = entry.map_err(Error::io("read", dir))?.path();
        let numbered = path.file_stem().is_some_and(|s| s.len() == 20 && s.as_encoded_bytes().is_ascii());
        if numbered && path.extension().is_some_and(|e| e == EXTENSION) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A walk over the frames of one segment, in chunks.
pub(crate) struct Walk {
    file: Arc<File>,
    path: PathBuf,
    /// Of the next frame.
    offset: u64,
    end: u64,
}

/// Whole frames, and where each begins within `bytes`.
pub(crate) struct Chunk {
    pub(crate) bytes: Arc<Vec<u8>>,
    pub(crate) frames: Vec<(usize, Head)>,
    /// Of `bytes` in the file.
    pub(crate) offset: u64,
}

/// Why a walk cannot go on.
#[derive(Debug)]
pub(crate) enum Stop {
    Bad { offset: u64, bad: Bad },
    Io(Error),
}

impl Walk {
    /// From `offset` to `end`, both frame boundaries.
    pub(crate) fn new(path: &Path, offset: u64, end: u64) -> Result<Self, Error> {
        let file = Arc::new(File::open(path).map_err(Error::io("open", path))?);
        Ok(Self { file, path: path.to_owned(), offset, end })
    }

    /// The segment has grown to here.
    pub(crate) fn extend(&mut self, end: u64) {
        self.end = self.end.max(end);
    }

    /// The next frames, checked; none at the end. After whole frames a bad one is reported by the next call.
    pub(crate) fn next_chunk(&mut self) -> Result<Option<Chunk>, Stop> {
        let mut want = CHUNK;
        while self.offset < self.end {
            let length = want.min((self.end - self.offset) as usize);
            let mut bytes = vec![0; length];
            self.file.read_exact_at(&mut bytes, self.offset).map_err(|e| Stop::Io(Error::io("read", &self.path)(e)))?;
            let (mut frames, mut at) = (Vec::new(), 0);
            let bad = loop {
                match frame::check(&bytes[at..]) {
                    Ok(head) => {
                        frames.push((at, head));
                        at += head.total;
                        if at == length {
                            break None;
                        }
                    }
                    Err(bad) => break Some(bad),
                }
            };
            if !frames.is_empty() {
                let offset = self.offset;
                self.offset += at as u64;
                bytes.truncate(at);
                return Ok(Some(Chunk { bytes: Arc::new(bytes), frames, offset }));
            }
            match bad {
                Some(Bad::Short(total)) if self.offset + total as u64 <= self.end => want = total,
                Some(bad) => return Err(Stop::Bad { offset: self.offset, bad }),
                None => unreachable!("a chunk without a bad frame has whole ones"),
            }
        }
        Ok(None)
    }

    /// As [`Self::next_chunk`], a bad frame being an error for the operator.
    pub(crate) fn next_sound(&mut self) -> Result<Option<Chunk>, Error> {
        self.next_chunk().map_err(|stop| stop.into_error(self))
    }
}

impl Stop {
    /// As an error for the operator.
    pub(crate) fn into_error(self, walk: &Walk) -> Error {
        match self {
            Self::Bad { offset, bad } => Error::Corrupt { path: walk.path.clone(), offset, reason: bad.reason() },
            Self::Io(error) => error,
        }
    }
}
