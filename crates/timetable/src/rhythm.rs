//! When something that repeats is due, and which time it is about.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use types::{TimeOfDay, Wall};

use crate::{DAY_MS, MINUTE_MS, QUARTER_MS};

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// Each day, about the day before.
    Day,
    /// Each week on this day, 1 for Monday to 7, about the week before, from Monday.
    Week(u8),
    /// Each month on this day, 1 to 28, about the month before.
    Month(u8),
}

/// Something that repeats by a company's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// How often.
    pub every: Every,
    /// At this minute of the day.
    pub at_min: u16,
    /// The company's minutes east of UTC.
    pub utc_offset_min: i32,
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing until then.
    Wait(Wall),
    /// What was due at that moment.
    Run {
        /// When it was due.
        due: Wall,
        /// So many before it were due while nobody looked; they are not done any more.
        missed: u32,
    },
}

/// Missed turns are counted up to here: beyond it nobody wants to know how many they were.
const MISSED_MOST: u32 = 1_000;

impl Rhythm {
    /// What is to be done at `now` when everything up to `done` was done. Of several that were missed the last one alone
    /// is done, late.
    pub fn turn(&self, done: Wall, now: Wall) -> Turn {
        let first = self.next(done);
        if first > now {
            return Turn::Wait(first);
        }
        let (mut due, mut missed) = (first, 0);
        loop {
            let next = self.next(due);
            // Beyond the calendar nothing is due any more.
            if next > now || next <= due || missed == MISSED_MOST {
                break;
            }
            (due, missed) = (next, missed + 1);
        }
        if missed == MISSED_MOST {
            due = self.last(now);
        }
        Turn::Run { due, missed }
    }

    /// The first moment after `after` at which it is due.
    pub fn next(&self, after: Wall) -> Wall {
        let mut day = self.day_of(after);
        // A month and a day are enough for every rhythm.
        for _ in 0..=32 {
            let due = self.at(day);
            if due > after && self.falls_on(day) {
                return due;
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        Wall(i64::MAX)
    }

    /// The last moment up to `now` at which it was due.
    fn last(&self, now: Wall) -> Wall {
        let mut day = self.day_of(now);
        for _ in 0..=32 {
            let due = self.at(day);
            if due <= now && self.falls_on(day) {
                return due;
            }
            let Ok(before) = day.yesterday() else { break };
            day = before;
        }
        now
    }

    /// The time that what is due at `due` is about: the whole day, week or month before it.
    pub fn period(&self, due: Wall) -> (Wall, Wall) {
        let day = self.day_of(due);
        let (from, to) = match self.every {
            Every::Day => (day.yesterday().unwrap_or(day), day),
            Every::Week(_) => {
                let monday = i64::from(day.weekday().to_monday_zero_offset());
                let to = self.midnight(day).0 - monday * DAY_MS;
                return (Wall(to - 7 * DAY_MS), Wall(to));
            }
            Every::Month(_) => {
                let to = day.first_of_month();
                (to.yesterday().map_or(to, Date::first_of_month), to)
            }
        };
        (self.midnight(from), self.midnight(to))
    }

    /// The day, week or month that `due` lies in, up to the end of its quarter of an hour.
    pub fn so_far(&self, due: Wall) -> (Wall, Wall) {
        let day = self.day_of(due);
        let from = match self.every {
            Every::Day => self.midnight(day),
            Every::Week(_) => {
                let monday = i64::from(day.weekday().to_monday_zero_offset());
                Wall(self.midnight(day).0 - monday * DAY_MS)
            }
            Every::Month(_) => self.midnight(day.first_of_month()),
        };
        (from, Wall((due.0.div_euclid(QUARTER_MS) + 1) * QUARTER_MS))
    }

    fn falls_on(&self, day: Date) -> bool {
        match self.every {
            Every::Day => true,
            Every::Week(weekday) => i64::from(day.weekday().to_monday_one_offset()) == i64::from(weekday),
            Every::Month(of_month) => i64::from(day.day()) == i64::from(of_month),
        }
    }

    fn offset_ms(&self) -> i64 {
        i64::from(self.utc_offset_min) * MINUTE_MS
    }

    fn day_of(&self, at: Wall) -> Date {
        let local = Timestamp::from_millisecond(at.0.saturating_add(self.offset_ms())).unwrap_or(Timestamp::MAX);
        local.to_zoned(TimeZone::UTC).date()
    }

    fn midnight(&self, day: Date) -> Wall {
        let utc = day.to_zoned(TimeZone::UTC).map_or(i64::MAX / 2, |start| start.timestamp().as_millisecond());
        Wall(utc - self.offset_ms())
    }

    fn at(&self, day: Date) -> Wall {
        Wall(self.midnight(day).0 + i64::from(self.at_min) * MINUTE_MS)
    }
}

/// The minute of the day that `HH:MM` names; the day's end is none.
pub fn clock_time(text: &str) -> Option<u16> {
    TimeOfDay::parse(text).map(TimeOfDay::minute).filter(|minute| *minute < 24 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Wall {
        Wall(text.parse::<Timestamp>().unwrap().as_millisecond())
    }

    fn rhythm(every: Every) -> Rhythm {
        Rhythm { every, at_min: 8 * 60 + 30, utc_offset_min: 480 }
    }

    #[test]
    fn each_rhythm_is_due_by_the_companys_clock_and_is_about_the_time_before() {
        for (every, after, due, from, to) in [
            (Every::Day, "2026-02-28T08:30:00+08:00", "2026-03-01T08:30:00+08:00", "2026-02-28", "2026-03-01"),
            (Every::Day, "2026-03-01T08:29:59+08:00", "2026-03-01T08:30:00+08:00", "2026-02-28", "2026-03-01"),
            // 2026-03-02 is a Monday.
            (Every::Week(1), "2026-02-28T09:00:00+08:00", "2026-03-02T08:30:00+08:00", "2026-02-23", "2026-03-02"),
            (Every::Week(3), "2026-02-28T09:00:00+08:00", "2026-03-04T08:30:00+08:00", "2026-02-23", "2026-03-02"),
            (Every::Month(1), "2026-12-02T00:00:00+08:00", "2027-01-01T08:30:00+08:00", "2026-12-01", "2027-01-01"),
            (Every::Month(28), "2026-01-28T08:30:00+08:00", "2026-02-28T08:30:00+08:00", "2026-01-01", "2026-02-01"),
        ] {
            let rhythm = rhythm(every);
            let next = rhythm.next(at(after));
            assert_eq!(next, at(due), "{every:?} {after}");
            let midnight = |day: &str| at(&format!("{day}T00:00:00+08:00"));
            assert_eq!(rhythm.period(next), (midnight(from), midnight(to)), "{every:?} {after}");
        }
    }

    #[test]
    fn what_is_told_at_closing_time_is_about_the_time_so_far() {
        let closing = at("2026-03-04T18:05:00+08:00");
        for (every, from) in
            [(Every::Day, "2026-03-04"), (Every::Week(3), "2026-03-02"), (Every::Month(4), "2026-03-01")]
        {
            let (begin, end) = rhythm(every).so_far(closing);
            assert_eq!(begin, at(&format!("{from}T00:00:00+08:00")), "{every:?}");
            assert_eq!(end, at("2026-03-04T18:15:00+08:00"));
        }
    }

    #[test]
    fn what_was_missed_is_done_once_and_late() {
        let daily = rhythm(Every::Day);
        let done = at("2026-03-01T08:30:00+08:00");
        assert_eq!(daily.turn(done, at("2026-03-02T08:29:00+08:00")), Turn::Wait(at("2026-03-02T08:30:00+08:00")));
        assert_eq!(
            daily.turn(done, at("2026-03-02T08:30:00+08:00")),
            Turn::Run { due: at("2026-03-02T08:30:00+08:00"), missed: 0 }
        );
        assert_eq!(
            daily.turn(done, at("2026-03-05T12:00:00+08:00")),
            Turn::Run { due: at("2026-03-05T08:30:00+08:00"), missed: 3 }
        );
        let ages = daily.turn(Wall(0), at("2026-03-05T12:00:00+08:00"));
        assert_eq!(ages, Turn::Run { due: at("2026-03-05T08:30:00+08:00"), missed: MISSED_MOST });
    }

    #[test]
    fn times_of_the_day_are_read_strictly() {
        for (text, minute) in [("00:00", Some(0)), ("08:05", Some(485)), ("23:59", Some(1_439))] {
            assert_eq!(clock_time(text), minute);
        }
        for text in ["24:00", "8:05", "08:60", "08-05", "+8:00", ""] {
            assert_eq!(clock_time(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn each_turn_comes_once(weekday in 1_u8..=7, day in 1_u8..=28, at_min in 0_u16..1_440, offset in -56_i32..=56,
                                 start in 0_i64..4_000_000_000_000, kind in 0_usize..3) {
            let every = [Every::Day, Every::Week(weekday), Every::Month(day)][kind];
            let rhythm = Rhythm { every, at_min, utc_offset_min: offset * 15 };
            let mut done = Wall(start);
            for _ in 0..40 {
                let next = rhythm.next(done);
                prop_assert!(next > done && next.0 - done.0 <= 32 * DAY_MS);
                prop_assert_eq!(rhythm.turn(done, Wall(next.0 - 1)), Turn::Wait(next));
                prop_assert_eq!(rhythm.turn(done, next), Turn::Run { due: next, missed: 0 });
                let (from, to) = rhythm.period(next);
                prop_assert!(from < to && to <= next);
                done = next;
            }
        }
    }
}
