//! What agents and supervisors order about a call that goes on.

use types::Cause;
use types::leg::Origin;
use types::record::DoNotCall;

use super::lab::{Lab, device};
use crate::{CallOrder, Refused};

/// A caller of the sales queue who talks with 1001 on leg `d1`.
fn talking(agents: &[u64]) -> Lab {
    let mut lab = Lab::with(agents);
    lab.caller("95002");
    lab.answers("d1");
    lab.wait(10);
    lab.trace();
    lab
}

#[test]
fn on_hold_the_customer_hears_music_and_neither_hears_the_other() {
    let mut lab = talking(&[1001]);
    lab.orders(Some(1001), CallOrder::Hold).unwrap();
    let told = lab.told(&["state", "play", "hear", "bridge"]);
    assert_eq!(told, ["state held", "play c1 music", "hear c1 ", "hear d1 "]);
    lab.wait(30);
    lab.orders(Some(1001), CallOrder::Resume).unwrap();
    assert_eq!(lab.told(&["state", "stop", "bridge"]), ["state talking", "stop c1", "bridge c1 d1"]);
    assert_eq!(lab.orders(Some(1001), CallOrder::Resume), Err(Refused::WrongState));
    lab.wait(5);
    lab.hangs_up("d1");
    lab.settle();
    assert_eq!((lab.records[0].hold_ms, lab.records[0].talk_ms), (30_000, 15_000));
}

#[test]
fn muted_the_agent_hears_and_is_not_heard() {
    let mut lab = talking(&[1001]);
    lab.orders(Some(1001), CallOrder::Mute(true)).unwrap();
    assert_eq!(lab.told(&["state", "hear", "play"]), ["hear c1 ", "hear d1 c1"]);
    lab.orders(Some(1001), CallOrder::Mute(false)).unwrap();
    assert_eq!(lab.told(&["bridge"]), ["bridge c1 d1"]);
}

#[test]
fn digits_go_to_the_one_with_whom_the_agent_talks() {
    let mut lab = talking(&[1001, 1002]);
    lab.orders(Some(1001), CallOrder::Digits("12#".into())).unwrap();
    assert_eq!(lab.told(&["digits"]), ["digits c1 12#"]);
    lab.orders(Some(1001), CallOrder::Consult("1002".into())).unwrap();
    assert_eq!(lab.orders(Some(1001), CallOrder::Digits("1".into())), Err(Refused::WrongState), "it still rings");
    lab.answers("d2");
    lab.orders(Some(1001), CallOrder::Digits("7".into())).unwrap();
    assert_eq!(lab.told(&["digits"]), ["digits d2 7"]);
}

#[test]
fn a_blind_transfer_leads_to_a_colleague_and_comes_back_when_called_off() {
    let mut lab = talking(&[1001, 1002]);
    assert_eq!(lab.orders(Some(1001), CallOrder::Transfer("777".into())), Err(Refused::NoSuchNumber));
    assert_eq!(lab.orders(Some(1001), CallOrder::Transfer("1003".into())), Err(Refused::NoPhone));
    assert_eq!(lab.trace(), [""; 0], "nothing has changed");
    lab.orders(Some(1001), CallOrder::Transfer("1002".into())).unwrap();
    lab.rings("d2");
    assert_eq!(lab.told(&["state", "play", "agent 1002"]), ["state ringing", "play c1 Ringback", "agent 1002 ringing"]);
    lab.orders(Some(1001), CallOrder::Cancel).unwrap();
    assert_eq!(lab.told(&["hangup", "state", "bridge"]), ["hangup d2 cancelled", "bridge c1 d1", "state talking"]);
    lab.settle();
    lab.orders(Some(1001), CallOrder::Transfer("1002".into())).unwrap();
    lab.answers("d3");
    lab.settle();
    assert_eq!((lab.state(1001).as_str(), lab.state(1002).as_str()), ("wrap_up", "talking"));
}

#[test]
fn an_agent_who_hangs_up_by_order_leaves_as_from_its_telephone() {
    let mut lab = talking(&[1001]);
    lab.orders(Some(1001), CallOrder::HangUp).unwrap();
    lab.settle();
    assert_eq!(
        lab.told(&["hangup", "ended"]),
        ["hangup d1 normal", "hangup c1 other_left", "ended answered agent normal"]
    );
    // One who had called out itself.
    let mut lab = Lab::with(&[1001]);
    lab.call(Origin::Device(device(1001)), "13911112222");
    lab.answers("d1");
    lab.trace();
    lab.orders(Some(1001), CallOrder::HangUp).unwrap();
    lab.settle();
    assert_eq!(
        lab.told(&["hangup", "ended"]),
        ["hangup c1 normal", "hangup d1 other_left", "ended answered caller normal"]
    );
}

#[test]
fn who_has_no_part_orders_nothing_and_a_supervisor_ends_it_all() {
    let mut lab = talking(&[1001, 1002]);
    assert_eq!(lab.orders(Some(1002), CallOrder::Hold), Err(Refused::NotOnCall));
    assert_eq!(lab.orders(Some(1002), CallOrder::Reject), Err(Refused::NotOnCall));
    lab.orders(None, CallOrder::Hold).unwrap();
    assert_eq!(lab.told(&["state"]), ["state held"]);
    lab.orders(None, CallOrder::HangUp).unwrap();
    lab.settle();
    assert_eq!(lab.told(&["ended"]), ["ended answered system forced"]);
}

#[test]
fn a_call_that_is_declined_by_order_goes_to_somebody_else() {
    let mut lab = Lab::with(&[1001, 1003]);
    lab.caller("95002");
    lab.rings("d1");
    lab.trace();
    let (first, other) = if lab.state(1001) == "ringing" { (1001, 1003) } else { (1003, 1001) };
    assert_eq!(lab.orders(Some(other), CallOrder::Reject), Err(Refused::NotOnCall));
    lab.orders(Some(first), CallOrder::Reject).unwrap();
    assert_eq!(lab.told(&["hangup", "dial"]), ["hangup d1 declined".to_owned(), format!("dial d2 sip:{other}@desk")]);
    assert_eq!(lab.state(other), "ringing");
}

#[test]
fn a_telephone_that_says_it_can_be_told_answers_by_order() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    assert_eq!(lab.orders(Some(1001), CallOrder::Answer), Err(Refused::WrongState), "it does not ring yet");
    lab.rings_answerable("d1");
    lab.trace();
    assert_eq!(lab.orders(Some(1003), CallOrder::Answer), Err(Refused::NotOnCall));
    lab.orders(Some(1001), CallOrder::Answer).unwrap();
    assert_eq!(lab.trace(), ["take d1"]);
    assert_eq!(lab.state(1001), "ringing", "until it answers");
    lab.orders(None, CallOrder::Answer).unwrap();
    assert_eq!(lab.trace(), ["take d1"]);
    lab.answers("d1");
    assert_eq!(lab.state(1001), "talking");
    assert_eq!(lab.orders(Some(1001), CallOrder::Answer), Err(Refused::WrongState));
    assert_eq!(lab.orders(None, CallOrder::Answer), Err(Refused::WrongState));
}

#[test]
fn another_telephone_cannot_be_told_to_answer_and_goes_on_ringing() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.rings("d1");
    lab.trace();
    assert_eq!(lab.orders(Some(1001), CallOrder::Answer), Err(Refused::NoRemoteAnswer));
    assert_eq!(lab.orders(None, CallOrder::Answer), Err(Refused::NoRemoteAnswer));
    assert!(lab.trace().is_empty());
    assert_eq!(lab.state(1001), "ringing");
}

#[test]
fn a_page_is_told_by_an_event_to_answer() {
    let mut lab = Lab::new();
    lab.page(1001);
    lab.caller("95002");
    lab.rings("d1");
    lab.trace();
    lab.orders(Some(1001), CallOrder::Answer).unwrap();
    assert_eq!(lab.trace(), ["asked 1001"]);
    assert!(lab.written.last().unwrap().contains(r#""type":"interaction.answer_asked""#));
}

#[test]
fn the_telephone_of_a_call_that_its_agent_began_answers_by_order() {
    let mut lab = Lab::with(&[1001, 1003]);
    lab.dials(1001, "1003").unwrap();
    lab.rings_answerable("d1");
    lab.trace();
    lab.orders(Some(1001), CallOrder::Answer).unwrap();
    assert_eq!(lab.told(&["take"]), ["take d1"]);
    lab.answers("d1");
    lab.rings_answerable("d2");
    lab.trace();
    assert_eq!(lab.orders(Some(1001), CallOrder::Answer), Err(Refused::WrongState));
    lab.orders(Some(1003), CallOrder::Answer).unwrap();
    assert_eq!(lab.told(&["take"]), ["take d2"]);
    let mut lab = Lab::with(&[1003]);
    lab.page(1001);
    lab.dials(1001, "1003").unwrap();
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1001@desk1 page"]);
    lab.rings("d1");
    lab.orders(Some(1001), CallOrder::Answer).unwrap();
    assert_eq!(lab.told(&["asked"]), ["asked 1001"]);
}

#[test]
fn a_recording_is_paused_and_states_it() {
    let mut lab = talking(&[1001]);
    lab.orders(Some(1001), CallOrder::PauseRecording).unwrap();
    assert_eq!(lab.trace(), ["pause c1 true", "pause d1 true", "paused true"]);
    lab.wait(7);
    lab.orders(Some(1001), CallOrder::ResumeRecording).unwrap();
    assert_eq!(lab.told(&["pause"]), ["pause c1 false", "pause d1 false", "paused false"]);
    lab.hangs_up("c1");
    lab.settle();
    let gaps = &lab.records[0].recordings[0].gaps;
    assert_eq!(gaps.iter().map(|g| (g.from_ms, g.to_ms, &*g.cause)).collect::<Vec<_>>(), [(10_000, 17_000, "paused")]);
    let mut lab = Lab::with(&[1002]);
    lab.caller("95003");
    lab.answers("d1");
    lab.played("c1");
    assert_eq!(lab.orders(Some(1002), CallOrder::PauseRecording), Err(Refused::WrongState), "nothing is recorded");
}

/// By order and by an agent's telephone alike.
#[test]
fn who_is_on_the_list_is_not_called() {
    let why = |lab: &mut Lab, number: &'static str| lab.dials(1001, number).map(drop);
    let mut lab = Lab::with(&[1001, 1002]);
    lab.lists("+8613911112222=regulator, 110");
    assert_eq!(why(&mut lab, "13911112222"), Err(Refused::DoNotCall(DoNotCall::Regulator)));
    lab.call(Origin::Device(device(1001)), "13911112222");
    lab.settle();
    let record = lab.records.last().unwrap();
    assert_eq!((record.cause, record.legs.len()), (Cause::DoNotCall, 1), "nobody was called");
    lab.lists("");
    assert_eq!(why(&mut lab, "13911112222"), Ok(()));
}

#[test]
fn a_call_by_order_rings_the_agent_first_and_then_the_number() {
    let mut lab = Lab::with(&[1001, 1002]);
    assert_eq!(lab.dials(1003, "13911112222"), Err(Refused::NoPhone));
    assert_eq!(lab.dials(1001, "777"), Err(Refused::NoSuchNumber));
    lab.dials(1001, "13911112222").unwrap();
    assert_eq!(
        lab.trace(),
        ["started outbound", "dial d1 sip:1001@desk", "agent 1001 ringing"],
        "its own telephone comes first"
    );
    assert_eq!(lab.dials(1001, "13911112222"), Err(Refused::Busy));
    lab.answers("d1");
    assert_eq!(lab.told(&["dial", "agent"]), ["dial d2 sip:13911112222@carrier", "agent 1001 talking"]);
    lab.rings("d2");
    assert_eq!(lab.told(&["state", "play"]), ["state ringing", "play d1 Ringback"]);
    lab.wait(5);
    lab.answers("d2");
    assert_eq!(lab.told(&["answered", "bridge", "state"]), ["bridge d1 d2", "answered", "state talking"]);
    lab.wait(20);
    lab.hangs_up("d2");
    lab.settle();
    assert_eq!(lab.told(&["ended"]), ["ended answered callee normal"]);
    let record = &lab.records[0];
    assert_eq!((record.talk_ms, record.direction.as_str(), lab.state(1001).as_str()), (20_000, "outbound", "ready"));
}

#[test]
fn a_call_by_order_that_the_agent_does_not_take_calls_nobody() {
    let mut lab = Lab::with(&[1001]);
    lab.dials(1001, "13911112222").unwrap();
    lab.trace();
    lab.ends("d1", Cause::Busy, true);
    assert_eq!(lab.told(&["dial", "ended"]), ["ended failed system busy"]);
    assert_eq!(lab.state(1001), "ready");
    lab.dials(1001, "13911112222").unwrap();
    lab.wait(60);
    lab.settle();
    assert_eq!(lab.told(&["hangup", "ended"]), ["hangup d2 no_answer", "ended failed system no_answer"]);
}
