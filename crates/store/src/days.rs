//! Agents' days: the part that each had in interactions, and what each did when. Made from the journal.

use std::borrow::Cow;

use sea_orm::sea_query::{Alias, ExprTrait, Query};
use sea_orm::{DbBackend, Order, Value};
use serde::Deserialize;
use types::leg::Text;
use types::record::AgentState;
use types::{AgentId, InteractionId, TenantId, Wall};

use crate::aftermath::WrapUp;
use crate::column::Column;
use crate::error::Error;
use crate::parts::Part;
use crate::row::{Row, col, row, select};
use crate::sql::Insert;
use crate::store::Store;

/// Interactions of one agent that are read at once: more than anybody has in two days.
const PARTS: u64 = 5_000;
/// Changes of one agent's state that are read at once: some for each of those.
const STATES: u64 = 40_000;

/// A change of an agent's state.
#[derive(Clone, Debug, PartialEq)]
pub struct StateChange {
    /// The journal's position.
    pub pos: u64,
    /// Whose.
    pub tenant: TenantId,
    /// The agent.
    pub agent: AgentId,
    /// The state from then on.
    pub state: AgentState,
    /// When.
    pub at: Wall,
}

row!(StateChange, "agent_state", u64, ["pos"], {
    pos: "pos", tenant: "tenant_id", agent: "agent_id", state: "state", at: "at",
});

/// An agent's day as it is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentDay {
    /// The agent's part in interactions that began then and have ended, the oldest first.
    pub parts: Vec<Part>,
    /// Its work after talks, of those interactions.
    pub wrap_ups: Vec<WrapUp>,
    /// Its states, the oldest first; the first one from before, where one is known.
    pub states: Vec<StateChange>,
}

impl Store {
    /// What an agent did from one moment until before another.
    ///
    /// # Errors
    /// The database fails.
    pub async fn agent_day(&self, tenant: TenantId, agent: AgentId, from: Wall, to: Wall) -> Result<AgentDay, Error> {
        let mut parts = select::<Part>(tenant);
        parts.and_where(col("part_agent").eq(agent.to_value()));
        parts.and_where(col("began_at").gte(from.0)).and_where(col("began_at").lt(to.0));
        parts.order_by(Alias::new("began_at"), Order::Asc).limit(PARTS);
        let mut ids = Query::select();
        ids.column(Alias::new("part_of")).from(Alias::new(Part::TABLE));
        ids.and_where(col("part_tenant").eq(tenant.to_value())).and_where(col("part_agent").eq(agent.to_value()));
        ids.and_where(col("began_at").gte(from.0)).and_where(col("began_at").lt(to.0));
        let mut wraps = select::<WrapUp>(tenant);
        wraps.and_where(col("agent_id").eq(agent.to_value())).and_where(col("interaction_id").in_subquery(ids));
        wraps.limit(PARTS);
        Ok(AgentDay {
            parts: self.all(&parts).await?,
            wrap_ups: self.all(&wraps).await?,
            states: self.agent_states(tenant, agent, from, to).await?,
        })
    }

    /// An agent's states from one moment until before another, the oldest first; the first one from before, where one is
    /// known.
    ///
    /// # Errors
    /// The database fails.
    pub async fn agent_states(
        &self,
        tenant: TenantId,
        agent: AgentId,
        from: Wall,
        to: Wall,
    ) -> Result<Vec<StateChange>, Error> {
        let states = || {
            let mut query = select::<StateChange>(tenant);
            query.and_where(col("agent_id").eq(agent.to_value()));
            query
        };
        let mut before = states();
        before.and_where(col("at").lt(from.0)).limit(1);
        before.order_by(Alias::new("at"), Order::Desc).order_by(Alias::new("pos"), Order::Desc);
        let mut during = states();
        during.and_where(col("at").gte(from.0)).and_where(col("at").lt(to.0)).limit(STATES);
        during.order_by(Alias::new("at"), Order::Asc).order_by(Alias::new("pos"), Order::Asc);
        let mut all: Vec<StateChange> = self.all(&before).await?;
        all.extend(self.all::<StateChange>(&during).await?);
        Ok(all)
    }
}

impl Store {
    /// The part that an agent had in some interactions, those of a page.
    ///
    /// # Errors
    /// The database fails.
    pub async fn parts_of(&self, tenant: TenantId, agent: AgentId, ids: &[InteractionId]) -> Result<Vec<Part>, Error> {
        let mut query = select::<Part>(tenant);
        query.and_where(col("part_agent").eq(agent.to_value()));
        query.and_where(col("part_of").is_in(ids.iter().map(Column::to_value)));
        self.all(&query).await
    }
}

/// `agent.state`.
#[derive(Deserialize)]
pub(crate) struct Changed {
    agent: AgentId,
    state: AgentState,
    #[serde(default)]
    reason: Option<Text>,
    #[serde(default)]
    since: Option<Wall>,
}

impl Changed {
    /// Who passed into which state, why, and when.
    pub(crate) fn told(&self, at: Wall) -> (AgentId, AgentState, String, Wall) {
        let reason = self.reason.as_deref().unwrap_or_default().to_owned();
        (self.agent, self.state, reason, self.since.unwrap_or(at))
    }

    /// In the order of [`states`].
    pub(crate) fn values(&self, pos: u64, tenant: TenantId, at: Wall) -> [Value; 5] {
        let at = self.since.unwrap_or(at);
        [pos.to_value(), tenant.to_value(), self.agent.to_value(), self.state.to_value(), at.to_value()]
    }
}

/// `settings.changed`.
#[derive(Deserialize)]
pub(crate) struct SettingsChanged<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(default, borrow)]
    action: Cow<'a, str>,
}

impl SettingsChanged<'_> {
    /// Whether an agent is gone since.
    pub(crate) fn removes_agent(&self) -> bool {
        (&*self.kind, &*self.action) == ("agent", "delete")
    }
}

pub(crate) fn states(backend: DbBackend) -> Insert {
    Insert::new(backend, "agent_state", &["pos", "tenant_id", "agent_id", "state", "at"], "ON CONFLICT DO NOTHING")
}

/// The statement that removes the states of agents who are gone: settings are changed before the journal says so.
pub(crate) const fn forget_states(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "DELETE FROM \"agent_state\" WHERE \"tenant_id\" = $1 \
             AND \"agent_id\" NOT IN (SELECT \"id\" FROM \"agent\" WHERE \"tenant_id\" = $2)"
        }
        _ => {
            "DELETE FROM \"agent_state\" WHERE \"tenant_id\" = ? \
             AND \"agent_id\" NOT IN (SELECT \"id\" FROM \"agent\" WHERE \"tenant_id\" = ?)"
        }
    }
}
