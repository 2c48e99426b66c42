//! The browser port of a media thread: one for all browsers, in each family of addresses.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;

use super::ports::SocketPair;

/// Ports of the range that are tried for one thread.
const MAX_TRIES: u16 = 200;

/// An address of ours that browsers may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrowserAddress {
    /// What to bind to: an address of the host, never the unspecified one, or answers would leave from another.
    pub bind: IpAddr,
    /// What to tell browsers: the same, or the address that a router translates to it.
    pub announce: IpAddr,
}

impl BrowserAddress {
    /// An address of the host that browsers can reach as it is.
    pub const fn own(ip: IpAddr) -> Self {
        Self { bind: ip, announce: ip }
    }

    /// The address `announced` where it is the host's; else a router translates it to `own`.
    pub fn announced(announced: IpAddr, own: IpAddr) -> Self {
        let is_ours = UdpSocket::bind(SocketAddr::new(announced, 0)).is_ok();
        Self { bind: if is_ours { announced } else { own }, announce: announced }
    }
}

/// How browsers reach the media threads.
#[derive(Clone, Debug, Default)]
pub struct BrowserPorts {
    /// At most one IPv4 and one IPv6 address are used; one that cannot be bound to is left out, and none of both means
    /// that there are no browser legs.
    pub addresses: Vec<BrowserAddress>,
    /// Lowest and highest UDP port: each thread takes the highest that is free. Both 0 leave the choice to the system.
    pub ports: (u16, u16),
}

/// The sockets of one thread's browser port.
#[derive(Clone)]
pub(crate) struct Shared {
    v4: Option<Arc<SocketPair>>,
    v6: Option<Arc<SocketPair>>,
}

/// Binds to the highest free port of a range.
fn bind_one(ip: IpAddr, (lo, hi): (u16, u16)) -> io::Result<SocketPair> {
    let mut last = io::ErrorKind::AddrInUse.into();
    for port in (lo..=hi).rev().take(usize::from(MAX_TRIES)) {
        match SocketPair::bind_shared(SocketAddr::new(ip, port)) {
            Ok(pair) => return Ok(pair),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

impl Shared {
    /// Binds one port of each family, both the same where that is to be had; what browsers are told, best first.
    pub(super) fn bind(ports: &BrowserPorts) -> (Self, Vec<SocketAddr>) {
        let mut shared = Self { v4: None, v6: None };
        let mut told = Vec::new();
        for &BrowserAddress { bind, announce } in &ports.addresses {
            let place = if bind.is_ipv4() { &mut shared.v4 } else { &mut shared.v6 };
            if place.is_some() || bind.is_unspecified() {
                continue;
            }
            match bind_one(bind, ports.ports) {
                Ok(pair) => {
                    told.push(SocketAddr::new(announce, pair.port));
                    *place = Some(Arc::new(pair));
                }
                Err(error) => tracing::warn!(%error, address = %bind, "browsers' media cannot come to this address"),
            }
        }
        (shared, told)
    }

    /// The socket that reaches an address.
    pub(crate) fn towards(&self, to: SocketAddr) -> Option<&Arc<SocketPair>> {
        if to.is_ipv4() { self.v4.as_ref() } else { self.v6.as_ref() }
    }

    /// All sockets.
    pub(super) fn each(&self) -> impl Iterator<Item = &Arc<SocketPair>> {
        self.v4.iter().chain(&self.v6)
    }
}
