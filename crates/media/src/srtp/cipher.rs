//! Session keys and the transforms themselves: derivation, counter mode with HMAC, Galois mode.

use super::{SrtpError, Suite};
use aes::cipher::{BlockEncrypt, InnerIvInit, KeyInit, StreamCipher, StreamCipherCoreWrapper};
use aes::{Aes128, Aes256};
use hmac::{Hmac, Mac};
use ring::aead;
use sha1::Sha1;

/// Labels of the key derivation (RFC 3711 section 4.3.1), those of RTCP are three higher.
const LABEL_CIPHER: u8 = 0;
const LABEL_AUTH: u8 = 1;
const LABEL_SALT: u8 = 2;
/// From a label of RTP to that of RTCP.
const RTCP_LABELS: u8 = 3;

/// Length of the authentication key of HMAC-SHA1.
const AUTH_KEY_LEN: usize = 20;
/// Length of a Galois tag.
pub(super) const GCM_TAG_LEN: usize = 16;

/// The pseudo-random function: AES in counter mode over zeros, under the master key.
enum Prf {
    Aes128(Aes128),
    Aes256(Aes256),
}

impl Prf {
    fn new(key: &[u8]) -> Result<Self, SrtpError> {
        match key.len() {
            16 => Aes128::new_from_slice(key).map(Self::Aes128).map_err(|_| SrtpError::Key),
            32 => Aes256::new_from_slice(key).map(Self::Aes256).map_err(|_| SrtpError::Key),
            _ => Err(SrtpError::Key),
        }
    }

    /// RFC 3711 section 4.3.3 with a key derivation rate of zero.
    fn derive(&self, salt: &[u8; 14], label: u8, out: &mut [u8]) {
        let mut block = [0; 16];
        for (i, chunk) in out.chunks_mut(16).enumerate() {
            block[..14].copy_from_slice(salt);
            block[7] ^= label;
            block[14..].copy_from_slice(&(i as u16).to_be_bytes());
            match self {
                Self::Aes128(aes) => aes.encrypt_block((&mut block).into()),
                Self::Aes256(aes) => aes.encrypt_block((&mut block).into()),
            }
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

/// The transform of one direction, for RTP or for RTCP.
pub(super) enum Transform {
    /// Counter mode and HMAC-SHA1.
    Cm(Box<CounterMode>),
    /// Galois mode.
    Gcm(Box<Galois>),
}

pub(super) struct CounterMode {
    aes: Aes128,
    salt: [u8; 14],
    /// Keyed once; each tag starts from a copy, which saves two blocks of SHA-1.
    auth: Hmac<Sha1>,
    tag_len: usize,
}

pub(super) struct Galois {
    key: aead::LessSafeKey,
    salt: [u8; 12],
}

impl Transform {
    pub(super) fn derive(suite: Suite, key: &[u8], salt: &[u8], rtcp: bool) -> Result<Self, SrtpError> {
        if key.len() != suite.key_len() || salt.len() != suite.salt_len() {
            return Err(SrtpError::Key);
        }
        // Galois mode's 96-bit salt is filled up with zeros (RFC 7714 section 11).
        let mut master_salt = [0; 14];
        master_salt[..salt.len()].copy_from_slice(salt);
        let prf = Prf::new(key)?;
        let base = if rtcp { RTCP_LABELS } else { 0 };
        let mut cipher_key = [0; 32];
        let cipher_key = &mut cipher_key[..suite.key_len()];
        prf.derive(&master_salt, base + LABEL_CIPHER, cipher_key);
        let mut session_salt = [0; 14];
        prf.derive(&master_salt, base + LABEL_SALT, &mut session_salt[..suite.salt_len()]);
        if suite.is_aead() {
            let mut salt = [0; 12];
            salt.copy_from_slice(&session_salt[..12]);
            return Self::galois(cipher_key, salt);
        }
        let mut auth_key = [0; AUTH_KEY_LEN];
        prf.derive(&master_salt, base + LABEL_AUTH, &mut auth_key);
        let tag_len = if suite == Suite::AesCm128HmacSha1_32 && !rtcp { 4 } else { 10 };
        Ok(Self::Cm(Box::new(CounterMode {
            aes: Aes128::new_from_slice(cipher_key).map_err(|_| SrtpError::Key)?,
            salt: session_salt,
            auth: <Hmac<Sha1> as Mac>::new_from_slice(&auth_key).map_err(|_| SrtpError::Key)?,
            tag_len,
        })))
    }

    /// Galois mode under session keys.
    pub(super) fn galois(key: &[u8], salt: [u8; 12]) -> Result<Self, SrtpError> {
        let algorithm = if key.len() == 32 { &aead::AES_256_GCM } else { &aead::AES_128_GCM };
        let key = aead::UnboundKey::new(algorithm, key).map_err(|_| SrtpError::Key)?;
        Ok(Self::Gcm(Box::new(Galois { key: aead::LessSafeKey::new(key), salt })))
    }

    pub(super) fn tag_len(&self) -> usize {
        match self {
            Self::Cm(cm) => cm.tag_len,
            Self::Gcm(_) => GCM_TAG_LEN,
        }
    }
}

impl CounterMode {
    /// Encrypts or decrypts; `index` is the packet's (48 bits for RTP, 31 for RTCP).
    pub(super) fn apply(&self, ssrc: u32, index: u64, data: &mut [u8]) {
        let mut iv = [0; 16];
        iv[..14].copy_from_slice(&self.salt);
        for (i, byte) in ssrc.to_be_bytes().into_iter().enumerate() {
            iv[4 + i] ^= byte;
        }
        for (i, byte) in index.to_be_bytes()[2..].iter().enumerate() {
            iv[8 + i] ^= byte;
        }
        let core = ctr::CtrCore::<&Aes128, ctr::flavors::Ctr128BE>::inner_iv_init(&self.aes, (&iv).into());
        StreamCipherCoreWrapper::from_core(core).apply_keystream(data);
    }

    fn authenticate(&self, data: &[u8], trailer: &[u8]) -> Hmac<Sha1> {
        let mut auth = self.auth.clone();
        auth.update(data);
        auth.update(trailer);
        auth
    }

    /// Writes the tag over `data` followed by `trailer`, cut to the length of `tag`.
    pub(super) fn tag(&self, data: &[u8], trailer: &[u8], tag: &mut [u8]) {
        let whole = self.authenticate(data, trailer).finalize().into_bytes();
        tag.copy_from_slice(&whole[..tag.len()]);
    }

    /// Compares a tag in constant time.
    pub(super) fn verify(&self, data: &[u8], trailer: &[u8], tag: &[u8]) -> Result<(), SrtpError> {
        // The length is ours to check: an empty tag would be a true prefix.
        if tag.len() != self.tag_len {
            return Err(SrtpError::Authentication);
        }
        self.authenticate(data, trailer).verify_truncated_left(tag).map_err(|_| SrtpError::Authentication)
    }
}

impl Galois {
    /// The nonce of RFC 7714 sections 8.1 (RTP: rollover counter and sequence number) and 9.1 (RTCP: index); both are
    /// the index in 48 bits.
    fn nonce(&self, ssrc: u32, index: u64) -> aead::Nonce {
        let mut nonce = self.salt;
        for (i, byte) in ssrc.to_be_bytes().into_iter().enumerate() {
            nonce[2 + i] ^= byte;
        }
        for (i, byte) in index.to_be_bytes()[2..].iter().enumerate() {
            nonce[6 + i] ^= byte;
        }
        aead::Nonce::assume_unique_for_key(nonce)
    }

    /// Encrypts in place and gives the tag.
    pub(super) fn seal(&self, ssrc: u32, index: u64, clear: &[u8], data: &mut [u8]) -> Result<aead::Tag, SrtpError> {
        self.key
            .seal_in_place_separate_tag(self.nonce(ssrc, index), aead::Aad::from(clear), data)
            .map_err(|_| SrtpError::Malformed)
    }

    /// Decrypts in place; `data` ends with the tag.
    pub(super) fn open(&self, ssrc: u32, index: u64, clear: &[u8], data: &mut [u8]) -> Result<(), SrtpError> {
        self.key
            .open_in_place(self.nonce(ssrc, index), aead::Aad::from(clear), data)
            .map(drop)
            .map_err(|_| SrtpError::Authentication)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: String = text.split_whitespace().collect();
        (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap()).collect()
    }

    #[test]
    fn keys_are_derived_as_rfc_3711_b_3_shows() {
        let prf = Prf::new(&hex("E1F97A0D3E018BE0D64FA32C06DE4139")).unwrap();
        let salt: [u8; 14] = hex("0EC675AD498AFEEBB6960B3AABE6").try_into().unwrap();
        for (label, expected) in [
            (LABEL_CIPHER, "C61E7A93744F39EE10734AFE3FF7A087"),
            (LABEL_SALT, "30CBBC08863D8C85D49DB34A9AE1"),
            (LABEL_AUTH, "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4 8F0A0ACF3C34E2359E6CDBCEE049646C43D9327A"),
        ] {
            let expected = hex(expected);
            let mut out = vec![0; expected.len()];
            prf.derive(&salt, label, &mut out);
            assert_eq!(out, expected, "label {label}");
        }
    }

    #[test]
    fn the_keystream_is_that_of_rfc_3711_b_2() {
        let cm = CounterMode {
            aes: Aes128::new_from_slice(&hex("2B7E151628AED2A6ABF7158809CF4F3C")).unwrap(),
            salt: hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD").try_into().unwrap(),
            auth: <Hmac<Sha1> as Mac>::new_from_slice(&[]).unwrap(),
            tag_len: 10,
        };
        let mut stream = [0; 48];
        cm.apply(0, 0, &mut stream);
        let expected =
            "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0";
        assert_eq!(stream.to_vec(), hex(expected));
    }

    #[test]
    fn galois_mode_matches_rfc_7714_16_1_1() {
        let header = hex("8040f17b 8041f8d3 5501a0b2");
        let mut data = b"Gallia est omnis divisa in partes tres".to_vec();
        let Ok(Transform::Gcm(gcm)) = Transform::galois(
            &hex("000102030405060708090a0b0c0d0e0f"),
            hex("517569642070726f2071756f").try_into().unwrap(),
        ) else {
            panic!()
        };
        let tag = gcm.seal(0x5501_a0b2, 0xf17b, &header, &mut data).unwrap();
        data.extend(tag.as_ref());
        let expected = "f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b
            36de3adf 8833 899d7f27 beb16a91 52cf765e e4390cce";
        assert_eq!(data, hex(expected));
        gcm.open(0x5501_a0b2, 0xf17b, &header, &mut data).unwrap();
        assert!(data.starts_with(b"Gallia est"));
    }
}
