//! Ringing somebody: from a target to an INVITE.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use sip::agent::{Body, CallHandle, Credentials, Invite};
use sip::flow::{Flow, Transport};
use sip::uri::{Uri, escape_user};
use types::leg::{CallerId, Login, PageCall, Target, Text};
use types::{Cause, LegEvent, LegId, Now, Private};

use super::leg::Leg;
use super::phase::Phase;
use super::{Lookup, Purpose, Ua, browser, codecs, diversion};
use crate::mind::Mind;

/// A leg whose address is being resolved.
#[derive(Debug)]
pub(crate) struct Pending {
    target: Target,
    caller: CallerId,
}

/// Where a URI points without asking the DNS.
pub(super) fn direct(uri: &str) -> Option<(Transport, SocketAddr)> {
    let uri = Uri::parse(uri).ok()?;
    let ip: IpAddr = uri.host().ip()?;
    let secure = if uri.is_secure() { Transport::Tls } else { Transport::Udp };
    let transport = uri.carrier().unwrap_or(secure);
    Some((transport, SocketAddr::new(ip, uri.port().unwrap_or(transport.default_port()))))
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
        self.legs.insert(id, Box::new(leg));
        if looping {
            return self.fail(now, id, Cause::PeerFailed, Some(483));
        }
        self.take_way(now, id, target, caller);
    }

    /// Rings a target by the connection that it names, or at its address.
    pub(super) fn ring_target(&mut self, now: Now, id: LegId, target: Target, caller: CallerId) {
        if let Some(conn) = target.flow {
            if let Some(leg) = self.legs.get_mut(&id) {
                leg.conn = conn;
            }
            return match self.connections.get(&conn).copied() {
                Some(flow) => self.invite(now, id, &[flow], &target, &caller),
                None => {
                    self.forget_way(now, id);
                    self.fail(now, id, Cause::Unreachable, None);
                }
            };
        }
        let first = target.next_hop.as_ref().or(target.routes.first());
        let hop = first.map_or(target.uri.reveal().as_ref(), |hop| hop.as_ref());
        match direct(hop) {
            Some((transport, remote)) => self.invite(now, id, &[Flow::to(transport, remote)], &target, &caller),
            None => {
                let uri = hop.to_owned();
                self.lookups.push_back(Lookup { leg: id, purpose: Purpose::Dial, uri: uri.into() });
                self.dialling.insert(id, Pending { target, caller });
            }
        }
    }

    /// The answer to a [`Lookup`]: where to send, the best first; empty when the name leads nowhere.
    pub fn resolved(&mut self, now: Now, leg: LegId, purpose: Purpose, found: &[(Transport, SocketAddr)]) {
        let places: Vec<Flow> = found.iter().map(|(transport, remote)| Flow::to(*transport, *remote)).collect();
        match purpose {
            Purpose::Dial => {
                if let Some(Pending { target, caller }) = self.dialling.remove(&leg) {
                    self.invite(now, leg, &places, &target, &caller);
                }
            }
            Purpose::Register(trunk) => self.register_line_at(now, trunk, &places),
            Purpose::Ask(trunk) => self.ask_line_at(now, trunk, &places),
            Purpose::Follow => {
                if let Some(call) = self.legs.get(&leg).and_then(|l| l.call) {
                    // A call that has just gone needs no way any more.
                    let _ = self.agent.set_next_hop(call, &places);
                }
            }
        }
        self.pump(now);
    }

    /// A peer's place within a call is given by a name.
    pub(crate) fn on_resolve(&mut self, call: CallHandle, uri: Private<String>) {
        if let Some(leg) = self.leg_of(call) {
            self.lookups.push_back(Lookup { leg, purpose: Purpose::Follow, uri });
        }
    }

    /// Rings a target at the best of these places; the others are tried if that one gives no word.
    fn invite(&mut self, now: Now, id: LegId, places: &[Flow], target: &Target, caller: &CallerId) {
        let way = places.split_first().and_then(|(best, others)| Some((*best, others, self.identity_towards(*best)?)));
        let Some((flow, others, (identity, local))) = way else {
            return self.fail(now, id, Cause::Unreachable, None);
        };
        if let Err(cause) = self.open_towards(now, id, flow, local) {
            return self.fail(now, id, cause, None);
        }
        let linked = self.legs.get(&id).and_then(|l| l.linked);
        let prefer = linked.and_then(|l| self.preferred_codec(l));
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if let Some(codec) = prefer {
            codecs::prefer(&mut leg.caps, &codec);
        }
        let (hops, hurried) = (leg.hops, leg.ways.as_ref().is_some_and(|ways| ways.has_more()));
        let offer = leg.local.offer(&leg.caps).to_string();
        let host = target.from_host.as_deref().unwrap_or(&identity);
        let from = from_header(caller, host);
        let credentials = target.credentials.as_ref().map(credentials_of);
        let mut invite = Invite::new(flow, target.uri.reveal(), &from, Some(Body::sdp(offer.as_bytes())));
        invite.alternatives = others;
        invite.credentials = credentials.as_ref();
        let routes: Vec<String> = target.routes.iter().map(|route| format!("<{route}>")).collect();
        let routes: Vec<&str> = routes.iter().map(String::as_str).collect();
        invite.routes = &routes;
        invite.max_forwards = hops;
        let mut told = target.page.map(page_headers).unwrap_or_default();
        told.extend(diversion::headers(&caller.diverted, host, target.uri.reveal()));
        told.extend(privacy_headers(caller, host));
        let told: Vec<(&str, &str)> = told.iter().map(|(name, value)| (*name, value.as_str())).collect();
        invite.headers = &told;
        invite.hurried = hurried;
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

    /// Opens the media of an outbound leg, which another way to the same telephone may have done before.
    fn open_towards(&mut self, now: Now, id: LegId, flow: Flow, local: SocketAddr) -> Result<(), Cause> {
        let leg = self.legs.get(&id).ok_or(Cause::Internal)?;
        if leg.media_open {
            // What was opened for a browser speaks to nobody else.
            let fits = leg.caps.ice.is_some() == browser::is_browsers(flow);
            return if fits { Ok(()) } else { Err(Cause::Unreachable) };
        }
        if browser::is_browsers(flow) {
            return if self.open_browser(now, id) { Ok(()) } else { Err(Cause::Overload) };
        }
        let port = self.media.open(now, id, leg.linked).map_err(|_| Cause::Overload)?;
        let address = self.media_address(local, port);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.media_open = true;
            leg.caps.address = address;
        }
        Ok(())
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
        if !self.legs.get(&id).is_some_and(|l| l.phase == Phase::Dialling) {
            return;
        }
        if cause != Cause::Unreachable || !self.take_next_way(now, id) {
            self.close(now, id, cause, status, false);
        }
    }
}

/// What answers a challenge.
pub(super) fn credentials_of(login: &Login) -> Credentials {
    Credentials {
        username: login.user.to_string(),
        password: login.secret.reveal().to_string(),
        realm: login.realm.as_ref().map(ToString::to_string),
    }
}

/// What a page of ours is told: which call it is, and that it may take it by itself when it had it before (RFC 5373).
fn page_headers(page: PageCall) -> Vec<(&'static str, String)> {
    let mut headers = vec![("X-Lingtong-Interaction", page.interaction.to_string())];
    if page.returns {
        headers.push(("Answer-Mode", "Auto".to_owned()));
    }
    headers
}

/// What the carrier is told of a caller that nobody else may know (RFC 3323 section 4.2, RFC 3325 section 9.1).
fn privacy_headers(caller: &CallerId, host: &str) -> Vec<(&'static str, String)> {
    let asserted = caller
        .asserted
        .as_ref()
        .map(|number| ("P-Asserted-Identity", format!("<sip:{}@{host}>", escape_user(number.reveal()))));
    asserted.into_iter().chain(caller.private.then(|| ("Privacy", "id".to_owned()))).collect()
}

fn from_header(caller: &CallerId, host: &str) -> String {
    if caller.private {
        return "\"Anonymous\" <sip:anonymous@anonymous.invalid>".to_owned();
    }
    let number = caller.number.reveal();
    let user = if number.is_empty() { "anonymous".to_owned() } else { escape_user(number) };
    let name: String = caller.name.reveal().chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect();
    if name.is_empty() { format!("<sip:{user}@{host}>") } else { format!("\"{name}\" <sip:{user}@{host}>") }
}
