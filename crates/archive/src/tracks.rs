//! The tracks that a recording was made in.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use media::render::{Channel, RenderTrack};
use media::seal::{Keys, TrackFile, track_place};
use media::track::{ReadAt, TrackIndex};
use types::RecordingId;
use types::record::RecordingRecord;

/// What the folder of tracks that are in the archive ends with until it is gone.
const GOING: &str = ".archived";

/// A track's file, and its length when it was opened.
pub struct Track(File, u64);

impl ReadAt for Track {
    fn len(&self) -> u64 {
        self.1
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> bool {
        self.0.read_exact_at(out, offset).is_ok()
    }
}

/// The folder of tracks, `<recording>/<leg>.trk`.
#[derive(Clone, Debug)]
pub struct Tracks(pub PathBuf);

impl Tracks {
    fn folder(&self, recording: RecordingId) -> PathBuf {
        self.0.join(recording.to_string())
    }

    /// Opens the tracks of a recording.
    ///
    /// # Errors
    /// `NotFound` when there are none; a track can't be read or opened.
    pub fn open(&self, keys: &dyn Keys, recording: &RecordingRecord) -> io::Result<Vec<RenderTrack<TrackFile<Track>>>> {
        let folder = self.folder(recording.id);
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
            let file = TrackFile::open(file, keys, &place).map_err(io::Error::other)?;
            let index = TrackIndex::scan(&file);
            let channel = if *channel == 0 { Channel::Left } else { Channel::Right };
            tracks.push(RenderTrack { bytes: file, index, channel });
        }
        if tracks.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(tracks) }
    }

    /// Bytes of all files of a recording.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn bytes(&self, recording: RecordingId) -> io::Result<u64> {
        let mut bytes = 0;
        for entry in fs::read_dir(self.folder(recording))? {
            bytes += entry?.metadata()?.len();
        }
        Ok(bytes)
    }

    /// Deletes the tracks of a recording: all of them are gone at one moment. What a crash left of an earlier deletion is
    /// cleared away; where there is nothing, nothing is done.
    ///
    /// # Errors
    /// The folder can't be moved or deleted.
    pub fn delete(&self, recording: RecordingId) -> io::Result<()> {
        let (folder, going) = (self.folder(recording), self.0.join(format!("{recording}{GOING}")));
        ignore_missing(fs::remove_dir_all(&going))?;
        ignore_missing(fs::rename(&folder, &going))?;
        ignore_missing(fs::remove_dir_all(&going))?;
        sync(&self.0)
    }
}

fn ignore_missing(done: io::Result<()>) -> io::Result<()> {
    done.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
