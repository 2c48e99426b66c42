//! Attributes that mean something to us.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// Which way media go, seen by whoever says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Both ways.
    #[default]
    SendRecv,
    /// Sends, does not receive.
    SendOnly,
    /// Receives, does not send.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// Whether the speaker sends.
    pub fn sends(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::SendOnly)
    }

    /// Whether the speaker receives.
    pub fn receives(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::RecvOnly)
    }

    /// From its two halves.
    pub fn new(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Direction::SendRecv,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::RecvOnly,
            (false, false) => Direction::Inactive,
        }
    }

    /// The same, seen from the other side.
    pub fn reversed(self) -> Self {
        Self::new(self.receives(), self.sends())
    }

    /// What is left of this direction when the other side has announced `remote` (RFC 3264 section 6.1).
    pub fn limited_by(self, remote: Direction) -> Self {
        Self::new(self.sends() && remote.receives(), self.receives() && remote.sends())
    }

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Direction::SendRecv => "sendrecv",
            Direction::SendOnly => "sendonly",
            Direction::RecvOnly => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive]
            .into_iter()
            .find(|direction| direction.as_str() == word)
    }
}

/// `rtpmap`: what a payload type stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RtpMap {
    /// The payload type, 0–127.
    pub payload: u8,
    /// The encoding's name; compares without regard to case.
    pub name: String,
    /// RTP clock in Hz (8000 for G.722, by RFC 3551's old mistake).
    pub clock: u32,
    /// Channels.
    pub channels: u8,
}

impl RtpMap {
    /// Reads `8 PCMA/8000` or `111 opus/48000/2`.
    pub fn parse(value: &str) -> Option<Self> {
        let (payload, encoding) = value.trim().split_once(' ')?;
        let payload = payload.parse().ok().filter(|payload| *payload < 128)?;
        let mut parts = encoding.trim().split('/');
        let name = parts.next().filter(|name| !name.is_empty())?.to_owned();
        let clock = parts.next()?.trim().parse().ok().filter(|clock| *clock > 0)?;
        let channels = match parts.next() {
            None => 1,
            Some(channels) => channels.trim().parse().ok()?,
        };
        Some(Self { payload, name, clock, channels })
    }

    /// The audio payload types that RFC 3551 assigns.
    pub fn assigned(payload: u8) -> Option<Self> {
        let (name, clock, channels) = match payload {
            0 => ("PCMU", 8000, 1),
            3 => ("GSM", 8000, 1),
            4 => ("G723", 8000, 1),
            5 => ("DVI4", 8000, 1),
            6 => ("DVI4", 16000, 1),
            7 => ("LPC", 8000, 1),
            8 => ("PCMA", 8000, 1),
            9 => ("G722", 8000, 1),
            10 => ("L16", 44100, 2),
            11 => ("L16", 44100, 1),
            12 => ("QCELP", 8000, 1),
            13 => ("CN", 8000, 1),
            15 => ("G728", 8000, 1),
            18 => ("G729", 8000, 1),
            _ => return None,
        };
        Some(Self { payload, name: name.to_owned(), clock, channels })
    }
}

impl fmt::Display for RtpMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.payload, self.name, self.clock)?;
        if self.channels > 1 { write!(f, "/{}", self.channels) } else { Ok(()) }
    }
}

/// SRTP suites of RFC 4568 and RFC 7714.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CryptoSuite {
    /// `AES_CM_128_HMAC_SHA1_80`
    AesCm128Sha1_80,
    /// `AES_CM_128_HMAC_SHA1_32`
    AesCm128Sha1_32,
    /// `AEAD_AES_128_GCM`
    AeadAes128Gcm,
    /// `AEAD_AES_256_GCM`
    AeadAes256Gcm,
}

impl CryptoSuite {
    const ALL: [CryptoSuite; 4] =
        [Self::AesCm128Sha1_80, Self::AesCm128Sha1_32, Self::AeadAes128Gcm, Self::AeadAes256Gcm];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            CryptoSuite::AesCm128Sha1_80 => "AES_CM_128_HMAC_SHA1_80",
            CryptoSuite::AesCm128Sha1_32 => "AES_CM_128_HMAC_SHA1_32",
            CryptoSuite::AeadAes128Gcm => "AEAD_AES_128_GCM",
            CryptoSuite::AeadAes256Gcm => "AEAD_AES_256_GCM",
        }
    }

    /// Bytes of master key and master salt together.
    pub const fn key_and_salt_bytes(self) -> usize {
        match self {
            CryptoSuite::AesCm128Sha1_80 | CryptoSuite::AesCm128Sha1_32 => 16 + 14,
            CryptoSuite::AeadAes128Gcm => 16 + 12,
            CryptoSuite::AeadAes256Gcm => 32 + 12,
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.as_str() == name)
    }
}

/// A `crypto` line: one master key with its suite. The key never shows in `Debug`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Crypto {
    /// The line's number; an answer repeats the one it takes.
    pub tag: u32,
    /// The suite.
    pub suite: CryptoSuite,
    /// Master key and salt, base64, as on the wire.
    pub key: String,
}

impl Crypto {
    /// Reads `1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31`. Lines with a master-key identifier, several keys, an unknown
    /// suite or session parameters that change the protection (`UNENCRYPTED_SRTP` …) are not for us: `None`.
    pub fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let tag = words.next()?.parse().ok()?;
        let suite = CryptoSuite::parse(words.next()?)?;
        let inline = words.next()?.strip_prefix("inline:")?;
        let harmless = |word: &str| word.starts_with("WSH=") || word.starts_with("KDR=0");
        if inline.contains(';') || !words.all(harmless) {
            return None;
        }
        let mut parts = inline.split('|');
        let key = parts.next()?;
        if parts.any(|part| part.contains(':')) || base64_bytes(key)? != suite.key_and_salt_bytes() {
            return None;
        }
        Some(Self { tag, suite, key: key.to_owned() })
    }
}

/// How many bytes a base64 text stands for; `None` for a text that is no base64.
fn base64_bytes(text: &str) -> Option<usize> {
    let plain = text.trim_end_matches('=');
    let padding = text.len() - plain.len();
    let clean = plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    (clean && padding <= 2 && plain.len() % 4 != 1).then_some(plain.len() * 3 / 4)
}

impl fmt::Display for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} inline:{}", self.tag, self.suite.as_str(), self.key)
    }
}

impl fmt::Debug for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crypto({} {} ***)", self.tag, self.suite.as_str())
    }
}

/// `fingerprint` of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    /// The hash function, in lower case: `sha-256`.
    pub hash: String,
    /// The digest.
    pub bytes: Vec<u8>,
}

impl Fingerprint {
    /// Reads `sha-256 AB:CD:…`.
    pub fn parse(value: &str) -> Option<Self> {
        let (hash, digest) = value.trim().split_once(' ')?;
        let byte = |pair: &str| (pair.len() == 2).then(|| u8::from_str_radix(pair, 16).ok()).flatten();
        let bytes = digest.trim().split(':').map(byte).collect::<Option<Vec<u8>>>()?;
        Some(Self { hash: hash.to_ascii_lowercase(), bytes })
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.hash)?;
        for (index, byte) in self.bytes.iter().enumerate() {
            let colon = if index == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

/// `setup`: who opens the DTLS association.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setup {
    /// Opens it.
    Active,
    /// Waits for it.
    Passive,
    /// Either; only in offers.
    ActPass,
    /// Not now.
    HoldConn,
}

impl Setup {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Setup::Active => "active",
            Setup::Passive => "passive",
            Setup::ActPass => "actpass",
            Setup::HoldConn => "holdconn",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        let all = [Setup::Active, Setup::Passive, Setup::ActPass, Setup::HoldConn];
        all.into_iter().find(|setup| setup.as_str() == word.trim())
    }
}

/// An ICE candidate that names an IP address (RFC 8839); names of mDNS and TCP candidates are not for us.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Candidate {
    /// Equal for candidates of one base and kind.
    pub foundation: String,
    /// 1 for RTP, 2 for RTCP.
    pub component: u16,
    /// Higher is tried first.
    pub priority: u32,
    /// Where it is.
    pub address: SocketAddr,
    /// `host`, `srflx`, `prflx` or `relay`.
    pub kind: String,
}

impl Candidate {
    /// Reads `1 1 UDP 2130706431 192.0.2.1 40000 typ host …`.
    pub fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let foundation = words.next()?.to_owned();
        let component = words.next()?.parse().ok()?;
        if !words.next()?.eq_ignore_ascii_case("udp") {
            return None;
        }
        let priority = words.next()?.parse().ok()?;
        let ip: IpAddr = words.next()?.parse().ok()?;
        let port = words.next()?.parse().ok()?;
        if words.next()? != "typ" {
            return None;
        }
        let kind = words.next()?.to_owned();
        Some(Self { foundation, component, priority, address: SocketAddr::new(ip, port), kind })
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { foundation, component, priority, address, kind } = self;
        write!(f, "{foundation} {component} UDP {priority} {} {} typ {kind}", address.ip(), address.port())
    }
}
