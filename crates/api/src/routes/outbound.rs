//! Letters and posts: what waits, what became of them, and the schedules they come from.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use directory::{Permission, Tenant};
use resource::ReportScheduleSpec;
use store::{DeliveryFilter, DeliveryKind, DeliveryStatus, ScheduleRun};
use types::DeliveryId;

use crate::dto::{
    Delivery, DeliveryPage, ErrorBody, MailTrial, MailTried, ReportSchedule, ReportSchedules, ScheduleRan,
};
use crate::error::{ApiError, Result};
use crate::input::{Args, Id, Input};
use crate::language::Language;
use crate::outbound::NotSent;
use crate::state::{App, now};
use crate::viewer::Viewer;

/// Rows of a page when nothing is said, and at most.
const LIMIT: u64 = 50;
const MOST: u64 = 200;

impl From<NotSent> for ApiError {
    fn from(why: NotSent) -> Self {
        match why {
            NotSent::Store(error) => error.into(),
            NotSent::NotFound => Self::not_found(),
            other => Self::internal("outbound", &other),
        }
    }
}

/// A page of what was sent or is to be sent, the newest first. What has ended is kept for 30 days.
#[utoipa::path(get, path = "/api/v1/deliveries", tag = "outbound",
    params(("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u64>, Query, description = "1 to 200; 50 when absent"),
        ("kind" = Option<String>, Query, description = "`mail` or `webhook`; all when absent"),
        ("status" = Option<String>, Query, description = "`waiting`, `sent` or `failed`; all when absent"),
        ("source" = Option<String>, Query, description = "Of this report schedule or alert subscription alone")),
    responses((status = 200, body = DeliveryPage), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub(crate) async fn deliveries(State(app): State<App>, viewer: Viewer, mut args: Args) -> Result<Json<DeliveryPage>> {
    viewer.require(Permission::SettingsRead)?;
    let cursor = args.take("cursor");
    let limit = args.read("limit", |t| t.parse().ok().filter(|n| (1..=MOST).contains(n)))?.unwrap_or(LIMIT);
    let filter = DeliveryFilter {
        kind: args.read("kind", DeliveryKind::parse)?,
        status: args.read("status", DeliveryStatus::parse)?,
        source: args.take("source"),
    };
    args.finish()?;
    let page = app.store.deliveries(viewer.tenant(), &filter, cursor.as_deref(), limit).await?;
    Ok(Json(DeliveryPage { items: page.rows.iter().map(Delivery::from).collect(), next_cursor: page.next }))
}

/// Tries a delivery that waits, or was given up, at once.
#[utoipa::path(post, path = "/api/v1/deliveries/{id}/retry", tag = "outbound", params(("id" = String, Path)),
    responses((status = 200, body = Delivery), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn retry_delivery(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id<DeliveryId>,
) -> Result<Json<Delivery>> {
    viewer.require(Permission::SettingsWrite)?;
    app.outbound.deliver_again(viewer.tenant(), id).await?;
    let row = app.store.get::<store::Delivery>(viewer.tenant(), id).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(Delivery::from(&row)))
}

/// Sends a letter of trial by the mail server that is set up, and waits for its answer.
#[utoipa::path(post, path = "/api/v1/mail-server/test", tag = "outbound", request_body = MailTrial,
    responses((status = 200, body = MailTried), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub(crate) async fn test_mail_server(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Input(trial): Input<MailTrial>,
) -> Result<Json<MailTried>> {
    viewer.require(Permission::SettingsWrite)?;
    let language = Language::of(&headers);
    let zh = language == Language::Chinese;
    let tried = match app.outbound.try_mail(viewer.tenant(), trial.to.into(), zh).await {
        Ok(answer) => MailTried::new(None, answer, language),
        Err(NotSent::NoMailServer) => MailTried::new(Some("none"), String::new(), language),
        Err(NotSent::Refused { stage, said }) => MailTried::new(Some(stage), said, language),
        Err(other) => return Err(other.into()),
    };
    Ok(Json(tried))
}

/// The reports that are sent again and again: when each is due, and how it went the last time.
#[utoipa::path(get, path = "/api/v1/report-schedules", tag = "outbound",
    responses((status = 200, body = ReportSchedules), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn report_schedules(
    State(app): State<App>,
    viewer: Viewer,
    args: Args,
) -> Result<Json<ReportSchedules>> {
    args.finish()?;
    viewer.require(Permission::SettingsRead)?;
    let id = viewer.tenant();
    let offset = app.store.get::<Tenant>(id, id).await?.map_or(0, |tenant| tenant.utc_offset_min);
    let runs: Vec<ScheduleRun> = app.store.list(id).await?;
    let rows: Vec<store::ReportSchedule> = app.store.list(id).await?;
    let item = |row: &store::ReportSchedule| {
        let run = runs.iter().find(|run| run.name == row.name);
        Some(ReportSchedule::new(&row.name, &ReportScheduleSpec::of(row)?, run, now(), offset))
    };
    Ok(Json(ReportSchedules { items: rows.iter().filter_map(item).collect() }))
}

/// Makes a schedule's report as if it were due now and sends it; the schedule goes on as if nothing had been.
#[utoipa::path(post, path = "/api/v1/report-schedules/{name}/run", tag = "outbound", params(("name" = String, Path)),
    responses((status = 200, body = ScheduleRan), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn run_report_schedule(
    State(app): State<App>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Result<Json<ScheduleRan>> {
    viewer.require(Permission::SettingsWrite)?;
    let ran = match app.outbound.run_schedule(viewer.tenant(), &name).await {
        Ok(letters) => ScheduleRan { letters, problem: None },
        Err(NotSent::NoReport(problem)) => ScheduleRan { letters: 0, problem: Some(problem) },
        Err(other) => return Err(other.into()),
    };
    Ok(Json(ran))
}
