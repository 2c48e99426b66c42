//! From what is asked for to what is played.

use std::collections::BTreeSet;

use center::Setup;
use resource::Change;
use sim::rehearse::{Arrival, Duty, Habits, Script, Turn};
use store::Store;
use types::{AgentId, Wall};

use crate::calendar::{Date, day_of};
use crate::compare::Played;
use crate::demand::Demand;
use crate::error::Error;
use crate::habits::learn;
use crate::history::{calls, recorded_days};
use crate::script;
use crate::settings::{Draft, Settings};

/// Calls of one day at most: five times what one machine is planned for.
pub const CALLS_MAX: usize = 100_000;
/// How many weeks a forecast looks back.
pub const WEEKS_RANGE: std::ops::RangeInclusive<u32> = 1..=13;
/// By how much a forecast may be scaled.
pub const SCALE_RANGE: std::ops::RangeInclusive<f64> = 0.01..=20.0;
/// Habits are learnt from so many days, and so many calls at most, the newest.
const LEARNT_DAYS: i64 = 28;
const LEARNT_CALLS: u64 = 20_000;
/// Changes of agents' states on one day: some for each call of the largest day.
const STATES_MAX: u64 = 1_000_000;
/// How far before midnight it is looked for who was there at midnight.
const NIGHT_MS: i64 = 12 * 3_600_000;
/// Days that are named where there is nothing to be said of the one that was asked for.
const NAMED_DAYS: usize = 14;

/// Which day.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// One that has been, call by call.
    Recorded(Date),
    /// The mean of the same weekdays before it.
    Forecast {
        /// The day.
        day: Date,
        /// How many weeks are looked back, within [`WEEKS_RANGE`].
        weeks: u32,
        /// How many more calls come than then, within [`SCALE_RANGE`].
        scale: f64,
    },
    /// What somebody has written down.
    Written {
        /// The day that it is played on.
        day: Date,
        /// What comes.
        demand: Demand,
    },
}

impl Source {
    const fn day(&self) -> Date {
        match self {
            Self::Recorded(day) | Self::Forecast { day, .. } | Self::Written { day, .. } => *day,
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Which day.
    pub source: Source,
    /// The seed of all chance.
    pub seed: u64,
    /// How finely the result is told, minutes.
    pub interval_min: u32,
}

/// Where agents' hours come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Staffed {
    /// From what they did on this day.
    Recorded(Date),
    /// From the seats that were given.
    Seats,
    /// Nothing is known: all of them work while calls come.
    Everyone,
}

/// What is taken for granted.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumptions {
    /// Calls that habits were learnt from.
    pub learnt_calls: u64,
    /// The first of the days that these came on, and the last.
    pub learnt: (Date, Date),
    /// The days that a forecast is the mean of.
    pub mean_of: Vec<Date>,
    /// Where agents' hours come from.
    pub staffed: Staffed,
    /// How long callers wait before they give up, on average, seconds; none where nobody does.
    pub patience_s: Option<f64>,
    /// The mean talk, seconds.
    pub talk_s: f64,
    /// How long an agent's telephone rings, on average, seconds.
    pub ring_s: f64,
    /// Nodes of flows of which it is known what callers did there.
    pub known_nodes: u64,
}

/// A day that can be played.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The day.
    pub day: Date,
    /// What happens around the centre.
    pub script: Script,
    /// What is taken for granted.
    pub assumptions: Assumptions,
    /// What the draft changes.
    pub changes: Vec<Change>,
    today: Setup,
    draft: Option<Setup>,
}

impl Prepared {
    /// Has the day played under the settings as they stand, and under the draft. `watch` is told which share of the work is
    /// done, 0 to 1, and says whether to go on; without it, there is no result.
    ///
    /// # Errors
    /// Settings that the centre does not accept.
    pub fn play(self, watch: &mut dyn FnMut(f64) -> bool) -> Result<Option<Played>, Error> {
        let parts = if self.draft.is_some() { 2.0 } else { 1.0 };
        let mut done = 0.0;
        let mut run = |setup: Setup| {
            let day = sim::rehearse::rehearse(setup, &self.script, &mut |share| watch((done + share) / parts));
            done += 1.0;
            day.map_err(|e| Error::wanted("settings", e.to_string()))
        };
        let Some(today) = run(self.today)? else { return Ok(None) };
        let draft = match self.draft.map(run).transpose()? {
            Some(None) => return Ok(None),
            Some(draft) => draft,
            None => None,
        };
        Ok(Some(Played::new(today, draft)))
    }
}

/// Reads what is known of the day, and makes its script.
///
/// # Errors
/// What is asked for makes no sense, or nothing is known of the day; the settings are wrong; the database fails.
pub async fn prepare(
    store: &Store,
    settings: &Settings,
    draft: Option<Draft>,
    wanted: &Wanted,
    now: Wall,
) -> Result<Prepared, Error> {
    check(wanted)?;
    let tenant = settings.tenant();
    let today = settings.today()?;
    let (changes, draft) = draft.map_or_else(|| (Vec::new(), None), |draft| (draft.changes, Some(draft.setup)));
    let day = wanted.source.day();
    // What is yet to come is learnt from what has been.
    let last = day.min(day_of(tenant, now));
    let learnt = (last.plus(1 - LEARNT_DAYS), last);
    let span = (learnt.0.midnight(tenant), last.plus(1).midnight(tenant));
    let past = calls(store, tenant, span, LEARNT_CALLS).await?;
    let mut habits = learn(&settings.rows, &past);
    let Coming { arrivals, mean_of, worked } = coming(store, settings, wanted, &mut habits).await?;
    if arrivals.is_empty() {
        return Err(nothing(store, settings, wanted, now).await?);
    }
    if arrivals.len() > CALLS_MAX {
        return Err(Error::wanted("calls", format!("more than {CALLS_MAX} calls on one day")));
    }
    let (staffed, turns) = match &wanted.source {
        Source::Written { demand, .. } if !demand.seats.is_empty() => {
            (Staffed::Seats, script::seats(&demand.seats, &today, draft.as_ref())?)
        }
        _ => staff(hours(store, settings, &worked, day_of(tenant, now)).await?, &today, draft.as_ref(), &arrivals),
    };
    let assumptions = Assumptions {
        learnt_calls: past.len() as u64,
        learnt,
        mean_of,
        staffed,
        patience_s: habits.patience_s,
        talk_s: habits.talk_s,
        ring_s: habits.ring_s,
        known_nodes: habits.ways.len() as u64,
    };
    let (seed, interval_min) = (wanted.seed, wanted.interval_min);
    let midnight = day.midnight(tenant);
    let script = Script { midnight, interval_min, seed, arrivals, turns, habits };
    Ok(Prepared { day, script, assumptions, changes, today, draft })
}

/// Who calls.
struct Coming {
    arrivals: Vec<Arrival>,
    /// The days that a forecast is the mean of.
    mean_of: Vec<Date>,
    /// The days that may tell who works, the best first.
    worked: Vec<Date>,
}

async fn coming(store: &Store, settings: &Settings, wanted: &Wanted, habits: &mut Habits) -> Result<Coming, Error> {
    let tenant = settings.tenant();
    let most = CALLS_MAX as u64 + 1;
    Ok(match &wanted.source {
        Source::Recorded(day) => {
            let calls = calls(store, tenant, day.bounds(tenant), most).await?;
            let arrivals = script::recorded(&calls, day.midnight(tenant), habits.patience_s, wanted.seed);
            Coming { arrivals, mean_of: Vec::new(), worked: vec![*day] }
        }
        Source::Forecast { day, weeks, scale } => {
            let worked: Vec<Date> = (1..=*weeks).map(|week| day.plus(-7 * i64::from(week))).collect();
            let (mut days, mut mean_of) = (Vec::new(), Vec::new());
            for before in worked.iter().copied() {
                let calls = calls(store, tenant, before.bounds(tenant), most).await?;
                // A holiday says nothing of other days.
                if !calls.is_empty() {
                    mean_of.push(before);
                    days.push((before.midnight(tenant), calls));
                }
            }
            Coming { arrivals: script::forecast(&days, *scale, wanted.seed), mean_of, worked }
        }
        Source::Written { day, demand } => {
            given(habits, demand);
            let worked = (0..=*WEEKS_RANGE.end()).map(|week| day.plus(-7 * i64::from(week))).collect();
            Coming { arrivals: script::written(demand, wanted.seed), mean_of: Vec::new(), worked }
        }
    })
}

/// Who works when: as recorded; where nothing is, and for those who are new in the draft, while calls come.
fn staff(
    recorded: Option<(Date, Vec<Turn>)>,
    today: &Setup,
    draft: Option<&Setup>,
    arrivals: &[Arrival],
) -> (Staffed, Vec<Turn>) {
    let ids = |setup: &Setup| setup.agents.iter().map(|agent| agent.id).collect::<BTreeSet<AgentId>>();
    let (here, there) = (ids(today), draft.map(ids).unwrap_or_default());
    let Some((day, mut turns)) = recorded else {
        return (Staffed::Everyone, script::all_day(here.union(&there).copied(), arrivals));
    };
    turns.extend(script::all_day(there.difference(&here).copied(), arrivals));
    turns.sort_by_key(|turn| turn.at);
    (Staffed::Recorded(day), turns)
}

fn check(wanted: &Wanted) -> Result<(), Error> {
    if !sim::rehearse::INTERVAL_RANGE_MIN.contains(&wanted.interval_min) {
        return Err(Error::wanted("interval_min", "must be 5 to 1440"));
    }
    match &wanted.source {
        Source::Recorded(_) => Ok(()),
        Source::Forecast { weeks, .. } if !WEEKS_RANGE.contains(weeks) => {
            Err(Error::wanted("weeks", format!("must be {} to {}", WEEKS_RANGE.start(), WEEKS_RANGE.end())))
        }
        Source::Forecast { scale, .. } if !SCALE_RANGE.contains(scale) => {
            Err(Error::wanted("scale", format!("must be {} to {}", SCALE_RANGE.start(), SCALE_RANGE.end())))
        }
        Source::Forecast { .. } => Ok(()),
        Source::Written { demand, .. } => demand.check(),
    }
}

/// What was written down wins over what was learnt.
fn given(habits: &mut Habits, demand: &Demand) {
    if let Some(talk_s) = demand.talk_s {
        habits.talk_s = talk_s;
        habits.queues.values_mut().for_each(|work| work.talk_s = None);
    }
    if let Some(wrap_up_s) = demand.wrap_up_s {
        habits.wrap_up_s = Some(wrap_up_s);
        habits.queues.values_mut().for_each(|work| work.wrap_up_s = None);
    }
    if let Some(patience_s) = demand.patience_s {
        habits.patience_s = Some(patience_s);
        habits.queues.values_mut().for_each(|work| work.patience_s = None);
    }
}

/// What agents did on the first of these days of which anything is known.
async fn hours(
    store: &Store,
    settings: &Settings,
    days: &[Date],
    today: Date,
) -> Result<Option<(Date, Vec<Turn>)>, Error> {
    let tenant = settings.tenant();
    // Who has a fixed address is always there, and its hours say nothing of others'.
    let fixed: BTreeSet<AgentId> =
        settings.rows.agents.iter().filter(|agent| agent.address.is_some()).map(|agent| agent.id).collect();
    for day in days.iter().filter(|day| **day <= today) {
        let (from, to) = day.bounds(tenant);
        let mut states = store.past_states(tenant.id, (Wall(from.0 - NIGHT_MS), to), STATES_MAX).await?;
        states.retain(|change| !fixed.contains(&change.agent));
        let turns = script::hours(&states, from);
        if turns.iter().any(|turn| turn.duty == Duty::Ready) {
            return Ok(Some((*day, turns)));
        }
    }
    Ok(None)
}

/// Why there is nothing to be played, with the days that there are.
async fn nothing(store: &Store, settings: &Settings, wanted: &Wanted, now: Wall) -> Result<Error, Error> {
    let days = recorded_days(store, settings.tenant(), now).await?;
    let days: Vec<String> = days.iter().take(NAMED_DAYS).map(|(day, _)| day.to_string()).collect();
    let known = if days.is_empty() {
        "no calls are recorded".to_owned()
    } else {
        format!("calls are recorded on {}", days.join(", "))
    };
    let why = match &wanted.source {
        Source::Recorded(day) => format!("no call came on {day}; {known}"),
        Source::Forecast { day, weeks, .. } => {
            format!("no call came on the same weekday in the {weeks} weeks before {day}; {known}")
        }
        Source::Written { .. } => "demand.calls: no call at all".to_owned(),
    };
    Ok(Error::Nothing { why, days })
}
