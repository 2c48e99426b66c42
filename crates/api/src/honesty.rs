//! How well what queues say of waits agrees with the waits: pure sums over promises.

use std::collections::BTreeMap;

use store::Promise;
use types::QueueId;

const DAY_MS: i64 = 86_400_000;

/// The figures of some promises.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Honesty {
    /// How many were made.
    pub(crate) promises: u64,
    /// How many of them ended with an agent, so that they can be judged.
    pub(crate) answered: u64,
    /// Half of the waits were no farther than this from what was promised, milliseconds.
    pub(crate) median_error_ms: Option<u64>,
    /// Half of the waits were longer than promised by this or more, milliseconds; negative for shorter.
    pub(crate) median_excess_ms: Option<i64>,
    /// The share of waits within ±30 % of what was promised.
    pub(crate) within_30_percent: Option<f64>,
}

/// The waits that can be judged, promised and actual.
fn judged<'a>(promises: &'a [&Promise]) -> impl Iterator<Item = (u64, u64)> + 'a {
    promises.iter().filter_map(|promise| Some((promise.wait_ms, promise.kept_ms?)))
}

/// The lower of the two in the middle.
fn median<T: Ord + Copy>(mut values: Vec<T>) -> Option<T> {
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}

impl Honesty {
    pub(crate) fn of(promises: &[&Promise]) -> Self {
        let errors: Vec<u64> = judged(promises).map(|(promised, kept)| promised.abs_diff(kept)).collect();
        let excess = judged(promises).map(|(promised, kept)| kept.cast_signed() - promised.cast_signed()).collect();
        // In tenths, so that nothing is rounded.
        let near = judged(promises).filter(|(promised, kept)| promised.abs_diff(*kept) * 10 <= promised * 3).count();
        let answered = errors.len();
        Self {
            promises: promises.len() as u64,
            answered: answered as u64,
            median_error_ms: median(errors),
            median_excess_ms: median(excess),
            within_30_percent: (answered > 0).then(|| near as f64 / answered as f64),
        }
    }
}

/// Promises by queue and by the day of the tenant's clock on which they were made, milliseconds of its midnight.
pub(crate) fn by_queue_and_day(promises: &[Promise], utc_offset_min: i32) -> BTreeMap<(i64, QueueId), Vec<&Promise>> {
    let offset = i64::from(utc_offset_min) * 60_000;
    let mut lines: BTreeMap<_, Vec<&Promise>> = BTreeMap::new();
    for promise in promises {
        let midnight = (promise.at.0 + offset).div_euclid(DAY_MS) * DAY_MS - offset;
        lines.entry((midnight, promise.queue)).or_default().push(promise);
    }
    lines
}

#[cfg(test)]
mod tests {
    use types::{InteractionId, TenantId, Wall};

    use super::*;

    fn promise(at: i64, queue: u64, wait_ms: u64, kept_ms: Option<u64>) -> Promise {
        let (tenant, interaction) = (TenantId(1), InteractionId(1));
        Promise {
            tenant,
            at: Wall(at),
            interaction,
            queue: QueueId(queue),
            position: None,
            wait_ms,
            told: true,
            kept_ms,
        }
    }

    #[test]
    fn what_came_of_nothing_is_counted_and_not_judged() {
        let all = [
            promise(0, 1, 60_000, Some(78_000)),
            promise(0, 1, 60_000, Some(42_000)),
            promise(0, 1, 60_000, Some(78_001)),
            promise(0, 1, 60_000, None),
        ];
        let honesty = Honesty::of(&all.iter().collect::<Vec<_>>());
        assert_eq!((honesty.promises, honesty.answered), (4, 3));
        assert_eq!((honesty.median_error_ms, honesty.median_excess_ms), (Some(18_000), Some(18_000)));
        assert!((honesty.within_30_percent.unwrap() - 2.0 / 3.0).abs() < 1e-9, "30 % is within");
        let none = Honesty::of(&[&all[3]]);
        assert_eq!((none.median_error_ms, none.within_30_percent), (None, None));
    }

    #[test]
    fn days_begin_at_the_tenants_midnight() {
        let (evening, morning) = (15 * 3_600_000, 17 * 3_600_000);
        let all = [promise(evening, 1, 1, None), promise(morning, 1, 1, None), promise(morning, 2, 1, None)];
        let days: Vec<_> = by_queue_and_day(&all, 480).into_keys().collect();
        let (first, second) = (-8 * 3_600_000, 16 * 3_600_000);
        assert_eq!(days, [(first, QueueId(1)), (second, QueueId(1)), (second, QueueId(2))]);
    }
}
