//! Changes of a session that stands (or is early): re-INVITE and UPDATE, from both sides.

use std::time::Duration;

use bytes::Bytes;
use types::Now;

use super::call::{Call, CallTimer, ChangeIn, ChangeOut, LastInvite, Stage};
use super::incoming::with_grant;
use super::receive::{Arrival, Refusal};
use super::wire::{SESSION_SUPPORTED, fingerprint, finish, session_body};
use super::{Agent, Body, ChangeKind, CommandError, EndCause, Event, Field, Sdp};
use crate::dialog::OfferState;
use crate::flow::Flow;
use crate::handle::CallHandle;
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;
use crate::session_timer::TooShort;
use crate::timers::NEVER;
use crate::transaction::{Client, Owner};

/// How often a change that meets glare is tried again: waits average two seconds, and two ends that collide so often are
/// not colliding by chance.
const MAX_GLARE_TRIES: u8 = 6;

/// Longest Retry-After that is waited out for a change, in seconds (RFC 3261 section 14.2 lets the peer say 0–10).
const MAX_CHANGE_WAIT_S: u32 = 10;

/// Commands that change a session.
impl Agent {
    /// Changes the session by re-INVITE, with an offer, or asking the peer for one. [`Event::Changed`] follows; glare is
    /// waited out and tried again.
    ///
    /// # Errors
    /// [`CommandError::WrongState`] while another change is open on either side or the call does not stand.
    pub fn reinvite(&mut self, now: Now, call: CallHandle, offer: Option<Body<'_>>) -> Result<(), CommandError> {
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        if !leg.is_standing() || leg.unacked.is_some() || leg.last_invite.ack_owed {
            return Err(CommandError::WrongState);
        }
        let fork = leg.dialogs.first().map_or(0, |dialog| dialog.fork);
        self.start_change(now, call, Method::Invite, offer.map(owned), fork, false)
    }

    /// Changes the session by UPDATE, in an early or a standing dialog. [`Event::Changed`] follows.
    ///
    /// # Errors
    /// As [`Agent::reinvite`]; [`CommandError::Unsupported`] when the peer's Allow lacks UPDATE.
    pub fn update(&mut self, now: Now, call: CallHandle, offer: Body<'_>) -> Result<(), CommandError> {
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        if matches!(leg.stage, Stage::Ending) || leg.last_invite.ack_owed {
            return Err(CommandError::WrongState);
        }
        let settled = leg.dialogs.iter().find(|dialog| dialog.offer == OfferState::Stable);
        let dialog = settled.ok_or(CommandError::WrongState)?;
        if !dialog.skills.update {
            return Err(CommandError::Unsupported);
        }
        let fork = dialog.fork;
        self.start_change(now, call, Method::Update, Some(owned(offer)), fork, false)
    }

    /// Accepts a change that the peer asked for ([`Event::Change`]). The body is the answer, or our offer where the
    /// re-INVITE had none.
    ///
    /// # Errors
    /// [`CommandError::WrongState`] when none is open.
    pub fn answer_change(&mut self, now: Now, call: CallHandle, body: Body<'_>) -> Result<(), CommandError> {
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        let change = leg.change_in.take().ok_or(CommandError::WrongState)?;
        leg.local_sdp = Bytes::copy_from_slice(body.bytes);
        self.send_change_answer(now, call, change, Some(body));
        Ok(())
    }

    /// Refuses a change that the peer asked for (488 mostly); the session stands as it was.
    ///
    /// # Errors
    /// [`CommandError::WrongState`] when none is open; [`CommandError::Malformed`] for a status that refuses nothing.
    pub fn reject_change(
        &mut self,
        now: Now,
        call: CallHandle,
        status: u16,
        headers: &[Field<'_>],
    ) -> Result<(), CommandError> {
        if !(300..700).contains(&status) {
            return Err(CommandError::Malformed);
        }
        let leg = self.calls.get(call).ok_or(CommandError::Gone)?;
        let kind = leg.change_in.ok_or(CommandError::WrongState)?.kind;
        self.refuse_change(now, call, status, headers);
        if kind == ChangeKind::Prack {
            self.after_prack(now, call);
        }
        Ok(())
    }
}

fn owned(body: Body<'_>) -> (String, Bytes) {
    (body.content_type.to_owned(), Bytes::copy_from_slice(body.bytes))
}

/// Changes that we ask for.
impl Agent {
    pub(super) fn start_change(
        &mut self,
        now: Now,
        call: CallHandle,
        method: Method,
        offer: Option<(String, Bytes)>,
        fork: u16,
        refresh: bool,
    ) -> Result<(), CommandError> {
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        if !leg.may_offer(fork) {
            return Err(CommandError::WrongState);
        }
        leg.change_out = Some(Box::new(ChangeOut { method, offer, client: None, refresh, fork, tries: 0 }));
        self.send_change(now, call);
        Ok(())
    }

    /// Sends the change that stands in [`Call::change_out`], or sends it again.
    pub(super) fn send_change(&mut self, now: Now, call: CallHandle) {
        let branch = self.random();
        let Some(leg) = self.calls.get_mut(call) else { return };
        let Some(change) = leg.change_out.as_deref().cloned() else { return };
        let seq = leg.end.next_seq();
        if let Some(dialog) = leg.dialog_by_fork(change.fork)
            && (change.offer.is_some() || change.method == Method::Invite)
        {
            dialog.offer = OfferState::Ours;
        }
        let owner = if change.method == Method::Invite {
            leg.last_invite = LastInvite { seq, branch, ..LastInvite::default() };
            Owner::Reinvite(call)
        } else {
            Owner::Update(call)
        };
        let Some(leg) = self.calls.get(call) else { return };
        let Some(dialog) = leg.dialogs.iter().find(|dialog| dialog.fork == change.fork) else { return };
        let mut builder = self
            .within(leg, dialog, change.method, seq, branch)
            .raw_header(HeaderName::Contact.as_str(), &leg.end.contact)
            .header(HeaderName::Allow, &self.allow)
            .header(HeaderName::Supported, SESSION_SUPPORTED);
        if leg.want_timer || leg.session.interval_s != 0 {
            builder = self.with_wish(builder, &leg.session);
        }
        let body = change.offer.as_ref().map(|(content_type, bytes)| Body { content_type, bytes });
        let (hop, key) = (dialog.hop, leg.end.call_key);
        let bytes = finish(builder, &[], body);
        let client = self.tx.start_client(now.mono, change.method, hop, bytes, branch, key, owner);
        if let Some(change) = self.calls.get_mut(call).and_then(|leg| leg.change_out.as_deref_mut()) {
            change.client = Some(client);
            change.tries += 1;
        }
    }

    /// A change that waited for its next try.
    pub(super) fn retry_change(&mut self, now: Now, call: CallHandle) {
        let Some(leg) = self.calls.get_mut(call) else { return };
        let Some(fork) = leg.change_out.as_ref().filter(|change| change.client.is_none()).map(|change| change.fork)
        else {
            return;
        };
        let busy = leg.change_in.is_some() || leg.unacked.is_some();
        let settled = leg.dialog_by_fork(fork).is_some_and(|dialog| dialog.offer == OfferState::Stable);
        if busy || !settled {
            return self.set_timer(call, CallTimer::Retry, now.mono + self.config.timers.t1);
        }
        self.send_change(now, call);
    }

    /// The final answer to a re-INVITE or UPDATE of ours, or its end without one.
    pub(super) fn on_change_final(
        &mut self,
        now: Now,
        call: CallHandle,
        client: &Client,
        status: u16,
        message: Option<&Message>,
        flow: Flow,
    ) {
        let success = message.filter(|_| status < 300);
        let Some(leg) = self.calls.get_mut(call) else {
            if let Some(message) = success.filter(|_| client.method == Method::Invite) {
                self.end_fork(now, call, message, flow);
            }
            return;
        };
        if matches!(leg.stage, Stage::Ending) {
            if success.is_some() && client.method == Method::Invite {
                self.send_ack(call, None);
            }
            return;
        }
        let Some(change) = leg.change_out.take() else { return };
        if let Some(dialog) = leg.dialog_by_fork(change.fork) {
            dialog.offer = OfferState::Stable;
        }
        match message {
            Some(message) if status < 300 => self.changed(now, call, *change, status, message),
            Some(message) if self.change_again(now, call, &change, client, status, message) => {}
            _ if matches!(status, 408 | 481) && leg_stands(self.calls.get(call)) => {
                self.lost(now, call, EndCause::DialogLost);
            }
            _ if change.refresh => self.refresh_failed(now, call, &change, status),
            _ => self.emit(Event::Changed { call, status, sdp: None, message: message.cloned() }),
        }
    }

    fn changed(&mut self, now: Now, call: CallHandle, change: ChangeOut, status: u16, message: &Message) {
        let nat = self.config.nat_symmetric;
        let body = session_body(message);
        let hash = body.as_ref().map(|body| fingerprint(body));
        let Some(leg) = self.calls.get_mut(call) else { return };
        let Some(dialog) = leg.dialog_by_fork(change.fork) else { return };
        let moved = dialog.refresh_target(message);
        let hop = dialog.hop;
        let unresolved = if moved { dialog.place(hop, nat) } else { None };
        let offered = change.offer.is_some();
        let sdp = body.map(|body| if offered { Sdp::Answer(body) } else { Sdp::Offer(body) });
        if matches!(sdp, Some(Sdp::Offer(_))) {
            dialog.offer = OfferState::Theirs;
        }
        if let Some((_, bytes)) = change.offer {
            leg.local_sdp = bytes;
        }
        let same = hash.is_none_or(|hash| hash == leg.remote_sdp);
        leg.remote_sdp = hash.unwrap_or(leg.remote_sdp);
        leg.session.answered(now.mono, message);
        self.arm_session(call);
        if change.method == Method::Invite {
            self.owe_or_send_ack(now, call, sdp.as_ref());
        }
        if !(change.refresh && same) {
            self.emit(Event::Changed { call, status, sdp, message: Some(message.clone()) });
        }
        self.emit_unresolved(call, unresolved);
    }

    /// Whether a change that failed is tried again: after glare, with credentials, or with a longer session interval.
    fn change_again(
        &mut self,
        now: Now,
        call: CallHandle,
        change: &ChangeOut,
        client: &Client,
        status: u16,
        message: &Message,
    ) -> bool {
        let retry_after = message.header(HeaderName::RetryAfter).and_then(|value| {
            crate::header::timing::parse_retry_after(value).ok().filter(|wait| *wait <= MAX_CHANGE_WAIT_S)
        });
        let wait = match (status, retry_after) {
            (491, _) => Some(self.glare_wait(call)),
            (500 | 503, Some(wait_s)) => Some(Duration::from_secs(wait_s.into())),
            _ => None,
        };
        if let Some(wait) = wait {
            if change.tries >= MAX_GLARE_TRIES {
                return false;
            }
            if let Some(leg) = self.calls.get_mut(call) {
                leg.change_out = Some(Box::new(ChangeOut { client: None, ..change.clone() }));
            }
            self.set_timer(call, CallTimer::Retry, now.mono + wait);
            return true;
        }
        if status == 422 {
            let Some(leg) = self.calls.get_mut(call) else { return false };
            if change.tries >= super::auth::MAX_TRIES || !leg.session.too_short(message) {
                return false;
            }
            leg.change_out = Some(Box::new(change.clone()));
            self.send_change(now, call);
            return true;
        }
        self.change_with_credentials(now, call, change, client, status, message)
    }

    fn change_with_credentials(
        &mut self,
        now: Now,
        call: CallHandle,
        change: &ChangeOut,
        client: &Client,
        status: u16,
        message: &Message,
    ) -> bool {
        let Some((seq, branch, next)) = self.retry_in_dialog(now, call, client, status, message) else { return false };
        let Some(leg) = self.calls.get_mut(call) else { return false };
        if client.method == Method::Invite {
            leg.last_invite = LastInvite { seq, branch, ..LastInvite::default() };
        }
        if let Some(dialog) = leg.dialog_by_fork(change.fork) {
            dialog.offer = OfferState::Ours;
        }
        leg.change_out = Some(Box::new(ChangeOut { client: Some(next), ..change.clone() }));
        true
    }

    /// RFC 3261 section 14.1: the owner of the Call-ID waits 2.1 to 4 s, the other at most 2 s, in steps of 10 ms.
    fn glare_wait(&mut self, call: CallHandle) -> Duration {
        let owner = self.calls.get(call).is_some_and(|leg| leg.owns_call_id);
        let steps = if owner { 210 + self.random_below(191) } else { self.random_below(201) };
        Duration::from_millis(steps * 10)
    }
}

fn leg_stands(leg: Option<&Call>) -> bool {
    leg.is_some_and(Call::is_standing)
}

/// Changes that the peer asks for.
impl Agent {
    /// re-INVITE.
    pub(super) fn on_reinvite(&mut self, arrival: Arrival, message: Message, call: CallHandle, fork: u16) {
        let offer = session_body(&message);
        let Some(leg) = self.calls.get_mut(call) else { return };
        let busy_out = leg.change_out.as_ref().is_some_and(|change| change.client.is_some());
        let dialog_offer = leg.dialog_by_fork(fork).map_or(OfferState::Fresh, |dialog| dialog.offer);
        if !leg.is_standing() || leg.change_in.is_some() {
            return self.ask_later(&arrival, &message);
        }
        if leg.last_invite.ack_owed || busy_out || leg.unacked.as_ref().is_some_and(|unacked| unacked.offers) {
            return self.refuse(&arrival, &message, Refusal::new(491));
        }
        if leg.unacked.is_some() {
            // It can't ask for a change without having our 2xx: the ACK was lost or comes later.
            self.confirm(arrival.now, call, None);
        }
        if dialog_offer != OfferState::Stable {
            return self.refuse(&arrival, &message, Refusal::new(491));
        }
        self.take_change(arrival, message, call, fork, ChangeKind::Reinvite, offer);
    }

    /// UPDATE.
    pub(super) fn on_update(&mut self, arrival: Arrival, message: Message, call: CallHandle, fork: u16) {
        let offer = session_body(&message);
        let Some(leg) = self.calls.get_mut(call) else { return };
        let Some(dialog_offer) = leg.dialog_by_fork(fork).map(|dialog| dialog.offer) else { return };
        if offer.is_some() {
            // RFC 3311 section 5.2.
            if dialog_offer == OfferState::Ours || leg.last_invite.ack_owed {
                return self.refuse(&arrival, &message, Refusal::new(491));
            }
            if leg.change_in.is_some() || dialog_offer != OfferState::Stable {
                return self.ask_later(&arrival, &message);
            }
        }
        self.take_change(arrival, message, call, fork, ChangeKind::Update, offer);
    }

    /// 500 with a short Retry-After: a former request is not settled.
    fn ask_later(&mut self, arrival: &Arrival, message: &Message) {
        let wait_s = self.random_below(u64::from(MAX_CHANGE_WAIT_S) + 1);
        self.refuse(arrival, message, Refusal::new(500).with(HeaderName::RetryAfter, wait_s.to_string()));
    }

    fn take_change(
        &mut self,
        arrival: Arrival,
        message: Message,
        call: CallHandle,
        fork: u16,
        kind: ChangeKind,
        offer: Option<Bytes>,
    ) {
        let hash = offer.as_ref().map(|offer| fingerprint(offer));
        let config = self.config.session;
        let Some(leg) = self.calls.get_mut(call) else { return };
        let grant = match leg.session.decide(&message, &config) {
            Ok(grant) => grant.filter(|grant| grant.require || leg.want_timer),
            Err(TooShort(min_se)) => {
                let refusal = Refusal::new(422).with(HeaderName::MinSe, min_se.to_string());
                return self.refuse(&arrival, &message, refusal);
            }
        };
        let Arrival { now, flow, place, method, key } = arrival;
        // A description that is the same to the byte changes nothing (RFC 3264 section 8).
        let same = hash.is_some_and(|hash| hash == leg.remote_sdp) && !leg.local_sdp.is_empty();
        let plain_update = kind == ChangeKind::Update && offer.is_none();
        let local_sdp = leg.local_sdp.clone();
        let server = self.tx.start_server(now.mono, place, flow, message.clone(), method, key, Some(call));
        let change = ChangeIn { server, kind, offered: offer.is_some(), fork, grant, hash };
        if same || plain_update {
            let body = same.then(|| Body::sdp(&local_sdp));
            return self.send_change_answer(now, call, change, body);
        }
        let Some(leg) = self.calls.get_mut(call) else { return };
        leg.change_in = Some(change);
        if let Some(dialog) = leg.dialog_by_fork(fork).filter(|_| hash.is_some()) {
            dialog.offer = OfferState::Theirs;
        }
        if kind == ChangeKind::Reinvite {
            self.set_timer(call, CallTimer::Trying, now.mono + self.config.timers.trying_after);
        }
        self.emit(Event::Change { call, kind, offer, message });
    }

    /// 100 for a re-INVITE whose answer takes its time.
    pub(super) fn send_change_trying(&mut self, call: CallHandle) {
        let Some(change) = self.calls.get(call).and_then(|leg| leg.change_in) else { return };
        let Some(server) = self.tx.servers.get(change.server) else { return };
        let Some(request) = server.request.as_ref() else { return };
        let bytes = finish(self.reply(request, &server.flow, 100, "", 0), &[], None);
        self.tx.answer_provisionally(change.server, bytes);
    }

    fn send_change_answer(&mut self, now: Now, call: CallHandle, change: ChangeIn, body: Option<Body<'_>>) {
        let Some(server) = self.tx.servers.get(change.server) else { return };
        let (Some(request), flow) = (server.request.clone(), server.flow) else { return };
        let builder = self.reply(&request, &flow, 200, "", 0);
        let Some(leg) = self.calls.get_mut(call) else { return };
        let nat = self.config.nat_symmetric;
        let mut unresolved = None;
        if let Some(dialog) = leg.dialog_by_fork(change.fork) {
            dialog.offer = if change.offered || body.is_none() { OfferState::Stable } else { OfferState::Ours };
            if change.kind != ChangeKind::Prack && dialog.refresh_target(&request) {
                unresolved = dialog.place(flow, nat);
            }
        }
        leg.remote_sdp = change.hash.unwrap_or(leg.remote_sdp);
        let builder = builder.raw_header(HeaderName::Contact.as_str(), &leg.end.contact);
        let builder = builder.header(HeaderName::Allow, &self.allow).header(HeaderName::Supported, SESSION_SUPPORTED);
        if change.kind != ChangeKind::Prack {
            leg.session.granted(now.mono, change.grant);
        }
        let standing = leg.is_standing();
        let bytes = finish(with_grant(builder, change.grant), &[], body);
        self.set_timer(call, CallTimer::Trying, NEVER);
        match change.kind {
            ChangeKind::Reinvite => self.send_2xx(now, call, change.server, bytes, !change.offered),
            ChangeKind::Update | ChangeKind::Prack => {
                self.tx.answer_finally(now.mono, change.server, 200, bytes);
            }
        }
        if standing {
            self.arm_session(call);
        }
        if change.kind == ChangeKind::Prack {
            self.after_prack(now, call);
        }
        self.emit_unresolved(call, unresolved);
    }

    /// Answers a pending change with a failure.
    pub(super) fn refuse_change(&mut self, now: Now, call: CallHandle, status: u16, headers: &[Field<'_>]) {
        let Some(leg) = self.calls.get_mut(call) else { return };
        let Some(change) = leg.change_in.take() else { return };
        if let Some(dialog) = leg.dialog_by_fork(change.fork) {
            dialog.offer = OfferState::Stable;
        }
        let Some(server) = self.tx.servers.get(change.server) else { return };
        if let Some(request) = &server.request {
            let bytes = finish(self.reply(request, &server.flow, status, "", 0), headers, None);
            self.tx.answer_finally(now.mono, change.server, status, bytes);
        }
        self.set_timer(call, CallTimer::Trying, NEVER);
    }
}
