//! Customers in slots: put there by transfer or order, picked up by number, rung back, and back to their queue.

use types::leg::Origin;
use types::record::{Outcome, SegmentKind};
use types::{Cause, TenantId};

use super::lab::{Lab, T, agent, device};
use crate::{By, CallOrder, Refused};

/// A customer of the sales queue whom 1001 has parked; 1001's leg has ended.
fn parked(agents: &[u64]) -> Lab {
    let mut lab = Lab::with(&[1001]);
    agents.iter().for_each(|number| lab.register(*number, 3600));
    lab.caller("95002");
    lab.answers("d1");
    lab.wait(10);
    lab.trace();
    lab.asks("d1", "*68", None);
    lab
}

fn slot(lab: &Lab) -> Option<u16> {
    lab.center.live(lab.now, T).unwrap().interactions[0].slot
}

#[test]
fn whoever_parks_hears_the_slot_and_leaves_and_any_telephone_picks_up() {
    let mut lab = parked(&[1002]);
    assert_eq!(lab.told(&["state", "play"]), ["state parked", "play c1 music", "play d1 digit_7 digit_0 digit_1"]);
    assert_eq!(slot(&lab), Some(701));
    lab.played("d1");
    assert_eq!(lab.told(&["progress", "hangup"]), ["progress d1 Done", "hangup d1 transferred"]);
    lab.ends("d1", Cause::Transferred, false);
    assert_eq!(lab.state(1001), "wrap_up");
    lab.wait(30);
    lab.call(Origin::Device(device(1002)), "701");
    assert_eq!(lab.told(&["bridge", "stop", "state talking"]), ["bridge c1 c2", "stop c1", "state talking"]);
    assert_eq!((lab.state(1002).as_str(), slot(&lab)), ("talking", None));
    lab.wait(7);
    lab.hangs_up("c1");
    lab.settle();
    let record = lab.records.last().unwrap();
    let kinds: Vec<_> = record.segments.iter().map(|s| s.kind).collect();
    assert!(kinds.ends_with(&[SegmentKind::Talking, SegmentKind::Parked, SegmentKind::Talking]), "{kinds:?}");
    assert_eq!((record.hold_ms, record.agent, record.outcome), (30_000, Some(agent(1002)), Outcome::Answered));
    assert_eq!(record.recordings[0].tracks.len(), 3, "who picked it up is recorded too");
    assert_eq!((lab.center.in_progress(), lab.state(1002).as_str()), (0, "wrap_up"));
}

#[test]
fn an_order_parks_too_and_slots_are_given_one_by_one() {
    let mut lab = Lab::with(&[1001, 1003]);
    for (n, expected) in [(1, 701), (2, 702)] {
        lab.caller("95002");
        lab.answers(&format!("d{n}"));
        let (now, id) = (lab.now, *lab.interactions.last().unwrap());
        lab.center.order_call(now, T, id, By::Supervisor, CallOrder::Park).unwrap();
        let seen = lab.center.interaction(now, T, id).unwrap();
        assert_eq!(seen.now.slot, Some(expected));
        assert_eq!(lab.center.order_call(now, T, id, By::Supervisor, CallOrder::Park), Err(Refused::WrongState));
    }
}

#[test]
fn nobody_who_is_not_of_the_tenant_picks_up() {
    let mut lab = parked(&[1002]);
    lab.trace();
    lab.caller("701");
    lab.call_for(TenantId(2), Origin::Device(device(1002)), "701", None);
    assert_eq!(lab.told(&["bridge", "hangup c"]), ["hangup c2 not_found", "hangup c3 not_found"]);
    lab.call(Origin::Device(device(1002)), "702");
    assert_eq!(lab.told(&["bridge", "hangup c"]), ["hangup c4 not_found"], "an empty slot");
}

#[test]
fn unclaimed_it_rings_whoever_parked_it_then_goes_back_to_its_queue() {
    let mut lab = parked(&[]);
    lab.played("d1");
    lab.ends("d1", Cause::Transferred, false);
    lab.trace();
    lab.wait(119);
    assert_eq!(lab.told(&["dial"]), Vec::<String>::new());
    lab.wait(1);
    assert_eq!(lab.told(&["dial", "hangup"]), ["dial d2 sip:1001@desk"]);
    lab.ends("d2", Cause::Declined, true);
    assert_eq!(lab.told(&["state queued", "dial"]), ["state queued", "dial d3 sip:1001@desk"]);
    lab.answers("d3");
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.center.in_progress(), 0);
}

#[test]
fn rung_back_the_one_who_parked_it_has_it_again() {
    let mut lab = parked(&[]);
    lab.played("d1");
    lab.ends("d1", Cause::Transferred, false);
    lab.wait(120);
    lab.rings("d2");
    lab.answers("d2");
    assert_eq!(lab.told(&["bridge"]), ["bridge c1 d2"]);
    assert_eq!(lab.state(1001), "talking");
}

#[test]
fn a_customer_who_gives_up_in_its_slot_frees_it() {
    let mut lab = parked(&[1002]);
    lab.hangs_up("c1");
    lab.ends("d1", Cause::Transferred, false);
    assert_eq!(lab.center.in_progress(), 0);
    lab.call(Origin::Device(device(1002)), "701");
    assert_eq!(lab.told(&["hangup c2"]), ["hangup c2 not_found"]);
}
