//! A track's file, sealed or clear.

use std::cell::RefCell;

use super::{HEADER, HEADER_LEN, Keys, OVERHEAD, Opening, PIECE_HEADER, PIECE_HEADER_LEN, SealError, piece_header};
use crate::track::ReadAt;

/// Bytes read at once while looking for the next piece after damage.
const SCAN_STEP: usize = 4096;

/// What was recorded, whether it was sealed or, by an earlier version of the program, kept in the clear.
///
/// A piece that is damaged reads as zeros, which are no chunk; so what is beside it plays.
pub struct TrackFile<R> {
    bytes: R,
    /// None for a file in the clear.
    sealed: Option<Sealed>,
}

struct Sealed {
    openings: Vec<Opening>,
    pieces: Vec<Piece>,
    length: u64,
    /// The piece that was opened last.
    open: RefCell<Option<(usize, Vec<u8>)>>,
}

struct Piece {
    /// Where it lies in the file.
    at: u64,
    /// Where what is sealed in it lies in the track.
    clear_at: u64,
    length: usize,
    number: u64,
    opening: usize,
}

impl<R: ReadAt> TrackFile<R> {
    /// Opens a file that was sealed for `place`.
    ///
    /// # Errors
    /// Its key is not there, or a later version of the program wrote it.
    pub fn open(bytes: R, keys: &dyn Keys, place: &str) -> Result<Self, SealError> {
        let mut first = [0; 4];
        if !bytes.read_at(0, &mut first) || first != HEADER {
            return Ok(Self { bytes, sealed: None });
        }
        let sealed = Sealed::scan(&bytes, keys, place)?;
        Ok(Self { bytes, sealed: Some(sealed) })
    }

    /// Whether it is sealed.
    pub fn is_sealed(&self) -> bool {
        self.sealed.is_some()
    }
}

impl Sealed {
    fn scan(bytes: &impl ReadAt, keys: &dyn Keys, place: &str) -> Result<Self, SealError> {
        let mut sealed = Self { openings: Vec::new(), pieces: Vec::new(), length: 0, open: RefCell::new(None) };
        let mut at = 0;
        while at < bytes.len() {
            let mut header = [0; HEADER_LEN];
            if bytes.read_at(at, &mut header) && header[..4] == HEADER {
                sealed.openings.push(Opening::new(&header, keys, place)?);
                at += HEADER_LEN as u64;
                continue;
            }
            match sealed.piece(bytes, at) {
                Some(next) => at = next,
                None => at = next_magic(bytes, at + 1),
            }
        }
        Ok(sealed)
    }

    /// Takes the piece at `at` in, if there is a whole one; where it ends.
    fn piece(&mut self, bytes: &impl ReadAt, at: u64) -> Option<u64> {
        let mut header = [0; PIECE_HEADER_LEN];
        if !bytes.read_at(at, &mut header) {
            return None;
        }
        let (length, number) = piece_header(&header)?;
        let end = at + (length + OVERHEAD) as u64;
        let opening = self.openings.len().checked_sub(1)?;
        // A damaged length would swallow what follows: something of ours must stand there, or nothing. Where neither is
        // so, what follows may be what is damaged.
        let fits = end == bytes.len() || (end < bytes.len() && is_magic(bytes, end));
        if !fits {
            let mut whole = vec![0; length + OVERHEAD];
            if end > bytes.len() || !bytes.read_at(at, &mut whole) {
                return None;
            }
            self.openings[opening].open(number, &mut whole)?;
        }
        self.pieces.push(Piece { at, clear_at: self.length, length, number, opening });
        self.length += length as u64;
        Some(end)
    }

    /// Copies what stands at `offset` to the front of `out`; how much that was.
    fn read(&self, bytes: &impl ReadAt, offset: u64, out: &mut [u8]) -> Option<usize> {
        let index = self.pieces.partition_point(|p| p.clear_at + p.length as u64 <= offset);
        let piece = self.pieces.get(index)?;
        let mut open = self.open.borrow_mut();
        if open.as_ref().is_none_or(|(known, _)| *known != index) {
            let mut buffer = vec![0; piece.length + OVERHEAD];
            if !bytes.read_at(piece.at, &mut buffer) {
                return None;
            }
            let clear = self.openings[piece.opening].open(piece.number, &mut buffer);
            *open = Some((index, clear.map_or_else(|| vec![0; piece.length], <[u8]>::to_vec)));
        }
        let (_, clear) = open.as_ref()?;
        let from = clear.get((offset - piece.clear_at) as usize..)?;
        let n = from.len().min(out.len());
        out[..n].copy_from_slice(&from[..n]);
        Some(n)
    }
}

impl<R: ReadAt> ReadAt for TrackFile<R> {
    fn len(&self) -> u64 {
        self.sealed.as_ref().map_or_else(|| self.bytes.len(), |sealed| sealed.length)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> bool {
        let Some(sealed) = &self.sealed else { return self.bytes.read_at(offset, buffer) };
        let mut done = 0;
        while done < buffer.len() {
            match sealed.read(&self.bytes, offset + done as u64, &mut buffer[done..]) {
                Some(n) if n > 0 => done += n,
                _ => return false,
            }
        }
        true
    }
}

fn is_magic(bytes: &impl ReadAt, at: u64) -> bool {
    let mut four = [0; 4];
    bytes.read_at(at, &mut four) && (four == HEADER || four == PIECE_HEADER)
}

/// Where something of ours may begin, from `at` on; the end where nothing does.
fn next_magic(bytes: &impl ReadAt, mut at: u64) -> u64 {
    let mut buffer = [0; SCAN_STEP];
    while at < bytes.len() {
        let n = SCAN_STEP.min(usize::try_from(bytes.len() - at).unwrap_or(SCAN_STEP));
        if !bytes.read_at(at, &mut buffer[..n]) {
            break;
        }
        let found = buffer[..n].windows(4).position(|four| four == HEADER || four == PIECE_HEADER);
        if let Some(found) = found {
            return at + found as u64;
        }
        if n < SCAN_STEP {
            break;
        }
        at += (n - 3) as u64;
    }
    bytes.len()
}
