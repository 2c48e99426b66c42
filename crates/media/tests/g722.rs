//! G.722 against another implementation: vectors of FFmpeg's coder (see `vectors/g722/make.py`).

use media::codec::{Codec, Decoder, Encoder};

const SOURCE: &[u8] = include_bytes!("vectors/g722/source.pcm");
const CODED: &[u8] = include_bytes!("vectors/g722/coded.g722");
const OURS: &[u8] = include_bytes!("vectors/g722/ours.g722");
const OURS_DECODED: &[u8] = include_bytes!("vectors/g722/ours.pcm");
const DECODED: &[u8] = include_bytes!("vectors/g722/decoded.pcm");

fn samples(bytes: &[u8]) -> Vec<i16> {
    bytes.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect()
}

fn decoded(coded: &[u8]) -> Vec<i16> {
    let mut decoder = Decoder::new(Codec::G722).unwrap();
    let mut pcm = Vec::new();
    coded.chunks(160).for_each(|payload| _ = decoder.decode(payload, &mut pcm).unwrap());
    pcm
}

fn coded(pcm: &[i16]) -> Vec<u8> {
    let mut encoder = Encoder::new(Codec::G722).unwrap();
    let mut bytes = Vec::new();
    pcm.chunks(320).for_each(|frame| _ = encoder.encode(frame, &mut bytes).unwrap());
    bytes
}

/// How far `got` is from `wanted`, as signal to noise in dB, at the delay between the two that fits best.
fn similarity_db(wanted: &[i16], got: &[i16], delays: std::ops::Range<usize>) -> f64 {
    let at = |delay: usize| {
        let pairs = wanted.iter().zip(&got[delay.min(got.len())..]);
        let (signal, noise) = pairs.fold((0.0, 1e-9), |(signal, noise), (&w, &g)| {
            (signal + f64::from(w).powi(2), noise + (f64::from(w) - f64::from(g)).powi(2))
        });
        10.0 * (signal / noise).log10()
    };
    delays.map(at).fold(f64::MIN, f64::max)
}

/// What coder and decoder of the two implementations may differ by, in dB: rounding, nothing that an ear finds.
const SAME_DB: f64 = 40.0;
/// What G.722 keeps of this signal, of which half lies in the high band with its two bits a sample, in dB.
const KEPT_DB: f64 = 15.0;
/// The two filter banks delay by 22 samples.
const DELAYS: std::ops::Range<usize> = 0..40;

#[test]
fn what_ffmpeg_codes_is_decoded_as_ffmpeg_decodes_it() {
    let (ours, theirs) = (decoded(CODED), samples(DECODED));
    assert_eq!(ours.len(), theirs.len());
    assert!(similarity_db(&theirs, &ours, 0..1) > SAME_DB);
    assert!(similarity_db(&samples(SOURCE), &ours, DELAYS) > KEPT_DB);
}

#[test]
fn what_we_code_ffmpeg_decodes_to_what_was_said() {
    let ours = coded(&samples(SOURCE));
    if let Ok(path) = std::env::var("G722_OURS") {
        std::fs::write(path, &ours).unwrap();
    }
    assert_eq!(ours, OURS, "the encoder has changed: make the vectors anew");
    let by_ffmpeg = samples(OURS_DECODED);
    assert!(similarity_db(&by_ffmpeg, &decoded(&ours), 0..1) > SAME_DB);
    assert!(similarity_db(&samples(SOURCE), &by_ffmpeg, DELAYS) > KEPT_DB);
}
