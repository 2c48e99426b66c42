use super::*;
use crate::codec::Codec;
use crate::rtp::Header;
use proptest::prelude::*;

fn header(sequence: u16, timestamp: u32) -> Header {
    Header { marker: false, payload_type: 8, sequence, timestamp, ssrc: 0xfeed }
}

#[test]
fn a_foreign_compound_is_read() {
    // SR with one block, SDES with CNAME "ab" and a NOTE before it, BYE with a reason.
    let mut bytes = vec![0x81, 200, 0, 12, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6];
    bytes.extend([0, 0, 0, 9, 0x40, 0xff, 0xff, 0xfe, 0, 1, 0, 7, 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0, 10]);
    bytes.extend([0x81, 202, 0, 4, 0, 0, 0, 1, 7, 3, b'x', b'y', b'z', 1, 2, b'a', b'b', 0, 0, 0]);
    bytes.extend([0x81, 203, 0, 2, 0, 0, 0, 1, 3, b'b', b'y', b'e']);
    let all: Vec<_> = packets(&bytes).collect::<Result<_, _>>().unwrap();
    let Rtcp::SenderReport { ssrc: 1, info, blocks } = all[0] else { panic!("{all:?}") };
    assert_eq!(info, SenderInfo { ntp: (2 << 32) | 3, rtp_timestamp: 4, packets: 5, octets: 6 });
    let block = blocks.iter().next().unwrap();
    assert_eq!((block.fraction_lost, block.cumulative_lost, block.highest_sequence), (0x40, -2, 0x1_0007));
    assert_eq!(all[1], Rtcp::SourceDescription { ssrc: 1, cname: Some(b"ab") });
    assert_eq!(all[2], Rtcp::Bye { ssrc: 1 });
}

#[test]
fn damaged_compounds_end_with_an_error() {
    for (bytes, error) in [
        (&[0x80, 200][..], RtcpError::Short),
        (&[0x80, 200, 0, 5, 0, 0, 0, 0], RtcpError::Short),
        (&[0x40, 200, 0, 0], RtcpError::Version),
        (&[0x81, 201, 0, 1, 0, 0, 0, 1], RtcpError::Malformed),
        (&[0xa0, 201, 0, 1, 0, 0, 0, 200], RtcpError::Malformed),
    ] {
        assert_eq!(packets(bytes).last(), Some(Err(error)), "{bytes:?}");
    }
}

#[test]
fn loss_duplicates_and_reordering_are_counted() {
    let mut stats = ReceiveStats::new(8000);
    for (i, sequence) in [65533u16, 65534, 0, 65535, 1, 1, 3, 5, 4].into_iter().enumerate() {
        let fresh = stats.packet(&header(sequence, i as u32 * 160), 160, i as u64 * 20_000);
        assert_eq!(fresh, i != 5, "packet {i}");
    }
    let received = stats.received();
    assert_eq!((received.expected, received.unique, received.duplicates, received.reordered), (9, 8, 1, 2));
    assert_eq!(received.lost(), 1);
    let block = stats.report().unwrap();
    assert_eq!((block.cumulative_lost, block.highest_sequence), (0, 0x1_0005), "RFC 3550 counts the duplicate");
    // A new stream adds to the totals, and does not count as thousands lost.
    stats.packet(&Header { ssrc: 7, ..header(30_000, 0) }, 160, 200_000);
    assert_eq!((stats.received().expected, stats.received().lost()), (10, 1));
    stats.packet(&Header { ssrc: 7, ..header(50_000, 0) }, 160, 220_000);
    assert_eq!((stats.received().expected, stats.received().lost()), (11, 1));
}

#[test]
fn the_fraction_lost_is_of_the_interval() {
    let mut stats = ReceiveStats::new(8000);
    for sequence in (0..100u16).filter(|s| s % 4 != 3) {
        stats.packet(&header(sequence, 0), 160, 0);
    }
    assert_eq!(stats.report().unwrap().fraction_lost, 62, "24 of 99 in 256ths");
    for sequence in 99..200u16 {
        stats.packet(&header(sequence, 0), 160, 0);
    }
    assert_eq!(stats.report().unwrap().fraction_lost, 0);
}

#[test]
fn jitter_converges_to_the_mean_deviation() {
    // Every second packet 10 ms late: |D| is 10 ms each time, so J tends to 10 ms.
    let mut stats = ReceiveStats::new(8000);
    for i in 0..1000u64 {
        stats.packet(&header(i as u16, i as u32 * 160), 160, i * 20_000 + (i % 2) * 10_000);
    }
    assert!((9_500..=10_500).contains(&stats.jitter_us()), "{}", stats.jitter_us());
    let mut even = ReceiveStats::new(48_000);
    (0..100u64).for_each(|i| {
        even.packet(&header(i as u16, i as u32 * 960), 60, i * 20_000);
    });
    assert_eq!(even.jitter_us(), 0);
}

#[test]
fn two_sessions_learn_loss_and_round_trip_from_each_other() {
    let mut us = Session::new(1, "us@here", Codec::Pcma, 0, 3);
    let mut far = Session::new(2, "far@there", Codec::Pcma, 0, 4);
    let one_way_us = 40_000;
    let mut packet = Vec::new();
    for i in 0..1500u64 {
        let now = i * 20_000;
        let sent = Header { ssrc: 1, ..header(i as u16, i as u32 * 160) };
        us.sent(&sent, 160, now);
        if i % 10 != 9 {
            far.received(&sent, 160, now + one_way_us);
        }
        let back = Header { ssrc: 2, ..header(i as u16, i as u32 * 160) };
        far.sent(&back, 160, now);
        us.received(&back, 160, now + one_way_us);
        for us_to_far in [true, false] {
            packet.clear();
            let (from, to) = if us_to_far { (&mut us, &mut far) } else { (&mut far, &mut us) };
            if from.poll(now, ntp_from_unix_us(1_700_000_000_000_000 + now), &mut packet) {
                assert!(!to.handle(now + one_way_us, &packet));
            }
        }
    }
    let quality = us.quality();
    assert_eq!(quality.received.lost(), 0);
    let round_trip = quality.round_trip_us.unwrap();
    assert!(round_trip.abs_diff(80_000) < 100, "{round_trip}");
    assert!((quality.remote_loss.unwrap() - 0.1).abs() < 0.02, "{quality:?}");
    assert!(quality.mos.unwrap() > 4.2);
    assert!(far.quality().mos.unwrap() < 3.4, "10 % loss is heard");
    packet.clear();
    us.bye(30_000_000, 0, &mut packet);
    assert!(far.handle(30_040_000, &packet));
}

#[test]
fn mos_follows_the_published_curve() {
    for (loss, delay, expected) in [
        (0.0, 0.0, 4.41),
        (0.0, 150.0, 4.33),
        (0.01, 50.0, 4.29),
        (0.05, 100.0, 3.78),
        (0.0, 400.0, 3.15),
        (1.0, 0.0, 1.1),
    ] {
        let got = mos(Codec::Pcma, loss, delay);
        assert!((got - expected).abs() < 0.12, "{loss} {delay}: {got}");
    }
    assert!(mos(Codec::Pcma, 0.02, 50.0) > mos(Codec::Pcma, 0.03, 50.0));
}

#[test]
fn wideband_codecs_are_rated_on_the_wideband_scale() {
    // G.107.1 with Ie,WB of G.113: G.722 loses 13 of 129 before any loss, which is a score of 4.36.
    assert!((mos(Codec::G722, 0.0, 0.0) - 4.36).abs() < 0.03, "{}", mos(Codec::G722, 0.0, 0.0));
    assert!(mos(Codec::Opus, 0.0, 0.0) > mos(Codec::G722, 0.0, 0.0));
    assert!(mos(Codec::Opus, 0.05, 50.0) > mos(Codec::G722, 0.05, 50.0), "spare copies help");
    for codec in Codec::ALL {
        let mut last = 5.0;
        for percent in 0..=100 {
            let score = mos(codec, f64::from(percent) / 100.0, 40.0);
            assert!((1.0..=4.5).contains(&score) && score <= last + 1e-9, "{codec:?} {percent} %: {score}");
            last = score;
        }
    }
}

#[test]
fn an_event_is_not_taken_for_jitter() {
    let mut stats = ReceiveStats::new(8000);
    for i in 0..100u64 {
        let at = i * 20_000;
        if (50..60).contains(&i) {
            stats.untimed(&header(i as u16, 50 * 160), 4);
        } else {
            stats.packet(&header(i as u16, i as u32 * 160), 160, at);
        }
    }
    assert_eq!((stats.worst_jitter_us(), stats.received().unique), (0, 100));
}

#[test]
fn totals_go_on_over_another_codec_and_another_source() {
    let mut session = Session::new(1, "us@here", Codec::Pcma, 0, 3);
    for i in 0..100u64 {
        session.sent(&Header { ssrc: 1, ..header(i as u16, i as u32 * 160) }, 160, i * 20_000);
        // Every tenth is lost, and every second one is 10 ms late.
        if i % 10 != 5 {
            session.received(&header(i as u16, i as u32 * 160), 160, i * 20_000 + (i % 2) * 10_000);
        }
    }
    let first = session.quality();
    let jitter_us = first.worst_jitter_us;
    assert!(jitter_us > 5000 && !first.wideband);
    session.restart_sending(7, 48_000);
    session.use_codec(Codec::Opus);
    for i in 100..400u64 {
        session.sent(&Header { ssrc: 7, ..header(i as u16, i as u32 * 960) }, 60, i * 20_000);
        session.received(&Header { ssrc: 9, ..header(i as u16, i as u32 * 960) }, 60, i * 20_000);
    }
    let quality = session.quality();
    assert_eq!((quality.sent, quality.received.unique, quality.received.lost()), (400, 390, 10));
    assert_eq!((quality.worst_jitter_us, quality.jitter_us), (jitter_us, 0));
    let mean = (first.mos.unwrap() * 90.0 + mos(Codec::Opus, 0.0, 40.0) * 300.0) / 390.0;
    assert!((quality.mos.unwrap() - mean).abs() < 0.01, "{quality:?}, not {mean}");
    assert!(quality.wideband);
}

proptest! {
    #[test]
    fn what_is_built_is_read(
        ssrc: u32, ntp: u64, rtp_timestamp: u32, packets_sent: u32, octets: u32, cname in "[a-z@.]{0,40}",
        lost in -0x80_0000i32..0x80_0000, words: [u32; 5], fraction_lost: u8, count in 0usize..4,
    ) {
        let info = SenderInfo { ntp, rtp_timestamp, packets: packets_sent, octets };
        let block = ReportBlock {
            ssrc: words[0], fraction_lost, cumulative_lost: lost, highest_sequence: words[1], jitter: words[2],
            last_sr: words[3], delay_since_last_sr: words[4],
        };
        let mut bytes = Vec::new();
        let mut builder = Builder::new(&mut bytes);
        builder.report(ssrc, Some(&info), &vec![block; count]);
        builder.sdes(ssrc, &cname);
        builder.bye(ssrc);
        let all: Vec<_> = packets(&bytes).collect::<Result<_, _>>().unwrap();
        let Rtcp::SenderReport { ssrc: who, info: read, blocks } = all[0] else { panic!() };
        prop_assert_eq!((who, read), (ssrc, info));
        prop_assert_eq!(blocks.iter().collect::<Vec<_>>(), vec![block; count]);
        prop_assert_eq!(all[1], Rtcp::SourceDescription { ssrc, cname: Some(cname.as_bytes()) });
        prop_assert_eq!(all[2], Rtcp::Bye { ssrc });
    }
}
