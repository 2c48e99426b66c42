//! Matches those who wait with those who are ready.

use std::sync::Arc;

use types::record::{Candidate, Decision, Helper, Need};
use types::{AgentId, InteractionId, Now, QueueId, TeamId};

use super::Router;
use crate::agent::{Activity, Agent};
use crate::choice::Pool;
use crate::config::{NoAgentPolicy, RING_ALL_MAX, Strategy};
use crate::members::{Members, NEXT_MAX};
use crate::output::Output;
use crate::queue::Queue;
use crate::stats::Fate;
use crate::waiting::Phase;

impl Pool for Router {
    fn members(&self, queue: QueueId) -> Option<&Members> {
        self.queues.get(&queue).map(|queue| &queue.members)
    }

    fn team(&self, team: TeamId) -> Option<&Members> {
        self.teams.get(team)
    }

    fn agent(&self, agent: AgentId) -> Option<&Agent> {
        self.agents.get(&agent)
    }
}

impl Router {
    /// Makes offers until no line that changed has both somebody waiting and somebody ready who fits. A
    /// line that did not change can't have both: it had not before.
    pub(super) fn dispatch(&mut self, now: Now) {
        while let Some((queue, need)) = self.most_urgent(now) {
            self.offer(now, queue, &need);
        }
        while let Some(queue) = self.unstaffed.pop_first() {
            self.leave_unstaffed(now, queue);
            for helped in self.helped.get(&Helper::Queue(queue)).cloned().unwrap_or_default() {
                self.leave_unstaffed(now, helped);
            }
        }
    }

    /// Of the changed lines where a match is possible, the one whose head is the most urgent. The others are not looked
    /// at again until something changes.
    fn most_urgent(&mut self, now: Now) -> Option<(QueueId, Arc<Need>)> {
        let mut open = std::mem::take(&mut self.open);
        open.retain(|(id, need)| {
            self.queues.get(id).is_some_and(|queue| queue.line.first(need).is_some()) && self.has_choice(*id, need)
        });
        let head = |(id, need): &(QueueId, Arc<Need>)| {
            let queue = self.queues.get(id)?;
            Some(queue.line.first(need)?.urgency(queue.ageing, now.mono))
        };
        let most = open.iter().min_by_key(|line| (head(line), line.0)).cloned();
        self.open = open;
        most
    }

    /// Offers the line's first to the best agent, or to all of the best tier where the queue has all ring. Both are there.
    fn offer(&mut self, now: Now, id: QueueId, need: &Arc<Need>) {
        let Some(mut choice) = Pool::choose(self, id, need, now.mono, 1 + NEXT_MAX) else {
            self.open.remove(&(id, need.clone()));
            return;
        };
        let winner = choice.candidates.remove(0);
        let first = winner.agent;
        if let Some(Helper::Queue(through)) = self.through(id, need, first)
            && let Some(queue) = self.queues.get_mut(&through)
        {
            queue.members.offered(first);
        }
        let together = self.together(id, need, first, &choice.candidates);
        let Some(queue) = self.queues.get(&id) else { return };
        let Some(place) = queue.line.first(need) else { return };
        let interaction = place.interaction;
        let ring_until = now.mono + std::time::Duration::from_secs(queue.config.ring_timeout_s.into());
        let wants = self.held.get(&interaction).map_or(&[][..], |held| &held.wishes.skills);
        let waited = now.mono.since(place.at);
        let decision = Box::new(Decision {
            at: now.wall,
            queue: id,
            strategy: choice.strategy,
            winner,
            next: choice.candidates,
            excluded: choice.excluded,
            need: Need::clone(need),
            together: together.clone(),
            waited_ms: u64::try_from(waited.as_millis()).ok(),
            asked: queue.config.asked(waited, wants),
            rules: None,
        });
        self.leave_line(now, interaction, true);
        for agent in together.iter().chain([&first]) {
            if let Some(agent) = self.agents.get_mut(agent) {
                agent.activity = Activity::Offer { interaction, queue: id, until: ring_until };
            }
        }
        if let Some(held) = self.held.get_mut(&interaction) {
            held.phase = Phase::Offered(first);
            held.others.clone_from(&together);
        }
        self.outputs.push_back(Output::Offer { interaction, agent: first, queue: id, decision, ring_until });
        self.settle(now, first);
        for agent in together {
            self.settle(now, agent);
        }
    }

    /// Who rings together with the first: where the queue has all ring, the others of its own agents in the first's tier.
    fn together(&self, id: QueueId, need: &Need, first: AgentId, others: &[Candidate]) -> Vec<AgentId> {
        let rings_all = |queue: &&Queue| queue.config.strategy == Strategy::RingAll && need.agent.is_none();
        let Some(queue) = self.queues.get(&id).filter(rings_all) else { return Vec::new() };
        let tier = |agent: AgentId| {
            let own = self.agents.get(&agent).filter(|_| queue.members.is_ready(agent));
            own.map(|it| it.config.order)
        };
        let Some(best) = tier(first) else { return Vec::new() };
        let same = others.iter().map(|other| other.agent).filter(|other| tier(*other) == Some(best));
        same.take(RING_ALL_MAX - 1).collect()
    }

    /// An agent is ready, or can do other things than before: the lines that it fits are looked at.
    pub(super) fn agent_came(&mut self, agent: AgentId) {
        let Some(it) = self.agents.get(&agent) else { return };
        let mut found = Vec::new();
        for group in it.config.groups() {
            let own = if let Helper::Queue(queue) = group { Some(queue) } else { None };
            for id in self.helped.get(&group).into_iter().flatten().copied().chain(own) {
                let Some(queue) = self.queues.get(&id) else { continue };
                let suits = queue.line.needs().filter(|need| {
                    need.agent.is_none_or(|only| only == agent)
                        && (own == Some(id) || need.also.contains(&group))
                        && (need.skills.is_empty() || self.fits(agent, need))
                });
                found.extend(suits.map(|need| (id, need.clone())));
            }
        }
        self.open.extend(found);
    }

    /// A queue is different now: its lines are looked at, and those that its agents help with.
    pub(super) fn queue_changed(&mut self, id: QueueId) {
        for id in self.helped.get(&Helper::Queue(id)).into_iter().flatten().chain([&id]) {
            if let Some(queue) = self.queues.get(id) {
                self.open.extend(queue.line.needs().map(|need| (*id, need.clone())));
            }
        }
        self.unstaffed.insert(id);
    }

    /// Whether somebody is signed in who serves the queue, or who is let in to help before its longest wait is over.
    pub(super) fn staffed(&self, id: QueueId) -> bool {
        let Some(queue) = self.queues.get(&id) else { return false };
        let config = &queue.config;
        if queue.members.staffed() {
            return true;
        }
        let steps =
            config.overflow.iter().filter(|step| config.max_wait_s.is_none_or(|longest| step.after_s < longest));
        let mut helpers = steps.filter_map(|step| self.helping(step.helper()?));
        if config.skills.is_empty() {
            return helpers.any(Members::staffed);
        }
        let suits = |agent| self.agents.get(&agent).is_some_and(|it| config.suits(&it.config));
        helpers.any(|members| members.signed_in().any(suits))
    }

    /// Where the last agent has gone and the queue says so, all who wait on the line leave.
    fn leave_unstaffed(&mut self, now: Now, id: QueueId) {
        let Some(queue) = self.queues.get(&id) else { return };
        if queue.config.no_agent != NoAgentPolicy::Leave || self.staffed(id) {
            return;
        }
        let waiting = queue.line.places().into_iter().map(|place| place.interaction);
        let on_the_line = |id: &InteractionId| self.held.get(id).is_some_and(|held| !held.ticket.callback);
        for interaction in waiting.filter(on_the_line).collect::<Vec<_>>() {
            self.drop_ticket(now, interaction, Some(Fate::Overflowed));
            self.outputs.push_back(Output::NoAgent { interaction, queue: id });
        }
    }
}
