//! Alerts: made from the journal, read by lists and at the start.

use sea_orm::sea_query::{Alias, Expr, ExprTrait};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Order, Statement, Value};
use serde::Deserialize;
use types::alert::{Alert, Level, Measure};
use types::leg::Text;
use types::{AlertId, QueueId, TenantId, Title, Wall};

use crate::column::Column;
use crate::error::Error;
use crate::interactions::{MOST, Page};
use crate::row::{col, row, select};
use crate::store::Store;

/// Alerts that stand and are read at a start: more than there can be thresholds and queues to raise them.
const STANDING_MOST: u64 = 10_000;

/// An alert, standing or over.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertRow {
    /// By which it is known.
    pub id: AlertId,
    /// Whose.
    pub tenant: TenantId,
    /// The journal's position of its raising.
    pub pos: u64,
    /// The threshold's name.
    pub threshold: Text,
    /// What people call the threshold.
    pub title: Title,
    /// The queue whose figure it is; absent for all together.
    pub queue: Option<QueueId>,
    /// The figure.
    pub measure: Measure,
    /// How bad it is, or was last.
    pub level: Level,
    /// How bad it was at its worst.
    pub worst: Level,
    /// The figure's value when it was last spoken of, in the measure's unit.
    pub value: u32,
    /// The value that it has passed.
    pub limit: u32,
    /// When it was raised.
    pub raised: Wall,
    /// Since when somebody looks after it.
    pub acknowledged: Option<Wall>,
    /// Who does.
    pub acknowledged_by: Option<Text>,
    /// When it was over; absent while it stands.
    pub cleared: Option<Wall>,
}

row!(AlertRow, "alert", AlertId, ["id"], {
    id: "id", tenant: "tenant_id", pos: "pos", threshold: "threshold", title: "title", queue: "queue_id",
    measure: "measure", level: "level", worst: "worst", value: "value", limit: "limit_value", raised: "raised_at",
    acknowledged: "acknowledged_at", acknowledged_by: "acknowledged_by", cleared: "cleared_at",
});

/// `alert.raised`, `alert.changed`, `alert.cleared`.
#[derive(Deserialize)]
struct Told {
    alert: Alert,
}

/// `alert.acknowledged`.
#[derive(Deserialize)]
struct Acknowledged {
    id: AlertId,
    by: String,
}

/// One thing that was said of an alert: the statement's place and its values.
pub(crate) struct Said {
    statement: usize,
    values: Vec<Value>,
}

const RAISED: usize = 0;
const CHANGED: usize = 1;
const CLEARED: usize = 2;
const ACKNOWLEDGED: usize = 3;

impl Said {
    /// `json`: the happening as the journal stores it, at `pos`.
    pub(crate) fn read(kind: &[u8], json: &[u8], pos: u64, tenant: TenantId, at: Wall) -> serde_json::Result<Self> {
        let (tenant, at) = (tenant.to_value(), at.to_value());
        if kind == b"alert.acknowledged" {
            let Acknowledged { id, by } = serde_json::from_slice(json)?;
            return Ok(Self { statement: ACKNOWLEDGED, values: vec![at, by.to_value(), id.to_value(), tenant] });
        }
        let Told { alert } = serde_json::from_slice(json)?;
        let (id, level, value, limit) =
            (alert.id.to_value(), alert.level.to_value(), alert.value.to_value(), alert.limit.to_value());
        Ok(match kind {
            b"alert.raised" => {
                let (threshold, title) = (alert.threshold.to_value(), alert.title.to_value());
                let (queue, measure) = (alert.queue.to_value(), alert.measure.to_value());
                let (pos, worst) = (pos.to_value(), level.clone());
                let values = vec![id, tenant, pos, threshold, title, queue, measure, level, worst, value, limit, at];
                Self { statement: RAISED, values }
            }
            b"alert.changed" => {
                // One that became worse is not looked after yet.
                let worse = (alert.level == Level::Critical).to_value();
                let values = vec![level, value, limit, worse.clone(), worse.clone(), worse, id, tenant];
                Self { statement: CHANGED, values }
            }
            _ => Self { statement: CLEARED, values: vec![at, id, tenant] },
        })
    }
}

/// The statements, in the order of [`Said`]'s places.
const STATEMENTS: [&str; 4] = [
    "INSERT INTO \"alert\" (\"id\", \"tenant_id\", \"pos\", \"threshold\", \"title\", \"queue_id\", \"measure\", \"level\", \
     \"worst\", \"value\", \"limit_value\", \"raised_at\") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    "UPDATE \"alert\" SET \"level\" = ?, \"value\" = ?, \"limit_value\" = ?, \
     \"worst\" = CASE WHEN ? THEN 'critical' ELSE \"worst\" END, \
     \"acknowledged_at\" = CASE WHEN ? THEN NULL ELSE \"acknowledged_at\" END, \
     \"acknowledged_by\" = CASE WHEN ? THEN NULL ELSE \"acknowledged_by\" END WHERE \"id\" = ? AND \"tenant_id\" = ?",
    // What the list tells is the value that was beyond the threshold, not the one that ended it.
    "UPDATE \"alert\" SET \"cleared_at\" = ? WHERE \"id\" = ? AND \"tenant_id\" = ?",
    "UPDATE \"alert\" SET \"acknowledged_at\" = ?, \"acknowledged_by\" = ? WHERE \"id\" = ? AND \"tenant_id\" = ?",
];

pub(crate) struct Statements {
    backend: DbBackend,
    sql: [String; 4],
}

impl Statements {
    pub(crate) fn new(backend: DbBackend) -> Self {
        Self { backend, sql: STATEMENTS.map(|sql| in_dialect(backend, sql)) }
    }

    pub(crate) async fn execute(&self, change: &DatabaseTransaction, said: Vec<Said>) -> Result<(), Error> {
        for Said { statement, values } in said {
            change.execute_raw(Statement::from_sql_and_values(self.backend, &self.sql[statement], values)).await?;
        }
        Ok(())
    }
}

/// The places of values, as the backend writes them.
fn in_dialect(backend: DbBackend, sql: &str) -> String {
    if backend != DbBackend::Postgres {
        return sql.to_owned();
    }
    let mut parts = sql.split('?');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.zip(1..).fold(first, |text, (part, number)| format!("{text}${number}{part}"))
}

fn stands() -> Expr {
    col("cleared_at").is_null()
}

impl Store {
    /// A page of alerts, the newest first. `standing`: those alone that stand, or that are over; `cursor`: of the page
    /// before; `limit`: rows, 500 at most.
    ///
    /// # Errors
    /// [`Error::BadCursor`]; the database fails.
    pub async fn alerts(
        &self,
        tenant: TenantId,
        standing: Option<bool>,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<AlertRow>, Error> {
        let limit = limit.clamp(1, MOST);
        let mut query = select::<AlertRow>(tenant);
        match standing {
            Some(true) => _ = query.and_where(stands()),
            Some(false) => _ = query.and_where(stands().not()),
            None => {}
        }
        if let Some(cursor) = cursor {
            let after: AlertId = cursor.parse().map_err(|_| Error::BadCursor)?;
            query.and_where(col("id").lt(after.to_value()));
        }
        query.order_by(Alias::new("id"), Order::Desc).limit(limit + 1);
        let mut rows: Vec<AlertRow> = self.all(&query).await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|last| last.id.to_string());
        Ok(Page { rows, next })
    }

    /// All alerts of a tenant that stand, the oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn standing_alerts(&self, tenant: TenantId) -> Result<Vec<AlertRow>, Error> {
        let mut query = select::<AlertRow>(tenant);
        query.and_where(stands()).order_by(Alias::new("id"), Order::Asc).limit(STANDING_MOST);
        self.all(&query).await
    }
}
