//! One's own password and sessions, and those of others for whoever looks after them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use directory::{MAX_CHARS, Permission, Tenant};
use store::{Guard, Login, Session};
use types::Private;

use crate::auth::{Caller, PasswordCost, hash_of, hash_password, one_time_password, rules};
use crate::dto::{
    self, ErrorBody, OneTimePassword, PasswordChange, PasswordCheck, PasswordVerdict, ResetRequest, Sessions,
};
use crate::error::{ApiError, Code, Result};
use crate::input::Input;
use crate::proof;
use crate::routes::session::attempt;
use crate::state::App;
use crate::viewer::{Person, Viewer, permissions};

/// Letters of a session's public name.
const SESSION_CHARS: usize = 16;

/// Says what speaks against a password, while it is typed: for one's own, and for the first start, where nobody is
/// signed in yet.
#[utoipa::path(post, path = "/api/v1/password/check", tag = "session", request_body = PasswordCheck, security(()),
    responses((status = 200, body = PasswordVerdict), (status = 400, body = ErrorBody)))]
pub(crate) async fn check_password(
    State(app): State<App>,
    person: Result<Person>,
    Input(check): Input<PasswordCheck>,
) -> Result<Json<PasswordVerdict>> {
    let (mut policy, mut username, mut tenant) = (directory::PasswordPolicy::default(), check.username, check.tenant);
    if let Ok(Person { viewer, .. }) = person {
        policy = rules::password_policy(&app.store, viewer.tenant()).await?;
        username = username.or_else(|| Some(viewer.user.username.to_string()));
        let theirs = app.store.get::<Tenant>(viewer.tenant(), viewer.tenant()).await?;
        tenant = tenant.or_else(|| theirs.map(|t| t.name.to_string()));
    }
    let (username, tenant) = (username.unwrap_or_default(), tenant.unwrap_or_default());
    let weaknesses = policy.weaknesses(check.password.reveal(), &username, &tenant);
    let weaknesses = weaknesses.into_iter().map(dto::Weakness::from).collect();
    Ok(Json(PasswordVerdict { length: policy.length as u32, weaknesses }))
}

/// Asks for the password of whoever is signed in once more.
pub(super) async fn prove(app: &App, viewer: &Viewer, caller: Caller, password: Private<String>) -> Result<Login> {
    let attempt = attempt(app, &viewer.tenant().to_string(), &viewer.user.username, caller)?;
    let login = app.store.get::<Login>(viewer.tenant(), viewer.user.id).await?.ok_or(Code::Unauthorized)?;
    let is_long = password.reveal().chars().count() > MAX_CHARS;
    if is_long || !proof::password(app, Some(viewer.tenant()), Some(&login), password).await? {
        return Err(ApiError::field(Code::WrongPassword, "current"));
    }
    attempt.succeeded();
    Ok(login)
}

/// Changes one's own password. All other sessions end.
#[utoipa::path(put, path = "/api/v1/me/password", tag = "session", request_body = PasswordChange,
    responses((status = 204), (status = 400, body = ErrorBody, description = "`wrong_password` or `weak_password`"),
        (status = 401, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn change_password(
    State(app): State<App>,
    Person { viewer, .. }: Person,
    caller: Caller,
    Input(change): Input<PasswordChange>,
) -> Result<StatusCode> {
    let is_same = change.current == change.password;
    let login = prove(&app, &viewer, caller, change.current).await?;
    rules::require_good_for(&app.store, &login.user, change.password.reveal()).await?;
    if is_same {
        return Err(ApiError::field(Code::WeakPassword, "password"));
    }
    let password_hash = hashed(change.password).await?;
    app.store.put(&Login { password_hash, ..login }).await?;
    let guard = rules::guard_of(&app.store, &viewer.user).await?;
    if guard.one_time_password {
        app.store.put(&Guard { one_time_password: false, ..guard.clone() }).await?;
    }
    end_others(&app, &viewer).await?;
    let guard = Guard { one_time_password: false, ..guard };
    settle(&app, &viewer, &guard).await?;
    tracing::info!(user = %viewer.user.id, "a password was changed");
    Ok(StatusCode::NO_CONTENT)
}

/// Says of the present session what is left to be done.
pub(super) async fn settle(app: &App, viewer: &Viewer, guard: &Guard) -> Result<()> {
    let session = app.store.get::<Session>(viewer.tenant(), viewer.token_hash.clone()).await?;
    let session = session.ok_or(Code::Unauthorized)?;
    let unfinished = rules::unfinished(&app.store, &viewer.user, guard).await?;
    Ok(app.store.put(&Session { unfinished, ..session }).await?)
}

/// Hashes a password where it may take its time.
pub(super) async fn hashed(password: Private<String>) -> Result<Private<String>> {
    let hash = tokio::task::spawn_blocking(move || hash_password(password.reveal(), PasswordCost::STRONG)).await;
    let hash = hash.map_err(|e| ApiError::internal("password", &e))?;
    hash.map(Private::new).map_err(|e| ApiError::internal("password", &e))
}

/// What a session is known by to its owner: nothing that lets anybody in.
fn public_name(session: &Session) -> String {
    hash_of(&session.token_hash).chars().take(SESSION_CHARS).collect()
}

async fn end_others(app: &App, viewer: &Viewer) -> Result<()> {
    for session in app.store.sessions_of(viewer.tenant(), viewer.user.id).await? {
        if session.token_hash != viewer.token_hash {
            app.store.delete::<Session>(viewer.tenant(), session.token_hash).await?;
        }
    }
    Ok(())
}

/// Where one is signed in, the newest first.
#[utoipa::path(get, path = "/api/v1/me/sessions", tag = "session",
    responses((status = 200, body = Sessions), (status = 401, body = ErrorBody)))]
pub(crate) async fn sessions(State(app): State<App>, Person { viewer, .. }: Person) -> Result<Json<Sessions>> {
    let mut sessions = app.store.sessions_of(viewer.tenant(), viewer.user.id).await?;
    let now = crate::state::now();
    sessions.retain(|session| session.expires > now);
    sessions.sort_by_key(|session| std::cmp::Reverse(session.created));
    let shown = |session: Session| dto::Session {
        id: public_name(&session),
        current: session.token_hash == viewer.token_hash,
        created_at: session.created.to_string(),
        expires_at: session.expires.to_string(),
        address: session.address.into_inner(),
        client: session.client,
    };
    Ok(Json(Sessions { items: sessions.into_iter().map(shown).collect() }))
}

/// Ends all of one's sessions but this one.
#[utoipa::path(delete, path = "/api/v1/me/sessions", tag = "session",
    responses((status = 204), (status = 401, body = ErrorBody)))]
pub(crate) async fn end_other_sessions(State(app): State<App>, Person { viewer, .. }: Person) -> Result<StatusCode> {
    end_others(&app, &viewer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of one's sessions.
#[utoipa::path(delete, path = "/api/v1/me/sessions/{id}", tag = "session", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn end_session(
    State(app): State<App>,
    Person { viewer, .. }: Person,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let sessions = app.store.sessions_of(viewer.tenant(), viewer.user.id).await?;
    let session = sessions.into_iter().find(|s| public_name(s) == id).ok_or_else(ApiError::not_found)?;
    app.store.delete::<Session>(viewer.tenant(), session.token_hash).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a user a password for one sign-in, and ends its sessions. For those who look after users, and of users who
/// may do no more than they themselves.
#[utoipa::path(post, path = "/api/v1/users/{username}/reset", tag = "session", params(("username" = String, Path)),
    request_body = ResetRequest,
    responses((status = 200, body = OneTimePassword), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn reset_user(
    State(app): State<App>,
    viewer: Viewer,
    Path(username): Path<String>,
    Input(request): Input<ResetRequest>,
) -> Result<Json<OneTimePassword>> {
    viewer.require(Permission::UsersWrite)?;
    let tenant = viewer.tenant();
    let login = app.store.login(tenant, &username).await?.ok_or_else(ApiError::not_found)?;
    if !viewer.permissions.include(permissions(&app.store, &login.user).await?) {
        return Err(Code::Forbidden.into());
    }
    let password = Private::new(one_time_password().map_err(|e| ApiError::internal("randomness", &e))?);
    let (user, password_hash) = (login.user.id, hashed(password.clone()).await?);
    let mut guard = rules::guard_of(&app.store, &login.user).await?;
    if request.second_factor {
        guard = Guard::none(tenant, user);
    }
    app.store.put(&Guard { one_time_password: true, ..guard }).await?;
    app.store.put(&Login { password_hash, ..login }).await?;
    app.store.end_sessions(tenant, user).await?;
    tracing::info!(%user, by = %viewer.user.id, second_factor = request.second_factor, "a user was given a new password");
    Ok(Json(OneTimePassword { password }))
}
