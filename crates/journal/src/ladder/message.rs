//! One SIP message in a file: a fixed head, then the bytes as they were on the wire.
//!
//! ```text
//! 0  length    u32  of all
//! 4  crc32     u32  of what follows
//! 8  position  u64
//! 16 leg       u64
//! 24 previous  u64
//! 32 at        i64  Unix milliseconds
//! 40 peer      16 bytes of address (IPv4 mapped), u16 port
//! 58 direction u8   1: sent
//! 59 transport u8
//! 60 message
//! ```
//! All numbers are little-endian.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use types::{LegId, Private, Wall};

/// Bytes before the message.
pub(super) const HEAD: usize = 60;
/// The longest message kept; SIP over UDP ends at this as well.
pub(super) const LONGEST: usize = 65_535;
const CHECKED: usize = 8;
const LANE_SHIFT: u32 = 56;

/// Where a message lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position(pub u64);

impl Position {
    /// No message: before a leg's first.
    pub const NONE: Position = Position(0);

    pub(super) const fn new(lane: u8, offset: u64) -> Self {
        Self((lane as u64) << LANE_SHIFT | offset)
    }

    pub(super) const fn lane(self) -> u8 {
        (self.0 >> LANE_SHIFT) as u8
    }

    pub(super) const fn offset(self) -> u64 {
        self.0 & ((1 << LANE_SHIFT) - 1)
    }
}

/// How a message travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
    /// TLS.
    Tls,
    /// WebSocket.
    Ws,
    /// WebSocket over TLS.
    Wss,
}

impl Transport {
    const ALL: [Transport; 5] = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];

    /// Its name in a Via header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Ws => "WS",
            Self::Wss => "WSS",
        }
    }
}

/// What is kept of a message besides its bytes.
pub(super) struct Head {
    pub(super) leg: LegId,
    pub(super) previous: Position,
    pub(super) at: Wall,
    pub(super) sent: bool,
    pub(super) transport: Transport,
    pub(super) peer: SocketAddr,
}

/// One message as it was on the wire.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Where it lies.
    pub position: Position,
    /// The same leg's message before it.
    pub previous: Position,
    /// Whose.
    pub leg: LegId,
    /// When it was sent or received.
    pub at: Wall,
    /// We sent it; otherwise it was received.
    pub sent: bool,
    /// How it travelled.
    pub transport: Transport,
    /// The far end.
    pub peer: SocketAddr,
    /// Header and body.
    pub bytes: Private<Vec<u8>>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrow = if self.sent { "->" } else { "<-" };
        write!(f, "Message({:?} {} {arrow} {} bytes)", self.leg, self.at, self.bytes.reveal().len())
    }
}

/// Appends a record and returns its length.
pub(super) fn encode(out: &mut Vec<u8>, position: Position, head: &Head, message: &[u8]) -> usize {
    let total = HEAD + message.len();
    let mut fixed = [0; HEAD];
    let ip = match head.peer.ip() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    };
    fixed[0..4].copy_from_slice(&(total as u32).to_le_bytes());
    fixed[8..16].copy_from_slice(&position.0.to_le_bytes());
    fixed[16..24].copy_from_slice(&head.leg.0.to_le_bytes());
    fixed[24..32].copy_from_slice(&head.previous.0.to_le_bytes());
    fixed[32..40].copy_from_slice(&head.at.0.to_le_bytes());
    fixed[40..56].copy_from_slice(&ip.octets());
    fixed[56..58].copy_from_slice(&head.peer.port().to_le_bytes());
    fixed[58] = u8::from(head.sent);
    fixed[59] = head.transport as u8;
    let mut crc = crc32fast::Hasher::new();
    crc.update(&fixed[CHECKED..]);
    crc.update(message);
    fixed[4..8].copy_from_slice(&crc.finalize().to_le_bytes());
    out.extend_from_slice(&fixed);
    out.extend_from_slice(message);
    total
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

/// The length of the record that `bytes` begin with and its leg, unchecked.
pub(super) fn peek(bytes: &[u8]) -> Option<(usize, LegId)> {
    let total = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
    (bytes.len() >= HEAD && (HEAD..=HEAD + LONGEST).contains(&total)).then(|| (total, LegId(u64_at(bytes, 16))))
}

/// The record's time, unchecked.
pub(super) fn peek_at(bytes: &[u8]) -> Option<Wall> {
    peek(bytes).map(|_| Wall(u64_at(bytes, 32) as i64))
}

/// The record that `bytes` begin with, if it is whole.
pub(super) fn decode(bytes: &[u8]) -> Option<Message> {
    let (total, leg) = peek(bytes)?;
    let record = bytes.get(..total)?;
    let crc = u32::from_le_bytes(record[4..8].try_into().ok()?);
    if crc32fast::hash(&record[CHECKED..]) != crc {
        return None;
    }
    let ip: [u8; 16] = record[40..56].try_into().ok()?;
    let port = u16::from_le_bytes([record[56], record[57]]);
    Some(Message {
        position: Position(u64_at(record, 8)),
        previous: Position(u64_at(record, 24)),
        leg,
        at: Wall(u64_at(record, 32) as i64),
        sent: record[58] == 1,
        transport: *Transport::ALL.get(usize::from(record[59]))?,
        peer: SocketAddr::new(IpAddr::from(Ipv6Addr::from(ip)).to_canonical(), port),
        bytes: Private::new(record[HEAD..].to_vec()),
    })
}
