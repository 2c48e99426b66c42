//! What the centre is made of: everything that people set up.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use directory::Permission;
use resource::{Book, ChangeError, Changed, Edit, Entry, Expect, Kind, Request, Wish, in_order};

use super::change::{change, rows};
use crate::dto::{
    ErrorBody, SettingsAnswer, SettingsApply, SettingsChanges, SettingsExport, SettingsPage, SettingsProblem,
    SettingsQuestion, SettingsResource, SettingsWish,
};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Input};
use crate::language::Language;
use crate::state::App;
use crate::viewer::Viewer;

/// Rows of a page when nothing is said, and at most.
const LIMIT: usize = 100;
const MOST: usize = 1_000;
/// One setting: a flow of a thousand nodes, with room.
const ONE_BYTES: usize = 2 << 20;
/// A whole centre of ten thousand agents.
const ALL_BYTES: usize = 32 << 20;
/// The longest text that is looked for, characters.
const SEARCH_CHARS: usize = 64;

async fn book(app: &App, viewer: &Viewer) -> Result<Book> {
    rows(app, viewer).await?.book().map_err(|problem| ApiError::internal("settings", &problem))
}

/// Who may change a kind: users and roles say what people may do.
fn required(kind: Kind) -> Permission {
    if matches!(kind, Kind::User | Kind::Role) { Permission::UsersWrite } else { Permission::SettingsWrite }
}

/// A kind and a name in the path.
fn key((kind, name): (String, String)) -> Result<(Kind, String)> {
    Ok((Kind::parse(&kind).ok_or_else(ApiError::not_found)?, name))
}

/// How a setting must stand for a change to happen, by RFC 9110 section 13.1.
fn expected(headers: &HeaderMap) -> Result<Expect> {
    let text = |name| headers.get(name).map(|v: &HeaderValue| v.to_str().unwrap_or_default().trim());
    match (text(header::IF_NONE_MATCH), text(header::IF_MATCH)) {
        (None, None) => Ok(Expect::Any),
        (Some("*"), None) => Ok(Expect::Absent),
        (None, Some(tag)) => {
            let tag = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
            let tag = tag.filter(|tag| !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_hexdigit()));
            tag.map(|tag| Expect::Revision(tag.to_owned())).ok_or_else(|| ApiError::field(Code::BadValue, "if-match"))
        }
        _ => Err(ApiError::field(Code::BadValue, "if-none-match")),
    }
}

/// A setting with its revision as the entity tag.
fn tagged(status: StatusCode, resource: SettingsResource) -> Response {
    let tag = HeaderValue::from_str(&format!("\"{}\"", resource.revision));
    let mut response = (status, Json(resource)).into_response();
    if let Ok(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Everything that is set up, in the order in which it is written down.
#[utoipa::path(get, path = "/api/v1/settings", tag = "settings",
    responses((status = 200, body = SettingsExport), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn all_settings(State(app): State<App>, viewer: Viewer, args: Args) -> Result<Json<SettingsExport>> {
    args.finish()?;
    let book = book(&app, &viewer).await?;
    let resources = book.iter().map(|((kind, name), entry)| SettingsResource::new(*kind, name, entry)).collect();
    Ok(Json(SettingsExport { resources }))
}

/// Changes several settings, all of them or none. What is not named stays, unless `prune` says otherwise.
#[utoipa::path(post, path = "/api/v1/settings", tag = "settings", request_body = SettingsApply,
    responses((status = 200, body = SettingsChanges), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 409, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn apply_settings(
    State(app): State<App>,
    viewer: Viewer,
    Input(apply): Input<SettingsApply, ALL_BYTES>,
) -> Result<Json<SettingsChanges>> {
    viewer.require(Permission::SettingsWrite)?;
    for item in &apply.resources {
        viewer.require(required(item.kind))?;
    }
    let edit = |item: crate::dto::SettingsItem| Edit {
        kind: item.kind,
        name: item.name,
        expect: Expect::Any,
        wish: Wish::Put(item.spec),
    };
    let rights = viewer.permissions;
    let request = Request { edits: apply.resources.into_iter().map(edit).collect(), prune: apply.prune, rights };
    let changed = if apply.dry_run {
        app.backend.check_settings(viewer.tenant(), request).await?
    } else {
        change(&app, &viewer, request).await?
    };
    Ok(Json(changes(changed)))
}

fn changes(changed: Changed) -> SettingsChanges {
    SettingsChanges {
        changes: changed.changes.into_iter().map(Into::into).collect(),
        affects: changed.affects.into_iter().map(Into::into).collect(),
    }
}

/// A page of settings of one kind, by name.
#[utoipa::path(get, path = "/api/v1/settings/{kind}", tag = "settings",
    params(("kind" = String, Path),
        ("q" = Option<String>, Query, description = "Part of the name or of what people read"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u64>, Query, description = "1 to 1000; 100 when absent")),
    responses((status = 200, body = SettingsPage), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn settings(
    State(app): State<App>,
    viewer: Viewer,
    Path(kind): Path<String>,
    mut args: Args,
) -> Result<Json<SettingsPage>> {
    let kind = Kind::parse(&kind).ok_or_else(ApiError::not_found)?;
    let search = args.read("q", |q| (q.chars().count() <= SEARCH_CHARS).then(|| q.to_lowercase()))?;
    let after = args.take("cursor");
    let limit = args.read("limit", |t| t.parse().ok().filter(|n| (1..=MOST).contains(n)))?.unwrap_or(LIMIT);
    args.finish()?;
    let book = book(&app, &viewer).await?;
    let wanted = |name: &str, entry: &Entry| search.as_ref().is_none_or(|search| is_found(search, name, entry));
    let behind = |name: &str| after.as_ref().is_none_or(|after| in_order(name, after).is_gt());
    let of_kind = book.iter().filter(|((k, name), entry)| *k == kind && behind(name) && wanted(name, entry));
    let mut found: Vec<(&String, &Entry)> = of_kind.map(|((_, name), entry)| (name, entry)).collect();
    found.sort_by(|(a, _), (b, _)| in_order(a, b));
    let more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| more).map(|(name, _)| (*name).clone());
    let items = found.into_iter().map(|(name, entry)| SettingsResource::new(kind, name, entry)).collect();
    Ok(Json(SettingsPage { items, next_cursor }))
}

/// Whether the name or what people read holds a text, in lower case.
fn is_found(search: &str, name: &str, entry: &Entry) -> bool {
    let spec = entry.spec.to_json();
    let read = [&spec["title"], &spec["title"]["zh"], &spec["title"]["en"], &spec["display_name"], &spec["number"]];
    let mut texts = read.into_iter().filter_map(|value| value.as_str());
    name.to_lowercase().contains(search) || texts.any(|text| text.to_lowercase().contains(search))
}

/// One setting, with what refers to it. Its revision is the entity tag.
#[utoipa::path(get, path = "/api/v1/settings/{kind}/{name}", tag = "settings",
    params(("kind" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = SettingsResource), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn setting(
    State(app): State<App>,
    viewer: Viewer,
    Path(path): Path<(String, String)>,
) -> Result<Response> {
    let key = key(path)?;
    let rows = rows(&app, &viewer).await?;
    let failed = |problem: resource::Problem| ApiError::internal("settings", &problem);
    let book = rows.book().map_err(failed)?;
    let entry = book.get(&key).ok_or_else(ApiError::not_found)?;
    let used_by = rows.used_by(key.0, &key.1).map_err(failed)?;
    let used_by = Some(used_by.into_iter().map(Into::into).collect());
    Ok(tagged(StatusCode::OK, SettingsResource { used_by, ..SettingsResource::new(key.0, &key.1, entry) }))
}

/// Makes a setting or changes it. It holds at once; calls that stand go on. With `If-Match` only while it has that
/// revision, with `If-None-Match: *` only where there is none of the name.
#[utoipa::path(put, path = "/api/v1/settings/{kind}/{name}", tag = "settings",
    params(("kind" = String, Path), ("name" = String, Path), ("If-Match" = Option<String>, Header),
        ("If-None-Match" = Option<String>, Header)),
    request_body = SettingsWish,
    responses((status = 200, body = SettingsResource), (status = 201, body = SettingsResource),
        (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "`conflict`: it has changed since; `exists`: it is there already"),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn put_setting(
    State(app): State<App>,
    viewer: Viewer,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
    Input(wish): Input<SettingsWish, ONE_BYTES>,
) -> Result<Response> {
    let (kind, name) = key(path)?;
    viewer.require(required(kind))?;
    let edit = Edit { kind, name: name.clone(), expect: expected(&headers)?, wish: Wish::Put(wish.spec) };
    let changed =
        change(&app, &viewer, Request { edits: vec![edit], prune: false, rights: viewer.permissions }).await?;
    let made = changed.changes.iter().any(|change| change.action == resource::Action::Create);
    let entry = changed.book.get(&(kind, name.clone())).ok_or_else(ApiError::not_found)?;
    let status = if made { StatusCode::CREATED } else { StatusCode::OK };
    Ok(tagged(status, SettingsResource::new(kind, &name, entry)))
}

/// Removes a setting, unless others refer to it.
#[utoipa::path(delete, path = "/api/v1/settings/{kind}/{name}", tag = "settings",
    params(("kind" = String, Path), ("name" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "`in_use`: `problems` names what refers to it; `conflict`"),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn delete_setting(
    State(app): State<App>,
    viewer: Viewer,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode> {
    let (kind, name) = key(path)?;
    viewer.require(required(kind))?;
    let audio =
        if kind == Kind::Prompt { super::prompts::before_delete(&app, &viewer, &name).await? } else { Vec::new() };
    let edit = Edit { kind, name, expect: expected(&headers)?, wish: Wish::Delete };
    change(&app, &viewer, Request { edits: vec![edit], prune: false, rights: viewer.permissions }).await?;
    super::prompts::sweep(&app, viewer.tenant(), audio).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a change of a setting would do, and all that is wrong with it. Changes nothing.
#[utoipa::path(post, path = "/api/v1/settings/{kind}/{name}/check", tag = "settings",
    params(("kind" = String, Path), ("name" = String, Path), ("If-Match" = Option<String>, Header),
        ("If-None-Match" = Option<String>, Header)),
    request_body = SettingsQuestion,
    responses((status = 200, body = SettingsAnswer), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn check_setting(
    State(app): State<App>,
    viewer: Viewer,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
    Input(question): Input<SettingsQuestion, ONE_BYTES>,
) -> Result<Json<SettingsAnswer>> {
    let (kind, name) = key(path)?;
    viewer.require(required(kind))?;
    let wish = match (question.spec, question.delete) {
        (Some(spec), false) => Wish::Put(spec),
        (None, true) => Wish::Delete,
        (None, false) => return Err(ApiError::field(Code::MissingField, "spec")),
        (Some(_), true) => return Err(ApiError::field(Code::BadValue, "delete")),
    };
    let edit = Edit { kind, name, expect: expected(&headers)?, wish };
    let checked = app
        .backend
        .check_settings(viewer.tenant(), Request { edits: vec![edit], prune: false, rights: viewer.permissions })
        .await;
    let language = Language::of(&headers);
    Ok(Json(match checked {
        Ok(changed) => {
            let SettingsChanges { changes, affects } = changes(changed);
            SettingsAnswer { ok: true, problems: Vec::new(), changes, affects }
        }
        Err(ChangeError::Refused(problems)) => {
            let problems = problems.iter().map(|problem| SettingsProblem::new(problem, language)).collect();
            SettingsAnswer { ok: false, problems, changes: Vec::new(), affects: Vec::new() }
        }
        Err(other) => return Err(other.into()),
    }))
}

/// The JSON schema of all kinds of settings.
#[utoipa::path(get, path = "/api/v1/settings-schema", tag = "settings",
    responses((status = 200, body = Object), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn settings_schema(viewer: Viewer, args: Args) -> Result<Json<serde_json::Value>> {
    viewer.require(Permission::SettingsRead)?;
    args.finish()?;
    Ok(Json(resource::json_schema()))
}
