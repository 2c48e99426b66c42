//! Queues and agents come, change and go while calls stand.

use types::record::Helper;
use types::{AgentId, Now, QueueId};

use super::{Key, Router};
use crate::agent::{Activity, Agent};
use crate::config::{AgentConfig, Overflow, QueueConfig};
use crate::lot::lot;
use crate::output::{Change, Error, OfferEnd, Output};
use crate::queue::Queue;
use crate::refused::ConfigError;
use crate::stats::Fate;
use crate::waiting::Phase;

impl Router {
    /// Adds a queue or changes one; who waits in it goes on waiting under the new settings.
    pub fn upsert_queue(&mut self, now: Now, config: QueueConfig) -> Result<(), ConfigError> {
        config.validate()?;
        let id = config.id;
        match self.queues.get_mut(&id) {
            Some(queue) => queue.reconfigure(config),
            None => {
                self.queues.insert(id, Queue::new(config));
            }
        }
        let Some(queue) = self.queues.get_mut(&id) else { return Ok(()) };
        self.outputs.push_back(Output::Settings(Box::new(Change::Queue(queue.config.clone()))));
        for agent in self.agents.values().filter(|agent| agent.config.queues.contains(&id)) {
            queue.members.put(agent, &queue.config);
        }
        self.helped.values_mut().for_each(|helped| helped.retain(|other| *other != id));
        for helper in queue.config.overflow.iter().filter_map(Overflow::helper) {
            self.helped.entry(helper).or_default().insert(id);
        }
        let waiting: Vec<_> = queue.line.places().iter().map(|place| place.interaction).collect();
        for interaction in waiting {
            self.leave_line(now, interaction, false);
            self.join_line(now, interaction);
        }
        self.queue_changed(id);
        self.dispatch(now);
        Ok(())
    }

    /// Removes a queue. Who waits in it is told [`Output::NoAgent`]; talks go on.
    pub fn remove_queue(&mut self, now: Now, id: QueueId) -> Result<(), Error> {
        let queue = self.queues.get(&id).ok_or(Error::UnknownQueue)?;
        // First those in line, so that none of them gets an agent whom another's end frees.
        let mut all: Vec<_> = queue.line.places().iter().map(|place| place.interaction).collect();
        let placed = self.held.iter().filter(|(_, held)| held.ticket.queue == id);
        all.extend(placed.filter(|(_, held)| !matches!(held.phase, Phase::Waiting(_))).map(|(id, _)| *id));
        for interaction in all {
            self.drop_ticket(now, interaction, Some(Fate::Overflowed));
            self.outputs.push_back(Output::NoAgent { interaction, queue: id });
        }
        self.queues.remove(&id);
        self.unstaffed.extend(self.helped.get(&Helper::Queue(id)).into_iter().flatten());
        self.helped.values_mut().for_each(|helped| helped.retain(|other| *other != id));
        self.outputs.push_back(Output::Settings(Box::new(Change::QueueGone(id))));
        self.dispatch(now);
        Ok(())
    }

    /// Adds an agent, signed out, or changes one; its state and talk go on.
    pub fn upsert_agent(&mut self, now: Now, mut config: AgentConfig) -> Result<(), ConfigError> {
        config.validate()?;
        config.queues.sort_unstable();
        config.queues.dedup();
        config.teams.sort_unstable();
        config.teams.dedup();
        let id = config.id;
        let tie = lot(self.seed, id);
        self.outputs.push_back(Output::Settings(Box::new(Change::Agent(config.clone()))));
        let agent = match self.agents.entry(id) {
            std::collections::btree_map::Entry::Vacant(slot) => slot.insert(Agent::new(config, tie, now)),
            std::collections::btree_map::Entry::Occupied(slot) => {
                let agent = slot.into_mut();
                let left = std::mem::replace(&mut agent.config, config);
                for team in left.teams {
                    self.unstaffed.extend(self.helped.get(&Helper::Team { team }).into_iter().flatten());
                }
                for queue in left.queues.into_iter().filter(|queue| !agent.config.queues.contains(queue)) {
                    if let Some(it) = self.queues.get_mut(&queue) {
                        it.members.remove(id);
                        self.unstaffed.insert(queue);
                    }
                }
                agent
            }
        };
        for id in &agent.config.queues {
            if let Some(queue) = self.queues.get_mut(id) {
                queue.members.put(agent, &queue.config);
                self.unstaffed.insert(*id);
            }
        }
        self.teams.put(agent);
        self.agent_came(id);
        self.dispatch(now);
        Ok(())
    }

    /// Removes an agent. What rings at it or is being connected goes back to the front.
    pub fn remove_agent(&mut self, now: Now, id: AgentId) -> Result<(), Error> {
        let agent = self.agents.get_mut(&id).ok_or(Error::UnknownAgent)?;
        agent.signed_in = false;
        agent.elsewhere = None;
        agent.return_at = None;
        if let Activity::Offer { interaction, .. } | Activity::Connecting { interaction, .. } = agent.activity {
            self.withdraw(now, id, interaction, OfferEnd::SignedOut);
        }
        if let Some(agent) = self.agents.get_mut(&id) {
            agent.activity = Activity::Idle;
        }
        self.settle(now, id);
        if let Some(agent) = self.agents.remove(&id) {
            self.timers.set(Key::Agent(id), agent.deadline, None);
            for queue in &agent.config.queues {
                if let Some(it) = self.queues.get_mut(queue) {
                    it.members.remove(id);
                }
            }
            self.teams.remove(id);
            self.outputs.push_back(Output::Settings(Box::new(Change::AgentGone(id))));
        }
        self.dispatch(now);
        Ok(())
    }
}
