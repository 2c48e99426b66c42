//! Which number a called party is shown: one of ours, or none.

use std::collections::HashSet;

use types::leg::Text;

use crate::numbering::Numbering;
use crate::trunk::Trunk;

/// In place of a number: none is shown.
pub const WITHHELD: &str = "anonymous";

/// What the called party is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Who calls, as it is: the trunk leads to a peer that knows our extensions, or takes customers' numbers.
    Caller,
    /// This number of ours.
    Ours(Text),
    /// Nothing. The carrier is told this number of ours, where there is one, and to keep it to itself.
    Withheld(Option<Text>),
}

/// Who asks for which number to be shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes<'a> {
    /// The agent that calls.
    pub agent: Option<&'a Text>,
    /// The queue that it calls for.
    pub queue: Option<&'a Text>,
    /// The route that the call takes.
    pub route: Option<&'a Text>,
    /// It is a customer's call that is led on.
    pub customer: bool,
}

/// The numbers that are ours: a carrier that is told another refuses the call, and the law forbids it.
#[derive(Clone, Debug, Default)]
pub struct OwnNumbers(HashSet<Text>);

impl OwnNumbers {
    pub(crate) fn new<'a>(numbers: impl Iterator<Item = &'a str>, numbering: &Numbering) -> Self {
        Self(numbers.map(|number| numbering.received(number).text().clone()).collect())
    }

    /// Whether a number is ours, however it is written. That none is to be shown may always be asked for.
    pub fn holds(&self, number: &str, numbering: &Numbering) -> bool {
        number == WITHHELD || self.0.contains(numbering.received(number).text())
    }

    /// What is shown over a trunk: the first wish that may be shown there, or what the trunk shows by itself.
    pub fn shown(&self, trunk: &Trunk, wishes: Wishes<'_>, numbering: &Numbering) -> Shown {
        if wishes.customer && trunk.pass_caller {
            return Shown::Caller;
        }
        let usual = trunk.caller_ids.first();
        let agent = wishes.agent.filter(|_| !wishes.customer);
        for wish in [agent, wishes.queue, wishes.route].into_iter().flatten() {
            if &**wish == WITHHELD {
                return Shown::Withheld(usual.filter(|number| &***number != WITHHELD).cloned());
            }
            if let Some(number) = self.allowed(trunk, wish, numbering) {
                return Shown::Ours(number);
            }
        }
        match usual {
            Some(number) if &**number == WITHHELD => Shown::Withheld(None),
            Some(number) => Shown::Ours(number.clone()),
            None => Shown::Caller,
        }
    }

    /// The number as the trunk's carrier knows it, if it may be shown there.
    fn allowed(&self, trunk: &Trunk, wish: &Text, numbering: &Numbering) -> Option<Text> {
        if trunk.caller_ids.is_empty() {
            return self.holds(wish, numbering).then(|| wish.clone());
        }
        let wish = numbering.received(wish);
        trunk.caller_ids.iter().find(|number| numbering.received(number) == wish).cloned()
    }
}

#[cfg(test)]
mod tests {
    use types::{TenantId, TrunkId};

    use super::*;

    fn trunk(caller_ids: &[&str], pass_caller: bool) -> Trunk {
        let caller_ids = caller_ids.iter().map(|number| Text::from(*number)).collect();
        Trunk { caller_ids, pass_caller, ..Trunk::new(TrunkId(1), TenantId(1), "t") }
    }

    /// What is shown when agent, queue and route wish this, of the numbers 01062345678 and 4001234567.
    fn shown(trunk: &Trunk, wishes: [&str; 3], customer: bool) -> Shown {
        let numbering = Numbering::default();
        let own = OwnNumbers::new(["01062345678", "4001234567"].into_iter(), &numbering);
        let [agent, queue, route] = wishes.map(|wish| (!wish.is_empty()).then(|| Text::from(wish)));
        let wishes = Wishes { agent: agent.as_ref(), queue: queue.as_ref(), route: route.as_ref(), customer };
        own.shown(trunk, wishes, &numbering)
    }

    fn ours(number: &str) -> Shown {
        Shown::Ours(number.into())
    }

    #[test]
    fn the_nearest_wish_that_may_be_shown_is() {
        let peer = trunk(&[], false);
        assert_eq!(shown(&peer, ["", "", ""], false), Shown::Caller);
        assert_eq!(shown(&peer, ["4001234567", "01062345678", ""], false), ours("4001234567"));
        assert_eq!(shown(&peer, ["", "", "01062345678"], false), ours("01062345678"));
        let carrier = trunk(&["+861062345678", "+861062345679"], false);
        assert_eq!(shown(&carrier, ["", "", ""], false), ours("+861062345678"));
        assert_eq!(shown(&carrier, ["010-62345679", "", ""], false), ours("+861062345679"), "as the carrier writes it");
        assert_eq!(shown(&carrier, ["4001234567", "", "01062345679"], false), ours("+861062345679"));
    }

    #[test]
    fn a_number_that_is_not_ours_is_never_shown() {
        for wish in ["95588", "13800138000", "110"] {
            assert_eq!(shown(&trunk(&[], false), [wish, "", ""], false), Shown::Caller);
            assert_eq!(shown(&trunk(&["01062345678"], false), [wish, wish, wish], false), ours("01062345678"));
        }
        let carrier = trunk(&["01062345678"], false);
        assert_eq!(shown(&carrier, ["", "", ""], true), ours("01062345678"), "a customer's call that is led on");
    }

    #[test]
    fn a_customer_is_shown_where_the_carrier_takes_that_and_no_agent_speaks_for_it() {
        let takes = trunk(&["01062345678"], true);
        assert_eq!(shown(&takes, ["4001234567", "4001234567", ""], true), Shown::Caller);
        assert_eq!(shown(&takes, ["", "", ""], false), ours("01062345678"), "an agent's own call");
        let carrier = trunk(&["01062345678", "4001234567"], false);
        assert_eq!(shown(&carrier, ["4001234567", "", ""], true), ours("01062345678"));
    }

    #[test]
    fn a_number_that_is_withheld_is_told_to_the_carrier_alone() {
        let carrier = trunk(&["01062345678"], false);
        assert_eq!(shown(&carrier, [WITHHELD, "", ""], false), Shown::Withheld(Some("01062345678".into())));
        assert_eq!(shown(&trunk(&[WITHHELD], false), ["", "", ""], false), Shown::Withheld(None));
        assert_eq!(shown(&trunk(&[], false), ["", "", WITHHELD], false), Shown::Withheld(None));
    }
}
