//! A recorded day once more, under a policy of choice: the same customers come at the same moments, the same agents sit
//! there, and the very [`acd::Router`] of the product decides.
//!
//! What is assumed: every offer is taken, after as long a ring as was recorded; who talked talks for as long again,
//! whoever takes the call; who gave up gives up after the same wait; how long the others would have waited nobody knows,
//! so they wait for what they did and then for a time drawn from the patience of those who gave up; whoever never
//! talked, and does now, talks for as long as another one of its queue did. Two policies are given the same draws.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use acd::{AgentConfig, ConfigError, LeaveReason, Output, QueueConfig, Router, Ticket};
use serde::Serialize;
use types::leg::Text;
use types::record::AgentState;
use types::{AgentId, InteractionId, Mono, Now, QueueId, Wall};

use crate::agenda::Agenda;
use crate::figures::ratio;
use crate::rng::Rng;

/// So long after the day its last calls may go on: the longest talk that a router lets pass.
const GRACE: Duration = Duration::from_secs(4 * 3600);
/// What a day is called without a single talk: a short one, so that a policy that serves somebody can be seen.
const NO_TALK_KNOWN: Service = Service { ring: Duration::from_secs(5), talk: Duration::from_secs(180) };

/// A recorded day.
#[derive(Clone, Debug, Default)]
pub struct RecordedDay {
    /// Its first moment.
    pub from: Wall,
    /// Who came to queues, in any order.
    pub arrivals: Vec<Arrival>,
    /// What agents did, in order of time.
    pub turns: Vec<Turn>,
}

/// A customer who came to a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The queue.
    pub queue: QueueId,
    /// When.
    pub at: Wall,
    /// What the customer's class adds to the queue's priority.
    pub priority: i32,
    /// How long it waited.
    pub waited: Duration,
    /// How it ended.
    pub end: End,
}

/// How a recorded wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// An agent served it.
    Served(Service),
    /// The customer gave up.
    GaveUp,
    /// It went elsewhere: waited too long, no agent there, a callback.
    Elsewhere,
}

/// An agent's work on one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// The ring before it was taken.
    pub ring: Duration,
    /// The talk, with time on hold.
    pub talk: Duration,
}

/// From when on an agent was there for calls, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who.
    pub agent: AgentId,
    /// When.
    pub at: Wall,
    /// What it did.
    pub duty: Duty,
}

/// Whether an agent is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// For calls.
    Ready,
    /// Signed in, but not for calls.
    Break,
    /// Signed out.
    Away,
}

/// What decides about calls.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The queues.
    pub queues: Vec<QueueConfig>,
    /// The agents.
    pub agents: Vec<AgentConfig>,
}

/// What came of a day, or of one queue's part in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ReplayFigures {
    /// The queue's name; empty for the sum.
    pub queue: Text,
    /// Came.
    pub offered: u64,
    /// Talked with an agent.
    pub answered: u64,
    /// Gave up.
    pub abandoned: u64,
    /// Sent elsewhere: waited too long, not let in, or nobody there.
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

/// Counts what comes of a queue's customers.
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
    fn add(&mut self, other: &Self) {
        self.answered += other.answered;
        self.in_target += other.in_target;
        self.abandoned += other.abandoned;
        self.elsewhere += other.elsewhere;
        self.answered_ms += other.answered_ms;
        self.waits_ms.extend_from_slice(&other.waits_ms);
    }

    fn figures(mut self, queue: Text) -> ReplayFigures {
        self.waits_ms.sort_unstable();
        let offered = self.waits_ms.len() as u64;
        let at = |share: f64| {
            let place = (share * offered as f64).ceil() as usize;
            self.waits_ms.get(place.saturating_sub(1)).map(|ms| *ms as f64 / 1000.0)
        };
        ReplayFigures {
            queue,
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

/// The figures of each queue that somebody came to, by name, and the sum last.
fn all_figures(tallies: BTreeMap<Text, Tally>) -> Vec<ReplayFigures> {
    let mut sum = Tally::default();
    tallies.values().for_each(|tally| sum.add(tally));
    let queues = tallies.into_iter().map(|(queue, tally)| tally.figures(queue));
    queues.chain([sum.clone().figures("".into())]).collect()
}

/// What truly came of the day, in the same figures: how near a replay comes to it says what it is worth.
pub fn recorded(day: &RecordedDay, policy: &Policy) -> Vec<ReplayFigures> {
    let mut tallies: BTreeMap<Text, Tally> = BTreeMap::new();
    for arrival in &day.arrivals {
        let Some(queue) = policy.queues.iter().find(|queue| queue.id == arrival.queue) else { continue };
        let tally = tallies.entry(queue.name.clone()).or_default();
        let waited_ms = arrival.waited.as_millis() as u64;
        tally.waits_ms.push(waited_ms);
        match arrival.end {
            End::Served(_) => {
                tally.answered += 1;
                tally.answered_ms += waited_ms;
                tally.in_target += u64::from(waited_ms <= u64::from(queue.service_level_s) * 1000);
            }
            End::GaveUp => tally.abandoned += 1,
            End::Elsewhere => tally.elsewhere += 1,
        }
    }
    all_figures(tallies)
}

/// The day under a policy. The same day, policy and seed give the same figures.
///
/// # Errors
/// A queue or an agent of the policy that makes no sense.
pub fn replay(day: &RecordedDay, policy: &Policy, seed: u64) -> Result<Vec<ReplayFigures>, ConfigError> {
    let mut run = Run::new(day, policy, seed)?;
    run.go();
    Ok(run.figures())
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Arrive(usize),
    Turn(usize),
    GiveUp(usize),
    Take(usize, AgentId, Mono),
    Done(usize, AgentId),
}

/// A customer, with what nobody recorded drawn.
#[derive(Clone, Debug)]
struct Customer {
    patience: Option<Duration>,
    service: Service,
    since: Mono,
    /// Whom it rings, and until when: an older ring's end means nothing.
    rings: Option<(AgentId, Mono)>,
    is_out: bool,
}

struct Run<'a> {
    day: &'a RecordedDay,
    router: Router,
    agenda: Agenda<Act>,
    customers: Vec<Customer>,
    names: HashMap<QueueId, (Text, u32)>,
    tallies: BTreeMap<Text, Tally>,
    staff: BTreeMap<AgentId, (AgentState, Mono)>,
    ready: Duration,
    busy: Duration,
    now: Now,
}

impl<'a> Run<'a> {
    fn new(day: &'a RecordedDay, policy: &Policy, seed: u64) -> Result<Self, ConfigError> {
        let now = Now { mono: Mono(0), wall: day.from };
        let mut router = Router::new(seed);
        for queue in &policy.queues {
            router.upsert_queue(now, queue.clone())?;
        }
        for agent in &policy.agents {
            router.upsert_agent(now, agent.clone())?;
        }
        let names = policy.queues.iter().map(|q| (q.id, (q.name.clone(), q.service_level_s))).collect();
        let mut agenda = Agenda::new();
        let at = |wall: Wall| Mono::from_millis(wall.ms_since(day.from));
        // Who is there at a moment is there for those who come at that moment.
        day.turns.iter().enumerate().for_each(|(i, turn)| agenda.plan(at(turn.at), Act::Turn(i)));
        day.arrivals.iter().enumerate().for_each(|(i, arrival)| agenda.plan(at(arrival.at), Act::Arrive(i)));
        let customers = customers(day, seed);
        Ok(Self {
            day,
            router,
            agenda,
            customers,
            names,
            tallies: BTreeMap::new(),
            staff: BTreeMap::new(),
            ready: Duration::ZERO,
            busy: Duration::ZERO,
            now,
        })
    }

    fn go(&mut self) {
        let last = self.day.arrivals.iter().map(|a| a.at).chain(self.day.turns.iter().map(|t| t.at)).max();
        let end = Mono::from_millis(last.unwrap_or(self.day.from).ms_since(self.day.from)) + GRACE;
        loop {
            self.take_outputs();
            let (planned, timer) = (self.agenda.next(), self.router.poll_timeout());
            let Some(next) = planned.into_iter().chain(timer).min().filter(|next| *next <= end) else { break };
            let next = next.max(self.now.mono);
            self.now = self.now.after(next - self.now.mono);
            if timer.is_some_and(|timer| timer <= next) {
                self.router.handle_timeout(self.now);
            } else if let Some(act) = self.agenda.pop() {
                self.on_act(act);
            }
        }
        for waiting in 0..self.customers.len() {
            self.is_lost(waiting, |tally| tally.elsewhere += 1);
        }
        let agents: Vec<_> = self.staff.keys().copied().collect();
        agents.into_iter().for_each(|agent| self.is_now(agent, AgentState::Offline));
    }

    // What the router refuses is over already, or speaks of someone that the policy does not know: nothing happens.
    fn on_act(&mut self, act: Act) {
        let now = self.now;
        match act {
            Act::Arrive(i) => self.arrive(i),
            Act::Turn(i) => {
                let Turn { agent, duty, .. } = self.day.turns[i];
                let _ = match duty {
                    Duty::Away => self.router.sign_out(now, agent),
                    _ => self.router.sign_in(now, agent),
                };
                let _ = match duty {
                    Duty::Ready => self.router.ready(now, agent),
                    Duty::Break => self.router.not_ready(now, agent, "break".into()),
                    Duty::Away => Ok(()),
                };
            }
            Act::GiveUp(i) => {
                if self.router.leave(now, id(i), LeaveReason::Abandoned).is_ok() {
                    self.is_lost(i, |tally| tally.abandoned += 1);
                }
            }
            Act::Take(i, agent, until) => {
                if self.customers[i].rings == Some((agent, until))
                    && self.router.talk_started(now, id(i), agent).is_ok()
                {
                    self.agenda.plan(now.mono + self.customers[i].service.talk, Act::Done(i, agent));
                    self.is_answered(i);
                }
            }
            Act::Done(i, agent) => {
                let _ = self.router.talk_ended(now, id(i), agent);
            }
        }
    }

    fn arrive(&mut self, i: usize) {
        let Arrival { queue, priority, .. } = self.day.arrivals[i];
        self.customers[i].since = self.now.mono;
        let ticket = Ticket { interaction: id(i), queue, priority, at: self.now, front: false };
        if self.router.enqueue(self.now, ticket).is_err() {
            return self.is_lost(i, |tally| tally.elsewhere += 1);
        }
        if let Some(patience) = self.customers[i].patience {
            self.agenda.plan(self.now.mono + patience, Act::GiveUp(i));
        }
    }

    fn take_outputs(&mut self) {
        while let Some(output) = self.router.poll_output() {
            match output {
                Output::Offer { interaction, agent, ring_until, .. } => {
                    let i = index(interaction);
                    // Just before it would lapse, at the latest.
                    let most = (ring_until - self.now.mono).saturating_sub(Duration::from_millis(1));
                    self.customers[i].rings = Some((agent, ring_until));
                    let taken = self.now.mono + self.customers[i].service.ring.min(most);
                    self.agenda.plan(taken, Act::Take(i, agent, ring_until));
                }
                Output::OfferOver { interaction, .. } => self.customers[index(interaction)].rings = None,
                Output::WaitTooLong { interaction, .. }
                | Output::NoAgent { interaction, .. }
                | Output::QueueFull { interaction, .. } => {
                    self.is_lost(index(interaction), |tally| tally.elsewhere += 1);
                }
                Output::AgentState { agent, state, .. } => self.is_now(agent, state),
                Output::Settings(_) | Output::LeaseExpired { .. } => {}
            }
        }
    }

    fn is_now(&mut self, agent: AgentId, state: AgentState) {
        let now = self.now.mono;
        let Some((before, since)) = self.staff.insert(agent, (state, now)) else { return };
        match before {
            AgentState::Offline | AgentState::NotReady => {}
            AgentState::Ready => self.ready += now - since,
            _ => self.busy += now - since,
        }
    }

    /// The customer is out of its queue, once.
    fn is_out(&mut self, i: usize) -> Option<(&mut Tally, u64, u32)> {
        if std::mem::replace(&mut self.customers[i].is_out, true) {
            return None;
        }
        let (name, target_s) = self.names.get(&self.day.arrivals[i].queue)?;
        let wait_ms = (self.now.mono - self.customers[i].since).as_millis() as u64;
        let tally = self.tallies.entry(name.clone()).or_default();
        tally.waits_ms.push(wait_ms);
        Some((tally, wait_ms, *target_s))
    }

    fn is_lost(&mut self, i: usize, count: impl FnOnce(&mut Tally)) {
        if let Some((tally, ..)) = self.is_out(i) {
            count(tally);
        }
    }

    fn is_answered(&mut self, i: usize) {
        if let Some((tally, wait_ms, target_s)) = self.is_out(i) {
            tally.answered += 1;
            tally.answered_ms += wait_ms;
            tally.in_target += u64::from(wait_ms <= u64::from(target_s) * 1000);
        }
    }

    fn figures(self) -> Vec<ReplayFigures> {
        let mut all = all_figures(self.tallies);
        if let Some(sum) = all.last_mut() {
            sum.occupancy = ratio(self.busy.as_millis() as u64, (self.busy + self.ready).as_millis() as u64);
        }
        all
    }
}

fn id(i: usize) -> InteractionId {
    InteractionId(i as u64 + 1)
}

fn index(interaction: InteractionId) -> usize {
    (interaction.0 - 1) as usize
}

/// What nobody recorded is drawn, in the day's order: no policy changes it.
fn customers(day: &RecordedDay, seed: u64) -> Vec<Customer> {
    let mut rng = Rng::new(seed);
    let gave_up = day.arrivals.iter().filter(|a| a.end == End::GaveUp).count();
    let waited: f64 = day.arrivals.iter().map(|a| a.waited.as_secs_f64()).sum();
    // Exponential patience, of which most waits show only the beginning: the likeliest mean.
    let mean_s = (gave_up > 0).then(|| waited / gave_up as f64);
    let mut known: HashMap<QueueId, Vec<Service>> = HashMap::new();
    for arrival in &day.arrivals {
        if let End::Served(service) = arrival.end {
            known.entry(arrival.queue).or_default().push(service);
        }
    }
    let customer = |arrival: &Arrival| {
        let patience = match arrival.end {
            End::GaveUp => Some(arrival.waited),
            _ => mean_s.map(|mean_s| arrival.waited + rng.exponential(mean_s)),
        };
        let service = match (arrival.end, known.get(&arrival.queue)) {
            (End::Served(service), _) => service,
            (_, Some(some)) => some[rng.below(some.len())],
            (_, None) => NO_TALK_KNOWN,
        };
        Customer { patience, service, since: Mono(0), rings: None, is_out: false }
    };
    day.arrivals.iter().map(customer).collect()
}
