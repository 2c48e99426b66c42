//! What is counted while the day goes on.

use serde::Serialize;
use types::record::{Direction, InteractionRecord, Outcome};

/// What was counted on the way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    outcomes: [u64; Outcome::ALL.len()],
    pub(crate) others: u64,
    pub(crate) talked: u64,
    pub(crate) talk_ms: u64,
    pub(crate) wrap_up_ms: u64,
    pub(crate) waited_ms: u64,
    pub(crate) ready_ms: u64,
    pub(crate) occupied_ms: u64,
    pub(crate) queues: Vec<QueueRow>,
}

impl Figures {
    pub(crate) fn add(&mut self, direction: Direction, record: &InteractionRecord) {
        if direction != Direction::Inbound {
            self.others += 1;
            return;
        }
        self.outcomes[record.outcome as usize] += 1;
        if record.connected.is_some() {
            self.talked += 1;
            self.talk_ms += record.talk_ms + record.hold_ms;
        }
    }

    pub(crate) fn calls(&self) -> u64 {
        self.outcomes.iter().sum()
    }

    pub(crate) const fn of(&self, outcome: Outcome) -> u64 {
        self.outcomes[outcome as usize]
    }
}

/// One queue's day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueueRow {
    /// Its name.
    pub queue: String,
    /// Let in.
    pub offered: u64,
    /// Talked with an agent.
    pub answered: u64,
    /// Given up by the customer.
    pub abandoned: u64,
    /// Sent elsewhere: waited too long, callback, nobody there any more.
    pub overflowed: u64,
    /// Not let in.
    pub refused: u64,
    /// Answered within the target, of all that were let in; 0 to 1.
    pub service_level: Option<f64>,
    /// Average wait of the answered, seconds.
    pub asa_s: Option<f64>,
    /// The longest wait, seconds.
    pub longest_wait_s: f64,
}

/// `a / b`, if there is any.
pub(crate) fn ratio(a: u64, b: u64) -> Option<f64> {
    (b > 0).then(|| a as f64 / b as f64)
}
