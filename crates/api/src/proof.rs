//! Proofs of who somebody is: the password, and the second factor.

use std::time::Duration;

use store::{Guard, Login};
use types::{Private, TenantId};

use crate::auth::{is_password, totp};
use crate::error::{ApiError, Code, Result};
use crate::state::{App, now};

/// How long a check of a password waits for others before it is told to come again.
const QUEUE_TIME: Duration = Duration::from_secs(10);

/// Checks the password, at the same cost whether there is such a user or not.
pub(crate) async fn password(
    app: &App,
    tenant: Option<TenantId>,
    login: Option<&Login>,
    password: Private<String>,
) -> Result<bool> {
    let hash = match login {
        Some(login) => login.password_hash.clone(),
        None => Private::new(app.decoys.of(&app.store, tenant).await?.to_string()),
    };
    let turn = tokio::time::timeout(QUEUE_TIME, app.checks.acquire()).await;
    let _turn = turn.map_err(|_| Code::Unavailable)?.map_err(|_| Code::Unavailable)?;
    let right = tokio::task::spawn_blocking(move || is_password(password.reveal(), hash.reveal())).await;
    Ok(right.map_err(|e| ApiError::internal("password", &e))? && login.is_some())
}

/// What came of asking for the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecondFactor {
    /// It is right, or the user has none.
    Passed,
    /// The user has one, and no code came.
    Missing,
    /// The code is wrong, or was taken before.
    Wrong,
}

/// Holds a code, of the app or for recovery, against the user's second factor, and uses it up.
pub(crate) async fn second_factor(app: &App, guard: &Guard, code: Option<&Private<String>>) -> Result<SecondFactor> {
    if !guard.confirmed {
        return Ok(SecondFactor::Passed);
    }
    let Some(code) = code.map(Private::reveal).filter(|code| !code.trim().is_empty()) else {
        return Ok(SecondFactor::Missing);
    };
    let secret = secret_of(app, guard)?;
    if let Some(step) = totp::step_of(&secret, code, now(), guard.last_step) {
        let taken = app.store.take_step(guard.tenant, guard.user, step).await?;
        return Ok(if taken { SecondFactor::Passed } else { SecondFactor::Wrong });
    }
    let hash = serde_json::Value::String(app.vault.recovery_hash(guard.user, code));
    let mut left = guard.recovery.as_array().cloned().unwrap_or_default();
    let Some(at) = left.iter().position(|kept| *kept == hash) else { return Ok(SecondFactor::Wrong) };
    left.remove(at);
    let taken = app.store.swap_recovery(guard, left.into()).await?;
    Ok(if taken { SecondFactor::Passed } else { SecondFactor::Wrong })
}

/// The secret of a second factor, in clear.
///
/// # Errors
/// The node's own secret is another than the one that it was sealed under: an operator has to forget the factor.
pub(crate) fn secret_of(app: &App, guard: &Guard) -> Result<Vec<u8>> {
    let opened = guard.secret.as_ref().and_then(|sealed| app.vault.open(guard.user, sealed.reveal()));
    let why = "it can't be read with this node's secret; `lingtong user passwd --forget-second-factor` forgets it";
    opened.ok_or_else(|| ApiError::internal("a second factor", &why))
}
