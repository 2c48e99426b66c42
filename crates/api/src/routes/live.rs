//! What goes on right now.

use axum::Json;
use axum::extract::State;

use crate::dto::{ErrorBody, LiveSnapshot};
use crate::error::{Code, Result};
use crate::input::Args;
use crate::state::{App, now};
use crate::viewer::Viewer;

/// All agents, interactions and queues right now, and the cursor from which events go on.
#[utoipa::path(get, path = "/api/v1/live", tag = "live",
    responses((status = 200, body = LiveSnapshot), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn live(State(app): State<App>, viewer: Viewer, args: Args) -> Result<Json<LiveSnapshot>> {
    args.finish()?;
    let (cursor, live) = app.backend.live(viewer.tenant()).await.ok_or(Code::Unavailable)?;
    let names = app.names.of(viewer.tenant()).await?;
    Ok(Json(LiveSnapshot::new(cursor, now(), live, &names, &viewer)))
}
