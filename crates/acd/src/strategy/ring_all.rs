//! All at once: every ready agent of the first tier rings, and the first to answer has the call.
//!
//! Terms `order` (the least is the first tier; set with each agent), then `idle_ms`, which decides who rings where there
//! are more than may.

use types::record::Term;

use super::{Facts, Moment, NAMES, Rank, idle_term, since_ms};

pub(super) fn rank(facts: Facts) -> Rank {
    [-i64::from(facts.order), since_ms(facts.idle_since), 0]
}

pub(super) fn terms(rank: Rank, moment: Moment) -> Vec<Term> {
    vec![Term { name: NAMES.order.clone(), value: -rank[0] }, idle_term(rank[1], moment)]
}

#[cfg(test)]
mod tests {
    use types::Mono;

    use super::*;

    #[test]
    fn the_first_tier_stands_first_then_the_longer_idle() {
        let facts = |order, ms| Facts { order, idle_since: Mono::from_millis(ms), ..Facts::default() };
        assert!(rank(facts(0, 900)) > rank(facts(1, 100)));
        assert!(rank(facts(1, 100)) > rank(facts(1, 900)));
        let told = terms(rank(facts(2, 400)), Moment { now: Mono::from_millis(1000), offers: 0 });
        assert_eq!(told.iter().map(|t| (&*t.name, t.value)).collect::<Vec<_>>(), [("order", 2), ("idle_ms", 600)]);
    }
}
