//! Agents whose mobile rings beside their other telephones, over a trunk like any call to the outside.

use types::Cause;

use super::lab::{CARRIER, Lab, T, agent};
use crate::Setup;

/// The agent 1001 has this mobile.
fn carries(setup: &mut Setup, number: &str) {
    let mut directory = directory::Directory::new(setup.directory.tenant().clone());
    for known in setup.directory.agents() {
        let address = (&*known.number == "1001").then(|| format!("tel:{number}").as_str().into());
        directory.add_agent(directory::Agent { address, ..known.clone() }).unwrap();
    }
    for known in setup.directory.devices() {
        directory.add_device(known.clone()).unwrap();
    }
    setup.directory = directory;
}

fn lab(number: &'static str) -> Lab {
    let mut lab = Lab::changed(|setup| carries(setup, number));
    lab.register(1001, 3600);
    lab.trace();
    lab
}

#[test]
fn a_call_rings_at_both_and_whichever_answers_has_it() {
    for (answers, other) in [("d1", "d2"), ("d2", "d1")] {
        let mut lab = lab("13700000001");
        lab.caller("95002");
        assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1001@desk", "dial d2 sip:13700000001@carrier"]);
        lab.rings("d1");
        lab.rings("d2");
        lab.answers(answers);
        assert_eq!(lab.told(&["hangup"]), [format!("hangup {other} answered_elsewhere")]);
        lab.ends(other, Cause::AnsweredElsewhere, false);
        lab.wait(10);
        lab.hangs_up("c1");
        lab.settle();
        let record = &lab.records[0];
        assert_eq!((record.agent, record.talk_ms, record.decisions.len()), (Some(agent(1001)), 10_000, 1));
    }
}

#[test]
fn a_call_that_neither_answers_is_missed_once() {
    let mut lab = lab("13700000001");
    lab.caller("95002");
    lab.rings("d1");
    lab.rings("d2");
    lab.trace();
    lab.wait(21);
    lab.settle();
    assert_eq!(lab.told(&["agent"]), ["agent 1001 not_ready rona"]);
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.records[0].decisions.len(), 1, "one offer");
}

#[test]
fn a_mobile_takes_a_line_of_its_trunk_and_the_next_trunk_where_that_has_none() {
    let mut lab = lab("13700000001");
    lab.caller("95001");
    // The carrier of the lab has two lines, and the caller has come in by one of them.
    lab.caller("95002");
    assert!(lab.told(&["dial"]).contains(&"dial d2 sip:13700000001@spare".to_owned()));
    let taken = lab.center.live(lab.now, T).unwrap().trunks;
    assert_eq!(taken.iter().find(|trunk| trunk.id == CARRIER).map(|trunk| trunk.calls), Some(2));
}

#[test]
fn the_emergency_services_are_nobodys_telephone() {
    let mut lab = lab("110");
    lab.caller("95002");
    assert_eq!(lab.told(&["dial", "emergency"]), ["dial d1 sip:1001@desk"]);
}

#[test]
fn who_has_a_mobile_alone_makes_its_calls_there() {
    let mut lab = Lab::changed(|setup| carries(setup, "13700000001"));
    lab.trace();
    lab.dials(1001, "13911112222").unwrap();
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:13700000001@carrier"]);
    lab.answers("d1");
    assert_eq!(lab.told(&["dial"]), ["dial d2 sip:13911112222@carrier"]);
}
