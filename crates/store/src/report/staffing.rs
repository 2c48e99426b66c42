//! What agents spent their time on.

use types::record::AgentState;
use types::{AgentId, TenantId, Wall};

use super::Grain;

/// The longest that one state counts: states are leases, and what lasts longer than a day is a server that stood still.
const LONGEST_MS: i64 = 24 * 3_600_000;

/// An agent's state since a moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Since {
    pub(super) tenant: TenantId,
    pub(super) state: AgentState,
    pub(super) reason: String,
    pub(super) at: Wall,
}

/// A change of an agent's state.
#[derive(Clone, Debug)]
pub(crate) struct Passed {
    pub(crate) tenant: TenantId,
    pub(crate) agent: AgentId,
    pub(crate) state: AgentState,
    pub(crate) reason: String,
    pub(crate) at: Wall,
}

impl Since {
    /// What was spent in it until `to`, by the intervals of `grain`: start of each, and milliseconds.
    pub(super) fn until(&self, to: Wall, grain: Grain, utc_offset_min: i32) -> Vec<(i64, i64)> {
        let mut spent = Vec::new();
        let (mut from, to) = (self.at.0, to.0.min(self.at.0 + LONGEST_MS));
        if self.state == AgentState::Offline {
            return spent;
        }
        while from < to {
            let start = grain.start(from, utc_offset_min);
            let end = match grain {
                Grain::Quarter => start + super::QUARTER_MS,
                Grain::Day => start + super::DAY_MS,
            };
            spent.push((start, end.min(to) - from));
            from = end;
        }
        spent
    }
}

#[cfg(test)]
mod tests {
    use super::super::QUARTER_MS;
    use super::*;

    #[test]
    fn a_state_is_spread_over_the_intervals_that_it_lasted() {
        let since = |state, at| Since { tenant: TenantId(1), state, reason: String::new(), at: Wall(at) };
        let ready = since(AgentState::Ready, QUARTER_MS - 5);
        let spent = ready.until(Wall(2 * QUARTER_MS + 7), Grain::Quarter, 0);
        assert_eq!(spent, [(0, 5), (QUARTER_MS, QUARTER_MS), (2 * QUARTER_MS, 7)]);
        assert_eq!(ready.until(Wall(2 * QUARTER_MS), Grain::Day, 480), [(-8 * 3_600_000, QUARTER_MS + 5)]);
        assert!(ready.until(Wall(0), Grain::Quarter, 0).is_empty());
        assert!(since(AgentState::Offline, 0).until(Wall(QUARTER_MS), Grain::Quarter, 0).is_empty());
        let forgotten = ready.until(Wall(100 * LONGEST_MS), Grain::Quarter, 0);
        assert_eq!(forgotten.iter().map(|(_, ms)| ms).sum::<i64>(), LONGEST_MS);
    }
}
