//! What agents do by themselves, and the one place where their state changes.

use types::event::Worked;
use types::lease::LeaseKind;
use types::leg::Text;
use types::record::{AgentState, Helper, Need};
use types::{AgentId, InteractionId, Now};

use super::{Key, Router};
use crate::agent::{Activity, Agent, Elsewhere, Wish};
use crate::output::{Error, OfferEnd, Output};
use crate::waiting::Phase;

impl Router {
    /// An agent signs in; not ready with the reason `signed_in` until it says otherwise. Harmless
    /// when it is signed in already.
    pub fn sign_in(&mut self, now: Now, agent: AgentId) -> Result<(), Error> {
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        if !it.signed_in {
            it.signed_in = true;
            it.worked = Worked::default();
            it.wish = Wish::NotReady("signed_in".into());
            it.return_at = None;
        }
        self.settle_and_dispatch(now, agent);
        Ok(())
    }

    /// An agent signs out. An offer that rings goes back, wrap-up ends, a talk goes on to its end.
    pub fn sign_out(&mut self, now: Now, agent: AgentId) -> Result<(), Error> {
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        it.signed_in = false;
        it.return_at = None;
        match it.activity {
            Activity::Offer { interaction, .. } => self.withdraw(now, agent, interaction, OfferEnd::SignedOut),
            Activity::WrapUp { .. } => self.end_wrap_up(now, agent),
            Activity::Idle | Activity::Connecting { .. } | Activity::Talk { .. } => {}
        }
        self.settle_and_dispatch(now, agent);
        Ok(())
    }

    /// An agent wants calls. Ends its wrap-up; during an offer or talk, holds from its end on.
    pub fn ready(&mut self, now: Now, agent: AgentId) -> Result<(), Error> {
        self.wish(now, agent, Wish::Ready)
    }

    /// An agent wants no calls. Ends its wrap-up; during an offer or talk, holds from its end on.
    pub fn not_ready(&mut self, now: Now, agent: AgentId, reason: Text) -> Result<(), Error> {
        self.wish(now, agent, Wish::NotReady(reason))
    }

    fn wish(&mut self, now: Now, agent: AgentId, wish: Wish) -> Result<(), Error> {
        let it = self.signed_in(agent)?;
        it.wish = wish;
        it.return_at = None;
        if matches!(it.activity, Activity::WrapUp { .. }) {
            self.end_wrap_up(now, agent);
        }
        self.settle_and_dispatch(now, agent);
        Ok(())
    }

    /// An agent talks outside the queues: it called somebody, or was called directly. An offer that
    /// rings goes back. Renew with [`Self::talk_alive`].
    pub fn busy_elsewhere(&mut self, now: Now, agent: AgentId, interaction: InteractionId) -> Result<(), Error> {
        let until = now.mono + self.limits.talk;
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        it.elsewhere = Some(Elsewhere { interaction, until, rings: false });
        if let Activity::Offer { interaction, .. } = it.activity {
            self.withdraw(now, agent, interaction, OfferEnd::Busy);
        }
        self.settle_and_dispatch(now, agent);
        Ok(())
    }

    /// A call from outside the queues rings at an agent who neither rings nor talks: no queue offers
    /// it anything meanwhile. Followed by [`Self::busy_elsewhere`] or [`Self::free_elsewhere`].
    pub fn rings_elsewhere(&mut self, now: Now, agent: AgentId, interaction: InteractionId) -> Result<(), Error> {
        let until = now.mono + self.limits.talk;
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        if !matches!(it.activity, Activity::Idle | Activity::WrapUp { .. }) || it.elsewhere.is_some_and(|c| !c.rings) {
            return Err(Error::Stale);
        }
        it.elsewhere = Some(Elsewhere { interaction, until, rings: true });
        self.settle_and_dispatch(now, agent);
        Ok(())
    }

    /// The call of [`Self::busy_elsewhere`] or [`Self::rings_elsewhere`] is over.
    pub fn free_elsewhere(&mut self, now: Now, agent: AgentId, interaction: InteractionId) -> Result<(), Error> {
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        let call = it.elsewhere.take_if(|call| call.interaction == interaction).ok_or(Error::Stale)?;
        // One who was only rung has not worked.
        it.keep_idle |= call.rings;
        self.settle_and_dispatch(now, agent);
        Ok(())
    }

    /// The agent's calls are known to be alive: their leases start anew. That alone is no
    /// [`Output::AgentState`]; heartbeats would drown the others.
    pub fn talk_alive(&mut self, now: Now, agent: AgentId) -> Result<(), Error> {
        let lease = now.mono + self.limits.talk;
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        if let Activity::Talk { until, .. } = &mut it.activity {
            *until = lease;
        }
        if let Some(call) = &mut it.elsewhere {
            call.until = lease;
        }
        it.shown.until = it.state().until;
        self.reschedule(agent);
        Ok(())
    }

    fn signed_in(&mut self, agent: AgentId) -> Result<&mut Agent, Error> {
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        if it.signed_in { Ok(it) } else { Err(Error::NotSignedIn) }
    }

    /// Something of an agent has come to its time.
    pub(super) fn agent_due(&mut self, now: Now, agent: AgentId) {
        let Some(it) = self.agents.get_mut(&agent) else { return };
        if it.return_at.is_some_and(|at| at <= now.mono) {
            it.return_at = None;
            it.wish = Wish::Ready;
        }
        if let Some(call) = it.elsewhere.take_if(|call| call.until <= now.mono) {
            let (interaction, since) = (call.interaction, it.since.wall);
            self.outputs.push_back(Output::LeaseExpired { agent, lease: LeaseKind::Call, since, interaction });
        }
        if it.activity.until().is_some_and(|until| until <= now.mono) {
            self.activity_due(now, agent);
        }
        self.settle(now, agent);
    }

    fn activity_due(&mut self, now: Now, agent: AgentId) {
        let Some(it) = self.agents.get_mut(&agent) else { return };
        let since = it.since.wall;
        let stuck = |lease, interaction| Output::LeaseExpired { agent, lease, since, interaction };
        match it.activity {
            Activity::Idle => {}
            Activity::Offer { interaction, .. } => self.withdraw(now, agent, interaction, OfferEnd::NoAnswer),
            Activity::Connecting { interaction, .. } => {
                self.outputs.push_back(stuck(LeaseKind::Connect, interaction));
                self.withdraw(now, agent, interaction, OfferEnd::Stalled);
            }
            Activity::Talk { interaction, since, .. } => {
                it.activity = Activity::Idle;
                it.talked(since, now.mono);
                self.outputs.push_back(stuck(LeaseKind::Talk, interaction));
            }
            Activity::WrapUp { .. } => self.end_wrap_up(now, agent),
        }
    }

    pub(super) fn settle_and_dispatch(&mut self, now: Now, agent: AgentId) {
        self.settle(now, agent);
        self.dispatch(now);
    }

    /// Makes known what follows from an agent's changes: to its queues, the timers and the outside.
    pub(super) fn settle(&mut self, now: Now, agent: AgentId) {
        self.reschedule(agent);
        let Some(it) = self.agents.get_mut(&agent) else { return };
        let shown = it.state();
        let keep_idle = std::mem::take(&mut it.keep_idle);
        if shown == it.shown {
            return;
        }
        let moved = shown.state != it.shown.state;
        if moved || shown.reason != it.shown.reason || shown.interaction != it.shown.interaction {
            it.since = now;
        }
        it.shown = shown;
        if moved {
            if it.shown.state == AgentState::Ready && !keep_idle {
                it.idle_since = now.mono;
            }
            for id in &it.config.queues {
                if let Some(queue) = self.queues.get_mut(id) {
                    queue.members.update(it);
                    if it.shown.state == AgentState::Offline {
                        self.unstaffed.insert(*id);
                    }
                }
            }
            self.teams.update(it);
            if it.shown.state == AgentState::Offline {
                let helped = it.config.teams.iter().filter_map(|team| self.helped.get(&Helper::Team { team: *team }));
                self.unstaffed.extend(helped.flatten());
            }
        }
        let (queue, clock) = match (it.shown.state, it.activity) {
            (AgentState::Ready, _) => (None, Some(it.idle_since)),
            // Of several who ring together the first is the one that was chosen.
            (AgentState::Ringing, Activity::Offer { interaction, queue, .. })
                if moved && self.held.get(&interaction).is_some_and(|held| held.phase == Phase::Offered(agent)) =>
            {
                (Some(queue), Some(now.mono))
            }
            _ => (None, None),
        };
        let worked = (it.shown.state == AgentState::Ready).then_some(it.worked);
        let offered = it.shown.interaction.filter(|_| queue.is_some()).and_then(|id| self.held.get(&id));
        let need = offered.map(|held| Need::clone(&held.need)).unwrap_or_default();
        self.outputs.push_back(Output::AgentState {
            agent,
            state: it.shown.state,
            reason: it.shown.reason.clone(),
            since: it.since,
            until: it.shown.until,
            interaction: it.shown.interaction,
            next: it.shown.next.clone(),
            queue,
            clock,
            worked,
            need,
        });
        if moved && self.agents.get(&agent).is_some_and(|it| it.shown.state == AgentState::Ready) {
            self.agent_came(agent);
        }
    }

    fn reschedule(&mut self, agent: AgentId) {
        if let Some(it) = self.agents.get_mut(&agent) {
            let deadline = it.next_deadline();
            self.timers.set(Key::Agent(agent), it.deadline, deadline);
            it.deadline = deadline;
        }
    }
}
