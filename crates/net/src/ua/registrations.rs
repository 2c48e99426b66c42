//! Trunks that register with their carriers, and what a carrier sends to what they have registered.
//!
//! Each contact names its trunk by a parameter that only we and its carrier know: a call to it is that trunk's from
//! whichever of the carrier's addresses it comes.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use sip::agent::{Outgoing, SentHandle};
use sip::digest::{Algorithm, Ha1};
use sip::flow::{Flow, Transport};
use sip::header::HeaderName;
use sip::message::Message;
use sip::method::Method;
use sip::registration::{Answer, Attempt, Registration};
use sip::uri::{Uri, escape_user};
use types::register::Registering;
use types::{LegId, Mono, Now, TenantId, TrunkId};

use super::dial::{credentials_of, direct};
use super::lines::STAGGER;
use super::{Lookup, Purpose, Ua};
use crate::mind::{ByRegistration, Line, Mind, RegisterAt};

/// The parameter of a contact that names its trunk.
const LINE: &str = "line";
/// Of the hash that stands there: 96 bits, which nobody guesses.
const TOKEN_CHARS: usize = 24;

/// One trunk's registration.
#[derive(Debug)]
struct Held {
    tenant: TenantId,
    at: RegisterAt,
    machine: Registration,
    call_id: String,
    token: String,
    /// The REGISTER under way; none while a name is being resolved.
    sent: Option<SentHandle>,
    /// What is to be sent once its way is known.
    waiting: Option<Attempt>,
    /// Where the last one went.
    place: Option<Flow>,
    told: Option<Registering>,
}

impl Held {
    fn user(&self) -> &str {
        self.at.contact_user.as_deref().unwrap_or(&self.at.login.user)
    }

    /// The account's address.
    fn account(&self) -> String {
        let registrar = Uri::parse(&self.at.registrar).map(|uri| uri.host().to_string()).unwrap_or_default();
        let domain = self.at.domain.as_deref().unwrap_or(&registrar);
        format!("<sip:{}@{domain}>", escape_user(&self.at.login.user))
    }

    /// Where the carrier finds us.
    fn contact(&self, host: &str, transport: Transport) -> String {
        let by = match transport {
            Transport::Tcp => ";transport=tcp",
            Transport::Tls => ";transport=tls",
            Transport::Udp | Transport::Ws | Transport::Wss => "",
        };
        format!("<sip:{}@{host}{by};{LINE}={}>", escape_user(self.user()), self.token)
    }

    /// Whether another wish is for the same account and contact: it takes this one's place there.
    fn is_same_place(&self, other: &RegisterAt) -> bool {
        let user = other.contact_user.as_deref().unwrap_or(&other.login.user);
        let account = (&self.at.registrar, &self.at.login.user, &self.at.domain);
        account == (&other.registrar, &other.login.user, &other.domain) && user == self.user()
    }

    fn is_at(&self, source: SocketAddr) -> bool {
        self.machine.is_bound() && self.place.is_some_and(|place| place.remote.ip() == source.ip())
    }

    /// What a registrar's answer says of this contact.
    fn read(&self, status: u16, message: &Message) -> Answer {
        let ours = |uri: &Uri<'_>| uri.params().get(LINE) == Some(&self.token);
        let contacts = message.addresses(HeaderName::Contact).filter_map(Result::ok);
        let contact = contacts.filter(|contact| ours(&contact.uri)).find_map(|contact| contact.expires());
        Answer {
            status: Some(status),
            granted_s: contact.or_else(|| message.number(HeaderName::Expires)),
            min_expires_s: message.number(HeaderName::MinExpires),
            retry_after_s: message.number(HeaderName::RetryAfter),
        }
    }
}

/// All registrations of ours.
#[derive(Debug, Default)]
pub(super) struct Registrations(BTreeMap<TrunkId, Held>);

impl Registrations {
    pub(super) fn due(&self) -> Option<Mono> {
        self.0.values().filter_map(|held| held.machine.due()).min()
    }

    fn next_due(&self, now: Mono) -> Option<TrunkId> {
        let is_due = |held: &Held| held.machine.due().is_some_and(|due| due <= now);
        self.0.iter().find(|(_, held)| is_due(held)).map(|(trunk, _)| *trunk)
    }

    /// The trunk that a request comes by.
    pub(super) fn trunk_of(&self, uri: Option<Uri<'_>>, source: SocketAddr) -> Option<ByRegistration> {
        let user = uri.as_ref().and_then(Uri::user_decoded);
        let token = uri.as_ref().and_then(|uri| uri.params().get(LINE));
        let by_token = self.0.iter().find(|(_, held)| token == Some(&held.token));
        let by_user = || self.0.iter().find(|(_, held)| user.as_deref() == Some(held.user()) && held.is_at(source));
        let to_contact = by_token.or_else(by_user);
        let (trunk, held) = to_contact.or_else(|| self.0.iter().find(|(_, held)| held.is_at(source)))?;
        Some(ByRegistration { tenant: held.tenant, trunk: *trunk, to_contact: to_contact.is_some() })
    }

    /// The number that was dialled where a carrier sends all calls of a trunk to the contact that it registered: what the
    /// carrier says of it (RFC 7315 section 4.2), or the address that the caller gave.
    pub(super) fn behind_contact(&self, trunk: TrunkId, message: &Message) -> Option<String> {
        let held = self.0.get(&trunk)?;
        let is_user = |user: &str| user == held.user();
        message.request_uri().ok()?.user_decoded().filter(|user| is_user(user))?;
        let called = message.header_named("P-Called-Party-ID");
        let called = called.and_then(|value| sip::header::name_addr::NameAddr::parse(value).ok());
        let user = |address: sip::header::name_addr::NameAddr<'_>| address.uri.user_decoded().map(|u| u.into_owned());
        called.and_then(user).or_else(|| message.to().ok().and_then(user))
    }
}

impl<M: Mind> Ua<M> {
    /// These trunks register from now on; one that has not changed goes on, one that is gone takes itself back.
    pub(super) fn keep_registrations(&mut self, now: Now, lines: &[Line]) {
        let mut before = std::mem::take(&mut self.registrations.0);
        let mut due = now.mono;
        for (line, at) in lines.iter().filter_map(|line| Some((line, line.register.as_ref()?))) {
            let known = before.remove(&line.trunk);
            if let Some(known) = known {
                if known.at == *at {
                    self.registrations.0.insert(line.trunk, known);
                    continue;
                }
                if !known.is_same_place(at) {
                    self.take_back(now, known);
                }
            }
            let held = self.begin_registration(due, line, at);
            due = due + STAGGER;
            self.mind.line_registered(now, line.tenant, line.trunk, held.machine.state());
            self.registrations.0.insert(line.trunk, held);
        }
        for held in before.into_values() {
            self.take_back(now, held);
        }
    }

    fn begin_registration(&mut self, first: Mono, line: &Line, at: &RegisterAt) -> Held {
        let session = self.next_session();
        let secret = self.config.secret.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        // As good as a random one, and the same after a restart, while the carrier still knows it.
        let token = Ha1::new(Algorithm::Sha256, LINE, &line.trunk.0.to_string(), &secret);
        Held {
            tenant: line.tenant,
            at: at.clone(),
            machine: Registration::new(first, at.expires_s, session),
            call_id: format!("{:x}-{session:x}", line.trunk.0),
            token: token.to_hex()[..TOKEN_CHARS].to_owned(),
            sent: None,
            waiting: None,
            place: None,
            told: Some(Registering::Trying),
        }
    }

    /// Begins what is due.
    pub(super) fn register_lines(&mut self, now: Now) {
        while let Some(trunk) = self.registrations.next_due(now.mono) {
            let Some(held) = self.registrations.0.get_mut(&trunk) else { return };
            held.sent = None;
            held.waiting = Some(held.machine.attempt());
            let uri = held.at.registrar.to_string();
            match direct(&uri) {
                Some((transport, remote)) => self.register_line_at(now, trunk, &[Flow::to(transport, remote)]),
                None => {
                    self.lookups.push_back(Lookup {
                        leg: LegId(0),
                        purpose: Purpose::Register(trunk),
                        uri: uri.into(),
                    });
                }
            }
        }
    }

    /// Sends the REGISTER to one of these places: the next one after each failure.
    pub(super) fn register_line_at(&mut self, now: Now, trunk: TrunkId, places: &[Flow]) {
        let Some(held) = self.registrations.0.get_mut(&trunk) else { return };
        let Some(attempt) = held.waiting.take() else { return };
        let place = (!places.is_empty()).then(|| places[held.machine.failures() as usize % places.len()]);
        held.place = place.or(held.place);
        let sent = place.and_then(|place| self.send_register(now, trunk, place, attempt));
        match sent {
            Some(sent) => {
                if let Some(held) = self.registrations.0.get_mut(&trunk) {
                    held.sent = Some(sent);
                }
            }
            None => self.note_registration(now, trunk, Answer::default()),
        }
    }

    fn send_register(&mut self, now: Now, trunk: TrunkId, place: Flow, attempt: Attempt) -> Option<SentHandle> {
        let held = self.registrations.0.remove(&trunk)?;
        let sent = self.say_register(now, &held, place, attempt);
        self.registrations.0.insert(trunk, held);
        sent
    }

    fn say_register(&mut self, now: Now, held: &Held, place: Flow, attempt: Attempt) -> Option<SentHandle> {
        let (host, _) = self.identity_towards(place)?;
        let (account, contact) = (held.account(), held.contact(&host, place.transport));
        let (expires, credentials) = (attempt.expires_s.to_string(), credentials_of(&held.at.login));
        let register = Outgoing {
            flow: place,
            method: Method::Register,
            target: &held.at.registrar,
            from: &account,
            to: Some(&account),
            contact: Some(&contact),
            sequence: Some((&held.call_id, attempt.seq)),
            routes: &[],
            headers: &[("Expires", &expires)],
            body: None,
            credentials: Some(&credentials),
        };
        self.agent.request(now, &register).ok()
    }

    /// The carrier is told that we are gone; nobody waits for what it says to that.
    fn take_back(&mut self, now: Now, mut held: Held) {
        if let Some(place) = held.place.filter(|_| held.machine.is_bound()) {
            let last = held.machine.leave();
            self.say_register(now, &held, place, last);
        }
    }

    /// A request of ours outside of calls was answered; `message`: what its far end says.
    pub(super) fn registration_answered(&mut self, now: Now, sent: SentHandle, status: u16, message: Option<&Message>) {
        let mut all = self.registrations.0.iter_mut();
        let Some((trunk, held)) = all.find(|(_, held)| held.sent == Some(sent)) else { return };
        held.sent = None;
        let (trunk, answer) = (*trunk, message.map(|message| held.read(status, message)).unwrap_or_default());
        self.note_registration(now, trunk, answer);
    }

    fn note_registration(&mut self, now: Now, trunk: TrunkId, answer: Answer) {
        let Some(held) = self.registrations.0.get_mut(&trunk) else { return };
        held.machine.answered(now.mono, answer);
        let (tenant, state) = (held.tenant, held.machine.state());
        if held.told.replace(state) != Some(state) {
            tracing::info!(%tenant, %trunk, state = state.as_str(), status = answer.status, "a trunk's registration");
            self.mind.line_registered(now, tenant, trunk, state);
        }
    }

    /// A far end that was silent answers again: it may have forgotten us.
    pub(super) fn register_anew(&mut self, now: Now, trunk: TrunkId) {
        if let Some(held) = self.registrations.0.get_mut(&trunk) {
            held.machine.hurry(now.mono);
        }
    }
}
