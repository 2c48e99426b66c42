//! Alerts: figures that have passed a threshold.

use serde::Serialize;
use types::alert::{Alert, Level, Measure};
use types::leg::Text;
use types::{QueueId, Wall};
use utoipa::ToSchema;

use super::{QueueRef, Title};
use crate::names::Names;

/// A figure that can be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AlertMeasure {
    Waiting,
    LongestWait,
    ServiceLevel,
    AbandonRate,
    AgentsFree,
    Occupancy,
    Capacity,
}

impl From<Measure> for AlertMeasure {
    fn from(measure: Measure) -> Self {
        match measure {
            Measure::Waiting => Self::Waiting,
            Measure::LongestWait => Self::LongestWait,
            Measure::ServiceLevel => Self::ServiceLevel,
            Measure::AbandonRate => Self::AbandonRate,
            Measure::AgentsFree => Self::AgentsFree,
            Measure::Occupancy => Self::Occupancy,
            Measure::Capacity => Self::Capacity,
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AlertLevel {
    Warning,
    Critical,
}

impl From<Level> for AlertLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Warning => Self::Warning,
            Level::Critical => Self::Critical,
        }
    }
}

/// What the node can carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Capacity {
    /// Calls at once; 0 where nobody has said.
    pub(crate) calls: u32,
    /// How many more it could take now.
    pub(crate) free: u32,
}

impl From<center::Capacity> for Capacity {
    fn from(capacity: center::Capacity) -> Self {
        Self { calls: capacity.calls, free: capacity.free }
    }
}

/// A figure that has passed a threshold, as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LiveAlert {
    /// Stays the same while it stands.
    pub(crate) id: String,
    /// The threshold's name.
    pub(crate) threshold: String,
    pub(crate) title: Title,
    /// The queue whose figure it is; absent for all queues together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) queue: Option<QueueRef>,
    pub(crate) measure: AlertMeasure,
    pub(crate) level: AlertLevel,
    /// The figure's value when this was said: customers, agents, seconds or percent.
    pub(crate) value: u32,
    /// The value that it has passed.
    pub(crate) limit: u32,
    /// When it was raised; in `alert.changed` and `alert.cleared`, when that happened.
    pub(crate) since: String,
    /// Since when somebody looks after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) acknowledged_at: Option<String>,
    /// The user who does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) acknowledged_by: Option<String>,
}

fn queue_ref(queue: Option<QueueId>, names: &Names) -> Option<QueueRef> {
    queue.map(|id| QueueRef::new(id, names))
}

impl LiveAlert {
    pub(crate) fn new(alert: Alert, since: Wall, acknowledged: Option<(Wall, Text)>, names: &Names) -> Self {
        let (at, by) = acknowledged.unzip();
        Self {
            id: alert.id.to_string(),
            threshold: alert.threshold.to_string(),
            title: (alert.title.zh, alert.title.en).into(),
            queue: queue_ref(alert.queue, names),
            measure: alert.measure.into(),
            level: alert.level.into(),
            value: alert.value,
            limit: alert.limit,
            since: since.to_string(),
            acknowledged_at: at.map(|at| at.to_string()),
            acknowledged_by: by.map(|by| by.to_string()),
        }
    }
}

/// An alert, standing or over.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertEntry {
    #[serde(flatten)]
    pub(crate) alert: LiveAlert,
    /// How bad it was at its worst.
    pub(crate) worst: AlertLevel,
    /// When it was over; absent while it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cleared_at: Option<String>,
}

impl AlertEntry {
    pub(crate) fn new(row: store::AlertRow, names: &Names) -> Self {
        let store::AlertRow { id, threshold, title, queue, measure, level, value, limit, raised, .. } = row;
        let alert = Alert { id, threshold, title, queue, measure, level, value, limit };
        let acknowledged = row.acknowledged.zip(row.acknowledged_by);
        Self {
            alert: LiveAlert::new(alert, raised, acknowledged, names),
            worst: row.worst.into(),
            cleared_at: row.cleared.map(|at| at.to_string()),
        }
    }
}

/// Some alerts, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertPage {
    pub(crate) items: Vec<AlertEntry>,
    /// The cursor of the next page; absent at the end.
    pub(crate) next_cursor: Option<String>,
}
