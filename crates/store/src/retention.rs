//! How long recordings are kept, what holds them longer, and the proof of what was deleted.

use sea_orm::Order;
use sea_orm::sea_query::{Alias, Cond, ExprTrait};
use types::{InteractionId, RecordingId, TenantId, Wall};

use crate::archive::Archived;
use crate::column::Column;
use crate::error::Error;
use crate::row::{col, row, select};
use crate::store::Store;

/// How long a class of recordings is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Retention {
    /// Whose.
    pub tenant: TenantId,
    /// The class: `default`, `queue/ID` or `disposition/CODE`.
    pub scope: String,
    /// Days from the start of the recording.
    pub keep_days: u32,
}

row!(Retention, "retention", (TenantId, String), ["tenant_id", "scope"], {
    tenant: "tenant_id", scope: "scope", keep_days: "keep_days",
});

/// Why an interaction's recordings are not deleted. It stays when it is over, to tell who held what.
#[derive(Clone, Debug, PartialEq)]
pub struct LegalHold {
    /// Whose.
    pub tenant: TenantId,
    /// The case, as people name it.
    pub matter: String,
    /// What is held.
    pub interaction: InteractionId,
    /// Since when.
    pub held: Wall,
    /// Who said so.
    pub held_by: String,
    /// Why.
    pub reason: String,
    /// When it was released.
    pub released: Option<Wall>,
    /// Who released it.
    pub released_by: Option<String>,
}

row!(LegalHold, "legal_hold", (TenantId, String, InteractionId), ["tenant_id", "matter", "interaction_id"], {
    tenant: "tenant_id", matter: "matter", interaction: "interaction_id", held: "held_at", held_by: "held_by",
    reason: "reason", released: "released_at", released_by: "released_by",
});

/// What is left of a recording that was deleted: what it was, when and by which rule it went, and its link in the chain
/// of all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Tombstone {
    /// Whose.
    pub tenant: TenantId,
    /// Its place in the tenant's chain, from 1.
    pub number: u64,
    /// The recording.
    pub recording: RecordingId,
    /// The interaction that it was of.
    pub interaction: InteractionId,
    /// When it began.
    pub started: Wall,
    /// How long it was, milliseconds.
    pub duration_ms: u64,
    /// Bytes of the object.
    pub bytes: u64,
    /// SHA-256 of the object.
    pub hash: String,
    /// When it was deleted.
    pub deleted: Wall,
    /// The rule: its scope and its days.
    pub rule: String,
    /// SHA-256 of the proof before it and all of the above, in hexadecimal digits.
    pub proof: String,
}

row!(Tombstone, "tombstone", (TenantId, u64), ["tenant_id", "number"], {
    tenant: "tenant_id", number: "number", recording: "recording_id", interaction: "interaction_id",
    started: "started_at", duration_ms: "duration_ms", bytes: "bytes", hash: "hash", deleted: "deleted_at", rule: "rule",
    proof: "proof",
});

impl Store {
    /// The recordings of a tenant in the archive that began before a time, behind one of them, the oldest first, so many
    /// at most.
    ///
    /// # Errors
    /// The database fails.
    pub async fn archived_before(
        &self,
        tenant: TenantId,
        before: Wall,
        after: Option<(Wall, RecordingId)>,
        most: u64,
    ) -> Result<Vec<Archived>, Error> {
        let mut query = select::<Archived>(tenant);
        query.and_where(col("started_at").lt(before.0));
        if let Some((started, recording)) = after {
            let same = Cond::all().add(col("started_at").eq(started.0)).add(col("id").gt(recording.to_value()));
            query.cond_where(Cond::any().add(col("started_at").gt(started.0)).add(same));
        }
        query.order_by(Alias::new("started_at"), Order::Asc).order_by(Alias::new("id"), Order::Asc).limit(most);
        self.all(&query).await
    }

    /// Whether anything holds an interaction's recordings.
    ///
    /// # Errors
    /// The database fails.
    pub async fn is_held(&self, tenant: TenantId, interaction: InteractionId) -> Result<bool, Error> {
        let mut query = select::<LegalHold>(tenant);
        query.and_where(col("interaction_id").eq(interaction.to_value())).and_where(col("released_at").is_null());
        Ok(self.one::<LegalHold>(&query.limit(1).to_owned()).await?.is_some())
    }

    /// The tombstone of a recording.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tombstone(&self, tenant: TenantId, recording: RecordingId) -> Result<Option<Tombstone>, Error> {
        let mut query = select::<Tombstone>(tenant);
        query.and_where(col("recording_id").eq(recording.to_value()));
        self.one(&query).await
    }

    /// The newest tombstone of a tenant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn last_tombstone(&self, tenant: TenantId) -> Result<Option<Tombstone>, Error> {
        let mut query = select::<Tombstone>(tenant);
        query.order_by(Alias::new("number"), Order::Desc).limit(1);
        self.one(&query).await
    }

    /// The tombstones of a tenant behind a number, in their order, so many at most.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tombstones(&self, tenant: TenantId, after: u64, most: u64) -> Result<Vec<Tombstone>, Error> {
        let mut query = select::<Tombstone>(tenant);
        query.and_where(col("number").gt(after.to_value())).order_by(Alias::new("number"), Order::Asc).limit(most);
        self.all(&query).await
    }
}
