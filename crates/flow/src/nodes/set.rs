//! `set`: sets variables. Outlet `done`.

use std::collections::BTreeMap;

use serde::Deserialize;
use types::leg::Text;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::check::Check;
use crate::core::Core;
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
    values: BTreeMap<Text, Value>,
}

impl NodeKind for Set {
    fn outlets(&self) -> Rule {
        Rule { required: &["done"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        if self.values.is_empty() || self.values.contains_key("") {
            check.report("values", What::Empty);
        }
    }

    fn waits(&self) -> bool {
        false
    }

    fn is_silent(&self) -> bool {
        true
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        // All are read before any is set, so that two can change places.
        let values: Vec<_> = self.values.iter().map(|(name, value)| (name, core.value(value))).collect();
        for (name, value) in values {
            core.set(name, value);
        }
        Next::Out("done")
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
}
