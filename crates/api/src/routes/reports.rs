//! Reports: figures by queue, agent, team, flow, number and direction, over time.

use std::collections::{BTreeMap, HashMap};

use axum::Json;
use axum::extract::State;
use directory::{Permission, Tenant};
use jiff::civil::Date;
use store::report::{Dimension, Line, Report as Wanted, Sums, Time, is_quarter};
use store::{FlowVersion, Team};
use types::leg::Text;
use types::{TenantId, Title, Wall};

use crate::dto::{ErrorBody, Report, ReportLine, ReportSubject, ReportTimes};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, moment};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// Lines of a report at most: more than a person reads, and what a page shows without trouble.
const LINES: u64 = 5_000;
/// The longest time that is told at once, milliseconds: five years.
const LONGEST_MS: u64 = 5 * 366 * 86_400_000;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// A Monday, days after 1970-01-01.
const MONDAY: i64 = 4;

/// Intervals of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Every {
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

/// The figures of a time, by what interactions touched. Each counts in the interval in which it began.
#[utoipa::path(get, path = "/api/v1/reports", tag = "reports",
    params(("by" = String, Query, description = "`queue`, `agent`, `team`, `flow`, `number` or `direction`"),
        ("every" = Option<String>, Query, description = "`15`, `30` or `60` minutes, `day`, `week` (from Monday), `month`, \
            or `all` in one line; `day` when absent"),
        ("from" = String, Query, description = "RFC 3339; the start of a quarter of an hour"),
        ("to" = Option<String>, Query, description = "Before this moment, the start of a quarter of an hour; the end of \
            this quarter when absent. Five years at most"),
        ("subject" = Option<String>, Query, description = "These alone: ids (of numbers the numbers), by commas"),
        ("utc_offset_min" = Option<i32>, Query, description = "By whose clock days begin; the tenant's when absent")),
    responses((status = 200, body = Report), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 413, body = ErrorBody, description = "More than 5,000 lines: ask for longer intervals or less time")))]
pub(crate) async fn report(State(app): State<App>, viewer: Viewer, mut args: Args) -> Result<Json<Report>> {
    viewer.require(Permission::InteractionsReadAll)?;
    let tenant = viewer.tenant();
    let own = app.store.get::<Tenant>(tenant, tenant).await?.map_or(0, |tenant| tenant.utc_offset_min);
    let missing = |name| ApiError::field(Code::MissingField, name);
    let dimension = args.read("by", Dimension::parse)?.ok_or_else(|| missing("by"))?;
    let every = args.read("every", Every::parse)?.unwrap_or(Every::Fixed(DAY_MS));
    let quarter = |text: &str| moment(text).filter(|at| is_quarter(*at));
    let from = args.read("from", quarter)?.ok_or_else(|| missing("from"))?;
    let next = || Wall((now().0.div_euclid(15 * MINUTE_MS) + 1) * 15 * MINUTE_MS);
    let to = args.read("to", quarter)?.unwrap_or_else(next);
    let subjects = args.take("subject").map(|text| text.split(',').map(str::to_owned).collect());
    // The zones there are lie a quarter of an hour apart at least.
    let offset = |text: &str| text.parse().ok().filter(|min: &i32| min.abs() <= 14 * 60 && min % 15 == 0);
    let utc_offset_min = args.read("utc_offset_min", offset)?.unwrap_or(own);
    args.finish()?;
    if to <= from || to.ms_since(from) > LONGEST_MS {
        return Err(ApiError::field(Code::BadValue, "to"));
    }
    let offset_ms = i64::from(utc_offset_min) * MINUTE_MS;
    let is_midnight = |at: Wall| (at.0 + offset_ms).rem_euclid(DAY_MS) == 0;
    let whole_days = utc_offset_min == own && is_midnight(from) && is_midnight(to);
    let step = match every {
        Every::Fixed(length) => Some((length, Wall(MONDAY * DAY_MS - offset_ms))),
        Every::Month | Every::All => None,
    };
    let subjects: Vec<String> = subjects.unwrap_or_default();
    let base = Wanted { tenant, dimension, subjects, from, to, whole_days, step, most: LINES };
    let months = if every == Every::Month { months(from, to, offset_ms) } else { vec![(from, to)] };
    let titles = Titles::of(&app, tenant, dimension).await?;
    let staffed = matches!(dimension, Dimension::Agent | Dimension::Team);
    let mut items = Vec::new();
    for (from, to) in months {
        let wanted = Wanted { from, to, most: LINES - items.len() as u64, ..base.clone() };
        let lines = app.store.report(&wanted).await?;
        if lines.len() as u64 > wanted.most {
            return Err(Code::TooLarge.into());
        }
        let times =
            if staffed { app.store.report_times(&Wanted { most: LINES * 10, ..wanted }).await? } else { vec![] };
        items.extend(with_times(lines, times).into_iter().map(|(line, times)| {
            let end = step.map_or(to, |(length, _)| Wall((line.start.0 + length).min(to.0)));
            let line = Line { start: line.start.max(from), ..line };
            let times = staffed.then(|| ReportTimes::new(times.iter()));
            ReportLine::new(&line, end, titles.subject(&line.subject), times)
        }));
    }
    Ok(Json(Report { utc_offset_min, items }))
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

/// What people read of the subjects of one dimension, by id.
struct Titles(HashMap<String, (Text, Title)>);

impl Titles {
    async fn of(app: &App, tenant: TenantId, dimension: Dimension) -> Result<Self> {
        let mut titles = HashMap::new();
        match dimension {
            Dimension::Queue => {
                for queue in app.store.list::<store::Queue>(tenant).await? {
                    titles.insert(queue.id.to_string(), (queue.name, queue.title));
                }
            }
            Dimension::Agent => {
                for agent in app.store.list::<directory::Agent>(tenant).await? {
                    let name = agent.name.reveal();
                    titles.insert(agent.id.to_string(), (agent.number, Title::new(name, name)));
                }
            }
            Dimension::Team => {
                for team in app.store.list::<Team>(tenant).await? {
                    let text = |language| {
                        let title = team.config.get("title").and_then(|title| title.get(language));
                        title.and_then(|text| text.as_str()).unwrap_or_default()
                    };
                    let title = Title::new(text("zh"), text("en"));
                    titles.insert(team.id.to_string(), (team.name, title));
                }
            }
            Dimension::Flow => {
                for FlowVersion { id, name, title, .. } in app.store.flow_heads(tenant).await? {
                    titles.insert(id.to_string(), (name, title));
                }
            }
            Dimension::Number | Dimension::Direction => {}
        }
        Ok(Self(titles))
    }

    fn subject(&self, id: &str) -> ReportSubject {
        let (name, title) = self.0.get(id).cloned().unwrap_or_default();
        ReportSubject { id: id.to_owned(), title: title.shown(&name).into(), name: name.to_string() }
    }
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
