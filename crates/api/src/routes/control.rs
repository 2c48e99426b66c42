//! Orders to calls: what the agent who talks may do, making a call, and a supervisor's part in one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use center::{By, Refused};
use directory::Permission;
use types::{AgentId, InteractionId};

use crate::backend::Trouble;
use crate::dto::{BegunCall, CallAction, ErrorBody, NewCall, Supervise};
use crate::error::{ApiError, Code, Result};
use crate::input::{Id, Input};
use crate::kept::{self, Given};
use crate::state::App;
use crate::viewer::Viewer;

/// Orders something about a call that goes on. Agents about their own calls, supervisors about all: then in the place of
/// the agent who serves, and the journal keeps who did so.
#[utoipa::path(post, path = "/api/v1/interactions/{id}/actions", tag = "calls", params(("id" = String, Path)),
    request_body = CallAction,
    responses((status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "`wrong_state`: not in this state of the call; `busy`, \
            `no_phone`, `unknown_number`, `no_line`: the other one cannot be called; `too_many`: as many take part as \
            may; `no_remote_answer`: the telephone that rings cannot be told to answer")))]
pub(crate) async fn act(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id<InteractionId>,
    Input(action): Input<CallAction>,
) -> Result<StatusCode> {
    let (tenant, name) = (viewer.tenant(), action.action);
    let order = action.order()?;
    let own = viewer.user.agent.map(By::Agent);
    let supervisor = viewer.may(Permission::CallsControl).then_some(By::Supervisor);
    let first = own.or(supervisor).ok_or(Code::Forbidden)?;
    let (done, by) = match app.backend.order_call(tenant, id, first, order.clone()).await {
        // A supervisor who has no part in the call acts for the agent who has.
        Err(Trouble::Refused(Refused::NotOnCall)) if first != By::Supervisor => match supervisor {
            Some(by) => (app.backend.order_call(tenant, id, by, order).await, by),
            None => (Err(Trouble::Refused(Refused::NotOnCall)), first),
        },
        done => (done, first),
    };
    done?;
    if by == By::Supervisor {
        kept::order_given(&app, &viewer, Given::about(id, name.as_str())).await?;
    }
    tracing::info!(interaction = %id, user = %viewer.user.id, action = ?name, "a call was ordered about");
    Ok(StatusCode::NO_CONTENT)
}

/// Has an agent call a number: its own telephones ring first, then the number. Agents for themselves, supervisors for
/// everyone.
#[utoipa::path(post, path = "/api/v1/calls", tag = "calls", request_body = NewCall,
    responses((status = 201, body = BegunCall), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "`busy`, `no_phone`, `unknown_number`, `no_line`, \
        `do_not_call` with the reason as its field"),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn dial(
    State(app): State<App>,
    viewer: Viewer,
    Input(call): Input<NewCall>,
) -> Result<(StatusCode, Json<BegunCall>)> {
    let agent: AgentId = match &call.agent {
        Some(id) => id.parse().map_err(|_| ApiError::field(Code::BadValue, "agent"))?,
        None => viewer.user.agent.ok_or_else(|| ApiError::field(Code::MissingField, "agent"))?,
    };
    let to = call.number()?;
    // Whether there is such an agent comes first, so that another tenant's is not found rather than forbidden.
    app.backend.agent_status(viewer.tenant(), agent).await.ok_or_else(ApiError::not_found)?;
    viewer.require_self_or(agent, Permission::CallsControl)?;
    let id = app.backend.dial(viewer.tenant(), agent, to).await?;
    tracing::info!(interaction = %id, user = %viewer.user.id, "a call was made by order");
    Ok((StatusCode::CREATED, Json(BegunCall { interaction_id: id.to_string() })))
}

/// Takes part in a call: listens, whispers, barges in, takes over, or leaves. For supervisors, whose own telephones ring
/// first. The journal keeps who did so, and when.
#[utoipa::path(post, path = "/api/v1/interactions/{id}/supervise", tag = "calls", params(("id" = String, Path)),
    request_body = Supervise,
    responses((status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "`wrong_state`: nobody talks, or with the supervisor itself; \
            `busy`, `no_phone`: the supervisor cannot be called; `too_many`")))]
pub(crate) async fn supervise(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id<InteractionId>,
    Input(order): Input<Supervise>,
) -> Result<StatusCode> {
    viewer.require(Permission::Supervise)?;
    app.backend.interaction(viewer.tenant(), id).await?.ok_or_else(ApiError::not_found)?;
    let by = viewer.user.agent.ok_or(Code::NoPhone)?;
    app.backend.supervise(viewer.tenant(), id, by, order.mode.into()).await?;
    tracing::info!(interaction = %id, user = %viewer.user.id, mode = ?order.mode, "a call is supervised");
    Ok(StatusCode::NO_CONTENT)
}
