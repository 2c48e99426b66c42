//! By lot: each ready agent draws a number at each decision, and the greatest gets the call. The numbers follow from the
//! router's seed, the queue, how many offers it has made and the agent: whoever knows those draws the same again.
//!
//! Term `lot`, 1 to 2,147,483,648.

use types::record::Term;

use super::{NAMES, Rank};

pub(super) const fn drawn(lot: u32) -> Rank {
    [lot as i64, 0, 0]
}

pub(super) fn terms(rank: Rank) -> Vec<Term> {
    vec![Term { name: NAMES.lot.clone(), value: rank[0] }]
}
