//! Keys that are safe as paths.

use std::fmt;
use std::str::FromStr;

/// The longest key: a path of it fits below any data directory.
const LONGEST: usize = 512;

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is parts of a-z, A-Z, 0-9, `-`, `_` and `.` joined by `/`; no part begins with `.`; 512 bytes at most")]
pub struct BadKey;

/// The name of an object within its tenant, such as `recordings/0123/leg-1.trk`. It can lead nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

impl Key {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Key {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        // A leading dot is refused for `.` and `..`, and for the names of unfinished files.
        let part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(allowed);
        if text.len() <= LONGEST && text.split('/').all(part) { Ok(Self(text.to_owned())) } else { Err(BadKey) }
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
    fn a_key_cannot_leave_its_folder() {
        for good in ["a", "recordings/0123/leg-1.trk", "a.b_c-D"] {
            assert_eq!(good.parse::<Key>().unwrap().as_str(), good);
        }
        let long = "a".repeat(LONGEST + 1);
        for bad in
            ["", "/", "/etc/passwd", "a/../b", "..", ".", "a/./b", "a//b", "a/", ".hidden", "a\\b", "a\0b", "ä", &long]
        {
            assert_eq!(bad.parse::<Key>(), Err(BadKey), "{bad}");
        }
    }
}
