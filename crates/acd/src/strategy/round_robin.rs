//! Round robin: whose last offer from this queue lies farthest back gets the next call.
//!
//! Terms `offers_since` (offers the queue has made since this agent's last one; for one who had none,
//! all of them), then `idle_ms`.

use types::record::Term;

use super::{Facts, Moment, NAMES, Rank, idle_term, since_ms};

pub(super) fn rank(facts: Facts) -> Rank {
    [-i64::try_from(facts.last_offer).unwrap_or(i64::MAX), since_ms(facts.idle_since), 0]
}

pub(super) fn terms(rank: Rank, moment: Moment) -> Vec<Term> {
    let offers = i64::try_from(moment.offers).unwrap_or(i64::MAX);
    vec![Term { name: NAMES.offers_since.clone(), value: offers + rank[0] }, idle_term(rank[1], moment)]
}

#[cfg(test)]
mod tests {
    use types::Mono;

    use super::*;

    #[test]
    fn who_was_offered_longest_ago_stands_first_then_the_longer_idle() {
        let facts = |last_offer, ms| Facts { idle_since: Mono::from_millis(ms), last_offer, ..Facts::default() };
        assert!(rank(facts(3, 900)) > rank(facts(4, 100)));
        assert!(rank(facts(0, 900)) > rank(facts(1, 100)));
        assert!(rank(facts(0, 100)) > rank(facts(0, 900)));
        let told = terms(rank(facts(3, 0)), Moment { now: Mono(0), offers: 10 });
        assert_eq!((&*told[0].name, told[0].value), ("offers_since", 7));
    }
}
