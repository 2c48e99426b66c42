//! When a customer who asked for it may be called back.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use types::{TimeOfDay, Wall};

use crate::refused::{ConfigError, refuse};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
/// Who was not reached by so many calls does not want to be.
pub const CALLBACK_ATTEMPTS_MAX: u8 = 10;
/// Between two attempts, seconds: long enough that nobody is pestered, and no longer than a day.
pub const CALLBACK_PAUSE_S: std::ops::RangeInclusive<u32> = 10..=86_400;
/// How long a wish holds, seconds: a minute to a week, after which nobody knows any more what it was about.
pub const CALLBACK_EXPIRE_S: std::ops::RangeInclusive<u32> = 60..=604_800;

/// Who hangs up sooner was not missed, seconds; later nobody waits.
pub const CALLBACK_MISSED_S: std::ops::RangeInclusive<u32> = 1..=3_600;

/// How a queue calls back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallbackRules {
    /// Calls that are made in vain before nobody tries any longer.
    pub attempts: u8,
    /// From one of them to the next, seconds.
    pub pause_s: u32,
    /// After so long nobody calls any more, seconds.
    pub expire_s: u32,
    /// Nobody is called before this time of the tenant's day …
    pub from: TimeOfDay,
    /// … nor from this one on.
    pub until: TimeOfDay,
    /// Who hangs up after having waited for so many seconds is called back as well; absent: only those who asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed_after_s: Option<u32>,
}

impl Default for CallbackRules {
    fn default() -> Self {
        Self {
            attempts: 3,
            pause_s: 900,
            expire_s: 86_400,
            from: TimeOfDay::of_hour(9),
            until: TimeOfDay::of_hour(21),
            missed_after_s: None,
        }
    }
}

impl CallbackRules {
    /// Checks the values.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        if !(1..=CALLBACK_ATTEMPTS_MAX).contains(&self.attempts) {
            return Err(refuse("callback.attempts", "must be 1 to 10"));
        }
        if !CALLBACK_PAUSE_S.contains(&self.pause_s) {
            return Err(refuse("callback.pause_s", "must be 10 to 86400"));
        }
        if !CALLBACK_EXPIRE_S.contains(&self.expire_s) {
            return Err(refuse("callback.expire_s", "must be 60 to 604800"));
        }
        if self.missed_after_s.is_some_and(|after| !CALLBACK_MISSED_S.contains(&after)) {
            return Err(refuse("callback.missed_after_s", "must be 1 to 3600"));
        }
        if self.from >= self.until {
            return Err(refuse("callback.until", "must be later than `from`"));
        }
        Ok(())
    }

    /// How long it is from `now` to the next moment at which somebody may be called; zero when that is now.
    pub fn opens_in(&self, now: Wall, utc_offset_min: i32) -> Duration {
        let local = now.0 + i64::from(utc_offset_min) * MINUTE_MS;
        let of_day = local.rem_euclid(DAY_MS);
        let at = |time: TimeOfDay| i64::from(time.minute()) * MINUTE_MS;
        let wait = match (at(self.from), at(self.until)) {
            (from, until) if (from..until).contains(&of_day) => 0,
            (from, _) if of_day < from => from - of_day,
            (from, _) => DAY_MS - of_day + from,
        };
        Duration::from_millis(wait.unsigned_abs())
    }

    /// How long it is from `now`, at which somebody may be called, to the next moment at which nobody may; a day where
    /// that never comes.
    pub fn closes_in(&self, now: Wall, utc_offset_min: i32) -> Duration {
        let of_day = (now.0 + i64::from(utc_offset_min) * MINUTE_MS).rem_euclid(DAY_MS);
        let left = i64::from(self.until.minute()) * MINUTE_MS - of_day;
        Duration::from_millis(left.max(1).unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_outside_the_hours() {
        let rules = CallbackRules::default();
        // Noon of a day in Shanghai is 04:00 in UTC.
        let at = |hour: i64| Wall((20_000 * 24 + hour) * 3_600_000);
        let hours = |hour| rules.opens_in(at(hour), 480).as_secs() / 3600;
        assert_eq!((hours(4), hours(1), hours(12), hours(13), hours(0)), (0, 0, 0, 12, 1));
        let always = CallbackRules { from: TimeOfDay::of_hour(0), until: TimeOfDay::of_hour(24), ..rules };
        assert!((0..48).all(|hour| always.opens_in(at(hour), 345).is_zero()));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        let refused = |change: fn(&mut CallbackRules)| {
            let mut rules = CallbackRules::default();
            change(&mut rules);
            rules.validate().expect_err("refused").field
        };
        assert_eq!(refused(|r| r.attempts = 0), "callback.attempts");
        assert_eq!(refused(|r| r.pause_s = 1), "callback.pause_s");
        assert_eq!(refused(|r| r.expire_s = 1_000_000), "callback.expire_s");
        assert_eq!(refused(|r| r.until = r.from), "callback.until");
        assert_eq!(CallbackRules::default().validate(), Ok(()));
    }
}
