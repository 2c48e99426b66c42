//! The router under random operations in virtual time, against a naive model: no agent with two
//! offers or talks, none stuck past a lease, nothing waits while a suitable agent is ready, the
//! order is right, nothing is lost or doubled, and the figures add up.

use std::collections::BTreeMap;
use std::time::Duration;

use acd::{
    AgentConfig, LeaveReason, NoAgentPolicy, OfferEnd, Output, QueueConfig, Rejection, Router, SkillRequirement,
    Strategy as Choice, Ticket,
};
use proptest::prelude::*;
use types::record::{AgentState, Decision};
use types::{AgentId, InteractionId, Mono, Now, QueueId, TenantId, Wall};

const QUEUES: u64 = 3;
const AGENTS: u64 = 6;
const STRATEGIES: [Choice; 8] = [
    Choice::LongestIdle,
    Choice::RoundRobin,
    Choice::LeastTalk,
    Choice::FewestContacts,
    Choice::Linear,
    Choice::Random,
    Choice::Weighted,
    Choice::BestSkill,
];
const PRIORITIES: [i32; 4] = [0, 5, -20, 900];

#[derive(Clone, Debug)]
enum Op {
    Enqueue { queue: u64, priority: usize, front: bool },
    Leave { nth: usize, abandoned: bool },
    Accept(u64),
    Reject(u64, usize),
    TalkStarted(u64),
    TalkEnded(u64),
    TalkAlive(u64),
    WrapUpEnded(u64),
    WrapUpExtend(u64),
    SignIn(u64),
    SignOut(u64),
    Ready(u64),
    NotReady(u64),
    BusyElsewhere(u64),
    FreeElsewhere(u64),
    TookOnEnded(u64, u64),
    Pass(u64),
    Due,
    ChangeQueue { queue: u64, variant: u8 },
    RemoveQueue(u64),
    ChangeAgent { agent: u64, queues: u8 },
    RemoveAgent(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let agent = 1..=AGENTS;
    prop_oneof![
        12 => (1..=QUEUES, 0..PRIORITIES.len(), prop::bool::weighted(0.1))
            .prop_map(|(queue, priority, front)| Op::Enqueue { queue, priority, front }),
        3 => (0usize..20, any::<bool>()).prop_map(|(nth, abandoned)| Op::Leave { nth, abandoned }),
        10 => agent.clone().prop_map(Op::Accept),
        3 => (agent.clone(), 0usize..4).prop_map(|(agent, why)| Op::Reject(agent, why)),
        10 => agent.clone().prop_map(Op::TalkStarted),
        10 => agent.clone().prop_map(Op::TalkEnded),
        1 => agent.clone().prop_map(Op::TalkAlive),
        2 => agent.clone().prop_map(Op::WrapUpEnded),
        1 => agent.clone().prop_map(Op::WrapUpExtend),
        4 => agent.clone().prop_map(Op::SignIn),
        1 => agent.clone().prop_map(Op::SignOut),
        10 => agent.clone().prop_map(Op::Ready),
        2 => agent.clone().prop_map(Op::NotReady),
        1 => agent.clone().prop_map(Op::BusyElsewhere),
        2 => agent.clone().prop_map(Op::FreeElsewhere),
        1 => (agent.clone(), 1..=QUEUES).prop_map(|(agent, queue)| Op::TookOnEnded(agent, queue)),
        8 => prop_oneof![0u64..3_000, 0u64..40_000].prop_map(Op::Pass),
        8 => Just(Op::Due),
        1 => (1..=QUEUES, any::<u8>()).prop_map(|(queue, variant)| Op::ChangeQueue { queue, variant }),
        1 => (1..=QUEUES).prop_map(Op::RemoveQueue),
        1 => (agent.clone(), 0u8..8).prop_map(|(agent, queues)| Op::ChangeAgent { agent, queues }),
        1 => agent.prop_map(Op::RemoveAgent),
    ]
}

/// A term so that the greater wins.
fn won_by(term: &types::record::Term) -> i64 {
    let least = ["talk_ms", "contacts", "order", "agent_number"].contains(&&*term.name);
    assert!(term.value >= 0 || &*term.name == "weighted_lot", "{term:?}");
    if least { -term.value } else { term.value }
}

/// A queue's settings; the variant decides on what matters to the order and the policies.
fn queue_config(id: u64, variant: u8) -> QueueConfig {
    let mut config = QueueConfig::new(QueueId(id), TenantId(1), "queue");
    config.strategy = STRATEGIES[usize::from(variant) % STRATEGIES.len()];
    config.ageing = if variant & 2 == 0 { 1.0 } else { 0.0 };
    config.max_wait_s = (variant & 4 == 0).then_some(60);
    config.max_length = if variant & 8 == 0 { 4 } else { 50 };
    config.wrap_up_s = if variant & 16 == 0 { 10 } else { 0 };
    config.no_agent = match variant >> 5 & 3 {
        0 => NoAgentPolicy::Leave,
        1 => NoAgentPolicy::Refuse,
        _ => NoAgentPolicy::Wait,
    };
    config.priority = if variant & 128 == 0 { 0 } else { 50 };
    config.ring_timeout_s = 15;
    if id == 3 {
        config.skills = vec![SkillRequirement { skill: "english".into(), min: 5 }];
    }
    config
}

/// Agents 2, 4 and 6 speak English; agent 6 belongs to somebody else.
fn agent_config(id: u64, queues: u8) -> AgentConfig {
    let tenant = TenantId(if id == 6 { 2 } else { 1 });
    let queues: Vec<_> = (0..3).filter(|bit| queues >> bit & 1 == 1).map(|bit| QueueId(bit + 1)).collect();
    let mut config = AgentConfig::new(AgentId(id), tenant, "1001", &queues);
    config.skills.insert("english".into(), if id.is_multiple_of(2) { 7 } else { 4 });
    config.return_after_s = (id == 1).then_some(5);
    config.weight = id as u16;
    config
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Waiting,
    Offered(AgentId),
    Connecting(AgentId),
}

#[derive(Clone, Copy, Debug)]
struct Call {
    ticket: Ticket,
    serial: u64,
    counted: bool,
    place: Place,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Figures {
    offered: u64,
    answered: u64,
    abandoned: u64,
    overflowed: u64,
    refused: u64,
}

/// What an onlooker knows.
struct Model {
    router: Router,
    now: Now,
    queues: BTreeMap<QueueId, QueueConfig>,
    agents: BTreeMap<AgentId, AgentConfig>,
    calls: BTreeMap<InteractionId, Call>,
    talks: BTreeMap<AgentId, InteractionId>,
    figures: BTreeMap<QueueId, Figures>,
    next: u64,
    /// What somebody knows who reads the outputs alone, and would decide again.
    replay: acd::Replay,
}

impl Model {
    fn new() -> Self {
        // Noon in China.
        let now = Now { mono: Mono::from_millis(1000), wall: Wall(1_795_406_400_000) };
        let mut model = Self {
            router: Router::new(7),
            now,
            queues: BTreeMap::new(),
            agents: BTreeMap::new(),
            calls: BTreeMap::new(),
            talks: BTreeMap::new(),
            figures: BTreeMap::new(),
            next: 1,
            replay: acd::Replay::new(7),
        };
        for id in 1..=AGENTS {
            model.change_agent(id, [1, 3, 7, 7, 5, 7][id as usize - 1]);
        }
        for id in 1..=QUEUES {
            model.change_queue(id, [0, 3, 0b100_1000][id as usize - 1]);
        }
        model
    }

    fn change_queue(&mut self, id: u64, variant: u8) {
        let config = queue_config(id, variant);
        self.queues.insert(QueueId(id), config.clone());
        self.router.upsert_queue(self.now, config).expect("sound settings");
    }

    fn change_agent(&mut self, id: u64, queues: u8) {
        let config = agent_config(id, queues);
        self.agents.insert(AgentId(id), config.clone());
        self.router.upsert_agent(self.now, config).expect("sound settings");
    }

    fn call_of(&self, agent: u64) -> Option<(InteractionId, Place)> {
        let agent = AgentId(agent);
        self.calls
            .iter()
            .find(|(_, call)| matches!(call.place, Place::Offered(a) | Place::Connecting(a) if a == agent))
            .map(|(id, call)| (*id, call.place))
    }

    fn end(&mut self, id: InteractionId, count: impl FnOnce(&mut Figures)) {
        let call = self.calls.remove(&id).expect("known");
        if call.counted {
            count(self.figures.entry(call.ticket.queue).or_default());
        }
    }

    /// An agent has answered it: that counts, whatever comes of it.
    fn answered(&mut self, id: InteractionId) {
        let call = self.calls.get_mut(&id).expect("known");
        if std::mem::take(&mut call.counted) {
            self.figures.entry(call.ticket.queue).or_default().answered += 1;
        }
    }

    fn back(&mut self, id: InteractionId) {
        let call = self.calls.get_mut(&id).expect("known");
        call.place = Place::Waiting;
        call.ticket.front = true;
    }

    /// The order of those who wait: the least is the next.
    fn order(&self, call: &Call) -> (bool, i64, Mono, u64) {
        let queue = &self.queues[&call.ticket.queue];
        let priority = i64::from((call.ticket.priority + queue.priority).clamp(-1000, 1000));
        let waited_us = (self.now.mono.0 - call.ticket.at.mono.0) as i64;
        let score = priority * 1_000_000 + if queue.ageing > 0.0 { waited_us } else { 0 };
        (!call.ticket.front, -score, call.ticket.at.mono, call.serial)
    }

    fn apply(&mut self, op: Op) {
        let now = self.now;
        match op {
            Op::Enqueue { queue, priority, front } => self.enqueue(QueueId(queue), PRIORITIES[priority], front),
            Op::Leave { nth, abandoned } => {
                let Some(id) = self.calls.keys().nth(nth).copied() else { return };
                let reason = if abandoned { LeaveReason::Abandoned } else { LeaveReason::Redirected };
                self.end(id, |f| if abandoned { f.abandoned += 1 } else { f.overflowed += 1 });
                self.router.leave(now, id, reason).expect("held");
            }
            Op::Accept(agent) => {
                let Some((id, place)) = self.call_of(agent) else { return };
                let offered = matches!(place, Place::Offered(_));
                assert_eq!(self.router.offer_accepted(now, id, AgentId(agent)).is_ok(), offered);
                self.answered(id);
                self.calls.get_mut(&id).expect("known").place = Place::Connecting(AgentId(agent));
            }
            Op::Reject(agent, why) => {
                let why = [Rejection::Declined, Rejection::NoAnswer, Rejection::Busy, Rejection::Failed][why];
                if let Some((id, _)) = self.call_of(agent) {
                    self.back(id);
                    self.router.offer_rejected(now, id, AgentId(agent), why).expect("offered");
                } else if self.agents.contains_key(&AgentId(agent)) {
                    let stale = self.router.offer_rejected(now, InteractionId(1), AgentId(agent), why);
                    assert_eq!(stale, Err(acd::Error::Stale));
                }
            }
            Op::TalkStarted(agent) => {
                let Some((id, _)) = self.call_of(agent) else { return };
                self.answered(id);
                self.calls.remove(&id);
                assert_eq!(self.talks.insert(AgentId(agent), id), None, "one talk at a time");
                self.router.talk_started(now, id, AgentId(agent)).expect("offered");
            }
            Op::TalkEnded(agent) => {
                let Some(id) = self.talks.remove(&AgentId(agent)) else { return };
                self.router.talk_ended(now, id, AgentId(agent)).expect("talking");
            }
            Op::RemoveQueue(queue) => {
                let known = self.queues.contains_key(&QueueId(queue));
                assert_eq!(self.router.remove_queue(now, QueueId(queue)).is_ok(), known);
            }
            Op::RemoveAgent(agent) => {
                self.talks.remove(&AgentId(agent));
                let known = self.agents.remove(&AgentId(agent)).is_some();
                assert_eq!(self.router.remove_agent(now, AgentId(agent)).is_ok(), known);
            }
            Op::ChangeQueue { queue, variant } => self.change_queue(queue, variant),
            Op::ChangeAgent { agent, queues } => self.change_agent(agent, queues),
            Op::Pass(ms) => self.pass(Duration::from_millis(ms)),
            Op::Due => {
                if let Some(at) = self.router.poll_timeout() {
                    self.pass(at - now.mono);
                }
            }
            other => self.wish(other),
        }
    }

    /// Operations that the router may refuse without harm.
    fn wish(&mut self, op: Op) {
        let (router, now) = (&mut self.router, self.now);
        let elsewhere = |agent: u64| InteractionId(1_000_000 + agent);
        let _ = match op {
            Op::TalkAlive(agent) => router.talk_alive(now, AgentId(agent)),
            Op::WrapUpEnded(agent) => router.wrap_up_ended(now, AgentId(agent)),
            Op::WrapUpExtend(agent) => router.wrap_up_extend(now, AgentId(agent), Duration::from_secs(2000)),
            Op::SignIn(agent) => router.sign_in(now, AgentId(agent)),
            Op::SignOut(agent) => router.sign_out(now, AgentId(agent)),
            Op::Ready(agent) => router.ready(now, AgentId(agent)),
            Op::NotReady(agent) => router.not_ready(now, AgentId(agent), "lunch".into()),
            Op::BusyElsewhere(agent) => router.busy_elsewhere(now, AgentId(agent), elsewhere(agent)),
            Op::FreeElsewhere(agent) => router.free_elsewhere(now, AgentId(agent), elsewhere(agent)),
            Op::TookOnEnded(agent, queue) => {
                router.took_on_ended(now, elsewhere(agent), AgentId(agent), QueueId(queue), now.mono)
            }
            other => panic!("{other:?} is not a wish"),
        };
    }

    fn enqueue(&mut self, queue: QueueId, priority: i32, front: bool) {
        // Some of those who come want to be called back.
        let callback = !front && self.next.is_multiple_of(7);
        let counted = !front && !callback;
        let ticket = Ticket { interaction: InteractionId(self.next), queue, priority, at: self.now, front, callback };
        let known = self.queues.contains_key(&queue);
        if known {
            let call = Call { ticket, serial: self.next, counted, place: Place::Waiting };
            self.calls.insert(ticket.interaction, call);
            if counted {
                self.figures.entry(queue).or_default().offered += 1;
            }
        }
        self.next += 1;
        assert_eq!(self.router.enqueue(self.now, ticket).is_ok(), known);
        if self.router.queue_of(ticket.interaction).is_some() {
            assert_eq!(self.router.enqueue(self.now, ticket), Err(acd::Error::AlreadyQueued));
        }
    }

    fn pass(&mut self, time: Duration) {
        // The wall clock crawls, so that no midnight clears the figures.
        self.now.mono = self.now.mono + time;
        self.now.wall.0 += time.as_secs() as i64;
        self.router.handle_timeout(self.now);
        assert!(self.router.poll_timeout().is_none_or(|at| at > self.now.mono), "what was due has been done");
    }

    fn drain(&mut self, op: &Op) {
        while let Some(output) = self.router.poll_output() {
            match output {
                Output::Offer { interaction, agent, queue, decision, ring_until } => {
                    assert_eq!(ring_until, self.now.mono + Duration::from_secs(15));
                    let ranking = self.replay.rank(queue, &decision.need, self.now.mono).expect("somebody was ready");
                    assert!(ranking.agrees_with(&decision), "{ranking:?} {decision:?}");
                    self.offered(interaction, agent, queue, &decision);
                }
                Output::OfferOver { interaction, agent, why, .. } => {
                    if why != OfferEnd::Left {
                        assert!(matches!(self.calls[&interaction].place,
                            Place::Offered(a) | Place::Connecting(a) if a == agent));
                        self.back(interaction);
                    }
                }
                Output::Settings(change) => self.replay.change(*change),
                Output::AsksLess { .. } => {}
                Output::AgentState { agent, state, until, queue, clock, worked, need, .. } => {
                    if let Some(queue) = queue {
                        self.replay.offered(queue, &need, agent);
                    }
                    self.replay.agent_state(agent, state, clock.filter(|_| state == AgentState::Ready), worked);
                    assert!(until.is_none_or(|until| until >= self.now.mono));
                    let bounded = matches!(state, AgentState::Ringing | AgentState::Talking | AgentState::WrapUp);
                    assert!(until.is_some() || !bounded, "{agent}: {state:?} has to end by itself");
                }
                Output::WaitTooLong { interaction, queue } => {
                    let call = self.calls[&interaction];
                    assert!(!call.ticket.callback, "a callback waits as long as it takes");
                    let max_wait = self.queues[&queue].max_wait_s.expect("a limit");
                    assert!(self.now.mono - call.ticket.at.mono >= Duration::from_secs(max_wait.into()));
                    assert_eq!(call.place, Place::Waiting);
                    self.end(interaction, |f| f.overflowed += 1);
                }
                Output::QueueFull { interaction, .. } => self.refused(interaction),
                Output::NoAgent { interaction, .. } => {
                    let call = self.calls[&interaction];
                    if matches!(op, Op::Enqueue { front: false, .. }) && call.serial + 1 == self.next {
                        self.refused(interaction);
                    } else {
                        self.end(interaction, |f| f.overflowed += 1);
                    }
                }
                Output::LeaseExpired { agent, interaction, .. } => {
                    if self.talks.get(&agent) == Some(&interaction) {
                        self.talks.remove(&agent);
                    }
                }
            }
        }
        if let Op::RemoveQueue(queue) = op {
            self.queues.remove(&QueueId(*queue));
            self.figures.remove(&QueueId(*queue));
        }
    }

    fn refused(&mut self, interaction: InteractionId) {
        let call = self.calls.remove(&interaction).expect("known");
        let figures = self.figures.entry(call.ticket.queue).or_default();
        figures.offered -= 1;
        figures.refused += 1;
    }

    /// The right one of those who wait goes to a suitable agent who has nothing else to do.
    fn offered(&mut self, interaction: InteractionId, agent: AgentId, queue: QueueId, decision: &Decision) {
        let call = self.calls[&interaction];
        assert_eq!(call.place, Place::Waiting, "not offered twice");
        assert!(self.queues[&queue].suits(&self.agents[&agent]) && self.agents[&agent].queues.contains(&queue));
        assert!(!self.talks.contains_key(&agent) && self.call_of(agent.0).is_none(), "nobody has two calls");
        let first = self
            .calls
            .values()
            .filter(|other| other.ticket.queue == queue && other.place == Place::Waiting)
            .min_by_key(|other| self.order(other))
            .expect("this one at least");
        assert_eq!(first.ticket.interaction, interaction, "the first in line goes first");
        assert_eq!(decision.winner.agent, agent);
        let ranks: Vec<Vec<i64>> = std::iter::once(&decision.winner)
            .chain(&decision.next)
            .map(|candidate| candidate.terms.iter().map(won_by).collect())
            .collect();
        assert!(ranks.is_sorted_by(|a, b| a >= b), "best first: {ranks:?}");
        let members = self.agents.values().filter(|agent| agent.queues.contains(&queue)).count();
        let excluded: u32 = decision.excluded.iter().map(|excluded| excluded.count).sum();
        assert_eq!(ranks.len() + excluded as usize, members, "each member is a candidate or excluded");
        self.calls.get_mut(&interaction).expect("known").place = Place::Offered(agent);
    }

    fn check(&self) {
        for (id, call) in &self.calls {
            assert_eq!(self.router.queue_of(*id), Some(call.ticket.queue), "nothing is lost");
        }
        for queue in self.queues.values() {
            self.check_queue(queue);
        }
        for view in self.router.agents() {
            assert!(view.until.is_none_or(|until| until > self.now.mono), "{view:?} is stuck");
            let held = self.call_of(view.agent.0);
            match view.state {
                AgentState::Ringing => {
                    assert_eq!(held, view.interaction.map(|id| (id, Place::Offered(view.agent))));
                }
                AgentState::Talking => {
                    let talk = self.talks.get(&view.agent).copied().or(held.map(|(id, _)| id));
                    assert!(talk == view.interaction || view.interaction.is_some_and(|id| id.0 > 1_000_000));
                }
                _ => assert!(held.is_none() && !self.talks.contains_key(&view.agent), "{view:?}"),
            }
        }
        assert_eq!(self.router.agents().count(), self.agents.len());
    }

    fn check_queue(&self, config: &QueueConfig) {
        let mut waiting: Vec<_> =
            self.calls.values().filter(|call| call.ticket.queue == config.id && call.place == Place::Waiting).collect();
        waiting.sort_by_key(|call| self.order(call));
        for (index, call) in waiting.iter().enumerate() {
            assert_eq!(self.router.position(call.ticket.interaction), Some(index + 1));
        }
        let snapshot = self.router.snapshot(self.now, config.id).expect("known");
        let callers = || waiting.iter().filter(|call| !call.ticket.callback);
        assert_eq!((snapshot.waiting + snapshot.callbacks) as usize, waiting.len());
        assert_eq!(snapshot.waiting as usize, callers().count());
        assert_eq!(snapshot.longest_wait_since, callers().map(|call| call.ticket.at.wall).min());
        let count = |state| {
            let suits = |id| self.agents[&id].queues.contains(&config.id) && config.suits(&self.agents[&id]);
            self.router.agents().filter(|view| view.state == state && suits(view.agent)).count() as u32
        };
        assert_eq!(
            [snapshot.ready, snapshot.ringing, snapshot.talking, snapshot.wrap_up, snapshot.not_ready],
            [AgentState::Ready, AgentState::Ringing, AgentState::Talking, AgentState::WrapUp, AgentState::NotReady]
                .map(count)
        );
        assert!(waiting.is_empty() || snapshot.ready == 0, "nothing waits while a suitable agent is ready");
        let figures = Figures {
            offered: snapshot.offered,
            answered: snapshot.answered,
            abandoned: snapshot.abandoned,
            overflowed: snapshot.overflowed,
            refused: snapshot.refused,
        };
        assert_eq!(figures, self.figures.get(&config.id).copied().unwrap_or_default());
        let held = self.calls.values().filter(|call| call.ticket.queue == config.id && call.counted).count() as u64;
        assert_eq!(figures.offered, figures.answered + figures.abandoned + figures.overflowed + held);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]
    #[test]
    fn a_random_day_breaks_nothing(ops in prop::collection::vec(op(), 1..300)) {
        let mut model = Model::new();
        model.drain(&Op::Due);
        for op in ops {
            model.apply(op.clone());
            model.drain(&op);
            model.check();
        }
        // At the day's end all leases run out, and nobody is left behind.
        for id in 1..=AGENTS {
            let _ = model.router.sign_out(model.now, AgentId(id));
        }
        model.drain(&Op::Due);
        while let Some(at) = model.router.poll_timeout() {
            model.pass(at - model.now.mono);
            model.drain(&Op::Due);
            model.check();
        }
        prop_assert!(model.router.agents().all(|view| view.state == AgentState::Offline));
        prop_assert!(model.talks.is_empty());
    }
}
