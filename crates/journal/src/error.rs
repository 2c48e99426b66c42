//! What can go wrong, in words that tell the operator what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why the journal could not be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder refused an operation.
    #[error("cannot {action} {}: {source}; check that the folder exists, belongs to the server's user and has free space", path.display())]
    Io {
        /// `create`, `read` …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process has the folder.
    #[error("the journal in {} is in use by another process; stop it, or choose another data directory", dir.display())]
    Locked {
        /// The folder.
        dir: PathBuf,
    },
    /// The cursor points before the oldest event kept, or past the newest. The reader has to begin anew from a
    /// snapshot (HTTP 410).
    #[error("the cursor {cursor} has expired: this journal keeps events after {oldest} up to {newest}")]
    Expired {
        /// The cursor asked for.
        cursor: u64,
        /// The oldest cursor that is still good.
        oldest: u64,
        /// The newest cursor.
        newest: u64,
    },
    /// A frame does not match its checksum.
    #[error(
        "the journal file {} is damaged at byte {offset} ({reason}); stop the server and run `lingtong journal repair`, \
         which sets the damaged bytes aside and keeps every whole event", path.display()
    )]
    Corrupt {
        /// The segment.
        path: PathBuf,
        /// Where in the file.
        offset: u64,
        /// What is wrong.
        reason: &'static str,
    },
    /// Written by a newer version of the program.
    #[error("{} was written by a newer version (format {version}); run that version, or restore a backup", path.display())]
    Newer {
        /// The segment.
        path: PathBuf,
        /// Its format.
        version: u16,
    },
    /// A frame is whole, but its event is not one that this version knows.
    #[error("the event at position {pos} cannot be read: {reason}")]
    Event {
        /// Its position.
        pos: u64,
        /// What the parser said; holds no values.
        reason: String,
    },
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        let path = path.to_owned();
        move |source| Error::Io { action, path, source }
    }
}
