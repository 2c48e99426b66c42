//! Variables of a walk.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::json;
use types::Private;
use types::leg::Text;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A variable's value. Texts may hold a caller's number or what it keyed, so they print as `***`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text. In flows, `$name` stands for the variable of that name.
    Text(Private<Text>),
}

/// What the schema says of a value.
pub(crate) fn shape() -> serde_json::Value {
    json!({"title": "value", "anyOf": [{"type": "boolean"}, {"type": "integer"}, {"type": "string"}]})
}

/// A schema written out by hand; one that is no schema says nothing.
pub(crate) fn read_shape(shape: serde_json::Value) -> RefOr<Schema> {
    serde_json::from_value(shape).unwrap_or_else(|_| RefOr::T(Schema::default()))
}

impl ToSchema for Value {}

impl PartialSchema for Value {
    fn schema() -> RefOr<Schema> {
        read_shape(shape())
    }
}

impl Value {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// As a text, in clear.
    pub fn to_text(&self) -> Text {
        match self {
            Self::Bool(yes) => Text::from(if *yes { "true" } else { "false" }),
            Self::Number(n) => n.to_string().into(),
            Self::Text(text) => text.reveal().clone(),
        }
    }

    /// As a number, where it is one or reads as one (keyed digits do).
    pub fn to_number(&self) -> Option<i64> {
        match self {
            Self::Bool(_) => None,
            Self::Number(n) => Some(*n),
            Self::Text(text) => text.reveal().parse().ok(),
        }
    }

    /// Compares as numbers where both are, as texts otherwise.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self.to_number(), other.to_number()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => self.to_text().cmp(&other.to_text()),
        }
    }

    /// The name of the variable that this text stands for.
    pub(crate) fn reference(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.reveal().strip_prefix('$'),
            _ => None,
        }
    }
}

/// Whole where it is whole; a text with its digits otherwise, since variables hold whole numbers.
pub(crate) fn number_of(n: f64) -> Value {
    /// Up to here each whole number has a `f64` of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if n.fract() == 0.0 && n.abs() <= EXACT { Value::Number(n as i64) } else { Value::text(&n.to_string()) }
}
