//! What comes of a day, counted: of all, by queue, by class, by the time of day.

use std::collections::BTreeMap;
use std::time::Duration;

use types::leg::Text;
use types::{QueueId, Wall};

use super::{INTERVAL, Policy, RecordedDay, Staffed};
use crate::figures::ratio;

/// What came of customers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplayFigures {
    /// Came.
    pub offered: u64,
    /// Talked with an agent.
    pub answered: u64,
    /// Gave up.
    pub abandoned: u64,
    /// Neither: left by a key, waited too long, not let in, or nobody there.
    pub elsewhere: u64,
    /// Answered within the queue's target, of all who came; 0 to 1.
    pub service_level: Option<f64>,
    /// Those who gave up, of all who came; 0 to 1.
    pub abandon_share: Option<f64>,
    /// Mean wait of the answered, seconds.
    pub asa_s: Option<f64>,
    /// The wait that half of all who came did not exceed, seconds.
    pub wait_median_s: Option<f64>,
    /// The same for nine in ten, seconds.
    pub wait_p90_s: Option<f64>,
    /// The same for 99 in a hundred, seconds.
    pub wait_p99_s: Option<f64>,
    /// The longest wait, seconds.
    pub longest_wait_s: f64,
    /// The agents' share of busy time in the time that they were ready or busy, 0 to 1; of the sum alone.
    pub occupancy: Option<f64>,
}

/// Customers whom both policies give the same priorities, what their flow gives them with it: customers of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Class {
    /// Under the policy of that day.
    pub recorded: i32,
    /// Under the other one.
    pub draft: i32,
}

/// Who came in one interval of the day.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeOfDay {
    /// When it begins, minutes after the day's first moment.
    pub from_min: u32,
    /// What came of them.
    pub figures: ReplayFigures,
}

/// What came of a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcomes {
    /// Of all.
    pub sum: ReplayFigures,
    /// Of each queue that somebody came to, by name.
    pub queues: Vec<(Text, ReplayFigures)>,
    /// Of each class, those who go first first.
    pub classes: Vec<(Class, ReplayFigures)>,
    /// Of each interval in which somebody came.
    pub intervals: Vec<TimeOfDay>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Answered,
    Abandoned,
    Elsewhere,
}

#[derive(Clone, Debug, Default)]
struct Tally {
    answered: u64,
    in_target: u64,
    abandoned: u64,
    elsewhere: u64,
    answered_ms: u64,
    waits_ms: Vec<u64>,
}

impl Tally {
    fn add(&mut self, wait_ms: u64, fate: Fate, target_s: u32) {
        self.waits_ms.push(wait_ms);
        match fate {
            Fate::Answered => {
                self.answered += 1;
                self.answered_ms += wait_ms;
                self.in_target += u64::from(wait_ms <= u64::from(target_s) * 1000);
            }
            Fate::Abandoned => self.abandoned += 1,
            Fate::Elsewhere => self.elsewhere += 1,
        }
    }

    fn figures(mut self) -> ReplayFigures {
        self.waits_ms.sort_unstable();
        let offered = self.waits_ms.len() as u64;
        let at = |share: f64| {
            let place = (share * offered as f64).ceil() as usize;
            self.waits_ms.get(place.saturating_sub(1)).map(|ms| *ms as f64 / 1000.0)
        };
        ReplayFigures {
            offered,
            answered: self.answered,
            abandoned: self.abandoned,
            elsewhere: self.elsewhere,
            service_level: ratio(self.in_target, offered),
            abandon_share: ratio(self.abandoned, offered),
            asa_s: ratio(self.answered_ms, self.answered).map(|ms| ms / 1000.0),
            wait_median_s: at(0.5),
            wait_p90_s: at(0.9),
            wait_p99_s: at(0.99),
            longest_wait_s: at(1.0).unwrap_or(0.0),
            occupancy: None,
        }
    }
}

/// Of an arrival, what it counts under.
#[derive(Clone, Debug)]
struct Heading {
    queue: Text,
    class: Class,
    target_s: u32,
}

/// Counts a day.
#[derive(Debug)]
pub(super) struct Book {
    from: Wall,
    headings: Vec<Heading>,
    sum: Tally,
    queues: BTreeMap<Text, Tally>,
    classes: BTreeMap<Class, Tally>,
    intervals: BTreeMap<u64, Tally>,
}

impl Book {
    /// `policy`: whose targets hold; `classes`: those by whose priorities customers are put into classes.
    pub(super) fn new(day: &RecordedDay, policy: &Policy, (own, draft): (&Policy, &Policy)) -> Self {
        let mut targets: BTreeMap<QueueId, (Text, u32)> = BTreeMap::new();
        let mut heading = |arrival: &super::Arrival| {
            let (queue, target_s) = targets.entry(arrival.queue).or_insert_with(|| {
                let id = arrival.queue;
                let known = [own, draft].into_iter().find_map(|policy| policy.queue_name(id));
                let name = known.unwrap_or_else(|| id.to_string().into());
                let set = policy.queue(id).or_else(|| own.queue(id)).map_or(0, |queue| queue.service_level_s);
                (name, set)
            });
            let class = Class { recorded: own.priority_of(arrival), draft: draft.priority_of(arrival) };
            Heading { queue: queue.clone(), class, target_s: *target_s }
        };
        let headings = day.arrivals.iter().map(&mut heading).collect();
        Self {
            from: day.from,
            headings,
            sum: Tally::default(),
            queues: BTreeMap::new(),
            classes: BTreeMap::new(),
            intervals: BTreeMap::new(),
        }
    }

    /// What came of an arrival that came at this moment.
    pub(super) fn count(&mut self, arrival: usize, at: Wall, waited: Duration, fate: Fate) {
        let Heading { queue, class, target_s } = &self.headings[arrival];
        let wait_ms = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
        let interval = at.ms_since(self.from) / INTERVAL.as_millis() as u64;
        let counted = [
            &mut self.sum,
            self.queues.entry(queue.clone()).or_default(),
            self.classes.entry(*class).or_default(),
            self.intervals.entry(interval).or_default(),
        ];
        counted.into_iter().for_each(|tally| tally.add(wait_ms, fate, *target_s));
    }

    pub(super) fn outcomes(self, staffed: Staffed) -> Outcomes {
        let Staffed { ready, busy } = staffed;
        let mut sum = self.sum.figures();
        sum.occupancy = ratio(busy.as_millis() as u64, (busy + ready).as_millis() as u64);
        let minutes = INTERVAL.as_secs() / 60;
        let interval = |(at, tally): (u64, Tally)| TimeOfDay {
            from_min: u32::try_from(at * minutes).unwrap_or(u32::MAX),
            figures: tally.figures(),
        };
        Outcomes {
            sum,
            queues: self.queues.into_iter().map(|(queue, tally)| (queue, tally.figures())).collect(),
            classes: self.classes.into_iter().rev().map(|(class, tally)| (class, tally.figures())).collect(),
            intervals: self.intervals.into_iter().map(interval).collect(),
        }
    }
}
