//! How the disk keeps up, in figures.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the classes that syncs are counted in, milliseconds; what takes longer is in a class of its own.
/// From a fast SSD's to a disk that others keep busy.
pub const SYNC_BOUNDS_MS: [u64; 8] = [1, 2, 5, 10, 25, 50, 100, 1000];

/// How the disk keeps up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Bytes of events that were handed over and are not yet written.
    pub waiting_bytes: usize,
    /// How long syncs took.
    pub syncs: Syncs,
}

/// Syncs since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Syncs {
    /// How many there were in each class of [`SYNC_BOUNDS_MS`]; the last is above all bounds.
    pub counts: [u64; SYNC_BOUNDS_MS.len() + 1],
    /// What they took together, microseconds.
    pub sum_us: u64,
}

/// [`Syncs`] while they are counted.
#[derive(Debug, Default)]
pub(crate) struct SyncTimes {
    counts: [AtomicU64; SYNC_BOUNDS_MS.len() + 1],
    sum_us: AtomicU64,
}

impl SyncTimes {
    pub(crate) fn add(&self, took: Duration) {
        let class = SYNC_BOUNDS_MS.partition_point(|bound| Duration::from_millis(*bound) < took);
        self.counts[class].fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Syncs {
        let counts = std::array::from_fn(|class| self.counts[class].load(Ordering::Relaxed));
        Syncs { counts, sum_us: self.sum_us.load(Ordering::Relaxed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sync_is_counted_in_the_class_that_holds_it() {
        let times = SyncTimes::default();
        for us in [900, 1_000, 1_001, 60_000, 5_000_000] {
            times.add(Duration::from_micros(us));
        }
        let syncs = times.get();
        assert_eq!((syncs.counts, syncs.sum_us), ([2, 1, 0, 0, 0, 0, 1, 0, 1], 5_062_901));
    }
}
