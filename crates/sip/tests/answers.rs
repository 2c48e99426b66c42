//! What a server answers to requests by their form alone, and which limit earns which answer.

use sip::limits::{
    MAX_HEADER_LINE_BYTES, MAX_HEADERS, MAX_LENGTH_SLACK_BYTES, MAX_MESSAGE_BYTES, MAX_START_LINE_BYTES, MAX_VIAS,
};
use sip::{Kind, examine};

/// A request of that method with more headers and a body.
fn request(method: &str, headers: &str, body: &str) -> String {
    let headers = headers.replace('\n', "\r\n");
    format!(
        "{method} sip:1001@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nMax-Forwards: 70\r\n\
         From: <sip:a@example.com>;tag=1\r\nTo: <sip:1001@example.com>\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n\
         {headers}\r\n{body}"
    )
}

fn answer(raw: &str) -> Option<u16> {
    examine(raw.as_bytes()).answer
}

#[test]
fn methods_and_their_needs() {
    let check = |method: &str, headers: &str, expected: Option<u16>| {
        assert_eq!(answer(&request(method, headers, "")), expected, "{method} {headers}");
    };
    check("INVITE", "", Some(200));
    check("invite", "", Some(501));
    check("PUBLISH", "", Some(405));
    check("ACK", "", None);
    check("CANCEL", "Require: unheard-of\n", Some(481));
    for method in ["BYE", "PRACK", "UPDATE", "INFO", "NOTIFY"] {
        check(method, "", Some(481));
    }
    check("OPTIONS", "Accept: text/plain\n", Some(200));
    check("MESSAGE", "", Some(200));
    check("REFER", "", Some(400));
    check("REFER", "Refer-To: <sip:b@c>\n", Some(202));
    check("SUBSCRIBE", "", Some(400));
    check("SUBSCRIBE", "Event: dialog\n", Some(200));
    check("SUBSCRIBE", "Event: weather\n", Some(489));
    check("REGISTER", "Contact: *\n", Some(400));
    check("REGISTER", "Contact: *\nExpires: 0\n", Some(200));
    check("REGISTER", "Contact: *\nExpires: 0\nContact: <sip:a@b>\n", Some(400));
    check("REGISTER", "Contact: <sip:a@b>, <sip:c@d>;q=0.1\nRequire: path\n", Some(200));
    check("REGISTER", "Contact: <sip:a@b>\nRequire: path, outbound\n", Some(200));
    check("REGISTER", "Contact: <sip:a@b>\nRequire: path, gruu\n", Some(420));
    check("INVITE", "Require: 100rel, precondition\n", Some(420));
    check("INVITE", "Accept:\n", Some(406));
    check("INVITE", "Accept: application/sdp;level=1\n", Some(200));
    check("INVITE", "Supported: timer\nSession-Expires: 89\n", Some(422));
    check("INVITE", "Session-Expires: 89\n", Some(200));
    check("INVITE", "Session-Expires: soon\n", Some(400));
    check("INVITE", "Replaces: x;to-tag=1;from-tag=2\n", Some(481));
    check("INVITE", "Replaces: x\n", Some(400));
    check("INVITE", "Max-Forwards: 0\n", Some(400)); // It stands twice then.
}

#[test]
fn bodies() {
    let check = |method: &str, headers: &str, body: &str, expected: u16| {
        assert_eq!(answer(&request(method, headers, body)), Some(expected), "{method} {headers} {body}");
    };
    let sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
    check("INVITE", "Content-Type: application/sdp\n", sdp, 200);
    check("INVITE", "Content-Type: application/sdp\n", "m=audio 4000 RTP/AVP 8\r\n", 400);
    check("INVITE", "", sdp, 400);
    check("INVITE", "Content-Type: text/plain\n", sdp, 415);
    check("INVITE", "Content-Type: text/plain\nContent-Disposition: render;handling=optional\n", "hi", 200);
    check("INVITE", "Content-Type: application/sdp\nContent-Encoding: gzip\n", sdp, 415);
    check("INVITE", "Content-Type: application/sdp\nContent-Encoding: identity\n", sdp, 200);
    check("MESSAGE", "Content-Type: text/plain;charset=UTF-8\n", "你好", 200);
    check("MESSAGE", "Content-Type: image/png\n", "x", 415);
    let multipart = |part: &str| {
        format!("--b\r\nContent-Type: application/sdp\r\n\r\n{sdp}\r\n--b\r\n{part}\r\n\r\nx\r\n--b--\r\n")
    };
    let kind = "Content-Type: multipart/mixed;boundary=b\n";
    check(
        "INVITE",
        kind,
        &multipart("Content-Type: application/isup\r\nContent-Disposition: signal;handling=optional"),
        200,
    );
    check("INVITE", kind, &multipart("Content-Type: application/isup"), 415);
    check("INVITE", kind, "--b\r\n\r\nnever closed", 400);
    // A router has rewritten an address in the body and left the length; a body that is cut within a line is another
    // matter, and so is one that lacks more.
    let told = |length: usize| format!("Content-Type: application/sdp\nContent-Length: {length}\n");
    check("INVITE", &told(sdp.len() + MAX_LENGTH_SLACK_BYTES), sdp, 200);
    check("INVITE", &told(sdp.len() + MAX_LENGTH_SLACK_BYTES + 1), sdp, 400);
    check("INVITE", &told(sdp.len()), sdp.trim_end(), 400);
}

#[test]
fn limits_have_their_answers() {
    let check = |raw: String, expected: Option<u16>, what: &str| assert_eq!(answer(&raw), expected, "{what}");
    let vias = |count: usize| "Via: SIP/2.0/UDP h;branch=z9hG4bKx\n".repeat(count);
    check(request("OPTIONS", &vias(MAX_VIAS - 1), ""), Some(200), "as many Vias as may be");
    check(request("OPTIONS", &vias(MAX_VIAS), ""), Some(483), "one Via too many");
    let listed = format!("Via: {}SIP/2.0/UDP h\n", "SIP/2.0/UDP h, ".repeat(MAX_VIAS));
    check(request("OPTIONS", &listed, ""), Some(483), "Vias in one line");
    check(request("OPTIONS", &"X: y\n".repeat(MAX_HEADERS), ""), Some(400), "too many lines");
    check(request("OPTIONS", &format!("X: {}\n", "y".repeat(MAX_HEADER_LINE_BYTES)), ""), Some(400), "a long line");
    let long_uri = request("OPTIONS", "", "").replace("1001@", &format!("{}@", "1".repeat(MAX_START_LINE_BYTES)));
    check(long_uri, Some(414), "a long Request-URI");
    check(request("OPTIONS", "", &"x".repeat(MAX_MESSAGE_BYTES)), Some(513), "a large message");
    let contacts = format!("Contact: {}<sip:a@b>\n", "<sip:a@b>, ".repeat(200));
    check(request("REGISTER", &contacts, ""), Some(400), "too many contacts");
    let params =
        request("OPTIONS", "", "").replace("example.com SIP", &format!("example.com{} SIP", ";a=b".repeat(100)));
    check(params, Some(400), "too many parameters");
}

#[test]
fn what_is_no_message_is_dropped() {
    for raw in [
        "",
        "\r\n\r\n",
        "\0",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "INVITE",
        "SIP/2.0 99 Low\r\n\r\n",
        "\u{1}\u{1}\0\0",
    ] {
        let verdict = examine(raw.as_bytes());
        assert_eq!((verdict.ok, verdict.answer), (false, None), "{raw:?}");
        assert!(verdict.error.is_some());
    }
    let no_via = request("OPTIONS", "", "").replace("Via:", "X-Via:");
    assert_eq!(answer(&no_via), None, "no way back");
    let broken_ack = request("ACK", "", "").replace("Call-ID: c\r\n", "");
    assert_eq!((examine(broken_ack.as_bytes()).ok, answer(&broken_ack)), (false, None));
}

#[test]
fn responses_are_described_and_never_answered() {
    let raw = "SIP/2.0 486 Busy Here\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\n\
               Call-ID: x\r\nCSeq: 1 INVITE\r\n\r\n";
    let verdict = examine(raw.as_bytes());
    assert_eq!((verdict.ok, verdict.kind, verdict.status), (true, Some(Kind::Response), Some(486)));
    assert_eq!((verdict.method, verdict.answer, verdict.error), (None, None, None));
    let broken = raw.replace("CSeq: 1", "CSeq: x");
    let verdict = examine(broken.as_bytes());
    assert_eq!((verdict.ok, verdict.kind, verdict.answer), (false, Some(Kind::Response), None));
}

#[test]
fn line_ends_may_lack_their_return() {
    assert_eq!(answer(&request("OPTIONS", "Subject: a\n b\n", "").replace('\r', "")), Some(200));
    assert_eq!(answer(&request("OPTIONS", "", "").replace("Call-ID: c", "Call-ID: c\rX: y")), Some(400));
}
