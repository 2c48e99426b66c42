//! Queues that have all their agents ring at once.

use acd::Strategy;
use types::Cause;

use super::lab::{Lab, SALES, agent};
use crate::CallOrder;

/// 1001 and 1003 are ready, and ring for a customer: `d1` and `d2`.
fn both_ring() -> Lab {
    let mut lab = Lab::changed(|setup| {
        let sales = setup.queues.iter_mut().find(|queue| queue.id == SALES).unwrap();
        (sales.strategy, sales.wrap_up_s) = (Strategy::RingAll, 0);
    });
    lab.register(1001, 3600);
    lab.wait(1);
    lab.register(1003, 3600);
    lab.trace();
    lab.caller("95002");
    lab.rings("d1");
    lab.rings("d2");
    assert_eq!(lab.told(&["dial", "agent"]).len(), 4, "two telephones, two agents who ring");
    lab
}

#[test]
fn the_first_answer_wins_and_the_other_stays_ready() {
    let mut lab = both_ring();
    lab.answers("d2");
    assert_eq!(lab.told(&["hangup", "bridge"]), ["hangup d1 answered_elsewhere", "bridge c1 d2"]);
    assert_eq!((lab.state(1001).as_str(), lab.state(1003).as_str()), ("ready", "talking"));
    lab.ends("d1", Cause::AnsweredElsewhere, false);
    lab.wait(10);
    lab.hangs_up("c1");
    lab.settle();
    let record = lab.records.last().unwrap();
    assert_eq!(record.agent, Some(agent(1003)), "who answered has had the call");
    let decision = &record.decisions[0];
    assert_eq!((decision.winner.agent, &*decision.together), (agent(1001), &[agent(1003)][..]));
    // The one who was set free had never lost its turn: it rings first again.
    lab.caller("95002");
    lab.answers("d3");
    assert_eq!(lab.state(1001), "talking");
}

#[test]
fn who_declines_is_out_alone_and_the_other_rings_on() {
    let mut lab = both_ring();
    lab.ends("d1", Cause::Declined, true);
    assert_eq!(lab.told(&["hangup", "agent", "state"]), ["agent 1001 not_ready declined"]);
    assert_eq!(lab.state(1003), "ringing");
    lab.answers("d2");
    assert_eq!(lab.told(&["bridge"]), ["bridge c1 d2"]);
}

#[test]
fn an_order_to_reject_stops_the_telephones_of_that_agent_alone() {
    let mut lab = both_ring();
    lab.orders(Some(1003), CallOrder::Reject).unwrap();
    assert_eq!(lab.told(&["hangup", "agent"]), ["hangup d2 cancelled", "agent 1003 not_ready declined"]);
    lab.ends("d2", Cause::Cancelled, false);
    assert_eq!(lab.state(1001), "ringing");
    lab.ends("d1", Cause::Busy, true);
    assert_eq!(lab.told(&["agent", "state"]), ["state queued", "agent 1001 not_ready phone_busy"]);
}

#[test]
fn when_nobody_answers_the_customer_waits_on_in_front() {
    let mut lab = both_ring();
    lab.wait(20);
    assert_eq!(
        lab.told(&["hangup", "agent", "state"]),
        [
            "hangup d1 no_answer",
            "agent 1001 not_ready rona",
            "state queued",
            "agent 1003 not_ready rona",
            "hangup d2 no_answer",
        ]
    );
    assert_eq!((lab.state(1001).as_str(), lab.state(1003).as_str()), ("not_ready rona", "not_ready rona"));
}

#[test]
fn a_decision_names_the_rules_by_which_it_was_made() {
    let rules = |lab: &mut Lab| {
        lab.register(1001, 3600);
        lab.caller("95002");
        lab.answers("d1");
        lab.wait(5);
        lab.hangs_up("c1");
        lab.settle();
        lab.records[0].decisions[0].rules.clone().unwrap()
    };
    let first = rules(&mut Lab::new());
    assert_eq!(rules(&mut Lab::new()), first, "the same settings have the same version, whenever they are read");
    let mut other = Lab::changed(|setup| setup.queues[0].ring_timeout_s += 1);
    let changed = rules(&mut other);
    assert_eq!((changed.queue == first.queue, changed.agents == first.agents), (false, true));
    let mut other = Lab::changed(|setup| {
        setup.agents[2].skills.insert("english".into(), 5);
    });
    let changed = rules(&mut other);
    assert_eq!((changed.queue == first.queue, changed.agents == first.agents), (true, false));
}
