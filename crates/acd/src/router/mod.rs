//! The router: inputs, outputs and queries. How agents change is in `agents`, offers and talks in
//! `offers`, the matching of line and agents in `dispatch`, settings in `settings`.

mod agents;
mod dispatch;
mod offers;
mod settings;
mod view;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use types::{AgentId, InteractionId, Mono, Now, QueueId};

use crate::agent::Agent;
use crate::config::{Limits, NoAgentPolicy};
use crate::output::{Error, LeaveReason, OfferEnd, Output};
use crate::queue::Queue;
use crate::stats::Fate;
use crate::timers::Timers;
use crate::waiting::{Held, Phase, Ticket};

pub(crate) use settings::lot;
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
    /// Queues in which something changed that a match or a policy may follow from.
    dirty: BTreeSet<QueueId>,
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
            dirty: BTreeSet::new(),
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
                Key::Ticket(interaction) => self.waited_too_long(now, interaction),
            }
        }
        self.dispatch(now);
    }

    /// An interaction wants an agent. It is answered by an [`Output::Offer`] when one is free, by
    /// [`Output::QueueFull`] or [`Output::NoAgent`] when it is not let in, else it waits.
    pub fn enqueue(&mut self, now: Now, ticket: Ticket) -> Result<(), Error> {
        if self.held.contains_key(&ticket.interaction) {
            return Err(Error::AlreadyQueued);
        }
        let queue = self.queues.get_mut(&ticket.queue).ok_or(Error::UnknownQueue)?;
        let (interaction, id) = (ticket.interaction, ticket.queue);
        if !ticket.front {
            let refusal = if queue.line.len() >= queue.config.max_length as usize {
                Some(Output::QueueFull { interaction, queue: id })
            } else if queue.config.no_agent != NoAgentPolicy::Wait && !queue.members.staffed() {
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
        let held =
            Held { ticket, phase: Phase::Waiting(place), serial: self.serial, counted: !ticket.front, deadline: None };
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
        let place = queue.place(&held.ticket, held.serial);
        held.phase = Phase::Waiting(place);
        queue.join(now, &held.ticket, place);
        let wait = queue.config.max_wait_s.map(|s| std::time::Duration::from_secs(s.into()));
        let deadline = wait.map(|wait| held.ticket.at.mono + wait);
        self.timers.set(Key::Ticket(interaction), held.deadline, deadline);
        held.deadline = deadline;
        self.dirty.insert(held.ticket.queue);
    }

    /// Takes an interaction out of the line, to an agent or out of the queue, and stops its clock.
    fn leave_line(&mut self, now: Now, interaction: InteractionId, taken: bool) {
        let Some(held) = self.held.get_mut(&interaction) else { return };
        self.timers.set(Key::Ticket(interaction), held.deadline, None);
        held.deadline = None;
        if let Phase::Waiting(place) = held.phase
            && let Some(queue) = self.queues.get_mut(&held.ticket.queue)
        {
            queue.part(now, &held.ticket, &place, taken);
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
        if let Phase::Offered(agent) | Phase::Connecting(agent) = phase {
            self.release(now, agent, interaction, OfferEnd::Left);
        }
        Some(id)
    }

    fn waited_too_long(&mut self, now: Now, interaction: InteractionId) {
        if let Some(queue) = self.drop_ticket(now, interaction, Some(Fate::Overflowed)) {
            self.outputs.push_back(Output::WaitTooLong { interaction, queue });
        }
    }
}
