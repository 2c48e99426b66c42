//! Names of objects.

use std::fmt;
use std::str::FromStr;

/// The longest key in bytes: what all backends take, with room for a folder of their own.
pub const KEY_MAX: usize = 512;

/// The name of an object: parts of letters, digits, `-`, `_` and `.`, by slashes. No part begins with a dot, so that no key leads out of
/// a folder, and what a backend hides by a dot is nobody's object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

/// A text is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no key: 1 to {KEY_MAX} letters, digits, `-`, `_` and `.`, in parts by `/` that begin with no dot")]
pub struct BadKey(String);

impl Key {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Key {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        let is_part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(is_plain);
        let good = text.len() <= KEY_MAX && text.split('/').all(is_part);
        if good { Ok(Self(text.to_owned())) } else { Err(BadKey(text.chars().take(KEY_MAX).collect())) }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_leads_out_of_its_folder() {
        for text in ["", "/", "a/", "/a", "a//b", "..", "a/../b", ".a", "a b", "a\0", "录", &"a".repeat(KEY_MAX + 1)] {
            assert!(text.parse::<Key>().is_err(), "{text}");
        }
        for text in ["a", "1/2026-11/9.ogg", "A_b-c.d/e"] {
            assert_eq!(text.parse::<Key>().unwrap().as_str(), text);
        }
    }
}
