//! What a report is asked for, and its answer.

use std::collections::BTreeMap;

use directory::Tenant;
use jiff::civil::Date;
use store::Store;
use store::report::{Dimension, Line, Report as Wanted, Sums, Time, is_quarter};
use types::{TenantId, Wall};

use super::titles::Titles;
use crate::dto::{Report, ReportLine, ReportTimes};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, moment};

/// The longest time that is told at once, milliseconds: five years.
const LONGEST_MS: u64 = 5 * 366 * 86_400_000;
/// States and reasons that one line is made of, in the mean at most.
const STATES: u64 = 10;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// A Monday, days after 1970-01-01.
const MONDAY: i64 = 4;

/// Intervals of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Every {
    /// Of this length, milliseconds, from some interval's start at the tenant's midnight.
    Fixed(i64),
    Month,
    /// One line for the whole time.
    All,
}

impl Every {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "15" => Self::Fixed(15 * MINUTE_MS),
            "30" => Self::Fixed(30 * MINUTE_MS),
            "60" => Self::Fixed(60 * MINUTE_MS),
            "day" => Self::Fixed(DAY_MS),
            "week" => Self::Fixed(7 * DAY_MS),
            "month" => Self::Month,
            "all" => Self::All,
            _ => return None,
        })
    }
}

/// A report as it is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) tenant: TenantId,
    pub(crate) by: Dimension,
    pub(crate) every: Every,
    pub(crate) from: Wall,
    pub(crate) to: Wall,
    /// Ids; all when empty.
    pub(crate) subjects: Vec<String>,
    pub(crate) utc_offset_min: i32,
    /// The tenant's own, by which sums of days are kept.
    own_offset_min: i32,
}

impl Asked {
    /// Reads what is asked for.
    ///
    /// # Errors
    /// A value is missing or makes no sense; the database fails.
    pub(crate) async fn read(store: &Store, tenant: TenantId, args: &mut Args, now: Wall) -> Result<Self> {
        let own = store.get::<Tenant>(tenant, tenant).await?.map_or(0, |tenant| tenant.utc_offset_min);
        let missing = |name| ApiError::field(Code::MissingField, name);
        let by = args.read("by", Dimension::parse)?.ok_or_else(|| missing("by"))?;
        let every = args.read("every", Every::parse)?.unwrap_or(Every::Fixed(DAY_MS));
        let quarter = |text: &str| moment(text).filter(|at| is_quarter(*at));
        let from = args.read("from", quarter)?.ok_or_else(|| missing("from"))?;
        let next = || Wall((now.0.div_euclid(15 * MINUTE_MS) + 1) * 15 * MINUTE_MS);
        let to = args.read("to", quarter)?.unwrap_or_else(next);
        let subjects = args.take("subject").map(|text| text.split(',').map(str::to_owned).collect());
        // The zones there are lie a quarter of an hour apart at least.
        let offset = |text: &str| text.parse().ok().filter(|min: &i32| min.abs() <= 14 * 60 && min % 15 == 0);
        let utc_offset_min = args.read("utc_offset_min", offset)?.unwrap_or(own);
        if to <= from || to.ms_since(from) > LONGEST_MS {
            return Err(ApiError::field(Code::BadValue, "to"));
        }
        let subjects = subjects.unwrap_or_default();
        Ok(Self { tenant, by, every, from, to, subjects, utc_offset_min, own_offset_min: own })
    }

    /// The same in one line for each subject.
    pub(crate) fn whole(&self) -> Self {
        Self { every: Every::All, ..self.clone() }
    }

    /// The offset from UTC, milliseconds.
    pub(crate) fn offset_ms(&self) -> i64 {
        i64::from(self.utc_offset_min) * MINUTE_MS
    }

    /// Whether it is by agent or team.
    pub(crate) const fn is_staff(&self) -> bool {
        matches!(self.by, Dimension::Agent | Dimension::Team)
    }

    /// The figures, in `most` lines at most.
    ///
    /// # Errors
    /// [`Code::TooLarge`]: there are more lines; the database fails.
    pub(crate) async fn answer(&self, store: &Store, most: u64) -> Result<Report> {
        let offset_ms = self.offset_ms();
        let step = match self.every {
            Every::Fixed(length) => Some((length, Wall(MONDAY * DAY_MS - offset_ms))),
            Every::Month | Every::All => None,
        };
        // Days by another clock than the tenant's are not kept; one sum of many days is, but for its ends.
        let midnight = Wall(-i64::from(self.own_offset_min) * MINUTE_MS);
        let midnight = (step.is_none() || self.utc_offset_min == self.own_offset_min).then_some(midnight);
        let (tenant, dimension, subjects) = (self.tenant, self.by, self.subjects.clone());
        let (from, to) = (self.from, self.to);
        let base = Wanted { tenant, dimension, subjects, from, to, midnight, step, most };
        let months = if self.every == Every::Month { months(from, to, offset_ms) } else { vec![(from, to)] };
        let titles = Titles::of(store, tenant, dimension).await?;
        let mut items = Vec::new();
        for (from, to) in months {
            let wanted = Wanted { from, to, ..base.clone() };
            let lines = store.report(&wanted).await?;
            let staff = self.is_staff();
            let most_times = most * STATES;
            let times = if staff { store.report_times(&Wanted { most: most_times, ..wanted }).await? } else { vec![] };
            if times.len() as u64 > most_times {
                return Err(Code::TooLarge.into());
            }
            items.extend(with_times(lines, times).into_iter().map(|(line, times)| {
                let end = step.map_or(to, |(length, _)| Wall((line.start.0 + length).min(to.0)));
                let line = Line { start: line.start.max(from), ..line };
                let times = staff.then(|| ReportTimes::new(times.iter()));
                ReportLine::new(&line, end, titles.subject(&line.subject), times)
            }));
            // Agents who were there and had no contact are lines too.
            if items.len() as u64 > most {
                return Err(Code::TooLarge.into());
            }
        }
        Ok(Report { utc_offset_min: self.utc_offset_min, items })
    }
}

/// Each line with the times of its subject and interval; agents who were there and had no contact have a line too.
fn with_times(lines: Vec<Line>, times: Vec<Time>) -> Vec<(Line, Vec<Time>)> {
    let mut all: BTreeMap<(Wall, String), (Line, Vec<Time>)> = BTreeMap::new();
    for line in lines {
        all.insert((line.start, line.subject.clone()), (line, Vec::new()));
    }
    for time in times {
        let (start, subject) = (time.start, time.subject.clone());
        let nothing = || Line { start, subject: subject.clone(), sums: Sums::default(), longest_wait_ms: 0 };
        all.entry((start, subject.clone())).or_insert_with(|| (nothing(), Vec::new())).1.push(time);
    }
    all.into_values().collect()
}

/// The months between two moments, the first and the last cut off at them.
fn months(from: Wall, to: Wall, offset_ms: i64) -> Vec<(Wall, Wall)> {
    let mut months = Vec::new();
    let mut at = from;
    while at < to {
        let end = month_end(at, offset_ms).unwrap_or(to).min(to);
        months.push((at, end));
        at = end;
    }
    months
}

/// The start of the month after the one that a moment lies in; none beyond the calendar.
fn month_end(at: Wall, offset_ms: i64) -> Option<Wall> {
    let local = jiff::Timestamp::from_millisecond(at.0 + offset_ms).ok()?;
    let day: Date = local.to_zoned(jiff::tz::TimeZone::UTC).date();
    let next = day.last_of_month().tomorrow().ok()?;
    let start = next.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond();
    Some(Wall(start - offset_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_the_tenants() {
        let at = |text: &str| moment(text).unwrap();
        let (from, to) = (at("2026-01-31T00:00:00+08:00"), at("2026-03-02T00:00:00+08:00"));
        let months = months(from, to, 8 * 60 * MINUTE_MS);
        let february = (at("2026-02-01T00:00:00+08:00"), at("2026-03-01T00:00:00+08:00"));
        assert_eq!(months, [(from, february.0), february, (february.1, to)]);
    }

    #[test]
    fn weeks_begin_on_monday() {
        // 2026-03-02 is one.
        assert_eq!((moment("2026-03-02T00:00:00Z").unwrap().0 - MONDAY * DAY_MS) % (7 * DAY_MS), 0);
    }
}
