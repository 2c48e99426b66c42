//! Reports: figures by queue, agent, team, flow, number and direction, over time.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use directory::Permission;

use crate::dto::{ErrorBody, Report};
use crate::error::{ApiError, Code, Result};
use crate::input::Args;
use crate::language::Language;
use crate::report::{Asked, Format, Wish};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// Lines of a report at most: more than a person reads, and what a page shows without trouble.
const LINES: u64 = 5_000;

/// The figures of a time, by what interactions touched. Each counts in the interval in which it began.
#[utoipa::path(get, path = "/api/v1/reports", tag = "reports",
    params(("by" = String, Query, description = "`queue`, `agent`, `team`, `flow`, `number` or `direction`"),
        ("every" = Option<String>, Query, description = "`15`, `30` or `60` minutes, `day`, `week` (from Monday), `month`, \
            or `all` in one line; `day` when absent"),
        ("from" = String, Query, description = "RFC 3339; the start of a quarter of an hour"),
        ("to" = Option<String>, Query, description = "Before this moment, the start of a quarter of an hour; the end of \
            this quarter when absent. Five years at most"),
        ("subject" = Option<String>, Query, description = "These alone: ids (of numbers the numbers), by commas"),
        ("utc_offset_min" = Option<i32>, Query, description = "By whose clock days begin; the tenant's when absent")),
    responses((status = 200, body = Report), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 413, body = ErrorBody, description = "More than 5,000 lines: ask for longer intervals or less time")))]
pub(crate) async fn report(State(app): State<App>, viewer: Viewer, mut args: Args) -> Result<Json<Report>> {
    viewer.require(Permission::InteractionsReadAll)?;
    let asked = Asked::read(&app.store, viewer.tenant(), &mut args, now()).await?;
    args.finish()?;
    Ok(Json(asked.answer(&app.store, LINES).await?))
}

/// The same figures as a file: the sums of the whole time, then the intervals, and what the figures mean.
#[utoipa::path(get, path = "/api/v1/reports/file", tag = "reports",
    params(("format" = String, Query, description = "`csv` (UTF-8 with a byte order mark), `xlsx` or `pdf`"),
        ("columns" = Option<String>, Query, description = "Which figures, by commas; the usual ones when absent"),
        ("level" = Option<String>, Query, description = "The formula of the service level: `of_offered` (when absent), \
            `without_early_abandons`, `of_answered` or `abandons_as_served`"),
        ("language" = Option<String>, Query, description = "`zh` or `en`; what `Accept-Language` says when absent"),
        ("by" = String, Query, description = "This and what follows: as of a report"),
        ("every" = Option<String>, Query), ("from" = String, Query), ("to" = Option<String>, Query),
        ("subject" = Option<String>, Query), ("utc_offset_min" = Option<i32>, Query)),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 413, body = ErrorBody, description = "More lines than such a file takes: 20,000, as PDF 3,000")))]
pub(crate) async fn report_file(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    mut args: Args,
) -> Result<Response> {
    viewer.require(Permission::InteractionsReadAll)?;
    let missing = || ApiError::field(Code::MissingField, "format");
    let format = args.read("format", Format::parse)?.ok_or_else(missing)?;
    let language = args.read("language", Language::parse)?.unwrap_or_else(|| Language::of(&headers));
    let wish = Wish::read(&app.store, viewer.tenant(), &mut args, now()).await?;
    args.finish()?;
    let bytes = wish.file(&app.store, format, language, now()).await?;
    let name = format!("attachment; filename=\"{}\"", wish.name(format));
    let name = HeaderValue::from_str(&name).map_err(|e| ApiError::internal("file name", &e))?;
    let kind = HeaderValue::from_static(format.media_type());
    let fresh = HeaderValue::from_static("no-store");
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name), (header::CACHE_CONTROL, fresh)];
    Ok((headers, bytes).into_response())
}
