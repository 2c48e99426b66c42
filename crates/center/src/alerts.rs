//! Thresholds over the wall's figures: looked at once a second while there are any.

use std::collections::HashMap;
use std::time::Duration;

use acd::QueueSnapshot;
use alert::{Acknowledged, Change, Standing};
use types::alert::Measure;
use types::event::Happening;
use types::leg::Text;
use types::record::AgentState;
use types::{AlertId, Now, QueueId, TenantId};

use crate::Center;
use crate::order::Refused;
use crate::tenant::Tenant;
use crate::timers::Who;

/// How often figures are held against thresholds.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What this node can carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capacity {
    /// Calls at once; 0 where nobody has said.
    pub calls: u32,
    /// How many more it could take now.
    pub free: u32,
}

impl Capacity {
    /// How much of it is taken; none where nobody has said what there is.
    fn taken_percent(self) -> Option<u32> {
        let taken = u64::from(self.calls - self.free) * 100;
        (self.calls > 0).then(|| u32::try_from(taken / u64::from(self.calls)).unwrap_or(u32::MAX))
    }
}

/// The figures of one or more queues.
#[derive(Default)]
struct Sum {
    waiting: u32,
    longest_wait_s: u32,
    recent: acd::Recent,
    ready: u32,
    busy: u32,
}

impl Sum {
    fn add(&mut self, now: Now, queue: &QueueSnapshot) {
        self.waiting += queue.waiting;
        let waited = queue.longest_wait_since.map_or(0, |since| now.wall.ms_since(since) / 1000);
        self.longest_wait_s = self.longest_wait_s.max(u32::try_from(waited).unwrap_or(u32::MAX));
        self.recent.answered += queue.recent.answered;
        self.recent.in_target += queue.recent.in_target;
        self.recent.abandoned += queue.recent.abandoned;
        self.recent.overflowed += queue.recent.overflowed;
    }

    fn of(now: Now, queue: &QueueSnapshot) -> Self {
        let mut sum =
            Self { ready: queue.ready, busy: queue.ringing + queue.talking + queue.wrap_up, ..Self::default() };
        sum.add(now, queue);
        sum
    }

    fn figure(&self, measure: Measure) -> Option<u32> {
        let percent = |part: u32, of: u32| (of > 0).then(|| part * 100 / of);
        match measure {
            Measure::Waiting => Some(self.waiting),
            Measure::LongestWait => Some(self.longest_wait_s),
            Measure::ServiceLevel => percent(self.recent.in_target, self.recent.ended()),
            Measure::AbandonRate => percent(self.recent.abandoned, self.recent.ended()),
            Measure::AgentsFree => Some(self.ready),
            Measure::Occupancy => percent(self.busy, self.busy + self.ready),
            Measure::Capacity => None,
        }
    }
}

/// All that thresholds may ask for at one moment.
struct Figures {
    whole: Sum,
    queues: HashMap<QueueId, Sum>,
    capacity: Capacity,
}

impl alert::Figures for Figures {
    fn figure(&self, queue: Option<QueueId>, measure: Measure) -> Option<u32> {
        match (measure, queue) {
            (Measure::Capacity, _) => self.capacity.taken_percent(),
            (_, Some(queue)) => self.queues.get(&queue)?.figure(measure),
            (_, None) => self.whole.figure(measure),
        }
    }
}

impl Tenant {
    fn figures(&self, now: Now, capacity: Capacity) -> Figures {
        let mut whole = Sum::default();
        let mut queues = HashMap::with_capacity(self.queues.len());
        for &id in self.queues.keys() {
            let Some(snapshot) = self.router.snapshot(now, id) else { continue };
            if !self.is_hidden(id) {
                whole.add(now, &snapshot);
            }
            queues.insert(id, Sum::of(now, &snapshot));
        }
        // An agent who serves several queues is one agent.
        for agent in self.router.agents().filter(|agent| !self.is_agent_hidden(agent.agent)) {
            match agent.state {
                AgentState::Ready => whole.ready += 1,
                AgentState::Ringing | AgentState::Talking | AgentState::WrapUp => whole.busy += 1,
                AgentState::NotReady | AgentState::Offline => {}
            }
        }
        Figures { whole, queues, capacity }
    }
}

impl Center {
    /// Says how many calls this node can carry at once.
    pub fn set_capacity(&mut self, calls: u32) {
        self.capacity = calls;
    }

    /// What this node can carry, and how much of it is free.
    pub fn capacity(&self) -> Capacity {
        let standing = u32::try_from(self.interactions.len()).unwrap_or(u32::MAX);
        Capacity { calls: self.capacity, free: self.capacity.saturating_sub(standing) }
    }

    /// An alert that stood when the process before ended.
    pub fn restore_alert(&mut self, now: Now, tenant: TenantId, standing: Standing) {
        if let Some(t) = self.tenants.get_mut(&tenant) {
            t.alerts.restore(standing);
            self.watch_alerts(now, tenant);
        }
    }

    /// Somebody, by the name of a user, looks after an alert from now on. Saying so again changes nothing.
    ///
    /// # Errors
    /// When no such alert stands in this tenant.
    pub fn acknowledge(&mut self, now: Now, tenant: TenantId, id: AlertId, by: Text) -> Result<(), Refused> {
        let t = self.tenants.get_mut(&tenant).ok_or(Refused::NotFound)?;
        if t.alerts.acknowledge(now.wall, id, &by).ok_or(Refused::NotFound)? == Acknowledged::New {
            self.journal(now, tenant, Happening::AlertAcknowledged { id, by });
        }
        Ok(())
    }

    /// Watches these thresholds from now on.
    pub(crate) fn set_thresholds(&mut self, now: Now, tenant: TenantId, thresholds: Vec<alert::Threshold>) {
        if let Some(t) = self.tenants.get_mut(&tenant) {
            t.alerts.set(thresholds);
            self.watch_alerts(now, tenant);
        }
    }

    /// Looks at a tenant's thresholds from now on, or no longer where there is nothing to look at.
    pub(crate) fn watch_alerts(&mut self, now: Now, tenant: TenantId) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let wanted = (!t.alerts.is_idle()).then(|| t.alerts_armed.unwrap_or(now.mono + LOOK_EVERY));
        self.timers.arm(Who::Alerts(tenant), &mut t.alerts_armed, wanted);
    }

    /// Holds a tenant's figures against its thresholds.
    pub(crate) fn look_for_alerts(&mut self, now: Now, tenant: TenantId) {
        let capacity = self.capacity();
        let (Some(t), ids) = (self.tenants.get_mut(&tenant), &mut self.ids) else { return };
        let figures = t.figures(now, capacity);
        let changes = t.alerts.look(now, &figures, &mut || AlertId(ids.next(now.wall)));
        for change in changes {
            let what = match change {
                Change::Raised(alert) => Happening::AlertRaised { alert },
                Change::Changed(alert) => Happening::AlertChanged { alert },
                Change::Cleared(alert) => Happening::AlertCleared { alert },
            };
            self.journal(now, tenant, what);
        }
        self.watch_alerts(now, tenant);
    }
}
