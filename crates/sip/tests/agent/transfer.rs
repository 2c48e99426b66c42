//! REFER, Replaces, subscriptions.

use std::time::Duration;

use sip::Method;
use sip::agent::{Body, Event, NotifyState, ReferTarget, Subscribe};

use crate::harness::*;

fn refer<'a>(uri: &'a str) -> ReferTarget<'a> {
    ReferTarget { uri, replaces: None, referred_by: Some("<sip:boss@example.com>") }
}

#[test]
fn a_blind_transfer_is_reported_to_its_end() {
    let mut net = Net::new(201, 2);
    let (caller, callee) = net.standing(A, B);
    let now = net.now;
    let id = net.agent(B).refer(now, callee, &refer("sip:carol@192.0.2.3")).unwrap();
    net.run_ms(50);
    let events = net.take(A);
    let [Event::Refer { request, call: Some(call), message, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((*call, message.header_named("Refer-To")), (caller, Some(&b"<sip:carol@192.0.2.3>"[..])));
    let now = net.now;
    let report = net.agent(A).accept_refer(now, *request).unwrap();
    net.run_ms(50);
    net.agent(A).refer_progress(now, report, 180, "").unwrap();
    net.run_ms(50);
    net.agent(A).refer_progress(now, report, 200, "").unwrap();
    net.run_ms(50);
    let events = net.take(B);
    assert_eq!(words(&events), ["refer progress 100", "refer progress 180", "refer progress 200 finished"]);
    assert!(events.iter().all(|event| matches!(event, Event::ReferProgress { refer, .. } if *refer == id)));
    net.bye(B, callee, &[]);
    net.assert_clean();
}

#[test]
fn a_refused_transfer_is_told_at_once() {
    let mut net = Net::new(202, 2);
    let (_, callee) = net.standing(A, B);
    let now = net.now;
    net.agent(B).refer(now, callee, &refer("sip:carol@192.0.2.3")).unwrap();
    net.run_ms(50);
    let events = net.take(A);
    let [Event::Refer { request, .. }] = &events[..] else { panic!("{events:?}") };
    let now = net.now;
    net.agent(A).respond(now, *request, 603, "", &[], None).unwrap();
    net.run_ms(50);
    assert_eq!(words(&net.take(B)), ["refer progress 603 finished"]);
    net.bye(B, callee, &[]);
    net.assert_clean();
}

#[test]
fn reports_outlive_the_call() {
    let mut net = Net::new(203, 2);
    let (caller, callee) = net.standing(A, B);
    let now = net.now;
    net.agent(B).refer(now, callee, &refer("sip:carol@192.0.2.3")).unwrap();
    net.run_ms(50);
    let events = net.take(A);
    let [Event::Refer { request, .. }] = &events[..] else { panic!("{events:?}") };
    let now = net.now;
    let report = net.agent(A).accept_refer(now, *request).unwrap();
    net.bye(A, caller, &[]);
    net.run_ms(50);
    net.take(A);
    net.wire();
    let now = net.now;
    net.agent(A).refer_progress(now, report, 200, "").unwrap();
    net.run_ms(50);
    assert_eq!(net.wire(), ["A>B NOTIFY", "B>A 481 NOTIFY"]);
    net.assert_clean();
}

#[test]
fn an_attended_transfer_replaces_the_right_call() {
    // B talks with A and with C, then joins them: A calls C with Replaces.
    let mut net = Net::new(204, 3);
    let (caller, with_a) = net.standing(A, B);
    let (with_c, at_c) = net.standing(B, C);
    let now = net.now;
    let target = ReferTarget { uri: "sip:carol@192.0.2.3:5060", replaces: Some(with_c), referred_by: None };
    net.agent(B).refer(now, with_a, &target).unwrap();
    net.run_ms(50);
    let events = net.take(A);
    let [Event::Refer { request, message, .. }] = &events[..] else { panic!("{events:?}") };
    let now = net.now;
    net.agent(A).accept_refer(now, *request).unwrap();
    let refer_to = message.addresses(sip::HeaderName::ReferTo).next().unwrap().unwrap();
    let replaces = refer_to.uri.header("Replaces").unwrap().into_owned();
    net.take(C);
    let header = [("Replaces", replaces.leak() as &str)];
    let header: &'static [(&str, &str)] = Box::leak(Box::new(header));
    net.invite_with(A, C, |invite| sip::agent::Invite { body: Some(Body::sdp(OFFER)), headers: header, ..invite });
    net.run_ms(50);
    let events = net.take(C);
    let [Event::Incoming { call, replaces: Some(replaced), .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(*replaced, at_c);
    let (call, replaced) = (*call, *replaced);
    net.answer(C, call, ANSWER);
    net.bye(C, replaced, &[]);
    net.run_ms(100);
    assert!(words(&net.take(B)).contains(&"ended PeerBye".to_owned()));
    net.bye(B, with_a, &[]);
    net.bye(C, call, &[]);
    let _ = caller;
    net.assert_clean();
}

#[test]
fn replaces_of_an_unknown_dialog_is_481() {
    let mut net = Net::new(205, 2);
    let header: &'static [(&str, &str)] = &[("Replaces", "nothing@here;to-tag=0000000000000001;from-tag=2")];
    net.invite_with(A, B, |invite| sip::agent::Invite { body: Some(Body::sdp(OFFER)), headers: header, ..invite });
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["failed 481"]);
    assert!(net.take(B).is_empty());
    net.assert_clean();
}

#[test]
fn a_referrer_whose_two_calls_both_end_here_is_recognised() {
    // A phone (B) holds two calls with the same server (A) and transfers one to the other.
    let mut net = Net::new(206, 2);
    let (first, first_at_phone) = net.standing(A, B);
    let (second, second_at_phone) = net.standing(A, B);
    let now = net.now;
    let target = ReferTarget { uri: "sip:x@192.0.2.1:5060", replaces: Some(second_at_phone), referred_by: None };
    net.agent(B).refer(now, first_at_phone, &target).unwrap();
    net.run_ms(50);
    let events = net.take(A);
    let [Event::Refer { call, replaces, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((*call, *replaces), (Some(first), Some(second)));
    net.bye(A, first, &[]);
    net.bye(A, second, &[]);
    net.assert_clean();
}

#[test]
fn a_subscription_lives_is_refreshed_and_ends() {
    let mut net = Net::new(207, 2);
    let (flow, now) = (net.to(B), net.now);
    let subscribe = Subscribe {
        flow,
        target: "sip:1001@192.0.2.2:5060",
        from: "<sip:1001@192.0.2.1>",
        event: "message-summary",
        expires_s: 100,
        routes: &[],
        headers: &[("Accept", "application/simple-message-summary")],
        credentials: None,
    };
    let subscription = net.agent(A).subscribe(now, &subscribe).unwrap();
    net.run_ms(50);
    let events = net.take(B);
    let [Event::Request { request, method: Method::Subscribe, .. }] = &events[..] else { panic!("{events:?}") };
    let now = net.now;
    let served = net.agent(B).accept_subscription(now, *request, 3600).unwrap();
    let summary = Body { content_type: "application/simple-message-summary", bytes: b"Messages-Waiting: yes\r\n" };
    net.agent(B).notify(now, served, NotifyState::Active, Some(summary)).unwrap();
    net.run_ms(50);
    let events = net.take(A);
    let [Event::Notified { message, terminated: false, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(message.body(), summary.bytes);
    assert_eq!(words(&net.take(B)), ["notify answered"]);
    for _ in 0..20 {
        net.run(Duration::from_secs(60));
        for event in net.take(B).into_iter().filter(|event| !matches!(event, Event::NotifyAnswered { .. })) {
            assert_eq!(word(&event), "subscription refreshed 100");
            let now = net.now;
            net.agent(B).notify(now, served, NotifyState::Active, Some(summary)).unwrap();
        }
    }
    net.run_ms(50);
    net.take(A);
    net.take(B);
    let now = net.now;
    net.agent(A).unsubscribe(now, subscription).unwrap();
    net.run_ms(50);
    assert_eq!(words(&net.take(B)), ["subscription refreshed 0"]);
    let now = net.now;
    net.agent(B).notify(now, served, NotifyState::Terminated("timeout"), None).unwrap();
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["notified terminated"]);
    net.assert_clean();
}

#[test]
fn a_subscriber_that_vanished_is_forgotten() {
    let mut net = Net::new(208, 2);
    let (flow, now) = (net.to(B), net.now);
    let subscribe = Subscribe {
        flow,
        target: "sip:1001@192.0.2.2:5060",
        from: "<sip:1001@192.0.2.1>",
        event: "dialog",
        expires_s: 3600,
        routes: &[],
        headers: &[],
        credentials: None,
    };
    net.agent(A).subscribe(now, &subscribe).unwrap();
    net.run_ms(50);
    let events = net.take(B);
    let [Event::Request { request, .. }] = &events[..] else { panic!("{events:?}") };
    let now = net.now;
    let served = net.agent(B).accept_subscription(now, *request, 3600).unwrap();
    net.run_ms(50);
    net.nodes[A].dead = true;
    let now = net.now;
    net.agent(B).notify(now, served, NotifyState::Active, None).unwrap();
    net.run(Duration::from_secs(40));
    assert_eq!(words(&net.take(B)), ["subscription ended"]);
    net.assert_clean();
}
