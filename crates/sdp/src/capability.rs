//! What our side can do on a leg.

use std::borrow::Cow;
use std::net::SocketAddr;

use crate::attribute::{Candidate, Crypto, Direction, Fingerprint, RtpMap};

/// The packet time we ask for and fall back to, in milliseconds.
pub const DEFAULT_PTIME_MS: u32 = 20;

/// The payload type of telephone-event when nothing else decides: what carriers and phones use most.
pub const DEFAULT_EVENT_PAYLOAD: u8 = 101;

/// A codec that we can send and receive.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Codec {
    /// The encoding's name.
    pub name: Cow<'static, str>,
    /// RTP clock in Hz.
    pub clock: u32,
    /// Channels.
    pub channels: u8,
    /// The payload type in our offers; an answer uses the offerer's.
    pub payload: u8,
    /// Our `fmtp` parameters.
    pub fmtp: Option<Cow<'static, str>>,
}

impl Codec {
    /// G.711 A-law.
    pub const PCMA: Codec = Codec::assigned("PCMA", 8);
    /// G.711 µ-law.
    pub const PCMU: Codec = Codec::assigned("PCMU", 0);
    /// G.722; 16 kHz of sound on a clock of 8 kHz.
    pub const G722: Codec = Codec::assigned("G722", 9);
    /// Opus, with error correction and without stereo.
    pub const OPUS: Codec = Codec {
        name: Cow::Borrowed("opus"),
        clock: 48_000,
        channels: 2,
        payload: 111,
        fmtp: Some(Cow::Borrowed("minptime=10;useinbandfec=1")),
    };

    const fn assigned(name: &'static str, payload: u8) -> Self {
        Self { name: Cow::Borrowed(name), clock: 8000, channels: 1, payload, fmtp: None }
    }

    /// Whether an `rtpmap` means this codec.
    pub fn is(&self, map: &RtpMap) -> bool {
        self.clock == map.clock && self.channels == map.channels && self.name.eq_ignore_ascii_case(&map.name)
    }

    /// The codec under another payload type.
    pub(crate) fn map(&self, payload: u8) -> RtpMap {
        RtpMap { payload, name: self.name.clone().into_owned(), clock: self.clock, channels: self.channels }
    }
}

/// Whether media are encrypted with keys in the description (SDES).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Srtp {
    /// Never.
    #[default]
    Off,
    /// When the peer offers it; our own offers are plain.
    WhenOffered,
    /// Always; a plain offer is refused.
    Required,
}

/// Our side of DTLS-SRTP.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DtlsLocal {
    /// Our certificate's fingerprint.
    pub fingerprint: Fingerprint,
}

/// Our side of ICE; we are always the lite one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IceLocal {
    /// `ice-ufrag`
    pub ufrag: String,
    /// `ice-pwd`
    pub password: String,
    /// Our candidates.
    pub candidates: Vec<Candidate>,
}

/// What our side can do on a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// Where we receive RTP.
    pub address: SocketAddr,
    /// Where we receive RTCP, when not on the next port.
    pub rtcp_port: Option<u16>,
    /// RTCP on RTP's port, when the peer can do so too (RFC 5761).
    pub rtcp_mux: bool,
    /// Codecs, best first.
    pub codecs: Vec<Codec>,
    /// Whether telephone-event (RFC 4733) is spoken.
    pub telephone_event: bool,
    /// What we want to do, before the peer limits it.
    pub direction: Direction,
    /// The packet time we want, in milliseconds.
    pub ptime_ms: u32,
    /// SDES policy.
    pub srtp: Srtp,
    /// A key of ours for each suite that we speak, best first.
    pub cryptos: Vec<Crypto>,
    /// DTLS-SRTP, for browsers.
    pub dtls: Option<DtlsLocal>,
    /// ICE-lite, for browsers.
    pub ice: Option<IceLocal>,
}

impl Capabilities {
    /// Plain RTP at `address` with telephone-event.
    pub fn new(address: SocketAddr, codecs: Vec<Codec>) -> Self {
        Self {
            address,
            rtcp_port: None,
            rtcp_mux: false,
            codecs,
            telephone_event: true,
            direction: Direction::SendRecv,
            ptime_ms: DEFAULT_PTIME_MS,
            srtp: Srtp::Off,
            cryptos: Vec::new(),
            dtls: None,
            ice: None,
        }
    }
}
