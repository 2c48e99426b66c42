//! Trying a flow before anybody calls it: by text in virtual time, and by a call from the page.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use center::TrialWish;
use directory::Permission;
use flow::{Context, Flow, Library, STIMULI_MAX, rehearse};
use resource::{Kind, Problem, What};
use serde_json::Value;
use types::{Mono, Now};

use super::change::rows;
use super::flows::FLOW_BYTES;
use crate::dto::{ErrorBody, FlowTrial, FlowTrialCall, FlowTrialPhone, FlowTried, PhoneCredentials};
use crate::error::{ApiError, Code, Result};
use crate::input::{Input, moment};
use crate::kept::{self, Given};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// Reads a flow as it is drawn.
fn drawn(definition: &Value) -> Result<Flow> {
    Flow::parse(&definition.to_string()).map_err(|found| {
        let problem = |found| Problem {
            kind: Kind::Flow,
            name: String::new(),
            field: "definition".into(),
            what: What::Flow(Box::new(found)),
        };
        ApiError::of_settings(found.into_iter().map(problem).collect())
    })
}

/// Walks a flow by what is said to happen, in virtual time. Nothing outside is reached and nothing is kept.
#[utoipa::path(post, path = "/api/v1/flow-trial", tag = "flows", request_body = FlowTrial,
    responses((status = 200, body = FlowTried), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub(crate) async fn try_flow(
    State(app): State<App>,
    viewer: Viewer,
    Input(trial): Input<FlowTrial, FLOW_BYTES>,
) -> Result<Json<FlowTried>> {
    if trial.events.len() > STIMULI_MAX {
        return Err(ApiError::field(Code::BadValue, "events"));
    }
    let wall = match &trial.at {
        Some(at) => moment(at).ok_or_else(|| ApiError::field(Code::BadValue, "at"))?,
        None => now(),
    };
    let rows = rows(&app, &viewer).await?;
    let tried = Arc::new(drawn(&trial.definition)?);
    let known = rows.flows.iter().filter(|flow| flow.published);
    let mut library: Library = known
        .filter_map(|row| {
            let mut flow = Flow::parse(&row.definition.to_string()).ok()?;
            flow.revision = row.version;
            Some((flow.id.clone(), Arc::new(flow)))
        })
        .collect();
    library.insert(tried.id.clone(), tried.clone());
    let happens: Vec<_> = trial.events.into_iter().map(Into::into).collect();
    let context = Context {
        utc_offset_min: rows.tenant.utc_offset_min,
        library: Arc::new(library),
        ..Context::new(Now { mono: Mono(0), wall }, &trial.caller, &trial.dialled)
    };
    Ok(Json(rehearse(&tried, context, &happens).into()))
}

/// Lets a page call a flow as it is drawn: an account with which its browser may call once within a minute, and the
/// interaction that the call will be. It is a call like any other: it reaches queues, agents and numbers outside.
#[utoipa::path(post, path = "/api/v1/flow-trial/calls", tag = "flows", request_body = FlowTrialCall,
    responses((status = 201, body = FlowTrialPhone), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 409, body = ErrorBody, description = "`too_many` wait already"),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn call_drawn_flow(
    State(app): State<App>,
    viewer: Viewer,
    Input(trial): Input<FlowTrialCall, FLOW_BYTES>,
) -> Result<(StatusCode, Json<FlowTrialPhone>)> {
    viewer.require(Permission::SettingsWrite)?;
    let flow = Arc::new(drawn(trial.definition())?);
    let wish = TrialWish { flow, caller: trial.caller()?, dialled: trial.dialled()? };
    let (id, phone) = app.backend.await_trial(viewer.tenant(), wish).await?;
    kept::order_given(&app, &viewer, Given::about(id, "try_flow")).await?;
    let phone = PhoneCredentials::new(phone, app.relay.as_ref(), now());
    Ok((StatusCode::CREATED, Json(FlowTrialPhone { interaction_id: id.to_string(), phone })))
}
