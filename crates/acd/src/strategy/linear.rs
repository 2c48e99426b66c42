//! In a fixed order: the first in the list who is ready gets the next call.
//!
//! Terms `order` (the least wins; set with each agent), then `agent_number` (the least wins), so that where no order is
//! set the agents' numbers are the list.

use types::record::Term;

use super::{Facts, NAMES, Rank};

pub(super) fn rank(facts: Facts) -> Rank {
    [-i64::from(facts.order), -facts.number, 0]
}

pub(super) fn terms(rank: Rank) -> Vec<Term> {
    let told = |name: &types::leg::Text, value: i64| Term { name: name.clone(), value: -value };
    vec![told(&NAMES.order, rank[0]), told(&NAMES.agent_number, rank[1])]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_order_stands_first_then_the_least_number() {
        let facts = |order, number| Facts { order, number, ..Facts::default() };
        assert!(rank(facts(1, 1009)) > rank(facts(2, 1001)));
        assert!(rank(facts(0, 1001)) > rank(facts(0, 1002)));
        let told = terms(rank(facts(2, 1001)));
        assert_eq!(
            told.iter().map(|t| (&*t.name, t.value)).collect::<Vec<_>>(),
            [("order", 2), ("agent_number", 1001)]
        );
    }
}
