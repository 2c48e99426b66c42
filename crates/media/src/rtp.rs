//! RTP (RFC 3550 section 5): parsed and rewritten in place, so that a forwarded packet costs no allocation.

/// Bytes of the fixed RTP header, without CSRCs and extension.
pub const HEADER_LEN: usize = 12;

/// What arrived on a socket that carries several protocols (RFC 7983, RFC 5761).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datagram {
    /// A STUN message (ICE checks).
    Stun,
    /// A DTLS record (key exchange of a browser leg).
    Dtls,
    /// An RTP packet.
    Rtp,
    /// An RTCP packet.
    Rtcp,
    /// Nothing we speak, or too short to tell.
    Unknown,
}

/// Tells the protocols that share a port apart by their first two bytes.
pub fn classify(datagram: &[u8]) -> Datagram {
    match datagram {
        [0..=3, ..] if datagram.len() >= 20 => Datagram::Stun,
        [20..=63, ..] if datagram.len() >= 13 => Datagram::Dtls,
        [128..=191, second, ..] => match (second, datagram.len()) {
            // RFC 5761 section 4: payload types 64..=95 with the marker bit folded in are RTCP's packet types.
            (192..=223, 8..) => Datagram::Rtcp,
            (_, HEADER_LEN..) => Datagram::Rtp,
            _ => Datagram::Unknown,
        },
        _ => Datagram::Unknown,
    }
}

/// Why bytes are not an RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RtpError {
    /// Fewer bytes than the header says it has.
    #[error("RTP packet is cut short")]
    Short,
    /// The version field is not 2.
    #[error("RTP version is not 2")]
    Version,
    /// The padding count is zero or larger than the payload.
    #[error("RTP padding is longer than the payload")]
    Padding,
}

/// The fields of an RTP header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Header {
    /// First packet of a talk spurt or of an event.
    pub marker: bool,
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// Sequence number; wraps.
    pub sequence: u16,
    /// Timestamp in ticks of the payload type's clock; wraps.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
}

impl Header {
    /// Writes a fixed header without CSRCs or extension to the start of `packet`.
    ///
    /// # Panics
    /// If `packet` is shorter than [`HEADER_LEN`].
    pub fn write(&self, packet: &mut [u8]) {
        packet[0] = 0x80;
        packet[1] = (u8::from(self.marker) << 7) | (self.payload_type & 0x7f);
        packet[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        packet[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        packet[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
    }

    /// Changes marker, payload type, sequence, timestamp and SSRC of an existing packet; CSRCs, extension and
    /// padding stay as they are.
    ///
    /// # Panics
    /// If `packet` is shorter than [`HEADER_LEN`]; a packet that [`parse`] accepted never is.
    pub fn rewrite(&self, packet: &mut [u8]) {
        packet[1] = (u8::from(self.marker) << 7) | (self.payload_type & 0x7f);
        packet[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        packet[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        packet[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
    }
}

/// A parsed packet: the header's fields and where the payload lies in the received bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    /// The header.
    pub header: Header,
    /// Offset of the payload: the fixed header, CSRCs and extension lie before it.
    pub payload_start: usize,
    /// End of the payload; padding lies after it.
    pub payload_end: usize,
}

impl Packet {
    /// The payload within the same bytes that [`parse`] was given.
    pub fn payload<'a>(&self, packet: &'a [u8]) -> &'a [u8] {
        &packet[self.payload_start..self.payload_end]
    }
}

/// Length of the header with CSRCs and extension, without looking at the padding: what stays clear under SRTP.
///
/// # Errors
/// [`RtpError::Short`] and [`RtpError::Version`].
pub fn header_len(packet: &[u8]) -> Result<usize, RtpError> {
    if packet.len() < HEADER_LEN {
        return Err(RtpError::Short);
    }
    if packet[0] >> 6 != 2 {
        return Err(RtpError::Version);
    }
    let mut len = HEADER_LEN + 4 * usize::from(packet[0] & 0x0f);
    if packet[0] & 0x10 != 0 {
        let words = packet.get(len + 2..len + 4).ok_or(RtpError::Short)?;
        len += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    if len > packet.len() { Err(RtpError::Short) } else { Ok(len) }
}

/// Parses a packet without copying.
///
/// # Errors
/// When the bytes are cut short, of another version, or padded beyond the payload.
pub fn parse(packet: &[u8]) -> Result<Packet, RtpError> {
    let payload_start = header_len(packet)?;
    let padding = if packet[0] & 0x20 != 0 {
        match usize::from(packet[packet.len() - 1]) {
            0 => return Err(RtpError::Padding),
            n if n > packet.len() - payload_start => return Err(RtpError::Padding),
            n => n,
        }
    } else {
        0
    };
    let header = Header {
        marker: packet[1] & 0x80 != 0,
        payload_type: packet[1] & 0x7f,
        sequence: u16::from_be_bytes([packet[2], packet[3]]),
        timestamp: u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]),
        ssrc: u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]]),
    };
    Ok(Packet { header, payload_start, payload_end: packet.len() - padding })
}

/// How far `to` lies after `from` on the wrapping circle of sequence numbers; negative when it lies before.
pub fn seq_distance(from: u16, to: u16) -> i16 {
    to.wrapping_sub(from) as i16
}

/// How far `to` lies after `from` on the wrapping circle of timestamps, in ticks; negative when it lies before.
pub fn ts_distance(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from) as i32
}

/// Makes wrapping sequence numbers into a count that only grows with the stream.
#[derive(Debug, Clone, Copy, Default)]
pub struct SeqUnwrap {
    highest: Option<u64>,
}

impl SeqUnwrap {
    /// The extended number nearest to the highest one seen. The first is put one cycle up, so that a packet from
    /// just before it stays above zero.
    pub fn unwrap(&mut self, sequence: u16) -> u64 {
        let Some(highest) = self.highest else {
            let first = (1 << 16) | u64::from(sequence);
            self.highest = Some(first);
            return first;
        };
        let distance = i64::from(seq_distance(highest as u16, sequence));
        let extended = highest.saturating_add_signed(distance);
        self.highest = Some(highest.max(extended));
        extended
    }

    /// The highest extended number seen.
    pub fn highest(&self) -> Option<u64> {
        self.highest
    }
}

/// Keeps one outgoing stream continuous while what feeds it changes: another leg, a prompt, a stream that restarted.
///
/// Within one source, sequence and timestamp keep their distances (so loss and reordering show through to the
/// receiver); when the source changes, the numbers go on where they stood and the timestamp advances by the time that
/// passed.
#[derive(Debug, Clone)]
pub struct Rewriter {
    ssrc: u32,
    clock_rate: u32,
    source: Option<Source>,
    next_sequence: u16,
    last_timestamp: u32,
    last_sent_us: Option<u64>,
}

/// What feeds the stream.
#[derive(Debug, Clone, Copy)]
enum Source {
    /// We do: prompt, tone, mix.
    Own,
    /// A stream that is passed on.
    Stream(Passed),
}

#[derive(Debug, Clone, Copy)]
struct Passed {
    ssrc: u32,
    sequence_offset: u16,
    timestamp_offset: u32,
    /// Sequence number and timestamp of the newest packet.
    newest: (u16, u32),
}

/// A jump in sequence or in timestamp beyond this is a restarted source, not loss: RFC 3550 A.1's MAX_DROPOUT.
const MAX_SEQUENCE_JUMP: u16 = 3000;
/// A timestamp that leaps by more than this against the sequence numbers is a restarted source, in seconds.
const MAX_TIMESTAMP_JUMP_S: u32 = 30;

impl Rewriter {
    /// A stream of this SSRC that starts at these (randomly chosen) numbers. `clock_rate` in Hz.
    pub fn new(ssrc: u32, clock_rate: u32, first_sequence: u16, first_timestamp: u32) -> Self {
        Self {
            ssrc,
            clock_rate,
            source: None,
            next_sequence: first_sequence,
            last_timestamp: first_timestamp,
            last_sent_us: None,
        }
    }

    /// The outgoing SSRC.
    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The timestamp of the newest packet sent.
    pub fn last_timestamp(&self) -> u32 {
        self.last_timestamp
    }

    /// Forgets the source, so that the next packet is joined seamlessly and marked as a talk spurt's first.
    pub fn switch(&mut self) {
        self.source = None;
    }

    /// Numbers a packet that we make ourselves (prompt, mix, tone): `ticks` is the timestamp distance to the packet
    /// before; the first after another source carries the marker and a distance by the time that passed.
    pub fn own(&mut self, payload_type: u8, ticks: u32, now_us: u64) -> Header {
        let first = !matches!(self.source, Some(Source::Own));
        let timestamp = if first { self.joined_timestamp(now_us) } else { self.last_timestamp.wrapping_add(ticks) };
        self.source = Some(Source::Own);
        let sequence = self.next_sequence;
        self.sent(sequence, timestamp, now_us);
        Header { marker: first, payload_type, sequence, timestamp, ssrc: self.ssrc }
    }

    /// Maps the header of a packet that is passed on. The payload type is left as it came.
    pub fn forward(&mut self, incoming: Header, now_us: u64) -> Header {
        let (mut passed, joined) = match self.source {
            Some(Source::Stream(passed)) if self.continues(&passed, &incoming) => (passed, false),
            _ => (self.join(&incoming, now_us), true),
        };
        let sequence = incoming.sequence.wrapping_add(passed.sequence_offset);
        let timestamp = incoming.timestamp.wrapping_add(passed.timestamp_offset);
        if joined || seq_distance(passed.newest.0, incoming.sequence) > 0 {
            passed.newest = (incoming.sequence, incoming.timestamp);
            self.source = Some(Source::Stream(passed));
            self.sent(sequence, timestamp, now_us);
        }
        Header { marker: incoming.marker || joined, sequence, timestamp, ssrc: self.ssrc, ..incoming }
    }

    fn continues(&self, passed: &Passed, incoming: &Header) -> bool {
        let step = seq_distance(passed.newest.0, incoming.sequence).unsigned_abs();
        let ticks = ts_distance(passed.newest.1, incoming.timestamp).unsigned_abs();
        passed.ssrc == incoming.ssrc && step <= MAX_SEQUENCE_JUMP && ticks <= MAX_TIMESTAMP_JUMP_S * self.clock_rate
    }

    fn join(&self, incoming: &Header, now_us: u64) -> Passed {
        Passed {
            ssrc: incoming.ssrc,
            sequence_offset: self.next_sequence.wrapping_sub(incoming.sequence),
            timestamp_offset: self.joined_timestamp(now_us).wrapping_sub(incoming.timestamp),
            newest: (incoming.sequence, incoming.timestamp),
        }
    }

    fn joined_timestamp(&self, now_us: u64) -> u32 {
        let Some(last_us) = self.last_sent_us else { return self.last_timestamp };
        let passed_us = now_us.saturating_sub(last_us).max(1_000);
        self.last_timestamp.wrapping_add((passed_us * u64::from(self.clock_rate) / 1_000_000) as u32)
    }

    fn sent(&mut self, sequence: u16, timestamp: u32, now_us: u64) {
        self.next_sequence = sequence.wrapping_add(1);
        self.last_timestamp = timestamp;
        self.last_sent_us = Some(now_us);
    }
}

/// Puts a leg's RTP timestamps on its media time: microseconds since the leg's interaction began.
///
/// Within a stream, distances follow the RTP timestamps exactly, so consecutive frames abut to the sample. When the
/// stream restarts (another SSRC, a re-INVITE, a jump), or drifts too far from the time of arrival, it is anchored
/// anew at the arrival, so that tracks of different legs stay aligned.
#[derive(Debug, Clone)]
pub struct MediaClock {
    clock_rate: u32,
    anchor: Option<Anchor>,
}

#[derive(Debug, Clone, Copy)]
struct Anchor {
    ssrc: u32,
    timestamp: u32,
    media_us: u64,
}

/// Distance between the RTP timestamps and the arrival beyond which the stream is anchored anew, in microseconds:
/// more than a network's jitter, less than what an ear takes for a shift between the two sides.
const MAX_DRIFT_US: u64 = 300_000;

impl MediaClock {
    /// A clock for a stream whose timestamps count at `clock_rate` Hz.
    pub fn new(clock_rate: u32) -> Self {
        Self { clock_rate, anchor: None }
    }

    /// The media time of the packet's first sample, given its time of arrival on the same time line.
    pub fn media_us(&mut self, ssrc: u32, timestamp: u32, arrival_us: u64) -> u64 {
        if let Some(anchor) = self.anchor.filter(|a| a.ssrc == ssrc) {
            let ticks = i64::from(ts_distance(anchor.timestamp, timestamp));
            let offset_us = ticks * 1_000_000 / i64::from(self.clock_rate);
            if let Some(media_us) = anchor.media_us.checked_add_signed(offset_us)
                && media_us.abs_diff(arrival_us) <= MAX_DRIFT_US
            {
                // The anchor follows in whole seconds: no rounding, and no wrap after half the timestamp's range.
                let seconds = ticks / i64::from(self.clock_rate);
                if seconds > 0 {
                    let step = (seconds as u32).wrapping_mul(self.clock_rate);
                    self.anchor = Some(Anchor {
                        ssrc,
                        timestamp: anchor.timestamp.wrapping_add(step),
                        media_us: anchor.media_us + seconds as u64 * 1_000_000,
                    });
                }
                return media_us;
            }
        }
        self.anchor = Some(Anchor { ssrc, timestamp, media_us: arrival_us });
        arrival_us
    }
}

#[cfg(test)]
mod tests;
