//! What is kept in the database and must be of no use to somebody who has the database alone: sealed under, or hashed
//! with, keys made from the node's secret, which lies apart.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use types::UserId;

use super::totp::base32;
use crate::error::{ApiError, Result};

/// Says how a secret was sealed, so that another way can follow.
const VERSION: &str = "1:";
/// Bytes that a recovery code is made from; it shows 50 bits, which nobody guesses by hand, or offline without the key.
const RECOVERY_BYTES: usize = 7;
/// Recovery codes of a user.
const RECOVERY_CODES: usize = 10;
/// Letters of a recovery code before the hyphen.
const GROUP: usize = 5;

/// The keys.
pub(crate) struct Vault {
    sealing: Option<LessSafeKey>,
    hashing: hmac::Key,
}

impl Vault {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        let master = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derived = |what: &[u8]| hmac::sign(&master, what);
        // The tag has the length of the key: this does not fail.
        let sealing =
            UnboundKey::new(&CHACHA20_POLY1305, derived(b"second factor").as_ref()).ok().map(LessSafeKey::new);
        Self { sealing, hashing: hmac::Key::new(hmac::HMAC_SHA256, derived(b"recovery codes").as_ref()) }
    }

    /// Seals a user's secret: another user's row can't be given it.
    pub(crate) fn seal(&self, user: UserId, secret: &[u8]) -> Result<String> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|e| ApiError::internal("randomness", &e))?;
        let mut bytes = secret.to_vec();
        let key = self.sealing.as_ref().ok_or_else(|| ApiError::internal("sealing", &"no key"))?;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad(user), &mut bytes)
            .map_err(|e| ApiError::internal("sealing", &e))?;
        Ok(format!("{VERSION}{}", STANDARD_NO_PAD.encode([&nonce[..], &bytes].concat())))
    }

    /// Opens what was sealed for this user. None when it was not, or under another node's secret.
    pub(crate) fn open(&self, user: UserId, sealed: &str) -> Option<Vec<u8>> {
        let bytes = STANDARD_NO_PAD.decode(sealed.strip_prefix(VERSION)?).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let (nonce, mut sealed) = (Nonce::try_assume_unique_for_key(nonce).ok()?, sealed.to_vec());
        self.sealing.as_ref()?.open_in_place(nonce, aad(user), &mut sealed).ok().map(|secret| secret.to_vec())
    }

    /// Fresh recovery codes, and the hashes to keep.
    pub(crate) fn recovery_codes(&self, user: UserId) -> Result<(Vec<String>, Vec<String>)> {
        let mut codes = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            let mut bytes = [0; RECOVERY_BYTES];
            getrandom::fill(&mut bytes).map_err(|e| ApiError::internal("randomness", &e))?;
            let letters = base32(&bytes).to_lowercase();
            codes.push(format!("{}-{}", &letters[..GROUP], &letters[GROUP..2 * GROUP]));
        }
        let hashes = codes.iter().map(|code| self.recovery_hash(user, code)).collect();
        Ok((codes, hashes))
    }

    /// What is kept of a recovery code.
    pub(crate) fn recovery_hash(&self, user: UserId, code: &str) -> String {
        let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let tag = hmac::sign(&self.hashing, format!("{user}:{plain}").as_bytes());
        STANDARD_NO_PAD.encode(tag.as_ref())
    }
}

fn aad(user: UserId) -> Aad<[u8; 8]> {
    Aad::from(user.0.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_user_under_its_key_alone() {
        let (vault, other) = (Vault::new(&[1; 32]), Vault::new(&[2; 32]));
        let sealed = vault.seal(UserId(1), b"secret").unwrap();
        assert_eq!(vault.open(UserId(1), &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!((vault.open(UserId(2), &sealed), other.open(UserId(1), &sealed)), (None, None));
        assert_eq!((vault.open(UserId(1), "1:AAAA"), vault.open(UserId(1), "rubbish")), (None, None));
        assert_ne!(vault.seal(UserId(1), b"secret").unwrap(), sealed);
    }

    #[test]
    fn a_recovery_code_is_known_however_it_is_typed() {
        let vault = Vault::new(&[1; 32]);
        let (codes, hashes) = vault.recovery_codes(UserId(1)).unwrap();
        assert_eq!((codes.len(), hashes.len()), (RECOVERY_CODES, RECOVERY_CODES));
        let typed = codes[3].to_uppercase().replace('-', " ");
        assert_eq!(vault.recovery_hash(UserId(1), &typed), hashes[3]);
        assert_ne!(vault.recovery_hash(UserId(2), &typed), hashes[3]);
        assert!(codes.iter().all(|code| code.len() == 2 * GROUP + 1 && !hashes.contains(code)), "{codes:?}");
    }
}
