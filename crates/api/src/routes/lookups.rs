//! Trying a node that asks another system, and a database by itself: what would be asked, and what comes back.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use directory::Permission;
use flow::{Context, DatabaseQuestion, LookupRequest, Question, Untried, lookup_of};
use resource::{Kind, Problem, What};
use serde_json::Value;
use types::{Mono, Now};

use crate::dto::{ConnectionTried, ErrorBody, LookupTrial, LookupTried};
use crate::error::{ApiError, Code, Result};
use crate::input::Input;
use crate::state::{App, now};
use crate::viewer::Viewer;

/// A node with all its fields, and a few variables.
const TRIAL_BYTES: usize = 64 * 1024;

/// Asks another system as the node would, now. The system does what it is asked to: a `post` is one.
#[utoipa::path(post, path = "/api/v1/lookup-trial", tag = "flows", request_body = LookupTrial,
    responses((status = 200, body = LookupTried), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn try_lookup(
    State(app): State<App>,
    viewer: Viewer,
    Input(trial): Input<LookupTrial, TRIAL_BYTES>,
) -> Result<Json<LookupTried>> {
    viewer.require(Permission::SettingsWrite)?;
    let now = Now { mono: Mono(0), wall: now() };
    let mut context = Context::new(now, &trial.caller, &trial.dialled);
    for (name, value) in trial.variables {
        let known = value_of(value).ok_or_else(|| ApiError::field(Code::BadValue, "variables"))?;
        context.vars.insert(name.into(), known);
    }
    let request = lookup_of(trial.node, &context).map_err(|untried| match untried {
        Untried::Wrong(found) => {
            let problem = |found| Problem {
                kind: Kind::Flow,
                name: String::new(),
                field: "node".into(),
                what: What::Flow(Box::new(found)),
            };
            ApiError::of_settings(found.into_iter().map(problem).collect())
        }
        Untried::AsksNobody | Untried::Expression(_) => ApiError::field(Code::BadValue, "node"),
    })?;
    let told = app.backend.try_lookup(viewer.tenant(), request.clone()).await?;
    Ok(Json(LookupTried::new(request, told)))
}

/// The time that a trial of a connection may take, to reach the server and in all.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
const TRIED_WITHIN: Duration = Duration::from_secs(5);

/// Asks a database of the settings for nothing but an answer: whether it can be reached and lets us in.
#[utoipa::path(post, path = "/api/v1/databases/{name}/test", tag = "flows", params(("name" = String, Path)),
    responses((status = 200, body = ConnectionTried), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn test_database(
    State(app): State<App>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Result<Json<ConnectionTried>> {
    viewer.require(Permission::SettingsWrite)?;
    let (texts, values) = (vec!["SELECT 1 AS answer".to_owned()], Vec::new());
    let request = LookupRequest {
        question: Question::Database(DatabaseQuestion { database: name.into(), texts, values }),
        connect_within: CONNECT_WITHIN,
        within: TRIED_WITHIN,
        retries: 0,
        taken: Arc::default(),
    };
    Ok(Json(app.backend.try_lookup(viewer.tenant(), request).await?.into()))
}

fn value_of(value: Value) -> Option<flow::Value> {
    match value {
        Value::Bool(yes) => Some(flow::Value::Bool(yes)),
        Value::Number(n) => n.as_i64().map(flow::Value::Number),
        Value::String(text) => Some(flow::Value::text(&text)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
