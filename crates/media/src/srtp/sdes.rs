//! Keys in SDP (RFC 4568): `inline:` parameters, read and written.

use super::{Context, SrtpError, Suite};

/// A master key and salt as SDP carries them.
#[derive(Clone, PartialEq, Eq)]
pub struct SdesKey {
    suite: Suite,
    /// Key, then salt: 30 bytes for counter mode, 28 or 44 for Galois mode.
    material: Vec<u8>,
    mki_len: usize,
}

impl std::fmt::Debug for SdesKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SdesKey({:?}, ***)", self.suite)
    }
}

impl SdesKey {
    /// A key from random bytes, of which the first [`key_len`](Suite::key_len) + [`salt_len`](Suite::salt_len) are
    /// taken.
    pub fn from_random(suite: Suite, random: &[u8; 46]) -> Self {
        Self { suite, material: random[..suite.key_len() + suite.salt_len()].to_vec(), mki_len: 0 }
    }

    /// A key and salt that DTLS gave, of the suite's lengths.
    pub fn from_parts(suite: Suite, key: &[u8], salt: &[u8]) -> Self {
        Self { suite, material: [key, salt].concat(), mki_len: 0 }
    }

    /// The suite.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// The `inline:` parameter to put into SDP.
    pub fn to_inline(&self) -> String {
        let mut text = String::from("inline:");
        for chunk in self.material.chunks(3) {
            let bytes = [chunk[0], *chunk.get(1).unwrap_or(&0), *chunk.get(2).unwrap_or(&0)];
            let bits = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]);
            for i in 0..4 {
                let filled = i > chunk.len();
                let letter = ALPHABET[(bits >> (18 - 6 * i) & 63) as usize];
                text.push(if filled { '=' } else { char::from(letter) });
            }
        }
        text
    }

    /// The context of the direction that this key protects.
    ///
    /// # Errors
    /// [`SrtpError::Key`], which a key from [`parse_sdes`] or [`from_random`](Self::from_random) never gives.
    pub fn context(&self) -> Result<Context, SrtpError> {
        let (key, salt) = self.material.split_at(self.suite.key_len());
        Ok(Context::new(self.suite, key, salt)?.with_mki_len(self.mki_len))
    }
}

/// Longest key identifier, in bytes (RFC 4568 section 9.2).
const MAX_MKI_LEN: usize = 128;

/// Reads the suite's name and the key parameter of a `crypto` attribute. Of several keys the first is taken; a
/// lifetime is left to the far end to observe.
///
/// # Errors
/// [`SrtpError::Key`] for an unknown suite, a wrong length, or what is not base64.
pub fn parse_sdes(suite: &str, parameter: &str) -> Result<SdesKey, SrtpError> {
    let suite = Suite::from_name(suite).ok_or(SrtpError::Key)?;
    let first = parameter.split(';').next().unwrap_or_default();
    let inline = first.get(..7).filter(|p| p.eq_ignore_ascii_case("inline:")).map(|p| &first[p.len()..]);
    let mut fields = inline.ok_or(SrtpError::Key)?.split('|');
    let material = base64(fields.next().unwrap_or_default()).ok_or(SrtpError::Key)?;
    if material.len() != suite.key_len() + suite.salt_len() {
        return Err(SrtpError::Key);
    }
    // The identifier is the field with a colon: its value, and its length.
    let mki = fields.find_map(|f| f.split_once(':'));
    let mki_len = mki.map_or(Ok(0), |(_, len)| len.trim().parse::<usize>()).map_err(|_| SrtpError::Key)?;
    if mki_len > MAX_MKI_LEN {
        return Err(SrtpError::Key);
    }
    Ok(SdesKey { suite, material, mki_len })
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 with or without its padding (some phones leave it out).
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0u32, 0);
    for letter in text.bytes() {
        bits = (bits << 6) | ALPHABET.iter().position(|&a| a == letter)? as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}
