//! One reader's stream.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use center::LiveFigures;
use journal::{Error as JournalError, Stored, Subscription};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use types::event::{Event as Written, Happening};

use super::alarm::alarm;
use super::translate::{is_shown, moves_queues, translate};
use crate::dto::{Alarm, Capacity, Event, LiveQueue};
use crate::error::{ApiError, Code, Result};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// Queues' figures are sent at most this often.
const STATS_EVERY: Duration = Duration::from_secs(1);
/// A silent stream says this often that it lives; proxies cut connections that are silent for a minute. Whether the
/// session still stands is looked up as often.
const BEAT_EVERY: Duration = Duration::from_secs(15);

/// What the journal has for an alarm to come by itself. After that it is told in passing, and once more in its place
/// when the journal takes it.
const ALARM_GRACE: Duration = Duration::from_secs(1);

/// What a stream says next.
#[derive(Debug)]
pub(crate) enum Frame {
    /// An event of the journal's: its id is the cursor behind it.
    Journal(u64, Event),
    /// Something made for the stream, which leaves the cursor where it is.
    Passing(Event),
    /// Nothing has happened.
    Beat,
}

/// One reader's stream; counted while it lives.
pub(crate) struct Feed {
    app: App,
    viewer: Viewer,
    events: Subscription,
    /// Read, and not yet translated.
    waiting: VecDeque<Stored>,
    /// Translated, and not yet told.
    ready: VecDeque<Frame>,
    /// The last event told.
    seq: u64,
    /// The figures last told, by queue.
    told: HashMap<String, LiveQueue>,
    capacity_told: Capacity,
    /// Figures may have changed since.
    changed: bool,
    stats_at: Instant,
    beat_at: Instant,
    /// The last word on the node's own alarms, when it is told unless the journal has, and what was told, by code.
    alarms: watch::Receiver<Arc<Vec<Written>>>,
    alarms_at: Option<Instant>,
    alarms_told: HashMap<String, Alarm>,
}

impl Feed {
    /// Opens a stream behind a cursor; from now on where there is none.
    ///
    /// # Errors
    /// [`Code::Expired`]: events after the cursor are gone, or were never there; too many streams.
    pub(crate) fn open(app: App, viewer: Viewer, cursor: Option<u64>) -> Result<Self> {
        let tenant = viewer.tenant();
        let seq = cursor.unwrap_or_else(|| app.journal.last_seq(tenant));
        let events = app.journal.subscribe(tenant, seq).map_err(|error| match error {
            JournalError::Expired { .. } => ApiError::field(Code::Expired, "cursor"),
            other => ApiError::internal("journal", &other),
        })?;
        app.streams.open(viewer.user.id)?;
        let at = Instant::now();
        let alarms = app.backend.alarms();
        Ok(Self {
            app,
            viewer,
            events,
            waiting: VecDeque::new(),
            ready: VecDeque::new(),
            seq,
            told: HashMap::new(),
            capacity_told: Capacity::default(),
            // Begins with all figures: they may have changed since the reader's snapshot.
            changed: true,
            stats_at: at,
            beat_at: at + BEAT_EVERY,
            alarms,
            // What stands already is told as well: it may have been raised before the cursor.
            alarms_at: Some(at + ALARM_GRACE),
            alarms_told: HashMap::new(),
        })
    }

    /// The next frame; waits for it. None at the end: the session is over, or the reader has lagged so far behind that
    /// its place in the journal is gone. The future may be dropped at any time, and nothing is missed.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Some(frame);
            }
            if let Some(stored) = self.waiting.front().cloned() {
                self.translate(&stored).await;
                self.waiting.pop_front();
                continue;
            }
            tokio::select! {
                biased;
                () = sleep_until(self.beat_at) => {
                    if !self.viewer.stands(&self.app.store).await {
                        return None;
                    }
                    self.beat_at = Instant::now() + BEAT_EVERY;
                    // What is of the last half hour changes also while nothing happens.
                    self.changed = true;
                    self.ready.push_back(Frame::Beat);
                }
                () = sleep_until(self.stats_at), if self.changed => self.tell_queues().await,
                () = sleep_until(self.alarms_at.unwrap_or(self.beat_at)), if self.alarms_at.is_some() => self.tell_alarms(),
                // A node that is gone raises none.
                Ok(()) = self.alarms.changed() => {
                    self.alarms_at.get_or_insert(Instant::now() + ALARM_GRACE);
                }
                events = self.events.next() => match events {
                    Ok(events) => self.waiting.extend(events.into_iter().filter(is_shown)),
                    Err(error) => {
                        tracing::warn!(%error, "an event stream ended");
                        return None;
                    }
                },
            }
        }
    }

    async fn translate(&mut self, stored: &Stored) {
        // A name that can't be read now is not worth a gap in the stream.
        let names = self.app.names.of(self.viewer.tenant()).await.unwrap_or_default();
        if let Some(event) = translate(&self.app, &self.viewer, &names, stored).await {
            if moves_queues(&event) && !self.changed {
                self.changed = true;
                self.stats_at = self.stats_at.max(Instant::now());
            }
            if let Event::Alarm { alarm, .. } = &event {
                self.alarms_told.insert(alarm.code.clone(), alarm.clone());
            }
            self.seq = stored.seq;
            self.ready.push_back(Frame::Journal(stored.seq, event));
        }
    }

    /// Tells what the journal has not told.
    fn tell_alarms(&mut self) {
        self.alarms_at = None;
        let standing = self.alarms.borrow_and_update().clone();
        for Written { tenant, at, what } in standing.iter() {
            let Happening::Alarm { code, detail, raised } = what else { continue };
            let alarm = alarm(code, detail, *raised, *at);
            let before = self.alarms_told.get(&alarm.code);
            // Of what is over only those need to know who heard that it stood.
            let is_news = if *raised { before != Some(&alarm) } else { before.is_some_and(|b| b.cleared_at.is_none()) };
            if *tenant == self.viewer.tenant() && is_news {
                self.alarms_told.insert(alarm.code.clone(), alarm.clone());
                let (id, at) = (self.seq.to_string(), at.to_string());
                self.ready.push_back(Frame::Passing(Event::Alarm { id, at, alarm }));
            }
        }
    }

    async fn tell_queues(&mut self) {
        let LiveFigures { queues, capacity } = self.app.backend.live_figures(self.viewer.tenant()).await;
        self.changed = false;
        self.stats_at = Instant::now() + STATS_EVERY;
        let capacity = Capacity::from(capacity);
        if capacity != self.capacity_told {
            self.capacity_told = capacity;
            let (id, at) = (self.seq.to_string(), now().to_string());
            self.ready.push_back(Frame::Passing(Event::CapacityStats { id, at, capacity }));
        }
        let names = self.app.names.of(self.viewer.tenant()).await.unwrap_or_default();
        for queue in queues.into_iter().map(|q| LiveQueue::new(q, &names)) {
            if self.told.get(&queue.id) != Some(&queue) {
                self.told.insert(queue.id.clone(), queue.clone());
                let (id, at) = (self.seq.to_string(), now().to_string());
                self.ready.push_back(Frame::Passing(Event::QueueStats { id, at, queue }));
            }
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.app.streams.close(self.viewer.user.id);
    }
}
