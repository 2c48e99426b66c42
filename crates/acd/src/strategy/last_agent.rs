//! The one it talked to last: a customer who waits for that agent alone gets it, whatever the queue's strategy is, until
//! the queue's bound on that wait has passed.
//!
//! Terms `last_agent` (1), then `idle_ms`.

use types::Mono;
use types::leg::Text;
use types::record::Term;

use super::{Moment, NAMES, idle_term, since_ms};

pub(crate) fn name() -> Text {
    NAMES.last_agent.clone()
}

pub(crate) fn terms(idle_since: Mono, moment: Moment) -> Vec<Term> {
    vec![Term { name: NAMES.last_agent.clone(), value: 1 }, idle_term(since_ms(idle_since), moment)]
}
