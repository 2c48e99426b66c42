//! What came of the day: counted from what the journal is told, as reports are.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use center::Setup;
use types::cause::EndedBy;
use types::event::Happening;
use types::leg::Text;
use types::record::{AgentState, Direction, InteractionRecord, Outcome, SegmentKind};
use types::{AgentId, QueueId, Wall};

use super::{Rehearsed, Script};
use crate::figures::ratio;
use crate::waits::{Fate, WaitFigures, Waits};

/// Places of a flow that are told at most.
const PLACES_MAX: usize = 50;

/// What came of the calls of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Calls of customers.
    pub calls: u64,
    /// Somebody spoke with the customer.
    pub answered: u64,
    /// The customer gave up.
    pub abandoned: u64,
    /// Refused before anything began.
    pub rejected: u64,
    /// The flow did all that was wanted.
    pub self_served: u64,
    /// The customer asked to be called back.
    pub callbacks: u64,
    /// The customer left a message.
    pub voicemails: u64,
    /// Ended by a fault, or because nobody was there.
    pub failed: u64,
}

/// A stretch of the day.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    /// When it begins, minutes after midnight.
    pub from_min: u32,
    /// Calls that began.
    pub calls: u64,
    /// Those who came to queues then.
    pub figures: WaitFigures,
    /// Agents who were there for calls or had one, on average.
    pub agents: f64,
    /// Their share of busy time, 0 to 1.
    pub occupancy: Option<f64>,
}

/// A queue's day.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueFigures {
    /// Its name.
    pub queue: Text,
    /// The day.
    pub figures: WaitFigures,
    /// The day by intervals, those of [`Rehearsed::intervals`].
    pub intervals: Vec<WaitFigures>,
}

/// A node at which callers hung up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftAt {
    /// The flow.
    pub flow: Text,
    /// The node.
    pub node: Text,
    /// How many.
    pub calls: u64,
}

/// Where the centre ended calls with nothing done for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nowhere {
    /// The number that had been dialled.
    pub number: Text,
    /// The flow and the node; absent where there was none.
    pub at: Option<(Text, Text)>,
    /// The outlet that leads nowhere; absent where the call came to no such.
    pub outlet: Option<Text>,
    /// Why it ended, as the record says.
    pub cause: &'static str,
    /// How many.
    pub calls: u64,
}

/// The number dialled, flow and node, the outlet, and the cause.
type DeadEnd = (Text, Option<(Text, Text)>, Option<Text>, &'static str);

/// An agent's time in one interval, milliseconds.
#[derive(Clone, Copy, Debug, Default)]
struct Worked {
    ready: u64,
    busy: u64,
}

pub(super) struct Tally {
    midnight: Wall,
    interval_ms: u64,
    /// Name and target of each queue.
    queues: HashMap<QueueId, (Text, u32)>,
    /// Agents whose time counts: not those who serve queues alone that no screen shows.
    counted: HashSet<AgentId>,
    /// By queue and interval.
    waits: BTreeMap<(QueueId, usize), Waits>,
    calls: BTreeMap<usize, u64>,
    worked: BTreeMap<usize, Worked>,
    staff: HashMap<AgentId, (AgentState, Wall)>,
    outcomes: Outcomes,
    left: HashMap<(Text, Text), u64>,
    nowhere: HashMap<DeadEnd, u64>,
}

impl Tally {
    pub(super) fn new(script: &Script, setup: &Setup) -> Self {
        let hidden: HashSet<QueueId> = setup.queues.iter().filter(|q| q.hidden).map(|q| q.id).collect();
        let shown = setup.agents.iter().filter(|a| a.queues.is_empty() || a.queues.iter().any(|q| !hidden.contains(q)));
        Self {
            midnight: script.midnight,
            interval_ms: u64::from(script.interval_min.max(1)) * 60_000,
            queues: setup.queues.iter().map(|q| (q.id, (q.name.clone(), q.service_level_s))).collect(),
            counted: shown.map(|agent| agent.id).collect(),
            waits: BTreeMap::new(),
            calls: BTreeMap::new(),
            worked: BTreeMap::new(),
            staff: HashMap::new(),
            outcomes: Outcomes::default(),
            left: HashMap::new(),
            nowhere: HashMap::new(),
        }
    }

    fn interval_of(&self, at: Wall) -> usize {
        (at.ms_since(self.midnight) / self.interval_ms) as usize
    }

    pub(super) fn on_journal(&mut self, what: &Happening, at: Wall) {
        match what {
            Happening::AgentState { agent, state, since, .. } => self.is_now(*agent, *state, since.unwrap_or(at)),
            Happening::InteractionEnded { record } if record.direction == Direction::Inbound => self.on_end(record),
            _ => {}
        }
    }

    fn is_now(&mut self, agent: AgentId, state: AgentState, at: Wall) {
        if !self.counted.contains(&agent) {
            return;
        }
        let Some((before, since)) = self.staff.insert(agent, (state, at)) else { return };
        self.passes(before, since, at);
    }

    /// Spreads an agent's time over the intervals it lies in.
    fn passes(&mut self, state: AgentState, from: Wall, to: Wall) {
        let busy = match state {
            AgentState::Offline | AgentState::NotReady => return,
            AgentState::Ready => false,
            AgentState::Ringing | AgentState::Talking | AgentState::WrapUp => true,
        };
        let (mut from_ms, to_ms) = (from.ms_since(self.midnight), to.ms_since(self.midnight));
        while from_ms < to_ms {
            let interval = from_ms / self.interval_ms;
            let until = ((interval + 1) * self.interval_ms).min(to_ms);
            let worked = self.worked.entry(interval as usize).or_default();
            *if busy { &mut worked.busy } else { &mut worked.ready } += until - from_ms;
            from_ms = until;
        }
    }

    fn on_end(&mut self, record: &InteractionRecord) {
        let interval = self.interval_of(record.started);
        *self.calls.entry(interval).or_default() += 1;
        self.outcomes.calls += 1;
        *match record.outcome {
            Outcome::Answered => &mut self.outcomes.answered,
            Outcome::Abandoned => &mut self.outcomes.abandoned,
            Outcome::Rejected => &mut self.outcomes.rejected,
            Outcome::SelfServed => &mut self.outcomes.self_served,
            Outcome::Callback => &mut self.outcomes.callbacks,
            Outcome::Voicemail => &mut self.outcomes.voicemails,
            Outcome::Failed => &mut self.outcomes.failed,
        } += 1;
        self.count_waits(record);
        self.count_place(record);
    }

    /// Each stay in a queue.
    fn count_waits(&mut self, record: &InteractionRecord) {
        let mut stay: Option<(QueueId, Wall)> = None;
        for segment in &record.segments {
            let waits = matches!(segment.kind, SegmentKind::Queued | SegmentKind::Ringing);
            match (segment.queue.filter(|_| waits), stay) {
                (Some(queue), Some((same, _))) if queue == same => {}
                (Some(queue), before) => {
                    if let Some((queue, from)) = before {
                        self.count(queue, from, segment.from, Fate::Elsewhere);
                    }
                    stay = Some((queue, segment.from));
                }
                (None, Some((queue, from))) => {
                    let fate = match segment.kind {
                        SegmentKind::Talking | SegmentKind::Held => Fate::Answered,
                        SegmentKind::Ending => end_of(record),
                        _ => Fate::Elsewhere,
                    };
                    self.count(queue, from, segment.from, fate);
                    stay = None;
                }
                (None, None) => {}
            }
        }
        if let Some((queue, from)) = stay {
            self.count(queue, from, record.ended, end_of(record));
        }
    }

    fn count(&mut self, queue: QueueId, from: Wall, to: Wall, fate: Fate) {
        let target_s = self.queues.get(&queue).map_or(0, |(_, target_s)| *target_s);
        let interval = self.interval_of(from);
        self.waits.entry((queue, interval)).or_default().count(
            Duration::from_millis(to.ms_since(from)),
            target_s,
            fate,
        );
    }

    /// Where a call ended that nobody spoke with.
    fn count_place(&mut self, record: &InteractionRecord) {
        if record.connected.is_some() {
            return;
        }
        let mut flow = None;
        for step in &record.trace {
            flow = step.flow.clone().or(flow);
        }
        let last = record.trace.last();
        let place = flow.zip(last.map(|step| step.node.clone()));
        if record.ended_by == EndedBy::Caller {
            if let Some(place) = place {
                *self.left.entry(place).or_default() += 1;
            }
            return;
        }
        let outlet = last.and_then(|step| step.outlet.clone());
        let unfinished = outlet.as_deref().is_some_and(|outlet| outlet != "done");
        let done = matches!(record.outcome, Outcome::Callback | Outcome::Voicemail);
        if matches!(record.outcome, Outcome::Failed | Outcome::Rejected) || unfinished && !done {
            let key = (record.to.reveal().clone(), place, outlet, record.cause.as_str());
            *self.nowhere.entry(key).or_default() += 1;
        }
    }

    /// What is asked of it in the end; the rest of the result is others'.
    pub(super) fn tell(mut self, now: Wall) -> Rehearsed {
        for (state, since) in std::mem::take(&mut self.staff).into_values() {
            self.passes(state, since, now);
        }
        let places = self.waits.keys().map(|(_, interval)| *interval).chain(self.calls.keys().copied());
        let places = places.chain(self.worked.iter().filter(|(_, w)| w.busy > 0).map(|(interval, _)| *interval));
        let (first, last) = places.fold((usize::MAX, 0), |(first, last), at| (first.min(at), last.max(at)));
        let range = if first > last { 0..0 } else { first..last + 1 };
        let sum = |range: std::ops::Range<usize>, wanted: Option<QueueId>| {
            let mut waits = Waits::default();
            let within = |((queue, at), _): &(&(QueueId, usize), &Waits)| {
                range.contains(at) && wanted.is_none_or(|wanted| wanted == *queue)
            };
            self.waits.iter().filter(within).for_each(|(_, more)| waits.add(more));
            waits.figures()
        };
        let intervals = range.clone().map(|at| {
            let worked = self.worked.get(&at).copied().unwrap_or_default();
            Interval {
                from_min: (at as u64 * self.interval_ms / 60_000) as u32,
                calls: self.calls.get(&at).copied().unwrap_or_default(),
                figures: sum(at..at + 1, None),
                agents: (worked.ready + worked.busy) as f64 / self.interval_ms as f64,
                occupancy: ratio(worked.busy, worked.busy + worked.ready),
            }
        });
        let visited: HashSet<QueueId> = self.waits.keys().map(|(queue, _)| *queue).collect();
        let mut queues: Vec<QueueFigures> = visited
            .into_iter()
            .map(|id| QueueFigures {
                queue: self.queues.get(&id).map_or_else(|| id.to_string().into(), |(name, _)| name.clone()),
                figures: sum(range.clone(), Some(id)),
                intervals: range.clone().map(|at| sum(at..at + 1, Some(id))).collect(),
            })
            .collect();
        queues.sort_by(|a, b| a.queue.cmp(&b.queue));
        let all = self.worked.values().fold(Worked::default(), |sum, worked| Worked {
            ready: sum.ready + worked.ready,
            busy: sum.busy + worked.busy,
        });
        Rehearsed {
            outcomes: self.outcomes,
            total: sum(range.clone(), None),
            occupancy: ratio(all.busy, all.busy + all.ready),
            intervals: intervals.collect(),
            queues,
            left: places_left(self.left),
            nowhere: places_nowhere(self.nowhere),
            unreachable: 0,
            broken: Vec::new(),
            events: 0,
        }
    }
}

/// How a wait ended at which the call did.
fn end_of(record: &InteractionRecord) -> Fate {
    match record.outcome {
        Outcome::Abandoned if record.ended_by == EndedBy::Caller => Fate::Abandoned,
        _ => Fate::Elsewhere,
    }
}

fn places_left(left: HashMap<(Text, Text), u64>) -> Vec<LeftAt> {
    let mut all: Vec<LeftAt> = left.into_iter().map(|((flow, node), calls)| LeftAt { flow, node, calls }).collect();
    all.sort_by(|a, b| b.calls.cmp(&a.calls).then_with(|| (&a.flow, &a.node).cmp(&(&b.flow, &b.node))));
    all.truncate(PLACES_MAX);
    all
}

fn places_nowhere(nowhere: HashMap<DeadEnd, u64>) -> Vec<Nowhere> {
    let mut all: Vec<_> = nowhere.into_iter().collect();
    all.sort_by(|(a, an), (b, bn)| bn.cmp(an).then_with(|| a.cmp(b)));
    all.truncate(PLACES_MAX);
    all.into_iter().map(|((number, at, outlet, cause), calls)| Nowhere { number, at, outlet, cause, calls }).collect()
}
