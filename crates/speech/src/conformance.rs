//! What every engine has to pass. Each function panics with what is wrong.

use crate::{Language, Speaker, SpeechError, TEXT_CHARS};

/// What is said in each language, and longer words for the same.
const SAID: [(Language, &str, &str); 2] = [
    (Language::Zh, "您好，请按一。", "您好，欢迎致电我们公司，销售请按一，技术支持请按二，人工服务请按零。"),
    (
        Language::En,
        "Press one.",
        "Welcome to our company. For sales press one, for support press two, for a person press zero.",
    ),
];

/// Speaks both languages: sound that is no silence, longer for more words, and the same for the same text.
pub fn speaks_both_languages(speaker: &dyn Speaker) {
    assert!(speaker.is_ready(), "it is not ready to speak");
    for (language, little, much) in SAID {
        let short = speaker.say(little, language).unwrap_or_else(|error| panic!("{language:?}: {error}"));
        let long = speaker.say(much, language).unwrap_or_else(|error| panic!("{language:?}: {error}"));
        assert!(!short.voice.is_empty(), "{language:?}: a voice without a name");
        let (brief, full) = (short.wav.seconds(), long.wav.seconds());
        assert!(brief > 0.3 && full > 2.0 * brief && full < 60.0, "{language:?}: {brief} s and {full} s");
        let loudest = short.wav.samples().map(i16::unsigned_abs).max().unwrap_or(0);
        assert!(loudest > 1_000, "{language:?}: hardly anything is heard, {loudest} at most");
        assert_eq!(speaker.say(little, language).as_ref(), Ok(&short), "{language:?}: another sound of the same text");
    }
}

/// Refuses what can't be said, and takes text as text: nothing in it is an option or a command.
pub fn refuses_what_can_not_be_said(speaker: &dyn Speaker) {
    let say = |text: &str| speaker.say(text, Language::Zh).map(|_| ());
    assert_eq!(say(" \n……"), Err(SpeechError::Empty));
    assert_eq!(say(&"好".repeat(TEXT_CHARS + 1)), Err(SpeechError::TooLong));
    assert_eq!(say("--help 帮助"), Ok(()));
    assert_eq!(say("$(reboot) `ls` <speak>一</speak> [[h@'loU]]"), Ok(()));
}
