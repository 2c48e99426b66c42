//! Supervisors who listen, whisper, barge in and take over.

use types::record::Supervision;
use types::{Cause, TenantId};

use super::lab::{Lab, agent};
use crate::{CallOrder, Refused};

/// A caller of the sales queue who talks with 1001 on leg `d1`; 1002, of another queue, listens on leg `d2`.
fn listening() -> Lab {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.caller("95002");
    lab.answers("d1");
    lab.wait(10);
    lab.trace();
    lab.supervises(1002, Supervision::Listen).unwrap();
    lab.answers("d2");
    lab
}

#[test]
fn one_who_listens_hears_both_and_disturbs_nobody() {
    let mut lab = listening();
    let told = lab.told(&["hear", "bridge", "supervised", "record", "state", "play", "agent 1002"]);
    let expected = ["agent 1002 ringing", "supervised 1002 Some(1001) listen", "hear d2 c1+d1", "agent 1002 talking"];
    for one in expected {
        assert!(told.contains(&one.to_owned()), "{one}: {told:?}");
    }
    let seen = lab.center.live(lab.now, TenantId(1)).unwrap().interactions;
    assert_eq!(seen[0].supervisors, [(agent(1002), Supervision::Listen)], "told to a page that is opened now");
    assert_eq!(told.len(), expected.len(), "the two who talk notice nothing, and it is not recorded: {told:?}");
    lab.orders(Some(1001), CallOrder::Hold).unwrap();
    assert_eq!(lab.told(&["hear"]), ["hear c1 ", "hear d1 ", "hear d2 d1"]);
    lab.orders(Some(1001), CallOrder::Resume).unwrap();
    assert_eq!(lab.told(&["hear", "bridge"]), ["bridge c1 d1", "hear d2 c1+d1"]);
    lab.supervises(1002, Supervision::Stop).unwrap();
    lab.settle();
    assert_eq!(lab.told(&["hangup", "supervised", "hear"]), ["hangup d2 normal", "supervised 1002 Some(1001) stop"]);
    assert_eq!((lab.state(1002).as_str(), lab.state(1001).as_str()), ("ready", "talking"));
    assert_eq!(lab.center.live(lab.now, TenantId(1)).unwrap().interactions[0].supervisors, []);
}

#[test]
fn a_whisper_reaches_the_agent_alone_and_barging_in_reaches_all() {
    let mut lab = listening();
    lab.trace();
    lab.supervises(1002, Supervision::Whisper).unwrap();
    assert_eq!(
        lab.told(&["hear", "supervised"]),
        ["supervised 1002 Some(1001) whisper", "hear c1 d1", "hear d1 c1+d2"]
    );
    lab.supervises(1002, Supervision::Barge).unwrap();
    let told = lab.told(&["hear", "record ", "supervised"]);
    assert_eq!(told, ["record d2 1", "supervised 1002 Some(1001) barge", "hear c1 d1+d2"]);
    lab.hangs_up("d2");
    assert_eq!(lab.told(&["bridge", "supervised"]), ["supervised 1002 Some(1001) stop", "bridge c1 d1"]);
}

#[test]
fn one_who_takes_over_has_the_customer_and_the_agent_is_done() {
    let mut lab = listening();
    lab.trace();
    lab.supervises(1002, Supervision::TakeOver).unwrap();
    lab.settle();
    let told = lab.told(&["hangup", "bridge", "supervised", "record ", "agent 1001"]);
    for one in [
        "hangup d1 transferred",
        "bridge c1 d2",
        "record d2 1",
        "supervised 1002 Some(1001) take_over",
        "agent 1001 wrap_up",
    ] {
        assert!(told.contains(&one.to_owned()), "{one}: {told:?}");
    }
    lab.orders(Some(1002), CallOrder::Hold).unwrap();
    lab.hangs_up("d2");
    lab.settle();
    assert_eq!(lab.told(&["ended"]), ["ended answered agent normal"]);
    // At once, without listening first.
    let mut lab = Lab::with(&[1001, 1002]);
    lab.caller("95002");
    lab.answers("d1");
    lab.supervises(1002, Supervision::TakeOver).unwrap();
    lab.answers("d2");
    lab.settle();
    assert!(lab.trace().contains(&"bridge c1 d2".to_owned()));
}

#[test]
fn when_the_agent_goes_so_does_who_listened() {
    let mut lab = listening();
    lab.trace();
    lab.hangs_up("d1");
    lab.settle();
    assert_eq!(lab.told(&["hangup d2", "ended"]), ["hangup d2 other_left", "ended answered agent normal"]);
    let mut lab = listening();
    lab.trace();
    lab.ends("d1", Cause::MediaLost, false);
    assert_eq!(lab.told(&["hangup", "state"]), ["hangup d2 other_left", "state queued"], "the customer waits again");
}

#[test]
fn who_cannot_listen_is_told_why() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.caller("95002");
    assert_eq!(lab.supervises(1002, Supervision::Listen), Err(Refused::WrongState), "nobody talks yet");
    lab.answers("d1");
    assert_eq!(lab.supervises(1003, Supervision::Listen), Err(Refused::NoPhone));
    assert_eq!(lab.supervises(1001, Supervision::Listen), Err(Refused::WrongState), "it talks there itself");
    assert_eq!(lab.supervises(1002, Supervision::Stop), Err(Refused::WrongState));
    lab.supervises(1002, Supervision::Listen).unwrap();
    lab.trace();
    lab.ends("d2", Cause::Busy, true);
    assert_eq!(lab.told(&["supervised", "hangup"]), [""; 0], "it never heard anything");
    lab.supervises(1002, Supervision::Listen).unwrap();
    lab.supervises(1002, Supervision::Stop).unwrap();
    lab.settle();
    assert_eq!(lab.state(1002), "ready");
}
