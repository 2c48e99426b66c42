//! The client transaction of every other method until its final answer (RFC 3261 section 17.1.2).

use types::Mono;

use crate::config::TimerConfig;
use crate::timers::{Repeat, Tick};

/// Timers E and F.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientOther {
    repeat: Repeat,
}

impl ClientOther {
    pub(crate) fn new(now: Mono, timers: &TimerConfig, reliable: bool) -> Self {
        let repeat = match reliable {
            true => Repeat::patience_only(now, timers.give_up()),
            false => Repeat::new(now, timers.t1, timers.t2, timers.give_up()),
        };
        Self { repeat }
    }

    /// A provisional answer: asks again only every T2.
    pub(crate) fn proceed(&mut self, now: Mono) {
        self.repeat.slow_down(now);
    }

    pub(crate) fn due(&self) -> Mono {
        self.repeat.due()
    }

    pub(crate) fn tick(&mut self, now: Mono) -> Tick {
        self.repeat.tick(now)
    }
}
