//! A recorded day under two policies, as `lingtong replay` prints it: one object a line.

use serde::Serialize;
use sim::{Comparison, Outcomes, WaitFigures};

use crate::replay::Recorded;

/// One line.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReplayLine {
    /// The day; the first line.
    Day {
        /// The day: `2026-03-02`.
        day: String,
        /// RFC 3339; the tenant's midnight.
        from: String,
        /// RFC 3339; the next one.
        to: String,
        /// Stays in queues.
        arrivals: usize,
        /// Agents who were there for calls at some time of it.
        agents: usize,
        /// Calls that agents had beside the queues.
        other_calls: usize,
        /// From where the day's own policy is known: `journal` or `settings` (those of now).
        policy_from: &'static str,
        /// Settings that changed in the course of the day.
        policy_changes: usize,
        /// Queues and agents that are set up otherwise now than when the day ended: the other policy is made of what is set
        /// up now, so these differ, too.
        differs_since: Vec<String>,
        /// The seed of all draws.
        seed: u64,
    },
    /// What came of some of the customers.
    Figures {
        /// `actual`: what truly came; `recorded`: under the policy that the day had; `file`: under the other one.
        run: &'static str,
        /// Which customers.
        #[serde(flatten)]
        of: Of,
        /// What came of them.
        #[serde(flatten)]
        figures: Figures,
    },
    /// What the other policy changes: `file` less `recorded`.
    Difference {
        /// Of which customers.
        #[serde(flatten)]
        of: Of,
        /// How much.
        #[serde(flatten)]
        by: Differences,
    },
    /// How far the replay of the day's own policy is from what truly came: `recorded` less `actual`. A difference of two
    /// policies that is not clearly greater says nothing.
    Calibration {
        /// Of which customers.
        #[serde(flatten)]
        of: Of,
        /// How much.
        #[serde(flatten)]
        by: Differences,
    },
}

/// Which customers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Of {
    /// All.
    All,
    /// Those of a queue.
    Queue {
        /// Its name.
        name: String,
    },
    /// Those to whom the policies give these priorities, the flow's with it.
    Class {
        /// Under the day's own policy.
        priority_recorded: i32,
        /// Under the other one.
        priority_file: i32,
    },
    /// Those who came in an interval.
    Interval {
        /// Its beginning by the tenant's clock, `HH:MM`.
        begins: String,
    },
}

/// What came of customers. Shares are 0 to 1, waits seconds; absent where there was nobody.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Figures {
    /// Came.
    pub offered: u64,
    /// Talked with an agent.
    pub answered: u64,
    /// Gave up.
    pub abandoned: u64,
    /// Neither: left by a key, waited too long, not let in, nobody there.
    pub elsewhere: u64,
    /// Answered within the queue's target, of all who came.
    pub service_level: Option<f64>,
    /// Gave up, of all who came.
    pub abandon_share: Option<f64>,
    /// Mean wait of the answered.
    pub asa_s: Option<f64>,
    /// Half of all who came waited no longer.
    pub wait_median_s: Option<f64>,
    /// Nine of ten.
    pub wait_p90_s: Option<f64>,
    /// 99 of a hundred.
    pub wait_p99_s: Option<f64>,
    /// The longest wait.
    pub longest_wait_s: f64,
    /// The agents' busy time in their ready and busy time; of all customers alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupancy: Option<f64>,
}

/// One run's figures less another's; absent where one of them is.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Differences {
    /// Answered.
    pub answered: i64,
    /// Gave up.
    pub abandoned: i64,
    /// Neither.
    pub elsewhere: i64,
    /// Share.
    pub service_level: Option<f64>,
    /// Share.
    pub abandon_share: Option<f64>,
    /// Seconds.
    pub asa_s: Option<f64>,
    /// Seconds.
    pub wait_median_s: Option<f64>,
    /// Seconds.
    pub wait_p90_s: Option<f64>,
    /// Seconds.
    pub wait_p99_s: Option<f64>,
    /// Seconds.
    pub longest_wait_s: f64,
    /// Share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupancy: Option<f64>,
}

/// To a millionth: the rest is noise of the arithmetic.
fn rounded(value: f64) -> f64 {
    // Not a negative zero.
    (value * 1e6).round() / 1e6 + 0.0
}

impl Figures {
    fn new(it: &WaitFigures, occupancy: Option<f64>) -> Self {
        Self {
            offered: it.offered,
            answered: it.answered,
            abandoned: it.abandoned,
            elsewhere: it.elsewhere,
            service_level: it.service_level.map(rounded),
            abandon_share: it.abandon_share.map(rounded),
            asa_s: it.asa_s.map(rounded),
            wait_median_s: it.wait_p50_s,
            wait_p90_s: it.wait_p90_s,
            wait_p99_s: it.wait_p99_s,
            longest_wait_s: it.longest_wait_s,
            occupancy: occupancy.map(rounded),
        }
    }
}

impl Differences {
    fn between((_, new, now_busy): &Group<'_>, (_, old, were_busy): &Group<'_>) -> Self {
        let count = |new: u64, old: u64| new.cast_signed() - old.cast_signed();
        let by = |new: Option<f64>, old: Option<f64>| Some(rounded(new? - old?));
        Self {
            answered: count(new.answered, old.answered),
            abandoned: count(new.abandoned, old.abandoned),
            elsewhere: count(new.elsewhere, old.elsewhere),
            service_level: by(new.service_level, old.service_level),
            abandon_share: by(new.abandon_share, old.abandon_share),
            asa_s: by(new.asa_s, old.asa_s),
            wait_median_s: by(new.wait_p50_s, old.wait_p50_s),
            wait_p90_s: by(new.wait_p90_s, old.wait_p90_s),
            wait_p99_s: by(new.wait_p99_s, old.wait_p99_s),
            longest_wait_s: rounded(new.longest_wait_s - old.longest_wait_s),
            occupancy: by(*now_busy, *were_busy),
        }
    }
}

/// Some of a run's customers with their figures; and the agents' occupancy, where they are all.
type Group<'a> = (Of, &'a WaitFigures, Option<f64>);

/// All groups of customers of a run, the sum first.
fn groups(run: &Outcomes) -> Vec<Group<'_>> {
    let mut all = vec![(Of::All, &run.sum, run.occupancy)];
    all.extend(run.queues.iter().map(|(name, figures)| (Of::Queue { name: name.to_string() }, figures, None)));
    all.extend(run.classes.iter().map(|(class, figures)| {
        (Of::Class { priority_recorded: class.recorded, priority_file: class.draft }, figures, None)
    }));
    all.extend(run.intervals.iter().map(|part| {
        let begins = format!("{:02}:{:02}", part.from_min / 60, part.from_min % 60);
        (Of::Interval { begins }, &part.figures, None)
    }));
    all
}

/// Everything that is told of a replay.
pub fn replay_lines(recorded: &Recorded, seed: u64, comparison: &Comparison) -> Vec<ReplayLine> {
    let (agents, policy_from) = (recorded.agents_ready(), recorded.policy_from());
    let Recorded { date, day, policy, differs, .. } = recorded;
    let Comparison { actual, recorded, draft, .. } = comparison;
    let mut lines = vec![ReplayLine::Day {
        day: date.clone(),
        from: day.from.to_string(),
        to: day.to.to_string(),
        arrivals: day.arrivals.len(),
        agents,
        other_calls: day.errands.len(),
        policy_from,
        policy_changes: policy.changes_count(),
        differs_since: differs.clone(),
        seed,
    }];
    for (run, outcomes) in [("actual", actual), ("recorded", recorded), ("file", draft)] {
        let figures = |(of, it, occupancy): Group<'_>| {
            let figures = Figures::new(it, occupancy);
            ReplayLine::Figures { run, of, figures }
        };
        lines.extend(groups(outcomes).into_iter().map(figures));
    }
    lines.extend(pairs(draft, recorded).map(|(of, by)| ReplayLine::Difference { of, by }));
    // The truth has no second policy: what is told of classes and intervals stays with the sum and the queues.
    let calibrated = pairs(recorded, actual).filter(|(of, _)| matches!(of, Of::All | Of::Queue { .. }));
    lines.extend(calibrated.map(|(of, by)| ReplayLine::Calibration { of, by }));
    lines
}

/// What two runs differ by, group by group, where both have it.
fn pairs<'a>(new: &'a Outcomes, old: &'a Outcomes) -> impl Iterator<Item = (Of, Differences)> + 'a {
    let old = groups(old);
    groups(new).into_iter().filter_map(move |group| {
        let before = old.iter().find(|(other, ..)| *other == group.0)?;
        let by = Differences::between(&group, before);
        Some((group.0, by))
    })
}
