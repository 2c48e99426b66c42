//! Where real calls went in a flow.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use directory::{Permission, Tenant};
use flow::heat::{Heat, Walked};
use store::report::{Dimension, Figure, Under};
use types::{InteractionId, Wall};

use super::change::rows;
use crate::dto::{ErrorBody, FlowHeat, FlowHeatDay};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, moment};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// Calls that are counted at most, the newest: a second of work.
const CALLS: u64 = 20_000;
/// Calls that are read at a time.
const BATCH: u64 = 500;
/// The longest time that is told at once, milliseconds: a year.
const LONGEST_MS: u64 = 366 * 86_400_000;
/// The time that is told when nothing is said, milliseconds: a week.
const USUAL_MS: i64 = 7 * 86_400_000;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Where the calls of a time went in a flow: how many came to each node and left by each outlet, how long they stayed, and
/// where callers hung up. The newest 20,000 calls of that time are counted; `complete` says whether these are all.
#[utoipa::path(get, path = "/api/v1/flows/{name}/heat", tag = "flows",
    params(("name" = String, Path),
        ("version" = Option<u32>, Query, description = "Calls that walked this version alone"),
        ("from" = Option<String>, Query, description = "RFC 3339; a week ago when absent"),
        ("to" = Option<String>, Query, description = "Before this moment; now when absent. A year at most")),
    responses((status = 200, body = FlowHeat), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn flow_heat(
    State(app): State<App>,
    viewer: Viewer,
    Path(name): Path<String>,
    mut args: Args,
) -> Result<Json<FlowHeat>> {
    viewer.require(Permission::InteractionsReadAll)?;
    let version = args.read("version", |text| text.parse().ok())?;
    let to = args.read("to", moment)?.unwrap_or_else(now);
    let from = args.read("from", moment)?.unwrap_or(Wall(to.0 - USUAL_MS));
    args.finish()?;
    if to <= from || to.ms_since(from) > LONGEST_MS {
        return Err(ApiError::field(Code::BadValue, "to"));
    }
    let tenant = viewer.tenant();
    let rows = rows(&app, &viewer).await?;
    let flow = rows.flows.iter().find(|flow| flow.published && *flow.name == *name).ok_or_else(ApiError::not_found)?;
    let own = app.store.get::<Tenant>(tenant, tenant).await?.map_or(0, |tenant| tenant.utc_offset_min);
    let day_of = |at: Wall| (at.0 + i64::from(own) * MINUTE_MS).div_euclid(DAY_MS);
    let under = Under { dimension: Dimension::Flow, subject: flow.id.to_string(), figure: Figure::Contacts };
    let (mut heat, mut days) = (Heat::new(&name, version), BTreeMap::<i64, (u64, u64)>::new());
    let (mut read, mut last): (u64, Option<(Wall, InteractionId)>) = (0, None);
    let _turn = app.replays.acquire().await.map_err(|_| Code::Unavailable)?;
    let complete = loop {
        let batch = app.store.records_under::<Walked>(tenant, &under, (from, to), last, BATCH).await?;
        for (_, call) in &batch {
            if let Some(left) = heat.add(call) {
                let day = days.entry(day_of(call.started)).or_default();
                *day = (day.0 + 1, day.1 + u64::from(left));
            }
        }
        read += batch.len() as u64;
        let more = batch.len() as u64 == BATCH;
        last = batch.last().map(|(id, call)| (call.started, *id)).or(last);
        if !more || read >= CALLS {
            break !more;
        }
    };
    let since = if complete { from } else { last.map_or(from, |(at, _)| at) };
    let days = days.into_iter().map(|(day, (calls, left))| FlowHeatDay {
        day: Wall(day * DAY_MS).to_string().chars().take(10).collect(),
        calls,
        left,
    });
    Ok(Json(FlowHeat::new(&heat, since, to, complete, days.collect())))
}
