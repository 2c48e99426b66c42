//! Days under other settings, before anything goes live.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use directory::Permission;
use rehearsal::{Date, Demand, Error, Settings, Source, Wanted, day_of, prepare, recorded_days};
use resource::{Kind, Problem, Resource, What, read_documents};
use store::FlowDraft;

use crate::dto::{
    ErrorBody, RehearsalDay, RehearsalDraft, RehearsalFacts, RehearsalJob, RehearsalRequest, RehearsalSource,
    Rehearsals,
};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Id, Input};
use crate::jobs::{Begun, JobError, JobKind, Watch};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// A whole centre's settings, or a year's demand.
const BYTES: usize = 8 << 20;
/// How far a forecast looks back where nothing is said, weeks.
const WEEKS: u32 = 4;
/// Minutes of an interval where nothing is said.
const INTERVAL_MIN: u32 = 30;

/// What there is to rehearse, and how the rehearsal stands that was begun last; its result is asked for by its id.
#[utoipa::path(get, path = "/api/v1/rehearsals", tag = "plan",
    responses((status = 200, body = Rehearsals), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn rehearsals(State(app): State<App>, viewer: Viewer, args: Args) -> Result<Json<Rehearsals>> {
    viewer.require(Permission::Plan)?;
    args.finish()?;
    let tenant = viewer.tenant();
    let own = app.store.get::<directory::Tenant>(tenant, tenant).await?.ok_or_else(ApiError::not_found)?;
    let days = recorded_days(&app.store, &own, now()).await?;
    let drafts = app.store.list::<FlowDraft>(tenant).await?;
    Ok(Json(Rehearsals {
        today: day_of(&own, now()).to_string(),
        days: days.into_iter().map(RehearsalDay::new).collect(),
        flow_drafts: drafts.into_iter().map(|draft| draft.name).collect(),
        last: app.jobs.last(tenant, JobKind::Rehearsal).map(|job| job.show(false).into()),
    }))
}

/// Begins a rehearsal; one at a time. What is wrong with the draft is told at once.
#[utoipa::path(post, path = "/api/v1/rehearsals", tag = "plan", request_body = RehearsalRequest,
    responses((status = 202, body = RehearsalJob), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 409, body = ErrorBody, description = "`job_runs`")))]
pub(crate) async fn begin_rehearsal(
    State(app): State<App>,
    viewer: Viewer,
    Input(request): Input<RehearsalRequest, BYTES>,
) -> Result<(StatusCode, Json<RehearsalJob>)> {
    viewer.require(Permission::Plan)?;
    viewer.require(Permission::SettingsWrite)?;
    let tenant = viewer.tenant();
    let source = source_of(request.source)?;
    let settings = Settings::read(&app.store, tenant, (*app.given).clone()).await.map_err(refused)?;
    let resources = drafted(&app, &settings, &request.draft).await?;
    let draft = if resources.is_empty() { None } else { Some(settings.draft(resources).map_err(refused)?) };
    let (seed, interval_min) = (request.seed.unwrap_or(1), request.interval_min.unwrap_or(INTERVAL_MIN));
    let wanted = Wanted { source, seed, interval_min };
    let (store, runtime) = (app.store.clone(), tokio::runtime::Handle::current());
    let work = move |watch: &Watch| {
        let prepared = runtime.block_on(prepare(&store, &settings, draft, &wanted, now())).map_err(failed)?;
        let facts = RehearsalFacts::new(&wanted.source, &prepared);
        let played = prepared.play(&mut |share| watch.goes_on(share)).map_err(failed)?;
        let internal = |e: serde_json::Error| JobError::of("internal", "", &e);
        played.map(|played| serde_json::to_value(facts.with(&played)).map_err(internal)).transpose()
    };
    let begun = Begun { id: app.new_id(), by: viewer.user.username.to_string(), at: now() };
    let job = app.jobs.begin(tenant, JobKind::Rehearsal, begun, Box::new(work))?;
    Ok((StatusCode::ACCEPTED, Json(job.show(false).into())))
}

/// How a rehearsal stands, with its result once it is done.
#[utoipa::path(get, path = "/api/v1/rehearsals/{id}", tag = "plan", params(("id" = String, Path)),
    responses((status = 200, body = RehearsalJob), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn rehearsal(State(app): State<App>, viewer: Viewer, Id(id): Id<JobId>) -> Result<Json<RehearsalJob>> {
    viewer.require(Permission::Plan)?;
    let job = app.jobs.find(viewer.tenant(), JobKind::Rehearsal, id.0).ok_or_else(ApiError::not_found)?;
    Ok(Json(job.show(true).into()))
}

/// Stops a rehearsal; nothing is kept of it.
#[utoipa::path(delete, path = "/api/v1/rehearsals/{id}", tag = "plan", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn cancel_rehearsal(State(app): State<App>, viewer: Viewer, Id(id): Id<JobId>) -> Result<StatusCode> {
    viewer.require(Permission::Plan)?;
    viewer.require(Permission::SettingsWrite)?;
    app.jobs.find(viewer.tenant(), JobKind::Rehearsal, id.0).ok_or_else(ApiError::not_found)?.cancel();
    Ok(StatusCode::NO_CONTENT)
}

/// A job's id in a path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JobId(pub(crate) u64);

impl std::str::FromStr for JobId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

fn source_of(source: RehearsalSource) -> Result<Source> {
    let read = |day: &str| Date::parse(day).ok_or_else(|| ApiError::field(Code::BadValue, "source.day"));
    Ok(match source {
        RehearsalSource::Recorded { day } => Source::Recorded(read(&day)?),
        RehearsalSource::Forecast { day, weeks, scale } => {
            Source::Forecast { day: read(&day)?, weeks: weeks.unwrap_or(WEEKS), scale: scale.unwrap_or(1.0) }
        }
        RehearsalSource::Written { day, demand } => {
            Source::Written { day: read(&day)?, demand: Demand::parse(&demand).map_err(refused)? }
        }
    })
}

/// The resources that a draft names.
async fn drafted(app: &App, settings: &Settings, draft: &RehearsalDraft) -> Result<Vec<Resource>> {
    let wrong = |why| refused(Error::Wanted { field: "draft.settings".to_owned(), why });
    let mut resources = read_documents(&draft.settings).map_err(wrong)?;
    for flow in &draft.flows {
        resources.push(settings.flow_draft(&app.store, flow).await.map_err(refused)?);
    }
    Ok(resources)
}

/// What is wrong is told as with settings: each thing with its field and a sentence.
fn refused(error: Error) -> ApiError {
    match error {
        Error::Store(error) => error.into(),
        Error::Settings(problems) => ApiError::of_settings(problems),
        Error::Wanted { field, why } => ApiError::of_settings(vec![Problem {
            kind: Kind::Tenant,
            name: String::new(),
            field,
            what: What::Refused(why),
        }]),
        Error::Nothing { .. } => ApiError::not_found(),
    }
}

fn failed(error: Error) -> JobError {
    let message = error.to_string();
    let (code, field, days) = match error {
        Error::Store(_) => ("internal", String::new(), Vec::new()),
        Error::Wanted { field, .. } => ("bad_value", field, Vec::new()),
        Error::Nothing { days, .. } => ("nothing_recorded", String::new(), days),
        Error::Settings(_) => ("bad_setting", String::new(), Vec::new()),
    };
    JobError { code, field, message, days }
}
