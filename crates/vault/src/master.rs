//! The key that wraps others.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use types::Private;

use crate::{Error, KEY_LEN};

/// Bytes of the digest that name a master.
const NAME_BYTES: usize = 8;

/// Wraps and unwraps data keys: a key of this machine's, or a service that keeps its key to itself. May block.
pub trait Master: Send + Sync + 'static {
    /// Which one it is; stored beside what it wraps. Tells nothing of the key.
    fn name(&self) -> &str;

    /// Wraps a key for a purpose, without which it does not unwrap.
    ///
    /// # Errors
    /// [`Error::Master`] or [`Error::NoRandom`].
    fn wrap(&self, key: &[u8; KEY_LEN], purpose: &str) -> Result<String, Error>;

    /// Unwraps a key; none when it was not wrapped by this one for this purpose.
    ///
    /// # Errors
    /// [`Error::Master`].
    fn unwrap(&self, wrapped: &str, purpose: &str) -> Result<Option<Private<[u8; KEY_LEN]>>, Error>;
}

/// A master key in this process: AES-256-GCM with a random nonce. It wraps a few keys a year, so none comes twice.
pub struct LocalMaster {
    name: String,
    key: LessSafeKey,
}

impl LocalMaster {
    /// The key that a text of 64 hexadecimal digits is.
    ///
    /// # Errors
    /// [`Error::NoMaster`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let digits = text.trim().as_bytes();
        let mut key = [0; KEY_LEN];
        if digits.len() != 2 * KEY_LEN {
            return Err(Error::NoMaster);
        }
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |d: u8| (d as char).to_digit(16).ok_or(Error::NoMaster);
            *byte = ((digit(pair[0])? << 4) | digit(pair[1])?) as u8;
        }
        let hash = digest(&SHA256, &[b"lingtong master key", key.as_slice()].concat());
        let unbound = UnboundKey::new(&AES_256_GCM, &key).map_err(|_| Error::NoMaster)?;
        Ok(Self { name: hex(&hash.as_ref()[..NAME_BYTES]), key: LessSafeKey::new(unbound) })
    }

    /// A new key, as [`parse`](Self::parse) takes it.
    ///
    /// # Errors
    /// [`Error::NoRandom`].
    pub fn make() -> Result<Private<String>, Error> {
        Ok(Private::new(hex(&random::<KEY_LEN>()?)))
    }
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::NoRandom)?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

impl Master for LocalMaster {
    fn name(&self) -> &str {
        &self.name
    }

    fn wrap(&self, key: &[u8; KEY_LEN], purpose: &str) -> Result<String, Error> {
        let nonce = random::<NONCE_LEN>()?;
        let mut sealed = key.to_vec();
        let done = self.key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(purpose.as_bytes()),
            &mut sealed,
        );
        done.map_err(|_| Error::Master("it does not wrap".to_owned()))?;
        Ok(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    fn unwrap(&self, wrapped: &str, purpose: &str) -> Result<Option<Private<[u8; KEY_LEN]>>, Error> {
        let Ok(bytes) = STANDARD.decode(wrapped) else { return Ok(None) };
        let Some((nonce, sealed)) = bytes.split_first_chunk::<NONCE_LEN>() else { return Ok(None) };
        let mut sealed = sealed.to_vec();
        let aad = Aad::from(purpose.as_bytes());
        let clear = self.key.open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut sealed).ok();
        Ok(clear.and_then(|clear| <[u8; KEY_LEN]>::try_from(&*clear).ok()).map(Private::new))
    }
}
