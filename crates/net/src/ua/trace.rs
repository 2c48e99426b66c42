//! Which leg a message belongs to, for the ladder.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use sip::agent::Transmit;
use sip::flow::Flow;
use types::{LegId, Mono, Now};

use super::Ua;
use crate::mind::{Mind, Way};

/// After a leg's end its last answers and repeats still belong to it; then RFC 3261's timers are over.
const LINGER: Duration = Duration::from_secs(34);

/// Call-ID keys of the legs.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    legs: HashMap<u64, LegId>,
    ending: VecDeque<(Mono, u64)>,
}

impl Keys {
    pub(crate) fn add(&mut self, key: u64, leg: LegId) {
        self.legs.insert(key, leg);
    }

    pub(crate) fn get(&self, key: u64) -> Option<LegId> {
        self.legs.get(&key).copied()
    }

    pub(crate) fn end(&mut self, now: Mono, key: u64) {
        self.ending.push_back((now + LINGER, key));
    }

    pub(crate) fn expire(&mut self, now: Mono) {
        while let Some(&(at, key)) = self.ending.front()
            && at <= now
        {
            self.ending.pop_front();
            self.legs.remove(&key);
        }
    }
}

impl<M: Mind> Ua<M> {
    pub(crate) fn trace_in(&mut self, now: Now, key: u64, flow: Flow, bytes: &[u8]) {
        if let Some(leg) = self.keys.get(key) {
            self.mind.on_message(now, leg, Way::In, flow.transport, flow.remote, bytes);
        }
    }

    pub(crate) fn trace_out(&mut self, now: Now, transmit: &Transmit) {
        if let Some(leg) = self.keys.get(transmit.call_key) {
            let flow = transmit.flow;
            self.mind.on_message(now, leg, Way::Out, flow.transport, flow.remote, &transmit.bytes);
        }
    }
}
