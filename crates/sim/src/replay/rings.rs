//! What agents do when it rings: as on the recorded day, one ring after the other.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use acd::Rejection;
use types::record::{InteractionRecord, LegRecord, LegRole};
use types::{AgentId, Cause, Wall};

/// An agent's telephone rang for a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    /// When it began.
    pub at: Wall,
    /// How long it rang.
    pub lasted: Duration,
    /// What the agent did.
    pub end: RingEnd,
    /// How long it was not there for calls because it had not taken it. Zero where it was, or left for a reason of its own.
    pub away: Duration,
}

/// What an agent did with a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingEnd {
    /// It took the call.
    Taken,
    /// It let it ring until the queue had enough of that.
    Missed,
    /// It refused, or its telephone did.
    Refused(Rejection),
}

impl Ring {
    /// When it was over.
    pub(super) fn over(&self) -> Wall {
        Wall(self.at.0 + self.lasted.as_millis() as i64)
    }
}

/// The rings of a record that were not taken, of those that a queue caused: while it waited in one, `waits`.
pub(super) fn not_taken(record: &InteractionRecord, waits: &[(Wall, Wall)]) -> Vec<(AgentId, Ring)> {
    let in_wait = |at: Wall| waits.iter().any(|(from, until)| (*from..=*until).contains(&at));
    let ring = |leg: &LegRecord| {
        let agent =
            leg.agent.filter(|_| leg.role == LegRole::Agent && leg.answered.is_none() && in_wait(leg.started))?;
        let end = match leg.cause? {
            Cause::NoAnswer => RingEnd::Missed,
            Cause::Declined => RingEnd::Refused(Rejection::Declined),
            Cause::Busy => RingEnd::Refused(Rejection::Busy),
            // Taken back: the caller left, another was quicker. What the agent would have done nobody knows.
            Cause::Cancelled | Cause::AnsweredElsewhere | Cause::OtherLeft | Cause::Shutdown | Cause::Normal => {
                return None;
            }
            _ => RingEnd::Refused(Rejection::Failed),
        };
        let lasted = Duration::from_millis(leg.ended.unwrap_or(record.ended).ms_since(leg.started));
        Some((agent, Ring { at: leg.started, lasted, end, away: Duration::ZERO }))
    };
    record.legs.iter().filter_map(ring).collect()
}

/// The rings of a day, each agent's in their order, gone through anew in a run.
pub(super) struct Rings<'a> {
    of: &'a BTreeMap<AgentId, Vec<Ring>>,
    rung: HashMap<AgentId, usize>,
}

impl<'a> Rings<'a> {
    pub(super) fn new(of: &'a BTreeMap<AgentId, Vec<Ring>>) -> Self {
        Self { of, rung: HashMap::new() }
    }

    /// What the agent does with its next ring; from the first on again once all of that day have come. None where it was
    /// never rung that day.
    pub(super) fn next(&mut self, agent: AgentId) -> Option<Ring> {
        let rings = self.of.get(&agent).filter(|rings| !rings.is_empty())?;
        let rung = self.rung.entry(agent).or_default();
        let ring = rings[*rung % rings.len()];
        *rung += 1;
        Some(ring)
    }
}
