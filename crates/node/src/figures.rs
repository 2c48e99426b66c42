//! What a node counts, for metrics.

use std::sync::atomic::Ordering;
use std::time::Duration;

use center::Figures;
use journal::Pace;
use net::media::MediaStats;
use net::signalling::SignallingStats;
use tokio::sync::oneshot;

use crate::Handle;
use crate::ask::Ask;
use crate::tally::Tally;

/// How long a scrape waits for the signalling thread: one that is busier than that has other troubles.
const WAIT: Duration = Duration::from_secs(1);

/// A node in figures. What the signalling thread tells is absent while it does not answer.
#[derive(Clone, Debug)]
pub struct NodeFigures {
    /// Tenants right now.
    pub tenants: Option<Vec<Figures>>,
    /// What came of calls.
    pub tally: Option<Tally>,
    /// SIP.
    pub signalling: Option<SignallingStats>,
    /// Media threads and the recorder.
    pub media: MediaStats,
    /// The journal's disk.
    pub journal: Pace,
    /// Events in the journal.
    pub events: u64,
    /// Events lost to a disk that stalled.
    pub events_lost: u64,
    /// Events that the lists and reports do not show yet.
    pub projection_lag: u64,
}

impl Handle {
    /// The node in figures.
    pub async fn figures(&self) -> NodeFigures {
        let (to, told) = oneshot::channel();
        // Who does not listen any more needs no figures.
        let asked = self.post.stats(move |stats| {
            let _ = to.send(stats);
        });
        let signalling = async { tokio::time::timeout(WAIT, told).await.ok()?.ok().filter(|_| asked.is_ok()) };
        let mind = async { tokio::time::timeout(WAIT, self.ask(Ask::Figures)).await.ok()?.ok() };
        let (signalling, mind) = tokio::join!(signalling, mind);
        let (tenants, tally) = mind.unzip();
        let events = self.journal.last_pos();
        NodeFigures {
            tenants,
            tally,
            signalling,
            media: self.media.stats(),
            journal: self.journal.pace(),
            events,
            events_lost: self.journal.lost(),
            projection_lag: events.saturating_sub(self.projected.load(Ordering::Relaxed)),
        }
    }
}
