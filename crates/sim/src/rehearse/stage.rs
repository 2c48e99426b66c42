//! The loop: the next thing that happens is told to the center, its effects are carried out.

use std::collections::HashMap;
use std::time::Duration;

use center::{AgentOrder, Center, Effect, Setup, SetupError};
use types::event::Happening;
use types::leg::{Incoming, Origin};
use types::record::AgentState;
use types::{Cause, InteractionId, LegEvent, LegId, Mono, Now, PlayId, QueueId, RecordingId, TrunkId, Wall};

use super::callers::Customer;
use super::cast::Cast;
use super::tally::Tally;
use super::{Duty, Rehearsed, Script};
use crate::agenda::Agenda;
use crate::check::{Checks, Invariant};
use crate::leg::{Caller, Leg, Party};
use crate::rng::Rng;

/// Longer than any call lasts after the last caller came: patience, two talks and what a flow says.
const TAIL: Duration = Duration::from_secs(7_000);
/// How often the states are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// An agent who missed a call notices so much later.
const NOTICES: Duration = Duration::from_secs(30);
/// How often somebody is told how far it has come, events.
const TELL_EVERY: u64 = 2_000;

/// Something that is going to happen.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// A customer calls: which of the script's.
    Arrive(usize),
    /// An agent begins or ends something: which of the script's turns.
    Turn(usize),
    /// A leg's report reaches the center.
    Deliver(LegEvent),
    /// A playback has come to its end.
    PlayOver(LegId, PlayId),
    /// A key is pressed, if the caller is still where it was so many steps into its walk.
    Press(LegId, char, usize),
    /// A caller hangs up, if it is still where it was so many steps into its walk.
    Leave(LegId, usize),
    /// A caller has waited for long enough, if it is still the same wait.
    GiveUp(LegId, u32),
    /// Nobody has taken the call for too long.
    StopRinging(LegId),
    /// Someone takes the call.
    Answer(LegId),
    /// Someone or something refuses it.
    Refuse(LegId, Cause, u16),
    /// Two have talked for long enough, if they still do.
    HangUp(LegId, u32),
    /// A message has been left.
    Hush(LegId, RecordingId),
    /// An agent is done with the work after the talk that it was at since then.
    Done(usize, Wall),
    /// An agent is there again after a call that it missed.
    Back(usize),
    /// Time to look at the states.
    Look,
}

pub(super) struct Stage<'a> {
    pub(super) script: &'a Script,
    pub(super) now: Now,
    pub(super) agenda: Agenda<Act>,
    pub(super) center: Center,
    pub(super) legs: HashMap<LegId, Leg>,
    pub(super) customers: HashMap<LegId, Customer>,
    /// The customer's leg of each interaction in progress.
    pub(super) of: HashMap<InteractionId, LegId>,
    pub(super) queues: HashMap<QueueId, types::leg::Text>,
    pub(super) cast: Cast,
    pub(super) checks: Checks,
    tally: Tally,
    trunk: TrunkId,
    /// Chance that is no caller's.
    pub(super) rng: Rng,
    unreachable: Vec<bool>,
    /// When nothing is left of the day.
    end: Mono,
    events: u64,
}

impl<'a> Stage<'a> {
    pub(super) fn new(mut setup: Setup, script: &'a Script) -> Result<Self, SetupError> {
        setup.thresholds.clear();
        setup.seed = script.seed;
        let cast = Cast::new(&mut setup);
        let now = Now { mono: Mono(0), wall: script.midnight };
        // What no carrier may bring is brought by nobody in particular.
        let unlimited = |most: u32| if most == 0 { u32::MAX } else { most };
        let trunk = setup.plan.trunks().iter().max_by_key(|trunk| unlimited(trunk.max_calls)).map(|trunk| trunk.id);
        let mut center = Center::new(1);
        let queues = setup.queues.iter().map(|queue| (queue.id, queue.name.clone())).collect();
        let tally = Tally::new(script, &setup);
        let checks = Checks::new(cast.people.clone(), &setup);
        center.add_tenant(now, setup)?;
        let mut agenda = Agenda::new();
        // Who is there at a moment is there for those who come at that moment.
        script.turns.iter().enumerate().for_each(|(i, turn)| agenda.plan(at(turn.at), Act::Turn(i)));
        script.arrivals.iter().enumerate().for_each(|(i, arrival)| agenda.plan(at(arrival.at), Act::Arrive(i)));
        agenda.plan(now.mono, Act::Look);
        let last = script.turns.iter().map(|turn| turn.at).chain(script.arrivals.iter().map(|a| a.at)).max();
        Ok(Self {
            script,
            now,
            agenda,
            center,
            legs: HashMap::new(),
            customers: HashMap::new(),
            of: HashMap::new(),
            queues,
            unreachable: vec![false; cast.members.len()],
            cast,
            checks,
            tally,
            trunk: trunk.unwrap_or(TrunkId(0)),
            rng: Rng::new(script.seed ^ 0x6e5a_11fe),
            end: at(last.unwrap_or_default()) + TAIL,
            events: 0,
        })
    }

    /// Plays the day to its end; nothing where somebody stops it.
    pub(super) fn run(mut self, watch: &mut dyn FnMut(f64) -> bool) -> Option<Rehearsed> {
        self.drain();
        while let Some(moment) = self.agenda.next().into_iter().chain(self.center.poll_timeout()).min() {
            if moment > self.end {
                break;
            }
            self.events += 1;
            if self.events.is_multiple_of(TELL_EVERY) && !watch(self.now.mono.0 as f64 / self.end.0.max(1) as f64) {
                return None;
            }
            let planned = self.agenda.next() == Some(moment);
            self.advance(moment);
            if planned {
                if let Some(act) = self.agenda.pop() {
                    self.perform(act);
                }
            } else {
                self.center.handle_timeout(self.now);
            }
            self.drain();
        }
        self.advance(self.end);
        Some(self.finish())
    }

    fn advance(&mut self, to: Mono) {
        // What comes due in the past comes now.
        let mono = to.max(self.now.mono);
        self.now = Now { mono, wall: Wall(self.script.midnight.0 + mono.as_millis() as i64) };
    }

    fn finish(mut self) -> Rehearsed {
        let queues = self.center.queues_live(self.now, self.cast.tenant());
        self.checks.at_the_end(self.now, &self.center, &self.legs, &queues);
        let mut broken = self.checks.broken();
        // Whether a talk is recorded is the settings' and the caller's choice here.
        broken.retain(|broken| broken.invariant != Invariant::Recorded);
        let unreachable = self.unreachable.iter().filter(|is| **is).count() as u32;
        let told = self.tally.tell(self.now.wall);
        Rehearsed { unreachable, broken, events: self.events, ..told }
    }

    /// Carries out what the center wants.
    pub(super) fn drain(&mut self) {
        while let Some(effect) = self.center.poll_effect() {
            match effect {
                Effect::Leg(command) => {
                    self.checks.on_command(self.now, &command, &self.legs, &self.center);
                    self.on_command(command);
                }
                Effect::Journal(event) => {
                    // A flow or a queue that is missing is the settings' fault, and told with the calls that it ended.
                    let missing = matches!(&event.what, Happening::Alarm { code, .. }
                        if matches!(&**code, "flow_missing" | "queue_refused"));
                    if !missing {
                        self.checks.on_journal(self.now, &event);
                    }
                    self.tally.on_journal(&event.what, event.at);
                    self.on_journal(&event.what);
                }
                Effect::Lookup(lookup) => self.on_lookup(&lookup),
                // Nobody in a rehearsed day looks at lamps.
                Effect::Watched { .. } | Effect::Summary(_) => {}
            }
        }
    }

    fn perform(&mut self, act: Act) {
        match act {
            Act::Arrive(i) => self.on_arrive(i),
            Act::Turn(i) => self.on_turn(i),
            Act::Deliver(event) => self.deliver(event),
            Act::PlayOver(leg, play) => self.on_play_over(leg, play),
            Act::Press(leg, key, step) => {
                if self.step_of(leg) == Some(step) {
                    self.press(leg, key);
                }
            }
            Act::Leave(leg, step) => {
                if self.step_of(leg) == Some(step) {
                    self.hang_up(leg);
                }
            }
            Act::GiveUp(leg, spell) => self.on_patience_over(leg, spell),
            Act::StopRinging(leg) => {
                if self.legs.get(&leg).is_some_and(|l| !l.up) {
                    self.hang_up(leg);
                }
            }
            Act::Answer(leg) => self.on_answer(leg),
            Act::Refuse(leg, cause, status) => {
                if self.legs.get(&leg).is_some_and(|l| !l.up) {
                    self.end_leg(leg, cause, Some(status), true);
                }
            }
            Act::HangUp(leg, epoch) => {
                if self.legs.get(&leg).is_some_and(|l| l.epoch == epoch && l.up) {
                    self.end_leg(leg, Cause::Normal, None, true);
                }
            }
            Act::Hush(leg, recording) => self.emit(LegEvent::Hushed { leg, recording }, Duration::from_millis(1)),
            Act::Done(place, since) => self.on_work_done(place, since),
            Act::Back(place) => {
                if self.cast.members[place].duty == Duty::Ready {
                    self.order(place, AgentOrder::Ready);
                }
            }
            Act::Look => {
                self.checks.look(self.now, &self.center, &self.legs);
                self.plan(LOOK_EVERY, Act::Look);
            }
        }
    }

    /// A report reaches the center.
    fn deliver(&mut self, event: LegEvent) {
        let leg = event.leg();
        match &event {
            LegEvent::Ended { measured, .. } => {
                if *measured {
                    let told = Act::Deliver(LegEvent::Measured { leg, quality: None });
                    self.plan(Duration::from_millis(20), told);
                }
                self.unbridge(leg);
                if let Some(gone) = self.legs.remove(&leg) {
                    self.checks.leg_ended(leg);
                    if let Some(place) = gone.agent() {
                        self.cast.members[place].legs.retain(|l| *l != leg);
                    }
                }
            }
            LegEvent::Answered { .. } => {
                if let Some(leg) = self.legs.get_mut(&leg) {
                    leg.up_known = true;
                }
            }
            _ => {}
        }
        self.center.handle(self.now, event);
    }

    pub(super) fn plan(&mut self, after: Duration, act: Act) {
        self.agenda.plan(self.now.mono + after, act);
    }

    fn on_arrive(&mut self, i: usize) {
        let arrival = &self.script.arrivals[i];
        let leg = self.center.new_leg(self.now);
        self.checks.leg_began(leg, true);
        self.legs.insert(leg, Leg::new(Party::Caller(Caller { wish: '-', waiting: false }), self.now.mono));
        self.customers.insert(leg, Customer::new(self.script, i));
        let call = Incoming {
            tenant: self.cast.tenant(),
            origin: Origin::Trunk(self.trunk),
            dialled: arrival.number.clone().into(),
            caller: arrival.caller.clone(),
            caller_name: types::Private::new("".into()),
            sip_call_id: leg.to_string().into(),
            peer: ([192, 0, 2, 1], 5060).into(),
            replaces: None,
            browser: None,
        };
        self.plan(super::callers::RINGS_AT_MOST, Act::StopRinging(leg));
        self.deliver(LegEvent::Incoming { leg, call: Box::new(call) });
    }

    // ---- agents ----

    fn on_turn(&mut self, i: usize) {
        let turn = &self.script.turns[i];
        let Some(place) = self.cast.place(turn.agent) else { return };
        self.cast.members[place].duty = turn.duty;
        if turn.duty != Duty::Away && !self.cast.register(self.now, &mut self.center, place) {
            self.unreachable[place] = true;
            return;
        }
        match turn.duty {
            Duty::Ready => self.order(place, AgentOrder::Ready),
            Duty::Break => self.order(place, AgentOrder::NotReady("break".into())),
            Duty::Away => self.order(place, AgentOrder::SignOut),
        }
    }

    /// An order may come too late; then it is refused, and nothing changes.
    fn order(&mut self, place: usize, order: AgentOrder) {
        let _ = self.center.order(self.now, self.cast.tenant(), self.cast.id(place), order);
    }

    fn on_work_done(&mut self, place: usize, since: Wall) {
        let status = self.center.agent_status(self.now, self.cast.tenant(), self.cast.id(place));
        let works = status.is_some_and(|status| status.state == AgentState::WrapUp && status.since == since);
        if works && self.cast.members[place].duty == Duty::Ready {
            self.order(place, AgentOrder::Ready);
        }
    }

    /// What people do when they see a state change.
    fn on_journal(&mut self, what: &Happening) {
        match what {
            Happening::InteractionStarted { id, leg, .. } if self.customers.contains_key(leg) => {
                self.of.insert(*id, *leg);
            }
            Happening::InteractionState { id, state, queue, .. } => self.on_customer_state(*id, *state, *queue),
            Happening::InteractionEnded { record } => {
                if let Some(leg) = self.of.remove(&record.id) {
                    self.customers.remove(&leg);
                }
            }
            Happening::AgentState { agent, state: AgentState::NotReady, reason: Some(reason), .. } => {
                let missed = matches!(&**reason, "rona" | "declined" | "phone_busy" | "phone_failed" | "phone_lost");
                if let Some(place) = self.cast.place(*agent).filter(|_| missed) {
                    self.plan(NOTICES, Act::Back(place));
                }
            }
            Happening::AgentState { agent, state: AgentState::WrapUp, interaction, since, .. } => {
                let since = since.unwrap_or(self.now.wall);
                let work = interaction.and_then(|id| self.wrap_up_of(id));
                if let Some((place, work)) = self.cast.place(*agent).zip(work) {
                    self.plan(work, Act::Done(place, since));
                }
            }
            _ => {}
        }
    }
}

/// So long after midnight.
fn at(after: Duration) -> Mono {
    Mono(0) + after
}
