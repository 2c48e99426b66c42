//! Calls that come in, until they stand.

use bytes::Bytes;
use types::{Mono, Now};

use super::call::{Call, CallTimer, Ringing, Stage, Unacked};
use super::kept::ReliableOut;
use super::receive::{Arrival, Refusal};
use super::wire::{SESSION_SUPPORTED, fingerprint, finish, session_body};
use super::{Admission, Agent, Body, CommandError, Event, Field, Usage};
use crate::build::MessageBuilder;
use crate::dialog::{Dialog, LocalEnd, OfferState, share};
use crate::handle::{CallHandle, RequestHandle};
use crate::header::replaces::Replaces;
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;
use crate::session_timer::{self, Grant, TooShort};
use crate::tag::tag_text;
use crate::timers::{NEVER, Repeat};

/// How often a provisional answer goes out again while the phone rings (RFC 3261 section 13.3.1.1).
const STILL_RINGING_S: u64 = 60;

/// The door for new calls: a bucket of tokens, and what the driver says.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) admission: Admission,
    pub(super) shed: u64,
    per_s: u32,
    /// Microseconds of credit; one call costs a second's worth divided by the rate.
    credit_us: u64,
    filled_at: Mono,
}

impl Guard {
    pub(super) fn new(per_s: u32) -> Self {
        Self { admission: Admission::Open, shed: 0, per_s, credit_us: 1_000_000, filled_at: Mono(0) }
    }

    fn admit(&mut self, now: Mono) -> bool {
        let passed = u64::try_from(now.since(self.filled_at).as_micros()).unwrap_or(u64::MAX);
        self.credit_us = self.credit_us.saturating_add(passed).min(1_000_000);
        self.filled_at = now;
        let cost = 1_000_000 / u64::from(self.per_s.max(1));
        let enough = self.credit_us >= cost;
        if enough {
            self.credit_us -= cost;
        }
        enough
    }
}

impl Agent {
    /// Whether a new INVITE is turned away for want of room.
    pub(super) fn shed(&mut self, now: Now) -> Option<Refusal> {
        let limits = self.config.limits;
        let room = self.calls.len() < limits.max_calls;
        let retry_after_s = match self.guard.admission {
            Admission::Shed { retry_after } => retry_after.as_secs(),
            Admission::Open if room => match self.guard.admit(now.mono) {
                true => return None,
                false => limits.retry_after_s.into(),
            },
            Admission::Open => limits.retry_after_s.into(),
        };
        self.guard.shed += 1;
        let spread = self.random_below(retry_after_s + 1);
        Some(Refusal::new(503).with(HeaderName::RetryAfter, (retry_after_s + spread).to_string()))
    }

    /// A new INVITE.
    pub(super) fn on_invite(&mut self, arrival: Arrival, message: Message) {
        let (grant, replaces) = match self.vet_invite(&message) {
            Ok(fine) => fine,
            Err(refusal) => return self.refuse(&arrival, &message, refusal),
        };
        let offer = session_body(&message);
        let state = if offer.is_some() { OfferState::Theirs } else { OfferState::Fresh };
        let Some(mut dialog) = Dialog::from_request(&message, arrival.flow, state) else { return };
        let unresolved = dialog.place(arrival.flow, self.config.nat_symmetric);
        let tag = self.fresh_tag();
        let end = self.callee_end(&message, &arrival, tag);
        let Arrival { now, flow, place, key, .. } = arrival;
        let server = self.tx.start_server(now.mono, place, flow, message.clone(), Method::Invite, key, None);
        let ringing = Ringing { server, provisional: None, reliable: ReliableOut::new(self.random()), grant };
        let mut call = Call::new(end, false, Stage::Ringing(Box::new(ringing)));
        call.remote_sdp = offer.as_ref().map_or(0, |offer| fingerprint(offer));
        call.dialogs.push(dialog);
        let handle = self.calls.insert(call);
        self.tags.insert(tag, Usage::Call(handle));
        if let Some(server) = self.tx.servers.get_mut(server) {
            server.call = Some(handle);
        }
        let trying_after = self.config.timers.trying_after;
        if trying_after.is_zero() {
            self.send_trying(handle);
        } else {
            self.set_timer(handle, CallTimer::Trying, now.mono + trying_after);
        }
        self.emit(Event::Incoming { call: handle, message, flow, offer, replaces });
        self.emit_unresolved(handle, unresolved);
    }

    fn callee_end(&self, message: &Message, arrival: &Arrival, tag: u64) -> LocalEnd {
        let to = message.header(HeaderName::To).unwrap_or_default();
        let mut name = Vec::with_capacity(to.len() + 24);
        name.extend_from_slice(to);
        name.extend_from_slice(b";tag=");
        name.extend_from_slice(tag_text(tag).as_str().as_bytes());
        let uri = message.request_uri().ok();
        let user = uri.as_ref().and_then(|uri| uri.user()).unwrap_or_default();
        LocalEnd {
            call_id: share(message, message.call_id().as_bytes()),
            call_key: arrival.key,
            tag,
            name: name.into(),
            contact: self.config.contact(user, &arrival.flow),
            seq: 0,
        }
    }

    fn vet_invite(&self, message: &Message) -> Result<(Option<Grant>, Option<CallHandle>), Refusal> {
        // RFC 2543 let a caller leave it out; its From is where it lives then.
        if message.contact().is_none() && message.top_via().is_ok_and(|via| via.has_rfc3261_branch()) {
            return Err(Refusal::new(400));
        }
        let replaces = match message.header(HeaderName::Replaces) {
            Some(value) => Some(self.replaced_call(value)?),
            None => None,
        };
        let timer = session_timer::SessionTimer::default();
        let grant = timer
            .decide(message, &self.config.session)
            .map_err(|TooShort(min_se)| Refusal::new(422).with(HeaderName::MinSe, min_se.to_string()))?;
        Ok((grant, replaces))
    }

    /// Our call that a Replaces names (RFC 3891 section 3).
    fn replaced_call(&self, value: &[u8]) -> Result<CallHandle, Refusal> {
        let replaces = Replaces::parse(value).map_err(|_| Refusal::new(400))?;
        let found = self.call_by_dialog(replaces.call_id, replaces.to_tag, replaces.from_tag);
        let handle = found.ok_or_else(|| Refusal::new(481))?;
        match self.calls.get(handle).map(|call| &call.stage) {
            Some(Stage::Standing) if replaces.early_only => Err(Refusal::new(486)),
            Some(Stage::Standing | Stage::Calling(_)) => Ok(handle),
            Some(Stage::Ending) => Err(Refusal::new(603)),
            // An early dialog that the peer began may not be replaced.
            _ => Err(Refusal::new(481)),
        }
    }

    /// The call of a dialog, by its Call-ID, our tag and the peer's.
    pub(super) fn call_by_dialog(&self, call_id: &str, local_tag: &str, remote_tag: &str) -> Option<CallHandle> {
        let Usage::Call(handle) = *self.tags.get(&crate::tag::read_tag(local_tag)?)? else { return None };
        let call = self.calls.get(handle)?;
        let known = call.dialogs.iter().any(|dialog| dialog.remote_tag == remote_tag.as_bytes());
        (call.end.call_id == call_id.as_bytes() && known).then_some(handle)
    }

    pub(super) fn send_trying(&mut self, handle: CallHandle) {
        let Some(call) = self.calls.get_mut(handle) else { return };
        let tag = call.end.tag;
        let Some(ringing) = call.ringing().filter(|ringing| ringing.provisional.is_none()) else { return };
        let server = ringing.server;
        let Some(request) = self.tx.servers.get(server).and_then(|server| server.request.as_ref()) else { return };
        let flow = self.tx.servers.get(server).map(|server| server.flow);
        let Some(flow) = flow else { return };
        let bytes = finish(self.reply(request, &flow, 100, "", tag), &[], None);
        self.tx.answer_provisionally(server, bytes);
    }

    /// An answer to the INVITE of an incoming call, up to its own headers.
    pub(super) fn invite_reply(&self, handle: CallHandle, status: u16, reason: &str) -> Option<MessageBuilder> {
        let call = self.calls.get(handle)?;
        let Stage::Ringing(ringing) = &call.stage else { return None };
        let server = self.tx.servers.get(ringing.server)?;
        Some(self.reply(server.request.as_ref()?, &server.flow, status, reason, call.end.tag))
    }
}

/// Commands for calls that come in.
impl Agent {
    /// Sends a provisional answer, 101–199. With `reliable` it is repeated until PRACK comes; a body in it then is the
    /// answer (or the offer, if the INVITE had none), else a preview of the answer. A second reliable one waits for the
    /// first one's PRACK.
    ///
    /// # Errors
    /// [`CommandError::Unsupported`] when the peer knows no 100rel; [`CommandError::OfferAnswer`];
    /// [`CommandError::WrongState`] after a final answer; [`CommandError::Limit`] with too many reliable ones waiting.
    pub fn provisional(
        &mut self,
        now: Now,
        call: CallHandle,
        status: u16,
        body: Option<Body<'_>>,
        reliable: bool,
        headers: &[Field<'_>],
    ) -> Result<(), CommandError> {
        if !(101..200).contains(&status) {
            return Err(CommandError::Malformed);
        }
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        let dialog = leg.dialogs.first().ok_or(CommandError::WrongState)?;
        let (skills, offer) = (dialog.skills, dialog.offer);
        let required = leg.ringing().ok_or(CommandError::WrongState)?.server;
        let required = self.tx.servers.get(required).and_then(|server| server.request.as_ref());
        let required = required.is_some_and(|request| request.lists(HeaderName::Require, "100rel"));
        if reliable || required {
            return if skills.reliable {
                self.reliable_provisional(now, call, status, body, headers)
            } else {
                Err(CommandError::Unsupported)
            };
        }
        // Unreliable, a description is but a preview of the answer; there is none to preview before an offer.
        if body.is_some() && offer == OfferState::Fresh {
            return Err(CommandError::OfferAnswer);
        }
        let builder = self.invite_reply(call, status, "").ok_or(CommandError::Gone)?;
        let bytes = self.provisional_bytes(call, builder, body, headers);
        self.send_provisional(now, call, bytes);
        Ok(())
    }

    pub(super) fn provisional_bytes(
        &self,
        call: CallHandle,
        builder: MessageBuilder,
        body: Option<Body<'_>>,
        headers: &[Field<'_>],
    ) -> Bytes {
        let contact = self.calls.get(call).map(|leg| leg.end.contact.clone()).unwrap_or_default();
        let builder = builder.raw_header(HeaderName::Contact.as_str(), &contact).header(HeaderName::Allow, &self.allow);
        finish(builder, headers, body)
    }

    pub(super) fn send_provisional(&mut self, now: Now, call: CallHandle, bytes: Bytes) {
        let Some(ringing) = self.calls.get_mut(call).and_then(Call::ringing) else { return };
        ringing.provisional = Some(bytes.clone());
        let server = ringing.server;
        self.tx.answer_provisionally(server, bytes);
        self.set_timer(call, CallTimer::Trying, NEVER);
        let again = now.mono + std::time::Duration::from_secs(STILL_RINGING_S);
        self.set_timer(call, CallTimer::StillRinging, again);
    }

    /// Answers an INVITE with 200. The body is the answer (or the offer, if the INVITE had none); none only where a
    /// reliable provisional carried it already. [`Event::Confirmed`] tells of the ACK. While a reliable provisional
    /// answer waits for its PRACK, the 200 waits too (RFC 3262 section 3).
    ///
    /// # Errors
    /// [`CommandError::OfferAnswer`]; [`CommandError::WrongState`] after a final answer.
    pub fn answer(
        &mut self,
        now: Now,
        call: CallHandle,
        body: Option<Body<'_>>,
        headers: &[Field<'_>],
    ) -> Result<(), CommandError> {
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        let offer = leg.dialogs.first().ok_or(CommandError::WrongState)?.offer;
        let ringing = leg.ringing().ok_or(CommandError::WrongState)?;
        if ringing.reliable.answer_waits() {
            return Err(CommandError::WrongState);
        }
        let waits = ringing.reliable.is_waiting();
        // An offer or answer that is under way in a reliable provisional will be settled by its PRACK.
        let settled = matches!(offer, OfferState::Stable | OfferState::Ours);
        if !settled && body.is_none() || offer == OfferState::Ours && body.is_some() {
            return Err(CommandError::OfferAnswer);
        }
        if waits {
            ringing.reliable.hold_answer(body, headers);
            return Ok(());
        }
        self.send_answer(now, call, body, headers);
        Ok(())
    }

    pub(super) fn send_answer(&mut self, now: Now, call: CallHandle, body: Option<Body<'_>>, headers: &[Field<'_>]) {
        let Some(mut builder) = self.invite_reply(call, 200, "") else { return };
        let Some(leg) = self.calls.get_mut(call) else { return };
        let Some((server, grant)) = leg.ringing().map(|ringing| (ringing.server, ringing.grant)) else { return };
        builder = builder
            .raw_header(HeaderName::Contact.as_str(), &leg.end.contact)
            .header(HeaderName::Allow, &self.allow)
            .header(HeaderName::Supported, SESSION_SUPPORTED);
        builder = with_grant(builder, grant);
        let mut offers = false;
        if let (Some(body), Some(dialog)) = (body, leg.dialogs.first_mut()) {
            offers = dialog.offer == OfferState::Fresh;
            match dialog.offer {
                OfferState::Fresh => dialog.offer = OfferState::Ours,
                _ => dialog.offer = OfferState::Stable,
            }
            leg.local_sdp = Bytes::copy_from_slice(body.bytes);
        }
        leg.session.granted(now.mono, grant);
        leg.stage = Stage::Standing;
        let bytes = finish(builder, headers, body);
        for timer in [CallTimer::Trying, CallTimer::StillRinging, CallTimer::Reliable] {
            self.set_timer(call, timer, NEVER);
        }
        self.send_2xx(now, call, server, bytes, offers);
        self.arm_session(call);
    }

    /// Sends a 2xx to an INVITE or re-INVITE, and again until its ACK comes.
    pub(super) fn send_2xx(&mut self, now: Now, call: CallHandle, server: RequestHandle, bytes: Bytes, offers: bool) {
        let request = self.tx.servers.get(server).and_then(|server| server.request.as_ref());
        let seq = request.and_then(|request| request.cseq().ok()).map_or(0, |cseq| cseq.number);
        let Some(reply) = self.tx.answer_finally(now.mono, server, 200, bytes.clone()) else { return };
        let timers = self.config.timers;
        // Whatever the transport: a proxy may lose it further on (RFC 3261 section 13.3.1.4).
        let repeat = Repeat::new(now.mono, timers.t1, timers.t2, timers.give_up());
        let due = repeat.due();
        if let Some(leg) = self.calls.get_mut(call) {
            leg.unacked = Some(Box::new(Unacked { bytes, reply, seq, repeat, offers }));
        }
        self.set_timer(call, CallTimer::Unacked, due);
    }

    /// Refuses an INVITE, 300–699; the call is gone at once, no event follows. Contact (3xx), Retry-After,
    /// WWW-Authenticate and the like go into `headers`; an empty `reason` takes the usual phrase.
    ///
    /// # Errors
    /// [`CommandError::WrongState`] after a 2xx; [`CommandError::Malformed`] for another status.
    pub fn reject(
        &mut self,
        now: Now,
        call: CallHandle,
        status: u16,
        reason: &str,
        headers: &[Field<'_>],
    ) -> Result<(), CommandError> {
        if !(300..700).contains(&status) {
            return Err(CommandError::Malformed);
        }
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        if leg.ringing().is_none() {
            return Err(CommandError::WrongState);
        }
        self.end_ringing(now, call, status, reason, headers);
        Ok(())
    }

    /// Answers a pending INVITE with a failure and forgets the call.
    pub(super) fn end_ringing(&mut self, now: Now, call: CallHandle, status: u16, reason: &str, headers: &[Field<'_>]) {
        let Some(builder) = self.invite_reply(call, status, reason) else { return };
        let bytes = finish(builder, headers, None);
        if let Some(server) = self.calls.get_mut(call).and_then(Call::ringing).map(|ringing| ringing.server) {
            self.tx.answer_finally(now.mono, server, status, bytes);
        }
        self.forget_call(now, call);
    }
}

/// Session-Expires and Require of a 2xx.
pub(super) fn with_grant(builder: MessageBuilder, grant: Option<Grant>) -> MessageBuilder {
    let Some(grant) = grant else { return builder };
    let value = session_timer::value(grant.interval_s, Some(grant.refresher));
    let builder = builder.header(HeaderName::SessionExpires, value);
    if grant.require { builder.header(HeaderName::Require, "timer") } else { builder }
}

/// What the network says about calls that come in.
impl Agent {
    /// The peer took an INVITE back.
    pub(super) fn on_cancelled(&mut self, now: Now, call: CallHandle, server: RequestHandle, cancel: &Message) {
        let Some(leg) = self.calls.get_mut(call) else { return };
        if leg.ringing().is_some_and(|ringing| ringing.server == server) {
            self.end_ringing(now, call, 487, "", &[]);
            return self.emit(Event::Cancelled { call, message: Some(cancel.clone()) });
        }
        if leg.change_in.is_some_and(|change| change.server == server) {
            self.refuse_change(now, call, 487, &[]);
            self.emit(Event::ChangeCancelled { call });
        }
    }

    /// ACK for a 2xx of ours.
    pub(super) fn on_ack(&mut self, now: Now, message: &Message) {
        let usage = message.to_tag().and_then(|tag| self.usage_of(tag, message));
        let Some(Usage::Call(call)) = usage else {
            self.junk += 1;
            return;
        };
        let number = message.cseq().map_or(0, |cseq| cseq.number);
        let Some(leg) = self.calls.get_mut(call) else { return };
        if leg.unacked.as_ref().is_none_or(|unacked| unacked.seq != number) {
            return;
        }
        self.confirm(now, call, session_body(message));
    }

    /// Our 2xx has arrived.
    pub(super) fn confirm(&mut self, now: Now, call: CallHandle, answer: Option<Bytes>) {
        let Some(leg) = self.calls.get_mut(call) else { return };
        let Some(unacked) = leg.unacked.take() else { return };
        let answer = answer.filter(|_| unacked.offers);
        if unacked.offers
            && let Some(dialog) = leg.dialogs.first_mut()
        {
            dialog.offer = OfferState::Stable;
        }
        if let Some(answer) = &answer {
            leg.remote_sdp = fingerprint(answer);
        }
        let bye = leg.bye_waits.take();
        self.set_timer(call, CallTimer::Unacked, NEVER);
        self.emit(Event::Confirmed { call, answer });
        if let Some(headers) = bye {
            self.send_bye(now, call, &headers, super::EndCause::LocalBye);
        }
    }
}
