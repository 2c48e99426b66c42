//! Both days side by side.

use sim::WaitFigures;
use sim::rehearse::Rehearsed;
use types::leg::Text;

/// What was played.
#[derive(Clone, Debug, PartialEq)]
pub struct Played {
    /// Under the settings as they stand.
    pub today: Rehearsed,
    /// Under the draft.
    pub draft: Option<Rehearsed>,
    /// In what the draft differs, the gravest first.
    pub differences: Vec<Difference>,
}

/// A figure in which two days can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Calls that the centre ends with nothing done for the caller.
    Nowhere,
    /// Things that always hold, and did not.
    Broken,
    /// Agents who could not be reached.
    Unreachable,
    /// The share answered within the target.
    ServiceLevel,
    /// The share that gave up.
    AbandonShare,
    /// The mean wait of the answered, seconds.
    Asa,
    /// The wait that nine in ten did not exceed, seconds.
    WaitP90,
    /// The longest wait, seconds.
    LongestWait,
    /// The agents' share of busy time.
    Occupancy,
}

impl Measure {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nowhere => "nowhere",
            Self::Broken => "broken",
            Self::Unreachable => "unreachable",
            Self::ServiceLevel => "service_level",
            Self::AbandonShare => "abandon_share",
            Self::Asa => "asa_s",
            Self::WaitP90 => "wait_p90_s",
            Self::LongestWait => "longest_wait_s",
            Self::Occupancy => "occupancy",
        }
    }

    /// By how much two days have to differ for it to be said: less is nobody's concern.
    const fn least(self) -> f64 {
        match self {
            Self::Nowhere | Self::Broken | Self::Unreachable => 1.0,
            Self::ServiceLevel | Self::Occupancy => 0.01,
            Self::AbandonShare => 0.005,
            Self::Asa | Self::WaitP90 => 1.0,
            Self::LongestWait => 10.0,
        }
    }

    /// Whether more of it is better; none where it depends.
    const fn more_is_better(self) -> Option<bool> {
        match self {
            Self::ServiceLevel => Some(true),
            Self::Occupancy => None,
            _ => Some(false),
        }
    }

    /// Whether callers are lost by it.
    pub const fn is_grave(self) -> bool {
        matches!(self, Self::Nowhere | Self::Broken | Self::Unreachable)
    }
}

/// A figure that is another under the draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Which.
    pub measure: Measure,
    /// Of which queue; none for the whole centre.
    pub queue: Option<Text>,
    /// Today.
    pub today: f64,
    /// Under the draft.
    pub draft: f64,
    /// Whether the draft is better in it; none where it depends.
    pub better: Option<bool>,
}

impl Played {
    pub(crate) fn new(today: Rehearsed, draft: Option<Rehearsed>) -> Self {
        let differences = draft.as_ref().map(|draft| differences(&today, draft)).unwrap_or_default();
        Self { today, draft, differences }
    }

    /// Whether the draft loses callers whom today's settings do not.
    pub fn breaks(&self) -> bool {
        self.differences.iter().any(|d| d.measure.is_grave() && d.better == Some(false))
    }
}

fn differences(today: &Rehearsed, draft: &Rehearsed) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut look = |measure: Measure, queue: Option<&Text>, a: Option<f64>, b: Option<f64>| {
        let (Some(today), Some(draft)) = (a, b) else { return };
        if (today - draft).abs() >= measure.least() {
            let better = measure.more_is_better().map(|more| (draft > today) == more);
            all.push(Difference { measure, queue: queue.cloned(), today, draft, better });
        }
    };
    let sum = |counts: &mut dyn Iterator<Item = u64>| Some(counts.sum::<u64>() as f64);
    let lost = |day: &Rehearsed| sum(&mut day.nowhere.iter().map(|n| n.calls));
    let broken = |day: &Rehearsed| sum(&mut day.broken.iter().map(|b| u64::from(b.count)));
    look(Measure::Nowhere, None, lost(today), lost(draft));
    look(Measure::Broken, None, broken(today), broken(draft));
    let unreachable = |day: &Rehearsed| Some(f64::from(day.unreachable));
    look(Measure::Unreachable, None, unreachable(today), unreachable(draft));
    look(Measure::Occupancy, None, today.occupancy, draft.occupancy);
    let mut figures = |queue: Option<&Text>, a: &WaitFigures, b: &WaitFigures| {
        look(Measure::ServiceLevel, queue, a.service_level, b.service_level);
        look(Measure::AbandonShare, queue, a.abandon_share, b.abandon_share);
        look(Measure::Asa, queue, a.asa_s, b.asa_s);
        look(Measure::WaitP90, queue, a.wait_p90_s, b.wait_p90_s);
        look(Measure::LongestWait, queue, Some(a.longest_wait_s), Some(b.longest_wait_s));
    };
    figures(None, &today.total, &draft.total);
    for queue in &today.queues {
        if let Some(other) = draft.queues.iter().find(|other| other.queue == queue.queue) {
            figures(Some(&queue.queue), &queue.figures, &other.figures);
        }
    }
    // What loses callers first, then the whole centre, then its queues.
    all.sort_by_key(|d| (!d.measure.is_grave(), d.queue.is_some(), d.queue.clone(), d.measure));
    all
}
