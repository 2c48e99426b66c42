//! The calls that went otherwise under the other policy, and why.

use std::collections::HashMap;
use std::time::Duration;

use types::{AgentId, QueueId, TeamId};

use super::{Arrival, Policy, RecordedDay};
use crate::waits::Fate;

/// By how much two waits have to differ for it to be told.
const LEAST: Duration = Duration::from_secs(5);
/// Calls that are told: a screen or two for people to read.
const TOLD: usize = 50;

/// What became of one customer in one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fared {
    /// How it ended.
    pub fate: Fate,
    /// The queue sent it away: waited too long, full, nobody there.
    pub turned_away: bool,
    /// How long it waited.
    pub waited: Duration,
    /// Who answered.
    pub agent: Option<AgentId>,
    /// How it found the queue; none where it rang somewhere at once, or was not let in.
    pub found: Option<Found>,
}

/// A queue as one finds it who comes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Customers who went first.
    pub ahead: u32,
    /// Its agents who were ready, rung, talking or at work after a talk.
    pub at_work: u32,
}

/// Why a call went otherwise under the other policy: what is plain to see of it, the plainest alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its priority is another, the queue's, the flow's and that of the rules together.
    Priority {
        /// Under the day's policy.
        recorded: i64,
        /// Under the other.
        draft: i64,
    },
    /// The other policy sends it away.
    TurnedAway,
    /// The other policy does not send it away.
    LetIn,
    /// An agent answers who may not under the day's policy.
    NewAgent(AgentId),
    /// Who answered may not under the other policy.
    LostAgent(AgentId),
    /// More or fewer customers went first when it came.
    Ahead {
        /// Under the day's policy.
        recorded: u32,
        /// Under the other.
        draft: u32,
    },
    /// More or fewer agents were at work when it came.
    AtWork {
        /// Under the day's policy.
        recorded: u32,
        /// Under the other.
        draft: u32,
    },
    /// Nothing of its own: agents who were busy with others were free at other moments.
    Others,
}

/// A call that went otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangedCall {
    /// Its place among the day's arrivals.
    pub arrival: usize,
    /// What became of it under the day's policy.
    pub recorded: Fared,
    /// What became of it under the other.
    pub draft: Fared,
    /// Whether the other is better for it.
    pub better: bool,
    /// Why.
    pub why: Why,
}

/// What the other policy changes for single calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Calls for which it is better: answered sooner, or at all.
    pub better: u64,
    /// Calls for which it is worse.
    pub worse: u64,
    /// Those whom it changes most, fifty at most: first those that ended otherwise, then by the time that they wait longer or
    /// shorter.
    pub calls: Vec<ChangedCall>,
}

/// What each customer met with, in the day's order; none for who never came.
pub(super) type Fates = [Option<Fared>];

/// Holds two runs of a day against each other.
pub(super) fn changed(day: &RecordedDay, own: (&Policy, &Fates), draft: (&Policy, &Fates)) -> Changed {
    let may = (Members::of(own.0), Members::of(draft.0));
    let pairs = day.arrivals.iter().enumerate().zip(own.1).zip(draft.1);
    let differ = pairs.filter_map(|(((i, arrival), recorded), other)| {
        let (recorded, other) = ((*recorded)?, (*other)?);
        let better = is_better(recorded, other)?;
        let why = why(arrival, (own.0, &may.0, recorded), (draft.0, &may.1, other), better);
        Some(ChangedCall { arrival: i, recorded, draft: other, better, why })
    });
    let mut calls: Vec<ChangedCall> = differ.collect();
    let better = calls.iter().filter(|call| call.better).count() as u64;
    let worse = calls.len() as u64 - better;
    calls.sort_by_key(|call| {
        let by = call.recorded.waited.abs_diff(call.draft.waited);
        (call.recorded.fate == call.draft.fate, std::cmp::Reverse(by), call.arrival)
    });
    calls.truncate(TOLD);
    Changed { better, worse, calls }
}

/// Whether the second is better for the customer; none where nobody would notice a difference.
fn is_better(first: Fared, second: Fared) -> Option<bool> {
    if first.fate != second.fate {
        // Whoever speaks with an agent is served best, who gives up worst.
        let rank = |fate| match fate {
            Fate::Answered => 0,
            Fate::Elsewhere => 1,
            Fate::Abandoned => 2,
        };
        return Some(rank(second.fate) < rank(first.fate));
    }
    let noticed = first.fate == Fate::Answered && first.waited.abs_diff(second.waited) >= LEAST;
    noticed.then_some(second.waited < first.waited)
}

fn why(
    arrival: &Arrival,
    (own, own_members, recorded): (&Policy, &Members, Fared),
    (other, other_members, draft): (&Policy, &Members, Fared),
    better: bool,
) -> Why {
    let priority = |policy: &Policy| {
        let of_queue = policy.queue(arrival.queue).map_or(0, |queue| queue.priority);
        i64::from(policy.priority_of(arrival)) + i64::from(of_queue)
    };
    // What would have made it go the other way is no reason.
    let fits = |more: bool, less: bool| if better { more } else { less };
    let (p, q) = (priority(own), priority(other));
    if fits(q > p, q < p) {
        return Why::Priority { recorded: p, draft: q };
    }
    match (recorded.turned_away, draft.turned_away) {
        (false, true) => return Why::TurnedAway,
        (true, false) => return Why::LetIn,
        _ => {}
    }
    let stranger = |agent: Option<AgentId>, members: &Members| agent.filter(|a| !members.may_take(*a, arrival.queue));
    if let Some(agent) = stranger(draft.agent, own_members).filter(|_| better) {
        return Why::NewAgent(agent);
    }
    if let Some(agent) = stranger(recorded.agent, other_members).filter(|_| !better) {
        return Why::LostAgent(agent);
    }
    let ahead = |fared: Fared| fared.found.map_or(0, |found| found.ahead);
    let (a, b) = (ahead(recorded), ahead(draft));
    if fits(b < a, b > a) {
        return Why::Ahead { recorded: a, draft: b };
    }
    if let (Some(before), Some(after)) = (recorded.found, draft.found)
        && fits(after.at_work > before.at_work, after.at_work < before.at_work)
    {
        return Why::AtWork { recorded: before.at_work, draft: after.at_work };
    }
    Why::Others
}

/// Who may take whose calls at some time of the day, help between queues and by teams with it.
struct Members {
    agents: HashMap<AgentId, (Vec<QueueId>, Vec<TeamId>)>,
    helped_by: HashMap<QueueId, (Vec<QueueId>, Vec<TeamId>)>,
}

impl Members {
    fn of(policy: &Policy) -> Self {
        let (mut agents, mut helped_by) = (HashMap::new(), HashMap::new());
        for agent in policy.all_agents() {
            let (queues, teams): &mut (Vec<_>, Vec<_>) = agents.entry(agent.id).or_default();
            queues.extend(&agent.queues);
            teams.extend(&agent.teams);
        }
        for queue in policy.all_queues() {
            let (queues, teams): &mut (Vec<_>, Vec<_>) = helped_by.entry(queue.id).or_default();
            queues.push(queue.id);
            queues.extend(queue.overflow.iter().filter_map(|step| step.queue));
            teams.extend(queue.overflow.iter().filter_map(|step| step.team));
        }
        Self { agents, helped_by }
    }

    fn may_take(&self, agent: AgentId, queue: QueueId) -> bool {
        let (Some((queues, teams)), Some((of, by))) = (self.agents.get(&agent), self.helped_by.get(&queue)) else {
            return false;
        };
        queues.iter().any(|one| of.contains(one)) || teams.iter().any(|one| by.contains(one))
    }
}
