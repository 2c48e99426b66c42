//! Peers played by hand: forks, strange requests, repeats, loops, routes.

use std::time::Duration;

use bytes::Bytes;
use sip::agent::{CommandError, Event, Invite, TALK, call_key};
use sip::{Flow, HeaderName, Message, MessageBuilder, Transport};

use crate::harness::*;

/// Hands a text to A as if B had sent it; gives A's answers.
fn say(net: &mut Net, text: &str) -> Vec<Message> {
    net.tell(text.replace('\n', "\r\n"))
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

fn methods(messages: &[Message]) -> Vec<String> {
    messages.iter().map(|message| message.method_text().to_owned()).collect()
}

const CONTACT: (HeaderName, &str) = (HeaderName::Contact, "<sip:bob@192.0.2.2:5060>");

#[test]
fn of_two_forks_that_answer_the_second_is_confirmed_and_ended() {
    let mut net = Net::with_hand(401);
    let caller = net.invite(A, B, Some(OFFER));
    let invite = net.heard().remove(0);
    for tag in ["one", "two"] {
        net.tell(reply(&invite, 180, tag, &[CONTACT], &[]));
    }
    assert_eq!(methods(&net.tell(reply(&invite, 200, "two", &[CONTACT], ANSWER))), ["ACK"]);
    let events = net.take(A);
    assert_eq!(words(&events), ["progress 180 none", "progress 180 none", "answered answer"]);
    assert!(matches!(events[2], Event::Answered { fork: 1, .. }));
    for _ in 0..2 {
        let after = net.tell(reply(&invite, 200, "one", &[CONTACT], ANSWER));
        assert_eq!(methods(&after)[0], "ACK");
        assert!(after.iter().all(|message| message.to_tag() == Some("one")));
    }
    assert!(net.wire().iter().any(|line| line == "A>B BYE"));
    assert!(net.take(A).is_empty());
    assert!(net.agent(A).dialog_id(caller).is_some_and(|(_, _, remote)| remote == Some("two")));
}

#[test]
fn a_repeated_200_gets_the_same_ack() {
    let mut net = Net::with_hand(402);
    net.invite(A, B, Some(OFFER));
    let invite = net.heard().remove(0);
    let ok = reply(&invite, 200, "one", &[CONTACT], ANSWER);
    let first = net.tell(ok.clone());
    let second = net.tell(ok);
    assert_eq!(first[0].raw(), second[0].raw());
    assert_eq!(first.len() + second.len(), 2);
}

#[test]
fn in_dialog_requests_follow_the_route_and_the_contact() {
    let mut net = Net::with_hand(403);
    let caller = net.invite(A, B, Some(OFFER));
    let invite = net.heard().remove(0);
    let routes = [
        (HeaderName::Contact, "<sip:bob@198.51.100.9:5090;ob>"),
        (HeaderName::RecordRoute, "<sip:far.example.com;lr>, <sip:192.0.2.2;lr>"),
    ];
    let ack = net.tell(reply(&invite, 200, "one", &routes, ANSWER)).remove(0);
    assert_eq!(ack.request_uri_text(), "sip:bob@198.51.100.9:5090;ob");
    let hops: Vec<_> = ack.headers(HeaderName::Route).map(|hop| String::from_utf8_lossy(hop).into_owned()).collect();
    assert_eq!(hops, ["<sip:192.0.2.2;lr>", "<sip:far.example.com;lr>"]);
    net.bye(A, caller, &[]);
    assert_eq!(net.heard()[0].headers(HeaderName::Route).count(), 2);
}

#[test]
fn an_invite_takes_the_routes_it_is_given() {
    let cases: [(&[&str], &str, &[&str]); 3] = [
        (&[], "sip:callee@192.0.2.2:5060", &[]),
        (
            &["<sip:192.0.2.2;lr>", "<sip:branch.example.com;lr;ob>"],
            "sip:callee@192.0.2.2:5060",
            &["<sip:192.0.2.2;lr>", "<sip:branch.example.com;lr;ob>"],
        ),
        // A strict router takes the place of the target, which becomes the last route.
        (
            &["<sip:192.0.2.2>", "<sip:branch.example.com;lr>"],
            "sip:192.0.2.2",
            &["<sip:branch.example.com;lr>", "<sip:callee@192.0.2.2:5060>"],
        ),
    ];
    for (routes, target, wanted) in cases {
        let mut net = Net::with_hand(405);
        net.invite_with(A, B, |invite| Invite { routes, ..invite });
        let invite = net.heard().remove(0);
        let hops: Vec<_> = invite.headers(HeaderName::Route).map(|hop| std::str::from_utf8(hop).unwrap()).collect();
        assert_eq!((invite.request_uri_text(), &hops[..]), (target, wanted));
        assert_eq!(invite.to().unwrap().uri.as_str(), "sip:callee@192.0.2.2:5060");
    }
}

#[test]
fn a_callee_that_rings_on_after_a_cancel_is_not_waited_for_for_ever() {
    let mut net = Net::with_hand(406);
    let caller = net.invite(A, B, Some(OFFER));
    let invite = net.heard().remove(0);
    net.tell(reply(&invite, 180, "one", &[CONTACT], &[]));
    let now = net.now;
    net.agent(A).cancel(now, caller, None).unwrap();
    net.run_ms(500);
    net.tell(reply(&invite, 180, "one", &[CONTACT], &[]));
    net.run(Duration::from_secs(40));
    assert_eq!(words(&net.take(A)).last().unwrap(), "failed 487");
}

#[test]
fn a_contact_by_name_is_given_to_the_resolver() {
    let mut net = Net::with_hand(404);
    let caller = net.invite(A, B, Some(OFFER));
    let invite = net.heard().remove(0);
    let contact = [(HeaderName::Contact, "<sip:bob@phones.example.com;transport=tcp>")];
    // Until the name is resolved, requests go to where the answer came from.
    assert_eq!(methods(&net.tell(reply(&invite, 200, "one", &contact, ANSWER))), ["ACK"]);
    let events = net.take(A);
    let Some(Event::Resolve { uri, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!(uri.reveal(), "sip:bob@phones.example.com;transport=tcp");
    let elsewhere = Flow::to(Transport::Udp, "198.51.100.77:5060".parse().unwrap());
    // The server that the answer came from is kept while it is one of those that the name stands for.
    let twin = Flow::to(Transport::Udp, addr(B));
    net.agent(A).set_next_hop(caller, &[elsewhere, twin]).unwrap();
    let now = net.now;
    net.agent(A).reinvite(now, caller, Some(sip::agent::Body::sdp(HOLD))).unwrap();
    assert_eq!(net.agent(A).poll_transmit().unwrap().flow.remote, addr(B));
    net.agent(A).set_next_hop(caller, &[elsewhere]).unwrap();
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
    let mut net = Net::with_hand(405);
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
    let mut net = Net::with_hand(406);
    say(&mut net, &request("MESSAGE", "z9hG4bKfirst", ""));
    assert_eq!(words(&net.take(A)), ["request MESSAGE"]);
    assert_eq!(statuses(&say(&mut net, &request("MESSAGE", "z9hG4bKsecond", ""))), [482]);
    assert!(say(&mut net, &request("MESSAGE", "z9hG4bKfirst", "")).is_empty());
    assert!(net.take(A).is_empty());
    // The same holds when the first was answered already.
    say(&mut net, &request("OPTIONS", "z9hG4bKthird", ""));
    let [Event::Request { request: third, .. }] = net.take(A)[..] else { panic!("OPTIONS is told") };
    let now = net.now;
    net.agent(A).respond(now, third, 200, "", &[], None).unwrap();
    net.heard();
    assert_eq!(statuses(&say(&mut net, &request("OPTIONS", "z9hG4bKfourth", ""))), [482]);
    assert!(net.take(A).is_empty());
    net.assert_clean();
}

#[test]
fn repeats_of_an_invite_are_absorbed_and_answered_as_before() {
    let mut net = Net::with_hand(407);
    let invite = request("INVITE", "z9hG4bKinv", "");
    say(&mut net, &invite);
    let (call, ..) = net.incoming(A);
    net.provisional(A, call, 180, None, false);
    net.heard();
    assert_eq!(statuses(&say(&mut net, &invite)), [180]);
    let now = net.now;
    net.agent(A).reject(now, call, 486, "", &[]).unwrap();
    let refused = net.heard().remove(0);
    assert_eq!(statuses(&say(&mut net, &invite)), [486]);
    let to = format!("To: {}", String::from_utf8_lossy(refused.header(HeaderName::To).unwrap()));
    let ack = request("ACK", "z9hG4bKinv", "").replace("To: <sip:alice@192.0.2.1>", &to);
    say(&mut net, &ack);
    net.run(Duration::from_secs(3));
    assert!(net.heard().is_empty(), "the ACK stops the repeats");
    assert!(net.take(A).is_empty());
    net.assert_clean();
}

#[test]
fn a_client_of_rfc_2543_is_served() {
    let mut net = Net::with_hand(408);
    let invite = request("INVITE", "1", "");
    say(&mut net, &invite);
    let (call, ..) = net.incoming(A);
    assert!(say(&mut net, &invite).is_empty() && net.take(A).is_empty());
    let now = net.now;
    net.agent(A).reject(now, call, 603, "", &[]).unwrap();
    let refused = net.heard().remove(0);
    let to = format!("To: {}", String::from_utf8_lossy(refused.header(HeaderName::To).unwrap()));
    say(&mut net, &request("ACK", "1", "").replace("To: <sip:alice@192.0.2.1>", &to));
    net.run(Duration::from_secs(3));
    assert!(net.heard().is_empty());
    net.assert_clean();
}

#[test]
fn a_caller_that_hangs_up_early_by_bye_is_understood() {
    let mut net = Net::with_hand(409);
    say(&mut net, &request("INVITE", "z9hG4bKinv", ""));
    let (call, ..) = net.incoming(A);
    net.provisional(A, call, 180, None, false);
    let ringing = net.heard().remove(0);
    let to = format!("To: {}", String::from_utf8_lossy(ringing.header(HeaderName::To).unwrap()));
    let bye = request("BYE", "z9hG4bKbye", "").replace("To: <sip:alice@192.0.2.1>", &to).replace("CSeq: 1", "CSeq: 2");
    let mut answers = statuses(&say(&mut net, &bye));
    answers.sort_unstable();
    assert_eq!(answers, [200, 487]);
    assert_eq!(words(&net.take(A)), ["cancelled"]);
}

#[test]
fn requests_out_of_order_are_refused_and_the_wrong_party_is_unknown() {
    let mut net = Net::with_hand(410);
    say(&mut net, &request("INVITE", "z9hG4bKinv", ""));
    let (call, ..) = net.incoming(A);
    net.answer(A, call, OFFER);
    let ok = net.heard().remove(0);
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
    let mut net = Net::with_hand(411);
    let flow = Flow { remote: "203.0.113.5:40123".parse().unwrap(), ..net.at_a() };
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
    let mut net = Net::with_hand(412);
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
    let mut net = Net::with_hand(413);
    let flow = Flow { transport: Transport::Tcp, conn: 5, ..net.at_a() };
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

#[test]
fn a_refusal_without_its_ack_is_repeated_at_the_times_of_the_standard() {
    let mut net = Net::with_hand(415);
    say(&mut net, &request("INVITE", "z9hG4bKinv", ""));
    let (call, ..) = net.incoming(A);
    let (start, now) = (net.now.mono, net.now);
    net.agent(A).reject(now, call, 486, "", &[]).unwrap();
    let mut sent = Vec::new();
    for _ in 0..40_000 {
        net.run_ms(1);
        sent.extend(
            net.wire().iter().filter(|line| *line == "A>B 486 INVITE").map(|_| net.now.mono.since(start).as_millis()),
        );
    }
    let wanted = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    assert_eq!(sent.len(), wanted.len(), "{sent:?}");
    assert!(sent.iter().zip(wanted).all(|(sent, wanted)| sent.abs_diff(wanted) <= 2), "{sent:?}");
    net.assert_clean();
}

#[test]
fn records_of_the_past_have_a_bound() {
    let mut net = Net::with(416, 2, Transport::Udp, |_, mut config| {
        config.limits.max_lingering = 10;
        config
    });
    net.nodes[B].by_hand = true;
    for number in 0..50 {
        say(&mut net, &request("MESSAGE", &format!("z9hG4bK{number}"), "").replace("byhand", &format!("call{number}")));
        for event in net.take(A) {
            let Event::Request { request, .. } = event else { panic!("{event:?}") };
            let now = net.now;
            net.agent(A).respond(now, request, 200, "", &[], None).unwrap();
        }
        assert!(net.agent(A).stats().lingering <= 10);
    }
    net.assert_clean();
}

#[test]
fn requests_follow_a_phone_whose_address_changed() {
    let mut net = Net::with_hand(417);
    let caller = net.invite(A, B, Some(OFFER));
    let invite = net.heard().remove(0);
    let contact = [(HeaderName::Contact, "<sip:bob@10.1.1.1:5060>")];
    net.tell(reply(&invite, 200, "one", &contact, ANSWER));
    let ours = invite.from_tag().unwrap();
    let info = request("INFO", "z9hG4bKinfo", "")
        .replace("To: <sip:alice@192.0.2.1>", &format!("To: <sip:alice@192.0.2.1>;tag={ours}"))
        .replace("tag=bob", "tag=one")
        .replace("byhand", invite.call_id())
        .replace("Contact: <sip:bob@192.0.2.2>\n", "");
    let flow = Flow { remote: "198.51.100.50:33333".parse().unwrap(), ..net.at_a() };
    let now = net.now;
    net.agent(A).handle_message(now, flow, info.replace('\n', "\r\n").into());
    net.agent(A).poll_transmit().unwrap();
    net.bye(A, caller, &[]);
    assert_eq!(net.agent(A).poll_transmit().unwrap().flow.remote, flow.remote);
}

#[test]
fn an_offer_in_prack_is_a_change_that_prack_answers() {
    let mut net = Net::with_hand(418);
    let offer = |text: String, sdp: &[u8]| {
        let body = String::from_utf8_lossy(sdp);
        let length = format!("Content-Type: application/sdp\nContent-Length: {}\n\n{body}", body.len());
        text.replace("Content-Length: 0\n\n", &length).replace("\r\n", "\n").replace('\n', "\r\n")
    };
    let send = |net: &mut Net, text: String| net.tell(text);
    send(&mut net, offer(request("INVITE", "z9hG4bKinv", "Supported: 100rel\n"), OFFER));
    let (call, ..) = net.incoming(A);
    net.provisional(A, call, 183, Some(ANSWER), true);
    let early = net.heard().remove(0);
    let to = format!("To: {}", String::from_utf8_lossy(early.header(HeaderName::To).unwrap()));
    let rack = format!("RAck: {} 1 INVITE\n", early.number(HeaderName::RSeq).unwrap());
    let prack = |branch: &str, rack: &str, number: u32| {
        request("PRACK", branch, rack)
            .replace("To: <sip:alice@192.0.2.1>", &to)
            .replace("CSeq: 1 ", &format!("CSeq: {number} "))
    };
    let wrong = prack("z9hG4bKw", "RAck: 1 1 INVITE\n", 2).replace('\n', "\r\n");
    assert_eq!(statuses(&send(&mut net, wrong)), [481]);
    assert!(send(&mut net, offer(prack("z9hG4bKp", &rack, 3), HOLD)).is_empty());
    assert_eq!(words(&net.take(A)), ["change Prack offer"]);
    let now = net.now;
    net.agent(A).answer_change(now, call, sip::agent::Body::sdp(HELD)).unwrap();
    let answers = net.heard();
    assert_eq!((statuses(&answers), answers[0].body()), (vec![200], HELD));
    let now = net.now;
    net.agent(A).answer(now, call, None, &[]).unwrap();
    assert_eq!(statuses(&net.heard()), [200]);
    net.bye(A, call, &[]);
    net.run(Duration::from_secs(70));
    assert_eq!(words(&net.take(A)), ["ended LocalBye"]);
}

#[test]
fn a_flood_of_forks_is_not_followed() {
    let mut net = Net::with_hand(419);
    net.invite(A, B, Some(OFFER));
    let invite = net.heard().remove(0);
    for fork in 0..200 {
        net.tell(reply(&invite, 180, &format!("early{fork}"), &[CONTACT], &[]));
    }
    assert!(net.take(A).len() <= 16);
    for fork in 0..200 {
        net.tell(reply(&invite, 200, &format!("fork{fork}"), &[CONTACT], ANSWER));
    }
    assert!(net.agent(A).stats().client_transactions <= 32);
    assert_eq!(words(&net.take(A)), ["answered answer"]);
}

#[test]
fn a_late_fork_after_a_cancel_is_ended_with_a_number_that_rises() {
    let mut net = Net::with_hand(420);
    let caller = net.invite(A, B, Some(OFFER));
    let invite = net.heard().remove(0);
    let reliable = [CONTACT, (HeaderName::Require, "100rel"), (HeaderName::RSeq, "7")];
    let prack = net.tell(reply(&invite, 183, "one", &reliable, ANSWER)).remove(0);
    let now = net.now;
    net.agent(A).cancel(now, caller, None).unwrap();
    net.heard();
    let end = net.tell(reply(&invite, 200, "one", &[CONTACT], &[]));
    assert_eq!(methods(&end), ["ACK", "BYE"]);
    assert!(end[1].cseq().unwrap().number > prack.cseq().unwrap().number);
    assert_eq!(words(&net.take(A)).last().unwrap(), "failed 487");
}

#[test]
fn a_bye_that_the_peer_finds_out_of_order_is_sent_again() {
    let mut net = Net::with_hand(421);
    let caller = net.invite(A, B, Some(OFFER));
    let invite = net.heard().remove(0);
    net.tell(reply(&invite, 200, "one", &[CONTACT], ANSWER));
    net.bye(A, caller, &[]);
    let first = net.heard().remove(0);
    let second = net.tell(reply(&first, 500, "one", &[], &[])).remove(0);
    assert_eq!((second.method_text(), second.cseq().unwrap().number), ("BYE", first.cseq().unwrap().number + 1));
    assert!(net.tell(reply(&second, 500, "one", &[], &[])).is_empty());
    assert_eq!(words(&net.take(A)), ["answered answer", "ended LocalBye"]);
    net.assert_clean();
}

#[test]
fn the_fork_that_is_told_to_answer_is_told_in_its_own_early_dialog() {
    let mut net = Net::with_hand(422);
    let caller = net.invite(A, B, Some(OFFER));
    let invite = net.heard().remove(0);
    let now = net.now;
    assert_eq!(net.agent(A).talk(now, caller, 0), Err(CommandError::WrongState), "nobody rings");
    for tag in ["one", "two"] {
        net.tell(reply(&invite, 180, tag, &[CONTACT], &[]));
    }
    net.agent(A).talk(now, caller, 1).unwrap();
    let notify = net.heard().remove(0);
    assert_eq!((notify.method_text(), notify.to_tag()), ("NOTIFY", Some("two")));
    assert_eq!(notify.header(HeaderName::Event), Some(&b"talk"[..]));
    assert_eq!(notify.header(HeaderName::SubscriptionState), Some(&b"active"[..]));
    assert_eq!(notify.cseq().unwrap().number, invite.cseq().unwrap().number + 1);
    net.tell(reply(&notify, 200, "two", &[], &[]));
    let after = net.tell(reply(&invite, 200, "two", &[CONTACT], ANSWER));
    assert_eq!(methods(&after), ["ACK"]);
    assert_eq!(after[0].cseq().unwrap().number, invite.cseq().unwrap().number, "the INVITE's, not the NOTIFY's");
    assert_eq!(words(&net.take(A)), ["progress 180 none", "progress 180 none", "answered answer"]);
    assert_eq!(net.agent(A).talk(now, caller, 1), Err(CommandError::WrongState), "it stands");
}

#[test]
fn a_telephone_that_refuses_to_be_told_goes_on_ringing() {
    let mut net = Net::with_hand(423);
    let caller = net.invite(A, B, Some(OFFER));
    let invite = net.heard().remove(0);
    net.tell(reply(&invite, 180, "one", &[CONTACT, (HeaderName::AllowEvents, TALK)], &[]));
    let now = net.now;
    net.agent(A).talk(now, caller, 0).unwrap();
    let notify = net.heard().remove(0);
    net.tell(reply(&notify, 489, "one", &[], &[]));
    assert_eq!(words(&net.take(A)), ["progress 180 none"]);
    net.agent(A).cancel(now, caller, None).unwrap();
    assert_eq!(net.agent(A).talk(now, caller, 0), Err(CommandError::WrongState), "it is taken back");
}
