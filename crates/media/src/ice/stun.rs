//! STUN messages (RFC 8489) as far as ICE's connectivity checks need them: read without copying, written in place.

use std::net::{IpAddr, SocketAddr};

use hmac::{Hmac, Mac};
use sha1::Sha1;

/// Bytes of the header: type, length, cookie, transaction.
const HEADER_LEN: usize = 20;
const MAGIC_COOKIE: u32 = 0x2112_a442;
/// What the CRC of a fingerprint is XORed with (section 14.7).
const FINGERPRINT_XOR: u32 = 0x5354_554e;
/// Bytes of an attribute's type and length.
const ATTRIBUTE_HEADER: usize = 4;
const INTEGRITY_LEN: usize = 20;
const FINGERPRINT_LEN: usize = 4;
/// Attributes that are looked at in one message; a check has ten.
const MAX_ATTRIBUTES: usize = 32;

/// Attribute types.
pub mod attribute {
    /// `ours:theirs` of a check's receiver and sender.
    pub const USERNAME: u16 = 0x0006;
    /// HMAC-SHA1 under the receiver's password.
    pub const MESSAGE_INTEGRITY: u16 = 0x0008;
    /// Why a request is refused.
    pub const ERROR_CODE: u16 = 0x0009;
    /// Attributes that were not understood.
    pub const UNKNOWN_ATTRIBUTES: u16 = 0x000a;
    /// The source address as the receiver saw it.
    pub const XOR_MAPPED_ADDRESS: u16 = 0x0020;
    /// Priority of the candidate that the check would find (RFC 8445).
    pub const PRIORITY: u16 = 0x0024;
    /// The controlling side has chosen this pair.
    pub const USE_CANDIDATE: u16 = 0x0025;
    /// CRC-32 over the message.
    pub const FINGERPRINT: u16 = 0x8028;
    /// The sender takes itself for the controlled side.
    pub const ICE_CONTROLLED: u16 = 0x8029;
    /// The sender takes itself for the controlling side.
    pub const ICE_CONTROLLING: u16 = 0x802a;
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A connectivity check.
    BindingRequest,
    /// Its answer.
    BindingSuccess,
    /// Its refusal.
    BindingError,
    /// A sign of life that wants no answer.
    BindingIndication,
}

impl Kind {
    fn code(self) -> u16 {
        match self {
            Self::BindingRequest => 0x0001,
            Self::BindingIndication => 0x0011,
            Self::BindingSuccess => 0x0101,
            Self::BindingError => 0x0111,
        }
    }

    fn from_code(code: u16) -> Option<Self> {
        [Self::BindingRequest, Self::BindingSuccess, Self::BindingError, Self::BindingIndication]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// A transaction's number.
pub type Transaction = [u8; 12];

/// A message that was received.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    bytes: &'a [u8],
    kind: Kind,
    /// Where MESSAGE-INTEGRITY begins.
    integrity_at: Option<usize>,
    fingerprint: Option<bool>,
}

impl<'a> Message<'a> {
    /// Reads a datagram; nothing when it is no well-formed Binding message. A wrong fingerprint is well formed: see
    /// [`Message::has_fingerprint`].
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let header = bytes.get(..HEADER_LEN)?;
        let kind = Kind::from_code(u16::from_be_bytes([header[0], header[1]]))?;
        let len = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let cookie = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
        if cookie != MAGIC_COOKIE || len % 4 != 0 || bytes.len() != HEADER_LEN + len {
            return None;
        }
        let mut message = Self { bytes, kind, integrity_at: None, fingerprint: None };
        let mut count = 0;
        let mut end = HEADER_LEN;
        for (at, kind, value) in walk(bytes) {
            count += 1;
            end = at + ATTRIBUTE_HEADER + value.len().next_multiple_of(4);
            match kind {
                attribute::MESSAGE_INTEGRITY if message.integrity_at.is_none() && value.len() == INTEGRITY_LEN => {
                    message.integrity_at = Some(at);
                }
                attribute::FINGERPRINT => {
                    let told = <[u8; FINGERPRINT_LEN]>::try_from(value).ok().map(u32::from_be_bytes);
                    message.fingerprint = Some(told == Some(fingerprint(&bytes[..at])) && end == bytes.len());
                }
                _ => {}
            }
        }
        (count <= MAX_ATTRIBUTES && end == bytes.len()).then_some(message)
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The transaction that an answer has to repeat.
    pub fn transaction(&self) -> Transaction {
        let mut transaction = [0; 12];
        transaction.copy_from_slice(&self.bytes[8..HEADER_LEN]);
        transaction
    }

    /// A fingerprint is there and right.
    pub fn has_fingerprint(&self) -> bool {
        self.fingerprint == Some(true)
    }

    /// The attributes that its integrity covers, or all where it has none: type and value.
    pub fn attributes(&self) -> impl Iterator<Item = (u16, &'a [u8])> {
        let end = self.integrity_at.unwrap_or(self.bytes.len());
        walk(self.bytes).take_while(move |(at, ..)| *at < end).map(|(_, kind, value)| (kind, value))
    }

    /// The first attribute of that type.
    pub fn get(&self, wanted: u16) -> Option<&'a [u8]> {
        self.attributes().find(|(kind, _)| *kind == wanted).map(|(_, value)| value)
    }

    /// USERNAME.
    pub fn username(&self) -> Option<&'a str> {
        std::str::from_utf8(self.get(attribute::USERNAME)?).ok()
    }

    /// XOR-MAPPED-ADDRESS.
    pub fn mapped_address(&self) -> Option<SocketAddr> {
        let value = self.get(attribute::XOR_MAPPED_ADDRESS)?;
        let mask = mask(&self.transaction());
        let (&family, rest) = value.get(1..)?.split_first()?;
        let port = u16::from_be_bytes([*rest.first()?, *rest.get(1)?]) ^ (MAGIC_COOKIE >> 16) as u16;
        let octet = |i: usize| Some(rest.get(2 + i)? ^ mask[i]);
        let ip = match (family, value.len()) {
            (1, 8) => IpAddr::from([octet(0)?, octet(1)?, octet(2)?, octet(3)?]),
            (2, 20) => {
                let mut octets = [0; 16];
                for (i, place) in octets.iter_mut().enumerate() {
                    *place = octet(i)?;
                }
                IpAddr::from(octets)
            }
            _ => return None,
        };
        Some(SocketAddr::new(ip, port))
    }

    /// Whether its integrity is there and made with this password.
    pub fn is_authentic(&self, password: &str) -> bool {
        let Some(at) = self.integrity_at else { return false };
        let told = &self.bytes[at + ATTRIBUTE_HEADER..][..INTEGRITY_LEN];
        let Some(mac) = integrity(&self.bytes[..at], password) else { return false };
        mac.verify_slice(told).is_ok()
    }
}

/// Attributes with their places; ends at the first one that is cut short.
fn walk(bytes: &[u8]) -> impl Iterator<Item = (usize, u16, &[u8])> {
    let mut at = HEADER_LEN;
    std::iter::from_fn(move || {
        let header = bytes.get(at..at + ATTRIBUTE_HEADER)?;
        let kind = u16::from_be_bytes([header[0], header[1]]);
        let len = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let value = bytes.get(at + ATTRIBUTE_HEADER..at + ATTRIBUTE_HEADER + len)?;
        let found = (at, kind, value);
        at += ATTRIBUTE_HEADER + len.next_multiple_of(4);
        Some(found)
    })
}

/// The HMAC over a message that ends before MESSAGE-INTEGRITY, whose length counts it (section 14.5).
fn integrity(before: &[u8], password: &str) -> Option<Hmac<Sha1>> {
    let mut mac = <Hmac<Sha1> as Mac>::new_from_slice(password.as_bytes()).ok()?;
    mac.update(&before[..2]);
    mac.update(&length_with(before, INTEGRITY_LEN));
    mac.update(&before[4..]);
    Some(mac)
}

/// The header's length field when an attribute of `len` bytes follows `before`.
fn length_with(before: &[u8], len: usize) -> [u8; 2] {
    ((before.len() - HEADER_LEN + ATTRIBUTE_HEADER + len) as u16).to_be_bytes()
}

fn fingerprint(before: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&before[..2]);
    crc.update(&length_with(before, FINGERPRINT_LEN));
    crc.update(&before[4..]);
    crc.finalize() ^ FINGERPRINT_XOR
}

/// What addresses are XORed with.
fn mask(transaction: &Transaction) -> [u8; 16] {
    let mut mask = [0; 16];
    mask[..4].copy_from_slice(&MAGIC_COOKIE.to_be_bytes());
    mask[4..].copy_from_slice(transaction);
    mask
}

/// Writes a message at the end of a buffer.
pub struct Builder<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
}

impl<'a> Builder<'a> {
    /// A message without attributes.
    pub fn new(out: &'a mut Vec<u8>, kind: Kind, transaction: &Transaction) -> Self {
        let start = out.len();
        out.extend_from_slice(&kind.code().to_be_bytes());
        out.extend_from_slice(&[0; 2]);
        out.extend_from_slice(&MAGIC_COOKIE.to_be_bytes());
        out.extend_from_slice(transaction);
        Self { out, start }
    }

    /// Adds an attribute.
    pub fn attribute(&mut self, kind: u16, value: &[u8]) -> &mut Self {
        self.out.extend_from_slice(&kind.to_be_bytes());
        self.out.extend_from_slice(&(value.len() as u16).to_be_bytes());
        self.out.extend_from_slice(value);
        let padded = (self.out.len() - self.start).next_multiple_of(4);
        self.out.resize(self.start + padded, 0);
        let len = (padded - HEADER_LEN) as u16;
        self.out[self.start + 2..self.start + 4].copy_from_slice(&len.to_be_bytes());
        self
    }

    /// Adds XOR-MAPPED-ADDRESS.
    pub fn mapped_address(&mut self, address: SocketAddr) -> &mut Self {
        let mut transaction = [0; 12];
        transaction.copy_from_slice(&self.out[self.start + 8..self.start + HEADER_LEN]);
        let mut value = vec![0, if address.is_ipv4() { 1 } else { 2 }];
        value.extend_from_slice(&(address.port() ^ (MAGIC_COOKIE >> 16) as u16).to_be_bytes());
        match address.ip() {
            IpAddr::V4(ip) => value.extend_from_slice(&ip.octets()),
            IpAddr::V6(ip) => value.extend_from_slice(&ip.octets()),
        }
        value[4..].iter_mut().zip(mask(&transaction)).for_each(|(byte, mask)| *byte ^= mask);
        self.attribute(attribute::XOR_MAPPED_ADDRESS, &value)
    }

    /// Adds ERROR-CODE.
    pub fn error(&mut self, code: u16, reason: &str) -> &mut Self {
        let mut value = vec![0, 0, (code / 100) as u8, (code % 100) as u8];
        value.extend_from_slice(reason.as_bytes());
        self.attribute(attribute::ERROR_CODE, &value)
    }

    /// Adds MESSAGE-INTEGRITY under this password.
    pub fn integrity(&mut self, password: &str) -> &mut Self {
        let mac = integrity(&self.out[self.start..], password).map(|mac| mac.finalize().into_bytes());
        // HMAC takes keys of any length, so there always is one.
        if let Some(mac) = mac {
            self.attribute(attribute::MESSAGE_INTEGRITY, &mac);
        }
        self
    }

    /// Adds FINGERPRINT, which has to be the last.
    pub fn fingerprint(&mut self) {
        let crc = fingerprint(&self.out[self.start..]);
        self.attribute(attribute::FINGERPRINT, &crc.to_be_bytes());
    }
}
