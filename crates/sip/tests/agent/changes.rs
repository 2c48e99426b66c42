//! Changes of a session: hold, UPDATE, glare, session timers, saving and restoring.

use std::time::Duration;

use sip::Transport;
use sip::agent::{Agent, Body, CommandError, Event, Invite};

use crate::harness::*;

#[test]
fn hold_by_reinvite() {
    let mut net = Net::new(101, 2);
    let (caller, callee) = net.standing(A, B);
    let now = net.now;
    net.agent(A).reinvite(now, caller, Some(Body::sdp(HOLD))).unwrap();
    net.run_ms(50);
    let events = net.take(B);
    let [Event::Change { offer: Some(offer), .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(&offer[..], HOLD);
    let now = net.now;
    assert_eq!(net.agent(B).reinvite(now, callee, Some(Body::sdp(OFFER))), Err(CommandError::WrongState));
    net.agent(B).answer_change(now, callee, Body::sdp(HELD)).unwrap();
    net.run_ms(50);
    assert_eq!(
        (words(&net.take(A)), words(&net.take(B))),
        (vec!["changed 200 answer".to_owned()], vec!["confirmed".to_owned()])
    );
    assert_eq!(net.wire(), ["A>B INVITE", "B>A 200 INVITE", "A>B ACK"]);
    net.bye(B, callee, &[]);
    net.assert_clean();
}

#[test]
fn a_refused_change_leaves_the_session_as_it_was() {
    let mut net = Net::new(102, 2);
    let (caller, callee) = net.standing(A, B);
    for _ in 0..2 {
        // The same offer again is told again: the first was never accepted.
        let now = net.now;
        net.agent(A).reinvite(now, caller, Some(Body::sdp(HOLD))).unwrap();
        net.run_ms(50);
        assert_eq!(words(&net.take(B)), ["change Reinvite offer"]);
        let now = net.now;
        net.agent(B).reject_change(now, callee, 488, &[]).unwrap();
        net.run_ms(50);
        assert_eq!(words(&net.take(A)), ["changed 488 none"]);
    }
    assert_eq!(&net.agent(A).local_sdp(caller)[..], OFFER);
    net.bye(A, caller, &[]);
    net.assert_clean();
}

#[test]
fn a_reinvite_without_an_offer_asks_for_one() {
    let mut net = Net::new(103, 2);
    let (caller, callee) = net.standing(A, B);
    let now = net.now;
    net.agent(A).reinvite(now, caller, None).unwrap();
    net.run_ms(50);
    assert_eq!(words(&net.take(B)), ["change Reinvite"]);
    let now = net.now;
    net.agent(B).answer_change(now, callee, Body::sdp(HELD)).unwrap();
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["changed 200 offer"]);
    let now = net.now;
    net.agent(A).accept_offer(now, caller, Body::sdp(HOLD)).unwrap();
    net.run_ms(50);
    assert_eq!(words(&net.take(B)), ["confirmed answer"]);
    net.bye(A, caller, &[]);
    net.assert_clean();
}

#[test]
fn a_refresh_that_changes_nothing_is_answered_without_a_word() {
    let mut net = Net::new(104, 2);
    let (caller, _) = net.standing(A, B);
    let now = net.now;
    net.agent(A).reinvite(now, caller, Some(Body::sdp(OFFER))).unwrap();
    net.run_ms(50);
    assert_eq!(
        (words(&net.take(A)), words(&net.take(B))),
        (vec!["changed 200 answer".to_owned()], vec!["confirmed".to_owned()])
    );
    net.bye(A, caller, &[]);
    net.assert_clean();
}

#[test]
fn update_changes_a_call_before_it_is_answered_and_after() {
    let mut net = Net::new(105, 2);
    let caller = net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    let now = net.now;
    assert_eq!(net.agent(A).update(now, caller, Body::sdp(HOLD)), Err(CommandError::WrongState));
    net.provisional(B, callee, 183, Some(ANSWER), true);
    net.run_ms(50);
    net.take(A);
    for _ in 0..2 {
        let now = net.now;
        net.agent(A).update(now, caller, Body::sdp(HOLD)).unwrap();
        net.run_ms(50);
        assert_eq!(words(&net.take(B)), ["change Update offer"]);
        let now = net.now;
        net.agent(B).answer_change(now, callee, Body::sdp(HELD)).unwrap();
        net.run_ms(50);
        assert_eq!(words(&net.take(A)), ["changed 200 answer"]);
        let now = net.now;
        if net.agent(B).answer(now, callee, None, &[]).is_ok() {
            net.run_ms(50);
            net.take(A);
            net.take(B);
            let now = net.now;
            net.agent(A).update(now, caller, Body::sdp(OFFER)).unwrap();
            net.run_ms(50);
            net.take(B);
            let now = net.now;
            net.agent(B).answer_change(now, callee, Body::sdp(ANSWER)).unwrap();
            net.run_ms(50);
            net.take(A);
        }
    }
    net.bye(A, caller, &[]);
    net.assert_clean();
}

#[test]
fn glare_is_waited_out() {
    for seed in 0..50 {
        let mut net = Net::new(1060 + seed, 2);
        let (caller, callee) = net.standing(A, B);
        let now = net.now;
        net.agent(A).reinvite(now, caller, Some(Body::sdp(HOLD))).unwrap();
        net.agent(B).reinvite(now, callee, Some(Body::sdp(HELD))).unwrap();
        let mut changed = (0, 0);
        for _ in 0..1000 {
            net.run_ms(20);
            let now = net.now;
            for (node, call) in [(A, caller), (B, callee)] {
                for event in net.take(node) {
                    match event {
                        Event::Change { .. } => net.agent(node).answer_change(now, call, Body::sdp(ANSWER)).unwrap(),
                        Event::Changed { status: 200, .. } if node == A => changed.0 += 1,
                        Event::Changed { status: 200, .. } => changed.1 += 1,
                        Event::Confirmed { .. } => {}
                        other => panic!("{other:?}"),
                    }
                }
            }
        }
        assert_eq!(changed, (1, 1), "seed {seed}");
        assert!(net.wire().iter().any(|line| line.ends_with("491 INVITE")));
        net.bye(A, caller, &[]);
        net.assert_clean();
    }
}

#[test]
fn a_cancelled_reinvite_is_told_and_the_call_stands() {
    let mut net = Net::new(107, 2);
    let (caller, callee) = net.standing(A, B);
    let now = net.now;
    net.agent(A).reinvite(now, caller, Some(Body::sdp(HOLD))).unwrap();
    net.run_ms(50);
    net.take(B);
    // BYE in the middle of a change ends both.
    net.bye(A, caller, &[]);
    net.run_ms(100);
    assert_eq!(
        (words(&net.take(A)), words(&net.take(B))),
        (vec!["ended LocalBye".to_owned()], vec!["ended PeerBye".to_owned()])
    );
    let now = net.now;
    assert_eq!(net.agent(B).answer_change(now, callee, Body::sdp(HELD)), Err(CommandError::Gone));
    net.assert_clean();
}

#[test]
fn the_session_timer_keeps_a_call_and_ends_one_whose_peer_is_gone() {
    let mut net = Net::with(108, 2, Transport::Udp, |_, mut config| {
        config.session.expires_s = 300;
        config
    });
    let (caller, callee) = net.standing(A, B);
    net.run(Duration::from_secs(3600));
    assert!(net.take(A).is_empty() && net.take(B).is_empty());
    let wire = net.wire();
    assert!(wire.len() > 40 && wire.iter().all(|line| line.contains("UPDATE")), "{wire:?}");
    net.nodes[B].dead = true;
    net.run(Duration::from_secs(300));
    assert_eq!(words(&net.take(A)), ["ended DialogLost"]);
    let _ = (caller, callee);
    net.assert_clean();
}

#[test]
fn the_side_that_does_not_refresh_notices_too() {
    let mut net = Net::with(109, 2, Transport::Udp, |_, mut config| {
        config.session.expires_s = 300;
        config
    });
    net.standing(A, B);
    // The caller refreshes; without it the callee ends the call before the interval is over.
    net.nodes[A].dead = true;
    net.run(Duration::from_secs(299));
    assert_eq!(words(&net.take(B)), ["ended SessionExpired"]);
    net.assert_clean();
}

#[test]
fn a_too_short_interval_is_asked_for_again() {
    let mut net = Net::with(110, 2, Transport::Udp, |node, mut config| {
        config.session.expires_s = 120;
        if node == B {
            config.session.min_se_s = 600;
            config.policy.min_session_expires_s = 600;
        }
        config
    });
    net.invite(A, B, Some(OFFER));
    net.run_ms(100);
    let (callee, _, message) = net.incoming(B);
    assert_eq!(message.header_named("Session-Expires"), Some(&b"600"[..]));
    assert_eq!(net.wire(), ["A>B INVITE", "B>A 422 INVITE", "A>B ACK", "A>B INVITE"]);
    net.answer(B, callee, ANSWER);
    net.run_ms(50);
    net.bye(B, callee, &[]);
    net.assert_clean();
}

#[test]
fn without_update_the_session_is_refreshed_by_reinvite_unnoticed() {
    let mut net = Net::with(111, 2, Transport::Udp, |_, mut config| {
        config.session.expires_s = 90;
        // A phone without UPDATE.
        config.policy.methods =
            &[sip::Method::Invite, sip::Method::Ack, sip::Method::Bye, sip::Method::Cancel, sip::Method::Prack];
        config
    });
    net.standing(A, B);
    net.run(Duration::from_secs(600));
    assert_eq!(words(&net.take(A)), Vec::<String>::new());
    assert!(words(&net.take(B)).iter().all(|word| word == "confirmed"));
    assert!(net.wire().iter().all(|line| line.ends_with("INVITE") || line.ends_with("ACK")));
    let events = net.agent(A).stats();
    assert_eq!(events.calls, 1);
}

#[test]
fn a_call_without_a_timer_stands_for_ever() {
    let mut net = Net::with(112, 2, Transport::Udp, |_, mut config| {
        config.session.expires_s = 0;
        config
    });
    net.invite_with(A, B, |invite| Invite { body: Some(Body::sdp(OFFER)), session_timer: false, ..invite });
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.answer(B, callee, ANSWER);
    net.run(Duration::from_secs(86_400));
    assert_eq!(words(&net.take(A)), ["answered answer"]);
    net.bye(B, callee, &[]);
    net.assert_clean();
}

#[test]
fn a_saved_call_goes_on_in_another_process() {
    let mut net = Net::with(113, 2, Transport::Udp, |_, mut config| {
        config.session.expires_s = 300;
        config
    });
    let (caller, callee) = net.standing(A, B);
    let saved = net.agent(B).save(callee).unwrap();
    assert!(saved.len() < 1500, "{} bytes", saved.len());
    net.nodes[B].agent = Agent::new(config(999, B, Transport::Udp));
    let now = net.now;
    let callee = net.agent(B).restore(now, &saved).unwrap();
    assert_eq!(net.agent(B).restore(now, &saved), Err(CommandError::WrongState));
    net.run(Duration::from_secs(1000));
    let now = net.now;
    net.agent(B).reinvite(now, callee, Some(Body::sdp(HELD))).unwrap();
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["change Reinvite offer"]);
    let now = net.now;
    net.agent(A).answer_change(now, caller, Body::sdp(HOLD)).unwrap();
    net.run_ms(50);
    assert_eq!(
        (words(&net.take(A)), words(&net.take(B))),
        (vec!["confirmed".to_owned()], vec!["changed 200 answer".to_owned()])
    );
    net.bye(B, callee, &[]);
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["ended PeerBye"]);
    net.assert_clean();
}

#[test]
fn what_was_under_way_when_a_call_was_saved_is_taken_up() {
    let restart = |net: &mut Net, node: usize, call| {
        let saved = net.agent(node).save(call).unwrap();
        net.nodes[node].agent = Agent::new(config(4242, node, Transport::Udp));
        let now = net.now;
        net.agent(node).restore(now, &saved).unwrap()
    };
    // Our 200 is not confirmed yet.
    let mut net = Net::new(114, 2);
    net.lose_next = vec!["200 INVITE".to_owned()];
    net.invite(A, B, Some(OFFER));
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.answer(B, callee, ANSWER);
    net.run_ms(50);
    let callee = restart(&mut net, B, callee);
    net.run_ms(1000);
    assert_eq!(
        (words(&net.take(A)), words(&net.take(B))),
        (vec!["answered answer".to_owned()], vec!["confirmed".to_owned()])
    );
    // The peer's change waits for the driver.
    let now = net.now;
    net.agent(B).reinvite(now, callee, Some(Body::sdp(HELD))).unwrap();
    let callee = restart(&mut net, B, callee);
    net.run_ms(50);
    let [Event::Change { call: caller, .. }] = net.take(A)[..] else { panic!("the change arrives once") };
    let caller = restart(&mut net, A, caller);
    assert_eq!(words(&net.take(A)), ["change Reinvite offer"]);
    net.run_ms(1500);
    let now = net.now;
    net.lose_next = vec!["ACK".to_owned()];
    net.agent(A).answer_change(now, caller, Body::sdp(HOLD)).unwrap();
    net.run_ms(10);
    // The ACK was lost, and the process that sent it is gone.
    let callee = restart(&mut net, B, callee);
    net.run_ms(2000);
    assert_eq!(words(&net.take(A)), ["confirmed"]);
    net.bye(B, callee, &[]);
    net.assert_clean();
}

#[test]
fn rubbish_is_not_restored() {
    let mut net = Net::new(115, 2);
    let (caller, _) = net.standing(A, B);
    let saved = net.agent(A).save(caller).unwrap();
    let mut other = Agent::new(config(5, A, Transport::Udp));
    let now = net.now;
    for cut in 0..saved.len() {
        assert!(other.restore(now, &saved[..cut]).is_err());
    }
    let mut wrong_version = saved.clone();
    wrong_version[0] = 200;
    assert_eq!(other.restore(now, &wrong_version), Err(CommandError::Unreadable));
    assert!(other.restore(now, &saved).is_ok());
}
