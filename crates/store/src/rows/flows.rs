//! Flows: every version is kept, one of them is live; drafts beside them.

use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Func, Query};
use sea_orm::{ConnectionTrait, TransactionTrait};
use types::leg::Text;
use types::{FlowId, TenantId, Title, Wall};

use crate::column::Column;
use crate::error::Error;
use crate::row::{Row, col, row, select};
use crate::store::Store;

/// One version of a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowVersion {
    /// The flow.
    pub id: FlowId,
    /// The version, from 1.
    pub version: u32,
    /// Whose.
    pub tenant: TenantId,
    /// What settings refer to.
    pub name: Text,
    /// What people read.
    pub title: Title,
    /// The graph: opaque to the store.
    pub definition: serde_json::Value,
    /// Whether calls walk this version.
    pub published: bool,
}

row!(FlowVersion, "flow", (FlowId, u32), ["id", "version"], {
    id: "id", version: "version", tenant: "tenant_id", name: "name", title: "title", definition: "definition", published: "published",
});

/// A flow as somebody draws it: no call walks it, and it may be unfinished.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowDraft {
    /// Whose.
    pub tenant: TenantId,
    /// The flow's name; there may be no such flow yet.
    pub name: String,
    /// Title and graph: opaque to the store.
    pub spec: serde_json::Value,
    /// The version that it was begun from; none for a new flow.
    pub base: Option<u32>,
    /// When it was saved last.
    pub saved: Wall,
    /// The user who did.
    pub by: String,
}

row!(FlowDraft, "flow_draft", (TenantId, String), ["tenant_id", "name"], {
    tenant: "tenant_id", name: "name", spec: "spec", base: "base", saved: "saved_at", by: "saved_by",
});

/// Who made a version of a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowRelease {
    /// The flow.
    pub flow: FlowId,
    /// The version.
    pub version: u32,
    /// Whose.
    pub tenant: TenantId,
    /// When.
    pub made: Wall,
    /// The user.
    pub by: String,
    /// What the user said about it.
    pub note: String,
}

row!(FlowRelease, "flow_release", (FlowId, u32), ["flow_id", "version"], {
    flow: "flow_id", version: "version", tenant: "tenant_id", made: "made_at", by: "made_by", note: "note",
});

/// A version of a flow that a share of the callers walks, beside the one that is published.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowCanary {
    /// The flow; it has one at most.
    pub flow: FlowId,
    /// The version that is tried.
    pub version: u32,
    /// Whose.
    pub tenant: TenantId,
    /// The share of callers and what is watched: opaque to the store.
    pub config: serde_json::Value,
    /// When it began.
    pub started: Wall,
}

row!(FlowCanary, "flow_canary", FlowId, ["flow_id"], {
    flow: "flow_id", version: "version", tenant: "tenant_id", config: "config", started: "started_at",
});

/// What became of a version that a share of the callers walked.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowCanaryEnd {
    /// The flow.
    pub flow: FlowId,
    /// The version.
    pub version: u32,
    /// Whose.
    pub tenant: TenantId,
    /// `promoted`, `rolled_back`, `stopped`, `replaced`.
    pub how: String,
    /// When.
    pub ended: Wall,
    /// The user who ended it; `canary` where it ended by itself.
    pub by: String,
    /// What was seen until then: opaque to the store.
    pub figures: serde_json::Value,
}

row!(FlowCanaryEnd, "flow_canary_end", (FlowId, u32), ["flow_id", "version"], {
    flow: "flow_id", version: "version", tenant: "tenant_id", how: "how", ended: "ended_at", by: "ended_by",
    figures: "figures",
});

impl Store {
    /// What became of those versions of a flow that only a share of the callers walked, the newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn flow_canary_ends(&self, tenant: TenantId, id: FlowId, most: u64) -> Result<Vec<FlowCanaryEnd>, Error> {
        let mut query = select::<FlowCanaryEnd>(tenant);
        query.and_where(col("flow_id").eq(id.to_value()));
        query.order_by(Alias::new("version"), sea_orm::Order::Desc).limit(most);
        self.all(&query).await
    }

    /// The newest versions of a flow, the newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn flow_versions(&self, tenant: TenantId, id: FlowId, most: u64) -> Result<Vec<FlowVersion>, Error> {
        let mut query = select::<FlowVersion>(tenant);
        query.and_where(col("id").eq(id.to_value()));
        query.order_by(Alias::new("version"), sea_orm::Order::Desc).limit(most);
        self.all(&query).await
    }

    /// Who made those versions of a flow of which it is known.
    ///
    /// # Errors
    /// The database fails.
    pub async fn flow_releases(&self, tenant: TenantId, id: FlowId, most: u64) -> Result<Vec<FlowRelease>, Error> {
        let mut query = select::<FlowRelease>(tenant);
        query.and_where(col("flow_id").eq(id.to_value()));
        query.order_by(Alias::new("version"), sea_orm::Order::Desc).limit(most);
        self.all(&query).await
    }

    /// The version that calls walk of every flow of a tenant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn published_flows(&self, tenant: TenantId) -> Result<Vec<FlowVersion>, Error> {
        let mut query = select::<FlowVersion>(tenant);
        query.and_where(col("published").eq(true)).order_by(Alias::new("id"), sea_orm::Order::Asc);
        self.all(&query).await
    }

    /// Of every flow of a tenant the version that calls walk and the newest one.
    ///
    /// # Errors
    /// The database fails.
    pub async fn flow_heads(&self, tenant: TenantId) -> Result<Vec<FlowVersion>, Error> {
        let mut newest = Query::select();
        newest.expr(col("id")).expr(Func::max(col("version"))).from(Alias::new(FlowVersion::TABLE));
        newest.and_where(col("tenant_id").eq(tenant.to_value())).add_group_by([col("id")]);
        let of_flow = Expr::tuple([col("id"), col("version")]).in_subquery(newest);
        let mut query = select::<FlowVersion>(tenant);
        query.cond_where(Cond::any().add(col("published").eq(true)).add(of_flow));
        for column in FlowVersion::KEY {
            query.order_by(Alias::new(*column), sea_orm::Order::Asc);
        }
        self.all(&query).await
    }

    /// The newest version of a flow.
    ///
    /// # Errors
    /// The database fails.
    pub async fn newest_flow(&self, tenant: TenantId, id: FlowId) -> Result<Option<FlowVersion>, Error> {
        let mut query = select::<FlowVersion>(tenant);
        query.and_where(col("id").eq(id.to_value()));
        query.order_by(Alias::new("version"), sea_orm::Order::Desc).limit(1);
        self.one(&query).await
    }

    /// Makes calls walk this version and no other of the flow. False when there is no such version.
    ///
    /// # Errors
    /// The database fails.
    pub async fn publish_flow(&self, tenant: TenantId, id: FlowId, version: u32) -> Result<bool, Error> {
        if self.get::<FlowVersion>(tenant, (id, version)).await?.is_none() {
            return Ok(false);
        }
        let change = self.write().begin().await?;
        for (published, this) in [(false, false), (true, true)] {
            let mut update = Query::update();
            let same = if this { col("version").eq(version.to_value()) } else { col("version").ne(version.to_value()) };
            update.table(Alias::new(FlowVersion::TABLE)).value(Alias::new("published"), Expr::val(published));
            update.and_where(col("tenant_id").eq(tenant.to_value())).and_where(col("id").eq(id.to_value()));
            update.and_where(same);
            change.execute(&update).await?;
        }
        change.commit().await?;
        Ok(true)
    }
}
