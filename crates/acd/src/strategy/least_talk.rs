//! Least talk time: who has talked least since it signed in gets the next call.
//!
//! Terms `talk_ms` (the less wins; the time in talks that queues gave it), then `idle_ms`.

use types::record::Term;

use super::{Facts, Moment, NAMES, Rank, idle_term, least, since_ms};

pub(super) fn rank(facts: Facts) -> Rank {
    [least(facts.worked.talk_ms), since_ms(facts.idle_since), 0]
}

pub(super) fn terms(rank: Rank, moment: Moment) -> Vec<Term> {
    vec![Term { name: NAMES.talk_ms.clone(), value: -rank[0] }, idle_term(rank[1], moment)]
}

#[cfg(test)]
mod tests {
    use types::Mono;
    use types::event::Worked;

    use super::*;

    #[test]
    fn who_has_talked_less_stands_first_then_the_longer_idle() {
        let facts = |talk_ms, ms| Facts {
            worked: Worked { talk_ms, contacts: 9 },
            idle_since: Mono::from_millis(ms),
            ..Facts::default()
        };
        assert!(rank(facts(60_000, 900)) > rank(facts(60_001, 100)));
        assert!(rank(facts(60_000, 100)) > rank(facts(60_000, 900)));
        let told = terms(rank(facts(60_000, 100)), Moment { now: Mono::from_millis(150), offers: 0 });
        assert_eq!(
            told.iter().map(|t| (&*t.name, t.value)).collect::<Vec<_>>(),
            [("talk_ms", 60_000), ("idle_ms", 50)]
        );
    }
}
