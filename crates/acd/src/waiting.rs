//! What waits, and in which order.

use std::sync::Arc;

use types::record::Need;
use types::{AgentId, InteractionId, Mono, Now, QueueId};

use crate::config::{PRIORITY_MAX, SkillRequirement};

/// An interaction that wants an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The interaction.
    pub interaction: InteractionId,
    /// The queue.
    pub queue: QueueId,
    /// Added to the queue's; both together are held within ±[`PRIORITY_MAX`].
    pub priority: i32,
    /// Since when it waits. For one that comes back from a lost agent: now, less what it had waited.
    pub at: Now,
    /// It comes back after it lost its agent: goes before all others, is let in even where the queue
    /// is full, and is not counted a second time in the day's figures.
    pub front: bool,
    /// Nobody is on the line: the customer is to be called once an agent is free. It is let in even where the queue is full
    /// or nobody is signed in, waits as long as it takes, and is no part of the day's figures.
    pub callback: bool,
}

/// What one who waits wants beyond its queue's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Skills its agent must have, beside those of the queue.
    pub skills: Vec<SkillRequirement>,
    /// The agent it talked to last; its queue says how long it waits for that one.
    pub agent: Option<AgentId>,
}

/// A place in a queue's line: the least is the next. The order does not change while time passes,
/// since all in one queue age alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Not one of those who came back.
    pub(crate) ordinary: bool,
    /// The negative of the score at moment zero, in millionths of a point.
    cost: i64,
    /// Since when.
    pub(crate) at: Mono,
    /// Order of arrival.
    serial: u64,
    /// Who.
    pub(crate) interaction: InteractionId,
}

/// Ageing in millionths of a point per second.
pub(crate) type Ageing = i64;

/// Millionths in one, of points and of seconds alike.
const MILLION: i64 = 1_000_000;

/// What ageing gives for waiting from moment zero to `at`.
fn aged(ageing: Ageing, at: Mono) -> i64 {
    let points = i128::from(ageing) * i128::from(at.0) / i128::from(MILLION);
    i64::try_from(points).unwrap_or(i64::MAX / 2)
}

impl Place {
    pub(crate) fn new(ticket: &Ticket, base: i32, ageing: Ageing, serial: u64) -> Self {
        let priority = ticket.priority.saturating_add(base).clamp(-PRIORITY_MAX, PRIORITY_MAX);
        Self {
            ordinary: !ticket.front,
            cost: aged(ageing, ticket.at.mono) - i64::from(priority) * MILLION,
            at: ticket.at.mono,
            serial,
            interaction: ticket.interaction,
        }
    }

    /// Comparable across queues: the least is the most urgent.
    pub(crate) fn urgency(&self, ageing: Ageing, now: Mono) -> (bool, i64, Mono, u64) {
        (self.ordinary, self.cost.saturating_sub(aged(ageing, now)), self.at, self.serial)
    }
}

/// Where an interaction of a queue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// In line.
    Waiting(Place),
    /// This agent's phone rings for it.
    Offered(AgentId),
    /// This agent has answered; announcements run.
    Connecting(AgentId),
}

/// An interaction that the router holds until it talks or leaves.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) ticket: Ticket,
    pub(crate) wishes: Wishes,
    /// What it needs as long as it has waited no longer.
    pub(crate) need: Arc<Need>,
    pub(crate) phase: Phase,
    /// Who rings beside the one of [`Phase::Offered`].
    pub(crate) others: Vec<AgentId>,
    /// Order of arrival, kept over lost offers.
    pub(crate) serial: u64,
    /// Whether the day's figures count it: not for one that came back from a lost agent.
    pub(crate) counted: bool,
    /// The deadline in the timers.
    pub(crate) deadline: Option<Mono>,
}

impl Held {
    /// All whose telephones ring for it.
    pub(crate) fn ringing(&self) -> impl Iterator<Item = AgentId> {
        let first = match self.phase {
            Phase::Offered(agent) => Some(agent),
            Phase::Waiting(_) | Phase::Connecting(_) => None,
        };
        first.into_iter().chain(self.others.iter().copied())
    }

    /// This agent's telephone rings no more; whether another's does.
    pub(crate) fn rings_on_without(&mut self, agent: AgentId) -> bool {
        let Phase::Offered(first) = self.phase else { return false };
        self.others.retain(|other| *other != agent);
        if first != agent {
            return true;
        }
        if self.others.is_empty() {
            return false;
        }
        self.phase = Phase::Offered(self.others.remove(0));
        true
    }
}
