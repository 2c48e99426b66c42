//! Messages that callers left.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use directory::Permission;
use types::RecordingId;
use types::record::RecordingRecord;
use types::voicemail::{Mailbox, MarkedBy, MessageStatus};

use super::recordings::respond;
use crate::dto::{ErrorBody, Voicemail, VoicemailChange, VoicemailPage};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Id, Input};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// Rows of a page when nothing is said, and at most.
const LIMIT: u64 = 50;
const MOST: u64 = 500;

/// A page of the messages in the own mailbox and in those of queues that one shares, the newest first; whoever may hear all
/// recordings sees all mailboxes with `all`.
#[utoipa::path(get, path = "/api/v1/voicemails", tag = "voicemails",
    params(("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u64>, Query, description = "1 to 500; 50 when absent"),
        ("status" = Option<String>, Query, description = "`new` or `heard`; both when absent"),
        ("agent" = Option<String>, Query, description = "Id of an agent: its own mailbox alone"),
        ("queue" = Option<String>, Query, description = "Id of a queue: its mailbox alone"),
        ("all" = Option<bool>, Query, description = "everybody's mailboxes")),
    responses((status = 200, body = VoicemailPage), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn voicemails(State(app): State<App>, viewer: Viewer, mut args: Args) -> Result<Json<VoicemailPage>> {
    let cursor = args.take("cursor");
    let limit = args.read("limit", |t| t.parse().ok().filter(|n| (1..=MOST).contains(n)))?.unwrap_or(LIMIT);
    let known = |t: &str| MessageStatus::parse(t).filter(|status| *status != MessageStatus::Deleted);
    let status = args.read("status", known)?;
    let agent = args.read("agent", |t| t.parse().ok().map(Mailbox::Agent))?;
    let queue = args.read("queue", |t| t.parse().ok().map(Mailbox::Queue))?;
    let all = args.read("all", |t| t.parse::<bool>().ok())?.unwrap_or(false);
    args.finish()?;
    if all {
        viewer.require(Permission::RecordingsListen)?;
    }
    let own = mailboxes(&app, &viewer).await?;
    let asked: Vec<Mailbox> = agent.into_iter().chain(queue).collect();
    // Whoever names no mailbox means all that may be seen.
    let within = match (all, asked.is_empty()) {
        (true, true) => None,
        (true, false) => Some(asked),
        (false, true) => Some(own.clone()),
        (false, false) => Some(asked.into_iter().filter(|mailbox| own.contains(mailbox)).collect()),
    };
    let names = app.names.of(viewer.tenant()).await?;
    let page = app.store.voicemails(viewer.tenant(), within.as_deref(), status, cursor.as_deref(), limit).await?;
    let items = page.rows.iter().map(|row| Voicemail::new(row, &names, sees_number(&viewer, &own, row))).collect();
    Ok(Json(VoicemailPage { items, next_cursor: page.next }))
}

/// A message's sound as WAV.
#[utoipa::path(get, path = "/api/v1/voicemails/{id}/audio", tag = "voicemails",
    params(("id" = String, Path), ("Range" = Option<String>, Header)),
    responses((status = 200, body = Vec<u8>, content_type = "audio/wav"),
        (status = 206, body = Vec<u8>, content_type = "audio/wav"), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 416, body = ErrorBody)))]
pub(crate) async fn voicemail_audio(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id<RecordingId>,
    headers: HeaderMap,
) -> Result<Response> {
    let (row, _) = find(&app, &viewer, id, Permission::RecordingsListen).await?;
    let started = types::Wall(row.left.0.saturating_sub_unsigned(row.duration_ms));
    let tracks = vec![(row.leg, 0)];
    let recording = RecordingRecord { id, started, ended: Some(row.left), tracks, gaps: Vec::new() };
    respond(&app, &viewer, recording, &headers).await
}

/// Says that a message was heard, or is to count as new again. In other people's mailboxes for supervisors.
#[utoipa::path(put, path = "/api/v1/voicemails/{id}", tag = "voicemails", params(("id" = String, Path)),
    request_body = VoicemailChange,
    responses((status = 200, body = Voicemail), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn set_voicemail_status(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id<RecordingId>,
    Input(change): Input<VoicemailChange>,
) -> Result<Json<Voicemail>> {
    let (row, clear) = find(&app, &viewer, id, Permission::CallsControl).await?;
    let status = MessageStatus::parse(&change.status).filter(|status| *status != MessageStatus::Deleted);
    let status = status.ok_or_else(|| ApiError::field(Code::BadValue, "status"))?;
    let by = marked_by(&viewer);
    app.backend.mark_message(viewer.tenant(), id, status, by.clone()).await?;
    let names = app.names.of(viewer.tenant()).await?;
    // What was said already changes nothing, not even who said it.
    let row = if row.status == status {
        row
    } else {
        let MarkedBy { name, agent } = by;
        store::Voicemail { status, changed: Some(now()), changed_by: Some(name), changed_by_agent: agent, ..row }
    };
    Ok(Json(Voicemail::new(&row, &names, clear)))
}

/// Deletes a message from its mailbox. The call's recording stays, as long as recordings are kept. In other people's
/// mailboxes for supervisors.
#[utoipa::path(delete, path = "/api/v1/voicemails/{id}", tag = "voicemails", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn delete_voicemail(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id<RecordingId>,
) -> Result<StatusCode> {
    find(&app, &viewer, id, Permission::CallsControl).await?;
    app.backend.mark_message(viewer.tenant(), id, MessageStatus::Deleted, marked_by(&viewer)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn marked_by(viewer: &Viewer) -> MarkedBy {
    MarkedBy { name: viewer.user.username.clone(), agent: viewer.user.agent }
}

/// Whether this person may see who left a message: whoever it was left for, and who sees all numbers.
fn sees_number(viewer: &Viewer, own: &[Mailbox], row: &store::Voicemail) -> bool {
    viewer.may(Permission::InteractionsReadAll) || row.mailbox().is_some_and(|mailbox| own.contains(&mailbox))
}

/// The mailboxes that are a person's business.
async fn mailboxes(app: &App, viewer: &Viewer) -> Result<Vec<Mailbox>> {
    match viewer.user.agent {
        Some(agent) => Ok(app.backend.mailboxes(viewer.tenant(), agent).await?),
        None => Ok(Vec::new()),
    }
}

/// A message, if it is this person's business, or if it may do so with everybody's; with whether the caller's number may be
/// seen.
async fn find(app: &App, viewer: &Viewer, id: RecordingId, otherwise: Permission) -> Result<(store::Voicemail, bool)> {
    let row = app.store.get::<store::Voicemail>(viewer.tenant(), id).await?;
    let row = row.filter(|row| row.status != MessageStatus::Deleted).ok_or_else(ApiError::not_found)?;
    let own = mailboxes(app, viewer).await?;
    if !row.mailbox().is_some_and(|mailbox| own.contains(&mailbox)) {
        viewer.require(otherwise)?;
    }
    let clear = sees_number(viewer, &own, &row);
    Ok((row, clear))
}
