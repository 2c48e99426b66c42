//! When nobody is to be disturbed.

use types::Wall;

use crate::{DAY_MIN, DAY_MS, MINUTE_MS};

/// Hours of each day in which what can wait does wait; over midnight where the end comes before the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// The first quiet minute of the day.
    pub from_min: u16,
    /// The first minute that is loud again; the same as the first is never quiet.
    pub to_min: u16,
}

impl Quiet {
    /// When a quiet that covers `now` is over; none when it is not quiet.
    pub fn over(&self, now: Wall, utc_offset_min: i32) -> Option<Wall> {
        let local = now.0 + i64::from(utc_offset_min) * MINUTE_MS;
        let (from, to) = (i64::from(self.from_min), i64::from(self.to_min));
        let minute = local.rem_euclid(DAY_MS) / MINUTE_MS;
        let length = (to - from).rem_euclid(DAY_MIN);
        let inside = (minute - from).rem_euclid(DAY_MIN);
        let minute_began = now.0 - local.rem_euclid(MINUTE_MS);
        (inside < length).then(|| Wall(minute_began + (length - inside) * MINUTE_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-02 at this time in China.
    fn at(hour: i64, minute: i64) -> Wall {
        Wall(1_772_380_800_000 + (hour * 60 + minute) * MINUTE_MS)
    }

    #[test]
    fn a_night_goes_over_midnight() {
        let night = Quiet { from_min: 22 * 60, to_min: 7 * 60 };
        for (now, over) in [
            (at(21, 59), None),
            (at(22, 0), Some(at(31, 0))),
            (at(23, 59), Some(at(31, 0))),
            (at(0, 0), Some(at(7, 0))),
            (at(6, 59), Some(at(7, 0))),
            (at(7, 0), None),
        ] {
            assert_eq!(night.over(now, 480), over, "{now}");
        }
        assert_eq!(Quiet { from_min: 5, to_min: 5 }.over(at(0, 5), 480), None);
    }
}
