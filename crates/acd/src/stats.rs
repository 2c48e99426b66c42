//! Figures of a queue: the day's counters and the averages behind the expected wait.

use std::time::Duration;

use types::leg::Text;
use types::{Mono, QueueId, Wall};

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;
/// Fewer samples than this say nothing about the next wait.
const SAMPLES_MIN: u32 = 5;
/// Weight of the newest sample: half of the average stems from the last seven.
const WEIGHT: f64 = 0.1;

/// A queue at one moment, for the wall and for screens.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueSnapshot {
    /// The queue.
    pub queue: QueueId,
    /// Its name.
    pub name: Text,
    /// What colleagues dial to hand a call to it; may be empty.
    pub number: Text,
    /// In line and on the telephone, ringing ones not counted.
    pub waiting: u32,
    /// In line to be called back.
    pub callbacks: u32,
    /// Since when the longest waiting one waits.
    pub longest_wait_since: Option<Wall>,
    /// Suitable agents who are ready.
    pub ready: u32,
    /// Suitable agents whose phone rings.
    pub ringing: u32,
    /// Suitable agents who talk.
    pub talking: u32,
    /// Suitable agents in wrap-up.
    pub wrap_up: u32,
    /// Suitable agents who are signed in, but not ready.
    pub not_ready: u32,
    /// Let in today.
    pub offered: u64,
    /// Talked with an agent today.
    pub answered: u64,
    /// Given up by the customer today.
    pub abandoned: u64,
    /// Sent elsewhere today: waited too long, callback, nobody there any more.
    pub overflowed: u64,
    /// Not let in today: full, or nobody signed in.
    pub refused: u64,
    /// Answered within the target, of all answered, abandoned and overflowed today; 0 to 1.
    pub service_level: Option<f64>,
    /// What came of the last half hour.
    pub recent: Recent,
    /// Average time an agent needs for one interaction, wrap-up included; absent before five were measured.
    pub handle_time: Option<Duration>,
}

/// What came of the waits that ended within the last half hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recent {
    /// Talked with an agent.
    pub answered: u32,
    /// Of them, within the target.
    pub in_target: u32,
    /// Given up by the customer.
    pub abandoned: u32,
    /// Sent elsewhere.
    pub overflowed: u32,
}

impl Recent {
    /// All waits that ended.
    pub const fn ended(self) -> u32 {
        self.answered + self.abandoned + self.overflowed
    }
}

/// What came of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Answered { wait_ms: u64 },
    Abandoned,
    Overflowed,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Today {
    day: i64,
    pub(crate) offered: u64,
    pub(crate) answered: u64,
    pub(crate) in_target: u64,
    pub(crate) abandoned: u64,
    pub(crate) overflowed: u64,
    pub(crate) refused: u64,
}

impl Today {
    /// These figures, or empty ones when the tenant's midnight has passed since.
    pub(crate) fn at(self, now: Wall, utc_offset_min: i32) -> Self {
        let day = (now.0 + i64::from(utc_offset_min) * MINUTE_MS).div_euclid(DAY_MS);
        if day == self.day { self } else { Self { day, ..Self::default() } }
    }

    pub(crate) fn end(&mut self, fate: Fate, target_s: u32) {
        match fate {
            Fate::Answered { wait_ms } => {
                self.answered += 1;
                self.in_target += u64::from(wait_ms <= u64::from(target_s) * 1000);
            }
            Fate::Abandoned => self.abandoned += 1,
            Fate::Overflowed => self.overflowed += 1,
        }
    }

    pub(crate) fn service_level(&self) -> Option<f64> {
        let all = self.answered + self.abandoned + self.overflowed;
        (all > 0).then(|| self.in_target as f64 / all as f64)
    }
}

/// An average that forgets.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Average {
    mean_s: f64,
    samples: u32,
}

impl Average {
    pub(crate) fn add(&mut self, sample: Duration) {
        self.samples = self.samples.saturating_add(1);
        let weight = WEIGHT.max(1.0 / f64::from(self.samples));
        self.mean_s += (sample.as_secs_f64() - self.mean_s) * weight;
    }

    pub(crate) fn get(&self) -> Option<Duration> {
        (self.samples >= SAMPLES_MIN).then(|| Duration::from_secs_f64(self.mean_s.max(0.0)))
    }
}

/// How fast a queue moves: the time between two takes while somebody waited all along. It tells
/// what the handle time can't: that the agents serve other queues too.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    average: Average,
    pressed_since: Option<Mono>,
}

impl Pace {
    pub(crate) fn waiting(&mut self, now: Mono) {
        self.pressed_since.get_or_insert(now);
    }

    /// One was taken out to an agent; `left`: others still wait.
    pub(crate) fn taken(&mut self, now: Mono, left: bool) {
        if let Some(since) = self.pressed_since
            && now > since
        {
            self.average.add(now - since);
        }
        self.pressed_since = left.then_some(now);
    }

    /// The line is empty without a take.
    pub(crate) fn emptied(&mut self) {
        self.pressed_since = None;
    }

    pub(crate) fn get(&self) -> Option<Duration> {
        self.average.get()
    }
}
