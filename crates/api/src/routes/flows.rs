//! Flows as they are drawn: drafts, versions, publishing, and trying them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use directory::Permission;
use resource::{Edit, Expect, Kind, Problem, Request, Rows, Spec, What, Wish, shipped_prompts};
use store::{FlowDraft, FlowRelease, FlowVersion};

use super::change::{change, rows};
use crate::dto::{
    ErrorBody, FlowDetail, FlowDraftDetail, FlowDraftHead, FlowDraftWish, FlowExpression, FlowHead, FlowKinds,
    FlowList, FlowPrompt, FlowPublish, FlowPublished, FlowVersionDetail, FlowVersionHead, FlowVersions, nodes_in,
};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Input};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// One flow of a thousand nodes, with room.
pub(super) const FLOW_BYTES: usize = 2 << 20;
/// Drafts of one tenant; nobody works on more.
const DRAFTS: usize = 500;
/// Versions that are listed; older ones are found by their number.
const VERSIONS: u64 = 200;
/// What is new is said in a sentence or two, characters.
const NOTE_CHARS: usize = 500;
/// What flows are drawn with: the kinds of nodes, each with the schema of its fields, and the prompts that ship.
#[utoipa::path(get, path = "/api/v1/flow-kinds", tag = "flows",
    responses((status = 200, body = FlowKinds), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn flow_kinds(viewer: Viewer, args: Args) -> Result<Json<FlowKinds>> {
    viewer.require(Permission::SettingsRead)?;
    args.finish()?;
    let text = |(id, [zh, en]): (&&str, &[&str; 2])| FlowPrompt {
        id: (*id).to_owned(),
        zh: (*zh).to_owned(),
        en: (*en).to_owned(),
    };
    let prompts = shipped_prompts().iter().map(text).collect();
    let kinds = flow::forms().into_iter().map(Into::into).collect();
    Ok(Json(FlowKinds { kinds, prompts, expression: FlowExpression::KNOWN }))
}

/// All flows, also those that are drafts only.
#[utoipa::path(get, path = "/api/v1/flows", tag = "flows",
    responses((status = 200, body = FlowList), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn flows(State(app): State<App>, viewer: Viewer, args: Args) -> Result<Json<FlowList>> {
    args.finish()?;
    let rows = rows(&app, &viewer).await?;
    let drafts = app.store.list::<FlowDraft>(viewer.tenant()).await?;
    let draft_of = |name: &str| drafts.iter().find(|draft| draft.name == name);
    let mut items = Vec::new();
    for flow in rows.flows.iter().filter(|flow| flow.published) {
        let used_by = rows.used_by(Kind::Flow, &flow.name).map_err(|p| ApiError::internal("settings", &p))?;
        items.push(FlowHead {
            name: flow.name.to_string(),
            title: (&flow.title).into(),
            version: Some(flow.version),
            nodes: nodes_in(&flow.definition),
            used_by: used_by.into_iter().map(Into::into).collect(),
            draft: draft_of(&flow.name).map(Into::into),
            canary: rows.canary_of(flow.id).map(|(row, _)| row.into()),
        });
    }
    for draft in drafts.iter().filter(|draft| !items.iter().any(|item| item.name == draft.name)).collect::<Vec<_>>() {
        let title = serde_json::from_value(draft.spec["title"].clone()).unwrap_or_default();
        let (nodes, head) = (nodes_in(&draft.spec["definition"]), FlowDraftHead::from(draft));
        let used_by = Vec::new();
        let name = draft.name.clone();
        items.push(FlowHead { name, title, version: None, nodes, used_by, draft: Some(head), canary: None });
    }
    items.sort_by(|a, b| resource::in_order(&a.name, &b.name));
    Ok(Json(FlowList { items }))
}

/// One flow to be drawn: what calls walk, and the draft beside it.
#[utoipa::path(get, path = "/api/v1/flows/{name}", tag = "flows", params(("name" = String, Path)),
    responses((status = 200, body = FlowDetail), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn flow(
    State(app): State<App>,
    viewer: Viewer,
    Path(name): Path<String>,
    args: Args,
) -> Result<Json<FlowDetail>> {
    args.finish()?;
    let rows = rows(&app, &viewer).await?;
    let draft = app.store.get::<FlowDraft>(viewer.tenant(), (viewer.tenant(), name.clone())).await?;
    let book = rows.book().map_err(|problem| ApiError::internal("settings", &problem))?;
    let entry = book.get(&(Kind::Flow, name.clone()));
    if entry.is_none() && draft.is_none() {
        return Err(ApiError::not_found());
    }
    Ok(Json(FlowDetail {
        version: rows.published(&name).map(|flow| flow.version),
        revision: entry.map(resource::Entry::revision),
        spec: entry.map(|entry| entry.spec.to_json()),
        draft: draft.map(|draft| FlowDraftDetail { head: (&draft).into(), spec: draft.spec }),
        name,
    }))
}

/// Keeps a draft; calls go on walking what is published. It may be unfinished, but it has a flow's form.
#[utoipa::path(put, path = "/api/v1/flows/{name}/draft", tag = "flows", params(("name" = String, Path)),
    request_body = FlowDraftWish,
    responses((status = 200, body = FlowDraftHead), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub(crate) async fn save_flow_draft(
    State(app): State<App>,
    viewer: Viewer,
    Path(name): Path<String>,
    Input(wish): Input<FlowDraftWish, FLOW_BYTES>,
) -> Result<Json<FlowDraftHead>> {
    viewer.require(Permission::SettingsWrite)?;
    let wrong =
        |field: &str, what: What| Problem { kind: Kind::Flow, name: name.clone(), field: field.to_owned(), what };
    if let Some(what) = Kind::Flow.check_name(&name) {
        return Err(ApiError::of_settings(vec![wrong("name", what)]));
    }
    if let Err(problem) = Spec::parse(Kind::Flow, &name, &wish.spec) {
        return Err(ApiError::of_settings(vec![problem]));
    }
    let tenant = viewer.tenant();
    let drafts = app.store.list::<FlowDraft>(tenant).await?;
    if drafts.len() >= DRAFTS && !drafts.iter().any(|draft| draft.name == name) {
        return Err(ApiError::of_settings(vec![wrong("", What::TooLong(DRAFTS))]));
    }
    let by = viewer.user.username.to_string();
    let draft = FlowDraft { tenant, name: name.clone(), spec: wish.spec, base: wish.base, saved: now(), by };
    app.store.put(&draft).await?;
    Ok(Json((&draft).into()))
}

/// Drops a draft.
#[utoipa::path(delete, path = "/api/v1/flows/{name}/draft", tag = "flows", params(("name" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn drop_flow_draft(
    State(app): State<App>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Result<StatusCode> {
    viewer.require(Permission::SettingsWrite)?;
    let gone = app.store.delete::<FlowDraft>(viewer.tenant(), (viewer.tenant(), name)).await?;
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found()) }
}

/// Lets calls walk this from now on; those that stand go on as they began. Its draft goes.
#[utoipa::path(post, path = "/api/v1/flows/{name}/publish", tag = "flows", params(("name" = String, Path)),
    request_body = FlowPublish,
    responses((status = 200, body = FlowPublished), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 409, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn publish_flow(
    State(app): State<App>,
    viewer: Viewer,
    Path(name): Path<String>,
    Input(wish): Input<FlowPublish, FLOW_BYTES>,
) -> Result<Json<FlowPublished>> {
    viewer.require(Permission::SettingsWrite)?;
    if wish.note.chars().count() > NOTE_CHARS {
        return Err(ApiError::field(Code::BadValue, "note"));
    }
    let (tenant, for_a_share) = (viewer.tenant(), wish.canary.is_some());
    let before = rows(&app, &viewer).await?;
    let made = |rows: &Rows| {
        let walked = rows.published(&name)?;
        let canary = rows.canary_of(walked.id).map(|(row, _)| row.version);
        Some((walked.id, if for_a_share { canary? } else { walked.version }))
    };
    let spec = match wish.canary {
        Some(canary) => super::canary::for_a_share(&before, &name, &wish.spec, canary)?,
        None => wish.spec,
    };
    let expect = wish.revision.map_or(Expect::Absent, Expect::Revision);
    let edit = Edit { kind: Kind::Flow, name: name.clone(), expect, wish: Wish::Put(spec) };
    let request = Request { edits: vec![edit], prune: false, rights: viewer.permissions };
    let changed = change(&app, &viewer, request).await?;
    let rows = rows(&app, &viewer).await?;
    let (flow, version) = made(&rows).ok_or_else(ApiError::not_found)?;
    if made(&before) != Some((flow, version)) {
        let (by, note) = (viewer.user.username.to_string(), wish.note.trim().to_owned());
        app.store.put(&FlowRelease { flow, version, tenant, made: now(), by, note }).await?;
    }
    app.store.delete::<FlowDraft>(tenant, (tenant, name.clone())).await?;
    let entry = changed.book.get(&(Kind::Flow, name.clone())).ok_or_else(ApiError::not_found)?;
    Ok(Json(FlowPublished { version, revision: entry.revision() }))
}

/// A flow's versions.
#[utoipa::path(get, path = "/api/v1/flows/{name}/versions", tag = "flows", params(("name" = String, Path)),
    responses((status = 200, body = FlowVersions), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn flow_versions(
    State(app): State<App>,
    viewer: Viewer,
    Path(name): Path<String>,
    args: Args,
) -> Result<Json<FlowVersions>> {
    args.finish()?;
    let rows = rows(&app, &viewer).await?;
    let id = rows.published(&name).ok_or_else(ApiError::not_found)?.id;
    let versions = app.store.flow_versions(viewer.tenant(), id, VERSIONS).await?;
    let releases = app.store.flow_releases(viewer.tenant(), id, VERSIONS).await?;
    let ends = app.store.flow_canary_ends(viewer.tenant(), id, VERSIONS).await?;
    let running = rows.canary_of(id).map(|(row, _)| row);
    let head = |row| FlowVersionHead::new(row, &releases).tried(running, &ends);
    Ok(Json(FlowVersions { items: versions.iter().map(head).collect() }))
}

/// One version of a flow.
#[utoipa::path(get, path = "/api/v1/flows/{name}/versions/{version}", tag = "flows",
    params(("name" = String, Path), ("version" = u32, Path)),
    responses((status = 200, body = FlowVersionDetail), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn flow_version(
    State(app): State<App>,
    viewer: Viewer,
    Path((name, version)): Path<(String, String)>,
    args: Args,
) -> Result<Json<FlowVersionDetail>> {
    args.finish()?;
    let version: u32 = version.parse().map_err(|_| ApiError::not_found())?;
    let rows = rows(&app, &viewer).await?;
    let id = rows.published(&name).ok_or_else(ApiError::not_found)?.id;
    let row = app.store.get::<FlowVersion>(viewer.tenant(), (id, version)).await?.ok_or_else(ApiError::not_found)?;
    let made: Vec<_> = app.store.get::<FlowRelease>(viewer.tenant(), (id, version)).await?.into_iter().collect();
    Ok(Json(FlowVersionDetail { head: FlowVersionHead::new(&row, &made), definition: row.definition }))
}
