//! From what a store keeps of a day to the day itself.

use std::collections::BTreeSet;
use std::time::Duration;

use types::record::{AgentState, InteractionRecord, LegRole, Outcome, SegmentKind, SkillLevel};
use types::{AgentId, EndedBy, QueueId, Wall};

use super::rings::not_taken;
use super::{After, Arrival, Duty, End, Errand, Policy, RecordedDay, Ring, RingEnd, Service, Turn, WrapUp};

/// A step of the flow and the wait that it begins are written in one go; clocks of records are whole milliseconds.
const AT_ONCE_MS: i64 = 50;
/// An agent's leg is answered this long before its talk is told at most, milliseconds: an announcement may lie between.
const ANSWER_MS: i64 = 60_000;
/// Work after a talk that differs from the setting by no more than this ended by itself.
const BY_ITSELF: Duration = Duration::from_millis(1500);
/// A pause that begins so near the end of a ring that was not taken is that ring's doing.
const BENCHED_MS: u64 = 2_000;
/// Outlets of a flow's `queue` node by which the queue itself sends somebody away.
const TURNED_AWAY: [&str; 3] = ["no_agent", "full", "too_long"];
/// The outlet for a caller who has hung up.
const CALLER_LEFT: &str = "caller_left";

/// What a flow's `queue` node asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The queue, where there is one of that name.
    pub queue: Option<QueueId>,
    /// Added to the queue's priority.
    pub priority: i32,
    /// What the agent must be able to do.
    pub skills: Vec<SkillLevel>,
}

/// Where nodes of flows are looked up: by the flow's name, its version and the node's id.
type Nodes<'a> = dyn FnMut(&str, u32, &str) -> Option<Entry> + Send + 'a;

/// Makes a [`RecordedDay`] of records and states, handed to it in any order.
pub struct Recorder<'a> {
    day: RecordedDay,
    own: &'a Policy,
    nodes: Box<Nodes<'a>>,
    states: Vec<(AgentId, Vec<(AgentState, Wall)>)>,
}

/// A stay in a queue, in the making.
#[derive(Debug)]
struct Stay {
    queue: QueueId,
    from: Wall,
    /// The end of the wait.
    until: Wall,
    rang: Duration,
    served: Option<(AgentId, Wall)>,
    /// Nothing of the interaction came after the wait.
    is_last: bool,
    /// The flow's step that began it.
    step: Option<usize>,
}

impl<'a> Recorder<'a> {
    /// Of a day from one moment until before another, which had this policy.
    pub fn new(
        from: Wall,
        to: Wall,
        own: &'a Policy,
        nodes: impl FnMut(&str, u32, &str) -> Option<Entry> + Send + 'a,
    ) -> Self {
        Self {
            day: RecordedDay { from, to, ..RecordedDay::default() },
            own,
            nodes: Box::new(nodes),
            states: Vec::new(),
        }
    }

    /// Takes an interaction that began that day. `wrap_up`: all work after its talks.
    pub fn record(&mut self, record: &InteractionRecord, wrap_up: Duration) {
        let mut stays = stays(record);
        let mut steps: Vec<usize> = (0..record.trace.len()).filter(|i| &*record.trace[*i].kind == "queue").collect();
        for stay in stays.iter_mut().rev() {
            let step = steps.iter().rposition(|i| record.trace[*i].at.0 <= stay.from.0 + AT_ONCE_MS);
            // One that an agent has handed on follows no step of a flow's.
            let step = step.filter(|place| record.trace[steps[*place]].at.0 + AT_ONCE_MS >= stay.from.0);
            stay.step = step.map(|place| steps.remove(place));
        }
        // Who was not let in waited for no time at all, of which a record tells nothing.
        for i in steps {
            let refused = record.trace[i].outlet.as_deref().is_some_and(|outlet| TURNED_AWAY.contains(&outlet));
            let queue = self.entry(record, i).and_then(|entry| entry.queue).filter(|_| refused);
            let at = record.trace[i].at;
            stays.extend(queue.map(|queue| Stay { step: Some(i), ..Stay::new(queue, at, at) }));
        }
        stays.sort_by_key(|stay| stay.from);
        let alone = stays.iter().filter(|stay| stay.served.is_some()).count() == 1 && talked(record) == 1;
        let (mut taken, mut before) = (Vec::new(), None);
        for stay in &stays {
            let talk = stay.served.map(|(agent, at)| talk(record, agent, at, &mut taken));
            let end = self.end(record, stay, talk, wrap_up, alone);
            let entry = stay.step.and_then(|i| self.entry(record, i)).unwrap_or_default();
            let over = Wall(stay.until.0 + talk.unwrap_or_default().as_millis() as i64);
            let gap = |before: Wall| Duration::from_millis(stay.from.ms_since(before));
            let after = before.map(|(arrival, ended)| After { arrival, gap: gap(ended) });
            before = Some((self.day.arrivals.len(), over));
            self.day.arrivals.push(Arrival {
                interaction: record.id,
                queue: stay.queue,
                at: stay.from,
                caller: record.from.clone(),
                called: record.to.clone(),
                priority: entry.priority,
                skills: entry.skills,
                waited: Duration::from_millis(stay.until.ms_since(stay.from)),
                end,
                after,
            });
        }
        self.rings(record, &stays);
        self.errands(record, &taken);
    }

    /// What agents did when it rang.
    fn rings(&mut self, record: &InteractionRecord, stays: &[Stay]) {
        let waits: Vec<(Wall, Wall)> =
            stays.iter().map(|stay| (Wall(stay.from.0 - AT_ONCE_MS), Wall(stay.until.0 + AT_ONCE_MS))).collect();
        let taken = stays.iter().filter_map(|stay| {
            let at = Wall(stay.until.0 - stay.rang.as_millis() as i64);
            stay.served
                .map(|(agent, _)| (agent, Ring { at, lasted: stay.rang, end: RingEnd::Taken, away: Duration::ZERO }))
        });
        for (agent, ring) in taken.chain(not_taken(record, &waits)) {
            self.day.rings.entry(agent).or_default().push(ring);
        }
    }

    /// Takes an agent's states, the oldest first; the first may be from before the day.
    pub fn states(&mut self, agent: AgentId, states: impl IntoIterator<Item = (AgentState, Wall)>) {
        self.states.push((agent, states.into_iter().collect()));
    }

    /// What an agent did that day by its states. A pause that a ring brought about is the ring's.
    fn turns(&mut self, agent: AgentId, states: Vec<(AgentState, Wall)>) {
        let (from, to) = (self.day.from, self.day.to);
        let mut rings = self.day.rings.remove(&agent).unwrap_or_default();
        let (mut duty, mut last, mut benched) = (Duty::Away, None, None::<(usize, Wall)>);
        for (state, at) in states {
            self.spend(last, at);
            last = Some((state, at));
            if let Some((ring, since)) = benched.take() {
                rings[ring].away = Duration::from_millis(at.ms_since(since));
            }
            if state == AgentState::NotReady && duty == Duty::Ready {
                benched = benched_by(&rings, at).map(|ring| (ring, at));
                if benched.is_some() {
                    continue;
                }
            }
            let now = match state {
                AgentState::Offline => Duty::Away,
                AgentState::NotReady => Duty::Break,
                AgentState::Ready => Duty::Ready,
                // What it wants meanwhile is not told; one who was never told of before was there for calls.
                AgentState::Ringing | AgentState::Talking | AgentState::WrapUp => match duty {
                    Duty::Away => Duty::Ready,
                    other => other,
                },
            };
            if std::mem::replace(&mut duty, now) != now {
                self.day.turns.push(Turn { agent, at: at.max(from), duty });
            }
        }
        self.spend(last, to);
        if !rings.is_empty() {
            self.day.rings.insert(agent, rings);
        }
    }

    /// The day.
    pub fn finish(mut self) -> RecordedDay {
        self.day.rings.values_mut().for_each(|rings| rings.sort_by_key(|ring| ring.at));
        for (agent, states) in std::mem::take(&mut self.states) {
            self.turns(agent, states);
        }
        self.day.turns.sort_by_key(|turn| (turn.at, turn.agent));
        self.day.errands.sort_by_key(|errand| (errand.at, errand.agent));
        let mut order: Vec<usize> = (0..self.day.arrivals.len()).collect();
        order.sort_by_key(|i| (self.day.arrivals[*i].at, *i));
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old] = new);
        let mut arrivals: Vec<Arrival> = order.iter().map(|old| self.day.arrivals[*old].clone()).collect();
        for after in arrivals.iter_mut().filter_map(|arrival| arrival.after.as_mut()) {
            after.arrival = place[after.arrival];
        }
        RecordedDay { arrivals, ..self.day }
    }

    /// What the flow's node says at which a step was.
    fn entry(&mut self, record: &InteractionRecord, step: usize) -> Option<Entry> {
        let steps = &record.trace[..=step];
        let (flow, version) = steps.iter().rev().find_map(|step| Some((step.flow.clone()?, step.version?)))?;
        (self.nodes)(&flow, version, &record.trace[step].node)
    }

    fn end(
        &self,
        record: &InteractionRecord,
        stay: &Stay,
        talk: Option<Duration>,
        wrap_up: Duration,
        alone: bool,
    ) -> End {
        if let Some(talk) = talk {
            // Of several talks nobody knows whose work it was.
            let wrap_up = if alone { self.wrap_up(stay.queue, wrap_up) } else { WrapUp::AsSet };
            return End::Served(Service { ring: stay.rang, talk, wrap_up });
        }
        match stay.step.and_then(|i| record.trace[i].outlet.as_deref()) {
            Some(outlet) if TURNED_AWAY.contains(&outlet) => End::TurnedAway,
            Some(CALLER_LEFT) => End::GaveUp,
            Some(_) => End::Left,
            None if stay.is_last && (record.ended_by == EndedBy::Caller || record.outcome == Outcome::Abandoned) => {
                End::GaveUp
            }
            None => End::Left,
        }
    }

    fn wrap_up(&self, queue: QueueId, took: Duration) -> WrapUp {
        let set = Duration::from_secs(self.own.queue(queue).map_or(0, |queue| queue.wrap_up_s).into());
        if took.is_zero() || took.abs_diff(set) <= BY_ITSELF {
            WrapUp::AsSet
        } else if took < set {
            WrapUp::Early(took)
        } else {
            WrapUp::Longer(took - set)
        }
    }

    /// Agents' legs that no queue gave them.
    fn errands(&mut self, record: &InteractionRecord, taken: &[usize]) {
        for (i, leg) in record.legs.iter().enumerate() {
            let (Some(agent), LegRole::Agent, false) = (leg.agent, leg.role, taken.contains(&i)) else { continue };
            // Who calls is busy from the first digit on, who is called from the answer on.
            let Some(at) = leg.answered.map(|answered| if i == 0 { leg.started } else { answered }) else { continue };
            let lasts = Duration::from_millis(leg.ended.unwrap_or(record.ended).ms_since(at));
            self.day.errands.push(Errand { agent, at, lasts });
        }
    }

    /// Counts the part of a state that lies within the day.
    fn spend(&mut self, state: Option<(AgentState, Wall)>, until: Wall) {
        let Some((state, since)) = state else { return };
        let (from, to) = (since.max(self.day.from), until.min(self.day.to));
        let spent = Duration::from_millis(to.ms_since(from));
        match state {
            AgentState::Offline | AgentState::NotReady => {}
            AgentState::Ready => self.day.staffed.ready += spent,
            AgentState::Ringing | AgentState::Talking | AgentState::WrapUp => self.day.staffed.busy += spent,
        }
    }
}

impl Stay {
    const fn new(queue: QueueId, from: Wall, until: Wall) -> Self {
        Self { queue, from, until, rang: Duration::ZERO, served: None, is_last: false, step: None }
    }
}

/// The stays in queues that a record tells of; several waits in one queue with nothing between are one.
fn stays(record: &InteractionRecord) -> Vec<Stay> {
    let (mut all, mut open): (Vec<Stay>, Option<Stay>) = (Vec::new(), None);
    for segment in &record.segments {
        let ends_it = |stay: &Stay| segment.queue != Some(stay.queue);
        match (segment.kind, segment.queue) {
            (SegmentKind::Queued | SegmentKind::Ringing, Some(queue)) => {
                all.extend(open.take_if(|stay| ends_it(stay)));
                let stay = open.get_or_insert_with(|| Stay::new(queue, segment.from, segment.to));
                stay.until = segment.to;
                let rings = segment.kind == SegmentKind::Ringing;
                stay.rang = Duration::from_millis(if rings { segment.to.ms_since(segment.from) } else { 0 });
            }
            (SegmentKind::Talking, _) => {
                if let Some(stay) = open.take() {
                    all.push(Stay { served: segment.agent.map(|agent| (agent, segment.from)), ..stay });
                }
            }
            (SegmentKind::Ending, _) => {}
            _ => all.extend(open.take()),
        }
    }
    all.extend(open.map(|stay| Stay { is_last: true, ..stay }));
    all
}

/// The ring that was not taken, and whose end a pause that begins now follows.
fn benched_by(rings: &[Ring], at: Wall) -> Option<usize> {
    let near = |ring: &Ring| ring.end != RingEnd::Taken && ring.over().0.abs_diff(at.0) <= BENCHED_MS;
    rings.iter().rposition(near)
}

/// How many agents had the customer.
fn talked(record: &InteractionRecord) -> usize {
    let talks = record.segments.iter().filter(|segment| segment.kind == SegmentKind::Talking);
    talks.filter_map(|segment| segment.agent).collect::<BTreeSet<_>>().len()
}

/// How long an agent who began to talk at this moment had the customer; notes whose leg it was.
fn talk(record: &InteractionRecord, agent: AgentId, at: Wall, taken: &mut Vec<usize>) -> Duration {
    let near = |answered: Wall| (answered.0 - ANSWER_MS..=answered.0 + ANSWER_MS).contains(&at.0);
    let mut legs = record.legs.iter().enumerate().filter(|(i, leg)| {
        leg.role == LegRole::Agent && leg.agent == Some(agent) && leg.answered.is_some_and(near) && !taken.contains(i)
    });
    let leg = legs.next();
    taken.extend(leg.map(|(i, _)| i));
    let ended = leg.and_then(|(_, leg)| leg.ended).unwrap_or(record.ended);
    Duration::from_millis(ended.ms_since(at))
}
