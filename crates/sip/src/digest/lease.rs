//! Short-lived passwords for a browser's telephone, after the manner of TURN's (draft-uberti-behave-turn-rest): the user
//! name carries its own end, and the password follows from it by a key, so that nothing is kept.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use types::Wall;

use super::hash::to_hex;

/// Between a device's name and the second at which the password ends. No name of a device holds it.
const MARK: char = '~';
/// Hexadecimal digits of a password: 160 bits.
const DIGITS: usize = 40;

/// Makes short-lived passwords and knows them again, also in another process with the same key.
#[derive(Clone)]
pub struct Leases {
    key: Hmac<Sha256>,
}

impl Leases {
    /// With a secret of this installation.
    pub fn new(secret: &[u8; 32]) -> Self {
        let mut key = Hmac::new_from_slice(secret).expect("HMAC takes keys of any length");
        // The same secret signs nonces: neither must pass for the other.
        key.update(b"short-lived password\0");
        Self { key }
    }

    /// A user name and a password for a device in a realm, good for `valid_s` seconds.
    pub fn issue(&self, now: Wall, realm: &str, device: &str, valid_s: u32) -> (String, String) {
        let until = now.0.div_euclid(1000) + i64::from(valid_s);
        let username = format!("{device}{MARK}{until}");
        let password = self.password(realm, &username);
        (username, password)
    }

    /// The device that a user name stands for, with its password, when it has our form and has not ended.
    pub fn recall<'u>(&self, now: Wall, realm: &str, username: &'u str) -> Option<(&'u str, String)> {
        let (device, until) = username.rsplit_once(MARK)?;
        let until: i64 = until.parse().ok()?;
        (now.0.div_euclid(1000) < until).then(|| (device, self.password(realm, username)))
    }

    fn password(&self, realm: &str, username: &str) -> String {
        let mut mac = self.key.clone();
        // Neither holds a zero, so that no two pairs read alike.
        for part in [realm, username] {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        let mut digits = to_hex(&mac.finalize().into_bytes());
        digits.truncate(DIGITS);
        digits
    }
}

impl std::fmt::Debug for Leases {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Leases(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Wall = Wall(1_700_000_000_000);
    const HOUR_S: u32 = 3600;

    #[test]
    fn a_password_is_known_again_until_it_ends() {
        let (username, password) = Leases::new(&[7; 32]).issue(NOW, "demo", "1001", HOUR_S);
        let again = Leases::new(&[7; 32]);
        assert_eq!(again.recall(NOW, "demo", &username), Some(("1001", password)));
        assert_eq!(again.recall(Wall(NOW.0 + i64::from(HOUR_S) * 1000), "demo", &username), None);
    }

    #[test]
    fn a_password_fits_one_user_of_one_realm_by_one_key() {
        let leases = Leases::new(&[7; 32]);
        let (username, password) = leases.issue(NOW, "demo", "1001", HOUR_S);
        let recall = |leases: &Leases, realm, name: &str| leases.recall(NOW, realm, name).map(|(_, password)| password);
        assert_eq!(recall(&leases, "demo", &username), Some(password.clone()));
        for other in [
            recall(&leases, "other", &username),
            recall(&leases, "demo", &username.replace("1001", "1002")),
            recall(&leases, "demo", &format!("{username}0")),
            recall(&Leases::new(&[8; 32]), "demo", &username),
        ] {
            assert!(other.is_some_and(|other| other != password));
        }
        assert_eq!(recall(&leases, "demo", "1001"), None, "a telephone's own name is no business of ours");
        assert_eq!(recall(&leases, "demo", "1001~soon"), None);
    }
}
