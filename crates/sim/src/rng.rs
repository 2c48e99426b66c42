//! Chance from a seed: SplitMix64 and the distributions that people and networks follow.

use std::time::Duration;

/// Chance from a seed.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The same seed gives the same chance.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Steele, Lea and Flood's SplitMix64.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to 1, without 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Whether something happens that does so with the probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// One of `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// Evenly between two bounds, seconds.
    pub(crate) fn between(&mut self, from_s: f64, to_s: f64) -> Duration {
        Duration::from_secs_f64(from_s + (to_s - from_s) * self.unit())
    }

    /// Exponential, the time to the next of independent happenings; `mean_s` seconds on average.
    pub fn exponential(&mut self, mean_s: f64) -> Duration {
        Duration::from_secs_f64(-mean_s * (1.0 - self.unit()).ln())
    }

    /// Log-normal, as talks and thoughts are: mean `mean_s` seconds, median some 0.8 of it.
    pub(crate) fn human(&mut self, mean_s: f64) -> Duration {
        const SIGMA: f64 = 0.66;
        let (u, v) = (1.0 - self.unit(), self.unit());
        let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        Duration::from_secs_f64(mean_s * (SIGMA * normal - SIGMA * SIGMA / 2.0).exp())
    }

    /// An index by weights.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut at = self.unit() * weights.iter().sum::<f64>();
        for (i, weight) in weights.iter().enumerate() {
            at -= weight;
            if at < 0.0 {
                return i;
            }
        }
        weights.len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_day_and_means_are_right() {
        let (mut a, mut b) = (Rng::new(7), Rng::new(7));
        assert!((0..100).all(|_| a.next() == b.next()));
        let mean = |f: &mut dyn FnMut() -> Duration| (0..20_000).map(|_| f().as_secs_f64()).sum::<f64>() / 20_000.0;
        let mut rng = Rng::new(1);
        assert!((mean(&mut || rng.exponential(60.0)) - 60.0).abs() < 2.0);
        assert!((mean(&mut || rng.human(60.0)) - 60.0).abs() < 2.0);
        let ones = (0..10_000).filter(|_| rng.weighted(&[1.0, 3.0]) == 1).count();
        assert!((7_200..7_800).contains(&ones), "{ones}");
    }
}
