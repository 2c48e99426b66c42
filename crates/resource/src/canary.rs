//! A version of a flow that a share of the callers walks: what is said of it.

use flow::canary::{AtEnd, Guard, Rules};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::FlowCanary;
use utoipa::ToSchema;

/// A newer version of a flow that a share of the callers walks, and is rolled back by itself when it does worse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CanarySpec {
    /// Its graph.
    pub definition: Value,
    /// How many of a hundred callers walk it; the caller's number decides.
    #[serde(default = "usual_share")]
    #[schema(default = 20, minimum = 1, maximum = 99)]
    pub share_percent: u8,
    /// What is watched, against those who walk the present version at the same time.
    #[serde(default = "all_guards")]
    pub guards: Vec<Guard>,
    /// How often of a hundred a version that is no worse may be rolled back, over all guards.
    #[serde(default = "usual_false_alarms")]
    #[schema(default = 5, minimum = 1, maximum = 20)]
    pub false_alarm_percent: u8,
    /// How long it goes on, hours.
    #[serde(default = "usual_hours")]
    #[schema(default = 72, minimum = 1, maximum = 720)]
    pub hours: u32,
    /// What becomes of it then. One that fewer than 30 calls have walked is not promoted.
    #[serde(default)]
    pub at_end: AtEnd,
}

fn usual_share() -> u8 {
    Rules::default().share_percent
}
fn all_guards() -> Vec<Guard> {
    Rules::default().guards
}
fn usual_false_alarms() -> u8 {
    Rules::default().false_alarm_percent
}
fn usual_hours() -> u32 {
    Rules::default().hours
}

impl CanarySpec {
    /// With these rules.
    pub fn new(definition: Value, rules: Rules) -> Self {
        let Rules { share_percent, guards, false_alarm_percent, hours, at_end } = rules;
        Self { definition, share_percent, guards, false_alarm_percent, hours, at_end }
    }

    /// How it is watched.
    pub fn rules(&self) -> Rules {
        Rules {
            share_percent: self.share_percent,
            guards: self.guards.clone(),
            false_alarm_percent: self.false_alarm_percent,
            hours: self.hours,
            at_end: self.at_end,
        }
    }
}

/// A rule that was written by another version counts as its usual value.
pub fn rules_of(row: &FlowCanary) -> Rules {
    serde_json::from_value(row.config.clone()).unwrap_or_default()
}
