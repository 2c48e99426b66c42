//! What a session description holds.

use std::net::IpAddr;

use crate::attribute::{Candidate, Crypto, Direction, Fingerprint, RtpMap, Setup};

/// Longest description, in bytes: a browser's offer with all its candidates has under 10 KiB.
pub const MAX_BYTES: usize = 32_768;
/// Most media lines: a conference client offers a few, nobody twenty.
pub const MAX_MEDIA: usize = 20;
/// Most lines of all kinds.
pub const MAX_LINES: usize = 1_024;
/// Most formats on a media line: payload types have seven bits.
pub const MAX_FORMATS: usize = 128;

/// A session description.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Session {
    /// `o=`
    pub origin: Origin,
    /// `s=`; printed as `-` when it is empty.
    pub name: String,
    /// `c=` of the session.
    pub connection: Option<Connection>,
    /// `b=` lines of the session.
    pub bandwidth: Vec<String>,
    /// The first `t=`, as received; printed as `0 0` when it is empty.
    pub timing: String,
    /// `a=` lines before the first media line.
    pub attributes: Vec<Attribute>,
    /// The media, in order.
    pub media: Vec<Media>,
}

/// `o=`: who made the description, and which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The maker's user name, `-` if it has none.
    pub username: String,
    /// The session's number, as received.
    pub session_id: String,
    /// The description's number, as received; it grows with each change.
    pub version: String,
    /// The maker's address.
    pub address: Address,
}

impl Default for Origin {
    fn default() -> Self {
        let zero = || "0".to_owned();
        let address = Address::Ip(std::net::Ipv4Addr::UNSPECIFIED.into());
        Self { username: "-".to_owned(), session_id: zero(), version: zero(), address }
    }
}

/// An address in `o=` or `c=`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// An IP address.
    Ip(IpAddr),
    /// A domain name, and whether it stands for IPv6.
    Name {
        /// The name.
        name: String,
        /// Announced as `IP6`.
        v6: bool,
    },
}

impl Address {
    /// The IP address, if it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Address::Ip(ip) => Some(*ip),
            Address::Name { .. } => None,
        }
    }
}

/// `c=`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Connection {
    /// Where media go.
    pub address: Address,
    /// What follows the address (`/127` of multicast), with its slash.
    pub suffix: String,
}

impl Connection {
    /// A connection to one unicast address.
    pub fn to(ip: IpAddr) -> Self {
        Self { address: Address::Ip(ip), suffix: String::new() }
    }
}

/// `a=name` or `a=name:value`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// The value, as received.
    pub value: Option<String>,
}

impl Attribute {
    /// `a=name`
    pub fn flag(name: &str) -> Self {
        Self { name: name.to_owned(), value: None }
    }

    /// `a=name:value`
    pub fn new(name: &str, value: impl std::fmt::Display) -> Self {
        Self { name: name.to_owned(), value: Some(value.to_string()) }
    }
}

/// The kind of a medium.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// `audio`
    Audio,
    /// `video`
    Video,
    /// `application`
    Application,
    /// `image` (T.38)
    Image,
    /// Anything else, as received.
    Other(String),
}

impl MediaKind {
    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            MediaKind::Audio => "audio",
            MediaKind::Video => "video",
            MediaKind::Application => "application",
            MediaKind::Image => "image",
            MediaKind::Other(kind) => kind,
        }
    }
}

impl From<&str> for MediaKind {
    fn from(kind: &str) -> Self {
        match kind {
            "audio" => MediaKind::Audio,
            "video" => MediaKind::Video,
            "application" => MediaKind::Application,
            "image" => MediaKind::Image,
            other => MediaKind::Other(other.to_owned()),
        }
    }
}

/// `m=` and what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Audio, video …
    pub kind: MediaKind,
    /// The port; 0 refuses the medium.
    pub port: u16,
    /// How many ports, if told (`49170/2`).
    pub port_count: Option<u16>,
    /// `RTP/AVP`, `RTP/SAVP`, `UDP/TLS/RTP/SAVPF` …, as received.
    pub protocol: String,
    /// Payload types, or other formats, in order of preference.
    pub formats: Vec<String>,
    /// `c=` of the medium.
    pub connection: Option<Connection>,
    /// `b=` lines.
    pub bandwidth: Vec<String>,
    /// `a=` lines, in order.
    pub attributes: Vec<Attribute>,
}

impl Media {
    /// The refusal of an offered medium: the same line with port 0.
    pub fn refused(&self) -> Self {
        Self {
            kind: self.kind.clone(),
            port: 0,
            port_count: None,
            protocol: self.protocol.clone(),
            formats: self.formats.clone(),
            connection: None,
            bandwidth: Vec::new(),
            attributes: self.attributes.iter().filter(|a| a.name == "mid").cloned().collect(),
        }
    }

    /// The values of all attributes of that name that have one.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        values(&self.attributes, name)
    }

    /// The value of the first attribute of that name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values(name).next()
    }

    /// Whether an attribute of that name stands.
    pub fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|attribute| attribute.name == name)
    }

    /// Payload types, in order of preference.
    pub fn payloads(&self) -> impl Iterator<Item = u8> {
        self.formats.iter().filter_map(|format| format.parse().ok()).filter(|payload| *payload < 128)
    }

    /// What a payload type stands for: its `rtpmap`, or the static assignment of RFC 3551.
    pub fn rtpmap(&self, payload: u8) -> Option<RtpMap> {
        let told = self.values("rtpmap").filter_map(RtpMap::parse).find(|map| map.payload == payload);
        told.or_else(|| RtpMap::assigned(payload))
    }

    /// The `fmtp` of a payload type.
    pub fn fmtp(&self, payload: u8) -> Option<&str> {
        self.values("fmtp").find_map(|value| {
            let (format, parameters) = value.split_once(' ')?;
            (format.parse() == Ok(payload)).then_some(parameters.trim())
        })
    }

    /// `ptime` in milliseconds.
    pub fn ptime_ms(&self) -> Option<u32> {
        self.value("ptime").and_then(milliseconds)
    }

    /// `maxptime` in milliseconds.
    pub fn max_ptime_ms(&self) -> Option<u32> {
        self.value("maxptime").and_then(milliseconds)
    }

    /// The direction that stands with this medium.
    pub fn own_direction(&self) -> Option<Direction> {
        direction_in(&self.attributes)
    }

    /// `crypto` lines that can be read (RFC 4568).
    pub fn cryptos(&self) -> impl Iterator<Item = Crypto> {
        self.values("crypto").filter_map(Crypto::parse)
    }

    /// `candidate` lines that can be read (RFC 8839).
    pub fn candidates(&self) -> impl Iterator<Item = Candidate> {
        self.values("candidate").filter_map(Candidate::parse)
    }

    /// `rtcp`: port, and the address if it is told (RFC 3605).
    pub fn rtcp(&self) -> Option<(u16, Option<IpAddr>)> {
        let mut words = self.value("rtcp")?.split_ascii_whitespace();
        let port = words.next()?.parse().ok()?;
        Some((port, words.nth(2).and_then(|address| address.parse().ok())))
    }
}

/// Some devices write `20.0`.
fn milliseconds(value: &str) -> Option<u32> {
    value.split('.').next()?.trim().parse().ok()
}

fn values<'a>(attributes: &'a [Attribute], name: &str) -> impl Iterator<Item = &'a str> {
    attributes.iter().filter(move |attribute| attribute.name == name).filter_map(|attribute| attribute.value.as_deref())
}

fn direction_in(attributes: &[Attribute]) -> Option<Direction> {
    attributes.iter().filter(|attribute| attribute.value.is_none()).find_map(|a| Direction::parse(&a.name))
}

impl Session {
    /// The value of the first session attribute of that name.
    pub fn value(&self, name: &str) -> Option<&str> {
        values(&self.attributes, name).next()
    }

    /// Whether a session attribute of that name stands.
    pub fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|attribute| attribute.name == name)
    }

    /// The connection of a medium: its own or the session's.
    pub fn connection_of<'a>(&'a self, media: &'a Media) -> Option<&'a Connection> {
        media.connection.as_ref().or(self.connection.as_ref())
    }

    /// The direction of a medium: its own, the session's, or `sendrecv`.
    pub fn direction_of(&self, media: &Media) -> Direction {
        media.own_direction().or_else(|| direction_in(&self.attributes)).unwrap_or(Direction::SendRecv)
    }

    /// An attribute of a medium that may stand for all media (`ice-ufrag`, `ice-pwd`, `fingerprint`, `setup`).
    pub fn value_of<'a>(&'a self, media: &'a Media, name: &'a str) -> Option<&'a str> {
        media.value(name).or_else(|| self.value(name))
    }

    /// The certificate's fingerprint that goes for a medium (RFC 8122).
    pub fn fingerprint_of(&self, media: &Media) -> Option<Fingerprint> {
        self.value_of(media, "fingerprint").and_then(Fingerprint::parse)
    }

    /// Who opens the DTLS association of a medium (RFC 4145).
    pub fn setup_of(&self, media: &Media) -> Option<Setup> {
        self.value_of(media, "setup").and_then(Setup::parse)
    }

    /// Whether the sender of this description puts the medium on hold: it will not play what it is sent
    /// (`sendonly`, `inactive`, or the address 0.0.0.0 of RFC 2543). With ICE, 0.0.0.0 only says that no candidate was
    /// known yet (RFC 8839 section 4.2.1.3).
    pub fn holds(&self, media: &Media) -> bool {
        let unspecified = self.connection_of(media).and_then(|c| c.address.ip()).is_some_and(|ip| ip.is_unspecified());
        let silent = unspecified && self.value_of(media, "ice-ufrag").is_none();
        silent || !self.direction_of(media).receives()
    }

    /// The first audio line that is not refused.
    pub fn audio(&self) -> Option<(usize, &Media)> {
        self.media.iter().enumerate().find(|(_, media)| media.kind == MediaKind::Audio && media.port != 0)
    }

    /// Groups (RFC 5888): semantics and the media ids.
    pub fn groups(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        values(&self.attributes, "group").filter_map(|value| {
            let mut words = value.split_ascii_whitespace();
            words.next().map(|semantics| (semantics, words.collect()))
        })
    }
}
