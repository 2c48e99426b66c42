//! Sealing of what is kept: AES-256-GCM, piece by piece, so that a torn end costs one piece and any part can be opened
//! alone.
//!
//! ```text
//! sealed = { header piece* }+
//! header = "LTSH" version:u8 zero:[u8;3] key:u64 salt:[u8;16]                 32 bytes, little-endian
//! piece  = "LTSP" length:u32 number:u64 sealed:[u8;length] tag:[u8;16]        16 bytes before what is sealed
//! ```
//!
//! What a header begins is sealed under a key of its own, derived from the tenant's data key, the header's salt and the
//! place that it is for: nothing of one place opens in another, and a piece's number is nonce enough. A piece's own
//! first 16 bytes are authenticated with it.

mod object;
mod track;

pub use object::{Opener, PIECE, SealingReader};
pub use track::TrackFile;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use types::{LegId, RecordingId, TenantId};

/// Bytes of a key.
pub const KEY_LEN: usize = 32;
/// Bytes of the salt that each header has anew.
pub const SALT_LEN: usize = 16;
/// Bytes of a header.
pub const HEADER_LEN: usize = 32;
/// Bytes that a piece is longer than what is sealed in it.
pub const OVERHEAD: usize = PIECE_HEADER_LEN + TAG_LEN;
/// Bytes of clear text in a piece at most, so that a damaged length makes nobody read the disk's size.
pub const PIECE_MAX: usize = 1 << 20;

const HEADER: [u8; 4] = *b"LTSH";
const PIECE_HEADER: [u8; 4] = *b"LTSP";
const VERSION: u8 = 1;
const PIECE_HEADER_LEN: usize = 16;
const TAG_LEN: usize = 16;
/// What keys are derived for, beside the place.
const PURPOSE: &[u8] = b"lingtong sealed 1";

/// A key of a tenant's, under which what is kept of it is sealed.
pub type DataKey = types::Private<[u8; KEY_LEN]>;

/// Where keys are had from. Must not block: the recorder asks.
pub trait Keys: Send + Sync + 'static {
    /// The key that what is new of a tenant is sealed under, and its number.
    fn newest(&self, tenant: TenantId) -> Option<(u64, DataKey)>;
    /// The key of a number.
    fn find(&self, number: u64) -> Option<DataKey>;
}

/// The place of a leg's track.
pub fn track_place(recording: RecordingId, leg: LegId) -> String {
    format!("track {recording}/{leg}")
}

/// Why something sealed can't be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The header is damaged.
    #[error("the seal is damaged")]
    Damaged,
    /// A later version of the program wrote it.
    #[error("the seal has version {0}, which is not known")]
    Version(u8),
    /// Its key is not there.
    #[error("the key {0} that it is sealed under is not there")]
    NoKey(u64),
    /// The tenant has no key yet.
    #[error("there is no key for this tenant")]
    NoTenant,
    /// The system gives no random numbers.
    #[error("no random numbers are to be had")]
    NoRandom,
}

/// Seals pieces in their order.
pub struct Sealer {
    key: LessSafeKey,
    next: u64,
}

impl Sealer {
    /// Begins something of a tenant's at a place; returns the header that comes first. `salt` must be random.
    ///
    /// # Errors
    /// The tenant has no key.
    pub fn begin(
        keys: &dyn Keys,
        tenant: TenantId,
        place: &str,
        salt: [u8; SALT_LEN],
    ) -> Result<(Self, [u8; HEADER_LEN]), SealError> {
        let (number, key) = keys.newest(tenant).ok_or(SealError::NoTenant)?;
        let mut header = [0; HEADER_LEN];
        header[..4].copy_from_slice(&HEADER);
        header[4] = VERSION;
        header[8..16].copy_from_slice(&number.to_le_bytes());
        header[16..].copy_from_slice(&salt);
        Ok((Self { key: derive(&key, &salt, place)?, next: 0 }, header))
    }

    /// Appends `clear` to `out` as pieces.
    pub fn seal(&mut self, clear: &[u8], out: &mut Vec<u8>) {
        for part in clear.chunks(PIECE_MAX) {
            let mut header = [0; PIECE_HEADER_LEN];
            header[..4].copy_from_slice(&PIECE_HEADER);
            header[4..8].copy_from_slice(&(part.len() as u32).to_le_bytes());
            header[8..].copy_from_slice(&self.next.to_le_bytes());
            out.extend_from_slice(&header);
            let start = out.len();
            out.extend_from_slice(part);
            // Refused only beyond 64 GiB, and a piece is far from that.
            if let Ok(tag) =
                self.key.seal_in_place_separate_tag(nonce(self.next), Aad::from(&header), &mut out[start..])
            {
                out.extend_from_slice(tag.as_ref());
            }
            self.next += 1;
        }
    }
}

/// The key of what a header begins.
struct Opening {
    key: LessSafeKey,
}

impl Opening {
    /// # Errors
    /// No header, or its key is not there.
    fn new(header: &[u8; HEADER_LEN], keys: &dyn Keys, place: &str) -> Result<Self, SealError> {
        if header[..4] != HEADER {
            return Err(SealError::Damaged);
        }
        if header[4] != VERSION {
            return Err(SealError::Version(header[4]));
        }
        let number = u64_at(header, 8);
        let key = keys.find(number).ok_or(SealError::NoKey(number))?;
        Ok(Self { key: derive(&key, &header[16..], place)? })
    }

    /// Opens a whole piece; what was sealed stands at the front of `piece` then. `None` when it is damaged, or is not the
    /// piece of this number.
    fn open<'a>(&self, number: u64, piece: &'a mut [u8]) -> Option<&'a [u8]> {
        let (header, sealed) = piece.split_first_chunk_mut::<PIECE_HEADER_LEN>()?;
        let (length, of) = piece_header(header)?;
        if of != number || sealed.len() != length + TAG_LEN {
            return None;
        }
        self.key.open_in_place(nonce(number), Aad::from(&*header), sealed).ok().map(|clear| &*clear)
    }
}

/// The length of what is sealed in a piece, and the piece's number.
fn piece_header(header: &[u8; PIECE_HEADER_LEN]) -> Option<(usize, u64)> {
    let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
    (header[..4] == PIECE_HEADER && length <= PIECE_MAX).then(|| (length, u64_at(header, 8)))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 8].iter().rev().fold(0, |n, &b| (n << 8) | u64::from(b))
}

fn nonce(number: u64) -> Nonce {
    let mut nonce = [0; NONCE_LEN];
    nonce[..8].copy_from_slice(&number.to_le_bytes());
    Nonce::assume_unique_for_key(nonce)
}

fn derive(key: &DataKey, salt: &[u8], place: &str) -> Result<LessSafeKey, SealError> {
    let info = [PURPOSE, place.as_bytes()];
    let prk = Salt::new(HKDF_SHA256, salt).extract(key.reveal());
    // Neither fails for a key of this length.
    let okm = prk.expand(&info, &AES_256_GCM).map_err(|_| SealError::Damaged)?;
    Ok(LessSafeKey::new(UnboundKey::from(okm)))
}

#[cfg(test)]
mod tests;
