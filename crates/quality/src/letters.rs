//! Text as the letters that count, with the places they stood at.

/// Numerals in a row from which on they are digits that somebody dictates: 一 alone is a word like others.
const DICTATED: usize = 3;

/// A letter, digit or Han character; blanks and punctuation are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    /// In lower case, of ordinary width, a dictated numeral as a digit.
    pub(crate) letter: char,
    /// Its place in the text, in characters from 0.
    pub(crate) at: usize,
    /// Punctuation stands before it.
    pub(crate) after_break: bool,
}

/// The letters of a text.
pub(crate) fn letters(text: &str) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(text.len() / 2);
    let mut after_break = false;
    for (at, c) in text.chars().enumerate() {
        let letter = plain(c);
        if letter.is_alphanumeric() {
            letters.push(Letter { letter, at, after_break });
            after_break = false;
        } else if !letter.is_whitespace() {
            after_break = true;
        }
    }
    dictated(&mut letters);
    letters
}

/// In lower case and of ordinary width. A letter whose lower case is several characters stays.
fn plain(c: char) -> char {
    let narrow = match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    };
    let mut lower = narrow.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => narrow,
    }
}

/// What a numeral is when digits are dictated; 幺 is how 1 is said in numbers.
const fn digit(numeral: char) -> Option<char> {
    Some(match numeral {
        '〇' | '零' => '0',
        '一' | '幺' => '1',
        '二' | '两' => '2',
        '三' => '3',
        '四' => '4',
        '五' => '5',
        '六' => '6',
        '七' => '7',
        '八' => '8',
        '九' => '9',
        _ => return None,
    })
}

fn dictated(letters: &mut [Letter]) {
    let is_number = |l: &Letter| l.letter.is_ascii_digit() || digit(l.letter).is_some();
    for run in letters.chunk_by_mut(|a, b| is_number(a) == is_number(b)) {
        if run.len() >= DICTATED && is_number(&run[0]) {
            for letter in run {
                letter.letter = digit(letter.letter).unwrap_or(letter.letter);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(of: &str) -> String {
        letters(of).iter().map(|l| l.letter).collect()
    }

    #[test]
    fn letters_are_plain_and_keep_their_places() {
        assert_eq!(text("ＡＢ c，退 款！"), "abc退款");
        let refund = letters("我要，退 款")[2..].to_vec();
        assert_eq!(refund.iter().map(|l| (l.at, l.after_break)).collect::<Vec<_>>(), [(3, true), (5, false)]);
    }

    #[test]
    fn dictated_numerals_are_digits_and_others_words() {
        assert_eq!(text("打幺二三幺五"), "打12315");
        assert_eq!(text("一个两个"), "一个两个");
    }
}
