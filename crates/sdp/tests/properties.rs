//! What is printed is read again, and two sides that negotiate agree.

use std::net::{IpAddr, SocketAddr};

use proptest::prelude::*;
use sdp::{
    Address, Attribute, Capabilities, Codec, Connection, Crypto, CryptoSuite, Direction, Fingerprint, Local, Media,
    MediaKind, Origin, RtpMap, Session, Srtp,
};

fn word() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9./+-]{1,10}"
}

fn address() -> impl Strategy<Value = Address> {
    prop_oneof![
        any::<IpAddr>().prop_map(Address::Ip),
        ("[a-z]{1,8}\\.[a-z]{2,5}", any::<bool>()).prop_map(|(name, v6)| Address::Name { name, v6 }),
    ]
}

fn connection() -> impl Strategy<Value = Connection> {
    (address(), prop_oneof!["", "/127", "/12/3"]).prop_map(|(address, suffix)| Connection { address, suffix })
}

fn attribute() -> impl Strategy<Value = Attribute> {
    ("[a-z-]{1,10}", proptest::option::of("[!-~]([ -~]{0,20}[!-~])?"))
        .prop_map(|(name, value)| Attribute { name, value })
}

prop_compose! {
    fn media()(
        kind in prop_oneof!["audio", "video", "application", "image", "text"],
        port in any::<u16>(),
        port_count in proptest::option::of(any::<u16>()),
        protocol in prop_oneof!["RTP/AVP", "RTP/SAVP", "UDP/TLS/RTP/SAVPF", "udptl"],
        formats in proptest::collection::vec(word(), 0..5),
        connection in proptest::option::of(connection()),
        bandwidth in proptest::collection::vec("[A-Z]{2}:[0-9]{1,4}", 0..2),
        attributes in proptest::collection::vec(attribute(), 0..5),
    ) -> Media {
        let kind = MediaKind::from(kind.as_str());
        Media { kind, port, port_count, protocol, formats, connection, bandwidth, attributes }
    }
}

prop_compose! {
    fn session()(
        origin in ("[!-~]{1,8}", any::<u64>(), any::<u64>(), address()),
        name in "([!-,.-~][ -~]{0,10}[!-~])?",
        connection in proptest::option::of(connection()),
        timing in prop_oneof!["", "1 2", "3338481189 3370017201"],
        attributes in proptest::collection::vec(attribute(), 0..4),
        media in proptest::collection::vec(media(), 0..4),
    ) -> Session {
        let (username, session_id, version, address) = origin;
        let origin = Origin { username, session_id: session_id.to_string(), version: version.to_string(), address };
        Session { origin, name, connection, bandwidth: vec![], timing, attributes, media }
    }
}

prop_compose! {
    fn capabilities()(
        ip in any::<std::net::Ipv4Addr>().prop_filter("an address of its own", |ip| !ip.is_unspecified()),
        port in 1024u16..65_000,
        codecs in proptest::sample::subsequence(vec![Codec::PCMA, Codec::PCMU, Codec::G722, Codec::OPUS], 1..=4).prop_shuffle(),
        telephone_event in any::<bool>(),
        rtcp_mux in any::<bool>(),
        direction in prop_oneof![
            Just(Direction::SendRecv), Just(Direction::SendOnly), Just(Direction::RecvOnly), Just(Direction::Inactive)
        ],
        ptime_ms in prop_oneof![Just(10u32), Just(20), Just(30), Just(40)],
        srtp in prop_oneof![Just(Srtp::WhenOffered), Just(Srtp::Required)],
        suites in proptest::sample::subsequence(
            vec![CryptoSuite::AesCm128Sha1_80, CryptoSuite::AesCm128Sha1_32, CryptoSuite::AeadAes128Gcm], 1..=3),
        fill in "[A-Z]",
    ) -> Capabilities {
        let mut ours = Capabilities::new(SocketAddr::new(ip.into(), port), codecs);
        ours.telephone_event = telephone_event;
        ours.rtcp_mux = rtcp_mux;
        ours.direction = direction;
        ours.ptime_ms = ptime_ms;
        ours.srtp = srtp;
        ours.cryptos = suites
            .into_iter()
            .enumerate()
            .map(|(index, suite)| Crypto { tag: index as u32 + 1, suite, key: key(suite, &fill) })
            .collect();
        ours
    }
}

fn key(suite: CryptoSuite, fill: &str) -> String {
    let bytes = suite.key_and_salt_bytes();
    let digits = (bytes * 8).div_ceil(6);
    format!("{}{}", fill.repeat(digits), "=".repeat((4 - digits % 4) % 4))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn descriptions_are_read_as_they_were_written(session in session()) {
        let printed = session.to_string();
        prop_assert_eq!(Session::parse(printed.as_bytes()), Ok(session.clone()));
        let lenient = printed.replace("\r\n", "\n").replacen("\ns=", "\nx=unknown\nk=old\ns=", 1);
        prop_assert_eq!(Session::parse(lenient.as_bytes()), Ok(session));
    }

    #[test]
    fn attributes_are_read_as_they_were_written(
        payload in 0u8..128, name in "[a-zA-Z0-9-]{1,10}", clock in 1u32..200_000, channels in 1u8..9,
        hash in prop_oneof!["sha-1", "sha-256"], bytes in proptest::collection::vec(any::<u8>(), 1..40),
    ) {
        let map = RtpMap { payload, name, clock, channels };
        prop_assert_eq!(RtpMap::parse(&map.to_string()), Some(map));
        let fingerprint = Fingerprint { hash, bytes };
        prop_assert_eq!(Fingerprint::parse(&fingerprint.to_string()), Some(fingerprint));
    }

    #[test]
    fn two_sides_agree(one in capabilities(), two in capabilities()) {
        let mut caller = Local::new(1);
        let offer = Session::parse(caller.offer(&one).to_string().as_bytes()).unwrap();
        let mut called = Local::new(2);
        let Ok((answer, theirs)) = called.answer(&offer, &two) else {
            let common = one.codecs.iter().any(|codec| two.codecs.iter().any(|other| other.name == codec.name));
            let keys = one.cryptos.iter().any(|ours| two.cryptos.iter().any(|other| other.suite == ours.suite));
            prop_assert!(!common || (one.srtp == Srtp::Required) != (two.srtp == Srtp::Required) || !keys);
            return Ok(());
        };
        let answer = Session::parse(answer.to_string().as_bytes()).unwrap();
        let ours = caller.apply_answer(&answer, &one).unwrap();
        prop_assert_eq!((ours.remote, theirs.remote), (two.address, one.address));
        prop_assert_eq!(&ours.codec, &theirs.codec);
        prop_assert_eq!((ours.send_payload, ours.receive_payload), (theirs.receive_payload, theirs.send_payload));
        prop_assert_eq!((ours.dtmf_send, ours.dtmf_receive), (theirs.dtmf_receive, theirs.dtmf_send));
        prop_assert_eq!(ours.dtmf_send.is_some(), one.telephone_event && two.telephone_event);
        prop_assert_eq!(ours.direction, theirs.direction.reversed());
        prop_assert_eq!(ours.rtcp_mux, theirs.rtcp_mux);
        prop_assert_eq!(ours.ptime_ms, theirs.ptime_ms);
        match (ours.crypto, theirs.crypto) {
            (Some(ours), Some(theirs)) => {
                prop_assert_eq!((&ours.local.key, &ours.remote.key), (&theirs.remote.key, &theirs.local.key));
                prop_assert_eq!(ours.local.suite, theirs.local.suite);
            }
            (None, None) => prop_assert!(one.srtp != Srtp::Required),
            _ => prop_assert!(false, "one side would encrypt and the other not"),
        }
        // A second round without a change says the same, in the same version.
        caller.settle();
        prop_assert_eq!(caller.offer(&one), offer);
        let (again, _) = called.answer(&caller.last().unwrap(), &two).unwrap();
        prop_assert_eq!(again, answer);
    }
}
