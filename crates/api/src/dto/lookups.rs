//! Trying a node that asks another system.

use std::collections::BTreeMap;

use flow::{HeaderPiece, LookupOutcome, LookupRequest, LookupTold};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A node to try, with what the caller's flow would know.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookupTrial {
    /// An `http_lookup` node.
    #[schema(value_type = Object)]
    pub(crate) node: Value,
    /// Who calls; withheld when empty.
    #[serde(default)]
    pub(crate) caller: String,
    #[serde(default)]
    pub(crate) dialled: String,
    /// The flow's variables: texts, whole numbers, `true` or `false`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) variables: BTreeMap<String, Value>,
}

/// A header that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LookupHeader {
    pub(crate) name: String,
    /// Secrets in it are masked.
    pub(crate) value: String,
}

/// What was asked and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LookupTried {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) headers: Vec<LookupHeader>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
    /// The outlet that a call would leave by: `found`, `not_found` or `failed`.
    pub(crate) outlet: &'static str,
    /// The status, where there was an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// Why it failed, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<&'static str>,
    pub(crate) tries: u32,
    pub(crate) took_ms: u64,
    /// The variables that were taken from the answer.
    #[schema(value_type = Object)]
    pub(crate) values: BTreeMap<String, Value>,
}

impl LookupTried {
    pub(crate) fn new(request: LookupRequest, told: LookupTold) -> Self {
        let (outlet, values) = match told.outcome {
            LookupOutcome::Found(values) => ("found", values),
            LookupOutcome::NotFound => ("not_found", BTreeMap::new()),
            LookupOutcome::Failed => ("failed", BTreeMap::new()),
        };
        let value = |value: flow::Value| match value {
            flow::Value::Bool(yes) => yes.into(),
            flow::Value::Number(n) => n.into(),
            flow::Value::Text(text) => text.reveal().to_string().into(),
        };
        let header = |(name, pieces): &(types::leg::Text, Vec<HeaderPiece>)| {
            // What is secret is shown to the other system alone.
            let shown = LookupRequest::header(pieces, |_| Some(types::Private::new("***".into())));
            LookupHeader { name: name.to_string(), value: shown.unwrap_or_default().into_inner() }
        };
        let headers = request.headers.iter().map(header).collect();
        Self {
            method: request.method.as_str(),
            url: request.url.into_inner(),
            headers,
            body: request.body.map(types::Private::into_inner),
            outlet,
            status: told.status,
            why: told.why,
            tries: told.tries,
            took_ms: u64::try_from(told.took.as_millis()).unwrap_or(u64::MAX),
            values: values.into_iter().map(|(name, one)| (name.to_string(), value(one))).collect(),
        }
    }
}
