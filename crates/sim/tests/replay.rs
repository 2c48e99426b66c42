//! A recorded day under two policies.

use std::time::Duration;

use acd::{AgentConfig, NoAgentPolicy, QueueConfig};
use sim::{Arrival, Duty, End, Policy, RecordedDay, Service, Turn, recorded, replay};
use types::{AgentId, QueueId, TenantId, Wall};

const TENANT: TenantId = TenantId(1);
const SALES: QueueId = QueueId(11);
const SUPPORT: QueueId = QueueId(12);

/// Eight agents, of whom each serves these queues.
fn policy(queues_of: impl Fn(u64) -> Vec<QueueId>) -> Policy {
    let queue = |id, name: &str| QueueConfig { no_agent: NoAgentPolicy::Wait, ..QueueConfig::new(id, TENANT, name) };
    let agent = |i: u64| AgentConfig::new(AgentId(i), TENANT, &(1000 + i).to_string(), &queues_of(i));
    Policy { queues: vec![queue(SALES, "sales"), queue(SUPPORT, "support")], agents: (1..=8).map(agent).collect() }
}

/// An hour in which nearly all want sales, and some gave up.
fn day() -> RecordedDay {
    let from = Wall(1_790_000_000_000);
    let arrival = |i: i64| Arrival {
        queue: if i % 10 == 0 { SUPPORT } else { SALES },
        at: Wall(from.0 + i * 12_000),
        priority: 0,
        waited: Duration::from_secs(20 + i as u64 % 60),
        end: match i % 7 {
            0 => End::GaveUp,
            _ => End::Served(Service { ring: Duration::from_secs(4), talk: Duration::from_secs(60 + i as u64 % 40) }),
        },
    };
    let turn = |i: u64| Turn { agent: AgentId(i), at: from, duty: Duty::Ready };
    RecordedDay { from, arrivals: (0..300).map(arrival).collect(), turns: (1..=8).map(turn).collect() }
}

#[test]
fn the_same_twice_is_equal_and_nobody_is_lost() {
    let (day, policy) = (day(), policy(|i| vec![if i <= 4 { SALES } else { SUPPORT }]));
    let once = replay(&day, &policy, 7).unwrap();
    assert_eq!(once, replay(&day, &policy, 7).unwrap());
    let names: Vec<&str> = once.iter().map(|row| &*row.queue).collect();
    assert_eq!(names, ["sales", "support", ""]);
    for (row, came) in once.iter().zip([270, 30, 300]) {
        assert_eq!(row.offered, came, "{row:?}");
        assert_eq!(row.answered + row.abandoned + row.elsewhere, came, "{row:?}");
    }
    assert!(once[2].occupancy.is_some_and(|share| share > 0.0 && share < 1.0), "{once:?}");
}

#[test]
fn agents_who_can_do_more_make_a_better_day() {
    let day = day();
    let apart = replay(&day, &policy(|i| vec![if i <= 4 { SALES } else { SUPPORT }]), 7).unwrap();
    let together = replay(&day, &policy(|_| vec![SALES, SUPPORT]), 7).unwrap();
    let (apart, together) = (apart.last().unwrap(), together.last().unwrap());
    assert!(together.service_level > apart.service_level, "{apart:?} {together:?}");
    assert!(together.abandoned < apart.abandoned && together.answered > apart.answered, "{apart:?} {together:?}");
    assert!(together.asa_s < apart.asa_s, "{apart:?} {together:?}");
}

#[test]
fn a_break_is_kept_and_who_gave_up_gives_up_again() {
    let mut day = day();
    // Nobody is there for anybody.
    day.turns.iter_mut().for_each(|turn| turn.duty = Duty::Break);
    let policy = policy(|_| vec![SALES, SUPPORT]);
    let figures = replay(&day, &policy, 7).unwrap();
    let sum = figures.last().unwrap();
    assert_eq!((sum.answered, sum.abandoned), (0, 300), "{sum:?}");
    let truly = recorded(&day, &policy);
    assert_eq!(truly.last().unwrap().abandoned, 43);
}

#[test]
fn a_policy_that_makes_no_sense_is_refused_by_its_field() {
    let mut policy = policy(|_| vec![SALES]);
    policy.queues[0].ring_timeout_s = 0;
    assert_eq!(replay(&day(), &policy, 1).unwrap_err().field, "ring_timeout_s");
}
