//! Other places for an INVITE when the first gives no word (RFC 3263 section 4.3).

use std::time::Duration;

use sip::agent::{Body, Event, Invite};
use sip::{Flow, Transport};

use crate::harness::*;

/// Calls B with C as the other place.
fn call_b_or_c(net: &mut Net) -> sip::agent::CallHandle {
    let others = [Flow::to(Transport::Udp, addr(C))];
    let now = net.now;
    let invite = Invite {
        alternatives: &others,
        ..Invite::new(net.to(B), "sip:95001@pbx.example.com", "<sip:a@192.0.2.1>", Some(Body::sdp(OFFER)))
    };
    net.agent(A).invite(now, &invite).unwrap()
}

#[test]
fn a_silent_or_busy_server_gives_way_to_the_next() {
    for silent in [true, false] {
        let mut net = Net::new(710, 3);
        net.nodes[B].dead = silent;
        let caller = call_b_or_c(&mut net);
        net.run_ms(50);
        if !silent {
            let (refused, ..) = net.incoming(B);
            let now = net.now;
            net.agent(B).reject(now, refused, 503, "", &[]).unwrap();
        }
        net.run(Duration::from_secs(5));
        let (callee, _, invite) = net.incoming(C);
        assert_eq!((invite.request_uri_text(), invite.cseq().unwrap().number), ("sip:95001@pbx.example.com", 1));
        net.answer(C, callee, ANSWER);
        net.run_ms(50);
        assert_eq!(words(&net.take(A)), ["answered answer"]);
        net.bye(A, caller, &[]);
        net.run_ms(50);
        assert_eq!(words(&net.take(C)), ["confirmed", "ended PeerBye"]);
        net.take(A);
        net.assert_clean();
    }
}

#[test]
fn a_callee_s_own_refusal_and_the_last_server_s_silence_are_final() {
    let mut net = Net::new(711, 3);
    call_b_or_c(&mut net);
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    let now = net.now;
    net.agent(B).reject(now, callee, 486, "", &[]).unwrap();
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["failed 486"]);
    assert!(net.take(C).is_empty());
    net.nodes[B].dead = true;
    net.nodes[C].dead = true;
    call_b_or_c(&mut net);
    // The last one gets timer B's full time.
    net.run(Duration::from_secs(35));
    assert!(net.take(A).is_empty());
    net.run(Duration::from_secs(2));
    assert_eq!(words(&net.take(A)), ["failed 408"]);
}

#[test]
fn one_that_rings_is_waited_for_and_one_that_was_only_slow_is_ended() {
    let mut net = Net::new(712, 3);
    call_b_or_c(&mut net);
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    net.provisional(B, callee, 180, None, false);
    net.run(Duration::from_secs(20));
    assert_eq!(words(&net.take(A)), ["progress 180 none"]);
    net.answer(B, callee, ANSWER);
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["answered answer"]);
    net.bye(B, callee, &[]);
    net.run_ms(50);
    net.take(A);

    // Its INVITE arrives, but nothing that it says gets back in time.
    net.lose_next = vec!["100 INVITE".to_owned(); 20];
    net.take(B);
    call_b_or_c(&mut net);
    net.run(Duration::from_secs(5));
    let (slow, ..) = net.incoming(B);
    let (quick, ..) = net.incoming(C);
    net.answer(C, quick, ANSWER);
    net.run_ms(50);
    net.answer(B, slow, ANSWER);
    net.run_ms(500);
    assert_eq!(words(&net.take(A)), ["answered answer"]);
    assert_eq!(words(&net.take(B)), ["confirmed", "ended PeerBye"], "the slow one is confirmed and ended");
    let Some(Event::Confirmed { .. }) = net.take(C).pop() else { panic!("the quick one stands") };
    net.bye(C, quick, &[]);
    net.run_ms(50);
    net.lose_next.clear();
    net.assert_clean();
}
