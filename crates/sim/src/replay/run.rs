//! One run of a recorded day, in virtual time.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use acd::{Change, ConfigError, LeaveReason, OfferEnd, Output, Rejection, Router, SkillRequirement, Ticket, Wishes};
use types::leg::Text;
use types::record::AgentState;
use types::{AgentId, InteractionId, Mono, Now, Private, QueueId, Wall};

use super::customers::Customer;
use super::rings::Rings;
use super::tally::Book;
use super::{
    Arrival, Duty, End, Fared, Found, GRACE, Played, Policy, RecordedDay, Ring, RingEnd, Staffed, Turn, WrapUp,
};
use crate::agenda::Agenda;
use crate::waits::Fate;

/// How often it is told how far the run is, steps: some hundred times a second.
const TELL_EVERY: u64 = 1 << 12;

#[derive(Clone, Copy, Debug)]
enum Act {
    Change(usize),
    Turn(usize),
    Errand(usize),
    ErrandOver(usize),
    Arrive(usize),
    GiveUp(usize),
    Leave(usize),
    Take(usize, AgentId, Mono),
    Refuse(usize, AgentId, Mono, Rejection),
    Return(AgentId),
    Done(usize, AgentId),
    Wrapped(usize, AgentId),
}

/// How a customer stands.
#[derive(Clone, Copy, Debug, Default)]
struct Stay {
    has_come: bool,
    came: Mono,
    /// Until when it rings: what was to come of an older ring means nothing.
    rings: Option<Mono>,
    /// How it found the queue.
    found: Option<Found>,
    fared: Option<Fared>,
}

/// What is remembered of one who calls, as the product does.
#[derive(Clone, Copy, Debug, Default)]
struct Remembered {
    agent: Option<AgentId>,
    /// The place that it lost: in which queue, since when it had waited, and when.
    lost: Option<(QueueId, Now, Mono)>,
}

pub(super) struct Run<'a> {
    day: &'a RecordedDay,
    policy: &'a Policy,
    router: Router,
    agenda: Agenda<Act>,
    customers: Vec<Customer>,
    stays: Vec<Stay>,
    /// What follows each arrival.
    follows: HashMap<usize, Vec<usize>>,
    remembered: HashMap<Private<Text>, Remembered>,
    rings: Rings<'a>,
    /// For how long an agent will be away if it does not take the ring that it hears.
    aways: HashMap<AgentId, Duration>,
    /// What agents mean to do.
    duties: HashMap<AgentId, Duty>,
    /// What agents do, and since when.
    doing: BTreeMap<AgentId, (AgentState, Mono)>,
    staffed: Staffed,
    now: Now,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        day: &'a RecordedDay,
        policy: &'a Policy,
        customers: Vec<Customer>,
        seed: u64,
    ) -> Result<Self, ConfigError> {
        let now = Now { mono: Mono(0), wall: day.from };
        let mut router = Router::new(seed);
        for queue in &policy.queues {
            router.upsert_queue(now, queue.clone())?;
        }
        for agent in &policy.agents {
            router.upsert_agent(now, agent.clone())?;
        }
        let mut agenda = Agenda::new();
        let at = |wall: Wall| Mono::from_millis(wall.ms_since(day.from));
        // Of what is at one moment: who is there at it is there for those who come at it.
        policy.changes.iter().enumerate().for_each(|(i, (when, _))| agenda.plan(at(*when), Act::Change(i)));
        day.turns.iter().enumerate().for_each(|(i, turn)| agenda.plan(at(turn.at), Act::Turn(i)));
        day.errands.iter().enumerate().for_each(|(i, errand)| agenda.plan(at(errand.at), Act::Errand(i)));
        let mut follows: HashMap<usize, Vec<usize>> = HashMap::new();
        for (i, arrival) in day.arrivals.iter().enumerate() {
            match arrival.after {
                Some(after) => follows.entry(after.arrival).or_default().push(i),
                None => agenda.plan(at(arrival.at), Act::Arrive(i)),
            }
        }
        Ok(Self {
            day,
            policy,
            router,
            agenda,
            stays: vec![Stay::default(); customers.len()],
            customers,
            follows,
            remembered: HashMap::new(),
            rings: Rings::new(&day.rings),
            aways: HashMap::new(),
            duties: HashMap::new(),
            doing: BTreeMap::new(),
            staffed: Staffed::default(),
            now,
        })
    }

    /// Runs the day; none where `watch` does not want to go on.
    pub(super) fn go(mut self, mut book: Book, watch: &mut dyn FnMut(f64) -> bool) -> Option<Played> {
        let end = self.day_ends() + GRACE;
        for step in 0_u64.. {
            if step.is_multiple_of(TELL_EVERY) && !watch(self.now.mono.0 as f64 / end.0 as f64) {
                return None;
            }
            self.take_outputs(&mut book);
            let (planned, timer) = (self.agenda.next(), self.router.poll_timeout());
            let Some(next) = planned.into_iter().chain(timer).min().filter(|next| *next <= end) else { break };
            let next = next.max(self.now.mono);
            self.now = self.now.after(next - self.now.mono);
            if timer.is_some_and(|timer| timer <= next) {
                self.router.handle_timeout(self.now);
            } else if let Some(act) = self.agenda.pop() {
                self.on_act(&mut book, act);
            }
        }
        for i in 0..self.customers.len() {
            if self.stays[i].has_come {
                self.is_over(&mut book, i, Fate::Elsewhere, None);
            }
        }
        let agents: Vec<_> = self.doing.keys().copied().collect();
        agents.into_iter().for_each(|agent| self.does(agent, AgentState::Offline));
        Some((book.outcomes(self.staffed), self.stays.iter().map(|stay| stay.fared).collect()))
    }

    fn day_ends(&self) -> Mono {
        Mono::from_millis(self.day.to.ms_since(self.day.from))
    }

    // What the router refuses is over already, or speaks of someone whom the policy does not know: nothing happens.
    fn on_act(&mut self, book: &mut Book, act: Act) {
        let now = self.now;
        match act {
            Act::Change(i) => self.change(i),
            Act::Turn(i) => self.turn(i),
            Act::Errand(i) => {
                let errand = &self.day.errands[i];
                if self.router.busy_elsewhere(now, errand.agent, self.errand(i)).is_ok() {
                    self.agenda.plan(now.mono + errand.lasts, Act::ErrandOver(i));
                }
            }
            Act::ErrandOver(i) => {
                let _ = self.router.free_elsewhere(now, self.day.errands[i].agent, self.errand(i));
            }
            Act::Arrive(i) => self.arrive(book, i),
            Act::GiveUp(i) => {
                let (at, waits) = (self.stays[i].came, self.router.queue_of(id(i)));
                if self.router.leave(now, id(i), LeaveReason::Abandoned).is_ok() {
                    self.lost(i, waits, at);
                    self.is_over(book, i, Fate::Abandoned, None);
                }
            }
            Act::Leave(i) => {
                if self.router.leave(now, id(i), LeaveReason::Redirected).is_ok() {
                    self.is_over(book, i, Fate::Elsewhere, None);
                    self.goes_on(i, |end| end == End::Left);
                }
            }
            Act::Take(i, agent, until) => self.take(book, i, agent, until),
            Act::Refuse(i, agent, until, why) => {
                if self.rings_now(i, agent, until) && self.router.offer_rejected(now, id(i), agent, why).is_ok() {
                    self.is_away(agent);
                }
            }
            // It has gone on a break of its own meanwhile, or home.
            Act::Return(agent) if self.duties.get(&agent) != Some(&Duty::Ready) => {}
            Act::Return(agent) => drop(self.router.ready(now, agent)),
            Act::Done(i, agent) => self.done(i, agent),
            Act::Wrapped(i, agent) => {
                let at_it = self.router.agent(agent).is_some_and(|view| view.interaction == Some(id(i)));
                if at_it {
                    let _ = self.router.wrap_up_ended(now, agent);
                }
            }
        }
    }

    fn change(&mut self, i: usize) {
        let now = self.now;
        // A setting of that day was checked when it was made.
        match self.policy.changes[i].1.clone() {
            Change::Queue(queue) => drop(self.router.upsert_queue(now, queue)),
            Change::Agent(agent) => drop(self.router.upsert_agent(now, agent)),
            Change::QueueGone(queue) => drop(self.router.remove_queue(now, queue)),
            Change::AgentGone(agent) => drop(self.router.remove_agent(now, agent)),
        }
    }

    fn turn(&mut self, i: usize) {
        let (now, Turn { agent, duty, .. }) = (self.now, self.day.turns[i].clone());
        self.duties.insert(agent, duty);
        let _ = match duty {
            Duty::Away => self.router.sign_out(now, agent),
            Duty::Ready | Duty::Break => self.router.sign_in(now, agent),
        };
        let _ = match duty {
            Duty::Ready => self.router.ready(now, agent),
            Duty::Break => self.router.not_ready(now, agent, "break".into()),
            Duty::Away => Ok(()),
        };
    }

    fn arrive(&mut self, book: &mut Book, i: usize) {
        let (now, arrival) = (self.now, &self.day.arrivals[i]);
        (self.stays[i].came, self.stays[i].has_come) = (now.mono, true);
        let known = self.remembered.get(&arrival.caller).copied().filter(|_| is_known(arrival));
        let kept = known.and_then(|known| self.kept_place(arrival, known));
        let priority = self.policy.priority_of(arrival);
        let (interaction, at) = (id(i), kept.unwrap_or(now));
        let ticket = Ticket { interaction, queue: arrival.queue, priority, at, front: false, callback: false };
        let skills = arrival.skills.iter().map(|want| SkillRequirement { skill: want.skill.clone(), min: want.min });
        let sticky = self.router.queue_config(arrival.queue).and_then(|queue| queue.last_agent_wait_s).is_some();
        let agent = known.and_then(|known| known.agent).filter(|_| sticky);
        if self.router.enqueue_with(now, ticket, Wishes { skills: skills.collect(), agent }).is_err() {
            return self.is_turned_away(book, i);
        }
        self.stays[i].found = self.router.wait_note(now, interaction).map(|note| {
            let agents = note.agents;
            Found { ahead: note.ahead, at_work: agents.ready + agents.ringing + agents.talking + agents.wrap_up }
        });
        let Customer { patience, leaves, .. } = self.customers[i];
        if let Some(patience) = patience {
            self.agenda.plan(now.mono + patience, Act::GiveUp(i));
        }
        if let Some(leaves) = leaves {
            self.agenda.plan(now.mono + leaves, Act::Leave(i));
        }
    }

    /// Since when it counts as waiting where its last call to the queue was lost a short while ago; of the longest wait half
    /// is left to it.
    fn kept_place(&self, arrival: &Arrival, known: Remembered) -> Option<Now> {
        let queue = self.router.queue_config(arrival.queue)?;
        let keep = Duration::from_secs(queue.keep_place_s?.into());
        let (_, since, lost) = known.lost.filter(|(of, ..)| *of == arrival.queue)?;
        let waited = self.now.mono.since(since.mono);
        let waited = queue.max_wait_s.map_or(waited, |longest| waited.min(Duration::from_secs(longest.into()) / 2));
        let at = Now {
            mono: Mono(self.now.mono.0.saturating_sub(waited.as_micros() as u64)),
            wall: Wall(self.now.wall.0 - waited.as_millis() as i64),
        };
        (self.now.mono.since(lost) <= keep).then_some(at)
    }

    fn lost(&mut self, i: usize, queue: Option<QueueId>, came: Mono) {
        let arrival = &self.day.arrivals[i];
        let since = Now { mono: came, wall: Wall(self.day.from.0 + came.as_millis() as i64) };
        if let Some(queue) = queue.filter(|_| is_known(arrival)) {
            self.remembered.entry(arrival.caller.clone()).or_default().lost = Some((queue, since, self.now.mono));
        }
    }

    fn take(&mut self, book: &mut Book, i: usize, agent: AgentId, until: Mono) {
        let now = self.now;
        if !self.rings_now(i, agent, until) || self.router.talk_started(now, id(i), agent).is_err() {
            return;
        }
        let arrival = &self.day.arrivals[i];
        if is_known(arrival) {
            self.remembered.insert(arrival.caller.clone(), Remembered { agent: Some(agent), lost: None });
        }
        self.agenda.plan(now.mono + self.customers[i].service.talk, Act::Done(i, agent));
        self.is_over(book, i, Fate::Answered, Some(agent));
    }

    fn done(&mut self, i: usize, agent: AgentId) {
        let now = self.now;
        if self.router.talk_ended(now, id(i), agent).is_ok() {
            match self.customers[i].service.wrap_up {
                WrapUp::AsSet => {}
                WrapUp::Early(after) => self.agenda.plan(now.mono + after, Act::Wrapped(i, agent)),
                WrapUp::Longer(more) => drop(self.router.wrap_up_extend(now, agent, more)),
            }
        }
        self.goes_on(i, |end| matches!(end, End::Served(_)));
    }

    /// What followed a stay that day follows again where it has ended in the same way.
    fn goes_on(&mut self, i: usize, same: impl Fn(End) -> bool) {
        if !same(self.day.arrivals[i].end) {
            return;
        }
        for next in self.follows.remove(&i).unwrap_or_default() {
            let gap = self.day.arrivals[next].after.map_or(Duration::ZERO, |after| after.gap);
            self.agenda.plan(self.now.mono + gap, Act::Arrive(next));
        }
    }

    fn take_outputs(&mut self, book: &mut Book) {
        while let Some(output) = self.router.poll_output() {
            match output {
                Output::Offer { interaction, ring_until, .. } => {
                    let i = index(interaction);
                    self.stays[i].rings = Some(ring_until);
                    let rung: Vec<AgentId> = self.router.ringing(interaction).collect();
                    rung.into_iter().for_each(|agent| self.ring(i, agent, ring_until));
                }
                Output::OfferOver { agent, why: OfferEnd::NoAnswer, .. } => self.is_away(agent),
                Output::OfferOver { .. } => {}
                Output::WaitTooLong { interaction, .. }
                | Output::NoAgent { interaction, .. }
                | Output::QueueFull { interaction, .. } => {
                    let i = index(interaction);
                    self.is_turned_away(book, i);
                    self.goes_on(i, |end| end == End::TurnedAway);
                }
                Output::AgentState { agent, state, .. } => self.does(agent, state),
                Output::Settings(_) | Output::AsksLess { .. } | Output::LeaseExpired { .. } => {}
            }
        }
    }

    /// An agent's telephone begins to ring, and it does what it did that day.
    fn ring(&mut self, i: usize, agent: AgentId, until: Mono) {
        let now = self.now.mono;
        let usual = Ring {
            at: self.now.wall,
            lasted: self.customers[i].service.ring,
            end: RingEnd::Taken,
            away: Duration::ZERO,
        };
        let Ring { lasted, end, away, .. } = self.rings.next(agent).unwrap_or(usual);
        // Just before it would lapse, at the latest.
        let at = now + lasted.min((until - now).saturating_sub(Duration::from_millis(1)));
        self.aways.insert(agent, away);
        match end {
            RingEnd::Taken => self.agenda.plan(at, Act::Take(i, agent, until)),
            RingEnd::Missed => {}
            RingEnd::Refused(why) => self.agenda.plan(at, Act::Refuse(i, agent, until, why)),
        }
    }

    /// Whether it is still this ring that the agent hears.
    fn rings_now(&self, i: usize, agent: AgentId, until: Mono) -> bool {
        self.stays[i].rings == Some(until) && self.router.ringing(id(i)).any(|rung| rung == agent)
    }

    /// An agent who did not take a ring gets no more calls for a while.
    fn is_away(&mut self, agent: AgentId) {
        if let Some(away) = self.aways.remove(&agent) {
            self.agenda.plan(self.now.mono + away, Act::Return(agent));
        }
    }

    fn does(&mut self, agent: AgentId, state: AgentState) {
        // What goes on after midnight is the next day's.
        let now = self.now.mono.min(self.day_ends());
        let Some((before, since)) = self.doing.insert(agent, (state, now)) else { return };
        match before {
            AgentState::Offline | AgentState::NotReady => {}
            AgentState::Ready => self.staffed.ready += now - since,
            AgentState::Ringing | AgentState::Talking | AgentState::WrapUp => self.staffed.busy += now - since,
        }
    }

    /// The customer is out of its queue, once.
    fn is_over(&mut self, book: &mut Book, i: usize, fate: Fate, agent: Option<AgentId>) {
        let stay = &mut self.stays[i];
        if stay.fared.is_none() {
            let (waited, found) = (self.now.mono - stay.came, stay.found);
            stay.fared = Some(Fared { fate, turned_away: false, waited, agent, found });
            let came = Wall(self.day.from.0 + stay.came.as_millis() as i64);
            book.count(i, came, waited, fate);
        }
    }

    /// The queue does not let it in, or not wait any longer.
    fn is_turned_away(&mut self, book: &mut Book, i: usize) {
        self.is_over(book, i, Fate::Elsewhere, None);
        if let Some(fared) = &mut self.stays[i].fared {
            fared.turned_away = fared.fate == Fate::Elsewhere;
        }
    }

    /// By what the router knows a call beside the queues.
    fn errand(&self, i: usize) -> InteractionId {
        id(self.day.arrivals.len() + i)
    }
}

fn is_known(arrival: &Arrival) -> bool {
    !arrival.caller.reveal().is_empty()
}

fn id(i: usize) -> InteractionId {
    InteractionId(i as u64 + 1)
}

fn index(interaction: InteractionId) -> usize {
    (interaction.0 - 1) as usize
}
