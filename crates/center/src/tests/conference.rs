//! Asking a second party, and talking together with more than two.

use types::Cause;

use super::lab::Lab;
use crate::{CallOrder, Refused};

/// A caller of the sales queue who talks with 1001 on leg `d1`, who asks 1002 on leg `d2`.
fn consulting() -> Lab {
    let mut lab = Lab::with(&[1001, 1002, 1003]);
    // 1003 serves the same queue and is not to be found by it.
    lab.register(1003, 0);
    lab.caller("95002");
    lab.answers("d1");
    lab.wait(10);
    lab.trace();
    lab.orders(Some(1001), CallOrder::Consult("1002".into())).unwrap();
    lab
}

fn conference() -> Lab {
    let mut lab = consulting();
    lab.answers("d2");
    lab.orders(Some(1001), CallOrder::Conference).unwrap();
    lab.trace();
    lab
}

#[test]
fn while_the_agent_asks_a_colleague_the_customer_hears_music() {
    let mut lab = consulting();
    let told = lab.told(&["state", "play", "hear", "dial", "agent 1002"]);
    for one in ["state held", "play c1 music", "hear c1 ", "hear d1 ", "dial d2 sip:1002@desk", "agent 1002 ringing"] {
        assert!(told.contains(&one.to_owned()), "{one}: {told:?}");
    }
    lab.rings("d2");
    assert_eq!(lab.trace(), ["play d1 Ringback"]);
    lab.wait(5);
    lab.answers("d2");
    assert_eq!(
        lab.told(&["stop", "bridge", "agent", "record "]),
        ["bridge d1 d2", "stop d1", "record d2 1", "agent 1002 talking"]
    );
    lab.orders(Some(1001), CallOrder::Swap).unwrap();
    let told = lab.told(&["state", "stop", "play", "bridge", "hear"]);
    assert_eq!(told, ["state talking", "stop c1", "play d2 music", "bridge c1 d1", "hear d2 "]);
    lab.orders(Some(1001), CallOrder::Swap).unwrap();
    assert_eq!(
        lab.told(&["state", "stop", "play", "bridge"]),
        ["state held", "stop d2", "play c1 music", "bridge d1 d2"]
    );
    lab.orders(Some(1001), CallOrder::Cancel).unwrap();
    lab.settle();
    assert_eq!(
        lab.told(&["hangup", "state", "stop", "bridge"]),
        ["state talking", "stop c1", "hangup d2 cancelled", "bridge c1 d1"]
    );
    assert_eq!(lab.state(1002), "ready");
}

#[test]
fn who_is_asked_takes_the_customer_when_the_agent_hands_over_or_goes() {
    for goes in [false, true] {
        let mut lab = consulting();
        lab.answers("d2");
        lab.trace();
        match goes {
            true => lab.hangs_up("d1"),
            false => lab.orders(Some(1001), CallOrder::Complete).unwrap(),
        }
        lab.settle();
        let told = lab.told(&["bridge", "stop"]);
        assert!(told.contains(&"bridge c1 d2".to_owned()) && told.contains(&"stop c1".to_owned()), "{told:?}");
        assert_eq!((lab.state(1001).as_str(), lab.state(1002).as_str()), ("wrap_up", "talking"));
        lab.hangs_up("d2");
        lab.settle();
        assert_eq!(lab.told(&["ended"]), ["ended answered agent normal"]);
        assert_eq!(lab.state(1002), "wrap_up");
    }
}

#[test]
fn handed_over_while_it_still_rings_it_rings_for_the_customer() {
    let mut lab = consulting();
    lab.rings("d2");
    lab.trace();
    lab.orders(Some(1001), CallOrder::Complete).unwrap();
    assert_eq!(lab.told(&["state", "play", "stop"]), ["stop d1", "state ringing", "play c1 Ringback"]);
    lab.answers("d2");
    lab.settle();
    assert_eq!(lab.told(&["bridge", "hangup"]), ["hangup d1 transferred", "bridge c1 d2"]);
}

#[test]
fn nobody_answers_and_the_agent_is_with_the_customer_again() {
    let mut lab = consulting();
    lab.rings("d2");
    lab.trace();
    lab.ends("d2", Cause::Busy, true);
    assert_eq!(lab.told(&["state", "stop", "bridge"]), ["stop d1", "state talking", "stop c1", "bridge c1 d1"]);
    // Over a trunk that fails the next one is tried.
    lab.orders(Some(1001), CallOrder::Consult("13911112222".into())).unwrap();
    assert_eq!(lab.told(&["dial"]), ["dial d3 sip:13911112222@carrier"]);
    lab.ends("d3", Cause::PeerFailed, true);
    assert_eq!(lab.told(&["dial", "state"]), ["dial d4 sip:13911112222@spare"]);
}

#[test]
fn in_a_conference_each_hears_the_others_and_each_is_recorded() {
    let mut lab = consulting();
    lab.answers("d2");
    lab.trace();
    lab.orders(Some(1001), CallOrder::Conference).unwrap();
    let told = lab.told(&["hear", "stop", "state"]);
    assert_eq!(told, ["state talking", "stop c1", "hear c1 d1+d2", "hear d1 c1+d2", "hear d2 c1+d1"]);
    assert_eq!(lab.orders(Some(1001), CallOrder::Conference), Err(Refused::WrongState));
    lab.wait(30);
    // The one who was brought in leaves: the others go on.
    lab.hangs_up("d2");
    assert_eq!(lab.told(&["bridge", "state", "hangup"]), ["bridge c1 d1"]);
    assert_eq!((lab.state(1001).as_str(), lab.state(1002).as_str()), ("talking", "ready"));
    lab.hangs_up("c1");
    lab.settle();
    let record = &lab.records[0];
    assert_eq!((record.hold_ms, record.talk_ms, record.recordings[0].tracks.len()), (0, 40_000, 3));
}

#[test]
fn the_agent_leaves_a_conference_and_the_colleague_serves() {
    let mut lab = conference();
    lab.wait(10);
    lab.hangs_up("d1");
    assert_eq!(lab.told(&["bridge", "agent 1001", "hangup"]), ["bridge c1 d2", "agent 1001 wrap_up"]);
    lab.orders(Some(1002), CallOrder::Hold).unwrap();
    assert_eq!(lab.told(&["state"]), ["state held"], "it may do what the other could");
    lab.hangs_up("d2");
    lab.settle();
    assert_eq!(lab.told(&["ended"]), ["ended answered agent normal"]);
    assert_eq!(lab.state(1002), "wrap_up");
}

#[test]
fn the_customer_leaves_a_conference_and_all_is_over() {
    let mut lab = conference();
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(
        lab.told(&["hangup", "ended"]),
        ["hangup d1 other_left", "hangup d2 other_left", "ended answered caller normal"]
    );
}

#[test]
fn colleagues_go_on_when_the_one_who_called_leaves() {
    let mut lab = Lab::with(&[1001, 1002, 1003]);
    lab.call(types::leg::Origin::Device(super::lab::device(1001)), "1002");
    lab.answers("d1");
    lab.orders(Some(1001), CallOrder::Consult("1003".into())).unwrap();
    lab.answers("d2");
    lab.orders(Some(1001), CallOrder::Conference).unwrap();
    lab.trace();
    lab.hangs_up("c1");
    assert_eq!(lab.told(&["bridge", "hangup"]), ["bridge d1 d2"]);
    lab.hangs_up("d2");
    lab.settle();
    assert_eq!(lab.told(&["hangup", "ended"]).len(), 2);
}

#[test]
fn one_of_several_steps_out_while_the_others_talk() {
    let mut lab = conference();
    lab.orders(Some(1001), CallOrder::Hold).unwrap();
    assert_eq!(lab.told(&["state", "play", "bridge", "hear"]), ["bridge c1 d2", "hear d1 "], "nobody hears music");
    lab.orders(Some(1001), CallOrder::Resume).unwrap();
    lab.trace();
    let member = lab.leg("d2");
    lab.orders(Some(1001), CallOrder::Remove(member)).unwrap();
    lab.settle();
    assert_eq!(lab.told(&["bridge", "hangup"]), ["hangup d2 forced", "bridge c1 d1"]);
    let customer = lab.leg("c1");
    assert_eq!(lab.orders(Some(1001), CallOrder::Remove(customer)), Err(Refused::WrongState));
}

#[test]
fn a_telephone_with_two_calls_brings_them_together() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.caller("95002");
    lab.answers("d1");
    let leg = lab.leg("d1");
    lab.event(types::LegEvent::HeldByPeer { leg, held: true });
    assert_eq!(lab.orders(Some(1001), CallOrder::Conference), Err(Refused::WrongState), "there is no other call");
    lab.call(types::leg::Origin::Device(super::lab::device(1001)), "1002");
    lab.answers("d2");
    lab.trace();
    lab.orders(Some(1001), CallOrder::Conference).unwrap();
    lab.settle();
    assert_eq!(lab.told(&["hangup", "record "]), ["record d2 1", "hangup c2 transferred"]);
    lab.event(types::LegEvent::HeldByPeer { leg, held: false });
    assert_eq!(lab.told(&["hear"]), ["hear c1 d1+d2", "hear d1 c1+d2", "hear d2 c1+d1"]);
    assert_eq!((lab.state(1001).as_str(), lab.state(1002).as_str()), ("talking", "talking"));
    lab.hangs_up("c1");
    lab.settle();
    lab.wait(20);
    assert_eq!((lab.state(1001).as_str(), lab.state(1002).as_str()), ("ready", "ready"));
    assert_eq!(lab.center.in_progress(), 0);
}
