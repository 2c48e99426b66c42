//! What queues say of waits, and what came of it.

use serde::Serialize;
use types::record::{self, InteractionRecord};
use types::{QueueId, Wall};
use utoipa::ToSchema;

use super::QueueRef;
use crate::honesty::Honesty;
use crate::names::Names;

/// How long the customer was to wait.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Promise {
    pub(crate) at: String,
    pub(crate) queue: QueueRef,
    /// Its place, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) position: Option<u32>,
    /// How long it was to wait from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wait_ms: Option<u64>,
    /// The customer was told; else it is what the queue reckoned when the customer came.
    pub(crate) told: bool,
    /// How long it did wait from then on until an agent was there; absent where none came, or none yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kept_ms: Option<u64>,
}

impl Promise {
    pub(crate) fn new(promise: &record::Promise, record: &InteractionRecord, names: &Names) -> Self {
        Self {
            at: promise.at.to_string(),
            queue: QueueRef::new(promise.queue, names),
            position: promise.position,
            wait_ms: promise.wait_ms,
            told: promise.told,
            kept_ms: record.kept_ms(promise),
        }
    }
}

/// How well promised and actual waits agree.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HonestyFigures {
    /// How many waits were promised.
    pub(crate) promises: u64,
    /// How many of them ended with an agent: these can be judged.
    pub(crate) answered: u64,
    /// Half of the waits were no farther than this from what was promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) median_error_ms: Option<u64>,
    /// Half of the waits were longer than promised by this or more; negative for shorter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) median_excess_ms: Option<i64>,
    /// The share of waits within ±30 % of what was promised, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) within_30_percent: Option<f64>,
}

impl From<Honesty> for HonestyFigures {
    fn from(honesty: Honesty) -> Self {
        let Honesty { promises, answered, median_error_ms, median_excess_ms, within_30_percent } = honesty;
        Self { promises, answered, median_error_ms, median_excess_ms, within_30_percent }
    }
}

/// The figures of one queue on one day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HonestyLine {
    /// The start of the day by the tenant's clock.
    pub(crate) day: String,
    pub(crate) queue: QueueRef,
    #[serde(flatten)]
    pub(crate) figures: HonestyFigures,
}

/// One promise that can be judged.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HonestyPoint {
    pub(crate) at: String,
    pub(crate) interaction_id: String,
    pub(crate) queue_id: String,
    pub(crate) promised_ms: u64,
    pub(crate) actual_ms: u64,
    pub(crate) told: bool,
}

impl HonestyPoint {
    /// None where no agent came.
    pub(crate) fn new(promise: &store::Promise) -> Option<Self> {
        Some(Self {
            at: promise.at.to_string(),
            interaction_id: promise.interaction.to_string(),
            queue_id: promise.queue.to_string(),
            promised_ms: promise.wait_ms,
            actual_ms: promise.kept_ms?,
            told: promise.told,
        })
    }
}

/// The honesty of what queues say of waits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HonestyReport {
    pub(crate) utc_offset_min: i32,
    /// Of all together.
    pub(crate) total: HonestyFigures,
    /// By day and queue, the earliest first.
    pub(crate) items: Vec<HonestyLine>,
    /// The last ones, the newest first, 500 at most.
    pub(crate) points: Vec<HonestyPoint>,
    /// There were more promises than are judged at once: these are the last 50,000.
    pub(crate) cut_off: bool,
}

impl HonestyLine {
    pub(crate) fn new(day: Wall, queue: QueueId, honesty: Honesty, names: &Names) -> Self {
        Self { day: day.to_string(), queue: QueueRef::new(queue, names), figures: honesty.into() }
    }
}
