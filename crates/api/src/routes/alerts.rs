//! Figures that have passed a threshold, and who looks after them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use directory::Permission;
use types::AlertId;

use crate::dto::{AlertEntry, AlertPage, ErrorBody};
use crate::error::{ApiError, Result};
use crate::input::Args;
use crate::state::App;
use crate::viewer::Viewer;

/// Rows of a page when nothing is said, and at most.
const LIMIT: u64 = 50;
const MOST: u64 = 500;

fn stands(state: &str) -> Option<bool> {
    match state {
        "standing" => Some(true),
        "cleared" => Some(false),
        _ => None,
    }
}

/// A page of alerts, the newest first. For those who see everybody's interactions.
#[utoipa::path(get, path = "/api/v1/alerts", tag = "live",
    params(("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u64>, Query, description = "1 to 500; 50 when absent"),
        ("state" = Option<String>, Query, description = "`standing` or `cleared`; all when absent")),
    responses((status = 200, body = AlertPage), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub(crate) async fn alerts(State(app): State<App>, viewer: Viewer, mut args: Args) -> Result<Json<AlertPage>> {
    viewer.require(Permission::InteractionsReadAll)?;
    let cursor = args.take("cursor");
    let limit = args.read("limit", |t| t.parse().ok().filter(|n| (1..=MOST).contains(n)))?.unwrap_or(LIMIT);
    let state = args.read("state", stands)?;
    args.finish()?;
    let names = app.names.of(viewer.tenant()).await?;
    let page = app.store.alerts(viewer.tenant(), state, cursor.as_deref(), limit).await?;
    let items = page.rows.into_iter().map(|row| AlertEntry::new(row, &names)).collect();
    Ok(Json(AlertPage { items, next_cursor: page.next }))
}

/// Says that whoever asks looks after an alert that stands. For supervisors; the journal keeps who said so when. Saying
/// so once more, or after somebody else, changes nothing.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/acknowledge", tag = "live", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn acknowledge_alert(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    viewer.require(Permission::Supervise)?;
    let id: AlertId = id.parse().map_err(|_| ApiError::not_found())?;
    app.backend.acknowledge(viewer.tenant(), id, viewer.user.username.clone()).await?;
    tracing::info!(alert = %id, user = %viewer.user.id, "an alert was acknowledged");
    Ok(StatusCode::NO_CONTENT)
}
