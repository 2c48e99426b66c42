//! The agents of each team, as far as queues call them for help.

use std::collections::BTreeMap;

use types::{AgentId, QueueId, TeamId};

use crate::agent::Agent;
use crate::config::Strategy;
use crate::members::Members;

/// See the module. A team of nobody is not kept.
#[derive(Debug, Default)]
pub(crate) struct Teams(BTreeMap<TeamId, Members>);

impl Teams {
    pub(crate) fn get(&self, team: TeamId) -> Option<&Members> {
        self.0.get(&team)
    }

    /// Brings an agent into its teams, and out of those that it has left.
    pub(crate) fn put(&mut self, agent: &Agent) {
        let teams = &agent.config.teams;
        self.0.iter_mut().filter(|(team, _)| !teams.contains(team)).for_each(|(_, it)| it.remove(agent.config.id));
        for team in teams {
            // A team has no strategy of its own: whoever has been ready for the longest time is asked first.
            let new = || Members::new(QueueId(team.0), Strategy::LongestIdle);
            self.0.entry(*team).or_insert_with(new).put_any(agent);
        }
        self.0.retain(|_, it| !it.is_empty());
    }

    /// As [`Self::put`] for an agent whose teams have not changed.
    pub(crate) fn update(&mut self, agent: &Agent) {
        for team in &agent.config.teams {
            if let Some(members) = self.0.get_mut(team) {
                members.update(agent);
            }
        }
    }

    pub(crate) fn remove(&mut self, agent: AgentId) {
        self.0.values_mut().for_each(|it| it.remove(agent));
        self.0.retain(|_, it| !it.is_empty());
    }
}
