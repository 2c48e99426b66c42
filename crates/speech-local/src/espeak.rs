//! eSpeak NG: plain to the ear, at once, in both languages, and small enough for any machine.

use std::path::PathBuf;
use std::time::Duration;

use speech::{Language, Speaker, SpeechError, Spoken, Wav, speakable};

use crate::program::{Ran, run};

/// The program's name, and that of Debian's package.
const PROGRAM: &str = "espeak-ng";
/// It speaks some hundred times faster than people listen; whoever needs longer hangs.
const WITHIN: Duration = Duration::from_secs(30);
/// Ten minutes of its sound, bytes: more than the longest text takes.
const MOST_BYTES: usize = 32 << 20;

/// Its voice for a language, and how fast it speaks, words a minute: menus are listened to once.
const fn voice(language: Language) -> (&'static str, &'static str) {
    match language {
        // `cmn` alone reads characters by their names; this one reads them.
        Language::Zh => ("cmn-latn-pinyin", "160"),
        Language::En => ("en-us", "150"),
    }
}

/// The program `espeak-ng`, run anew for each text.
#[derive(Clone, Debug)]
pub struct Espeak {
    program: Option<PathBuf>,
}

impl Espeak {
    /// The one that is found on the path of programs.
    pub fn on_path() -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let program = std::env::split_paths(&path).map(|folder| folder.join(PROGRAM)).find(|program| program.is_file());
        Self { program }
    }

    /// This program.
    pub fn at(program: PathBuf) -> Self {
        Self { program: Some(program) }
    }
}

impl Speaker for Espeak {
    fn is_ready(&self) -> bool {
        self.program.as_ref().is_some_and(|program| program.is_file())
    }

    fn say(&self, text: &str, language: Language) -> Result<Spoken, SpeechError> {
        let text = speakable(text)?;
        let missing = || SpeechError::NotInstalled(PROGRAM.to_owned());
        let program = self.program.as_ref().ok_or_else(missing)?;
        let (voice, words_a_minute) = voice(language);
        // The text goes in by standard input, where nothing in it is an option.
        let options = ["-v", voice, "-s", words_a_minute, "-b", "1", "--stdin", "--stdout"];
        let wav = match run(program, &options, text.as_bytes(), WITHIN, MOST_BYTES) {
            Ok(Ran::Done(wav)) => wav,
            Ok(Ran::Failed(why)) => return Err(SpeechError::Engine(why)),
            Ok(Ran::TooSlow) => return Err(SpeechError::TooSlow(WITHIN.as_secs())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(missing()),
            Err(error) => return Err(SpeechError::Engine(error.to_string())),
        };
        let wav = Wav::from_pipe(wav).ok_or_else(|| SpeechError::Engine("no sound came of it".to_owned()))?;
        Ok(Spoken { wav, voice: format!("{PROGRAM} {voice}") })
    }
}
