//! Customers' waits, counted, and the figures that are told of them.

use std::time::Duration;

use crate::figures::ratio;

/// What came of customers in queues.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WaitFigures {
    /// Came.
    pub offered: u64,
    /// Talked with an agent.
    pub answered: u64,
    /// Gave up.
    pub abandoned: u64,
    /// Neither: left by a key or for a callback, waited too long, not let in, or nobody there.
    pub elsewhere: u64,
    /// Answered within the queue's target, of all who came; 0 to 1.
    pub service_level: Option<f64>,
    /// Those who gave up, of all who came; 0 to 1.
    pub abandon_share: Option<f64>,
    /// Mean wait of the answered, seconds.
    pub asa_s: Option<f64>,
    /// The wait that half of all who came did not exceed, seconds.
    pub wait_p50_s: Option<f64>,
    /// The same for nine in ten, seconds.
    pub wait_p90_s: Option<f64>,
    /// The same for 99 in a hundred, seconds.
    pub wait_p99_s: Option<f64>,
    /// The longest wait, seconds.
    pub longest_wait_s: f64,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// An agent answered.
    Answered,
    /// The customer gave up.
    Abandoned,
    /// Neither: left by a key or for a callback, waited too long, not let in, or nobody there.
    Elsewhere,
}

/// Waits that are counted together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waits {
    answered: u64,
    in_target: u64,
    abandoned: u64,
    elsewhere: u64,
    answered_ms: u64,
    waits_ms: Vec<u64>,
}

impl Waits {
    pub(crate) fn count(&mut self, waited: Duration, target_s: u32, fate: Fate) {
        let wait_ms = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
        self.waits_ms.push(wait_ms);
        match fate {
            Fate::Answered => {
                self.answered += 1;
                self.answered_ms += wait_ms;
                self.in_target += u64::from(wait_ms <= u64::from(target_s) * 1000);
            }
            Fate::Abandoned => self.abandoned += 1,
            Fate::Elsewhere => self.elsewhere += 1,
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.answered += other.answered;
        self.in_target += other.in_target;
        self.abandoned += other.abandoned;
        self.elsewhere += other.elsewhere;
        self.answered_ms += other.answered_ms;
        self.waits_ms.extend_from_slice(&other.waits_ms);
    }

    pub(crate) fn figures(mut self) -> WaitFigures {
        self.waits_ms.sort_unstable();
        let offered = self.waits_ms.len() as u64;
        let at = |share: f64| {
            let place = (share * offered as f64).ceil() as usize;
            self.waits_ms.get(place.saturating_sub(1)).map(|ms| *ms as f64 / 1000.0)
        };
        WaitFigures {
            offered,
            answered: self.answered,
            abandoned: self.abandoned,
            elsewhere: self.elsewhere,
            service_level: ratio(self.in_target, offered),
            abandon_share: ratio(self.abandoned, offered),
            asa_s: ratio(self.answered_ms, self.answered).map(|ms| ms / 1000.0),
            wait_p50_s: at(0.5),
            wait_p90_s: at(0.9),
            wait_p99_s: at(0.99),
            longest_wait_s: at(1.0).unwrap_or(0.0),
        }
    }
}
