//! `lingtong tts`: a text, spoken into a file.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use speech::{Language, Speaker};
use speech_local::Espeak;

use crate::process;

/// What is to be spoken, and where to.
#[derive(Args)]
pub(crate) struct Tts {
    /// The language that it is in: `zh` or `en`.
    #[arg(long, value_parser = language, default_value = "zh")]
    lang: Language,
    /// The WAV file to be made.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The text.
    text: String,
}

fn language(name: &str) -> Result<Language, String> {
    Language::parse(name).ok_or_else(|| "zh or en".to_owned())
}

/// Speaks it, and tells how long the sound is, what it cost and which voice it was.
pub(crate) fn tts(wanted: &Tts) -> Result<(), String> {
    let spoken = Espeak::on_path().say(&wanted.text, wanted.lang).map_err(|error| error.to_string())?;
    let (audio_s, cpu_s) = (spoken.wav.seconds(), process::read().with_children_cpu_s);
    let write = std::fs::write(&wanted.out, spoken.wav.into_bytes());
    write.map_err(|error| format!("{}: {error}", wanted.out.display()))?;
    println!("{}", json!({"audio_s": audio_s, "cpu_s": cpu_s, "voice": spoken.voice}));
    Ok(())
}
