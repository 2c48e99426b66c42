//! Handing a caller on: blind, attended, to another telephone, and what may go wrong.

use types::leg::Origin;
use types::{Cause, LegEvent};

use super::lab::{Lab, SALES, device};

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
fn blind_to_a_colleague() {
    let mut lab = talking(&[1001, 1002]);
    lab.asks("d1", "sip:1002@host", None);
    assert_eq!(lab.told(&["dial", "state", "play"]), ["state ringing", "dial d2 sip:1002@desk", "play c1 Ringback"]);
    lab.rings("d2");
    lab.answers("d2");
    lab.settle();
    let trace = lab.trace();
    for told in ["progress d1 Done", "bridge c1 d2", "hangup d1 transferred", "agent 1002 talking", "record d2 1"] {
        assert!(trace.contains(&told.to_owned()), "{told}: {trace:?}");
    }
    assert_eq!(lab.state(1001), "wrap_up");
    lab.wait(20);
    lab.hangs_up("d2");
    lab.settle();
    assert_eq!(lab.told(&["ended"]), ["ended answered agent normal"]);
    assert_eq!((lab.state(1002).as_str(), lab.records[0].talk_ms), ("wrap_up", 30_000));
    lab.trace();
    lab.wait(10);
    assert_eq!(lab.told(&["wrapped", "agent"]), ["wrapped 1002 10000", "agent 1002 ready"], "by the queue's setting");
}

#[test]
fn blind_to_a_colleague_who_does_not_answer_comes_back_to_the_one_who_stayed() {
    let mut lab = talking(&[1001, 1002]);
    lab.asks("d1", "1002", None);
    lab.rings("d2");
    lab.trace();
    lab.ends("d2", Cause::Busy, true);
    assert_eq!(
        lab.told(&["progress", "bridge", "state", "stop"]),
        ["progress d1 Failed(Busy)", "bridge c1 d1", "stop c1", "state talking",]
    );
}

#[test]
fn blind_without_waiting_strands_nobody() {
    let mut lab = talking(&[1001, 1002]);
    lab.asks("d1", "1002", None);
    lab.hangs_up("d1");
    assert_eq!(lab.state(1001), "wrap_up");
    lab.trace();
    lab.ends("d2", Cause::Declined, true);
    assert_eq!(lab.told(&["state", "play"]), ["state queued", "play c1 music"], "the queue takes it back");
    lab.wait(10);
    assert_eq!(lab.told(&["dial"]), ["dial d3 sip:1001@desk"]);
}

#[test]
fn blind_to_a_queue_a_flow_and_the_outside() {
    for number in ["95003", "sip:8002@host"] {
        let mut lab = talking(&[1001]);
        lab.asks("d1", number, None);
        lab.settle();
        assert_eq!(
            lab.told(&["progress", "hangup", "state"]),
            ["progress d1 Done", "hangup d1 transferred", "state queued",]
        );
        assert_eq!(lab.records.len(), 0, "the customer waits on");
        lab.register(1002, 3600);
        assert_eq!(lab.told(&["dial"]), ["dial d2 sip:1002@desk"], "whoever serves that queue gets the customer");
    }
    let mut lab = talking(&[1001]);
    lab.asks("d1", "95001", None);
    lab.settle();
    assert_eq!(lab.told(&["hangup", "state", "play"]), ["state menu", "hangup d1 transferred", "play c1 menu_main"]);
    let mut lab = talking(&[1001]);
    lab.asks("d1", "13911112222", None);
    assert_eq!(lab.told(&["dial"]), ["dial d2 sip:13911112222@carrier"]);
    lab.answers("d2");
    lab.settle();
    lab.hangs_up("d2");
    lab.settle();
    assert_eq!(lab.told(&["ended"]), ["ended answered callee normal"]);
}

#[test]
fn what_leads_nowhere_or_is_busy_is_refused_and_the_talk_goes_on() {
    let mut lab = talking(&[1001, 1002]);
    lab.asks("d1", "777", None);
    lab.asks("d1", "1001", None);
    lab.asks("c1", "1002", None);
    assert_eq!(
        lab.told(&["progress", "dial", "state"]),
        ["progress d1 Refused(NotFound)", "progress d1 Refused(Busy)", "progress c1 Refused(Forbidden)",]
    );
}

#[test]
fn a_customer_is_not_handed_on_to_a_number_that_is_not_to_be_called() {
    let mut lab = talking(&[1001]);
    lab.lists("13911112222");
    lab.asks("d1", "13911112222", None);
    assert_eq!(lab.told(&["progress", "dial", "state"]), ["progress d1 Refused(DoNotCall)"]);
}

#[test]
fn the_flow_goes_on_after_one_who_was_reached_by_transfer() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.caller("95001");
    lab.presses("c1", '1');
    lab.answers("d1");
    lab.asks("d1", "1002", None);
    lab.answers("d2");
    lab.settle();
    lab.trace();
    lab.hangs_up("d2");
    assert_eq!(lab.told(&["play", "ended"]), ["play c1 survey_ask"]);
}

#[test]
fn the_flow_goes_on_when_one_who_was_reached_by_transfer_hands_on_to_a_queue_without_agents() {
    let mut lab = Lab::changed(|setup| {
        for queue in &mut setup.queues {
            queue.no_agent = acd::NoAgentPolicy::Leave;
        }
    });
    lab.register(1002, 3600);
    lab.caller("95001");
    lab.presses("c1", '2');
    lab.answers("d1");
    lab.trace();
    lab.asks("d1", "95002", None);
    lab.settle();
    assert_eq!(lab.told(&["progress", "play", "ended"]), ["progress d1 Done", "play c1 survey_ask"]);
}

#[test]
fn attended_hands_the_customer_to_the_colleague_who_was_asked() {
    let mut lab = talking(&[1001, 1002]);
    let leg = lab.leg("d1");
    lab.event(LegEvent::HeldByPeer { leg, held: true });
    lab.call(Origin::Device(device(1001)), "1002");
    lab.answers("d2");
    lab.wait(5);
    lab.trace();
    lab.asks("d1", "1002", Some("c2"));
    lab.settle();
    let trace = lab.trace();
    for told in ["progress d1 Done", "bridge c1 d2", "hangup d1 transferred", "hangup c2 transferred"] {
        assert!(trace.contains(&told.to_owned()), "{told}: {trace:?}");
    }
    assert!(!trace.iter().any(|t| t.starts_with("hangup d2")), "{trace:?}");
    assert_eq!((lab.state(1001).as_str(), lab.state(1002).as_str()), ("wrap_up", "talking"));
    lab.wait(30);
    lab.hangs_up("d2");
    lab.settle();
    assert_eq!((lab.state(1002).as_str(), lab.center.in_progress()), ("wrap_up", 0));
    let outcomes: Vec<_> = lab.records.iter().map(|r| r.outcome.as_str()).collect();
    assert_eq!(outcomes, ["answered", "answered"]);
}

#[test]
fn attended_before_the_colleague_answers_rings_it_for_the_customer() {
    let mut lab = talking(&[1001, 1002]);
    lab.call(Origin::Device(device(1001)), "1002");
    lab.rings("d2");
    lab.trace();
    lab.asks("d1", "1002", Some("c2"));
    let told = lab.told(&["hangup", "dial"]);
    assert!(told.contains(&"dial d3 sip:1002@desk".to_owned()) && told.contains(&"hangup d2 transferred".to_owned()));
}

#[test]
fn attended_with_a_colleague_from_a_queue_frees_it_in_the_end() {
    let mut lab = talking(&[1001, 1002]);
    lab.call(Origin::Device(device(1001)), "95003");
    lab.answers("d2");
    lab.played("c2");
    lab.asks("d1", "95003", Some("c2"));
    lab.settle();
    assert_eq!(lab.state(1002), "talking");
    lab.trace();
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.state(1002), "wrap_up");
    lab.wait(10);
    assert_eq!((lab.state(1002).as_str(), lab.center.in_progress()), ("ready", 0));
}

#[test]
fn an_agent_who_called_out_hands_on_the_one_it_called() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.call(Origin::Device(device(1001)), "13911112222");
    lab.answers("d1");
    lab.trace();
    lab.asks("c1", "1002", None);
    lab.answers("d2");
    lab.settle();
    let trace = lab.trace();
    assert!(trace.contains(&"bridge d1 d2".to_owned()) && trace.contains(&"hangup c1 transferred".to_owned()));
    assert_eq!((lab.state(1001).as_str(), lab.state(1002).as_str()), ("ready", "talking"));
    lab.hangs_up("d1");
    lab.settle();
    assert_eq!(lab.told(&["ended"]), ["ended answered callee normal"]);
}

#[test]
fn an_agent_moves_its_talk_to_another_telephone() {
    let mut lab = talking(&[1001]);
    let replaced = lab.leg("d1");
    lab.call_for(super::lab::T, Origin::Device(device(1001)), "1001", Some(replaced));
    lab.settle();
    let trace = lab.trace();
    for told in ["answer c2", "bridge c1 c2", "hangup d1 transferred"] {
        assert!(trace.contains(&told.to_owned()), "{told}: {trace:?}");
    }
    assert_eq!(lab.state(1001), "talking");
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.center.in_progress(), 0);
    lab.wait(10);
    assert_eq!(lab.state(1001), "ready");
}

#[test]
fn a_caller_who_leaves_during_a_transfer_ends_everything() {
    let mut lab = talking(&[1001, 1002]);
    lab.asks("d1", "1002", None);
    lab.rings("d2");
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!((lab.told(&["ended"]).len(), lab.center.in_progress()), (1, 0));
}

#[test]
fn one_who_holds_and_cannot_hand_on_holds_still() {
    let mut lab = talking(&[1001, 1002]);
    let leg = lab.leg("d1");
    lab.event(LegEvent::HeldByPeer { leg, held: true });
    lab.asks("d1", "1002", None);
    lab.rings("d2");
    lab.trace();
    lab.ends("d2", Cause::Declined, true);
    assert_eq!(
        lab.told(&["state", "play", "progress"]),
        ["progress d1 Failed(Declined)", "state held", "play c1 music",]
    );
    lab.event(LegEvent::HeldByPeer { leg, held: false });
    assert_eq!(lab.told(&["state", "stop"]), ["state talking", "stop c1"]);
}

#[test]
fn one_who_vanishes_while_it_hands_on_does_not_stop_that() {
    for answers in [true, false] {
        let mut lab = talking(&[1001, 1002]);
        lab.asks("d1", "1002", None);
        lab.rings("d2");
        let leg = lab.leg("d1");
        lab.event(LegEvent::MediaLost { leg });
        lab.wait(5);
        lab.ends("d1", Cause::MediaLost, false);
        lab.trace();
        if answers {
            lab.answers("d2");
            assert_eq!(lab.told(&["state", "bridge"]), ["bridge c1 d2", "state talking"]);
        } else {
            lab.ends("d2", Cause::Busy, true);
            assert_eq!(lab.told(&["state", "play"]), ["state queued", "play c1 music"]);
        }
        lab.hangs_up("c1");
        lab.settle();
        assert_eq!(lab.center.in_progress(), 0);
    }
}

#[test]
fn outside_over_the_next_trunk_when_one_fails() {
    let mut lab = talking(&[1001]);
    lab.asks("d1", "13911112222", None);
    assert_eq!(lab.told(&["dial", "play"]), ["dial d2 sip:13911112222@carrier", "play c1 Ringback"]);
    lab.ends("d2", Cause::PeerFailed, true);
    assert_eq!(
        lab.told(&["dial", "play", "progress"]),
        ["dial d3 sip:13911112222@spare"],
        "the caller hears one ringing"
    );
    lab.answers("d3");
    lab.settle();
    let trace = lab.trace();
    for told in ["bridge c1 d3", "progress d1 Done", "hangup d1 transferred"] {
        assert!(trace.contains(&told.to_owned()), "{told}: {trace:?}");
    }
    // Where every trunk fails, the one who stayed is told, and an earlier try leaves nothing behind.
    let mut lab = talking(&[1001, 1002]);
    lab.asks("d1", "13911112222", None);
    lab.ends("d2", Cause::PeerFailed, true);
    lab.trace();
    lab.ends("d3", Cause::PeerFailed, true);
    assert_eq!(
        lab.told(&["progress", "bridge", "stop", "dial"]),
        ["progress d1 Failed(PeerFailed)", "bridge c1 d1", "stop c1"]
    );
    lab.asks("d1", "13911112222", None);
    lab.ends("d4", Cause::Busy, true);
    lab.asks("d1", "1002", None);
    lab.trace();
    lab.ends("d5", Cause::PeerFailed, true);
    assert_eq!(lab.told(&["progress", "dial"]), ["progress d1 Failed(PeerFailed)"]);
}

#[test]
fn outside_over_the_next_trunk_though_the_one_who_asked_has_gone() {
    let mut lab = talking(&[1001]);
    lab.asks("d1", "13911112222", None);
    lab.hangs_up("d1");
    lab.trace();
    lab.ends("d2", Cause::Unreachable, false);
    assert_eq!(lab.told(&["dial", "state"]), ["dial d3 sip:13911112222@spare"]);
    lab.answers("d3");
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.center.in_progress(), 0);
}

#[test]
fn a_customer_who_was_held_by_one_that_called_out_hears_no_music_once_it_is_handed_on() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.call(Origin::Device(device(1001)), "13911112222");
    lab.answers("d1");
    let leg = lab.leg("c1");
    lab.event(LegEvent::HeldByPeer { leg, held: true });
    assert_eq!(lab.told(&["play"]), ["play d1 music"]);
    lab.call(Origin::Device(device(1001)), "1002");
    lab.answers("d2");
    lab.trace();
    lab.asks("c1", "1002", Some("c2"));
    let trace = lab.trace();
    assert!(trace.contains(&"stop d1".to_owned()) && trace.contains(&"bridge d1 d2".to_owned()), "{trace:?}");
}

#[test]
fn a_telephone_that_takes_over_from_one_that_held_ends_the_music() {
    for calls_out in [true, false] {
        let mut lab = if calls_out { Lab::with(&[1001]) } else { talking(&[1001]) };
        if calls_out {
            lab.call(Origin::Device(device(1001)), "13911112222");
            lab.answers("d1");
        }
        let (held, by) = if calls_out { ("d1", "c1") } else { ("c1", "d1") };
        let leg = lab.leg(by);
        lab.event(LegEvent::HeldByPeer { leg, held: true });
        assert_eq!(lab.told(&["play"]).last(), Some(&format!("play {held} music")));
        lab.call_for(super::lab::T, Origin::Device(device(1001)), "1001", Some(leg));
        let trace = lab.trace();
        assert!(trace.contains(&format!("stop {held}")) && trace.contains(&format!("bridge {held} c2")), "{trace:?}");
        let id = lab.interactions[0];
        let state = lab.center.interaction(lab.now, super::lab::T, id).unwrap().now.state;
        assert_eq!(state, types::record::SegmentKind::Talking);
    }
}

#[test]
fn the_work_after_a_talk_belongs_to_the_customer_whatever_way_the_agent_came_by() {
    let mut lab = talking(&[1001, 1002]);
    lab.call(Origin::Device(device(1001)), "95003");
    lab.answers("d2");
    lab.played("c2");
    lab.asks("d1", "95003", Some("c2"));
    lab.settle();
    let customers = lab.interactions[0];
    let status = lab.center.agent_status(lab.now, super::lab::T, super::lab::agent(1002)).unwrap();
    assert_eq!(status.interaction, Some(customers));
    lab.hangs_up("c1");
    lab.settle();
    let status = lab.center.agent_status(lab.now, super::lab::T, super::lab::agent(1002)).unwrap();
    assert_eq!((status.state.as_str(), status.interaction), ("wrap_up", Some(customers)));
}

#[test]
fn a_telephone_that_holds_before_it_asks_leaves_the_caller_with_the_ringing() {
    let mut lab = talking(&[1001, 1002]);
    lab.asks("d1", "1002", None);
    lab.trace();
    let leg = lab.leg("d1");
    lab.event(LegEvent::HeldByPeer { leg, held: true });
    assert_eq!(lab.told(&["play", "state"]), Vec::<String>::new());
    lab.answers("d2");
    lab.settle();
    assert_eq!(lab.told(&["play", "state"]), ["state talking"]);
}

#[test]
fn one_whom_a_flow_rang_hands_the_customer_to_a_queue_that_gives_up_and_the_flow_goes_on() {
    let mut lab = Lab::changed(|setup| {
        let queue = setup.queues.iter_mut().find(|q| q.id == SALES).unwrap();
        queue.max_wait_s = Some(60);
    });
    lab.register(1002, 3600);
    lab.caller("95001");
    lab.presses("c1", '2');
    lab.answers("d1");
    lab.asks("d1", "95002", None);
    lab.trace();
    lab.wait(60);
    assert_eq!(lab.told(&["play c1 survey"]), ["play c1 survey_ask"]);
}

#[test]
fn one_who_was_rung_before_is_rung_no_more_once_the_customer_is_handed_to_a_menu() {
    let mut lab = talking(&[1001, 1002]);
    lab.asks("d1", "1002", None);
    assert_eq!(lab.told(&["dial d2"]).len(), 1);
    lab.asks("d1", "95001", None);
    assert_eq!(lab.told(&["hangup d2"]), ["hangup d2 cancelled"]);
}
