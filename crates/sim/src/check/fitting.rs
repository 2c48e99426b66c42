//! Whom queues ring, against what their settings say, read plainly.

use std::collections::HashMap;

use acd::{AgentConfig, QueueConfig};
use center::Setup;
use types::record::{Decision, Helper, InteractionRecord};
use types::{AgentId, Now, QueueId};

use super::{Invariant, Verdict};

/// The settings of the day, which do not change.
pub(super) struct Fitting {
    queues: HashMap<QueueId, QueueConfig>,
    agents: HashMap<AgentId, AgentConfig>,
}

impl Fitting {
    pub(super) fn new(setup: &Setup) -> Self {
        Self {
            queues: setup.queues.iter().map(|queue| (queue.id, queue.clone())).collect(),
            agents: setup.agents.iter().map(|agent| (agent.id, agent.clone())).collect(),
        }
    }

    pub(super) fn on_record(&self, verdict: &mut Verdict, now: Now, record: &InteractionRecord) {
        for decision in &record.decisions {
            for agent in decision.together.iter().chain([&decision.winner.agent]) {
                if !self.fits(decision, *agent) {
                    verdict.breaks(now, Invariant::RightAgent, || {
                        format!("{}: agent {agent} does not fit {decision:?}", record.id)
                    });
                }
            }
        }
    }

    fn fits(&self, decision: &Decision, agent: AgentId) -> bool {
        let Some((queue, agent)) = self.queues.get(&decision.queue).zip(self.agents.get(&agent)) else { return false };
        let waited = decision.waited_ms.unwrap_or(0);
        let step = |after_s: u32| u64::from(after_s) * 1000 <= waited;
        let serves = |helper| match helper {
            Some(Helper::Queue(queue)) => agent.queues.contains(&queue),
            Some(Helper::Team { team }) => agent.teams.contains(&team),
            None => false,
        };
        let helps = queue.overflow.iter().any(|it| step(it.after_s) && serves(it.helper()));
        let last = decision.need.agent == Some(agent.id);
        let asked = |skill: &acd::SkillRequirement| {
            let eased = queue.relax.iter().filter(|it| it.skill == skill.skill && step(it.after_s)).map(|it| it.min);
            eased.chain([skill.min]).min().unwrap_or(skill.min)
        };
        let able = queue.skills.iter().all(|skill| agent.level(&skill.skill) >= asked(skill));
        (agent.queues.contains(&queue.id) || helps) && (able || last)
    }
}
