//! Time, and failures of the transport.

use types::{Mono, Now};

use super::call::{Call, CallTimer, Stage};
use super::{Agent, EndCause, Event};
use crate::dialog::Unresolved;
use crate::flow::Flow;
use crate::handle::CallHandle;
use crate::message::Message;
use crate::timers::{NEVER, Tick};
use crate::transaction::{Client, Owner, TimerKey};

/// Input other than messages.
impl Agent {
    /// Lets the time pass: call it at [`Agent::poll_timeout`] or later.
    pub fn handle_timeout(&mut self, now: Now) {
        self.clock = now;
        while let Some(entry) = self.tx.timers.pop(now.mono) {
            match entry.1 {
                TimerKey::Client(key) => {
                    if let Some(client) = self.tx.client_timer(now.mono, key, entry) {
                        let flow = client.flow;
                        self.finish_client(now, client, 408, None, flow);
                    }
                }
                TimerKey::Server(handle) => self.tx.server_timer(now.mono, handle, entry),
                TimerKey::Call(call) => self.call_timer(now, call, entry),
                TimerKey::Subscription(subscription) => self.subscription_timer(now, subscription, entry),
            }
        }
        self.tx.sweep(now.mono);
        let (calls, subscriptions) = (&self.calls, &self.subscriptions);
        self.tx.shed_timers(calls.len() + subscriptions.len(), |key| match key {
            TimerKey::Call(call) => calls.get(*call).is_some(),
            TimerKey::Subscription(subscription) => subscriptions.get(*subscription).is_some(),
            TimerKey::Client(_) | TimerKey::Server(_) => true,
        });
    }

    /// A connection broke, could not be opened, or a datagram was refused: what went by that flow has failed, and
    /// dialogs on it look for another way.
    pub fn transport_error(&mut self, now: Now, flow: Flow) {
        self.clock = now;
        self.tx.no_tcp(now.mono, &flow);
        for key in self.tx.clients_on(&flow) {
            if self.tx.fall_back(now.mono, key) {
                self.note_contact(key);
                continue;
            }
            if let Some(client) = self.tx.drop_client(key) {
                self.finish_client(now, client, 503, None, flow);
            }
        }
        if flow.conn != 0 {
            self.leave_connection(&flow);
        }
    }

    /// Dialogs on a connection that is gone: the next request opens one to the peer's own address.
    fn leave_connection(&mut self, flow: &Flow) {
        let on_it = |call: &Call| call.dialogs.iter().any(|dialog| dialog.hop.same_path(flow));
        let calls: Vec<CallHandle> = self.calls.iter().filter(|(_, call)| on_it(call)).map(|(call, _)| call).collect();
        for call in calls {
            let Some(leg) = self.calls.get_mut(call) else { continue };
            for dialog in &mut leg.dialogs {
                let unconnected = Flow { conn: 0, ..dialog.hop };
                dialog.place(unconnected, false);
            }
        }
    }

    /// Tells where in-dialog requests of a call may go, after [`Event::Resolve`]; the best first. They stay where they go
    /// already when that is among them: the server that has the dialog is better than its twin.
    ///
    /// # Errors
    /// [`super::CommandError::Gone`].
    pub fn set_next_hop(&mut self, call: CallHandle, places: &[Flow]) -> Result<(), super::CommandError> {
        let Some(best) = places.first().map(|best| self.config.bind(*best)) else { return Ok(()) };
        let leg = self.calls.get_mut(call).ok_or(super::CommandError::Gone)?;
        for dialog in &mut leg.dialogs {
            let hop = dialog.hop;
            if !places.iter().any(|place| place.transport == hop.transport && place.remote == hop.remote) {
                dialog.hop = best;
            }
        }
        Ok(())
    }

    pub(super) fn emit_unresolved(&mut self, call: CallHandle, unresolved: Option<Unresolved>) {
        if let Some(Unresolved(uri)) = unresolved {
            self.emit(Event::Resolve { call, uri: uri.into() });
        }
    }

    /// A client transaction of ours got its final answer.
    pub(super) fn on_final(&mut self, now: Now, client: Client, message: &Message, flow: Flow) {
        let status = message.status().unwrap_or(500);
        self.finish_client(now, client, status, Some(message), flow);
    }

    /// A client transaction is over: by an answer, or by a status of our own.
    pub(super) fn finish_client(
        &mut self,
        now: Now,
        client: Client,
        status: u16,
        message: Option<&Message>,
        flow: Flow,
    ) {
        match client.owner {
            Owner::Nobody => {}
            Owner::Invite(call) => self.on_invite_final(now, call, &client, status, message, flow),
            Owner::Reinvite(call) | Owner::Update(call) => {
                self.on_change_final(now, call, &client, status, message, flow);
            }
            Owner::Bye(call) => self.on_bye_final(now, call, &client, status, message),
            Owner::Prack(call, _) => {
                if let Some(message) = message.filter(|_| matches!(status, 401 | 407)) {
                    self.retry_in_dialog(now, call, &client, status, message);
                }
            }
            Owner::Refer(call, refer) => self.on_refer_final(now, call, refer, &client, status, message),
            Owner::Sent(sent) => self.on_sent_final(now, sent, &client, status, message),
            Owner::Subscribe(subscription) => {
                self.on_subscribe_final(now, subscription, &client, status, message, flow);
            }
            Owner::Notify(subscription) => self.on_notify_final(subscription, status),
        }
    }

    /// Sets one of a call's timers; [`NEVER`] stops it.
    pub(super) fn set_timer(&mut self, call: CallHandle, timer: CallTimer, at: Mono) {
        let Some(leg) = self.calls.get_mut(call) else { return };
        leg.timers[timer as usize] = at;
        let next = leg.timers.iter().copied().min().unwrap_or(NEVER);
        self.tx.timers.arm(&mut leg.deadline, TimerKey::Call(call), next);
    }

    pub(super) fn clear_timers(&mut self, call: CallHandle) {
        for timer in CallTimer::ALL {
            self.set_timer(call, timer, NEVER);
        }
    }

    fn call_timer(&mut self, now: Now, call: CallHandle, entry: (Mono, TimerKey)) {
        let Some(leg) = self.calls.get_mut(call) else { return };
        if !self.tx.timers.claim(&mut leg.deadline, entry, now.mono) {
            return;
        }
        for timer in CallTimer::ALL {
            let Some(leg) = self.calls.get_mut(call) else { return };
            if leg.timers[timer as usize] > now.mono {
                continue;
            }
            leg.timers[timer as usize] = NEVER;
            self.call_timer_fired(now, call, timer);
        }
        let Some(leg) = self.calls.get_mut(call) else { return };
        let next = leg.timers.iter().copied().min().unwrap_or(NEVER);
        self.tx.timers.arm(&mut leg.deadline, TimerKey::Call(call), next);
    }

    fn call_timer_fired(&mut self, now: Now, call: CallHandle, timer: CallTimer) {
        match timer {
            CallTimer::Trying => {
                self.send_trying(call);
                self.send_change_trying(call);
            }
            CallTimer::StillRinging => {
                if let Some(bytes) =
                    self.calls.get_mut(call).and_then(Call::ringing).and_then(|r| r.provisional.clone())
                {
                    self.send_provisional(now, call, bytes);
                }
            }
            CallTimer::Reliable => self.reliable_timer(now, call),
            CallTimer::Unacked => self.unacked_timer(now, call),
            CallTimer::AckOwed => {
                self.send_ack(call, None);
                self.lost(now, call, EndCause::NoAnswer);
            }
            CallTimer::Refresh => self.refresh(now, call),
            CallTimer::Expire => self.session_expired(now, call),
            CallTimer::Retry => self.retry_change(now, call),
        }
    }

    /// Our 2xx goes out again, or its ACK never came.
    fn unacked_timer(&mut self, now: Now, call: CallHandle) {
        let Some(leg) = self.calls.get_mut(call) else { return };
        let (key, ends) = (leg.end.call_key, !matches!(leg.stage, Stage::Standing));
        let Some(unacked) = leg.unacked.as_mut().filter(|_| !ends) else { return };
        match unacked.repeat.tick(now.mono) {
            Tick::GiveUp => {
                let cause = if leg.bye_waits.is_some() { EndCause::LocalBye } else { EndCause::NoAck };
                let headers = leg.bye_waits.take().unwrap_or_default();
                leg.unacked = None;
                self.send_bye(now, call, &headers, cause);
            }
            tick => {
                let due = unacked.repeat.due();
                if tick == Tick::Resend {
                    let (reply, bytes) = (unacked.reply, unacked.bytes.clone());
                    self.tx.send_again(reply, bytes, key);
                }
                self.set_timer(call, CallTimer::Unacked, due);
            }
        }
    }
}
