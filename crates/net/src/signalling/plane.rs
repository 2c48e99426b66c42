//! [`MediaPool`] as the user agent's media plane.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use media::engine::MediaCommand;
use media::ice::Credentials;
use types::{LegId, Mono, Now, RecordingId};

use crate::media::{BrowserEnd, Clips, MediaPool};
use crate::ua::{MediaPlane, NoPort};

/// How long orders that nobody hears at once wait for others, so that one wake-up of a media thread serves many: a
/// half of a packet's time.
const GATHER: Duration = Duration::from_millis(10);

/// Tells the media threads what the user agent wants of them.
pub struct PoolPlane {
    pool: Arc<MediaPool>,
    clips: Clips,
    /// When the threads have to be woken for what they have been told.
    due: Option<Mono>,
    at_once: bool,
    told: bool,
}

impl PoolPlane {
    /// Over these threads.
    pub fn new(pool: Arc<MediaPool>) -> Self {
        Self { clips: Clips::start(pool.clone()), pool, due: None, at_once: false, told: false }
    }
}

/// Whether somebody waits to hear the order carried out.
const fn is_heard(command: &MediaCommand) -> bool {
    matches!(command, MediaCommand::Play { .. } | MediaCommand::StopPlay(_) | MediaCommand::SendDigits { .. })
}

impl MediaPlane for PoolPlane {
    fn open(&mut self, _now: Now, leg: LegId, near: Option<LegId>) -> Result<u16, NoPort> {
        self.told = true;
        self.pool.create_leg_quietly(leg, near).map(|ports| ports.rtp).map_err(|error| {
            tracing::warn!(%error, "no media for a leg");
            NoPort
        })
    }

    fn open_browser(&mut self, _now: Now, leg: LegId, near: Option<LegId>) -> Result<BrowserEnd, NoPort> {
        self.told = true;
        self.pool.create_browser_leg(leg, near).map_err(|error| {
            tracing::warn!(%error, "no media for a browser's leg");
            NoPort
        })
    }

    fn restart_ice(&mut self, leg: LegId) -> Option<Credentials> {
        self.told = true;
        self.pool.restart_ice(leg).unwrap_or_else(|error| {
            tracing::warn!(%error, "a browser's leg keeps its old path");
            None
        })
    }

    fn read(&mut self, leg: LegId, recorded: (RecordingId, LegId), track: PathBuf) {
        self.clips.load(leg, recorded, track);
    }

    fn command(&mut self, command: MediaCommand) {
        self.told = true;
        self.at_once |= is_heard(&command);
        if self.pool.command_quietly(command).is_err() {
            tracing::warn!("a media thread does not keep up; a command was dropped");
        }
    }

    fn flush(&mut self, now: Mono) -> Option<Mono> {
        if std::mem::take(&mut self.told) {
            self.due.get_or_insert(now + GATHER);
        }
        if std::mem::take(&mut self.at_once) || self.due.is_some_and(|due| due <= now) {
            self.due = None;
            self.pool.wake();
        }
        self.due
    }
}
