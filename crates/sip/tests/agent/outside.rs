//! Requests outside of calls, requests within that are not about the session, and digest.

use std::time::Duration;

use sip::agent::{Body, Credentials, Event, Invite, Outgoing};
use sip::digest::{Algorithm, Authenticator, Ha1, Outcome};
use sip::{HeaderName, Method};

use crate::harness::*;

fn outgoing<'a>(net: &Net, method: Method) -> Outgoing<'a> {
    Outgoing {
        flow: net.to(B),
        method,
        target: "sip:bob@192.0.2.2:5060",
        from: "<sip:alice@192.0.2.1>",
        to: None,
        contact: None,
        sequence: None,
        routes: &[],
        headers: &[],
        body: None,
        credentials: None,
    }
}

#[test]
fn options_tells_what_we_can_do() {
    let mut net = Net::new(301, 2);
    let (request, now) = (outgoing(&net, Method::Options), net.now);
    net.agent(A).request(now, &request).unwrap();
    net.run_ms(50);
    let events = net.take(B);
    let [Event::Request { request, method: Method::Options, .. }] = &events[..] else { panic!("{events:?}") };
    let now = net.now;
    net.agent(B).respond(now, *request, 200, "", &[], None).unwrap();
    net.run_ms(50);
    let events = net.take(A);
    let [Event::Response { status: 200, message: Some(message), .. }] = &events[..] else { panic!("{events:?}") };
    assert!(message.lists(HeaderName::Allow, "UPDATE") && message.lists(HeaderName::Supported, "100rel"));
    net.assert_clean();
}

#[test]
fn a_message_that_nobody_answers_times_out_on_both_sides() {
    let mut net = Net::new(302, 2);
    let text = Body { content_type: "text/plain", bytes: "您好".as_bytes() };
    let (request, now) = (Outgoing { body: Some(text), ..outgoing(&net, Method::Message) }, net.now);
    net.agent(A).request(now, &request).unwrap();
    net.run(Duration::from_secs(33));
    assert_eq!(
        (words(&net.take(A)), words(&net.take(B))),
        (vec!["response 408".to_owned()], vec!["request MESSAGE".to_owned()])
    );
    net.assert_clean();
}

#[test]
fn an_answer_that_was_lost_is_given_again() {
    let mut net = Net::new(303, 2);
    net.lose_next = vec!["200 REGISTER".to_owned(), "200 REGISTER".to_owned()];
    let request = Outgoing { contact: Some("<sip:alice@192.0.2.1:5060>"), ..outgoing(&net, Method::Register) };
    let now = net.now;
    net.agent(A).request(now, &request).unwrap();
    net.run_ms(50);
    let events = net.take(B);
    let [Event::Request { request, method: Method::Register, flow, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(flow.remote, addr(A));
    let now = net.now;
    net.agent(B).respond(now, *request, 200, "", &[("Expires", "60")], None).unwrap();
    net.run(Duration::from_secs(5));
    assert_eq!((words(&net.take(A)), words(&net.take(B))), (vec!["response 200".to_owned()], vec![]));
    net.assert_clean();
}

#[test]
fn info_and_message_within_a_call() {
    let mut net = Net::new(304, 2);
    let (caller, callee) = net.standing(A, B);
    let digit = Body { content_type: "application/dtmf-relay", bytes: b"Signal=5\r\nDuration=160\r\n" };
    let now = net.now;
    net.agent(A).request_in_call(now, caller, Method::Info, &[], Some(digit)).unwrap();
    net.run_ms(50);
    let events = net.take(B);
    let [Event::Info { call, message }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((*call, message.body()), (callee, digit.bytes));
    assert_eq!(words(&net.take(A)), ["response 200"]);
    let text = Body { content_type: "text/plain", bytes: b"hello" };
    let now = net.now;
    net.agent(B).request_in_call(now, callee, Method::Message, &[], Some(text)).unwrap();
    net.run_ms(50);
    let events = net.take(A);
    let [Event::Request { request, call: Some(_), .. }] = &events[..] else { panic!("{events:?}") };
    let now = net.now;
    net.agent(A).respond(now, *request, 202, "", &[], None).unwrap();
    net.run_ms(50);
    assert_eq!(words(&net.take(B)), ["response 202"]);
    net.bye(A, caller, &[]);
    net.assert_clean();
}

/// Answers each request at `node` that lacks the right password with a challenge; tells whether one passed.
fn guard(net: &mut Net, node: usize, authenticator: &mut Authenticator, proxy: bool) -> Option<Event> {
    let user = Ha1::new(Algorithm::Sha256, "alice", "demo", "secret");
    let now = net.now;
    for event in net.take(node) {
        let (Event::Incoming { message, .. } | Event::Request { message, .. }) = &event else { continue };
        let credentials = match proxy {
            true => sip::digest::Credentials::of_proxy(message, "demo"),
            false => sip::digest::Credentials::of(message, "demo"),
        };
        let fine = credentials.is_some_and(|credentials| {
            matches!(authenticator.verify(now.wall, message.method_text(), &credentials, &user), Outcome::Granted)
        });
        if fine {
            return Some(event);
        }
        let [(_, strong), _] = authenticator.challenge(now.wall, "demo", false);
        let (status, header) = if proxy { (407, "Proxy-Authenticate") } else { (401, "WWW-Authenticate") };
        let headers = [(header, strong.as_str())];
        match &event {
            Event::Incoming { call, .. } => net.agent(node).reject(now, *call, status, "", &headers).unwrap(),
            Event::Request { request, .. } => {
                net.agent(node).respond(now, *request, status, "", &headers, None).unwrap();
            }
            _ => unreachable!("only requests are guarded"),
        }
    }
    None
}

#[test]
fn a_challenge_is_met_by_those_who_know_the_password() {
    for (password, passes) in [("secret", true), ("wrong", false)] {
        for proxy in [false, true] {
            let mut net = Net::new(305, 2);
            let mut authenticator = Authenticator::new(&[7; 32]);
            let credentials = Credentials { username: "alice".to_owned(), password: password.to_owned(), realm: None };
            let credentials: &'static Credentials = Box::leak(Box::new(credentials));
            net.invite_with(A, B, |invite| Invite {
                body: Some(Body::sdp(OFFER)),
                credentials: Some(credentials),
                ..invite
            });
            net.run_ms(20);
            assert!(guard(&mut net, B, &mut authenticator, proxy).is_none());
            net.run_ms(50);
            let passed = guard(&mut net, B, &mut authenticator, proxy);
            assert_eq!(passed.is_some(), passes);
            if let Some(Event::Incoming { call, .. }) = passed {
                net.answer(B, call, ANSWER);
                net.run_ms(50);
                assert_eq!(words(&net.take(A)), ["answered answer"]);
                net.bye(B, call, &[]);
            } else {
                net.run_ms(50);
                let status = if proxy { "failed 407" } else { "failed 401" };
                assert_eq!(words(&net.take(A)), [status]);
            }
            net.assert_clean();
        }
    }
}

#[test]
fn a_registration_meets_its_challenge_and_keeps_its_number() {
    let mut net = Net::new(306, 2);
    let mut authenticator = Authenticator::new(&[7; 32]);
    let credentials = Credentials { username: "alice".to_owned(), password: "secret".to_owned(), realm: None };
    let request = Outgoing {
        sequence: Some(("my-registration", 41)),
        credentials: Some(&credentials),
        ..outgoing(&net, Method::Register)
    };
    let now = net.now;
    net.agent(A).request(now, &request).unwrap();
    net.run_ms(20);
    assert!(guard(&mut net, B, &mut authenticator, false).is_none());
    net.run_ms(50);
    let Some(Event::Request { request, message, .. }) = guard(&mut net, B, &mut authenticator, false) else {
        panic!("the second REGISTER has the password")
    };
    assert_eq!((message.call_id(), message.cseq().unwrap().number), ("my-registration", 42));
    let now = net.now;
    net.agent(B).respond(now, request, 200, "", &[], None).unwrap();
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["response 200"]);
    net.assert_clean();
}
