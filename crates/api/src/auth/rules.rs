//! What a tenant asks of its users' sign-ins.

use directory::{PasswordPolicy, Role, Tenant, Unfinished, User};
use store::{Guard, Setting, Store};
use types::TenantId;

use crate::error::{ApiError, Code, Result};

/// The setting that names the roles which need a second factor: a list, or text with commas.
const REQUIRED_SETTING: &str = "auth.totp_required_for";

async fn setting(store: &Store, tenant: TenantId, key: &str) -> Result<Option<serde_json::Value>> {
    Ok(store.get::<Setting>(tenant, (tenant, key.to_owned())).await?.map(|setting| setting.value))
}

/// The tenant's rules for passwords; a setting that makes no sense counts as none.
pub(crate) async fn password_policy(store: &Store, tenant: TenantId) -> Result<PasswordPolicy> {
    let value = setting(store, tenant, directory::LENGTH_SETTING).await?;
    let number = |v: serde_json::Value| v.as_u64().or_else(|| v.as_str()?.trim().parse().ok());
    let length = value.and_then(number).and_then(|n| usize::try_from(n).ok());
    Ok(length.and_then(PasswordPolicy::with_length).unwrap_or_default())
}

/// Refuses a password that is not good enough.
///
/// # Errors
/// `weak_password`, naming the field.
pub(crate) fn require_good(policy: PasswordPolicy, password: &str, username: &str, tenant: &str) -> Result<()> {
    if policy.weaknesses(password, username, tenant).is_empty() {
        Ok(())
    } else {
        Err(ApiError::field(Code::WeakPassword, "password"))
    }
}

/// Refuses a password that is not good enough for this user.
///
/// # Errors
/// As [`require_good`]; the database fails.
pub(crate) async fn require_good_for(store: &Store, user: &User, password: &str) -> Result<()> {
    let tenant = store.get::<Tenant>(user.tenant, user.tenant).await?.ok_or(Code::Unauthorized)?;
    let policy = password_policy(store, user.tenant).await?;
    require_good(policy, password, &user.username, &tenant.name)
}

/// Whether the tenant demands a second factor of people with one of these roles.
pub(crate) async fn second_factor_required(store: &Store, user: &User) -> Result<bool> {
    let named = match setting(store, user.tenant, REQUIRED_SETTING).await? {
        Some(serde_json::Value::Array(list)) => list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        Some(serde_json::Value::String(text)) => text.split(',').map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let is_named = |role: &Role| named.iter().any(|name| name.trim() == role.as_str());
    Ok(user.roles.iter().any(is_named))
}

/// What guards the user's sign-in besides the password.
pub(crate) async fn guard_of(store: &Store, user: &User) -> Result<Guard> {
    let guard = store.get::<Guard>(user.tenant, user.id).await?;
    Ok(guard.unwrap_or_else(|| Guard::none(user.tenant, user.id)))
}

/// What the user has to do before anything else.
pub(crate) async fn unfinished(store: &Store, user: &User, guard: &Guard) -> Result<Option<Unfinished>> {
    if guard.one_time_password {
        return Ok(Some(Unfinished::Password));
    }
    let missing = !guard.confirmed && second_factor_required(store, user).await?;
    Ok(missing.then_some(Unfinished::SecondFactor))
}
