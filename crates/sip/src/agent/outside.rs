//! Requests outside any dialog: those that we send, and the driver's answers to those that come.

use types::Now;

use super::call::Auth;
use super::wire::{SESSION_SUPPORTED, finish};
use super::{Agent, Body, CommandError, EndCause, Event, Field, Outgoing, call_key};
use crate::build::MessageBuilder;
use crate::handle::{CallHandle, RequestHandle, SentHandle};
use crate::header::name_addr::NameAddr;
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;
use crate::tag::{branch_text, tag_text};
use crate::transaction::{Client, Owner};
use crate::uri::Uri;

/// A request of ours whose answer is awaited.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) call: Option<CallHandle>,
    pub(super) auth: Option<Box<Auth>>,
    pub(super) seq: u32,
}

/// Commands outside of calls.
impl Agent {
    /// Sends a request outside any dialog; [`Event::Response`] follows.
    ///
    /// # Errors
    /// [`CommandError::Malformed`], [`CommandError::Limit`].
    pub fn request(&mut self, now: Now, request: &Outgoing<'_>) -> Result<SentHandle, CommandError> {
        let fine = matches!(
            request.method,
            Method::Options | Method::Message | Method::Register | Method::Publish | Method::Notify | Method::Info
        );
        if !fine || Uri::parse(request.target).is_err() || NameAddr::parse(request.from.as_bytes()).is_err() {
            return Err(CommandError::Malformed);
        }
        if self.sent.len() >= self.config.limits.max_pending_requests {
            return Err(CommandError::Limit);
        }
        let flow = self.config.bind(request.flow);
        let (branch, tag) = (self.random(), self.random());
        let fresh = self.fresh_call_id();
        let fresh = crate::dialog::as_text(&fresh);
        let (call_id, seq) = request.sequence.unwrap_or((fresh, 1));
        let key = call_key(call_id);
        let branch_name = branch_text(branch);
        let mut builder = MessageBuilder::request(request.method, request.target)
            .via(flow.transport.as_str(), self.config.sent_by(&flow), branch_name.as_str())
            .header(HeaderName::MaxForwards, 70);
        for route in request.routes {
            builder = builder.header(HeaderName::Route, route);
        }
        builder = builder.header(HeaderName::From, format_args!("{};tag={}", request.from, tag_text(tag).as_str()));
        builder = match request.to {
            Some(to) => builder.header(HeaderName::To, to),
            None => builder.header(HeaderName::To, format_args!("<{}>", request.target)),
        };
        builder = builder
            .header(HeaderName::CallId, call_id)
            .header(HeaderName::CSeq, format_args!("{seq} {}", request.method))
            .header_opt(HeaderName::Contact, request.contact);
        let bytes = finish(self.config.signed(builder, HeaderName::UserAgent), request.headers, request.body);
        let auth = request.credentials.map(|credentials| Box::new(Auth::new(credentials)));
        let sent = self.sent.insert(Sent { call: None, auth, seq });
        self.tx.start_client(now.mono, request.method, flow, bytes, branch, key, Owner::Sent(sent));
        Ok(sent)
    }

    /// Answers a request that an event gave (other than INVITE), 200–699.
    ///
    /// # Errors
    /// [`CommandError::Gone`] when it was answered or timed out; [`CommandError::Malformed`] for another status.
    pub fn respond(
        &mut self,
        now: Now,
        request: RequestHandle,
        status: u16,
        reason: &str,
        headers: &[Field<'_>],
        body: Option<Body<'_>>,
    ) -> Result<(), CommandError> {
        if !(200..700).contains(&status) {
            return Err(CommandError::Malformed);
        }
        let tag = self.random();
        let server = self.tx.servers.get(request).ok_or(CommandError::Gone)?;
        let message = server.request.as_ref().filter(|_| server.method != Method::Invite).ok_or(CommandError::Gone)?;
        let mut builder = self.reply(message, &server.flow, status, reason, tag);
        if server.method == Method::Options && status < 300 {
            builder = self.with_capabilities(builder);
        }
        let bytes = finish(builder, headers, body);
        self.tx.answer_finally(now.mono, request, status, bytes);
        Ok(())
    }

    /// What an answer to OPTIONS tells (RFC 3261 section 11.2).
    pub(super) fn with_capabilities(&self, builder: MessageBuilder) -> MessageBuilder {
        builder
            .header(HeaderName::Allow, &self.allow)
            .header(HeaderName::Accept, "application/sdp, multipart/mixed")
            .header(HeaderName::AcceptEncoding, "identity")
            .header(HeaderName::Supported, SESSION_SUPPORTED)
            .header(HeaderName::AllowEvents, self.config.policy.events.join(", "))
    }

    /// The answer to a simple request of ours.
    pub(super) fn on_sent_final(
        &mut self,
        now: Now,
        handle: SentHandle,
        client: &Client,
        status: u16,
        message: Option<&Message>,
    ) {
        let Some(call) = self.sent.get(handle).map(|sent| sent.call) else { return };
        if let Some(message) = message.filter(|_| matches!(status, 401 | 407)) {
            let again = match call {
                Some(call) => self.retry_in_dialog(now, call, client, status, message).is_some(),
                None => self.sent_again(now, handle, client, status, message),
            };
            if again {
                return;
            }
        }
        self.sent.remove(handle);
        self.emit(Event::Response { sent: handle, call, status, message: message.cloned() });
        if let Some(call) = call.filter(|call| status == 481 && self.stands(*call)) {
            self.lost(now, call, EndCause::DialogLost);
        }
    }

    pub(super) fn stands(&self, call: CallHandle) -> bool {
        self.calls.get(call).is_some_and(super::call::Call::is_standing)
    }

    fn sent_again(&mut self, now: Now, handle: SentHandle, client: &Client, status: u16, message: &Message) -> bool {
        let branch = self.random();
        let Some((mut auth, seq)) = self.sent.get_mut(handle).map(|sent| (sent.auth.take(), sent.seq + 1)) else {
            return false;
        };
        let bytes = self.again_with(auth.as_deref_mut(), client, status, message, seq, branch, None);
        if let Some(sent) = self.sent.get_mut(handle) {
            sent.auth = auth;
            sent.seq = seq;
        }
        let Some(bytes) = bytes else { return false };
        self.start_again(now, client, bytes, branch);
        true
    }
}
