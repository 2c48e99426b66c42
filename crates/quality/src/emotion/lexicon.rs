//! Words that speak of a mood, and what stands before them.

use aho_corasick::{AhoCorasick, MatchKind};

use super::Emotion;
use crate::letters::{Letter, letters};

/// An emotion and its weight, a tab, and words; a blank within a phrase is written `_`.
const SHIPPED: &str = include_str!("lexicon.tsv");
/// What turns a word round, in the letters before it.
const NEGATORS: [&str; 20] = [
    "不是",
    "并不",
    "不太",
    "不怎么",
    "不够",
    "毫不",
    "没有",
    "不",
    "没",
    "未",
    "别",
    "无",
    "非",
    "not",
    "no",
    "never",
    "nt",
    "isnt",
    "wasnt",
    "without",
];
/// What makes a word stronger.
const DEGREES: [&str; 20] = [
    "非常",
    "特别",
    "十分",
    "极其",
    "实在",
    "真的",
    "太",
    "很",
    "超",
    "真",
    "好",
    "极",
    "挺",
    "更",
    "最",
    "very",
    "so",
    "really",
    "extremely",
    "totally",
];
/// How many letters before a word may belong to it: 不是很满意 has three.
const REACH: usize = 4;
/// The same of words in Latin letters: "not at all very happy".
const LATIN_REACH: usize = 14;
/// A negated complaint is no praise: 没有不满意.
const TURNED_GOOD: f32 = -0.25;
const TURNED_BAD: f32 = -0.9;
const STRONGER: f32 = 1.4;

pub(super) struct Lexicon {
    automaton: AhoCorasick,
    entries: Vec<(Emotion, f32)>,
}

/// What a text's words weigh.
pub(super) struct Weighed {
    /// Whether any word that speaks of a mood is in it.
    pub(super) is_known: bool,
    /// Whether it asks for something, or soothes.
    pub(super) is_asked: bool,
    /// The sum of their weights; one plain word of praise or blame is 2.
    pub(super) sum: f32,
    pub(super) emotion: Emotion,
}

impl Lexicon {
    /// That which ships.
    pub(super) fn shipped() -> Self {
        let (mut words, mut entries): (Vec<String>, Vec<(Emotion, f32)>) = (Vec::new(), Vec::new());
        for (emotion, weight, word) in SHIPPED.lines().flat_map(line) {
            words.push(letters(&word).iter().map(|l| l.letter).collect());
            entries.push((emotion, weight));
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words);
        Self { automaton: automaton.expect("the shipped lexicon is small"), entries }
    }

    /// What the words of a text weigh together.
    pub(super) fn weigh(&self, text: &str) -> Weighed {
        let letters = letters(text);
        let (mut line, mut starts) = (String::new(), Vec::with_capacity(letters.len()));
        for letter in &letters {
            starts.push(line.len());
            line.push(letter.letter);
        }
        let mut sums = [0.0_f32; Emotion::ALL.len()];
        let (mut is_known, mut is_asked) = (false, false);
        let mut after = 0;
        for found in self.automaton.find_iter(&line) {
            let Ok(first) = starts.binary_search(&found.start()) else { continue };
            let end = starts.partition_point(|start| *start < found.end());
            if !is_word(&letters, first, end) {
                continue;
            }
            let (emotion, weight) = self.entries[found.pattern().as_usize()];
            is_known |= emotion != Emotion::Calm;
            is_asked |= emotion == Emotion::Calm;
            let (emotion, weight) = turned(emotion, weight, &before(&letters, after, first));
            sums[emotion as usize] += weight;
            after = end;
        }
        let sum: f32 = sums.iter().sum();
        let strongest = Emotion::ALL.into_iter().filter(|e| sums[*e as usize] * sum > 0.0);
        let emotion = strongest.max_by(|a, b| sums[*a as usize].abs().total_cmp(&sums[*b as usize].abs()));
        Weighed { is_known, is_asked, sum, emotion: emotion.unwrap_or(Emotion::Calm) }
    }
}

/// The words of a line with their emotion and weight.
fn line(line: &str) -> Vec<(Emotion, f32, String)> {
    let Some((head, words)) = line.split_once('\t') else { return Vec::new() };
    let Some((emotion, weight)) = head.split_once(' ') else { return Vec::new() };
    let (Some(emotion), Ok(weight)) = (Emotion::parse(emotion), weight.parse::<f32>()) else { return Vec::new() };
    words.split(' ').map(|word| (emotion, weight, word.replace('_', " "))).collect()
}

/// A word in Latin letters stands alone.
fn is_word(letters: &[Letter], first: usize, end: usize) -> bool {
    let is_latin = |l: &Letter| l.letter.is_ascii_alphabetic();
    let joined = |a: Option<&Letter>, b: Option<&Letter>| {
        a.zip(b).is_some_and(|(a, b)| a.at + 1 == b.at && is_latin(a) && is_latin(b))
    };
    !joined(first.checked_sub(1).and_then(|i| letters.get(i)), letters.get(first))
        && !joined(letters.get(end - 1), letters.get(end))
}

/// The letters before a word that may belong to it: of its own clause, and of no word before.
fn before(letters: &[Letter], after: usize, first: usize) -> String {
    let reach = if letters[first].letter.is_ascii_alphabetic() { LATIN_REACH } else { REACH };
    let mut from = first;
    while from > after && first - from < reach && !letters[from].after_break {
        from -= 1;
    }
    letters[from..first].iter().map(|l| l.letter).collect()
}

/// What an emotion and its weight become by the letters before.
fn turned(emotion: Emotion, weight: f32, before: &str) -> (Emotion, f32) {
    let degree = if DEGREES.iter().any(|degree| before.ends_with(degree)) { STRONGER } else { 1.0 };
    // 非常 and 特别 hold letters that negate elsewhere.
    let plain = DEGREES.iter().fold(before.to_owned(), |rest, degree| rest.replace(degree, ""));
    let is_negated = NEGATORS.iter().any(|negator| plain.contains(negator));
    match (is_negated, weight > 0.0) {
        (false, _) => (emotion, weight * degree),
        (true, true) => (Emotion::Disappointment, weight * TURNED_BAD),
        (true, false) => (Emotion::Calm, weight * TURNED_GOOD),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_word_stands_once() {
        let words: Vec<String> = SHIPPED.lines().flat_map(line).map(|(_, _, word)| word).collect();
        let mut seen = BTreeSet::new();
        let twice: Vec<&String> = words.iter().filter(|word| !seen.insert(*word)).collect();
        assert!(twice.is_empty() && words.len() > 300, "{twice:?} of {}", words.len());
        assert_eq!(SHIPPED.lines().count(), SHIPPED.lines().filter(|l| !line(l).is_empty()).count());
    }
}
