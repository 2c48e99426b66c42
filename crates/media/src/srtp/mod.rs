//! SRTP and SRTCP (RFC 3711, RFC 7714), with keys from SDES (RFC 4568) or DTLS (RFC 5764).
//!
//! One [`Context`] serves one direction of one leg. Packets are protected and opened in place.

mod cipher;
mod context;
mod sdes;

pub use context::{Context, MAX_OVERHEAD};
pub use sdes::{SdesKey, parse_sdes};

/// A protection profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suite {
    /// AES-128 in counter mode with an 80-bit tag: what every telephone speaks.
    AesCm128HmacSha1_80,
    /// The same with a 32-bit tag on RTP (RTCP keeps 80 bits).
    AesCm128HmacSha1_32,
    /// AES-128 in Galois mode.
    AeadAes128Gcm,
    /// AES-256 in Galois mode.
    AeadAes256Gcm,
}

impl Suite {
    /// All profiles, the preferred first: Galois mode costs the least on today's processors.
    pub const ALL: [Self; 4] =
        [Self::AeadAes128Gcm, Self::AeadAes256Gcm, Self::AesCm128HmacSha1_80, Self::AesCm128HmacSha1_32];

    /// The name in SDP's `crypto` attribute.
    pub fn name(self) -> &'static str {
        match self {
            Self::AesCm128HmacSha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AesCm128HmacSha1_32 => "AES_CM_128_HMAC_SHA1_32",
            Self::AeadAes128Gcm => "AEAD_AES_128_GCM",
            Self::AeadAes256Gcm => "AEAD_AES_256_GCM",
        }
    }

    /// The profile of a `crypto` attribute's name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name().eq_ignore_ascii_case(name))
    }

    /// The profile of a DTLS `use_srtp` number (RFC 5764 section 4.1.2, RFC 7714 section 14.2).
    pub fn from_dtls_profile(profile: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.dtls_profile() == profile)
    }

    /// The number in DTLS's `use_srtp` extension.
    pub fn dtls_profile(self) -> u16 {
        match self {
            Self::AesCm128HmacSha1_80 => 1,
            Self::AesCm128HmacSha1_32 => 2,
            Self::AeadAes128Gcm => 7,
            Self::AeadAes256Gcm => 8,
        }
    }

    /// Length of the master key in bytes.
    pub fn key_len(self) -> usize {
        if self == Self::AeadAes256Gcm { 32 } else { 16 }
    }

    /// Length of the master salt in bytes.
    pub fn salt_len(self) -> usize {
        if self.is_aead() { 12 } else { 14 }
    }

    fn is_aead(self) -> bool {
        matches!(self, Self::AeadAes128Gcm | Self::AeadAes256Gcm)
    }
}

/// Why a packet was not protected or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SrtpError {
    /// The master key or salt has the wrong length, or is not base64.
    #[error("SRTP key is malformed")]
    Key,
    /// The packet is too short, or its header malformed.
    #[error("packet is malformed")]
    Malformed,
    /// The buffer has no room for the tag.
    #[error("no room for the authentication tag")]
    Room,
    /// The tag is wrong: another key, or tampering.
    #[error("authentication failed")]
    Authentication,
    /// The packet came before, or is too old to tell.
    #[error("packet is a replay")]
    Replay,
    /// An SRTCP packet in clear, which was not agreed on.
    #[error("RTCP packet is not encrypted")]
    Unencrypted,
    /// The key has protected as many packets as it may.
    #[error("key is used up")]
    Exhausted,
    /// More streams than a leg may have.
    #[error("too many streams")]
    Streams,
}

#[cfg(test)]
mod tests;
