//! Values that name a person never reach a log in clear.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A telephone number, a name, a transcript: prints as `***`, whatever the format string.
///
/// Reading it takes a call to [`Private::reveal`], which is easy to search for.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Private<T>(T);

impl<T> Private<T> {
    /// Wraps a value that names a person.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value in clear. Not for logs.
    pub const fn reveal(&self) -> &T {
        &self.0
    }

    /// The value in clear, by value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Private<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl From<&str> for Private<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl From<&str> for Private<std::sync::Arc<str>> {
    fn from(value: &str) -> Self {
        Self(value.into())
    }
}

impl<T> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T> fmt::Display for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_format_shows_the_value() {
        let number = Private::new("13800138000".to_owned());
        for text in [format!("{number}"), format!("{number:?}"), format!("{:?}", Some(&number)), format!("{number:#?}")]
        {
            assert!(!text.contains("138"), "{text}");
        }
        assert_eq!(number.reveal(), "13800138000");
    }
}
