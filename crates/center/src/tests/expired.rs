//! Leases that had to expire: told once, with whose they were, and shown afterwards.

use types::lease::LeaseKind;

use super::lab::{Lab, T, agent};
use crate::expired::SHOWN_MAX;

fn shown(lab: &Lab) -> Vec<(LeaseKind, Option<types::AgentId>, u64)> {
    let live = lab.center.live(lab.now, T).unwrap();
    live.expired.iter().map(|(at, e)| (e.lease, e.agent, at.ms_since(e.since))).collect()
}

#[test]
fn a_telephone_that_never_confirms_its_end_is_shown_with_its_agent() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    lab.wait(5);
    assert_eq!(shown(&lab), []);
    lab.hangs_up("c1");
    lab.wait(90);
    assert_eq!(shown(&lab), [(LeaseKind::Leg, Some(agent(1001)), 90_000)]);
    let told = lab.written.iter().filter(|e| e.contains("\"lease.expired\"")).count();
    assert_eq!(told, 1, "it is in the journal once");
}

#[test]
fn an_agent_who_answered_into_silence_is_free_again_and_shown() {
    let mut lab = Lab::with(&[1002]);
    lab.caller("95003");
    lab.answers("d1");
    // The announcement of the agent's number never comes to its end.
    lab.wait(60);
    assert_eq!(shown(&lab), [(LeaseKind::Connect, Some(agent(1002)), 60_000)]);
}

#[test]
fn the_last_ones_alone_are_shown_the_newest_first_and_to_their_tenant() {
    let mut lab = Lab::new();
    let one = |n: u64| types::lease::ExpiredLease {
        lease: LeaseKind::Talk,
        agent: None,
        interaction: types::InteractionId(n),
        since: lab.now.wall,
    };
    let all: Vec<_> = (0..=SHOWN_MAX as u64).map(one).collect();
    for expired in &all {
        lab.center.restore_expired(T, lab.now.wall, *expired);
    }
    let live = lab.center.live(lab.now, T).unwrap();
    assert_eq!(live.expired.len(), SHOWN_MAX);
    assert_eq!(live.expired[0].1.interaction.0, SHOWN_MAX as u64);
    assert_eq!(live.expired[SHOWN_MAX - 1].1.interaction.0, 1, "the oldest went");
    assert!(lab.center.live(lab.now, types::TenantId(2)).unwrap().expired.is_empty());
}
