use super::*;
use proptest::prelude::*;

fn header(n: u32) -> Header {
    Header { payload_type: 8, sequence: n as u16, timestamp: n.wrapping_mul(160), ssrc: 1, marker: false }
}

/// Packet number as payload.
fn number(payload: &[u8]) -> u32 {
    u32::from_be_bytes(payload.try_into().unwrap())
}

/// Plays arrivals of (time, packet number) against a tick of 20 ms; returns what was played in order, and the buffer.
fn play(mut arrivals: Vec<(u64, u32)>, until_us: u64) -> (Vec<Option<u32>>, JitterBuffer) {
    arrivals.sort();
    let mut buffer = JitterBuffer::new(8000);
    let mut played = Vec::new();
    let mut payload = Vec::new();
    let mut next = 0;
    for now in (0..until_us).step_by(20_000) {
        while next < arrivals.len() && arrivals[next].0 <= now {
            let (at, n) = arrivals[next];
            buffer.push(&header(n), &n.to_be_bytes(), at);
            next += 1;
        }
        match buffer.pull(now, &mut payload, |_| 160) {
            Pulled::Packet => played.push(Some(number(&payload))),
            Pulled::Lost { .. } => played.push(None),
            Pulled::Silence => {}
        }
    }
    (played, buffer)
}

#[test]
fn an_even_stream_is_played_whole_with_one_frame_of_delay() {
    let (played, buffer) = play((0..100).map(|n| (u64::from(n) * 20_000 + 3_000, n)).collect(), 2_200_000);
    assert_eq!(played.iter().flatten().count(), 100);
    assert!(played[..100].iter().all(Option::is_some), "{played:?}");
    assert!(buffer.wanted_delay_us() < 25_000);
}

#[test]
fn reordered_packets_are_put_right() {
    let arrivals = (0..100u32).map(|n| (u64::from(n ^ 1) * 20_000, n)).collect();
    let (played, buffer) = play(arrivals, 2_300_000);
    let heard: Vec<u32> = played.iter().flatten().copied().collect();
    assert!(heard.windows(2).all(|w| w[0] < w[1]), "{heard:?}");
    assert!(heard.len() >= 97, "{:?}", buffer.counts());
}

#[test]
fn a_lost_packet_is_told_with_its_successor_at_hand() {
    let mut buffer = JitterBuffer::new(8000);
    for n in [0u32, 1, 3, 4] {
        buffer.push(&header(n), &n.to_be_bytes(), u64::from(n) * 20_000);
    }
    let mut payload = Vec::new();
    let pulled: Vec<_> =
        (0..5).map(|i| (buffer.pull(100_000 + i * 20_000, &mut payload, |_| 160), payload.clone())).collect();
    assert_eq!(pulled[2].0, Pulled::Lost { ticks: 160, next: true });
    assert_eq!(number(&pulled[2].1), 3);
    assert_eq!((pulled[3].0, number(&pulled[3].1)), (Pulled::Packet, 3));
}

#[test]
fn the_delay_grows_with_jitter_and_shrinks_when_it_is_over() {
    // 80 ms of jitter for 6 s, then a quiet line for a minute.
    let jittery = (0..300u32).map(|n| (u64::from(n) * 20_000 + u64::from(n * 7919 % 80) * 1000, n));
    let quiet = (300..3300u32).map(|n| (u64::from(n) * 20_000, n));
    let (played, buffer) = play(jittery.chain(quiet).collect(), 66_500_000);
    let lost = played[100..300].iter().filter(|p| p.is_none()).count();
    assert!(lost <= 6, "{lost} of 200 made up after the first second");
    assert!(buffer.counts().skipped >= 2, "{:?}", buffer.counts());
    assert!(buffer.wanted_delay_us() < 30_000, "{}", buffer.wanted_delay_us());
}

#[test]
fn a_paused_sender_is_silence_and_a_restarted_one_is_played() {
    let before = (0..50u32).map(|n| (u64::from(n) * 20_000, n));
    let after = (200..250u32).map(|n| (u64::from(n) * 20_000, n));
    let (played, buffer) = play(before.chain(after).collect(), 6_000_000);
    assert_eq!(played.iter().flatten().count(), 100);
    assert!(played.iter().filter(|p| p.is_none()).count() <= 2 * MAX_UNDERRUN as usize);
    assert_eq!(buffer.counts().late, 0);

    let mut buffer = JitterBuffer::new(8000);
    buffer.push(&header(0), &[], 0);
    buffer.push(&Header { ssrc: 2, timestamp: 77, ..header(0) }, &[1], 1000);
    let mut payload = Vec::new();
    buffer.push(&Header { ssrc: 2, timestamp: 237, ..header(1) }, &[2], 21_000);
    let played: Vec<_> =
        (0..3).map(|i| (buffer.pull(60_000 + i * 20_000, &mut payload, |_| 160), payload.clone())).collect();
    assert!(played.iter().all(|(pulled, _)| *pulled == Pulled::Packet), "the old stream's last packet is heard too");
    assert_eq!(played.iter().map(|(_, payload)| payload.clone()).collect::<Vec<_>>(), [vec![], vec![1], vec![2]]);
    assert_eq!(buffer.counts().dropped, 0);
}

#[test]
fn a_stream_that_jumps_loses_nothing_and_adds_nothing() {
    // Timestamps jump by hours, and again; then another source.
    let mut buffer = JitterBuffer::new(8000);
    let mut payload = Vec::new();
    let mut played = Vec::new();
    for n in 0..300u32 {
        let (ssrc, offset) = match n {
            0..100 => (1, 0),
            100..200 => (1, 0x9000_0000),
            _ => (2, 5),
        };
        let stamp = n.wrapping_mul(160).wrapping_add(offset);
        let at = u64::from(n) * 20_000;
        buffer.push(&Header { ssrc, timestamp: stamp, ..header(n) }, &n.to_be_bytes(), at);
        played.push((buffer.pull(at + 10_000, &mut payload, |_| 160), payload.clone()));
    }
    let first = played.iter().position(|(p, _)| *p == Pulled::Packet).unwrap();
    let heard: Vec<u32> = played[first..].iter().map(|(_, payload)| number(payload)).collect();
    assert!(first < 3 && heard.iter().copied().eq(0..heard.len() as u32), "{heard:?}");
}

#[test]
fn comfort_noise_ends_the_sound_without_making_any_up() {
    let mut buffer = JitterBuffer::new(8000);
    let mut payload = Vec::new();
    (0..4u32).for_each(|n| buffer.push(&header(n), &n.to_be_bytes(), u64::from(n) * 20_000));
    buffer.pause();
    let pulled: Vec<_> = (0..8).map(|i| buffer.pull(60_000 + i * 20_000, &mut payload, |_| 160)).collect();
    assert_eq!(pulled[..4], [Pulled::Packet; 4]);
    assert_eq!(pulled[4..], [Pulled::Silence; 4]);
    buffer.push(&header(50), &50u32.to_be_bytes(), 1_000_000);
    buffer.push(&header(51), &51u32.to_be_bytes(), 1_020_000);
    assert_eq!(buffer.pull(1_030_000, &mut payload, |_| 160), Pulled::Packet);
}

#[test]
fn a_flood_is_bounded() {
    let mut buffer = JitterBuffer::new(8000);
    (0..10_000u32).for_each(|n| buffer.push(&Header { timestamp: n, ..header(n) }, &[0; 160], 0));
    assert!(buffer.len() <= MAX_PACKETS);
}

proptest! {
    /// Every packet is played, late, a duplicate, skipped, dropped or still held, exactly once; and order holds.
    #[test]
    fn packets_are_conserved(
        fates in prop::collection::vec((0u64..150_000, 0u8..3, any::<bool>()), 1..300),
    ) {
        let mut arrivals = Vec::new();
        for (n, (delay_us, copies, burst)) in fates.iter().enumerate() {
            for copy in 0..*copies {
                let delay_us = if *burst { *delay_us } else { delay_us / 10 };
                arrivals.push((n as u64 * 20_000 + delay_us + u64::from(copy) * 500, n as u32));
            }
        }
        let pushed = arrivals.len() as u64;
        let (played, buffer) = play(arrivals, fates.len() as u64 * 20_000 + 1_000_000);
        let counts = buffer.counts();
        prop_assert_eq!(counts.pushed, pushed);
        let gone = counts.played + counts.late + counts.duplicate + counts.skipped + counts.dropped;
        prop_assert_eq!(gone + buffer.len() as u64, pushed);
        let heard: Vec<u32> = played.into_iter().flatten().collect();
        prop_assert_eq!(heard.len() as u64, counts.played);
        prop_assert!(heard.windows(2).all(|w| w[0] < w[1]), "{:?}", heard);
    }
}
