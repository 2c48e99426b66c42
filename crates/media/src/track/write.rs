//! Writing of a track: frames go in, whole chunks come out, for a thread that may block on the disk.

use super::{FRAME_HEADER_LEN, GapReason, HEADER_LEN, Kind, MAGIC, MAX_CHUNK_LEN, MAX_CHUNK_US, VERSION};
use crate::FRAME_US;
use crate::codec::Codec;

/// Capacity of a chunk's buffer at its start, in bytes: 800 ms of G.711 with its frame headers, so that it never
/// grows on the packet path.
const CHUNK_CAPACITY: usize = HEADER_LEN + 41 * (FRAME_HEADER_LEN + 160);

/// Builds the chunks of one track.
///
/// Call [`frame`](Self::frame), [`mark`](Self::mark) and [`flush_due`](Self::flush_due) as things happen; whatever
/// they return is a complete chunk to append to the track's file. [`close`](Self::close) gives the last ones.
#[derive(Debug)]
pub struct TrackWriter {
    leg: u64,
    number: u32,
    buffer: Vec<u8>,
    codec: Codec,
    start_us: u64,
    end_us: u64,
}

impl TrackWriter {
    /// The track of a leg; `leg` is any number that tells the legs of a recording apart.
    pub fn new(leg: u64) -> Self {
        Self { leg, number: 0, buffer: Vec::new(), codec: Codec::Pcma, start_us: 0, end_us: 0 }
    }

    /// Goes on with a track whose chunks up to `next_number` are on the disk already.
    pub fn resume(leg: u64, next_number: u32) -> Self {
        Self { number: next_number, ..Self::new(leg) }
    }

    /// Adds a payload whose first sample lies at `media_us`. Returns the chunk before it when that is full, of another
    /// codec, or too far away. Late frames may lie before their predecessors, as long as they lie within the chunk;
    /// earlier ones begin a chunk of their own.
    pub fn frame(&mut self, codec: Codec, media_us: u64, payload: &[u8]) -> Option<Vec<u8>> {
        let payload = &payload[..payload.len().min(usize::from(u16::MAX))];
        let fits = !self.buffer.is_empty()
            && codec == self.codec
            && media_us >= self.start_us
            && media_us + FRAME_US <= self.start_us + MAX_CHUNK_US
            && self.buffer.len() + FRAME_HEADER_LEN + payload.len() <= MAX_CHUNK_LEN;
        let full = if fits { None } else { self.take() };
        if self.buffer.is_empty() {
            self.buffer.reserve_exact(CHUNK_CAPACITY);
            self.buffer.resize(HEADER_LEN, 0);
            self.codec = codec;
            self.start_us = media_us;
            self.end_us = media_us;
        }
        let offset = (media_us - self.start_us) as u32;
        self.buffer.extend_from_slice(&offset.to_le_bytes());
        self.buffer.extend_from_slice(&(payload.len() as u16).to_le_bytes());
        self.buffer.extend_from_slice(payload);
        self.end_us = self.end_us.max(media_us + codec.payload_us(payload).max(1));
        full
    }

    /// Gives out the open chunk when its first frame is older than a chunk may be: for a leg that stopped sending.
    pub fn flush_due(&mut self, now_us: u64) -> Option<Vec<u8>> {
        if now_us >= self.start_us + MAX_CHUNK_US { self.take() } else { None }
    }

    /// Gives out the open chunk at once.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        if self.buffer.is_empty() {
            return None;
        }
        let chunk = std::mem::take(&mut self.buffer);
        let duration_us = (self.end_us - self.start_us) as u32;
        let (codec, start_us) = (self.codec, self.start_us);
        Some(self.seal(chunk, Kind::Audio, codec.code(), 0, start_us, duration_us))
    }

    /// States that a span of time was paused or held. Flush the open chunk with [`take`](Self::take) first.
    pub fn mark(&mut self, kind: Kind, start_us: u64, end_us: u64) -> Vec<u8> {
        self.state(kind, 0, start_us, end_us)
    }

    /// States that audio of a span of time was lost.
    pub fn gap(&mut self, reason: GapReason, start_us: u64, end_us: u64) -> Vec<u8> {
        self.state(Kind::Gap, reason.code(), start_us, end_us)
    }

    /// The last chunks: the open one, if any, and the end mark at `media_us`.
    pub fn close(mut self, media_us: u64) -> Vec<u8> {
        let mut bytes = self.take().unwrap_or_default();
        bytes.extend(self.state(Kind::End, 0, media_us, media_us));
        bytes
    }

    fn state(&mut self, kind: Kind, reason: u8, start_us: u64, end_us: u64) -> Vec<u8> {
        // A span beyond 71 minutes does not fit the field; the silence that follows it says the same.
        let duration_us = u32::try_from(end_us.saturating_sub(start_us)).unwrap_or(u32::MAX);
        self.seal(vec![0; HEADER_LEN], kind, 0, reason, start_us, duration_us)
    }

    fn seal(
        &mut self,
        mut chunk: Vec<u8>,
        kind: Kind,
        codec: u8,
        reason: u8,
        start_us: u64,
        duration_us: u32,
    ) -> Vec<u8> {
        let payload_len = (chunk.len() - HEADER_LEN) as u32;
        chunk[0..4].copy_from_slice(&MAGIC);
        chunk[4..8].copy_from_slice(&[VERSION, kind.code(), codec, reason]);
        chunk[8..16].copy_from_slice(&self.leg.to_le_bytes());
        chunk[16..24].copy_from_slice(&start_us.to_le_bytes());
        chunk[24..28].copy_from_slice(&duration_us.to_le_bytes());
        chunk[28..32].copy_from_slice(&payload_len.to_le_bytes());
        chunk[32..36].copy_from_slice(&self.number.to_le_bytes());
        let crc = super::read::checksum(&chunk);
        chunk[36..40].copy_from_slice(&crc.to_le_bytes());
        self.number = self.number.wrapping_add(1);
        chunk
    }
}
