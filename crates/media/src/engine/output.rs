//! What the engine wants done, collected for its driver.

use std::net::SocketAddr;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use types::{LegId, RecordingId, TenantId};

use super::event::MediaEvent;

/// Which of a leg's two sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// The even port: audio, and RTCP too where both sides agreed to multiplex (RFC 5761).
    Rtp,
    /// The odd port: RTCP.
    Rtcp,
}

/// A packet of our own making, in the outbox's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// The sockets to send from.
    pub slot: u32,
    /// Which of them.
    pub lane: Lane,
    /// Where to.
    pub to: SocketAddr,
    bytes: Range<u32>,
}

/// A received packet, rewritten in its own buffer, that goes out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The sockets to send from; always their RTP lane.
    pub slot: u32,
    /// Where to.
    pub to: SocketAddr,
    /// Its length now, from the buffer's start.
    pub len: usize,
}

/// From whom alone a leg's RTP socket is to receive from now on.
///
/// A socket that is tied to one far end costs the kernel less for each packet, and strangers' packets cost nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The sockets.
    pub slot: u32,
    /// The far end; anybody when none.
    pub to: Option<SocketAddr>,
}

/// An address that a browser leg has been checked from: what comes from there is its.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Learnt {
    /// The leg's slot.
    pub slot: u32,
    /// The address.
    pub from: SocketAddr,
}

/// A span of a track's media time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its begin, microseconds.
    pub start_us: u64,
    /// Its end, microseconds.
    pub end_us: u64,
    /// Audio in it that was not missing before, milliseconds.
    pub audio_ms: u32,
}

/// Bytes to append to a track's file.
#[derive(Clone, Debug)]
pub struct TrackBytes {
    /// The leg whose track it is.
    pub leg: LegId,
    /// Whose recording it is.
    pub tenant: TenantId,
    /// The recording.
    pub recording: RecordingId,
    /// The file.
    pub path: Arc<Path>,
    /// Whole chunks.
    pub bytes: Vec<u8>,
    /// What is missing if they are dropped.
    pub span: Span,
    /// The track is complete and the file can be closed.
    pub last: bool,
}

/// Packets, events and recorded bytes since the driver last looked.
#[derive(Debug, Default)]
pub struct Outbox {
    bytes: Vec<u8>,
    transmits: Vec<Transmit>,
    /// What to report.
    pub events: Vec<MediaEvent>,
    /// What to record.
    pub tracks: Vec<TrackBytes>,
    /// Which sockets to tie to their far ends; a driver may leave it.
    pub ties: Vec<Tie>,
    /// Which addresses belong to which browser legs, for a driver whose port serves many.
    pub learnt: Vec<Learnt>,
}

impl Outbox {
    /// The packets to send, with their bytes.
    pub fn transmits(&self) -> impl ExactSizeIterator<Item = (&Transmit, &[u8])> {
        self.transmits.iter().map(|t| (t, &self.bytes[t.bytes.start as usize..t.bytes.end as usize]))
    }

    /// Forgets the packets; the memory is kept for the next ones.
    pub fn clear_transmits(&mut self) {
        self.transmits.clear();
        self.bytes.clear();
    }

    /// Adds a packet that `write` appends; nothing is sent when it returns `None`.
    pub(super) fn packet(
        &mut self,
        slot: u32,
        lane: Lane,
        to: SocketAddr,
        write: impl FnOnce(&mut Vec<u8>) -> Option<()>,
    ) -> bool {
        let start = self.bytes.len();
        let written = write(&mut self.bytes).is_some();
        if written {
            let bytes = start as u32..self.bytes.len() as u32;
            self.transmits.push(Transmit { slot, lane, to, bytes });
        } else {
            self.bytes.truncate(start);
        }
        written
    }
}
