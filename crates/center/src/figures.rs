//! Counts of a tenant right now, for metrics: no names, no numbers.

use std::collections::BTreeMap;

use acd::QueueSnapshot;
use types::record::{AgentState, SegmentKind};
use types::{Now, TenantId};

use crate::Center;

/// A tenant in figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// The tenant.
    pub tenant: TenantId,
    /// Interactions in progress, by what they do.
    pub interactions: BTreeMap<SegmentKind, u64>,
    /// Agents, by their state.
    pub agents: BTreeMap<AgentState, u64>,
    /// The queues.
    pub queues: Vec<QueueFigures>,
    /// The trunks.
    pub trunks: Vec<crate::LiveTrunk>,
}

/// A queue in figures.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueFigures {
    /// As the wall shows it.
    pub now: QueueSnapshot,
    /// How long the longest waiting one waits, milliseconds; zero when nobody does.
    pub longest_wait_ms: u64,
}

impl Center {
    /// All tenants in figures. Costs a look at every agent, interaction and queue: for a scrape every some seconds.
    pub fn figures(&self, now: Now) -> Vec<Figures> {
        let mut all: BTreeMap<TenantId, Figures> = BTreeMap::new();
        for (&tenant, t) in &self.tenants {
            let (interactions, mut agents) = (BTreeMap::new(), BTreeMap::new());
            let shown = t.directory.agents().filter(|agent| !t.is_agent_hidden(agent.id));
            for status in shown.filter_map(|agent| t.status(now, agent.id)) {
                *agents.entry(status.state).or_default() += 1;
            }
            let queues = self.queues_live(now, tenant).into_iter().map(|queue| QueueFigures {
                longest_wait_ms: queue.longest_wait_since.map_or(0, |since| now.wall.ms_since(since)),
                now: queue,
            });
            all.insert(
                tenant,
                Figures { tenant, interactions, agents, queues: queues.collect(), trunks: t.live_trunks() },
            );
        }
        for interaction in self.interactions.values() {
            if let Some(figures) = all.get_mut(&interaction.tenant) {
                *figures.interactions.entry(interaction.ledger.doing().kind).or_default() += 1;
            }
        }
        all.into_values().collect()
    }
}
