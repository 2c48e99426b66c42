//! Trying a node that asks another system.

use std::collections::BTreeMap;
use std::time::Duration;

use flow::{HeaderPiece, LookupOutcome, LookupRequest, LookupTold, Question};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use types::Private;
use utoipa::ToSchema;

/// A node to try, with what the caller's flow would know.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookupTrial {
    /// An `http_lookup` or `database_lookup` node.
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
    /// How an address was asked; absent where a database was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    pub(crate) headers: Vec<LookupHeader>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) database: Option<DatabaseTried>,
    /// The outlet that a call would leave by: `found`, `not_found` or `failed`.
    pub(crate) outlet: &'static str,
    /// The status, where there was an answer by HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// Why it failed, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<&'static str>,
    /// What a database said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) said: Option<String>,
    pub(crate) tries: u32,
    pub(crate) took_ms: u64,
    /// The variables that were taken from the answer.
    #[schema(value_type = Object)]
    pub(crate) values: BTreeMap<String, Value>,
}

/// What a database was asked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DatabaseTried {
    pub(crate) name: String,
    /// With `$1` and so on in the places of the values.
    pub(crate) statement: String,
    /// The values, in that order.
    #[schema(value_type = Vec<Object>)]
    pub(crate) values: Vec<Value>,
}

/// What came of trying a database's connection.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectionTried {
    /// It answered.
    pub(crate) ok: bool,
    /// Why not, where it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<&'static str>,
    /// What the database said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) said: Option<String>,
    pub(crate) took_ms: u64,
}

impl From<LookupTold> for ConnectionTried {
    fn from(told: LookupTold) -> Self {
        let ok = matches!(told.outcome, LookupOutcome::Found(_));
        Self { ok, why: told.why, said: told.said.map(Private::into_inner), took_ms: ms(told.took) }
    }
}

fn ms(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

fn json(value: &flow::Value) -> Value {
    match value {
        flow::Value::Bool(yes) => (*yes).into(),
        flow::Value::Number(n) => (*n).into(),
        flow::Value::Text(text) => text.reveal().to_string().into(),
    }
}

/// What is secret is shown to the other system alone.
fn masked((name, pieces): &(types::leg::Text, Vec<HeaderPiece>)) -> LookupHeader {
    let shown = LookupRequest::header(pieces, |_| Some(Private::new("***".into())));
    LookupHeader { name: name.to_string(), value: shown.unwrap_or_default().into_inner() }
}

impl LookupTried {
    pub(crate) fn new(request: LookupRequest, told: LookupTold) -> Self {
        let (outlet, values) = match told.outcome {
            LookupOutcome::Found(values) => ("found", values),
            LookupOutcome::NotFound => ("not_found", BTreeMap::new()),
            LookupOutcome::Failed => ("failed", BTreeMap::new()),
        };
        let (http, database) = match request.question {
            Question::Http(asked) => (Some(asked), None),
            Question::Database(asked) => {
                let (name, values) = (asked.database.to_string(), asked.values.iter().map(json).collect());
                (None, Some(DatabaseTried { name, statement: asked.statement('$'), values }))
            }
        };
        let headers = http.iter().flat_map(|asked| &asked.headers).map(masked).collect();
        let method = http.as_ref().map(|asked| asked.method.as_str());
        let (url, body) = http.map_or((None, None), |asked| (Some(asked.url), asked.body));
        Self {
            method,
            url: url.map(Private::into_inner),
            headers,
            body: body.map(Private::into_inner),
            database,
            outlet,
            status: told.status,
            why: told.why,
            said: told.said.map(Private::into_inner),
            tries: told.tries,
            took_ms: ms(told.took),
            values: values.iter().map(|(name, one)| (name.to_string(), json(one))).collect(),
        }
    }
}
