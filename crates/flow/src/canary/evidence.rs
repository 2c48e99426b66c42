//! Evidence that one of two shares is the greater one, which may be looked at after every call.
//!
//! Calls are taken in blocks of so many of the present version and so many of the new one. Before each block a bet is
//! made, by what was seen until then, that the new version does worse; the stake grows or shrinks by how much more likely
//! the bet makes what came of the block than "both alike" does. Where the new version is no worse, the stake grows by no
//! more than nothing on average, whatever the shares are: so it ever exceeds `1 / α` with a probability of `α` at most
//! (Ville's inequality), however often one looks. That holds for any number of calls, not only for many. See Turner, Ly
//! and Grünwald, "Generic E-variables for exact sequential k-sample tests that allow for optional stopping" (2024).

use std::collections::VecDeque;

/// Calls of one version that wait for calls of the other. Beyond it the oldest are passed over: which ones those are does
/// not depend on what came of them, so the evidence stays sound.
const WAITING_MAX: usize = 10_000;
/// Before much is seen, the new version is taken for as good as so many calls of the present one would make it.
const DOUBT: f64 = 4.0;

/// Puts what comes in into blocks.
#[derive(Clone, Debug)]
pub(super) struct Blocks<T> {
    sizes: [usize; 2],
    waiting: [VecDeque<T>; 2],
}

impl<T> Blocks<T> {
    /// Blocks that use up both versions' calls alike, by the share that walks the new one.
    pub(super) fn of_share(share_percent: u8) -> Self {
        let share = usize::from(share_percent.clamp(1, 99));
        let ratio = |more: usize, less: usize| ((more + less / 2) / less).clamp(1, 10);
        let sizes = if share <= 50 { [ratio(100 - share, share), 1] } else { [1, ratio(share, 100 - share)] };
        Self { sizes, waiting: [VecDeque::new(), VecDeque::new()] }
    }

    /// Adds one of the present (0) or the new (1) version; a block, once there is one.
    pub(super) fn add(&mut self, version: usize, one: T) -> Option<[Vec<T>; 2]> {
        let waiting = &mut self.waiting[version];
        waiting.push_back(one);
        if waiting.len() > WAITING_MAX {
            waiting.pop_front();
        }
        let full = self.waiting.iter().zip(self.sizes).all(|(waiting, size)| waiting.len() >= size);
        full.then(|| {
            let [present, new] = &mut self.waiting;
            [present.drain(..self.sizes[0]).collect(), new.drain(..self.sizes[1]).collect()]
        })
    }
}

/// How often something was seen, of how many.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    bad: f64,
    all: f64,
}

/// The stake so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Stake {
    seen: [Seen; 2],
    /// The stake's natural logarithm, and the highest it ever was.
    log: f64,
    peak: f64,
}

impl Stake {
    /// Plays a block: whether each call of the present and of the new version went badly.
    pub(super) fn play(&mut self, block: &[Vec<bool>; 2]) {
        let [present, new] = self.bet();
        let [many, few] = block.each_ref().map(|calls| calls.len() as f64);
        let alike = (many * present + few * new) / (many + few);
        for (calls, bet) in block.iter().zip([present, new]) {
            for bad in calls {
                self.log += if *bad { (bet / alike).ln() } else { ((1.0 - bet) / (1.0 - alike)).ln() };
            }
        }
        self.peak = self.peak.max(self.log);
        for (seen, calls) in self.seen.iter_mut().zip(block) {
            seen.bad += calls.iter().filter(|bad| **bad).count() as f64;
            seen.all += calls.len() as f64;
        }
    }

    /// The shares that are bet on, never that the new version does better.
    fn bet(&self) -> [f64; 2] {
        let [present, new] = self.seen;
        let present = (present.bad + 0.5) / (present.all + 1.0);
        let new = (new.bad + DOUBT * present) / (new.all + DOUBT);
        [present, new.max(present)]
    }

    /// With what probability a version that is no worse would ever have raised the stake so high, at most.
    pub(super) fn p_value(&self) -> f64 {
        (-self.peak).exp().min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A small generator of its own (SplitMix64), so that a seed gives the same calls for good.
    struct Dice(u64);

    impl Dice {
        fn falls(&mut self, below: f64) -> bool {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 <= below
        }
    }

    /// After how many calls the stake exceeds what so rare an alarm asks for; looked at after every call.
    fn alarm(seed: u64, shares: [f64; 2], share_percent: u8, alpha: f64, calls: usize) -> Option<usize> {
        let (mut dice, mut blocks, mut stake) = (Dice(seed), Blocks::of_share(share_percent), Stake::default());
        (1..=calls).find(|_| {
            let version = usize::from(dice.falls(f64::from(share_percent) / 100.0));
            let bad = dice.falls(shares[version]);
            if let Some(block) = blocks.add(version, bad) {
                stake.play(&block);
            }
            stake.p_value() <= alpha
        })
    }

    #[test]
    fn a_version_that_is_no_worse_is_suspected_no_more_often_than_stated() {
        for (shares, percent) in
            [([0.1, 0.1], 20), ([0.02, 0.02], 5), ([0.5, 0.5], 50), ([0.3, 0.25], 20), ([0.6, 0.6], 80)]
        {
            let alarms = (0..1_000).filter(|seed| alarm(*seed, shares, percent, 0.05, 3_000).is_some()).count();
            // 50 of 1,000 are allowed; chance makes less than 64 of them with a probability of 0.98.
            assert!(alarms < 64, "{shares:?} at {percent} %: {alarms} of 1000");
        }
    }

    #[test]
    fn a_version_that_is_worse_is_found() {
        let found =
            |shares, calls| (0..200).filter(|seed| alarm(*seed, shares, 20, 0.05 / 3.0, calls).is_some()).count();
        assert_eq!(found([0.05, 1.0], 150), 200, "every caller lost is seen after some thirty of its calls");
        assert!(found([0.1, 0.3], 1_500) >= 190, "{}", found([0.1, 0.3], 1_500));
        assert!(found([0.1, 0.2], 6_000) >= 190, "{}", found([0.1, 0.2], 6_000));
    }

    proptest! {
        /// On average no bet gains anything where the new version does as well or better: this is what makes the
        /// evidence sound. Reckoned over all that can come of a block.
        #[test]
        fn no_bet_gains_where_nothing_is_worse(
            present in 0.0..=1.0f64, better in 0.0..=1.0f64, bad in [0u32..200, 0u32..200], all in [0u32..200, 0u32..200],
            sizes in [1usize..5, 1usize..5],
        ) {
            let new = present * better;
            let seen = std::array::from_fn(|v| Seen { bad: f64::from(bad[v].min(all[v])), all: f64::from(all[v]) });
            let total = sizes[0] + sizes[1];
            let mut mean = 0.0;
            for outcome in 0u32..1 << total {
                let fell = |from: usize, size: usize| (from..from + size).map(|at| outcome >> at & 1 == 1).collect::<Vec<_>>();
                let block = [fell(0, sizes[0]), fell(sizes[0], sizes[1])];
                let likely: f64 = block.iter().zip([present, new])
                    .flat_map(|(calls, p)| calls.iter().map(move |bad| if *bad { p } else { 1.0 - p })).product();
                let mut stake = Stake { seen, ..Stake::default() };
                stake.play(&block);
                mean += likely * stake.log.exp();
            }
            prop_assert!(mean <= 1.0 + 1e-9, "{mean}");
        }

        #[test]
        fn blocks_take_each_call_once_and_in_order(versions in prop::collection::vec(0usize..2, 0..300), share in 1u8..100) {
            let (mut blocks, mut taken) = (Blocks::of_share(share), [Vec::new(), Vec::new()]);
            for (at, version) in versions.iter().enumerate() {
                if let Some(block) = blocks.add(*version, at) {
                    block.into_iter().zip(&mut taken).for_each(|(calls, taken)| taken.extend(calls));
                }
            }
            for (version, taken) in taken.iter().enumerate() {
                let came: Vec<_> = (0..versions.len()).filter(|at| versions[*at] == version).collect();
                prop_assert_eq!(taken.as_slice(), &came[..taken.len()]);
            }
        }
    }
}
