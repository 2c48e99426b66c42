//! What somebody has said of numbers: of a whole one, or of all that begin alike.

use std::collections::HashMap;

use types::Private;
use types::leg::Text;

use crate::Numbering;

/// Digits of the longest number or prefix, with room for a plus and for what some carriers put before.
const NUMBER_CHARS: usize = 32;

/// The digits of `13911112222` or of the prefix `1391*`, and whether it is one; none where it is neither.
pub(crate) fn number_or_prefix(text: &str) -> Option<(&str, bool)> {
    let (digits, prefix) = text.strip_suffix('*').map_or((text, false), |digits| (digits, true));
    let plain = digits.strip_prefix('+').unwrap_or(digits);
    let fine = !plain.is_empty() && digits.len() <= NUMBER_CHARS && plain.bytes().all(|b| b.is_ascii_digit());
    fine.then_some((digits, prefix))
}

/// Values by number: of the whole number, else of its longest prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ByNumber<V> {
    whole: HashMap<Private<Text>, V>,
    prefixes: HashMap<Private<Text>, V>,
}

impl<V> Default for ByNumber<V> {
    fn default() -> Self {
        Self { whole: HashMap::new(), prefixes: HashMap::new() }
    }
}

impl<V: Copy> ByNumber<V> {
    /// Says this of what [`number_or_prefix`] has read. Whole numbers may be written in any way that `numbering`
    /// understands; prefixes are held against numbers as records show them.
    pub(crate) fn insert(&mut self, (digits, prefix): (&str, bool), value: V, numbering: &Numbering) {
        if prefix {
            self.prefixes.insert(Private::new(digits.into()), value);
        } else {
            self.whole.insert(Private::new(numbering.received(digits).text().clone()), value);
        }
    }

    /// What is said of a number in canonical form.
    pub(crate) fn of(&self, number: &str) -> Option<V> {
        let look = |table: &HashMap<_, V>, text: &str| table.get(&Private::new(Text::from(text))).copied();
        let longest_first = (1..=number.len()).rev().filter(|len| number.is_char_boundary(*len));
        look(&self.whole, number).or_else(|| {
            let mut prefixes = longest_first.filter(|_| !self.prefixes.is_empty());
            prefixes.find_map(|len| look(&self.prefixes, &number[..len]))
        })
    }
}
