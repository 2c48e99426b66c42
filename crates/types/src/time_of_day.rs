//! A time of the day, as a clock on the wall shows it.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The minutes of a day; also what the end of the day, `24:00`, is.
const DAY_MIN: u16 = 24 * 60;

/// A time of the day, written `HH:MM` from `00:00` to `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// So many minutes after midnight; none beyond the day's end.
    pub const fn of_minute(minute: u16) -> Option<Self> {
        if minute <= DAY_MIN { Some(Self(minute)) } else { None }
    }

    /// A full hour, for defaults; the end of the day for any beyond it.
    pub const fn of_hour(hour: u16) -> Self {
        Self(if hour < 24 { hour * 60 } else { DAY_MIN })
    }

    /// Reads `HH:MM`.
    pub fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let two = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u16>().ok()).flatten()
        };
        let (hour, minute) = (two(hour)?, two(minute)?);
        if minute < 60 { Self::of_minute(hour * 60 + minute) } else { None }
    }

    /// Minutes after midnight, 0 to 1440.
    pub const fn minute(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("must be a time of the day, HH:MM from 00:00 to 24:00"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_clock_shows_and_nothing_else() {
        for text in ["00:00", "09:05", "23:59", "24:00"] {
            assert_eq!(TimeOfDay::parse(text).expect(text).to_string(), text);
        }
        for text in ["", "9:00", "24:01", "12:60", "+1:00", "12", "12:0x", "012:00"] {
            assert_eq!(TimeOfDay::parse(text), None, "{text}");
        }
        let json = |text: &str| serde_json::from_str::<TimeOfDay>(text);
        assert_eq!(json("\"08:30\"").expect("a time").minute(), 510);
        assert!(json("\"8\"").expect_err("no time").to_string().contains("HH:MM"));
    }
}
