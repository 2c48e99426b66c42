//! What decides about calls.

use acd::{AgentConfig, Change, QueueConfig};
use dialplan::{Numbering, PriorityRules};
use types::leg::Text;
use types::{AgentId, QueueId, Wall};

use super::Arrival;

/// What decides about calls, for a day.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The queues, as the day begins.
    pub queues: Vec<QueueConfig>,
    /// The agents, as the day begins.
    pub agents: Vec<AgentConfig>,
    /// Who goes before others, as the day begins.
    pub priorities: PriorityRules,
    /// The same as it is from some moment of the day on, in order of time.
    pub new_priorities: Vec<(Wall, PriorityRules)>,
    /// How numbers are read.
    pub numbering: Numbering,
    /// What changes in the course of the day, in order of time.
    pub changes: Vec<(Wall, Change)>,
}

impl Policy {
    /// What a customer has beside its queue's priority: what the flow gives it, and what the rules do.
    pub fn priority_of(&self, arrival: &Arrival) -> i32 {
        let called = self.numbering.received(arrival.called.reveal());
        let by_then = self.new_priorities.partition_point(|(from, _)| *from <= arrival.at);
        let rules = by_then.checked_sub(1).map_or(&self.priorities, |last| &self.new_priorities[last].1);
        arrival.priority.saturating_add(rules.of(arrival.caller.reveal(), called.text()))
    }

    /// How many settings change in the course of the day.
    pub const fn changes_count(&self) -> usize {
        self.changes.len() + self.new_priorities.len()
    }

    /// All queues that there are at some time of the day, each as it is known first before it is as it changes.
    pub(super) fn all_queues(&self) -> impl Iterator<Item = &QueueConfig> {
        let later = self.changes.iter().filter_map(|(_, change)| match change {
            Change::Queue(queue) => Some(queue),
            _ => None,
        });
        self.queues.iter().chain(later)
    }

    /// The same of agents.
    pub(super) fn all_agents(&self) -> impl Iterator<Item = &AgentConfig> {
        let later = self.changes.iter().filter_map(|(_, change)| match change {
            Change::Agent(agent) => Some(agent),
            _ => None,
        });
        self.agents.iter().chain(later)
    }

    /// A queue's settings as they are first known that day.
    pub(super) fn queue(&self, id: QueueId) -> Option<&QueueConfig> {
        self.all_queues().find(|queue| queue.id == id)
    }

    /// An agent's number.
    pub fn agent_number(&self, id: AgentId) -> Option<Text> {
        self.all_agents().find(|agent| agent.id == id).map(|agent| agent.number.clone())
    }

    /// The queue of a name.
    pub fn queue_id(&self, name: &str) -> Option<QueueId> {
        self.all_queues().find(|queue| &*queue.name == name).map(|queue| queue.id)
    }

    /// A queue's name.
    pub fn queue_name(&self, id: QueueId) -> Option<Text> {
        self.queue(id).map(|queue| queue.name.clone())
    }

    /// Takes a change that comes before the day.
    pub fn take(&mut self, change: Change) {
        match change {
            Change::Queue(queue) => put(&mut self.queues, queue, |queue| queue.id),
            Change::Agent(agent) => put(&mut self.agents, agent, |agent| agent.id),
            Change::QueueGone(gone) => self.queues.retain(|queue| queue.id != gone),
            Change::AgentGone(gone) => self.agents.retain(|agent| agent.id != gone),
        }
    }
}

fn put<T, K: PartialEq>(all: &mut Vec<T>, one: T, key: impl Fn(&T) -> K) {
    match all.iter_mut().find(|old| key(old) == key(&one)) {
        Some(old) => *old = one,
        None => all.push(one),
    }
}
