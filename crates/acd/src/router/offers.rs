//! From the offer over the talk to the end of the work after it.

use std::time::Duration;

use types::leg::Text;
use types::{AgentId, InteractionId, Mono, Now, QueueId};

use super::Router;
use crate::agent::{Activity, Wish};
use crate::output::{Error, OfferEnd, Output, Rejection};
use crate::stats::Fate;
use crate::waiting::Phase;

impl Router {
    /// The agent's phone answered. Announcements may run until [`Self::talk_started`].
    ///
    /// [`Error::Stale`] when the offer is over: the phone has to be hung up.
    pub fn offer_accepted(&mut self, now: Now, interaction: InteractionId, agent: AgentId) -> Result<(), Error> {
        let until = now.mono + self.limits.connect;
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        match it.activity {
            Activity::Offer { interaction: offered, queue, .. } if offered == interaction => {
                it.activity = Activity::Connecting { interaction, queue, until };
            }
            _ => return Err(Error::Stale),
        }
        self.answered_by(now, interaction, agent);
        self.settle_and_dispatch(now, agent);
        Ok(())
    }

    /// The agent's side ended the offer, or its phone was lost before the talk began. The agent
    /// becomes not ready; where no other rings, the interaction goes back to the front with its wait.
    pub fn offer_rejected(
        &mut self,
        now: Now,
        interaction: InteractionId,
        agent: AgentId,
        why: Rejection,
    ) -> Result<(), Error> {
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        match it.activity {
            Activity::Offer { interaction: held, .. } | Activity::Connecting { interaction: held, .. }
                if held == interaction =>
            {
                it.activity = Activity::Idle;
            }
            _ => return Err(Error::Stale),
        }
        self.bench(now, agent, why.reason());
        if !self.rings_on_without(interaction, agent) {
            self.back_to_front(now, interaction);
        }
        self.settle_and_dispatch(now, agent);
        Ok(())
    }

    /// As [`Self::offer_rejected`] for a callback: the interaction that was to call is over, and what waits on in its place
    /// is a new one.
    pub fn callback_rejected(
        &mut self,
        now: Now,
        interaction: InteractionId,
        agent: AgentId,
        why: Rejection,
        anew: InteractionId,
    ) -> Result<(), Error> {
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        match &mut it.activity {
            Activity::Offer { interaction: held, .. } if *held == interaction && !self.held.contains_key(&anew) => {
                *held = anew;
            }
            _ => return Err(Error::Stale),
        }
        if let Some(mut held) = self.held.remove(&interaction) {
            held.ticket.interaction = anew;
            self.held.insert(anew, held);
        }
        self.offer_rejected(now, anew, agent, why)
    }

    /// Customer and agent hear each other. The interaction is out of the queue, answered.
    pub fn talk_started(&mut self, now: Now, interaction: InteractionId, agent: AgentId) -> Result<(), Error> {
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        let (Activity::Offer { interaction: held, queue, .. } | Activity::Connecting { interaction: held, queue, .. }) =
            it.activity
        else {
            return Err(Error::Stale);
        };
        if held != interaction {
            return Err(Error::Stale);
        }
        let wrap_up = self.queues.get(&queue).map_or(0, |queue| queue.config.wrap_up_s);
        it.activity = Activity::Talk {
            interaction,
            queue,
            since: now.mono,
            wrap_up: Duration::from_secs(wrap_up.into()),
            until: now.mono + self.limits.talk,
        };
        self.answered_by(now, interaction, agent);
        self.held.remove(&interaction);
        self.settle_and_dispatch(now, agent);
        Ok(())
    }

    /// The agent's part in the talk is over; wrap-up begins where the queue has one. If the
    /// customer is to wait again, enqueue it anew with `front`.
    pub fn talk_ended(&mut self, now: Now, interaction: InteractionId, agent: AgentId) -> Result<(), Error> {
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        match it.activity {
            Activity::Talk { interaction: held, queue, since, wrap_up, .. } if held == interaction => {
                it.talked(since, now.mono);
                self.begin_wrap_up(now, agent, interaction, (queue, since), wrap_up);
            }
            _ => return Err(Error::Stale),
        }
        self.settle_and_dispatch(now, agent);
        Ok(())
    }

    /// The agent's part in a call of [`Self::busy_elsewhere`] is over, in which it had a customer of this queue's since
    /// then, handed to it by a colleague: the queue's wrap-up begins, and shows from [`Self::free_elsewhere`] on, which
    /// follows. It replaces the rest of an earlier one.
    ///
    /// [`Error::Stale`] when the agent is not in that call, or talks for a queue besides.
    pub fn took_on_ended(
        &mut self,
        now: Now,
        interaction: InteractionId,
        agent: AgentId,
        queue: QueueId,
        since: Mono,
    ) -> Result<(), Error> {
        let wrap_up = self.queues.get(&queue).ok_or(Error::UnknownQueue)?.config.wrap_up_s;
        let it = self.agents.get(&agent).ok_or(Error::UnknownAgent)?;
        let there = it.elsewhere.is_some_and(|call| call.interaction == interaction && !call.rings);
        if !there || !matches!(it.activity, Activity::Idle | Activity::WrapUp { .. }) {
            return Err(Error::Stale);
        }
        self.end_wrap_up(now, agent);
        self.begin_wrap_up(now, agent, interaction, (queue, since), Duration::from_secs(wrap_up.into()));
        self.settle_and_dispatch(now, agent);
        Ok(())
    }

    /// The work after a talk for a queue that had begun then.
    fn begin_wrap_up(
        &mut self,
        now: Now,
        agent: AgentId,
        interaction: InteractionId,
        (queue, since): (QueueId, Mono),
        wrap_up: Duration,
    ) {
        let limit = now.mono + self.limits.wrap_up;
        let Some(it) = self.agents.get_mut(&agent) else { return };
        let until = (now.mono + wrap_up).min(limit);
        it.activity = Activity::WrapUp { interaction, queue, handled_since: since, until, limit };
        if wrap_up.is_zero() || !it.signed_in {
            self.end_wrap_up(now, agent);
        }
    }

    /// A talk goes on as part of another interaction: the agent was handed over with its customer.
    pub fn talk_moved(
        &mut self,
        now: Now,
        agent: AgentId,
        from: InteractionId,
        to: InteractionId,
    ) -> Result<(), Error> {
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        match &mut it.activity {
            Activity::Talk { interaction, .. } if *interaction == from => *interaction = to,
            _ => return Err(Error::Stale),
        }
        self.settle(now, agent);
        Ok(())
    }

    /// The agent is done before its wrap-up has ended.
    pub fn wrap_up_ended(&mut self, now: Now, agent: AgentId) -> Result<(), Error> {
        let it = self.agents.get(&agent).ok_or(Error::UnknownAgent)?;
        if !matches!(it.activity, Activity::WrapUp { .. }) {
            return Err(Error::Stale);
        }
        self.end_wrap_up(now, agent);
        self.settle_and_dispatch(now, agent);
        Ok(())
    }

    /// The agent needs longer: the wrap-up's end moves by `more`, up to [`crate::Limits::wrap_up`] in all.
    pub fn wrap_up_extend(&mut self, now: Now, agent: AgentId, more: Duration) -> Result<(), Error> {
        let it = self.agents.get_mut(&agent).ok_or(Error::UnknownAgent)?;
        let Activity::WrapUp { until, limit, .. } = &mut it.activity else { return Err(Error::Stale) };
        if *until >= *limit {
            return Err(Error::AtLimit);
        }
        *until = (*until + more).min(*limit);
        self.settle_and_dispatch(now, agent);
        Ok(())
    }

    /// Ends an offer that rings, without the agent's word; the interaction goes back to the front.
    pub(super) fn withdraw(&mut self, now: Now, agent: AgentId, interaction: InteractionId, why: OfferEnd) {
        let goes_on = self.rings_on_without(interaction, agent);
        self.release(now, agent, interaction, why, goes_on);
        if !goes_on {
            self.back_to_front(now, interaction);
        }
    }

    /// This agent's telephone rings no more for the interaction; whether another's does.
    fn rings_on_without(&mut self, interaction: InteractionId, agent: AgentId) -> bool {
        self.held.get_mut(&interaction).is_some_and(|held| held.rings_on_without(agent))
    }

    /// The agent has answered: the day's figures count that, whatever becomes of it, and all others whose telephones rang
    /// for it are free, as if they had never rung.
    fn answered_by(&mut self, now: Now, interaction: InteractionId, agent: AgentId) {
        let Some(held) = self.held.get_mut(&interaction) else { return };
        let others: Vec<_> = held.ringing().filter(|other| *other != agent).collect();
        held.others.clear();
        held.phase = Phase::Connecting(agent);
        if std::mem::take(&mut held.counted)
            && let Some(queue) = self.queues.get_mut(&held.ticket.queue)
        {
            let wait_ms = u64::try_from(now.mono.since(held.ticket.at.mono).as_millis()).unwrap_or(u64::MAX);
            queue.count(now, Fate::Answered { wait_ms });
        }
        for other in others {
            self.release(now, other, interaction, OfferEnd::Taken, true);
        }
    }

    /// Frees an agent from an offer or from the announcements after it, and says so.
    /// `goes_on`: others ring for it, or one of them has answered.
    pub(super) fn release(
        &mut self,
        now: Now,
        agent: AgentId,
        interaction: InteractionId,
        why: OfferEnd,
        goes_on: bool,
    ) {
        let Some(it) = self.agents.get_mut(&agent) else { return };
        let (Activity::Offer { queue, .. } | Activity::Connecting { queue, .. }) = it.activity else { return };
        it.activity = Activity::Idle;
        it.keep_idle = matches!(why, OfferEnd::Left | OfferEnd::Taken);
        self.outputs.push_back(Output::OfferOver { interaction, agent, queue, why, goes_on });
        if why == OfferEnd::NoAnswer {
            self.bench(now, agent, Rejection::NoAnswer.reason());
        }
        self.settle(now, agent);
    }

    /// An agent who did not take an offer gets no further ones until it says so, or for its set time.
    fn bench(&mut self, now: Now, agent: AgentId, reason: &str) {
        if let Some(it) = self.agents.get_mut(&agent) {
            // What the agent said itself meanwhile ("lunch") tells more than the missed offer.
            if it.wish == Wish::Ready {
                it.wish = Wish::NotReady(Text::from(reason));
                it.return_at = it.config.return_after_s.map(|s| now.mono + Duration::from_secs(s.into()));
            }
        }
    }

    /// An interaction that lost its agent before the talk stands at the front again, with its wait.
    pub(super) fn back_to_front(&mut self, now: Now, interaction: InteractionId) {
        if let Some(held) = self.held.get_mut(&interaction) {
            held.ticket.front = true;
            self.join_line(now, interaction);
        }
    }

    pub(super) fn end_wrap_up(&mut self, now: Now, agent: AgentId) {
        if let Some(it) = self.agents.get_mut(&agent)
            && let Activity::WrapUp { queue, handled_since, .. } = it.activity
        {
            it.activity = Activity::Idle;
            if let Some(queue) = self.queues.get_mut(&queue) {
                queue.handle.add(now.mono - handled_since);
            }
        }
    }
}
