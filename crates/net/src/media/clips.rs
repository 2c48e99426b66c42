//! Messages for those who listen to them by telephone: read from the disk on a thread of their own.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use media::engine::MediaCommand;
use media::prompt::{Pcm, Prompt};
use media::render::{Channel, RenderTrack, Renderer, Sound as _, WAV_HEADER_LEN};
use media::seal::{TrackFile, track_place};
use media::track::{ReadAt, TrackIndex};
use types::{LegId, RecordingId, TenantId};

use super::{DataKey, Keys, MediaPool};

/// Messages that wait to be read. Each takes milliseconds; more listeners at once than this are a fault.
const WAITING: usize = 64;
/// Samples a second: the telephone's band.
const RATE: u32 = 8000;
/// The longest that is played, seconds: twice what a message may have.
const LONGEST_S: u32 = 600;
/// Of the renderer: two channels of 16 bits.
const FRAME_BYTES: usize = 4;

/// A message that a leg waits for.
struct Wanted {
    leg: LegId,
    recording: RecordingId,
    /// Whose track it is.
    of: LegId,
    path: PathBuf,
}

/// The way to the thread that reads. It ends with it.
pub(crate) struct Clips {
    wanted: SyncSender<Wanted>,
    pool: Arc<MediaPool>,
}

impl Clips {
    /// Starts the thread; where the system has none to give, messages stay silent.
    pub(crate) fn start(pool: Arc<MediaPool>) -> Self {
        let (wanted, todo) = sync_channel(WAITING);
        let told = pool.clone();
        let thread = std::thread::Builder::new().name("clips".into()).spawn(move || run(&todo, &told));
        if let Err(error) = thread {
            tracing::error!(%error, "messages cannot be played to telephones");
        }
        Self { wanted, pool }
    }

    /// A leg is about to play the track of another, `of`.
    pub(crate) fn load(&self, leg: LegId, (recording, of): (RecordingId, LegId), path: PathBuf) {
        if self.wanted.try_send(Wanted { leg, recording, of, path }).is_err() {
            tracing::warn!("too many listen to messages at once");
            tell(&self.pool, leg, recording, Vec::new());
        }
    }
}

fn run(todo: &Receiver<Wanted>, pool: &MediaPool) {
    while let Ok(Wanted { leg, recording, of, path }) = todo.recv() {
        let place = track_place(recording, of);
        let samples = read(&path, &place, pool.keys()).unwrap_or_else(|error| {
            tracing::warn!(%error, %recording, "a message can't be played");
            Vec::new()
        });
        tell(pool, leg, recording, samples);
    }
}

fn tell(pool: &MediaPool, leg: LegId, recording: RecordingId, samples: Vec<i16>) {
    let clip = Arc::new(Prompt::new(Pcm { samples, rate: RATE }));
    // Without it the listener hears nothing for a moment, and then what comes next.
    let _ = pool.command(MediaCommand::Clip { leg, recording, clip });
}

struct Track(File, u64);

impl ReadAt for Track {
    fn len(&self) -> u64 {
        self.1
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> bool {
        self.0.read_exact_at(out, offset).is_ok()
    }
}

/// The keys of those who keep none: what is clear can be read.
struct NoKeys;

impl Keys for NoKeys {
    fn newest(&self, _: TenantId) -> Option<(u64, DataKey)> {
        None
    }

    fn find(&self, _: u64) -> Option<DataKey> {
        None
    }
}

fn read(path: &Path, place: &str, keys: Option<&dyn Keys>) -> std::io::Result<Vec<i16>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let bytes = TrackFile::open(Track(file, length), keys.unwrap_or(&NoKeys), place).map_err(std::io::Error::other)?;
    let index = TrackIndex::scan(&bytes);
    let mut renderer = Renderer::new(vec![RenderTrack { bytes, index, channel: Channel::Left }], RATE);
    let frames = usize::try_from(renderer.samples().min(u64::from(LONGEST_S * RATE))).unwrap_or_default();
    let mut rendered = vec![0; frames * FRAME_BYTES];
    let got = renderer.read(WAV_HEADER_LEN as u64, &mut rendered);
    let left = rendered[..got].chunks_exact(FRAME_BYTES).map(|frame| i16::from_le_bytes([frame[0], frame[1]]));
    Ok(left.collect())
}
