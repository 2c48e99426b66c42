//! Where agents' calls go when they don't take them.

use axum::Json;
use axum::extract::State;
use directory::Permission;
use types::AgentId;

use crate::dto::{ErrorBody, Forwarding};
use crate::error::{ApiError, Result};
use crate::input::{Id, Input};
use crate::state::App;
use crate::viewer::Viewer;

/// Where an agent's calls go when it doesn't take them. Agents see their own, supervisors everyone's.
#[utoipa::path(get, path = "/api/v1/agents/{id}/forwarding", tag = "agents", params(("id" = String, Path)),
    responses((status = 200, body = Forwarding), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn forwarding(
    State(app): State<App>,
    viewer: Viewer,
    Id(agent): Id<AgentId>,
) -> Result<Json<Forwarding>> {
    let rules = app.backend.forwarding(viewer.tenant(), agent).await?.ok_or_else(ApiError::not_found)?;
    viewer.require_self_or(agent, Permission::AgentsOrder)?;
    Ok(Json(rules.into()))
}

/// Says where an agent's calls go when it doesn't take them, in place of what was said before. Agents change their own,
/// supervisors everyone's.
#[utoipa::path(put, path = "/api/v1/agents/{id}/forwarding", tag = "agents", params(("id" = String, Path)),
    request_body = Forwarding,
    responses((status = 200, body = Forwarding),
        (status = 400, body = ErrorBody, description = "`leads_nowhere`: the field names no number that the agent can \
            call, the agent itself, or an emergency number"),
        (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn set_forwarding(
    State(app): State<App>,
    viewer: Viewer,
    Id(agent): Id<AgentId>,
    Input(wanted): Input<Forwarding>,
) -> Result<Json<Forwarding>> {
    // Whether there is such an agent comes first, so that another tenant's is not found rather than forbidden.
    app.backend.forwarding(viewer.tenant(), agent).await?.ok_or_else(ApiError::not_found)?;
    viewer.require_self_or(agent, Permission::AgentsOrder)?;
    let rules = wanted.read()?;
    app.backend.set_forwarding(viewer.tenant(), agent, rules.clone(), viewer.user.username.clone()).await?;
    Ok(Json(rules.into()))
}
