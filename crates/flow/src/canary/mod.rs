//! A new version of a flow that a share of the callers walks, so that its harm is seen before it is everybody's.
//!
//! Who walks it is decided by the caller's number, so that whoever calls again meets the same version. Guards compare what
//! becomes of its callers with what becomes of all others at the same time ([`Trial`]). They may be looked at after every
//! call: see [`evidence`](self::evidence) for why that raises no more false alarms than a single look at the end.

mod evidence;
mod trial;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::nodes::bucket;

pub use trial::{Arm, ArmFigures, CanaryCall, GuardFigures, Report, Trial, Verdict};

/// What a guard watches: each is a share of calls, or a time, of which more is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CanaryGuard)]
pub enum Guard {
    /// Callers who hang up while they wait for somebody, or in a menu.
    Abandon,
    /// Calls that a `transfer` node led to somebody.
    Transfer,
    /// How long it takes from the beginning of a call until an agent speaks with the caller.
    TimeToAgent,
}

impl Guard {
    /// All there are.
    pub const ALL: &[Self] = &[Self::Abandon, Self::Transfer, Self::TimeToAgent];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Abandon => "abandon",
            Self::Transfer => "transfer",
            Self::TimeToAgent => "time_to_agent",
        }
    }
}

/// What becomes of a canary when its time is over and no guard has fired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CanaryAtEnd)]
pub enum AtEnd {
    /// All callers walk it from then on.
    #[default]
    Promote,
    /// All callers walk the former version again.
    Stop,
}

/// How a canary is watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// How many of a hundred callers walk it.
    pub share_percent: u8,
    /// What is watched.
    pub guards: Vec<Guard>,
    /// How often of a hundred a version that is no worse may be rolled back, over all guards and all looks.
    pub false_alarm_percent: u8,
    /// How long it goes on, hours.
    pub hours: u32,
    /// What becomes of it then.
    pub at_end: AtEnd,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            share_percent: 20,
            guards: Guard::ALL.to_vec(),
            false_alarm_percent: 5,
            hours: 72,
            at_end: AtEnd::default(),
        }
    }
}

/// Whether this caller walks the new version. `caller`: its number; for one without a number something that is the call's
/// own, or all of them would walk one version.
pub fn walks_canary(flow: &str, version: u32, share_percent: u8, caller: &str) -> bool {
    bucket(&format!("{flow}:{version}"), caller) < u64::from(share_percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_keeps_its_version_and_a_greater_share_takes_nobody_out() {
        let numbers: Vec<_> = (0..10_000).map(|n| format!("139{n:08}")).collect();
        let within = |share: u8| numbers.iter().filter(|n| walks_canary("main", 3, share, n)).count();
        assert!((1_800..2_200).contains(&within(20)), "{}", within(20));
        let stays = |n: &&String| walks_canary("main", 3, 20, n) && !walks_canary("main", 3, 30, n);
        assert_eq!(numbers.iter().filter(stays).count(), 0);
        let both = numbers.iter().filter(|n| walks_canary("main", 3, 50, n) && walks_canary("main", 4, 50, n)).count();
        assert!((2_300..2_700).contains(&both), "another version draws anew: {both}");
    }
}
