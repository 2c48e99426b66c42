//! A recorded day under two policies.

use std::time::Duration;

use acd::{AgentConfig, Change, NoAgentPolicy, QueueConfig};
use dialplan::{Numbering, PriorityRules};
use sim::{
    Arrival, Duty, End, Fate, Outcomes, Policy, RecordedDay, Ring, RingEnd, Service, Turn, WaitFigures, Why, WrapUp,
    compare, compare_watched, replay,
};
use types::{AgentId, InteractionId, Private, QueueId, TenantId, Wall};

const TENANT: TenantId = TenantId(1);
const SALES: QueueId = QueueId(11);
const SUPPORT: QueueId = QueueId(12);
const DAY_MS: i64 = 86_400_000;
const FROM: Wall = Wall(1_790_000_000_000);

/// Eight agents, of whom each serves these queues.
fn policy(queues_of: impl Fn(u64) -> Vec<QueueId>) -> Policy {
    let queue = |id, name: &str| QueueConfig { no_agent: NoAgentPolicy::Wait, ..QueueConfig::new(id, TENANT, name) };
    let agent = |i: u64| AgentConfig::new(AgentId(i), TENANT, &(1000 + i).to_string(), &queues_of(i));
    let queues = vec![queue(SALES, "sales"), queue(SUPPORT, "support")];
    Policy { queues, agents: (1..=8).map(agent).collect(), ..Policy::default() }
}

fn apart() -> Policy {
    policy(|i| vec![if i <= 4 { SALES } else { SUPPORT }])
}

fn together() -> Policy {
    policy(|_| vec![SALES, SUPPORT])
}

fn arrival(i: u64, at_s: u64) -> Arrival {
    let service =
        Service { ring: Duration::from_secs(4), talk: Duration::from_secs(60 + i % 40), wrap_up: WrapUp::AsSet };
    Arrival {
        interaction: InteractionId(i + 1),
        queue: if i.is_multiple_of(10) { SUPPORT } else { SALES },
        at: Wall(FROM.0 + at_s as i64 * 1000),
        caller: Private::new(format!("1380000{i:04}").as_str().into()),
        called: Private::new("95001".into()),
        priority: 0,
        skills: Vec::new(),
        waited: Duration::from_secs(20 + i % 60),
        end: if i.is_multiple_of(7) { End::GaveUp } else { End::Served(service) },
        after: None,
    }
}

/// An hour in which nearly all want sales, and some gave up.
fn day() -> RecordedDay {
    let turn = |i: u64| Turn { agent: AgentId(i), at: FROM, duty: Duty::Ready };
    RecordedDay {
        from: FROM,
        to: Wall(FROM.0 + DAY_MS),
        arrivals: (0..300).map(|i| arrival(i, i * 12)).collect(),
        turns: (1..=8).map(turn).collect(),
        ..RecordedDay::default()
    }
}

fn queue<'a>(outcomes: &'a Outcomes, name: &str) -> &'a WaitFigures {
    &outcomes.queues.iter().find(|(queue, _)| &**queue == name).unwrap().1
}

#[test]
fn the_same_twice_is_equal_and_nobody_is_lost() {
    let (day, policy) = (day(), apart());
    let once = replay(&day, &policy, 7).unwrap();
    assert_eq!(once, replay(&day, &policy, 7).unwrap());
    for (row, came) in [(queue(&once, "sales"), 270), (queue(&once, "support"), 30), (&once.sum, 300)] {
        assert_eq!(row.offered, came, "{row:?}");
        assert_eq!(row.answered + row.abandoned + row.elsewhere, came, "{row:?}");
    }
    assert_eq!(once.intervals.iter().map(|part| part.figures.offered).sum::<u64>(), 300);
    assert!(once.occupancy.is_some_and(|share| share > 0.0 && share < 1.0), "{once:?}");
    let both = compare(&day, &policy, &policy, 7).unwrap();
    assert_eq!(both.recorded, both.draft, "one policy twice differs in nothing");
    assert_eq!(both.actual.sum.abandoned, 43, "the truth is what was recorded");
}

#[test]
fn agents_who_can_do_more_make_a_better_day() {
    for seed in 0..20 {
        let both = compare(&day(), &apart(), &together(), seed).unwrap();
        let (apart, together) = (&both.recorded.sum, &both.draft.sum);
        assert!(together.service_level > apart.service_level, "seed {seed}: {apart:?} {together:?}");
        assert!(together.abandoned < apart.abandoned && together.answered > apart.answered, "seed {seed}");
        assert!(together.asa_s < apart.asa_s, "seed {seed}: {apart:?} {together:?}");
    }
}

#[test]
fn a_break_is_kept_and_who_gave_up_gives_up_again() {
    let mut day = day();
    // Nobody is there for anybody.
    day.turns.iter_mut().for_each(|turn| turn.duty = Duty::Break);
    let sum = replay(&day, &together(), 7).unwrap().sum;
    assert_eq!((sum.answered, sum.abandoned), (0, 300), "{sum:?}");
}

#[test]
fn who_goes_first_by_the_other_policy_waits_less_in_a_class_of_its_own() {
    let mut vip = apart();
    vip.priorities = PriorityRules::parse("caller:138000001*=1000", &Numbering::default()).unwrap();
    let both = compare(&day(), &apart(), &vip, 7).unwrap();
    let classes: Vec<(i32, i32)> = both.draft.classes.iter().map(|(class, _)| (class.recorded, class.draft)).collect();
    assert_eq!(classes, [(0, 1000), (0, 0)]);
    let (before, after) = (&both.recorded.classes[0].1, &both.draft.classes[0].1);
    assert_eq!((before.offered, after.offered), (100, 100), "the same customers");
    assert!(after.wait_p90_s < before.wait_p90_s && after.answered >= before.answered, "{before:?} {after:?}");
    assert!(both.draft.classes[1].1.asa_s > both.recorded.classes[1].1.asa_s, "somebody pays for it");
}

#[test]
fn what_changed_in_the_day_changes_again() {
    let mut changing = apart();
    let at = Wall(FROM.0 + 1_800_000);
    changing.changes = together().agents.into_iter().map(|agent| (at, Change::Agent(agent))).collect();
    let changed = replay(&day(), &changing, 7).unwrap();
    let stayed = replay(&day(), &apart(), 7).unwrap();
    assert!(changed.intervals[1].figures.abandoned < stayed.intervals[1].figures.abandoned, "{changed:?}");
}

#[test]
fn who_goes_first_is_as_it_was_when_one_came() {
    let rules = |text: &str| PriorityRules::parse(text, &Numbering::default()).unwrap();
    let (mut policy, at) = (apart(), |s: i64| Wall(FROM.0 + s * 1000));
    policy.priorities = rules("caller:1380000*=100");
    policy.new_priorities = vec![(at(600), rules("called:95001=200")), (at(1_200), rules(""))];
    let came = |s: u64| policy.priority_of(&Arrival { priority: 5, ..arrival(1, s) });
    assert_eq!([0, 599, 600, 1_199, 1_200, 9_999].map(came), [105, 105, 205, 205, 5, 5]);
    assert_eq!(policy.changes_count(), 2);
}

#[test]
fn a_transfer_follows_its_talk_alone() {
    let mut day = day();
    day.arrivals = vec![arrival(1, 0), arrival(2, 500)];
    day.arrivals[1].after = Some(sim::After { arrival: 0, gap: Duration::from_secs(3) });
    let sum = replay(&day, &together(), 7).unwrap().sum;
    assert_eq!((sum.offered, sum.answered), (2, 2), "{sum:?}");
    day.turns.clear();
    day.arrivals[0].waited = Duration::from_secs(1);
    day.arrivals[0].end = End::GaveUp;
    let sum = replay(&day, &together(), 7).unwrap().sum;
    assert_eq!((sum.offered, sum.abandoned), (1, 1), "who has given up is not handed on: {sum:?}");
}

#[test]
fn a_policy_that_makes_no_sense_is_refused_by_its_field() {
    let mut policy = together();
    policy.queues[0].ring_timeout_s = 0;
    assert_eq!(replay(&day(), &policy, 1).unwrap_err().field, "ring_timeout_s");
}

#[test]
fn an_agent_does_with_its_rings_what_it_did_that_day() {
    let mut day = day();
    // The only one who serves support misses its first ring, is away for ten minutes, and takes the second after a second.
    let one = policy(|i| vec![if i == 8 { SUPPORT } else { SALES }]);
    let ring = |end, lasted_s, away_s| Ring {
        at: FROM,
        lasted: Duration::from_secs(lasted_s),
        end,
        away: Duration::from_secs(away_s),
    };
    day.rings.insert(AgentId(8), vec![ring(RingEnd::Missed, 20, 600), ring(RingEnd::Taken, 1, 0)]);
    // Its customer does not give up.
    day.arrivals = vec![Arrival { end: arrival(1, 0).end, ..arrival(0, 0) }];
    let calls = |day: &RecordedDay| {
        let mut refuses = one.clone();
        refuses.queues[1].max_wait_s = Some(100);
        compare(day, &one, &refuses, 7).unwrap()
    };
    let both = calls(&day);
    assert_eq!(both.recorded.sum.answered, 1, "{both:?}");
    let waits = queue(&both.recorded, "support");
    assert_eq!(waits.longest_wait_s, 621.0, "rung for 20 s, away for 600 s, taken after 1 s: {waits:?}");
    // Under a policy that keeps nobody so long, it is sent away; and the reason is told.
    let [call] = &both.changed.calls[..] else { panic!("{both:?}") };
    assert_eq!((call.draft.fate, call.why, call.better), (Fate::Elsewhere, Why::TurnedAway, false), "{call:?}");
    // Refused at once, with no time away: rung again, and taken then.
    let declined = RingEnd::Refused(acd::Rejection::Declined);
    day.rings.insert(AgentId(8), vec![ring(declined, 2, 0), ring(RingEnd::Taken, 1, 0)]);
    assert_eq!(queue(&calls(&day).recorded, "support").longest_wait_s, 3.0);
}

#[test]
fn why_a_call_went_otherwise_is_told() {
    let both = compare(&day(), &apart(), &together(), 7).unwrap();
    let changed = &both.changed;
    assert!(changed.better > changed.worse && changed.calls.len() == 50, "{} {}", changed.better, changed.worse);
    assert!(changed.calls.iter().any(|call| matches!(call.why, Why::NewAgent(agent) if agent > AgentId(4))));
    assert!(
        changed.calls.iter().all(|call| call.recorded.fate != call.draft.fate),
        "those that end otherwise come first"
    );
    let mut vip = apart();
    vip.priorities = PriorityRules::parse("caller:138000001*=1000", &Numbering::default()).unwrap();
    let calls = compare(&day(), &apart(), &vip, 7).unwrap().changed.calls;
    let first = Why::Priority { recorded: 0, draft: 1000 };
    assert!(calls.iter().any(|call| call.better && call.why == first), "{calls:?}");
    assert!(calls.iter().all(|call| call.better || call.why != first), "no call waits longer because it goes first");
    let same = compare(&day(), &apart(), &apart(), 7).unwrap().changed;
    assert_eq!((same.better, same.worse, same.calls.len()), (0, 0, 0));
}

#[test]
fn it_tells_how_far_it_is_and_stops_when_told_to() {
    let (mut shares, day) = (Vec::new(), day());
    let done = compare_watched(&day, &apart(), &together(), 7, &mut |share| {
        shares.push(share);
        true
    });
    assert!(done.unwrap().is_some() && shares.is_sorted() && shares.contains(&0.5), "{shares:?}");
    assert!(compare_watched(&day, &apart(), &together(), 7, &mut |share| share < 0.5).unwrap().is_none());
}
