//! What one message, one header value, one description or one stream must never do to us.

use bytes::Bytes;
use sip::header::auth::AuthValue;
use sip::header::name_addr::{Diverted, NameAddr};
use sip::header::option_tags::{Reason, TokenParams};
use sip::header::replaces::Replaces;
use sip::header::timing::{SessionExpires, parse_retry_after};
use sip::header::via::Via;
use sip::stream::{Frame, Framer};
use sip::{Message, Uri, examine, websocket};

/// What parses prints to what parses to the same; what does not has a well-formed answer.
pub(crate) fn whole(input: &[u8]) {
    let source = ([192, 0, 2, 200], 5060).into();
    let message = match Message::parse(input.to_vec()) {
        Ok(message) => message,
        Err(refused) => {
            if let Some(reply) = refused.reply(source) {
                assert!(Message::scan(reply).is_ok(), "an answer is well formed, whatever it answers");
            }
            return;
        }
    };
    let printed = message.print();
    let again = Message::parse(printed.clone()).expect("what parses prints to what parses");
    assert_eq!(again.print().escape_ascii().to_string(), printed.escape_ascii().to_string());
    assert_eq!(again.body(), message.body());
    assert_eq!((again.method(), again.status()), (message.method(), message.status()));
    assert_eq!((again.call_id(), again.from_tag()), (message.call_id(), message.from_tag()));
    let verdict = examine(input);
    assert_eq!(verdict.method.is_some(), message.is_request());
}

/// A header's value, read as any header's.
pub(crate) fn values(value: &[u8]) {
    if let Ok(via) = Via::parse(value) {
        let _ = (via.branch(), via.received(), via.rport(), via.maddr());
    }
    if let Ok(address) = NameAddr::parse(value) {
        let _ = (address.display_name(), address.q(), address.expires(), address.uri.user_decoded());
        assert!(address.uri.equivalent(&address.uri));
        let again = Uri::parse(address.uri.as_str()).expect("a part that was read reads alone");
        assert_eq!((again.host(), again.carrier()), (address.uri.host(), address.uri.carrier()));
    }
    let _ = (Diverted::parse(value).is_ok(), Replaces::parse(value).is_ok(), SessionExpires::parse(value).is_ok());
    let _ = (TokenParams::parse(value).is_ok(), Reason::parse(value).is_ok(), parse_retry_after(value).is_ok());
    if let Ok(auth) = AuthValue::parse(value) {
        let _ = auth.get("nonce");
    }
    let _ = sip::header::accept::accepts([value].into_iter(), "application", "sdp");
}

/// A description prints to itself, and its answer is one that fits it.
pub(crate) fn description(body: &[u8]) {
    let Ok(session) = sdp::Session::parse(body) else { return };
    let printed = session.to_string();
    assert_eq!(sdp::Session::parse(printed.as_bytes()).expect("what parses prints to what parses"), session);
    let address = ([192, 0, 2, 2], 5000).into();
    let mut ours = sdp::Capabilities::new(address, vec![sdp::Codec::OPUS, sdp::Codec::PCMA]);
    ours.rtcp_mux = true;
    ours.dtls = sdp::Fingerprint::parse("sha-256 01:02").map(|fingerprint| sdp::DtlsLocal { fingerprint });
    let mut peer = sdp::Local::new(2);
    peer.offer(&ours);
    let _ = peer.apply_answer(&session, &ours);
    let mut local = sdp::Local::new(1);
    let Ok((answer, negotiated)) = local.answer(&session, &ours) else { return };
    assert_eq!(answer.media.len(), session.media.len());
    assert_eq!(answer.media.iter().filter(|media| media.port != 0).count(), 1);
    assert_ne!(answer.media[negotiated.media_index].port, 0);
    assert_eq!(sdp::Session::parse(answer.to_string().as_bytes()).expect("an answer of ours parses"), answer);
}

/// A stream gives the same frames however it is cut; the first four bytes say how. As one WebSocket message it is at most
/// one frame.
pub(crate) fn stream(input: &[u8]) {
    let Some((cut, input)) = input.split_first_chunk::<4>() else { return };
    let mut whole = Vec::new();
    let mut framer = Framer::new();
    framer.push(input);
    let whole_fine = frames(&mut framer, &mut whole);
    let mut pieces = Vec::new();
    let mut framer = Framer::new();
    let (mut fine, mut rest, mut turn) = (true, input, 0);
    while fine && !rest.is_empty() {
        let length = 1 + usize::from(cut[turn % cut.len()]) * (1 + turn % 3);
        let (piece, behind) = rest.split_at(length.min(rest.len()));
        framer.push(piece);
        (rest, turn) = (behind, turn + 1);
        fine = frames(&mut framer, &mut pieces);
    }
    assert_eq!(fine, whole_fine);
    assert!(pieces == whole, "the cut changes the frames");
    for frame in whole {
        if let Frame::Message(raw) = frame {
            assert!(Message::scan(raw).map_or_else(|refused| refused.message.is_some(), |_| true));
        }
    }
    if let Ok(Frame::Message(raw)) = websocket::frame(Bytes::copy_from_slice(input)) {
        assert_eq!(raw, input);
    }
}

fn frames(framer: &mut Framer, into: &mut Vec<Frame>) -> bool {
    loop {
        match framer.next_frame() {
            Ok(Some(frame)) => into.push(frame),
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}
