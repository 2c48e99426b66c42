//! The torture messages of RFC 4475 and RFC 5118 as an agent meets them: it answers what [`sip::examine`] says that a
//! server would, and survives all of them in a row.

use bytes::Bytes;
use sip::Message;
use sip::agent::{Body, Event};
use sip::examine::examine;

use crate::fixtures;
use crate::harness::*;

/// What the agent answers in the end, with a driver that takes everything.
fn answer_of(net: &mut Net, datagram: &[u8]) -> Option<u16> {
    let (flow, now) = (net.at_a(), net.now);
    net.agent(A).handle_message(now, flow, Bytes::copy_from_slice(datagram));
    let mut answer = None;
    loop {
        while let Some(transmit) = net.agent(A).poll_transmit() {
            answer = Message::scan(transmit.bytes).ok().and_then(|message| message.status()).or(answer);
        }
        let Some(event) = net.agent(A).poll_event() else { return answer };
        match event {
            Event::Incoming { call, .. } => net.agent(A).answer(now, call, Some(Body::sdp(ANSWER)), &[]).unwrap(),
            Event::Request { request, .. } | Event::Refer { request, .. } => {
                net.agent(A).respond(now, request, 200, "", &[], None).unwrap();
            }
            Event::Resolve { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_agent_answers_torture_as_the_examination_says() {
    for (name, datagram) in fixtures::messages() {
        let mut net = Net::with_hand(500);
        let answer = answer_of(&mut net, &datagram);
        // The examination does not ask whether a dialog is known; an agent does.
        let in_dialog = Message::scan(datagram.clone()).is_ok_and(|message| message.to_tag().is_some());
        if !(in_dialog && answer == Some(481)) {
            assert_eq!(answer, examine(&datagram).answer, "{}", name);
        }
    }
}

#[test]
fn torture_in_a_row_leaves_an_agent_well() {
    let mut net = Net::new(501, 3);
    net.nodes[B].by_hand = true;
    for _ in 0..3 {
        for (_, datagram) in fixtures::messages() {
            answer_of(&mut net, &datagram);
        }
        let (caller, _) = net.standing(A, C);
        net.bye(A, caller, &[]);
        net.run_ms(100);
        net.take(A);
        net.take(C);
    }
}
