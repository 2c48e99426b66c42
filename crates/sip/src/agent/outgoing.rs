//! Calls that we make, until they stand.

use bytes::Bytes;
use types::Now;

use super::call::{Auth, Call, CallTimer, Calling, Cancel, LastInvite, Stage};
use super::wire::{SESSION_SUPPORTED, fingerprint, finish, session_body};
use super::{Agent, Body, CommandError, Event, Invite, Reliable, Sdp, Usage, call_key};
use crate::build::MessageBuilder;
use crate::dialog::{Dialog, LocalEnd, OfferState};
use crate::flow::Flow;
use crate::handle::{CallHandle, ClientKey};
use crate::header::name_addr::NameAddr;
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;
use crate::session_timer;
use crate::tag::{branch_text, tag_text};
use crate::transaction::{Client, Owner};
use crate::uri::Uri;

/// Commands for calls that we make.
impl Agent {
    /// Sends an INVITE.
    ///
    /// # Errors
    /// [`CommandError::Malformed`], [`CommandError::Limit`].
    pub fn invite(&mut self, now: Now, invite: &Invite<'_>) -> Result<CallHandle, CommandError> {
        if self.calls.len() >= self.config.limits.max_calls {
            return Err(CommandError::Limit);
        }
        Uri::parse(invite.target).map_err(|_| CommandError::Malformed)?;
        let from = NameAddr::parse(invite.from.as_bytes()).map_err(|_| CommandError::Malformed)?;
        let flow = self.config.bind(invite.flow);
        let tag = self.fresh_tag();
        let call_id = match invite.call_id {
            Some(call_id) => Bytes::copy_from_slice(call_id.as_bytes()),
            None => self.fresh_call_id(),
        };
        let user = invite.contact_user.or(from.uri.user()).unwrap_or_default();
        let end = LocalEnd {
            call_key: call_key(crate::dialog::as_text(&call_id)),
            call_id,
            tag,
            name: format!("{};tag={}", invite.from, tag_text(tag).as_str()).into(),
            contact: self.config.contact(user, &flow),
            seq: 1,
        };
        let branch = self.random();
        let bytes = self.first_invite(invite, &end, &flow, branch);
        let call_key = end.call_key;
        let stage = Stage::Calling(Box::new(Calling {
            client: ClientKey::none(),
            cancel: Cancel::No,
            proceeding: false,
            next_fork: 0,
            offered: invite.body.is_some(),
            others: invite.alternatives.iter().rev().copied().collect(),
            hurried: invite.hurried,
        }));
        let mut call = Call::new(end, true, stage);
        call.want_timer = invite.session_timer;
        call.local_sdp = invite.body.map(|body| Bytes::copy_from_slice(body.bytes)).unwrap_or_default();
        call.last_invite = LastInvite { seq: 1, branch, ..LastInvite::default() };
        call.auth = invite.credentials.map(|credentials| Box::new(Auth::new(credentials)));
        let handle = self.calls.insert(call);
        self.tags.insert(tag, Usage::Call(handle));
        let owner = Owner::Invite(handle);
        let client = self.start_call_client(now, Method::Invite, flow, bytes, branch, call_key, owner);
        if let Some(calling) = self.calls.get_mut(handle).and_then(Call::calling) {
            calling.client = client;
        }
        self.hurry_if_others(now, handle);
        Ok(handle)
    }

    pub(super) fn fresh_call_id(&mut self) -> Bytes {
        let (one, two) = (self.random(), self.random());
        format!("{}{}", tag_text(one).as_str(), tag_text(two).as_str()).into()
    }

    fn first_invite(&self, invite: &Invite<'_>, end: &LocalEnd, flow: &Flow, branch: u64) -> Bytes {
        let branch = branch_text(branch);
        let first = invite.routes.first().and_then(|route| NameAddr::parse(route.as_bytes()).ok());
        let strict = first.filter(|first| !first.uri.is_loose_router());
        let mut builder =
            MessageBuilder::request(Method::Invite, strict.as_ref().map_or(invite.target, |first| first.uri.as_str()))
                .via(flow.transport.as_str(), self.config.sent_by(flow), branch.as_str())
                .header(HeaderName::MaxForwards, invite.max_forwards);
        for route in invite.routes.iter().skip(usize::from(strict.is_some())) {
            builder = builder.header(HeaderName::Route, route);
        }
        // Behind a strict router the target is the last route (RFC 3261 section 12.2.1.1).
        if strict.is_some() {
            builder = builder.header(HeaderName::Route, format_args!("<{}>", invite.target));
        }
        builder = builder.raw_header(HeaderName::From.as_str(), &end.name);
        builder = match invite.to {
            Some(to) => builder.header(HeaderName::To, to),
            None => builder.header(HeaderName::To, format_args!("<{}>", invite.target)),
        };
        builder = builder
            .raw_header(HeaderName::CallId.as_str(), &end.call_id)
            .header(HeaderName::CSeq, "1 INVITE")
            .raw_header(HeaderName::Contact.as_str(), &end.contact)
            .header(HeaderName::Allow, &self.allow);
        builder = match invite.reliable {
            Reliable::Off => builder.header(HeaderName::Supported, "timer, replaces"),
            Reliable::Supported => builder.header(HeaderName::Supported, SESSION_SUPPORTED),
            Reliable::Required => {
                builder.header(HeaderName::Supported, SESSION_SUPPORTED).header(HeaderName::Require, "100rel")
            }
        };
        if invite.session_timer {
            builder = self.with_wish(builder, &session_timer::SessionTimer::default());
        }
        finish(self.config.signed(builder, HeaderName::UserAgent), invite.headers, invite.body)
    }

    /// Session-Expires and Min-SE of a request.
    pub(super) fn with_wish(&self, builder: MessageBuilder, timer: &session_timer::SessionTimer) -> MessageBuilder {
        let Some((interval_s, refresher)) = timer.wish(&self.config.session) else { return builder };
        let builder = builder.header(HeaderName::SessionExpires, session_timer::value(interval_s, refresher));
        if timer.min_se_s > session_timer::LEAST_MIN_SE_S {
            return builder.header(HeaderName::MinSe, timer.min_se_s);
        }
        builder
    }

    /// Takes our INVITE back. [`Event::Failed`] follows with 487, or the final answer that was faster; a 2xx that was
    /// faster is ended by ACK and BYE. `reason` is the value of Reason, e.g. `SIP;cause=200;text="Call completed elsewhere"`.
    ///
    /// # Errors
    /// [`CommandError::Gone`]; [`CommandError::WrongState`] when the call is not an unanswered one of ours.
    pub fn cancel(&mut self, now: Now, call: CallHandle, reason: Option<&str>) -> Result<(), CommandError> {
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        let calling = leg.calling().ok_or(CommandError::WrongState)?;
        if calling.cancel != Cancel::No {
            return Ok(());
        }
        if calling.proceeding {
            calling.cancel = Cancel::Sent;
            let client = calling.client;
            self.tx.cancel_client(now.mono, client, reason);
        } else {
            calling.cancel = Cancel::Wanted(reason.map(str::to_owned));
        }
        Ok(())
    }

    /// Gives the answer to an offer that came in a response to our INVITE or re-INVITE: it goes out in PRACK or ACK.
    ///
    /// # Errors
    /// [`CommandError::Gone`]; [`CommandError::WrongState`] when no such offer is open.
    pub fn accept_offer(&mut self, now: Now, call: CallHandle, answer: Body<'_>) -> Result<(), CommandError> {
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        if leg.last_invite.ack_owed {
            leg.local_sdp = Bytes::copy_from_slice(answer.bytes);
            leg.last_invite.ack_owed = false;
            leg.last_invite.answered_in_ack = true;
            if let Some(dialog) = leg.dialogs.first_mut() {
                dialog.offer = OfferState::Stable;
            }
            self.set_timer(call, CallTimer::AckOwed, crate::timers::NEVER);
            self.send_ack(call, Some(answer));
            if let Some(headers) = self.calls.get_mut(call).and_then(|leg| leg.bye_waits.take()) {
                self.send_bye(now, call, &headers, super::EndCause::LocalBye);
            }
            return Ok(());
        }
        self.accept_in_prack(now, call, answer)
    }

    /// Sends the ACK for the 2xx of the last INVITE.
    pub(super) fn send_ack(&mut self, call: CallHandle, body: Option<Body<'_>>) {
        let branch = self.random();
        let Some(leg) = self.calls.get(call) else { return };
        let Some(dialog) = leg.dialogs.first() else { return };
        let mut builder = self.within(leg, dialog, Method::Ack, leg.last_invite.seq, branch);
        if let Some((name, value)) = leg.auth.as_ref().and_then(|auth| auth.invite_line.as_ref()) {
            builder = builder.header(*name, value);
        }
        let bytes = finish(builder, &[], body);
        let (invite_branch, tag, hop) = (leg.last_invite.branch, dialog.remote_tag.clone(), dialog.hop);
        let key = leg.end.call_key;
        self.tx.send_ack(self.clock.mono, invite_branch, &tag, hop, bytes, key);
    }
}

/// What the network says about calls that we make.
impl Agent {
    /// A provisional answer to the INVITE.
    pub(super) fn on_progress(&mut self, now: Now, call: CallHandle, client: ClientKey, message: &Message, flow: Flow) {
        let Some(status) = message.status() else { return };
        let Some(leg) = self.calls.get_mut(call) else { return };
        let Some(calling) = leg.calling().filter(|calling| calling.client == client) else { return };
        calling.proceeding = true;
        if let Cancel::Wanted(reason) = &calling.cancel {
            let reason = reason.clone();
            calling.cancel = Cancel::Sent;
            self.tx.cancel_client(now.mono, client, reason.as_deref());
        }
        if status == 100 {
            return;
        }
        let cancelled = self.calls.get_mut(call).and_then(Call::calling).is_some_and(|call| call.cancel != Cancel::No);
        let Some(fork) = self.early_dialog(call, message, flow) else {
            // A provisional answer without a tag makes no dialog, but it rings.
            if message.to_tag().is_none() && !cancelled {
                self.emit(Event::Progress {
                    call,
                    fork: 0,
                    status,
                    message: message.clone(),
                    sdp: None,
                    reliable: false,
                });
            }
            return;
        };
        let reliable = message.lists(HeaderName::Require, "100rel");
        let rseq = message.number(HeaderName::RSeq).filter(|_| reliable);
        if reliable && !rseq.is_some_and(|rseq| self.take_rseq(call, fork, rseq)) {
            return;
        }
        let sdp = session_body(message).and_then(|body| self.early_sdp(call, fork, body, reliable));
        if let Some(rseq) = rseq
            && !matches!(sdp, Some(Sdp::Offer(_)))
        {
            self.send_prack(now, call, fork, rseq, None);
        }
        if !cancelled {
            self.emit(Event::Progress { call, fork, status, message: message.clone(), sdp, reliable });
        }
    }

    /// The fork that a provisional answer belongs to; a new one makes an early dialog.
    fn early_dialog(&mut self, call: CallHandle, message: &Message, flow: Flow) -> Option<u16> {
        let max_forks = self.config.limits.max_forks;
        let nat = self.config.nat_symmetric;
        let leg = self.calls.get_mut(call)?;
        if let Some(dialog) = leg.dialog_by_tag(message.to_tag()?) {
            if message.contact().is_some() {
                dialog.refresh_target(message);
                dialog.place(flow, nat);
            }
            return Some(dialog.fork);
        }
        if leg.dialogs.len() >= max_forks {
            return None;
        }
        let calling = leg.calling()?;
        let fork = calling.next_fork;
        let state = if calling.offered { OfferState::Ours } else { OfferState::Fresh };
        calling.next_fork += 1;
        let mut dialog = Dialog::from_response(message, flow, fork, state)?;
        dialog.place(flow, nat);
        leg.dialogs.push(dialog);
        Some(fork)
    }

    /// What a description in a provisional answer means. An answer or offer there counts only when it came reliably.
    fn early_sdp(&mut self, call: CallHandle, fork: u16, body: Bytes, reliable: bool) -> Option<Sdp> {
        let hash = fingerprint(&body);
        let leg = self.calls.get_mut(call)?;
        let dialog = leg.dialog_by_fork(fork)?;
        let sdp = match dialog.offer {
            OfferState::Ours if reliable => {
                dialog.offer = OfferState::Stable;
                Sdp::Answer(body)
            }
            OfferState::Fresh if reliable => {
                dialog.offer = OfferState::Theirs;
                Sdp::Offer(body)
            }
            // A reliable answer that was settled may open a new offer only by UPDATE.
            _ => return Some(Sdp::Preview(body)),
        };
        leg.remote_sdp = hash;
        Some(sdp)
    }

    /// The INVITE's final answer, or its end without one.
    pub(super) fn on_invite_final(
        &mut self,
        now: Now,
        call: CallHandle,
        client: &Client,
        status: u16,
        message: Option<&Message>,
        flow: Flow,
    ) {
        let Some(leg) = self.calls.get_mut(call) else {
            // We gave up on it; the callee did not know.
            if let Some(message) = message.filter(|_| status < 300) {
                self.end_fork(now, call, message, flow);
            }
            return;
        };
        let Some(calling) = leg.calling() else { return };
        let cancelled = calling.cancel != Cancel::No;
        let given_up = cancelled || calling.hurried;
        match message {
            Some(message) if status < 300 && cancelled => {
                self.end_fork(now, call, message, flow);
                self.forget_call(now, call);
                self.emit(Event::Failed { call, status: 487, message: None });
            }
            Some(message) if status < 300 => self.on_answered(now, call, message, flow),
            Some(message) if !cancelled && self.invite_again(now, call, client, status, message) => {}
            _ if !cancelled && self.fail_over(now, call, client, status, message) => {}
            _ => {
                if message.is_none() && given_up {
                    self.tx.expect_stray(now.mono, client, call);
                }
                let status = if message.is_none() && cancelled { 487 } else { status };
                self.forget_call(now, call);
                self.emit(Event::Failed { call, status, message: message.cloned() });
            }
        }
    }

    fn on_answered(&mut self, now: Now, call: CallHandle, message: &Message, flow: Flow) {
        let nat = self.config.nat_symmetric;
        let Some(leg) = self.calls.get_mut(call) else { return };
        let Some((offered, next_fork)) = leg.calling().map(|calling| (calling.offered, calling.next_fork)) else {
            return;
        };
        let known =
            message.to_tag().and_then(|tag| leg.dialogs.iter().position(|dialog| dialog.remote_tag == tag.as_bytes()));
        let mut dialog = match known {
            Some(place) => leg.dialogs.swap_remove(place),
            None => {
                let state = if offered { OfferState::Ours } else { OfferState::Fresh };
                match Dialog::from_response(message, flow, next_fork, state) {
                    Some(dialog) => dialog,
                    None => return self.answered_without_tag(now, call, message),
                }
            }
        };
        dialog.refresh_target(message);
        // The route set of the 2xx is the one that counts (RFC 3261 section 13.2.2.4).
        if let Some(fresh) = Dialog::from_response(message, flow, dialog.fork, dialog.offer) {
            dialog.routes = fresh.routes;
            dialog.remote = fresh.remote;
            dialog.remote_tag = fresh.remote_tag;
        }
        let unresolved = dialog.place(flow, nat);
        let fork = dialog.fork;
        let sdp = session_body(message).map(|body| match dialog.offer {
            OfferState::Ours => Sdp::Answer(body),
            OfferState::Fresh => Sdp::Offer(body),
            OfferState::Stable | OfferState::Theirs => Sdp::Preview(body),
        });
        dialog.offer = if matches!(sdp, Some(Sdp::Offer(_))) { OfferState::Theirs } else { OfferState::Stable };
        if let Some(Sdp::Answer(body) | Sdp::Offer(body)) = &sdp {
            leg.remote_sdp = fingerprint(body);
        }
        leg.dialogs.clear();
        leg.dialogs.push(dialog);
        leg.stage = Stage::Standing;
        leg.session.answered(now.mono, message);
        self.owe_or_send_ack(now, call, sdp.as_ref());
        self.arm_session(call);
        self.emit(Event::Answered { call, fork, message: message.clone(), sdp });
        self.emit_unresolved(call, unresolved);
    }

    /// ACK goes out at once, unless it must carry the answer that the driver has to give.
    pub(super) fn owe_or_send_ack(&mut self, now: Now, call: CallHandle, sdp: Option<&Sdp>) {
        if !matches!(sdp, Some(Sdp::Offer(_))) {
            return self.send_ack(call, None);
        }
        let due = now.mono + self.config.timers.give_up();
        if let Some(leg) = self.calls.get_mut(call) {
            leg.last_invite.ack_owed = true;
        }
        self.set_timer(call, CallTimer::AckOwed, due);
    }

    /// A 2xx without a tag in To is no answer that a dialog could grow from.
    fn answered_without_tag(&mut self, now: Now, call: CallHandle, message: &Message) {
        self.forget_call(now, call);
        self.emit(Event::Failed { call, status: 502, message: Some(message.clone()) });
    }

    /// Tries the INVITE again where its failure says how: with credentials, or with a longer session interval.
    fn invite_again(&mut self, now: Now, call: CallHandle, client: &Client, status: u16, message: &Message) -> bool {
        let Some(leg) = self.calls.get_mut(call) else { return false };
        if status == 422 && !leg.session.too_short(message) {
            return false;
        }
        let session = leg.session;
        let seq = leg.end.seq + 1;
        let branch = self.random();
        let Some(bytes) = self.again(call, client, status, message, seq, branch, Some(&session)) else { return false };
        let Some(leg) = self.calls.get_mut(call) else { return false };
        leg.end.seq = seq;
        leg.last_invite = LastInvite { seq, branch, ..LastInvite::default() };
        // Early dialogs of the failed attempt are gone with it.
        leg.dialogs.clear();
        let next = self.start_again(now, client, bytes, branch);
        if let Some(calling) = self.calls.get_mut(call).and_then(Call::calling) {
            calling.client = next;
            calling.proceeding = false;
        }
        true
    }
}
