//! By lot with weights: of two ready agents with weights 3 and 1 the first gets three calls of four. Each draws a number
//! as in `random`; its logarithm is divided by the weight, and the greatest gets the call. (The least of several
//! exponentially distributed numbers belongs to each with the share of its rate.)
//!
//! Terms `weighted_lot` (millionths, at most zero; the nearest to zero wins), then `weight`.

use types::record::Term;

use super::{Facts, NAMES, Rank};

/// Bits of a lot.
const LOT_BITS: i64 = 31;
/// Millionths in one.
const MILLION: i64 = 1_000_000;
/// Binary digits of the logarithm behind the point: finer than a millionth.
const DIGITS: u32 = 20;

/// Until lots are drawn only the weight is known.
pub(super) fn rank(facts: Facts) -> Rank {
    [0, i64::from(facts.weight.max(1)), 0]
}

pub(super) fn drawn(rank: Rank, lot: u32) -> Rank {
    [(log2(lot) - LOT_BITS * MILLION) / rank[1], rank[1], 0]
}

pub(super) fn terms(rank: Rank) -> Vec<Term> {
    let told = |name: &types::leg::Text, value: i64| Term { name: name.clone(), value };
    vec![told(&NAMES.weighted_lot, rank[0]), told(&NAMES.weight, rank[1])]
}

/// The binary logarithm in millionths, by squaring: the same on every machine, which no library's is.
fn log2(of: u32) -> i64 {
    let of = u64::from(of.max(1));
    let whole = of.ilog2();
    // Between 1 and 2 with 31 digits behind the point, so that its square fits.
    let mut rest = of << (31 - whole);
    let mut digits: i64 = 0;
    for _ in 0..DIGITS {
        rest = (rest * rest) >> 31;
        digits <<= 1;
        if rest >= 1 << 32 {
            rest >>= 1;
            digits |= 1;
        }
    }
    i64::from(whole) * MILLION + ((digits * MILLION) >> DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_right_to_the_millionth() {
        for of in [1, 2, 3, 10, 12_345, 1 << 30, (1 << 31) - 1, 1 << 31] {
            let exact = (f64::from(of).log2() * 1e6).floor() as i64;
            assert!((log2(of) - exact).abs() <= 2, "{of}: {} {exact}", log2(of));
        }
    }

    #[test]
    fn the_shares_are_those_of_the_weights() {
        let mut won = [0_i32; 3];
        for round in 0..60_000_u64 {
            let drawn = |agent: u64, weight| {
                let lot = super::super::lot(agent.wrapping_mul(0x1234_5678_9abc), 1, round);
                drawn(rank(Facts { weight, ..Facts::default() }), lot)
            };
            let lots = [drawn(1, 1), drawn(2, 3), drawn(3, 6)];
            won[(0..3).max_by_key(|n| lots[*n]).unwrap()] += 1;
        }
        for (won, share) in won.into_iter().zip([6_000, 18_000, 36_000]) {
            assert!((won - share).abs() < 600, "{won} of {share}");
        }
    }
}
