//! Longest idle: who has been ready for the longest time gets the next call.
//!
//! Term `idle_ms`. An offer that the customer ended (gave up while it rang) does not start the idle
//! time anew; becoming not ready does.

use types::record::Term;

use super::{Facts, Moment, Rank, idle_term, since_ms};

pub(super) fn rank(facts: Facts) -> Rank {
    [since_ms(facts.idle_since), 0, 0]
}

pub(super) fn terms(rank: Rank, moment: Moment) -> Vec<Term> {
    vec![idle_term(rank[0], moment)]
}

#[cfg(test)]
mod tests {
    use types::Mono;

    use super::*;

    #[test]
    fn the_longer_idle_stands_first_and_is_told_in_milliseconds() {
        let facts = |ms| Facts { idle_since: Mono::from_millis(ms), ..Facts::default() };
        assert!(rank(facts(1)) > rank(facts(2)));
        let term = &terms(rank(facts(1000)), Moment { now: Mono::from_millis(4500), offers: 0 })[0];
        assert_eq!((&*term.name, term.value), ("idle_ms", 3500));
    }
}
