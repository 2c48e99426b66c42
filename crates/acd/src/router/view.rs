//! Questions that change nothing.

use std::time::Duration;

use types::leg::Text;
use types::record::{AgentState, AgentsAtWork, WaitNote};
use types::{AgentId, InteractionId, Mono, Now, QueueId};

use super::Router;
use crate::agent::{Activity, Agent};
use crate::config::{AgentConfig, QueueConfig};
use crate::stats::QueueSnapshot;
use crate::waiting::{Held, Phase};

/// An agent at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentView {
    /// The agent.
    pub agent: AgentId,
    /// Its state.
    pub state: AgentState,
    /// Why, for `not_ready`.
    pub reason: Option<Text>,
    /// Since when.
    pub since: Now,
    /// When its lease ends.
    pub until: Option<Mono>,
    /// What it works on.
    pub interaction: Option<InteractionId>,
    /// Why it will be not ready once that is over, where it has asked for no more calls; only while it rings, talks
    /// or wraps up.
    pub next: Option<Text>,
}

impl AgentView {
    fn of(agent: &Agent) -> Self {
        Self {
            agent: agent.config.id,
            state: agent.shown.state,
            reason: agent.shown.reason.clone(),
            since: agent.since,
            until: agent.shown.until,
            interaction: agent.shown.interaction,
            next: agent.shown.next.clone(),
        }
    }
}

impl Router {
    /// An interaction's place in its line, 1 for the next one; none when it doesn't wait.
    pub fn position(&self, interaction: InteractionId) -> Option<usize> {
        let held = self.held.get(&interaction)?;
        let Phase::Waiting(place) = held.phase else { return None };
        Some(self.queues.get(&held.ticket.queue)?.line.rank(&place) + 1)
    }

    /// What holds up one who waits; none when it doesn't wait.
    pub fn wait_note(&self, now: Now, interaction: InteractionId) -> Option<WaitNote> {
        let held = self.held.get(&interaction)?;
        let Phase::Waiting(place) = held.phase else { return None };
        let queue = self.queues.get(&held.ticket.queue)?;
        let count = |state| queue.members.count(state);
        Some(WaitNote {
            at: now.wall,
            queue: held.ticket.queue,
            ahead: u32::try_from(queue.line.rank(&place)).unwrap_or(u32::MAX),
            agents: AgentsAtWork {
                ready: count(AgentState::Ready),
                ringing: count(AgentState::Ringing),
                talking: count(AgentState::Talking),
                wrap_up: count(AgentState::WrapUp),
                not_ready: count(AgentState::NotReady),
            },
            asked: queue.config.asked(now.mono.since(held.ticket.at.mono), &held.wishes.skills),
            also: held.need.also.clone(),
            agent: held.need.agent,
        })
    }

    /// Whose telephones ring for an interaction.
    pub fn ringing(&self, interaction: InteractionId) -> impl Iterator<Item = AgentId> {
        self.held.get(&interaction).into_iter().flat_map(Held::ringing)
    }

    /// How long an interaction will probably wait from now on: the greater of what the agents'
    /// handle time and number say and what the queue's measured pace says. None when it doesn't
    /// wait, when nobody works, or before five handle times were measured.
    pub fn estimate(&self, interaction: InteractionId) -> Option<Duration> {
        let held = self.held.get(&interaction)?;
        let Phase::Waiting(place) = held.phase else { return None };
        let queue = self.queues.get(&held.ticket.queue)?;
        queue.estimate(queue.line.rank(&place))
    }

    /// A queue's figures.
    pub fn snapshot(&self, now: Now, queue: QueueId) -> Option<QueueSnapshot> {
        self.queues.get(&queue).map(|queue| queue.snapshot(now))
    }

    /// The most that waited in a queue at once in each minute of the last hour, the oldest first, this one last.
    pub fn waited(&self, now: Now, queue: QueueId) -> Vec<u32> {
        self.queues.get(&queue).map(|queue| queue.waited(now)).unwrap_or_default()
    }

    /// An agent's state.
    pub fn agent(&self, agent: AgentId) -> Option<AgentView> {
        self.agents.get(&agent).map(AgentView::of)
    }

    /// The queue for whose talk an agent is at work after it.
    pub fn wrap_up_of(&self, agent: AgentId) -> Option<QueueId> {
        match self.agents.get(&agent)?.activity {
            Activity::WrapUp { queue, .. } => Some(queue),
            _ => None,
        }
    }

    /// All agents by id.
    pub fn agents(&self) -> impl Iterator<Item = AgentView> {
        self.agents.values().map(AgentView::of)
    }

    /// An agent's settings.
    pub fn agent_config(&self, agent: AgentId) -> Option<&AgentConfig> {
        self.agents.get(&agent).map(|agent| &agent.config)
    }

    /// A queue's settings.
    pub fn queue_config(&self, queue: QueueId) -> Option<&QueueConfig> {
        self.queues.get(&queue).map(|queue| &queue.config)
    }

    /// All queues' settings by id.
    pub fn queue_configs(&self) -> impl Iterator<Item = &QueueConfig> {
        self.queues.values().map(|queue| &queue.config)
    }

    /// The queue in which an interaction waits, rings or is being connected.
    pub fn queue_of(&self, interaction: InteractionId) -> Option<QueueId> {
        self.held.get(&interaction).map(|held| held.ticket.queue)
    }
}
