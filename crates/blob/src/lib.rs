//! Large objects by key: archived recordings, wherever they are kept.
//!
//! [`Blobs`] is the port, [`Disk`] the default, and `conformance` (behind the feature of that name) the suite that every
//! backend passes. All methods block; none may be called on a thread that drives a runtime.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod disk;
mod key;

pub use disk::Disk;
pub use key::{BadKey, KEY_MAX, Key};

use std::io::Read;
use std::ops::Range;

/// Objects that one call of [`Blobs::list`] gives at most: what S3 gives in one answer.
pub const LIST_MAX: usize = 1_000;

/// Why something was not done. Nothing has changed then, unless it says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no object of this key.
    #[error("no object `{0}`")]
    NotFound(Key),
    /// Whoever keeps the objects does not let us.
    #[error("not allowed: {0}")]
    Denied(String),
    /// There is no room.
    #[error("no room: {0}")]
    Full(String),
    /// What was to be put could not be read.
    #[error("what was to be kept cannot be read: {0}")]
    Source(std::io::Error),
    /// The disk or the server failed, or did not answer in time. The same may succeed later.
    #[error("{0}")]
    Unavailable(String),
}

impl Error {
    /// Whether the same can succeed later without anybody's doing.
    pub fn can_retry(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Full(_))
    }
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: Key,
    /// Its length in bytes.
    pub bytes: u64,
}

/// Where objects are kept. An object is whole or is not there; it is never changed, only replaced.
pub trait Blobs: Send + Sync + 'static {
    /// Keeps all that `body` gives, in place of what was there. Durable when it returns. Returns the length in bytes.
    ///
    /// # Errors
    /// See [`Error`]; what was there before is there still.
    fn put(&self, key: &Key, body: &mut dyn Read) -> Result<u64, Error>;

    /// The bytes of a range; those behind the end are left out.
    ///
    /// # Errors
    /// See [`Error`]; the reader fails when the way to the object is lost.
    fn get(&self, key: &Key, range: Range<u64>) -> Result<Box<dyn Read + Send>, Error>;

    /// The length in bytes.
    ///
    /// # Errors
    /// See [`Error`].
    fn head(&self, key: &Key) -> Result<u64, Error>;

    /// The objects below a folder (`a/b`; all when empty) whose keys come after `after`, in the order of their keys'
    /// bytes: `limit` of them, and [`LIST_MAX`] at most.
    ///
    /// # Errors
    /// See [`Error`].
    fn list(&self, folder: &str, after: Option<&Key>, limit: usize) -> Result<Vec<Listed>, Error>;

    /// Removes an object for good; one that is not there is no error.
    ///
    /// # Errors
    /// See [`Error`].
    fn delete(&self, key: &Key) -> Result<(), Error>;
}
