//! An agent's page that goes away in the middle of a talk, and comes back.

use types::leg::{Incoming, Origin};
use types::record::SegmentKind;
use types::{Cause, LegEvent};

use super::lab::{Lab, T, agent, device};

/// 1001 works in a browser and talks with a customer of the sales queue, 1003 has a telephone and waits.
fn talks() -> Lab {
    let mut lab = Lab::new();
    lab.page(1001);
    lab.caller("95002");
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1001@desk1 page"]);
    lab.answers("d1");
    lab.wait(5);
    lab.register(1003, 3600);
    lab.trace();
    lab
}

fn media_lost(lab: &mut Lab, name: &str) {
    let leg = lab.leg(name);
    lab.event(LegEvent::MediaLost { leg });
}

fn holds(lab: &mut Lab, name: &str, held: bool) {
    let leg = lab.leg(name);
    lab.event(LegEvent::HeldByPeer { leg, held });
}

const HEARD: [&str; 8] = ["dial", "play", "stop", "bridge", "hangup", "record ", "state", "ended"];

/// The rest of the talk is as if nothing had been: the agent hangs up, wraps up, and is free.
fn ends_well(lab: &mut Lab, leg: &str) {
    assert_eq!((lab.state(1001).as_str(), lab.center.in_progress()), ("talking", 1));
    let mut old: Vec<String> =
        lab.names.values().filter(|name| name.starts_with('d') && *name != leg).cloned().collect();
    old.sort();
    for name in old {
        lab.ends(&name, Cause::MediaLost, false);
    }
    lab.trace();
    lab.hangs_up(leg);
    assert_eq!(lab.told(&["hangup"]), ["hangup c1 other_left"]);
    lab.ends("c1", Cause::OtherLeft, false);
    assert_eq!(lab.told(&["ended"]), ["ended answered agent normal"]);
    assert_eq!(lab.state(1001), "wrap_up");
    lab.wait(10);
    assert_eq!(lab.state(1001), "ready");
}

#[test]
fn a_page_that_is_loaded_anew_has_its_call_back_and_the_recording_goes_on() {
    let mut lab = talks();
    lab.disconnects(1001);
    // That the connection has closed says nothing of the voice.
    assert_eq!(lab.told(&HEARD), Vec::<String>::new());
    lab.wait(1);
    lab.loads(1001);
    assert_eq!(lab.told(&HEARD), ["state away", "play c1 music", "dial d2 sip:1001@desk2 back"]);
    lab.rings("d2");
    lab.answers("d2");
    let heard = lab.told(&HEARD);
    assert_eq!(heard, ["hangup d1 media_lost", "bridge c1 d2", "state talking", "stop c1", "record d2 1"]);
    // What the old leg has to say comes late.
    lab.ends("d1", Cause::Normal, true);
    assert_eq!(lab.told(&["agent", "hangup", "ended"]), Vec::<String>::new());
    ends_well(&mut lab, "d2");
    let record = &lab.records[0];
    assert_eq!((record.recordings.len(), record.recordings[0].tracks.len()), (1, 3));
    assert_eq!((record.hold_ms, record.wait_ms), (0, 0));
}

#[test]
fn a_page_that_registers_before_its_old_connection_is_missed_has_its_call_back() {
    let mut lab = talks();
    let before = lab.pages[&1001];
    lab.loads(1001);
    assert_eq!(lab.told(&["dial"]), Vec::<String>::new());
    let after = lab.pages.insert(1001, before).unwrap();
    lab.disconnects(1001);
    lab.pages.insert(1001, after);
    assert_eq!(lab.told(&["dial"]), ["dial d2 sip:1001@desk2 back"]);
    lab.answers("d2");
    ends_well(&mut lab, "d2");
}

#[test]
fn a_browser_that_crashed_has_its_call_back_when_it_was_started_again() {
    let mut lab = talks();
    media_lost(&mut lab, "d1");
    lab.disconnects(1001);
    assert_eq!(lab.told(&HEARD), ["state away", "play c1 music"]);
    lab.wait(29);
    assert_eq!((lab.told(&HEARD), lab.state(1001).as_str()), (vec![], "talking"));
    lab.loads(1001);
    assert_eq!(lab.told(&["dial"]), ["dial d2 sip:1001@desk2 back"]);
    lab.answers("d2");
    assert_eq!(lab.told(&["state", "stop"]), ["state talking", "stop c1"]);
    lab.wait(60);
    ends_well(&mut lab, "d2");
    // Each second has its cause, and that it was away is neither talk nor hold.
    let record = &lab.records[0];
    let away = record.segments.iter().find(|s| s.kind == SegmentKind::Away).unwrap();
    assert_eq!((away.to.ms_since(away.from), away.agent), (29_000, Some(agent(1001))));
    assert_eq!((record.hold_ms, record.talk_ms), (0, 65_000));
    let told: u64 = record.segments.iter().map(|s| s.to.ms_since(s.from)).sum();
    assert_eq!(told, record.ended.ms_since(record.started));
}

#[test]
fn a_connection_that_comes_back_changes_nothing_while_the_voice_goes_on() {
    let mut lab = talks();
    lab.disconnects(1001);
    lab.wait(3);
    lab.connects(1001);
    assert_eq!(lab.told(&HEARD), Vec::<String>::new());
    // Another network: the voice stops when the new connection is there already.
    media_lost(&mut lab, "d1");
    assert_eq!(lab.told(&HEARD), ["state away", "play c1 music", "dial d2 sip:1001@desk1 back"]);
    lab.answers("d2");
    ends_well(&mut lab, "d2");
}

#[test]
fn a_voice_that_comes_back_by_itself_goes_on_with_the_old_leg() {
    let mut lab = talks();
    media_lost(&mut lab, "d1");
    lab.wait(12);
    lab.trace();
    let leg = lab.leg("d1");
    lab.event(LegEvent::MediaBack { leg });
    assert_eq!(lab.told(&HEARD), ["state talking", "stop c1"]);
    lab.wait(60);
    ends_well(&mut lab, "d1");
}

#[test]
fn a_page_that_never_comes_back_loses_its_customer_to_the_queue() {
    let mut lab = talks();
    media_lost(&mut lab, "d1");
    lab.disconnects(1001);
    lab.wait(29);
    lab.trace();
    lab.wait(1);
    let told = lab.told(&["hangup", "dial", "state"]);
    assert_eq!(told, ["hangup d1 media_lost", "state queued", "state ringing", "dial d2 sip:1003@desk"]);
    lab.ends("d1", Cause::MediaLost, false);
    assert_eq!(lab.state(1001), "offline");
    lab.answers("d2");
    lab.loads(1001);
    assert_eq!((lab.state(1001).as_str(), lab.state(1003).as_str()), ("ready", "talking"));
    assert_eq!(lab.told(&["dial", "hangup"]), Vec::<String>::new());
    lab.hangs_up("d2");
    lab.settle();
    assert_eq!(lab.told(&["ended"]), ["ended answered agent normal"]);
}

#[test]
fn a_page_that_is_back_and_does_not_answer_loses_its_customer_too() {
    let mut lab = talks();
    media_lost(&mut lab, "d1");
    lab.wait(4);
    lab.disconnects(1001);
    lab.loads(1001);
    lab.rings("d2");
    lab.wait(25);
    assert_eq!(lab.told(&["hangup", "state"]), ["state away"]);
    lab.wait(1);
    let told = lab.told(&["hangup", "dial"]);
    assert_eq!(told, ["hangup d2 cancelled", "hangup d1 media_lost", "dial d3 sip:1003@desk"]);
    lab.ends("d2", Cause::Cancelled, false);
    lab.ends("d1", Cause::MediaLost, false);
    lab.wait(10);
    assert_eq!(lab.state(1001), "not_ready phone_lost");
}

#[test]
fn a_customer_who_leaves_meanwhile_leaves_nobody_behind() {
    for (old_leg_has_ended, called_back) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut lab = talks();
        media_lost(&mut lab, "d1");
        if old_leg_has_ended {
            lab.ends("d1", Cause::SessionExpired, true);
        }
        lab.disconnects(1001);
        if called_back {
            lab.loads(1001);
        }
        lab.wait(2);
        assert_eq!(lab.state(1001), "talking");
        lab.trace();
        lab.hangs_up("c1");
        lab.settle();
        assert_eq!(lab.told(&["ended"]), ["ended answered caller normal"]);
        let after = if called_back { "wrap_up" } else { "offline" };
        assert_eq!((lab.state(1001).as_str(), lab.center.in_progress()), (after, 0));
        lab.wait(60);
        assert_eq!(lab.told(&["ended", "alarm", "dial"]), Vec::<String>::new());
    }
}

#[test]
fn a_page_may_be_loaded_anew_twice_in_a_row() {
    let mut lab = talks();
    lab.disconnects(1001);
    lab.loads(1001);
    lab.rings("d2");
    lab.disconnects(1001);
    lab.loads(1001);
    assert_eq!(
        lab.told(&["dial", "hangup"]),
        ["dial d2 sip:1001@desk2 back", "hangup d2 cancelled", "dial d3 sip:1001@desk3 back"]
    );
    lab.answers("d3");
    lab.ends("d2", Cause::Cancelled, false);
    lab.ends("d1", Cause::MediaLost, false);
    lab.trace();
    // And once more when it has its call back.
    lab.wait(30);
    lab.disconnects(1001);
    lab.loads(1001);
    assert_eq!(lab.told(&["dial", "play"]), ["play c1 music", "dial d4 sip:1001@desk4 back"]);
    lab.answers("d4");
    ends_well(&mut lab, "d4");
}

#[test]
fn an_old_leg_that_ends_first_ends_no_talk() {
    let mut lab = talks();
    // The session's refresh found nobody, before the silence was noticed.
    lab.disconnects(1001);
    lab.ends("d1", Cause::PeerFailed, false);
    assert_eq!(lab.told(&HEARD), ["state away", "play c1 music"]);
    lab.loads(1001);
    lab.answers("d2");
    assert_eq!(lab.told(&["bridge"]), ["bridge c1 d2"]);
    ends_well(&mut lab, "d2");
}

#[test]
fn who_held_holds_on_until_it_says_otherwise() {
    let mut lab = talks();
    holds(&mut lab, "d1", true);
    lab.disconnects(1001);
    lab.loads(1001);
    lab.answers("d2");
    holds(&mut lab, "d2", true);
    lab.wait(30);
    let told = lab.told(&["state", "play", "stop"]);
    assert_eq!(told, ["state held", "play c1 music", "state away", "state held"]);
    holds(&mut lab, "d2", false);
    assert_eq!(lab.told(&["state", "stop"]), ["state talking", "stop c1"]);

    let mut lab = talks();
    holds(&mut lab, "d1", true);
    lab.disconnects(1001);
    lab.loads(1001);
    lab.answers("d2");
    lab.wait(1);
    lab.trace();
    lab.wait(1);
    assert_eq!(lab.told(&["state", "stop"]), ["state talking", "stop c1"]);
    ends_well(&mut lab, "d2");
}

#[test]
fn a_page_that_had_called_out_has_its_call_back() {
    let mut lab = Lab::new();
    lab.page(1001);
    let leg = lab.center.new_leg(lab.now);
    lab.names.insert(leg, "c1".to_owned());
    let call = Incoming {
        tenant: T,
        origin: Origin::Device(device(1001)),
        dialled: "13911112222".into(),
        caller: "1001".into(),
        caller_name: "".into(),
        sip_call_id: "id".into(),
        peer: ([192, 0, 2, 1], 5060).into(),
        replaces: None,
        browser: Some(1001),
    };
    lab.event(LegEvent::Incoming { leg, call: Box::new(call) });
    lab.answers("d1");
    lab.trace();
    lab.disconnects(1001);
    lab.loads(1001);
    assert_eq!(lab.told(&["dial", "play"]), ["play d1 music", "dial d2 sip:1001@desk2 back"]);
    lab.answers("d2");
    assert_eq!(lab.told(&["bridge", "hangup", "stop"]), ["hangup c1 media_lost", "bridge d1 d2", "stop d1"]);
    lab.ends("c1", Cause::MediaLost, false);
    lab.hangs_up("d1");
    lab.settle();
    assert_eq!(lab.told(&["ended"]), ["ended answered callee normal"]);
    assert_eq!((lab.state(1001).as_str(), lab.center.in_progress()), ("ready", 0));
}

#[test]
fn a_page_that_was_rung_for_a_call_of_its_own_agent_has_it_back() {
    let mut lab = Lab::new();
    lab.page(1001);
    lab.dials(1001, "13911112222").unwrap();
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1001@desk1 page"]);
    lab.answers("d1");
    lab.answers("d2");
    lab.trace();
    lab.disconnects(1001);
    lab.loads(1001);
    assert_eq!(lab.told(&["dial", "play"]), ["play d2 music", "dial d3 sip:1001@desk2 back"]);
    lab.answers("d3");
    assert_eq!(lab.told(&["bridge", "hangup", "stop"]), ["hangup d1 media_lost", "bridge d2 d3", "stop d2"]);
    lab.ends("d1", Cause::MediaLost, false);
    lab.hangs_up("d3");
    lab.settle();
    assert_eq!((lab.records.len(), lab.state(1001).as_str(), lab.center.in_progress()), (1, "ready", 0));
}

#[test]
fn a_page_that_goes_away_while_it_rings_for_its_own_agent_begins_no_call() {
    let mut lab = Lab::new();
    lab.page(1001);
    lab.dials(1001, "13911112222").unwrap();
    lab.rings("d1");
    lab.disconnects(1001);
    lab.loads(1001);
    lab.wait(60);
    lab.settle();
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1001@desk1 page"], "nobody is called");
    assert_eq!((lab.state(1001).as_str(), lab.center.in_progress()), ("ready", 0));
}

#[test]
fn a_node_that_goes_down_meanwhile_ends_everything() {
    let mut lab = talks();
    media_lost(&mut lab, "d1");
    lab.disconnects(1001);
    lab.loads(1001);
    let now = lab.now;
    lab.center.shut_down(now);
    lab.settle();
    assert_eq!(lab.told(&["ended"]), ["ended answered system shutdown"]);
    assert_eq!(lab.center.in_progress(), 0);
}

#[test]
fn a_telephone_on_the_table_is_not_awaited() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    lab.trace();
    media_lost(&mut lab, "d1");
    lab.wait(5);
    assert_eq!(lab.told(&["hangup", "state"]), ["hangup d1 media_lost", "state queued"]);
}
