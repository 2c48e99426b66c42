//! What stays the same of an interaction while it lasts. Events name it by id alone; a screen wants to see the caller.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use types::leg::Text;
use types::record::Direction;
use types::{InteractionId, Private, TenantId, Wall};

/// Interactions that are remembered, of each tenant: a busy hour's. Then the oldest go, and are looked up again.
const REMEMBERED: usize = 20_000;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) direction: Direction,
    pub(crate) from: Private<Text>,
    pub(crate) to: Private<Text>,
    pub(crate) started: Wall,
    /// The interaction in which the customer asked for it, where it calls somebody back.
    pub(crate) callback_of: Option<InteractionId>,
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

    pub(crate) fn get(&self, tenant: TenantId, id: InteractionId) -> Option<Subject> {
        let tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.get(&tenant)?.get(&id).cloned()
    }
}
