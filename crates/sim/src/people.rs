//! Who works in a simulated company: agents by their places in it.

use std::collections::HashMap;

use types::{AgentId, TenantId};

/// The agents of one tenant, each with a place from 0.
#[derive(Clone, Debug)]
pub(crate) struct People {
    tenant: TenantId,
    ids: Vec<AgentId>,
    places: HashMap<AgentId, usize>,
}

impl People {
    pub(crate) fn new(tenant: TenantId, ids: Vec<AgentId>) -> Self {
        let places = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        Self { tenant, ids, places }
    }

    pub(crate) const fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub(crate) fn ids(&self) -> &[AgentId] {
        &self.ids
    }

    pub(crate) fn place(&self, agent: AgentId) -> Option<usize> {
        self.places.get(&agent).copied()
    }
}
