//! Waiting, offers, talks, and callers who lose their agent.

use acd::QueueSnapshot;
use types::record::Outcome;
use types::{Cause, EndedBy, LegEvent};

use super::lab::{Lab, SALES, T, agent};

fn figures(lab: &Lab) -> (u64, u64, u64, u64) {
    let queues = lab.center.queues_live(lab.now, T);
    let sales: &QueueSnapshot = queues.iter().find(|q| q.queue == SALES).unwrap();
    (sales.offered, sales.answered, sales.abandoned, sales.overflowed)
}

#[test]
fn a_caller_is_answered_first_then_hears_music_then_an_agent_and_is_recorded() {
    let mut lab = Lab::new();
    lab.caller("95002");
    let first = ["started inbound", "answered", "answer c1", "state queued", "play c1 music"];
    let trace = lab.trace();
    let order: Vec<_> = first.iter().map(|f| trace.iter().position(|t| t == f).unwrap_or(usize::MAX)).collect();
    assert!(order[0] < order[1] && order[1] < order[2] && order[2] < order[4], "{trace:?}");
    lab.wait(5);
    lab.register(1001, 3600);
    assert_eq!(lab.told(&["dial", "state"]), ["state ringing", "dial d1 sip:1001@desk"]);
    lab.rings("d1");
    lab.wait(2);
    lab.answers("d1");
    let told = ["stop c1", "bridge c1 d1", "state talking", "recording", "record c1 0", "record d1 1"];
    let trace = lab.trace();
    assert!(told.iter().all(|t| trace.contains(&(*t).to_owned())), "{trace:?}");
    lab.wait(60);
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.told(&["ended"]), ["ended answered caller normal"]);
    let record = &lab.records[0];
    assert_eq!((record.wait_ms, record.talk_ms, record.agent), (7_000, 60_000, Some(agent(1001))));
    assert_eq!(lab.state(1001), "wrap_up");
    lab.wait(10);
    assert_eq!(lab.told(&["wrapped", "agent"]), ["wrapped 1001 10000", "agent 1001 ready"]);
    assert_eq!((lab.center.in_progress(), figures(&lab)), (0, (1, 1, 0, 0)));
}

#[test]
fn who_is_offered_to_a_telephone_that_says_nothing_hears_music_soon() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    assert_eq!(lab.told(&["play", "dial"]), ["dial d1 sip:1001@desk"]);
    lab.wait(1);
    assert_eq!(lab.told(&["play"]), Vec::<String>::new(), "it may answer at once");
    lab.wait(1);
    assert_eq!(lab.told(&["play"]), ["play c1 music"]);
    lab.rings("d1");
    lab.answers("d1");
    lab.wait(5);
    assert_eq!(lab.told(&["play"]), Vec::<String>::new());
}

#[test]
fn music_begins_with_the_ringing_of_an_agent_who_is_free() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    assert_eq!(lab.told(&["play"]), Vec::<String>::new());
    lab.rings("d1");
    assert_eq!(lab.told(&["play"]), ["play c1 music"]);
}

#[test]
fn an_agent_who_misses_or_declines_is_not_ready_and_the_caller_waits_on() {
    for (declines, reason) in [(true, "not_ready declined"), (false, "not_ready rona")] {
        let mut lab = Lab::with(&[1001]);
        lab.caller("95002");
        lab.rings("d1");
        if declines {
            lab.ends("d1", Cause::Declined, true);
        } else {
            lab.wait(20);
            assert_eq!(lab.told(&["hangup"]), ["hangup d1 no_answer"]);
            lab.ends("d1", Cause::NoAnswer, false);
        }
        assert_eq!(lab.state(1001), reason);
        lab.trace();
        lab.register(1003, 3600);
        assert_eq!(lab.told(&["dial"]), ["dial d2 sip:1003@desk"]);
        lab.answers("d2");
        assert_eq!(figures(&lab), (1, 1, 0, 0));
    }
}

#[test]
fn a_caller_who_gives_up_while_it_rings_leaves_nobody_behind() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.rings("d1");
    lab.trace();
    lab.wait(3);
    lab.hangs_up("c1");
    assert_eq!(lab.told(&["hangup", "agent"]), ["hangup d1 cancelled", "agent 1001 ready"]);
    // The agent answers in the same moment.
    lab.answers("d1");
    lab.ends("d1", Cause::Cancelled, false);
    assert_eq!(lab.told(&["ended"]), ["ended abandoned caller normal"]);
    assert_eq!((lab.center.in_progress(), figures(&lab)), (0, (1, 0, 1, 0)));
}

#[test]
fn a_key_during_the_announcement_frees_the_agent_and_its_telephone() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95001");
    lab.presses("c1", '1');
    lab.rings("d1");
    lab.trace();
    lab.presses("c1", '3');
    lab.settle();
    let trace = lab.trace();
    for told in ["hangup d1 cancelled", "callback", "state menu"] {
        assert!(trace.contains(&told.to_owned()), "{told}: {trace:?}");
    }
    assert_eq!((lab.state(1001).as_str(), figures(&lab)), ("ready", (1, 0, 0, 1)));
    lab.played("c1");
    lab.settle();
    assert_eq!(lab.told(&["ended"]), ["ended callback system normal"]);
}

#[test]
fn a_caller_who_gives_up_can_be_noted_for_a_callback() {
    let mut lab = Lab::new();
    lab.caller("95001");
    lab.presses("c1", '1');
    lab.wait(30);
    lab.trace();
    lab.hangs_up("c1");
    assert_eq!(lab.told(&["callback", "ended"]), ["callback", "ended callback caller normal"]);
    assert_eq!(figures(&lab), (1, 0, 0, 1));
}

#[test]
fn the_flow_goes_on_after_the_agent_has_hung_up() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95001");
    lab.presses("c1", '1');
    lab.answers("d1");
    lab.wait(30);
    lab.trace();
    lab.hangs_up("d1");
    assert_eq!(lab.told(&["play", "agent", "state"]), ["state menu", "play c1 survey_ask", "agent 1001 wrap_up"]);
    lab.presses("c1", '2');
    lab.settle();
    let trace = lab.told(&["survey", "ended"]);
    assert_eq!(trace[0], "survey 2");
}

#[test]
fn an_agent_who_vanishes_is_replaced_and_the_wait_goes_on_counting() {
    for (cause, by_media) in [(Cause::MediaLost, true), (Cause::SessionExpired, false)] {
        let mut lab = Lab::with(&[1001]);
        lab.caller("95001");
        lab.presses("c1", '1');
        lab.wait(4);
        lab.answers("d1");
        lab.wait(30);
        lab.trace();
        if by_media {
            let leg = lab.leg("d1");
            lab.event(LegEvent::MediaLost { leg });
            assert_eq!(lab.told(&["play", "hangup"]), ["play c1 music"]);
            lab.wait(5);
            assert!(lab.trace().contains(&"hangup d1 media_lost".to_owned()));
        }
        lab.ends("d1", cause, false);
        assert_eq!(lab.state(1001), "wrap_up");
        assert_eq!(lab.center.live(lab.now, T).unwrap().interactions[0].position, Some(1));
        lab.wait(10);
        assert_eq!(lab.state(1001), "not_ready phone_lost");
        lab.trace();
        lab.register(1003, 3600);
        assert_eq!(lab.told(&["dial"]), ["dial d2 sip:1003@desk"]);
        lab.answers("d2");
        lab.hangs_up("d2");
        assert_eq!(lab.told(&["play"]).last().map(String::as_str), Some("play c1 survey_ask"), "the flow goes on");
        // The day's figures count the caller once.
        assert_eq!(figures(&lab), (1, 1, 0, 0));
        lab.hangs_up("c1");
        assert_eq!(lab.records[0].decisions.len(), 2);
    }
}

#[test]
fn a_caller_who_leaves_while_its_lost_agent_is_being_ended_frees_that_agent() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    let leg = lab.leg("d1");
    lab.event(LegEvent::MediaLost { leg });
    lab.wait(5);
    lab.hangs_up("c1");
    lab.ends("d1", Cause::MediaLost, false);
    assert_eq!((lab.center.in_progress(), lab.state(1001).as_str()), (0, "wrap_up"));
    lab.wait(10);
    assert_eq!(lab.state(1001), "not_ready phone_lost");
}

#[test]
fn media_that_comes_back_in_time_changes_nothing() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    let leg = lab.leg("d1");
    lab.event(LegEvent::MediaLost { leg });
    lab.wait(3);
    lab.event(LegEvent::MediaBack { leg });
    lab.trace();
    lab.wait(20);
    assert_eq!((lab.trace(), lab.state(1001).as_str()), (vec![], "talking"));
}

#[test]
fn both_sides_without_media_end_both() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    for name in ["c1", "d1"] {
        let leg = lab.leg(name);
        lab.event(LegEvent::MediaLost { leg });
    }
    lab.trace();
    lab.wait(5);
    lab.settle();
    assert_eq!(lab.told(&["ended"]), ["ended answered system media_lost"]);
}

#[test]
fn an_agent_whose_leg_ends_before_the_talk_gives_the_caller_back() {
    let mut lab = Lab::with(&[1002]);
    lab.caller("95003");
    lab.answers("d1");
    assert_eq!(lab.state(1002), "talking");
    lab.trace();
    lab.hangs_up("d1");
    let told = lab.told(&["state", "agent", "play"]);
    assert_eq!(told.first().map(String::as_str), Some("state queued"));
    assert_eq!(told[told.len() - 2..], ["play c1 agent_back_soon", "agent 1002 wrap_up"]);
    lab.played("c1");
    assert_eq!(lab.told(&["bridge", "play"]), ["play c1 music"]);
}

#[test]
fn an_agent_who_acts_ends_the_announcement_of_who_serves() {
    let mut lab = Lab::with(&[1002, 1003]);
    lab.caller("95003");
    lab.answers("d1");
    lab.trace();
    lab.asks("d1", "1003", None);
    let told = lab.told(&["stop", "bridge", "dial"]);
    assert!(told.iter().any(|t| t.starts_with("bridge")) && told.iter().any(|t| t.starts_with("dial d2")), "{told:?}");
}

#[test]
fn a_caller_who_leaves_while_told_who_serves_was_answered_and_the_agent_wraps_up() {
    let mut lab = Lab::with(&[1002]);
    lab.caller("95003");
    lab.wait(6);
    lab.trace();
    lab.answers("d1");
    assert_eq!(lab.told(&["state", "bridge"]), ["state talking"], "the talk has begun, and its first words are ours");
    lab.wait(2);
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.state(1002), "wrap_up");
    let record = &lab.records[0];
    assert_eq!((record.outcome, record.ended_by), (Outcome::Answered, EndedBy::Caller));
    assert_eq!((record.wait_ms, record.talk_ms), (6_000, 2_000));
    assert_eq!(record.agent, Some(agent(1002)));
}

#[test]
fn hold_is_counted_and_the_held_one_hears_music() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    lab.wait(10);
    lab.trace();
    let leg = lab.leg("d1");
    lab.event(LegEvent::HeldByPeer { leg, held: true });
    assert_eq!(lab.told(&["state", "play"]), ["state held", "play c1 music"]);
    // One who holds may send nothing.
    lab.event(LegEvent::MediaLost { leg });
    lab.wait(20);
    lab.event(LegEvent::HeldByPeer { leg, held: false });
    lab.event(LegEvent::MediaBack { leg });
    assert_eq!(lab.told(&["state", "stop", "hangup"]), ["state talking", "stop c1"]);
    lab.wait(5);
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!((lab.records[0].talk_ms, lab.records[0].hold_ms), (15_000, 20_000));
}

#[test]
fn a_talk_of_many_hours_keeps_its_lease() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    lab.trace();
    for _ in 0..9 {
        lab.wait(3000);
        lab.register(1001, 3600);
    }
    assert_eq!((lab.told(&["alarm", "agent"]), lab.state(1001).as_str()), (vec![], "talking"));
}

#[test]
fn a_flow_may_leave_the_caller_ringing_until_an_agent_answers() {
    let mut lab = Lab::new();
    lab.caller("95005");
    lab.wait(30);
    assert_eq!(lab.told(&["answer", "ring", "play"]), ["ring c1"]);
    lab.register(1002, 3600);
    lab.rings("d1");
    assert_eq!(lab.told(&["answer", "play"]), Vec::<String>::new());
    lab.answers("d1");
    let trace = lab.told(&["answer", "play"]);
    assert_eq!(trace[..2], ["answered", "answer c1"]);
    assert!(trace[2].starts_with("play c1 agent_number_prefix"), "{trace:?}");
    lab.played("c1");
    assert_eq!(lab.told(&["bridge"]), ["bridge c1 d1"]);
}

#[test]
fn one_who_vanishes_while_it_holds_is_missed_in_the_end() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    let leg = lab.leg("d1");
    lab.event(LegEvent::HeldByPeer { leg, held: true });
    lab.event(LegEvent::MediaLost { leg });
    lab.trace();
    lab.wait(1799);
    assert_eq!(lab.told(&["hangup"]), Vec::<String>::new());
    lab.wait(1);
    assert_eq!(lab.told(&["hangup", "state"]), ["hangup d1 media_lost", "state queued"]);
}
