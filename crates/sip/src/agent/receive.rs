//! Received messages: sorted by kind, dialog and method.

use bytes::Bytes;
use types::Now;

use super::wire::finish;
use super::{Agent, Event, Usage, call_key};
use crate::error::ParseError;
use crate::flow::Flow;
use crate::handle::{CallHandle, RequestHandle};
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;
use crate::screen::{Rejection, screen};
use crate::stream::{PING, PONG};
use crate::tag::read_tag;
use crate::transaction::{CancelTarget, Owner, Received, RequestKey, Response};

/// An answer that the agent gives by itself: status and headers.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) fields: Vec<(HeaderName, String)>,
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self { status: rejection.status, fields: rejection.headers }
    }
}

impl Refusal {
    pub(super) fn new(status: u16) -> Self {
        Self { status, fields: Vec::new() }
    }

    pub(super) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }
}

/// A new request with its place among the transactions.
pub(super) struct Arrival {
    pub(super) now: Now,
    pub(super) flow: Flow,
    pub(super) place: RequestKey,
    pub(super) method: Method,
    pub(super) key: u64,
}

/// Input from the network.
impl Agent {
    /// Takes one datagram, one WebSocket message, or one framed message of a stream ([`crate::stream`]). Gives the
    /// [`call_key`] of its Call-ID, for traces; 0 for junk and keep-alives.
    pub fn handle_message(&mut self, now: Now, flow: Flow, bytes: Bytes) -> u64 {
        self.clock = now;
        let ping = flow.transport.is_reliable() && bytes.starts_with(PING);
        match Message::parse(bytes) {
            Ok(message) => {
                let key = call_key(message.call_id());
                if message.is_request() {
                    self.on_request(now, flow, message, key);
                } else {
                    self.on_response(now, flow, &message);
                }
                key
            }
            Err(refused) if refused.error == ParseError::KeepAlive => {
                if ping {
                    self.tx.send(flow, Bytes::from_static(PONG), 0);
                }
                0
            }
            Err(refused) => {
                self.junk += 1;
                let Some(message) = refused.message.as_deref() else { return 0 };
                let key = call_key(message.call_id());
                if let Some(answer) = refused.reply(flow.remote) {
                    self.tx.answer_statelessly(message, flow, answer.into(), key);
                }
                key
            }
        }
    }

    fn on_response(&mut self, now: Now, flow: Flow, message: &Message) {
        match self.tx.response(now.mono, message, flow) {
            Response::Absorbed => {}
            Response::Provisional(client, Owner::Invite(call)) => self.on_progress(now, call, client, message, flow),
            Response::Provisional(..) => {}
            Response::Final(client) => self.on_final(now, client, message, flow),
            Response::Fork(call) => self.end_fork(now, call, message, flow),
            Response::Stray => self.on_stray(message),
        }
    }

    fn on_request(&mut self, now: Now, flow: Flow, message: Message, key: u64) {
        let Some(method) = message.method() else { return };
        let (place, merged) = match self.tx.request(now.mono, &message, method) {
            Received::Absorbed => return,
            Received::New(place) => (place, false),
            Received::Merged(place) => (place, true),
        };
        let arrival = Arrival { now, flow, place, method, key };
        match (method, message.to_tag()) {
            (Method::Ack, _) => self.on_ack(now, &message),
            (Method::Cancel, _) => self.on_cancel(&arrival, &message),
            (_, Some(tag)) => match self.usage_of(tag, &message) {
                Some(usage) => self.on_dialog_request(arrival, message, usage),
                None => self.refuse(&arrival, &message, Refusal::new(481)),
            },
            (_, None) if merged => self.refuse(&arrival, &message, Refusal::new(482)),
            (_, None) => self.on_new_request(arrival, message),
        }
    }

    /// Whose dialog a tag and a Call-ID name.
    pub(super) fn usage_of(&self, local_tag: &str, message: &Message) -> Option<Usage> {
        let usage = *self.tags.get(&read_tag(local_tag)?)?;
        let call_id = match usage {
            Usage::Call(call) => &self.calls.get(call)?.end.call_id,
            Usage::Subscription(subscription) => &self.subscriptions.get(subscription)?.own()?.0.call_id,
        };
        (call_id == message.call_id().as_bytes()).then_some(usage)
    }

    /// Answers by itself. Without state, since a copy of the request gets the same answer again.
    pub(super) fn refuse(&mut self, arrival: &Arrival, message: &Message, refusal: Refusal) {
        if arrival.method == Method::Ack {
            return;
        }
        self.junk += 1;
        let bytes = self.refusal_bytes(arrival, message, &refusal);
        self.tx.answer_statelessly(message, arrival.flow, bytes, arrival.key);
    }

    fn refusal_bytes(&self, arrival: &Arrival, message: &Message, refusal: &Refusal) -> Bytes {
        // The tag must be the same for every copy of the request (RFC 3261 section 8.2.7).
        let tag = self.tx.hash(&[message.call_id().as_bytes(), message.from_tag().unwrap_or_default().as_bytes()]);
        let builder = self.reply(message, &arrival.flow, refusal.status, "", tag);
        let fields: Vec<(&str, &str)> =
            refusal.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        finish(builder, &fields, None)
    }

    /// Answers a request that is done with the answer; copies of it get the same.
    pub(super) fn answer_plainly(&mut self, arrival: &Arrival, message: &Message, status: u16, tag: u64) {
        let builder = self.reply(message, &arrival.flow, status, "", tag);
        let bytes = finish(builder, &[], None);
        self.tx.answer_at_once(arrival.now.mono, arrival.place, message, arrival.flow, bytes, arrival.key);
    }

    fn on_cancel(&mut self, arrival: &Arrival, cancel: &Message) {
        let target = match self.tx.cancel_target(cancel) {
            CancelTarget::Unknown => return self.refuse(arrival, cancel, Refusal::new(481)),
            CancelTarget::Answered => None,
            CancelTarget::Pending(server) => Some(server),
        };
        let call = target.and_then(|server| self.tx.servers.get(server)).and_then(|server| server.call);
        let tag = call.and_then(|call| self.calls.get(call)).map_or(arrival.key, |call| call.end.tag);
        self.answer_plainly(arrival, cancel, 200, tag);
        if let (Some(server), Some(call)) = (target, call) {
            self.on_cancelled(arrival.now, call, server, cancel);
        }
    }

    /// A request outside any dialog.
    fn on_new_request(&mut self, arrival: Arrival, message: Message) {
        if arrival.method == Method::Invite
            && let Some(refusal) = self.shed(arrival.now)
        {
            return self.refuse(&arrival, &message, refusal);
        }
        if let Err(rejection) = screen(&message, &self.config.policy) {
            return self.refuse(&arrival, &message, rejection.into());
        }
        match arrival.method {
            Method::Invite => self.on_invite(arrival, message),
            Method::Bye | Method::Prack | Method::Update => self.refuse(&arrival, &message, Refusal::new(481)),
            _ => self.surface(arrival, message, None),
        }
    }

    /// Hands a request to the driver, who answers it.
    pub(super) fn surface(&mut self, arrival: Arrival, message: Message, call: Option<CallHandle>) {
        if self.tx.servers.len() >= self.config.limits.max_pending_requests + self.calls.len() {
            let retry_after = self.config.limits.retry_after_s.to_string();
            let refusal = Refusal::new(503).with(HeaderName::RetryAfter, retry_after);
            return self.refuse(&arrival, &message, refusal);
        }
        let Arrival { now, flow, place, method, key } = arrival;
        let request = self.tx.start_server(now.mono, place, flow, message.clone(), method, key, call);
        self.emit_request(request, call, method, message, flow);
    }

    fn emit_request(
        &mut self,
        request: RequestHandle,
        call: Option<CallHandle>,
        method: Method,
        message: Message,
        flow: Flow,
    ) {
        if method == Method::Refer {
            let replaces = self.referred_call(&message);
            return self.emit(Event::Refer { request, call, message, flow, replaces });
        }
        self.emit(Event::Request { request, call, method, message, flow });
    }
}
