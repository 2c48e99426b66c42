//! The router: inputs, outputs and queries. How agents change is in `agents`, offers and talks in
//! `offers`, the matching of line and agents in `dispatch`, settings in `settings`.

mod agents;
mod dispatch;
mod offers;
mod settings;
mod view;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use types::record::{Helper, Need};
use types::{AgentId, InteractionId, Mono, Now, QueueId};

use crate::agent::Agent;
use crate::config::{Limits, NoAgentPolicy};
use crate::line::shared;
use crate::output::{Error, LeaveReason, OfferEnd, Output};
use crate::queue::Queue;
use crate::stats::Fate;
use crate::teams::Teams;
use crate::timers::Timers;
use crate::waiting::{Held, Phase, Ticket, Wishes};

pub use view::AgentView;

/// What a deadline belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Agent(AgentId),
    Ticket(InteractionId),
}

/// Queues, agents, and what waits. See the crate's page for the order of calls and what always holds.
#[derive(Debug)]
pub struct Router {
    pub(crate) seed: u64,
    limits: Limits,
    pub(crate) queues: BTreeMap<QueueId, Queue>,
    pub(crate) agents: BTreeMap<AgentId, Agent>,
    held: BTreeMap<InteractionId, Held>,
    timers: Timers<Key>,
    /// Lines in which something changed that a match may follow from.
    open: BTreeSet<(QueueId, Arc<Need>)>,
    /// Queues that their last agent may have left.
    unstaffed: BTreeSet<QueueId>,
    pub(crate) teams: Teams,
    /// The queues whose waiting ones are let in some time to the agents of each queue or team.
    helped: BTreeMap<Helper, BTreeSet<QueueId>>,
    /// Bounded by what one input causes: the caller drains it after each.
    outputs: VecDeque<Output>,
    serial: u64,
}

impl Router {
    /// An empty router. The seed draws the lots that decide between agents who are equal in all terms.
    pub fn new(seed: u64) -> Self {
        Self::with_limits(seed, Limits::default())
    }

    /// An empty router with other lease lengths.
    pub fn with_limits(seed: u64, limits: Limits) -> Self {
        Self {
            seed,
            limits,
            queues: BTreeMap::new(),
            agents: BTreeMap::new(),
            held: BTreeMap::new(),
            timers: Timers::new(),
            open: BTreeSet::new(),
            unstaffed: BTreeSet::new(),
            teams: Teams::default(),
            helped: BTreeMap::new(),
            outputs: VecDeque::new(),
            serial: 0,
        }
    }

    /// The next output, until there is none.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Self::handle_timeout`] has to be called at the latest.
    pub fn poll_timeout(&self) -> Option<Mono> {
        self.timers.next()
    }

    /// Ends what has come to its time.
    pub fn handle_timeout(&mut self, now: Now) {
        while let Some(key) = self.timers.due(now.mono) {
            match key {
                Key::Agent(agent) => self.agent_due(now, agent),
                Key::Ticket(interaction) => self.ticket_due(now, interaction),
            }
        }
        self.dispatch(now);
    }

    /// An interaction wants an agent. It is answered by an [`Output::Offer`] when one is free, by
    /// [`Output::QueueFull`] or [`Output::NoAgent`] when it is not let in, else it waits.
    pub fn enqueue(&mut self, now: Now, ticket: Ticket) -> Result<(), Error> {
        self.enqueue_with(now, ticket, Wishes::default())
    }

    /// As [`Self::enqueue`] for one that wants more than the queue's settings say.
    pub fn enqueue_with(&mut self, now: Now, ticket: Ticket, wishes: Wishes) -> Result<(), Error> {
        if self.held.contains_key(&ticket.interaction) {
            return Err(Error::AlreadyQueued);
        }
        let (interaction, id) = (ticket.interaction, ticket.queue);
        let config = &self.queues.get(&id).ok_or(Error::UnknownQueue)?.config;
        let patient = ticket.front || ticket.callback;
        let alone = !patient && config.no_agent != NoAgentPolicy::Wait && !self.staffed(id);
        let queue = self.queues.get_mut(&id).ok_or(Error::UnknownQueue)?;
        if !patient {
            let refusal = if queue.callers() >= queue.config.max_length as usize {
                Some(Output::QueueFull { interaction, queue: id })
            } else if alone {
                Some(Output::NoAgent { interaction, queue: id })
            } else {
                None
            };
            if let Some(refusal) = refusal {
                queue.today(now).refused += 1;
                self.outputs.push_back(refusal);
                return Ok(());
            }
            queue.today(now).offered += 1;
        }
        self.serial += 1;
        let place = queue.place(&ticket, self.serial);
        let held = Held {
            ticket,
            wishes,
            need: Arc::default(),
            phase: Phase::Waiting(place),
            others: Vec::new(),
            serial: self.serial,
            counted: !patient,
            deadline: None,
        };
        self.held.insert(interaction, held);
        self.join_line(now, interaction);
        self.dispatch(now);
        Ok(())
    }

    /// An interaction leaves its queue unserved. If it rings at an agent, that offer is over.
    pub fn leave(&mut self, now: Now, interaction: InteractionId, reason: LeaveReason) -> Result<(), Error> {
        let fate = match reason {
            LeaveReason::Abandoned => Fate::Abandoned,
            LeaveReason::Redirected => Fate::Overflowed,
        };
        self.drop_ticket(now, interaction, Some(fate)).ok_or(Error::Stale)?;
        self.dispatch(now);
        Ok(())
    }

    /// Puts a held interaction (back) in line and starts its clock.
    fn join_line(&mut self, now: Now, interaction: InteractionId) {
        let Some(held) = self.held.get_mut(&interaction) else { return };
        let Some(queue) = self.queues.get_mut(&held.ticket.queue) else { return };
        let waited = now.mono.since(held.ticket.at.mono);
        let wishes = &held.wishes;
        // Who is not there is not waited for.
        let last = wishes.agent.filter(|agent| queue.members.is_there(*agent));
        let (mut need, mut next) = queue.config.need(waited, &wishes.skills, last);
        if need.agent.is_some() && !queue.line.may_pin(&need) {
            (need, next) = queue.config.need(waited, &wishes.skills, None);
        }
        held.need = shared(need);
        let place = queue.place(&held.ticket, held.serial);
        held.phase = Phase::Waiting(place);
        queue.join(now, &held.ticket, &held.need, place);
        let longest = queue.longest_wait(&held.ticket);
        let deadline = longest.into_iter().chain(next).min().map(|wait| held.ticket.at.mono + wait);
        self.timers.set(Key::Ticket(interaction), held.deadline, deadline);
        held.deadline = deadline;
        self.open.insert((held.ticket.queue, held.need.clone()));
        self.unstaffed.insert(held.ticket.queue);
    }

    /// Takes an interaction out of the line, to an agent or out of the queue, and stops its clock.
    fn leave_line(&mut self, now: Now, interaction: InteractionId, taken: bool) {
        let Some(held) = self.held.get_mut(&interaction) else { return };
        self.timers.set(Key::Ticket(interaction), held.deadline, None);
        held.deadline = None;
        if let Phase::Waiting(place) = held.phase
            && let Some(queue) = self.queues.get_mut(&held.ticket.queue)
        {
            queue.part(now, held, &place, taken);
        }
    }

    /// Forgets an interaction, wherever it is; its agent, if any, is free again.
    fn drop_ticket(&mut self, now: Now, interaction: InteractionId, fate: Option<Fate>) -> Option<QueueId> {
        let phase = self.held.get(&interaction)?.phase;
        self.leave_line(now, interaction, false);
        let held = self.held.remove(&interaction)?;
        let id = held.ticket.queue;
        if let Some(fate) = fate
            && held.counted
            && let Some(queue) = self.queues.get_mut(&id)
        {
            queue.count(now, fate);
        }
        for other in held.others {
            self.release(now, other, interaction, OfferEnd::Left, true);
        }
        if let Phase::Offered(agent) | Phase::Connecting(agent) = phase {
            self.release(now, agent, interaction, OfferEnd::Left, false);
        }
        Some(id)
    }

    /// One has waited long enough to leave, or to be asked less for.
    fn ticket_due(&mut self, now: Now, interaction: InteractionId) {
        let Some(held) = self.held.get(&interaction) else { return };
        let longest = self.queues.get(&held.ticket.queue).and_then(|queue| queue.longest_wait(&held.ticket));
        let left_at = longest.map(|longest| held.ticket.at.mono + longest);
        if left_at.is_some_and(|at| at <= now.mono) {
            if let Some(queue) = self.drop_ticket(now, interaction, Some(Fate::Overflowed)) {
                self.outputs.push_back(Output::WaitTooLong { interaction, queue });
            }
        } else {
            let queue = held.ticket.queue;
            self.leave_line(now, interaction, false);
            self.join_line(now, interaction);
            self.outputs.push_back(Output::AsksLess { interaction, queue });
        }
    }
}
