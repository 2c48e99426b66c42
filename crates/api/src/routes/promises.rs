//! What queues say of waits, held against the waits.

use axum::Json;
use axum::extract::State;
use directory::{Permission, Tenant};
use types::{QueueId, Wall};

use crate::dto::{ErrorBody, HonestyLine, HonestyPoint, HonestyReport};
use crate::error::{ApiError, Code, Result};
use crate::honesty::{Honesty, by_queue_and_day};
use crate::input::{Args, moment};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// Promises that are judged at once: a month of 1,600 a day, some 6 MB while it is asked for.
const MOST: usize = 50_000;
/// Points of the plot: more cannot be told apart.
const POINTS: usize = 500;
/// The longest time that is told at once, milliseconds: a year and a day.
const LONGEST_MS: u64 = 367 * 86_400_000;

/// How long customers were told to wait, or the queue reckoned, and how long they did: by queue and day.
#[utoipa::path(get, path = "/api/v1/reports/promises", tag = "reports",
    params(("from" = String, Query, description = "RFC 3339"),
        ("to" = Option<String>, Query, description = "Before this moment; now when absent. A year at most"),
        ("queue" = Option<String>, Query, description = "Those of this queue alone, by its id"),
        ("told" = Option<bool>, Query, description = "`true`: those alone that customers were told; `false`: those alone \
            that the queue reckoned when they came")),
    responses((status = 200, body = HonestyReport), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub(crate) async fn promises(State(app): State<App>, viewer: Viewer, mut args: Args) -> Result<Json<HonestyReport>> {
    viewer.require(Permission::InteractionsReadAll)?;
    let tenant = viewer.tenant();
    let from = args.read("from", moment)?.ok_or_else(|| ApiError::field(Code::MissingField, "from"))?;
    let to: Wall = args.read("to", moment)?.unwrap_or_else(now);
    let queue = args.read("queue", |text| text.parse::<QueueId>().ok())?;
    let told = args.read("told", |text| text.parse::<bool>().ok())?;
    args.finish()?;
    if to <= from || to.ms_since(from) > LONGEST_MS {
        return Err(ApiError::field(Code::BadValue, "to"));
    }
    let utc_offset_min = app.store.get::<Tenant>(tenant, tenant).await?.map_or(0, |tenant| tenant.utc_offset_min);
    let mut found = app.store.promises(tenant, (from, to), queue, MOST as u64 + 1).await?;
    let cut_off = found.len() > MOST;
    found.truncate(MOST);
    found.retain(|promise| told.is_none_or(|told| promise.told == told));
    let names = app.names.of(tenant).await?;
    let lines = by_queue_and_day(&found, utc_offset_min).into_iter();
    Ok(Json(HonestyReport {
        utc_offset_min,
        total: Honesty::of(&found.iter().collect::<Vec<_>>()).into(),
        items: lines.map(|((day, queue), of)| HonestyLine::new(Wall(day), queue, Honesty::of(&of), &names)).collect(),
        points: found.iter().filter_map(HonestyPoint::new).take(POINTS).collect(),
        cut_off,
    }))
}
