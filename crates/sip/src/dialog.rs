//! Dialogs (RFC 3261 section 12): what both sides have agreed on, and requests that follow from it.

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use smallvec::SmallVec;

use crate::build::MessageBuilder;
use crate::flow::{Flow, Transport};
use crate::header::HeaderName;
use crate::host::Host;
use crate::message::Message;
use crate::method::Method;
use crate::tag::branch_text;
use crate::uri::Uri;

/// Longest route set that is kept: a longer one than Max-Forwards allows leads nowhere.
const MAX_ROUTES: usize = 70;

/// Our end: the same for all forks of a call.
#[derive(Debug, Clone)]
pub(crate) struct LocalEnd {
    pub(crate) call_id: Bytes,
    pub(crate) call_key: u64,
    pub(crate) tag: u64,
    /// Our name-addr with its tag: From of what we send.
    pub(crate) name: Bytes,
    /// Value of our Contact.
    pub(crate) contact: Bytes,
    /// The last CSeq number that we used.
    pub(crate) seq: u32,
}

impl LocalEnd {
    /// The number of our next request.
    pub(crate) fn next_seq(&mut self) -> u32 {
        self.seq += 1;
        self.seq
    }
}

/// Where offer and answer stand (RFC 3264, RFC 6337).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfferState {
    /// Nothing was offered yet.
    Fresh,
    /// We owe an answer.
    Theirs,
    /// We wait for an answer.
    Ours,
    /// Agreed.
    Stable,
}

/// What the peer can do, as its messages say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PeerSkills {
    /// Allow names UPDATE.
    pub(crate) update: bool,
    /// Supported (or Require) names 100rel.
    pub(crate) reliable: bool,
    /// Supported names timer.
    pub(crate) timer: bool,
}

impl PeerSkills {
    pub(crate) fn read(message: &Message) -> Self {
        let mut skills = Self::default();
        for (id, _, value) in message.all_headers() {
            if !matches!(id, HeaderName::Allow | HeaderName::Supported | HeaderName::Require) {
                continue;
            }
            for token in crate::header::option_tags::tokens(value).flatten() {
                match id {
                    HeaderName::Allow => skills.update |= token == "UPDATE",
                    _ => {
                        skills.reliable |= token.eq_ignore_ascii_case("100rel");
                        skills.timer |= token.eq_ignore_ascii_case("timer");
                    }
                }
            }
        }
        skills
    }

    /// Takes over what a later message says; one without the headers says nothing.
    fn learn(&mut self, message: &Message) {
        let said = Self::read(message);
        if message.header(HeaderName::Allow).is_some() {
            self.update = said.update;
        }
        if message.header(HeaderName::Supported).is_some() {
            self.reliable = said.reliable;
            self.timer = said.timer;
        }
    }
}

/// One dialog, early or confirmed.
#[derive(Debug, Clone)]
pub(crate) struct Dialog {
    /// The peer's name-addr with its tag: To of what we send.
    pub(crate) remote: Bytes,
    pub(crate) remote_tag: Bytes,
    /// The peer's Contact: a URI.
    pub(crate) target: Bytes,
    /// Values of Route, first hop first.
    pub(crate) routes: SmallVec<[Bytes; 2]>,
    /// The last CSeq number of the peer.
    pub(crate) remote_seq: Option<u32>,
    /// Where our requests go.
    pub(crate) hop: Flow,
    pub(crate) skills: PeerSkills,
    pub(crate) offer: OfferState,
    /// Which answer of the INVITE it came from.
    pub(crate) fork: u16,
    /// RSeq of the last reliable provisional answer that came.
    pub(crate) rseq: Option<u32>,
}

/// A URI whose host only DNS can place (RFC 3263).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unresolved(pub(crate) String);

/// The part of `message` that `slice` is, without a copy.
pub(crate) fn share(message: &Message, slice: &[u8]) -> Bytes {
    message.raw().slice_ref(slice)
}

impl Dialog {
    /// From the answer to a request of ours; `None` if it has no tag in To.
    pub(crate) fn from_response(response: &Message, flow: Flow, fork: u16, offer: OfferState) -> Option<Self> {
        let remote = response.header(HeaderName::To)?;
        let mut routes = record_route(response);
        routes.reverse();
        let tag = response.to_tag()?;
        Some(Self::new(response, remote, tag, routes, None, flow, fork, offer))
    }

    /// From a request of the peer's.
    pub(crate) fn from_request(request: &Message, flow: Flow, offer: OfferState) -> Option<Self> {
        let remote = request.header(HeaderName::From)?;
        // RFC 2543 peers may have none (RFC 3261 section 12.1.1).
        let tag = request.from_tag().unwrap_or_default();
        let seq = request.cseq().ok().map(|cseq| cseq.number);
        Some(Self::new(request, remote, tag, record_route(request), seq, flow, 0, offer))
    }

    fn new(
        message: &Message,
        remote: &[u8],
        tag: &str,
        routes: SmallVec<[Bytes; 2]>,
        remote_seq: Option<u32>,
        flow: Flow,
        fork: u16,
        offer: OfferState,
    ) -> Self {
        let target = contact_uri(message).or_else(|| {
            let address = crate::header::name_addr::NameAddr::parse(remote).ok()?;
            Some(share(message, address.uri.as_str().as_bytes()))
        });
        Self {
            remote: share(message, remote),
            remote_tag: if tag.is_empty() { Bytes::new() } else { share(message, tag.as_bytes()) },
            target: target.unwrap_or_default(),
            routes,
            remote_seq,
            hop: flow,
            skills: PeerSkills::read(message),
            offer,
            fork,
            rseq: None,
        }
    }

    /// Takes what a message that refreshes the target says (RFC 3261 section 12.2.1.2; UPDATE, SUBSCRIBE and NOTIFY
    /// likewise). Tells whether the place to send to may have changed.
    pub(crate) fn refresh_target(&mut self, message: &Message) -> bool {
        self.skills.learn(message);
        match contact_uri(message) {
            Some(target) if target != self.target => {
                self.target = target;
                true
            }
            _ => false,
        }
    }

    /// Whether a request of the peer's is in order; notes its number (RFC 3261 section 12.2.2).
    pub(crate) fn take_seq(&mut self, number: u32) -> bool {
        if self.remote_seq.is_some_and(|last| number <= last) {
            return false;
        }
        self.remote_seq = Some(number);
        true
    }

    /// The peer spoke from elsewhere: a phone whose NAT gave it another address, a browser that connected anew. Requests
    /// follow it, unless its Contact or a proxy says where to go.
    pub(crate) fn follow(&mut self, flow: Flow, nat_symmetric: bool) {
        if !self.routes.is_empty() || self.hop == flow {
            return;
        }
        let hop = self.hop;
        let by_name = self.place(flow, nat_symmetric).is_some();
        if by_name && hop.conn == 0 {
            // The resolver's word stands.
            self.hop = hop;
        }
    }

    /// Starts a request within the dialog: everything up to CSeq.
    pub(crate) fn request(
        &self,
        end: &LocalEnd,
        method: Method,
        seq: u32,
        sent_by: &str,
        branch: u64,
    ) -> MessageBuilder {
        let first = self.routes.first().and_then(|route| route_uri(route));
        let strict = first.filter(|uri| !uri.is_loose_router());
        let target = as_text(&self.target);
        let mut builder = MessageBuilder::request(method, strict.map_or(target, |uri| uri.as_str()));
        builder = builder.via(self.hop.transport.as_str(), sent_by, branch_text(branch).as_str());
        // Behind a strict router the target is the last route (RFC 3261 section 12.2.1.1).
        for route in self.routes.iter().skip(usize::from(strict.is_some())) {
            builder = builder.raw_header(HeaderName::Route.as_str(), route);
        }
        if strict.is_some() {
            builder = builder.header(HeaderName::Route, format_args!("<{target}>"));
        }
        builder
            .header(HeaderName::MaxForwards, 70)
            .raw_header(HeaderName::From.as_str(), &end.name)
            .raw_header(HeaderName::To.as_str(), &self.remote)
            .raw_header(HeaderName::CallId.as_str(), &end.call_id)
            .header(HeaderName::CSeq, format_args!("{seq} {method}"))
    }

    /// Finds where requests go, from the first route or the target, given how the peer's messages come. A name is left
    /// to the resolver; until it has spoken, requests go where messages come from.
    pub(crate) fn place(&mut self, came_by: Flow, nat_symmetric: bool) -> Option<Unresolved> {
        self.hop = came_by;
        let direct = self.routes.is_empty();
        let uri = match self.routes.first() {
            Some(route) => route_uri(route),
            None => Uri::from_bytes(&self.target).ok(),
        };
        let uri = uri.filter(Uri::is_sip)?;
        let (secure, named) = (uri.is_secure(), uri.carrier());
        match uri.host() {
            Host::Name(name) => {
                let unreachable = name.to_ascii_lowercase().ends_with(".invalid");
                // Browsers have no address, and a connection to the very peer is the better way (RFC 5626, RFC 7118).
                let keep = unreachable || (direct && came_by.conn != 0);
                (!keep).then(|| Unresolved(uri.as_str().to_owned()))
            }
            Host::Ip(ip) => {
                let transport = named.unwrap_or(match (secure, direct) {
                    (true, _) => Transport::Tls,
                    (false, true) => came_by.transport,
                    (false, false) => Transport::Udp,
                });
                let remote = SocketAddr::new(ip, uri.port().unwrap_or(transport.default_port()));
                self.hop = hop_to(came_by, transport, remote, direct, nat_symmetric);
                None
            }
        }
    }
}

/// The way to an address, given the way that the peer's messages come.
fn hop_to(came_by: Flow, transport: Transport, remote: SocketAddr, direct: bool, nat_symmetric: bool) -> Flow {
    if came_by.conn != 0 && (direct || remote.ip() == came_by.remote.ip()) {
        return came_by;
    }
    if transport != came_by.transport {
        return Flow::to(transport, remote);
    }
    let behind_nat = nat_symmetric && direct && is_private(remote.ip()) && came_by.remote.ip() != remote.ip();
    if behind_nat { came_by } else { Flow { remote, ..came_by } }
}

/// Addresses that lead nowhere outside their own network.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        // 100.64.0.0/10 is what carriers put between themselves and their customers (RFC 6598).
        IpAddr::V4(ip) => {
            let carrier = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
            ip.is_private() || ip.is_link_local() || ip.is_loopback() || ip.is_unspecified() || carrier
        }
        IpAddr::V6(ip) => {
            ip.is_loopback() || ip.is_unspecified() || ip.segments()[0] & 0xfe00 == 0xfc00 || ip.segments()[0] == 0xfe80
        }
    }
}

fn record_route(message: &Message) -> SmallVec<[Bytes; 2]> {
    let lines = message.headers(HeaderName::RecordRoute);
    let values = lines.flat_map(crate::scan::ListIter::new).flatten();
    values.take(MAX_ROUTES).map(|value| share(message, value)).collect()
}

fn contact_uri(message: &Message) -> Option<Bytes> {
    let contact = message.contact()?;
    Some(share(message, contact.uri.as_str().as_bytes()))
}

fn route_uri(route: &[u8]) -> Option<Uri<'_>> {
    crate::header::name_addr::NameAddr::parse(route).ok().map(|address| address.uri)
}

/// Text that was checked when it came in.
pub(crate) fn as_text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(remote: &str) -> Flow {
        Flow { local: "192.0.2.1:5060".parse().unwrap(), ..Flow::to(Transport::Udp, remote.parse().unwrap()) }
    }

    fn answer(extra: &str) -> Message {
        let text = format!(
            "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\n\
             To: <sip:b@x>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n{extra}Content-Length: 0\r\n\r\n"
        );
        Message::parse(text.into_bytes()).unwrap()
    }

    fn end() -> LocalEnd {
        LocalEnd {
            call_id: Bytes::from_static(b"c"),
            call_key: 0,
            tag: 1,
            name: Bytes::from_static(b"<sip:a@x>;tag=1"),
            contact: Bytes::from_static(b"<sip:a@192.0.2.1>"),
            seq: 1,
        }
    }

    #[test]
    fn the_route_set_of_a_caller_is_reversed_and_loose_routes_keep_the_target() {
        let response = answer("Contact: <sip:b@10.0.0.9:5070>\r\nRecord-Route: <sip:p2;lr>,<sip:p1;lr>\r\n");
        let dialog = Dialog::from_response(&response, flow("192.0.2.5:5060"), 0, OfferState::Stable).unwrap();
        let text = String::from_utf8(dialog.request(&end(), Method::Bye, 2, "h", 7).finish()).unwrap();
        assert!(text.starts_with("BYE sip:b@10.0.0.9:5070 SIP/2.0\r\n"), "{text}");
        assert!(text.contains("Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\n"), "{text}");
    }

    #[test]
    fn a_strict_router_becomes_the_request_uri() {
        let response = answer("Contact: <sip:b@10.0.0.9>\r\nRecord-Route: <sip:p2;lr>,<sip:p1>\r\n");
        let dialog = Dialog::from_response(&response, flow("192.0.2.5:5060"), 0, OfferState::Stable).unwrap();
        let text = String::from_utf8(dialog.request(&end(), Method::Bye, 2, "h", 7).finish()).unwrap();
        assert!(text.starts_with("BYE sip:p1 SIP/2.0\r\n"), "{text}");
        assert!(text.contains("Route: <sip:p2;lr>\r\nRoute: <sip:b@10.0.0.9>\r\n"), "{text}");
    }

    #[test]
    fn requests_find_their_way() {
        let cases = [
            // Contact, Record-Route, came from, where to, asked of DNS
            ("sip:b@203.0.113.9:5070", "", "203.0.113.9:5070", "203.0.113.9:5070", None),
            ("sip:b@203.0.113.8:5070", "", "203.0.113.9:1234", "203.0.113.8:5070", None),
            ("sip:b@192.168.1.4", "", "203.0.113.9:1234", "203.0.113.9:1234", None),
            (
                "sip:b@192.168.1.4",
                "Record-Route: <sip:203.0.113.7;lr>\r\n",
                "203.0.113.9:1234",
                "203.0.113.7:5060",
                None,
            ),
            ("sip:b@example.com", "", "203.0.113.9:1234", "203.0.113.9:1234", Some("sip:b@example.com")),
            ("sip:b@x3f9.invalid", "", "203.0.113.9:1234", "203.0.113.9:1234", None),
        ];
        for (contact, route, source, wanted, asked) in cases {
            let response = answer(&format!("Contact: <{contact}>\r\n{route}"));
            let mut dialog = Dialog::from_response(&response, flow(source), 0, OfferState::Stable).unwrap();
            let unresolved = dialog.place(flow(source), true);
            assert_eq!(dialog.hop.remote.to_string(), wanted, "{contact} {route}");
            assert_eq!(unresolved.as_ref().map(|unresolved| unresolved.0.as_str()), asked, "{contact} {route}");
        }
    }

    #[test]
    fn a_connection_to_the_very_peer_is_kept() {
        let response = answer("Contact: <sip:b@198.51.100.1:5060;transport=tcp>\r\n");
        let came_by = Flow { conn: 9, transport: Transport::Tcp, ..flow("203.0.113.9:50123") };
        let mut dialog = Dialog::from_response(&response, came_by, 0, OfferState::Stable).unwrap();
        assert_eq!((dialog.place(came_by, true), dialog.hop), (None, came_by));
    }

    #[test]
    fn numbers_must_rise() {
        let response = answer("");
        let mut dialog = Dialog::from_response(&response, flow("192.0.2.5:5060"), 0, OfferState::Stable).unwrap();
        let taken: Vec<bool> = [5, 5, 4, 9, 6].into_iter().map(|number| dialog.take_seq(number)).collect();
        assert_eq!(taken, [true, false, false, true, false]);
    }
}
