//! When whom to call: one deadline for each interaction, and for each of a tenant's routers and thresholds.

use std::collections::BTreeSet;

use types::{InteractionId, Mono, TenantId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    Interaction(InteractionId),
    Router(TenantId),
    Alerts(TenantId),
    Callbacks(TenantId),
}

/// Deadlines in order. Each party has one at most; moving it costs O(log n).
#[derive(Debug, Default)]
pub(crate) struct Timers {
    due: BTreeSet<(Mono, Who)>,
}

impl Timers {
    /// Moves `who` from the deadline it had to the one it wants; `armed` remembers it.
    pub(crate) fn arm(&mut self, who: Who, armed: &mut Option<Mono>, wanted: Option<Mono>) {
        if *armed == wanted {
            return;
        }
        if let Some(at) = armed.take() {
            self.due.remove(&(at, who));
        }
        if let Some(at) = wanted {
            self.due.insert((at, who));
        }
        *armed = wanted;
    }

    pub(crate) fn next(&self) -> Option<Mono> {
        self.due.first().map(|(at, _)| *at)
    }

    pub(crate) fn pop_due(&mut self, now: Mono) -> Option<Who> {
        let first = *self.due.first()?;
        (first.0 <= now).then(|| {
            self.due.pop_first();
            first.1
        })
    }
}
