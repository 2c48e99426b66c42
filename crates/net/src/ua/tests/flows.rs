//! RFC 5626: flows that telephones keep, and calls that take the next where one has failed.

use std::time::Duration;

use sip::flow::{Flow, Transport};
use sip::header::HeaderName;
use sip::message::Message;
use types::leg::{Registered, Target};
use types::register::{Contact, DigestChoice, RegisterChange};
use types::{Cause, LegEvent, Private};

use super::lab::{DEVICE, LEG, Lab, SDP, answer, flow};

const INSTANCE: &str = "<urn:uuid:00000000-0000-1000-8000-000A95A0E128>";
/// Longer than a way without a word gets while there is another.
const HURRIED: Duration = Duration::from_secs(5);

fn lab() -> Lab {
    Lab::new(DigestChoice::Both)
}

fn contact(reg_id: u32) -> String {
    format!(
        "Contact: <sip:1001@10.0.0.9:5060>;reg-id={reg_id};+sip.instance=\"{INSTANCE}\"\r\nSupported: path, outbound\r\n"
    )
}

fn bound(lab: &mut Lab) -> Contact {
    match &lab.ua.mind().registered.last().expect("a REGISTER").change {
        RegisterChange::Update(contacts) => contacts[0].0.clone(),
        other => panic!("{other:?}"),
    }
}

fn field(message: &Message, name: &str) -> Option<String> {
    message.header_named(name).map(|value| String::from_utf8_lossy(value).into_owned())
}

#[test]
fn a_flow_is_bound_confirmed_and_timed() {
    for (transport, conn, timer) in
        [(Transport::Udp, 0, Some("28")), (Transport::Tcp, 4, Some("120")), (Transport::Wss, 5, None)]
    {
        let mut lab = lab();
        let response = lab.registered(flow(transport, conn), &contact(2));
        assert_eq!(response.status(), Some(200));
        assert_eq!(field(&response, "Require").as_deref(), Some("outbound"));
        assert_eq!(field(&response, "Flow-Timer").as_deref(), timer);
        assert_eq!(field(&response, "Allow-Events").as_deref(), Some("dialog, message-summary, refer"));
        let told = response.addresses(HeaderName::Contact).next().unwrap().unwrap();
        assert_eq!((told.instance(), told.reg_id()), (Some(INSTANCE), Some(2)));
        let contact = bound(&mut lab);
        assert_eq!((contact.instance.unwrap().reveal().as_ref(), contact.reg_id), (INSTANCE, Some(2)));
        let promised = std::iter::from_fn(|| lab.ua.poll_proof()).find_map(|proof| proof.heard_every);
        assert_eq!(promised, (transport == Transport::Tcp).then_some(Duration::from_secs(120)));
    }
}

#[test]
fn a_telephone_that_does_not_ask_for_it_is_bound_as_ever() {
    let mut lab = lab();
    let plain = contact(1).replace("Supported: path, outbound\r\n", "");
    let response = lab.registered(flow(Transport::Udp, 0), &plain);
    assert_eq!((response.status(), field(&response, "Require")), (Some(200), None));
    assert_eq!(bound(&mut lab).reg_id, None);
    let two = format!("{}Contact: <sip:1001@10.0.0.10>\r\n", contact(1));
    assert_eq!(lab.registered(flow(Transport::Udp, 0), &two).status(), Some(400), "one flow, two places");
}

#[test]
fn behind_a_proxy_the_proxy_has_to_keep_the_flow() {
    let by_proxy = |path: &str, more: &str| {
        let mut lab = lab();
        let fields = format!("Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKphone\r\nPath: {path}\r\n{more}{}", contact(1));
        let response = lab.registered(flow(Transport::Udp, 0), &fields);
        let kept = response.status() == Some(200) && bound(&mut lab).reg_id.is_some();
        (response.status(), kept, field(&response, "Require").is_some(), field(&response, "Flow-Timer"))
    };
    let knowing = "<sip:core.example.com;lr>, <sip:t0ken@edge.example.com;lr;ob>";
    assert_eq!(by_proxy(knowing, ""), (Some(200), true, true, None));
    let ignorant = "<sip:core.example.com;lr;ob>, <sip:edge.example.com;lr>";
    assert_eq!(by_proxy(ignorant, ""), (Some(200), false, false, None));
    assert_eq!(by_proxy(ignorant, "Require: outbound\r\n").0, Some(439));
}

/// A telephone with two flows by way of an edge, the fresher one first.
fn two_ways() -> Target {
    let way = |name: &str, at: &str, cseq| Target {
        uri: Private::new(format!("sip:{name}@10.0.0.9").into()),
        next_hop: Some(format!("sip:{at}").into()),
        registered: Some(Registered { device: DEVICE, call_id: "r".into(), cseq }),
        ..Target::default()
    };
    Target { otherwise: vec![way("two", "203.0.113.2:5060", 1)], ..way("one", "203.0.113.1:5060", 2) }
}

/// The only INVITE among these.
fn invite(sent: Vec<(Flow, Message)>) -> (Flow, Message) {
    let mut invites: Vec<_> = sent.into_iter().filter(|(_, m)| m.method_text() == "INVITE").collect();
    assert_eq!(invites.len(), 1, "one INVITE at a time");
    invites.remove(0)
}

fn uri(invite: &(Flow, Message)) -> &str {
    invite.1.request_uri_text()
}

fn end(lab: &mut Lab) -> Option<Cause> {
    lab.ua.mind().events.iter().find_map(|event| match event {
        LegEvent::Ended { leg: LEG, cause, .. } => Some(*cause),
        _ => None,
    })
}

#[test]
fn where_an_edge_has_lost_the_flow_the_next_is_taken_and_the_first_forgotten() {
    let mut lab = lab();
    let first = invite(lab.dial(two_ways()));
    assert_eq!(uri(&first), "sip:one@10.0.0.9");
    let second = invite(lab.hear(first.0, &answer(&first.1, 430, None)));
    assert_eq!(uri(&second), "sip:two@10.0.0.9");
    assert_ne!(first.1.call_id(), second.1.call_id(), "another request, not the same once more");
    assert_eq!(lab.ua.mind().failed, ["sip:one@10.0.0.9"]);
    lab.hear(second.0, &answer(&second.1, 200, Some(SDP)));
    assert!(lab.ua.mind().events.iter().any(|event| matches!(event, LegEvent::Answered { leg: LEG })));
    assert_eq!(end(&mut lab), None);
}

#[test]
fn a_silent_flow_is_given_up_soon_and_a_late_answer_there_is_ended() {
    let mut lab = lab();
    let first = invite(lab.dial(two_ways()));
    let sent = lab.wait(HURRIED);
    let second = sent.into_iter().find(|(_, m)| m.request_uri_text() == "sip:two@10.0.0.9").expect("the other way");
    assert!(lab.ua.mind().failed.is_empty(), "a telephone that is slow keeps its flow");
    lab.hear(second.0, &answer(&second.1, 180, None));
    let late = lab.hear(first.0, &answer(&first.1, 200, Some(SDP)));
    let methods: Vec<&str> = late.iter().map(|(_, message)| message.method_text()).collect();
    assert_eq!(methods, ["ACK", "BYE"]);
    assert_eq!(end(&mut lab), None, "it rings by the other way");
}

#[test]
fn a_connection_that_is_gone_costs_no_time() {
    let mut lab = lab();
    let stands = flow(Transport::Tcp, 5);
    lab.registered(stands, &contact(2));
    let mut target = two_ways();
    target.flow = Some(4);
    target.otherwise[0].flow = Some(5);
    let only = invite(lab.dial(target));
    assert_eq!((only.0.conn, uri(&only)), (5, "sip:two@10.0.0.9"));
    assert_eq!(lab.ua.mind().failed, ["sip:one@10.0.0.9"]);
    lab.ua.connection_lost(lab.now, stands);
    assert_eq!(end(&mut lab), Some(Cause::Unreachable), "no way is left");
}

#[test]
fn who_refuses_or_lets_it_ring_is_not_rung_again_by_another_way() {
    let mut lab1 = lab();
    let first = invite(lab1.dial(two_ways()));
    let sent = lab1.hear(first.0, &answer(&first.1, 486, None));
    assert!(sent.iter().all(|(_, message)| message.method_text() == "ACK"));
    assert_eq!(end(&mut lab1), Some(Cause::Busy));
    let mut lab2 = lab();
    let first = invite(lab2.dial(two_ways()));
    lab2.hear(first.0, &answer(&first.1, 180, None));
    lab2.hear(first.0, &answer(&first.1, 408, None));
    assert_eq!(end(&mut lab2), Some(Cause::NoAnswer));
}
