//! Lots: numbers that follow from a seed and nothing else.

use types::AgentId;

/// The lot of an agent.
pub(crate) const fn lot(seed: u64, agent: AgentId) -> u64 {
    mix(seed ^ agent.0)
}

/// Steele, Lea and Flood's SplitMix64 finaliser: lots that have nothing to do with the order of ids.
pub(crate) const fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
