//! Keeps the SQL projections up with the journal.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use journal::{Journal, Stored, Subscription};
use store::{Applied, Fact, Projector, Store};
use tokio::sync::watch;

use crate::recovery::Scan;

/// A pause that lets events gather: rows of many calls share one transaction.
const GATHER: Duration = Duration::from_millis(200);
/// The same while much goes on. A transaction costs some forty switches between threads, whatever is in it.
const GATHER_MORE: Duration = Duration::from_secs(1);
/// A transaction of so many events is one of a busy time: 50 calls a second have some 500 events.
const MUCH: usize = 100;
/// From so many positions on that still wait, a transaction is full without a pause.
const BACKLOG: u64 = 500;
/// After a failure of the database, before the same events are tried again.
const RETRY: Duration = Duration::from_secs(2);

/// How long a start waits for the lists: the last fraction of a second before a crash takes a tenth of it.
const CATCH_UP: Duration = Duration::from_millis(700);

/// How often the checkpoint is saved: so much of the journal is read at a start.
const CHECKPOINT: Duration = Duration::from_secs(5);

/// Where recovery begins to read, kept as the projection goes.
pub(crate) struct Checkpoint {
    pub(crate) scan: Scan,
    pub(crate) path: PathBuf,
}

impl Checkpoint {
    fn save(&self) {
        if let Err(error) = self.scan.save(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "the checkpoint was not saved; the next start takes longer");
        }
    }
}

/// Shows what the journal holds already, before tenants are set up from the same database, so that what was said in the
/// last moments of the process before counts. Goes on for a bounded time: after a rebuild there may be a month to read,
/// and calls do not wait for that.
pub(crate) async fn catch_up(journal: &Journal, projector: &mut Projector) {
    let started = net::media::now().mono;
    let mut read = async || -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let mut events = journal.read_from(projector.cursor().max(journal.oldest_pos()))?;
        loop {
            let batch = events.read()?;
            if batch.is_empty() || net::media::now().mono.since(started) >= CATCH_UP {
                return Ok(());
            }
            apply(projector, &batch).await?;
        }
    };
    if let Err(error) = read().await {
        tracing::warn!(%error, "what the journal holds is shown later");
    }
}

/// Projects until `stop` changes; then what is left, once.
pub(crate) async fn run(
    journal: Arc<Journal>,
    store: Store,
    mut checkpoint: Checkpoint,
    projected: Arc<AtomicU64>,
    mut stop: watch::Receiver<bool>,
) {
    let mut projector = match Projector::open(store).await {
        Ok(projector) => projector,
        Err(error) => return tracing::error!(%error, "interactions can't be listed: the projection did not start"),
    };
    loop {
        if let Err(error) = follow(journal.clone(), &mut projector, &mut checkpoint, &projected, &mut stop).await {
            tracing::error!(%error, "the projection of the journal failed; it is tried again");
            tokio::time::sleep(RETRY).await;
        }
        if *stop.borrow() {
            break;
        }
    }
    checkpoint.save();
}

async fn follow(
    journal: Arc<Journal>,
    projector: &mut Projector,
    checkpoint: &mut Checkpoint,
    projected: &AtomicU64,
    stop: &mut watch::Receiver<bool>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let from = projector.cursor().max(journal.oldest_pos());
    let mut events = journal.read_from(from)?;
    let mut saved = net::media::now().mono;
    loop {
        let batch = tokio::select! {
            batch = next(&journal, &mut events, projected) => batch?,
            _ = stop.changed() => {
                let rest = events.read()?;
                apply(projector, &rest).await?;
                rest.iter().for_each(|s| checkpoint.scan.note(s));
                return Ok(());
            }
        };
        apply(projector, &batch).await?;
        batch.iter().for_each(|s| checkpoint.scan.note(s));
        let shown = batch.last().map_or(0, |last| last.pos);
        projected.fetch_max(shown, Ordering::Relaxed);
        let now = net::media::now().mono;
        if now.since(saved) >= CHECKPOINT {
            saved = now;
            checkpoint.save();
        }
        if may_gather(shown, journal.last_pos()) {
            tokio::time::sleep(pause(batch.len())).await;
        }
    }
}

/// How long to let events gather after so many at once.
const fn pause(events: usize) -> Duration {
    if events >= MUCH { GATHER_MORE } else { GATHER }
}

/// Whether so little waits that a pause costs nobody anything: a month of events is read without one.
const fn may_gather(shown: u64, last: u64) -> bool {
    last.saturating_sub(shown) < BACKLOG
}

/// The next events. When none are at hand everything is shown, the numbers that a crash skipped among it.
async fn next(
    journal: &Journal,
    events: &mut Subscription,
    projected: &AtomicU64,
) -> Result<Vec<Stored>, journal::Error> {
    let last = journal.last_pos();
    let batch = events.at_hand().await?;
    if !batch.is_empty() {
        return Ok(batch);
    }
    projected.fetch_max(last, Ordering::Relaxed);
    events.next().await
}

/// Applies events as they were read.
pub(crate) async fn apply(projector: &mut Projector, batch: &[Stored]) -> Result<Applied, store::Error> {
    let mut facts = Vec::with_capacity(batch.len());
    for s in batch {
        facts.push(Fact { pos: s.pos, tenant: s.tenant, at: s.at, json: s.json() });
    }
    let applied = projector.apply(facts).await?;
    if applied.unreadable > 0 {
        tracing::error!(events = applied.unreadable, "events of the journal could not be read");
    }
    Ok(applied)
}

#[cfg(test)]
mod tests {
    use types::event::{Event, Happening};
    use types::{InteractionId, TenantId, Wall};

    use super::*;

    const T: TenantId = TenantId(7);
    /// A hundred times what a slow machine takes.
    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn only_the_last_few_events_are_gathered() {
        assert!(may_gather(900, 900) && may_gather(900, 1_399));
        assert!(!may_gather(900, 1_400) && !may_gather(0, 1_000_000));
    }

    /// A journal of several files' reads, its checkpoint and its database.
    async fn folder(events: u64) -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(dir.path().join("journal"), journal::Options::default()).unwrap();
        let mut writer = journal.writer();
        for id in 0..events {
            let what = Happening::CallbackRequested {
                id: InteractionId(id),
                number: "1380".into(),
                queue: None,
                since: None,
                wants: Vec::new(),
                missed: false,
            };
            writer.append(&Event { tenant: T, at: Wall(1), what });
        }
        assert_eq!(writer.barrier(crate::FIRST_WRITE), journal::Written::Written);
        let store = Store::open_sqlite(dir.path().join("lingtong.db")).await.unwrap();
        (dir, store)
    }

    #[tokio::test]
    async fn a_backlog_is_shown_and_the_lag_is_nothing_then_though_a_crash_skipped_numbers() {
        let (dir, store) = folder(6_000).await;
        std::fs::write(dir.path().join("journal/lock"), "running\n").unwrap();
        let journal = Arc::new(Journal::open(dir.path().join("journal"), journal::Options::default()).unwrap());
        assert!(journal.last_pos() > 6_000 && journal.found_pos() == 6_000);
        let checkpoint = Checkpoint { scan: Scan::default(), path: dir.path().join("checkpoint.json") };
        let projected = Arc::new(AtomicU64::new(0));
        let (stop, stopped) = watch::channel(false);
        let run = tokio::spawn(run(journal.clone(), store.clone(), checkpoint, projected.clone(), stopped));
        let shown = async {
            while projected.load(Ordering::Relaxed) < journal.last_pos() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG, shown).await.expect("everything is shown");
        let page = store.callbacks(T, None, None, 500).await.unwrap();
        assert_eq!(page.rows.len(), 500);
        stop.send(true).unwrap();
        run.await.unwrap();
        assert_eq!(Projector::open(store).await.unwrap().cursor(), 6_000);
    }
}
