use super::*;
use crate::codec::{Codec, Encoder};
use crate::tone::{goertzel_power, sine};
use crate::track::TrackWriter;
use proptest::prelude::*;

/// A track of a tone from `start_ms` to `end_ms` with some frames missing.
fn track(codec: Codec, frequency: f64, start_ms: u64, end_ms: u64, lost: impl Fn(u64) -> bool) -> Vec<u8> {
    let mut writer = TrackWriter::new(1);
    let mut encoder = Encoder::new(codec).unwrap();
    let mut bytes = Vec::new();
    let pcm =
        sine(frequency, codec.pcm_rate(), ((end_ms - start_ms) * u64::from(codec.pcm_rate()) / 1000) as usize, 8000.0);
    for (n, frame) in pcm.chunks_exact(codec.frame_samples()).enumerate() {
        let mut payload = Vec::new();
        encoder.encode(frame, &mut payload).unwrap();
        if !lost(n as u64) {
            let media_us = (start_ms + n as u64 * 20) * 1000;
            bytes.extend(writer.frame(codec, media_us, &payload).unwrap_or_default());
        }
    }
    bytes.extend(writer.close(end_ms * 1000));
    bytes
}

fn renderer(tracks: Vec<(Channel, Vec<u8>)>, rate: u32) -> Renderer<Vec<u8>> {
    let tracks = tracks
        .into_iter()
        .map(|(channel, bytes)| RenderTrack { index: TrackIndex::scan(&bytes), bytes, channel })
        .collect();
    Renderer::new(tracks, rate)
}

/// The whole file as (left, right) samples.
fn all(renderer: &mut Renderer<Vec<u8>>) -> (Vec<i16>, Vec<i16>) {
    let mut bytes = vec![0; renderer.total_len() as usize];
    assert_eq!(renderer.read(0, &mut bytes), bytes.len());
    bytes[WAV_HEADER_LEN..]
        .chunks_exact(4)
        .map(|f| (i16::from_le_bytes([f[0], f[1]]), i16::from_le_bytes([f[2], f[3]])))
        .unzip()
}

fn level(pcm: &[i16]) -> f64 {
    (pcm.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / pcm.len() as f64).sqrt()
}

/// First and last sample that is clearly heard.
fn heard(pcm: &[i16]) -> (usize, usize) {
    let loud = |s: &i16| s.unsigned_abs() > 1000;
    (pcm.iter().position(loud).unwrap(), pcm.iter().rposition(loud).unwrap())
}

#[test]
fn both_sides_lie_on_media_time_in_every_codec_and_rate() {
    for codec in Codec::ALL {
        for rate in [8000u32, 16_000] {
            let customer = track(codec, 400.0, 1000, 6000, |_| false);
            let agent = track(codec, 900.0, 3500, 7000, |_| false);
            let mut renderer = renderer(vec![(Channel::Left, customer), (Channel::Right, agent)], rate);
            assert_eq!(renderer.duration_ms(), 6000);
            let (left, right) = all(&mut renderer);
            let ms = |n: usize| n as u32 * 1000 / rate;
            let ((l0, l1), (r0, r1)) = (heard(&left), heard(&right));
            // A coder's delay and slow attack are allowed for.
            assert!(ms(l0) < 25 && (4975..5010).contains(&ms(l1)), "{codec:?} {rate}: {} {}", ms(l0), ms(l1));
            assert!((2498..2525).contains(&ms(r0)) && ms(r1) > 5960, "{codec:?} {rate}: {} {}", ms(r0), ms(r1));
            let second = rate as usize;
            let (l, r) = (&left[3 * second..4 * second], &right[3 * second..4 * second]);
            assert!(goertzel_power(l, 400.0, rate) > 0.9 * level(l).powi(2), "{codec:?} {rate}");
            assert!(goertzel_power(r, 900.0, rate) > 0.9 * level(r).powi(2), "{codec:?} {rate}");
        }
    }
}

#[test]
fn any_byte_range_is_a_part_of_the_whole() {
    for codec in Codec::ALL {
        let bytes = track(codec, 400.0, 0, 9000, |n| n % 17 == 3);
        let mut one = renderer(vec![(Channel::Left, bytes.clone()), (Channel::Right, bytes.clone())], 8000);
        let mut whole = vec![0; one.total_len() as usize];
        one.read(0, &mut whole);
        for (from, len) in [(0, 10), (40, 9), (64_041, 3), (64_044, 64_000), (127_999, 64_101), (287_000, 9999)] {
            // A fresh renderer, as each request for a range has one.
            let mut fresh = renderer(vec![(Channel::Left, bytes.clone()), (Channel::Right, bytes.clone())], 8000);
            let mut part = vec![0; len];
            let n = fresh.read(from as u64, &mut part);
            assert_eq!(n, len.min(whole.len() - from));
            assert!(part[..n] == whole[from..from + n], "{codec:?} {from}+{len}");
        }
        assert_eq!(one.read(whole.len() as u64, &mut [0; 8]), 0);
        assert_eq!(one.read(u64::MAX, &mut [0; 8]), 0);
    }
}

#[test]
fn blocks_join_without_a_seam() {
    for codec in Codec::ALL {
        let mut renderer = renderer(vec![(Channel::Left, track(codec, 200.0, 0, 8000, |_| false))], 16_000);
        let (left, _) = all(&mut renderer);
        let step = |range: std::ops::Range<usize>| {
            left[range].windows(2).map(|w| (i32::from(w[0]) - i32::from(w[1])).abs()).max().unwrap()
        };
        let usual = step(8_000..24_000);
        for seam in [32_000, 64_000, 96_000] {
            assert!(step(seam - 20..seam + 20) <= usual * 3 / 2, "{codec:?} at {seam}: {usual}");
        }
    }
}

#[test]
fn the_header_tells_the_truth() {
    let mut renderer = renderer(vec![(Channel::Left, track(Codec::Pcma, 400.0, 0, 1000, |_| false))], 8000);
    let mut header = [0; WAV_HEADER_LEN];
    renderer.read(0, &mut header);
    assert_eq!((&header[..4], &header[8..16], &header[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
    let word = |i: usize| u64::from(u32::from_le_bytes(header[i..i + 4].try_into().unwrap()));
    assert_eq!((word(4) + 8, word(40) + 44), (renderer.total_len(), renderer.total_len()));
    assert_eq!((word(24), header[22], header[34]), (8000, 2, 16));
}

#[test]
fn a_pause_on_one_track_hides_both_sides() {
    let mut writer = TrackWriter::new(2);
    let mut agent = writer.mark(Kind::Paused, 2_000_000, 3_000_000);
    agent.extend(writer.close(5_000_000));
    let customer = track(Codec::Pcma, 400.0, 0, 5000, |_| false);
    let (left, _) = all(&mut renderer(vec![(Channel::Left, customer), (Channel::Right, agent)], 8000));
    assert_eq!(level(&left[16_000..24_000]), 0.0);
    assert!(level(&left[8000..15_900]) > 5000.0 && level(&left[24_100..]) > 5000.0);
}

#[test]
fn a_hold_silences_its_own_leg() {
    let mut customer = track(Codec::Pcma, 400.0, 0, 5000, |_| false);
    customer.extend(TrackWriter::resume(1, 99).mark(Kind::Held, 1_000_000, 4_000_000));
    let agent = track(Codec::Pcma, 900.0, 0, 5000, |_| false);
    let (left, right) = all(&mut renderer(vec![(Channel::Left, customer), (Channel::Right, agent)], 8000));
    assert_eq!(level(&left[8000..32_000]), 0.0);
    assert!(level(&right[8000..32_000]) > 5000.0);
}

#[test]
fn agents_before_and_after_a_transfer_share_a_channel() {
    let first = track(Codec::Pcma, 400.0, 0, 2000, |_| false);
    let second = track(Codec::Opus, 900.0, 3000, 5000, |_| false);
    let (_, right) = all(&mut renderer(vec![(Channel::Right, first), (Channel::Right, second)], 8000));
    assert!(goertzel_power(&right[..16_000], 400.0, 8000) > 1e7);
    assert_eq!(level(&right[16_400..23_900]), 0.0);
    assert!(goertzel_power(&right[25_000..39_000], 900.0, 8000) > 1e7);
}

#[test]
fn a_lost_packet_is_bridged_and_a_long_gap_is_silence() {
    for codec in [Codec::Pcma, Codec::Opus] {
        let bytes = track(codec, 200.0, 0, 4000, |n| n == 50 || (100..150).contains(&n));
        let (left, _) = all(&mut renderer(vec![(Channel::Left, bytes)], 8000));
        assert!(level(&left[8000..8160]) > 3000.0, "{codec:?}");
        assert_eq!(level(&left[16_200..23_900]), 0.0, "{codec:?}");
    }
}

#[test]
fn a_torn_track_plays_to_its_tear() {
    let mut bytes = track(Codec::Pcma, 400.0, 0, 5000, |_| false);
    bytes.truncate(bytes.len() * 3 / 4);
    let mut renderer = renderer(vec![(Channel::Left, bytes)], 8000);
    assert!((3000..3800).contains(&renderer.duration_ms()), "{}", renderer.duration_ms());
    let (left, _) = all(&mut renderer);
    assert!(level(&left[left.len() - 800..]) > 5000.0);
}

#[test]
fn nothing_recorded_is_an_empty_file() {
    let mut renderer = renderer(vec![(Channel::Left, Vec::new())], 8000);
    assert_eq!((renderer.total_len(), renderer.duration_ms()), (44, 0));
    assert_eq!(all(&mut renderer), (vec![], vec![]));
    assert_eq!(peaks(&mut renderer, 10).unwrap().left, vec![(0, 0); 10]);
}

#[test]
fn peaks_show_who_speaks_when() {
    let customer = track(Codec::Pcma, 400.0, 0, 2000, |_| false);
    let agent = track(Codec::Pcma, 400.0, 2000, 4000, |_| false);
    let drawn = peaks(&mut renderer(vec![(Channel::Left, customer), (Channel::Right, agent)], 8000), 8).unwrap();
    let loud = |side: &[(i16, i16)]| side.iter().map(|(low, high)| *low < -7000 && *high > 7000).collect::<Vec<_>>();
    assert_eq!(loud(&drawn.left), [true, true, true, true, false, false, false, false]);
    assert_eq!(loud(&drawn.right), [false, false, false, false, true, true, true, true]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    /// Whatever is lost, what arrived is heard where its media time says: G.711 can be compared to the sample.
    #[test]
    fn samples_lie_where_their_time_says(lost in prop::collection::vec(any::<bool>(), 150), start_ms in 0u64..5000) {
        let clear = track(Codec::Pcma, 300.0, start_ms, start_ms + 3000, |_| false);
        let holed = track(Codec::Pcma, 300.0, start_ms, start_ms + 3000, |n| n > 0 && lost[n as usize]);
        let (expected, _) = all(&mut renderer(vec![(Channel::Left, clear)], 8000));
        let (got, _) = all(&mut renderer(vec![(Channel::Left, holed)], 8000));
        prop_assert_eq!(got.len(), expected.len());
        for n in (1..150).filter(|n| !lost[*n]) {
            // The first 10 ms after a loss are faded in.
            let range = n * 160 + 80..(n + 1) * 160;
            prop_assert_eq!(&got[range.clone()], &expected[range], "frame {}", n);
        }
    }
}
