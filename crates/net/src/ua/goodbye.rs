//! Goodbyes that outlive a crash: a dialog counts as ended once its far side has answered, or was asked for long
//! enough; what an earlier process left standing gets its goodbye now, not all at once.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use sip::agent::CallHandle;
use types::{LegId, Mono, Now};

use super::Ua;
use crate::mind::Mind;

/// Goodbyes that leave together. A far side, such as the operator's gateway, that most calls share has room for some
/// two hundred datagrams in a socket of ordinary size; what finds none is said again by a timer, and that all at once
/// once more.
const AT_ONCE: usize = 20;
/// The pause between two such lots: 2,000 goodbyes a second.
const PAUSE: Duration = Duration::from_millis(10);
/// Why, for whoever reads the far side's log (RFC 3326; Q.850 41: temporary failure).
const REASON: (&str, &str) = ("Reason", "Q.850;cause=41;text=\"Server restarted\"");

/// Calls whose far side is yet to be told, or has not answered yet.
#[derive(Debug, Default)]
pub(super) struct Goodbyes {
    /// Of the process before.
    waiting: VecDeque<CallHandle>,
    next: Mono,
    /// Legs that are over here, whose saved dialog still stands.
    unanswered: HashMap<CallHandle, LegId>,
}

impl Goodbyes {
    /// When the next lot may leave.
    pub(super) fn due(&self) -> Option<Mono> {
        (!self.waiting.is_empty()).then_some(self.next)
    }
}

impl<M: Mind> Ua<M> {
    /// Ends dialogs that an earlier process left standing. All are known from now on, so that a far side that hangs
    /// up first is answered as it should be; the goodbyes leave in lots.
    pub fn end_saved(&mut self, now: Now, dialogs: &[(LegId, Vec<u8>)]) {
        let mut unreadable = 0;
        for (id, saved) in dialogs {
            match self.agent.restore(now, saved) {
                Ok(call) => {
                    self.left.waiting.push_back(call);
                    self.left.unanswered.insert(call, *id);
                }
                Err(_) => {
                    unreadable += 1;
                    self.mind.save_dialog(now, *id, None);
                }
            }
        }
        if unreadable > 0 {
            tracing::warn!(
                dialogs = unreadable,
                "saved dialogs could not be read; their far sides will find out by timers"
            );
        }
        self.left.next = now.mono;
        self.say_goodbyes(now);
        self.pump(now);
    }

    /// We have hung up: should we crash before that has arrived, the saved dialog is there to say it again.
    pub(super) fn await_goodbye(&mut self, call: CallHandle, id: LegId) {
        if self.legs.get_mut(&id).is_some_and(|leg| std::mem::take(&mut leg.saved)) {
            self.left.unanswered.insert(call, id);
        }
    }

    /// The far side knows, or does not answer any more: the saved dialog is void.
    pub(super) fn goodbye_answered(&mut self, now: Now, call: CallHandle) {
        if let Some(id) = self.left.unanswered.remove(&call) {
            self.mind.save_dialog(now, id, None);
        }
    }

    /// Says the next lot of goodbyes where it is due.
    pub(super) fn say_goodbyes(&mut self, now: Now) {
        if self.left.due().is_none_or(|at| at > now.mono) {
            return;
        }
        let lot = self.left.waiting.len().min(AT_ONCE);
        for call in self.left.waiting.drain(..lot) {
            // Whoever has hung up meanwhile needs none.
            let _ = self.agent.bye(now, call, &[REASON]);
        }
        self.left.next = now.mono + PAUSE;
    }
}
