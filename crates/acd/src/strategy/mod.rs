//! Strategies: one file each. A strategy turns what is known of an agent into a [`Rank`], a tuple
//! that is compared term by term, the greater first, and whose order does not change while time
//! passes, so that the ready agents of a queue can stand in order.

mod longest_idle;
mod round_robin;

use std::sync::{Arc, LazyLock};

use types::Mono;
use types::leg::Text;
use types::record::Term;

use crate::config::Strategy;

/// The most terms a strategy compares.
pub(crate) const TERMS_MAX: usize = 2;

/// What agents are compared by: terms in order, the greater first; then the tie-break.
pub(crate) type Rank = [i64; TERMS_MAX];

/// What a strategy may know of a ready agent of a queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    /// Since when it is ready.
    pub(crate) idle_since: Mono,
    /// The number of this queue's last offer to it; 0 for none so far.
    pub(crate) last_offer: u64,
}

/// The moment of a decision, to turn ranks into terms that people understand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Now.
    pub(crate) now: Mono,
    /// How many offers the queue has made.
    pub(crate) offers: u64,
}

/// Names that appear in every decision, shared.
pub(crate) struct Names {
    idle_ms: Text,
    offers_since: Text,
    longest_idle: Text,
    round_robin: Text,
}

pub(crate) static NAMES: LazyLock<Names> = LazyLock::new(|| Names {
    idle_ms: Arc::from("idle_ms"),
    offers_since: Arc::from("offers_since"),
    longest_idle: Arc::from("longest_idle"),
    round_robin: Arc::from("round_robin"),
});

impl Strategy {
    /// The stable name used in records.
    pub(crate) fn name(self) -> Text {
        match self {
            Self::LongestIdle => NAMES.longest_idle.clone(),
            Self::RoundRobin => NAMES.round_robin.clone(),
        }
    }

    /// Where an agent stands.
    pub(crate) fn rank(self, facts: Facts) -> Rank {
        match self {
            Self::LongestIdle => longest_idle::rank(facts),
            Self::RoundRobin => round_robin::rank(facts),
        }
    }

    /// The rank in words.
    pub(crate) fn terms(self, rank: Rank, moment: Moment) -> Vec<Term> {
        match self {
            Self::LongestIdle => longest_idle::terms(rank, moment),
            Self::RoundRobin => round_robin::terms(rank, moment),
        }
    }
}

/// Time as a term: milliseconds, as records show it, so that what is compared is what is shown.
fn since_ms(at: Mono) -> i64 {
    -i64::try_from(at.as_millis()).unwrap_or(i64::MAX)
}

/// The term `idle_ms` of a rank made by [`since_ms`].
fn idle_term(rank: i64, moment: Moment) -> Term {
    let now = i64::try_from(moment.now.as_millis()).unwrap_or(i64::MAX);
    Term { name: NAMES.idle_ms.clone(), value: now + rank }
}
