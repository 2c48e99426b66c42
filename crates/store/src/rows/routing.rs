//! Queues, numbers, trunks and other settings.

use dialplan::{Did, DidTarget, Route, Trunk};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{DbErr, QueryResult, Value};
use types::leg::Text;
use types::{AgentId, FlowId, Private, QueueId, TenantId, Title, TrunkId};

use crate::column::{Column, parsed};
use crate::error::Error;
use crate::row::{Row, col, row, select};
use crate::store::Store;

/// A queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Queue {
    /// Its id.
    pub id: QueueId,
    /// Whose.
    pub tenant: TenantId,
    /// The number colleagues dial, if it has one; unique within the tenant.
    pub number: Option<Text>,
    /// Unique within the tenant: what flows and settings refer to.
    pub name: Text,
    /// What people read.
    pub title: Title,
    /// Strategy, limits, announcements: opaque to the store.
    pub config: serde_json::Value,
}

/// A disposition that people may choose from: what can be said of an interaction when it is over.
#[derive(Clone, Debug, PartialEq)]
pub struct DispositionChoice {
    /// Whose.
    pub tenant: TenantId,
    /// Unique within the tenant; what records keep and reports count by.
    pub code: Text,
    /// What people read.
    pub title: Title,
    /// Its place in lists, the least first.
    pub place: i32,
    /// Offered to people. One that is not is still understood in old records.
    pub offered: bool,
}

/// An agent who serves a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueMember {
    /// The queue.
    pub queue: QueueId,
    /// The agent.
    pub agent: AgentId,
    /// Whose.
    pub tenant: TenantId,
    /// Penalty, skills: opaque to the store.
    pub config: serde_json::Value,
}

/// What the router knows of an agent, beside the queues it serves.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentRouting {
    /// The agent.
    pub agent: AgentId,
    /// Whose.
    pub tenant: TenantId,
    /// Skills, order, weight: opaque to the store.
    pub config: serde_json::Value,
}

/// A setting that has no table of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Whose.
    pub tenant: TenantId,
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: serde_json::Value,
}

/// A threshold over the wall's figures.
#[derive(Clone, Debug, PartialEq)]
pub struct ThresholdRow {
    /// Whose.
    pub tenant: TenantId,
    /// Unique within the tenant.
    pub name: Text,
    /// What people read.
    pub title: Title,
    /// The figure, the values, the queues: opaque to the store.
    pub config: serde_json::Value,
}

/// A secret that flows show to other systems.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSecret {
    /// Whose.
    pub tenant: TenantId,
    /// Unique within the tenant: what flows refer to.
    pub name: String,
    /// Itself.
    pub value: Private<String>,
}

/// A database that flows look into.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredDatabase {
    /// Whose.
    pub tenant: TenantId,
    /// Unique within the tenant: what flows refer to.
    pub name: String,
    /// Where it is and who signs in: opaque to the store.
    pub config: serde_json::Value,
}

/// An outbound route with whose it is.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteRow {
    /// Whose.
    pub tenant: TenantId,
    /// The route; its key is prefix and trunk.
    pub route: Route,
}

row!(Queue, "queue", QueueId, ["id"], {
    id: "id", tenant: "tenant_id", number: "number", name: "name", title: "title", config: "config",
});

row!(DispositionChoice, "disposition_choice", (TenantId, String), ["tenant_id", "code"], {
    tenant: "tenant_id", code: "code", title: "title", place: "place", offered: "offered",
});

row!(QueueMember, "queue_member", (QueueId, AgentId), ["queue_id", "agent_id"], {
    queue: "queue_id", agent: "agent_id", tenant: "tenant_id", config: "config",
});

row!(AgentRouting, "agent_routing", AgentId, ["agent_id"], {
    agent: "agent_id", tenant: "tenant_id", config: "config",
});

row!(ThresholdRow, "threshold", (TenantId, String), ["tenant_id", "name"], {
    tenant: "tenant_id", name: "name", title: "title", config: "config",
});

row!(StoredSecret, "secret", (TenantId, String), ["tenant_id", "name"], {
    tenant: "tenant_id", name: "name", value: "value",
});

row!(StoredDatabase, "database_connection", (TenantId, String), ["tenant_id", "name"], {
    tenant: "tenant_id", name: "name", config: "config",
});

row!(Setting, "setting", (TenantId, String), ["tenant_id", "key"], {
    tenant: "tenant_id", key: "key", value: "value",
});

impl Row for RouteRow {
    type Key = (String, TrunkId);
    const TABLE: &'static str = "route";
    const KEY: &'static [&'static str] = &["prefix", "trunk_id"];
    const COLUMNS: &'static [&'static str] = &["tenant_id", "prefix", "trunk_id", "priority", "caller_id"];

    fn values(&self) -> Vec<Value> {
        let Route { prefix, trunk, priority, caller_id } = &self.route;
        vec![self.tenant.to_value(), prefix.to_value(), trunk.to_value(), priority.to_value(), caller_id.to_value()]
    }

    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let route = Route {
            prefix: Column::read(row, "prefix")?,
            trunk: Column::read(row, "trunk_id")?,
            priority: Column::read(row, "priority")?,
            caller_id: Column::read(row, "caller_id")?,
        };
        Ok(Self { tenant: Column::read(row, "tenant_id")?, route })
    }
}

impl Row for Trunk {
    type Key = TrunkId;
    const TABLE: &'static str = "trunk";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &["id", "tenant_id", "name", "config"];

    fn values(&self) -> Vec<Value> {
        // A trunk is plain data: nothing in it can fail to become JSON.
        let config = serde_json::to_value(self).unwrap_or_default();
        vec![self.id.to_value(), self.tenant.to_value(), self.name.to_value(), config.to_value()]
    }

    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let trunk: Trunk = parsed(row, "config", |text| serde_json::from_str(text).map_err(|e| e.to_string()))?;
        // The columns say whose it is; the JSON only follows.
        let (id, tenant, name) =
            (Column::read(row, "id")?, Column::read(row, "tenant_id")?, Column::read(row, "name")?);
        Ok(Trunk { id, tenant, name, ..trunk })
    }
}

impl Row for Did {
    type Key = (TenantId, String);
    const TABLE: &'static str = "did";
    const KEY: &'static [&'static str] = &["tenant_id", "number"];
    const COLUMNS: &'static [&'static str] = &["tenant_id", "number", "target_kind", "target_id"];

    fn values(&self) -> Vec<Value> {
        let (kind, id) = match self.target {
            DidTarget::Flow(id) => ("flow", id.0),
            DidTarget::Queue(id) => ("queue", id.0),
            DidTarget::Agent(id) => ("agent", id.0),
        };
        vec![self.tenant.to_value(), self.number.to_value(), kind.to_owned().to_value(), id.to_value()]
    }

    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let id = Column::read(row, "target_id")?;
        let target = parsed(row, "target_kind", |kind| match kind {
            "flow" => Ok(DidTarget::Flow(FlowId(id))),
            "queue" => Ok(DidTarget::Queue(QueueId(id))),
            "agent" => Ok(DidTarget::Agent(AgentId(id))),
            other => Err(format!("a number cannot lead to a `{other}`")),
        })?;
        Ok(Self { number: Column::read(row, "number")?, tenant: Column::read(row, "tenant_id")?, target })
    }
}

impl Store {
    /// The members of one queue.
    ///
    /// # Errors
    /// The database fails.
    pub async fn members_of(&self, tenant: TenantId, queue: QueueId) -> Result<Vec<QueueMember>, Error> {
        let mut query = select::<QueueMember>(tenant);
        query.and_where(col("queue_id").eq(queue.to_value()));
        self.all(&query).await
    }
}
