//! How long the most important customers wait for an agent while many others do.

use std::collections::HashMap;

use center::Center;
use serde::Serialize;
use types::event::Happening;
use types::record::SegmentKind;
use types::{InteractionId, Now, Wall};

use crate::world;

/// So many wait when a queue is called full here.
pub(crate) const CROWD: u32 = 200;

/// What became of platinum customers who came to a queue in which two hundred others waited.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Platinum {
    /// They.
    pub calls: u64,
    /// Of these: an agent's telephone rang for them. The others gave up.
    pub reached: u64,
    /// From their arrival in the queue until either, the longest, seconds.
    pub longest_s: f64,
}

/// Counts them.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Since when each waits who came to a full queue; nothing for those who have not come to one.
    calls: HashMap<InteractionId, Option<Wall>>,
    pub(crate) seen: Platinum,
}

impl Watch {
    pub(crate) fn on_journal(&mut self, now: Now, center: &Center, what: &Happening) {
        match what {
            Happening::InteractionStarted { id, from, .. } if from.reveal().starts_with(world::PLATINUM) => {
                self.calls.insert(*id, None);
            }
            Happening::InteractionState { id, state: SegmentKind::Queued, queue: Some(queue), .. } => {
                let Some(since @ None) = self.calls.get_mut(id) else { return };
                let queues = center.queues_live(now, world::TENANT);
                if queues.iter().any(|live| live.queue == *queue && live.waiting >= CROWD) {
                    self.seen.calls += 1;
                    *since = Some(now.wall);
                }
            }
            Happening::InteractionState { id, state, .. } => {
                self.done(now, *id, *state == SegmentKind::Ringing);
            }
            Happening::InteractionEnded { record } => self.done(now, record.id, false),
            _ => {}
        }
    }

    /// One waits no longer, or has not waited at all.
    fn done(&mut self, now: Now, id: InteractionId, reached: bool) {
        let Some(&Some(since)) = self.calls.get(&id) else { return };
        self.calls.remove(&id);
        self.seen.reached += u64::from(reached);
        self.seen.longest_s = self.seen.longest_s.max(now.wall.ms_since(since) as f64 / 1000.0);
    }
}
