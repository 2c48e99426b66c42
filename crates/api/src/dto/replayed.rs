//! A recorded day under other settings, as pages show it.

use std::sync::Arc;

use resource::Change;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sim::{ChangedCall, Comparison, Fared, Fate, Outcomes, Policy, WaitFigures, Why};
use types::leg::Text;
use utoipa::ToSchema;

use super::job::Job;
use super::rehearsal::{RehearsalDay, RehearsedFigures};
use super::settings::SettingsChange;
use crate::jobs;
use crate::replay::Recorded;

/// A recorded day to be replayed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayRequest {
    /// `2026-11-23`, by the tenant's clock.
    pub(crate) day: String,
    /// What is set up otherwise than now: YAML documents as `lingtong apply` takes them. What is not named is as it is set
    /// up now; nothing at all holds the present settings against those of that day.
    #[serde(default)]
    pub(crate) settings: String,
    /// The seed of what is drawn, such as the patience of those who were served; 1 where left out.
    pub(crate) seed: Option<u64>,
}

/// What there is to replay, and the replay that was begun last.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Replays {
    /// The days of the last quarter on which somebody came to a queue, the newest first.
    pub(crate) days: Vec<RehearsalDay>,
    /// Null where there has been none since the server began.
    pub(crate) last: Option<ReplayJob>,
}

/// A replay.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplayJob {
    #[serde(flatten)]
    job: Job,
    /// What came of it; null until it is done.
    #[schema(value_type = Option<ReplayResult>)]
    result: Option<Arc<Value>>,
}

impl From<jobs::JobShown> for ReplayJob {
    fn from(job: jobs::JobShown) -> Self {
        Self { job: (&job).into(), result: job.result }
    }
}

/// A recorded day as it was, under its own policy, and under a draft.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplayResult {
    /// By the tenant's clock.
    day: String,
    seed: u64,
    /// Stays in queues.
    arrivals: u64,
    /// Agents who were there for calls at some time of it.
    agents: u64,
    /// From where the day's own policy is known: `journal` or `settings` (those of now).
    policy_from: &'static str,
    /// Settings that changed in the course of the day.
    policy_changes: u64,
    /// Queues and agents that are set up otherwise now than when the day ended: the draft begins with what is set up now, so
    /// these differ, too.
    differs_since: Vec<String>,
    /// What the draft changes of what is set up now.
    changes: Vec<SettingsChange>,
    /// What truly came of the day.
    actual: ReplayedDay,
    /// Under the policy that it had: how near that is to the truth says what a replay is worth.
    recorded: ReplayedDay,
    /// Under the draft.
    draft: ReplayedDay,
    /// Calls for which the draft is better: answered five seconds sooner or more, or answered at all.
    better: u64,
    /// Calls for which it is worse.
    worse: u64,
    /// The calls that it changes most, fifty at most.
    calls: Vec<ReplayedCall>,
}

/// What came of a day.
#[derive(Debug, Serialize, ToSchema)]
struct ReplayedDay {
    #[serde(flatten)]
    total: RehearsedFigures,
    /// The agents' share of busy time, 0 to 1.
    occupancy: Option<f64>,
    queues: Vec<ReplayedQueue>,
    /// Those who go first first.
    classes: Vec<ReplayedClass>,
    /// Intervals in which somebody came.
    intervals: Vec<ReplayedInterval>,
}

/// Those who came to a queue.
#[derive(Debug, Serialize, ToSchema)]
struct ReplayedQueue {
    queue: String,
    #[serde(flatten)]
    figures: RehearsedFigures,
}

/// Those whom both policies give the same priorities, what their flow gives them with it.
#[derive(Debug, Serialize, ToSchema)]
struct ReplayedClass {
    /// Under the day's policy.
    priority_recorded: i32,
    /// Under the draft.
    priority_draft: i32,
    #[serde(flatten)]
    figures: RehearsedFigures,
}

/// Those who came in an interval.
#[derive(Debug, Serialize, ToSchema)]
struct ReplayedInterval {
    /// `HH:MM` by the tenant's clock.
    from: String,
    #[serde(flatten)]
    figures: RehearsedFigures,
}

/// A call that goes otherwise under the draft.
#[derive(Debug, Serialize, ToSchema)]
struct ReplayedCall {
    /// The interaction's id.
    interaction: String,
    /// RFC 3339; when it came to the queue.
    at: String,
    queue: String,
    recorded: ReplayedFate,
    draft: ReplayedFate,
    /// Whether the draft is better for it.
    better: bool,
    why: ReplayedWhy,
}

/// What became of one call.
#[derive(Debug, Serialize, ToSchema)]
struct ReplayedFate {
    /// `answered`, `abandoned` or `elsewhere`.
    outcome: &'static str,
    wait_s: f64,
    /// The number of the agent who answered.
    agent: Option<String>,
}

/// Why a call goes otherwise: the plainest reason alone.
#[derive(Debug, Serialize, ToSchema)]
struct ReplayedWhy {
    /// `priority`, `turned_away`, `let_in`, `new_agent`, `lost_agent`, `ahead`, `at_work` or `others`.
    code: &'static str,
    /// The priority, or how many there were, under the day's policy.
    recorded: Option<i64>,
    /// The same under the draft.
    draft: Option<i64>,
    /// The number of the agent whom it is about.
    agent: Option<String>,
}

impl ReplayedDay {
    fn new(of: &Outcomes) -> Self {
        let figures = |figures: &WaitFigures| RehearsedFigures::from(figures);
        let queue =
            |(queue, of): &(Text, WaitFigures)| ReplayedQueue { queue: queue.to_string(), figures: figures(of) };
        let class = |(class, of): &(sim::Class, WaitFigures)| ReplayedClass {
            priority_recorded: class.recorded,
            priority_draft: class.draft,
            figures: figures(of),
        };
        let interval = |part: &sim::TimeOfDay| ReplayedInterval {
            from: format!("{:02}:{:02}", part.from_min / 60, part.from_min % 60),
            figures: figures(&part.figures),
        };
        Self {
            total: figures(&of.sum),
            occupancy: of.occupancy,
            queues: of.queues.iter().map(queue).collect(),
            classes: of.classes.iter().map(class).collect(),
            intervals: of.intervals.iter().map(interval).collect(),
        }
    }
}

impl ReplayedCall {
    fn new(call: &ChangedCall, recorded: &Recorded, draft: &Policy) -> Self {
        let arrival = &recorded.day.arrivals[call.arrival];
        let policies = [&recorded.policy, draft];
        let queue = policies.iter().find_map(|policy| policy.queue_name(arrival.queue));
        let number = |agent| {
            let known = policies.iter().find_map(|policy| policy.agent_number(agent));
            known.map_or_else(|| agent.to_string(), |number| number.to_string())
        };
        let fate = |fared: Fared| ReplayedFate {
            outcome: match fared.fate {
                Fate::Answered => "answered",
                Fate::Abandoned => "abandoned",
                Fate::Elsewhere => "elsewhere",
            },
            wait_s: fared.waited.as_millis() as f64 / 1000.0,
            agent: fared.agent.map(number),
        };
        let plain = |code| ReplayedWhy { code, recorded: None, draft: None, agent: None };
        let counted = |code, recorded: i64, draft: i64| ReplayedWhy {
            recorded: Some(recorded),
            draft: Some(draft),
            ..plain(code)
        };
        let why = match call.why {
            Why::Priority { recorded, draft } => counted("priority", recorded, draft),
            Why::TurnedAway => plain("turned_away"),
            Why::LetIn => plain("let_in"),
            Why::NewAgent(agent) => ReplayedWhy { agent: Some(number(agent)), ..plain("new_agent") },
            Why::LostAgent(agent) => ReplayedWhy { agent: Some(number(agent)), ..plain("lost_agent") },
            Why::Ahead { recorded, draft } => counted("ahead", recorded.into(), draft.into()),
            Why::AtWork { recorded, draft } => counted("at_work", recorded.into(), draft.into()),
            Why::Others => plain("others"),
        };
        Self {
            interaction: arrival.interaction.to_string(),
            at: arrival.at.to_string(),
            queue: queue.map_or_else(|| arrival.queue.to_string(), |queue| queue.to_string()),
            recorded: fate(call.recorded),
            draft: fate(call.draft),
            better: call.better,
            why,
        }
    }
}

impl ReplayResult {
    /// `draft`: the other policy; `changes`: what it changes of what is set up now.
    pub(crate) fn new(
        recorded: &Recorded,
        (draft, changes): (&Policy, Vec<Change>),
        seed: u64,
        comparison: &Comparison,
    ) -> Self {
        let changed = &comparison.changed;
        Self {
            day: recorded.date.clone(),
            seed,
            arrivals: recorded.day.arrivals.len() as u64,
            agents: recorded.agents_ready() as u64,
            policy_from: recorded.policy_from(),
            policy_changes: recorded.policy.changes_count() as u64,
            differs_since: recorded.differs.clone(),
            changes: changes.into_iter().map(Into::into).collect(),
            actual: ReplayedDay::new(&comparison.actual),
            recorded: ReplayedDay::new(&comparison.recorded),
            draft: ReplayedDay::new(&comparison.draft),
            better: changed.better,
            worse: changed.worse,
            calls: changed.calls.iter().map(|call| ReplayedCall::new(call, recorded, draft)).collect(),
        }
    }
}
