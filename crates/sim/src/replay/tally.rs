//! What comes of a day, counted: of all, by queue, by class, by the time of day.

use std::collections::BTreeMap;
use std::time::Duration;

use types::leg::Text;
use types::{QueueId, Wall};

use super::{INTERVAL, Policy, RecordedDay, Staffed};
use crate::figures::ratio;
use crate::waits::{Fate, WaitFigures, Waits};

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
    pub figures: WaitFigures,
}

/// What came of a day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcomes {
    /// Of all.
    pub sum: WaitFigures,
    /// The agents' share of busy time in the time that they were ready or busy, 0 to 1.
    pub occupancy: Option<f64>,
    /// Of each queue that somebody came to, by name.
    pub queues: Vec<(Text, WaitFigures)>,
    /// Of each class, those who go first first.
    pub classes: Vec<(Class, WaitFigures)>,
    /// Of each interval in which somebody came.
    pub intervals: Vec<TimeOfDay>,
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
    sum: Waits,
    queues: BTreeMap<Text, Waits>,
    classes: BTreeMap<Class, Waits>,
    intervals: BTreeMap<u64, Waits>,
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
            sum: Waits::default(),
            queues: BTreeMap::new(),
            classes: BTreeMap::new(),
            intervals: BTreeMap::new(),
        }
    }

    /// What came of an arrival that came at this moment.
    pub(super) fn count(&mut self, arrival: usize, at: Wall, waited: Duration, fate: Fate) {
        let Heading { queue, class, target_s } = &self.headings[arrival];
        let interval = at.ms_since(self.from) / INTERVAL.as_millis() as u64;
        let counted = [
            &mut self.sum,
            self.queues.entry(queue.clone()).or_default(),
            self.classes.entry(*class).or_default(),
            self.intervals.entry(interval).or_default(),
        ];
        counted.into_iter().for_each(|waits| waits.count(waited, *target_s, fate));
    }

    pub(super) fn outcomes(self, staffed: Staffed) -> Outcomes {
        let Staffed { ready, busy } = staffed;
        let occupancy = ratio(busy.as_millis() as u64, (busy + ready).as_millis() as u64);
        let minutes = INTERVAL.as_secs() / 60;
        let interval = |(at, waits): (u64, Waits)| TimeOfDay {
            from_min: u32::try_from(at * minutes).unwrap_or(u32::MAX),
            figures: waits.figures(),
        };
        Outcomes {
            sum: self.sum.figures(),
            occupancy,
            queues: self.queues.into_iter().map(|(queue, waits)| (queue, waits.figures())).collect(),
            classes: self.classes.into_iter().rev().map(|(class, waits)| (class, waits.figures())).collect(),
            intervals: self.intervals.into_iter().map(interval).collect(),
        }
    }
}
