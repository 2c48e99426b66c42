//! Recordings on the local disk, rendered from their tracks.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;

use api::{Audio, Peak, Recordings};
use media::render::{Channel, RenderTrack, Renderer, peaks};
use media::seal::{TrackFile, track_place};
use media::track::{ReadAt, TrackIndex};
use node::SealKeys;
use types::TenantId;
use types::record::RecordingRecord;
use vault::Keyring;

/// Hertz of what is rendered: the telephone's band.
const RATE: u32 = 8000;

/// The folder of tracks, `<recording>/<leg>.trk`, and the keys that they are sealed under.
pub(crate) struct OnDisk {
    folder: PathBuf,
    keys: SealKeys,
}

impl OnDisk {
    pub(crate) fn new(folder: PathBuf, keyring: Arc<Keyring>) -> Self {
        Self { folder, keys: SealKeys(keyring) }
    }
}

/// A track's file, and its length when it was opened.
struct Track(File, u64);

impl ReadAt for Track {
    fn len(&self) -> u64 {
        self.1
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> bool {
        self.0.read_exact_at(out, offset).is_ok()
    }
}

struct Rendered(Renderer<TrackFile<Track>>);

impl Recordings for OnDisk {
    fn open(&self, _tenant: TenantId, recording: &RecordingRecord) -> io::Result<Box<dyn Audio>> {
        let folder = self.folder.join(recording.id.to_string());
        let mut tracks = Vec::new();
        for (leg, channel) in &recording.tracks {
            let file = match File::open(folder.join(format!("{leg}.trk"))) {
                Ok(file) => {
                    let length = file.metadata()?.len();
                    Track(file, length)
                }
                // A leg that never said anything has no track.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let place = track_place(recording.id, *leg);
            let file = TrackFile::open(file, &self.keys, &place).map_err(io::Error::other)?;
            let index = TrackIndex::scan(&file);
            let channel = if *channel == 0 { Channel::Left } else { Channel::Right };
            tracks.push(RenderTrack { bytes: file, index, channel });
        }
        if tracks.is_empty() {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(Box::new(Rendered(Renderer::new(tracks, RATE))))
    }
}

impl Audio for Rendered {
    fn total_len(&self) -> u64 {
        self.0.total_len()
    }

    fn duration_ms(&self) -> u64 {
        self.0.duration_ms()
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        Ok(self.0.read(offset, out))
    }

    fn peaks(&mut self, buckets: usize) -> io::Result<Vec<Vec<Peak>>> {
        let outline = peaks(&mut self.0, buckets);
        let scale = |p: &(i16, i16)| (f32::from(p.0) / 32768.0, f32::from(p.1) / 32768.0);
        Ok([outline.left, outline.right].iter().map(|channel| channel.iter().map(scale).collect()).collect())
    }
}
