//! A caller whose call an earlier process had begun comes again.

use types::leg::Origin;
use types::record::{InteractionRecord, LegRecord, SegmentKind};
use types::{Cause, InteractionId, LegId, Now, TrunkId, Wall};

use super::lab::{Lab, T, agent};

/// What a call to sales left behind that an agent's telephone rang for when the process was killed, the moment before.
fn cut_off(now: Now, id: u64) -> InteractionRecord {
    let mut lab = Lab::with(&[1001]);
    let before = Wall(now.wall.0 - 4000);
    lab.now.wall = before;
    lab.caller("95002");
    let id_there = lab.interactions[0];
    lab.wait(1);
    let mut record = lab.center.interaction(lab.now, T, id_there).unwrap().record;
    record.id = InteractionId(id);
    record.cause = Cause::Shutdown;
    for leg in &mut record.legs {
        leg.id = LegId(leg.id.0 + 7);
        leg.ended = Some(record.ended);
    }
    *record
}

#[test]
fn who_repeats_a_call_goes_on_in_the_interaction_that_it_began() {
    let mut lab = Lab::with(&[1001]);
    let before = cut_off(lab.now, 77);
    let rung: Vec<LegRecord> = before.legs[1..].to_vec();
    lab.center.expect_again(lab.now, vec![before.clone()]);
    lab.caller("95002");
    assert_eq!(lab.interactions, [InteractionId(77)]);
    assert!(lab.center.interaction_of(lab.leg("c1")).is_some());
    lab.wait(2);
    lab.answers("d1");
    lab.wait(5);
    lab.hangs_up("c1");
    lab.settle();
    lab.wait(60);
    let [record] = &lab.records[..] else { panic!("{} records", lab.records.len()) };
    assert_eq!((record.id, record.started, record.talk_ms), (InteractionId(77), before.started, 5000));
    assert_eq!(record.answered, Some(Wall(before.started.0 + 4000)), "when its caller heard it");
    let first = &record.segments[0];
    assert_eq!((first.kind, first.from, first.to.ms_since(first.from)), (SegmentKind::Setup, before.started, 4000));
    let (caller, others) = record.legs.split_first().unwrap();
    assert_eq!((caller.id, caller.started), (lab.leg("c1"), before.started));
    assert_eq!(others.iter().filter(|leg| rung.contains(leg)).count(), rung.len(), "whom it had rung is told");
    assert_eq!(record.agent, Some(agent(1001)));
}

#[test]
fn who_does_not_come_again_has_a_record_once_no_repeat_can_come() {
    let mut lab = Lab::new();
    let before = cut_off(lab.now, 77);
    lab.center.expect_again(lab.now, vec![before.clone()]);
    lab.wait(27);
    assert!(lab.records.is_empty());
    lab.wait(2);
    assert_eq!(lab.records, [before]);
    lab.caller("95001");
    assert_ne!(lab.interactions, [InteractionId(77)], "too late");
    // Nor is one waited for that began long ago; and nobody is once the node goes down.
    lab.center.expect_again(lab.now, vec![cut_off(Now { wall: Wall(lab.now.wall.0 - 40_000), ..lab.now }, 78)]);
    lab.center.expect_again(lab.now, vec![cut_off(lab.now, 79)]);
    lab.center.shut_down(lab.now);
    lab.settle();
    let ids: Vec<_> = lab.records[1..3].iter().map(|record| record.id.0).collect();
    assert_eq!(ids, [78, 79]);
}

#[test]
fn a_stranger_with_the_same_call_id_is_another_call() {
    let mut lab = Lab::new();
    lab.center.expect_again(lab.now, vec![cut_off(lab.now, 77)]);
    lab.caller("95001");
    lab.call_for(types::TenantId(2), Origin::Trunk(TrunkId(1)), "95002", None);
    assert!(lab.interactions.iter().all(|id| *id != InteractionId(77)), "{:?}", lab.interactions);
    lab.caller("95002");
    lab.caller("95002");
    assert_eq!(lab.interactions.iter().filter(|id| **id == InteractionId(77)).count(), 1, "once");
}
