//! What somebody wants to be told of.

use types::alert::{Level, Measure};
use types::leg::Text;
use types::{QueueId, Title};

/// The longest time for which a figure may have to be beyond a threshold, seconds: an hour.
pub const HOLD_MAX_S: u32 = 3600;
/// Queues of one threshold: each is watched for itself, once a second.
pub const QUEUES_MAX: usize = 200;

/// A threshold for a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// Unique within the tenant.
    pub name: Text,
    /// What people read.
    pub title: Title,
    /// The queues, each watched for itself; empty for all queues together.
    pub queues: Vec<QueueId>,
    /// The figure.
    pub measure: Measure,
    /// From which value on somebody should look, in the measure's unit.
    pub warning: Option<u32>,
    /// From which value on somebody has to act, in the measure's unit.
    pub critical: Option<u32>,
    /// For how long a figure has to be beyond a value, or back, seconds.
    pub hold_s: u32,
    /// By how much a figure has to be better than the value that it had passed, in the measure's unit.
    pub margin: u32,
}

impl Threshold {
    pub(crate) const fn limit(&self, level: Level) -> Option<u32> {
        match level {
            Level::Warning => self.warning,
            Level::Critical => self.critical,
        }
    }

    /// Whether a value is beyond a level's, or not yet better by the margin when it `was` beyond. A figure that there
    /// is none of is not beyond anything.
    pub(crate) fn is_beyond(&self, level: Level, value: Option<u32>, was: bool) -> bool {
        let (Some(limit), Some(value)) = (self.limit(level), value) else { return false };
        let slack = if was { self.margin } else { 0 };
        if self.measure.is_bad_when_low() {
            value <= limit.saturating_add(slack)
        } else {
            value >= limit.saturating_sub(slack)
        }
    }
}
