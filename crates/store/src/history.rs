//! What came from outside in a time, and who worked then: what a rehearsal begins with.

use sea_orm::ConnectionTrait;
use sea_orm::Order;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use serde::de::DeserializeOwned;
use types::record::{Channel, Direction};
use types::{InteractionId, TenantId, Wall};

use crate::column::Column;
use crate::days::StateChange;
use crate::error::Error;
use crate::interactions::Interaction;
use crate::row::{Row, col, select};
use crate::store::Store;

/// A call from outside that has ended.
#[derive(Clone, Debug)]
pub struct Past<T> {
    /// Its id.
    pub id: InteractionId,
    /// When it began.
    pub started: Wall,
    /// The agents' work after it, milliseconds.
    pub wrap_up_ms: u64,
    /// Its record.
    pub record: T,
}

impl Store {
    /// The records of calls from outside that began in a time (from, to before), the newest first, each as `T` reads it.
    /// `before`: those older than this one alone.
    ///
    /// # Errors
    /// The database fails, or a record can't be read.
    pub async fn past_calls<T: DeserializeOwned>(
        &self,
        tenant: TenantId,
        (from, to): (Wall, Wall),
        before: Option<(Wall, InteractionId)>,
        most: u64,
    ) -> Result<Vec<Past<T>>, Error> {
        let mut query = Query::select();
        query.columns(["id", "started_at", "wrap_up_ms", "detail"].map(Alias::new));
        query.from(Alias::new(Interaction::TABLE)).and_where(col("tenant_id").eq(tenant.to_value()));
        query.and_where(col("started_at").gte(from.to_value())).and_where(col("started_at").lt(to.to_value()));
        query.and_where(col("channel").eq(Channel::Voice.to_value()));
        query.and_where(col("direction").eq(Direction::Inbound.to_value()));
        if let Some((at, id)) = before {
            let place = Expr::tuple([Expr::val(at.to_value()), Expr::val(id.to_value())]);
            query.and_where(Expr::tuple([col("started_at"), col("id")]).lt(place));
        }
        query.order_by(Alias::new("started_at"), Order::Desc).order_by(Alias::new("id"), Order::Desc).limit(most);
        // The text of a serde error can hold values, which are private here.
        let bad = |e: serde_json::Error| Error::Stored { what: "record", reason: format!("column {}", e.column()) };
        let mut calls = Vec::new();
        for row in self.read().query_all(&query).await? {
            let json: String = Column::read(&row, "detail")?;
            calls.push(Past {
                id: Column::read(&row, "id")?,
                started: Column::read(&row, "started_at")?,
                wrap_up_ms: Column::read(&row, "wrap_up_ms")?,
                record: serde_json::from_str(&json).map_err(bad)?,
            });
        }
        Ok(calls)
    }

    /// On which days of a time (from, to before) calls from outside began, and how many: days counted from 1970-01-01 on the
    /// tenant's own clock, the newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn past_days(
        &self,
        tenant: TenantId,
        (from, to): (Wall, Wall),
        utc_offset_min: i32,
    ) -> Result<Vec<(i64, u64)>, Error> {
        let mut query = Query::select();
        query.from(Alias::new(Interaction::TABLE)).and_where(col("tenant_id").eq(tenant.to_value()));
        query.and_where(col("started_at").gte(from.to_value())).and_where(col("started_at").lt(to.to_value()));
        query.and_where(col("channel").eq(Channel::Voice.to_value()));
        query.and_where(col("direction").eq(Direction::Inbound.to_value()));
        // Numbers of ours alone stand in this text.
        let day = format!("(\"started_at\" + {}) / 86400000", i64::from(utc_offset_min) * 60_000);
        query.expr_as(Expr::cust(day), Alias::new("day")).expr_as(Expr::cust("COUNT(*)"), Alias::new("calls"));
        query.group_by_col(Alias::new("day")).order_by(Alias::new("day"), Order::Desc);
        let mut days = Vec::new();
        for row in self.read().query_all(&query).await? {
            days.push((Column::read(&row, "day")?, Column::read(&row, "calls")?));
        }
        Ok(days)
    }

    /// All agents' changes of state in a time (from, to before), the oldest first; so many at most.
    ///
    /// # Errors
    /// The database fails.
    pub async fn past_states(
        &self,
        tenant: TenantId,
        (from, to): (Wall, Wall),
        most: u64,
    ) -> Result<Vec<StateChange>, Error> {
        let mut query = select::<StateChange>(tenant);
        query.and_where(col("at").gte(from.0)).and_where(col("at").lt(to.0)).limit(most);
        query.order_by(Alias::new("at"), Order::Asc).order_by(Alias::new("pos"), Order::Asc);
        self.all(&query).await
    }
}
