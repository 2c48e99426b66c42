use super::*;
use crate::codec::Codec;
use proptest::prelude::*;

/// Ten seconds of numbered G.711 frames with a pause, closed in order.
fn track() -> Vec<u8> {
    let mut writer = TrackWriter::new(7);
    let mut bytes = Vec::new();
    for n in 0..500u64 {
        if n == 250 {
            bytes.extend(writer.take().unwrap());
            bytes.extend(writer.mark(Kind::Paused, 5_000_000, 6_000_000));
        }
        if !(250..300).contains(&n) {
            bytes.extend(writer.frame(Codec::Pcma, n * 20_000, &[n as u8; 160]).unwrap_or_default());
        }
    }
    bytes.extend(writer.close(10_000_000));
    bytes
}

/// All frames as (media time, first byte).
fn all_frames(track: &[u8]) -> Vec<(u64, u8)> {
    let mut buffer = Vec::new();
    let mut out = Vec::new();
    for chunk in TrackIndex::scan(track).chunks {
        let at = chunk.payload_at - HEADER_LEN as u64;
        let chunk = read_chunk(track, at, &mut buffer).unwrap();
        out.extend(frames(&chunk, &buffer).map(|f| (f.media_us, f.payload[0])));
    }
    out
}

#[test]
fn what_is_written_is_read_with_its_times() {
    let bytes = track();
    let index = TrackIndex::scan(&bytes);
    assert!(index.is_complete());
    assert_eq!((index.end_us(), index.whole_len), (10_000_000, bytes.len() as u64));
    assert_eq!(index.spans(Kind::Paused).collect::<Vec<_>>(), [(5_000_000, 6_000_000)]);
    let numbers: Vec<u32> = index.chunks.iter().map(|c| c.number).collect();
    assert_eq!(numbers, (0..numbers.len() as u32).collect::<Vec<_>>());
    assert!(index.chunks.iter().all(|c| c.leg == 7 && (c.kind == Kind::Paused || c.duration_us <= MAX_CHUNK_US)));
    let expected: Vec<_> = (0..500u64).filter(|n| !(250..300).contains(n)).map(|n| (n * 20_000, n as u8)).collect();
    assert_eq!(all_frames(&bytes), expected);
}

#[test]
fn a_track_torn_at_any_byte_keeps_all_whole_chunks() {
    let whole = track();
    let ends: Vec<u64> = TrackIndex::scan(&whole).chunks.iter().map(|c| c.payload_at + c.payload_len as u64).collect();
    // Every byte around each chunk's end, and a stride in between, keeps the test fast.
    let near_end = |cut: &usize| ends.iter().any(|e| e.abs_diff(*cut as u64) <= HEADER_LEN as u64 + 8);
    for cut in (0..whole.len()).filter(|c| c % 97 == 0 || near_end(c)) {
        let index = TrackIndex::scan(&whole[..cut]);
        let expected = ends.iter().filter(|e| **e <= cut as u64).count();
        assert_eq!(index.chunks.len(), expected, "cut at {cut}");
        assert_eq!(index.whole_len + index.damaged_bytes, cut as u64);
        assert!(!index.is_complete());
    }
}

#[test]
fn a_crash_costs_less_than_a_second() {
    let mut writer = TrackWriter::new(1);
    let mut on_disk = Vec::new();
    for n in 0..700u64 {
        on_disk.extend(writer.frame(Codec::Pcma, n * 20_000, &[1; 160]).unwrap_or_default());
        let saved_us = TrackIndex::scan(&on_disk).end_us();
        assert!((n + 1) * 20_000 - saved_us <= MAX_CHUNK_US + 20_000);
    }
}

#[test]
fn a_leg_that_stops_sending_is_flushed() {
    let mut writer = TrackWriter::new(1);
    assert!(writer.frame(Codec::Pcma, 100_000, &[1; 160]).is_none());
    assert!(writer.flush_due(500_000).is_none());
    let chunk = writer.flush_due(900_000).unwrap();
    assert_eq!(TrackIndex::scan(&chunk).end_us(), 120_000);
    assert!(writer.flush_due(9_000_000).is_none());
}

#[test]
fn damage_in_the_middle_costs_that_chunk_alone() {
    let whole = track();
    let chunks = TrackIndex::scan(&whole).chunks;
    for at in [0, HEADER_LEN, 28, 1000] {
        let mut bent = whole.clone();
        bent[chunks[3].payload_at as usize - HEADER_LEN + at] ^= 0x40;
        let index = TrackIndex::scan(&bent);
        let kept: Vec<u32> = index.chunks.iter().map(|c| c.number).collect();
        let expected: Vec<u32> = (0..chunks.len() as u32).filter(|n| *n != 3).collect();
        assert_eq!(kept, expected, "byte {at}");
        assert!(!index.is_complete());
    }
}

#[test]
fn a_change_of_codec_and_a_gap_are_stated() {
    let mut writer = TrackWriter::resume(1, 40);
    writer.frame(Codec::Pcma, 0, &[1; 160]);
    let mut bytes = writer.frame(Codec::G722, 20_000, &[2; 160]).unwrap();
    bytes.extend(writer.take().unwrap());
    bytes.extend(writer.gap(GapReason::Slow, 40_000, 640_000));
    let chunks = TrackIndex::scan(&bytes).chunks;
    let told: Vec<_> = chunks.iter().map(|c| (c.kind, c.codec, c.reason, c.number)).collect();
    assert_eq!(
        told,
        [
            (Kind::Audio, Some(Codec::Pcma), None, 40),
            (Kind::Audio, Some(Codec::G722), None, 41),
            (Kind::Gap, None, Some(GapReason::Slow), 42)
        ]
    );
}

#[test]
fn a_later_version_is_told_apart_from_damage() {
    let mut bytes = track();
    bytes[4] = 9;
    assert_eq!(read_chunk(&bytes, 0, &mut Vec::new()), Err(ReadError::Version(9)));
}

proptest! {
    /// Whatever times and lengths frames have, each is read back once.
    #[test]
    fn no_frame_is_lost_or_moved(frames in prop::collection::vec((0u64..5_000_000, 0usize..400), 1..200)) {
        let mut writer = TrackWriter::new(1);
        let mut bytes = Vec::new();
        for (i, (media_us, len)) in frames.iter().enumerate() {
            bytes.extend(writer.frame(Codec::Opus, *media_us, &vec![i as u8; len + 1]).unwrap_or_default());
        }
        bytes.extend(writer.close(5_000_000));
        let expected: Vec<_> = frames.iter().enumerate().map(|(i, (us, _))| (*us, i as u8)).collect();
        prop_assert_eq!(all_frames(&bytes), expected);
    }
}
