//! Uploads in the formats that people have: each is a second with 0.6 s of 440 Hz in its middle.

use media::prompt::{BANK_RATE, Sounds, import};
use media::tone::goertzel_power;

#[test]
fn every_common_format_becomes_a_prompt() {
    let files: [(&str, &[u8]); 4] = [
        ("mp3", include_bytes!("uploads/tone.mp3")),
        ("m4a", include_bytes!("uploads/tone.m4a")),
        ("flac", include_bytes!("uploads/tone.flac")),
        ("ogg", include_bytes!("uploads/tone.ogg")),
    ];
    for (name, bytes) in files {
        let prompt = import(bytes.to_vec(), Sounds::Speech).unwrap_or_else(|e| panic!("{name}: {e}"));
        let length_ms = prompt.samples.len() as u32 * 1000 / BANK_RATE;
        assert!((740..880).contains(&length_ms), "{name}: {length_ms} ms");
        let middle = &prompt.samples[BANK_RATE as usize / 4..BANK_RATE as usize / 4 + 3200];
        let all = middle.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / middle.len() as f64;
        let tone = goertzel_power(middle, 440.0, BANK_RATE);
        assert!(tone > 1e7 && all > 1e7, "{name}: {tone} of {all}");
    }
}

#[test]
fn damaged_uploads_are_refused_or_read_and_never_more() {
    let whole: [&[u8]; 4] = [
        include_bytes!("uploads/tone.mp3"),
        include_bytes!("uploads/tone.m4a"),
        include_bytes!("uploads/tone.flac"),
        include_bytes!("uploads/tone.ogg"),
    ];
    let mut seed = 7u32;
    let mut next = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize
    };
    for bytes in whole {
        for _ in 0..40 {
            let mut damaged = bytes[..bytes.len() - next() % bytes.len()].to_vec();
            for _ in 0..next() % 20 {
                if let Some(at) = (!damaged.is_empty()).then(|| next() % damaged.len()) {
                    damaged[at] ^= 1 << (next() % 8);
                }
            }
            let _ = import(damaged, Sounds::Speech);
        }
    }
}
