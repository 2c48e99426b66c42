//! What stays the same of an interaction while it lasts. Events name it by id alone; a screen wants to see the caller.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use types::leg::Text;
use types::record::Direction;
use types::{InteractionId, Private, TenantId, Wall};

use crate::state::Shared;

/// Interactions that are remembered, of each tenant: a busy hour's. Then the oldest go, and are looked up again.
const REMEMBERED: usize = 20_000;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) direction: Direction,
    pub(crate) from: Private<Text>,
    pub(crate) to: Private<Text>,
    pub(crate) started: Wall,
}

/// By id, which is the order of age.
type Known = BTreeMap<InteractionId, Subject>;

/// The subjects of all tenants, shared by all streams.
#[derive(Debug, Default)]
pub(crate) struct Subjects(Mutex<HashMap<TenantId, Known>>);

impl Subjects {
    pub(crate) fn remember(&self, tenant: TenantId, id: InteractionId, subject: Subject) {
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = tenants.entry(tenant).or_default();
        known.insert(id, subject);
        if known.len() > REMEMBERED {
            known.pop_first();
        }
    }

    fn get(&self, tenant: TenantId, id: InteractionId) -> Option<Subject> {
        let tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.get(&tenant)?.get(&id).cloned()
    }
}

impl Shared {
    /// What is known of an interaction, wherever it is known.
    pub(super) async fn subject(&self, tenant: TenantId, id: InteractionId) -> Option<Subject> {
        if let Some(subject) = self.subjects.get(tenant, id) {
            return Some(subject);
        }
        let row = self.store.get::<store::Interaction>(tenant, id).await.ok().flatten();
        if let Some(row) = row {
            let subject = Subject { direction: row.direction, from: row.from, to: row.to, started: row.started };
            self.subjects.remember(tenant, id, subject.clone());
            return Some(subject);
        }
        // It lives, and began before anybody looked.
        let (_, live) = self.backend.live(tenant).await?;
        for live in live.interactions {
            let subject = Subject { direction: live.direction, from: live.from, to: live.to, started: live.started };
            self.subjects.remember(tenant, live.id, subject);
        }
        self.subjects.get(tenant, id)
    }
}
