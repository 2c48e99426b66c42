//! Passwords of the demo tenant.

use argon2::password_hash::SaltString;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};

/// Everyone knows these passwords, so guessing them need not be hard, and two hundred are hashed at the first start:
/// the cheapest parameters that Argon2 has.
const MEMORY_KIB: u32 = Params::MIN_M_COST;

/// The hash of a demo password.
pub(crate) fn hash(password: &str) -> String {
    let mut random = [0; 16];
    // A salt of zeros hides no less of a password that is printed in the manual.
    let _ = getrandom::fill(&mut random);
    let salt = SaltString::encode_b64(&random);
    let params = Params::new(MEMORY_KIB, 1, 1, None).unwrap_or_default();
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    salt.ok()
        .and_then(|salt| hasher.hash_password(password.as_bytes(), &salt).ok().map(|h| h.to_string()))
        .unwrap_or_default()
}
