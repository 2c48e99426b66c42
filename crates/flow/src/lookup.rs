//! Asking another system about a caller: what is asked, and what is taken from the answer. The asking itself is done
//! outside of the walk.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json_path::JsonPath;
use types::Private;
use types::leg::Text;

use crate::check::Check;
use crate::database::DatabaseQuestion;
use crate::problem::What;
use crate::value::{Value, number_of};

/// The longest JSONPath, characters.
const PATH_CHARS: usize = 200;
/// The longest text that is taken from an answer, characters.
const TAKEN_CHARS: usize = 1_000;

/// How an address is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LookupMethod {
    /// `GET`.
    #[default]
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
}

impl LookupMethod {
    /// As HTTP writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether asking twice does no more than asking once (RFC 9110, section 9.2.2).
    pub const fn is_idempotent(self) -> bool {
        matches!(self, Self::Get | Self::Put | Self::Delete)
    }
}

/// A piece of a header's value that is filled in, but for its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderPiece {
    /// As it is.
    Text(Private<String>),
    /// The secret of this name.
    Secret(Text),
}

/// What is asked of an address, filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpQuestion {
    /// How.
    pub method: LookupMethod,
    /// The address with its query.
    pub url: Private<String>,
    /// Headers.
    pub headers: Vec<(Text, Vec<HeaderPiece>)>,
    /// A JSON text.
    pub body: Option<Private<String>>,
}

/// What is asked, filled in.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Of an address.
    Http(HttpQuestion),
    /// Of a database.
    Database(DatabaseQuestion),
}

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub struct LookupRequest {
    /// What is asked.
    pub question: Question,
    /// The time to reach the server, names and TLS included.
    pub connect_within: Duration,
    /// The time for everything, tries anew included.
    pub within: Duration,
    /// How often it is tried anew after a failure.
    pub retries: u8,
    /// What is taken from the answer.
    pub taken: Arc<Taken>,
}

impl LookupRequest {
    /// The database that it is put to, where it is.
    pub const fn database(&self) -> Option<&Text> {
        match &self.question {
            Question::Http(_) => None,
            Question::Database(question) => Some(&question.database),
        }
    }

    /// The names of the secrets that it shows.
    pub fn secrets(&self) -> impl Iterator<Item = &Text> {
        let headers = match &self.question {
            Question::Http(question) => &*question.headers,
            Question::Database(_) => &[],
        };
        headers.iter().flat_map(|(_, pieces)| pieces).filter_map(|piece| match piece {
            HeaderPiece::Text(_) => None,
            HeaderPiece::Secret(name) => Some(name),
        })
    }

    /// A header's value with its secrets.
    ///
    /// # Errors
    /// The name of a secret that there is not.
    pub fn header(
        pieces: &[HeaderPiece],
        secret: impl Fn(&str) -> Option<Private<Text>>,
    ) -> Result<Private<String>, Text> {
        let mut value = String::new();
        for piece in pieces {
            match piece {
                HeaderPiece::Text(text) => value.push_str(text.reveal()),
                HeaderPiece::Secret(name) => value.push_str(secret(name).ok_or_else(|| name.clone())?.reveal()),
            }
        }
        Ok(Private::new(value))
    }
}

/// What became of a lookup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupOutcome {
    /// The variables that were taken; one for which the answer has nothing is missing.
    Found(BTreeMap<Text, Value>),
    /// There is nothing about this caller.
    NotFound,
    /// It could not be asked.
    Failed,
}

/// An answer, for the walk that waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupAnswer {
    /// The number that [`crate::Action::Lookup`] gave it.
    pub ask: u32,
    /// What became of it.
    pub outcome: LookupOutcome,
    /// For the trace: the status and the time, or what went wrong; nothing of what was asked or answered.
    pub detail: String,
}

/// What came of asking, for whoever tries a node.
#[derive(Clone, Debug, PartialEq)]
pub struct LookupTold {
    /// For the flow.
    pub outcome: LookupOutcome,
    /// The status, where there was an answer.
    pub status: Option<u16>,
    /// Why it failed, where it did.
    pub why: Option<&'static str>,
    /// What a database said of it; never for a caller's path, since it may name what was asked.
    pub said: Option<Private<String>>,
    /// How often it was tried.
    pub tries: u32,
    /// How long it took.
    pub took: Duration,
}

impl LookupTold {
    /// For the trace: nothing of what was asked or answered.
    pub fn detail(&self) -> String {
        let status = self.status.map_or_else(String::new, |status| format!("{status}, "));
        let why = self.why.map_or_else(String::new, |why| format!("{why}, "));
        format!("{status}{why}{} ms", self.took.as_millis())
    }
}

/// A JSONPath (RFC 9535) as it is written, read.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Path(Result<JsonPath, String>);

impl From<String> for Path {
    fn from(source: String) -> Self {
        Self(read_path(&source))
    }
}

impl Path {
    /// Reports what is wrong with it.
    pub(crate) fn check(&self, field: &str, check: &mut Check<'_>) {
        if let Err(why) = &self.0 {
            check.report(field, What::BadPath(why.clone()));
        }
    }
}

/// What is taken from an answer: variables, each by a path or from a column.
#[derive(Debug, Default, PartialEq)]
pub struct Taken {
    places: BTreeMap<Text, Place>,
    /// Nothing was found where this one gives nothing.
    found: Option<JsonPath>,
}

/// Where in an answer a variable is.
#[derive(Debug, PartialEq)]
enum Place {
    Path(JsonPath),
    Column(Text),
}

impl Taken {
    /// Those that could be read.
    pub(crate) fn new(paths: &BTreeMap<Text, Path>, found: Option<&Path>) -> Self {
        let read = |path: &Path| path.0.as_ref().ok().cloned();
        let places = paths.iter().filter_map(|(name, path)| Some((name.clone(), Place::Path(read(path)?)))).collect();
        Self { places, found: found.and_then(read) }
    }

    /// Those of a row's columns.
    pub(crate) fn columns(columns: &BTreeMap<Text, Text>) -> Self {
        let places = columns.iter().map(|(name, column)| (name.clone(), Place::Column(column.clone()))).collect();
        Self { places, found: None }
    }

    /// A column that is wanted and that the row has not.
    pub fn missing_column(&self, row: &serde_json::Map<String, serde_json::Value>) -> Option<&Text> {
        self.places.values().find_map(|place| match place {
            Place::Column(column) => (!row.contains_key(&**column)).then_some(column),
            Place::Path(_) => None,
        })
    }

    /// The variables.
    pub fn names(&self) -> impl Iterator<Item = &Text> {
        self.places.keys()
    }

    /// Whether nothing is asked of the answer.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty() && self.found.is_none()
    }

    /// Takes the variables from an answer. What is neither a text, a number nor a yes or no is left out.
    pub fn from_answer(&self, answer: &serde_json::Value) -> LookupOutcome {
        if self.found.as_ref().is_some_and(|path| path.query(answer).iter().all(|value| value.is_null())) {
            return LookupOutcome::NotFound;
        }
        let taken = self.places.iter().filter_map(|(name, place)| {
            let value = match place {
                Place::Path(path) => path.query(answer).first().and_then(value_of),
                Place::Column(column) => answer.get(&**column).and_then(value_of),
            };
            Some((name.clone(), value?))
        });
        LookupOutcome::Found(taken.collect())
    }
}

fn value_of(value: &serde_json::Value) -> Option<Value> {
    match value {
        serde_json::Value::Bool(yes) => Some(Value::Bool(*yes)),
        serde_json::Value::Number(n) => n.as_i64().map(Value::Number).or_else(|| n.as_f64().map(number_of)),
        serde_json::Value::String(text) => {
            let text: String = text.chars().take(TAKEN_CHARS).collect();
            Some(Value::Text(Text::from(text).into()))
        }
        serde_json::Value::Null | serde_json::Value::Array(_) | serde_json::Value::Object(_) => None,
    }
}

/// Reads a path. One that would walk the answer for each of its parts is refused: an answer is as large as another
/// system makes it.
fn read_path(path: &str) -> Result<JsonPath, String> {
    if path.chars().count() > PATH_CHARS {
        return Err(format!("more than {PATH_CHARS} characters"));
    }
    let count = |part: &str| path.matches(part).count();
    if count("..") > 1 || count("?") > 1 || count("$") > 1 {
        return Err("at most one `..`, one filter and one `$`".to_owned());
    }
    JsonPath::parse(path).map_err(|e| format!("character {}: {}", e.position() + 1, e.message()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn taken(paths: &[(&str, &str)], found: Option<&str>) -> Taken {
        let paths = paths.iter().map(|(name, path)| (Text::from(*name), Path::from((*path).to_owned()))).collect();
        Taken::new(&paths, found.map(|path| Path::from(path.to_owned())).as_ref())
    }

    #[test]
    fn variables_keep_their_types() {
        let answer = json!({"customer": {"name": "王芳", "level": 3, "vip": true, "rate": 0.5, "tags": ["a"], "gone": null},
                            "orders": [{"id": 7, "open": false}, {"id": 9, "open": true}]});
        let paths = [
            ("name", "$.customer.name"),
            ("level", "$.customer.level"),
            ("vip", "$.customer.vip"),
            ("rate", "$.customer.rate"),
            ("order", "$.orders[?@.open == true].id"),
            ("tags", "$.customer.tags"),
            ("gone", "$.customer.gone"),
            ("none", "$.nothing"),
        ];
        let LookupOutcome::Found(found) = taken(&paths, None).from_answer(&answer) else { panic!("not found") };
        let shown: Vec<_> = found.iter().map(|(name, value)| format!("{name}={}", value.to_text())).collect();
        assert_eq!(shown, ["level=3", "name=王芳", "order=9", "rate=0.5", "vip=true"]);
        assert_eq!(found["level"], Value::Number(3));
    }

    #[test]
    fn nothing_is_found_where_the_answer_says_so() {
        let found = |answer| taken(&[], Some("$.items[0]")).from_answer(&answer);
        assert_eq!(found(json!({"items": []})), LookupOutcome::NotFound);
        assert_eq!(found(json!({"items": [null]})), LookupOutcome::NotFound);
        assert_eq!(found(json!({"items": [{}]})), LookupOutcome::Found(BTreeMap::new()));
    }

    #[test]
    fn paths_that_cannot_be_read_or_cost_too_much_are_named() {
        for path in
            ["customer", "$.a[", "$..a..b", "$.a[?@.b == $.c]", "$[?@.a[?@.b]]", &*format!("$.{}", "a".repeat(200))]
        {
            assert!(Path::from((*path).to_owned()).0.is_err(), "{path}");
        }
    }
}
