//! When one that failed is tried again.

use std::time::Duration;

/// Pauses that double up to a longest one, and an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The first pause.
    pub first: Duration,
    /// No pause is longer.
    pub longest: Duration,
    /// Attempts, the first among them; after the last it is given up.
    pub attempts: u32,
}

impl Backoff {
    /// How long to wait after so many attempts have failed; none when it is given up.
    pub fn after(&self, failed: u32) -> Option<Duration> {
        if failed >= self.attempts {
            return None;
        }
        let doubled = self.first.saturating_mul(1_u32.checked_shl(failed.saturating_sub(1)).unwrap_or(u32::MAX));
        Some(doubled.min(self.longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_then_it_is_given_up() {
        let backoff = Backoff { first: Duration::from_secs(10), longest: Duration::from_secs(60), attempts: 5 };
        let pauses: Vec<_> = (1..=5).map(|failed| backoff.after(failed).map(|pause| pause.as_secs())).collect();
        assert_eq!(pauses, [Some(10), Some(20), Some(40), Some(60), None]);
        assert_eq!(Backoff { attempts: u32::MAX, ..backoff }.after(1_000), Some(Duration::from_secs(60)));
    }
}
