//! What one who waits is told, and when.

use std::sync::Arc;

use flow::Flow;
use types::FlowId;
use types::leg::Origin;

use super::lab::{Lab, SALES, SPARE};

/// The flow that only queues.
const STRAIGHT: FlowId = FlowId(1);

/// So many seconds in the queue are listened to.
const HEARD_S: u64 = 100;

/// Talks before which no wait is told.
const MEASURED: usize = 5;

struct Case {
    language: &'static str,
    position_s: Option<u32>,
    wait_s: Option<u32>,
    /// Callers before it.
    ahead: usize,
    /// Whether enough talks were had before that a wait can be told: 60 s, with 10 s of work after each.
    known: bool,
    /// What it hears besides music, each with its second.
    hears: &'static [(u64, &'static str)],
}

/// One more customer, by the trunk that takes any number of calls.
fn calls(lab: &mut Lab) {
    lab.call(Origin::Trunk(SPARE), "95001");
}

/// A queue's lab: an agent talks, so that callers wait.
fn lab(case: &Case) -> Lab {
    let mut lab = Lab::changed(|setup| {
        let text = format!(
            r#"{{"version": 1, "id": "straight", "name": "s", "language": "{}", "start": "q",
                "nodes": {{"q": {{"kind": "queue", "queue": "sales"}}}}}}"#,
            case.language
        );
        setup.flows.insert(STRAIGHT, Arc::new(Flow::parse(&text).unwrap()));
        let queue = setup.queues.iter_mut().find(|q| q.id == SALES).unwrap();
        (queue.announce_position_s, queue.announce_wait_s) = (case.position_s, case.wait_s);
    });
    lab.register(1001, 3600);
    let before = if case.known { MEASURED } else { 0 };
    for talk in 1..=before {
        calls(&mut lab);
        lab.answers(&format!("d{talk}"));
        lab.wait(60);
        lab.hangs_up(&format!("c{talk}"));
        lab.settle();
        lab.wait(10);
    }
    calls(&mut lab);
    lab.answers(&format!("d{}", before + 1));
    lab
}

fn heard(case: &Case) -> Vec<(u64, String)> {
    let mut lab = lab(case);
    let before = lab.names.values().filter(|name| name.starts_with('c')).count();
    for _ in 0..=case.ahead {
        calls(&mut lab);
    }
    let own = format!("c{}", before + case.ahead + 1);
    let play = format!("play {own} ");
    lab.trace();
    let mut heard = Vec::new();
    for second in 1..=HEARD_S {
        lab.wait(1);
        for told in lab.told(&[&play]) {
            heard.push((second, told[play.len()..].to_owned()));
            lab.played(&own);
            assert_eq!(lab.told(&[&play]), [format!("{play}music")], "music goes on after it");
        }
    }
    heard
}

#[test]
fn who_waits_is_told_its_position_and_its_wait_each_in_its_own_time() {
    let case = Case { language: "zh", position_s: None, wait_s: None, ahead: 1, known: true, hears: &[] };
    for case in [
        Case { hears: &[], ..case },
        // Nobody before one: in Chinese there is no number to say.
        Case { position_s: Some(60), ahead: 0, hears: &[(8, "comfort"), (68, "comfort")], ..case },
        Case {
            position_s: Some(30),
            ahead: 2,
            hears: &[
                (8, "position_prefix num_liang position_suffix"),
                (38, "position_prefix num_liang position_suffix"),
                (68, "position_prefix num_liang position_suffix"),
                (98, "position_prefix num_liang position_suffix"),
            ],
            ..case
        },
        Case {
            language: "en",
            position_s: Some(60),
            ahead: 2,
            hears: &[(8, "position_prefix num_3 position_suffix"), (68, "position_prefix num_3 position_suffix")],
            ..case
        },
        // The position goes first, and the wait comes with it where both are due.
        Case {
            position_s: Some(30),
            wait_s: Some(60),
            hears: &[
                (8, "position_prefix num_1 position_suffix wait_prefix num_3 minutes_suffix"),
                (38, "position_prefix num_1 position_suffix"),
                (68, "position_prefix num_1 position_suffix wait_prefix num_3 minutes_suffix"),
                (98, "position_prefix num_1 position_suffix"),
            ],
            ..case
        },
        Case {
            language: "en",
            wait_s: Some(80),
            hears: &[(8, "wait_prefix num_3 minutes_suffix"), (88, "wait_prefix num_3 minutes_suffix")],
            ..case
        },
        // Nobody has been served yet: there is no wait to tell, and the caller is not left without a word.
        Case { wait_s: Some(80), known: false, hears: &[(8, "comfort"), (88, "comfort")], ..case },
    ] {
        let expected: Vec<(u64, String)> = case.hears.iter().map(|(at, what)| (*at, (*what).to_owned())).collect();
        let (language, every) = (case.language, (case.position_s, case.wait_s));
        assert_eq!(heard(&case), expected, "{language}, {every:?}, {} ahead", case.ahead);
    }
}

#[test]
fn nothing_is_told_while_an_agents_telephone_rings() {
    let case = Case { language: "zh", position_s: Some(30), wait_s: None, ahead: 0, known: false, hears: &[] };
    let mut lab = lab(&case);
    calls(&mut lab);
    lab.wait(2);
    lab.register(1003, 3600);
    lab.rings("d2");
    lab.trace();
    lab.wait(15);
    assert_eq!(lab.told(&["play c2"]), Vec::<String>::new());
}

#[test]
fn what_one_is_told_and_what_the_queue_reckoned_is_kept_with_the_call() {
    let case = Case { language: "zh", position_s: Some(30), wait_s: Some(30), ahead: 0, known: true, hears: &[] };
    let mut lab = lab(&case);
    calls(&mut lab);
    lab.wait(70);
    let call = format!("c{}", MEASURED + 2);
    lab.hangs_up(&call);
    lab.settle();
    let record = lab.records.last().unwrap();
    let told: Vec<_> = record.promises.iter().map(|p| (p.told, p.position, p.wait_ms.map(|ms| ms / 1000))).collect();
    // At first as the queue reckons, to the second; then at 8, 38 and 68 seconds, in minutes.
    assert_eq!(told[1..], [(true, Some(1), Some(120)); 3]);
    assert_eq!((told[0].0, told[0].1, told.len()), (false, Some(1), 4));
}
