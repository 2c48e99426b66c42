//! Keys under which tenants' recordings are sealed, and the master key that wraps them.
//!
//! Each tenant has data keys of its own, kept in the store, wrapped by a [`Master`]. The newest seals what is new; older
//! ones are kept, so nothing is ever written anew: a new data key leaves old recordings as they are, and a new master
//! wraps the data keys again and touches no recording.

mod keyring;
mod master;

pub use keyring::{Keyring, wrap_anew};
pub use master::{LocalMaster, Master};

use types::TenantId;

/// Bytes of a key.
pub const KEY_LEN: usize = 32;

/// Why a key is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database fails.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A data key was wrapped by another master key.
    #[error(
        "the recordings' keys of tenant {tenant} were wrapped by the master key {wanted}, but {given} is given: give \
         that one, or wrap them anew with `lingtong keys wrap`"
    )]
    OtherMaster {
        /// Whose key it is.
        tenant: TenantId,
        /// By which master it was wrapped.
        wanted: String,
        /// Which one there is.
        given: String,
    },
    /// What is stored is not what the master wrapped.
    #[error("a stored key of tenant {0} is damaged")]
    Damaged(TenantId),
    /// A text is no master key.
    #[error("a master key has 64 hexadecimal digits, this has something else")]
    NoMaster,
    /// The master key's keeper fails.
    #[error("the master key can't be used: {0}")]
    Master(String),
    /// The system gives no random numbers.
    #[error("no random numbers are to be had")]
    NoRandom,
}
