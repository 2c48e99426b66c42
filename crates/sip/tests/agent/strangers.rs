//! Peers played by hand: forks, strange requests, repeats, loops, routes.

use std::time::Duration;

use bytes::Bytes;
use sip::agent::{Event, call_key};
use sip::{Flow, HeaderName, Message, MessageBuilder, Transport};

use crate::harness::*;

/// A network of an agent A and a peer B that the test plays.
fn with_hand(seed: u64) -> Net {
    let mut net = Net::new(seed, 2);
    net.nodes[B].by_hand = true;
    net
}

fn at_a(net: &Net) -> Flow {
    Flow { transport: net.transport, local: addr(A), remote: addr(B), conn: 0 }
}

/// Hands a text to A as if B had sent it; gives A's answers.
fn say(net: &mut Net, text: &str) -> Vec<Message> {
    let (flow, now) = (at_a(net), net.now);
    net.agent(A).handle_message(now, flow, Bytes::from(text.replace('\n', "\r\n")));
    heard(net)
}

/// What B hears, until the air is clear.
fn heard(net: &mut Net) -> Vec<Message> {
    net.run_ms(20);
    let inbox = std::mem::take(&mut net.nodes[B].inbox);
    // Not parsed in full: an answer to a broken request has its broken headers.
    inbox.into_iter().map(|(_, bytes)| Message::scan(bytes).unwrap()).collect()
}

fn statuses(messages: &[Message]) -> Vec<u16> {
    messages.iter().filter_map(Message::status).collect()
}

fn request(method: &str, branch: &str, extra: &str) -> String {
    format!(
        "{method} sip:alice@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2:5060;branch={branch};rport\n\
         Max-Forwards: 70\nFrom: <sip:bob@192.0.2.2>;tag=bob\nTo: <sip:alice@192.0.2.1>\nCall-ID: byhand\n\
         CSeq: 1 {method}\nContact: <sip:bob@192.0.2.2>\n{extra}Content-Length: 0\n\n"
    )
}

/// An answer of B's to A's INVITE.
fn reply(invite: &Message, status: u16, tag: &str, extra: &[(HeaderName, &str)], body: &[u8]) -> Bytes {
    let mut builder = MessageBuilder::reply_to(invite, status, Some(tag), Some(addr(A)));
    for (name, value) in extra {
        builder = builder.header(*name, value);
    }
    match body.is_empty() {
        true => builder.finish().into(),
        false => builder.finish_with("application/sdp", body).into(),
    }
}

fn tell(net: &mut Net, bytes: Bytes) -> Vec<Message> {
    let (flow, now) = (at_a(net), net.now);
    net.agent(A).handle_message(now, flow, bytes);
    heard(net)
}

fn methods(messages: &[Message]) -> Vec<String> {
    messages.iter().map(|message| message.method_text().to_owned()).collect()
}

const CONTACT: (HeaderName, &str) = (HeaderName::Contact, "<sip:bob@192.0.2.2:5060>");

#[test]
fn of_two_forks_that_answer_the_second_is_confirmed_and_ended() {
    let mut net = with_hand(401);
    let caller = net.invite(A, B, Some(OFFER));
    let invite = heard(&mut net).remove(0);
    for tag in ["one", "two"] {
        tell(&mut net, reply(&invite, 180, tag, &[CONTACT], &[]));
    }
    assert_eq!(methods(&tell(&mut net, reply(&invite, 200, "two", &[CONTACT], ANSWER))), ["ACK"]);
    let events = net.take(A);
    assert_eq!(words(&events), ["progress 180 none", "progress 180 none", "answered answer"]);
    assert!(matches!(events[2], Event::Answered { fork: 1, .. }));
    for _ in 0..2 {
        let after = tell(&mut net, reply(&invite, 200, "one", &[CONTACT], ANSWER));
        assert_eq!(methods(&after)[0], "ACK");
        assert!(after.iter().all(|message| message.to_tag() == Some("one")));
    }
    assert!(net.wire().iter().any(|line| line == "A>B BYE"));
    assert!(net.take(A).is_empty());
    assert!(net.agent(A).dialog_id(caller).is_some_and(|(_, _, remote)| remote == Some("two")));
}

#[test]
fn a_repeated_200_gets_the_same_ack() {
    let mut net = with_hand(402);
    net.invite(A, B, Some(OFFER));
    let invite = heard(&mut net).remove(0);
    let ok = reply(&invite, 200, "one", &[CONTACT], ANSWER);
    let first = tell(&mut net, ok.clone());
    let second = tell(&mut net, ok);
    assert_eq!(first[0].raw(), second[0].raw());
    assert_eq!(first.len() + second.len(), 2);
}

#[test]
fn in_dialog_requests_follow_the_route_and_the_contact() {
    let mut net = with_hand(403);
    let caller = net.invite(A, B, Some(OFFER));
    let invite = heard(&mut net).remove(0);
    let routes = [
        (HeaderName::Contact, "<sip:bob@198.51.100.9:5090;ob>"),
        (HeaderName::RecordRoute, "<sip:far.example.com;lr>, <sip:192.0.2.2;lr>"),
    ];
    let ack = tell(&mut net, reply(&invite, 200, "one", &routes, ANSWER)).remove(0);
    assert_eq!(ack.request_uri_text(), "sip:bob@198.51.100.9:5090;ob");
    let hops: Vec<_> = ack.headers(HeaderName::Route).map(|hop| String::from_utf8_lossy(hop).into_owned()).collect();
    assert_eq!(hops, ["<sip:192.0.2.2;lr>", "<sip:far.example.com;lr>"]);
    net.bye(A, caller, &[]);
    assert_eq!(heard(&mut net)[0].headers(HeaderName::Route).count(), 2);
}

#[test]
fn a_contact_by_name_is_given_to_the_resolver() {
    let mut net = with_hand(404);
    let caller = net.invite(A, B, Some(OFFER));
    let invite = heard(&mut net).remove(0);
    let contact = [(HeaderName::Contact, "<sip:bob@phones.example.com;transport=tcp>")];
    // Until the name is resolved, requests go to where the answer came from.
    assert_eq!(methods(&tell(&mut net, reply(&invite, 200, "one", &contact, ANSWER))), ["ACK"]);
    let events = net.take(A);
    let Some(Event::Resolve { host, transport, port, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!((host.as_str(), *transport, *port), ("phones.example.com", Some(Transport::Tcp), None));
    let elsewhere = Flow::to(Transport::Udp, "198.51.100.77:5060".parse().unwrap());
    net.agent(A).set_next_hop(caller, elsewhere).unwrap();
    net.bye(A, caller, &[]);
    let transmit = net.agent(A).poll_transmit().unwrap();
    assert_eq!(transmit.flow.remote, elsewhere.remote);
}

#[test]
fn strange_requests_get_the_answer_of_the_standard() {
    let unknown_dialog = "To: <sip:alice@192.0.2.1>;tag=0123456789abcdef";
    let cases: [(String, &[u16]); 9] = [
        (request("BYE", "z9hG4bKa", ""), &[481]),
        (request("BYE", "z9hG4bKb", "").replace("To: <sip:alice@192.0.2.1>", unknown_dialog), &[481]),
        (request("CANCEL", "z9hG4bKc", ""), &[481]),
        (request("ACK", "z9hG4bKd", ""), &[]),
        (request("NONSENSE", "z9hG4bKe", ""), &[501]),
        (request("INVITE", "z9hG4bKf", "Require: magic, 100rel\n"), &[420]),
        (request("INVITE", "z9hG4bKg", "").replace("sip:alice@192.0.2.1 SIP", "mailto:alice@192.0.2.1 SIP"), &[416]),
        (request("INVITE", "z9hG4bKh", "").replace("Contact: <sip:bob@192.0.2.2>\n", ""), &[400]),
        (request("OPTIONS", "z9hG4bKi", "").replace("SIP/2.0\nVia", "SIP/3.0\nVia"), &[505]),
    ];
    let mut net = with_hand(405);
    for (text, wanted) in cases {
        let first = say(&mut net, &text);
        assert_eq!(statuses(&first), wanted, "{text}");
        // A repeat gets the very same, byte for byte.
        let second = say(&mut net, &text);
        assert_eq!(
            first.iter().map(Message::raw).collect::<Vec<_>>(),
            second.iter().map(Message::raw).collect::<Vec<_>>()
        );
    }
    assert!(net.take(A).is_empty());
    assert_eq!(net.agent(A).stats().server_transactions, 0);
}

#[test]
fn the_same_request_by_two_paths_is_a_merge() {
    let mut net = with_hand(406);
    say(&mut net, &request("MESSAGE", "z9hG4bKfirst", ""));
    assert_eq!(words(&net.take(A)), ["request MESSAGE"]);
    assert_eq!(statuses(&say(&mut net, &request("MESSAGE", "z9hG4bKsecond", ""))), [482]);
    assert!(say(&mut net, &request("MESSAGE", "z9hG4bKfirst", "")).is_empty());
    assert!(net.take(A).is_empty());
}

#[test]
fn repeats_of_an_invite_are_absorbed_and_answered_as_before() {
    let mut net = with_hand(407);
    let invite = request("INVITE", "z9hG4bKinv", "");
    say(&mut net, &invite);
    let (call, ..) = net.incoming(A);
    net.provisional(A, call, 180, None, false);
    heard(&mut net);
    assert_eq!(statuses(&say(&mut net, &invite)), [180]);
    let now = net.now;
    net.agent(A).reject(now, call, 486, "", &[]).unwrap();
    let refused = heard(&mut net).remove(0);
    assert_eq!(statuses(&say(&mut net, &invite)), [486]);
    let to = format!("To: {}", String::from_utf8_lossy(refused.header(HeaderName::To).unwrap()));
    let ack = request("ACK", "z9hG4bKinv", "").replace("To: <sip:alice@192.0.2.1>", &to);
    say(&mut net, &ack);
    net.run(Duration::from_secs(3));
    assert!(heard(&mut net).is_empty(), "the ACK stops the repeats");
    assert!(net.take(A).is_empty());
    net.assert_clean();
}

#[test]
fn a_client_of_rfc_2543_is_served() {
    let mut net = with_hand(408);
    let invite = request("INVITE", "1", "");
    say(&mut net, &invite);
    let (call, ..) = net.incoming(A);
    assert!(say(&mut net, &invite).is_empty() && net.take(A).is_empty());
    let now = net.now;
    net.agent(A).reject(now, call, 603, "", &[]).unwrap();
    let refused = heard(&mut net).remove(0);
    let to = format!("To: {}", String::from_utf8_lossy(refused.header(HeaderName::To).unwrap()));
    say(&mut net, &request("ACK", "1", "").replace("To: <sip:alice@192.0.2.1>", &to));
    net.run(Duration::from_secs(3));
    assert!(heard(&mut net).is_empty());
    net.assert_clean();
}

#[test]
fn a_caller_that_hangs_up_early_by_bye_is_understood() {
    let mut net = with_hand(409);
    say(&mut net, &request("INVITE", "z9hG4bKinv", ""));
    let (call, ..) = net.incoming(A);
    net.provisional(A, call, 180, None, false);
    let ringing = heard(&mut net).remove(0);
    let to = format!("To: {}", String::from_utf8_lossy(ringing.header(HeaderName::To).unwrap()));
    let bye = request("BYE", "z9hG4bKbye", "").replace("To: <sip:alice@192.0.2.1>", &to).replace("CSeq: 1", "CSeq: 2");
    let mut answers = statuses(&say(&mut net, &bye));
    answers.sort_unstable();
    assert_eq!(answers, [200, 487]);
    assert_eq!(words(&net.take(A)), ["cancelled"]);
}

#[test]
fn requests_out_of_order_are_refused_and_the_wrong_party_is_unknown() {
    let mut net = with_hand(410);
    say(&mut net, &request("INVITE", "z9hG4bKinv", ""));
    let (call, ..) = net.incoming(A);
    net.answer(A, call, OFFER);
    let ok = heard(&mut net).remove(0);
    let to = format!("To: {}", String::from_utf8_lossy(ok.header(HeaderName::To).unwrap()));
    let within = |method: &str, branch: &str, number: u32| {
        request(method, branch, "")
            .replace("To: <sip:alice@192.0.2.1>", &to)
            .replace("CSeq: 1 ", &format!("CSeq: {number} "))
    };
    say(&mut net, &within("ACK", "z9hG4bKack", 1));
    assert_eq!(statuses(&say(&mut net, &within("OPTIONS", "z9hG4bKo", 5))), [200]);
    assert_eq!(statuses(&say(&mut net, &within("OPTIONS", "z9hG4bKp", 4))), [500]);
    let stranger = within("BYE", "z9hG4bKq", 6).replace("tag=bob", "tag=mallory");
    assert_eq!(statuses(&say(&mut net, &stranger)), [481]);
    assert_eq!(statuses(&say(&mut net, &within("NOTIFY", "z9hG4bKr", 7))), [481]);
    assert_eq!(words(&net.take(A)), ["confirmed"]);
    assert_eq!(statuses(&say(&mut net, &within("BYE", "z9hG4bKs", 8))), [200]);
    assert_eq!(words(&net.take(A)), ["ended PeerBye"]);
    net.assert_clean();
}

#[test]
fn answers_go_where_rport_says_and_tell_what_was_seen() {
    let mut net = with_hand(411);
    let flow = Flow { remote: "203.0.113.5:40123".parse().unwrap(), ..at_a(&net) };
    let now = net.now;
    let text = request("OPTIONS", "z9hG4bKnat", "").replace('\n', "\r\n");
    let key = net.agent(A).handle_message(now, flow, text.into());
    assert_eq!(key, call_key("byhand"));
    let Some(Event::Request { request, .. }) = net.agent(A).poll_event() else { panic!("OPTIONS is told") };
    net.agent(A).respond(now, request, 200, "", &[], None).unwrap();
    let transmit = net.agent(A).poll_transmit().unwrap();
    assert_eq!((transmit.flow.remote, transmit.call_key), (flow.remote, key));
    let answer = Message::parse(transmit.bytes).unwrap();
    let via = answer.top_via().unwrap();
    assert_eq!((via.received(), via.rport()), (Some(flow.remote.ip()), Some(Some(40123))));
}

#[test]
fn junk_is_dropped_or_answered_and_never_kept() {
    let mut net = with_hand(412);
    for junk in ["", "\n", "hello", "SIP/2.0 200 OK\n\n", "GET / HTTP/1.1\n\n", "\u{0}\u{1}\u{2}"] {
        assert!(say(&mut net, junk).is_empty(), "{junk:?}");
    }
    let broken = request("INVITE", "z9hG4bKx", "").replace("CSeq: 1 INVITE", "CSeq: one INVITE");
    assert_eq!(statuses(&say(&mut net, &broken)), [400]);
    let stats = net.agent(A).stats();
    assert_eq!((stats.calls, stats.server_transactions, stats.lingering), (0, 0, 0));
    assert!(stats.junk >= 3);
}

#[test]
fn a_ping_over_a_stream_gets_its_pong() {
    let mut net = with_hand(413);
    let flow = Flow { transport: Transport::Tcp, conn: 5, ..at_a(&net) };
    let now = net.now;
    assert_eq!(net.agent(A).handle_message(now, flow, Bytes::from_static(b"\r\n\r\n")), 0);
    let pong = net.agent(A).poll_transmit().unwrap();
    assert_eq!((&pong.bytes[..], pong.flow), (&b"\r\n"[..], flow));
}

#[test]
fn a_dialog_on_a_broken_connection_opens_another() {
    let mut net = Net::with(414, 2, Transport::Tcp, |_, config| config);
    let (_, callee) = net.standing(A, B);
    let broken = Flow { transport: Transport::Tcp, local: addr(B), remote: addr(A), conn: 1 + 1 };
    let now = net.now;
    net.agent(B).transport_error(now, broken);
    net.agent(B).bye(now, callee, &[]).unwrap();
    let transmit = net.agent(B).poll_transmit().unwrap();
    assert_eq!((transmit.flow.conn, transmit.flow.remote), (0, addr(A)));
}
