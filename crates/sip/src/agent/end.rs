//! How calls end.

use types::Now;

use super::call::Stage;
use super::receive::Arrival;
use super::wire::finish;
use super::{Agent, CommandError, EndCause, Event, Field};
use crate::handle::CallHandle;
use crate::message::Message;
use crate::method::Method;
use crate::transaction::{Client, Owner};

impl Agent {
    /// Ends a call that stands; [`Event::Ended`] follows. An unanswered one of ours is cancelled. Where our 200 still
    /// waits for its ACK, the BYE waits with it (RFC 3261 section 15). `headers`: Reason and the like.
    ///
    /// # Errors
    /// [`CommandError::Gone`]; [`CommandError::WrongState`] for an unanswered one of the peer's ([`Agent::reject`] it).
    pub fn bye(&mut self, now: Now, call: CallHandle, headers: &[Field<'_>]) -> Result<(), CommandError> {
        let leg = self.calls.get_mut(call).ok_or(CommandError::Gone)?;
        let headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        match &leg.stage {
            Stage::Ringing(_) => return Err(CommandError::WrongState),
            Stage::Calling(_) => {
                let reason = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("reason"));
                return self.cancel(now, call, reason.map(|(_, value)| value.as_str()));
            }
            Stage::Ending => {}
            Stage::Standing if leg.unacked.is_some() => leg.bye_waits = Some(headers),
            Stage::Standing => {
                if leg.last_invite.ack_owed {
                    self.send_ack(call, None);
                }
                self.send_bye(now, call, &headers, EndCause::LocalBye);
            }
        }
        Ok(())
    }

    /// Sends BYE. For [`EndCause::LocalBye`] the call waits for its answer; for the other causes it is over at once.
    pub(super) fn send_bye(&mut self, now: Now, call: CallHandle, headers: &[(String, String)], cause: EndCause) {
        let branch = self.random();
        self.refuse_change(now, call, 487, &[]);
        let Some(leg) = self.calls.get_mut(call) else { return };
        let seq = leg.end.next_seq();
        let local = cause == EndCause::LocalBye;
        if local {
            leg.stage = Stage::Ending;
            leg.unacked = None;
        }
        let Some(leg) = self.calls.get(call) else { return };
        if let Some(dialog) = leg.dialogs.first() {
            let builder = self.within(leg, dialog, Method::Bye, seq, branch);
            let fields: Vec<Field<'_>> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let (hop, key, bytes) = (dialog.hop, leg.end.call_key, finish(builder, &fields, None));
            let owner = if local { Owner::Bye(call) } else { Owner::Nobody };
            self.tx.start_client(now.mono, Method::Bye, hop, bytes, branch, key, owner);
        }
        if local {
            self.clear_timers(call);
        } else {
            self.forget_call(now, call);
            self.emit(Event::Ended { call, cause, message: None });
        }
    }

    /// The peer is gone, or can't be reached: ends the call.
    pub(super) fn lost(&mut self, now: Now, call: CallHandle, cause: EndCause) {
        self.send_bye(now, call, &[], cause);
    }

    /// The answer to our BYE, whatever it is.
    pub(super) fn on_bye_final(
        &mut self,
        now: Now,
        call: CallHandle,
        client: &Client,
        status: u16,
        message: Option<&Message>,
    ) {
        // 500 says that another request of ours overtook it (RFC 3261 section 12.2.2).
        let again = matches!(status, 401 | 407) || status == 500 && client.tries == 0;
        if let Some(message) = message.filter(|_| again)
            && self.retry_in_dialog(now, call, client, status, message).is_some()
        {
            return;
        }
        if self.calls.get(call).is_some() {
            self.forget_call(now, call);
            self.emit(Event::Ended { call, cause: EndCause::LocalBye, message: None });
        }
    }

    /// The peer's BYE.
    pub(super) fn on_bye(&mut self, arrival: Arrival, message: Message, call: CallHandle) {
        let Some(leg) = self.calls.get(call) else { return };
        self.answer_plainly(&arrival, &message, 200, leg.end.tag);
        let Some(leg) = self.calls.get(call) else { return };
        match leg.stage {
            // The peer hangs up before we answered: as good as a CANCEL (RFC 3261 section 15.1.2).
            Stage::Ringing(_) => {
                self.end_ringing(arrival.now, call, 487, "", &[]);
                self.emit(Event::Cancelled { call, message: Some(message) });
            }
            // Both hang up at once: our own BYE will be answered too, but nothing more hangs on it.
            Stage::Ending => {
                self.forget_call(arrival.now, call);
                self.emit(Event::Ended { call, cause: EndCause::LocalBye, message: Some(message) });
            }
            Stage::Standing | Stage::Calling(_) => {
                self.forget_call(arrival.now, call);
                self.emit(Event::Ended { call, cause: EndCause::PeerBye, message: Some(message) });
            }
        }
    }

    /// Takes a call out of the tables. A pending change of the peer's is answered: there is nothing left to change.
    pub(super) fn forget_call(&mut self, now: Now, call: CallHandle) {
        self.refuse_change(now, call, 487, &[]);
        let Some(leg) = self.calls.remove(call) else { return };
        self.tags.remove(&leg.end.tag);
        self.keep_notifying(&leg);
    }
}
