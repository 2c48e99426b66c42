//! Customers who want to be called back.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use directory::Permission;
use types::Wall;
use types::event::Happening;
use types::record::CallbackStatus;

use crate::dto::{Callback, CallbackChange, CallbackPage, CallbackSummary, ErrorBody};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Input};
use crate::kept::{self, Given};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// Rows of a page when nothing is said, and at most.
const LIMIT: u64 = 50;
const MOST: u64 = 500;
/// Days that are summed up when nothing is said.
const DAYS: i64 = 7;
const DAY_MS: i64 = 86_400_000;

/// A page of callbacks, those first who have waited longest.
#[utoipa::path(get, path = "/api/v1/callbacks", tag = "callbacks",
    params(("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u64>, Query, description = "1 to 500; 50 when absent"),
        ("status" = Option<String>, Query, description = "`asked`, `done`, `cancelled` or `given_up`; all when absent")),
    responses((status = 200, body = CallbackPage), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub(crate) async fn callbacks(State(app): State<App>, viewer: Viewer, mut args: Args) -> Result<Json<CallbackPage>> {
    let cursor = args.take("cursor");
    let limit = args.read("limit", |t| t.parse().ok().filter(|n| (1..=MOST).contains(n)))?.unwrap_or(LIMIT);
    let status = args.read("status", CallbackStatus::parse)?;
    args.finish()?;
    let names = app.names.of(viewer.tenant()).await?;
    let page = app.store.callbacks(viewer.tenant(), status, cursor.as_deref(), limit).await?;
    let sight = viewer.sight();
    let items = page.rows.iter().map(|row| Callback::new(row, &names, sight)).collect();
    Ok(Json(CallbackPage { items, next_cursor: page.next }))
}

/// What has come of the callbacks that began within the last days.
#[utoipa::path(get, path = "/api/v1/callbacks/summary", tag = "callbacks",
    params(("days" = Option<u64>, Query, description = "1 to 366; 7 when absent")),
    responses((status = 200, body = CallbackSummary), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub(crate) async fn callback_summary(
    State(app): State<App>,
    viewer: Viewer,
    mut args: Args,
) -> Result<Json<CallbackSummary>> {
    let days: i64 = args.read("days", |t| t.parse().ok().filter(|n| (1..=366).contains(n)))?.unwrap_or(DAYS);
    args.finish()?;
    let since = Wall(now().0 - days * DAY_MS);
    Ok(Json(CallbackSummary::new(app.store.callback_counts(viewer.tenant(), since).await?)))
}

/// Says how far a callback has come. For supervisors; the journal keeps who said what when.
#[utoipa::path(put, path = "/api/v1/callbacks/{id}/status", tag = "callbacks", params(("id" = String, Path)),
    request_body = CallbackChange,
    responses((status = 200, body = Callback), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn set_callback_status(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Input(change): Input<CallbackChange>,
) -> Result<Json<Callback>> {
    let tenant = viewer.tenant();
    let pos: u64 = id.parse().map_err(|_| ApiError::not_found())?;
    let row = app.store.get::<store::Callback>(tenant, pos).await?.ok_or_else(ApiError::not_found)?;
    viewer.require(Permission::CallbacksWrite)?;
    let status = CallbackStatus::parse(&change.status).ok_or_else(|| ApiError::field(Code::BadValue, "status"))?;
    let (at, by) = (now(), viewer.user.username.clone());
    let what = Happening::CallbackChanged { callback: pos, status, by: by.clone() };
    kept::keep(&app, &viewer, at, what).await?;
    tracing::info!(callback = pos, status = status.as_str(), user = %viewer.user.id, "a callback was changed");
    let row = store::Callback { status, changed: Some(at), changed_by: Some(by), next: None, ..row };
    app.backend.callback_changed(row.clone()).await?;
    let names = app.names.of(tenant).await?;
    Ok(Json(Callback::new(&row, &names, viewer.sight())))
}

/// Has the customer called as soon as an agent of its queue is free, whatever the hours and the pause say. For
/// supervisors; the journal keeps who wanted it.
#[utoipa::path(post, path = "/api/v1/callbacks/{id}/call", tag = "callbacks", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn call_back_now(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let tenant = viewer.tenant();
    let pos: u64 = id.parse().map_err(|_| ApiError::not_found())?;
    let row = app.store.get::<store::Callback>(tenant, pos).await?.ok_or_else(ApiError::not_found)?;
    viewer.require(Permission::CallbacksWrite)?;
    app.backend.call_back_now(tenant, row.interaction).await?;
    kept::order_given(&app, &viewer, Given::about(row.interaction, "call_back")).await?;
    tracing::info!(callback = pos, user = %viewer.user.id, "a customer is to be called back now");
    Ok(StatusCode::NO_CONTENT)
}
