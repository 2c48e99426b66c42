//! A simulated day, recorded as the product records it, and replayed under its own policy: how near that comes to the truth.

use std::collections::HashMap;
use std::time::Duration;

use acd::Change;
use sim::{Entry, Options, Policy, RecordedDay, Recorder, RingEnd, compare, tell};
use types::event::{Event, Happening};
use types::record::{AgentState, InteractionRecord};
use types::{AgentId, InteractionId, Wall};

const DAY_MS: i64 = 86_400_000;

/// The policy that a journal tells of.
fn policy(events: &[Event]) -> Policy {
    let mut policy = Policy::default();
    for event in events {
        let Happening::RoutingChanged { queues, agents, .. } = &event.what else { continue };
        queues.iter().for_each(|text| policy.take(Change::Queue(serde_json::from_str(text).unwrap())));
        agents.iter().for_each(|text| policy.take(Change::Agent(serde_json::from_str(text).unwrap())));
    }
    policy
}

fn recorded(events: &[Event], policy: &Policy) -> RecordedDay {
    let first = events.iter().map(|event| event.at).min().unwrap();
    // China's midnight, as the simulated company has it.
    let from = Wall((first.0 + DAY_MS / 3).div_euclid(DAY_MS) * DAY_MS - DAY_MS / 3);
    let mut wraps: HashMap<InteractionId, u64> = HashMap::new();
    let mut states: HashMap<AgentId, Vec<(AgentState, Wall)>> = HashMap::new();
    let mut records: Vec<&InteractionRecord> = Vec::new();
    for event in events {
        match &event.what {
            Happening::InteractionEnded { record } => {
                let within = record.wrap_ups.iter().map(|wrap| wrap.to.ms_since(wrap.from)).sum::<u64>();
                *wraps.entry(record.id).or_default() += within;
                records.push(record);
            }
            Happening::Wrapped { id, wrap_up_ms, .. } => *wraps.entry(*id).or_default() += wrap_up_ms,
            Happening::AgentState { agent, state, since, .. } => {
                states.entry(*agent).or_default().push((*state, since.unwrap_or(event.at)));
            }
            _ => {}
        }
    }
    let mut recorder = Recorder::new(from, Wall(from.0 + DAY_MS), policy, |_, _, _| Some(Entry::default()));
    for record in records {
        recorder.record(record, Duration::from_millis(wraps[&record.id]));
    }
    let mut states: Vec<_> = states.into_iter().collect();
    states.sort_by_key(|(agent, _)| *agent);
    states.into_iter().for_each(|(agent, states)| recorder.states(agent, states));
    recorder.finish()
}

fn days(agents: u32, seed: u64) -> (RecordedDay, Policy) {
    let (report, events) = tell(&Options::new(2_000, agents, seed), 0);
    assert!(report.broken_invariants.is_empty(), "seed {seed}");
    let policy = policy(&events);
    (recorded(&events, &policy), policy)
}

/// How far a replay of a day's own policy may be from the truth, as docs/guide tells it: shares, of single days.
const SERVICE_LEVEL_OFF: f64 = 0.03;
const ABANDON_SHARE_OFF: f64 = 0.02;
const OCCUPANCY_OFF: f64 = 0.03;
/// The same of the service level over all days together: what is left is bias, no chance.
const BIAS: f64 = 0.02;

#[test]
fn a_replay_of_the_own_policy_is_near_the_truth() {
    let seeds = [(24, 1), (20, 2), (16, 3), (22, 4), (18, 5)];
    let mut sum = 0.0;
    for (agents, seed) in seeds {
        let (day, policy) = days(agents, seed);
        let missed = day.rings.values().flatten().filter(|ring| ring.end != RingEnd::Taken).count();
        assert!(missed > 20, "seed {seed}: agents miss calls on such a day, {missed}");
        let both = compare(&day, &policy, &policy, 1).unwrap();
        let (actual, replayed) = (&both.actual.sum, &both.recorded.sum);
        let off = |a: Option<f64>, b: Option<f64>| b.unwrap() - a.unwrap();
        let level = off(actual.service_level, replayed.service_level);
        let abandoned = off(actual.abandon_share, replayed.abandon_share);
        let occupancy = off(both.actual.occupancy, both.recorded.occupancy);
        println!(
            "{agents} agents, seed {seed}: service level {level:+.3}, abandoned {abandoned:+.3}, busy {occupancy:+.3}"
        );
        assert!(actual.offered > 1_000, "{actual:?}");
        assert!(level.abs() < SERVICE_LEVEL_OFF, "seed {seed}\n{actual:?}\n{replayed:?}");
        assert!(abandoned.abs() < ABANDON_SHARE_OFF, "seed {seed}\n{actual:?}\n{replayed:?}");
        assert!(occupancy.abs() < OCCUPANCY_OFF, "seed {seed}\n{actual:?}\n{replayed:?}");
        sum += level;
    }
    let bias = sum / seeds.len() as f64;
    assert!(bias.abs() < BIAS, "the service level is off by {bias:+.3} on average");
}
