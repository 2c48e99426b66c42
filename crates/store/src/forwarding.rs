//! What agents want done with calls that they don't take: made from the journal, and read at the start. What was said
//! last stands for ever, also when the journal no longer holds it, so a rebuild leaves it as it is.

use sea_orm::{DbBackend, Value};
use serde::Deserialize;
use types::forward::Forwarding;
use types::{AgentId, TenantId};

use crate::column::Column;
use crate::row::row;
use crate::sql::Insert;

/// An agent's rules.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentForwarding {
    /// The agent.
    pub agent: AgentId,
    /// Whose.
    pub tenant: TenantId,
    /// The journal's position of the event that said so.
    pub pos: u64,
    /// The rules.
    pub rules: Forwarding,
}

row!(AgentForwarding, "forwarding", AgentId, ["agent_id"], {
    agent: "agent_id", tenant: "tenant_id", pos: "pos", rules: "rules",
});

/// `agent.forwarding`.
#[derive(Deserialize)]
pub(crate) struct Changed {
    agent: AgentId,
    rules: Forwarding,
}

impl Changed {
    pub(crate) fn values(&self, tenant: TenantId, pos: u64) -> (u64, Vec<Value>) {
        let values = [self.agent.to_value(), tenant.to_value(), pos.to_value(), self.rules.to_value()];
        (self.agent.0, values.into())
    }
}

pub(crate) fn insert(backend: DbBackend) -> Insert {
    Insert::new(
        backend,
        "forwarding",
        &["agent_id", "tenant_id", "pos", "rules"],
        "ON CONFLICT (\"agent_id\") DO UPDATE SET \"pos\" = excluded.\"pos\", \"rules\" = excluded.\"rules\" \
         WHERE \"forwarding\".\"tenant_id\" = excluded.\"tenant_id\" AND \"forwarding\".\"pos\" <= excluded.\"pos\"",
    )
}
