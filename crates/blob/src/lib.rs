//! Recordings and files: the port and the disk default.
//!
//! A [`Blobs`] keeps immutable objects by key, each within its tenant. [`DiskBlobs`] keeps them as files. Calls block:
//! an async caller runs them on a thread that may. Other backends implement [`Blobs`] and must pass the
//! [`conformance`] suite.

pub mod conformance;
mod disk;
mod key;

use std::io;
use std::ops::Range;

use types::TenantId;

pub use disk::DiskBlobs;
pub use key::{BadKey, Key};

/// Why an object could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such object.
    #[error("there is no such object")]
    NotFound,
    /// The range begins behind the end.
    #[error("the range begins behind the end of the object, which has {0} bytes")]
    Range(u64),
    /// The backend failed.
    #[error("cannot {action} {place}: {source}")]
    Io {
        /// `read`, `write` …
        action: &'static str,
        /// The file or address.
        place: String,
        /// What the system said.
        source: io::Error,
    },
}

/// An object in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: Key,
    /// Its size.
    pub bytes: u64,
}

/// The port: objects by tenant and key.
pub trait Blobs: Send + Sync {
    /// Keeps an object; one that has the key is replaced. Nobody ever sees a part of it.
    ///
    /// # Errors
    /// The backend fails; then what was there before is there still.
    fn put(&self, tenant: TenantId, key: &Key, bytes: &[u8]) -> Result<(), Error>;

    /// The whole object.
    ///
    /// # Errors
    /// [`Error::NotFound`]; the backend fails.
    fn get(&self, tenant: TenantId, key: &Key) -> Result<Vec<u8>, Error>;

    /// A part of the object, cut at its end, and the size of the whole.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Range`]; the backend fails.
    fn range(&self, tenant: TenantId, key: &Key, range: Range<u64>) -> Result<(Vec<u8>, u64), Error>;

    /// Removes an object. False when there was none.
    ///
    /// # Errors
    /// The backend fails.
    fn delete(&self, tenant: TenantId, key: &Key) -> Result<bool, Error>;

    /// The objects whose keys are `folder` or below it, or all, in the order of their keys.
    ///
    /// # Errors
    /// The backend fails.
    fn list(&self, tenant: TenantId, folder: Option<&Key>) -> Result<Vec<Entry>, Error>;
}
