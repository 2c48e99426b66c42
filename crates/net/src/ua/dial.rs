//! Ringing somebody: from a target to an INVITE.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use sip::agent::{Body, Credentials, Invite};
use sip::flow::{Flow, Transport};
use sip::uri::{Uri, escape_user};
use types::leg::{CallerId, Target, Text};
use types::{Cause, LegEvent, LegId, Now};

use super::leg::{Leg, Phase};
use super::{Lookup, Ua, codecs};
use crate::mind::Mind;

/// A leg whose address is being resolved.
#[derive(Debug)]
pub(crate) struct Pending {
    target: Target,
    caller: CallerId,
}

/// Where a URI points without asking the DNS.
fn direct(uri: &str) -> Option<(Transport, SocketAddr)> {
    let uri = Uri::parse(uri).ok()?;
    let ip: IpAddr = uri.host().ip()?;
    let transport = transport_of(&uri);
    Some((transport, SocketAddr::new(ip, uri.port().unwrap_or(transport.default_port()))))
}

fn transport_of(uri: &Uri<'_>) -> Transport {
    let named = uri.transport().and_then(|t| Transport::from_bytes(t.as_bytes()));
    let secure = uri.as_str().starts_with("sips:");
    named.unwrap_or(if secure { Transport::Tls } else { Transport::Udp })
}

impl<M: Mind> Ua<M> {
    pub(crate) fn dial(&mut self, now: Now, id: LegId, target: Target, caller: CallerId, linked: Option<LegId>) {
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
        let session = self.next_session();
        let mut leg = Leg::new(id, false, address, session);
        leg.linked = linked;
        if let Some(other) = linked.and_then(|l| self.legs.get(&l)) {
            leg.hops = other.hops.saturating_sub(1);
        }
        let looping = leg.hops == 0;
        self.legs.insert(id, leg);
        if looping {
            return self.fail(now, id, Cause::PeerFailed, Some(483));
        }
        if let Some(conn) = target.flow {
            return match self.connections.get(&conn).copied() {
                Some(flow) => self.invite(now, id, flow, &target, &caller),
                None => self.fail(now, id, Cause::Unreachable, None),
            };
        }
        let hop = target.next_hop.as_deref().unwrap_or(target.uri.reveal());
        match direct(hop) {
            Some((transport, remote)) => self.invite(now, id, Flow::to(transport, remote), &target, &caller),
            None => {
                let uri = hop.to_owned();
                self.lookups.push_back(Lookup { leg: id, uri: uri.into() });
                self.dialling.insert(id, Pending { target, caller });
            }
        }
    }

    /// The answer to a [`Lookup`]: where to send, the best first; empty when the name leads nowhere.
    pub fn resolved(&mut self, now: Now, leg: LegId, found: &[(Transport, SocketAddr)]) {
        if let Some(Pending { target, caller }) = self.dialling.remove(&leg) {
            match found.first() {
                Some(&(transport, remote)) => self.invite(now, leg, Flow::to(transport, remote), &target, &caller),
                None => self.fail(now, leg, Cause::Unreachable, None),
            }
        }
        self.pump(now);
    }

    fn invite(&mut self, now: Now, id: LegId, flow: Flow, target: &Target, caller: &CallerId) {
        let Some((identity, local)) = self.identity_towards(flow) else {
            return self.fail(now, id, Cause::Unreachable, None);
        };
        let linked = self.legs.get(&id).and_then(|l| l.linked);
        let Ok(port) = self.media.open(now, id, linked) else {
            return self.fail(now, id, Cause::Overload, None);
        };
        let address = self.media_address(local, port);
        let prefer = linked.and_then(|l| self.preferred_codec(l));
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.media_open = true;
        leg.caps.address = address;
        if let Some(codec) = prefer {
            codecs::prefer(&mut leg.caps, &codec);
        }
        let hops = leg.hops;
        let offer = leg.local.offer(&leg.caps).to_string();
        let from = from_header(caller, &identity);
        let credentials = target
            .credentials
            .as_ref()
            .map(|(user, secret)| Credentials { username: user.to_string(), password: secret.reveal().to_string() });
        let mut invite = Invite::new(flow, target.uri.reveal(), &from, Some(Body::sdp(offer.as_bytes())));
        invite.credentials = credentials.as_ref();
        // The proxy of a Path wants its Route back (RFC 3327 section 5.4); elsewhere the hop is but an address.
        let route = target.next_hop.as_deref().filter(|hop| hop.contains(";lr")).map(|hop| format!("<{hop}>"));
        let routes: Vec<&str> = route.as_deref().into_iter().collect();
        invite.routes = &routes;
        invite.max_forwards = hops;
        match self.agent.invite(now, &invite) {
            Ok(call) => {
                let (call_key, call_id) = match self.agent.dialog_id(call) {
                    Some((call_id, ..)) => (self.agent.call_key(call), Text::from(call_id)),
                    None => (0, Text::from("")),
                };
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.call = Some(call);
                    leg.call_key = call_key;
                }
                self.calls.insert(call, id);
                self.keys.add(call_key, id);
                self.tell(now, LegEvent::Dialled { leg: id, sip_call_id: call_id });
            }
            Err(_) => self.fail(now, id, Cause::Overload, None),
        }
    }

    /// The codec that the other side speaks, or the first one it offers.
    fn preferred_codec(&self, linked: LegId) -> Option<sdp::Codec> {
        let other = self.legs.get(&linked)?;
        if let Some(negotiated) = &other.negotiated {
            return Some(negotiated.codec.clone());
        }
        let offer = sdp::Session::parse(other.offer.as_ref()?).ok()?;
        let media = offer.media.first()?;
        let mut offered = media.payloads().filter_map(|p| media.rtpmap(p));
        offered.find_map(|map| other.caps.codecs.iter().find(|c| c.is(&map)).cloned())
    }

    /// Our name and address towards a peer.
    pub(crate) fn identity_towards(&self, flow: Flow) -> Option<(String, SocketAddr)> {
        let identities = &self.config.identities;
        let exact = identities.iter().find(|(t, local, _)| *t == flow.transport && *local == flow.local);
        let identity = exact.or_else(|| identities.iter().find(|(t, ..)| *t == flow.transport));
        // Browser and TCP connections that the peer opened need no socket of ours of that kind.
        let (_, socket, sent_by) = identity.or_else(|| identities.first())?;
        let local = if flow.local.ip().is_unspecified() { *socket } else { flow.local };
        Some((sent_by.clone(), local))
    }

    /// An outbound leg that never got anywhere.
    pub(crate) fn fail(&mut self, now: Now, id: LegId, cause: Cause, status: Option<u16>) {
        if self.legs.get(&id).is_some_and(|l| l.phase == Phase::Dialling) {
            self.close(now, id, cause, status, false);
        }
    }
}

fn from_header(caller: &CallerId, host: &str) -> String {
    let number = caller.number.reveal();
    let user = if number.is_empty() { "anonymous".to_owned() } else { escape_user(number) };
    let name: String = caller.name.reveal().chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect();
    if name.is_empty() { format!("<sip:{user}@{host}>") } else { format!("\"{name}\" <sip:{user}@{host}>") }
}
