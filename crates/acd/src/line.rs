//! Who waits in a queue: a line of places for each need, and their order over all of them.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use types::record::Need;

use crate::ranked::Ranked;
use crate::waiting::Place;

/// The need of most: any agent of the queue.
static NONE: LazyLock<Arc<Need>> = LazyLock::new(Arc::default);

/// Lines in which each waits for one agent alone. Each change of an agent looks at them all; who comes when there are
/// so many is served by the queue's strategy.
pub(crate) const PINNED_MAX: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Line {
    lanes: BTreeMap<Arc<Need>, Ranked<Place>>,
    pinned: usize,
}

impl Line {
    pub(crate) fn insert(&mut self, need: &Arc<Need>, place: Place) {
        let lane = self.lanes.entry(need.clone()).or_insert_with(|| {
            self.pinned += usize::from(need.agent.is_some());
            Ranked::new()
        });
        lane.insert(place);
    }

    pub(crate) fn remove(&mut self, need: &Arc<Need>, place: &Place) {
        if let Some(lane) = self.lanes.get_mut(need) {
            lane.remove(place);
            if lane.len() == 0 {
                self.lanes.remove(need);
                self.pinned -= usize::from(need.agent.is_some());
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lanes.values().map(Ranked::len).sum()
    }

    /// All who wait, in order.
    pub(crate) fn places(&self) -> Vec<Place> {
        let mut all: Vec<_> = self.lanes.values().flat_map(Ranked::iter).copied().collect();
        if self.lanes.len() > 1 {
            all.sort_unstable();
        }
        all
    }

    /// How many stand before this one.
    pub(crate) fn rank(&self, place: &Place) -> usize {
        self.lanes.values().map(|lane| lane.before(place)).sum()
    }

    /// The first with this need.
    pub(crate) fn first(&self, need: &Need) -> Option<Place> {
        self.lanes.get(need)?.first()
    }

    /// What those need who wait, each once.
    pub(crate) fn needs(&self) -> impl Iterator<Item = &Arc<Need>> {
        self.lanes.keys()
    }

    /// Whether one more may wait for this agent alone.
    pub(crate) fn may_pin(&self, need: &Need) -> bool {
        self.pinned < PINNED_MAX || self.lanes.contains_key(need)
    }
}

/// A need to be shared.
pub(crate) fn shared(need: Need) -> Arc<Need> {
    if need.is_none() { NONE.clone() } else { Arc::new(need) }
}
