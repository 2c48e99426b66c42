//! Calls from INVITE to BYE, and the ways in which they fail.

use std::time::Duration;

use sip::Transport;
use sip::agent::{Body, CommandError, Event, Invite, Reliable};

use crate::harness::*;

#[test]
fn a_call_rings_stands_and_ends() {
    let mut net = Net::new(1, 2);
    let caller = net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (callee, offer, _) = net.incoming(B);
    assert_eq!(offer.as_deref(), Some(OFFER));
    net.provisional(B, callee, 180, None, false);
    net.run_ms(50);
    net.answer(B, callee, ANSWER);
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["progress 180 none", "answered answer"]);
    assert_eq!(words(&net.take(B)), ["confirmed"]);
    net.bye(A, caller, &[("Reason", "Q.850;cause=16")]);
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["ended LocalBye"]);
    let events = net.take(B);
    assert_eq!(words(&events), ["ended PeerBye"]);
    let [Event::Ended { message: Some(bye), .. }] = &events[..] else { panic!("the BYE comes with its end") };
    assert_eq!(bye.header_named("Reason"), Some(&b"Q.850;cause=16"[..]));
    assert_eq!(net.wire(), ["A>B INVITE", "B>A 180 INVITE", "B>A 200 INVITE", "A>B ACK", "A>B BYE", "B>A 200 BYE"]);
    net.assert_clean();
}

#[test]
fn the_callee_may_hang_up() {
    let mut net = Net::new(2, 2);
    let (_, callee) = net.standing(A, B);
    net.bye(B, callee, &[]);
    net.run_ms(50);
    assert_eq!(
        (words(&net.take(A)), words(&net.take(B))),
        (vec!["ended PeerBye".to_owned()], vec!["ended LocalBye".to_owned()])
    );
    net.assert_clean();
}

#[test]
fn both_hang_up_at_once() {
    let mut net = Net::new(3, 2);
    let (caller, callee) = net.standing(A, B);
    net.bye(A, caller, &[]);
    net.bye(B, callee, &[]);
    net.run_ms(100);
    assert_eq!(
        (words(&net.take(A)), words(&net.take(B))),
        (vec!["ended LocalBye".to_owned()], vec!["ended LocalBye".to_owned()])
    );
    net.assert_clean();
}

#[test]
fn a_slow_driver_does_not_leave_the_caller_in_the_dark() {
    let mut net = Net::new(4, 2);
    net.invite(A, B, Some(OFFER));
    net.run_ms(1000);
    assert_eq!(net.wire(), ["A>B INVITE", "B>A 100 INVITE"]);
    let (callee, ..) = net.incoming(B);
    net.run(Duration::from_secs(30));
    let now = net.now;
    net.agent(B).reject(now, callee, 486, "Busy at lunch", &[("Retry-After", "60")]).unwrap();
    net.run_ms(50);
    let events = net.take(A);
    let [Event::Failed { status: 486, message: Some(message), .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(message.header_named("Retry-After"), Some(&b"60"[..]));
    assert_eq!(message.reason_phrase(), b"Busy at lunch");
    assert_eq!(net.wire(), ["B>A 486 INVITE", "A>B ACK"]);
    net.assert_clean();
}

#[test]
fn a_phone_that_rings_long_is_heard_of_each_minute() {
    let mut net = Net::new(5, 2);
    net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.provisional(B, callee, 180, None, false);
    net.run(Duration::from_secs(150));
    assert_eq!(net.wire(), ["A>B INVITE", "B>A 180 INVITE", "B>A 180 INVITE", "B>A 180 INVITE"]);
    let now = net.now;
    net.agent(B).reject(now, callee, 480, "", &[]).unwrap();
    net.assert_clean();
}

#[test]
fn nobody_there_is_a_408_after_64_t1() {
    let mut net = Net::new(6, 2);
    net.nodes[B].dead = true;
    net.invite(A, B, Some(OFFER));
    net.run(Duration::from_secs(31));
    assert!(net.take(A).is_empty());
    net.run(Duration::from_secs(2));
    assert_eq!(words(&net.take(A)), ["failed 408"]);
    assert_eq!(net.wire().len(), 7, "INVITE goes out at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s");
    net.assert_clean();
}

#[test]
fn a_cancel_waits_for_the_first_answer_and_carries_its_reason() {
    let mut net = Net::new(7, 2);
    let caller = net.invite(A, B, Some(OFFER));
    let now = net.now;
    net.agent(A).cancel(now, caller, Some("SIP;cause=200;text=\"Call completed elsewhere\"")).unwrap();
    net.run_ms(50);
    assert_eq!(net.wire(), ["A>B INVITE"]);
    let (callee, ..) = net.incoming(B);
    net.provisional(B, callee, 180, None, false);
    net.run_ms(50);
    assert_eq!(net.wire(), ["B>A 180 INVITE", "A>B CANCEL", "B>A 200 CANCEL", "B>A 487 INVITE", "A>B ACK"]);
    assert_eq!(words(&net.take(A)), ["failed 487"]);
    let events = net.take(B);
    let [Event::Cancelled { message: Some(cancel), .. }] = &events[..] else { panic!("{events:?}") };
    assert!(cancel.header_named("Reason").is_some_and(|reason| reason.starts_with(b"SIP;cause=200")));
    net.assert_clean();
}

#[test]
fn a_200_that_crosses_a_cancel_is_confirmed_and_ended() {
    let mut net = Net::new(8, 2);
    let caller = net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.provisional(B, callee, 180, None, false);
    net.run_ms(50);
    net.take(A);
    net.wire();
    let now = net.now;
    net.agent(A).cancel(now, caller, None).unwrap();
    net.answer(B, callee, ANSWER);
    net.run_ms(100);
    assert_eq!(words(&net.take(A)), ["failed 487"]);
    assert_eq!(words(&net.take(B)), ["confirmed", "ended PeerBye"]);
    let wire = net.wire();
    let place = |what: &str| wire.iter().position(|line| line == what).unwrap_or_else(|| panic!("{what} in {wire:?}"));
    assert!(place("A>B ACK") < place("A>B BYE"), "{wire:?}");
    net.assert_clean();
}

#[test]
fn a_cancelled_call_ends_though_the_final_answer_is_lost() {
    let mut net = Net::new(9, 2);
    let caller = net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.provisional(B, callee, 180, None, false);
    net.run_ms(50);
    net.take(A);
    net.nodes[B].dead = true;
    let now = net.now;
    net.agent(A).cancel(now, caller, None).unwrap();
    net.run(Duration::from_secs(40));
    assert_eq!(words(&net.take(A)), ["failed 487"]);
    net.assert_clean();
}

#[test]
fn a_delayed_offer_is_answered_in_the_ack() {
    let mut net = Net::new(10, 2);
    let caller = net.invite(A, B, None);
    net.run_ms(50);
    let (callee, offer, _) = net.incoming(B);
    assert_eq!(offer, None);
    let now = net.now;
    assert_eq!(net.agent(B).answer(now, callee, None, &[]), Err(CommandError::OfferAnswer));
    net.answer(B, callee, OFFER);
    net.run_ms(600);
    assert_eq!(words(&net.take(A)), ["answered offer"]);
    let now = net.now;
    net.agent(A).accept_offer(now, caller, Body::sdp(ANSWER)).unwrap();
    net.run_ms(50);
    let events = net.take(B);
    let [Event::Confirmed { answer: Some(answer), .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(&answer[..], ANSWER);
    net.bye(B, callee, &[]);
    net.assert_clean();
}

#[test]
fn an_offer_that_is_never_answered_ends_the_call() {
    let mut net = Net::new(11, 2);
    net.invite(A, B, None);
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.answer(B, callee, OFFER);
    net.run(Duration::from_secs(40));
    // Which side loses patience first is chance.
    for node in [A, B] {
        let events = words(&net.take(node));
        assert!(events.last().is_some_and(|last| last.starts_with("ended")), "{events:?}");
    }
    net.assert_clean();
}

#[test]
fn a_lost_ack_is_sent_again_and_without_any_the_callee_gives_up() {
    let mut net = Net::new(12, 2);
    net.lose_next = vec!["ACK".to_owned()];
    net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.answer(B, callee, ANSWER);
    net.run_ms(1000);
    assert_eq!(words(&net.take(B)), ["confirmed"]);
    assert_eq!(net.wire(), ["A>B INVITE", "B>A 200 INVITE", "A>B ACK", "B>A 200 INVITE", "A>B ACK"]);
    net.lose_next = vec!["ACK".to_owned(); 20];
    net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.take(A);
    net.answer(B, callee, ANSWER);
    net.run(Duration::from_secs(40));
    assert_eq!(words(&net.take(B)), ["ended NoAck"]);
    assert_eq!(words(&net.take(A)), ["answered answer", "ended PeerBye"]);
}

#[test]
fn a_bye_before_the_ack_waits_for_it() {
    let mut net = Net::new(13, 2);
    net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.answer(B, callee, ANSWER);
    net.bye(B, callee, &[]);
    net.run_ms(100);
    assert_eq!(net.wire(), ["A>B INVITE", "B>A 200 INVITE", "A>B ACK", "B>A BYE", "A>B 200 BYE"]);
    assert_eq!(words(&net.take(B)), ["confirmed", "ended LocalBye"]);
    net.assert_clean();
}

#[test]
fn early_media_comes_as_a_preview_and_reliably_as_the_answer() {
    let mut net = Net::new(14, 2);
    net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.provisional(B, callee, 183, Some(ANSWER), false);
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["progress 183 preview"]);
    net.provisional(B, callee, 183, Some(ANSWER), true);
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["progress 183 answer reliable"]);
    net.wire();
    let now = net.now;
    net.agent(B).answer(now, callee, None, &[]).unwrap();
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["answered none"]);
    net.bye(B, callee, &[]);
    net.assert_clean();
}

#[test]
fn the_200_waits_for_the_prack_and_further_reliable_answers_too() {
    let mut net = Net::new(15, 2);
    net.lose_next = vec!["PRACK".to_owned()];
    net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.provisional(B, callee, 183, Some(ANSWER), true);
    net.provisional(B, callee, 180, None, true);
    let now = net.now;
    net.agent(B).answer(now, callee, None, &[]).unwrap();
    net.run(Duration::from_secs(3));
    assert_eq!(words(&net.take(A)), ["progress 183 answer reliable", "progress 180 none reliable", "answered none"]);
    let wire = net.wire();
    let answered = wire.iter().position(|line| line == "B>A 200 INVITE").unwrap();
    let pracks = wire[..answered].iter().filter(|line| *line == "B>A 200 PRACK").count();
    assert_eq!(pracks, 2, "{wire:?}");
    net.bye(B, callee, &[]);
    net.assert_clean();
}

#[test]
fn a_reliable_answer_that_nobody_confirms_fails_the_call() {
    let mut net = Net::new(16, 2);
    net.lose_next = vec!["PRACK".to_owned(); 40];
    net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.provisional(B, callee, 183, Some(ANSWER), true);
    net.run(Duration::from_secs(40));
    assert_eq!(words(&net.take(B)), ["cancelled"]);
    assert_eq!(words(&net.take(A)), ["progress 183 answer reliable", "failed 504"]);
    net.assert_clean();
}

#[test]
fn a_delayed_offer_may_come_early_and_be_answered_in_prack() {
    let mut net = Net::new(17, 2);
    let caller = net.invite(A, B, None);
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.provisional(B, callee, 183, Some(OFFER), true);
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["progress 183 offer reliable"]);
    let now = net.now;
    net.agent(A).accept_offer(now, caller, Body::sdp(ANSWER)).unwrap();
    net.run_ms(50);
    assert_eq!(words(&net.take(B)), ["early answer"]);
    let now = net.now;
    net.agent(B).answer(now, callee, None, &[]).unwrap();
    net.run_ms(50);
    assert_eq!(
        (words(&net.take(A)), words(&net.take(B))),
        (vec!["answered none".to_owned()], vec!["confirmed".to_owned()])
    );
    net.bye(A, caller, &[]);
    net.assert_clean();
}

#[test]
fn reliability_must_be_known_to_the_peer() {
    let mut net = Net::new(18, 2);
    net.invite_with(A, B, |invite| Invite { body: Some(Body::sdp(OFFER)), reliable: Reliable::Off, ..invite });
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    let now = net.now;
    let refused = net.agent(B).provisional(now, callee, 183, Some(Body::sdp(ANSWER)), true, &[]);
    assert_eq!(refused, Err(CommandError::Unsupported));
    net.agent(B).reject(now, callee, 486, "", &[]).unwrap();
    net.run_ms(50);
    net.take(A);
    // Where it is required, a plain provisional goes reliably too.
    net.invite_with(A, B, |invite| Invite { body: Some(Body::sdp(OFFER)), reliable: Reliable::Required, ..invite });
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.provisional(B, callee, 180, None, false);
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["progress 180 none reliable"]);
    let now = net.now;
    net.agent(B).reject(now, callee, 486, "", &[]).unwrap();
    net.assert_clean();
}

#[test]
fn over_a_stream_nothing_is_sent_twice_and_the_connection_is_kept() {
    let mut net = Net::with(19, 2, Transport::Tcp, |_, config| config);
    let caller = net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.run(Duration::from_secs(20));
    net.answer(B, callee, ANSWER);
    net.run(Duration::from_secs(20));
    net.bye(B, callee, &[]);
    net.run_ms(100);
    assert_eq!(net.wire(), ["A>B INVITE", "B>A 100 INVITE", "B>A 200 INVITE", "A>B ACK", "B>A BYE", "A>B 200 BYE"]);
    assert_eq!(words(&net.take(A)), ["answered answer", "ended PeerBye"]);
    let _ = caller;
    net.assert_clean();
}

#[test]
fn a_broken_transport_fails_what_went_by_it() {
    let mut net = Net::new(20, 2);
    net.nodes[B].dead = true;
    net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (flow, now) = (net.to(B), net.now);
    net.agent(A).transport_error(now, flow);
    assert_eq!(words(&net.take(A)), ["failed 503"]);
    net.assert_clean();
}

#[test]
fn above_its_rate_an_agent_sheds_new_calls_at_once_and_keeps_what_stands() {
    let mut net = Net::with(21, 2, Transport::Udp, |node, mut config| {
        if node == B {
            config.limits.max_new_calls_per_s = 10;
        }
        config
    });
    net.run_ms(2000);
    for _ in 0..30 {
        net.invite(A, B, Some(OFFER));
    }
    net.run_ms(100);
    let incoming = net.take(B);
    assert_eq!(incoming.len(), 10);
    let failed = net.take(A);
    assert_eq!(failed.iter().filter(|event| matches!(event, Event::Failed { status: 503, .. })).count(), 20);
    for event in &failed {
        let Event::Failed { message: Some(message), .. } = event else { continue };
        assert!(message.header_named("Retry-After").is_some());
    }
    assert_eq!(net.agent(B).stats().shed, 20);
    for event in incoming {
        let Event::Incoming { call, .. } = event else { panic!("{event:?}") };
        net.answer(B, call, ANSWER);
        net.run_ms(20);
        net.bye(B, call, &[]);
    }
    net.run_ms(100);
    assert!(words(&net.take(A)).iter().all(|word| word == "answered answer" || word == "ended PeerBye"));
    net.assert_clean();
}
