//! Best skill match: whose levels in the skills that the queue asks for make the greatest sum gets the next call.
//!
//! Terms `skill_level` (that sum), then `idle_ms`.

use types::record::Term;

use super::{Facts, Moment, NAMES, Rank, idle_term, since_ms};

pub(super) fn rank(facts: Facts) -> Rank {
    [i64::from(facts.levels), since_ms(facts.idle_since), 0]
}

pub(super) fn terms(rank: Rank, moment: Moment) -> Vec<Term> {
    vec![Term { name: NAMES.skill_level.clone(), value: rank[0] }, idle_term(rank[1], moment)]
}

#[cfg(test)]
mod tests {
    use types::Mono;

    use super::*;

    #[test]
    fn the_better_skilled_stands_first_then_the_longer_idle() {
        let facts = |levels, ms| Facts { levels, idle_since: Mono::from_millis(ms), ..Facts::default() };
        assert!(rank(facts(14, 900)) > rank(facts(13, 100)));
        assert!(rank(facts(14, 100)) > rank(facts(14, 900)));
        assert_eq!(terms(rank(facts(14, 0)), Moment { now: Mono(0), offers: 0 })[0].value, 14);
    }
}
