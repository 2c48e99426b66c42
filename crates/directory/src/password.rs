//! What a password has to be: long, not a common one, and not made of what everybody knows of its owner.

use crate::passwords::COMMON;

/// The setting that says how many characters a password has at least.
pub const LENGTH_SETTING: &str = "auth.password_min";
/// Characters of a password, at least, where the setting says nothing.
pub const DEFAULT_LENGTH: usize = 10;
/// Characters that are looked at: more would only cost time to hash.
pub const MAX_CHARS: usize = 256;
/// Different characters that a password has at least: `aaaaaaaaaaab` is a long one, and the second guess.
const DIFFERENT: usize = 5;
/// The shortest part of a name that a password may not contain.
const NAME_CHARS: usize = 4;

/// Why a password is not good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// It has fewer characters than the policy asks for.
    TooShort,
    /// It has more than [`MAX_CHARS`].
    TooLong,
    /// Guessers try it among the first, or it is one with some digits at an end.
    Common,
    /// It is a character repeated, or a run such as 1234567890.
    Simple,
    /// It contains the user's name, or the company's.
    Name,
}

impl Weakness {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::Common => "common",
            Self::Simple => "simple",
            Self::Name => "name",
        }
    }
}

/// What a tenant asks of passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// Characters at least.
    pub length: usize,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { length: DEFAULT_LENGTH }
    }
}

impl PasswordPolicy {
    /// The setting may say no less than this, and no more than that.
    pub const LENGTHS: std::ops::RangeInclusive<usize> = 8..=64;

    /// The policy for a value of [`LENGTH_SETTING`]. None where the value is out of bounds.
    pub fn with_length(length: usize) -> Option<Self> {
        Self::LENGTHS.contains(&length).then_some(Self { length })
    }

    /// All that speaks against a password of the user of this name at this tenant.
    pub fn weaknesses(self, password: &str, username: &str, tenant: &str) -> Vec<Weakness> {
        let chars: Vec<char> = password.to_lowercase().chars().collect();
        if chars.len() > MAX_CHARS {
            return vec![Weakness::TooLong];
        }
        let lower: String = chars.iter().collect();
        let found = [
            (chars.len() < self.length, Weakness::TooShort),
            (is_common(&lower), Weakness::Common),
            (is_simple(&chars), Weakness::Simple),
            ([username, tenant].iter().any(|name| contains_name(&lower, name)), Weakness::Name),
        ];
        found.into_iter().filter(|(is_so, _)| *is_so).map(|(_, weakness)| weakness).collect()
    }
}

/// In the list as it is, or without the digits and marks that people put around a word.
fn is_common(lower: &str) -> bool {
    let is_listed = |text: &str| COMMON.binary_search(&text).is_ok();
    let core = lower.trim_matches(|c: char| !c.is_alphabetic());
    let plain: String = core.chars().map(unleet).collect();
    is_listed(lower) || (!core.is_empty() && (is_listed(core) || is_listed(&plain)))
}

/// What people write in place of letters.
const fn unleet(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// Few different characters, or hardly a step that is not the same as the one before.
fn is_simple(chars: &[char]) -> bool {
    let mut different = chars.to_vec();
    different.sort_unstable();
    different.dedup();
    let steps: Vec<i64> =
        chars.windows(2).map(|pair| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]))).collect();
    let turns = steps.windows(2).filter(|pair| pair[0] != pair[1] || pair[0].abs() > 1).count();
    !chars.is_empty() && (different.len() < DIFFERENT || turns * 4 < chars.len())
}

fn contains_name(lower: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    name.chars().count() >= NAME_CHARS && lower.contains(&name) || lower == name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_guessers_try_is_refused_and_the_rest_passes() {
        use Weakness::{Common, Name, Simple, TooLong, TooShort};
        let long = "x".repeat(300);
        for (password, expected) in [
            ("correct horse battery", &[][..]),
            ("Wq7!vx-2mKp", &[]),
            ("今天天气很好我们去公园吧", &[]),
            ("short-1", &[TooShort]),
            ("", &[TooShort]),
            ("qwertyuiop", &[Common]),
            ("1qaz2wsx3edc", &[Common]),
            ("woaini1314520", &[Common]),
            ("Password2024!", &[Common]),
            ("P@ssw0rd2024", &[Common]),
            ("aaaaaaaaaaaa", &[Simple]),
            ("ababababababab", &[Simple]),
            ("abcdefghijklm", &[Simple]),
            ("98765432100123", &[Simple]),
            ("chenjing-2024-x", &[Name]),
            ("my-acme-desk-77", &[Name]),
            (&*long, &[TooLong]),
        ] {
            let found = PasswordPolicy::default().weaknesses(password, "ChenJing", "acme");
            assert_eq!(found, expected, "{password}");
        }
        let digits = PasswordPolicy::default().weaknesses("1234567890", "chenjing", "acme");
        assert!(digits.contains(&Common) && digits.contains(&Simple), "{digits:?}");
    }

    #[test]
    fn the_length_is_the_tenants_choice_within_bounds() {
        let policy = PasswordPolicy::with_length(14).unwrap();
        assert_eq!(policy.weaknesses("Wq7!vx-2mKp", "li", "acme"), [Weakness::TooShort]);
        assert_eq!((PasswordPolicy::with_length(4), PasswordPolicy::with_length(65)), (None, None));
    }

    #[test]
    fn the_list_is_sorted_for_searching() {
        assert!(COMMON.is_sorted() && COMMON.iter().all(|word| *word == word.to_lowercase()));
    }
}
