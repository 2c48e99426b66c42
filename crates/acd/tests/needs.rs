//! What those who wait need: skills that are asked less of while one waits, other queues' agents and teams, the agent it
//! talked to last; and that the urgent are served at once while nobody waits for ever. Against a plain scan of all who wait.

use std::collections::BTreeMap;
use std::time::Duration;

use acd::{AgentConfig, Output, Overflow, QueueConfig, Relaxation, Replay, Router, SkillRequirement, Ticket, Wishes};
use proptest::prelude::*;
use types::record::{AgentState, Decision, Helper};
use types::{AgentId, InteractionId, Mono, Now, QueueId, TeamId, TenantId, Wall};

const T: TenantId = TenantId(1);
const AGENTS: u64 = 8;
/// The team that helps the second queue after 30 s; agents 1 and 7 are in it.
const NIGHT: TeamId = TeamId(9);

fn need(min: u8) -> SkillRequirement {
    SkillRequirement { skill: "english".into(), min }
}

/// Queue 1 wants English at 7, after 20 s at 3, and after 40 s lets queue 2 help; who talked to somebody waits for it
/// for 10 s.
fn first() -> QueueConfig {
    QueueConfig {
        skills: vec![need(7)],
        relax: vec![Relaxation { after_s: 20, skill: "english".into(), min: 3 }],
        overflow: vec![Overflow::to_queue(40, QueueId(2))],
        last_agent_wait_s: Some(10),
        no_agent: acd::NoAgentPolicy::Wait,
        ..QueueConfig::new(QueueId(1), T, "first")
    }
}

fn second() -> QueueConfig {
    let overflow = vec![Overflow::to_team(30, NIGHT)];
    QueueConfig { overflow, no_agent: acd::NoAgentPolicy::Wait, ..QueueConfig::new(QueueId(2), T, "second") }
}

/// Odd agents serve the first queue, even ones the second; agent n speaks English at n + 1.
fn agent_config(id: u64) -> AgentConfig {
    let mut config = AgentConfig::new(AgentId(id), T, &format!("{id}"), &[QueueId(2 - id % 2)]);
    config.skills.insert("english".into(), id as u8 + 1);
    if in_team(id) {
        config.teams = vec![NIGHT];
    }
    config
}

const fn in_team(id: u64) -> bool {
    matches!(id, 1 | 7)
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    queue: u64,
    min: u8,
    agent: Option<u64>,
    at: Mono,
}

struct Shop {
    router: Router,
    replay: Replay,
    now: Now,
    waiting: BTreeMap<u64, Waiting>,
    offers: Vec<(u64, u64, Box<Decision>)>,
    ready: BTreeMap<u64, bool>,
    next: u64,
}

impl Shop {
    fn new() -> Self {
        let now = Now { mono: Mono::from_millis(1), wall: Wall(1_795_406_400_000) };
        let (router, replay) = (Router::new(5), Replay::new(5));
        let mut shop =
            Self { router, replay, now, waiting: BTreeMap::new(), offers: Vec::new(), ready: BTreeMap::new(), next: 1 };
        for queue in [first(), second()] {
            shop.router.upsert_queue(now, queue).unwrap();
        }
        for id in 1..=AGENTS {
            shop.router.upsert_agent(now, agent_config(id)).unwrap();
            shop.router.sign_in(now, AgentId(id)).unwrap();
        }
        shop.drain();
        shop
    }

    fn enqueue(&mut self, queue: u64, min: u8, last: Option<u64>) {
        let id = self.next;
        self.next += 1;
        let ticket = Ticket {
            interaction: InteractionId(id),
            queue: QueueId(queue),
            priority: 0,
            at: self.now,
            front: false,
            callback: false,
        };
        let skills = if min > 0 { vec![need(min)] } else { Vec::new() };
        // Only queue 1 waits for the last agent, and only for one of its own.
        let agent = last.filter(|agent| queue == 1 && agent % 2 == 1 && agent + 1 >= 3);
        self.waiting.insert(id, Waiting { queue, min, agent, at: self.now.mono });
        self.router.enqueue_with(self.now, ticket, Wishes { skills, agent: last.map(AgentId) }).unwrap();
        self.drain();
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now.mono + time;
        while let Some(at) = self.router.poll_timeout().filter(|at| *at <= end) {
            self.now.mono = at;
            self.router.handle_timeout(self.now);
            self.drain();
        }
        self.now.mono = end;
    }

    fn drain(&mut self) {
        while let Some(output) = self.router.poll_output() {
            match output {
                Output::Settings(change) => self.replay.change(*change),
                Output::Offer { interaction, agent, queue, decision, .. } => {
                    let again = self.replay.rank(queue, &decision.need, self.now.mono).expect("somebody was ready");
                    assert!(again.agrees_with(&decision), "{again:?} {decision:?}");
                    let call = self.waiting.remove(&interaction.0).expect("it waited");
                    assert!(self.fits(&call, agent.0), "{call:?} does not fit {agent}");
                    self.ready.insert(agent.0, false);
                    self.offers.push((interaction.0, agent.0, decision));
                }
                Output::AgentState { agent, state, queue, clock, worked, need, .. } => {
                    if let Some(queue) = queue {
                        self.replay.offered(queue, &need, agent);
                    }
                    self.replay.agent_state(agent, state, clock.filter(|_| state == AgentState::Ready), worked);
                    self.ready.insert(agent.0, state == AgentState::Ready);
                }
                _ => {}
            }
        }
    }

    /// By the settings above, read plainly.
    fn fits(&self, call: &Waiting, agent: u64) -> bool {
        let waited = self.now.mono - call.at;
        let (level, own) = (agent as u8 + 1, agent % 2 == call.queue % 2);
        if call.queue == 2 {
            return (own || in_team(agent) && waited >= Duration::from_secs(30)) && level >= call.min;
        }
        if call.agent.is_some() && waited < Duration::from_secs(10) {
            return call.agent == Some(agent);
        }
        let wanted = if waited < Duration::from_secs(20) { call.min.max(7) } else { 3 };
        level >= wanted && (own || waited >= Duration::from_secs(40))
    }

    fn check(&self) {
        for (id, call) in &self.waiting {
            for (agent, _) in self.ready.iter().filter(|(_, ready)| **ready) {
                assert!(!self.fits(call, *agent), "{id} waits while {agent} is ready: {call:?}");
            }
        }
    }

    /// An agent who rings is through with it, and ready again.
    fn done(&mut self, agent: u64) {
        let id = AgentId(agent);
        if let Some(at) = self.offers.iter().position(|(_, whose, _)| *whose == agent) {
            let (call, ..) = self.offers.remove(at);
            self.router.talk_started(self.now, InteractionId(call), id).unwrap();
            self.drain();
            self.router.talk_ended(self.now, InteractionId(call), id).unwrap();
            self.drain();
        }
    }
}

#[derive(Clone, Debug)]
enum Op {
    Call { queue: u64, min: u8, last: Option<u64> },
    Ready(u64),
    Away(u64),
    Done(u64),
    Pass(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let agent = 1..=AGENTS;
    prop_oneof![
        4 => (1..=2u64, prop::sample::select(vec![0u8, 0, 5, 8]), prop::option::of(agent.clone()))
            .prop_map(|(queue, min, last)| Op::Call { queue, min, last }),
        3 => agent.clone().prop_map(Op::Ready),
        1 => agent.clone().prop_map(Op::Away),
        3 => agent.prop_map(Op::Done),
        3 => (1..15_000u64).prop_map(Op::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn nobody_waits_while_an_agent_is_ready_who_will_do(ops in prop::collection::vec(op(), 1..120)) {
        let mut shop = Shop::new();
        for op in ops {
            match op {
                Op::Call { queue, min, last } => shop.enqueue(queue, min, last),
                Op::Ready(agent) => shop.router.ready(shop.now, AgentId(agent)).unwrap(),
                Op::Away(agent) => shop.router.not_ready(shop.now, AgentId(agent), "lunch".into()).unwrap(),
                Op::Done(agent) => shop.done(agent),
                // Within the time a telephone rings, so that each offer is still there.
                Op::Pass(ms) => {
                    for agent in 1..=AGENTS {
                        shop.done(agent);
                    }
                    shop.pass(Duration::from_millis(ms));
                }
            }
            shop.drain();
            shop.check();
        }
    }

    /// However many wait, one with the greatest priority gets the next agent who becomes free. So where an agent of the
    /// queue becomes free every ten seconds it waits for ten seconds at most.
    #[test]
    fn a_platinum_customer_gets_the_next_agent(
        priorities in prop::collection::vec(-1000..500i32, 200),
        gaps in prop::collection::vec(0..2_000u64, 200),
        free_after in 0..10_000u64,
    ) {
        let mut shop = Shop::new();
        let enqueue = |shop: &mut Shop, priority| {
            let (id, now) = (shop.next, shop.now);
            shop.next += 1;
            shop.waiting.insert(id, Waiting { queue: 2, min: 0, agent: None, at: now.mono });
            let ticket = Ticket { interaction: InteractionId(id), queue: QueueId(2), priority, at: now, front: false, callback: false };
            shop.router.enqueue(now, ticket).unwrap();
            shop.drain();
            id
        };
        for (priority, gap) in priorities.into_iter().zip(gaps) {
            enqueue(&mut shop, priority);
            shop.pass(Duration::from_millis(gap));
        }
        let platinum = enqueue(&mut shop, 1000);
        prop_assert_eq!(shop.router.position(InteractionId(platinum)), Some(1));
        shop.pass(Duration::from_millis(free_after));
        shop.router.ready(shop.now, AgentId(2)).unwrap();
        shop.drain();
        prop_assert_eq!(shop.offers[0].0, platinum);
    }

    /// The bound that the crate's page states: who comes later than (P − p) / a seconds overtakes nobody, so a call of
    /// priority p is served after those at most who came within that time, whatever their priority.
    #[test]
    fn nobody_starves(priority in -1000..=1000i32, later in 1..5_000u64) {
        let mut shop = Shop::new();
        let enqueue = |shop: &mut Shop, id, priority| {
            let ticket =
                Ticket { interaction: InteractionId(id), queue: QueueId(2), priority, at: shop.now, front: false, callback: false };
            shop.router.enqueue(shop.now, ticket).unwrap();
            shop.drain();
        };
        enqueue(&mut shop, 1, priority);
        shop.pass(Duration::from_secs(later));
        enqueue(&mut shop, 2, 1000);
        let bound = (1000 - priority) as u64;
        let first = if later >= bound { 1 } else { 2 };
        prop_assert_eq!(shop.router.position(InteractionId(first)), Some(1));
    }
}

#[test]
fn the_decision_says_what_was_needed_and_who_lacked_it() {
    let mut shop = Shop::new();
    for agent in [1, 3, 5, 6, 8] {
        shop.router.ready(shop.now, AgentId(agent)).unwrap();
        shop.pass(Duration::from_secs(1));
    }
    shop.drain();
    shop.enqueue(1, 0, None);
    assert!(shop.offers.is_empty(), "nobody of the queue speaks English at 7");
    shop.pass(Duration::from_secs(20));
    let (_, agent, decision) = &shop.offers[0];
    assert_eq!(*agent, 3, "at 3 the longest idle of those who do");
    assert!(decision.need.is_none(), "every agent who serves the queue speaks it at 3");
    shop.done(3);
    shop.enqueue(1, 8, None);
    shop.pass(Duration::from_secs(15));
    assert_eq!(shop.offers.len(), 0, "and those wait too whose own need is greater");
    // One waits for its last agent, then takes any.
    let mut shop = Shop::new();
    for agent in [7, 5] {
        shop.router.ready(shop.now, AgentId(agent)).unwrap();
        shop.pass(Duration::from_secs(1));
    }
    shop.enqueue(1, 0, Some(7));
    assert_eq!((&*shop.offers[0].2.strategy, shop.offers[0].1), ("last_agent", 7));
    shop.enqueue(1, 0, Some(7));
    shop.enqueue(1, 0, Some(5));
    assert_eq!((&*shop.offers[1].2.strategy, shop.offers[1].1), ("last_agent", 5));
}

/// A team is called in its time, in the order of the steps; who leaves it helps no more, and the decision says so.
#[test]
fn a_team_is_called_for_help() {
    let mut shop = Shop::new();
    shop.router.ready(shop.now, AgentId(7)).unwrap();
    shop.drain();
    shop.enqueue(2, 0, None);
    shop.pass(Duration::from_secs(29));
    assert!(shop.offers.is_empty(), "not before its time");
    shop.pass(Duration::from_secs(1));
    let (_, agent, decision) = &shop.offers[0];
    assert_eq!((*agent, &decision.need.also[..]), (7, &[Helper::Team { team: NIGHT }][..]));
    shop.done(7);
    let mut leaves = agent_config(7);
    leaves.teams.clear();
    shop.router.upsert_agent(shop.now, leaves).unwrap();
    shop.drain();
    shop.enqueue(2, 0, None);
    shop.pass(Duration::from_secs(60));
    assert!(shop.offers.is_empty(), "it is in the team no more");
    shop.router.upsert_agent(shop.now, agent_config(7)).unwrap();
    shop.drain();
    assert_eq!(shop.offers[0].1, 7, "and has who waits once it is again");
    // A queue that lets nobody in without agents counts the team's.
    let queue = QueueConfig { no_agent: acd::NoAgentPolicy::Leave, ..second() };
    shop.router.upsert_queue(shop.now, queue).unwrap();
    for id in 1..=AGENTS {
        shop.router.sign_out(shop.now, AgentId(id)).unwrap();
    }
    shop.drain();
    assert_eq!(shop.router.snapshot(shop.now, QueueId(2)).unwrap().waiting, 0);
    shop.router.sign_in(shop.now, AgentId(1)).unwrap();
    shop.drain();
    shop.enqueue(2, 0, None);
    assert_eq!(shop.router.snapshot(shop.now, QueueId(2)).unwrap().waiting, 1);
    shop.router.sign_out(shop.now, AgentId(1)).unwrap();
    assert_eq!(shop.router.snapshot(shop.now, QueueId(2)).unwrap().waiting, 0, "its last agent took the help away");
    let both = Overflow { queue: Some(QueueId(1)), ..Overflow::to_team(30, NIGHT) };
    let wrong = QueueConfig { overflow: vec![both], ..second() };
    assert_eq!(shop.router.upsert_queue(shop.now, wrong).unwrap_err().field, "overflow");
}

/// A queue that lets nobody in when it has no agents counts those who will help: not those who lack its skill for ever,
/// nor those who would be let in only once the wait is over.
#[test]
fn who_will_help_is_somebody() {
    let says = |shop: &mut Shop| {
        let mut said = Vec::new();
        while let Some(output) = shop.router.poll_output() {
            match output {
                Output::NoAgent { interaction, .. } => said.push(("no_agent", interaction.0)),
                Output::Offer { interaction, agent, .. } => {
                    assert_eq!(agent, AgentId(4));
                    said.push(("offer", interaction.0));
                }
                _ => {}
            }
        }
        said
    };
    let call = |shop: &mut Shop, id| {
        let ticket = Ticket {
            interaction: InteractionId(id),
            queue: QueueId(1),
            priority: 0,
            at: shop.now,
            front: false,
            callback: false,
        };
        shop.router.enqueue(shop.now, ticket).unwrap();
        says(shop)
    };
    let mut shop = Shop::new();
    let leaves = |max_wait_s| QueueConfig { no_agent: acd::NoAgentPolicy::Leave, max_wait_s, ..first() };
    shop.router.upsert_queue(shop.now, leaves(None)).unwrap();
    for id in 1..=AGENTS {
        shop.router.sign_out(shop.now, AgentId(id)).unwrap();
    }
    says(&mut shop);
    assert_eq!(call(&mut shop, 1), [("no_agent", 1)], "nobody is there at all");
    let mut english = agent_config(4);
    english.skills.insert("english".into(), 2);
    shop.router.upsert_agent(shop.now, english).unwrap();
    shop.router.sign_in(shop.now, AgentId(4)).unwrap();
    assert_eq!(call(&mut shop, 2), [("no_agent", 2)], "the one who is there will never do");
    shop.router.upsert_agent(shop.now, agent_config(4)).unwrap();
    assert_eq!(call(&mut shop, 3), [], "it waits for one who will");
    shop.router.sign_out(shop.now, AgentId(4)).unwrap();
    assert_eq!(says(&mut shop), [("no_agent", 3)], "who has gone now");
    shop.router.sign_in(shop.now, AgentId(4)).unwrap();
    shop.router.ready(shop.now, AgentId(4)).unwrap();
    assert_eq!(call(&mut shop, 4), []);
    shop.now.mono = shop.now.mono + Duration::from_secs(40);
    shop.router.handle_timeout(shop.now);
    assert_eq!(says(&mut shop), [("offer", 4)], "and who takes it when the time has come");
    assert_eq!(call(&mut shop, 5), []);
    shop.router.remove_queue(shop.now, QueueId(2)).unwrap();
    assert_eq!(says(&mut shop), [("no_agent", 5)], "with the queue goes its help");
    shop.router.upsert_queue(shop.now, second()).unwrap();
    shop.router.upsert_queue(shop.now, leaves(Some(40))).unwrap();
    assert_eq!(call(&mut shop, 6), [("no_agent", 6)], "help would come too late");
}
