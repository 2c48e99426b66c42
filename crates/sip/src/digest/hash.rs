//! The hashes of a digest.

use std::fmt::{self, Write};

use md5::{Digest, Md5};
use sha2::Sha256;

/// The hash that a digest is made with. Only `qop=auth`, no `-sess`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// What every phone can do.
    Md5,
    /// RFC 8760: what it should do.
    Sha256,
}

impl Algorithm {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    /// Reads the name; absent means MD5.
    pub fn parse(name: Option<&str>) -> Option<Self> {
        match name {
            None => Some(Algorithm::Md5),
            Some(name) => {
                [Algorithm::Md5, Algorithm::Sha256].into_iter().find(|a| a.as_str().eq_ignore_ascii_case(name))
            }
        }
    }

    /// The hash of the parts with colons between them, in lower-case hexadecimal.
    pub(super) fn hex(self, parts: &[&str]) -> String {
        match self {
            Algorithm::Md5 => joined::<Md5>(parts),
            Algorithm::Sha256 => joined::<Sha256>(parts),
        }
    }
}

fn joined<D: Digest>(parts: &[&str]) -> String {
    let mut hash = D::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hash.update(b":");
        }
        hash.update(part.as_bytes());
    }
    to_hex(&hash.finalize())
}

pub(super) fn to_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a write to memory does not fail");
    }
    text
}

/// `H(user:realm:password)`: what may be stored instead of a password. As good as the password within its realm, so
/// it never shows in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Ha1 {
    algorithm: Algorithm,
    hex: String,
}

impl Ha1 {
    /// From the password in clear.
    pub fn new(algorithm: Algorithm, user: &str, realm: &str, password: &str) -> Self {
        Self { algorithm, hex: algorithm.hex(&[user, realm, password]) }
    }

    /// From storage: the hash in hexadecimal.
    pub fn from_hex(algorithm: Algorithm, hex: &str) -> Self {
        Self { algorithm, hex: hex.to_ascii_lowercase() }
    }

    /// The hash in lower-case hexadecimal, for storage.
    pub fn to_hex(&self) -> &str {
        &self.hex
    }

    /// Which hash it is.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The digest's response for `qop=auth`.
    pub(super) fn response(&self, nonce: &str, nc: &str, cnonce: &str, method: &str, uri: &str) -> String {
        let ha2 = self.algorithm.hex(&[method, uri]);
        self.algorithm.hex(&[&self.hex, nonce, nc, cnonce, "auth", &ha2])
    }

    /// The response of RFC 2069, for servers that offer no qop.
    pub(super) fn plain_response(&self, nonce: &str, method: &str, uri: &str) -> String {
        let ha2 = self.algorithm.hex(&[method, uri]);
        self.algorithm.hex(&[&self.hex, nonce, &ha2])
    }
}

impl fmt::Debug for Ha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ha1({} ***)", self.algorithm.as_str())
    }
}
