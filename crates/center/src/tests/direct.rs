//! Calls without a queue: to agents, among agents, to the outside, by feature code.

use types::leg::Origin;
use types::record::{LegRole, Outcome};
use types::{Cause, LegEvent, TrunkId};

use super::lab::{Lab, T, agent, device, setup};
use crate::AgentOrder;

#[test]
fn an_agents_own_number_rings_it_whatever_its_state_unless_it_talks() {
    let mut lab = Lab::with(&[1002]);
    lab.caller("95004");
    assert_eq!(lab.told(&["dial", "answer"]), ["dial d1 sip:1002@desk"]);
    lab.rings("d1");
    assert_eq!(lab.told(&["ring", "state"]), ["ring c1", "state ringing"]);
    lab.answers("d1");
    assert_eq!(
        lab.told(&["answer", "bridge", "agent"]),
        ["answered", "answer c1", "bridge c1 d1", "agent 1002 talking"]
    );
    lab.caller("95004");
    assert_eq!(lab.told(&["dial", "hangup"]), ["hangup c2 busy"]);
    lab.settle();
    lab.hangs_up("d1");
    assert_eq!(lab.state(1002), "ready");
}

#[test]
fn an_agent_is_free_at_the_goodbye_while_the_record_waits_for_the_figures() {
    let mut lab = Lab::with(&[1002]);
    lab.caller("95004");
    lab.answers("d1");
    lab.wait(5);
    lab.trace();
    lab.ends_unmeasured("d1");
    assert_eq!(lab.told(&["hangup"]), ["hangup c1 other_left"], "the caller is told at once");
    lab.ends_unmeasured("c1");
    lab.caller("95004");
    assert_eq!(lab.told(&["dial", "hangup"]), ["dial d2 sip:1002@desk"], "and the agent is rung at once");
    assert!(lab.records.is_empty(), "the record waits");
    let over = lab.now.wall;
    lab.wait(1);
    lab.measured("c1", 250);
    assert!(lab.records.is_empty());
    lab.measured("d1", 240);
    let record = &lab.records[0];
    assert_eq!(record.ended, over, "it was over when it was over");
    let received: Vec<Option<u64>> = record.legs.iter().map(|leg| leg.media.map(|media| media.received)).collect();
    assert_eq!(received, [Some(250), Some(240)]);
}

#[test]
fn a_word_of_figures_that_is_lost_keeps_no_record_open() {
    let mut lab = Lab::with(&[1002]);
    lab.caller("95004");
    lab.answers("d1");
    lab.ends_unmeasured("d1");
    lab.ends_unmeasured("c1");
    lab.measured("d1", 240);
    lab.wait(3);
    let media: Vec<bool> = lab.records[0].legs.iter().map(|leg| leg.media.is_some()).collect();
    assert_eq!(media, [false, true]);
    lab.measured("c1", 250);
    assert_eq!((lab.records.len(), lab.center.in_progress()), (1, 0));
}

#[test]
fn nobody_there_is_said_so() {
    let mut lab = Lab::new();
    lab.caller("95004");
    lab.caller("4711");
    assert_eq!(lab.told(&["hangup"]), ["hangup c1 unreachable", "hangup c2 not_found"]);
    lab.ends("c2", Cause::NotFound, false);
    assert_eq!(lab.records[0].outcome, Outcome::Rejected);
}

#[test]
fn a_flows_transfer_rings_for_its_own_time() {
    let mut lab = Lab::with(&[1002]);
    lab.caller("95001");
    lab.presses("c1", '2');
    lab.rings("d1");
    lab.trace();
    lab.wait(6);
    assert_eq!(lab.told(&["hangup"]), Vec::<String>::new());
    lab.wait(1);
    assert_eq!(lab.told(&["hangup", "play"]), ["hangup d1 no_answer", "play c1 no_agent"]);
}

#[test]
fn after_a_flows_transfer_the_flow_goes_on() {
    let mut lab = Lab::with(&[1002]);
    lab.caller("95001");
    lab.presses("c1", '2');
    lab.answers("d1");
    lab.trace();
    lab.hangs_up("d1");
    assert_eq!(lab.told(&["play"]), ["play c1 survey_ask"]);
}

#[test]
fn an_outbound_call_tries_the_next_trunk_and_keeps_the_agent_from_other_work() {
    let mut lab = Lab::with(&[1001]);
    lab.call(Origin::Device(device(1001)), "13911112222");
    assert_eq!(
        lab.told(&["started", "agent", "dial"]),
        ["started outbound", "dial d1 sip:13911112222@carrier", "agent 1001 talking",]
    );
    lab.ends("d1", Cause::PeerFailed, true);
    assert_eq!(lab.told(&["dial"]), ["dial d2 sip:13911112222@spare"]);
    lab.caller("95002");
    assert_eq!(lab.told(&["dial"]), Vec::<String>::new(), "the agent is not offered anything");
    lab.ends("d2", Cause::Busy, true);
    assert_eq!(lab.told(&["hangup c1", "dial"]), ["hangup c1 busy"], "busy is the callee's word, not the trunk's");
    lab.ends("c1", Cause::Busy, false);
    assert_eq!(lab.told(&["dial"]), ["dial d3 sip:1001@desk"]);
    assert_eq!(lab.records[0].legs[0].role, LegRole::Agent);
}

#[test]
fn a_trunk_carries_no_more_calls_than_it_may() {
    let mut lab = Lab::with(&[1001, 1002, 1003]);
    lab.caller("95002");
    lab.caller("95002");
    lab.trace();
    lab.caller("95002");
    assert_eq!(lab.told(&["hangup"]), ["hangup c3 overload"]);
    lab.settle();
    lab.call(Origin::Device(device(1002)), "13911112222");
    assert_eq!(lab.told(&["dial"]), ["dial d3 sip:13911112222@spare"]);
    lab.call(Origin::Device(device(1002)), "110");
    let told = lab.told(&["emergency", "dial"]);
    let dialled = ["emergency 110 Some(1002)", "dial d4 sip:110@spare"];
    assert_eq!(told, dialled, "an emergency goes by any trunk, those with room first");
    lab.ends("d4", Cause::PeerFailed, true);
    assert_eq!(lab.told(&["dial"]), ["dial d5 sip:110@carrier"], "and past every limit");
    lab.hangs_up("c1");
    lab.settle();
    lab.ends("c3", Cause::Overload, false);
    lab.caller("95002");
    let told = lab.told(&["hangup c6"]);
    assert_eq!(told, ["hangup c6 overload"], "the emergency call holds the line that was freed");
}

#[test]
fn an_agent_with_two_calls_is_free_after_the_last() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.call(Origin::Device(device(1001)), "13911112222");
    lab.answers("d1");
    lab.call(Origin::Device(device(1001)), "1002");
    lab.answers("d2");
    lab.hangs_up("c2");
    assert_eq!(lab.state(1001), "talking");
    lab.hangs_up("c1");
    assert_eq!(lab.state(1001), "ready");
}

#[test]
fn feature_codes_change_the_state_and_confirm_it() {
    let mut lab = Lab::with(&[1001]);
    for (code, state) in [("*51", "not_ready feature_code"), ("*50", "ready")] {
        lab.call(Origin::Device(device(1001)), code);
        let name = if code == "*51" { "c1" } else { "c2" };
        assert_eq!(lab.told(&["answer ", "play"]), [format!("answer {name}"), format!("play {name} Comfort")]);
        lab.played(name);
        lab.settle();
        assert_eq!(lab.state(1001), state);
        assert_eq!(lab.told(&["ended"]), ["ended self_served system normal"]);
    }
    lab.call(Origin::Device(device(1001)), "*99");
    assert_eq!(lab.told(&["hangup"]), ["hangup c3 not_found"]);
}

#[test]
fn a_telephone_of_ours_can_try_its_line_and_a_customer_cannot() {
    let mut lab = Lab::with(&[1001]);
    lab.call(Origin::Device(device(1001)), "*43");
    assert_eq!(lab.told(&["answer ", "echo "]), ["answer c1", "echo c1"]);
    assert_eq!(lab.state(1001), "talking");
    lab.wait(60);
    lab.settle();
    assert_eq!(
        (lab.told(&["ended"]), lab.state(1001).as_str()),
        (vec!["ended self_served system normal".to_owned()], "ready")
    );
    lab.caller("*43");
    assert_eq!(lab.told(&["hangup"]), ["hangup c2 not_found"]);
}

#[test]
fn draining_refuses_new_calls_writes_them_and_leaves_standing_ones() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    lab.center.drain();
    lab.trace();
    lab.caller("95002");
    lab.settle();
    assert_eq!(lab.told(&["hangup", "ended"]), ["hangup c2 shutdown", "ended rejected system shutdown"]);
    assert_eq!(lab.state(1001), "talking");
    let now = lab.now;
    lab.center.shut_down(now);
    assert_eq!(lab.told(&["hangup"]), ["hangup c1 shutdown", "hangup d1 shutdown"]);
    lab.ends("c1", Cause::Shutdown, false);
    lab.ends("d1", Cause::Shutdown, false);
    assert_eq!(lab.told(&["ended"]), ["ended answered system shutdown"]);
}

#[test]
fn a_call_is_ended_by_order_of_its_own_tenant_alone() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    let (now, id) = (lab.now, lab.interactions[0]);
    assert!(lab.center.hang_up(now, types::TenantId(2), id).is_err());
    lab.center.hang_up(now, T, id).unwrap();
    lab.settle();
    lab.ends("c1", Cause::Forced, false);
    lab.ends("d1", Cause::Forced, false);
    assert_eq!(lab.told(&["ended"]), ["ended failed system forced"]);
}

#[test]
fn a_call_that_is_reported_twice_is_one_call() {
    let mut lab = Lab::new();
    let leg = lab.caller("95002");
    let call = types::leg::Incoming {
        tenant: T,
        origin: Origin::Trunk(TrunkId(1)),
        dialled: "95002".into(),
        caller: "1".into(),
        caller_name: "".into(),
        sip_call_id: "id".into(),
        peer: ([192, 0, 2, 1], 5060).into(),
        replaces: None,
        browser: None,
    };
    lab.event(LegEvent::Incoming { leg, call: Box::new(call) });
    assert_eq!((lab.center.in_progress(), lab.told(&["started"]).len()), (1, 1));
}

#[test]
fn one_whose_call_is_taken_hears_ringing_or_the_far_ends_own_announcement() {
    let mut lab = Lab::with(&[1002]);
    lab.caller("95001");
    lab.presses("c1", '2');
    lab.trace();
    lab.rings("d1");
    assert_eq!(lab.told(&["play", "stop"]), ["play c1 Ringback"]);
    let leg = lab.leg("d1");
    lab.event(LegEvent::Ringing { leg, early_media: true });
    assert_eq!(lab.told(&["bridge", "stop"]), ["bridge c1 d1", "stop c1"]);
    lab.answers("d1");
    assert_eq!(lab.told(&["bridge", "state", "stop"]), ["bridge c1 d1", "state talking"]);
}

#[test]
fn no_queue_offers_anything_to_one_at_whom_a_direct_call_rings() {
    let mut lab = Lab::with(&[1002]);
    lab.caller("95004");
    assert_eq!(lab.state(1002), "ringing");
    lab.rings("d1");
    lab.trace();
    lab.caller("95003");
    assert_eq!(lab.told(&["dial"]), Vec::<String>::new());
    lab.call(Origin::Device(device(1003)), "1002");
    assert_eq!(lab.told(&["hangup", "dial"]), ["hangup c3 busy"], "nor does a second one ring there");
    lab.ends("d1", Cause::Declined, true);
    assert_eq!(lab.told(&["dial"]), ["dial d2 sip:1002@desk"], "it is free for the queue again");
}

#[test]
fn one_at_whom_a_transfer_rings_gets_nothing_else_and_keeps_its_own_state() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.caller("95002");
    lab.answers("d1");
    let now = lab.now;
    lab.center.order(now, T, agent(1002), AgentOrder::NotReady("lunch".into())).unwrap();
    lab.asks("d1", "1002", None);
    assert_eq!(lab.state(1002), "ringing");
    lab.hangs_up("c1");
    assert_eq!(lab.state(1002), "not_ready lunch");
    lab.settle();
    assert_eq!((lab.state(1002).as_str(), lab.center.in_progress()), ("not_ready lunch", 0));
}

#[test]
fn one_who_calls_out_while_a_call_rings_at_it_talks() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.caller("95004");
    lab.rings("d1");
    lab.call(Origin::Device(device(1002)), "13911112222");
    lab.answers("d2");
    assert_eq!(lab.state(1002), "talking");
    lab.hangs_up("c2");
    assert_eq!(lab.state(1002), "ringing", "the other one rings still");
    lab.answers("d1");
    assert_eq!(lab.state(1002), "talking");
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.state(1002), "ready");
}

#[test]
fn what_no_trunk_can_reach_is_tried_over_each_once_and_a_callees_word_is_final() {
    for (status, cause, next) in [
        (Some(408), Cause::NoAnswer, true),
        (Some(503), Cause::Unreachable, true),
        (Some(500), Cause::PeerFailed, true),
        (None, Cause::Unreachable, true),
        (Some(486), Cause::Busy, false),
        (Some(480), Cause::NoAnswer, false),
    ] {
        let mut lab = Lab::with(&[1001]);
        lab.call(Origin::Device(device(1001)), "13911112222");
        let leg = lab.leg("d1");
        lab.trace();
        lab.event(LegEvent::Ended { leg, cause, status, by_peer: true, measured: false });
        let gives_up = format!("hangup c1 {}", cause.as_str());
        if next {
            assert_eq!(lab.told(&["dial", "hangup"]), ["dial d2 sip:13911112222@spare"], "{status:?}");
            lab.rings("d2");
            let leg = lab.leg("d2");
            lab.event(LegEvent::Ended { leg, cause, status, by_peer: true, measured: false });
        }
        assert_eq!(lab.told(&["dial", "hangup"]), [gives_up], "{status:?}");
    }
}

#[test]
fn a_colleague_dials_a_queue_by_its_number() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.call(Origin::Device(device(1001)), "8002");
    assert_eq!(lab.told(&["state queued", "dial"]), ["state queued", "dial d1 sip:1002@desk"]);
    let queues = lab.center.queues_live(lab.now, T);
    let mut numbers: Vec<_> = queues.iter().map(|q| (&*q.name, &*q.number)).collect();
    numbers.sort();
    assert_eq!(numbers, [("sales", "95002"), ("support", "8002")], "its own, or one that leads straight to it");
}

#[test]
fn a_queue_cannot_have_a_number_that_leads_elsewhere() {
    let refused = |sales: &str, support: &str| {
        let mut setup = setup(T);
        setup.queues[0].number = sales.into();
        setup.queues[1].number = support.into();
        let now = Lab::new().now;
        crate::Center::new(1).add_tenant(now, setup).map_err(|e| e.to_string())
    };
    assert_eq!(refused("8001", "8002"), Ok(()));
    for (sales, why) in [
        ("1001", "queue sales: number 1001 is an agent's"),
        ("95003", "queue sales: number 95003 leads elsewhere already"),
        ("110", "queue sales: number 110 is an emergency number"),
        ("80x", "queue sales: number: must be at most 15 digits"),
    ] {
        assert_eq!(refused(sales, ""), Err(why.to_owned()));
    }
    assert_eq!(refused("8001", "8001"), Err("queue support: number 8001 is another queue's".to_owned()));
}
