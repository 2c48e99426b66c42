//! Hashing and checking passwords.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use store::{Login, Store};
use types::TenantId;

use crate::error::{ApiError, Result};

/// Salt of each hash, in bytes.
const SALT_BYTES: usize = 16;

/// What checking one password costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl PasswordCost {
    /// For passwords that are worth guarding.
    pub const STRONG: Self = Self { memory_kib: 19 * 1024, passes: 2 };
    /// For passwords that everyone knows: the demo's.
    pub const DEMO: Self = Self { memory_kib: 64, passes: 1 };
}

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashError(pub(super) String);

/// Hashes a password with Argon2id and a fresh salt, in PHC format. Takes a core for a while.
///
/// # Errors
/// The cost makes no sense, or the system has no randomness.
pub fn hash_password(password: &str, cost: PasswordCost) -> std::result::Result<String, HashError> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(|e| HashError(e.to_string()))?;
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|e| HashError(e.to_string()))?;
    let salt = SaltString::encode_b64(&salt).map_err(|e| HashError(e.to_string()))?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    hasher.hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string()).map_err(|e| HashError(e.to_string()))
}

/// Whether the password is the one of the hash. Takes a core for a while.
pub fn is_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A hash per tenant to check the passwords of users against who do not exist, at the cost that the tenant's users
/// have: so the time taken tells nothing.
#[derive(Debug, Default)]
pub(crate) struct Decoys {
    tenants: Mutex<HashMap<Option<TenantId>, Arc<str>>>,
}

impl Decoys {
    pub(crate) async fn of(&self, store: &Store, tenant: Option<TenantId>) -> Result<Arc<str>> {
        let known = self.tenants.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
        if let Some(decoy) = known {
            return Ok(decoy);
        }
        let theirs = match tenant {
            Some(tenant) => store.list::<Login>(tenant).await?.into_iter().next(),
            None => None,
        };
        let decoy: Arc<str> = match theirs {
            Some(login) => login.password_hash.reveal().as_str().into(),
            None => hash_password("", PasswordCost::STRONG).map_err(|e| ApiError::internal("password", &e))?.into(),
        };
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, Arc::clone(&decoy));
        Ok(decoy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_matches() {
        let hash = hash_password("correct horse", PasswordCost::DEMO).unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(is_password("correct horse", &hash));
        assert!(
            !is_password("correct hors", &hash) && !is_password("", &hash) && !is_password("correct horse", "rubbish")
        );
        assert_ne!(hash, hash_password("correct horse", PasswordCost::DEMO).unwrap(), "each hash has its own salt");
    }
}
