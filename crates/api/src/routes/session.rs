//! Signing in and out.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use store::{Login, Session};
use tokio::time::Instant;
use types::{Private, TenantId, Wall};

use crate::auth::{Caller, Token, cleared_cookie, cookie, hash_of, is_password, refuse_other_sites};
use crate::dto::{ErrorBody, LoginRequest, LoginResponse, Me};
use crate::error::{ApiError, Code, Result};
use crate::input::Input;
use crate::state::{App, now};
use crate::viewer::{Viewer, permissions};

/// A shift with its breaks, and the next morning is a new login.
const SESSION: Duration = Duration::from_secs(24 * 3600);
/// Sessions of one user; with one more the oldest ends.
const SESSIONS_OF_USER: usize = 64;
/// Characters of a name or password that are looked at; longer ones are nobody's.
const TEXT_CHARS: usize = 256;
/// How long a login waits for others before it before it is told to come again.
const QUEUE_TIME: Duration = Duration::from_secs(10);

/// Signs in.
#[utoipa::path(post, path = "/api/v1/login", tag = "session", request_body = LoginRequest, security(()),
    responses((status = 200, body = LoginResponse), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 429, body = ErrorBody, description = "Too many failures; `Retry-After` says when to come again")))]
pub(crate) async fn login(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Input(request): Input<LoginRequest>,
) -> Result<Response> {
    refuse_other_sites(&headers)?;
    let LoginRequest { tenant, username, password } = request;
    for (field, text) in [("username", &username), ("password", password.reveal())] {
        if text.chars().count() > TEXT_CHARS {
            return Err(ApiError::field(Code::BadValue, field));
        }
    }
    let named = tenant.as_deref().filter(|name| !name.is_empty());
    let attempt = app
        .lockout
        .begin(Instant::now(), named.unwrap_or_default(), &username, caller)
        .map_err(|wait| ApiError { retry_after_s: Some(wait.as_secs() + 1), ..Code::TooManyAttempts.into() })?;
    let tenant = tenant_of(&app, named).await?;
    let login = match &tenant {
        Some(tenant) => app.store.login(tenant.id, &username).await?.filter(|login| !login.disabled),
        None => None,
    };
    let right = check(&app, tenant.as_ref().map(|t| t.id), login.as_ref(), password).await?;
    let (Some(login), Some(tenant), true) = (login, tenant, right) else {
        return Err(Code::BadCredentials.into());
    };
    attempt.succeeded();
    let token = begin_session(&app, &login).await?;
    let secure = headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https:"));
    let cookie = cookie(&token, SESSION.as_secs() as i64, secure);
    let body = LoginResponse {
        token: Private::new(token),
        user: Me::new(&login.user, permissions(&app.store, &login.user).await?, tenant),
    };
    Ok(([(header::SET_COOKIE, cookie)], Json(body)).into_response())
}

/// The tenant of this name; the only one where none is named. One that is closed is as good as none.
async fn tenant_of(app: &App, named: Option<&str>) -> Result<Option<directory::Tenant>> {
    let is_open = |tenant: &directory::Tenant| !app.closed.contains(&tenant.id);
    if let Some(name) = named {
        return Ok(app.store.tenant_by_name(name).await?.filter(is_open));
    }
    let mut tenants = app.store.tenants().await?;
    tenants.retain(is_open);
    if tenants.len() > 1 {
        return Err(ApiError::field(Code::MissingField, "tenant"));
    }
    Ok(tenants.pop())
}

/// Checks the password, at the same cost whether there is such a user or not.
async fn check(app: &App, tenant: Option<TenantId>, login: Option<&Login>, password: Private<String>) -> Result<bool> {
    let hash = match login {
        Some(login) => login.password_hash.clone(),
        None => Private::new(app.decoys.of(&app.store, tenant).await?.to_string()),
    };
    let turn = tokio::time::timeout(QUEUE_TIME, app.checks.acquire()).await;
    let _turn = turn.map_err(|_| Code::Unavailable)?.map_err(|_| Code::Unavailable)?;
    let right = tokio::task::spawn_blocking(move || is_password(password.reveal(), hash.reveal())).await;
    Ok(right.map_err(|e| ApiError::internal("password", &e))? && login.is_some())
}

async fn begin_session(app: &App, login: &Login) -> Result<String> {
    let (token, created) = (Token::fresh()?, now());
    let (tenant, user) = (login.user.tenant, login.user.id);
    app.store.purge_sessions(created).await?;
    let mut others = app.store.sessions_of(tenant, user).await?;
    others.sort_by_key(|session| std::cmp::Reverse(session.created));
    for session in others.into_iter().skip(SESSIONS_OF_USER - 1) {
        app.store.delete::<Session>(tenant, session.token_hash).await?;
    }
    let expires = Wall(created.0 + SESSION.as_millis() as i64);
    let session = Session {
        token_hash: hash_of(&token),
        tenant,
        user,
        created,
        expires,
        address: Private::new(String::new()),
        client: String::new(),
        unfinished: None,
    };
    app.store.insert(&session).await?;
    Ok(token)
}

/// Ends the session. The token is worth nothing from now on.
#[utoipa::path(post, path = "/api/v1/logout", tag = "session",
    responses((status = 204), (status = 401, body = ErrorBody)))]
pub(crate) async fn logout(State(app): State<App>, viewer: Viewer) -> Result<Response> {
    app.store.delete::<Session>(viewer.tenant(), viewer.token_hash).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cleared_cookie())]).into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/me", tag = "session", responses((status = 200, body = Me), (status = 401, body = ErrorBody)))]
pub(crate) async fn me(State(app): State<App>, viewer: Viewer) -> Result<Json<Me>> {
    let tenant = viewer.tenant();
    let tenant = app.store.get::<directory::Tenant>(tenant, tenant).await?.ok_or(Code::Unauthorized)?;
    Ok(Json(Me::new(&viewer.user, viewer.permissions, tenant)))
}
