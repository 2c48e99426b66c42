//! What the store knows of days that have been.

use directory::Tenant;
use serde::Deserialize;
use store::{Past, Store};
use types::cause::EndedBy;
use types::leg::Text;
use types::record::{Outcome, TraceStep};
use types::{Private, QueueId, Wall};

use crate::calendar::{DAY_MS, Date};

/// Calls that are read at a time.
const BATCH: u64 = 1_000;
/// How far back days are listed: a year.
const LISTED_DAYS: i64 = 366;

/// Of a call's record what a rehearsal learns from.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Call {
    pub(crate) from: Private<Text>,
    pub(crate) to: Private<Text>,
    #[serde(default)]
    pub(crate) queue: Option<QueueId>,
    #[serde(default)]
    pub(crate) connected: Option<Wall>,
    pub(crate) ended_by: EndedBy,
    pub(crate) wait_ms: u64,
    #[serde(default)]
    pub(crate) ring_ms: u64,
    pub(crate) talk_ms: u64,
    pub(crate) hold_ms: u64,
    pub(crate) outcome: Outcome,
    pub(crate) trace: Vec<TraceStep>,
}

/// The calls of a time, the newest first; so many at most.
pub(crate) async fn calls(
    store: &Store,
    tenant: &Tenant,
    between: (Wall, Wall),
    most: u64,
) -> Result<Vec<Past<Call>>, store::Error> {
    let mut all: Vec<Past<Call>> = Vec::new();
    while (all.len() as u64) < most {
        let last = all.last().map(|call| (call.started, call.id));
        let batch = store.past_calls(tenant.id, between, last, BATCH.min(most - all.len() as u64)).await?;
        let more = !batch.is_empty();
        all.extend(batch);
        if !more {
            break;
        }
    }
    Ok(all)
}

/// The days of the last year on which calls came, the newest first, and how many.
///
/// # Errors
/// The database fails.
pub async fn recorded_days(store: &Store, tenant: &Tenant, now: Wall) -> Result<Vec<(Date, u64)>, store::Error> {
    let from = Wall(now.0 - LISTED_DAYS * DAY_MS);
    let days = store.past_days(tenant.id, (from, now), tenant.utc_offset_min).await?;
    Ok(days.into_iter().map(|(day, calls)| (Date::of_days(day), calls)).collect())
}
