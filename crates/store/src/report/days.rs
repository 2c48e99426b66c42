//! Sums of days, made of those of quarters: exact, since a tenant's midnight is always a quarter's start.

use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};
use types::TenantId;

use super::{DAY_MS, Figure};
use crate::error::Error;

/// What a tenant's clock is ahead of UTC, milliseconds.
const OFFSET: &str = "COALESCE(t.\"utc_offset_min\", 0) * 60000";

/// What sums the days of one tenant's quarters, or of all tenants'. There may be no sums of days before.
pub(super) fn summed(tenant: Option<TenantId>) -> [String; 2] {
    let names: Vec<String> = Figure::ALL.iter().map(|figure| format!("\"{}\"", figure.as_str())).collect();
    let sums: Vec<String> = names.iter().map(|name| format!("CAST(SUM({name}) AS BIGINT)")).collect();
    let (names, sums) = (names.join(", "), sums.join(", "));
    let day = format!("(\"start_at\" + {OFFSET}) / {DAY_MS} * {DAY_MS} - {OFFSET}");
    let from = |table: &str| {
        let of = tenant.map_or(String::new(), |tenant| format!(" AND s.\"tenant_id\" = {}", tenant.0.cast_signed()));
        format!(
            "FROM \"{table}\" s LEFT JOIN \"tenant\" t ON t.\"id\" = s.\"tenant_id\" WHERE \"grain\" = 'quarter'{of}"
        )
    };
    [
        format!(
            "INSERT INTO \"rollup\" (\"tenant_id\", \"grain\", \"dimension\", \"start_at\", \"subject\", {names}, \
             \"longest_wait_ms\") SELECT s.\"tenant_id\", 'day', \"dimension\", {day}, \"subject\", {sums}, \
             MAX(\"longest_wait_ms\") {} GROUP BY s.\"tenant_id\", \"dimension\", {day}, \"subject\"",
            from("rollup")
        ),
        format!(
            "INSERT INTO \"staffing\" SELECT s.\"tenant_id\", 'day', \"dimension\", {day}, \"subject\", \"state\", \
             \"reason\", CAST(SUM(\"spent_ms\") AS BIGINT) {} GROUP BY s.\"tenant_id\", \"dimension\", {day}, \"subject\", \
             \"state\", \"reason\"",
            from("staffing")
        ),
    ]
}

/// Sums a tenant's days anew where some of them begin at another midnight than its clock has now. A year of 20,000 calls a
/// day takes half a minute of this, in which other rows wait; who moves a centre to another zone does so once.
pub(super) async fn mend(change: &DatabaseTransaction, tenant: TenantId) -> Result<(), Error> {
    let mut off = false;
    for table in ["rollup", "staffing"] {
        let elsewhere = format!(
            "SELECT 1 FROM \"{table}\" s LEFT JOIN \"tenant\" t ON t.\"id\" = s.\"tenant_id\" \
             WHERE s.\"tenant_id\" = {} AND \"grain\" = 'day' AND (\"start_at\" + {OFFSET}) % {DAY_MS} <> 0 LIMIT 1",
            tenant.0.cast_signed()
        );
        let backend = change.get_database_backend();
        off |= change.query_one_raw(Statement::from_string(backend, elsewhere)).await?.is_some();
    }
    if off {
        for table in ["rollup", "staffing"] {
            let old = format!(
                "DELETE FROM \"{table}\" WHERE \"tenant_id\" = {} AND \"grain\" = 'day'",
                tenant.0.cast_signed()
            );
            change.execute_unprepared(&old).await?;
        }
        for sql in summed(Some(tenant)) {
            change.execute_unprepared(&sql).await?;
        }
    }
    Ok(())
}
