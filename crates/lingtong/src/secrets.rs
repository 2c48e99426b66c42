//! What is kept of passwords and telephones' secrets.

use api::{PasswordCost, hash_password, is_password};
use directory::Ha1;
use resource::{SecretFailed, Secrets};
use types::Private;
use types::leg::Text;

/// Argon2 for people, digests for telephones.
pub(crate) struct Hashed;

impl Secrets for Hashed {
    fn password(&self, password: &str) -> Result<Private<String>, SecretFailed> {
        hash_password(password, PasswordCost::STRONG).map(Private::new).map_err(|e| SecretFailed(e.to_string()))
    }

    fn is_password(&self, password: &str, hash: &str) -> bool {
        is_password(password, hash)
    }

    fn device(&self, name: &str, realm: &str, secret: &str) -> Ha1 {
        let [md5, sha256] = net::hashed_secrets(name, realm, secret).map(|hash| Private::new(Text::from(hash)));
        Ha1 { md5, sha256 }
    }
}
