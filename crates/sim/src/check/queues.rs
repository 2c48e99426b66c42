//! The queues' figures against what the interactions tell.

use std::collections::BTreeMap;

use center::LiveQueue;
use types::record::{InteractionRecord, SegmentKind};
use types::{EndedBy, Now, QueueId, Wall};

use super::{Invariant, Seen, Verdict};
use crate::figures::{Figures, QueueRow, ratio};

/// One stay in a queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    queue: QueueId,
    from: Wall,
    /// Not one who came back because its agent was lost.
    counted: bool,
}

#[derive(Clone, Debug, Default)]
struct Tally {
    offered: u64,
    answered: u64,
    abandoned: u64,
    overflowed: u64,
    refused: u64,
    waited_ms: u64,
    longest_ms: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Queues {
    tallies: BTreeMap<QueueId, Tally>,
}

impl Queues {
    /// An interaction passes from the state it has told before into this one.
    pub(crate) fn on_state(&mut self, now: Now, seen: &mut Seen, state: SegmentKind, queue: Option<QueueId>) {
        match (state, queue) {
            (SegmentKind::Queued | SegmentKind::Ringing, Some(queue)) => {
                if seen.visit.is_none() {
                    let served = matches!(
                        seen.state,
                        SegmentKind::Talking | SegmentKind::Held | SegmentKind::Away | SegmentKind::Parked
                    ) || seen.talked && seen.state == SegmentKind::Ringing && seen.queue.is_none();
                    let counted = seen.handed || !served;
                    seen.visit = Some(Visit { queue, from: now.wall, counted });
                }
            }
            (SegmentKind::Talking, _) => {
                seen.talked = true;
                if let Some(visit) = seen.visit.take() {
                    seen.queue_talk = true;
                    self.count(now.wall, visit, |t, ms| {
                        t.answered += 1;
                        t.waited_ms += ms;
                    });
                }
            }
            _ => {
                if let Some(visit) = seen.visit.take() {
                    self.count(now.wall, visit, |t, _| t.overflowed += 1);
                }
            }
        }
    }

    pub(crate) fn on_end(&mut self, seen: &mut Seen, record: &InteractionRecord) {
        let Some(visit) = seen.visit.take() else { return };
        let gave_up = record.ended_by == EndedBy::Caller && !seen.callback;
        self.count(record.ended, visit, |t, _| if gave_up { t.abandoned += 1 } else { t.overflowed += 1 });
    }

    fn count(&mut self, at: Wall, visit: Visit, ends: impl FnOnce(&mut Tally, u64)) {
        let tally = self.tallies.entry(visit.queue).or_default();
        let ms = at.ms_since(visit.from);
        tally.longest_ms = tally.longest_ms.max(ms);
        if !visit.counted {
            return;
        }
        let before = tally.overflowed;
        ends(tally, ms);
        if ms == 0 && tally.overflowed > before {
            // It was not let in.
            tally.overflowed = before;
            tally.refused += 1;
        } else {
            tally.offered += 1;
        }
    }

    pub(crate) fn at_the_end(&self, verdict: &mut Verdict, now: Now, queues: &[LiveQueue]) {
        for queue in queues {
            let tally = self.tallies.get(&queue.queue).cloned().unwrap_or_default();
            let reported = [queue.offered, queue.answered, queue.abandoned, queue.overflowed, queue.refused];
            let told = [tally.offered, tally.answered, tally.abandoned, tally.overflowed, tally.refused];
            if reported != told || queue.waiting > 0 || queue.offered != told[1] + told[2] + told[3] {
                verdict.breaks(now, Invariant::QueueSums, || {
                    let name = &queue.name;
                    format!(
                        "{name}: offered, answered, abandoned, overflowed, refused {reported:?}, by the interactions \
                         {told:?}; waiting {}",
                        queue.waiting
                    )
                });
            }
        }
    }

    pub(crate) fn tell(&self, figures: &mut Figures, queues: &[LiveQueue]) {
        for queue in queues {
            let tally = self.tallies.get(&queue.queue).cloned().unwrap_or_default();
            figures.queues.push(QueueRow {
                queue: queue.name.to_string(),
                offered: queue.offered,
                answered: queue.answered,
                abandoned: queue.abandoned,
                overflowed: queue.overflowed,
                refused: queue.refused,
                service_level: queue.service_level,
                asa_s: ratio(tally.waited_ms, tally.answered).map(|ms| ms / 1000.0),
                longest_wait_s: tally.longest_ms as f64 / 1000.0,
            });
            figures.waited_ms += tally.waited_ms;
        }
        figures.queues.sort_by(|a, b| a.queue.cmp(&b.queue));
    }
}
