use super::*;
use proptest::prelude::*;

const PASSWORD: &str = "VOkJxbRl1RmTxUk/WvJxBt";

fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap()).collect()
}

const TRANSACTION: &str = "b7e7a701 bc34d686 fa87dfae";

/// RFC 5769 section 2.1.
fn sample_request() -> Vec<u8> {
    hex("00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74 00240004 6e0001ff
         80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020 00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249
         c1b571a2 80280004 e57a3bcf")
}

#[test]
fn the_request_of_rfc_5769_is_read() {
    let bytes = sample_request();
    let message = Message::parse(&bytes).unwrap();
    assert_eq!((message.kind(), message.username()), (Kind::BindingRequest, Some("evtj:h6vY")));
    assert_eq!(message.transaction().to_vec(), hex(TRANSACTION));
    assert!(message.has_fingerprint() && message.is_authentic(PASSWORD) && !message.is_authentic("another"));
    assert_eq!(message.get(attribute::PRIORITY), Some(&hex("6e0001ff")[..]));
    assert_eq!(receiver_ufrag(&bytes), Some("evtj"));
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        let intact = Message::parse(&flipped).is_some_and(|m| m.has_fingerprint());
        assert!(!intact, "byte {at}");
    }
}

#[test]
fn the_responses_of_rfc_5769_are_read() {
    for (bytes, address) in [
        (
            "0101003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200008 0001a147 e112a643
             00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7 80280004 c07d4c96",
            "192.0.2.1:32853",
        ),
        (
            "01010048 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200014 0002a147 0113a9fa
             a5d3f179 bc25f4b5 bed2b9d9 00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41 80280004 c8fb0b4c",
            "[2001:db8:1234:5678:11:2233:4455:6677]:32853",
        ),
    ] {
        let bytes = hex(bytes);
        let message = Message::parse(&bytes).unwrap();
        assert!(message.has_fingerprint() && message.is_authentic(PASSWORD));
        assert_eq!((message.kind(), message.mapped_address()), (Kind::BindingSuccess, Some(address.parse().unwrap())));
    }
}

fn credentials(name: &str) -> Credentials {
    Credentials { ufrag: name.into(), password: format!("{name}-password-of-22-chars").into() }
}

/// A browser's check.
fn check(ours: &Credentials, extra: &[u16]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut builder = Builder::new(&mut bytes, Kind::BindingRequest, &[7; 12]);
    builder.attribute(attribute::USERNAME, format!("{}:theirs", ours.ufrag).as_bytes());
    // Chromium's network cost: none that has to be understood.
    builder.attribute(0xc057, &[0; 4]);
    if !extra.contains(&attribute::ICE_CONTROLLED) {
        builder.attribute(attribute::ICE_CONTROLLING, &[1; 8]);
    }
    extra.iter().for_each(|kind| _ = builder.attribute(*kind, &[]));
    builder.attribute(attribute::PRIORITY, &[0x6e, 0, 1, 0xff]);
    builder.integrity(&ours.password).fingerprint();
    bytes
}

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

const A: &str = "192.0.2.1:1000";
const B: &str = "[2001:db8::2]:2000";
const CHOSEN: &[u16] = &[attribute::USE_CANDIDATE];

#[test]
fn a_check_is_answered_and_the_path_follows_the_nomination() {
    let ours = credentials("ours");
    let mut ice = IceLite::new(ours.clone());
    let mut out = Vec::new();
    assert_eq!(ice.path(Mono(0)), None);
    assert_eq!(ice.handle(Mono(0), addr(A), &check(&ours, &[]), &mut out), Outcome::Checked { moved: true });
    let answer = Message::parse(&out).unwrap();
    assert_eq!((answer.kind(), answer.transaction()), (Kind::BindingSuccess, [7; 12]));
    assert!(answer.has_fingerprint() && answer.is_authentic(&ours.password));
    assert_eq!(answer.mapped_address(), Some(addr(A)));
    assert_eq!(ice.path(Mono(1)), Some(addr(A)), "media may begin before anything is nominated");
    assert_eq!(ice.handle(Mono(2), addr(B), &check(&ours, &[]), &mut out), Outcome::Checked { moved: false });
    assert_eq!(ice.handle(Mono(3), addr(B), &check(&ours, CHOSEN), &mut out), Outcome::Checked { moved: true });
    assert_eq!(ice.handle(Mono(4), addr(A), &check(&ours, &[]), &mut out), Outcome::Checked { moved: false });
    assert_eq!(ice.path(Mono(5)), Some(addr(B)));
}

#[test]
fn strangers_learn_and_change_nothing() {
    let ours = credentials("ours");
    let mut ice = IceLite::new(ours.clone());
    let wrong = Credentials { password: "not-the-password-at-all".into(), ..ours.clone() };
    let mut cut = check(&ours, CHOSEN);
    cut.truncate(cut.len() - 8);
    let length = (cut.len() - 20) as u16;
    cut[2..4].copy_from_slice(&length.to_be_bytes());
    let mut response = Vec::new();
    Builder::new(&mut response, Kind::BindingSuccess, &[1; 12]).integrity(&ours.password).fingerprint();
    for bytes in [check(&wrong, CHOSEN), check(&credentials("else"), CHOSEN), cut, response, vec![0; 20], vec![]] {
        let mut out = Vec::new();
        assert_eq!(ice.handle(Mono(0), addr(A), &bytes, &mut out), Outcome::Ignored);
        assert!(out.is_empty() && ice.path(Mono(0)).is_none());
    }
}

#[test]
fn conflicts_and_unknown_demands_are_refused() {
    let ours = credentials("ours");
    let mut ice = IceLite::new(ours.clone());
    for (extra, code) in [(attribute::ICE_CONTROLLED, [4, 87]), (0x7777, [4, 20])] {
        let mut out = Vec::new();
        assert_eq!(ice.handle(Mono(0), addr(A), &check(&ours, &[extra]), &mut out), Outcome::Refused);
        let answer = Message::parse(&out).unwrap();
        assert!(answer.kind() == Kind::BindingError && answer.is_authentic(&ours.password));
        assert_eq!(answer.get(attribute::ERROR_CODE).unwrap()[2..4], code);
        assert_eq!(ice.path(Mono(0)), None);
    }
}

#[test]
fn consent_ends_with_the_checks_and_comes_back_with_them() {
    let ours = credentials("ours");
    let mut ice = IceLite::new(ours.clone());
    let mut out = Vec::new();
    ice.handle(Mono::from_millis(0), addr(A), &check(&ours, CHOSEN), &mut out);
    assert_eq!(ice.path(Mono::from_millis(29_000)), Some(addr(A)));
    assert_eq!(ice.path(Mono::from_millis(30_000)), None);
    ice.handle(Mono::from_millis(60_000), addr(B), &check(&ours, CHOSEN), &mut out);
    assert_eq!(ice.path(Mono::from_millis(60_001)), Some(addr(B)));
}

#[test]
fn a_restart_moves_the_path_with_the_first_new_check() {
    let (old, new) = (credentials("old1"), credentials("new1"));
    let mut ice = IceLite::new(old.clone());
    let mut out = Vec::new();
    ice.handle(Mono(0), addr(A), &check(&old, CHOSEN), &mut out);
    ice.restart(new.clone());
    ice.restart(new.clone());
    assert_eq!(ice.handle(Mono(1), addr(A), &check(&old, CHOSEN), &mut out), Outcome::Checked { moved: false });
    assert_eq!(ice.handle(Mono(2), addr(B), &check(&new, &[]), &mut out), Outcome::Checked { moved: true });
    assert_eq!(ice.path(Mono(2)), Some(addr(B)));
    assert_eq!(ice.handle(Mono(3), addr(A), &check(&old, CHOSEN), &mut out), Outcome::Ignored, "the old ones are void");
}

proptest! {
    #[test]
    fn any_bytes_are_borne(bytes in prop::collection::vec(any::<u8>(), 0..200), start in 0usize..4) {
        let mut forged = sample_request();
        let at = start * 20;
        let end = (at + bytes.len()).min(forged.len());
        forged[at..end].copy_from_slice(&bytes[..end - at]);
        for datagram in [bytes, forged] {
            if let Some(message) = Message::parse(&datagram) {
                let _ = (message.attributes().count(), message.mapped_address(), message.username());
                let _ = message.is_authentic(PASSWORD);
            }
            let mut out = Vec::new();
            IceLite::new(credentials("ours")).handle(Mono(0), addr(A), &datagram, &mut out);
        }
    }
}
