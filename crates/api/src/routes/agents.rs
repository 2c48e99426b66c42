//! Agents' states.

use std::ops::RangeInclusive;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use center::AgentOrder;
use directory::Permission;
use types::AgentId;

use crate::dto::{AgentDay, AgentState, AgentStateChange, ErrorBody, WantedState, WrapUpChange};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Id, Input, moment};
use crate::kept::{self, Given};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// Characters of a reason: it is shown in a narrow column.
const REASON_CHARS: usize = 64;
/// Seconds by which a wrap-up is extended at once: a whole one lasts an hour at most.
const EXTEND_S: RangeInclusive<u32> = 1..=3600;
/// The longest day that is told, milliseconds: a day, and what time zones and late shifts add to it.
const DAY_MS: u64 = 2 * 24 * 3_600_000;
/// Where no reason is given.
const NO_REASON: &str = "manual";

/// An agent's state.
#[utoipa::path(get, path = "/api/v1/agents/{id}/state", tag = "agents", params(("id" = String, Path)),
    responses((status = 200, body = AgentState), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn agent_state(
    State(app): State<App>,
    viewer: Viewer,
    Id(agent): Id<AgentId>,
) -> Result<Json<AgentState>> {
    let status = app.backend.agent_status(viewer.tenant(), agent).await.ok_or_else(ApiError::not_found)?;
    Ok(Json(status.into()))
}

/// What an agent did from a moment on, two days at most; calls that go on are not in it. Agents see their own day,
/// supervisors everyone's.
#[utoipa::path(get, path = "/api/v1/agents/{id}/day", tag = "agents",
    params(("id" = String, Path), ("from" = String, Query, description = "RFC 3339"),
        ("to" = Option<String>, Query, description = "RFC 3339; now when absent")),
    responses((status = 200, body = AgentDay), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn agent_day(
    State(app): State<App>,
    viewer: Viewer,
    Id(agent): Id<AgentId>,
    mut args: Args,
) -> Result<Json<AgentDay>> {
    // Whether there is such an agent comes first, so that another tenant's is not found rather than forbidden.
    app.backend.agent_status(viewer.tenant(), agent).await.ok_or_else(ApiError::not_found)?;
    viewer.require_self_or(agent, Permission::InteractionsReadAll)?;
    let from = args.read("from", moment)?.ok_or_else(|| ApiError::field(Code::MissingField, "from"))?;
    let to = args.read("to", moment)?.unwrap_or_else(now);
    args.finish()?;
    if to.ms_since(from) > DAY_MS {
        return Err(ApiError::field(Code::BadValue, "from"));
    }
    let day = app.store.agent_day(viewer.tenant(), agent, from, to).await?;
    Ok(Json(AgentDay::new(&day, from, to)))
}

/// Makes an agent ready or not ready. Agents may change themselves, supervisors everyone; the journal keeps who did so.
#[utoipa::path(put, path = "/api/v1/agents/{id}/state", tag = "agents", params(("id" = String, Path)),
    request_body = AgentStateChange,
    responses((status = 200, body = AgentState), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "The agent has no telephone, or is on a call")))]
pub(crate) async fn set_agent_state(
    State(app): State<App>,
    viewer: Viewer,
    Id(agent): Id<AgentId>,
    Input(change): Input<AgentStateChange>,
) -> Result<Json<AgentState>> {
    // Whether there is such an agent comes first, so that another tenant's is not found rather than forbidden.
    app.backend.agent_status(viewer.tenant(), agent).await.ok_or_else(ApiError::not_found)?;
    viewer.require_self_or(agent, Permission::AgentsOrder)?;
    let reason = change.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let is_plain = |reason: &str| reason.chars().count() <= REASON_CHARS && !reason.chars().any(char::is_control);
    if reason.is_some_and(|reason| !is_plain(reason)) {
        return Err(ApiError::field(Code::BadValue, "reason"));
    }
    let order = match (change.state, reason) {
        (WantedState::Ready, None) => AgentOrder::Ready,
        (WantedState::Ready, Some(_)) => return Err(ApiError::field(Code::BadValue, "reason")),
        (WantedState::NotReady, reason) => AgentOrder::NotReady(reason.unwrap_or(NO_REASON).into()),
    };
    let status = app.backend.order(viewer.tenant(), agent, order).await?;
    if viewer.user.agent != Some(agent) {
        let order = change.state.as_str().into();
        let given = Given { order, reason: reason.map(Into::into), agent: Some(agent), id: None };
        kept::order_given(&app, &viewer, given).await?;
    }
    Ok(Json(status.into()))
}

/// Gives an agent more time for the work after a talk, up to an hour in all. Agents may extend their own, supervisors
/// everyone's. It ends early by the state `ready`.
#[utoipa::path(post, path = "/api/v1/agents/{id}/wrap-up", tag = "agents", params(("id" = String, Path)),
    request_body = WrapUpChange,
    responses((status = 200, body = AgentState), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "`not_in_wrap_up`, or `limit`: it is as long as it may be")))]
pub(crate) async fn extend_wrap_up(
    State(app): State<App>,
    viewer: Viewer,
    Id(agent): Id<AgentId>,
    Input(change): Input<WrapUpChange>,
) -> Result<Json<AgentState>> {
    app.backend.agent_status(viewer.tenant(), agent).await.ok_or_else(ApiError::not_found)?;
    viewer.require_self_or(agent, Permission::AgentsOrder)?;
    if !EXTEND_S.contains(&change.extend_s) {
        return Err(ApiError::field(Code::BadValue, "extend_s"));
    }
    let more = Duration::from_secs(change.extend_s.into());
    let status = app.backend.order(viewer.tenant(), agent, AgentOrder::ExtendWrapUp(more)).await?;
    if viewer.user.agent != Some(agent) {
        let given = Given { order: "extend_wrap_up".into(), reason: None, agent: Some(agent), id: None };
        kept::order_given(&app, &viewer, given).await?;
    }
    Ok(Json(status.into()))
}
