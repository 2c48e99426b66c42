//! A sealed object as a file that can be read from anywhere.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use blob::{Blobs, Key};
use media::seal::{HEADER_LEN, Keys, Opener, PIECE};

/// A sealed object, opened piece by piece as it is read.
pub struct Sealed {
    blobs: Arc<dyn Blobs>,
    key: Key,
    opener: Opener,
    at: u64,
    /// The piece that was opened last.
    piece: Option<(u64, Vec<u8>)>,
}

fn failed(error: blob::Error) -> io::Error {
    match error {
        blob::Error::NotFound(_) => io::Error::new(io::ErrorKind::NotFound, error),
        other => io::Error::other(other),
    }
}

impl Sealed {
    /// Opens an object that was sealed for `place`.
    ///
    /// # Errors
    /// `NotFound`; `InvalidData` when its header is damaged or its key is not there.
    pub fn open(blobs: Arc<dyn Blobs>, key: Key, keys: &dyn Keys, place: &str) -> io::Result<Self> {
        let length = blobs.head(&key).map_err(failed)?;
        let mut header = [0; HEADER_LEN];
        blobs.get(&key, 0..HEADER_LEN as u64).map_err(failed)?.read_exact(&mut header).map_err(damaged)?;
        let opener = Opener::new(&header, length, keys, place).map_err(damaged)?;
        Ok(Self { blobs, key, opener, at: 0, piece: None })
    }

    /// Sees to it that the piece with the byte at `self.at` is open.
    fn load(&mut self) -> io::Result<&[u8]> {
        let number = Opener::number(self.at);
        if self.piece.as_ref().is_none_or(|(known, _)| *known != number) {
            let place = self.opener.place(number);
            let mut sealed = Vec::new();
            self.blobs.get(&self.key, place).map_err(failed)?.read_to_end(&mut sealed)?;
            let clear = self.opener.open(number, &mut sealed).map_err(damaged)?.to_vec();
            self.piece = Some((number, clear));
        }
        Ok(self.piece.as_ref().map_or(&[], |(_, clear)| clear))
    }
}

fn damaged(error: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the archived recording is damaged: {error}"))
}

impl Read for Sealed {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.at >= self.opener.length() {
            return Ok(0);
        }
        let skip = (self.at % PIECE as u64) as usize;
        let clear = self.load()?.get(skip..).unwrap_or(&[]);
        let n = out.len().min(clear.len());
        out[..n].copy_from_slice(&clear[..n]);
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Sealed {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.opener.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
