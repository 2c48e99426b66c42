//! Far ends of trunks are asked whether they are there.

use std::time::Duration;

use sip::flow::{Flow, Transport};
use sip::message::Message;
use types::register::DigestChoice;
use types::{LegId, TenantId, TrunkId};

use super::lab::{Lab, answer};
use crate::mind::Line;
use crate::ua::Purpose;

const CARRIER: TrunkId = TrunkId(5);

fn line(uri: &str, probe_s: u64) -> Line {
    let probe = (probe_s > 0).then(|| Duration::from_secs(probe_s));
    Line { tenant: TenantId(1), trunk: CARRIER, uri: uri.into(), probe, register: None }
}

fn lab(line: Line) -> Lab {
    let mut lab = Lab::new(DigestChoice::Both);
    lab.ua.mind.lines = Some(vec![line]);
    assert!(lab.turn().is_empty());
    lab
}

/// The questions among what went out, without repeats.
fn questions(sent: Vec<(Flow, Message)>) -> Vec<(Flow, Message)> {
    let mut known = Vec::new();
    let asks = sent.into_iter().filter(|(_, message)| message.method_text() == "OPTIONS");
    asks.filter(|(_, message)| {
        let new = !known.contains(&message.call_id().to_owned());
        known.push(message.call_id().to_owned());
        new
    })
    .collect()
}

#[test]
fn an_answer_of_any_kind_shows_that_it_is_there_and_the_next_question_comes_in_time() {
    let mut lab = lab(line("sip:192.0.2.7:5080", 30));
    let asked = questions(lab.wait(Duration::from_secs(1)));
    let [(flow, question)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(flow.remote, "192.0.2.7:5080".parse().unwrap());
    lab.hear(*flow, &answer(question, 405, None));
    assert_eq!(std::mem::take(&mut lab.ua.mind.looked), [(CARRIER, true)]);
    assert!(questions(lab.wait(Duration::from_secs(29))).is_empty());
    assert_eq!(questions(lab.wait(Duration::from_secs(2))).len(), 1);
}

#[test]
fn one_that_is_silent_or_takes_no_calls_is_asked_again_at_once_and_missed_each_time() {
    let mut lab = lab(line("sip:192.0.2.7", 3600));
    let first = questions(lab.wait(Duration::from_secs(1)));
    lab.hear(first[0].0, &answer(&first[0].1, 503, None));
    assert_eq!(lab.ua.mind.looked, []);
    let asked = questions(lab.wait(Duration::from_secs(14)));
    // The one that 503 was said to was given up before this, and two more were asked and missed.
    assert_eq!(asked.len(), 2);
    lab.wait(Duration::from_secs(1));
    assert_eq!(std::mem::take(&mut lab.ua.mind.looked), [(CARRIER, false); 3]);
    let late = asked.into_iter().next().unwrap();
    lab.hear(late.0, &answer(&late.1, 200, None));
    assert_eq!(lab.ua.mind.looked, [], "too late to count");
}

#[test]
fn places_of_a_name_are_asked_in_turn() {
    let mut lab = lab(line("sip:carrier.example", 30));
    lab.wait(Duration::from_secs(1));
    let mut asked = Vec::new();
    for _ in 0..3 {
        let lookup = lab.ua.poll_lookup().expect("a name to resolve");
        assert_eq!((lookup.leg, lookup.purpose), (LegId(0), Purpose::Ask(CARRIER)));
        let places = ["192.0.2.7:5060", "192.0.2.8:5060"].map(|at| (Transport::Udp, at.parse().unwrap()));
        lab.ua.resolved(lab.now, lookup.leg, lookup.purpose, &places);
        asked.extend(questions(lab.wait(Duration::from_secs(5))).first().map(|(flow, _)| flow.remote.ip().to_string()));
    }
    assert_eq!(asked, ["192.0.2.7", "192.0.2.8", "192.0.2.7"]);
}

#[test]
fn nobody_is_asked_who_need_not_be_or_is_gone() {
    let mut lab = lab(line("sip:192.0.2.7", 0));
    assert!(lab.wait(Duration::from_secs(60)).is_empty());
    lab.ua.mind.lines = Some(vec![line("sip:192.0.2.7", 10)]);
    lab.turn();
    let asked = questions(lab.wait(Duration::from_secs(1)));
    lab.hear(asked[0].0, &answer(&asked[0].1, 200, None));
    assert_eq!(std::mem::take(&mut lab.ua.mind.looked), [(CARRIER, true)]);
    lab.ua.mind.lines = Some(Vec::new());
    lab.turn();
    assert!(questions(lab.wait(Duration::from_secs(60))).is_empty());
    assert_eq!(lab.ua.mind.looked, []);
}
