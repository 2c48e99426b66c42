//! Reading of a track: an index of its chunks, tolerant of a torn end and of damage in between.

use super::{FRAME_HEADER_LEN, GapReason, HEADER_LEN, Kind, MAGIC, MAX_CHUNK_LEN, VERSION};
use crate::codec::Codec;

/// Bytes that can be read from any offset: a file, or a track in memory.
pub trait ReadAt {
    /// Total length in bytes.
    fn len(&self) -> u64;

    /// Fills `buffer` from `offset`; `false` when that many bytes are not there or cannot be read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> bool;

    /// Whether there is nothing to read.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl ReadAt for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> bool {
        let bytes = usize::try_from(offset).ok().and_then(|o| self.get(o..)?.get(..buffer.len()));
        bytes.is_some_and(|bytes| {
            buffer.copy_from_slice(bytes);
            true
        })
    }
}

impl ReadAt for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> bool {
        self.as_slice().read_at(offset, buffer)
    }
}

/// Why a chunk cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The bytes end within the chunk.
    #[error("chunk is cut short")]
    Torn,
    /// Not a chunk, or its checksum is wrong.
    #[error("chunk is damaged")]
    Damaged,
    /// A later version of the program wrote it.
    #[error("chunk has version {0}, which is not known")]
    Version(u8),
}

/// A chunk's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// What the chunk states.
    pub kind: Kind,
    /// The payloads' codec; none but for audio.
    pub codec: Option<Codec>,
    /// Why audio is missing; for gaps alone.
    pub reason: Option<GapReason>,
    /// The leg's number.
    pub leg: u64,
    /// Media time of the first sample, in microseconds.
    pub start_us: u64,
    /// Length of the span, in microseconds.
    pub duration_us: u64,
    /// Number of the chunk within its track.
    pub number: u32,
    /// Offset of the payload in the track.
    pub payload_at: u64,
    /// Length of the payload in bytes.
    pub payload_len: usize,
}

/// Latest media time believed, in microseconds: ten years; sums of times then never overflow.
const MAX_MEDIA_US: u64 = 10 * 366 * 24 * 3600 * 1_000_000;

impl Chunk {
    /// Media time after the last sample, in microseconds.
    pub fn end_us(&self) -> u64 {
        self.start_us.saturating_add(self.duration_us)
    }

    fn parse(header: &[u8; HEADER_LEN], at: u64) -> Result<(Self, u32), ReadError> {
        let u32_at = |i: usize| u32::from_le_bytes([header[i], header[i + 1], header[i + 2], header[i + 3]]);
        let u64_at = |i: usize| u64::from(u32_at(i)) | (u64::from(u32_at(i + 4)) << 32);
        if header[..4] != MAGIC {
            return Err(ReadError::Damaged);
        }
        if header[4] != VERSION {
            return Err(ReadError::Version(header[4]));
        }
        let (payload_len, start_us) = (u32_at(28) as usize, u64_at(16));
        if payload_len > MAX_CHUNK_LEN || start_us > MAX_MEDIA_US {
            return Err(ReadError::Damaged);
        }
        let chunk = Self {
            kind: Kind::from_code(header[5]).ok_or(ReadError::Damaged)?,
            codec: Codec::from_code(header[6]),
            reason: GapReason::from_code(header[7]),
            leg: u64_at(8),
            start_us,
            duration_us: u64::from(u32_at(24)),
            number: u32_at(32),
            payload_at: at + HEADER_LEN as u64,
            payload_len,
        };
        Ok((chunk, u32_at(36)))
    }
}

/// The checksum of a chunk: its header without the checksum itself, and its payload.
pub(super) fn checksum(chunk: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&chunk[..HEADER_LEN - 4]);
    hasher.update(&chunk[HEADER_LEN..]);
    hasher.finalize()
}

/// Reads and checks the chunk at `at`; its header and payload are left in `buffer`.
///
/// # Errors
/// See [`ReadError`].
pub fn read_chunk(track: &(impl ReadAt + ?Sized), at: u64, buffer: &mut Vec<u8>) -> Result<Chunk, ReadError> {
    let mut header = [0; HEADER_LEN];
    if !track.read_at(at, &mut header) {
        return Err(ReadError::Torn);
    }
    let (chunk, crc) = Chunk::parse(&header, at)?;
    buffer.clear();
    buffer.extend_from_slice(&header);
    buffer.resize(HEADER_LEN + chunk.payload_len, 0);
    if !track.read_at(chunk.payload_at, &mut buffer[HEADER_LEN..]) {
        return Err(ReadError::Torn);
    }
    if checksum(buffer) != crc { Err(ReadError::Damaged) } else { Ok(chunk) }
}

/// One payload of an audio chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Media time of its first sample, in microseconds.
    pub media_us: u64,
    /// The payload as received.
    pub payload: &'a [u8],
}

/// The whole chunks of a track, in the order written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackIndex {
    /// The chunks.
    pub chunks: Vec<Chunk>,
    /// Bytes that belong to no whole chunk: a torn end, or damage.
    pub damaged_bytes: u64,
    /// Where the last whole chunk ends; a writer that goes on with the track cuts it here.
    pub whole_len: u64,
}

/// Bytes read at once while looking for the next chunk after damage.
const SCAN_STEP: usize = 4096;

impl TrackIndex {
    /// Reads the track once, checking every chunk. Damage is skipped up to the next chunk that is whole.
    pub fn scan(track: &(impl ReadAt + ?Sized)) -> Self {
        let mut index = Self { chunks: Vec::new(), damaged_bytes: 0, whole_len: 0 };
        let mut buffer = Vec::new();
        let mut at = 0;
        while at < track.len() {
            if let Ok(chunk) = read_chunk(track, at, &mut buffer) {
                at = chunk.payload_at + chunk.payload_len as u64;
                index.whole_len = at;
                index.chunks.push(chunk);
            } else {
                let next = find_magic(track, at + 1);
                index.damaged_bytes += next - at;
                at = next;
            }
        }
        index
    }

    /// Media time after the last sample or mark, in microseconds.
    pub fn end_us(&self) -> u64 {
        self.chunks.iter().map(Chunk::end_us).max().unwrap_or(0)
    }

    /// Whether the track was closed in order.
    pub fn is_complete(&self) -> bool {
        self.damaged_bytes == 0 && self.chunks.last().is_some_and(|c| c.kind == Kind::End)
    }

    /// Spans of a kind as (start, end) in microseconds.
    pub fn spans(&self, kind: Kind) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.chunks.iter().filter(move |c| c.kind == kind).map(|c| (c.start_us, c.end_us()))
    }
}

/// Offset of the next chunk's magic at or after `from`; the track's length when there is none.
fn find_magic(track: &(impl ReadAt + ?Sized), from: u64) -> u64 {
    let mut buffer = [0; SCAN_STEP];
    let mut at = from;
    while at + MAGIC.len() as u64 <= track.len() {
        let n = SCAN_STEP.min((track.len() - at) as usize);
        if !track.read_at(at, &mut buffer[..n]) {
            break;
        }
        if let Some(i) = buffer[..n].windows(MAGIC.len()).position(|w| w == MAGIC) {
            return at + i as u64;
        }
        at += (n - MAGIC.len() + 1) as u64;
    }
    track.len()
}

/// The frames of an audio chunk whose header and payload [`read_chunk`] left in `buffer`.
pub fn frames<'a>(chunk: &Chunk, buffer: &'a [u8]) -> impl Iterator<Item = Frame<'a>> {
    let start_us = chunk.start_us;
    let mut rest = buffer.get(HEADER_LEN..).filter(|_| chunk.kind == Kind::Audio).unwrap_or_default();
    std::iter::from_fn(move || {
        let (head, tail) = rest.split_at_checked(FRAME_HEADER_LEN)?;
        let offset = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        let (payload, tail) = tail.split_at_checked(usize::from(u16::from_le_bytes([head[4], head[5]])))?;
        rest = tail;
        Some(Frame { media_us: start_us.saturating_add(u64::from(offset)), payload })
    })
}
