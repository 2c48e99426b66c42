//! Reports that people keep under a name, for themselves or for all.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use directory::Permission;
use store::{Login, ReportView};
use types::InteractionId;

use crate::dto::{ErrorBody, ReportViewItem, ReportViewList, ReportViewWish};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Id, Input};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// Views of one person; nobody finds anything among more.
const VIEWS: usize = 100;
const NAME_CHARS: usize = 80;
/// An address that every browser takes.
const QUERY_BYTES: usize = 4_000;

/// An id of a view; written as all ids are.
type ViewId = Id<InteractionId>;

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
    viewer.require(Permission::InteractionsReadAll)?;
    args.finish()?;
    let tenant = viewer.tenant();
    let mut views = app.store.list::<ReportView>(tenant).await?;
    views.retain(|view| view.shared || view.owner == viewer.user.id);
    views.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
    let logins = app.store.list::<Login>(tenant).await?;
    let owner = |view: &ReportView| {
        let login = logins.iter().find(|login| login.user.id == view.owner);
        login.map(|login| login.user.username.to_string()).unwrap_or_default()
    };
    let items = views.into_iter().map(|view| (owner(&view), view));
    Ok(Json(ReportViewList { items: items.map(|(owner, view)| item(view, &viewer, owner)).collect() }))
}

fn checked(wish: ReportViewWish) -> Result<ReportViewWish> {
    let name = wish.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_CHARS {
        return Err(ApiError::field(Code::BadValue, "name"));
    }
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
    let own = app.store.list::<ReportView>(tenant).await?.into_iter().filter(|view| view.owner == owner).count();
    if own >= VIEWS {
        return Err(Code::Limit.into());
    }
    let ReportViewWish { name, shared, query } = wish;
    let view = ReportView { id: app.new_id(), tenant, owner, name, shared, query, saved: now() };
    app.store.insert(&view).await?;
    Ok((StatusCode::CREATED, Json(item(view, &viewer, viewer.user.username.to_string()))))
}

/// The view with an id, when it is this person's.
async fn own_view(app: &App, viewer: &Viewer, id: u64) -> Result<ReportView> {
    viewer.require(Permission::InteractionsReadAll)?;
    let view = app.store.get::<ReportView>(viewer.tenant(), id).await?.ok_or_else(ApiError::not_found)?;
    match (view.owner == viewer.user.id, view.shared) {
        (true, _) => Ok(view),
        // Others see that it is there, and no more.
        (false, true) => Err(Code::Forbidden.into()),
        (false, false) => Err(ApiError::not_found()),
    }
}

/// Changes a view of one's own.
#[utoipa::path(put, path = "/api/v1/report-views/{id}", tag = "reports", params(("id" = String, Path)),
    request_body = ReportViewWish,
    responses((status = 200, body = ReportViewItem), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn change_report_view(
    State(app): State<App>,
    viewer: Viewer,
    Id(InteractionId(id)): ViewId,
    args: Args,
    Input(wish): Input<ReportViewWish>,
) -> Result<Json<ReportViewItem>> {
    args.finish()?;
    let view = own_view(&app, &viewer, id).await?;
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
    Id(InteractionId(id)): ViewId,
    args: Args,
) -> Result<StatusCode> {
    args.finish()?;
    own_view(&app, &viewer, id).await?;
    app.store.delete::<ReportView>(viewer.tenant(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
