//! The archive of recordings: what is in it, and what is to be brought there.

use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult};
use types::{InteractionId, RecordingId, TenantId, Wall};

use crate::column::Column;
use crate::error::Error;
use crate::row::{Row, col, row, select};
use crate::store::Store;

/// A recording in the archive.
#[derive(Clone, Debug, PartialEq)]
pub struct Archived {
    /// The recording.
    pub recording: RecordingId,
    /// Whose.
    pub tenant: TenantId,
    /// The interaction that it is of.
    pub interaction: InteractionId,
    /// When it began.
    pub started: Wall,
    /// Bytes of the object, sealed.
    pub bytes: u64,
    /// SHA-256 of the object, sealed, in hexadecimal digits.
    pub hash: String,
    /// Length, milliseconds.
    pub duration_ms: u64,
    /// Bytes of the tracks that it was made of.
    pub raw_bytes: u64,
    /// When it was found to be what was recorded.
    pub archived: Wall,
    /// Whether the tracks have been deleted since.
    pub raw_gone: bool,
}

row!(Archived, "archived", RecordingId, ["id"], {
    recording: "id", tenant: "tenant_id", interaction: "interaction_id", started: "started_at", bytes: "bytes", hash: "hash",
    duration_ms: "duration_ms", raw_bytes: "raw_bytes", archived: "archived_at", raw_gone: "raw_gone",
});

/// How far a tenant's recordings have been looked at, in the order in which their calls ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArchiveCursor {
    /// Whose.
    pub tenant: TenantId,
    /// The journal's position of the last call.
    pub pos: u64,
    /// The last recording of it.
    pub recording: RecordingId,
}

row!(ArchiveCursor, "archive_cursor", TenantId, ["tenant_id"], {
    tenant: "tenant_id", pos: "pos", recording: "recording_id",
});

/// A recording that could not be brought into the archive. Its tracks are as they were.
#[derive(Clone, Debug, PartialEq)]
pub struct ArchiveFailure {
    /// The recording.
    pub recording: RecordingId,
    /// Whose.
    pub tenant: TenantId,
    /// The interaction that it is of.
    pub interaction: InteractionId,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried again; never by itself when absent.
    pub next: Option<Wall>,
    /// Why, for the operator.
    pub reason: String,
}

row!(ArchiveFailure, "archive_failure", RecordingId, ["id"], {
    recording: "id", tenant: "tenant_id", interaction: "interaction_id", tries: "tries", next: "next_at",
    reason: "reason",
});

/// A recording that is to be brought into the archive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToArchive {
    /// The recording.
    pub recording: RecordingId,
    /// The interaction that it is of.
    pub interaction: InteractionId,
    /// The journal's position of the call's end.
    pub pos: u64,
}

impl ToArchive {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            recording: Column::read(row, "id")?,
            interaction: Column::read(row, "interaction_id")?,
            pos: Column::read(row, "pos")?,
        })
    }
}

/// What an archive holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ArchiveFigures {
    /// Recordings in it.
    pub recordings: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The bytes of the tracks that they were made of.
    pub raw_bytes: u64,
    /// Their length, milliseconds.
    pub duration_ms: u64,
    /// Recordings that wait to be brought there.
    pub waiting: u64,
    /// Recordings that could not be brought there; those that are tried again are among them.
    pub failed: u64,
}

impl Store {
    /// The recordings behind a tenant's cursor, in the order in which their calls ended, so many at most.
    ///
    /// # Errors
    /// The database fails.
    pub async fn to_archive(&self, tenant: TenantId, most: u64) -> Result<Vec<ToArchive>, Error> {
        let cursor = self.get::<ArchiveCursor>(tenant, tenant).await?;
        let mut query = Query::select();
        query.columns(["id", "interaction_id", "pos"].map(Alias::new)).from(Alias::new("recording"));
        query.and_where(col("tenant_id").eq(tenant.to_value()));
        query.cond_where(behind(cursor.as_ref()));
        query.order_by(Alias::new("pos"), Order::Asc).order_by(Alias::new("id"), Order::Asc).limit(most);
        let rows = self.read().query_all(&query).await?;
        rows.iter().map(ToArchive::read).collect::<Result<_, _>>().map_err(Error::from)
    }

    /// The recordings of a tenant that are to be tried again, so many at most.
    ///
    /// # Errors
    /// The database fails.
    pub async fn to_archive_again(&self, tenant: TenantId, now: Wall, most: u64) -> Result<Vec<ArchiveFailure>, Error> {
        let mut query = select::<ArchiveFailure>(tenant);
        query.and_where(col("next_at").lte(now.0)).order_by(Alias::new("next_at"), Order::Asc).limit(most);
        self.all(&query).await
    }

    /// The recordings of a tenant whose tracks may be there still beside the archive's, so many at most.
    ///
    /// # Errors
    /// The database fails.
    pub async fn archived_with_tracks(&self, tenant: TenantId, most: u64) -> Result<Vec<Archived>, Error> {
        let mut query = select::<Archived>(tenant);
        query.and_where(col("raw_gone").not()).order_by(Alias::new("id"), Order::Asc).limit(most);
        self.all(&query).await
    }

    /// The recordings of a tenant in the archive behind one of them, in the order of their ids, so many at most.
    ///
    /// # Errors
    /// The database fails.
    pub async fn archived_after(
        &self,
        tenant: TenantId,
        after: Option<RecordingId>,
        most: u64,
    ) -> Result<Vec<Archived>, Error> {
        let mut query = select::<Archived>(tenant);
        if let Some(after) = after {
            query.and_where(col("id").gt(after.to_value()));
        }
        query.order_by(Alias::new("id"), Order::Asc).limit(most);
        self.all(&query).await
    }

    /// What a tenant's archive holds.
    ///
    /// # Errors
    /// The database fails.
    pub async fn archive_figures(&self, tenant: TenantId) -> Result<ArchiveFigures, Error> {
        let [recordings, bytes, raw_bytes, duration_ms] =
            self.sums(tenant, Archived::TABLE, ["1", "\"bytes\"", "\"raw_bytes\"", "\"duration_ms\""], None).await?;
        let cursor = self.get::<ArchiveCursor>(tenant, tenant).await?;
        let [waiting] = self.sums(tenant, "recording", ["1"], cursor.as_ref()).await?;
        let [failed] = self.sums(tenant, ArchiveFailure::TABLE, ["1"], None).await?;
        Ok(ArchiveFigures { recordings, bytes, raw_bytes, duration_ms, waiting, failed })
    }

    /// Sums over a tenant's rows of a table, of those behind a cursor where there is one.
    async fn sums<const N: usize>(
        &self,
        tenant: TenantId,
        table: &str,
        what: [&str; N],
        cursor: Option<&ArchiveCursor>,
    ) -> Result<[u64; N], Error> {
        let mut query = Query::select();
        query.from(Alias::new(table)).and_where(col("tenant_id").eq(tenant.to_value()));
        for (at, what) in what.iter().enumerate() {
            let sum = Expr::cust(format!("CAST(COALESCE(SUM({what}), 0) AS BIGINT)"));
            query.expr_as(sum, Alias::new(format!("sum{at}")));
        }
        if cursor.is_some() {
            query.cond_where(behind(cursor));
        }
        let mut sums = [0; N];
        if let Some(row) = self.read().query_one(&query).await? {
            for (at, sum) in sums.iter_mut().enumerate() {
                *sum = Column::read(&row, &format!("sum{at}"))?;
            }
        }
        Ok(sums)
    }
}

/// Recordings that a cursor has not come to.
fn behind(cursor: Option<&ArchiveCursor>) -> Cond {
    let Some(ArchiveCursor { pos, recording, .. }) = cursor else { return Cond::all() };
    let same = Cond::all().add(col("pos").eq(pos.to_value())).add(col("id").gt(recording.to_value()));
    Cond::any().add(col("pos").gt(pos.to_value())).add(same)
}
