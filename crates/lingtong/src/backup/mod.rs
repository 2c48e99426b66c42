//! `lingtong backup` and `restore`: a data folder in one file, taken while the server runs.
//!
//! The file is a tar archive that any tar reads. Its last entry, [`SUMS`], has the SHA-256 of all others in the form that
//! `sha256sum -c` takes. Whatever came first is older than what comes later: the database, which knows how much of the
//! journal it has seen, then the journal, then the recordings that the journal tells of. So the copy is one that a
//! server could have left behind by a crash, and starts as one does.

mod restore;
mod sums;
mod write;

pub(crate) use restore::restore;
pub(crate) use write::backup;

/// The entry with the hashes of all others.
const SUMS: &str = "SHA256SUMS";
/// The entry that says what the archive is.
const ABOUT: &str = "backup.json";
/// How archives are laid out; a reader refuses what is newer.
const FORMAT: u64 = 1;
/// The database in a data folder.
const DATABASE: &str = "lingtong.db";
