//! What came of a queue's last hour, minute by minute.

use types::Wall;

use crate::stats::{Fate, Recent};

const MINUTE_MS: i64 = 60_000;
/// Minutes that are kept: what a spark line shows.
const MINUTES: usize = 60;
/// Of so many minutes "now" is made: shorter, and a small queue's service level leaps; longer, and it says nothing of now.
const NOW_MINUTES: i64 = 30;

#[derive(Clone, Copy, Debug, Default)]
struct Minute {
    /// Counted from 1970; 0 where nothing was ever counted.
    number: i64,
    came: Recent,
    /// The most that waited at once.
    peak: u32,
    /// How many waited at its end.
    last: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Hour {
    minutes: [Minute; MINUTES],
    /// How many wait.
    waiting: u32,
}

impl Default for Hour {
    fn default() -> Self {
        Self { minutes: [Minute::default(); MINUTES], waiting: 0 }
    }
}

/// The minute of a moment, counted from 1970.
const fn minute_of(at: Wall) -> i64 {
    at.0.div_euclid(MINUTE_MS)
}

const fn slot_of(number: i64) -> usize {
    number.rem_euclid(MINUTES as i64) as usize
}

impl Hour {
    fn at(&mut self, now: Wall) -> &mut Minute {
        let number = minute_of(now);
        let waiting = self.waiting;
        let minute = &mut self.minutes[slot_of(number)];
        if minute.number != number {
            *minute = Minute { number, came: Recent::default(), peak: waiting, last: waiting };
        }
        minute
    }

    /// So many wait from now on.
    pub(crate) fn waits(&mut self, now: Wall, waiting: usize) {
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        let minute = self.at(now);
        (minute.peak, minute.last) = (minute.peak.max(waiting), waiting);
        self.waiting = waiting;
    }

    pub(crate) fn end(&mut self, now: Wall, fate: Fate, target_s: u32) {
        let came = &mut self.at(now).came;
        match fate {
            Fate::Answered { wait_ms } => {
                came.answered += 1;
                came.in_target += u32::from(wait_ms <= u64::from(target_s) * 1000);
            }
            Fate::Abandoned => came.abandoned += 1,
            Fate::Overflowed => came.overflowed += 1,
        }
    }

    fn find(&self, number: i64) -> Option<&Minute> {
        Some(&self.minutes[slot_of(number)]).filter(|minute| minute.number == number)
    }

    pub(crate) fn recent(&self, now: Wall) -> Recent {
        let this = minute_of(now);
        let mut sum = Recent::default();
        for minute in (this - NOW_MINUTES + 1..=this).filter_map(|number| self.find(number)) {
            sum.answered += minute.came.answered;
            sum.in_target += minute.came.in_target;
            sum.abandoned += minute.came.abandoned;
            sum.overflowed += minute.came.overflowed;
        }
        sum
    }

    /// The most that waited at once in each minute, the oldest first, this one last.
    pub(crate) fn peaks(&self, now: Wall) -> Vec<u32> {
        let this = minute_of(now);
        let oldest = this - MINUTES as i64 + 1;
        let mut stood = 0;
        let peak = |number: i64| match self.find(number) {
            Some(minute) => {
                stood = minute.last;
                minute.peak
            }
            // Nothing changed in it.
            None => stood,
        };
        (oldest..=this).map(peak).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(minute: i64) -> Wall {
        Wall(1_790_000_000_000 / MINUTE_MS * MINUTE_MS + minute * MINUTE_MS + 1)
    }

    #[test]
    fn a_minute_in_which_nothing_changes_is_as_the_one_before_ended() {
        let mut hour = Hour::default();
        hour.waits(at(0), 4);
        hour.waits(at(0), 2);
        hour.waits(at(3), 0);
        let peaks = hour.peaks(at(4));
        assert_eq!(peaks.len(), 60);
        assert_eq!(peaks[54..], [0, 4, 2, 2, 2, 0]);
        assert!(hour.peaks(at(200)).iter().all(|waiting| *waiting == 0));
    }

    #[test]
    fn what_ended_more_than_half_an_hour_ago_is_not_now() {
        let mut hour = Hour::default();
        hour.end(at(0), Fate::Answered { wait_ms: 20_000 }, 20);
        hour.end(at(10), Fate::Answered { wait_ms: 20_001 }, 20);
        hour.end(at(29), Fate::Abandoned, 20);
        assert_eq!(hour.recent(at(29)), Recent { answered: 2, in_target: 1, abandoned: 1, overflowed: 0 });
        assert_eq!(hour.recent(at(30)), Recent { answered: 1, in_target: 0, abandoned: 1, overflowed: 0 });
        assert_eq!(hour.recent(at(59)).ended(), 0);
        hour.end(at(60), Fate::Overflowed, 20);
        assert_eq!(hour.recent(at(60)).ended(), 1, "the hour before has gone from its place");
    }
}
