//! A whole object in pieces of one length, so that any part is found by reckoning.

use std::io::{self, Read};
use std::ops::Range;

use types::TenantId;

use super::{HEADER_LEN, Keys, OVERHEAD, Opening, SALT_LEN, SealError, Sealer};

/// Clear bytes of each piece of an object but the last.
pub const PIECE: usize = 64 << 10;
/// Bytes of a whole piece as it is kept.
const KEPT: u64 = (PIECE + OVERHEAD) as u64;

/// Reads something clear and gives it out sealed.
pub struct SealingReader<R> {
    from: R,
    sealer: Sealer,
    ready: Vec<u8>,
    given: usize,
    clear: Vec<u8>,
}

impl<R: Read> SealingReader<R> {
    /// Seals what `from` gives for a place. `salt` must be random.
    ///
    /// # Errors
    /// The tenant has no key.
    pub fn new(
        from: R,
        keys: &dyn Keys,
        tenant: TenantId,
        place: &str,
        salt: [u8; SALT_LEN],
    ) -> Result<Self, SealError> {
        let (sealer, header) = Sealer::begin(keys, tenant, place, salt)?;
        Ok(Self { from, sealer, ready: header.to_vec(), given: 0, clear: Vec::with_capacity(PIECE) })
    }
}

impl<R: Read> Read for SealingReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.clear.clear();
            (&mut self.from).take(PIECE as u64).read_to_end(&mut self.clear)?;
            self.ready.clear();
            self.given = 0;
            self.sealer.seal(&self.clear, &mut self.ready);
        }
        let n = out.len().min(self.ready.len() - self.given);
        out[..n].copy_from_slice(&self.ready[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

/// Opens the pieces of an object.
pub struct Opener {
    opening: Opening,
    length: u64,
}

impl Opener {
    /// An object of so many bytes, as it is kept, that begins with this header and was sealed for `place`.
    ///
    /// # Errors
    /// No header, or its key is not there.
    pub fn new(header: &[u8; HEADER_LEN], kept: u64, keys: &dyn Keys, place: &str) -> Result<Self, SealError> {
        let opening = Opening::new(header, keys, place)?;
        let body = kept.checked_sub(HEADER_LEN as u64).ok_or(SealError::Damaged)?;
        let rest = match body % KEPT {
            0 => 0,
            rest => rest.checked_sub(OVERHEAD as u64).ok_or(SealError::Damaged)?,
        };
        Ok(Self { opening, length: body / KEPT * PIECE as u64 + rest })
    }

    /// Length of what is sealed, in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The number of the piece that holds the clear byte at `offset`.
    pub fn number(offset: u64) -> u64 {
        offset / PIECE as u64
    }

    /// Where a piece lies in the object, as it is kept.
    pub fn place(&self, number: u64) -> Range<u64> {
        let from = HEADER_LEN as u64 + number * KEPT;
        let clear = self.length.saturating_sub(number * PIECE as u64).min(PIECE as u64);
        from..from + if clear == 0 { 0 } else { clear + OVERHEAD as u64 }
    }

    /// Opens a piece.
    ///
    /// # Errors
    /// [`SealError::Damaged`] when these are not the bytes of that piece.
    pub fn open<'a>(&self, number: u64, piece: &'a mut [u8]) -> Result<&'a [u8], SealError> {
        self.opening.open(number, piece).ok_or(SealError::Damaged)
    }
}
