//! Sockets, timers and per-core threads that drive sip and media.

pub mod media;
pub mod mind;
pub mod outside;
pub mod prompts;
pub mod signalling;
mod tls;
pub mod ua;

pub use outside::own_address;
pub use sip::flow::Transport;
pub use tls::{Certificates, TlsError, TlsFiles, secure};

/// How long a browser's password for SIP holds: half an hour. It is fetched again while the page is open, and what is
/// copied from a page opens nothing soon after its owner has signed out.
pub const BROWSER_PASSWORD_S: u32 = 30 * 60;

/// A user name and a password with which a browser registers for a device; see [`BROWSER_PASSWORD_S`].
pub fn browser_password(secret: &[u8; 32], now: types::Wall, realm: &str, device: &str) -> (String, String) {
    sip::digest::Leases::new(secret).issue(now, realm, device, BROWSER_PASSWORD_S)
}

/// The hashed secrets of a device as RFC 7616 wants them: by MD5 and by SHA-256, in lower-case hexadecimal.
pub fn hashed_secrets(name: &str, realm: &str, secret: &str) -> [String; 2] {
    use sip::digest::{Algorithm, Ha1};
    [Algorithm::Md5, Algorithm::Sha256].map(|a| Ha1::new(a, name, realm, secret).to_hex().to_owned())
}
