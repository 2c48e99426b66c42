//! Reports that people keep.

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
