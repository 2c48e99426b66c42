//! What came to a tenant's queues, summed by the time of day: what planning begins with.

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use types::record::{Channel, Direction, Outcome};
use types::{TenantId, Wall};

use crate::column::Column;
use crate::error::Error;
use crate::interactions::Interaction;
use crate::row::{Row, col};
use crate::store::Store;

const DAY_MS: i64 = 86_400_000;

/// Calls that came to queues at one time of the day, over several days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// The time of the day, counted in intervals from the tenant's midnight.
    pub interval: u64,
    /// Calls that waited in a queue, for however short a time.
    pub calls: u64,
    /// Those of them that gave up.
    pub abandoned: u64,
    /// The waits of all of them together, milliseconds.
    pub waited_ms: u64,
    /// Those that an agent took.
    pub served: u64,
    /// How long these kept agents busy: talk, hold and the work after it, milliseconds.
    pub busy_ms: u64,
    /// The work after the talk in it, milliseconds.
    pub wrap_up_ms: u64,
}

impl Store {
    /// What came to the queues from one moment until before another, by intervals of the day of so many minutes, the
    /// earliest first; an interval without calls is left out. And on how many days something came.
    ///
    /// # Errors
    /// The database fails.
    pub async fn demand(
        &self,
        tenant: TenantId,
        (from, to): (Wall, Wall),
        utc_offset_min: i32,
        interval_min: u32,
    ) -> Result<(Vec<Demand>, u64), Error> {
        let query = by_interval(tenant, (from, to), utc_offset_min, interval_min);
        let mut all = Vec::new();
        for row in self.read().query_all(&query).await? {
            let number = |name| u64::read(&row, name);
            all.push(Demand {
                interval: number("interval")?,
                calls: number("calls")?,
                abandoned: number("abandoned")?,
                waited_ms: number("waited")?,
                served: number("served")?,
                busy_ms: number("busy")?,
                wrap_up_ms: number("wrap_up")?,
            });
        }
        let mut days = came(tenant, (from, to));
        days.expr_as(Expr::cust(format!("COUNT(DISTINCT {})", day(utc_offset_min))), Alias::new("days"));
        let row = self.read().query_one(&days).await?;
        let days = row.map(|row| u64::read(&row, "days")).transpose()?;
        Ok((all, days.unwrap_or_default()))
    }
}

/// The statement behind [`Store::demand`].
pub(crate) fn by_interval(
    tenant: TenantId,
    between: (Wall, Wall),
    utc_offset_min: i32,
    interval_min: u32,
) -> SelectStatement {
    let mut query = came(tenant, between);
    // Numbers of ours alone stand in these texts. PostgreSQL sums to a wider type than it reads.
    let minutes = format!("({} % {DAY_MS}) / {}", local(utc_offset_min), i64::from(interval_min) * 60_000);
    let sum = |what: &str| Expr::cust(format!("CAST(SUM({what}) AS BIGINT)"));
    let gave_up = format!("CASE WHEN \"outcome\" = '{}' THEN 1 ELSE 0 END", Outcome::Abandoned.as_str());
    let served = |what: &str| sum(&format!("CASE WHEN \"connected_at\" IS NOT NULL THEN {what} ELSE 0 END"));
    query.expr_as(Expr::cust(minutes), Alias::new("interval"));
    query.expr_as(sum("1"), Alias::new("calls")).expr_as(sum(&gave_up), Alias::new("abandoned"));
    query.expr_as(sum("\"wait_ms\""), Alias::new("waited")).expr_as(served("1"), Alias::new("served"));
    query.expr_as(served("\"talk_ms\" + \"hold_ms\" + \"wrap_up_ms\""), Alias::new("busy"));
    query.expr_as(served("\"wrap_up_ms\""), Alias::new("wrap_up"));
    query.group_by_col(Alias::new("interval")).order_by(Alias::new("interval"), sea_orm::Order::Asc);
    query
}

/// Calls from outside that waited in a queue.
fn came(tenant: TenantId, (from, to): (Wall, Wall)) -> SelectStatement {
    let mut query = Query::select();
    query.from(Alias::new(Interaction::TABLE)).and_where(col("tenant_id").eq(tenant.to_value()));
    query.and_where(col("started_at").gte(from.0)).and_where(col("started_at").lt(to.0));
    query.and_where(col("channel").eq(Channel::Voice.to_value()));
    query.and_where(col("direction").eq(Direction::Inbound.to_value())).and_where(col("queue_id").is_not_null());
    query
}

/// The tenant's own clock, milliseconds.
fn local(utc_offset_min: i32) -> String {
    format!("(\"started_at\" + {})", i64::from(utc_offset_min) * 60_000)
}

fn day(utc_offset_min: i32) -> String {
    format!("{} / {DAY_MS}", local(utc_offset_min))
}
