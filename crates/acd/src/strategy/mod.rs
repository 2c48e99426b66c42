//! Strategies: one file each. A strategy turns what is known of an agent into a [`Rank`], a tuple
//! that is compared term by term, the greater first, and whose order does not change while time
//! passes, so that the ready agents of a queue can stand in order. Those that draw lots do so at
//! each decision, over all who are ready.

mod best_skill;
mod fewest_contacts;
pub(crate) mod last_agent;
mod least_talk;
mod linear;
mod longest_idle;
mod random;
mod ring_all;
mod round_robin;
mod weighted;

use std::sync::{Arc, LazyLock};

use types::Mono;
use types::event::Worked;
use types::leg::Text;
use types::record::Term;

use crate::config::Strategy;

/// The most terms a strategy compares.
pub(crate) const TERMS_MAX: usize = 3;

/// What agents are compared by: terms in order, the greater first; then the tie-break.
pub(crate) type Rank = [i64; TERMS_MAX];

/// What a strategy may know of a ready agent of a queue.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts {
    /// Since when it is ready.
    pub(crate) idle_since: Mono,
    /// The number of this queue's last offer to it; 0 for none so far.
    pub(crate) last_offer: u64,
    /// What it has worked since it signed in.
    pub(crate) worked: Worked,
    /// Its place in a list.
    pub(crate) order: u16,
    /// Its number as one.
    pub(crate) number: i64,
    /// Its share of calls.
    pub(crate) weight: u16,
    /// Its levels in the queue's skills, summed.
    pub(crate) levels: u32,
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
    talk_ms: Text,
    contacts: Text,
    order: Text,
    agent_number: Text,
    lot: Text,
    weighted_lot: Text,
    weight: Text,
    skill_level: Text,
    last_agent: Text,
    strategies: [Text; 9],
}

pub(crate) static NAMES: LazyLock<Names> = LazyLock::new(|| Names {
    idle_ms: Arc::from("idle_ms"),
    offers_since: Arc::from("offers_since"),
    talk_ms: Arc::from("talk_ms"),
    contacts: Arc::from("contacts"),
    order: Arc::from("order"),
    agent_number: Arc::from("agent_number"),
    lot: Arc::from("lot"),
    weighted_lot: Arc::from("weighted_lot"),
    weight: Arc::from("weight"),
    skill_level: Arc::from("skill_level"),
    last_agent: Arc::from("last_agent"),
    strategies: STRATEGIES.map(Arc::from),
});

/// The stable names used in records, in the order of [`Strategy`].
const STRATEGIES: [&str; 9] = [
    "longest_idle",
    "round_robin",
    "least_talk",
    "fewest_contacts",
    "linear",
    "random",
    "weighted",
    "best_skill",
    "ring_all",
];

impl Strategy {
    /// The stable name used in records.
    pub(crate) fn name(self) -> Text {
        NAMES.strategies[self as usize].clone()
    }

    /// Where an agent stands.
    pub(crate) fn rank(self, facts: Facts) -> Rank {
        match self {
            Self::LongestIdle => longest_idle::rank(facts),
            Self::RoundRobin => round_robin::rank(facts),
            Self::LeastTalk => least_talk::rank(facts),
            Self::FewestContacts => fewest_contacts::rank(facts),
            Self::Linear => linear::rank(facts),
            Self::Random => [0; TERMS_MAX],
            Self::Weighted => weighted::rank(facts),
            Self::BestSkill => best_skill::rank(facts),
            Self::RingAll => ring_all::rank(facts),
        }
    }

    /// Whether ranks are drawn anew at each decision.
    pub(crate) const fn draws(self) -> bool {
        matches!(self, Self::Random | Self::Weighted)
    }

    /// The rank with this lot.
    pub(crate) fn drawn(self, rank: Rank, lot: u32) -> Rank {
        match self {
            Self::Random => random::drawn(lot),
            Self::Weighted => weighted::drawn(rank, lot),
            _ => rank,
        }
    }

    /// The rank in words.
    pub(crate) fn terms(self, rank: Rank, moment: Moment) -> Vec<Term> {
        match self {
            Self::LongestIdle => longest_idle::terms(rank, moment),
            Self::RoundRobin => round_robin::terms(rank, moment),
            Self::LeastTalk => least_talk::terms(rank, moment),
            Self::FewestContacts => fewest_contacts::terms(rank, moment),
            Self::Linear => linear::terms(rank),
            Self::Random => random::terms(rank),
            Self::Weighted => weighted::terms(rank),
            Self::BestSkill => best_skill::terms(rank, moment),
            Self::RingAll => ring_all::terms(rank, moment),
        }
    }
}

/// An agent's lot in a queue's next decision, 1 to 2³¹. `tie` is the agent's, and has the seed in it.
pub(crate) const fn lot(tie: u64, queue: u64, offers: u64) -> u32 {
    let mixed = crate::lot::mix(tie ^ crate::lot::mix(queue ^ crate::lot::mix(offers)));
    (mixed >> 33) as u32 + 1
}

/// Time as a term: milliseconds, as records show it, so that what is compared is what is shown.
fn since_ms(at: Mono) -> i64 {
    -i64::try_from(at.as_millis()).unwrap_or(i64::MAX)
}

/// A term of which the least wins.
fn least(value: u64) -> i64 {
    -i64::try_from(value).unwrap_or(i64::MAX)
}

/// The term `idle_ms` of a rank made by [`since_ms`].
fn idle_term(rank: i64, moment: Moment) -> Term {
    let now = i64::try_from(moment.now.as_millis()).unwrap_or(i64::MAX);
    Term { name: NAMES.idle_ms.clone(), value: now + rank }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_name_strategies_as_settings_do() {
        for name in STRATEGIES {
            let strategy: Strategy = serde_json::from_value(name.into()).expect("settings know it");
            assert_eq!(&*strategy.name(), name);
        }
    }
}
