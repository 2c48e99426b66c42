//! Interactions that have ended, and ending one that goes on.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use journal::ladder::Message;
use store::{Filter, Number};
use types::record::{Direction, InteractionRecord, Outcome};
use types::{InteractionId, LegId, Private, Wall};

use crate::dto::{ErrorBody, Interaction, InteractionDetail, InteractionPage};
use crate::error::{ApiError, Result};
use crate::input::{Args, Id};
use crate::names::Names;
use crate::state::App;
use crate::viewer::Viewer;

/// Rows of a page when nothing is said, and at most.
const LIMIT: u64 = 50;
const MOST: u64 = 500;

/// A page of interactions, newest first.
#[utoipa::path(get, path = "/api/v1/interactions", tag = "interactions",
    params(("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u64>, Query, description = "1 to 500; 50 when absent"),
        ("from" = Option<String>, Query, description = "Started at or after; RFC 3339"),
        ("to" = Option<String>, Query, description = "Started before; RFC 3339"),
        ("queue" = Option<String>, Query, description = "Id or name"),
        ("agent" = Option<String>, Query, description = "Id or number"),
        ("direction" = Option<String>, Query), ("outcome" = Option<String>, Query),
        ("number" = Option<String>, Query, description = "The caller's or the dialled number, or its last digits")),
    responses((status = 200, body = InteractionPage), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub(crate) async fn interactions(
    State(app): State<App>,
    viewer: Viewer,
    mut args: Args,
) -> Result<Json<InteractionPage>> {
    let names = app.names.of(viewer.tenant()).await?;
    let cursor = args.take("cursor");
    let limit = args.read("limit", |t| t.parse().ok().filter(|n| (1..=MOST).contains(n)))?.unwrap_or(LIMIT);
    let filter = filter(&mut args, &names)?;
    args.finish()?;
    let page = app.store.interactions(viewer.tenant(), &filter, cursor.as_deref(), limit).await?;
    let sight = viewer.sight();
    let items = page.rows.into_iter().map(|row| Interaction::new(row, &names, sight)).collect();
    Ok(Json(InteractionPage { items, next_cursor: page.next }))
}

fn filter(args: &mut Args, names: &Names) -> Result<Filter> {
    Ok(Filter {
        queue: args.read("queue", |t| t.parse().ok().or_else(|| names.queue_by_name(t)))?,
        agent: args.read("agent", |t| t.parse().ok().or_else(|| names.agent_by_number(t)))?,
        channel: None,
        direction: args.read("direction", Direction::parse)?,
        outcome: args.read("outcome", Outcome::parse)?,
        number: args.take("number").map(|t| Number::Ending(Private::new(plain_number(&t)))),
        from: args.read("from", moment)?,
        to: args.read("to", moment)?,
        has_recording: None,
    })
}

/// A number as it is stored: without the marks that people write between digits.
fn plain_number(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect()
}

fn moment(text: &str) -> Option<Wall> {
    // A `+` that was not escaped has become a space.
    let at: jiff::Timestamp = text.replace(' ', "+").parse().ok()?;
    Some(Wall(at.as_millisecond()))
}

/// An interaction that has ended with all that is known of it.
#[utoipa::path(get, path = "/api/v1/interactions/{id}", tag = "interactions", params(("id" = String, Path)),
    responses((status = 200, body = InteractionDetail), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn interaction(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id<InteractionId>,
) -> Result<Json<InteractionDetail>> {
    let tenant = viewer.tenant();
    let row = app.store.get::<store::Interaction>(tenant, id).await?.ok_or_else(ApiError::not_found)?;
    let record = app.store.record(tenant, id).await?.ok_or_else(ApiError::not_found)?;
    let names = app.names.of(tenant).await?;
    let messages = messages(&app, &record).await?;
    Ok(Json(InteractionDetail::new(row, &record, &messages, &names, viewer.sight())))
}

/// The SIP messages of its legs, as far as they are still kept.
async fn messages(app: &App, record: &InteractionRecord) -> Result<Vec<Message>> {
    let legs: Vec<LegId> = record.legs.iter().map(|leg| leg.id).collect();
    let last = record.legs.iter().filter_map(|leg| leg.ended).max().unwrap_or(record.ended);
    let (from, to) = (record.started, last.max(record.ended));
    let ladder = Arc::clone(&app.ladder);
    let found = tokio::task::spawn_blocking(move || ladder.find(&legs, from, to)).await;
    match found.map_err(|e| ApiError::internal("ladder", &e))? {
        Ok(chain) => Ok(chain.messages),
        // The record is worth showing without.
        Err(error) => {
            tracing::error!(%error, "SIP messages could not be read");
            Ok(Vec::new())
        }
    }
}

/// Ends an interaction that goes on. For supervisors.
#[utoipa::path(post, path = "/api/v1/interactions/{id}/hangup", tag = "interactions", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn hang_up(State(app): State<App>, viewer: Viewer, Id(id): Id<InteractionId>) -> Result<StatusCode> {
    viewer.require_supervisor()?;
    app.backend.hang_up(viewer.tenant(), id).await?;
    tracing::info!(interaction = %id, user = %viewer.user.id, "an interaction was ended by order");
    Ok(StatusCode::NO_CONTENT)
}
