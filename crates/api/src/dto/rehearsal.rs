//! What a day would be under other settings.

use std::sync::Arc;

use rehearsal::{Assumptions, Date, Played, Prepared, Source, Staffed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sim::WaitFigures;
use sim::rehearse::{Interval, QueueFigures, Rehearsed};
use utoipa::ToSchema;

use super::SettingsChange;
use super::job::Job;
use crate::jobs;

/// Which day is rehearsed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, tag = "kind", rename_all = "snake_case")]
pub(crate) enum RehearsalSource {
    /// One that has been, call by call.
    Recorded {
        /// `2026-11-23`, by the tenant's clock.
        day: String,
    },
    /// The mean of the same weekdays before it.
    Forecast {
        /// `2026-11-24`, by the tenant's clock.
        day: String,
        /// How many weeks are looked back, 1 to 13; 4 where left out.
        weeks: Option<u32>,
        /// How many more calls come than then: 1.2 is 20 % more; 1 where left out.
        scale: Option<f64>,
    },
    /// What somebody has written down.
    Written {
        /// The day that it is played on, by the tenant's clock.
        day: String,
        /// JSON or a table with the columns `from`, `number` and `calls`, as `lingtong rehearse --demand` takes it.
        demand: String,
    },
}

/// What is set up otherwise than today. Several of these may be given; what is not named stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RehearsalDraft {
    /// Flows whose drafts are taken, as the designer keeps them.
    #[serde(default)]
    pub(crate) flows: Vec<String>,
    /// YAML documents as `lingtong apply` takes them.
    #[serde(default)]
    pub(crate) settings: String,
}

/// A day to be rehearsed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RehearsalRequest {
    pub(crate) source: RehearsalSource,
    #[serde(default)]
    pub(crate) draft: RehearsalDraft,
    /// The seed of all chance; 1 where left out.
    pub(crate) seed: Option<u64>,
    /// How finely the result is told, minutes, 5 to 1440; 30 where left out.
    pub(crate) interval_min: Option<u32>,
}

/// A day on which calls came.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RehearsalDay {
    pub(crate) day: String,
    pub(crate) calls: u64,
}

impl RehearsalDay {
    pub(crate) fn new((day, calls): (Date, u64)) -> Self {
        Self { day: day.to_string(), calls }
    }
}

/// What there is to rehearse, and the rehearsal that was begun last.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Rehearsals {
    /// Today, by the tenant's clock.
    pub(crate) today: String,
    /// The days of the last year on which calls came, the newest first.
    pub(crate) days: Vec<RehearsalDay>,
    /// Flows that have a draft.
    pub(crate) flow_drafts: Vec<String>,
    /// Null where there has been none since the server began.
    pub(crate) last: Option<RehearsalJob>,
}

/// A rehearsal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RehearsalJob {
    #[serde(flatten)]
    job: Job,
    /// What came of it; null until it is done.
    #[schema(value_type = Option<RehearsalResult>)]
    result: Option<Arc<Value>>,
}

impl From<jobs::JobShown> for RehearsalJob {
    fn from(job: jobs::JobShown) -> Self {
        Self { job: (&job).into(), result: job.result }
    }
}

/// Both days side by side.
#[derive(Debug, Serialize, ToSchema)]
pub struct RehearsalResult {
    /// `recorded`, `forecast` or `written`.
    source: &'static str,
    /// By the tenant's clock.
    day: String,
    seed: u64,
    interval_min: u32,
    /// Calls that came.
    calls: u64,
    assumptions: RehearsalAssumptions,
    /// What the draft changes.
    changes: Vec<SettingsChange>,
    today: RehearsedDay,
    /// Null where there was no draft.
    draft: Option<RehearsedDay>,
    /// In what the draft differs, the gravest first.
    differences: Vec<RehearsalDifference>,
    /// The draft loses callers whom today's settings do not.
    breaks: bool,
}

/// What is taken for granted.
#[derive(Debug, Serialize, ToSchema)]
struct RehearsalAssumptions {
    /// Calls from which it was learnt what people do.
    learnt_calls: u64,
    learnt_from: String,
    learnt_to: String,
    /// The days that a forecast is the mean of.
    mean_of: Vec<String>,
    /// Where agents' hours come from: `recorded`, `seats` or `everyone`.
    staffed: &'static str,
    /// The day that they were recorded on.
    staffed_on: Option<String>,
    /// How long callers wait before they give up, on average, seconds; null where nobody does.
    patience_s: Option<f64>,
    /// The mean talk, seconds.
    talk_s: f64,
    /// How long an agent's telephone rings, on average, seconds.
    ring_s: f64,
    /// Nodes of flows of which it is known what callers did there.
    known_nodes: u64,
}

impl From<&Assumptions> for RehearsalAssumptions {
    fn from(assumptions: &Assumptions) -> Self {
        let (staffed, staffed_on) = match &assumptions.staffed {
            Staffed::Recorded(day) => ("recorded", Some(day.to_string())),
            Staffed::Seats => ("seats", None),
            Staffed::Everyone => ("everyone", None),
        };
        Self {
            learnt_calls: assumptions.learnt_calls,
            learnt_from: assumptions.learnt.0.to_string(),
            learnt_to: assumptions.learnt.1.to_string(),
            mean_of: assumptions.mean_of.iter().map(ToString::to_string).collect(),
            staffed,
            staffed_on,
            patience_s: assumptions.patience_s,
            talk_s: assumptions.talk_s,
            ring_s: assumptions.ring_s,
            known_nodes: assumptions.known_nodes,
        }
    }
}

/// What came of those who were let into queues.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RehearsedFigures {
    /// Came.
    offered: u64,
    /// Talked with an agent.
    served: u64,
    /// Gave up.
    gave_up: u64,
    /// Sent elsewhere: waited too long, a callback, nobody there any more.
    elsewhere: u64,
    /// Answered within the queue's target, of all who came; 0 to 1.
    service_level: Option<f64>,
    /// Those who gave up, of all who came; 0 to 1.
    abandon_share: Option<f64>,
    /// The mean wait of the answered.
    asa_s: Option<f64>,
    /// The wait that half of all who came did not exceed.
    wait_p50_s: Option<f64>,
    wait_p90_s: Option<f64>,
    wait_p99_s: Option<f64>,
    longest_wait_s: f64,
}

impl From<&WaitFigures> for RehearsedFigures {
    fn from(figures: &WaitFigures) -> Self {
        Self {
            offered: figures.offered,
            served: figures.answered,
            gave_up: figures.abandoned,
            elsewhere: figures.elsewhere,
            service_level: figures.service_level,
            abandon_share: figures.abandon_share,
            asa_s: figures.asa_s,
            wait_p50_s: figures.wait_p50_s,
            wait_p90_s: figures.wait_p90_s,
            wait_p99_s: figures.wait_p99_s,
            longest_wait_s: figures.longest_wait_s,
        }
    }
}

/// A stretch of the day.
#[derive(Debug, Serialize, ToSchema)]
struct RehearsedInterval {
    /// `HH:MM`; past 24:00 on the next day.
    from: String,
    /// Calls that began.
    calls: u64,
    /// Agents who were there for calls or had one, on average.
    agents: f64,
    /// Their share of busy time, 0 to 1.
    occupancy: Option<f64>,
    #[serde(flatten)]
    figures: RehearsedFigures,
}

impl From<&Interval> for RehearsedInterval {
    fn from(interval: &Interval) -> Self {
        Self {
            from: format!("{:02}:{:02}", interval.from_min / 60, interval.from_min % 60),
            calls: interval.calls,
            agents: interval.agents,
            occupancy: interval.occupancy,
            figures: (&interval.figures).into(),
        }
    }
}

/// A queue's day.
#[derive(Debug, Serialize, ToSchema)]
struct RehearsedQueue {
    queue: String,
    #[serde(flatten)]
    figures: RehearsedFigures,
    /// By the intervals of the day.
    intervals: Vec<RehearsedFigures>,
}

impl From<&QueueFigures> for RehearsedQueue {
    fn from(queue: &QueueFigures) -> Self {
        let intervals = queue.intervals.iter().map(Into::into).collect();
        Self { queue: queue.queue.to_string(), figures: (&queue.figures).into(), intervals }
    }
}

/// A node at which callers hung up with nobody to speak with.
#[derive(Debug, Serialize, ToSchema)]
struct RehearsedLeft {
    flow: String,
    node: String,
    calls: u64,
}

/// Where the centre ended calls with nothing done for the caller.
#[derive(Debug, Serialize, ToSchema)]
struct RehearsedNowhere {
    /// The number that had been dialled.
    number: String,
    flow: Option<String>,
    node: Option<String>,
    /// The outlet that leads nowhere.
    outlet: Option<String>,
    /// As in records: `not_found`, `internal` …
    cause: &'static str,
    calls: u64,
}

/// Something that always holds, and did not.
#[derive(Debug, Serialize, ToSchema)]
struct RehearsedBroken {
    name: &'static str,
    count: u32,
    /// The first time, for people.
    first: String,
}

/// What came of a day.
#[derive(Debug, Serialize, ToSchema)]
struct RehearsedDay {
    /// Calls of customers.
    calls: u64,
    answered: u64,
    abandoned: u64,
    rejected: u64,
    self_served: u64,
    callbacks: u64,
    voicemails: u64,
    failed: u64,
    #[serde(flatten)]
    total: RehearsedFigures,
    /// The agents' share of busy time, 0 to 1.
    occupancy: Option<f64>,
    intervals: Vec<RehearsedInterval>,
    queues: Vec<RehearsedQueue>,
    left: Vec<RehearsedLeft>,
    nowhere: Vec<RehearsedNowhere>,
    /// Agents who were to work and have no telephone.
    unreachable: u32,
    broken_invariants: Vec<RehearsedBroken>,
    /// Events that were handled.
    events: u64,
}

impl From<&Rehearsed> for RehearsedDay {
    fn from(day: &Rehearsed) -> Self {
        let left = |at: &sim::rehearse::LeftAt| RehearsedLeft {
            flow: at.flow.to_string(),
            node: at.node.to_string(),
            calls: at.calls,
        };
        let nowhere = |end: &sim::rehearse::Nowhere| RehearsedNowhere {
            number: end.number.to_string(),
            flow: end.at.as_ref().map(|(flow, _)| flow.to_string()),
            node: end.at.as_ref().map(|(_, node)| node.to_string()),
            outlet: end.outlet.as_ref().map(ToString::to_string),
            cause: end.cause,
            calls: end.calls,
        };
        let broken = |broken: &sim::Broken| RehearsedBroken {
            name: broken.invariant.as_str(),
            count: broken.count,
            first: broken.first.clone(),
        };
        let outcomes = day.outcomes;
        Self {
            calls: outcomes.calls,
            answered: outcomes.answered,
            abandoned: outcomes.abandoned,
            rejected: outcomes.rejected,
            self_served: outcomes.self_served,
            callbacks: outcomes.callbacks,
            voicemails: outcomes.voicemails,
            failed: outcomes.failed,
            total: (&day.total).into(),
            occupancy: day.occupancy,
            intervals: day.intervals.iter().map(Into::into).collect(),
            queues: day.queues.iter().map(Into::into).collect(),
            left: day.left.iter().map(left).collect(),
            nowhere: day.nowhere.iter().map(nowhere).collect(),
            unreachable: day.unreachable,
            broken_invariants: day.broken.iter().map(broken).collect(),
            events: day.events,
        }
    }
}

/// A figure that is another under the draft.
#[derive(Debug, Serialize, ToSchema)]
struct RehearsalDifference {
    /// `nowhere`, `broken`, `unreachable`, `service_level`, `abandon_share`, `asa_s`, `wait_p90_s`, `longest_wait_s` or
    /// `occupancy`.
    measure: &'static str,
    /// Null for the whole centre.
    queue: Option<String>,
    today: f64,
    draft: f64,
    /// Whether the draft is better in it; null where it depends.
    better: Option<bool>,
    /// Callers are lost by it.
    grave: bool,
}

/// What is said of a day beside what came of it; taken before it is played.
#[derive(Debug)]
pub struct RehearsalFacts {
    source: &'static str,
    day: String,
    seed: u64,
    interval_min: u32,
    calls: u64,
    assumptions: RehearsalAssumptions,
    changes: Vec<SettingsChange>,
}

impl RehearsalFacts {
    /// What is known before the day is played.
    pub fn new(source: &Source, prepared: &Prepared) -> Self {
        let source = match source {
            Source::Recorded(_) => "recorded",
            Source::Forecast { .. } => "forecast",
            Source::Written { .. } => "written",
        };
        let changes = prepared.changes.iter().cloned().map(Into::into).collect();
        Self {
            source,
            day: prepared.day.to_string(),
            seed: prepared.script.seed,
            interval_min: prepared.script.interval_min,
            calls: prepared.script.arrivals.len() as u64,
            assumptions: (&prepared.assumptions).into(),
            changes,
        }
    }

    /// With what came of it.
    pub fn with(self, played: &Played) -> RehearsalResult {
        let Self { source, day, seed, interval_min, calls, assumptions, changes } = self;
        let difference = |d: &rehearsal::Difference| RehearsalDifference {
            measure: d.measure.as_str(),
            queue: d.queue.as_ref().map(ToString::to_string),
            today: d.today,
            draft: d.draft,
            better: d.better,
            grave: d.measure.is_grave(),
        };
        RehearsalResult {
            source,
            day,
            seed,
            interval_min,
            calls,
            assumptions,
            changes,
            today: (&played.today).into(),
            draft: played.draft.as_ref().map(Into::into),
            differences: played.differences.iter().map(difference).collect(),
            breaks: played.breaks(),
        }
    }
}
