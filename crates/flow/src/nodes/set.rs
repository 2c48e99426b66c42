//! `set`: sets variables. Outlet `done`. What can't be worked out is an empty text, and the trace says why.

use std::collections::BTreeMap;

use serde::Deserialize;
use types::leg::Text;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::check::Check;
use crate::core::{Core, Event};
use crate::expression::Expression;
use crate::problem::What;
use crate::value::Value;

pub(super) const EXAMPLE: &str = r#"{"kind": "set", "values": {"vip": true, "account": "$digits"},
  "outlets": {"done": "sales"}}"#;

/// Fields of a `set` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Set {
    /// Names and values: a text, a whole number, `true` or `false`, or `$name` for what a variable holds.
    #[schema(value_type = BTreeMap<String, Value>, format = "values")]
    #[serde(default)]
    values: BTreeMap<Text, Value>,
    /// Names and expressions in CEL, such as `int(digits) * 100`.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>, format = "expressions")]
    expressions: BTreeMap<Text, Expression>,
}

impl Set {
    fn assign(&self, core: &mut Core) -> Next {
        // All are read before any is set, so that two can change places.
        let mut values: Vec<_> = self.values.iter().map(|(name, value)| (name, core.value(value))).collect();
        for (name, expression) in &self.expressions {
            let value = expression.evaluate(core).unwrap_or_else(|why| {
                core.detail = format!("{name}: {why}");
                Value::text("")
            });
            values.push((name, value));
        }
        for (name, value) in values {
            core.set(name, value);
        }
        Next::Out("done")
    }
}

impl NodeKind for Set {
    fn outlets(&self) -> Rule {
        Rule { required: &["done"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        if self.values.contains_key("") || (self.values.is_empty() && self.expressions.is_empty()) {
            check.report("values", What::Empty);
        }
        if self.expressions.contains_key("") {
            check.report("expressions", What::Empty);
        }
        for (name, expression) in &self.expressions {
            expression.check(&format!("expressions.{name}"), check);
        }
    }

    fn waits(&self) -> bool {
        false
    }

    fn is_silent(&self) -> bool {
        true
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        if core.look_at_queues(self.expressions.values()) { Next::Stay } else { self.assign(core) }
    }

    fn event(&self, _: &Outlets, core: &mut Core, event: Event) -> Next {
        if event == Event::Queues { self.assign(core) } else { Next::Stay }
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::walk;

    #[test]
    fn values_and_references() {
        let flow = r#"{"a": {"kind": "set", "values": {"x": 1, "y": "b", "z": "$dialled"}, "outlets": {"done": "b"}},
                       "b": {"kind": "set", "values": {"x": "$y", "y": "$x"}, "outlets": {"done": "c"}},
                       "c": {"kind": "hangup"}}"#;
        let (walk, _) = walk(flow, "");
        let text = |name| walk.variable(name).map(|value| value.to_text().to_string());
        assert_eq!(
            (text("x").as_deref(), text("y").as_deref(), text("z").as_deref()),
            (Some("b"), Some("1"), Some("95"))
        );
    }

    #[test]
    fn expressions_count_with_what_was_there_before() {
        let flow = r#"{"a": {"kind": "set", "values": {"x": 2}, "expressions": {"y": "x + 1", "bad": "1 / 0"}, "outlets": {"done": "b"}},
                       "b": {"kind": "set", "expressions": {"x": "int(x) * 21", "wait": "queue('sales').waiting"}, "outlets": {"done": "c"}},
                       "c": {"kind": "hangup"}}"#;
        let (walk, done) = walk(flow, "queues");
        let text = |name| walk.variable(name).map(|value| value.to_text().to_string());
        // `x` was not set when `y` was worked out.
        assert_eq!(
            (text("x").as_deref(), text("y").as_deref(), text("bad").as_deref()),
            (Some("42"), Some(""), Some(""))
        );
        assert_eq!((text("wait").as_deref(), &*done), (Some("7"), "look sales, hangup normal"));
        assert_eq!(&*walk.trace()[0].detail, "y: values that don't go together");
    }
}
