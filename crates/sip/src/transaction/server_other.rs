//! The server transaction of every other method until its answer (RFC 3261 section 17.2.2). Afterwards the answer stays
//! in a record of [`super::linger`] for timer J.

use types::Mono;

use crate::config::TimerConfig;
use crate::timers::{Repeat, Tick};

/// Waits for the user's answer. When none comes in time there is nothing left to say: the client has given up, and a
/// late 408 would only confuse (RFC 4320).
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServerOther {
    patience: Repeat,
}

impl ServerOther {
    pub(crate) fn new(now: Mono, timers: &TimerConfig) -> Self {
        Self { patience: Repeat::patience_only(now, timers.give_up()) }
    }

    pub(crate) fn due(&self) -> Mono {
        self.patience.due()
    }

    pub(crate) fn tick(&mut self, now: Mono) -> Tick {
        self.patience.tick(now)
    }
}
