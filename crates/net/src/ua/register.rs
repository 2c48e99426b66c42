//! REGISTER: who is where.

use std::time::Duration;

use sip::agent::RequestHandle;
use sip::flow::{Flow, Transport};
use sip::header::HeaderName;
use sip::header::name_addr::is_star;
use sip::message::Message;
use types::event::Binding;
use types::leg::Text;
use types::register::{Contact, RegisterChange, RegisterRejected, RegisterRequest};
use types::{Now, Private};

use super::refusal::Refusal;
use super::watches::{ALLOW_EVENTS, EVENTS};
use super::{Proof, Ua, browser};
use crate::mind::Mind;

/// The option tag of RFC 5626.
const OUTBOUND: &str = "outbound";
/// Shortest registration, seconds: telephones behind NAT refresh this often; less is a flood.
const MIN_EXPIRES_S: u32 = 30;
/// Longest: a telephone that lost power counts as reachable for no longer.
const MAX_EXPIRES_S: u32 = 3600;
/// When a telephone names none.
const DEFAULT_EXPIRES_S: u32 = 600;

/// Proxies between a telephone and us: an edge, a balancer, a branch. Each costs every call to it a Route header.
const MAX_PATH: usize = 8;

/// How often a telephone that speaks RFC 5626 has to be heard, seconds (Flow-Timer, section 9). Over UDP its keep-alives
/// also hold its router's mapping, which routers forget after half a minute; over a stream they only show that it stands.
const UDP_FLOW_TIMER_S: u16 = 28;
/// See [`UDP_FLOW_TIMER_S`].
const STREAM_FLOW_TIMER_S: u16 = 120;

const MALFORMED: Refusal = Refusal::new(400, "Bad Contact");

impl<M: Mind> Ua<M> {
    pub(crate) fn on_register(&mut self, now: Now, request: RequestHandle, message: &Message, flow: Flow) {
        let Some(credential) = self.device_of(now, request, message, flow) else { return };
        let device = credential.device;
        let change = match change(message, flow) {
            Ok(change) => change,
            Err(refusal) => return self.refuse(now, request, &refusal),
        };
        let cseq = message.cseq().map_or(0, |c| c.number);
        let register = RegisterRequest { call_id: Text::from(message.call_id()), cseq, change };
        match self.mind.register(now, device, &register) {
            Ok(bindings) => {
                let kept = keeps_flow(&register.change).then_some(flow);
                self.confirm_registration(now, request, message, &bindings, kept);
            }
            Err(rejected) => self.refuse(now, request, &refusal(rejected)),
        }
    }

    /// Names what is bound, and the way that calls to it will take (RFC 3327 section 5.3). `kept`: the flow by which calls
    /// to what was bound go out, where the telephone wants it so (RFC 5626).
    fn confirm_registration(
        &mut self,
        now: Now,
        request: RequestHandle,
        message: &Message,
        bindings: &[Binding],
        kept: Option<Flow>,
    ) {
        let contacts: Vec<String> = bindings.iter().map(|binding| contact_line(now, binding)).collect();
        let contacts = contacts.iter().map(|c| ("Contact", c.as_str()));
        let path = message.headers(HeaderName::Path).filter_map(|p| std::str::from_utf8(p).ok()).map(|p| ("Path", p));
        let mut fields: Vec<(&str, &str)> = contacts.chain(path).collect();
        let timer_s = kept.filter(|_| is_direct(message)).and_then(|flow| flow_timer_s(flow.transport));
        let timer = timer_s.map(|seconds| seconds.to_string());
        if kept.is_some() {
            fields.push(("Require", OUTBOUND));
        }
        fields.extend(timer.as_deref().map(|seconds| ("Flow-Timer", seconds)));
        if let (Some(flow), Some(seconds)) = (kept.filter(|flow| flow.conn != 0), timer_s) {
            self.proofs.push_back(Proof { flow, heard_every: Some(Duration::from_secs(seconds.into())) });
        }
        let events = EVENTS.join(", ");
        fields.push((ALLOW_EVENTS, &events));
        let _ = self.agent.respond(now, request, 200, "", &fields, None);
    }
}

fn refusal(rejected: RegisterRejected) -> Refusal {
    match rejected {
        RegisterRejected::OutOfOrder => Refusal::hinting(500, "Retry-After", "1".to_owned()),
        RegisterRejected::TooMany => Refusal::new(403, "Too Many Contacts"),
    }
}

fn contact_line(now: Now, binding: &Binding) -> String {
    let mut line = format!("<{}>", binding.uri.reveal());
    if let Some(instance) = &binding.instance {
        line += &format!(";+sip.instance=\"{}\"", instance.reveal());
    }
    if let Some(reg_id) = binding.reg_id {
        line += &format!(";reg-id={reg_id}");
    }
    line + &format!(";expires={}", binding.expires.ms_since(now.wall).div_ceil(1000))
}

/// How often a telephone is to be heard. A browser's web server asks by itself whether it is there.
const fn flow_timer_s(transport: Transport) -> Option<u16> {
    match transport {
        Transport::Udp => Some(UDP_FLOW_TIMER_S),
        Transport::Tcp | Transport::Tls => Some(STREAM_FLOW_TIMER_S),
        Transport::Ws | Transport::Wss => None,
    }
}

/// Whether a REGISTER binds a flow of RFC 5626.
fn keeps_flow(change: &RegisterChange) -> bool {
    match change {
        RegisterChange::Update(contacts) => contacts.iter().any(|(contact, s)| contact.reg_id.is_some() && *s > 0),
        RegisterChange::Query | RegisterChange::Clear => false,
    }
}

/// Whether it came from the telephone itself, not by a proxy.
fn is_direct(message: &Message) -> bool {
    message.vias().take(2).count() == 1
}

/// Whether flows are kept as RFC 5626 says (section 6): the telephone speaks it, and so does the first proxy that it meets,
/// whose Path is the last one.
///
/// # Errors
/// The telephone insists, and the proxy knows nothing of it. One that does not is bound without it.
fn speaks_outbound(message: &Message) -> Result<bool, Refusal> {
    let insists = message.lists(HeaderName::Require, OUTBOUND);
    if !insists && !message.lists(HeaderName::Supported, OUTBOUND) {
        return Ok(false);
    }
    let edge = message.addresses(HeaderName::Path).last();
    let kept = is_direct(message) || edge.is_some_and(|path| path.is_ok_and(|path| path.uri.params().has("ob")));
    if insists && !kept { Err(Refusal::new(439, "")) } else { Ok(kept) }
}

fn change(message: &Message, flow: Flow) -> Result<RegisterChange, Refusal> {
    let expires = message.number(HeaderName::Expires);
    let mut lines = message.headers(HeaderName::Contact);
    match (lines.next(), lines.next()) {
        (None, _) => return Ok(RegisterChange::Query),
        (Some(only), None) if is_star(only) => {
            return if expires == Some(0) { Ok(RegisterChange::Clear) } else { Err(MALFORMED) };
        }
        _ => {}
    }
    let path: Vec<Text> = message
        .addresses(HeaderName::Path)
        .map(|p| p.map(|p| Text::from(p.uri.as_str())))
        .collect::<Result<_, _>>()
        .map_err(|_| MALFORMED)?;
    if path.len() > MAX_PATH {
        return Err(Refusal::new(400, "Path Too Long"));
    }
    let mut contacts = Vec::new();
    let outbound = speaks_outbound(message)?;
    for contact in message.addresses(HeaderName::Contact) {
        let contact = contact.map_err(|_| MALFORMED)?;
        let wanted = contact.expires().or(expires).unwrap_or(DEFAULT_EXPIRES_S);
        if wanted > 0 && wanted < MIN_EXPIRES_S {
            return Err(Refusal::hinting(423, "Min-Expires", MIN_EXPIRES_S.to_string()));
        }
        let binding = Contact {
            uri: contact.uri.as_str().into(),
            flow: (flow.conn != 0).then_some(flow.conn),
            source: flow.remote.to_string().as_str().into(),
            path: path.clone(),
            browser: browser::is_browsers(flow),
            instance: contact.instance().map(|name| Private::new(name.into())),
            reg_id: contact.reg_id().filter(|_| outbound && contact.instance().is_some()),
        };
        contacts.push((binding, wanted.min(MAX_EXPIRES_S)));
    }
    // One flow cannot lead to two places (RFC 5626 section 6).
    let bound = contacts.iter().filter(|(_, expires_s)| *expires_s > 0).count();
    if bound > 1 && contacts.iter().any(|(contact, _)| contact.reg_id.is_some()) {
        return Err(MALFORMED);
    }
    Ok(RegisterChange::Update(contacts))
}
