//! What can go wrong with the store.

use sea_orm::{DbErr, SqlErr};

/// Why a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached.
    #[error("the database failed: {0}")]
    Database(DbErr),
    /// The database could not be opened.
    #[error(
        "cannot open the database {place}: {source}; check that the server's user can reach, read and write it, or restore \
         it from a backup"
    )]
    Open {
        /// The file.
        place: String,
        /// What the database said.
        source: DbErr,
    },
    /// Another row has the name, number or key, or the row belongs to another tenant.
    #[error("a {0} with this name, number or id exists already")]
    Duplicate(&'static str),
    /// The page's cursor is not one that this store gave.
    #[error("the cursor of the page is damaged; begin with the first page")]
    BadCursor,
    /// A number to search for has to have so many digits that an index helps.
    #[error("give at least {0} digits of the number")]
    TooFewDigits(usize),
    /// A stored value cannot be read by this version.
    #[error("a stored {what} cannot be read: {reason}")]
    Stored {
        /// The column, or the kind of thing.
        what: &'static str,
        /// What the parser said; holds no values.
        reason: String,
    },
    /// The schema is newer than this program.
    #[error("the database was written by a newer version ({0}); run that version, or restore a backup")]
    Newer(String),
}

impl Error {
    /// Whether the same attempt may succeed a little later.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Error::Database(DbErr::Conn(_) | DbErr::ConnectionAcquire(_) | DbErr::Exec(_) | DbErr::Query(_)))
    }

    /// A breach of uniqueness in its own words.
    pub(crate) fn of(table: &'static str) -> impl FnOnce(DbErr) -> Error {
        move |error| match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Error::Duplicate(table),
            _ => Error::Database(error),
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Error::Database(error)
    }
}
