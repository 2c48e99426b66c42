//! The first start: a link that the server prints makes the first company and its administrator.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use directory::{Role, Tenant, User};
use store::{Guard, Login, Store};
use types::{TenantId, UserId, Wall};

use super::account::hashed;
use super::session::{attempt, signed_in};
use crate::auth::{Caller, Token, hash_of, refuse_other_sites, rules};
use crate::dto::{ErrorBody, LoginResponse, Setup, SetupCheck};
use crate::error::{ApiError, Code, Result};
use crate::input::Input;
use crate::state::{App, now};

/// How long a link holds: whoever installs today sets up today.
const LINK: Duration = Duration::from_secs(24 * 3600);
/// Characters of names and titles: they head pages and lists.
const NAME_CHARS: usize = 63;
const TITLE_CHARS: usize = 64;
const CHINA_MIN: i32 = 8 * 60;

/// Makes the link's token, in place of any earlier one; only its hash is kept.
///
/// # Errors
/// The database fails, or the system has no randomness.
pub async fn new_setup_token(store: &Store) -> std::result::Result<String, String> {
    let token = Token::fresh().map_err(|e| e.code.as_str().to_owned())?;
    let expires = Wall(now().0 + LINK.as_millis() as i64);
    store.put_setup_link(&hash_of(&token), expires).await.map_err(|e| e.to_string())?;
    Ok(token)
}

/// Whether a link still holds: before somebody fills in a form.
#[utoipa::path(post, path = "/api/v1/setup/check", tag = "session", request_body = SetupCheck, security(()),
    responses((status = 204), (status = 410, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn check_setup(
    State(app): State<App>,
    caller: Caller,
    Input(check): Input<SetupCheck>,
) -> Result<StatusCode> {
    let attempt = attempt(&app, "", "set-up link", caller)?;
    if !app.store.has_setup_link(&hash_of(check.token.reveal()), now()).await? {
        return Err(Code::LinkExpired.into());
    }
    attempt.succeeded();
    Ok(StatusCode::NO_CONTENT)
}

/// Makes the first company and its administrator, who is signed in by this. The link is used up.
#[utoipa::path(post, path = "/api/v1/setup", tag = "session", request_body = Setup, security(()),
    responses((status = 200, body = LoginResponse), (status = 400, body = ErrorBody), (status = 410, body = ErrorBody),
        (status = 429, body = ErrorBody)))]
pub(crate) async fn set_up(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Input(setup): Input<Setup>,
) -> Result<Response> {
    refuse_other_sites(&headers)?;
    let attempt = attempt(&app, "", "set-up link", caller)?;
    let link = hash_of(setup.token.reveal());
    if !app.store.has_setup_link(&link, now()).await? {
        return Err(Code::LinkExpired.into());
    }
    attempt.succeeded();
    let (tenant, user) = valid(&app, &setup)?;
    rules::require_good(Default::default(), setup.password.reveal(), &user.username, &tenant.name)?;
    if app.store.tenant_by_name(&tenant.name).await?.is_some() {
        return Err(ApiError::field(Code::Exists, "tenant"));
    }
    let login = Login { user, password_hash: hashed(setup.password).await?, disabled: false };
    // Of two who send the form at the same moment, one goes on from here.
    if !app.store.take_setup_link(&link, now()).await? {
        return Err(Code::LinkExpired.into());
    }
    app.store.insert(&login).await?;
    // The tenant comes last: what was cut off before counts as not set up, and the next start prints a new link.
    app.store.insert(&tenant).await?;
    app.backend.open_tenant(tenant.id).await?;
    tracing::info!(tenant = %tenant.id, "the first tenant was set up");
    let guard = Guard::none(tenant.id, login.user.id);
    signed_in(&app, &login, &guard, tenant, caller, &headers).await
}

/// The tenant and its administrator, if the names are right.
fn valid(app: &App, setup: &Setup) -> Result<(Tenant, User)> {
    let wrong = |field: &str| ApiError::field(Code::BadValue, field);
    let (name, title, username) = (setup.tenant.trim(), setup.title.trim(), setup.username.trim());
    let in_domain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    if !starts || name.len() > NAME_CHARS || name.ends_with('-') || !name.bytes().all(in_domain) {
        return Err(wrong("tenant"));
    }
    if title.is_empty() || title.chars().count() > TITLE_CHARS || title.chars().any(char::is_control) {
        return Err(wrong("title"));
    }
    let in_name = |b: u8| b.is_ascii_alphanumeric() || b"_-.@".contains(&b);
    if username.is_empty() || username.len() > NAME_CHARS || !username.bytes().all(in_name) {
        return Err(wrong("username"));
    }
    let utc_offset_min = setup.utc_offset_min.unwrap_or(CHINA_MIN);
    if !acd::is_offset(utc_offset_min) {
        return Err(wrong("utc_offset_min"));
    }
    let id = TenantId(app.new_id());
    let tenant = Tenant { id, name: name.into(), title: title.into(), demo: false, utc_offset_min };
    let roles = vec![Role::Admin];
    let user = User { id: UserId(app.new_id()), tenant: id, username: username.into(), roles, agent: None };
    Ok((tenant, user))
}
