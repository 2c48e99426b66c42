//! One direction's cryptographic context: packet indices, replay windows, protecting and opening in place.

use super::cipher::{GCM_TAG_LEN, Transform};
use super::{SrtpError, Suite};
use crate::rtp;

/// Most bytes that protection adds to a packet: a Galois tag and SRTCP's index.
pub const MAX_OVERHEAD: usize = GCM_TAG_LEN + INDEX_LEN;

/// Length of SRTCP's flag and index.
const INDEX_LEN: usize = 4;
/// The flag that says an SRTCP packet is encrypted.
const ENCRYPTED: u32 = 1 << 31;
/// Header of an RTCP packet that stays clear.
const RTCP_CLEAR: usize = 8;
/// Streams in one direction of a leg: one, and a few in turn as the far end changes its source.
const MAX_STREAMS: usize = 8;
/// Packets that one key may protect (RFC 3711 section 9.2).
const MAX_RTP_INDEX: u64 = 1 << 48;
const MAX_RTCP_INDEX: u64 = 1 << 31;

/// Highest index seen and a window of the ones below it.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    highest: Option<u64>,
    /// Bit n: the packet n below the highest has come.
    seen: u128,
}

impl Window {
    fn check(&self, index: u64) -> Result<(), SrtpError> {
        match self.highest {
            Some(highest) if index <= highest => {
                let age = highest - index;
                if age >= 128 || self.seen & (1 << age) != 0 { Err(SrtpError::Replay) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    fn accept(&mut self, index: u64) {
        match self.highest {
            Some(highest) if index <= highest => self.seen |= 1 << (highest - index).min(127),
            Some(highest) => {
                let step = index - highest;
                self.seen = if step < 128 { (self.seen << step) | 1 } else { 1 };
                self.highest = Some(index);
            }
            None => {
                self.seen = 1;
                self.highest = Some(index);
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Stream {
    ssrc: u32,
    rtp: Window,
    rtcp: Window,
}

impl Stream {
    fn new(ssrc: u32) -> Self {
        Self { ssrc, rtp: Window::default(), rtcp: Window::default() }
    }

    /// The 48-bit index nearest to the highest seen (RFC 3711 section 3.3.1 and appendix A).
    fn index(&self, sequence: u16) -> u64 {
        let Some(highest) = self.rtp.highest else { return u64::from(sequence) };
        let distance = i64::from(rtp::seq_distance(highest as u16, sequence));
        // Before the very first packet lies nothing: a number that seems to is the sequence's own.
        highest.checked_add_signed(distance).unwrap_or(u64::from(sequence))
    }
}

/// Protects or opens the packets of one direction of a leg.
pub struct Context {
    rtp: Transform,
    rtcp: Transform,
    streams: Vec<Stream>,
    /// Length of the key identifier that the sender puts on each packet.
    mki_len: usize,
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("streams", &self.streams.len()).finish_non_exhaustive()
    }
}

impl Context {
    /// A context from a master key and salt.
    ///
    /// # Errors
    /// [`SrtpError::Key`] when their lengths are not the suite's.
    pub fn new(suite: Suite, key: &[u8], salt: &[u8]) -> Result<Self, SrtpError> {
        Ok(Self {
            rtp: Transform::derive(suite, key, salt, false)?,
            rtcp: Transform::derive(suite, key, salt, true)?,
            streams: Vec::with_capacity(1),
            mki_len: 0,
        })
    }

    /// For opening packets whose sender announced a master key identifier of this length in bytes.
    pub fn with_mki_len(mut self, mki_len: usize) -> Self {
        self.mki_len = mki_len;
        self
    }

    /// The stream of an SSRC as far as it is known; a new one is kept only once a packet of it is accepted.
    fn stream(&self, ssrc: u32) -> Stream {
        self.streams.iter().find(|s| s.ssrc == ssrc).copied().unwrap_or_else(|| Stream::new(ssrc))
    }

    fn keep(&mut self, stream: Stream) -> Result<(), SrtpError> {
        if let Some(known) = self.streams.iter_mut().find(|s| s.ssrc == stream.ssrc) {
            *known = stream;
            return Ok(());
        }
        if self.streams.len() >= MAX_STREAMS {
            return Err(SrtpError::Streams);
        }
        self.streams.push(stream);
        Ok(())
    }

    /// Protects the RTP packet in the first `len` bytes of `buffer`; returns its new length.
    ///
    /// # Errors
    /// When the packet is malformed or the buffer has no room for [`MAX_OVERHEAD`] more bytes.
    pub fn protect_rtp(&mut self, buffer: &mut [u8], len: usize) -> Result<usize, SrtpError> {
        let packet = buffer.get(..len).ok_or(SrtpError::Malformed)?;
        let header_len = rtp::header_len(packet).map_err(|_| SrtpError::Malformed)?;
        let total = len + self.rtp.tag_len();
        if total > buffer.len() {
            return Err(SrtpError::Room);
        }
        let (ssrc, sequence) = ssrc_and_sequence(buffer);
        let mut stream = self.stream(ssrc);
        let index = stream.index(sequence);
        if index >= MAX_RTP_INDEX {
            return Err(SrtpError::Exhausted);
        }
        // Never two packets under one index: that would give the keystream away.
        stream.rtp.check(index)?;
        match &self.rtp {
            Transform::Cm(cm) => {
                cm.apply(ssrc, index, &mut buffer[header_len..len]);
                let (packet, tag) = buffer[..total].split_at_mut(len);
                cm.tag(packet, &rollover(index), tag);
            }
            Transform::Gcm(gcm) => {
                let (clear, rest) = buffer.split_at_mut(header_len);
                let tag = gcm.seal(ssrc, index, clear, &mut rest[..len - header_len])?;
                buffer[len..total].copy_from_slice(tag.as_ref());
            }
        }
        stream.rtp.accept(index);
        self.keep(stream)?;
        Ok(total)
    }

    /// Opens an SRTP packet in place; returns the length of the RTP packet.
    ///
    /// # Errors
    /// When the packet is malformed, not authentic, or a replay; its bytes are then worthless.
    pub fn unprotect_rtp(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let header_len = rtp::header_len(packet).map_err(|_| SrtpError::Malformed)?;
        let tag_len = self.rtp.tag_len();
        let body_end = packet.len().checked_sub(tag_len + self.mki_len).filter(|end| *end >= header_len);
        let body_end = body_end.ok_or(SrtpError::Malformed)?;
        let (ssrc, sequence) = ssrc_and_sequence(packet);
        let mut stream = self.stream(ssrc);
        let index = stream.index(sequence);
        stream.rtp.check(index)?;
        match &self.rtp {
            Transform::Cm(cm) => {
                let tag_at = body_end + self.mki_len;
                cm.verify(&packet[..body_end], &rollover(index), &packet[tag_at..])?;
                cm.apply(ssrc, index, &mut packet[header_len..body_end]);
            }
            Transform::Gcm(gcm) => {
                let (clear, rest) = packet.split_at_mut(header_len);
                gcm.open(ssrc, index, clear, &mut rest[..body_end + tag_len - header_len])?;
            }
        }
        stream.rtp.accept(index);
        self.keep(stream)?;
        Ok(body_end)
    }

    /// Protects the compound RTCP packet in the first `len` bytes of `buffer`; returns its new length.
    ///
    /// # Errors
    /// As [`protect_rtp`](Self::protect_rtp).
    pub fn protect_rtcp(&mut self, buffer: &mut [u8], len: usize) -> Result<usize, SrtpError> {
        if len < RTCP_CLEAR {
            return Err(SrtpError::Malformed);
        }
        let tag_len = self.rtcp.tag_len();
        let total = len + tag_len + INDEX_LEN;
        if total > buffer.len() {
            return Err(SrtpError::Room);
        }
        let ssrc = u32::from_be_bytes([buffer[4], buffer[5], buffer[6], buffer[7]]);
        let mut stream = self.stream(ssrc);
        let index = stream.rtcp.highest.map_or(1, |h| h + 1);
        if index >= MAX_RTCP_INDEX {
            return Err(SrtpError::Exhausted);
        }
        let flagged = (ENCRYPTED | index as u32).to_be_bytes();
        match &self.rtcp {
            Transform::Cm(cm) => {
                cm.apply(ssrc, index, &mut buffer[RTCP_CLEAR..len]);
                let (packet, tail) = buffer[..total].split_at_mut(len);
                cm.tag(packet, &flagged, &mut tail[INDEX_LEN..]);
                tail[..INDEX_LEN].copy_from_slice(&flagged);
            }
            Transform::Gcm(gcm) => {
                let tag = gcm.seal(ssrc, index, &clear_rtcp(buffer, flagged), &mut buffer[RTCP_CLEAR..len])?;
                buffer[len..len + tag_len].copy_from_slice(tag.as_ref());
                buffer[len + tag_len..total].copy_from_slice(&flagged);
            }
        }
        stream.rtcp.accept(index);
        self.keep(stream)?;
        Ok(total)
    }

    /// Opens an SRTCP packet in place; returns the length of the RTCP packet.
    ///
    /// # Errors
    /// As [`unprotect_rtp`](Self::unprotect_rtp), and when the packet is not encrypted.
    pub fn unprotect_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let tag_len = self.rtcp.tag_len();
        let body_end = packet.len().checked_sub(tag_len + INDEX_LEN + self.mki_len);
        let body_end = body_end.filter(|end| *end >= RTCP_CLEAR).ok_or(SrtpError::Malformed)?;
        let ssrc = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
        let index_at = match &self.rtcp {
            Transform::Cm(_) => body_end,
            Transform::Gcm(_) => body_end + tag_len,
        };
        let mut flagged = [0; INDEX_LEN];
        flagged.copy_from_slice(&packet[index_at..index_at + INDEX_LEN]);
        let word = u32::from_be_bytes(flagged);
        if word & ENCRYPTED == 0 {
            return Err(SrtpError::Unencrypted);
        }
        let index = u64::from(word & !ENCRYPTED);
        let mut stream = self.stream(ssrc);
        stream.rtcp.check(index)?;
        match &self.rtcp {
            Transform::Cm(cm) => {
                let tag_at = packet.len() - tag_len;
                cm.verify(&packet[..body_end], &flagged, &packet[tag_at..])?;
                cm.apply(ssrc, index, &mut packet[RTCP_CLEAR..body_end]);
            }
            Transform::Gcm(gcm) => {
                let clear = clear_rtcp(packet, flagged);
                gcm.open(ssrc, index, &clear, &mut packet[RTCP_CLEAR..body_end + tag_len])?;
            }
        }
        stream.rtcp.accept(index);
        self.keep(stream)?;
        Ok(body_end)
    }
}

/// What Galois mode authenticates but does not encrypt of an RTCP packet (RFC 7714 section 9.2).
fn clear_rtcp(packet: &[u8], flagged: [u8; INDEX_LEN]) -> [u8; RTCP_CLEAR + INDEX_LEN] {
    let mut clear = [0; RTCP_CLEAR + INDEX_LEN];
    clear[..RTCP_CLEAR].copy_from_slice(&packet[..RTCP_CLEAR]);
    clear[RTCP_CLEAR..].copy_from_slice(&flagged);
    clear
}

/// The rollover counter, which is authenticated with each packet though not sent.
fn rollover(index: u64) -> [u8; 4] {
    ((index >> 16) as u32).to_be_bytes()
}

fn ssrc_and_sequence(packet: &[u8]) -> (u32, u16) {
    let ssrc = u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]]);
    (ssrc, u16::from_be_bytes([packet[2], packet[3]]))
}
