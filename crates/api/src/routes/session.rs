//! Signing in and out.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use directory::Tenant;
use store::{Guard, Login, Session};
use tokio::time::Instant;
use types::{Private, Wall};

use crate::auth::{Attempt, Caller, Token, cleared_cookie, cookie, hash_of, refuse_other_sites, rules};
use crate::dto::{ErrorBody, LoginRequest, LoginResponse, Me};
use crate::error::{ApiError, Code, Result};
use crate::input::Input;
use crate::proof::{self, SecondFactor};
use crate::state::{App, now};
use crate::viewer::{Person, permissions};

/// A shift with its breaks, and the next morning is a new login.
const SESSION: Duration = Duration::from_secs(24 * 3600);
/// Sessions of one user; with one more the oldest ends.
const SESSIONS_OF_USER: usize = 64;
/// Characters of a name or password that are looked at; longer ones are nobody's.
const TEXT_CHARS: usize = 256;
/// Characters that are kept of what a browser calls itself.
const CLIENT_CHARS: usize = 256;

/// Signs in. Where the user has a second factor, the same once more with a `code`.
#[utoipa::path(post, path = "/api/v1/login", tag = "session", request_body = LoginRequest, security(()),
    responses((status = 200, body = LoginResponse), (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody, description = "`bad_credentials`, or `totp_required`: send it again with the code"),
        (status = 429, body = ErrorBody, description = "Too many failures; `Retry-After` says when to come again")))]
pub(crate) async fn login(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Input(request): Input<LoginRequest>,
) -> Result<Response> {
    refuse_other_sites(&headers)?;
    let LoginRequest { tenant, username, password, code } = request;
    for (field, text) in [
        ("username", Some(&username)),
        ("password", Some(password.reveal())),
        ("code", code.as_ref().map(Private::reveal)),
    ] {
        if text.is_some_and(|text| text.chars().count() > TEXT_CHARS) {
            return Err(ApiError::field(Code::BadValue, field));
        }
    }
    let named = tenant.as_deref().filter(|name| !name.is_empty());
    let attempt = attempt(&app, named.unwrap_or_default(), &username, caller)?;
    let tenant = tenant_of(&app, named).await?;
    let login = match &tenant {
        Some(tenant) => app.store.login(tenant.id, &username).await?.filter(|login| !login.disabled),
        None => None,
    };
    let right = proof::password(&app, tenant.as_ref().map(|t| t.id), login.as_ref(), password).await?;
    let (Some(login), Some(tenant), true) = (login, tenant, right) else {
        return Err(Code::BadCredentials.into());
    };
    let guard = rules::guard_of(&app.store, &login.user).await?;
    match proof::second_factor(&app, &guard, code.as_ref()).await? {
        SecondFactor::Passed => attempt.succeeded(),
        SecondFactor::Wrong => return Err(ApiError::field(Code::BadTotp, "code")),
        SecondFactor::Missing => {
            attempt.unfinished();
            return Err(ApiError::field(Code::TotpRequired, "code"));
        }
    }
    signed_in(&app, &login, &guard, tenant, caller, &headers).await
}

/// Begins an attempt that rests on a secret.
///
/// # Errors
/// There were too many that failed.
pub(crate) fn attempt<'a>(app: &'a App, tenant: &str, who: &str, caller: Caller) -> Result<Attempt<'a>> {
    let begun = app.lockout.begin(Instant::now(), tenant, who, caller);
    begun.map_err(|wait| ApiError { retry_after_s: Some(wait.as_secs() + 1), ..Code::TooManyAttempts.into() })
}

/// Begins a session, and tells it to the browser.
pub(crate) async fn signed_in(
    app: &App,
    login: &Login,
    guard: &Guard,
    tenant: Tenant,
    caller: Caller,
    headers: &HeaderMap,
) -> Result<Response> {
    let unfinished = rules::unfinished(&app.store, &login.user, guard).await?;
    let client = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let created = now();
    let token = Token::fresh()?;
    let session = Session {
        token_hash: hash_of(&token),
        tenant: tenant.id,
        user: login.user.id,
        created,
        expires: Wall(created.0 + SESSION.as_millis() as i64),
        address: Private::new(caller.0.to_string()),
        client: client.chars().take(CLIENT_CHARS).collect(),
        unfinished,
    };
    make_room(app, &session).await?;
    app.store.insert(&session).await?;
    let secure = headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https:"));
    let cookie = cookie(&token, SESSION.as_secs() as i64, secure);
    let permitted = permissions(&app.store, &login.user).await?;
    let user = Me::new(&login.user, permitted, tenant, guard.confirmed, unfinished);
    let body = LoginResponse { token: Private::new(token), user };
    Ok(([(header::SET_COOKIE, cookie)], Json(body)).into_response())
}

/// The tenant of this name; the only one where none is named. One that is closed is as good as none.
async fn tenant_of(app: &App, named: Option<&str>) -> Result<Option<Tenant>> {
    let is_open = |tenant: &Tenant| !app.closed.contains(&tenant.id);
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

/// Ends the oldest sessions of the user where there are too many.
async fn make_room(app: &App, fresh: &Session) -> Result<()> {
    app.store.purge_sessions(fresh.created).await?;
    let mut others = app.store.sessions_of(fresh.tenant, fresh.user).await?;
    others.sort_by_key(|session| std::cmp::Reverse(session.created));
    for session in others.into_iter().skip(SESSIONS_OF_USER - 1) {
        app.store.delete::<Session>(fresh.tenant, session.token_hash).await?;
    }
    Ok(())
}

/// Ends the session. The token is worth nothing from now on.
#[utoipa::path(post, path = "/api/v1/logout", tag = "session",
    responses((status = 204), (status = 401, body = ErrorBody)))]
pub(crate) async fn logout(State(app): State<App>, person: Person) -> Result<Response> {
    app.store.delete::<Session>(person.viewer.tenant(), person.viewer.token_hash).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cleared_cookie())]).into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/me", tag = "session", responses((status = 200, body = Me), (status = 401, body = ErrorBody)))]
pub(crate) async fn me(State(app): State<App>, Person { viewer, unfinished }: Person) -> Result<Json<Me>> {
    let tenant = viewer.tenant();
    let tenant = app.store.get::<Tenant>(tenant, tenant).await?.ok_or(Code::Unauthorized)?;
    let guard = rules::guard_of(&app.store, &viewer.user).await?;
    Ok(Json(Me::new(&viewer.user, viewer.permissions, tenant, guard.confirmed, unfinished)))
}
