//! Seeded mutation, for machines and moments without the guided engine.

use crate::corpus::TOKENS;

/// SplitMix64: small, seeded, the same everywhere.
#[derive(Clone, Debug)]
pub struct Rng(pub u64);

impl Rng {
    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The next number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.draw() % bound.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// One of the seeds with up to five changes: a byte, a piece left out or doubled, a token, a piece of another seed, an
/// early end.
pub fn mutate(rng: &mut Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = rng.pick(seeds).clone();
    for _ in 0..=rng.below(4) {
        let at = rng.below(input.len() + 1);
        let end = (at + rng.below(40)).min(input.len());
        match rng.below(7) {
            0 if at < input.len() => input[at] = rng.draw() as u8,
            1 => drop(input.drain(at..end)),
            2 => {
                let copy = input[at..end].to_vec();
                input.splice(at..at, copy);
            }
            3 | 4 => {
                let token = *rng.pick(TOKENS);
                input.splice(at..at, token.iter().copied());
            }
            5 => {
                let other = rng.pick(seeds);
                let start = rng.below(other.len());
                let stop = (start + rng.below(120)).min(other.len());
                input.splice(at..end, other[start..stop].iter().copied());
            }
            _ if rng.below(8) == 0 => input.truncate(at),
            _ => {}
        }
    }
    input
}
