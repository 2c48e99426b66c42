//! The proof that a post comes from us.

use std::fmt::Write;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use types::{Private, Wall};

/// The header's value: `t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 (RFC 2104) of `SECONDS.BODY` under the shared
/// secret, and SECONDS since 1970 are those of the attempt. A receiver refuses what is older than a few minutes.
pub fn signature(secret: &Private<String>, at: Wall, body: &[u8]) -> String {
    let seconds = at.0.div_euclid(1000);
    let mut text = format!("t={seconds},v1=");
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()) else { return text };
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    for byte in mac.finalize().into_bytes() {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anybody_can_check_it() {
        // printf '1790000000.{"a":1}' | openssl dgst -sha256 -hmac tiger
        let signed = signature(&"tiger".into(), Wall(1_790_000_000_999), br#"{"a":1}"#);
        assert_eq!(signed, "t=1790000000,v1=5edd5dbb193a53bb7c85bf206677a9dd63a5c33704ab9fc16d016b8345cd11a5");
    }
}
