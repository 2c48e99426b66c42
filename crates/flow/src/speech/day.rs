//! Days.

use types::leg::{Sound, Text};
use types::time::{civil, days_from_civil};

use super::{is_zh, speak};

/// A day of the calendar, from 1900 to 2099.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    year: u32,
    month: u32,
    day: u32,
}

impl Day {
    /// As it is written: 2026-11-23; a time behind it, as databases give one, is left out.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().split(['T', ' ']).next()?;
        let mut parts = text.split('-');
        let mut part = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))?;
            part.parse::<u32>().ok()
        };
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        let is_day = (1..=12).contains(&month) && {
            let named = (i64::from(year), month, day);
            civil(days_from_civil(named.0, month, day)) == named
        };
        let fits = parts.next().is_none() && (1900..2100).contains(&year) && is_day;
        fits.then_some(Self { year, month, day })
    }

    /// 二零二六年十一月二十三日; November the twenty-third, twenty twenty-six.
    pub(crate) fn sounds(self, language: &Text) -> Vec<Sound> {
        let Self { year, month, day } = self;
        speak(language, |s| {
            if is_zh(language) {
                [year / 1000, year / 100 % 10, year / 10 % 10, year % 10].into_iter().for_each(|digit| s.whole(digit));
                s.word("date_year");
                s.whole(month);
                s.word("date_month");
                s.whole(day);
                return s.word("date_day");
            }
            s.word(&format!("month_{month}"));
            s.word(&format!("day_{day}"));
            match (year / 100, year % 100) {
                (20, rest @ 0..=9) => s.number(2000 + rest),
                (century, 0) => {
                    s.whole(century);
                    s.word("num_hundred");
                }
                (century, rest) => {
                    s.whole(century);
                    if rest < 10 {
                        s.whole(0);
                    }
                    s.whole(rest);
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::tests::text;

    #[test]
    fn days_are_said_as_a_native_speaker_says_them() {
        let (zh, en) = (Text::from("zh"), Text::from("en"));
        for (day, chinese, english) in [
            ("2026-11-23", "2 0 2 6 date_year 11 date_month 23 date_day", "month_11 day_23 20 26"),
            ("2011-01-01", "2 0 1 1 date_year 1 date_month 1 date_day", "month_1 day_1 20 11"),
            ("2008-02-29T08:00:00", "2 0 0 8 date_year 2 date_month 29 date_day", "month_2 day_29 2 thousand and 8"),
            ("1905-10-02 08:00", "1 9 0 5 date_year 10 date_month 2 date_day", "month_10 day_2 19 0 5"),
            ("1900-12-31", "1 9 0 0 date_year 12 date_month 31 date_day", "month_12 day_31 19 hundred"),
        ] {
            let said = Day::parse(day).unwrap();
            assert_eq!((text(said.sounds(&zh)), text(said.sounds(&en))), (chinese.into(), english.into()), "{day}");
        }
        for bad in ["", "2026-13-01", "2025-02-29", "2026-1-2", "2026-01-01-01", "1899-01-01", "23.11.2026"] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }
}
