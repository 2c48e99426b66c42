//! Requests that no datagram should carry (RFC 3261 section 18.1.1).

use std::time::Duration;

use sip::agent::{AgentConfig, Body, Invite};
use sip::{HeaderName, Message, Transport};

use crate::harness::*;

/// An offer that makes its INVITE longer than 1,300 bytes.
fn long_offer() -> Vec<u8> {
    [OFFER, "a=x-padding:0123456789abcdef\r\n".repeat(40).as_bytes()].concat()
}

/// Agents that can be reached by UDP and by TCP at the same address.
fn both(node: usize, config: AgentConfig) -> AgentConfig {
    config.identity(Transport::Tcp, addr(node), addr(node).to_string())
}

fn net(seed: u64) -> Net {
    Net::with(seed, 2, Transport::Udp, both)
}

#[test]
fn a_large_invite_goes_over_tcp_and_the_call_stays_there() {
    let mut net = net(700);
    let offer = long_offer();
    let caller = net.invite(A, B, Some(&offer));
    net.run_ms(50);
    let (callee, _, invite) = net.incoming(B);
    assert!(invite.raw().len() > 1300);
    assert_eq!(invite.top_via().unwrap().transport, "TCP");
    assert_eq!(invite.header(HeaderName::Contact), Some(&b"<sip:caller@192.0.2.1:5060;transport=tcp>"[..]));
    net.answer(B, callee, ANSWER);
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["answered answer"]);
    let now = net.now;
    net.agent(A).reinvite(now, caller, Some(Body::sdp(HOLD))).unwrap();
    net.run_ms(50);
    net.agent(B).answer_change(now, callee, Body::sdp(HELD)).unwrap();
    net.run_ms(50);
    net.bye(B, callee, &[]);
    net.run_ms(50);
    let wire = net.wire();
    assert!(wire.iter().all(|line| line.ends_with(" TCP")), "{wire:#?}");
    net.assert_clean();
}

#[test]
fn a_peer_without_tcp_gets_it_as_a_datagram_and_is_not_asked_again() {
    let mut net = net(701);
    net.nodes[B].no_tcp = true;
    let offer = long_offer();
    for first in [true, false] {
        net.invite(A, B, Some(&offer));
        net.run_ms(50);
        let (callee, _, invite) = net.incoming(B);
        assert_eq!(invite.top_via().unwrap().transport, "UDP");
        assert_eq!(invite.header(HeaderName::Contact), Some(&b"<sip:caller@192.0.2.1:5060>"[..]));
        net.answer(B, callee, ANSWER);
        net.run_ms(50);
        assert_eq!(words(&net.take(A)), ["answered answer"]);
        net.bye(B, callee, &[]);
        net.run_ms(50);
        net.take(B);
        net.take(A);
        let tried = net.wire().iter().filter(|line| *line == "A>B INVITE TCP").count();
        assert_eq!(tried, usize::from(first));
    }
    // It may have learned TCP in the meantime.
    net.run(Duration::from_secs(601));
    net.nodes[B].no_tcp = false;
    net.invite(A, B, Some(&offer));
    net.run_ms(50);
    let (callee, ..) = net.incoming(B);
    assert_eq!(net.wire()[0], "A>B INVITE TCP");
    net.answer(B, callee, ANSWER);
    net.run_ms(50);
    net.bye(B, callee, &[]);
    net.take(A);
    net.assert_clean();
}

#[test]
fn the_repeat_of_a_datagram_after_tcp_failed_follows_the_timers_of_datagrams() {
    let mut net = net(702);
    net.nodes[B].no_tcp = true;
    net.lose_next = vec!["INVITE".to_owned(); 2];
    let offer = long_offer();
    net.invite(A, B, Some(&offer));
    net.run_ms(1600);
    let (callee, ..) = net.incoming(B);
    let now = net.now;
    net.agent(B).reject(now, callee, 486, "", &[]).unwrap();
    net.run_ms(50);
    assert_eq!(words(&net.take(A)), ["failed 486"]);
    net.assert_clean();
}

#[test]
fn small_requests_and_agents_without_tcp_stay_with_datagrams() {
    let offer = long_offer();
    let mut plain = Net::new(703, 2);
    let mut small = net(704);
    for (net, body) in [(&mut plain, &offer[..]), (&mut small, OFFER)] {
        net.nodes[B].by_hand = true;
        net.invite_with(A, B, |invite| Invite { body: Some(Body::sdp(body)), ..invite });
        net.run_ms(20);
        let (flow, bytes) = net.nodes[B].inbox.remove(0);
        assert_eq!(flow.transport, Transport::Udp);
        assert_eq!(Message::parse(bytes).unwrap().top_via().unwrap().transport, "UDP");
    }
}
