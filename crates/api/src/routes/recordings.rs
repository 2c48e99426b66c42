//! Recordings.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use directory::Permission;
use futures_util::stream::unfold;
use types::RecordingId;
use types::record::RecordingRecord;

use crate::backend::Audio;
use crate::dto::{ErrorBody, Peaks};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Id};
use crate::range::{Wanted, wanted};
use crate::state::App;
use crate::viewer::Viewer;

/// Bytes that are rendered and sent at a time: a second of sound, so that a reader who leaves costs little.
const CHUNK_BYTES: u64 = 64 << 10;
/// Stretches of a waveform when nothing is said, and at most: twice a large screen.
const BUCKETS: usize = 1_000;
const MOST_BUCKETS: usize = 8_192;
/// A recording of an interaction that has ended does not change.
const CACHE: &str = "private, max-age=3600";

/// The recording as two-channel WAV: left the customer, right the agents.
#[utoipa::path(get, path = "/api/v1/recordings/{id}/audio", tag = "recordings",
    params(("id" = String, Path), ("Range" = Option<String>, Header)),
    responses((status = 200, body = Vec<u8>, content_type = "audio/wav"),
        (status = 206, body = Vec<u8>, content_type = "audio/wav"), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 416, body = ErrorBody)))]
pub(crate) async fn audio(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id<RecordingId>,
    headers: HeaderMap,
) -> Result<Response> {
    let recording = find(&app, &viewer, id).await?;
    respond(&app, &viewer, recording, &headers).await
}

/// A recording as WAV, or the part of it that is asked for.
pub(super) async fn respond(
    app: &App,
    viewer: &Viewer,
    recording: RecordingRecord,
    headers: &HeaderMap,
) -> Result<Response> {
    let id = recording.id;
    let (audio, length) = open(app, viewer, recording, |audio| Ok(audio.total_len())).await?;
    let etag = format!("\"{id}-{length:x}\"");
    let (status, range) = match wanted(headers, &etag, length) {
        Wanted::All => (StatusCode::OK, 0..length),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Wanted::Nothing => return Err(ApiError { length: Some(length), ..Code::BadRange.into() }),
    };
    let mut response = (status, stream(audio, range.clone())).into_response();
    let headers = response.headers_mut();
    let mut set = |name, value: &str| HeaderValue::from_str(value).map(|value| headers.insert(name, value)).is_ok();
    set(header::CONTENT_TYPE, "audio/wav");
    set(header::CONTENT_LENGTH, &(range.end - range.start).to_string());
    set(header::ACCEPT_RANGES, "bytes");
    set(header::ETAG, &etag);
    set(header::CACHE_CONTROL, CACHE);
    set(header::CONTENT_DISPOSITION, &format!("inline; filename=\"{id}.wav\""));
    if status == StatusCode::PARTIAL_CONTENT {
        set(header::CONTENT_RANGE, &format!("bytes {}-{}/{length}", range.start, range.end - 1));
    }
    Ok(response)
}

/// The outline of a recording, to draw it.
#[utoipa::path(get, path = "/api/v1/recordings/{id}/peaks", tag = "recordings",
    params(("id" = String, Path), ("buckets" = Option<usize>, Query, description = "1 to 8192; 1000 when absent")),
    responses((status = 200, body = Peaks), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn peaks(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id<RecordingId>,
    mut args: Args,
) -> Result<Response> {
    let buckets = args.read("buckets", |t| t.parse().ok().filter(|n| (1..=MOST_BUCKETS).contains(n)))?;
    args.finish()?;
    let buckets = buckets.unwrap_or(BUCKETS);
    let recording = find(&app, &viewer, id).await?;
    let (audio, channels) = open(&app, &viewer, recording, move |audio| audio.peaks(buckets)).await?;
    let flat = |peaks: Vec<(f32, f32)>| peaks.into_iter().flat_map(|(low, high)| [low, high]).collect();
    let peaks = Peaks { channels: channels.into_iter().map(flat).collect(), duration_ms: audio.duration_ms() };
    Ok(([(header::CACHE_CONTROL, CACHE)], Json(peaks)).into_response())
}

/// The interaction that a recording is of, and the recording, if this person may hear it.
async fn find(app: &App, viewer: &Viewer, id: RecordingId) -> Result<RecordingRecord> {
    let tenant = viewer.tenant();
    let of = app.store.interaction_of(tenant, id).await?.ok_or_else(ApiError::not_found)?;
    let record = app.store.record(tenant, of).await?.ok_or_else(ApiError::not_found)?;
    if !viewer.took_part(&record) {
        viewer.require(Permission::RecordingsListen)?;
    }
    record.recordings.into_iter().find(|recording| recording.id == id).ok_or_else(ApiError::not_found)
}

/// Opens a recording and asks it one thing, where it may block.
async fn open<T: Send + 'static>(
    app: &App,
    viewer: &Viewer,
    recording: RecordingRecord,
    ask: impl FnOnce(&mut dyn Audio) -> io::Result<T> + Send + 'static,
) -> Result<(Box<dyn Audio>, T)> {
    let (recordings, tenant) = (Arc::clone(&app.recordings), viewer.tenant());
    let _turn = app.renders.acquire().await.map_err(|_| Code::Unavailable)?;
    let opened = tokio::task::spawn_blocking(move || {
        let mut audio = recordings.open(tenant, &recording)?;
        let answer = ask(&mut *audio)?;
        Ok((audio, answer))
    });
    opened.await.map_err(|e| ApiError::internal("recording", &e))?.map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => ApiError::not_found(),
        _ => ApiError::internal("recording", &error),
    })
}

/// Renders as the reader takes it.
fn stream(audio: Box<dyn Audio>, range: Range<u64>) -> Body {
    Body::from_stream(unfold(Some((audio, range)), |state| async move {
        let (audio, range) = state.filter(|(_, range)| range.start < range.end)?;
        match tokio::task::spawn_blocking(move || chunk(audio, range)).await {
            Ok(Ok((bytes, audio, rest))) => Some((Ok(bytes), Some((audio, rest)))),
            Ok(Err(error)) => Some((Err(error), None)),
            Err(error) => Some((Err(io::Error::other(error)), None)),
        }
    }))
}

fn chunk(mut audio: Box<dyn Audio>, range: Range<u64>) -> io::Result<(Bytes, Box<dyn Audio>, Range<u64>)> {
    let length = CHUNK_BYTES.min(range.end - range.start);
    let mut bytes = vec![0; length as usize];
    if audio.read_at(range.start, &mut bytes)? < bytes.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((bytes.into(), audio, range.start + length..range.end))
}
