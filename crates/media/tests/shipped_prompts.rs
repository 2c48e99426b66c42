//! The prompts that ship with the product are playable: each file decodes, speaks, is level with the others, and has
//! neither clipped peaks nor a cut end.

use media::codec::Codec;
use media::prompt::{PromptBank, decode};
use std::path::{Path, PathBuf};

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "opus" || e == "ogg" || e == "wav") {
            out.push(path);
        }
    }
}

fn rms(pcm: &[i16]) -> f64 {
    (pcm.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / pcm.len().max(1) as f64).sqrt()
}

#[test]
fn every_shipped_prompt_is_playable() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../prompts");
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    assert!(!paths.is_empty(), "no prompts in {}", folder.display());
    let mut bank = PromptBank::new();
    for path in &paths {
        let name = path.display().to_string();
        let pcm = decode(&std::fs::read(path).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let (rate, samples) = (pcm.rate as usize, &pcm.samples);
        assert!(samples.len() > rate / 5, "{name} is only {} samples", samples.len());
        let clipped = samples.iter().filter(|s| s.unsigned_abs() >= 32_700).count();
        assert!(clipped < 8, "{name} clips {clipped} times");
        // The loudest 400 ms stand for the speech, whatever pauses are around it.
        let loudest = samples.chunks(rate * 2 / 5).map(rms).fold(0.0, f64::max);
        assert!((800.0..12_000.0).contains(&loudest), "{name} has level {loudest}");
        let end = rms(&samples[samples.len() - rate / 100..]);
        // Music runs on into its own begin.
        let repeats = path.parent().is_some_and(|p| p.ends_with("music"));
        assert!(repeats || end < loudest / 3.0, "{name} ends at level {end} of {loudest}: cut off");
        if bank.len() < 8 {
            bank.insert(&name, pcm);
        }
    }
    // A few are enough to see that they can be coded.
    bank.warm(Codec::Pcma).unwrap();
}
