//! What every engine has to pass. Each function panics with what is wrong.

use std::ops::ControlFlow;

use crate::{Engine, Heard, Hints, Language, PER_MS, RATE_HZ, Say, Segment};

/// Finds nothing in silence, and nothing in a quiet hiss.
pub fn silence_has_no_words(engine: &dyn Engine) {
    let mut recogniser = engine.recogniser(&Hints::default()).expect("a recogniser");
    // A linear congruential generator: a hiss that is the same each time.
    let mut state = 1_u32;
    let mut hiss = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 16) as i16) / 512
    };
    let quiet = vec![0; 3 * RATE_HZ as usize];
    let hissing: Vec<i16> = (0..3 * RATE_HZ).map(|_| hiss()).collect();
    for sound in [quiet, hissing] {
        let mut heard = recogniser.hear(&sound).expect("silence is no fault");
        heard.extend(recogniser.finish().expect("silence is no fault"));
        assert!(heard.is_empty(), "{} reports of no speech", heard.len());
    }
}

/// The same sound gives the same words whatever the pieces it comes in, in order and within the sound. Returns them.
pub fn pieces_do_not_matter(engine: &dyn Engine, hints: &Hints, sound: &[i16]) -> Vec<Segment> {
    let mut recogniser = engine.recogniser(hints).expect("a recogniser");
    let mut hear = |piece: usize| {
        let mut segments = Vec::new();
        for part in sound.chunks(piece) {
            segments.extend(finals(recogniser.hear(part).expect("heard")));
        }
        segments.extend(finals(recogniser.finish().expect("heard")));
        segments
    };
    let segments = hear(sound.len().max(1));
    assert_eq!(hear(20 * PER_MS), segments, "20 ms at a time it heard otherwise");
    let (mut last_ms, end_ms) = (0, (sound.len() / PER_MS) as u64);
    for segment in &segments {
        assert!(last_ms <= segment.start_ms, "starts before the last one ended");
        assert!(segment.start_ms < segment.end_ms && segment.end_ms <= end_ms, "lies outside the sound");
        assert!((0.0..=1.0).contains(&segment.confidence), "confidence {}", segment.confidence);
        assert!(!segment.text.reveal().is_empty(), "a segment of no words");
        last_ms = segment.end_ms;
    }
    segments
}

/// Times count on over sound that was lost.
pub fn lost_sound_moves_the_rest(engine: &dyn Engine, hints: &Hints, sound: &[i16]) {
    const LOST_MS: u64 = 60_000;
    let mut recogniser = engine.recogniser(hints).expect("a recogniser");
    let mut heard = recogniser.skip(LOST_MS).expect("a gap is no fault");
    heard.extend(recogniser.hear(sound).expect("heard"));
    heard.extend(recogniser.finish().expect("heard"));
    let segments = finals(heard);
    assert!(!segments.is_empty(), "nothing was heard behind the gap");
    assert!(segments.iter().all(|segment| segment.start_ms >= LOST_MS), "heard inside the gap");
}

/// Speaks: sound comes out, of the length it says, not overdriven. Returns it.
pub fn speaks(engine: &dyn Engine, text: &str, language: Language) -> Vec<i16> {
    let mut speaker = engine.speaker().expect("a speaker");
    let mut sound = Vec::new();
    let mut take = |samples: &[i16]| {
        sound.extend_from_slice(samples);
        ControlFlow::Continue(())
    };
    let spoken = speaker.say(&Say::plain(text, language), &mut take).expect("said");
    assert_eq!(spoken.samples, sound.len() as u64, "another length than it says");
    assert!(!spoken.voice.is_empty(), "by no voice");
    let loudest = sound.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
    assert!((1000..i16::MAX.unsigned_abs()).contains(&loudest), "its highest peak is {loudest}");
    sound
}

/// Breaks off when it is told to, and says a text of no words by no sound.
pub fn breaks_off(engine: &dyn Engine, sentences: &str, language: Language) {
    let mut speaker = engine.speaker().expect("a speaker");
    let mut pieces = 0;
    let mut once = |_: &[i16]| {
        pieces += 1;
        ControlFlow::Break(())
    };
    speaker.say(&Say::plain(sentences, language), &mut once).expect("breaking off is no fault");
    assert_eq!(pieces, 1, "went on after it was told to stop");
    let mut none = |_: &[i16]| panic!("sound of no words");
    let spoken = speaker.say(&Say::plain("  ", language), &mut none).expect("no words are no fault");
    assert_eq!(spoken.samples, 0);
}

fn finals(heard: Vec<Heard>) -> Vec<Segment> {
    let segment = |heard| if let Heard::Final(segment) = heard { Some(segment) } else { None };
    heard.into_iter().filter_map(segment).collect()
}
