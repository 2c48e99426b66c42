//! Trunks register with their carriers, and calls to what they have registered are theirs.

use std::time::Duration;

use sip::flow::{Flow, Transport};
use sip::header::HeaderName;
use sip::message::Message;
use types::leg::{Login, Origin};
use types::register::{DigestChoice, Registering};
use types::{LegEvent, TenantId, TrunkId};

use super::lab::{Lab, SDP};
use crate::mind::{Line, RegisterAt};
use crate::ua::Purpose;

const CARRIER: TrunkId = TrunkId(5);
const SECOND: Duration = Duration::from_secs(1);

fn line(registrar: &str, secret: &str) -> Line {
    let login = Login { user: "shop".into(), secret: types::Private::new(secret.into()), realm: None };
    let registrar = types::leg::Text::from(registrar);
    let register = RegisterAt { registrar: registrar.clone(), login, domain: None, contact_user: None, expires_s: 600 };
    Line { tenant: TenantId(1), trunk: CARRIER, uri: registrar, probe: None, register: Some(register) }
}

fn lab(lines: Vec<Line>) -> Lab {
    let mut lab = Lab::new(DigestChoice::Both);
    lab.ua.mind.lines = Some(lines);
    lab.turn();
    assert_eq!(told(&mut lab), [Registering::Trying]);
    lab
}

fn told(lab: &mut Lab) -> Vec<Registering> {
    std::mem::take(&mut lab.ua.mind.registrations).into_iter().map(|(_, state)| state).collect()
}

/// What is said to the registrar next.
fn register(sent: Vec<(Flow, Message)>) -> (Flow, Message) {
    sent.into_iter().find(|(_, message)| message.method_text() == "REGISTER").expect("a REGISTER")
}

fn text(message: &Message, name: HeaderName) -> String {
    message.header_text(name).unwrap_or_default().to_owned()
}

fn answer(request: &Message, status: u16, fields: &[(HeaderName, &str)]) -> Vec<u8> {
    let builder = sip::MessageBuilder::reply_to(request, status, Some("theirs"), None);
    fields.iter().fold(builder, |builder, (name, value)| builder.header(*name, value)).finish()
}

/// Registered after a challenge, for five minutes.
fn registered() -> (Lab, Flow, Message) {
    let mut lab = lab(vec![line("sip:192.0.2.7:5080", "secret")]);
    let (flow, first) = register(lab.wait(SECOND));
    let challenge =
        [(HeaderName::WwwAuthenticate, "Digest realm=\"carrier\",nonce=\"n\",algorithm=SHA-256,qop=\"auth\"")];
    let (_, second) = register(lab.hear(flow, &answer(&first, 401, &challenge)));
    assert!(text(&second, HeaderName::Authorization).contains("username=\"shop\",realm=\"carrier\""));
    assert_eq!(second.call_id(), first.call_id());
    let contact = text(&second, HeaderName::Contact) + ";expires=300";
    lab.hear(flow, &answer(&second, 200, &[(HeaderName::Contact, &contact), (HeaderName::Expires, "9")]));
    assert_eq!(told(&mut lab), [Registering::Registered]);
    (lab, flow, second)
}

/// A call of the carrier's to this address; where it is said to come from and what was dialled.
fn call(lab: &mut Lab, uri: &str, from: &str, fields: &str) -> Option<(Origin, String)> {
    let remote = from.parse().unwrap();
    let flow = Flow { transport: Transport::Udp, local: "192.0.2.1:5060".parse().unwrap(), remote, conn: 0 };
    let branch = uri.len() + fields.len();
    let invite = format!(
        "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bKc{branch}\r\n{fields}From: <sip:13800000001@c>;tag=1\r\n\
         To: <sip:95000@carrier>\r\nCall-ID: c{branch}\r\nCSeq: 1 INVITE\r\nContact: <sip:13800000001@{from}>\r\n\
         Max-Forwards: 70\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{}",
        SDP.len(),
        String::from_utf8_lossy(SDP),
    );
    lab.hear(flow, invite.as_bytes());
    std::mem::take(&mut lab.ua.mind.events).into_iter().find_map(|event| match event {
        LegEvent::Incoming { call, .. } => Some((call.origin, call.dialled.reveal().to_string())),
        _ => None,
    })
}

#[test]
fn it_proves_who_it_is_and_comes_again_before_it_expires() {
    let (mut lab, flow, first) = registered();
    assert_eq!(flow.remote, "192.0.2.7:5080".parse().unwrap());
    assert_eq!(first.request_uri_text(), "sip:192.0.2.7:5080");
    assert_eq!(text(&first, HeaderName::To), "<sip:shop@192.0.2.7>");
    assert!(text(&first, HeaderName::Contact).starts_with("<sip:shop@192.0.2.1:5060;line="));
    assert_eq!(text(&first, HeaderName::Expires), "600");
    assert!(lab.wait(Duration::from_secs(235)).is_empty(), "granted for its own time, not for that of others");
    let (_, again) = register(lab.wait(Duration::from_secs(10)));
    assert_eq!(
        (again.call_id(), text(&again, HeaderName::Contact)),
        (first.call_id(), text(&first, HeaderName::Contact))
    );
    assert!(again.cseq().unwrap().number > first.cseq().unwrap().number);
}

#[test]
fn a_wrong_password_is_refused_and_a_new_one_is_tried_at_once() {
    let mut lab = lab(vec![line("sip:192.0.2.7", "wrong")]);
    let (flow, first) = register(lab.wait(SECOND));
    let challenge = [(HeaderName::WwwAuthenticate, "Digest realm=\"carrier\",nonce=\"n\",qop=\"auth\"")];
    let (_, second) = register(lab.hear(flow, &answer(&first, 401, &challenge)));
    assert!(lab.hear(flow, &answer(&second, 401, &challenge)).is_empty(), "the same password is not said twice");
    assert_eq!(told(&mut lab), [Registering::Refused { status: 401 }]);
    assert!(lab.wait(Duration::from_secs(40)).is_empty());
    lab.ua.mind.lines = Some(vec![line("sip:192.0.2.7", "right")]);
    lab.turn();
    let (flow, third) = register(lab.wait(SECOND));
    lab.hear(flow, &answer(&third, 200, &[]));
    assert_eq!(told(&mut lab), [Registering::Trying, Registering::Registered]);
}

#[test]
fn one_that_is_silent_or_has_no_address_is_unreachable() {
    let mut lab = lab(vec![line("sip:carrier.example", "secret")]);
    lab.wait(SECOND);
    let lookup = lab.ua.poll_lookup().unwrap();
    assert_eq!(lookup.purpose, Purpose::Register(CARRIER));
    lab.ua.resolved(lab.now, lookup.leg, lookup.purpose, &[]);
    assert_eq!(told(&mut lab), [Registering::Unreachable]);
    lab.wait(Duration::from_secs(6));
    let lookup = lab.ua.poll_lookup().unwrap();
    lab.ua.resolved(lab.now, lookup.leg, lookup.purpose, &[(Transport::Udp, "192.0.2.7:5060".parse().unwrap())]);
    let (flow, late) = register(lab.wait(Duration::from_secs(33)));
    assert_eq!(told(&mut lab), [], "still");
    lab.hear(flow, &answer(&late, 200, &[]));
    assert_eq!(told(&mut lab), [], "too late to count");
}

#[test]
fn calls_to_its_contact_are_its_own_and_the_number_is_the_one_that_was_dialled() {
    let (mut lab, _, first) = registered();
    let contact = first.contact().unwrap().uri.as_str().to_owned();
    let its_own = Some((Origin::Trunk(CARRIER), "95000".to_owned()));
    assert_eq!(call(&mut lab, &contact, "198.51.100.9:5060", ""), its_own, "another of the carrier's addresses");
    assert_eq!(call(&mut lab, "sip:shop@192.0.2.1", "192.0.2.7:5999", ""), its_own, "one that forgets the parameter");
    let called = call(&mut lab, &contact, "192.0.2.7:5080", "P-Called-Party-ID: <sip:95001@carrier>\r\n");
    assert_eq!(called, Some((Origin::Trunk(CARRIER), "95001".to_owned())));
    assert_eq!(call(&mut lab, "sip:shop@192.0.2.1", "198.51.100.9:5060", ""), None, "anyone may know the user");
    assert_eq!(call(&mut lab, "sip:shop@192.0.2.1;line=0123", "198.51.100.9:5060", ""), None);
}

#[test]
fn one_that_is_gone_takes_itself_back() {
    let (mut lab, _, first) = registered();
    lab.ua.mind.lines = Some(Vec::new());
    let (flow, last) = register(lab.turn());
    assert_eq!((text(&last, HeaderName::Expires), last.call_id()), ("0".to_owned(), first.call_id()));
    let challenge = [(HeaderName::WwwAuthenticate, "Digest realm=\"carrier\",nonce=\"m\",qop=\"auth\"")];
    let (_, proved) = register(lab.hear(flow, &answer(&last, 401, &challenge)));
    assert_eq!(text(&proved, HeaderName::Expires), "0");
    lab.hear(flow, &answer(&proved, 200, &[]));
    assert!(lab.wait(Duration::from_secs(900)).is_empty());
    assert_eq!(told(&mut lab), []);
}
