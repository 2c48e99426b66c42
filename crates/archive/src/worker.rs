//! The thread that brings finished recordings into the archive.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Thread;
use std::time::Duration;

use store::{ArchiveCursor, ArchiveFailure, Archived, Store, ToArchive, Voicemail};
use tokio::runtime::Handle;
use types::{InteractionId, RecordingId, TenantId, Wall};

use crate::keep::{Archive, Failure, Kept};
use crate::retention::{Pass, expire};

/// How often it is looked for what is to be done.
const LOOK: Duration = Duration::from_secs(2);
/// Recordings that are asked for at a time: each takes a second or more.
const BATCH: u64 = 16;
/// The thread is the last that the system lets run.
const NICENESS: i32 = 19;
/// How often a recording is tried; after that an operator has to look at it.
const TRIES: u32 = 8;
/// After the first failure it is tried again so much later, and twice as much after each: for the last time after 32 hours.
const AGAIN_MS: i64 = 30 * 60 * 1000;
/// How often it is looked for what is due to be deleted: once a day, and after each start.
const PASS: Duration = Duration::from_secs(86_400);
/// How long the end waits for what is under way.
const ENDS_WITHIN: Duration = Duration::from_secs(2);

/// What a worker is made of.
pub struct WorkerConfig {
    /// The archive.
    pub archive: Archive,
    /// What there is to be archived, and what was.
    pub store: Store,
    /// Tenants that are not served.
    pub closed: Arc<[TenantId]>,
    /// How long after its end a recording is archived.
    pub after: Duration,
    /// The time.
    pub now: fn() -> Wall,
}

/// A running worker.
pub struct Worker {
    stop: Arc<AtomicBool>,
    thread: Thread,
    ended: Receiver<()>,
}

impl Worker {
    /// Starts the thread. Must be called within a runtime, whose database connections it uses.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(config: WorkerConfig) -> io::Result<Self> {
        let runtime = Handle::current();
        let stop = Arc::new(AtomicBool::new(false));
        let (tell, ended) = sync_channel(1);
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("archive".to_owned()).spawn(move || {
            // Where the system does not let it be less important, it still runs.
            let _ = rustix::process::nice(NICENESS);
            Work { config, stopped }.run(&runtime);
            let _ = tell.send(());
        })?;
        Ok(Self { stop, thread: thread.thread().clone(), ended })
    }

    /// Ends it. What it is in the middle of is begun again after the next start.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Release);
        self.thread.unpark();
        let _ = self.ended.recv_timeout(ENDS_WITHIN);
    }
}

struct Work {
    config: WorkerConfig,
    stopped: Arc<AtomicBool>,
}

impl Work {
    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    fn run(&self, runtime: &Handle) {
        let mut passed: Option<Wall> = None;
        while !self.is_stopped() {
            let now = (self.config.now)();
            if passed.is_none_or(|at| Duration::from_millis(now.ms_since(at)) >= PASS) {
                passed = Some(now);
                runtime.block_on(self.expire());
            }
            match runtime.block_on(self.look()) {
                Ok(true) => {}
                Ok(false) => std::thread::park_timeout(LOOK),
                Err(error) => {
                    tracing::error!(%error, "the archive can't be gone on with");
                    std::thread::park_timeout(LOOK);
                }
            }
        }
    }

    /// Deletes what is due.
    async fn expire(&self) {
        let WorkerConfig { archive, store, closed, now, .. } = &self.config;
        let tenants = store.tenants().await.unwrap_or_default();
        for tenant in tenants.iter().filter(|tenant| !closed.contains(&tenant.id)) {
            match expire(archive, store, tenant.id, now()).await {
                Ok(pass) if pass == Pass::default() => {}
                Ok(Pass { deleted, held }) => tracing::info!(tenant = %tenant.id, deleted, held, "recordings were due"),
                Err(error) => tracing::error!(tenant = %tenant.id, %error, "what is due can't be deleted"),
            }
        }
    }

    /// Does a share of what is to be done for each tenant; whether there may be more.
    async fn look(&self) -> Result<bool, store::Error> {
        let mut is_more = false;
        for tenant in self.config.store.tenants().await? {
            if !self.config.closed.contains(&tenant.id) {
                is_more |= self.of_tenant(tenant.id).await?;
            }
        }
        Ok(is_more)
    }

    async fn of_tenant(&self, tenant: TenantId) -> Result<bool, store::Error> {
        let store = &self.config.store;
        // Tracks that a crash has left beside what is in the archive.
        for row in store.archived_with_tracks(tenant, BATCH).await? {
            self.delete_tracks(row).await?;
        }
        for failure in store.to_archive_again(tenant, (self.config.now)(), BATCH).await? {
            if self.is_stopped() {
                return Ok(false);
            }
            self.archive(tenant, failure.recording, failure.interaction, failure.tries).await?;
        }
        let next = store.to_archive(tenant, BATCH).await?;
        let is_more = next.len() as u64 == BATCH;
        for ToArchive { recording, interaction, pos } in next {
            // Later ones have ended later.
            if self.is_stopped() || !self.archive(tenant, recording, interaction, 0).await? {
                return Ok(false);
            }
            store.put(&ArchiveCursor { tenant, pos, recording }).await?;
        }
        Ok(is_more)
    }

    /// Archives a recording, or notes why it could not be. False when it is too early for it.
    async fn archive(
        &self,
        tenant: TenantId,
        id: RecordingId,
        interaction: InteractionId,
        tries: u32,
    ) -> Result<bool, store::Error> {
        let store = &self.config.store;
        // A message in a mailbox is heard by telephone, from its track.
        let is_message = store.get::<Voicemail>(tenant, id).await?.is_some();
        if is_message || store.get::<Archived>(tenant, id).await?.is_some() {
            return Ok(true);
        }
        let record = store.record(tenant, interaction).await?;
        let recording = record.and_then(|record| record.recordings.into_iter().find(|recording| recording.id == id));
        let now = (self.config.now)();
        let Some(recording) = recording else {
            self.note(tenant, id, interaction, tries, &Failure::NoTracks).await?;
            return Ok(true);
        };
        let ended = recording.ended.unwrap_or(recording.started);
        if now.ms_since(ended) < self.config.after.as_millis() as u64 {
            return Ok(false);
        }
        match self.config.archive.keep(tenant, interaction, &recording) {
            Ok(Kept { bytes, hash, duration_ms, raw_bytes }) => {
                let row = Archived {
                    recording: id,
                    tenant,
                    interaction,
                    started: recording.started,
                    bytes,
                    hash,
                    duration_ms,
                    raw_bytes,
                    archived: now,
                    raw_gone: false,
                };
                store.put(&row).await?;
                store.delete::<ArchiveFailure>(tenant, id).await?;
                self.delete_tracks(row).await?;
            }
            Err(failure) => self.note(tenant, id, interaction, tries, &failure).await?,
        }
        Ok(true)
    }

    async fn delete_tracks(&self, row: Archived) -> Result<(), store::Error> {
        match self.config.archive.tracks.delete(row.recording) {
            Ok(()) => self.config.store.put(&Archived { raw_gone: true, ..row }).await,
            Err(error) => {
                tracing::error!(recording = %row.recording, %error, "tracks that are in the archive can't be deleted");
                Ok(())
            }
        }
    }

    async fn note(
        &self,
        tenant: TenantId,
        recording: RecordingId,
        interaction: InteractionId,
        tries: u32,
        failure: &Failure,
    ) -> Result<(), store::Error> {
        let tries = tries + 1;
        let next =
            (failure.can_retry() && tries < TRIES).then(|| Wall((self.config.now)().0 + (AGAIN_MS << (tries - 1))));
        tracing::error!(%recording, tries, reason = %failure, "a recording can't be archived; its tracks are kept");
        let reason = failure.to_string();
        self.config.store.put(&ArchiveFailure { recording, tenant, interaction, tries, next, reason }).await
    }
}
