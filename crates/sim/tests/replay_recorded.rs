//! A simulated day, recorded as the product records it, and replayed under its own policy: how near that comes to the truth.

use std::collections::HashMap;
use std::time::Duration;

use acd::Change;
use sim::{Entry, Options, Policy, RecordedDay, Recorder, compare, tell};
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

#[test]
fn a_replay_of_the_own_policy_is_near_the_truth() {
    for (agents, seed) in [(24, 1), (20, 2), (16, 3)] {
        let (day, policy) = days(agents, seed);
        let both = compare(&day, &policy, &policy, 1).unwrap();
        let (actual, replayed) = (&both.actual.sum, &both.recorded.sum);
        println!("{agents} {seed}\n{actual:?}\n{replayed:?}\n");
        let off = |a: Option<f64>, b: Option<f64>| (a.unwrap() - b.unwrap()).abs();
        assert!(actual.offered > 1_000, "{actual:?}");
        assert!(off(actual.service_level, replayed.service_level) < 0.08, "{actual:?}\n{replayed:?}");
        assert!(off(actual.abandon_share, replayed.abandon_share) < 0.05, "{actual:?}\n{replayed:?}");
        assert!(off(both.actual.occupancy, both.recorded.occupancy) < 0.05, "{actual:?}\n{replayed:?}");
    }
}
