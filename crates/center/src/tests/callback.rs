//! Customers who are called back.

use acd::CallbackRules;
use types::record::SegmentKind;
use types::{Cause, TimeOfDay};

use super::lab::{Lab, SALES, T, agent};
use crate::{CallbackWish, Refused};

/// The lab's clock shows 10:53 in the tenant's town at first.
fn lab(change: impl Fn(&mut CallbackRules) + Copy) -> Lab {
    let mut lab = Lab::changed(|setup| {
        for queue in setup.queues.iter_mut().filter(|queue| queue.id == SALES) {
            let mut rules = CallbackRules::default();
            change(&mut rules);
            queue.callback = Some(rules);
        }
    });
    lab.trace();
    lab
}

/// A caller waits for so long, asks to be called back and leaves.
fn asks(lab: &mut Lab, caller: &str, waits: u64) {
    lab.caller("95001");
    lab.presses(caller, '1');
    lab.wait(waits);
    lab.presses(caller, '3');
    lab.played(caller);
    lab.settle();
    lab.trace();
}

fn waiting(lab: &Lab) -> (u32, u32) {
    let queues = lab.center.queues_live(lab.now, T);
    let sales = queues.iter().find(|queue| queue.queue == SALES).unwrap();
    (sales.waiting, sales.callbacks)
}

#[test]
fn who_asked_first_is_called_before_those_who_came_later_are_served() {
    let mut lab = lab(|_| ());
    asks(&mut lab, "c1", 30);
    lab.caller("95002");
    lab.wait(20);
    assert_eq!(waiting(&lab), (1, 1));
    lab.trace();
    lab.register(1001, 3600);
    assert_eq!(lab.told(&["started", "dial"]), ["started outbound", "dial d1 sip:1001@desk"]);
    assert_eq!(&**lab.shown["d1"].number.reveal(), "13900000001", "the agent sees whom it is about to call");
    lab.answers("d1");
    assert_eq!(
        lab.told(&["dial", "agent"]),
        ["dial d2 sip:13900000001@carrier", "agent 1001 talking", "agent 1001 talking"]
    );
    lab.rings("d2");
    lab.answers("d2");
    lab.wait(60);
    assert!(lab.told(&["bridge"]).contains(&"bridge d1 d2".to_owned()));
    lab.hangs_up("d2");
    lab.settle();
    assert_eq!(
        lab.told(&["followed", "ended", "agent"]),
        ["ended answered callee normal", "followed reached done 0", "agent 1001 wrap_up"]
    );
    let record = lab.records.last().unwrap();
    assert_eq!((record.queue, record.agent, record.talk_ms), (Some(SALES), Some(agent(1001)), 60_000));
    assert_eq!(record.decisions.len(), 1, "why this agent is told");
    assert_eq!(record.segments.iter().filter(|s| s.kind == SegmentKind::Queued).count(), 0);
    lab.wait(11);
    assert_eq!(lab.told(&["dial"]), ["dial d3 sip:1001@desk"], "the other one is next");
    assert_eq!(waiting(&lab), (0, 0));
}

#[test]
fn an_agent_who_does_not_answer_is_passed_over_and_the_customer_is_not_called() {
    let mut lab = lab(|_| ());
    lab.register(1001, 3600);
    asks(&mut lab, "c1", 0);
    lab.settle();
    // Its own offer of before has ended with the key.
    lab.wait(25);
    let trace = lab.told(&["agent", "ended", "followed"]);
    lab.settle();
    assert!(trace.contains(&"agent 1001 not_ready rona".to_owned()), "{trace:?}");
    assert_eq!(waiting(&lab), (0, 1), "the wish waits on");
    lab.register(1003, 3600);
    lab.settle();
    let dialled = lab.told(&["dial"]);
    assert_eq!(dialled.len(), 1);
    let leg = dialled[0].split(' ').nth(1).unwrap().to_owned();
    lab.answers(&leg);
    assert_eq!(lab.state(1003), "talking");
    assert_eq!(lab.told(&["dial"]).len(), 1, "now the customer is called");
}

#[test]
fn who_is_not_reached_is_called_again_after_a_pause_and_not_for_ever() {
    let mut lab = lab(|rules| (rules.attempts, rules.pause_s) = (2, 600));
    asks(&mut lab, "c1", 30);
    lab.register(1001, 36_000);
    for (attempt, leg) in [(1, 1), (2, 3)] {
        lab.answers(&format!("d{leg}"));
        let customer = format!("d{}", leg + 1);
        lab.rings(&customer);
        lab.ends(&customer, Cause::Busy, true);
        lab.settle();
        let status = if attempt == 1 { "asked" } else { "given_up" };
        assert_eq!(lab.told(&["followed"]), [format!("followed unreached {status} {attempt}")]);
        lab.wait(599);
        assert_eq!(lab.told(&["dial"]), [""; 0], "not before the pause is over");
        lab.wait(2);
    }
    assert_eq!(lab.told(&["dial"]), [""; 0]);
    assert_eq!(waiting(&lab), (0, 0));
}

#[test]
fn a_line_that_fails_is_no_attempt() {
    let mut lab = lab(|rules| rules.attempts = 1);
    asks(&mut lab, "c1", 0);
    lab.register(1001, 36_000);
    lab.answers("d1");
    for trunk in ["d2", "d3"] {
        lab.ends(trunk, Cause::PeerFailed, false);
    }
    lab.settle();
    assert_eq!(lab.told(&["followed"]), ["followed no_line asked 0"]);
}

#[test]
fn nobody_is_called_at_night_and_the_place_is_kept_till_the_morning() {
    let mut lab = lab(|rules| rules.until = TimeOfDay::of_hour(11));
    asks(&mut lab, "c1", 0);
    assert_eq!(waiting(&lab), (0, 1));
    lab.wait(600);
    assert_eq!(waiting(&lab), (0, 0), "it is past eleven");
    lab.register(1001, 90_000);
    lab.wait(21 * 3600);
    assert_eq!(lab.told(&["dial"]), [""; 0]);
    lab.wait(3600);
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1001@desk"]);
}

#[test]
fn a_wish_that_is_too_old_is_given_up() {
    let mut lab = lab(|rules| rules.expire_s = 600);
    asks(&mut lab, "c1", 0);
    lab.wait(601);
    assert_eq!(lab.told(&["followed"]), ["followed expired given_up 0"]);
    assert_eq!(waiting(&lab), (0, 0));
}

#[test]
fn whoever_may_not_be_called_by_now_is_not() {
    let mut lab = lab(|_| ());
    asks(&mut lab, "c1", 0);
    lab.reload(|setup| {
        setup.queues.iter_mut().filter(|q| q.id == SALES).for_each(|q| q.callback = Some(CallbackRules::default()));
        setup.settings.insert("calls.do_not_call".into(), "13900000001".into());
    });
    assert_eq!(lab.told(&["followed"]), ["followed do_not_call given_up 0"]);
    lab.register(1001, 3600);
    assert_eq!(lab.told(&["dial"]), [""; 0]);
}

#[test]
fn a_queue_that_calls_nobody_back_leaves_that_to_people() {
    let mut lab = lab(|_| ());
    asks(&mut lab, "c1", 0);
    lab.reload(|_| ());
    assert_eq!(waiting(&lab), (0, 0));
    let of = lab.interactions[0];
    assert_eq!(lab.center.call_back_now(lab.now, T, of), Ok(()));
    assert_eq!(waiting(&lab), (0, 1), "somebody has ordered it");
    lab.center.callback_settled(lab.now, T, of);
    assert_eq!(waiting(&lab), (0, 0));
    assert_eq!(lab.center.call_back_now(lab.now, T, of), Err(Refused::NotFound));
}

#[test]
fn a_restart_keeps_the_place_and_the_attempts() {
    let mut before = lab(|_| ());
    asks(&mut before, "c1", 30);
    let mut lab = lab(|rules| rules.attempts = 2);
    lab.caller("95002");
    lab.wait(60);
    let asked = types::Wall(lab.now.wall.0 - 90_000);
    let wish = CallbackWish {
        of: before.interactions[0],
        number: "13900000009".into(),
        queue: SALES,
        wants: Vec::new(),
        asked,
        since: asked,
        attempts: 1,
        next: None,
        missed: false,
    };
    lab.center.restore_callback(lab.now, T, wish);
    lab.register(1001, 3600);
    assert_eq!(&**lab.shown["d1"].number.reveal(), "13900000009", "it had waited for longer");
    lab.answers("d1");
    lab.rings("d2");
    lab.wait(60);
    lab.settle();
    assert_eq!(lab.told(&["followed"]), ["followed unreached given_up 2"]);
}

#[test]
fn an_agent_who_signs_out_while_it_rings_leaves_the_wish_to_the_next() {
    let mut lab = lab(|_| ());
    asks(&mut lab, "c1", 0);
    lab.register(1001, 3600);
    lab.trace();
    let _ = lab.center.order(lab.now, T, agent(1001), crate::AgentOrder::SignOut);
    lab.settle();
    assert_eq!((waiting(&lab), lab.center.in_progress()), ((0, 1), 0));
    lab.register(1003, 3600);
    assert_eq!(lab.told(&["dial"]), ["dial d2 sip:1003@desk"]);
}

#[test]
fn an_order_that_takes_the_call_down_leaves_the_wish() {
    let mut lab = lab(|_| ());
    asks(&mut lab, "c1", 0);
    lab.register(1001, 3600);
    let calls = *lab.interactions.last().unwrap();
    lab.center.hang_up(lab.now, T, calls).unwrap();
    lab.settle();
    lab.wait(1);
    assert_eq!(lab.told(&["followed"]), [""; 0]);
    assert_eq!(lab.told(&["dial"]).len(), 0);
    assert_eq!(lab.state(1001), "ringing", "it is offered again");
}

#[test]
fn nothing_is_begun_while_the_node_goes_down() {
    let mut lab = lab(|_| ());
    asks(&mut lab, "c1", 0);
    lab.center.drain();
    lab.register(1001, 3600);
    lab.wait(30);
    assert_eq!(lab.told(&["dial", "followed"]), [""; 0]);
    assert_eq!(lab.state(1001), "ready");
}

/// A caller waits in the queue for so long, and hangs up.
fn gives_up(lab: &mut Lab, caller: &str, waits: u64) {
    lab.caller("95002");
    lab.wait(waits);
    lab.hangs_up(caller);
    lab.settle();
}

#[test]
fn who_hung_up_while_it_waited_is_called_back_where_the_queue_says_so() {
    let mut lab = lab(|rules| rules.missed_after_s = Some(20));
    gives_up(&mut lab, "c1", 19);
    assert_eq!(waiting(&lab), (0, 0), "it was not missed");
    gives_up(&mut lab, "c2", 20);
    assert_eq!(waiting(&lab), (0, 1));
    assert_eq!(lab.records.last().map(|record| record.outcome), Some(types::record::Outcome::Abandoned));
    lab.trace();
    lab.register(1001, 3600);
    assert_eq!(lab.told(&["started", "dial"]), ["started outbound", "dial d1 sip:1001@desk"]);
    lab.answers("d1");
    assert_eq!(lab.told(&["dial"]), ["dial d2 sip:13900000001@carrier"]);
    lab.rings("d2");
    lab.answers("d2");
    lab.hangs_up("d2");
    lab.settle();
    assert_eq!(lab.told(&["followed"]), ["followed reached done 0"]);
    assert_eq!(waiting(&lab), (0, 0));
}

#[test]
fn who_was_missed_and_waits_again_is_not_called() {
    let mut lab = lab(|rules| rules.missed_after_s = Some(10));
    gives_up(&mut lab, "c1", 15);
    assert_eq!(waiting(&lab), (0, 1));
    lab.trace();
    lab.caller("95002");
    assert_eq!(lab.told(&["followed"]), ["followed replaced cancelled 0"]);
    assert_eq!(waiting(&lab), (1, 0));
    // It gives up once more: that is another call that was missed, and one wish.
    lab.wait(12);
    lab.hangs_up("c2");
    lab.settle();
    assert_eq!(waiting(&lab), (0, 1));
}

#[test]
fn colleagues_and_those_who_asked_themselves_are_not_called_for_having_hung_up() {
    let mut lab = lab(|rules| rules.missed_after_s = Some(10));
    lab.call(types::leg::Origin::Device(super::lab::device(1002)), "95002");
    lab.wait(30);
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(waiting(&lab), (0, 0), "a colleague");
    asks(&mut lab, "c2", 30);
    gives_up(&mut lab, "c3", 30);
    assert_eq!(waiting(&lab), (0, 1), "the same customer");
}
