//! Customers who wait to be called back, each by the interaction in which it asked.

use std::collections::{BTreeSet, HashMap};

use types::leg::Text;
use types::record::SkillLevel;
use types::{InteractionId, Mono, Private, QueueId, Wall};

/// Wishes that are followed at once: what a large centre collects in an evening; each further one is for people to follow,
/// from the list.
pub const WISHES_MAX: usize = 10_000;

/// A customer's wish to be called back.
#[derive(Clone, Debug, PartialEq)]
pub struct CallbackWish {
    /// The interaction in which it asked.
    pub of: InteractionId,
    /// The number to call.
    pub number: Private<Text>,
    /// The queue whose agents call.
    pub queue: QueueId,
    /// What the agent who calls has to be able to do, beside what the queue asks.
    pub wants: Vec<SkillLevel>,
    /// When it asked.
    pub asked: Wall,
    /// Since when it waits: its place in the queue.
    pub since: Wall,
    /// Calls that were made in vain so far.
    pub attempts: u32,
    /// Before this nobody calls.
    pub next: Option<Wall>,
    /// Nobody asked for it: the customer hung up while it waited.
    pub missed: bool,
}

/// How a wish stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The customer is still in the call in which it asked.
    OnTheLine,
    /// Its queue calls nobody back by itself.
    ByHand,
    /// Its time comes later.
    Later,
    /// In the queue's line, by this id.
    InLine(InteractionId),
    /// Agents are rung for it.
    Offered(InteractionId),
    /// An agent has taken it, and the customer is called.
    Called(InteractionId),
}

impl Standing {
    /// The interaction that calls, or will.
    const fn ticket(self) -> Option<InteractionId> {
        match self {
            Self::InLine(id) | Self::Offered(id) | Self::Called(id) => Some(id),
            Self::OnTheLine | Self::ByHand | Self::Later => None,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) wish: CallbackWish,
    pub(crate) standing: Standing,
    /// Somebody has ordered it: neither the hours nor the pause hold it up.
    pub(crate) ordered: bool,
    due: Option<Mono>,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    kept: HashMap<InteractionId, Kept>,
    /// Which wish an interaction in line, or one that calls, is for.
    tickets: HashMap<InteractionId, InteractionId>,
    /// The newest wish of each customer in each queue.
    numbers: HashMap<(Text, QueueId), InteractionId>,
    due: BTreeSet<(Mono, InteractionId)>,
    pub(crate) armed: Option<Mono>,
}

impl Wishes {
    /// Takes a new wish. Whether there was room.
    pub(crate) fn add(&mut self, wish: CallbackWish, standing: Standing) -> bool {
        if self.kept.len() >= WISHES_MAX {
            return false;
        }
        let of = wish.of;
        self.remove(of);
        self.numbers.insert((wish.number.reveal().clone(), wish.queue), of);
        self.kept.insert(of, Kept { wish, standing, ordered: false, due: None });
        true
    }

    pub(crate) fn get(&self, of: InteractionId) -> Option<&Kept> {
        self.kept.get(&of)
    }

    pub(crate) fn get_mut(&mut self, of: InteractionId) -> Option<&mut Kept> {
        self.kept.get_mut(&of)
    }

    /// A customer's newest wish in a queue.
    pub(crate) fn of_number(&self, number: &Private<Text>, queue: QueueId) -> Option<&Kept> {
        self.kept.get(self.numbers.get(&(number.reveal().clone(), queue))?)
    }

    /// The wish that an interaction in line, or one that calls, is for.
    pub(crate) fn by_ticket(&self, ticket: InteractionId) -> Option<InteractionId> {
        self.tickets.get(&ticket).copied()
    }

    /// All wishes that stand so, in the order in which they were asked.
    pub(crate) fn all(&self, stands: impl Fn(&Kept) -> bool) -> Vec<InteractionId> {
        let mut all: Vec<_> = self.kept.iter().filter(|(_, kept)| stands(kept)).map(|(of, _)| *of).collect();
        all.sort_unstable();
        all
    }

    /// A wish stands differently from now on, and is looked at again at `due`.
    pub(crate) fn stands(&mut self, of: InteractionId, standing: Standing, due: Option<Mono>) {
        let Some(kept) = self.kept.get_mut(&of) else { return };
        if let Some(ticket) = kept.standing.ticket() {
            self.tickets.remove(&ticket);
        }
        if let Some(at) = kept.due.take() {
            self.due.remove(&(at, of));
        }
        kept.standing = standing;
        kept.due = due;
        self.tickets.extend(standing.ticket().map(|ticket| (ticket, of)));
        self.due.extend(due.map(|at| (at, of)));
    }

    pub(crate) fn remove(&mut self, of: InteractionId) -> Option<CallbackWish> {
        self.stands(of, Standing::ByHand, None);
        let wish = self.kept.remove(&of)?.wish;
        let place = (wish.number.reveal().clone(), wish.queue);
        if self.numbers.get(&place) == Some(&of) {
            self.numbers.remove(&place);
        }
        Some(wish)
    }

    /// The next wish whose time has come.
    pub(crate) fn pop_due(&mut self, now: Mono) -> Option<InteractionId> {
        let (at, of) = *self.due.first()?;
        if at > now {
            return None;
        }
        self.due.pop_first();
        if let Some(kept) = self.kept.get_mut(&of) {
            kept.due = None;
        }
        Some(of)
    }

    pub(crate) fn next_due(&self) -> Option<Mono> {
        self.due.first().map(|(at, _)| *at)
    }
}
