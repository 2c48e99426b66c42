//! The INVITE client transaction until its final answer (RFC 3261 section 17.1.1). What comes after (RFC 6026) is a
//! record in [`super::linger`].

use std::time::Duration;

use types::Mono;

use crate::config::TimerConfig;
use crate::timers::{NEVER, Repeat, Tick};

/// Timers A and B while calling; none while proceeding, unless a CANCEL went out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientInvite {
    repeat: Repeat,
    cancelled: bool,
}

impl ClientInvite {
    pub(crate) fn new(now: Mono, timers: &TimerConfig, reliable: bool) -> Self {
        let repeat = match reliable {
            true => Repeat::patience_only(now, timers.give_up()),
            false => Repeat::new(now, timers.t1, Duration::MAX, timers.give_up()),
        };
        Self { repeat, cancelled: false }
    }

    /// A provisional answer: the far end has it, and how long it may ring is the user's matter. What was taken back may
    /// ring on, but not longer than its final answer is waited for.
    pub(crate) fn proceed(&mut self) {
        if !self.cancelled {
            self.repeat.hold_until(NEVER);
        }
    }

    /// Somebody else can be asked: no more patience than until then, unless an answer comes.
    pub(crate) fn hurry(&mut self, give_up_at: Mono) {
        self.repeat.give_up_by(give_up_at);
    }

    /// A CANCEL went out: a final answer is due within 64 × T1 (RFC 3261 section 9.1).
    pub(crate) fn cancelled(&mut self, now: Mono, timers: &TimerConfig) {
        self.cancelled = true;
        self.repeat.hold_until(now + timers.give_up());
    }

    pub(crate) fn due(&self) -> Mono {
        self.repeat.due()
    }

    pub(crate) fn tick(&mut self, now: Mono) -> Tick {
        self.repeat.tick(now)
    }
}
