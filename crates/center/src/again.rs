//! Calls that an earlier process had begun and whose callers had not heard an answer yet, as far as is known. Such a
//! caller repeats its request, and goes on in the interaction that it began: one call, one record.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use types::event::{Event, Happening};
use types::leg::{Incoming, Text};
use types::record::InteractionRecord;
use types::{Mono, Now, TenantId};

use crate::{Center, Effect};

/// For so long after its first a caller repeats a request (RFC 3261, timer B: 64 times T1).
const REPEATS_FOR: Duration = Duration::from_secs(32);
/// Most calls that are waited for: what 1,000 calls a second begin within [`REPEATS_FOR`].
const MAX_EXPECTED: usize = 32_000;

/// A call: the tenant's, with this Call-ID.
type Key = (TenantId, Text);

/// Who is expected to call again.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    calls: HashMap<Key, InteractionRecord>,
    /// When each is given up, the soonest first; also of those who have called again.
    due: VecDeque<(Mono, Key)>,
}

impl Expected {
    pub(crate) fn next(&self) -> Option<Mono> {
        self.due.front().map(|(at, _)| *at)
    }

    /// The call that this one repeats: the same caller, who dials the same number.
    pub(crate) fn take(&mut self, call: &Incoming, dialled: &str) -> Option<InteractionRecord> {
        if self.calls.is_empty() {
            return None;
        }
        let key = (call.tenant, call.sip_call_id.clone());
        let same = self.calls.get(&key).is_some_and(|r| r.from == call.caller && &**r.to.reveal() == dialled);
        if same { self.calls.remove(&key) } else { None }
    }

    /// The next one whose caller won't come any more at this moment.
    fn given_up(&mut self, now: Mono) -> Option<InteractionRecord> {
        while self.next().is_some_and(|at| at <= now) {
            let gone = self.due.pop_front().and_then(|(_, key)| self.calls.remove(&key));
            if gone.is_some() {
                return gone;
            }
        }
        None
    }
}

impl Center {
    /// Takes calls that ended with the process before while their callers had not heard an answer, in the order in
    /// which they began. Each whose caller repeats its request goes on; the others' records are written once no repeat
    /// can come any more, and so is one that has no Call-ID.
    pub fn expect_again(&mut self, now: Now, calls: Vec<InteractionRecord>) {
        for record in calls {
            let left = REPEATS_FOR.checked_sub(Duration::from_millis(now.wall.ms_since(record.started)));
            let call_id = record.legs.first().and_then(|leg| leg.sip_call_id.clone());
            let expected = &mut self.expected;
            match left.zip(call_id).filter(|_| expected.calls.len() < MAX_EXPECTED) {
                Some((left, call_id)) => {
                    let key = (record.tenant, call_id);
                    expected.due.push_back((now.mono + left, key.clone()));
                    if let Some(other) = expected.calls.insert(key, record) {
                        self.cut_off(other);
                    }
                }
                None => self.cut_off(record),
            }
        }
    }

    /// Writes the records of those who have not called again by now.
    pub(crate) fn give_up_expected(&mut self, now: Mono) {
        while let Some(record) = self.expected.given_up(now) {
            self.cut_off(record);
        }
    }

    /// Writes the records of all of them: nobody will be let in any more.
    pub(crate) fn expect_nobody(&mut self) {
        self.give_up_expected(Mono(u64::MAX));
    }

    fn cut_off(&mut self, record: InteractionRecord) {
        let (tenant, at) = (record.tenant, record.ended);
        let what = Happening::InteractionEnded { record: Box::new(record) };
        self.effects.push_back(Effect::Journal(Box::new(Event { tenant, at, what })));
    }
}
