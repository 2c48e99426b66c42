//! A version of a flow that a share of the callers walks.

use flow::canary::{AtEnd, Guard, Report, Rules, Trial};
use resource::rules_of;
use serde::{Deserialize, Serialize};
use store::{FlowCanary, FlowCanaryEnd};
use utoipa::ToSchema;

/// For whom a version is published, and what is watched.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FlowCanaryWish {
    /// How many of a hundred callers walk it; the caller's number decides.
    #[schema(default = 20, minimum = 1, maximum = 99)]
    pub(crate) share_percent: u8,
    /// What is watched; all there is when absent.
    pub(crate) guards: Vec<Guard>,
    /// How often of a hundred a version that is no worse may be rolled back, over all guards.
    #[schema(default = 5, minimum = 1, maximum = 20)]
    pub(crate) false_alarm_percent: u8,
    /// How long it goes on, hours.
    #[schema(default = 72, minimum = 1, maximum = 720)]
    pub(crate) hours: u32,
    /// What becomes of it then. One that fewer than 30 calls have walked is not promoted.
    pub(crate) at_end: AtEnd,
}

impl Default for FlowCanaryWish {
    fn default() -> Self {
        let Rules { share_percent, guards, false_alarm_percent, hours, at_end } = Rules::default();
        Self { share_percent, guards, false_alarm_percent, hours, at_end }
    }
}

impl From<FlowCanaryWish> for Rules {
    fn from(wish: FlowCanaryWish) -> Self {
        let FlowCanaryWish { share_percent, guards, false_alarm_percent, hours, at_end } = wish;
        Self { share_percent, guards, false_alarm_percent, hours, at_end }
    }
}

/// A version that a share of the callers walks now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowCanaryHead {
    pub(crate) version: u32,
    pub(crate) share_percent: u8,
}

impl From<&FlowCanary> for FlowCanaryHead {
    fn from(row: &FlowCanary) -> Self {
        Self { version: row.version, share_percent: rules_of(row).share_percent }
    }
}

/// A version that a share of the callers walks, with what was seen of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowCanaryDetail {
    pub(crate) version: u32,
    /// The version that all others walk.
    pub(crate) stable_version: u32,
    pub(crate) share_percent: u8,
    pub(crate) false_alarm_percent: u8,
    pub(crate) at_end: AtEnd,
    pub(crate) started_at: String,
    /// When it ends by itself.
    pub(crate) ends_at: String,
    pub(crate) seen: Report,
}

impl FlowCanaryDetail {
    pub(crate) fn new(row: &FlowCanary, stable_version: u32, seen: Option<Report>) -> Self {
        // Until it is looked at for the first time nothing is seen.
        let trial = Trial::new(rules_of(row), row.started);
        let rules = trial.rules();
        Self {
            version: row.version,
            stable_version,
            share_percent: rules.share_percent,
            false_alarm_percent: rules.false_alarm_percent,
            at_end: rules.at_end,
            started_at: row.started.to_string(),
            ends_at: trial.ends().to_string(),
            seen: seen.unwrap_or_else(|| trial.report()),
        }
    }
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FlowCanaryStep {
    /// All callers walk it from now on.
    Promote,
    /// All callers walk the other version from now on.
    Stop,
}

/// An order to a version that a share of the callers walks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlowCanaryOrder {
    #[serde(rename = "do")]
    pub(crate) step: FlowCanaryStep,
    /// The version that is meant.
    pub(crate) version: u32,
}

/// What became of a version that a share of the callers walked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowCanaryEnded {
    /// `promoted`, `rolled_back`, `stopped` or `replaced`.
    pub(crate) how: String,
    pub(crate) at: String,
    /// The user; `canary` where it came to its end by itself.
    pub(crate) by: String,
    /// The guard that rolled it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) guard: Option<Guard>,
    pub(crate) seen: Report,
}

impl From<&FlowCanaryEnd> for FlowCanaryEnded {
    fn from(row: &FlowCanaryEnd) -> Self {
        let seen: Report = serde_json::from_value(row.figures.clone()).unwrap_or_default();
        let guard = seen.fired().filter(|_| row.how == "rolled_back");
        Self { how: row.how.clone(), at: row.ended.to_string(), by: row.by.clone(), guard, seen }
    }
}
