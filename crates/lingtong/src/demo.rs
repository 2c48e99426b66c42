//! Passwords of the demo tenant.

use api::{PasswordCost, hash_password};

/// The hash of a demo password. Everyone knows these passwords, and two hundred are hashed at the first start, so it
/// is the cheapest there is.
pub(crate) fn hash(password: &str) -> String {
    hash_password(password, PasswordCost::DEMO).unwrap_or_else(|error| {
        // Without a hash nobody can sign in as this user, which is the safe side.
        tracing::error!(%error, "a demo password could not be hashed");
        String::new()
    })
}
