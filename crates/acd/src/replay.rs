//! A decision made again. The agents of a tenant are brought, step by step, to where they were when it was made; then
//! all that were in question stand in the same order, with the same terms, by the very code that chose then.

use std::collections::BTreeMap;

use types::event::{AgentStands, QueueStands, Worked};
use types::leg::Text;
use types::record::{AgentState, Candidate, Decision, Excluded, Helper, Need};
use types::{AgentId, Mono, Now, QueueId, TeamId};

use crate::agent::Agent;
use crate::choice::Pool;
use crate::config::QueueConfig;
use crate::lot::lot;
use crate::members::{Members, NEXT_MAX};
use crate::output::Change;
use crate::router::Router;
use crate::teams::Teams;

/// All that a decision was made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// The strategy.
    pub strategy: Text,
    /// Every agent who was ready, the best first.
    pub candidates: Vec<Candidate>,
    /// Who was out of the question, counted by reason.
    pub excluded: Vec<Excluded>,
    /// Each of them, with the reason.
    pub left_out: Vec<(AgentId, Text)>,
}

impl Ranking {
    /// Whether this is what the decision was made of: the same winner, the same next ones, the same agents left out.
    pub fn agrees_with(&self, decision: &Decision) -> bool {
        let Some((winner, others)) = self.candidates.split_first() else { return false };
        self.strategy == decision.strategy
            && *winner == decision.winner
            && others[..others.len().min(NEXT_MAX)] == decision.next
            && self.excluded == decision.excluded
    }
}

/// All that a router's next decision depends on: what a [`Replay`] can begin with.
#[derive(Clone, Debug)]
pub struct Stands {
    /// Of the lots.
    pub seed: u64,
    /// The settings.
    pub settings: Vec<Change>,
    /// The queues besides.
    pub queues: Vec<QueueStands>,
    /// The agents besides.
    pub agents: Vec<AgentStands>,
}

impl Router {
    /// How it stands. All outputs so far must have been taken: they are part of it.
    pub fn stands(&self) -> Stands {
        let queues = self.queues.values().map(|queue| {
            let (offers, last) = queue.members.offers();
            QueueStands { queue: queue.config.id, offers, last }
        });
        let agents = self.agents.values().map(|agent| AgentStands {
            agent: agent.config.id,
            state: agent.shown.state,
            idle_ms: agent.idle_since.as_millis(),
            worked: agent.worked,
        });
        let settings = self.queues.values().map(|queue| Change::Queue(queue.config.clone()));
        let settings = settings.chain(self.agents.values().map(|agent| Change::Agent(agent.config.clone())));
        Stands { seed: self.seed, settings: settings.collect(), queues: queues.collect(), agents: agents.collect() }
    }
}

/// The agents of a tenant's queues as far as decisions go.
#[derive(Debug)]
pub struct Replay {
    seed: u64,
    queues: BTreeMap<QueueId, (QueueConfig, Members)>,
    agents: BTreeMap<AgentId, Agent>,
    teams: Teams,
}

impl Replay {
    /// A router that has just begun with this seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, queues: BTreeMap::new(), agents: BTreeMap::new(), teams: Teams::default() }
    }

    /// Takes a change of settings.
    pub fn change(&mut self, change: Change) {
        match change {
            Change::Queue(config) => {
                let strategy = config.strategy;
                let (kept, members) =
                    self.queues.entry(config.id).or_insert_with(|| (config.clone(), Members::new(config.id, strategy)));
                *kept = config;
                members.set_strategy(strategy);
                for agent in self.agents.values().filter(|agent| agent.config.queues.contains(&kept.id)) {
                    members.put(agent, kept);
                }
            }
            Change::Agent(config) => {
                let (id, tie) = (config.id, lot(self.seed, config.id));
                let agent = self.agents.entry(id).or_insert_with(|| Agent::new(config.clone(), tie, Now::default()));
                let left = std::mem::replace(&mut agent.config, config).queues;
                for queue in left.into_iter().filter(|queue| !agent.config.queues.contains(queue)) {
                    if let Some((_, members)) = self.queues.get_mut(&queue) {
                        members.remove(id);
                    }
                }
                for queue in &agent.config.queues {
                    if let Some((config, members)) = self.queues.get_mut(queue) {
                        members.put(agent, config);
                    }
                }
                self.teams.put(agent);
            }
            Change::QueueGone(queue) => drop(self.queues.remove(&queue)),
            Change::AgentGone(agent) => {
                self.agents.remove(&agent);
                self.queues.values_mut().for_each(|(_, members)| members.remove(agent));
                self.teams.remove(agent);
            }
        }
    }

    /// Takes that an agent is in this state from now on; `idle_since` and `worked` when that is ready.
    pub fn agent_state(&mut self, agent: AgentId, state: AgentState, idle_since: Option<Mono>, worked: Option<Worked>) {
        let Some(it) = self.agents.get_mut(&agent) else { return };
        it.shown.state = state;
        it.idle_since = idle_since.unwrap_or(it.idle_since);
        it.worked = worked.unwrap_or(it.worked);
        for queue in &it.config.queues {
            if let Some((_, members)) = self.queues.get_mut(queue) {
                members.update(it);
            }
        }
        self.teams.update(it);
    }

    /// Takes that a queue has offered something to an agent.
    pub fn offered(&mut self, queue: QueueId, need: &Need, agent: AgentId) {
        if let Some(Helper::Queue(through)) = self.through(queue, need, agent)
            && let Some((_, members)) = self.queues.get_mut(&through)
        {
            members.offered(agent);
        }
    }

    /// Takes how a queue stands, before any agent of it is ready.
    pub fn queue_stands(&mut self, stands: &QueueStands) {
        if let Some((_, members)) = self.queues.get_mut(&stands.queue) {
            members.set_offers(stands.offers, &stands.last);
        }
    }

    /// Whom the queue chooses from at this moment for one with this need; none when nobody who fits is ready.
    pub fn rank(&self, queue: QueueId, need: &Need, now: Mono) -> Option<Ranking> {
        let (_, members) = self.queues.get(&queue)?;
        let choice = self.choose(queue, need, now, usize::MAX)?;
        let fits = |agent| need.skills.is_empty() || self.fits(agent, need);
        let left_out = members.left_out(fits).collect();
        Some(Ranking { strategy: choice.strategy, candidates: choice.candidates, excluded: choice.excluded, left_out })
    }
}

impl Pool for Replay {
    fn members(&self, queue: QueueId) -> Option<&Members> {
        self.queues.get(&queue).map(|(_, members)| members)
    }

    fn team(&self, team: TeamId) -> Option<&Members> {
        self.teams.get(team)
    }

    fn agent(&self, agent: AgentId) -> Option<&Agent> {
        self.agents.get(&agent)
    }
}
