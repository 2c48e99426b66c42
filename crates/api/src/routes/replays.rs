//! Recorded days under other settings.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use directory::Permission;
use rehearsal::Date;
use resource::{Kind, Problem, Request, Rows, What, read_documents};

use super::JobId;
use crate::dto::{ErrorBody, RehearsalDay, ReplayJob, ReplayRequest, ReplayResult, Replays};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Id, Input};
use crate::jobs::{Begun, JobError, JobKind, Watch};
use crate::replay::{ReplayError, draft_policy, recorded_day, replay_days};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// A whole centre's settings.
const BYTES: usize = 8 << 20;

/// What there is to replay, and how the replay stands that was begun last; its result is asked for by its id.
#[utoipa::path(get, path = "/api/v1/replays", tag = "plan",
    responses((status = 200, body = Replays), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn replays(State(app): State<App>, viewer: Viewer, args: Args) -> Result<Json<Replays>> {
    viewer.require(Permission::Plan)?;
    args.finish()?;
    let tenant = viewer.tenant();
    let own = app.store.get::<directory::Tenant>(tenant, tenant).await?.ok_or_else(ApiError::not_found)?;
    let days = replay_days(&app.store, &own, now()).await?;
    Ok(Json(Replays {
        days: days.into_iter().rev().map(|(day, calls)| RehearsalDay { day, calls }).collect(),
        last: app.jobs.last(tenant, JobKind::Replay).map(|job| job.show(false).into()),
    }))
}

/// Begins a replay; one job at a time. What is wrong with the draft is told at once.
#[utoipa::path(post, path = "/api/v1/replays", tag = "plan", request_body = ReplayRequest,
    responses((status = 202, body = ReplayJob), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 409, body = ErrorBody, description = "`job_runs`")))]
pub(crate) async fn begin_replay(
    State(app): State<App>,
    viewer: Viewer,
    Input(request): Input<ReplayRequest, BYTES>,
) -> Result<(StatusCode, Json<ReplayJob>)> {
    viewer.require(Permission::Plan)?;
    viewer.require(Permission::SettingsWrite)?;
    let tenant = viewer.tenant();
    let ReplayRequest { day, settings, seed } = request;
    Date::parse(&day).ok_or_else(|| ApiError::field(Code::BadValue, "day"))?;
    let rows = Rows::read(&app.store, tenant).await?.ok_or_else(ApiError::not_found)?;
    let resources = read_documents(&settings).map_err(unreadable)?;
    let (policy, changes) =
        draft_policy(&rows, &app.given, &Request::trial(resources)).map_err(ApiError::of_settings)?;
    let (seed, of, runtime) = (seed.unwrap_or(1), app.clone(), tokio::runtime::Handle::current());
    let work = move |watch: &Watch| {
        let past = |from, back| of.journal.past(from, back);
        let day = recorded_day(&of.store, &rows, &of.given, &day, past);
        let recorded = runtime.block_on(day).map_err(failed)?;
        let mut goes_on = |share| watch.goes_on(share);
        let compared = sim::compare_watched(&recorded.day, &recorded.policy, &policy, seed, &mut goes_on);
        let compared = compared.map_err(|e| JobError::of("bad_setting", e.field, &e))?;
        let shown = compared.map(|it| ReplayResult::new(&recorded, (&policy, changes), seed, &it));
        shown.map(|result| serde_json::to_value(result).map_err(|e| JobError::of("internal", "", &e))).transpose()
    };
    let begun = Begun { id: app.new_id(), by: viewer.user.username.to_string(), at: now() };
    let job = app.jobs.begin(tenant, JobKind::Replay, begun, Box::new(work))?;
    Ok((StatusCode::ACCEPTED, Json(job.show(false).into())))
}

/// How a replay stands, with its result once it is done.
#[utoipa::path(get, path = "/api/v1/replays/{id}", tag = "plan", params(("id" = String, Path)),
    responses((status = 200, body = ReplayJob), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn replay(State(app): State<App>, viewer: Viewer, Id(id): Id<JobId>) -> Result<Json<ReplayJob>> {
    viewer.require(Permission::Plan)?;
    let job = app.jobs.find(viewer.tenant(), JobKind::Replay, id.0).ok_or_else(ApiError::not_found)?;
    Ok(Json(job.show(true).into()))
}

/// Stops a replay; nothing is kept of it.
#[utoipa::path(delete, path = "/api/v1/replays/{id}", tag = "plan", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn cancel_replay(State(app): State<App>, viewer: Viewer, Id(id): Id<JobId>) -> Result<StatusCode> {
    viewer.require(Permission::Plan)?;
    viewer.require(Permission::SettingsWrite)?;
    app.jobs.find(viewer.tenant(), JobKind::Replay, id.0).ok_or_else(ApiError::not_found)?.cancel();
    Ok(StatusCode::NO_CONTENT)
}

/// A text that holds no documents.
fn unreadable(why: String) -> ApiError {
    ApiError::of_settings(vec![Problem {
        kind: Kind::Tenant,
        name: String::new(),
        field: "settings".to_owned(),
        what: What::Refused(why),
    }])
}

fn failed(error: ReplayError) -> JobError {
    let (code, field) = match &error {
        ReplayError::BadDay(_) | ReplayError::TooMany => ("bad_value", "day"),
        ReplayError::NoDay { .. } => ("nothing_recorded", ""),
        ReplayError::Settings(_) => ("bad_setting", ""),
        ReplayError::Store(_) | ReplayError::Journal(_) => ("internal", ""),
    };
    let told = JobError::of(code, field, &error);
    match error {
        ReplayError::NoDay { days, .. } => JobError { days, ..told },
        _ => told,
    }
}
