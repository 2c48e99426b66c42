//! One-time codes of an authenticator app: RFC 6238 over RFC 4226, with what every such app assumes, SHA-1, six digits
//! and steps of thirty seconds.

use ring::hmac;
use types::Wall;

/// Bytes of a fresh secret: as long as the hash (RFC 4226 section 4).
pub(crate) const SECRET_BYTES: usize = 20;
/// Length of a step.
const STEP_MS: i64 = 30_000;
/// Digits of a code.
const DIGITS: usize = 6;
/// Steps that a clock may be off, either way.
const DRIFT: u64 = 1;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The code of a step (RFC 4226 section 5.3).
fn code_at(key: &hmac::Key, step: u64) -> u32 {
    let tag = hmac::sign(key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes[bytes.len() - 1] & 0x0f);
    let word = u32::from_be_bytes([bytes[at] & 0x7f, bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    word % 10u32.pow(DIGITS as u32)
}

/// The step whose code this is, if it is a near one and comes after `last`: a code is taken once.
pub(crate) fn step_of(secret: &[u8], code: &str, now: Wall, last: u64) -> Option<u64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let code: u32 = digits.parse().ok()?;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let here = u64::try_from(now.0 / STEP_MS).ok()?;
    let near = here.saturating_sub(DRIFT)..=here + DRIFT;
    near.into_iter().filter(|step| *step > last).find(|step| code_at(&key, *step) == code)
}

/// Bytes as people type them (RFC 4648 section 6), without padding.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut wide = [0; 8];
        wide[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(wide);
        let letters = (chunk.len() * 8).div_ceil(5);
        text.extend((0..letters).map(|i| ALPHABET[(bits >> (35 - 5 * i)) as usize & 31] as char));
    }
    text
}

/// What an app reads from the picture: it shows the code under this name.
pub(crate) fn uri(issuer: &str, username: &str, secret: &[u8]) -> String {
    let (issuer, user) = (escaped(issuer), escaped(username));
    format!("otpauth://totp/{issuer}:{user}?secret={}&issuer={issuer}", base32(secret))
}

/// Percent-encoded but for the plainest characters.
fn escaped(text: &str) -> String {
    let byte = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(b).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_rfc_6238_appendix_b() {
        let secret = b"12345678901234567890";
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let (now, step) = (Wall(second * 1000), second as u64 / 30);
            assert_eq!(step_of(secret, code, now, 0), Some(step), "{second}");
            assert_eq!(step_of(secret, &format!("{} {}", &code[..3], &code[3..]), now, 0), Some(step));
            assert_eq!(step_of(secret, code, now, step), None, "a code is taken once");
            assert_eq!(step_of(secret, code, Wall(now.0 + 30_000), 0), Some(step), "clocks may be off a little");
            assert_eq!(step_of(secret, code, Wall(now.0 + 90_000), 0), None, "but not more");
        }
        for rubbish in ["", "12345", "1234567", "28708a", "+28708"] {
            assert_eq!(step_of(secret, rubbish, Wall(59_000), 0), None, "{rubbish}");
        }
    }

    #[test]
    fn secrets_are_written_as_rfc_4648_has_it() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        let uri = uri("灵通 A&B", "li", b"foobar");
        assert_eq!(
            uri,
            "otpauth://totp/%E7%81%B5%E9%80%9A%20A%26B:li?secret=MZXW6YTBOI&issuer=%E7%81%B5%E9%80%9A%20A%26B"
        );
    }
}
