//! Dashboards that people compose, for themselves or for all.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use directory::Permission;
use store::Dashboard;
use types::InteractionId;

use super::kept::{self, KeptId};
use crate::dto::{DashboardItem, DashboardList, DashboardWish, ErrorBody, Tile, TileContent};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Id, Input};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// Each asks for figures of its own; a page with more is read by nobody.
const TILES: usize = 40;
const TITLE_CHARS: usize = 60;
const NOTE_CHARS: usize = 2_000;
/// An address that every browser takes.
const QUERY_BYTES: usize = 4_000;
const COLUMN_BYTES: usize = 40;
/// As many subjects as an address of a report names.
const QUEUES: usize = 50;
const ID_BYTES: usize = 40;
const WIDTHS: std::ops::RangeInclusive<u8> = 2..=12;
const HEIGHTS: std::ops::RangeInclusive<u8> = 1..=6;

fn item(board: Dashboard, viewer: &Viewer, owner: String) -> Result<DashboardItem> {
    let tiles =
        serde_json::from_value(board.tiles).map_err(|error| ApiError::internal("reading a dashboard", &error))?;
    Ok(DashboardItem {
        id: InteractionId(board.id).to_string(),
        name: board.name,
        shared: board.shared,
        own: board.owner == viewer.user.id,
        owner,
        tiles,
        saved_at: board.saved.to_string(),
    })
}

/// The part of a tile that is not as it may be.
fn fault(tile: &Tile) -> Option<&'static str> {
    let is_queues = |queues: &[String]| queues.len() <= QUEUES && queues.iter().all(|id| id.len() <= ID_BYTES);
    let parts = match &tile.shows {
        TileContent::Now { queues, .. } | TileContent::Queues { queues } => [("shows.queues", is_queues(queues)); 2],
        TileContent::Report { query, column, .. } => {
            [("shows.query", query.len() <= QUERY_BYTES), ("shows.column", column.len() <= COLUMN_BYTES)]
        }
        TileContent::Note { text } => [("shows.text", text.chars().count() <= NOTE_CHARS); 2],
        TileContent::Agents {} | TileContent::Alarms {} => [("shows", true); 2],
    };
    let shape = [
        ("title", tile.title.chars().count() <= TITLE_CHARS),
        ("width", WIDTHS.contains(&tile.width)),
        ("height", HEIGHTS.contains(&tile.height)),
    ];
    shape.into_iter().chain(parts).find(|(_, is_good)| !is_good).map(|(name, _)| name)
}

/// A name and tiles as they are kept.
fn checked(wish: &DashboardWish) -> Result<(String, serde_json::Value)> {
    let name = kept::checked_name(&wish.name)?;
    if wish.tiles.len() > TILES {
        return Err(ApiError::field(Code::BadValue, "tiles"));
    }
    let faults = wish.tiles.iter().enumerate().filter_map(|(at, tile)| Some((at, fault(tile)?)));
    if let Some((at, part)) = { faults }.next() {
        return Err(ApiError::field(Code::BadValue, format!("tiles[{at}].{part}")));
    }
    Ok((name, serde_json::to_value(&wish.tiles).map_err(|error| ApiError::internal("writing a dashboard", &error))?))
}

/// The own dashboards and those that others share.
#[utoipa::path(get, path = "/api/v1/dashboards", tag = "reports",
    responses((status = 200, body = DashboardList), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn dashboards(State(app): State<App>, viewer: Viewer, args: Args) -> Result<Json<DashboardList>> {
    args.finish()?;
    let boards = kept::visible::<Dashboard>(&app, &viewer).await?;
    let items = boards.into_iter().map(|(board, owner)| item(board, &viewer, owner)).collect::<Result<_>>()?;
    Ok(Json(DashboardList { items }))
}

/// Keeps a dashboard.
#[utoipa::path(post, path = "/api/v1/dashboards", tag = "reports", request_body = DashboardWish,
    responses((status = 201, body = DashboardItem), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "One person keeps 100 at most")))]
pub(crate) async fn keep_dashboard(
    State(app): State<App>,
    viewer: Viewer,
    args: Args,
    Input(wish): Input<DashboardWish>,
) -> Result<(StatusCode, Json<DashboardItem>)> {
    viewer.require(Permission::InteractionsReadAll)?;
    args.finish()?;
    let (name, tiles) = checked(&wish)?;
    let (tenant, owner) = (viewer.tenant(), viewer.user.id);
    let board = Dashboard { id: app.new_id(), tenant, owner, name, shared: wish.shared, tiles, saved: now() };
    kept::keep(&app, &viewer, &board).await?;
    Ok((StatusCode::CREATED, Json(item(board, &viewer, viewer.user.username.to_string())?)))
}

/// Changes a dashboard of one's own.
#[utoipa::path(put, path = "/api/v1/dashboards/{id}", tag = "reports", params(("id" = String, Path)),
    request_body = DashboardWish,
    responses((status = 200, body = DashboardItem), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn change_dashboard(
    State(app): State<App>,
    viewer: Viewer,
    Id(InteractionId(id)): KeptId,
    args: Args,
    Input(wish): Input<DashboardWish>,
) -> Result<Json<DashboardItem>> {
    args.finish()?;
    let board = kept::own::<Dashboard>(&app, &viewer, id).await?;
    let (name, tiles) = checked(&wish)?;
    let board = Dashboard { name, shared: wish.shared, tiles, saved: now(), ..board };
    app.store.put(&board).await?;
    Ok(Json(item(board, &viewer, viewer.user.username.to_string())?))
}

/// Forgets a dashboard of one's own.
#[utoipa::path(delete, path = "/api/v1/dashboards/{id}", tag = "reports", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn forget_dashboard(
    State(app): State<App>,
    viewer: Viewer,
    Id(InteractionId(id)): KeptId,
    args: Args,
) -> Result<StatusCode> {
    args.finish()?;
    kept::forget::<Dashboard>(&app, &viewer, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
