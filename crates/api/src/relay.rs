//! A relay for browsers' sound (TURN, RFC 8656), and how a browser is let in there.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use types::Wall;

/// How long a password lets in, in seconds: the longest call, a day, may need a new path at its end, which the browser asks
/// for by the password that it had at the beginning; and the half hour that an account is held before a call.
const VALID_S: i64 = (24 * 60 + 30) * 60;

/// A TURN server that shares a secret with this one (draft-uberti-behave-turn-rest-00): the user name carries its own end,
/// and the password is its keyed hash, so that the relay needs no list of users.
#[derive(Clone)]
pub struct Relay {
    urls: Vec<String>,
    secret: hmac::Key,
    only: bool,
}

impl Relay {
    /// At these `turn:` and `turns:` URIs (RFC 7065); `only`: browsers are to try no other way.
    pub fn new(urls: Vec<String>, secret: &str, only: bool) -> Self {
        Self { urls, secret: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes()), only }
    }

    pub(crate) const fn only(&self) -> bool {
        self.only
    }

    pub(crate) fn urls(&self) -> &[String] {
        &self.urls
    }

    /// A user name and a password for a device in a realm.
    pub(crate) fn credentials(&self, now: Wall, device: &str, realm: &str) -> (String, String) {
        let until = now.0.div_euclid(1000) + VALID_S;
        let username = format!("{until}:{device}@{realm}");
        let password = STANDARD.encode(hmac::sign(&self.secret, username.as_bytes()));
        (username, password)
    }
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay").field("urls", &self.urls).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_the_hash_of_the_name() {
        let relay = Relay::new(vec!["turn:a".into()], "north", false);
        let (username, password) = relay.credentials(Wall(1_600_000_000_000 - VALID_S * 1000), "1001", "demo");
        assert_eq!(username, "1600000000:1001@demo");
        assert_eq!(password, "3vb/PP1Uwu50NDEq4Pphh6PTCbw=");
    }
}
