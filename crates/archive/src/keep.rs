//! Bringing a recording into the archive, and having it from there.

use std::io::{self, Read};
use std::sync::Arc;

use blob::{Blobs, Key};
use media::archive::{ARCHIVE_RATE, Difference, OpusFile, OpusReader, compare};
use media::render::{Renderer, Sound as _};
use media::seal::{Keys, SALT_LEN, SealError, SealingReader};
use sha2::{Digest, Sha256};
use types::record::RecordingRecord;
use types::{InteractionId, RecordingId, TenantId};

use crate::object::Sealed;
use crate::tracks::Tracks;

/// Bytes that are hashed at a time.
const STEP: usize = 64 << 10;
/// Spreads ids over folders, so that none has more files than is handy: any odd number with many digits.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Why a recording was not brought into the archive, or is not as it should be there.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There are no tracks.
    #[error("it has no tracks")]
    NoTracks,
    /// The tracks can't be read, or the file can't be made.
    #[error("{0}")]
    Io(io::Error),
    /// The tenant has no key.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The objects' place fails.
    #[error("the archive: {0}")]
    Blob(#[from] blob::Error),
    /// What came back is not what was recorded.
    #[error("what was written is not what was recorded: {0}")]
    Different(#[from] Difference),
    /// The tracks grew while they were read.
    #[error("the recording is not finished")]
    Unfinished,
    /// The object is not the one that was put there.
    #[error("the object has the hash {found} and {bytes} bytes")]
    Changed {
        /// Its hash.
        found: String,
        /// Its length.
        bytes: u64,
    },
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::NoTracks } else { Self::Io(error) }
    }
}

impl Failure {
    /// Whether the same may succeed later.
    pub fn can_retry(&self) -> bool {
        !matches!(self, Self::NoTracks)
    }
}

/// A recording that is in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Bytes of the object, sealed.
    pub bytes: u64,
    /// SHA-256 of the object, sealed, in hexadecimal digits.
    pub hash: String,
    /// Length, milliseconds.
    pub duration_ms: u64,
    /// Bytes of the tracks.
    pub raw_bytes: u64,
}

/// The archive: objects, and the keys that they are sealed under.
#[derive(Clone)]
pub struct Archive {
    /// Where objects are.
    pub blobs: Arc<dyn Blobs>,
    /// The keys.
    pub keys: Arc<dyn Keys>,
    /// Where tracks are.
    pub tracks: Tracks,
}

/// The object of a recording.
fn key(tenant: TenantId, recording: RecordingId) -> Result<Key, Failure> {
    let [one, two, ..] = recording.0.wrapping_mul(SPREAD).to_be_bytes();
    let text = format!("{tenant}/{one:02x}/{two:02x}/{recording}.opus");
    text.parse().map_err(|error| Failure::Io(io::Error::other(error)))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What an object is sealed for.
fn place(recording: RecordingId) -> String {
    format!("archive {recording}")
}

impl Archive {
    /// Brings a recording into the archive and makes sure that it is what was recorded. The tracks stay.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn keep(
        &self,
        tenant: TenantId,
        interaction: InteractionId,
        recording: &RecordingRecord,
    ) -> Result<Kept, Failure> {
        let key = key(tenant, recording.id)?;
        let raw_bytes = match self.tracks.bytes(recording.id) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return self.adopt(tenant, recording.id, &key),
            bytes => bytes?,
        };
        let comments = [
            format!("DATE={}", recording.started),
            format!("LINGTONG_RECORDING={}", recording.id),
            format!("LINGTONG_INTERACTION={interaction}"),
        ];
        let file = OpusReader::new(self.raw(recording)?, &comments)?;
        let mut salt = [0; SALT_LEN];
        getrandom::fill(&mut salt).map_err(|error| Failure::Io(io::Error::other(error.to_string())))?;
        let mut sealing = SealingReader::new(file, &*self.keys, tenant, &place(recording.id), salt)?;
        self.blobs.put(&key, &mut sealing)?;
        let mut kept = self.open(tenant, recording.id, ARCHIVE_RATE)?;
        let mut raw = self.raw(recording)?;
        compare(&mut raw, &mut kept)?;
        if self.tracks.bytes(recording.id)? != raw_bytes {
            return Err(Failure::Unfinished);
        }
        let (hash, bytes) = self.hash(&key)?;
        Ok(Kept { bytes, hash, duration_ms: raw.duration_ms(), raw_bytes })
    }

    /// Takes an object in whose tracks have gone: a backup's database can be older than its archive.
    fn adopt(&self, tenant: TenantId, recording: RecordingId, key: &Key) -> Result<Kept, Failure> {
        let mut kept = self.open(tenant, recording, ARCHIVE_RATE)?;
        for number in 0..kept.blocks() {
            kept.block(number)?;
        }
        let (hash, bytes) = self.hash(key)?;
        Ok(Kept { bytes, hash, duration_ms: kept.duration_ms(), raw_bytes: 0 })
    }

    fn raw(&self, recording: &RecordingRecord) -> io::Result<Renderer<media::seal::TrackFile<crate::Track>>> {
        Ok(Renderer::new(self.tracks.open(&*self.keys, recording)?, ARCHIVE_RATE))
    }

    /// The hash of an object as it lies there, and its length.
    fn hash(&self, key: &Key) -> Result<(String, u64), Failure> {
        let mut object = self.blobs.get(key, 0..u64::MAX)?;
        let (mut hash, mut buffer, mut bytes) = (Sha256::new(), vec![0; STEP], 0);
        loop {
            let n = object.read(&mut buffer).map_err(Failure::Io)?;
            if n == 0 {
                break;
            }
            hash.update(&buffer[..n]);
            bytes += n as u64;
        }
        Ok((hex(&hash.finalize()), bytes))
    }

    /// Opens a recording at 8000 or 16000 samples a second.
    ///
    /// # Errors
    /// `NotFound` when it is not in the archive; it is damaged, or can't be read.
    pub fn open(&self, tenant: TenantId, recording: RecordingId, rate: u32) -> io::Result<OpusFile<Sealed>> {
        let key = key(tenant, recording).map_err(io::Error::other)?;
        let sealed = Sealed::open(Arc::clone(&self.blobs), key, &*self.keys, &place(recording))?;
        OpusFile::open(sealed, rate)
    }

    /// Deletes an object for good; one that is not there is no error.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn delete(&self, tenant: TenantId, recording: RecordingId) -> Result<(), Failure> {
        Ok(self.blobs.delete(&key(tenant, recording)?)?)
    }

    /// Makes sure that an object is the one that was put there.
    ///
    /// # Errors
    /// [`Failure::Changed`]; the object is gone or can't be read.
    pub fn verify(&self, tenant: TenantId, recording: RecordingId, hash: &str) -> Result<(), Failure> {
        let (found, bytes) = self.hash(&key(tenant, recording)?)?;
        if found == hash { Ok(()) } else { Err(Failure::Changed { found, bytes }) }
    }
}
