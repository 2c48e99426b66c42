//! Seeded mutation of good and bad messages, for a bounded number of rounds: nothing panics, what parses prints to
//! something that parses to the same, and a stream gives the same frames however it is cut.
//!
//! `FUZZ_SEED` and `FUZZ_ROUNDS` change the run; a failure names its seed and round, and prints the input.

use std::path::PathBuf;

use sip::header::auth::AuthValue;
use sip::header::name_addr::{Diverted, NameAddr};
use sip::header::option_tags::{Reason, TokenParams};
use sip::header::replaces::Replaces;
use sip::header::timing::{SessionExpires, parse_retry_after};
use sip::header::via::Via;
use sip::stream::{Frame, Framer};
use sip::{HeaderName, Message, Uri, examine};

/// Rounds of each test; together they take seconds in a debug build.
const ROUNDS: u64 = 50_000;

/// What breaks parsers.
const TOKENS: &[&[u8]] = &[
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

/// SplitMix64: small, seeded, the same everywhere.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = [INVITE, RESPONSE].iter().map(|text| text.as_bytes().to_vec()).collect();
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures");
    let root = std::env::var_os("LINGTONG_FIXTURES").map_or_else(default, PathBuf::from).join("sip-torture");
    for folder in ["rfc4475", "rfc5118"] {
        let Ok(files) = std::fs::read_dir(root.join(folder)) else {
            println!("without the torture messages of {folder}: no folder {}", root.display());
            continue;
        };
        let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        paths.sort();
        let messages = paths.iter().filter(|path| path.extension().is_some_and(|kind| kind == "dat" || kind == "sip"));
        seeds.extend(messages.map(|path| std::fs::read(path).unwrap()));
    }
    seeds
}

fn mutate(rng: &mut Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = rng.pick(seeds).clone();
    for _ in 0..=rng.below(4) {
        let at = rng.below(input.len() + 1);
        let end = (at + rng.below(40)).min(input.len());
        match rng.below(7) {
            0 if at < input.len() => input[at] = rng.next() as u8,
            1 => drop(input.drain(at..end)),
            2 => {
                let copy = input[at..end].to_vec();
                input.splice(at..at, copy);
            }
            3 | 4 => {
                let token = *rng.pick(TOKENS);
                input.splice(at..at, token.iter().copied());
            }
            5 => {
                let other = rng.pick(seeds);
                let start = rng.below(other.len());
                let stop = (start + rng.below(120)).min(other.len());
                input.splice(at..end, other[start..stop].iter().copied());
            }
            _ if rng.below(8) == 0 => input.truncate(at),
            _ => {}
        }
    }
    input
}

/// Runs `check` on mutated inputs; a failure tells how to repeat it.
fn fuzz(name: &str, seeds: &[Vec<u8>], check: impl Fn(&mut Rng, &[u8]) + std::panic::RefUnwindSafe) {
    let from_env = |name: &str, default: u64| std::env::var(name).map_or(default, |value| value.parse().unwrap());
    let (seed, rounds) = (from_env("FUZZ_SEED", 1), from_env("FUZZ_ROUNDS", ROUNDS));
    for round in 0..rounds {
        let start = seed.wrapping_mul(0x5851_f42d_4c95_7f2d) ^ round;
        let mut rng = Rng(start);
        let input = mutate(&mut rng, seeds);
        let outcome = std::panic::catch_unwind(|| check(&mut Rng(start + 1), &input));
        if let Err(panic) = outcome {
            println!("{name}: FUZZ_SEED={seed}, round {round}, input:\n{}", input.escape_ascii());
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn messages() {
    let source = "192.0.2.200:5060".parse().unwrap();
    fuzz("messages", &seeds(), |_, input| {
        let message = match Message::parse(input.to_vec()) {
            Ok(message) => message,
            Err(refused) => {
                if let Some(reply) = refused.reply(source) {
                    Message::scan(reply).expect("an answer is well formed, whatever it answers");
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
    });
}

#[test]
fn header_values() {
    let all: Vec<Vec<u8>> = seeds()
        .into_iter()
        .filter_map(|raw| match Message::scan(raw) {
            Ok(message) => Some(message),
            Err(refused) => refused.message.map(|message| *message),
        })
        .flat_map(|message| message.all_headers().map(|(.., value)| value.to_vec()).collect::<Vec<_>>())
        .collect();
    fuzz("header values", &all, |_, value| {
        if let Ok(via) = Via::parse(value) {
            let _ = (via.branch(), via.received(), via.rport(), via.maddr());
        }
        if let Ok(address) = NameAddr::parse(value) {
            let _ = (address.display_name(), address.q(), address.expires(), address.uri.user_decoded());
            assert!(address.uri.equivalent(&address.uri));
            assert_eq!(Uri::parse(address.uri.as_str()).unwrap().host(), address.uri.host());
        }
        let _ = (Diverted::parse(value).is_ok(), Replaces::parse(value).is_ok(), SessionExpires::parse(value).is_ok());
        let _ = (TokenParams::parse(value).is_ok(), Reason::parse(value).is_ok(), parse_retry_after(value).is_ok());
        if let Ok(auth) = AuthValue::parse(value) {
            let _ = auth.get("nonce");
        }
        let _ = sip::header::accept::accepts([value].into_iter(), "application", "sdp");
    });
}

#[test]
fn descriptions() {
    let mut bodies: Vec<Vec<u8>> = vec![SDP.as_bytes().to_vec()];
    bodies.extend(seeds().into_iter().filter_map(|raw| {
        let message = Message::parse(raw).ok()?;
        Some(sip::body::session_description(&message).ok()??.to_vec())
    }));
    let mut ours = sdp::Capabilities::new("192.0.2.2:5000".parse().unwrap(), vec![sdp::Codec::OPUS, sdp::Codec::PCMA]);
    ours.rtcp_mux = true;
    ours.dtls = sdp::Fingerprint::parse("sha-256 01:02").map(|fingerprint| sdp::DtlsLocal { fingerprint });
    fuzz("descriptions", &bodies, |_, body| {
        let Ok(session) = sdp::Session::parse(body) else { return };
        let printed = session.to_string();
        assert_eq!(sdp::Session::parse(printed.as_bytes()).expect("what parses prints to what parses"), session);
        let mut local = sdp::Local::new(1);
        let Ok((answer, negotiated)) = local.answer(&session, &ours) else { return };
        assert_eq!(answer.media.len(), session.media.len());
        assert_eq!(answer.media.iter().filter(|media| media.port != 0).count(), 1);
        assert_ne!(answer.media[negotiated.media_index].port, 0);
        assert_eq!(sdp::Session::parse(answer.to_string().as_bytes()).unwrap(), answer);
        let mut peer = sdp::Local::new(2);
        peer.offer(&ours);
        let _ = peer.apply_answer(&session, &ours);
    });
}

#[test]
fn streams() {
    let seeds: Vec<Vec<u8>> = seeds().iter().map(|seed| [&seed[..], b"\r\n\r\n", seed].concat()).collect();
    fn frames(framer: &mut Framer, into: &mut Vec<Frame>) -> bool {
        loop {
            match framer.next_frame() {
                Ok(Some(frame)) => into.push(frame),
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }
    fuzz("streams", &seeds, |rng, input| {
        let mut whole = Vec::new();
        let mut framer = Framer::new();
        framer.push(input);
        let whole_fine = frames(&mut framer, &mut whole);
        let mut pieces = Vec::new();
        let mut framer = Framer::new();
        let mut fine = true;
        let mut rest = input;
        while fine && !rest.is_empty() {
            let (piece, behind) = rest.split_at((1 + rng.below(400)).min(rest.len()));
            framer.push(piece);
            rest = behind;
            fine = frames(&mut framer, &mut pieces);
        }
        assert_eq!(fine, whole_fine);
        assert!(pieces == whole);
        for frame in whole {
            if let Frame::Message(raw) = frame {
                assert!(Message::scan(raw).map_or_else(|refused| refused.message.is_some(), |_| true));
            }
        }
    });
}

#[test]
fn a_header_value_never_opens_a_line() {
    let raw = sip::MessageBuilder::request(sip::Method::Message, "sip:a@b\r\nX: y")
        .header(HeaderName::Subject, "hello\r\nVia: SIP/2.0/UDP evil")
        .raw_header("X-Note", b"a\nb\rc")
        .raw_header("Bad Name\r\n", b"x")
        .finish();
    let text = String::from_utf8(raw).unwrap();
    assert_eq!(text.matches("\r\n").count(), 5, "{text}");
    assert_eq!(text.matches(['\r', '\n']).count(), 10, "{text}");
}
