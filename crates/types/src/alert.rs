//! Alerts: a figure of the wall has passed a threshold that somebody has set.

use serde::{Deserialize, Serialize};

use crate::ids::{AlertId, QueueId};
use crate::leg::Text;
use crate::title::Title;

macro_rules! measures {
    ($($(#[$doc:meta])* $measure:ident: $text:literal, $unit:ident, $bad:ident;)+) => {
        /// A figure that can be watched. The names are stored.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Measure { #[default] $($(#[$doc])* $measure),+ }

        impl Measure {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$measure),+];

            /// The stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$measure => $text),+ }
            }

            /// What its value counts.
            pub const fn unit(self) -> Unit {
                match self { $(Self::$measure => Unit::$unit),+ }
            }

            /// Whether it is the low values that are bad.
            pub const fn is_bad_when_low(self) -> bool {
                match self { $(Self::$measure => matches!(Bad::$bad, Bad::Low)),+ }
            }
        }
    };
}

/// Which values are bad.
enum Bad {
    High,
    Low,
}

measures! {
    /// Customers who wait.
    Waiting: "waiting", Count, High;
    /// How long the one who waits longest does, seconds.
    LongestWait: "longest_wait", Seconds, High;
    /// Answered within the target, of the last half hour, percent.
    ServiceLevel: "service_level", Percent, Low;
    /// Given up by the customer, of the last half hour, percent.
    AbandonRate: "abandon_rate", Percent, High;
    /// Agents who are ready.
    AgentsFree: "agents_free", Count, Low;
    /// Agents at work, of those at work or ready, percent.
    Occupancy: "occupancy", Percent, High;
    /// Calls that stand, of those that this node can carry, percent.
    Capacity: "capacity", Percent, High;
}

/// What a measure's value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Customers or agents.
    Count,
    /// Seconds.
    Seconds,
    /// Percent.
    Percent,
}

impl Unit {
    /// The highest value that makes sense.
    pub const fn most(self) -> u32 {
        match self {
            Self::Count => 50_000,
            Self::Seconds => 86_400,
            Self::Percent => 100,
        }
    }

    /// How it is written behind a value.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Count => "",
            Self::Seconds => " s",
            Self::Percent => " %",
        }
    }
}

/// How bad it is; the worse is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Somebody should look.
    Warning,
    /// Somebody has to act.
    Critical,
}

impl Level {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// The level of a stable name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Warning, Self::Critical].into_iter().find(|level| level.as_str() == text)
    }
}

impl Measure {
    /// The measure of a stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|measure| measure.as_str() == text)
    }
}

/// A threshold that has been passed, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// By which it is known, from its raising to its end.
    pub id: AlertId,
    /// The threshold's name.
    pub threshold: Text,
    /// What people call the threshold.
    #[serde(default)]
    pub title: Title,
    /// The queue whose figure it is; absent for all queues together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueId>,
    /// The figure.
    pub measure: Measure,
    /// How bad it is.
    pub level: Level,
    /// The figure's value when this was said, in the measure's unit.
    pub value: u32,
    /// The value that it has passed, in the measure's unit.
    pub limit: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again_and_are_those_that_are_stored() {
        for measure in Measure::ALL {
            assert_eq!(Measure::parse(measure.as_str()), Some(*measure));
            assert_eq!(serde_json::to_value(measure).unwrap(), measure.as_str());
        }
        for level in [Level::Warning, Level::Critical] {
            assert_eq!(Level::parse(level.as_str()), Some(level));
        }
        assert!(Measure::AgentsFree.is_bad_when_low() && !Measure::Waiting.is_bad_when_low());
    }
}
