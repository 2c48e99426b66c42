use super::*;
use crate::tone::{goertzel_power, sine};

#[test]
fn g711_matches_the_standards_tables() {
    // ITU-T G.711 tables 1a/1b and 2a/2b: decision and output values at the ends and around zero.
    for (byte, value) in [(0xd5, 8), (0x55, -8), (0xaa, 32256), (0x2a, -32256), (0x80, 5504), (0x85, 4224)] {
        assert_eq!(g711::alaw_to_linear(byte), value, "A-law {byte:#x}");
    }
    for (byte, value) in [(0xff, 0), (0x7f, 0), (0x80, 32124), (0x00, -32124), (0xf0, 120), (0xef, 132)] {
        assert_eq!(g711::ulaw_to_linear(byte), value, "µ-law {byte:#x}");
    }
    assert_eq!(g711::linear_to_alaw(0), g711::ALAW_SILENCE);
    assert_eq!(g711::linear_to_ulaw(0), g711::ULAW_SILENCE);
}

#[test]
fn g711_bytes_survive_decoding_and_coding() {
    for byte in 0..=255u8 {
        assert_eq!(g711::linear_to_alaw(g711::alaw_to_linear(byte)), byte);
        // µ-law has two zeros.
        let back = g711::linear_to_ulaw(g711::ulaw_to_linear(byte));
        assert!(back == byte || byte == 0x7f, "{byte:#x} {back:#x}");
    }
}

#[test]
fn g711_is_as_near_as_its_steps_allow() {
    for sample in (i16::MIN..=i16::MAX).step_by(7) {
        let s = i32::from(sample);
        let alaw = i32::from(g711::alaw_to_linear(g711::linear_to_alaw(sample)));
        let ulaw = i32::from(g711::ulaw_to_linear(g711::linear_to_ulaw(sample)));
        assert!((alaw - s).abs() <= 16 + s.abs() / 31, "A-law {sample} {alaw}");
        assert!((ulaw - s).abs() <= 8 + s.abs() / 31, "µ-law {sample} {ulaw}");
    }
}

#[test]
fn a_tone_coded_is_the_tone_decoded() {
    for codec in Codec::ALL {
        let rate = codec.pcm_rate();
        let pcm = sine(440.0, rate, rate as usize, 8000.0);
        let (mut encoder, mut decoder) = (Encoder::new(codec).unwrap(), Decoder::new(codec).unwrap());
        let (mut payload, mut heard) = (Vec::new(), Vec::new());
        for frame in pcm.chunks_exact(codec.frame_samples()) {
            payload.clear();
            encoder.encode(frame, &mut payload).unwrap();
            assert_eq!(codec.payload_us(&payload), 20_000, "{codec:?}");
            assert_eq!(decoder.decode(&payload, &mut heard).unwrap(), codec.frame_samples());
        }
        let tail = &heard[heard.len() / 2..];
        let total: f64 = tail.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / tail.len() as f64;
        let tone = goertzel_power(tail, 440.0, rate);
        assert!(tone > 0.95 * total, "{codec:?}: {tone} of {total}");
        assert!((total.sqrt() - 5657.0).abs() < 600.0, "{codec:?}: level {}", total.sqrt());
    }
}

#[test]
fn names_and_codes_lead_back() {
    for codec in Codec::ALL {
        assert_eq!(Codec::from_code(codec.code()), Some(codec));
        assert_eq!(Codec::from_rtpmap(&codec.name().to_uppercase(), codec.clock_rate()), Some(codec));
    }
    assert_eq!(Codec::from_rtpmap("PCMA", 16_000), None);
    assert_eq!(Codec::from_static_payload_type(18), None);
}

#[test]
fn oversized_and_foreign_payloads_leave_the_output_alone() {
    for codec in Codec::ALL {
        let mut out = vec![7];
        assert!(Decoder::new(codec).unwrap().decode(&[0xff; 4000], &mut out).is_err(), "{codec:?}");
        assert_eq!(out, [7]);
    }
}

#[test]
fn resampling_keeps_speech_and_removes_what_would_alias() {
    for (from, to) in [(8000, 16_000), (16_000, 8000), (48_000, 16_000), (24_000, 16_000), (8000, 48_000)] {
        let input = sine(1000.0, from, from as usize, 10_000.0);
        let output = resample_all(&input, from, to).unwrap();
        assert_eq!(output.len(), to as usize);
        let middle = &output[to as usize / 4..to as usize * 3 / 4];
        let total = middle.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / middle.len() as f64;
        let tone = goertzel_power(middle, 1000.0, to);
        assert!(tone > 0.999 * total && (tone.sqrt() - 7071.0).abs() < 80.0, "{from} to {to}: {tone} of {total}");
        // Rising through zero at the start: the filter's delay is taken out, to the nearest sample.
        let lag = (0..4usize).min_by_key(|&i| output[to as usize / 2 + i].abs()).unwrap();
        assert!(lag <= 1, "{from} to {to}: {lag} samples late");
    }
    let beyond = sine(6000.0, 16_000, 16_000, 10_000.0);
    let halved = resample_all(&beyond, 16_000, 8000).unwrap();
    let left: f64 = halved.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / halved.len() as f64;
    assert!(left.sqrt() < 30.0, "6 kHz folds back at {}", left.sqrt());
}

#[test]
fn a_stream_resampled_by_frames_equals_the_whole() {
    let input = sine(700.0, 8000, 1600, 9000.0);
    let (mut whole, mut framed) = (Vec::new(), Vec::new());
    Resampler::new(8000, 16_000).unwrap().process(&input, &mut whole);
    let mut resampler = Resampler::new(8000, 16_000).unwrap();
    for frame in input.chunks(160) {
        let before = framed.len();
        resampler.process(frame, &mut framed);
        assert_eq!(framed.len() - before, 320);
    }
    assert_eq!(whole, framed);
}
