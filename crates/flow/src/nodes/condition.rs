//! `condition`: compares a variable, or works an expression out. Outlets `true` and `false`; an expression that can't be
//! worked out leaves by `false`, and the trace says why.

use std::cmp::Ordering;

use serde::Deserialize;
use types::leg::Text;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::check::Check;
use crate::core::{Core, Event};
use crate::expression::Expression;
use crate::problem::What;
use crate::value::Value;

pub(super) const EXAMPLE: &str = r#"{"kind": "condition", "variable": "caller", "op": "prefix", "value": "1380",
  "outlets": {"true": "vip", "false": "menu"}}"#;

/// How to compare. Both as numbers where both are (keyed digits count), as texts otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// The variable begins with the value.
    Prefix,
    /// The variable is set and not empty; no value needed.
    Set,
}

/// Fields of a `condition` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    /// The variable: one of the flow's, or `caller`, `dialled`, `language`.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "variable")]
    variable: Text,
    /// `eq`, `ne`, `lt`, `le`, `gt`, `ge`, `prefix` or `set`.
    #[serde(default)]
    op: Option<Op>,
    /// What to compare with; `$name` for what a variable holds.
    #[schema(value_type = Option<Value>)]
    value: Option<Value>,
    /// In place of the three: an expression in CEL that is true or false, such as `hour < 18 && queue("sales").waiting < 5`.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "expression")]
    expression: Option<Expression>,
}

impl Condition {
    /// Decides.
    fn decide(&self, core: &mut Core) -> Next {
        let holds = match &self.expression {
            None => self.compares(core),
            Some(expression) => expression.holds(core).unwrap_or_else(|why| {
                core.detail = format!("expression: {why}");
                false
            }),
        };
        Next::Out(if holds { "true" } else { "false" })
    }

    fn compares(&self, core: &Core) -> bool {
        let own = core.variable(&self.variable).unwrap_or_else(|| Value::text(""));
        let other = self.value.as_ref().map_or_else(|| Value::text(""), |value| core.value(value));
        let order = own.compare(&other);
        match self.op.unwrap_or(Op::Eq) {
            Op::Eq => order == Ordering::Equal,
            Op::Ne => order != Ordering::Equal,
            Op::Lt => order == Ordering::Less,
            Op::Le => order != Ordering::Greater,
            Op::Gt => order == Ordering::Greater,
            Op::Ge => order != Ordering::Less,
            Op::Prefix => own.to_text().starts_with(&*other.to_text()),
            Op::Set => !own.to_text().is_empty(),
        }
    }
}

impl NodeKind for Condition {
    fn outlets(&self) -> Rule {
        Rule { required: &["true", "false"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        if let Some(expression) = &self.expression {
            if !self.variable.is_empty() || self.op.is_some() || self.value.is_some() {
                check.report("expression", What::Either("expression", "variable"));
            }
            return expression.check("expression", check);
        }
        if self.variable.is_empty() {
            check.report("variable", What::Empty);
        }
        if self.op.is_none() {
            check.report("op", What::Empty);
        }
        if self.value.is_none() && self.op != Some(Op::Set) {
            check.report("value", What::Empty);
        }
    }

    fn waits(&self) -> bool {
        false
    }

    fn is_silent(&self) -> bool {
        true
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        if core.look_at_queues(&self.expression) { Next::Stay } else { self.decide(core) }
    }

    fn event(&self, _: &Outlets, core: &mut Core, event: Event) -> Next {
        if event == Event::Queues { self.decide(core) } else { Next::Stay }
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::{check, walk};

    #[test]
    fn expressions() {
        let flow = |expression: &str| {
            format!(
                r#"{{"c": {{"kind": "condition", "expression": "{expression}", "outlets": {{"true": "t", "false": "f"}}}},
                    "t": {{"kind": "hangup"}}, "f": {{"kind": "hangup", "cause": "declined"}}}}"#
            )
        };
        check(&flow("caller.startsWith('138') && hour == 9 && weekday == 1"), "", "hangup normal");
        check(&flow("date == '2026-11-23' && time < '09:00'"), "", "hangup declined");
        check(&flow("queue('sales').waiting > 5"), "", "look sales");
        check(&flow("queue('sales').waiting > 5"), "queues", "look sales, hangup normal");
        let (walk, done) = walk(&flow("int(caller + 'x') > 5"), "");
        assert_eq!((&*done, &*walk.trace()[0].detail), ("hangup declined", "expression: a text that is no number"));
    }

    #[test]
    fn comparisons() {
        for (variable, op, value, holds) in [
            ("caller", "prefix", "\"138\"", true),
            ("caller", "prefix", "\"139\"", false),
            ("dialled", "eq", "95", true),
            ("dialled", "gt", "\"100\"", false),
            ("dialled", "le", "95", true),
            ("language", "ne", "\"en\"", true),
            ("language", "lt", "\"zi\"", true),
            ("nothing", "set", "null", false),
            ("caller", "set", "null", true),
            ("nothing", "eq", "\"\"", true),
        ] {
            let flow = format!(
                r#"{{"c": {{"kind": "condition", "variable": "{variable}", "op": "{op}", "value": {value},
                           "outlets": {{"true": "t", "false": "f"}}}},
                    "t": {{"kind": "hangup"}}, "f": {{"kind": "hangup", "cause": "declined"}}}}"#
            );
            check(&flow, "", if holds { "hangup normal" } else { "hangup declined" });
        }
    }
}
