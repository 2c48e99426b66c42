//! The choice of an agent for one who waits: among the ready ones of its queue who fit its need, then, where it has
//! waited long enough for that, among those of the queues and teams that help.

use types::leg::Text;
use types::record::{Candidate, Excluded, Helper, Need};
use types::{AgentId, Mono, QueueId, TeamId};

use crate::agent::Agent;
use crate::members::Members;
use crate::strategy::last_agent;

/// What a choice is made of: the agents of each queue and team, and what each agent can do.
pub(crate) trait Pool {
    fn members(&self, queue: QueueId) -> Option<&Members>;
    fn team(&self, team: TeamId) -> Option<&Members>;
    fn agent(&self, agent: AgentId) -> Option<&Agent>;

    /// The agents of one who helps.
    fn helping(&self, helper: Helper) -> Option<&Members> {
        match helper {
            Helper::Queue(queue) => self.members(queue),
            Helper::Team { team } => self.team(team),
        }
    }

    /// Whether the agent has the skills.
    fn fits(&self, agent: AgentId, need: &Need) -> bool {
        self.agent(agent).is_some_and(|it| need.skills.iter().all(|want| it.config.level(&want.skill) >= want.min))
    }

    /// Through whom a ready agent is found: its own queue first.
    fn through(&self, queue: QueueId, need: &Need, agent: AgentId) -> Option<Helper> {
        let mut all = std::iter::once(Helper::Queue(queue)).chain(need.also.iter().copied());
        all.find(|it| self.helping(*it).is_some_and(|members| members.is_ready(agent)))
    }

    /// Whether anybody is ready who would do.
    fn has_choice(&self, queue: QueueId, need: &Need) -> bool {
        if let Some(agent) = need.agent {
            return self.members(queue).is_some_and(|members| members.is_ready(agent));
        }
        let any = |from: Helper| {
            let Some(members) = self.helping(from) else { return false };
            if need.skills.is_empty() {
                members.has_ready()
            } else {
                members.ready().any(|agent| self.fits(agent, need))
            }
        };
        any(Helper::Queue(queue)) || need.also.iter().any(|helper| any(*helper))
    }

    /// Whom to choose now; none where nobody fits.
    fn choose(&self, queue: QueueId, need: &Need, now: Mono, most: usize) -> Option<Choice> {
        let home = self.members(queue)?;
        if let Some(agent) = need.agent {
            let it = self.agent(agent).filter(|_| home.is_ready(agent))?;
            let terms = last_agent::terms(it.idle_since, home.moment(now));
            let candidates = vec![Candidate { agent, terms }];
            return Some(Choice { strategy: last_agent::name(), candidates, excluded: home.excluded(0) });
        }
        let skilled = |agent| self.fits(agent, need);
        let fits: Option<&dyn Fn(AgentId) -> bool> = if need.skills.is_empty() { None } else { Some(&skilled) };
        let (mut candidates, unfit) = home.best(now, most, fits);
        for (n, helper) in need.also.iter().enumerate() {
            let Some(helping) = self.helping(*helper).filter(|_| candidates.len() < most) else { continue };
            let earlier = |agent| {
                let before = need.also[..n].iter().copied().chain([Helper::Queue(queue)]);
                before.filter_map(|it| self.helping(it)).any(|members| members.is_ready(agent))
            };
            let others = |agent| !earlier(agent) && self.fits(agent, need);
            candidates.extend(helping.best(now, most - candidates.len(), Some(&others)).0);
        }
        if candidates.is_empty() {
            return None;
        }
        Some(Choice { strategy: home.strategy(), candidates, excluded: home.excluded(unfit) })
    }
}

/// A choice, with its reasons.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) strategy: Text,
    /// The best first; at least one.
    pub(crate) candidates: Vec<Candidate>,
    /// Of the queue's own agents.
    pub(crate) excluded: Vec<Excluded>,
}
