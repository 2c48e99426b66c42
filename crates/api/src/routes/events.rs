//! The event stream.

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::dto::{ErrorBody, Event};
use crate::error::{ApiError, Code, Result};
use crate::events::{Feed, body, serve};
use crate::input::Args;
use crate::state::App;
use crate::viewer::Viewer;

/// Readers have nothing to say: what they send is at most a close or a pong.
const HEARD_BYTES: usize = 4096;

/// Server-sent events. `id` is the cursor; resume behind it by `Last-Event-ID`, or begin behind the cursor of a
/// snapshot; without either the stream begins now.
#[utoipa::path(get, path = "/api/v1/events", tag = "live",
    params(("cursor" = Option<String>, Query, description = "Of a snapshot or an event; `Last-Event-ID` goes before it"),
        ("Last-Event-ID" = Option<String>, Header)),
    responses((status = 200, body = Event, content_type = "text/event-stream"), (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 410, body = ErrorBody, description = "The cursor has expired: take a new snapshot")))]
pub(crate) async fn events(State(app): State<App>, viewer: Viewer, headers: HeaderMap, args: Args) -> Result<Response> {
    let feed = Feed::open(app, viewer, cursor(&headers, args)?)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // nginx would keep events back until its buffer is full.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, body(feed)).into_response())
}

/// The same events as a WebSocket: one text message of JSON each, whose `id` is the cursor.
#[utoipa::path(get, path = "/api/v1/events/ws", tag = "live",
    params(("cursor" = Option<String>, Query, description = "Of a snapshot or an event")),
    responses((status = 101), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 410, body = ErrorBody)))]
pub(crate) async fn events_ws(
    State(app): State<App>,
    viewer: Viewer,
    args: Args,
    request: Request,
) -> Result<Response> {
    let cursor = cursor(request.headers(), args)?;
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &app).await.map_err(|_| Code::BadRequest)?;
    let feed = Feed::open(app, viewer, cursor)?;
    let upgrade = upgrade.max_message_size(HEARD_BYTES).max_frame_size(HEARD_BYTES);
    Ok(upgrade.on_upgrade(|socket| serve(socket, feed)))
}

fn cursor(headers: &HeaderMap, mut args: Args) -> Result<Option<u64>> {
    let asked = args.read("cursor", |text| text.parse().ok())?;
    args.finish()?;
    let Some(last) = headers.get("last-event-id").filter(|v| !v.is_empty()) else { return Ok(asked) };
    let last = last.to_str().ok().and_then(|text| text.trim().parse().ok());
    last.map(Some).ok_or_else(|| ApiError::field(Code::BadValue, "Last-Event-ID"))
}
