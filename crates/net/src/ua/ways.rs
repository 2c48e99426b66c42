//! A telephone that keeps several flows to us (RFC 5626) is rung by one of them, and by the next where that one fails
//! (section 7).

use std::collections::VecDeque;

use types::leg::{CallerId, Registered, Target, Text};
use types::{LegId, Now, Private};

use super::Ua;
use super::phase::Phase;
use crate::mind::Mind;

/// The proxy before the telephone has lost its flow (RFC 5626 section 11.5).
const FLOW_FAILED: u16 = 430;
/// The telephone said nothing in time.
const TIMED_OUT: u16 = 408;

/// The way that a leg's INVITE has taken to a registered telephone, and the others that there are.
#[derive(Debug)]
pub(crate) struct Ways {
    uri: Private<Text>,
    registered: Registered,
    left: VecDeque<Target>,
    caller: CallerId,
}

impl Ways {
    /// Whether there is another way to try.
    pub(crate) fn has_more(&self) -> bool {
        !self.left.is_empty()
    }
}

impl<M: Mind> Ua<M> {
    /// Rings a target, and keeps in mind what else leads there.
    pub(super) fn take_way(&mut self, now: Now, id: LegId, mut target: Target, caller: CallerId) {
        if let (Some(registered), Some(leg)) = (target.registered.take(), self.legs.get_mut(&id)) {
            let left = std::mem::take(&mut target.otherwise).into();
            leg.ways = Some(Box::new(Ways { uri: target.uri.clone(), registered, left, caller: caller.clone() }));
        }
        self.ring_target(now, id, target, caller);
    }

    /// Rings the next of a leg's ways. False where there is none.
    pub(super) fn take_next_way(&mut self, now: Now, id: LegId) -> bool {
        let ways = self.legs.get_mut(&id).and_then(|leg| leg.ways.take());
        let Some(Ways { mut left, caller, .. }) = ways.map(|ways| *ways) else { return false };
        let Some(mut next) = left.pop_front() else { return false };
        next.otherwise = left.into();
        self.take_way(now, id, next, caller);
        true
    }

    /// The INVITE of a leg has failed; `told`: its far end said so, not we. Whether the leg goes on by another way. One
    /// that has rung does not: whoever did not take it there will not take it by another way either.
    pub(super) fn goes_another_way(&mut self, now: Now, id: LegId, status: u16, told: bool) -> bool {
        if told && status == FLOW_FAILED {
            self.forget_way(now, id);
        }
        let is_the_flows = !told || matches!(status, FLOW_FAILED | TIMED_OUT);
        let waits = self.legs.get(&id).is_some_and(|leg| leg.phase == Phase::Dialling && !leg.rang);
        is_the_flows && waits && self.take_next_way(now, id)
    }

    /// The way that a leg has taken leads nowhere any more.
    pub(super) fn forget_way(&mut self, now: Now, id: LegId) {
        if let Some(ways) = self.legs.get(&id).and_then(|leg| leg.ways.as_ref()) {
            self.mind.flow_failed(now, &ways.uri, &ways.registered);
        }
    }
}
