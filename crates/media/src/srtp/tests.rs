use super::*;
use crate::rtp::Header;
use proptest::prelude::*;

fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap()).collect()
}

fn pair(suite: Suite) -> (Context, Context) {
    let key: Vec<u8> = (0..suite.key_len() as u8).collect();
    let salt: Vec<u8> = (0xa0..0xa0 + suite.salt_len() as u8).collect();
    (Context::new(suite, &key, &salt).unwrap(), Context::new(suite, &key, &salt).unwrap())
}

fn packet(sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; 12];
    Header { sequence, payload_type: 8, ssrc: 0xcafe_babe, ..Header::default() }.write(&mut packet);
    packet.extend(payload);
    packet
}

fn protect(context: &mut Context, mut packet: Vec<u8>) -> Vec<u8> {
    let len = packet.len();
    packet.resize(len + MAX_OVERHEAD, 0);
    let len = context.protect_rtp(&mut packet, len).unwrap();
    packet.truncate(len);
    packet
}

/// Whole packets as libsrtp's self-test publishes them.
#[test]
fn packets_are_those_that_other_implementations_make() {
    let cm_key = hex("e1f97a0d3e018be0d64fa32c06de4139");
    let cm_salt = hex("0ec675ad498afeebb6960b3aabe6");
    let gcm_key = hex("000102030405060708090a0b0c0d0e0f");
    let gcm_salt = hex("a0a1a2a3a4a5a6a7a8a9aaab");
    let rtp = format!("800f1234 decafbad cafebabe {}", "ab".repeat(16));
    let rtcp = format!("81c8000b cafebabe {}", "ab".repeat(16));
    for (suite, key, salt, srtp, srtcp) in [
        (
            Suite::AesCm128HmacSha1_80,
            &cm_key,
            &cm_salt,
            "800f1234 decafbad cafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb",
            "81c8000b cafebabe 7128035be487b9bdbef89041f977a5a8 80000001 993e08cd54d6c1230798",
        ),
        (
            Suite::AeadAes128Gcm,
            &gcm_key,
            &gcm_salt,
            "800f1234 decafbad cafebabe c5002ede04cfdd2eb91159e0880aa06e d2976826f796b201df3131a127e8a392",
            "81c8000b cafebabe c98b8b5df0392a55852b6c21ac8e7025 c52c6fbea2b3b446ea31123ba88ce61e 80000001",
        ),
    ] {
        let mut sender = Context::new(suite, key, salt).unwrap();
        let mut receiver = Context::new(suite, key, salt).unwrap();
        let clear = hex(&rtp);
        let mut bytes = protect(&mut sender, clear.clone());
        assert_eq!(bytes, hex(srtp), "{suite:?}");
        let len = receiver.unprotect_rtp(&mut bytes).unwrap();
        assert_eq!(bytes[..len], clear[..]);

        let clear = hex(&rtcp);
        let mut bytes = clear.clone();
        bytes.resize(clear.len() + MAX_OVERHEAD, 0);
        let len = sender.protect_rtcp(&mut bytes, clear.len()).unwrap();
        bytes.truncate(len);
        assert_eq!(bytes, hex(srtcp), "{suite:?}");
        let len = receiver.unprotect_rtcp(&mut bytes).unwrap();
        assert_eq!(bytes[..len], clear[..]);
    }
}

#[test]
fn the_rollover_counter_follows_both_ways_over_the_wrap() {
    for suite in Suite::ALL {
        let (mut sender, mut receiver) = pair(suite);
        let mut wire: Vec<_> = (65_000..65_000 + 140_000u32)
            .step_by(100)
            .map(|s| protect(&mut sender, packet(s as u16, b"hello")))
            .collect();
        // Neighbours change places everywhere, also across the wrap.
        wire.chunks_exact_mut(2).for_each(|pair| pair.swap(0, 1));
        for bytes in &mut wire {
            let len = receiver.unprotect_rtp(bytes).unwrap();
            assert_eq!(&bytes[12..len], b"hello", "{suite:?}");
        }
    }
}

#[test]
fn replayed_tampered_and_foreign_packets_are_refused() {
    for suite in Suite::ALL {
        let (mut sender, mut receiver) = pair(suite);
        let first = protect(&mut sender, packet(1, b"hello"));
        assert!(receiver.unprotect_rtp(&mut first.clone()).is_ok());
        assert_eq!(receiver.unprotect_rtp(&mut first.clone()), Err(SrtpError::Replay));
        let second = protect(&mut sender, packet(2, b"hello"));
        for i in 0..second.len() {
            let mut bent = second.clone();
            bent[i] ^= 1;
            assert!(receiver.unprotect_rtp(&mut bent).is_err(), "{suite:?}: byte {i} may be changed");
            assert!(receiver.unprotect_rtp(&mut second[..i].to_vec()).is_err());
        }
        assert!(receiver.unprotect_rtp(&mut second.clone()).is_ok(), "the attempts did no harm");
        let far = protect(&mut sender, packet(500, b"hello"));
        let old = protect(&mut sender, packet(400, b"hello"));
        assert!(receiver.unprotect_rtp(&mut far.clone()).is_ok());
        assert!(receiver.unprotect_rtp(&mut old.clone()).is_ok(), "100 packets late is late, not a replay");
        assert_eq!(
            receiver.unprotect_rtp(&mut packet(3, b"in clear, long enough to be taken")),
            Err(SrtpError::Replay)
        );
        assert!(receiver.unprotect_rtp(&mut packet(600, b"in clear, long enough to be taken")).is_err());
    }
}

#[test]
fn a_sender_never_uses_an_index_twice() {
    let (mut sender, _) = pair(Suite::AeadAes128Gcm);
    protect(&mut sender, packet(7, b"one"));
    let mut again = packet(7, b"two");
    again.resize(64, 0);
    assert_eq!(sender.protect_rtp(&mut again, 15), Err(SrtpError::Replay));
}

#[test]
fn rtcp_in_clear_and_replayed_is_refused() {
    for suite in Suite::ALL {
        let (mut sender, mut receiver) = pair(suite);
        let mut bytes = vec![0x80, 201, 0, 1, 0, 0, 0, 9];
        bytes.resize(8 + MAX_OVERHEAD, 0);
        let len = sender.protect_rtcp(&mut bytes, 8).unwrap();
        bytes.truncate(len);
        let mut clear = bytes.clone();
        let flag_at = if suite.is_aead() { len - 4 } else { 8 };
        clear[flag_at] &= 0x7f;
        assert_eq!(receiver.unprotect_rtcp(&mut clear), Err(SrtpError::Unencrypted));
        assert_eq!(receiver.unprotect_rtcp(&mut bytes.clone()), Ok(8));
        assert_eq!(receiver.unprotect_rtcp(&mut bytes), Err(SrtpError::Replay));
    }
}

#[test]
fn sdes_keys_are_read_and_written() {
    let cm = "AES_CM_128_HMAC_SHA1_80";
    // The key of RFC 4568's example.
    let key = parse_sdes(cm, "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4").unwrap();
    assert_eq!(key.to_inline(), "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj");
    assert!(!format!("{key:?}").contains("d0Rm"));
    for suite in Suite::ALL {
        let key = SdesKey::from_random(suite, &std::array::from_fn(|i| i as u8 * 5));
        let read = parse_sdes(suite.name(), &key.to_inline()).unwrap();
        assert_eq!(read, key);
        assert_eq!(parse_sdes(suite.name(), key.to_inline().trim_end_matches('=')).unwrap(), key, "without padding");
        assert_eq!(Suite::from_dtls_profile(suite.dtls_profile()), Some(suite));
    }
    for (suite, parameter) in [
        ("F8_128_HMAC_SHA1_80", "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"),
        (cm, "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJS"),
        (cm, "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAw!Soj"),
        (cm, "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|1:999"),
        (cm, "外inline:"),
        (cm, ""),
    ] {
        assert_eq!(parse_sdes(suite, parameter), Err(SrtpError::Key), "{suite} {parameter}");
    }
}

#[test]
fn a_key_identifier_is_passed_over() {
    let text = "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
    let cm = Suite::AesCm128HmacSha1_80.name();
    let mut sender = parse_sdes(cm, text).unwrap().context().unwrap();
    let mut receiver = parse_sdes(cm, &format!("{text}|2^48|1:1")).unwrap().context().unwrap();
    let mut bytes = protect(&mut sender, packet(1, b"hello"));
    bytes.insert(17, 1);
    let len = receiver.unprotect_rtp(&mut bytes).unwrap();
    assert_eq!(&bytes[12..len], b"hello");
}

proptest! {
    #[test]
    fn what_is_protected_is_opened(
        suite in prop::sample::select(&Suite::ALL[..]), start: u16, payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..8),
    ) {
        let (mut sender, mut receiver) = pair(suite);
        for (i, payload) in payloads.iter().enumerate() {
            let clear = packet(start.wrapping_add(i as u16), payload);
            let mut wire = protect(&mut sender, clear.clone());
            let len = receiver.unprotect_rtp(&mut wire).unwrap();
            prop_assert_eq!(&wire[..len], &clear[..]);
        }
    }
}
