//! Texts with expressions in them: `Order {{ order }} of {{ caller }}`.

use serde::Deserialize;
use types::Private;
use types::leg::Text;

use super::{Expression, Scope};
use crate::check::Check;
use crate::lookup::HeaderPiece;
use crate::problem::What;
use crate::value::Value;

/// The longest template, characters.
const TEMPLATE_CHARS: usize = 4_000;

/// A text with expressions in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Template {
    parts: Vec<Part>,
    pub(super) fault: Option<What>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Expression(Expression),
    /// `{{ secret.crm }}`: filled in by whoever sends it, so that no flow ever sees it.
    Secret(Text),
}

impl From<String> for Template {
    fn from(source: String) -> Self {
        let (mut parts, mut rest) = (Vec::new(), &*source);
        let mut fault = (source.chars().count() > TEMPLATE_CHARS).then_some(What::TooLong(TEMPLATE_CHARS));
        while let Some((text, after)) = rest.split_once("{{") {
            let Some((inside, after)) = after.split_once("}}") else {
                fault = Some(What::OpenTemplate);
                break;
            };
            parts.push(Part::Text(text.to_owned()));
            parts.push(match inside.trim().strip_prefix("secret.") {
                Some(name) => Part::Secret(name.into()),
                None => Part::Expression(inside.to_owned().into()),
            });
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Self { parts, fault }
    }
}

impl Template {
    /// Reports what is wrong with it.
    pub(crate) fn check(&self, field: &str, check: &mut Check<'_>) {
        if let Some(fault) = &self.fault {
            return check.report(field, fault.clone());
        }
        if self.secrets().next().is_some() {
            check.report(field, What::SecretNotHere);
        }
        self.expressions().for_each(|expression| expression.check(field, check));
    }

    /// As [`Self::check`], where secrets may stand.
    pub(crate) fn check_with_secrets(&self, field: &str, check: &mut Check<'_>) {
        if let Some(fault) = &self.fault {
            return check.report(field, fault.clone());
        }
        self.expressions().for_each(|expression| expression.check(field, check));
        for name in self.secrets().filter(|name| !check.names.secret(name)).cloned().collect::<Vec<_>>() {
            check.report(field, What::UnknownSecret(name));
        }
    }

    fn secrets(&self) -> impl Iterator<Item = &Text> {
        self.parts.iter().filter_map(|part| match part {
            Part::Secret(name) => Some(name),
            Part::Text(_) | Part::Expression(_) => None,
        })
    }

    /// Whether it says nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(text) if text.trim().is_empty()))
    }

    /// What stands before the first expression, and whether that is all.
    pub(crate) fn beginning(&self) -> (&str, bool) {
        match self.parts.first() {
            Some(Part::Text(text)) => (text, self.parts.len() == 1),
            _ => ("", false),
        }
    }

    /// The texts between the expressions.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Expression(_) | Part::Secret(_) => None,
        })
    }

    /// The expression that it is, with nothing beside it.
    pub(crate) fn only(&self) -> Option<&Expression> {
        match &*self.parts {
            [Part::Text(before), Part::Expression(only), Part::Text(after)]
                if before.is_empty() && after.is_empty() =>
            {
                Some(only)
            }
            _ => None,
        }
    }

    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) | Part::Secret(_) => None,
            Part::Expression(expression) => Some(expression),
        })
    }

    /// What its expressions give, and the texts around them: one more than there are values.
    ///
    /// # Errors
    /// As [`Expression::evaluate`], and where a secret stands in it.
    pub(crate) fn bound(&self, scope: &dyn Scope) -> Result<(Vec<String>, Vec<Value>), &'static str> {
        let (mut texts, mut values) = (vec![String::new()], Vec::new());
        for part in &self.parts {
            match part {
                Part::Text(text) => texts.last_mut().unwrap_or(&mut String::new()).push_str(text),
                Part::Expression(expression) => {
                    values.push(expression.evaluate(scope)?);
                    texts.push(String::new());
                }
                Part::Secret(_) => return Err("a secret where it could be seen"),
            }
        }
        Ok((texts, values))
    }

    /// Fills it in; `escape` makes what an expression gives fit the place it goes to.
    ///
    /// # Errors
    /// As [`Expression::evaluate`], and where a secret stands in it.
    pub(crate) fn fill(&self, scope: &dyn Scope, escape: impl Fn(&str) -> String) -> Result<String, &'static str> {
        match <[HeaderPiece; 1]>::try_from(self.pieces(scope, escape)?) {
            Ok([HeaderPiece::Text(text)]) => Ok(text.into_inner()),
            _ => Err("a secret where it could be seen"),
        }
    }

    /// Fills it in but for its secrets: begins with a text, and has one behind each secret.
    ///
    /// # Errors
    /// As [`Expression::evaluate`].
    pub(crate) fn pieces(
        &self,
        scope: &dyn Scope,
        escape: impl Fn(&str) -> String,
    ) -> Result<Vec<HeaderPiece>, &'static str> {
        let (mut pieces, mut text) = (Vec::new(), String::new());
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Expression(expression) => text.push_str(&escape(&expression.evaluate(scope)?.to_text())),
                Part::Secret(name) => {
                    pieces.push(HeaderPiece::Text(Private::new(std::mem::take(&mut text))));
                    pieces.push(HeaderPiece::Secret(name.clone()));
                }
            }
        }
        pieces.push(HeaderPiece::Text(Private::new(text)));
        Ok(pieces)
    }
}
