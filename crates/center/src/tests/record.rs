//! What a record tells: while its interaction goes on, and of the work after it.

use types::record::{Disposition, SegmentKind};
use types::{TenantId, Wall};

use super::lab::{Lab, SALES, T, agent};
use crate::Refused;

fn said(code: &str) -> Disposition {
    Disposition::new(code, "", "1001".into(), Wall(7)).unwrap()
}

#[test]
fn an_interaction_in_progress_is_seen_in_the_shape_of_its_record() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95001");
    lab.wait(3);
    lab.presses("c1", '1');
    lab.rings("d1");
    lab.wait(4);
    let id = lab.interactions[0];
    let seen = lab.center.interaction(lab.now, T, id).unwrap();
    assert_eq!(
        (seen.now.state, seen.now.queue, seen.now.agent),
        (SegmentKind::Ringing, Some(SALES), Some(agent(1001)))
    );
    assert_eq!(seen.now.waiting_since, Some(Wall(lab.now.wall.0 - 4000)));
    let record = seen.record;
    assert_eq!((record.legs.len(), record.decisions.len(), record.wait_ms, record.ring_ms), (2, 1, 4000, 4000));
    assert_eq!(record.segments.last().map(|s| (s.kind, s.to)), Some((SegmentKind::Ringing, lab.now.wall)));
    assert_eq!(record.trace.iter().map(|t| &*t.node).collect::<Vec<_>>(), ["m", "q"]);
    // Looking changes nothing.
    lab.answers("d1");
    lab.wait(10);
    assert_eq!(lab.center.interaction(lab.now, T, id).unwrap().record.talk_ms, 10_000);
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!((lab.records[0].wait_ms, lab.records[0].talk_ms, lab.records[0].trace.len()), (4000, 10_000, 2));
    assert!(lab.center.interaction(lab.now, T, id).is_none(), "what is over is in the journal");
    assert!(lab.center.interaction(lab.now, TenantId(2), id).is_none());
}

#[test]
fn what_came_of_it_can_be_said_during_the_talk_and_after_it() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    let (now, id) = (lab.now, lab.interactions[0]);
    for known in [false, true] {
        assert_eq!(lab.center.dispose(now, TenantId(2), id, said("x"), known), Err(Refused::NotFound));
    }
    lab.center.dispose(now, T, id, said("wrong"), false).unwrap();
    lab.center.dispose(now, T, id, said("solved"), false).unwrap();
    assert_eq!(lab.told(&["disposed"]), ["disposed wrong", "disposed solved"]);
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.records[0].disposition, Some(said("solved")));
    lab.center.dispose(now, T, id, said("late"), false).unwrap();
    assert_eq!(lab.told(&["disposed"]), ["disposed late"]);
    let unknown = types::InteractionId(4);
    assert_eq!(lab.center.dispose(now, T, unknown, said("x"), false), Err(Refused::NotFound));
}

#[test]
fn the_work_of_an_agent_who_handed_on_is_in_the_record_and_that_of_the_last_is_told() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.caller("95002");
    lab.answers("d1");
    lab.wait(20);
    let until = lab.now.wall;
    lab.asks("d1", "1002", None);
    lab.answers("d2");
    lab.settle();
    lab.wait(30);
    lab.hangs_up("c1");
    lab.settle();
    let record = &lab.records[0];
    let wrap_ups: Vec<_> = record.wrap_ups.iter().map(|w| (w.kind, w.agent, w.queue, w.from, w.to)).collect();
    let after = Wall(until.0 + 10_000);
    assert_eq!(wrap_ups, [(SegmentKind::WrapUp, Some(agent(1001)), Some(SALES), until, after)]);
}
