//! How long customers were to wait, and how long they did: the honesty of what queues say.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{DbBackend, DbErr, QueryResult, Value};
use serde::Deserialize;
use types::leg::Text;
use types::record::{Direction, Outcome, SegmentKind};
use types::{AgentId, InteractionId, Private, QueueId, TenantId, Wall};

use crate::column::Column;
use crate::error::Error;
use crate::interactions::Interaction;
use crate::parts::Span;
use crate::row::{Row, col, row, select};
use crate::sql::Insert;
use crate::store::Store;

/// A wait that was told or reckoned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Promise {
    /// Whose.
    pub tenant: TenantId,
    /// When.
    pub at: Wall,
    /// To whom.
    pub interaction: InteractionId,
    /// In which queue.
    pub queue: QueueId,
    /// Its place, from 1.
    pub position: Option<u64>,
    /// How long it was to wait from then on, milliseconds.
    pub wait_ms: u64,
    /// The customer was told; else it is what the queue reckoned when the customer came.
    pub told: bool,
    /// How long it did wait from then on until an agent was there, milliseconds; none where none came.
    pub kept_ms: Option<u64>,
}

row!(Promise, "promise", (Wall, InteractionId), ["promised_at", "interaction_id"], {
    tenant: "tenant_id", at: "promised_at", interaction: "interaction_id", queue: "queue_id", position: "position",
    wait_ms: "wait_ms", told: "told", kept_ms: "kept_ms",
});

const COLUMNS: [&str; 9] =
    ["tenant_id", "promised_at", "interaction_id", "pos", "queue_id", "position", "wait_ms", "told", "kept_ms"];

pub(crate) fn insert(backend: DbBackend) -> Insert {
    Insert::new(backend, Promise::TABLE, &COLUMNS, "ON CONFLICT DO NOTHING")
}

/// What there is of a promise in a record.
#[derive(Deserialize)]
pub(crate) struct Promised {
    at: Wall,
    queue: QueueId,
    #[serde(default)]
    position: Option<u32>,
    #[serde(default)]
    wait_ms: Option<u64>,
    #[serde(default)]
    told: bool,
}

impl Promised {
    /// In the order of the table's columns; none where no time was named.
    pub(crate) fn values(
        &self,
        (tenant, pos): (TenantId, u64),
        interaction: InteractionId,
        segments: &[Span<'_>],
    ) -> Option<[Value; 9]> {
        let talks = |span: &&Span<'_>| span.kind() == SegmentKind::Talking.as_str() && span.from() >= self.at;
        let kept_ms = segments.iter().find(talks).map(|span| span.from().ms_since(self.at));
        Some([
            tenant.to_value(),
            self.at.to_value(),
            interaction.to_value(),
            pos.to_value(),
            self.queue.to_value(),
            self.position.map(u64::from).to_value(),
            self.wait_ms?.to_value(),
            self.told.to_value(),
            kept_ms.to_value(),
        ])
    }
}

/// A call that waited in a queue, as far as the next call of that customer depends on it.
#[derive(Clone, Debug, PartialEq)]
pub struct LastQueued {
    /// The customer's number.
    pub from: Private<Text>,
    /// The last queue.
    pub queue: QueueId,
    /// The last agent who talked.
    pub agent: Option<AgentId>,
    /// `answered` or `abandoned`.
    pub outcome: Outcome,
    /// How long it waited, milliseconds.
    pub wait_ms: u64,
    /// When it was over.
    pub ended: Wall,
}

impl LastQueued {
    fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            from: Column::read(row, "from_number")?,
            queue: Column::read(row, "queue_id")?,
            agent: Column::read(row, "agent_id")?,
            outcome: Column::read(row, "outcome")?,
            wait_ms: Column::read(row, "wait_ms")?,
            ended: Column::read(row, "ended_at")?,
        })
    }
}

impl Store {
    /// The waits that were told or reckoned from one moment until before another, the last ones first, so many at most.
    ///
    /// # Errors
    /// The database fails.
    pub async fn promises(
        &self,
        tenant: TenantId,
        (from, to): (Wall, Wall),
        queue: Option<QueueId>,
        most: u64,
    ) -> Result<Vec<Promise>, Error> {
        let mut query = select::<Promise>(tenant);
        query.and_where(col("promised_at").gte(from.0)).and_where(col("promised_at").lt(to.0));
        if let Some(queue) = queue {
            query.and_where(col("queue_id").eq(queue.to_value()));
        }
        query.order_by(Alias::new("promised_at"), sea_orm::Order::Desc).limit(most);
        self.all(&query).await
    }

    /// The last calls from outside that waited in queues and were answered or given up, so many at most; the first begun
    /// first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn last_queued(&self, tenant: TenantId, most: u64) -> Result<Vec<LastQueued>, Error> {
        let mut query = Query::select();
        for column in ["from_number", "queue_id", "agent_id", "outcome", "wait_ms", "ended_at"] {
            query.column(Alias::new(column));
        }
        query.from(Alias::new(Interaction::TABLE)).and_where(col("tenant_id").eq(tenant.to_value()));
        query.and_where(col("direction").eq(Direction::Inbound.to_value())).and_where(col("queue_id").is_not_null());
        let outcomes = [Outcome::Answered, Outcome::Abandoned].map(|outcome| Expr::val(outcome.to_value()));
        query.and_where(col("outcome").is_in(outcomes));
        query.order_by(Alias::new("started_at"), sea_orm::Order::Desc);
        query.order_by(Alias::new("id"), sea_orm::Order::Desc).limit(most);
        let rows = sea_orm::ConnectionTrait::query_all(self.read(), &query).await?;
        let mut calls: Vec<_> = rows.iter().map(LastQueued::read).collect::<Result<_, _>>()?;
        calls.reverse();
        Ok(calls)
    }
}
