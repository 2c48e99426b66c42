//! Keys of what is kept sealed.

use types::{Private, TenantId, Wall};

use crate::row::row;

/// A key under which a tenant's recordings are sealed, as its master key wrapped it.
#[derive(Clone, Debug, PartialEq)]
pub struct DataKey {
    /// Its number, which what is sealed under it names.
    pub id: u64,
    /// Whose.
    pub tenant: TenantId,
    /// When it was made; the newest seals what is new.
    pub made: Wall,
    /// The name of the master key that wrapped it.
    pub master: String,
    /// The wrapped key.
    pub wrapped: Private<String>,
}

row!(DataKey, "data_key", u64, ["id"], {
    id: "id", tenant: "tenant_id", made: "made_at", master: "master", wrapped: "wrapped",
});
