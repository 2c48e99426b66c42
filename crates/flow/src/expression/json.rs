//! JSON with expressions in its texts. What they give can't leave its place: it becomes a value, never a piece of syntax.

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{Expression, Scope, Template};
use crate::check::Check;
use crate::value::Value;

/// JSON whose texts are templates.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Json")]
pub(crate) enum JsonTemplate {
    /// Anything but a text.
    Plain(Json),
    Text(Template),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl From<Json> for JsonTemplate {
    fn from(json: Json) -> Self {
        match json {
            Json::String(text) => Self::Text(text.into()),
            Json::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Json::Object(fields) => {
                Self::Object(fields.into_iter().map(|(name, value)| (name, value.into())).collect())
            }
            plain @ (Json::Null | Json::Bool(_) | Json::Number(_)) => Self::Plain(plain),
        }
    }
}

impl JsonTemplate {
    fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Plain(_) => Vec::new(),
            Self::Text(text) => vec![text],
            Self::List(items) => items.iter().flat_map(Self::templates).collect(),
            Self::Object(fields) => fields.iter().flat_map(|(_, value)| value.templates()).collect(),
        }
    }

    /// Reports what is wrong with it.
    pub(crate) fn check(&self, field: &str, check: &mut Check<'_>) {
        self.templates().into_iter().for_each(|text| text.check(field, check));
    }

    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.templates().into_iter().flat_map(Template::expressions)
    }

    /// Fills it in.
    ///
    /// # Errors
    /// As [`Expression::evaluate`].
    pub(crate) fn fill(&self, scope: &dyn Scope) -> Result<Json, &'static str> {
        Ok(match self {
            Self::Plain(plain) => plain.clone(),
            Self::Text(text) => match text.only() {
                Some(expression) => match expression.evaluate(scope)? {
                    Value::Bool(yes) => yes.into(),
                    Value::Number(n) => n.into(),
                    Value::Text(text) => text.reveal().to_string().into(),
                },
                None => text.fill(scope, str::to_owned)?.into(),
            },
            Self::List(items) => Json::Array(items.iter().map(|item| item.fill(scope)).collect::<Result<_, _>>()?),
            Self::Object(fields) => {
                let filled = fields.iter().map(|(name, value)| Ok((name.clone(), value.fill(scope)?)));
                Json::Object(filled.collect::<Result<Map<_, _>, &'static str>>()?)
            }
        })
    }
}
