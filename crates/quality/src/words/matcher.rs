//! Finds the words of lists: one pass over the text by each of three writings.

use aho_corasick::{AhoCorasick, BuildError};

use super::{By, Hit, List, Word};
use crate::letters::{Letter, letters};
use crate::sound::{near, syllable};

/// Two syllables that are merely alike are met all day; three are somebody's word.
const NEAR_SYLLABLES: usize = 3;
/// Between syllables, so that xi'an is not xian.
const SEPARATOR: char = '\'';

/// Lists with too many words.
#[derive(Debug, thiserror::Error)]
#[error("the word lists are too long: {0}")]
pub struct TooMuch(#[from] BuildError);

/// Words, ready to be found. Costs some hundred bytes a word, and a few microseconds for each sentence.
pub struct Matcher {
    words: Vec<Word>,
    tracks: Vec<Track>,
}

/// One writing of the words.
struct Track {
    by: By,
    automaton: AhoCorasick,
    /// Which word each pattern is.
    words: Vec<usize>,
}

impl Matcher {
    /// A matcher for the words of these lists.
    ///
    /// # Errors
    /// [`TooMuch`] beyond what an automaton holds, two thousand million letters.
    pub fn new<'l>(lists: impl IntoIterator<Item = &'l List>) -> Result<Self, TooMuch> {
        let words: Vec<Word> = lists.into_iter().flat_map(|list| list.words.iter().cloned()).collect();
        let tracks = [By::Letter, By::Sound, By::NearSound].into_iter().map(|by| Track::new(by, &words));
        Ok(Self { tracks: tracks.collect::<Result<_, _>>()?, words })
    }

    /// The words in a text, in the order in which they begin. Where several cover each other the longest counts, and of
    /// equal ones that found by letters.
    pub fn find(&self, text: &str) -> Vec<Hit<'_>> {
        let letters = letters(text);
        let mut hits: Vec<Hit<'_>> = self.tracks.iter().flat_map(|track| self.along(track, &letters)).collect();
        hits.sort_by(|a, b| {
            (b.end - b.start).cmp(&(a.end - a.start)).then(a.by.cmp(&b.by)).then(a.start.cmp(&b.start))
        });
        let mut kept: Vec<Hit<'_>> = Vec::with_capacity(hits.len());
        for hit in hits {
            if kept.iter().all(|k| hit.end <= k.start || k.end <= hit.start) {
                kept.push(hit);
            }
        }
        kept.sort_by_key(|hit| hit.start);
        kept
    }

    fn along<'m>(&'m self, track: &'m Track, letters: &[Letter]) -> Vec<Hit<'m>> {
        let (mut line, mut starts) = (String::new(), Vec::with_capacity(letters.len()));
        for letter in letters {
            starts.push(line.len());
            track.by.write(letter.letter, &mut line);
        }
        let found = track.automaton.find_overlapping_iter(&line).filter_map(|found| {
            let first = starts.binary_search(&found.start()).ok()?;
            let last = starts.partition_point(|start| *start < found.end()).checked_sub(1)?;
            let word = &self.words[track.words[found.pattern().as_usize()]];
            let is_meant = match track.by {
                By::Letter => stands_alone(letters, first, last),
                By::Sound | By::NearSound => sounds_so(word, &letters[first..=last]),
            };
            is_meant.then(|| Hit {
                word: &word.text,
                category: &word.category,
                start: letters[first].at,
                end: letters[last].at + 1,
                by: track.by,
            })
        });
        found.collect()
    }
}

impl Track {
    fn new(by: By, words: &[Word]) -> Result<Self, TooMuch> {
        let (mut patterns, mut of) = (Vec::new(), Vec::new());
        for (index, word) in words.iter().enumerate() {
            if let Some(pattern) = by.pattern(&word.text) {
                patterns.push(pattern);
                of.push(index);
            }
        }
        Ok(Self { by, automaton: AhoCorasick::new(patterns)?, words: of })
    }
}

impl By {
    /// Writes a letter as this track has it. What has no sound can be part of no word that is found by sound.
    fn write(self, letter: char, line: &mut String) {
        match (self, syllable(letter)) {
            (Self::Letter, _) => line.push(letter),
            (Self::Sound, Some(syllable)) => line.push_str(syllable),
            (Self::NearSound, Some(syllable)) => line.push_str(&near(syllable)),
            (_, None) => line.push('-'),
        }
        if self != Self::Letter {
            line.push(SEPARATOR);
        }
    }

    /// How a word is written here; none where it can't be told by its sound.
    fn pattern(self, word: &str) -> Option<String> {
        let letters = letters(word);
        let least = match self {
            Self::Letter => 1,
            Self::Sound => 2,
            Self::NearSound => NEAR_SYLLABLES,
        };
        let has_sound = self == Self::Letter || letters.iter().all(|l| syllable(l.letter).is_some());
        (has_sound && letters.len() >= least).then(|| {
            let mut line = String::new();
            letters.iter().for_each(|l| self.write(l.letter, &mut line));
            line
        })
    }
}

/// A word of Latin letters or digits is not part of a longer one: no `sue` in `issue`, no 110 in a telephone number.
fn stands_alone(letters: &[Letter], first: usize, last: usize) -> bool {
    let is_joined = |a: usize, b: usize| {
        let (Some(a), Some(b)) = (letters.get(a), letters.get(b)) else { return false };
        let kind = |l: &Letter| (l.letter.is_ascii_alphabetic(), l.letter.is_ascii_digit());
        a.at + 1 == b.at && kind(a) == kind(b) && kind(a) != (false, false)
    };
    let goes_on = is_joined(last, last + 1);
    let has_begun = first > 0 && is_joined(first - 1, first);
    !goes_on && !has_begun
}

/// Not across punctuation, and not a word that is truly said.
fn sounds_so(word: &Word, letters: &[Letter]) -> bool {
    let said = || letters.iter().map(|l| l.letter);
    letters.iter().skip(1).all(|l| !l.after_break) && !word.but_not.iter().any(|not| said().eq(not.chars()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::shipped;

    fn found(text: &str) -> Vec<(String, usize, By)> {
        let matcher = Matcher::new(&shipped()).unwrap();
        matcher.find(text).into_iter().map(|hit| (hit.word.to_owned(), hit.start, hit.by)).collect()
    }

    fn one(text: &str) -> (String, usize, By) {
        let all = found(text);
        assert_eq!(all.len(), 1, "{text}: {all:?}");
        all.into_iter().next().unwrap()
    }

    #[test]
    fn words_are_found_however_they_are_written() {
        assert_eq!(one("我要投诉"), ("投诉".to_owned(), 2, By::Letter));
        assert_eq!(one("我 要 投 诉"), ("投诉".to_owned(), 4, By::Letter));
        assert_eq!(one("打幺二三幺五"), ("12315".to_owned(), 1, By::Letter));
        assert_eq!(one("I want a REFUND."), ("refund".to_owned(), 9, By::Letter));
    }

    #[test]
    fn what_recognition_mistook_is_found_by_its_sound() {
        assert_eq!(one("我要头诉"), ("投诉".to_owned(), 2, By::Sound));
        assert_eq!(one("我找银保间"), ("银保监".to_owned(), 2, By::Sound));
        assert_eq!(one("我找赢保间"), ("银保监".to_owned(), 2, By::NearSound));
    }

    #[test]
    fn a_part_of_a_longer_word_or_number_is_none() {
        assert_eq!(found("what an issue with pursuer"), []);
        assert_eq!(found("订单号是1231523"), []);
        assert_eq!(found("我的推开方式"), []);
    }

    #[test]
    fn sound_does_not_reach_across_punctuation() {
        assert_eq!(found("我点头，诉说"), []);
    }

    #[test]
    fn of_words_within_words_the_longest_counts() {
        assert_eq!(one("我要去银保监会").0, "银保监会");
    }

    proptest! {
        #[test]
        fn places_lie_within_any_text(text in "\\PC{0,60}") {
            let matcher = Matcher::new(&shipped()).unwrap();
            for hit in matcher.find(&text) {
                prop_assert!(hit.start < hit.end && hit.end <= text.chars().count());
            }
        }

        #[test]
        fn a_word_is_found_wherever_it_stands(before in "[的了我你他a-z ]{0,20}", after in "[吗吧呢，。]{0,5}") {
            let matcher = Matcher::new(&shipped()).unwrap();
            let text = format!("{before}投诉{after}");
            let at = before.chars().count();
            prop_assert!(matcher.find(&text).iter().any(|hit| hit.start <= at && hit.end >= at + 2));
        }
    }
}
