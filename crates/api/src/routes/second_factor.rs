//! Setting up one's second factor, and giving it up.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use directory::Tenant;
use store::Guard;
use types::Private;

use super::account::{prove, settle};
use super::session::attempt;
use crate::auth::{Caller, rules, totp};
use crate::dto::{ErrorBody, PasswordProof, RecoveryCodes, SecondFactorCode, SecondFactorSecret};
use crate::error::{ApiError, Code, Result};
use crate::input::Input;
use crate::proof;
use crate::state::{App, now};
use crate::viewer::{Person, Viewer};

/// Begins to set up a second factor: a fresh secret for the authenticator app. Nothing is asked for at sign-in before a
/// code has shown that the app knows it.
#[utoipa::path(post, path = "/api/v1/me/second-factor", tag = "session", request_body = PasswordProof,
    responses((status = 200, body = SecondFactorSecret), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "There is one already: give that up first")))]
pub(crate) async fn begin_second_factor(
    State(app): State<App>,
    Person { viewer, .. }: Person,
    caller: Caller,
    Input(proof): Input<PasswordProof>,
) -> Result<Json<SecondFactorSecret>> {
    let login = prove(&app, &viewer, caller, proof.current).await?;
    let guard = rules::guard_of(&app.store, &login.user).await?;
    if guard.confirmed {
        return Err(Code::AlreadySetUp.into());
    }
    let mut secret = [0; totp::SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(|e| ApiError::internal("randomness", &e))?;
    let sealed = Private::new(app.vault.seal(login.user.id, &secret)?);
    app.store.put(&Guard { secret: Some(sealed), last_step: 0, ..guard }).await?;
    let tenant = app.store.get::<Tenant>(viewer.tenant(), viewer.tenant()).await?.ok_or(Code::Unauthorized)?;
    let uri = totp::uri(&tenant.title, &login.user.username, &secret);
    Ok(Json(SecondFactorSecret { secret: totp::base32(&secret), uri }))
}

/// Confirms the second factor with a code of the app, from when on sign-ins ask for one. The recovery codes are shown
/// this once.
#[utoipa::path(put, path = "/api/v1/me/second-factor", tag = "session", request_body = SecondFactorCode,
    responses((status = 200, body = RecoveryCodes), (status = 400, body = ErrorBody, description = "`bad_code`"),
        (status = 401, body = ErrorBody), (status = 409, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn confirm_second_factor(
    State(app): State<App>,
    Person { viewer, .. }: Person,
    caller: Caller,
    Input(code): Input<SecondFactorCode>,
) -> Result<Json<RecoveryCodes>> {
    let attempt = attempt(&app, &viewer.tenant().to_string(), &viewer.user.username, caller)?;
    let guard = rules::guard_of(&app.store, &viewer.user).await?;
    if guard.confirmed {
        return Err(Code::AlreadySetUp.into());
    }
    let wrong = || ApiError::field(Code::BadTotp, "code");
    if guard.secret.is_none() {
        return Err(wrong());
    }
    let secret = proof::secret_of(&app, &guard)?;
    let step = totp::step_of(&secret, code.code.reveal(), now(), guard.last_step).ok_or_else(wrong)?;
    attempt.succeeded();
    let (recovery_codes, hashes) = app.vault.recovery_codes(viewer.user.id)?;
    let guard = Guard { confirmed: true, last_step: step, recovery: hashes.into(), ..guard };
    app.store.put(&guard).await?;
    settle(&app, &viewer, &guard).await?;
    tracing::info!(user = %viewer.user.id, "a second factor was set up");
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Gives up one's second factor, unless the tenant demands one.
#[utoipa::path(post, path = "/api/v1/me/second-factor/remove", tag = "session", request_body = PasswordProof,
    responses((status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody, description = "The tenant demands one of a role of this user's")))]
pub(crate) async fn remove_second_factor(
    State(app): State<App>,
    viewer: Viewer,
    caller: Caller,
    Input(proof): Input<PasswordProof>,
) -> Result<StatusCode> {
    let login = prove(&app, &viewer, caller, proof.current).await?;
    if rules::second_factor_required(&app.store, &login.user).await? {
        return Err(Code::Forbidden.into());
    }
    app.store.put(&Guard::none(viewer.tenant(), login.user.id)).await?;
    tracing::info!(user = %viewer.user.id, "a second factor was given up");
    Ok(StatusCode::NO_CONTENT)
}
