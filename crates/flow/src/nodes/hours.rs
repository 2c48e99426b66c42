//! `hours`: whether the shop is open, by the tenant's own time. Outlets `open`, `closed`, and
//! `holiday` (`closed` where it leads nowhere).

use std::collections::BTreeMap;

use serde::Deserialize;
use types::TimeOfDay;
use types::leg::Text;
use types::time::{civil, days_from_civil};
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::check::Check;
use crate::core::Core;
use crate::problem::What;

pub(super) const EXAMPLE: &str = r#"{"kind": "hours",
  "weekly": {"mon": [["09:00", "12:00"], ["13:30", "18:00"]], "sat": [["10:00", "16:00"]]},
  "holidays": ["2026-10-01/2026-10-07"], "make_up": {"2026-10-10": [["09:00", "18:00"]]},
  "outlets": {"open": "menu", "closed": "sorry"}}"#;

const DAY_MIN: u16 = 24 * 60;
const MINUTE_MS: i64 = 60_000;

/// From and to, minutes after midnight. One that ends at or before its start goes on into the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "[Text; 2]")]
struct Span {
    from: u16,
    to: u16,
}

impl TryFrom<[Text; 2]> for Span {
    type Error = String;
    fn try_from([from, to]: [Text; 2]) -> Result<Self, String> {
        let minute = |text: &str| {
            clock(text).ok_or_else(|| format!("`{text}` is no time of day; write 09:00, and 24:00 for the day's end"))
        };
        Ok(Self { from: minute(&from)?, to: minute(&to)? })
    }
}

/// A number of plain digits; `parse` alone would take a sign.
fn plain(text: &str) -> Option<u16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Minutes after midnight.
fn clock(text: &str) -> Option<u16> {
    TimeOfDay::parse(text).map(TimeOfDay::minute)
}

impl Span {
    /// Whether it covers this minute of its own day (the next day's minutes follow after 24:00).
    const fn covers(self, minute: u16) -> bool {
        let to = if self.to <= self.from { self.to + DAY_MIN } else { self.to };
        self.from <= minute && minute < to
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// A day as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "Text")]
struct Date(i64);

impl TryFrom<Text> for Date {
    type Error = String;
    fn try_from(text: Text) -> Result<Self, String> {
        date(&text).ok_or_else(|| format!("`{text}` is no date; write 2026-10-01"))
    }
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
    if (y.len(), m.len(), d.len()) != (4, 2, 2) {
        return None;
    }
    let (y, m, d) = (i64::from(plain(y)?), u32::from(plain(m)?), u32::from(plain(d)?));
    let days = days_from_civil(y, m.clamp(1, 12), d);
    // Only a date that exists comes back as it was written.
    (civil(days) == (y, m, d)).then_some(Date(days))
}

/// One day, or several: `2026-10-01/2026-10-07`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Text")]
struct Days(Date, Date);

impl TryFrom<Text> for Days {
    type Error = String;
    fn try_from(text: Text) -> Result<Self, String> {
        let (from, to) = text.split_once('/').unwrap_or((&text, &text));
        Ok(Self(Text::from(from).try_into()?, Text::from(to).try_into()?))
    }
}

/// Fields of an `hours` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hours {
    /// The open spans of each weekday, `mon` to `sun`; a day that isn't named is closed.
    #[schema(value_type = BTreeMap<String, Vec<[String; 2]>>, format = "weekly")]
    weekly: BTreeMap<Weekday, Vec<Span>>,
    /// Closed all day: `2026-10-01`, or `2026-10-01/2026-10-07`.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    holidays: Vec<Days>,
    /// Days with hours of their own, holidays or not (调休上班日).
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Vec<[String; 2]>>, format = "dates")]
    make_up: BTreeMap<Date, Vec<Span>>,
    /// Offset from UTC, minutes, where it isn't the tenant's.
    #[schema(minimum = -720, maximum = 840)]
    utc_offset_min: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day<'a> {
    Spans(&'a [Span]),
    Holiday,
}

impl Hours {
    fn day(&self, day: Date) -> Day<'_> {
        if let Some(spans) = self.make_up.get(&day) {
            return Day::Spans(spans);
        }
        if self.holidays.iter().any(|days| days.0 <= day && day <= days.1) {
            return Day::Holiday;
        }
        // 1970-01-01 was a Thursday.
        let weekday = WEEK[usize::try_from((day.0 + 3).rem_euclid(7)).unwrap_or(0)];
        Day::Spans(self.weekly.get(&weekday).map_or(&[], Vec::as_slice))
    }

    /// The outlet at this many minutes of local time since 1970.
    fn at(&self, minutes: i64) -> &'static str {
        let day = minutes.div_euclid(DAY_MIN.into());
        let minute = u16::try_from(minutes.rem_euclid(DAY_MIN.into())).unwrap_or(0);
        let open = |day: Day<'_>, minute| match day {
            Day::Spans(spans) => spans.iter().any(|span| span.covers(minute)),
            Day::Holiday => false,
        };
        let today = self.day(Date(day));
        if open(today, minute) || open(self.day(Date(day - 1)), minute + DAY_MIN) {
            "open"
        } else if today == Day::Holiday {
            "holiday"
        } else {
            "closed"
        }
    }
}

impl NodeKind for Hours {
    fn outlets(&self) -> Rule {
        Rule { required: &["open", "closed"], optional: &["holiday"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        if self.weekly.is_empty() && self.make_up.is_empty() {
            check.report("weekly", What::Empty);
        }
        if self.holidays.iter().any(|days| days.0 > days.1) {
            check.report("holidays", What::BadTime("from/to".to_owned()));
        }
        if let Some(offset) = self.utc_offset_min {
            check.range("utc_offset_min", offset, -720, 840);
        }
    }

    fn waits(&self) -> bool {
        false
    }

    fn is_silent(&self) -> bool {
        true
    }

    fn fallback(&self, outlet: &str) -> Option<&'static str> {
        (outlet == "holiday").then_some("closed")
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        let offset = self.utc_offset_min.unwrap_or(core.utc_offset_min);
        let outlet = self.at(core.now.wall.0.div_euclid(MINUTE_MS) + i64::from(offset));
        core.detail = outlet.to_owned();
        Next::Out(outlet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_week_holidays_make_up_days_and_nights() {
        let hours: Hours = serde_json::from_str(
            r#"{"weekly": {"mon": [["09:00", "12:00"], ["13:30", "18:00"]], "thu": [["00:00", "24:00"]],
                           "fri": [["22:00", "02:00"]]},
                "holidays": ["2026-10-01/2026-10-07", "2026-12-25"], "make_up": {"2026-10-10": [["09:00", "18:00"]]}}"#,
        )
        .unwrap();
        for (day, time, expected) in [
            ("2026-11-23", "08:59", "closed"), // a Monday
            ("2026-11-23", "09:00", "open"),
            ("2026-11-23", "12:00", "closed"),
            ("2026-11-23", "17:59", "open"),
            ("2026-11-24", "10:00", "closed"),
            ("2026-11-26", "00:00", "open"), // a Thursday
            ("2026-11-26", "23:59", "open"),
            ("2026-11-27", "00:00", "closed"),
            ("2026-11-27", "23:00", "open"), // Friday night goes on into Saturday
            ("2026-11-28", "01:59", "open"),
            ("2026-11-28", "02:00", "closed"),
            ("2026-10-01", "10:00", "holiday"),
            ("2026-10-07", "10:00", "holiday"),
            ("2026-10-10", "10:00", "open"),    // a Saturday worked to make up
            ("2026-12-25", "23:00", "holiday"), // a Friday
            ("2026-12-26", "01:00", "closed"),
        ] {
            let minutes = date(day).unwrap().0 * 1440 + i64::from(clock(time).unwrap());
            assert_eq!(hours.at(minutes), expected, "{day} {time}");
        }
    }

    #[test]
    fn days_and_times_that_do_not_exist_are_refused() {
        for bad in ["2026-02-29", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-1", "x", "2026-+1-01", "2026-10-32"] {
            assert_eq!(date(bad), None, "{bad}");
        }
        for bad in ["9:00", "24:01", "12:60", "0900", "-1:00", "+9:00"] {
            assert_eq!(clock(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_tenants_clock_counts() {
        // The walk of the tests begins on Monday 2026-11-23 at 01:00 UTC: nine o'clock in China.
        let flow = |offset: &str| {
            format!(
                r#"{{"h": {{"kind": "hours", "weekly": {{"mon": [["09:00", "18:00"]]}} {offset},
                           "outlets": {{"open": "o", "closed": "c"}}}},
                    "o": {{"kind": "hangup"}}, "c": {{"kind": "hangup", "cause": "declined"}}}}"#
            )
        };
        crate::nodes::testing::check(&flow(""), "", "hangup normal");
        crate::nodes::testing::check(&flow(r#", "utc_offset_min": 0"#), "", "hangup declined");
    }
}
