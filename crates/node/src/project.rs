//! Keeps the SQL projections up with the journal.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use journal::Journal;
use store::{Applied, Fact, Projector, Store};
use tokio::sync::watch;

use crate::recovery::Scan;

/// A pause that lets events gather: rows of many calls share one transaction.
const GATHER: Duration = Duration::from_millis(200);
/// After a failure of the database, before the same events are tried again.
const RETRY: Duration = Duration::from_secs(2);

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
            batch = events.next() => batch?,
            _ = stop.changed() => {
                let rest = events.read()?;
                apply(projector, &rest).await?;
                rest.iter().for_each(|s| checkpoint.scan.note(s));
                return Ok(());
            }
        };
        apply(projector, &batch).await?;
        batch.iter().for_each(|s| checkpoint.scan.note(s));
        if let Some(last) = batch.last() {
            projected.fetch_max(last.pos, Ordering::Relaxed);
        }
        let now = net::media::now().mono;
        if now.since(saved) >= CHECKPOINT {
            saved = now;
            checkpoint.save();
        }
        tokio::time::sleep(GATHER).await;
    }
}

/// Applies events as they were read.
pub(crate) async fn apply(projector: &mut Projector, batch: &[journal::Stored]) -> Result<Applied, store::Error> {
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
