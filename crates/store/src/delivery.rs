//! What is to be delivered to other machines, and what became of it.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, OnConflict, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Order, QueryResult, TransactionTrait, Value};
use types::{DeliveryId, Private, TenantId, Wall};

use crate::column::{Column, parsed};
use crate::error::Error;
use crate::interactions::Page;
use crate::row::{Row, col, row, select};
use crate::rows::ScheduleRun;
use crate::store::Store;

/// Deliveries of one tenant that wait at once: a server that is down for a day must not fill the disk.
pub const WAITING_MOST: u64 = 10_000;
/// Rows of a page.
const PAGE_MOST: u64 = 200;

/// By which way something is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryKind {
    /// A letter.
    Mail,
    /// A post to another program.
    Webhook,
}

impl DeliveryKind {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Mail, Self::Webhook];

    /// The one of a stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.as_str() == text)
    }

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }
}

/// What has become of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// It is tried, or tried again.
    Waiting,
    /// It was taken.
    Sent,
    /// It was given up.
    Failed,
}

impl DeliveryStatus {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Waiting, Self::Sent, Self::Failed];

    /// The one of a stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.as_str() == text)
    }

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

/// Keeps an enum of stable names in a column.
macro_rules! by_name {
    ($($type:ty),+) => {$(
        impl Column for $type {
            fn to_value(&self) -> Value {
                Value::String(Some(self.as_str().to_owned()))
            }

            fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
                parsed(row, name, |text| Self::parse(text).ok_or_else(|| format!("`{text}` is not known")))
            }
        }
    )+};
}
by_name!(DeliveryKind, DeliveryStatus);

/// One thing for one recipient.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Its id; the recipient sees it, the same over all attempts.
    pub id: DeliveryId,
    /// Whose.
    pub tenant: TenantId,
    /// By which way.
    pub kind: DeliveryKind,
    /// What it is about: `report`, `alarm`.
    pub topic: String,
    /// The name of the schedule or subscription that wants it.
    pub source: String,
    /// Unique within the tenant: what has been taken in once is not taken in again.
    pub once: String,
    /// A mail address, or an address of the web.
    pub recipient: Private<String>,
    /// What people read of it in lists.
    pub title: Private<String>,
    /// What is sent, as whoever sends it understands it; empty once it was taken.
    pub body: Private<String>,
    /// What has become of it.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub due: Wall,
    /// When it came to be.
    pub created: Wall,
    /// When it was taken or given up.
    pub ended: Option<Wall>,
    /// The last answer, or why there was none.
    pub answer: Private<String>,
}

row!(Delivery, "delivery", DeliveryId, ["id"], {
    id: "id", tenant: "tenant_id", kind: "kind", topic: "topic", source: "source", once: "once", recipient: "recipient",
    title: "title", body: "body", status: "status", attempts: "attempts", due: "due_at", created: "created_at",
    ended: "ended_at", answer: "answer",
});

/// Which deliveries a page is of.
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    /// By this way alone.
    pub kind: Option<DeliveryKind>,
    /// Those alone of which that has become.
    pub status: Option<DeliveryStatus>,
    /// Of this schedule or subscription alone.
    pub source: Option<String>,
}

/// What made deliveries, to be remembered together with them.
#[derive(Clone, Debug)]
pub enum Origin<'a> {
    /// A turn of a schedule.
    Run(&'a ScheduleRun),
    /// The journal up to this position, under this name.
    Journal(&'a str, u64),
}

impl Store {
    /// Takes deliveries in together with what made them, all or nothing, so that a crash neither loses one nor makes it
    /// twice. Gives how many were left out because too much waits already.
    ///
    /// # Errors
    /// The database fails; nothing has changed then.
    pub async fn deliver(&self, deliveries: &[Delivery], origin: Origin<'_>) -> Result<usize, Error> {
        let within = self.write().begin().await?;
        let mut left_out = 0;
        let mut rest: &[Delivery] = deliveries;
        while let Some(first) = rest.first() {
            let tenant = first.tenant;
            let (own, others) = rest.split_at(rest.iter().take_while(|other| other.tenant == tenant).count());
            let room = WAITING_MOST.saturating_sub(waiting(&within, tenant).await?) as usize;
            left_out += own.len().saturating_sub(room);
            for delivery in own.iter().take(room) {
                let once = OnConflict::columns([Alias::new("tenant_id"), Alias::new("once")]);
                insert(&within, delivery, once.to_owned().do_nothing().to_owned()).await?;
            }
            rest = others;
        }
        match origin {
            Origin::Run(run) => {
                let key = OnConflict::columns(ScheduleRun::KEY.iter().map(|c| Alias::new(*c)));
                let rest = ScheduleRun::COLUMNS.iter().filter(|c| !ScheduleRun::KEY.contains(c));
                insert(&within, run, key.to_owned().update_columns(rest.map(|c| Alias::new(*c))).to_owned()).await?;
            }
            Origin::Journal(name, pos) => remember(&within, name, pos).await?,
        }
        within.commit().await?;
        Ok(left_out)
    }

    /// Those that wait and are due, of all tenants but these, the longest due first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn due_deliveries(&self, but: &[TenantId], now: Wall, most: u64) -> Result<Vec<Delivery>, Error> {
        let mut query = Query::select();
        query.columns(Delivery::COLUMNS.iter().map(|c| Alias::new(*c))).from(Alias::new(Delivery::TABLE));
        query.and_where(col("status").eq(DeliveryStatus::Waiting.to_value()));
        query.and_where(col("due_at").lte(now.to_value()));
        query.and_where(col("tenant_id").is_not_in(but.iter().map(Column::to_value)));
        query.order_by(Alias::new("due_at"), Order::Asc).limit(most);
        self.all(&query).await
    }

    /// When the next one that waits is due, of all tenants but these; none when nothing waits.
    ///
    /// # Errors
    /// The database fails.
    pub async fn next_delivery(&self, but: &[TenantId]) -> Result<Option<Wall>, Error> {
        let mut query = Query::select();
        query.expr_as(Func::min(col("due_at")), Alias::new("due_at")).from(Alias::new(Delivery::TABLE));
        query.and_where(col("status").eq(DeliveryStatus::Waiting.to_value()));
        query.and_where(col("tenant_id").is_not_in(but.iter().map(Column::to_value)));
        let row = self.read().query_one(&query).await?;
        row.map_or(Ok(None), |row| Option::<Wall>::read(&row, "due_at")).map_err(Error::from)
    }

    /// A page of deliveries without what is sent, the newest first. `cursor`: of the page before.
    ///
    /// # Errors
    /// [`Error::BadCursor`]; the database fails.
    pub async fn deliveries(
        &self,
        tenant: TenantId,
        filter: &DeliveryFilter,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<Delivery>, Error> {
        let limit = limit.clamp(1, PAGE_MOST);
        let mut query = select::<Delivery>(tenant);
        if let Some(kind) = filter.kind {
            query.and_where(col("kind").eq(kind.to_value()));
        }
        if let Some(status) = filter.status {
            query.and_where(col("status").eq(status.to_value()));
        }
        if let Some(source) = &filter.source {
            query.and_where(col("source").eq(source.as_str()));
        }
        if let Some(cursor) = cursor {
            let after: DeliveryId = cursor.parse().map_err(|_| Error::BadCursor)?;
            query.and_where(col("id").lt(after.to_value()));
        }
        query.order_by(Alias::new("id"), Order::Desc).limit(limit + 1);
        let mut rows: Vec<Delivery> = self.all(&query).await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|last| last.id.to_string());
        Ok(Page { rows, next })
    }

    /// Removes what ended before that moment; how many there were.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_deliveries(&self, before: Wall) -> Result<u64, Error> {
        let mut delete = Query::delete();
        delete.from_table(Alias::new(Delivery::TABLE)).and_where(col("ended_at").lt(before.to_value()));
        Ok(self.write().execute(&delete).await?.rows_affected())
    }

    /// Up to which position of the journal deliveries were made, under this name; none when it was never read.
    ///
    /// # Errors
    /// The database fails.
    pub async fn delivery_cursor(&self, name: &str) -> Result<Option<u64>, Error> {
        let mut query = Query::select();
        query.column(Alias::new("pos")).from(Alias::new("delivery_cursor")).and_where(col("name").eq(name));
        let row = self.read().query_one(&query).await?;
        row.map(|row| u64::read(&row, "pos")).transpose().map_err(Error::from)
    }
}

async fn waiting(within: &DatabaseTransaction, tenant: TenantId) -> Result<u64, Error> {
    let mut query = Query::select();
    query.expr_as(Func::count(col("id")), Alias::new("waiting")).from(Alias::new(Delivery::TABLE));
    query.and_where(col("tenant_id").eq(tenant.to_value()));
    query.and_where(col("status").eq(DeliveryStatus::Waiting.to_value()));
    let row = within.query_one(&query).await?;
    row.map_or(Ok(0), |row| u64::read(&row, "waiting")).map_err(Error::from)
}

async fn insert<T: Row>(within: &DatabaseTransaction, row: &T, conflict: OnConflict) -> Result<(), Error> {
    let mut insert = Query::insert();
    insert.into_table(Alias::new(T::TABLE)).columns(T::COLUMNS.iter().map(|c| Alias::new(*c)));
    insert.values_panic(row.values().into_iter().map(SimpleExpr::from)).on_conflict(conflict);
    within.execute(&insert).await.map_err(Error::of(T::TABLE)).map(drop)
}

async fn remember(within: &DatabaseTransaction, name: &str, pos: u64) -> Result<(), Error> {
    let mut insert = Query::insert();
    insert.into_table(Alias::new("delivery_cursor")).columns([Alias::new("name"), Alias::new("pos")]);
    insert.values_panic([Expr::val(name), Expr::val(pos.cast_signed())]);
    insert.on_conflict(OnConflict::column(Alias::new("name")).update_column(Alias::new("pos")).to_owned());
    within.execute(&insert).await?;
    Ok(())
}
