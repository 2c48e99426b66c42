//! By which settings a decision was made: a short text for the queue's, one for its agents', one for the rules that put
//! customers before others. Equal texts mean equal settings, also across restarts; what they said then is in the journal.

use std::collections::HashMap;

use acd::Change;
use dialplan::PriorityRules;
use types::leg::Text;
use types::record::Rules;
use types::{AgentId, QueueId};

use crate::replay::written;

/// Fowler, Noll and Vo's hash FNV-1a, which stays what it is from build to build.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Eight digits tell two settings apart on a screen; that others share them by chance is one in four thousand million.
fn short(hash: u64) -> Text {
    format!("{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff)).into()
}

/// Of a tenant's settings, as they are now.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    queues: HashMap<QueueId, u64>,
    agents: HashMap<AgentId, (u64, Vec<QueueId>)>,
    /// Of all agents of a queue together, whatever their order.
    serving: HashMap<QueueId, u64>,
}

impl Versions {
    /// Takes a change of settings.
    pub(crate) fn note(&mut self, change: &Change) {
        match change {
            Change::Queue(config) => {
                self.queues.insert(config.id, hash(&written(config).unwrap_or_default()));
            }
            Change::QueueGone(queue) => {
                self.queues.remove(queue);
            }
            Change::Agent(config) => {
                let (new, queues) = (hash(&written(config).unwrap_or_default()), config.queues.clone());
                let old = self.agents.insert(config.id, (new, queues.clone()));
                self.toggle(old);
                self.toggle(Some((new, queues)));
            }
            Change::AgentGone(agent) => {
                let old = self.agents.remove(agent);
                self.toggle(old);
            }
        }
    }

    /// Adds an agent to its queues, or takes it out again.
    fn toggle(&mut self, agent: Option<(u64, Vec<QueueId>)>) {
        for (hash, queue) in agent.iter().flat_map(|(hash, queues)| queues.iter().map(move |queue| (hash, queue))) {
            *self.serving.entry(*queue).or_default() ^= hash;
        }
    }

    /// By what this queue decides now.
    pub(crate) fn of(&self, queue: QueueId, settings: &HashMap<Text, Text>) -> Rules {
        Rules {
            queue: short(self.queues.get(&queue).copied().unwrap_or_default()),
            agents: short(self.serving.get(&queue).copied().unwrap_or_default()),
            priority: short(hash(settings.get(PriorityRules::SETTING).map_or("", |rules| rules))),
        }
    }
}
