//! What goes on right now, for the wall.

use std::collections::HashMap;

use acd::QueueSnapshot;
use types::lease::ExpiredLease;
use types::leg::Text;
use types::record::{Direction, InteractionRecord, SegmentKind, Supervision};
use types::{AgentId, InteractionId, Now, Private, QueueId, TenantId, Wall};

use crate::interaction::Interaction;
use crate::talking::outcome;
use crate::tenant::Tenant;
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
    /// All trunks.
    pub trunks: Vec<crate::LiveTrunk>,
    /// Alerts that stand.
    pub alerts: Vec<crate::LiveAlert>,
    /// What the node can carry.
    pub capacity: crate::Capacity,
    /// The most that waited at once in each minute of the last hour, the oldest first, by queue.
    pub waited: HashMap<QueueId, Vec<u32>>,
    /// Leases that had to expire and when, the last fifty of them, the newest first.
    pub expired: Vec<(Wall, ExpiredLease)>,
}

/// What changes at a tenant by the second: a bounded piece, whatever goes on.
#[derive(Clone, Debug, Default)]
pub struct LiveFigures {
    /// All queues.
    pub queues: Vec<LiveQueue>,
    /// What the node can carry.
    pub capacity: crate::Capacity,
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
    /// The slot in which it is parked, as one dials it.
    pub slot: Option<u16>,
    /// First message.
    pub started: Wall,
    /// Its place in the queue, from 1.
    pub position: Option<u32>,
    /// Since when it waits for an agent, over all offers.
    pub waiting_since: Option<Wall>,
    /// The interaction in which the customer asked for this call.
    pub callback_of: Option<InteractionId>,
    /// Supervisors who take part, and how; not those whose telephones still ring.
    pub supervisors: Vec<(AgentId, Supervision)>,
}

/// All that is known of an interaction in progress.
#[derive(Clone, Debug)]
pub struct LiveDetail {
    /// What it does.
    pub now: LiveInteraction,
    /// Its record as it would be if it ended now: legs, segments, trace and decisions so far. What
    /// only the end can tell (`ended`, `outcome`, `ended_by`, `cause`) is preliminary.
    pub record: Box<InteractionRecord>,
}

/// A queue right now.
pub type LiveQueue = QueueSnapshot;

impl Tenant {
    fn live(&self, interaction: &Interaction) -> LiveInteraction {
        let (record, doing) = (interaction.ledger.record(), interaction.ledger.doing());
        let there = interaction.supervisors.iter().filter(|s| s.is_there);
        LiveInteraction {
            id: interaction.id,
            direction: record.direction,
            state: doing.kind,
            state_since: interaction.ledger.since(),
            from: record.from.clone(),
            to: record.to.clone(),
            queue: doing.queue,
            agent: doing.agent,
            slot: interaction.slot(),
            started: record.started,
            position: self.router.position(interaction.id).map(|p| p as u32),
            waiting_since: interaction.waited_from.filter(|_| record.connected.is_none()).map(|from| from.wall),
            callback_of: interaction.callback_of,
            supervisors: there.map(|s| (s.agent, s.mode)).collect(),
        }
    }
}

impl Center {
    /// A tenant right now. Costs as much as there is to tell: for screens that open, not for each update.
    pub fn live(&self, now: Now, tenant: TenantId) -> Option<Live> {
        let t = self.tenants.get(&tenant)?;
        let agents = t.directory.agents().filter_map(|agent| {
            if t.is_agent_hidden(agent.id) {
                return None;
            }
            let queues = t.router.agent_config(agent.id).map(|c| c.queues.clone()).unwrap_or_default();
            let status = t.status(now, agent.id)?;
            Some(LiveAgent { number: agent.number.clone(), name: agent.name.clone(), queues, status })
        });
        let interactions = self.interactions.values().filter(|i| i.tenant == tenant).map(|i| t.live(i));
        Some(Live {
            agents: agents.collect(),
            interactions: interactions.collect(),
            queues: self.queues_live(now, tenant),
            trunks: t.live_trunks(),
            alerts: t.alerts.standing().cloned().collect(),
            capacity: self.capacity(),
            waited: t.queues.keys().map(|queue| (*queue, t.router.waited(now, *queue))).collect(),
            expired: t.expired.iter().rev().copied().collect(),
        })
    }

    /// A tenant's figures that change by the second.
    pub fn figures_live(&self, now: Now, tenant: TenantId) -> LiveFigures {
        LiveFigures { queues: self.queues_live(now, tenant), capacity: self.capacity() }
    }

    /// An interaction in progress, in the shape of its record; none when it has ended or is not this
    /// tenant's.
    pub fn interaction(&self, now: Now, tenant: TenantId, id: InteractionId) -> Option<LiveDetail> {
        let t = self.tenants.get(&tenant)?;
        let interaction = self.interactions.get(&id).filter(|i| i.tenant == tenant)?;
        let trace = interaction.walk.as_ref().map(|w| w.trace().to_vec()).unwrap_or_default();
        let record = interaction.ledger.so_far(now.wall, outcome(interaction), trace);
        Some(LiveDetail { now: t.live(interaction), record })
    }

    /// A tenant's queues right now.
    pub fn queues_live(&self, now: Now, tenant: TenantId) -> Vec<LiveQueue> {
        let Some(t) = self.tenants.get(&tenant) else { return Vec::new() };
        let shown = t.queues.keys().filter(|q| !t.is_hidden(**q));
        let snapshot = |queue: &QueueId| {
            let mut snapshot = t.router.snapshot(now, *queue)?;
            if snapshot.number.is_empty() {
                snapshot.number = t.plan.number_of_queue(*queue).cloned().unwrap_or(snapshot.number);
            }
            Some(snapshot)
        };
        shown.filter_map(snapshot).collect()
    }
}
