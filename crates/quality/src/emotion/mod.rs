//! The mood of a turn by its words.
//!
//! An estimate, and shown as one. Two witnesses speak: a lexicon that knows negation (不满意, "not happy") and degree (非常,
//! "really"), and a classifier of letter sequences, trained by a command on labelled text, which is asked where the
//! lexicon has nothing to say. Without evidence a turn is neutral: most turns on a telephone are.

mod classifier;
mod lexicon;

pub use classifier::{Classifier, Example, Unreadable, train};

use lexicon::Lexicon;

/// A turn's mood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mood {
    /// Which way it leans.
    pub label: Label,
    /// The emotion that most words speak of.
    pub emotion: Emotion,
    /// From -1, all bad, to 1, all good.
    pub score: f32,
}

/// Which way a mood leans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// Pleased.
    Positive,
    /// Neither, or nothing is known.
    Neutral,
    /// Displeased.
    Negative,
}

/// What somebody feels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Emotion {
    /// Angry, impatient.
    Anger,
    /// Let down by what was bought or done.
    Disappointment,
    /// Worried, in a hurry.
    Anxiety,
    /// Sad, hurt.
    Sadness,
    /// Pleased.
    Joy,
    /// Grateful.
    Gratitude,
    /// None of these.
    Calm,
}

impl Label {
    /// As programs read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Neutral => "neutral",
            Self::Negative => "negative",
        }
    }
}

impl Emotion {
    const ALL: [Self; 7] =
        [Self::Anger, Self::Disappointment, Self::Anxiety, Self::Sadness, Self::Joy, Self::Gratitude, Self::Calm];

    /// As programs read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anger => "anger",
            Self::Disappointment => "disappointment",
            Self::Anxiety => "anxiety",
            Self::Sadness => "sadness",
            Self::Joy => "joy",
            Self::Gratitude => "gratitude",
            Self::Calm => "calm",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|emotion| emotion.as_str() == name)
    }
}

/// Beyond so much of a score, a turn leans.
const LEANS: f32 = 0.25;
/// So sure must the classifier be, of 1, where the lexicon is silent: it has learnt from reviews, all of which lean.
const SURE: f32 = 0.93;
/// What the classifier adds at most, where the lexicon has spoken: half of a plain word.
const SECOND: f32 = 2.0;
/// So much evidence, one plain word of praise or blame, makes half of a full score.
const HALF: f32 = 2.0;
/// Shorter turns are no review: 好的, 查一下.
const LEAST_LETTERS: usize = 8;

/// Judges turns.
pub struct Judge {
    lexicon: Lexicon,
    classifier: Classifier,
}

impl Judge {
    /// A judge with the shipped lexicon and this classifier.
    pub fn new(classifier: Classifier) -> Self {
        Self { lexicon: Lexicon::shipped(), classifier }
    }

    /// The mood of one turn, or of any text up to some sentences.
    pub fn mood(&self, text: &str) -> Mood {
        let found = self.lexicon.weigh(text);
        let is_long = text.chars().filter(|c| c.is_alphanumeric()).count() >= LEAST_LETTERS;
        let good = self.classifier.good(text).filter(|_| is_long);
        if found.is_known {
            let sum = found.sum + good.map_or(0.0, |good| (good - 0.5) * SECOND);
            let emotion = match (found.emotion, sum > 0.0) {
                (Emotion::Calm, true) => Emotion::Joy,
                (Emotion::Calm, false) => Emotion::Disappointment,
                (emotion, _) => emotion,
            };
            return lean(sum, emotion);
        }
        match good.filter(|good| !found.is_asked && good.max(1.0 - good) >= SURE) {
            Some(good) if good > 0.5 => lean(SECOND * good, Emotion::Joy),
            Some(good) => lean(SECOND * (good - 1.0), Emotion::Disappointment),
            None => lean(0.0, Emotion::Calm),
        }
    }
}

impl Default for Judge {
    /// With what ships.
    fn default() -> Self {
        Self::new(Classifier::shipped())
    }
}

/// What evidence makes of a mood: each further word says less than the one before.
fn lean(sum: f32, emotion: Emotion) -> Mood {
    let score = sum / (sum.abs() + HALF);
    let label = if score >= LEANS {
        Label::Positive
    } else if score <= -LEANS {
        Label::Negative
    } else {
        return Mood { label: Label::Neutral, emotion: Emotion::Calm, score };
    };
    Mood { label, emotion, score }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Turns of customers with the label that a person would give them, made for this project.
    const LABELLED: &str = include_str!("labelled.tsv");

    #[test]
    fn nine_turns_of_ten_are_judged_as_people_judge_them() {
        let judge = Judge::default();
        let turns: Vec<(&str, &str)> = LABELLED.lines().filter_map(|line| line.split_once('\t')).collect();
        let wrong: Vec<String> = turns
            .iter()
            .filter(|(label, text)| judge.mood(text).label.as_str() != *label)
            .map(|(label, text)| format!("{label} {text}: {:?}", judge.mood(text)))
            .collect();
        assert!(wrong.len() * 10 <= turns.len(), "{} of {}: {wrong:#?}", wrong.len(), turns.len());
    }

    #[test]
    fn negation_turns_a_word_round() {
        let judge = Judge::default();
        for (text, label) in [
            ("我很满意", Label::Positive),
            ("我不太满意", Label::Negative),
            ("我没有不满意", Label::Neutral),
            ("I am happy with it", Label::Positive),
            ("I am not happy with it", Label::Negative),
        ] {
            assert_eq!(judge.mood(text).label, label, "{text}: {:?}", judge.mood(text));
        }
    }

    #[test]
    fn anger_is_told_from_disappointment() {
        let judge = Judge::default();
        assert_eq!(judge.mood("你们这是什么态度，我要投诉").emotion, Emotion::Anger);
        assert_eq!(judge.mood("这个东西质量差，太让人失望了").emotion, Emotion::Disappointment);
        assert_eq!(judge.mood("太谢谢你了").emotion, Emotion::Gratitude);
    }

    proptest! {
        #[test]
        fn any_text_has_a_mood_within_bounds(text in "\\PC{0,80}") {
            let mood = Judge::default().mood(&text);
            prop_assert!((-1.0..=1.0).contains(&mood.score));
        }
    }
}
