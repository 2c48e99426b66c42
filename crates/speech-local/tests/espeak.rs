//! The program as it is installed.

use speech::{Language, Speaker, SpeechError, conformance};
use speech_local::Espeak;

#[test]
fn it_speaks_both_languages() {
    conformance::speaks_both_languages(&Espeak::on_path());
}

#[test]
fn text_is_text_and_nothing_else() {
    conformance::refuses_what_can_not_be_said(&Espeak::on_path());
}

#[test]
fn where_it_is_missing_that_is_said() {
    let missing = Espeak::at("/nowhere/espeak-ng".into());
    assert!(!missing.is_ready());
    assert_eq!(missing.say("好", Language::Zh), Err(SpeechError::NotInstalled("espeak-ng".to_owned())));
}
