//! Rehearsed days: the very same under the same settings, and better where the settings plainly are.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use acd::{AgentConfig, QueueConfig};
use center::Setup;
use dialplan::{Did, DidTarget, Numbering, Plan, Trunk};
use directory::{Agent, Device, Directory, Ha1, Tenant};
use flow::Flow;
use sim::rehearse::{Arrival, Duty, Habits, Rehearsed, Script, Turn, Work, rehearse};
use types::leg::Text;
use types::{AgentId, DeviceId, FlowId, Private, QueueId, TenantId, TrunkId, Wall};

const TENANT: TenantId = TenantId(7_000_000_001);
const SALES: QueueId = QueueId(91);
const SUPPORT: QueueId = QueueId(92);
const MENU: &str = r#"{"version": 1, "id": "main", "name": "main", "language": "zh", "start": "hello", "nodes": {
  "hello": {"kind": "play", "prompt": "short_greeting", "outlets": {"done": "menu"}},
  "menu": {"kind": "menu", "prompt": "menu_main", "outlets": {"1": "sales", "2": "support", "timeout": "bye"}},
  "sales": {"kind": "queue", "queue": "sales", "outlets": {"no_agent": "bye", "too_long": "bye"}},
  "support": {"kind": "queue", "queue": "support", "outlets": {"no_agent": "bye", "too_long": "bye"}},
  "bye": {"kind": "hangup", "prompt": "goodbye"}}}"#;

/// Ids as a real tenant's are, far from those of the usual simulated company.
fn agent(index: u64) -> AgentId {
    AgentId(8_000_000_000 + index * 17)
}

fn setup(agents: u64, flow: &str) -> Setup {
    let tenant = Tenant { id: TENANT, name: "shop".into(), title: "Shop".into(), demo: false, utc_offset_min: 480 };
    let mut directory = Directory::new(tenant);
    let mut configs = Vec::new();
    for index in 0..agents {
        let (id, number): (_, Text) = (agent(index), (2001 + index).to_string().into());
        let person = Agent {
            id,
            tenant: TENANT,
            number: number.clone(),
            name: Private::new("".into()),
            address: None,
            caller_id: None,
        };
        directory.add_agent(person).unwrap();
        let none = || Private::new(Text::from(""));
        let ha1 = Ha1 { md5: none(), sha256: none() };
        let device = DeviceId(8_500_000_000 + index);
        directory
            .add_device(Device {
                id: device,
                tenant: TENANT,
                name: number.clone(),
                agent: Some(id),
                ha1,
                message_lamp: true,
            })
            .unwrap();
        configs.push(AgentConfig::new(id, TENANT, &number, &[if index.is_multiple_of(2) { SALES } else { SUPPORT }]));
    }
    let queue = |id, name| QueueConfig {
        wrap_up_s: 20,
        max_wait_s: Some(600),
        no_agent: acd::NoAgentPolicy::Wait,
        ..QueueConfig::new(id, TENANT, name)
    };
    let dids = vec![
        Did { number: "95100".into(), tenant: TENANT, target: DidTarget::Flow(FlowId(5)) },
        Did { number: "95101".into(), tenant: TENANT, target: DidTarget::Queue(SALES) },
    ];
    let trunks = vec![Trunk::new(TrunkId(31), TENANT, "carrier")];
    Setup {
        directory,
        plan: Plan::new(Numbering::default(), trunks, dids, Vec::new()).unwrap(),
        queues: vec![queue(SALES, "sales"), queue(SUPPORT, "support")],
        agents: configs,
        mailbox_agents: HashMap::new(),
        flows: HashMap::from([(FlowId(5), Arc::new(Flow::parse(flow).unwrap()))]),
        settings: HashMap::new(),
        thresholds: Vec::new(),
        secrets: HashMap::new(),
        databases: HashMap::new(),
        seed: 1,
    }
}

/// Calls spread evenly over nine to twelve, and agents who work from half past eight to half past twelve.
fn script(calls: u64, agents: u64, seed: u64) -> Script {
    let hour = 3_600_000;
    let arrival = |i: u64| Arrival {
        at: Duration::from_millis(9 * hour + 3 * hour * i / calls),
        number: if i.is_multiple_of(5) { "95101".into() } else { "95100".into() },
        caller: Private::new(format!("138{i:08}").into()),
        patience: None,
        talk: None,
    };
    let turn = |minute: u64, duty| move |i: u64| Turn { at: Duration::from_secs(minute * 60), agent: agent(i), duty };
    let mut turns: Vec<Turn> = (0..agents).map(turn(8 * 60 + 30, Duty::Ready)).collect();
    turns.extend((0..agents).map(turn(12 * 60 + 30, Duty::Away)));
    let ways = |ways: &[(&str, u64)]| ways.iter().map(|(outlet, n)| (Text::from(*outlet), *n)).collect();
    let habits = Habits {
        patience_s: Some(120.0),
        queues: HashMap::from([
            ("sales".into(), Work { talk_s: Some(150.0), wrap_up_s: Some(15.0), patience_s: None }),
            ("support".into(), Work { talk_s: Some(150.0), wrap_up_s: Some(15.0), patience_s: None }),
        ]),
        ways: HashMap::from([(("main".into(), "menu".into()), ways(&[("1", 45), ("2", 45), ("timeout", 5), ("", 5)]))]),
        ..Habits::default()
    };
    // 2026-11-23, midnight in China.
    let midnight = Wall(1_795_363_200_000);
    Script { midnight, interval_min: 30, seed, arrivals: (0..calls).map(arrival).collect(), turns, habits }
}

fn play(setup: Setup, script: &Script) -> Rehearsed {
    let day = rehearse(setup, script, &mut |_| true).expect("the settings are accepted").expect("nobody stops it");
    assert!(day.broken.is_empty(), "seed {}: {:?}", script.seed, day.broken);
    day
}

#[test]
fn the_same_day_under_the_same_settings_is_the_same_and_every_call_has_its_place() {
    for seed in [1, 2, 3] {
        let script = script(400, 16, seed);
        let day = play(setup(16, MENU), &script);
        assert_eq!(day, play(setup(16, MENU), &script), "seed {seed}");
        let sum = |f: fn(&sim::WaitFigures) -> u64| day.queues.iter().map(|q| f(&q.figures)).sum::<u64>();
        assert_eq!(day.outcomes.calls, 400, "seed {seed}");
        assert_eq!(day.intervals.iter().map(|i| i.calls).sum::<u64>(), 400, "seed {seed}");
        assert_eq!(sum(|f| f.offered), day.total.offered, "seed {seed}");
        assert_eq!(day.total.offered, day.total.answered + day.total.abandoned + day.total.elsewhere, "seed {seed}");
        assert_eq!(day.intervals.iter().map(|i| i.figures.offered).sum::<u64>(), day.total.offered, "seed {seed}");
        assert_eq!(day.total.answered, day.outcomes.answered, "seed {seed}");
        // Who said nothing heard goodbye, and was served; who hung up in the menu is told with the place.
        assert!(day.outcomes.self_served > 0 && day.nowhere.is_empty(), "seed {seed}: {day:?}");
        assert!(day.left.iter().any(|l| (&*l.flow, &*l.node) == ("main", "menu")), "seed {seed}: {:?}", day.left);
        assert!(day.unreachable == 0 && day.occupancy.is_some_and(|o| o > 0.1 && o < 1.0), "seed {seed}");
    }
}

#[test]
fn more_agents_help_and_nobody_else_is_changed_by_them() {
    for seed in [4, 5, 6] {
        let (few, many) = (script(400, 7, seed), script(400, 16, seed));
        let (today, draft) = (play(setup(16, MENU), &few), play(setup(16, MENU), &many));
        assert_eq!(today.outcomes.calls, draft.outcomes.calls, "seed {seed}");
        // The same callers press the same keys.
        let came =
            |day: &Rehearsed| day.queues.iter().map(|q| (q.queue.clone(), q.figures.offered)).collect::<Vec<_>>();
        assert_eq!(came(&today), came(&draft), "seed {seed}");
        assert!(draft.total.service_level > today.total.service_level, "seed {seed}: {today:?} {draft:?}");
        assert!(draft.total.abandoned < today.total.abandoned, "seed {seed}");
        assert!(draft.occupancy < today.occupancy, "seed {seed}");
    }
}

#[test]
fn a_menu_of_which_nothing_is_known_is_answered_as_all_menus_were() {
    let mut script = script(400, 16, 3);
    script.habits.ways.clear();
    script.habits.menus = [("1", 10), ("2", 90)].map(|(key, n)| (Text::from(key), n)).into();
    let day = play(setup(16, MENU), &script);
    // Every fifth caller has dialled sales itself: 320 came to the menu.
    let support = day.queues.iter().find(|q| &*q.queue == "support").unwrap().figures.offered;
    assert!(support.abs_diff(288) <= 20, "nine of ten press 2: {support}");
}

#[test]
fn a_draft_that_leads_calls_nowhere_is_told_with_the_place() {
    let script = script(200, 16, 9);
    let broken = MENU
        .replace(r#""2": "support", "#, r#""2": "lost", "#)
        .replace(r#""bye": {"#, r#""lost": {"kind": "queue", "queue": "no_such_queue"}, "bye": {"#);
    let day = rehearse(setup(16, &broken), &script, &mut |_| true).unwrap().unwrap();
    let lost = day.nowhere.first().expect("calls are lost");
    assert_eq!(lost.at.as_ref().map(|(_, node)| &**node), Some("lost"), "{:?}", day.nowhere);
    assert!(lost.calls > 40, "{:?}", day.nowhere);
    // A number that is not ours any more.
    let mut gone = setup(16, MENU);
    gone.plan = Plan::new(Numbering::default(), gone.plan.trunks().to_vec(), Vec::new(), Vec::new()).unwrap();
    let day = play(gone, &script);
    assert_eq!(day.outcomes.rejected, 200);
    assert!(day.nowhere.iter().any(|n| &*n.number == "95100" && n.at.is_none() && n.calls == 160), "{:?}", day.nowhere);
}

#[test]
fn an_agent_without_a_telephone_is_told_and_a_day_can_be_stopped() {
    let script = script(50, 16, 3);
    let mut lines = setup(16, MENU);
    let mut directory = Directory::new(lines.directory.tenant().clone());
    lines.directory.agents().for_each(|agent| directory.add_agent(agent.clone()).unwrap());
    lines.directory = directory;
    let day = play(lines, &script);
    assert_eq!((day.unreachable, day.total.answered), (16, 0));
    let mut told = Vec::new();
    let stopped = rehearse(setup(16, MENU), &self::script(400, 16, 1), &mut |share| {
        told.push(share);
        told.len() < 2
    });
    assert!(stopped.unwrap().is_none());
    assert!(told.len() == 2 && told.windows(2).all(|w| w[0] <= w[1]) && told[1] < 1.0, "{told:?}");
}

/// What a large day costs, today and a draft: `cargo test --release -p sim --test rehearse -- --ignored` says how long it took.
#[test]
#[ignore = "a measurement, for release builds"]
fn twenty_thousand_calls_twice() {
    let (calls, agents) = (20_000, 90);
    let mut day = script(calls, agents, 1);
    for (i, arrival) in day.arrivals.iter_mut().enumerate() {
        // From eight to twenty.
        arrival.at = Duration::from_secs(8 * 3_600) + Duration::from_secs(12 * 3_600) * i as u32 / calls as u32;
    }
    for turn in &mut day.turns {
        turn.at = Duration::from_secs(if turn.duty == Duty::Ready { 7 * 3_600 } else { 21 * 3_600 });
    }
    let (today, draft) = (play(setup(agents, MENU), &day), play(setup(agents, MENU), &day));
    assert_eq!(today, draft);
    assert!(today.outcomes.calls == calls && today.total.answered > 15_000, "{:?}", today.total);
    println!("{:?}; {} events", today.total, today.events);
}
