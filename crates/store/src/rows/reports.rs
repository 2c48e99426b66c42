//! Reports and dashboards that people keep.

use types::{TenantId, UserId, Wall};

use crate::row::row;

/// A report kept under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportView {
    /// Its id.
    pub id: u64,
    /// Whose.
    pub tenant: TenantId,
    /// Who keeps it.
    pub owner: UserId,
    /// What people read.
    pub name: String,
    /// Whether all see it who may see reports; only its owner changes it.
    pub shared: bool,
    /// What the page's address says of it: opaque here.
    pub query: String,
    /// When it was saved last.
    pub saved: Wall,
}

row!(ReportView, "report_view", u64, ["id"], {
    id: "id", tenant: "tenant_id", owner: "owner_id", name: "name", shared: "shared", query: "query", saved: "saved_at",
});

/// Live figures and reports that somebody composed on one page.
#[derive(Clone, Debug, PartialEq)]
pub struct Dashboard {
    /// Its id.
    pub id: u64,
    /// Whose.
    pub tenant: TenantId,
    /// Who keeps it.
    pub owner: UserId,
    /// What people read.
    pub name: String,
    /// Whether all see it who may see reports; only its owner changes it.
    pub shared: bool,
    /// A list of tiles; what they are is the API's matter.
    pub tiles: serde_json::Value,
    /// When it was saved last.
    pub saved: Wall,
}

row!(Dashboard, "dashboard", u64, ["id"], {
    id: "id", tenant: "tenant_id", owner: "owner_id", name: "name", shared: "shared", tiles: "tiles", saved: "saved_at",
});
