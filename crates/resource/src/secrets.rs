//! What is kept of secrets, made by whoever knows how.

use std::sync::Arc;

use directory::Ha1;
use types::Private;

/// A secret could not be hashed: the system has no randomness to give, or no memory.
#[derive(Clone, Debug, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
pub struct SecretFailed(pub String);

/// Makes and compares what is kept of secrets. May take a core for a while.
pub trait Secrets: Send + Sync {
    /// The hash of a person's password.
    ///
    /// # Errors
    /// See [`SecretFailed`].
    fn password(&self, password: &str) -> Result<Private<String>, SecretFailed>;
    /// Whether the password is the one of the hash.
    fn is_password(&self, password: &str, hash: &str) -> bool;
    /// What is kept of a device's secret.
    fn device(&self, name: &str, realm: &str, secret: &str) -> Ha1;
}

/// For questions alone: nothing that comes of it is kept, and nothing is hashed.
#[derive(Clone, Copy, Debug)]
pub struct NoSecrets;

impl Secrets for NoSecrets {
    fn password(&self, _: &str) -> Result<Private<String>, SecretFailed> {
        Ok("unhashed".into())
    }

    fn is_password(&self, _: &str, _: &str) -> bool {
        false
    }

    fn device(&self, _: &str, _: &str, _: &str) -> Ha1 {
        Ha1 { md5: "unhashed".into(), sha256: "unhashed".into() }
    }
}

/// For a question that has to say what differs: secrets are compared with what is kept, and nothing new is hashed.
#[derive(Clone)]
pub struct Compared(pub Arc<dyn Secrets>);

impl Secrets for Compared {
    fn password(&self, password: &str) -> Result<Private<String>, SecretFailed> {
        NoSecrets.password(password)
    }

    fn is_password(&self, password: &str, hash: &str) -> bool {
        self.0.is_password(password, hash)
    }

    fn device(&self, name: &str, realm: &str, secret: &str) -> Ha1 {
        self.0.device(name, realm, secret)
    }
}
