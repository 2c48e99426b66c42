//! What sound takes on a line and on a disk.

/// IPv4, UDP and RTP headers of a packet, bytes (RFC 791, 768, 3550).
const HEADERS: f64 = 20.0 + 8.0 + 12.0;
/// What SRTP adds to a packet, bytes: a tag of 80 bits (RFC 3711).
const SRTP_TAG: f64 = 10.0;
/// What Ethernet adds to a packet, bytes: preamble, header, checksum and gap.
const ETHERNET: f64 = 8.0 + 14.0 + 4.0 + 12.0;
/// Bytes that a recording adds to each packet's sound, and to each chunk of at most [`CHUNK_MS`].
const FRAME_HEADER: f64 = 6.0;
const CHUNK_HEADER: f64 = 40.0;
const CHUNK_MS: f64 = 800.0;

/// A codec that calls are carried in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// G.711 A-law, what carriers speak in China.
    Pcma,
    /// G.711 µ-law.
    Pcmu,
    /// G.722, wide band.
    G722,
    /// Opus for speech: reckoned at 32 kbit/s, around which it varies.
    Opus,
}

impl Codec {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pcma, Self::Pcmu, Self::G722, Self::Opus];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pcma => "pcma",
            Self::Pcmu => "pcmu",
            Self::G722 => "g722",
            Self::Opus => "opus",
        }
    }

    /// The codec of a stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.as_str() == text)
    }

    /// The sound alone, kbit/s.
    pub const fn sound_kbps(self) -> f64 {
        match self {
            Self::Pcma | Self::Pcmu | Self::G722 => 64.0,
            Self::Opus => 32.0,
        }
    }

    /// Bytes of sound in a packet.
    fn packet(self, frame_ms: f64) -> f64 {
        self.sound_kbps() * frame_ms / 8.0
    }

    /// One direction of a call with IP, UDP and RTP, kbit/s.
    pub(crate) fn ip_kbps(self, frame_ms: f64) -> f64 {
        (self.packet(frame_ms) + HEADERS) * 8.0 / frame_ms
    }

    /// The same with SRTP, as browsers have it.
    pub(crate) fn srtp_kbps(self, frame_ms: f64) -> f64 {
        (self.packet(frame_ms) + HEADERS + SRTP_TAG) * 8.0 / frame_ms
    }

    /// The same on an Ethernet link.
    pub(crate) fn link_kbps(self, frame_ms: f64) -> f64 {
        (self.packet(frame_ms) + HEADERS + SRTP_TAG + ETHERNET) * 8.0 / frame_ms
    }

    /// Bytes a second that the recording of one party takes.
    pub(crate) fn recorded_bytes(self, frame_ms: f64) -> f64 {
        (self.packet(frame_ms) + FRAME_HEADER) * 1000.0 / frame_ms + CHUNK_HEADER * 1000.0 / CHUNK_MS
    }
}
