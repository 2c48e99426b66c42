//! What goes on right now, for the wall.

use acd::QueueSnapshot;
use types::leg::Text;
use types::record::{Direction, SegmentKind};
use types::{AgentId, InteractionId, Now, Private, QueueId, TenantId, Wall};

use crate::{AgentStatus, Center};

/// A tenant right now.
#[derive(Clone, Debug)]
pub struct Live {
    /// All agents.
    pub agents: Vec<LiveAgent>,
    /// All interactions in progress.
    pub interactions: Vec<LiveInteraction>,
    /// All queues.
    pub queues: Vec<LiveQueue>,
}

/// An agent right now.
#[derive(Clone, Debug)]
pub struct LiveAgent {
    /// The agent's number.
    pub number: Text,
    /// The agent's name.
    pub name: Private<Text>,
    /// The queues served.
    pub queues: Vec<QueueId>,
    /// The state.
    pub status: AgentStatus,
}

/// An interaction right now.
#[derive(Clone, Debug)]
pub struct LiveInteraction {
    /// The interaction.
    pub id: InteractionId,
    /// Who began it.
    pub direction: Direction,
    /// What it does.
    pub state: SegmentKind,
    /// Since when.
    pub state_since: Wall,
    /// The caller's number.
    pub from: Private<Text>,
    /// The number dialled.
    pub to: Private<Text>,
    /// The queue, while in one.
    pub queue: Option<QueueId>,
    /// The agent, while one rings or talks.
    pub agent: Option<AgentId>,
    /// First message.
    pub started: Wall,
    /// Its place in the queue, from 1.
    pub position: Option<u32>,
}

/// A queue right now.
pub type LiveQueue = QueueSnapshot;

impl Center {
    /// A tenant right now. Costs as much as there is to tell: for screens that open, not for each update.
    pub fn live(&self, now: Now, tenant: TenantId) -> Option<Live> {
        let t = self.tenants.get(&tenant)?;
        let agents = t.directory.agents().filter_map(|agent| {
            let queues = t.router.agent_config(agent.id).map(|c| c.queues.clone()).unwrap_or_default();
            if !queues.is_empty() && queues.iter().all(|q| t.is_hidden(*q)) {
                return None;
            }
            let status = t.status(now, agent.id)?;
            Some(LiveAgent { number: agent.number.clone(), name: agent.name.clone(), queues, status })
        });
        let interactions = self.interactions.values().filter(|i| i.tenant == tenant).map(|i| {
            let (record, doing) = (i.ledger.record(), i.ledger.doing());
            LiveInteraction {
                id: i.id,
                direction: record.direction,
                state: doing.kind,
                state_since: i.ledger.since(),
                from: record.from.clone(),
                to: record.to.clone(),
                queue: doing.queue,
                agent: doing.agent,
                started: record.started,
                position: t.router.position(i.id).map(|p| p as u32),
            }
        });
        Some(Live {
            agents: agents.collect(),
            interactions: interactions.collect(),
            queues: self.queues_live(now, tenant),
        })
    }

    /// A tenant's queues right now.
    pub fn queues_live(&self, now: Now, tenant: TenantId) -> Vec<LiveQueue> {
        let Some(t) = self.tenants.get(&tenant) else { return Vec::new() };
        t.queues.keys().filter(|q| !t.is_hidden(**q)).filter_map(|q| t.router.snapshot(now, *q)).collect()
    }
}
