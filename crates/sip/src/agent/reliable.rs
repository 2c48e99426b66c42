//! Reliable provisional answers (RFC 3262), on both sides.

use std::time::Duration;

use bytes::Bytes;
use types::Now;

use super::call::{Call, CallTimer, ChangeIn};
use super::kept::{Kept, Outstanding};
use super::receive::{Arrival, Refusal};
use super::wire::{fingerprint, finish, session_body};
use super::{Agent, Body, ChangeKind, CommandError, Event, Field};
use crate::dialog::OfferState;
use crate::handle::CallHandle;
use crate::header::cseq::RAck;
use crate::message::Message;
use crate::method::Method;
use crate::name::HeaderName;
use crate::timers::{NEVER, Repeat, Tick};
use crate::transaction::Owner;

/// Reliable provisional answers that wait behind an unconfirmed one: a phone rings, is forwarded, plays early media; more
/// is no call.
const MAX_WAITING: usize = 4;

/// The callee's side.
impl Agent {
    pub(super) fn reliable_provisional(
        &mut self,
        now: Now,
        call: CallHandle,
        status: u16,
        body: Option<Body<'_>>,
        headers: &[Field<'_>],
    ) -> Result<(), CommandError> {
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        let offer = leg.dialogs.first().map(|dialog| dialog.offer);
        let ringing = leg.ringing().ok_or(CommandError::WrongState)?;
        if ringing.reliable.answer_waits() {
            return Err(CommandError::WrongState);
        }
        if body.is_some() && !matches!(offer, Some(OfferState::Theirs | OfferState::Fresh)) {
            return Err(CommandError::OfferAnswer);
        }
        if ringing.reliable.is_waiting() {
            if ringing.reliable.waiting.len() >= MAX_WAITING {
                return Err(CommandError::Limit);
            }
            ringing.reliable.waiting.push_back((status, Kept::new(body, headers)));
            return Ok(());
        }
        self.send_reliable(now, call, status, body, headers);
        Ok(())
    }

    fn send_reliable(
        &mut self,
        now: Now,
        call: CallHandle,
        status: u16,
        body: Option<Body<'_>>,
        headers: &[Field<'_>],
    ) {
        let t1 = self.config.timers.t1;
        let Some(builder) = self.invite_reply(call, status, "") else { return };
        let Some(leg) = self.calls.get_mut(call) else { return };
        let Some(rseq) = leg.ringing().map(|ringing| ringing.reliable.next_rseq) else { return };
        if let (Some(body), Some(dialog)) = (body, leg.dialogs.first_mut()) {
            dialog.offer = match dialog.offer {
                OfferState::Fresh => OfferState::Ours,
                _ => OfferState::Stable,
            };
            leg.local_sdp = Bytes::copy_from_slice(body.bytes);
        }
        let builder = builder.header(HeaderName::Require, "100rel").header(HeaderName::RSeq, rseq);
        let bytes = self.provisional_bytes(call, builder, body, headers);
        let repeat = Repeat::new(now.mono, t1, Duration::MAX, t1 * 64);
        if let Some(ringing) = self.calls.get_mut(call).and_then(Call::ringing) {
            ringing.reliable.next_rseq += 1;
            ringing.reliable.outstanding = Some(Outstanding { rseq, bytes: bytes.clone(), repeat });
        }
        self.send_provisional(now, call, bytes);
        self.set_timer(call, CallTimer::Reliable, repeat.due());
    }

    pub(super) fn reliable_timer(&mut self, now: Now, call: CallHandle) {
        let Some(ringing) = self.calls.get_mut(call).and_then(Call::ringing) else { return };
        let server = ringing.server;
        let Some(outstanding) = &mut ringing.reliable.outstanding else { return };
        match outstanding.repeat.tick(now.mono) {
            Tick::GiveUp => {
                // RFC 3262 section 3: the peer is told by a 5xx.
                self.end_ringing(now, call, 504, "", &[]);
                return self.emit(Event::Cancelled { call, message: None });
            }
            Tick::Resend => {
                let bytes = outstanding.bytes.clone();
                self.tx.answer_provisionally(server, bytes);
            }
            Tick::Nothing => {}
        }
        if let Some(due) = self
            .calls
            .get_mut(call)
            .and_then(Call::ringing)
            .and_then(|ringing| ringing.reliable.outstanding.as_ref().map(|outstanding| outstanding.repeat.due()))
        {
            self.set_timer(call, CallTimer::Reliable, due);
        }
    }

    /// PRACK: confirms what is outstanding, and may answer or offer.
    pub(super) fn on_prack(&mut self, arrival: Arrival, message: Message, call: CallHandle) {
        let rack = message.header(HeaderName::RAck).and_then(|value| RAck::parse(value).ok());
        let Some(leg) = self.calls.get_mut(call) else { return };
        let server = leg.ringing().map(|ringing| ringing.server);
        let request = server.and_then(|server| self.tx.servers.get(server)).and_then(|server| server.request.as_ref());
        let seq = request.and_then(|request| request.cseq().ok()).map(|cseq| cseq.number);
        let outstanding = leg.ringing().and_then(|ringing| ringing.reliable.outstanding.as_ref());
        let fits = rack.zip(outstanding).is_some_and(|(rack, outstanding)| {
            rack.rseq == outstanding.rseq && Some(rack.cseq) == seq && rack.method == Method::Invite
        });
        if !fits {
            return self.refuse(&arrival, &message, Refusal::new(481));
        }
        if let Some(ringing) = leg.ringing() {
            ringing.reliable.outstanding = None;
        }
        let tag = leg.end.tag;
        let offer = leg.dialogs.first().map_or(OfferState::Stable, |dialog| dialog.offer);
        self.set_timer(call, CallTimer::Reliable, NEVER);
        let now = arrival.now;
        match (session_body(&message), offer) {
            (Some(answer), OfferState::Ours) => {
                self.settle_early(call, &answer);
                self.answer_plainly(&arrival, &message, 200, tag);
                self.emit(Event::EarlyAnswer { call, answer });
            }
            (Some(offer), OfferState::Stable) => return self.prack_offers(arrival, message, call, offer),
            _ => self.answer_plainly(&arrival, &message, 200, tag),
        }
        self.after_prack(now, call);
    }

    fn settle_early(&mut self, call: CallHandle, answer: &Bytes) {
        let hash = fingerprint(answer);
        let Some(leg) = self.calls.get_mut(call) else { return };
        leg.remote_sdp = hash;
        if let Some(dialog) = leg.dialogs.first_mut() {
            dialog.offer = OfferState::Stable;
        }
    }

    fn prack_offers(&mut self, arrival: Arrival, message: Message, call: CallHandle, offer: Bytes) {
        let Arrival { now, flow, place, method, key } = arrival;
        let server = self.tx.start_server(now.mono, place, flow, message.clone(), method, key, Some(call));
        let hash = fingerprint(&offer);
        if let Some(leg) = self.calls.get_mut(call) {
            let hash = Some(hash);
            let change = ChangeIn { server, kind: ChangeKind::Prack, offered: true, fork: 0, grant: None, hash };
            leg.change_in = Some(change);
            if let Some(dialog) = leg.dialogs.first_mut() {
                dialog.offer = OfferState::Theirs;
            }
        }
        self.emit(Event::Change { call, kind: ChangeKind::Prack, offer: Some(offer), message });
    }

    /// What waited for the PRACK goes on.
    pub(super) fn after_prack(&mut self, now: Now, call: CallHandle) {
        let Some(ringing) = self.calls.get_mut(call).and_then(Call::ringing) else { return };
        if let Some((status, kept)) = ringing.reliable.waiting.pop_front() {
            return self.send_reliable(now, call, status, kept.body(), &kept.headers());
        }
        if let Some(kept) = ringing.reliable.held_answer.take() {
            let offer = self.calls.get(call).and_then(|leg| leg.dialogs.first()).map(|dialog| dialog.offer);
            // The answer may have gone out reliably in the meantime.
            let body = kept.body().filter(|_| offer != Some(OfferState::Stable));
            self.send_answer(now, call, body, &kept.headers());
        }
    }
}

/// The caller's side.
impl Agent {
    /// Whether a reliable provisional answer is the next in order; repeats and leaps are dropped (RFC 3262 section 4).
    pub(super) fn take_rseq(&mut self, call: CallHandle, fork: u16, rseq: u32) -> bool {
        let Some(dialog) = self.calls.get_mut(call).and_then(|leg| leg.dialog_by_fork(fork)) else { return false };
        if dialog.rseq.is_some_and(|last| rseq != last.wrapping_add(1)) {
            return false;
        }
        dialog.rseq = Some(rseq);
        true
    }

    pub(super) fn send_prack(&mut self, now: Now, call: CallHandle, fork: u16, rseq: u32, body: Option<Body<'_>>) {
        let branch = self.random();
        let Some(leg) = self.calls.get_mut(call) else { return };
        let (seq, invite_seq) = (leg.end.next_seq(), leg.last_invite.seq);
        let Some(leg) = self.calls.get(call) else { return };
        let Some(dialog) = leg.dialogs.iter().find(|dialog| dialog.fork == fork) else { return };
        let builder = self.within(leg, dialog, Method::Prack, seq, branch);
        let builder = builder.header(HeaderName::RAck, format_args!("{rseq} {invite_seq} INVITE"));
        let (hop, key) = (dialog.hop, leg.end.call_key);
        let bytes = finish(builder, &[], body);
        self.tx.start_client(now.mono, Method::Prack, hop, bytes, branch, key, Owner::Prack(call, fork));
    }

    /// The driver's answer to an offer in a reliable provisional answer.
    pub(super) fn accept_in_prack(&mut self, now: Now, call: CallHandle, answer: Body<'_>) -> Result<(), CommandError> {
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        leg.calling().ok_or(CommandError::WrongState)?;
        let owed = leg.dialogs.iter_mut().find(|dialog| dialog.offer == OfferState::Theirs && dialog.rseq.is_some());
        let dialog = owed.ok_or(CommandError::WrongState)?;
        dialog.offer = OfferState::Stable;
        let (fork, rseq) = (dialog.fork, dialog.rseq.unwrap_or_default());
        leg.local_sdp = Bytes::copy_from_slice(answer.bytes);
        self.send_prack(now, call, fork, rseq, Some(answer));
        Ok(())
    }
}
