//! A switch that turns only after it was asked to for a while without a break.

use std::time::Duration;

use types::Mono;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Latch {
    pub(crate) on: bool,
    asked: Option<Mono>,
}

impl Latch {
    /// One that is on already.
    pub(crate) const fn on() -> Self {
        Self { on: true, asked: None }
    }

    pub(crate) fn ask(&mut self, now: Mono, on: bool, hold: Duration) {
        if on == self.on {
            self.asked = None;
        } else if now.since(*self.asked.get_or_insert(now)) >= hold {
            *self = Self { on, asked: None };
        }
    }
}
