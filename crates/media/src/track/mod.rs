//! Recording tracks: what one leg sent, append-only, in checksummed chunks on media time.
//!
//! A track is a run of chunks. Each holds less than a second and can be checked by itself, so a torn or damaged end
//! costs one chunk and the rest plays. Payloads are kept in the codec's own bytes: recording costs a copy, not a
//! decode. Times are microseconds of media time, counted from the interaction's begin, the same line for all legs.
//!
//! ```text
//! chunk   = header (40 bytes, little-endian) payload
//! header  = "LTRK" version:u8 kind:u8 codec:u8 reason:u8 leg:u64 start_us:u64 duration_us:u32 payload_len:u32
//!           number:u32 crc32:u32        the checksum is over the header before it and the payload
//! payload = { offset_us:u32 length:u16 bytes }*      for kind audio; empty for the others
//! ```

mod read;
mod write;

pub use read::{Chunk, Frame, ReadAt, ReadError, TrackIndex, frames, read_chunk};
pub use write::TrackWriter;

/// First bytes of each chunk.
pub const MAGIC: [u8; 4] = *b"LTRK";
/// Version of the format written here.
pub const VERSION: u8 = 1;
/// Bytes of a chunk's header.
pub const HEADER_LEN: usize = 40;
/// Bytes before each frame in a chunk's payload.
pub const FRAME_HEADER_LEN: usize = 6;
/// Audio that a chunk holds at most, in microseconds: with 200 ms for the writer's thread to take it to the file
/// system, a killed process costs less than one second.
pub const MAX_CHUNK_US: u64 = 800_000;
/// Longest payload of a chunk that a reader believes, in bytes: 16 bit PCM at 48 kHz would stay below it, and a
/// damaged length doesn't make a reader allocate the disk's size.
pub const MAX_CHUNK_LEN: usize = 256 * 1024;

/// What a chunk states of its span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Audio as received.
    Audio,
    /// Audio was there and is lost: see [`GapReason`].
    Gap,
    /// Recording was paused by an agent or a rule; nothing was kept.
    Paused,
    /// The leg was on hold.
    Held,
    /// The track was closed in order; a track without it was cut by a crash.
    End,
}

impl Kind {
    fn code(self) -> u8 {
        match self {
            Self::Audio => 1,
            Self::Gap => 2,
            Self::Paused => 3,
            Self::Held => 4,
            Self::End => 5,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        [Self::Audio, Self::Gap, Self::Paused, Self::Held, Self::End].into_iter().find(|k| k.code() == code)
    }
}

/// Why recorded audio is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GapReason {
    /// The disk was too slow and the bounded queue full.
    Slow,
    /// The disk was full or failed.
    Disk,
}

impl GapReason {
    fn code(self) -> u8 {
        match self {
            Self::Slow => 1,
            Self::Disk => 2,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        [Self::Slow, Self::Disk].into_iter().find(|r| r.code() == code)
    }
}

#[cfg(test)]
mod tests;
