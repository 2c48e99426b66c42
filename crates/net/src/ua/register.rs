//! REGISTER: who is where.

use sip::agent::RequestHandle;
use sip::flow::Flow;
use sip::header::HeaderName;
use sip::header::name_addr::is_star;
use sip::message::Message;
use types::Now;
use types::event::Binding;
use types::leg::Text;
use types::register::{Contact, RegisterChange, RegisterRejected, RegisterRequest};

use super::auth::Verdict;
use super::events::auth_header;
use super::{Ua, browser};
use crate::mind::Mind;

/// Shortest registration, seconds: telephones behind NAT refresh this often; less is a flood.
const MIN_EXPIRES_S: u32 = 30;
/// Longest: a telephone that lost power counts as reachable for no longer.
const MAX_EXPIRES_S: u32 = 3600;
/// When a telephone names none.
const DEFAULT_EXPIRES_S: u32 = 600;

/// Proxies between a telephone and us: an edge, a balancer, a branch. Each costs every call to it a Route header.
const MAX_PATH: usize = 8;

/// Why a REGISTER's contacts can't be taken.
enum Bad {
    Malformed,
    LongPath,
    TooBrief,
}

impl<M: Mind> Ua<M> {
    pub(crate) fn on_register(&mut self, now: Now, request: RequestHandle, message: &Message, flow: Flow) {
        let device = match self.identify(now, message, flow) {
            Verdict::Device(credential, _) => credential.device,
            Verdict::Challenge(status, header) => {
                let fields: Vec<(&str, &str)> = header.iter().map(|h| (auth_header(status), h.as_str())).collect();
                let _ = self.agent.respond(now, request, status, "", &fields, None);
                return;
            }
            Verdict::Refuse(status) => {
                let _ = self.agent.respond(now, request, status, "", &[], None);
                return;
            }
            // A trunk registers nobody.
            Verdict::Trunk(..) => {
                let _ = self.agent.respond(now, request, 403, "", &[], None);
                return;
            }
        };
        let change = match change(message, flow) {
            Ok(change) => change,
            Err(Bad::Malformed) => {
                let _ = self.agent.respond(now, request, 400, "Bad Contact", &[], None);
                return;
            }
            Err(Bad::LongPath) => {
                let _ = self.agent.respond(now, request, 400, "Path Too Long", &[], None);
                return;
            }
            Err(Bad::TooBrief) => {
                let least = MIN_EXPIRES_S.to_string();
                let _ = self.agent.respond(now, request, 423, "", &[("Min-Expires", &least)], None);
                return;
            }
        };
        let cseq = message.cseq().map_or(0, |c| c.number);
        let register = RegisterRequest { call_id: Text::from(message.call_id()), cseq, change };
        match self.mind.register(now, device, &register) {
            Ok(bindings) => self.confirm_registration(now, request, message, &bindings),
            Err(RegisterRejected::OutOfOrder) => {
                let _ = self.agent.respond(now, request, 500, "", &[("Retry-After", "1")], None);
            }
            Err(RegisterRejected::TooMany) => {
                let _ = self.agent.respond(now, request, 403, "Too Many Contacts", &[], None);
            }
        }
    }

    /// Names what is bound, and the way that calls to it will take (RFC 3327 section 5.3).
    fn confirm_registration(&mut self, now: Now, request: RequestHandle, message: &Message, bindings: &[Binding]) {
        let contacts: Vec<String> = bindings
            .iter()
            .map(|b| format!("<{}>;expires={}", b.uri.reveal(), b.expires.ms_since(now.wall).div_ceil(1000)))
            .collect();
        let contacts = contacts.iter().map(|c| ("Contact", c.as_str()));
        let path = message.headers(HeaderName::Path).filter_map(|p| std::str::from_utf8(p).ok()).map(|p| ("Path", p));
        let fields: Vec<(&str, &str)> = contacts.chain(path).collect();
        let _ = self.agent.respond(now, request, 200, "", &fields, None);
    }
}

fn change(message: &Message, flow: Flow) -> Result<RegisterChange, Bad> {
    let expires = message.number(HeaderName::Expires);
    let mut lines = message.headers(HeaderName::Contact);
    match (lines.next(), lines.next()) {
        (None, _) => return Ok(RegisterChange::Query),
        (Some(only), None) if is_star(only) => {
            return if expires == Some(0) { Ok(RegisterChange::Clear) } else { Err(Bad::Malformed) };
        }
        _ => {}
    }
    let path: Vec<Text> = message
        .addresses(HeaderName::Path)
        .map(|p| p.map(|p| Text::from(p.uri.as_str())))
        .collect::<Result<_, _>>()
        .map_err(|_| Bad::Malformed)?;
    if path.len() > MAX_PATH {
        return Err(Bad::LongPath);
    }
    let mut contacts = Vec::new();
    for contact in message.addresses(HeaderName::Contact) {
        let contact = contact.map_err(|_| Bad::Malformed)?;
        let wanted = contact.expires().or(expires).unwrap_or(DEFAULT_EXPIRES_S);
        if wanted > 0 && wanted < MIN_EXPIRES_S {
            return Err(Bad::TooBrief);
        }
        let binding = Contact {
            uri: contact.uri.as_str().into(),
            flow: (flow.conn != 0).then_some(flow.conn),
            source: flow.remote.to_string().as_str().into(),
            path: path.clone(),
            browser: browser::is_browsers(flow),
        };
        contacts.push((binding, wanted.min(MAX_EXPIRES_S)));
    }
    Ok(RegisterChange::Update(contacts))
}
