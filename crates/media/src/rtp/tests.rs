use super::*;
use proptest::prelude::*;

fn header(sequence: u16, timestamp: u32, ssrc: u32) -> Header {
    Header { marker: false, payload_type: 8, sequence, timestamp, ssrc }
}

#[test]
fn csrcs_extension_and_padding_are_left_out_of_the_payload() {
    let mut packet = vec![0x80 | 0x20 | 0x10 | 2, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
    packet.extend([0; 8]);
    packet.extend([0xbe, 0xde, 0, 1, 9, 9, 9, 9]);
    packet.extend(*b"abc");
    packet.extend([0, 0, 3]);
    let parsed = parse(&packet).unwrap();
    assert_eq!(parsed.payload(&packet), b"abc");
    assert_eq!(parsed.header, header(1, 2, 3));
}

#[test]
fn damaged_packets_are_refused() {
    let good = {
        let mut p = [0; 16];
        header(1, 2, 3).write(&mut p);
        p
    };
    let cases: [(&str, Vec<u8>, RtpError); 5] = [
        ("empty", vec![], RtpError::Short),
        ("cut header", good[..11].to_vec(), RtpError::Short),
        (
            "version 1",
            {
                let mut p = good.to_vec();
                p[0] = 0x40;
                p
            },
            RtpError::Version,
        ),
        (
            "15 CSRCs, none there",
            {
                let mut p = good.to_vec();
                p[0] |= 15;
                p
            },
            RtpError::Short,
        ),
        (
            "padding of zero",
            {
                let mut p = good.to_vec();
                p[0] |= 0x20;
                p
            },
            RtpError::Padding,
        ),
    ];
    for (name, bytes, error) in cases {
        assert_eq!(parse(&bytes), Err(error), "{name}");
    }
}

#[test]
fn protocols_on_one_port_are_told_apart() {
    let mut bytes = [0u8; 24];
    for (first, second, kind) in [
        (0, 1, Datagram::Stun),
        (22, 254, Datagram::Dtls),
        (0x80, 8, Datagram::Rtp),
        (0x80, 0x80 | 111, Datagram::Rtp),
        (0x80, 200, Datagram::Rtcp),
        (0x81, 205, Datagram::Rtcp),
        (64, 0, Datagram::Unknown),
        (0xff, 0, Datagram::Unknown),
    ] {
        bytes[0] = first;
        bytes[1] = second;
        assert_eq!(classify(&bytes), kind, "{first} {second}");
    }
    assert_eq!(classify(&[]), Datagram::Unknown);
}

#[test]
fn a_stream_stays_continuous_over_prompt_bridge_and_restart() {
    let mut out = Rewriter::new(7, 8000, 65534, u32::MAX - 100);
    let first = out.own(8, 160, 0);
    assert!(first.marker);
    let second = out.own(8, 160, 20_000);
    assert_eq!((second.sequence, second.timestamp), (65535, (u32::MAX - 100).wrapping_add(160)));
    assert!(!second.marker);
    // The bridge begins 40 ms later, from an unrelated stream.
    let third = out.forward(header(500, 90_000, 42), 60_000);
    assert_eq!((third.sequence, third.timestamp), (0, second.timestamp.wrapping_add(320)));
    assert!(third.marker && third.ssrc == 7);
    // One packet lost, then the late one after the next: distances show through.
    assert_eq!(out.forward(header(502, 90_320, 42), 100_000).sequence, 2);
    assert_eq!(out.forward(header(501, 90_160, 42), 101_000).sequence, 1);
    assert_eq!(out.forward(header(503, 90_480, 42), 120_000).sequence, 3);
    // The phone restarts with other numbers.
    let restarted = out.forward(header(9_000, 5, 43), 140_000);
    assert_eq!(restarted.sequence, 4);
    assert!(restarted.marker);
    let back = out.own(8, 160, 160_000);
    assert_eq!(back.sequence, 5);
    assert!(ts_distance(restarted.timestamp, back.timestamp) == 160);
}

#[test]
fn media_time_follows_timestamps_and_is_anchored_anew_after_a_jump() {
    let mut clock = MediaClock::new(8000);
    assert_eq!(clock.media_us(1, 1000, 50_000), 50_000);
    assert_eq!(clock.media_us(1, 1160, 95_000), 70_000, "jitter does not move media time");
    assert_eq!(clock.media_us(2, 5, 400_000), 400_000, "a new stream starts at its arrival");
    assert_eq!(clock.media_us(2, 165, 2_000_000), 2_000_000, "a pause without timestamps is time all the same");
    let mut clock = MediaClock::new(48_000);
    let mut timestamp = u32::MAX - 10_000;
    for frame in 0..200_000u64 {
        assert_eq!(clock.media_us(1, timestamp, frame * 20_000), frame * 20_000);
        timestamp = timestamp.wrapping_add(960);
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        marker: bool, payload_type in 0u8..128, sequence: u16, timestamp: u32, ssrc: u32, payload: Vec<u8>,
    ) {
        let header = Header { marker, payload_type, sequence, timestamp, ssrc };
        let mut packet = vec![0; HEADER_LEN];
        header.write(&mut packet);
        packet.extend(&payload);
        let parsed = parse(&packet).unwrap();
        prop_assert_eq!(parsed.header, header);
        prop_assert_eq!(parsed.payload(&packet), &payload[..]);
    }

    #[test]
    fn unwrapping_undoes_wrapping(start: u16, steps in prop::collection::vec(-100i64..3000, 1..200)) {
        let mut unwrap = SeqUnwrap::default();
        let first = unwrap.unwrap(start);
        prop_assert_eq!(first as u16, start);
        for step in steps {
            let position = unwrap.highest().unwrap() as i64 + step;
            prop_assert_eq!(unwrap.unwrap(position as u16) as i64, position);
        }
    }

    /// However often the source changes, the receiver sees one stream without a gap, never going back in time.
    #[test]
    fn switching_sources_leaves_no_seam(
        spans in prop::collection::vec((0u32..4, 1u16..20, any::<u16>(), any::<u32>()), 1..30), sequence: u16, timestamp: u32,
    ) {
        let mut out = Rewriter::new(9, 8000, sequence, timestamp);
        let mut now_us = 0;
        let mut last: Option<Header> = None;
        for (source, packets, first_sequence, first_timestamp) in spans {
            out.switch();
            for n in 0..packets {
                let sent = if source == 0 {
                    out.own(8, 160, now_us)
                } else {
                    let incoming = header(first_sequence.wrapping_add(n), first_timestamp.wrapping_add(u32::from(n) * 160), source);
                    out.forward(incoming, now_us)
                };
                if let Some(last) = last {
                    prop_assert_eq!(sent.sequence, last.sequence.wrapping_add(1));
                    prop_assert_eq!(ts_distance(last.timestamp, sent.timestamp), 160);
                }
                last = Some(sent);
                now_us += 20_000;
            }
        }
    }
}
