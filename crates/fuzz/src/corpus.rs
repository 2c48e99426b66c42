//! What fuzzing begins with.

use sip::Message;

/// The same that the parser's own tests read.
#[path = "../../sip/tests/fixtures/mod.rs"]
mod fixtures;

/// Inputs to begin with.
pub type Seeds = Vec<Vec<u8>>;

/// What breaks parsers.
pub const TOKENS: &[&[u8]] = &[
    b",",
    b";",
    b"\r\n ",
    b"\r\n",
    b"\n",
    b"\r",
    b"\"",
    b"\\",
    b"<",
    b">",
    b"%00",
    b"%",
    b":",
    b"@",
    b"=",
    b" ",
    b"\t",
    b"4294967296",
    b"-1",
    b"0",
    b"[::1]",
    b"[",
    b"]",
    b"?",
    b"z9hG4bK",
    b"SIP/2.0",
    b"sip:",
    b"tel:+1",
    b"\0",
    b"\xff\xfe",
    b"Via: SIP/2.0/UDP a;branch=z9hG4bKx\r\n",
    b"Content-Length: 7\r\n",
    b"l: 3\r\n",
    b"m=audio 1 RTP/AVP 8\r\n",
    b"a=sendonly\r\n",
    b"c=IN IP4 0.0.0.0\r\n",
    b"--b\r\n",
    b"\r\n\r\n",
];

const INVITE: &str = "INVITE sip:95001@example.com;user=phone SIP/2.0\r\n\
    Via: SIP/2.0/UDP 10.0.0.1:5062;rport;branch=z9hG4bK1, SIP/2.0/TCP [2001:db8::1];branch=z9hG4bK2\r\n\
    Max-Forwards: 70\r\nf: \"Li, \\\"Lei\\\"\" <sip:li@example.com>;tag=1\r\nt: <tel:+8613800138000;phone-context=x>\r\n\
    i: abc@10.0.0.1\r\nCSeq: 7 INVITE\r\nm: <sip:li@10.0.0.1;ob>;q=0.5;expires=60\r\nk: 100rel,timer\r\n\
    Session-Expires: 1800;refresher=uac\r\nReplaces: x;to-tag=1;from-tag=2\r\nReason: Q.850;cause=16;text=\"x\"\r\n\
    Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\nRetry-After: 5 (a)\r\nDiversion: <sip:a@b>;reason=no-answer\r\n\
    Authorization: Digest username=\"a\",realm=\"demo\",nonce=\"n\",uri=\"sip:x\",response=\"r\",qop=auth,nc=1,cnonce=\"c\"\r\n\
    Refer-To: <sip:a@b?Replaces=x%3Bto-tag%3D1>\r\nRAck: 1 2 INVITE\r\nEvent: dialog;id=1\r\nDate: Sat, 13 Nov 2010 23:29:00 GMT\r\n\
    c: multipart/mixed;boundary=b\r\n\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\no=- 1 1 IN IP4 10.0.0.1\r\n\
    s=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n--b--\r\n";

const RESPONSE: &str = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa;received=::1;rport=5\r\nFrom: <sip:a@b>;tag=1\r\n\
    To: sip:c@d;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContact: <sip:c@d>\r\nl: 0\r\n\r\n";

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1/127\r\nb=AS:64\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
    m=audio 4000/2 UDP/TLS/RTP/SAVPF 111 8 126\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1\r\n\
    a=rtpmap:126 telephone-event/8000\r\na=ptime:20\r\na=maxptime:60\r\na=rtcp:4001 IN IP4 192.0.2.1\r\na=rtcp-mux\r\n\
    a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4\r\na=setup:actpass\r\n\
    a=fingerprint:sha-256 AB:CD\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=candidate:1 1 udp 1 192.0.2.1 4000 typ host\r\na=mid:0\r\n\
    m=video 0 RTP/AVP 31\r\nm=audio 4 RTP/AVP 0 8\r\nc=IN IP6 ::1\r\na=inactive\r\n";

/// Ordinary messages, and torture where it is at hand.
pub(crate) fn messages() -> Seeds {
    let ordinary = [INVITE, RESPONSE].map(|text| text.as_bytes().to_vec());
    ordinary.into_iter().chain(fixtures::messages().into_iter().map(|(_, message)| message)).collect()
}

/// The values of all their headers.
pub(crate) fn values() -> Seeds {
    let read = |raw| match Message::scan(raw) {
        Ok(message) => Some(message),
        Err(refused) => refused.message.map(|message| *message),
    };
    let values = |message: Message| message.all_headers().map(|(.., value)| value.to_vec()).collect::<Seeds>();
    messages().into_iter().filter_map(read).flat_map(values).collect()
}

/// Session descriptions.
pub(crate) fn descriptions() -> Seeds {
    let mut bodies = vec![SDP.as_bytes().to_vec()];
    bodies.extend(messages().into_iter().filter_map(|raw| {
        let message = Message::parse(raw).ok()?;
        Some(sip::body::session_description(&message).ok()??.to_vec())
    }));
    bodies
}

/// How a stream is cut, then the stream.
pub(crate) fn streams() -> Seeds {
    let cut = 0x0100_4007_u32.to_be_bytes();
    messages().iter().map(|seed| [&cut[..], seed, b"\r\n\r\n", seed].concat()).collect()
}

/// Scripts of [`crate::sequences`]: every kind of step, in orders that lead somewhere.
pub(crate) fn sequences() -> Seeds {
    let mut seeds: Seeds = crate::sequences::STORIES.iter().map(|story| story.to_vec()).collect();
    seeds.extend((0..8_u8).map(|start| (0..96_u8).map(|at| at.wrapping_mul(37).wrapping_add(start * 31)).collect()));
    seeds
}

/// Saved dialogs.
pub(crate) fn dialogs() -> Seeds {
    crate::dialogs::saved()
}
