//! A browser's telephone (RFC 7118): it has no address, so everything goes by the connection that it opened.

use bytes::Bytes;
use sip::agent::{Body, EndCause, Event, Invite};
use sip::{Flow, HeaderName, Message, MessageBuilder, Transport};

use crate::harness::*;

const BROWSER: &str = "sip:k3f9@df7jal23ls0d.invalid;transport=ws";

/// The connection as the agent sees it.
fn browser() -> Flow {
    Flow { transport: Transport::Wss, local: addr(A), remote: "203.0.113.9:50123".parse().unwrap(), conn: 77 }
}

fn hear(net: &mut Net, text: impl Into<Bytes>) {
    let now = net.now;
    net.agent(A).handle_message(now, browser(), text.into());
}

/// What the agent sends, all of it by the browser's connection.
fn sent(net: &mut Net) -> Vec<Message> {
    let transmits = std::iter::from_fn(|| net.agent(A).poll_transmit());
    transmits
        .map(|transmit| {
            assert_eq!((transmit.flow.conn, transmit.flow.transport), (77, Transport::Wss));
            Message::parse(transmit.bytes).unwrap()
        })
        .collect()
}

#[test]
fn a_browser_is_called_and_hung_up_by_its_own_connection() {
    let mut net =
        Net::with(720, 1, Transport::Udp, |_, config| config.identity(Transport::Wss, addr(A), "pbx.example"));
    let now = net.now;
    let invite = Invite::new(browser(), BROWSER, "<sip:95001@pbx.example>", Some(Body::sdp(OFFER)));
    let call = net.agent(A).invite(now, &invite).unwrap();
    let invite = sent(&mut net).remove(0);
    let via = invite.top_via().unwrap();
    assert_eq!((via.transport, via.host.to_string().as_str()), ("WSS", "pbx.example"));
    assert_eq!(invite.header(HeaderName::Contact), Some(&b"<sip:95001@pbx.example;transport=ws>"[..]));
    let answer = MessageBuilder::reply_to(&invite, 200, Some("browser"), None)
        .header(HeaderName::Contact, format_args!("<{BROWSER}>"))
        .finish_with("application/sdp", ANSWER);
    hear(&mut net, answer);
    assert_eq!(sent(&mut net)[0].method_text(), "ACK");
    assert_eq!(words(&net.take(A)), ["answered answer"], "a name that DNS can't know is not asked for");
    net.agent(A).bye(now, call, &[]).unwrap();
    let bye = sent(&mut net).remove(0);
    assert_eq!((bye.method_text(), bye.request_uri_text()), ("BYE", BROWSER));
}

#[test]
fn a_browser_calls_and_its_call_ends_when_it_is_gone() {
    let mut net =
        Net::with(721, 1, Transport::Udp, |_, config| config.identity(Transport::Wss, addr(A), "pbx.example"));
    let body = std::str::from_utf8(OFFER).unwrap();
    hear(
        &mut net,
        format!(
            "INVITE sip:95000@pbx.example SIP/2.0\r\nVia: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bKb\r\nMax-Forwards: 70\r\n\
             From: <sip:1001@pbx.example>;tag=b\r\nTo: <sip:95000@pbx.example>\r\nCall-ID: ws\r\nCSeq: 1 INVITE\r\n\
             Contact: <{BROWSER};ob>\r\nContent-Type: application/sdp\r\n\r\n{body}"
        ),
    );
    let (call, now) = match net.agent(A).poll_event() {
        Some(Event::Incoming { call, offer, .. }) => {
            assert_eq!(offer.as_deref(), Some(OFFER), "without a Content-Length the frame's end is the body's");
            (call, net.now)
        }
        other => panic!("{other:?}"),
    };
    net.agent(A).answer(now, call, Some(Body::sdp(ANSWER)), &[]).unwrap();
    let ok = sent(&mut net).pop().unwrap();
    assert_eq!(ok.header(HeaderName::Contact), Some(&b"<sip:95000@pbx.example;transport=ws>"[..]));
    let tag = ok.to_tag().unwrap();
    hear(
        &mut net,
        format!(
            "ACK sip:95000@pbx.example SIP/2.0\r\nVia: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bKc\r\nMax-Forwards: 70\r\n\
             From: <sip:1001@pbx.example>;tag=b\r\nTo: <sip:95000@pbx.example>;tag={tag}\r\nCall-ID: ws\r\nCSeq: 1 ACK\r\n\r\n"
        ),
    );
    assert_eq!(words(&net.take(A)), ["confirmed"]);
    net.agent(A).transport_error(now, browser());
    net.agent(A).bye(now, call, &[]).unwrap();
    let bye = net.agent(A).poll_transmit().unwrap();
    assert_eq!((bye.flow.conn, bye.flow.transport), (0, Transport::Wss));
    // The driver has no connection to it and says so.
    net.agent(A).transport_error(now, bye.flow);
    let Some(Event::Ended { cause, .. }) = net.agent(A).poll_event() else { panic!("the call is over") };
    assert_eq!(cause, EndCause::LocalBye);
}
