use super::*;
use crate::rtp::Header;
use crate::tone::{ToneSource, sine};
use proptest::prelude::*;
use rand::{Rng, SeedableRng, rngs::StdRng};

fn digits(text: &str) -> Vec<Digit> {
    text.chars().map(|c| Digit::from_char(c).unwrap()).collect()
}

/// All event packets that sending `text` makes, with their headers.
fn packets(text: &str, press_ms: u32) -> Vec<(Header, [u8; 4])> {
    let mut sender = Sender::new(8000);
    digits(text).into_iter().for_each(|d| assert!(sender.press(d, press_ms)));
    let mut packets = Vec::new();
    for tick in 0u32.. {
        if sender.is_idle() {
            break;
        }
        if let Some(p) = sender.tick((u32::MAX - 5000).wrapping_add(tick * 160)) {
            let header = Header {
                marker: p.marker,
                payload_type: 101,
                sequence: packets.len() as u16,
                timestamp: p.timestamp,
                ssrc: 1,
            };
            packets.push((header, p.payload));
        }
    }
    packets
}

fn receive(packets: &[(Header, [u8; 4])]) -> (String, Vec<(char, u32)>) {
    let mut receiver = Receiver::new(8000);
    let (mut started, mut ended) = (String::new(), Vec::new());
    for (header, payload) in packets {
        let heard = receiver.packet(header, payload);
        started.extend(heard.started.map(Digit::as_char));
        ended.extend(heard.ended.map(|(d, ms)| (d.as_char(), ms)));
    }
    (started, ended)
}

#[test]
fn what_is_sent_is_heard_with_its_length() {
    let sent = packets("1590*#AD", 100);
    assert_eq!(sent.iter().filter(|(h, _)| h.marker).count(), 8, "one marker a press");
    assert_eq!(sent.iter().filter(|(_, p)| p[1] & 0x80 != 0).count(), 24, "each end three times");
    let (started, ended) = receive(&sent);
    assert_eq!(started, "1590*#AD");
    assert_eq!(ended, "1590*#AD".chars().map(|c| (c, 100)).collect::<Vec<_>>());
}

#[test]
fn lost_ends_do_not_hide_the_next_press_of_the_same_key() {
    let mut sent = packets("555", 100);
    sent.retain(|(_, p)| p[1] & 0x80 == 0);
    let (started, ended) = receive(&sent);
    assert_eq!(started, "555");
    assert_eq!(ended.len(), 2, "the first two are over when the next begins: {ended:?}");
}

#[test]
fn a_press_longer_than_its_duration_field_is_one() {
    // 12 s at 8 kHz: 65535 ticks, then a second segment (RFC 4733 section 2.5.1.3).
    let mut packets = Vec::new();
    let mut sequence = 0;
    for (timestamp, until) in [(1000u32, 65_535u32), (1000 + 65_535, 30_465)] {
        for duration in (160..until).step_by(160).chain([until]) {
            let last = sequence > 420 && duration == until;
            let event = Event { code: 7, end: last, volume: 10, duration: duration as u16 };
            let header = Header { marker: sequence == 0, payload_type: 101, sequence, timestamp, ssrc: 1 };
            packets.push((header, event.to_bytes()));
            sequence += 1;
        }
    }
    let (started, ended) = receive(&packets);
    assert_eq!(started, "7");
    assert_eq!(ended, [('7', 12_000)]);
}

#[test]
fn a_sender_that_moves_the_timestamp_with_each_packet_is_understood() {
    let mut packets = Vec::new();
    for (press, start) in [(0u32, 0u32), (1, 4000)] {
        for i in 0..6u32 {
            let event = Event { code: 3, end: i >= 4, volume: 10, duration: (160 * (i.min(4) + 1)) as u16 };
            let header = Header {
                marker: i == 0,
                payload_type: 101,
                sequence: (press * 6 + i) as u16,
                timestamp: start + 160 * i,
                ssrc: 1,
            };
            packets.push((header, event.to_bytes()));
        }
    }
    assert_eq!(receive(&packets).0, "33");
}

#[test]
fn a_press_known_from_its_end_alone_is_heard() {
    let sent = packets("4", 100);
    assert_eq!(receive(&sent[sent.len() - 1..]), ("4".to_owned(), vec![('4', 100)]));
}

#[test]
fn other_events_and_rubbish_are_left_alone() {
    let mut receiver = Receiver::new(8000);
    for payload in [&[16, 0, 0, 160][..], &[255, 255, 255, 255], &[1, 0, 0], &[]] {
        assert_eq!(receiver.packet(&Header::default(), payload), Heard::default());
    }
}

#[test]
fn the_queue_of_digits_is_bounded() {
    let mut sender = Sender::new(8000);
    let taken = (0..1000).filter(|_| sender.press(Digit::from_event(1).unwrap(), 100)).count();
    assert!(taken < 100);
}

proptest! {
    /// The network loses, doubles and delays packets; a press of which any packet arrives is heard exactly once, and
    /// in order unless it was overtaken whole.
    #[test]
    fn each_press_is_heard_exactly_once(text in "[0-9*#A-D]{1,12}", seed: u64, loss in 0.0..0.6f64, press_ms in 40u32..300) {
        let mut rng = StdRng::seed_from_u64(seed);
        let sent = packets(&text, press_ms);
        let mut arrivals: Vec<(u64, (Header, [u8; 4]))> = Vec::new();
        for (i, packet) in sent.iter().enumerate() {
            if rng.random_bool(loss) {
                continue;
            }
            let copies = 1 + usize::from(rng.random_bool(0.2));
            // Up to 60 ms late: events of 20 ms change places, whole presses (with their pause) do not.
            (0..copies).for_each(|_| arrivals.push((i as u64 * 20 + rng.random_range(0..60), *packet)));
        }
        arrivals.sort_by_key(|(at, _)| *at);
        let mut expected: Vec<(u32, Digit)> = Vec::new();
        for (_, (header, payload)) in &arrivals {
            if !expected.iter().any(|(ts, _)| *ts == header.timestamp) {
                expected.push((header.timestamp, Digit::from_event(payload[0]).unwrap()));
            }
        }
        let delivered: Vec<_> = arrivals.into_iter().map(|(_, p)| p).collect();
        let expected: String = expected.into_iter().map(|(_, d)| d.as_char()).collect();
        let (started, ended) = receive(&delivered);
        prop_assert_eq!(&started, &expected);
        prop_assert!(ended.len() <= started.len());
    }
}

fn detect(pcm: &[i16], rate: u32) -> String {
    let mut heard = String::new();
    let mut detector = Detector::new(rate);
    // As it comes: by frames.
    pcm.chunks(rate as usize / 50).for_each(|frame| detector.process(frame, |d| heard.push(d.as_char())));
    heard
}

fn spoken(text: &str, ms: u32, rate: u32) -> Vec<i16> {
    let mut pcm = vec![0; 333];
    for c in text.chars() {
        let mut tone = ToneSource::dtmf(c, ms, rate).unwrap();
        while tone.frame(&mut pcm) {}
    }
    pcm
}

#[test]
fn keys_are_heard_in_the_audio() {
    for rate in [8000, 16_000] {
        for ms in [50, 80, 200] {
            assert_eq!(detect(&spoken("1234567890*#ABCD", ms, rate), rate), "1234567890*#ABCD", "{ms} ms at {rate}");
        }
    }
    assert_eq!(detect(&spoken("5555", 60, 8000), 8000), "5555");
}

#[test]
fn keys_are_heard_soft_in_noise_and_after_coding() {
    let mut rng = StdRng::seed_from_u64(1);
    for (gain, noise) in [(0.1, 10), (0.5, 200), (3.0, 300)] {
        let pcm: Vec<i16> = spoken("0123456789", 80, 8000)
            .into_iter()
            .map(|s| (f64::from(s) * gain) as i16 + rng.random_range(-noise..=noise))
            .map(|s| crate::codec::g711::alaw_to_linear(crate::codec::g711::linear_to_alaw(s)))
            .collect();
        assert_eq!(detect(&pcm, 8000), "0123456789", "gain {gain}");
    }
}

#[test]
fn what_only_resembles_a_key_is_not_one() {
    let mix = |parts: &[(f64, f64)]| -> Vec<i16> {
        let mut sum = vec![0i32; 4000];
        for (frequency, amplitude) in parts {
            sine(*frequency, 8000, 4000, *amplitude).iter().zip(&mut sum).for_each(|(s, m)| *m += i32::from(*s));
        }
        sum.into_iter().map(|s| s as i16).collect()
    };
    for (what, parts) in [
        ("one tone", &[(697.0, 8000.0)][..]),
        ("ringback", &[(450.0, 8000.0)]),
        ("a row far above its column", &[(697.0, 12_000.0), (1209.0, 2000.0)]),
        ("a column far above its row", &[(697.0, 2000.0), (1209.0, 12_000.0)]),
        ("off the row", &[(730.0, 6000.0), (1209.0, 6000.0)]),
        ("off the column", &[(697.0, 6000.0), (1270.0, 6000.0)]),
        ("two rows", &[(697.0, 6000.0), (770.0, 6000.0), (1209.0, 6000.0)]),
        ("a voice's harmonics", &[(700.0, 6000.0), (1400.0, 4000.0), (1209.0, 6000.0), (2418.0, 4000.0)]),
    ] {
        assert_eq!(detect(&mix(parts), 8000), "", "{what}");
    }
}

#[test]
fn speech_like_sound_has_no_keys() {
    // Gliding harmonics with formant-like weights for a minute.
    let mut rng = StdRng::seed_from_u64(7);
    let mut pcm = Vec::new();
    let mut phase = 0.0f64;
    let mut pitch = 120.0f64;
    for n in 0..8000 * 60 {
        if n % 800 == 0 {
            pitch = rng.random_range(90.0..280.0);
        }
        phase += std::f64::consts::TAU * pitch / 8000.0;
        let sample: f64 = (1..12).map(|h| (phase * f64::from(h)).sin() / f64::from(h)).sum();
        pcm.push((sample * 6000.0) as i16 + rng.random_range(-100..100));
    }
    assert_eq!(detect(&pcm, 8000), "");
}
