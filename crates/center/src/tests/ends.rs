//! Every way in which a call ends: who ended it and why, and what each leg is told.

use types::leg::Origin;
use types::{Cause, LegEvent};

use super::lab::{Lab, T, device};

/// What happens, from the call's beginning to its end.
type Story = fn(&mut Lab);

struct Case {
    name: &'static str,
    story: Story,
    /// Outcome, who and why of each interaction in the order of their ends.
    ended: &'static [&'static str],
    /// Each leg of the last interaction to end: cause, and whether its own far end ended it.
    legs: &'static [(&'static str, bool)],
}

fn agent_talks(lab: &mut Lab) {
    lab.caller("95002");
    lab.answers("d1");
    lab.wait(5);
}

fn held(lab: &mut Lab, name: &str) {
    let leg = lab.leg(name);
    lab.event(LegEvent::HeldByPeer { leg, held: true });
}

fn media_lost(lab: &mut Lab, name: &str) {
    let leg = lab.leg(name);
    lab.event(LegEvent::MediaLost { leg });
}

const TALKS: [Case; 8] = [
    Case {
        name: "the customer hangs up a talk",
        story: |lab| {
            agent_talks(lab);
            lab.hangs_up("c1");
        },
        ended: &["answered caller normal"],
        legs: &[("normal", true), ("other_left", false)],
    },
    Case {
        name: "the agent hangs up a talk",
        story: |lab| {
            agent_talks(lab);
            lab.hangs_up("d1");
        },
        ended: &["answered agent normal"],
        legs: &[("other_left", false), ("normal", true)],
    },
    Case {
        name: "the agent hangs up, and the flow has the last word",
        story: |lab| {
            lab.caller("95001");
            lab.presses("c1", '1');
            lab.answers("d1");
            lab.hangs_up("d1");
            lab.presses("c1", '2');
        },
        ended: &["answered agent normal"],
        legs: &[("normal", false), ("normal", true)],
    },
    Case {
        name: "the customer's media stops",
        story: |lab| {
            agent_talks(lab);
            media_lost(lab, "c1");
            lab.wait(5);
        },
        ended: &["answered system media_lost"],
        legs: &[("media_lost", false), ("other_left", false)],
    },
    Case {
        name: "the customer's session runs out",
        story: |lab| {
            agent_talks(lab);
            lab.ends("c1", Cause::SessionExpired, true);
        },
        ended: &["answered system session_expired"],
        legs: &[("session_expired", true), ("other_left", false)],
    },
    Case {
        name: "the media of one who was called directly stops",
        story: |lab| {
            lab.call(Origin::Device(device(1001)), "13911112222");
            lab.answers("d1");
            media_lost(lab, "d1");
            lab.wait(5);
        },
        ended: &["answered system media_lost"],
        legs: &[("other_left", false), ("media_lost", false)],
    },
    Case {
        name: "a supervisor ends it",
        story: |lab| {
            agent_talks(lab);
            let (now, id) = (lab.now, lab.interactions[0]);
            lab.center.hang_up(now, T, id).unwrap();
        },
        ended: &["answered system forced"],
        legs: &[("forced", false), ("forced", false)],
    },
    Case {
        name: "the node goes down",
        story: |lab| {
            agent_talks(lab);
            let now = lab.now;
            lab.center.shut_down(now);
        },
        ended: &["answered system shutdown"],
        legs: &[("shutdown", false), ("shutdown", false)],
    },
];

const WAITS: [Case; 9] = [
    Case {
        name: "the caller gives up in the menu",
        story: |lab| {
            lab.caller("95001");
            lab.hangs_up("c1");
        },
        ended: &["self_served caller normal"],
        legs: &[("normal", true)],
    },
    Case {
        name: "the caller gives up in the queue",
        story: |lab| {
            lab.center.flow_closed(lab.now, 1001);
            lab.center.flow_closed(lab.now, 1003);
            lab.caller("95002");
            lab.wait(9);
            lab.hangs_up("c1");
        },
        ended: &["abandoned caller normal"],
        legs: &[("normal", true)],
    },
    Case {
        name: "the caller gives up while an agent's telephone rings",
        story: |lab| {
            lab.caller("95002");
            lab.rings("d1");
            lab.hangs_up("c1");
        },
        ended: &["abandoned caller normal"],
        legs: &[("normal", true), ("cancelled", false)],
    },
    Case {
        name: "the caller cancels before a direct call is answered",
        story: |lab| {
            lab.caller("95004");
            lab.rings("d1");
            lab.ends("c1", Cause::Cancelled, true);
        },
        ended: &["abandoned caller cancelled"],
        legs: &[("cancelled", true), ("cancelled", false)],
    },
    Case {
        name: "nobody answers a direct call",
        story: |lab| {
            lab.caller("95004");
            lab.rings("d1");
            lab.wait(45);
        },
        ended: &["failed callee no_answer"],
        legs: &[("no_answer", false), ("no_answer", false)],
    },
    Case {
        name: "a direct call is declined",
        story: |lab| {
            lab.caller("95004");
            lab.ends("d1", Cause::Declined, true);
        },
        ended: &["failed callee declined"],
        legs: &[("declined", false), ("declined", true)],
    },
    Case {
        name: "one agent misses the call, the next one takes it and hangs up",
        story: |lab| {
            lab.caller("95002");
            lab.rings("d1");
            lab.wait(20);
            lab.settle();
            lab.answers("d2");
            lab.hangs_up("d2");
        },
        ended: &["answered agent normal"],
        legs: &[("other_left", false), ("no_answer", false), ("normal", true)],
    },
    Case {
        name: "the flow ends it",
        story: |lab| {
            lab.caller("95001");
            lab.presses("c1", '3');
            lab.played("c1");
        },
        ended: &["callback system normal"],
        legs: &[("normal", false)],
    },
    Case {
        name: "no such number",
        story: |lab| {
            lab.caller("777");
        },
        ended: &["rejected system not_found"],
        legs: &[("not_found", false)],
    },
];

const TRANSFERS: [Case; 7] = [
    Case {
        name: "blind, then the customer hangs up",
        story: |lab| {
            agent_talks(lab);
            lab.asks("d1", "1002", None);
            lab.answers("d2");
            lab.settle();
            lab.hangs_up("c1");
        },
        ended: &["answered caller normal"],
        legs: &[("normal", true), ("transferred", false), ("other_left", false)],
    },
    Case {
        name: "blind, and the one who asked hangs up at once; then the target does",
        story: |lab| {
            agent_talks(lab);
            lab.asks("d1", "13911112222", None);
            lab.hangs_up("d1");
            lab.answers("d2");
            lab.hangs_up("d2");
        },
        ended: &["answered callee normal"],
        legs: &[("other_left", false), ("normal", true), ("normal", true)],
    },
    Case {
        name: "the customer leaves while it is being handed on",
        story: |lab| {
            agent_talks(lab);
            lab.asks("d1", "1002", None);
            lab.rings("d2");
            lab.hangs_up("c1");
        },
        ended: &["answered caller normal"],
        legs: &[("normal", true), ("other_left", false), ("cancelled", false)],
    },
    Case {
        name: "attended, then the new agent hangs up",
        story: |lab| {
            agent_talks(lab);
            held(lab, "d1");
            lab.call(Origin::Device(device(1001)), "1002");
            lab.answers("d2");
            lab.wait(5);
            lab.asks("d1", "1002", Some("c2"));
            lab.settle();
            lab.hangs_up("d2");
        },
        ended: &["answered agent transferred", "answered agent normal"],
        legs: &[("other_left", false), ("transferred", false), ("normal", true)],
    },
    Case {
        name: "attended while the colleague still rings, who declines; then the first agent hangs up",
        story: |lab| {
            agent_talks(lab);
            lab.call(Origin::Device(device(1001)), "1002");
            lab.rings("d2");
            lab.asks("d1", "1002", Some("c2"));
            lab.settle();
            lab.ends("d3", Cause::Declined, true);
            lab.hangs_up("d1");
        },
        ended: &["abandoned caller transferred", "answered agent normal"],
        legs: &[("other_left", false), ("normal", true), ("declined", true)],
    },
    Case {
        name: "to another telephone of the agent's own, then the customer hangs up",
        story: |lab| {
            agent_talks(lab);
            let replaced = lab.leg("d1");
            lab.call_for(T, Origin::Device(device(1001)), "1001", Some(replaced));
            lab.settle();
            lab.hangs_up("c1");
        },
        ended: &["answered agent transferred", "answered caller normal"],
        legs: &[("normal", true), ("transferred", false), ("other_left", false)],
    },
    Case {
        name: "the agent vanishes, the queue finds another one, who hangs up",
        story: |lab| {
            agent_talks(lab);
            lab.ends("d1", Cause::SessionExpired, true);
            lab.answers("d2");
            lab.hangs_up("d2");
        },
        ended: &["answered agent normal"],
        legs: &[("other_left", false), ("session_expired", true), ("normal", true)],
    },
];

fn check(cases: &[Case]) {
    for case in cases {
        let mut lab = Lab::with(&[1001, 1002]);
        if case.name.contains("next one") || case.name.contains("finds another") {
            lab.register(1003, 3600);
            lab.trace();
        }
        (case.story)(&mut lab);
        lab.settle();
        let tell = |r: &types::record::InteractionRecord| {
            format!("{} {} {}", r.outcome.as_str(), r.ended_by.as_str(), r.cause.as_str())
        };
        assert_eq!(lab.records.iter().map(tell).collect::<Vec<_>>(), case.ended, "{}", case.name);
        let legs = &lab.records.last().unwrap().legs;
        let told: Vec<_> = legs.iter().map(|l| (l.cause.unwrap().as_str(), l.by_peer)).collect();
        assert_eq!(told, case.legs, "{}", case.name);
    }
}

#[test]
fn a_talk_that_ends_tells_each_leg_why() {
    check(&TALKS);
}

#[test]
fn a_call_that_nobody_answers_tells_each_leg_why() {
    check(&WAITS);
}

#[test]
fn a_call_that_was_handed_on_tells_each_leg_why() {
    check(&TRANSFERS);
}

#[test]
fn a_leg_that_does_not_end_when_told_so_is_given_up() {
    let mut lab = Lab::with(&[1001]);
    agent_talks(&mut lab);
    lab.trace();
    lab.hangs_up("c1");
    lab.wait(89);
    assert_eq!((lab.told(&["alarm", "ended"]), lab.center.in_progress()), (vec![], 1));
    lab.wait(1);
    assert_eq!(lab.told(&["alarm", "ended"]), ["alarm leg_given_up", "ended answered caller normal"]);
    assert_eq!(lab.records[0].legs[1].cause, Some(Cause::GivenUp));
    assert_eq!((lab.state(1001).as_str(), lab.center.in_progress()), ("wrap_up", 0));
    // What it reports after all changes nothing.
    lab.ends("d1", Cause::Normal, true);
    assert_eq!(lab.told(&["ended", "alarm", "agent"]), Vec::<String>::new());
}

#[test]
fn a_call_that_goes_on_for_too_long_is_announced_and_ended() {
    let mut lab = Lab::with(&[1001]);
    agent_talks(&mut lab);
    lab.trace();
    for _ in 0..11 {
        lab.wait(3265);
        lab.register(1001, 3600);
    }
    assert_eq!(lab.told(&["play", "hangup"]), Vec::<String>::new());
    lab.wait(25);
    assert_eq!(lab.told(&["play", "hangup"]), ["play c1 Comfort", "play d1 Comfort"]);
    lab.wait(60);
    assert_eq!(lab.told(&["alarm", "hangup"]), ["alarm call_too_long", "hangup c1 too_long", "hangup d1 too_long"]);
    // Not even that the far ends do not listen keeps it alive.
    lab.wait(90);
    assert_eq!(lab.told(&["ended"]), ["ended answered system too_long"]);
    assert_eq!(lab.center.in_progress(), 0);
}

#[test]
fn a_call_that_would_replace_one_in_a_menu_is_refused_and_the_menu_goes_on() {
    let mut lab = Lab::new();
    let first = lab.caller("95001");
    lab.played("c1");
    lab.trace();
    lab.call_for(T, Origin::Trunk(types::TrunkId(1)), "95001", Some(first));
    assert_eq!(lab.told(&["hangup", "bridge"]), ["hangup c2 not_found"]);
    lab.wait(5);
    assert_eq!(lab.told(&["play"]), ["play c1 menu_main"], "asked again");
}
