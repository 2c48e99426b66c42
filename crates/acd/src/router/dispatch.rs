//! Matches those who wait with those who are ready.

use types::record::Decision;
use types::{Now, QueueId};

use super::Router;
use crate::agent::Activity;
use crate::config::NoAgentPolicy;
use crate::members::NEXT_MAX;
use crate::output::Output;
use crate::stats::Fate;
use crate::waiting::Phase;

impl Router {
    /// Makes offers until no queue that changed has both somebody waiting and somebody ready. A
    /// queue that did not change can't have both: it had not before.
    pub(super) fn dispatch(&mut self, now: Now) {
        while let Some(queue) = self.most_urgent(now) {
            self.offer(now, queue);
        }
        while let Some(queue) = self.dirty.pop_first() {
            self.leave_unstaffed(now, queue);
        }
    }

    /// Of the changed queues where a match is possible, the one whose head is the most urgent.
    fn most_urgent(&mut self, now: Now) -> Option<QueueId> {
        let queues = &self.queues;
        self.dirty
            .iter()
            .filter_map(|id| queues.get(id).filter(|queue| queue.members.has_ready()).map(|queue| (id, queue)))
            .filter_map(|(id, queue)| Some((queue.line.first()?.urgency(queue.ageing, now.mono), *id)))
            .min()
            .map(|(_, id)| id)
    }

    /// Offers the queue's first to its best agent. Both are there.
    fn offer(&mut self, now: Now, id: QueueId) {
        let Some(queue) = self.queues.get_mut(&id) else { return };
        let Some((place, (winner, next, excluded))) = queue.line.first().zip(queue.members.choose(now.mono, NEXT_MAX))
        else {
            return;
        };
        let (interaction, agent_id) = (place.interaction, winner.agent);
        queue.members.offered(agent_id);
        let ring_until = now.mono + std::time::Duration::from_secs(queue.config.ring_timeout_s.into());
        let strategy = queue.config.strategy.name();
        let decision = Box::new(Decision { at: now.wall, queue: id, strategy, winner, next, excluded });
        self.leave_line(now, interaction, true);
        if let Some(held) = self.held.get_mut(&interaction) {
            held.phase = Phase::Offered(agent_id);
        }
        if let Some(agent) = self.agents.get_mut(&agent_id) {
            agent.activity = Activity::Offer { interaction, queue: id, until: ring_until };
        }
        self.outputs.push_back(Output::Offer { interaction, agent: agent_id, queue: id, decision, ring_until });
        self.settle(now, agent_id);
    }

    /// Where the last agent has gone and the queue says so, all who wait leave.
    fn leave_unstaffed(&mut self, now: Now, id: QueueId) {
        let Some(queue) = self.queues.get(&id) else { return };
        if queue.config.no_agent != NoAgentPolicy::Leave || queue.members.staffed() {
            return;
        }
        let waiting: Vec<_> = queue.line.iter().map(|place| place.interaction).collect();
        for interaction in waiting {
            self.drop_ticket(now, interaction, Some(Fate::Overflowed));
            self.outputs.push_back(Output::NoAgent { interaction, queue: id });
        }
    }
}
