//! How a journal is kept.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::disk::{Disk, OsDisk};

/// Something about the disk that a person must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// `journal_failed`, `ladder_failed`, `disk_slow`, `disk_failed`, `sync_slow`, `sync_failed` or `events_lost`.
    pub code: &'static str,
    /// For people.
    pub detail: String,
    /// Raised, or over.
    pub raised: bool,
}

/// Who hears alarms. Called on a writer's or the journal's own thread: it must not block.
pub type AlarmSink = Arc<dyn Fn(Alarm) + Send + Sync>;

/// How a journal is kept. [`Options::default`] suits a server.
#[derive(Clone)]
pub struct Options {
    /// This node's number, 0 to 1023; stored in each segment.
    pub node: u16,
    /// Positions given are greater than this. With the store's cursor here, a journal that was lost or replaced does
    /// not begin anew below it, where the projection would pass its events over.
    pub after_pos: u64,
    /// A segment is closed when it has grown to this many bytes.
    pub segment_bytes: u64,
    /// The oldest segments are removed while all of them together hold more bytes than this.
    pub retention_bytes: u64,
    /// Segments are removed when their newest event is older than this.
    pub retention: Duration,
    /// Events that wait for a stalled disk, in bytes. What comes on top is lost, and an alarm says so.
    pub queue_bytes: usize,
    /// The newest events kept in memory for live readers, in bytes at most; they stay for three seconds.
    pub live_bytes: usize,
    /// What was written reaches the disk after this time; a sync that lasts adds to it.
    pub sync_after: Duration,
    /// The disk.
    pub disk: Arc<dyn Disk>,
    /// Who hears alarms.
    pub alarm: AlarmSink,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            node: 0,
            after_pos: 0,
            segment_bytes: 64 << 20,
            retention_bytes: 8 << 30,
            retention: Duration::from_secs(30 * 24 * 3600),
            queue_bytes: 64 << 20,
            live_bytes: 8 << 20,
            sync_after: Duration::from_millis(75),
            disk: Arc::new(OsDisk),
            alarm: Arc::new(|_| ()),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("node", &self.node)
            .field("after_pos", &self.after_pos)
            .field("segment_bytes", &self.segment_bytes)
            .field("retention_bytes", &self.retention_bytes)
            .field("retention", &self.retention)
            .field("queue_bytes", &self.queue_bytes)
            .field("live_bytes", &self.live_bytes)
            .field("sync_after", &self.sync_after)
            .finish_non_exhaustive()
    }
}
