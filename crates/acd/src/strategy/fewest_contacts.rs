//! Fewest contacts: who has had the fewest talks since it signed in gets the next call.
//!
//! Terms `contacts` (the fewer wins; talks that queues gave it), then `idle_ms`.

use types::record::Term;

use super::{Facts, Moment, NAMES, Rank, idle_term, least, since_ms};

pub(super) fn rank(facts: Facts) -> Rank {
    [least(facts.worked.contacts), since_ms(facts.idle_since), 0]
}

pub(super) fn terms(rank: Rank, moment: Moment) -> Vec<Term> {
    vec![Term { name: NAMES.contacts.clone(), value: -rank[0] }, idle_term(rank[1], moment)]
}

#[cfg(test)]
mod tests {
    use types::Mono;
    use types::event::Worked;

    use super::*;

    #[test]
    fn who_has_had_fewer_stands_first_then_the_longer_idle() {
        let facts = |contacts, ms| Facts {
            worked: Worked { talk_ms: 5, contacts },
            idle_since: Mono::from_millis(ms),
            ..Facts::default()
        };
        assert!(rank(facts(3, 900)) > rank(facts(4, 100)));
        assert!(rank(facts(3, 100)) > rank(facts(3, 900)));
        assert_eq!(terms(rank(facts(3, 100)), Moment { now: Mono(0), offers: 0 })[0].value, 3);
    }
}
