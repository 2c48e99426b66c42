//! Requests that are too large for a datagram go over TCP (RFC 3261 section 18.1.1).

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use types::Mono;

use super::messages::{Edit, rerouted};
use crate::config::Identity;
use crate::flow::{Flow, Transport};
use crate::header::HeaderName;
use crate::identity;
use crate::message::Message;

/// The largest request that a datagram carries where nobody knows the path's MTU (RFC 3261 section 18.1.1).
const MAX_DATAGRAM_BYTES: usize = 1300;
/// A peer that took no TCP is not asked again for so long: an attempt may cost its whole connection timeout.
const REFUSAL_LASTS: Duration = Duration::from_secs(600);
/// Peers that are known to take no TCP; beyond it the expired go first, then no more are noted.
const MAX_REFUSALS: usize = 4096;

/// Who gets large requests over TCP.
#[derive(Debug)]
pub(crate) struct Large {
    identities: Vec<Identity>,
    refusals: HashMap<SocketAddr, Mono, ahash::RandomState>,
}

impl Large {
    pub(crate) fn new(identities: Vec<Identity>, hasher: ahash::RandomState) -> Self {
        Self { identities, refusals: HashMap::with_hasher(hasher) }
    }

    /// A request as it goes over TCP; none where it goes as it is.
    pub(crate) fn over_tcp(&self, now: Mono, flow: &Flow, bytes: &Bytes) -> Option<(Flow, Bytes)> {
        let fits = bytes.len() <= MAX_DATAGRAM_BYTES;
        if fits || flow.transport != Transport::Udp || is_group(flow.remote.ip()) || self.refuses(now, flow.remote) {
            return None;
        }
        let tcp = identity::bind(&self.identities, Flow::to(Transport::Tcp, flow.remote));
        if tcp.local.port() == 0 {
            return None;
        }
        let request = Message::scan(bytes.clone()).ok()?;
        let branch = request.top_via().ok()?.branch().to_owned();
        let sent_by = identity::sent_by(&self.identities, &tcp);
        let builder = rerouted(&request, Transport::Tcp, sent_by, &branch, |id, value| match id {
            HeaderName::Contact => match identity::contact_by(&self.identities, value, &tcp) {
                Some(contact) => Edit::Replace(contact),
                None => Edit::Keep,
            },
            _ => Edit::Keep,
        });
        Some((tcp, builder.finish_raw(request.body()).into()))
    }

    /// A connection to a peer did not come about.
    pub(crate) fn refused(&mut self, now: Mono, peer: SocketAddr) {
        if self.refusals.len() >= MAX_REFUSALS {
            self.refusals.retain(|_, until| *until > now);
        }
        if self.refusals.len() < MAX_REFUSALS {
            self.refusals.insert(peer, now + REFUSAL_LASTS);
        }
    }

    fn refuses(&self, now: Mono, peer: SocketAddr) -> bool {
        self.refusals.get(&peer).is_some_and(|until| *until > now)
    }
}

/// Addresses to which nobody connects.
fn is_group(ip: IpAddr) -> bool {
    ip.is_multicast() || ip == IpAddr::V4(std::net::Ipv4Addr::BROADCAST)
}
