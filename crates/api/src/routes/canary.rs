//! Versions of flows that a share of the callers walks at first.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use directory::Permission;
use resource::{CanarySpec, Edit, Expect, Kind, Request, Rows, Spec, Wish};
use serde_json::{Value, json};

use super::change::{change, rows};
use crate::dto::{ErrorBody, FlowCanaryDetail, FlowCanaryOrder, FlowCanaryStep, FlowCanaryWish};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Input};
use crate::state::App;
use crate::viewer::Viewer;

/// An order has no more than this, bytes.
const ORDER_BYTES: usize = 4 * 1024;

/// What a flow says when a version of it is to be for a share of the callers.
pub(super) fn for_a_share(rows: &Rows, name: &str, spec: &Value, wish: FlowCanaryWish) -> Result<Value> {
    let walked = rows.published(name).ok_or_else(|| ApiError::field(Code::BadValue, "canary"))?;
    let canary = CanarySpec::new(spec["definition"].clone(), wish.into());
    let title = spec.get("title").cloned().unwrap_or_else(|| json!({}));
    Ok(json!({"title": title, "definition": walked.definition, "canary": canary}))
}

/// The version that a share of the callers walks now, with what became of them and of all others meanwhile; `null` where
/// all walk the same.
#[utoipa::path(get, path = "/api/v1/flows/{name}/canary", tag = "flows", params(("name" = String, Path)),
    responses((status = 200, body = Option<FlowCanaryDetail>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn flow_canary(
    State(app): State<App>,
    viewer: Viewer,
    Path(name): Path<String>,
    args: Args,
) -> Result<Json<Option<FlowCanaryDetail>>> {
    args.finish()?;
    let rows = rows(&app, &viewer).await?;
    let walked = rows.published(&name).ok_or_else(ApiError::not_found)?;
    Ok(Json(rows.canary_of(walked.id).map(|(row, _)| {
        let seen = app.backend.canary_report(viewer.tenant(), row.flow, row.version);
        FlowCanaryDetail::new(row, walked.version, seen)
    })))
}

/// Has all callers walk that version, or none.
#[utoipa::path(post, path = "/api/v1/flows/{name}/canary", tag = "flows", params(("name" = String, Path)),
    request_body = FlowCanaryOrder,
    responses((status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn order_flow_canary(
    State(app): State<App>,
    viewer: Viewer,
    Path(name): Path<String>,
    Input(order): Input<FlowCanaryOrder, ORDER_BYTES>,
) -> Result<StatusCode> {
    viewer.require(Permission::SettingsWrite)?;
    let rows = rows(&app, &viewer).await?;
    let walked = rows.published(&name).ok_or_else(ApiError::not_found)?;
    let meant = rows.canary_of(walked.id).filter(|(row, _)| row.version == order.version);
    let (_, version) = meant.ok_or_else(ApiError::not_found)?;
    let book = rows.book().map_err(|problem| ApiError::internal("settings", &problem))?;
    let entry = book.get(&(Kind::Flow, name.clone())).ok_or_else(ApiError::not_found)?;
    let Spec::Flow(mut flow) = entry.spec.clone() else { return Err(ApiError::not_found()) };
    flow.canary = None;
    if order.step == FlowCanaryStep::Promote {
        flow.definition = version.definition.clone();
    }
    let expect = Expect::Revision(entry.revision());
    let edit = Edit { kind: Kind::Flow, name, expect, wish: Wish::Put(Spec::Flow(flow).to_json()) };
    change(&app, &viewer, Request { edits: vec![edit], prune: false, rights: viewer.permissions }).await?;
    Ok(StatusCode::NO_CONTENT)
}
