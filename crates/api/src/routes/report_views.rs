//! Reports that people keep under a name, for themselves or for all.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use directory::Permission;
use store::ReportView;
use types::InteractionId;

use super::kept::{self, KeptId};
use crate::dto::{ErrorBody, ReportViewItem, ReportViewList, ReportViewWish};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Id, Input};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// An address that every browser takes.
const QUERY_BYTES: usize = 4_000;

fn item(view: ReportView, viewer: &Viewer, owner: String) -> ReportViewItem {
    ReportViewItem {
        id: InteractionId(view.id).to_string(),
        name: view.name,
        shared: view.shared,
        own: view.owner == viewer.user.id,
        owner,
        query: view.query,
        saved_at: view.saved.to_string(),
    }
}

/// The own views and those that others share.
#[utoipa::path(get, path = "/api/v1/report-views", tag = "reports",
    responses((status = 200, body = ReportViewList), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn report_views(State(app): State<App>, viewer: Viewer, args: Args) -> Result<Json<ReportViewList>> {
    args.finish()?;
    let views = kept::visible::<ReportView>(&app, &viewer).await?;
    Ok(Json(ReportViewList { items: views.into_iter().map(|(view, owner)| item(view, &viewer, owner)).collect() }))
}

fn checked(wish: ReportViewWish) -> Result<ReportViewWish> {
    let name = kept::checked_name(&wish.name)?;
    if wish.query.len() > QUERY_BYTES {
        return Err(ApiError::field(Code::BadValue, "query"));
    }
    Ok(ReportViewWish { name, ..wish })
}

/// Keeps a report under a name.
#[utoipa::path(post, path = "/api/v1/report-views", tag = "reports", request_body = ReportViewWish,
    responses((status = 201, body = ReportViewItem), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "One person keeps 100 at most")))]
pub(crate) async fn keep_report_view(
    State(app): State<App>,
    viewer: Viewer,
    args: Args,
    Input(wish): Input<ReportViewWish>,
) -> Result<(StatusCode, Json<ReportViewItem>)> {
    viewer.require(Permission::InteractionsReadAll)?;
    args.finish()?;
    let (tenant, owner, wish) = (viewer.tenant(), viewer.user.id, checked(wish)?);
    let ReportViewWish { name, shared, query } = wish;
    let view = ReportView { id: app.new_id(), tenant, owner, name, shared, query, saved: now() };
    kept::keep(&app, &viewer, &view).await?;
    Ok((StatusCode::CREATED, Json(item(view, &viewer, viewer.user.username.to_string()))))
}

/// Changes a view of one's own.
#[utoipa::path(put, path = "/api/v1/report-views/{id}", tag = "reports", params(("id" = String, Path)),
    request_body = ReportViewWish,
    responses((status = 200, body = ReportViewItem), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn change_report_view(
    State(app): State<App>,
    viewer: Viewer,
    Id(InteractionId(id)): KeptId,
    args: Args,
    Input(wish): Input<ReportViewWish>,
) -> Result<Json<ReportViewItem>> {
    args.finish()?;
    let view = kept::own::<ReportView>(&app, &viewer, id).await?;
    let ReportViewWish { name, shared, query } = checked(wish)?;
    let view = ReportView { name, shared, query, saved: now(), ..view };
    app.store.put(&view).await?;
    Ok(Json(item(view, &viewer, viewer.user.username.to_string())))
}

/// Forgets a view of one's own.
#[utoipa::path(delete, path = "/api/v1/report-views/{id}", tag = "reports", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn forget_report_view(
    State(app): State<App>,
    viewer: Viewer,
    Id(InteractionId(id)): KeptId,
    args: Args,
) -> Result<StatusCode> {
    args.finish()?;
    kept::forget::<ReportView>(&app, &viewer, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
