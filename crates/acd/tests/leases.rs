//! Whoever dies in the middle of a call says nothing more: no refusal, no end of a talk, no way out of the line. States
//! are leases, so that within the lease all is free again, and the wall hears of each that had to be ended.

use std::collections::BTreeMap;
use std::time::Duration;

use acd::{AgentConfig, Limits, NoAgentPolicy, Output, QueueConfig, Rejection, Router, Ticket};
use proptest::prelude::*;
use types::record::AgentState;
use types::{AgentId, InteractionId, Mono, Now, QueueId, TenantId, Wall};

const T: TenantId = TenantId(1);
const Q: QueueId = QueueId(1);
const AGENTS: u64 = 4;
const RING_S: u64 = 15;
const MAX_WAIT_S: u64 = 120;
const WRAP_UP_S: u32 = 20;
const LIMITS: Limits =
    Limits { connect: Duration::from_secs(30), talk: Duration::from_secs(300), wrap_up: Duration::from_secs(60) };
/// A place is given up at its longest wait; an agent who is about to take it may have it for one offer longer.
const PLACE_LEASE: Duration = Duration::from_secs(MAX_WAIT_S + RING_S + 30);

#[derive(Clone, Debug)]
enum Op {
    Call,
    Accept(u64),
    Refuse(u64),
    TalkStarted(u64),
    TalkEnded(u64),
    Extend(u64),
    Alive(u64),
    HangUp(usize),
    Pass(u64),
    /// The agent's telephone and page are gone.
    KillAgent(u64),
    /// The customer is gone, and nobody hears of it.
    KillCaller(usize),
    /// The agent's program starts anew: it signs in and wants calls, and knows of none that it had.
    Restart(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let agent = 1..=AGENTS;
    prop_oneof![
        8 => Just(Op::Call),
        8 => agent.clone().prop_map(Op::Accept),
        1 => agent.clone().prop_map(Op::Refuse),
        8 => agent.clone().prop_map(Op::TalkStarted),
        5 => agent.clone().prop_map(Op::TalkEnded),
        1 => agent.clone().prop_map(Op::Extend),
        1 => agent.clone().prop_map(Op::Alive),
        1 => (0usize..20).prop_map(Op::HangUp),
        10 => (0u64..20_000).prop_map(Op::Pass),
        2 => agent.clone().prop_map(Op::KillAgent),
        2 => (0usize..20).prop_map(Op::KillCaller),
        2 => agent.prop_map(Op::Restart),
    ]
}

/// One who died, with what it held then, and when that has to be free.
#[derive(Clone, Copy, Debug)]
struct Lost {
    agent: AgentId,
    interaction: InteractionId,
    free_at: Mono,
}

struct Shop {
    router: Router,
    now: Now,
    next: u64,
    /// Customers who still say when they leave.
    callers: Vec<InteractionId>,
    /// Since when each waits that has not talked yet.
    places: BTreeMap<InteractionId, Mono>,
    dead: Vec<AgentId>,
    lost: Vec<Lost>,
    /// Leases that the wall was told of.
    told: Vec<(AgentId, InteractionId)>,
}

impl Shop {
    fn new() -> Self {
        let now = Now { mono: Mono::from_millis(1), wall: Wall(1_795_406_400_000) };
        let mut router = Router::with_limits(3, LIMITS);
        let queue = QueueConfig {
            ring_timeout_s: RING_S as u32,
            max_wait_s: Some(MAX_WAIT_S as u32),
            wrap_up_s: WRAP_UP_S,
            no_agent: NoAgentPolicy::Wait,
            ..QueueConfig::new(Q, T, "line")
        };
        router.upsert_queue(now, queue).unwrap();
        for id in 1..=AGENTS {
            // One comes back by itself after each missed call, so that a dead telephone is rung again and again.
            let mut agent = AgentConfig::new(AgentId(id), T, &format!("{id}"), &[Q]);
            agent.return_after_s = (id == 1).then_some(5);
            router.upsert_agent(now, agent).unwrap();
            router.sign_in(now, AgentId(id)).unwrap();
            router.ready(now, AgentId(id)).unwrap();
        }
        let (callers, places, dead) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self { router, now, next: 1, callers, places, dead, lost: Vec::new(), told: Vec::new() }
    }

    /// What an agent works on; for one who can still act.
    fn work(&self, agent: u64) -> Option<(AgentId, InteractionId)> {
        let id = AgentId(agent);
        let view = self.router.agent(id).filter(|_| !self.dead.contains(&id))?;
        view.interaction.map(|interaction| (id, interaction))
    }

    fn apply(&mut self, op: &Op) {
        let now = self.now;
        match *op {
            Op::Call => {
                let interaction = InteractionId(self.next);
                self.next += 1;
                self.callers.push(interaction);
                self.places.insert(interaction, now.mono);
                let ticket = Ticket { interaction, queue: Q, priority: 0, at: now, front: false, callback: false };
                self.router.enqueue(now, ticket).unwrap();
            }
            Op::HangUp(nth) => {
                if let Some(caller) = self.callers.get(nth).copied() {
                    self.callers.remove(nth);
                    self.places.remove(&caller);
                    let talks = self.router.agents().find(|view| view.interaction == Some(caller));
                    if self.router.leave(now, caller, acd::LeaveReason::Abandoned).is_err()
                        && let Some(view) = talks
                    {
                        // The customer's end reaches us whatever has become of the agent.
                        let _ = self.router.talk_ended(now, caller, view.agent);
                    }
                }
            }
            Op::KillCaller(nth) if nth < self.callers.len() => drop(self.callers.remove(nth)),
            Op::KillCaller(_) => {}
            Op::Pass(ms) => self.pass(Duration::from_millis(ms)),
            Op::KillAgent(agent) => {
                if let Some((agent, interaction)) = self.work(agent) {
                    let view = self.router.agent(agent).expect("known");
                    let until = view.until.expect("work has an end");
                    // Where the customer ends the talk meanwhile, the work after it begins.
                    let talks = view.state == AgentState::Talking;
                    let free_at = if talks { until + Duration::from_secs(WRAP_UP_S.into()) } else { until };
                    self.lost.push(Lost { agent, interaction, free_at });
                }
                self.dead.push(AgentId(agent));
            }
            Op::Restart(agent) => {
                self.dead.retain(|dead| dead.0 != agent);
                // The telephone is the same: it may take up again what rings there.
                self.lost.retain(|lost| lost.agent.0 != agent);
                self.router.sign_in(now, AgentId(agent)).unwrap();
                self.router.ready(now, AgentId(agent)).unwrap();
            }
            ref other => self.work_on(other),
        }
    }

    /// What an agent who is alive does with what it has.
    fn work_on(&mut self, op: &Op) {
        let (Op::Accept(n) | Op::Refuse(n) | Op::TalkStarted(n) | Op::TalkEnded(n) | Op::Extend(n) | Op::Alive(n)) =
            *op
        else {
            return;
        };
        let Some((agent, interaction)) = self.work(n) else { return };
        let now = self.now;
        let done = match op {
            Op::Accept(_) => self.router.offer_accepted(now, interaction, agent),
            Op::Refuse(_) => self.router.offer_rejected(now, interaction, agent, Rejection::Declined),
            Op::TalkStarted(_) => self.router.talk_started(now, interaction, agent),
            Op::TalkEnded(_) => self.router.talk_ended(now, interaction, agent),
            Op::Extend(_) => self.router.wrap_up_extend(now, agent, Duration::from_secs(15)),
            _ => self.router.talk_alive(now, agent),
        };
        if done.is_ok() && matches!(op, Op::TalkStarted(_)) {
            self.places.remove(&interaction);
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now.mono = self.now.mono + time;
        self.now.wall.0 += time.as_millis() as i64;
        self.router.handle_timeout(self.now);
    }

    fn drain(&mut self) {
        while let Some(output) = self.router.poll_output() {
            match output {
                Output::WaitTooLong { interaction, .. } => drop(self.places.remove(&interaction)),
                Output::LeaseExpired { agent, interaction, .. } => {
                    self.told.push((agent, interaction));
                }
                _ => {}
            }
        }
    }

    fn check(&self) {
        for lost in self.lost.iter().filter(|lost| self.dead.contains(&lost.agent) && lost.free_at <= self.now.mono) {
            let view = self.router.agent(lost.agent).expect("known");
            let offered_anew = view.state == AgentState::Ringing;
            assert!(view.interaction != Some(lost.interaction) || offered_anew, "{lost:?} still holds: {view:?}");
        }
        for (interaction, since) in &self.places {
            let waited = self.now.mono - *since;
            let held = self.router.queue_of(*interaction).is_some();
            assert!(!held || waited < PLACE_LEASE, "{interaction} holds its place for {waited:?}");
        }
        for view in self.router.agents() {
            let occupied = matches!(view.state, AgentState::Ringing | AgentState::Talking | AgentState::WrapUp);
            assert_eq!(occupied, view.interaction.is_some(), "{view:?}");
            assert!(!occupied || view.until.is_some_and(|until| until > self.now.mono), "{view:?} is stuck");
        }
        let ready = self.router.agents().any(|view| view.state == AgentState::Ready);
        let waiting = self.router.snapshot(self.now, Q).expect("known").waiting;
        assert!(!ready || waiting == 0, "nobody waits for one who is free");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]
    #[test]
    fn whoever_dies_holds_nothing_beyond_its_lease(ops in prop::collection::vec(op(), 1..200)) {
        let mut shop = Shop::new();
        for op in &ops {
            shop.apply(op);
            shop.drain();
            shop.check();
        }
        // Now all die at once: nobody says anything more.
        let talks: Vec<_> = shop
            .router
            .agents()
            .filter(|view| view.state == AgentState::Talking)
            .filter_map(|view| view.interaction.map(|interaction| (view.agent, interaction)))
            .collect();
        let (died, told_before) = (shop.now.mono, shop.told.len());
        let longest = PLACE_LEASE.max(LIMITS.talk).max(LIMITS.wrap_up);
        while let Some(at) = shop.router.poll_timeout().filter(|at| *at <= died + longest) {
            shop.pass(at - shop.now.mono);
            shop.drain();
            shop.check();
        }
        shop.pass((died + longest).since(shop.now.mono));
        shop.drain();
        for view in shop.router.agents() {
            let free = matches!(view.state, AgentState::Ready | AgentState::NotReady);
            prop_assert!(free && view.interaction.is_none(), "{view:?}");
        }
        prop_assert!((1..shop.next).all(|id| shop.router.queue_of(InteractionId(id)).is_none()));
        // The wall was told of each talk whose end nobody reported.
        for talk in talks {
            prop_assert!(shop.told[told_before..].contains(&talk), "nobody was told of {talk:?}");
        }
    }
}
