//! Why a day can't be rehearsed.

use resource::Problem;

/// Why a day can't be rehearsed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database fails.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// What was asked for makes no sense.
    #[error("{field}: {why}")]
    Wanted {
        /// The field.
        field: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing is known of the day.
    #[error("{why}")]
    Nothing {
        /// What is missing.
        why: String,
        /// Days of which something is known, the newest first.
        days: Vec<String>,
    },
    /// What is wrong with the draft, or with the settings as they stand.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Settings(Vec<Problem>),
}

impl Error {
    pub(crate) fn wanted(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Wanted { field: field.into(), why: why.into() }
    }
}
