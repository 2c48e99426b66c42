//! What a tenant remembers of customers from call to call, by their number: who served them last, and where they stood
//! when their call was lost. After a restart it is made anew of the records that there are.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use types::leg::Text;
use types::{AgentId, Mono, Now, Private, QueueId, TenantId, Wall};

use crate::Center;

/// Customers who are remembered: a day's calls of a large centre, some 3 MB. The one seen longest ago goes first.
pub const CUSTOMERS_MAX: usize = 20_000;

/// A place in a queue that a customer has lost.
#[derive(Clone, Copy, Debug)]
struct Lost {
    queue: QueueId,
    /// Since when it waited.
    since: Now,
    at: Mono,
}

#[derive(Clone, Copy, Debug, Default)]
struct Customer {
    agent: Option<AgentId>,
    lost: Option<Lost>,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    by_number: HashMap<Private<Text>, Customer>,
    /// In the order in which they came to be known.
    known: VecDeque<Private<Text>>,
}

impl Remembered {
    fn of(&mut self, number: &Private<Text>) -> Option<&mut Customer> {
        if number.reveal().is_empty() {
            return None;
        }
        if !self.by_number.contains_key(number) {
            if self.known.len() >= CUSTOMERS_MAX
                && let Some(oldest) = self.known.pop_front()
            {
                self.by_number.remove(&oldest);
            }
            self.known.push_back(number.clone());
        }
        Some(self.by_number.entry(number.clone()).or_default())
    }

    /// This agent has begun to serve the customer.
    pub(crate) fn served(&mut self, number: &Private<Text>, agent: AgentId) {
        if let Some(customer) = self.of(number) {
            *customer = Customer { agent: Some(agent), lost: None };
        }
    }

    /// Its call was lost while it waited.
    pub(crate) fn lost(&mut self, number: &Private<Text>, queue: QueueId, since: Now, at: Mono) {
        if let Some(customer) = self.of(number) {
            customer.lost = Some(Lost { queue, since, at });
        }
    }

    /// Who served it last.
    pub(crate) fn last_agent(&self, number: &Private<Text>) -> Option<AgentId> {
        self.by_number.get(number)?.agent
    }

    /// Since when it counts as waiting in this queue, where it had lost its place no longer ago than `keep`. Of the longest
    /// wait half is left to it at least.
    pub(crate) fn place(
        &mut self,
        number: &Private<Text>,
        queue: QueueId,
        now: Now,
        keep: Duration,
        longest: Option<Duration>,
    ) -> Option<Now> {
        let lost = self.by_number.get_mut(number)?.lost.take_if(|lost| lost.queue == queue)?;
        if now.mono.since(lost.at) > keep {
            return None;
        }
        let waited = now.mono.since(lost.since.mono);
        Some(earlier(now, longest.map_or(waited, |longest| waited.min(longest / 2))))
    }
}

impl Center {
    /// Takes what a record of before a restart tells of a customer. To be told in the order in which the calls ended, of
    /// the last [`CUSTOMERS_MAX`] at most: of a customer who was served in a queue, its agent; of one whose call was lost
    /// there, since when it had waited.
    pub fn restore_customer(
        &mut self,
        now: Now,
        tenant: TenantId,
        number: &Private<Text>,
        queue: QueueId,
        ended: Wall,
        was: Was,
    ) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let ago = Duration::from_millis(now.wall.ms_since(ended));
        match was {
            Was::Served(agent) => t.remembered.served(number, agent),
            Was::Lost { waited } if t.keeps_places(queue) => {
                t.remembered.lost(number, queue, earlier(now, ago + waited), earlier(now, ago).mono);
            }
            Was::Lost { .. } => {}
        }
    }
}

/// What came of a customer's call to a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Was {
    /// This agent served it.
    Served(AgentId),
    /// The call was lost while it waited, after so long.
    Lost {
        /// How long it had waited.
        waited: Duration,
    },
}

/// The moment `d` before now, on both clocks.
pub(crate) fn earlier(now: Now, d: Duration) -> Now {
    let ms = i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
    let us = u64::try_from(d.as_micros()).unwrap_or(u64::MAX);
    Now { mono: Mono(now.mono.0.saturating_sub(us)), wall: Wall(now.wall.0.saturating_sub(ms)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(n: usize) -> Private<Text> {
        Private::new(format!("1380000{n:05}").into())
    }

    #[test]
    fn only_so_many_are_remembered_and_none_without_a_number() {
        let mut all = Remembered::default();
        all.served(&Private::new("".into()), AgentId(1));
        for n in 0..=CUSTOMERS_MAX {
            all.served(&number(n), AgentId(2));
            all.served(&number(n), AgentId(3));
        }
        assert_eq!((all.by_number.len(), all.known.len()), (CUSTOMERS_MAX, CUSTOMERS_MAX));
        assert_eq!(all.last_agent(&number(0)), None, "the oldest went");
        assert_eq!(all.last_agent(&number(CUSTOMERS_MAX)), Some(AgentId(3)));
        assert_eq!(all.last_agent(&Private::new("".into())), None);
        assert!(!format!("{all:?}").contains("1380000"), "numbers stay private");
    }
}
