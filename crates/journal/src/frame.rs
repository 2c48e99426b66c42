//! One event in a file: a fixed header, then its happening as JSON.
//!
//! ```text
//! 0  length   u32  bytes after the checksum
//! 4  crc32    u32  of the bytes after it
//! 8  version  u8   of this format; then 3 zero bytes
//! 12 position u64
//! 20 sequence u64
//! 28 tenant   u64
//! 36 at       i64  Unix milliseconds
//! 44 payload       JSON; its first member is `type`
//! ```
//! All numbers are little-endian.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use types::event::{Event, Happening};
use types::{TenantId, Wall};

use crate::error::Error;

/// Bytes before the payload.
pub(crate) const HEAD: usize = 44;
/// Where the checksummed part begins.
const BODY: usize = 8;
/// The longest frame: a record of thousands of steps fits, and a damaged length cannot ask for more memory.
pub(crate) const MAX_FRAME: usize = 4 << 20;
const VERSION: u8 = 1;
/// What every payload begins with.
const TYPE_PREFIX: &[u8] = br#"{"type":""#;

/// The fixed part of a whole frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    /// Of header and payload.
    pub(crate) total: usize,
    pub(crate) pos: u64,
    pub(crate) seq: u64,
    pub(crate) tenant: u64,
    pub(crate) at: i64,
}

/// Why bytes are no whole frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bad {
    /// The bytes end before the frame does; it would have this many.
    Short(usize),
    Length,
    Checksum,
    Version(u8),
}

impl Bad {
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Bad::Short(_) => "the file ends within an event",
            Bad::Length => "an event's length is impossible",
            Bad::Checksum => "an event does not match its checksum",
            Bad::Version(_) => "an event's format is not known",
        }
    }
}

/// Appends an event without its numbers, which [`stamp`] adds. False, and nothing appended, when it is too long.
pub(crate) fn encode(out: &mut Vec<u8>, event: &Event) -> bool {
    let start = out.len();
    let mut head = [0; HEAD];
    head[BODY] = VERSION;
    head[28..36].copy_from_slice(&event.tenant.0.to_le_bytes());
    head[36..44].copy_from_slice(&event.at.0.to_le_bytes());
    out.extend_from_slice(&head);
    let written = serde_json::to_writer(&mut *out, &event.what).is_ok();
    let total = out.len() - start;
    if !written || total > MAX_FRAME {
        out.truncate(start);
        return false;
    }
    out[start..start + 4].copy_from_slice(&((total - BODY) as u32).to_le_bytes());
    true
}

/// Gives an encoded frame its numbers and checksum.
pub(crate) fn stamp(frame: &mut [u8], pos: u64, seq: u64) {
    frame[12..20].copy_from_slice(&pos.to_le_bytes());
    frame[20..28].copy_from_slice(&seq.to_le_bytes());
    let crc = crc32fast::hash(&frame[BODY..]);
    frame[4..8].copy_from_slice(&crc.to_le_bytes());
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// The head of the frame at the start of `bytes`, trusting it: for bytes that were checked, or that we encoded.
pub(crate) fn head(bytes: &[u8]) -> Result<Head, Bad> {
    if bytes.len() < HEAD {
        return Err(Bad::Short(HEAD));
    }
    let total = u32_at(bytes, 0) as usize + BODY;
    if !(HEAD..=MAX_FRAME).contains(&total) {
        return Err(Bad::Length);
    }
    if bytes.len() < total {
        return Err(Bad::Short(total));
    }
    Ok(Head {
        total,
        pos: u64_at(bytes, 12),
        seq: u64_at(bytes, 20),
        tenant: u64_at(bytes, 28),
        at: u64_at(bytes, 36) as i64,
    })
}

/// As [`head`], but holds the frame against its checksum.
pub(crate) fn check(bytes: &[u8]) -> Result<Head, Bad> {
    let head = head(bytes)?;
    if crc32fast::hash(&bytes[BODY..head.total]) != u32_at(bytes, 4) {
        return Err(Bad::Checksum);
    }
    match bytes[BODY] {
        VERSION => Ok(head),
        other => Err(Bad::Version(other)),
    }
}

/// One event as it is stored. Cheap to clone.
#[derive(Clone)]
pub struct Stored {
    /// Its place among all events of the journal: the cursor of projections.
    pub pos: u64,
    /// Its place among its tenant's events: the cursor of screens.
    pub seq: u64,
    /// Whose.
    pub tenant: TenantId,
    /// When.
    pub at: Wall,
    bytes: Arc<Vec<u8>>,
    json: Range<usize>,
}

impl Stored {
    /// `start`: of the frame within `bytes`.
    pub(crate) fn new(head: Head, bytes: &Arc<Vec<u8>>, start: usize) -> Self {
        Self {
            pos: head.pos,
            seq: head.seq,
            tenant: TenantId(head.tenant),
            at: Wall(head.at),
            bytes: Arc::clone(bytes),
            json: start + HEAD..start + head.total,
        }
    }

    /// The happening as JSON, as it is stored.
    pub fn json(&self) -> &[u8] {
        &self.bytes[self.json.clone()]
    }

    /// The stable name of what happened: `interaction.ended` …, without parsing the rest.
    pub fn kind(&self) -> &str {
        let json = self.json();
        let name = json.strip_prefix(TYPE_PREFIX).unwrap_or_default();
        let end = name.iter().position(|&b| b == b'"').unwrap_or(0);
        std::str::from_utf8(&name[..end]).unwrap_or_default()
    }

    /// The event.
    ///
    /// # Errors
    /// [`Error::Event`] when this version does not know it.
    pub fn event(&self) -> Result<Event, Error> {
        let what: Happening = serde_json::from_slice(self.json()).map_err(|e| Error::Event {
            pos: self.pos,
            // The text of a serde error can hold values, which may be private.
            reason: format!("{:?} error at column {} of a `{}`", e.classify(), e.column(), self.kind()),
        })?;
        Ok(Event { tenant: self.tenant, at: self.at, what })
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stored(pos {}, seq {}, {:?}, {})", self.pos, self.seq, self.tenant, self.kind())
    }
}
