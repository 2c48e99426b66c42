//! The invariants: what has to hold on every day, whatever callers, telephones and networks do.

mod agents;
mod fitting;
mod queues;
mod records;
mod wraps;

use std::collections::{HashMap, HashSet};

use center::{Center, LiveQueue, Setup};
use types::event::{Event, Happening};
use types::leg::{Target, TransferProgress};
use types::record::{Direction, InteractionRecord, SegmentKind};
use types::{AgentId, InteractionId, LegCommand, LegId, Now, QueueId, Wall};

use crate::figures::Figures;
use crate::leg::{Leg, Party};
use crate::people::People;
use crate::world;
use agents::Agents;
use fitting::Fitting;
use queues::Queues;
use wraps::Wraps;

/// Longer than any pause that a flow makes between two prompts, milliseconds.
const SILENCE_MAX_S: u64 = 20;
/// Longer than a report that somebody holds, or does no longer, is on its way.
const DISTURBED_MAX_S: u64 = 10;

/// Something that always holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Invariant {
    /// Each call that comes in begins exactly one interaction.
    OneStart,
    /// Each interaction ends exactly once.
    OneEnd,
    /// Each leg has ended when the day is over, and nothing is in progress.
    NothingLeft,
    /// No agent is rung while it talks, nor for two calls at once.
    OneCallPerAgent,
    /// No agent stays in a state beyond its lease, and no lease has to be enforced.
    Leases,
    /// The segments of each record follow one another from start to end, and their sums are the record's.
    EverySecond,
    /// The record tells the same times as the states that were journalled while it happened.
    RecordsAsStates,
    /// The queues' figures are the sums of what the interactions tell.
    QueueSums,
    /// An agent's states follow one another as they may.
    AgentStates,
    /// The agents' talking time is that of their legs.
    AgentSums,
    /// An answer is in the journal before the caller is told.
    AnswerWritten,
    /// No leg is answered or ended twice, and no command is for a leg that never was.
    LegProtocol,
    /// The journal's times never step back, and an interaction's events lie between its start and end.
    JournalOrder,
    /// No customer is left in silence.
    Silence,
    /// A talk that is to be recorded is recorded.
    Recorded,
    /// Nobody who talks is played anything.
    Undisturbed,
    /// Each second of an agent's work after a talk is told with the interaction it belongs to.
    WrapUps,
    /// An interaction that somebody ended has a leg that tells the same, and each leg tells why it ended.
    Causes,
    /// Queues ring for agents only who serve them, or who are let in to help by then, with the skills that are asked.
    RightAgent,
    /// No leg has to be given up, and no call to be cut off.
    Bounded,
}

impl Invariant {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneStart => "one_start",
            Self::OneEnd => "one_end",
            Self::NothingLeft => "nothing_left",
            Self::OneCallPerAgent => "one_call_per_agent",
            Self::Leases => "leases",
            Self::EverySecond => "every_second",
            Self::RecordsAsStates => "records_as_states",
            Self::QueueSums => "queue_sums",
            Self::AgentStates => "agent_states",
            Self::AgentSums => "agent_sums",
            Self::AnswerWritten => "answer_written",
            Self::LegProtocol => "leg_protocol",
            Self::JournalOrder => "journal_order",
            Self::Silence => "silence",
            Self::Recorded => "recorded",
            Self::Undisturbed => "undisturbed",
            Self::WrapUps => "wrap_ups",
            Self::Causes => "causes",
            Self::RightAgent => "right_agent",
            Self::Bounded => "bounded",
        }
    }
}

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub invariant: Invariant,
    /// How often.
    pub count: u32,
    /// The first time, for people.
    pub first: String,
}

/// What went wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Verdict(HashMap<Invariant, (u32, String)>);

impl Verdict {
    pub(crate) fn breaks(&mut self, now: Now, invariant: Invariant, what: impl FnOnce() -> String) {
        let (count, _) = self.0.entry(invariant).or_insert_with(|| (0, format!("{}: {}", now.wall, what())));
        *count += 1;
    }
}

/// An interaction as its events have told it.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) direction: Direction,
    pub(crate) answered: bool,
    pub(crate) ended: bool,
    pub(crate) state: SegmentKind,
    pub(crate) queue: Option<QueueId>,
    pub(crate) since: Wall,
    /// Waited, talked, held, rung so far, milliseconds.
    pub(crate) sums: [u64; 4],
    /// It has talked with an agent whom a queue had found.
    pub(crate) queue_talk: bool,
    /// Somebody has talked with it.
    pub(crate) talked: bool,
    /// The party that served it has just handed it on.
    pub(crate) handed: bool,
    pub(crate) callback: bool,
    pub(crate) visit: Option<queues::Visit>,
}

pub(crate) struct Checks {
    verdict: Verdict,
    seen: HashMap<InteractionId, Seen>,
    by_leg: HashMap<LegId, InteractionId>,
    answers: HashSet<LegId>,
    /// Legs that came in and wait for their interaction.
    incoming: HashSet<LegId>,
    /// All legs there have been, and whether each has ended.
    legs: HashMap<LegId, bool>,
    last: Wall,
    pub(crate) agents: Agents,
    queues: Queues,
    wraps: Wraps,
    fitting: Fitting,
    figures: Figures,
}

impl Checks {
    pub(crate) fn new(people: People, setup: &Setup) -> Self {
        Self {
            verdict: Verdict::default(),
            seen: HashMap::new(),
            by_leg: HashMap::new(),
            answers: HashSet::new(),
            incoming: HashSet::new(),
            legs: HashMap::new(),
            last: Wall(i64::MIN),
            agents: Agents::new(people),
            queues: Queues::default(),
            wraps: Wraps::default(),
            fitting: Fitting::new(setup),
            figures: Figures::default(),
        }
    }

    // ---- legs ----

    pub(crate) fn leg_began(&mut self, leg: LegId, incoming: bool) {
        self.legs.insert(leg, false);
        if incoming {
            self.incoming.insert(leg);
        }
    }

    pub(crate) fn leg_ended(&mut self, leg: LegId) {
        self.legs.insert(leg, true);
    }

    /// The center tells a leg something; looked at before it is done.
    pub(crate) fn on_command(&mut self, now: Now, command: &LegCommand, legs: &HashMap<LegId, Leg>, center: &Center) {
        let id = command.leg();
        if let LegCommand::Dial { target, on_behalf_of, .. } = command {
            if self.legs.contains_key(&id) {
                self.verdict.breaks(now, Invariant::LegProtocol, || format!("leg {id} is dialled twice"));
            }
            return self.on_dial(now, target, *on_behalf_of, legs, center);
        }
        if !self.legs.contains_key(&id) {
            self.verdict.breaks(now, Invariant::LegProtocol, || format!("no such leg: {command:?}"));
        }
        let leg = legs.get(&id);
        match command {
            LegCommand::Answer(_) => self.on_answer(now, id),
            LegCommand::Hangup { .. } if leg.is_some_and(|l| l.told_to_end) => {
                self.verdict.breaks(now, Invariant::LegProtocol, || format!("leg {id} is told to end twice"));
            }
            LegCommand::Play { .. } | LegCommand::Record { .. }
                if leg.is_some_and(|l| !l.up && !l.early && !l.ended) =>
            {
                self.verdict.breaks(now, Invariant::LegProtocol, || format!("leg {id} is not up: {command:?}"));
            }
            LegCommand::TransferProgress { progress: TransferProgress::Done, .. } => {
                // The leg may have come from another interaction since.
                let of = center.interaction_of(id);
                if let Some(seen) = of.and_then(|(_, i)| self.seen.get_mut(&i)) {
                    // Who is parked comes back to its queue, not into another one.
                    seen.handed = seen.state != SegmentKind::Parked;
                }
            }
            _ => {}
        }
    }

    fn on_answer(&mut self, now: Now, leg: LegId) {
        if !self.answers.insert(leg) {
            self.verdict.breaks(now, Invariant::LegProtocol, || format!("leg {leg} is answered twice"));
        }
        let interaction = self.by_leg.get(&leg).and_then(|id| self.seen.get(id));
        if interaction.is_none_or(|seen| !seen.answered) {
            self.verdict.breaks(now, Invariant::AnswerWritten, || format!("leg {leg} is answered unwritten"));
        }
    }

    fn on_dial(&mut self, now: Now, target: &Target, call: Option<LegId>, legs: &HashMap<LegId, Leg>, center: &Center) {
        let Some(agent) = world::whose(target.uri.reveal()) else { return };
        // A page that is given a call back still has that call's old leg.
        let returns = target.page.filter(|page| page.returns).map(|page| page.interaction);
        let of = |leg: &LegId| center.interaction_of(*leg).map(|(_, id)| id);
        // So has one that had two: the other one's leg is as lost, or is on its way back as well.
        let lost = |leg: &LegId, l: &Leg| l.forgotten || l.returns || l.up_known && of(leg) == returns;
        let old = |leg: &LegId, l: &Leg| returns.is_some() && lost(leg, l);
        let legs = legs.iter().filter(|(leg, l)| l.agent() == Some(agent) && !l.told_to_end && !old(leg, l));
        for (leg, l) in legs {
            let rings = !l.up && !l.ended && matches!(l.party, Party::Phone { .. });
            if l.up_known || rings && l.on_behalf_of != call {
                self.verdict.breaks(now, Invariant::OneCallPerAgent, || {
                    format!("agent {} is rung while it is on leg {leg}", world::agent_number(agent))
                });
            }
        }
    }

    // ---- the journal ----

    pub(crate) fn on_journal(&mut self, now: Now, event: &Event) {
        if event.at < self.last {
            self.verdict.breaks(now, Invariant::JournalOrder, || format!("time steps back to {}", event.at));
        }
        self.last = event.at;
        match &event.what {
            Happening::InteractionStarted { id, leg, direction, .. } => self.on_start(now, *id, *leg, *direction),
            Happening::InteractionAnswered { id } => {
                if let Some(seen) = self.open(now, *id, "answered")
                    && std::mem::replace(&mut seen.answered, true)
                {
                    self.verdict.breaks(now, Invariant::JournalOrder, || format!("{id} is answered twice"));
                }
            }
            Happening::InteractionState { id, state, queue, .. } => self.on_state(now, *id, *state, *queue),
            Happening::InteractionForwarded { id, step } => {
                if let Some(seen) = self.open(now, *id, "forwarded") {
                    seen.handed |= step.to.reveal().starts_with("queue:");
                }
            }
            Happening::CallbackRequested { id, .. } => {
                if let Some(seen) = self.open(now, *id, "callback") {
                    seen.callback = true;
                }
            }
            Happening::RecordingStarted { id, .. } => {
                self.open(now, *id, "recording");
            }
            Happening::InteractionEnded { record } => self.on_end(now, record),
            Happening::AgentState { agent, state, interaction, .. } => {
                let by_queue = interaction.and_then(|i| self.seen.get(&i)).is_some_and(|s| s.queue.is_some());
                self.wraps.on_state(&mut self.verdict, now, *agent, *state, *interaction);
                self.agents.on_state(&mut self.verdict, now, *agent, *state, *interaction, by_queue);
            }
            Happening::Wrapped { id, agent, wrap_up_ms, from, .. } => {
                self.figures.wrap_up_ms += wrap_up_ms;
                self.wraps.on_wrapped(*id, *agent, from.unwrap_or_default(), *wrap_up_ms);
            }
            Happening::Alarm { code, detail, .. } if matches!(&**code, "leg_given_up" | "call_too_long") => {
                self.verdict.breaks(now, Invariant::Bounded, || format!("alarm {code}: {detail}"));
            }
            Happening::Alarm { code, detail, .. } if &**code != "emergency_call" => {
                self.verdict.breaks(now, Invariant::Leases, || format!("alarm {code}: {detail}"));
            }
            _ => {}
        }
    }

    fn on_start(&mut self, now: Now, id: InteractionId, leg: LegId, direction: Direction) {
        if !self.incoming.remove(&leg) {
            self.verdict.breaks(now, Invariant::OneStart, || format!("{id} begins with leg {leg}, which it may not"));
        }
        let seen = Seen {
            direction,
            answered: false,
            ended: false,
            state: SegmentKind::Setup,
            queue: None,
            since: now.wall,
            sums: [0; 4],
            queue_talk: false,
            talked: false,
            handed: false,
            callback: false,
            visit: None,
        };
        self.by_leg.insert(leg, id);
        if self.seen.insert(id, seen).is_some() {
            self.verdict.breaks(now, Invariant::OneStart, || format!("{id} begins twice"));
        }
    }

    /// An interaction of which something is told: it has begun and not ended.
    fn open(&mut self, now: Now, id: InteractionId, what: &str) -> Option<&mut Seen> {
        let seen = self.seen.get_mut(&id).filter(|s| !s.ended);
        if seen.is_none() {
            self.verdict.breaks(now, Invariant::JournalOrder, || format!("{what}: {id} is not in progress"));
        }
        seen
    }

    fn on_state(&mut self, now: Now, id: InteractionId, state: SegmentKind, queue: Option<QueueId>) {
        if self.open(now, id, "state").is_none() {
            return;
        }
        let Some(seen) = self.seen.get_mut(&id) else { return };
        seen.pass(now.wall);
        self.queues.on_state(now, seen, state, queue);
        seen.state = state;
        seen.queue = queue;
        if state != SegmentKind::Queued {
            seen.handed = false;
        }
    }

    fn on_end(&mut self, now: Now, record: &InteractionRecord) {
        let id = record.id;
        let Some(seen) = self.seen.get_mut(&id).filter(|s| !s.ended) else {
            return self.verdict.breaks(now, Invariant::OneEnd, || format!("{id} ends, but is not in progress"));
        };
        seen.ended = true;
        // The record alone has waited for its legs' figures.
        seen.pass(record.ended);
        self.queues.on_end(seen, record);
        records::check(&mut self.verdict, now, seen, record);
        self.wraps.on_record(&mut self.verdict, now, record);
        self.fitting.on_record(&mut self.verdict, now, record);
        self.agents.on_record(record);
        self.figures.add(seen.direction, record);
    }

    // ---- now and then, and at the end ----

    /// How long a caller has heard nothing, if it still does; asked whenever that ends, and now and then.
    pub(crate) fn silence(&mut self, now: Now, id: LegId, leg: &Leg) {
        let listens = leg.up && !leg.ended && !leg.vanished && matches!(leg.party, Party::Caller(_));
        let quiet = leg.bridge.is_none() && leg.play.is_none();
        let for_s = now.mono.since(leg.silent_since).as_secs();
        if listens && quiet && for_s > SILENCE_MAX_S {
            self.verdict.breaks(now, Invariant::Silence, || format!("leg {id} hears nothing for {for_s} s"));
        }
    }

    pub(crate) fn look(&mut self, now: Now, center: &Center, legs: &HashMap<LegId, Leg>) {
        self.agents.look(&mut self.verdict, now, center);
        for (id, leg) in legs {
            self.silence(now, *id, leg);
            let other = leg.bridge.and_then(|other| legs.get(&other));
            let talks = |l: &Leg| l.up_known && !l.ended && !l.told_to_end && !l.vanished && !l.holds;
            let seen = center.interaction_of(*id).and_then(|(_, i)| self.seen.get(&i));
            let talking = seen.is_some_and(|s| s.state == SegmentKind::Talking);
            let played_s = now.mono.since(leg.plays_since).as_secs();
            if leg.play.is_some() && talking && talks(leg) && other.is_some_and(talks) && played_s > DISTURBED_MAX_S {
                self.verdict.breaks(now, Invariant::Undisturbed, || format!("leg {id} talks and is played something"));
            }
        }
    }

    pub(crate) fn at_the_end(&mut self, now: Now, center: &Center, legs: &HashMap<LegId, Leg>, queues: &[LiveQueue]) {
        let verdict = &mut self.verdict;
        for leg in &self.incoming {
            verdict.breaks(now, Invariant::OneStart, || format!("leg {leg} came in and began nothing"));
        }
        for (id, _) in self.seen.iter().filter(|(_, s)| !s.ended) {
            verdict.breaks(now, Invariant::OneEnd, || format!("{id} has not ended"));
        }
        for (leg, _) in self.legs.iter().filter(|(_, ended)| !**ended) {
            let told = legs.get(leg);
            verdict.breaks(now, Invariant::NothingLeft, || format!("leg {leg} has not ended: {told:?}"));
        }
        if center.in_progress() > 0 {
            verdict.breaks(now, Invariant::NothingLeft, || format!("{} in progress", center.in_progress()));
        }
        self.agents.at_the_end(verdict, now);
        self.queues.at_the_end(verdict, now, queues);
        self.wraps.at_the_end(verdict, now);
    }

    pub(crate) fn figures(&mut self, queues: &[LiveQueue]) -> Figures {
        let mut figures = std::mem::take(&mut self.figures);
        self.queues.tell(&mut figures, queues);
        self.agents.tell(&mut figures);
        figures
    }

    pub(crate) fn broken(&self) -> Vec<Broken> {
        let told = |(invariant, (count, first)): (&Invariant, &(u32, String))| Broken {
            invariant: *invariant,
            count: *count,
            first: first.clone(),
        };
        let mut broken: Vec<Broken> = self.verdict.0.iter().map(told).collect();
        broken.sort_by_key(|b| b.invariant);
        broken
    }
}

impl Seen {
    /// Time passes in the present state.
    fn pass(&mut self, to: Wall) {
        let ms = to.ms_since(self.since);
        if self.state == SegmentKind::Ringing {
            self.sums[3] += ms;
        }
        match self.state {
            SegmentKind::Queued => self.sums[0] += ms,
            SegmentKind::Ringing if self.queue.is_some() => self.sums[0] += ms,
            SegmentKind::Talking => self.sums[1] += ms,
            SegmentKind::Held | SegmentKind::Parked => self.sums[2] += ms,
            _ => {}
        }
        self.since = to.max(self.since);
    }
}

/// An agent, for people.
fn number(agent: AgentId) -> types::leg::Text {
    agent.to_string().into()
}
