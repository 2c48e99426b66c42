use super::*;
use crate::attribute::CryptoSuite;
use crate::capability::{DtlsLocal, IceLocal, Srtp};
use crate::error::NegotiationError;

fn at(address: &str) -> Capabilities {
    Capabilities::new(address.parse().unwrap(), vec![Codec::PCMA, Codec::PCMU, Codec::G722])
}

fn session(lines: &str) -> Session {
    let body = format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n{lines}");
    Session::parse(body.replace('\n', "\r\n").as_bytes()).unwrap()
}

fn key(fill: &str) -> String {
    fill.repeat(40)
}

#[test]
fn two_of_us_agree() {
    let (one, two) = (at("192.0.2.1:4000"), at("192.0.2.2:5000"));
    let (mut caller, mut called) = (Local::new(1), Local::new(2));
    let offer = caller.offer(&one);
    let (answer, theirs) = called.answer(&offer, &two).unwrap();
    let ours = caller.apply_answer(&answer, &one).unwrap();
    assert_eq!((ours.remote, theirs.remote), (two.address, one.address));
    assert_eq!(ours.remote_rtcp.port(), 5001);
    assert_eq!((ours.codec.name.as_ref(), ours.send_payload), ("PCMA", 8));
    assert_eq!((ours.dtmf_send, theirs.dtmf_send), (Some(101), Some(101)));
    assert_eq!((ours.direction, ours.held, ours.ptime_ms), (Direction::SendRecv, false, 20));
    assert!(ours.crypto.is_none() && ours.dtls.is_none() && ours.ice.is_none());
}

#[test]
fn our_order_decides_and_payload_types_are_the_offerers() {
    let offer = session("m=audio 4000 RTP/AVP 0 96 97 13\na=rtpmap:96 PCMA/8000\na=rtpmap:97 telephone-event/8000\n");
    let (answer, negotiated) = Local::new(7).answer(&offer, &at("192.0.2.2:5000")).unwrap();
    assert_eq!(answer.media[0].formats, ["96", "97"]);
    assert_eq!((negotiated.send_payload, negotiated.dtmf_receive), (96, Some(97)));
}

#[test]
fn telephone_events_of_another_clock_are_taken_where_there_are_none_of_the_codecs_own() {
    let mut ours = at("192.0.2.2:5000");
    ours.codecs = vec![Codec::OPUS];
    let line = "m=audio 4000 RTP/AVP 111 101\na=rtpmap:111 opus/48000/2\na=rtpmap:101 telephone-event/8000\n";
    let (answer, negotiated) = Local::new(7).answer(&session(line), &ours).unwrap();
    assert_eq!(answer.media[0].formats, ["111", "101"]);
    assert_eq!(answer.media[0].rtpmap(101).unwrap().clock, 8000);
    assert_eq!((negotiated.dtmf_send, negotiated.dtmf_clock), (Some(101), 8000));
    // The same as an answer to our offer, which has both.
    ours.codecs.push(Codec::PCMA);
    let mut local = Local::new(8);
    let offer = local.offer(&ours);
    let events = offer.media[0].payloads().filter_map(|p| offer.media[0].rtpmap(p)).filter(|m| m.channels == 1);
    let events: Vec<u32> = events.filter(|m| m.name == "telephone-event").map(|m| m.clock).collect();
    assert_eq!(events, [48_000, 8000]);
    let taken = local.apply_answer(&session(line), &ours).unwrap();
    assert_eq!((taken.dtmf_send, taken.dtmf_clock), (Some(101), 8000));
    assert_ne!(taken.dtmf_receive, None);
}

/// What Chromium offers, shortened.
fn browsers_offer() -> String {
    let fingerprint = ["AB"; 32].join(":");
    format!(
        "a=group:BUNDLE 0\na=extmap-allow-mixed\nm=audio 9 UDP/TLS/RTP/SAVPF 111 8 110 126\nc=IN IP4 0.0.0.0\n\
         a=rtpmap:111 opus/48000/2\na=rtpmap:110 telephone-event/48000\na=rtpmap:126 telephone-event/8000\n\
         a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\na=setup:actpass\na=mid:0\na=rtcp-mux\n\
         a=fingerprint:sha-256 {fingerprint}\na=ice-ufrag:uf\na=ice-pwd:pw\na=ice-options:trickle\n\
         a=candidate:1 1 udp 2113937151 a.local 5000 typ host\n"
    )
}

fn towards_a_browser(address: &str) -> Capabilities {
    let mut ours = at(address);
    ours.codecs.insert(0, Codec::OPUS);
    ours.rtcp_mux = true;
    ours.dtls = Some(DtlsLocal { fingerprint: Fingerprint { hash: "sha-256".into(), bytes: vec![1; 32] } });
    ours.ice = Some(IceLocal { ufrag: "mine".into(), password: "secret".into(), candidates: vec![] });
    ours
}

#[test]
fn a_browser_without_what_it_needs_is_told_what_is_missing() {
    let ours = towards_a_browser("192.0.2.2:5000");
    for (line, instead, expected) in [
        ("a=ice-pwd:pw", "a=x", NegotiationError::NoIce),
        ("a=extmap-allow-mixed", "a=ice-lite", NegotiationError::NoIce),
        ("a=rtcp-mux", "a=x", NegotiationError::NoMux),
        ("sha-256 AB", "sha-1 AB", NegotiationError::NoFingerprint),
        ("sha-256 AB:", "sha-256 ", NegotiationError::NoFingerprint),
        ("a=setup:actpass", "a=setup:holdconn", NegotiationError::NoCommonTransport),
        ("UDP/TLS/RTP/SAVPF", "RTP/AVP", NegotiationError::NoCommonTransport),
        ("UDP/TLS/RTP/SAVPF", "RTP/SAVPF", NegotiationError::NoCommonTransport),
    ] {
        let offer = session(&browsers_offer().replace(line, instead));
        assert_eq!(Local::new(1).answer(&offer, &ours).unwrap_err(), expected, "{instead}");
    }
    // And a browser's offer to a side that has only plain RTP.
    let plain = Local::new(1).answer(&session(&browsers_offer()), &at("192.0.2.2:5000"));
    assert_eq!(plain.unwrap_err(), NegotiationError::NoCommonTransport);
}

#[test]
fn a_browser_is_offered_to_and_answers() {
    let ours = towards_a_browser("192.0.2.2:5000");
    let mut local = Local::new(1);
    let offer = local.offer(&ours);
    let audio = &offer.media[0];
    assert_eq!((audio.protocol.as_str(), audio.value("setup")), ("UDP/TLS/RTP/SAVPF", Some("actpass")));
    assert_eq!((audio.value("mid"), offer.value("group")), (Some("0"), Some("BUNDLE 0")));
    assert!(offer.has("ice-lite") && audio.has("rtcp-mux") && audio.has("msid"));
    let answer = browsers_offer().replace("actpass", "active").replace("a=setup", "a=recvonly\na=setup");
    let taken = local.apply_answer(&session(&answer), &ours).unwrap();
    let dtls = taken.dtls.unwrap();
    assert_eq!((dtls.role, dtls.fingerprint.bytes), (Setup::Passive, vec![0xab; 32]));
    assert_eq!((taken.codec.name.as_ref(), taken.dtmf_clock), ("opus", 48_000));
    // A later offer keeps the name, whoever gave it.
    local.settle();
    assert_eq!(local.offer(&ours).media[0].value("mid"), Some("0"));
    let mut called = Local::new(2);
    called
        .answer(&session(&browsers_offer().replace("mid:0", "mid:a1").replace("BUNDLE 0", "BUNDLE a1")), &ours)
        .unwrap();
    let again = called.offer(&ours);
    assert_eq!((again.media[0].value("mid"), again.value("group")), (Some("a1"), Some("BUNDLE a1")));
}

#[test]
fn telephone_events_follow_the_codecs_clock() {
    let offer = session(&browsers_offer());
    let mut ours = towards_a_browser("192.0.2.2:5000");
    let (answer, negotiated) = Local::new(7).answer(&offer, &ours).unwrap();
    assert_eq!(answer.media[0].formats, ["111", "110"]);
    assert_eq!((negotiated.held, negotiated.direction), (false, Direction::SendRecv), "0.0.0.0 is no hold with ICE");
    assert_eq!(negotiated.dtls.unwrap().role, Setup::Passive);
    assert_eq!(negotiated.ice.unwrap().ufrag, "uf");
    assert!(negotiated.rtcp_mux && answer.media[0].has("rtcp-mux") && answer.has("ice-lite"));
    assert_eq!(answer.media[0].value("setup"), Some("passive"));
    assert_eq!(answer.media[0].value("mid"), Some("0"));
    assert_eq!(answer.media[0].value("fingerprint"), Some(format!("sha-256 {}", ["01"; 32].join(":")).as_str()));
    // The same for plain 8 kHz.
    ours.codecs.remove(0);
    let (answer, _) = Local::new(7).answer(&offer, &ours).unwrap();
    assert_eq!(answer.media[0].formats, ["8", "126"]);
}

#[test]
fn other_media_are_refused_in_their_places() {
    let offer =
        session("m=video 6000 RTP/AVP 31\nm=audio 4000 RTP/AVP 8\nm=audio 4002 RTP/AVP 8\nm=image 5 udptl t38\n");
    let (answer, negotiated) = Local::new(7).answer(&offer, &at("192.0.2.2:5000")).unwrap();
    let ports: Vec<u16> = answer.media.iter().map(|media| media.port).collect();
    assert_eq!(ports, [0, 5000, 0, 0]);
    assert_eq!(negotiated.media_index, 1);
    assert_eq!(answer.media[3].formats, ["t38"]);
}

#[test]
fn refusals_say_why() {
    let check = |lines: &str, expected: NegotiationError| {
        let mut local = Local::new(7);
        assert_eq!(local.answer(&session(lines), &at("192.0.2.2:5000")).unwrap_err(), expected, "{lines}");
        assert!(local.last().is_none());
    };
    check("m=video 6000 RTP/AVP 31\n", NegotiationError::NoAudio);
    check("m=audio 0 RTP/AVP 8\n", NegotiationError::NoAudio);
    check("m=audio 4000 RTP/AVP 18 101\na=rtpmap:101 telephone-event/8000\n", NegotiationError::NoCommonCodec);
    check("m=audio 4000 RTP/SAVP 8\n", NegotiationError::NoCommonTransport);
    check("m=audio 4000 TCP/RTP/AVP 8\n", NegotiationError::NoCommonTransport);
    let bare = Session::parse(b"v=0\r\nm=audio 4000 RTP/AVP 8\r\n").unwrap();
    let refused = Local::new(7).answer(&bare, &at("192.0.2.2:5000")).unwrap_err();
    assert_eq!(refused, NegotiationError::NoAddress);
}

#[test]
fn directions_are_seen_from_both_sides() {
    let check = |offered: &str, ours: Direction, expected: Direction, held: bool| {
        let offer = session(&format!("m=audio 4000 RTP/AVP 8\n{offered}"));
        let mut capabilities = at("192.0.2.2:5000");
        capabilities.direction = ours;
        let (answer, negotiated) = Local::new(7).answer(&offer, &capabilities).unwrap();
        assert_eq!((negotiated.direction, negotiated.held), (expected, held), "{offered}");
        assert_eq!(answer.direction_of(&answer.media[0]), expected);
    };
    check("", Direction::SendRecv, Direction::SendRecv, false);
    check("a=sendonly\n", Direction::SendRecv, Direction::RecvOnly, true);
    check("a=inactive\n", Direction::SendRecv, Direction::Inactive, true);
    check("a=recvonly\n", Direction::SendRecv, Direction::SendOnly, false);
    check("a=sendonly\n", Direction::SendOnly, Direction::Inactive, true);
    check("c=IN IP4 0.0.0.0\n", Direction::SendRecv, Direction::RecvOnly, true);
}

#[test]
fn an_answer_can_hold_us_but_our_own_hold_is_not_theirs() {
    let mut ours = at("192.0.2.1:4000");
    let mut local = Local::new(1);
    local.offer(&ours);
    let held = local.apply_answer(&session("m=audio 5000 RTP/AVP 8\na=inactive\n"), &ours).unwrap();
    assert!(held.held);
    ours.direction = Direction::SendOnly;
    local.offer(&ours);
    let holding = local.apply_answer(&session("m=audio 5000 RTP/AVP 8\na=recvonly\n"), &ours).unwrap();
    assert_eq!((holding.held, holding.direction), (false, Direction::SendOnly));
}

#[test]
fn the_version_grows_only_with_a_change() {
    let mut ours = at("192.0.2.1:4000");
    let mut local = Local::new(9);
    let first = local.offer(&ours);
    local.settle();
    let same = local.offer(&ours);
    assert_eq!(first, same);
    ours.direction = Direction::SendOnly;
    let changed = local.offer(&ours);
    assert_eq!(changed.origin.version, "1");
    assert_eq!(changed.origin.session_id, first.origin.session_id);
    let again = Local::restore(changed.clone()).offer(&ours);
    assert_eq!(again, changed);
}

#[test]
fn later_offers_keep_places_and_payload_types() {
    let offer = session(
        "m=video 6000 RTP/AVP 31\nm=audio 4000 RTP/AVP 111 100\na=rtpmap:111 telephone-event/8000\na=rtpmap:100 PCMA/8000\n",
    );
    let mut ours = at("192.0.2.2:5000");
    ours.codecs.push(Codec::OPUS);
    let mut local = Local::new(1);
    local.answer(&offer, &ours).unwrap();
    let next = local.offer(&ours);
    assert_eq!((next.media.len(), next.media[0].port, next.media[1].port), (2, 0, 5000));
    let audio = &next.media[1];
    assert!(Codec::PCMA.is(&audio.rtpmap(100).unwrap()));
    assert_eq!(audio.rtpmap(111).unwrap().name, "telephone-event");
    let mut payloads: Vec<u8> = audio.payloads().collect();
    payloads.sort_unstable();
    payloads.dedup();
    assert_eq!(payloads.len(), audio.formats.len());
}

#[test]
fn answers_that_do_not_fit_are_refused() {
    let ours = at("192.0.2.1:4000");
    let mut local = Local::new(1);
    let check = |local: &mut Local, lines: &str, expected| {
        assert_eq!(local.apply_answer(&session(lines), &ours).unwrap_err(), expected, "{lines}");
    };
    check(&mut local, "m=audio 5000 RTP/AVP 8\n", NegotiationError::NoOffer);
    local.offer(&ours);
    check(&mut local, "", NegotiationError::AnswerMismatch);
    check(&mut local, "m=video 5000 RTP/AVP 8\n", NegotiationError::AnswerMismatch);
    check(&mut local, "m=audio 0 RTP/AVP 8\n", NegotiationError::Rejected);
    check(&mut local, "m=audio 5000 RTP/AVP 18\n", NegotiationError::NoCommonCodec);
    assert!(local.is_offer_pending());
    local.drop_offer();
    assert!(!local.is_offer_pending());
}

#[test]
fn keys_go_both_ways() {
    let crypto = |tag, suite, fill| Crypto { tag, suite, key: key(fill) };
    let mut ours = at("192.0.2.2:5000");
    ours.srtp = Srtp::WhenOffered;
    ours.cryptos = vec![crypto(1, CryptoSuite::AesCm128Sha1_80, "A")];
    let gcm = "C".repeat(38);
    let offer = session(&format!(
        "m=audio 4000 RTP/SAVP 8\na=crypto:1 AEAD_AES_128_GCM inline:{gcm}\n\
         a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{}|2^31\n",
        key("B")
    ));
    let (answer, negotiated) = Local::new(1).answer(&offer, &ours).unwrap();
    let pair = negotiated.crypto.unwrap();
    assert_eq!((pair.local.tag, pair.local.key, pair.remote.key), (2, key("A"), key("B")));
    assert_eq!(answer.media[0].cryptos().count(), 1);
    assert!(!format!("{:?}", pair.remote.suite).is_empty());
    assert!(!format!("{:?}", offer.media[0].cryptos().next().unwrap()).contains(&gcm));
    // A plain offer is fine, unless keys are required.
    let plain = session("m=audio 4000 RTP/AVP 8\n");
    assert!(Local::new(1).answer(&plain, &ours).unwrap().1.crypto.is_none());
    ours.srtp = Srtp::Required;
    assert_eq!(Local::new(1).answer(&plain, &ours).unwrap_err(), NegotiationError::NoCommonTransport);
    // And our own offer, answered by one of us.
    let mut caller = Local::new(3);
    let offer = caller.offer(&ours);
    assert_eq!(offer.media[0].protocol, "RTP/SAVP");
    let mut peer = at("192.0.2.9:7000");
    peer.srtp = Srtp::WhenOffered;
    peer.cryptos = vec![crypto(9, CryptoSuite::AesCm128Sha1_80, "D")];
    let (answer, _) = Local::new(4).answer(&offer, &peer).unwrap();
    let pair = caller.apply_answer(&answer, &ours).unwrap().crypto.unwrap();
    assert_eq!((pair.local.key, pair.remote.key), (key("A"), key("D")));
}

#[test]
fn packet_times_are_bounded() {
    let check = |lines: &str, expected| {
        let offer = session(&format!("m=audio 4000 RTP/AVP 8\n{lines}"));
        let (_, negotiated) = Local::new(1).answer(&offer, &at("192.0.2.2:5000")).unwrap();
        assert_eq!(negotiated.ptime_ms, expected, "{lines}");
    };
    check("a=ptime:30\n", 30);
    check("a=ptime:25\n", 20);
    check("a=ptime:20.0\n", 20);
    check("a=ptime:5000\n", 20);
    check("a=ptime:0\n", 20);
    check("a=ptime:40\na=maxptime:30\n", 30);
    check("a=maxptime:0\n", 20);
}

#[test]
fn rtcp_goes_where_it_is_wanted() {
    let offer = session("m=audio 4000 RTP/AVP 8\na=rtcp:53020 IN IP4 198.51.100.1\n");
    let (_, negotiated) = Local::new(1).answer(&offer, &at("192.0.2.2:5000")).unwrap();
    assert_eq!(negotiated.remote_rtcp, "198.51.100.1:53020".parse().unwrap());
    let named = session("m=audio 4000 RTP/AVP 8\nc=IN IP4 media.example.com\n");
    let (_, negotiated) = Local::new(1).answer(&named, &at("192.0.2.2:5000")).unwrap();
    assert_eq!(negotiated.remote, "0.0.0.0:4000".parse().unwrap());
}
