//! Where a message came from and where one goes.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// What carries SIP messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Transport {
    /// One message a datagram (RFC 3261 section 18).
    Udp,
    /// A stream (RFC 3261 section 18.3).
    Tcp,
    /// TLS over TCP.
    Tls,
    /// WebSocket (RFC 7118).
    Ws,
    /// WebSocket over TLS (RFC 7118).
    Wss,
}

impl Transport {
    /// Whether the transport itself repeats what is lost, so that no timer has to.
    pub const fn is_reliable(self) -> bool {
        !matches!(self, Transport::Udp)
    }

    /// The name in Via, in capitals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
            Transport::Ws => "WS",
            Transport::Wss => "WSS",
        }
    }

    /// The value of a URI's `transport` parameter; none where a plain `sip:` URI already means it.
    pub const fn uri_param(self) -> Option<&'static str> {
        match self {
            Transport::Udp => None,
            Transport::Tcp => Some("tcp"),
            Transport::Tls => Some("tls"),
            Transport::Ws | Transport::Wss => Some("ws"),
        }
    }

    /// Reads a transport name of Via or of a URI's parameter, in any case.
    pub fn from_bytes(name: &[u8]) -> Option<Self> {
        [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss]
            .into_iter()
            .find(|transport| transport.as_str().as_bytes().eq_ignore_ascii_case(name))
    }

    /// The port that is meant where none is written.
    pub const fn default_port(self) -> u16 {
        match self {
            Transport::Udp | Transport::Tcp => 5060,
            Transport::Tls => 5061,
            Transport::Ws => 80,
            Transport::Wss => 443,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One path between us and a peer. For a received message: the socket and connection it came by. For one to send: the
/// same, or a destination alone ([`Flow::to`]), for which the driver opens (or reuses) a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Flow {
    /// What carries it.
    pub transport: Transport,
    /// Our address: of the socket that received it. Unspecified (`0.0.0.0:0`) means any of this transport.
    pub local: SocketAddr,
    /// The peer's address.
    pub remote: SocketAddr,
    /// The driver's number of the connection, never used twice; 0 for datagrams and where none is open yet.
    pub conn: u64,
}

impl Flow {
    /// A path to `remote` from whatever local address fits, over a connection yet to be opened where one is needed.
    pub const fn to(transport: Transport, remote: SocketAddr) -> Self {
        let local = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
        Self { transport, local, remote, conn: 0 }
    }

    /// Whether `other` goes to the same peer by the same connection (or, for datagrams, from the same socket).
    pub fn same_path(&self, other: &Flow) -> bool {
        if self.conn != 0 || other.conn != 0 {
            return self.conn == other.conn;
        }
        self.transport == other.transport && self.remote == other.remote
    }
}

/// Bytes to send: one datagram, one WebSocket frame, or a piece of a stream.
#[derive(Clone, PartialEq, Eq)]
pub struct Transmit {
    /// Where to. With `conn` 0 over a stream the driver opens a connection, or takes one that it has to there.
    pub flow: Flow,
    /// What.
    pub bytes: Bytes,
    /// [`crate::agent::call_key`] of its Call-ID; 0 where there is none. For traces.
    pub call_key: u64,
}

/// Where to and how much, not what: a message names people.
impl fmt::Debug for Transmit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transmit({:?}, {} bytes)", self.flow, self.bytes.len())
    }
}
