//! Recordings, wherever they are: in tracks on the disk at first, in the archive later.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::archive::{Archive, Tracks};
use api::{Audio, Peak, Recordings};
use blob::{Blobs, Disk};
use media::render::{Renderer, Sound, peaks, wav_len, wav_read};
use node::SealKeys;
use types::TenantId;
use types::record::RecordingRecord;
use vault::Keyring;

/// Hertz of what is rendered: the telephone's band.
const RATE: u32 = 8000;
/// The archive's folder in the data folder.
const ARCHIVE: &str = "archive";

/// Where recordings are.
pub(crate) struct OnDisk(pub(crate) Archive);

/// The archive in a data folder. `beside`: of a server that may be running.
///
/// # Errors
/// Its folder can't be made.
pub(crate) fn archive_in(data: &Path, tracks: PathBuf, keyring: Arc<Keyring>, beside: bool) -> Result<Archive, String> {
    let folder = data.join(ARCHIVE);
    let disk = if beside { Ok(Disk::beside(&folder)) } else { Disk::open(&folder) };
    let blobs: Arc<dyn Blobs> = Arc::new(disk.map_err(|e| format!("{}: {e}", folder.display()))?);
    Ok(Archive { blobs, keys: Arc::new(SealKeys(keyring)), tracks: Tracks(tracks) })
}

/// Sound, and what an error of it is to a reader.
struct Opened<S: Sound>(S, fn(S::Error) -> io::Error);

impl Recordings for OnDisk {
    fn open(&self, tenant: TenantId, recording: &RecordingRecord) -> io::Result<Box<dyn Audio>> {
        let Archive { keys, tracks, .. } = &self.0;
        match tracks.open(&**keys, recording) {
            Ok(tracks) => Ok(Box::new(Opened(Renderer::new(tracks, RATE), |never| match never {}))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Box::new(Opened(self.0.open(tenant, recording.id, RATE)?, |error| error)))
            }
            Err(error) => Err(error),
        }
    }
}

impl<S: Sound + Send + 'static> Audio for Opened<S> {
    fn total_len(&self) -> u64 {
        wav_len(self.0.samples())
    }

    fn duration_ms(&self) -> u64 {
        self.0.duration_ms()
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        wav_read(&mut self.0, offset, out).map_err(self.1)
    }

    fn peaks(&mut self, buckets: usize) -> io::Result<Vec<Vec<Peak>>> {
        let outline = peaks(&mut self.0, buckets).map_err(self.1)?;
        let scale = |p: &(i16, i16)| (f32::from(p.0) / 32768.0, f32::from(p.1) / 32768.0);
        Ok([outline.left, outline.right].iter().map(|channel| channel.iter().map(scale).collect()).collect())
    }
}
