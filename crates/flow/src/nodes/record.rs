//! `record`: records from here on, or no longer. Outlet `done`.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule, yes};
use crate::action::Action;
use crate::core::Core;

pub(super) const EXAMPLE: &str = r#"{"kind": "record", "on": true, "outlets": {"done": "sales"}}"#;

/// Fields of a `record` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    /// Record, or stop.
    #[serde(default = "yes")]
    #[schema(default = true)]
    on: bool,
}

impl NodeKind for Record {
    fn outlets(&self) -> Rule {
        Rule { required: &["done"], ..Rule::default() }
    }

    fn waits(&self) -> bool {
        false
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        core.act(Action::Record(self.on));
        Next::Out("done")
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::check;

    #[test]
    fn it_goes_on_at_once() {
        check(
            r#"{"a": {"kind": "record", "outlets": {"done": "b"}}, "b": {"kind": "record", "on": false, "outlets": {"done": "c"}},
                "c": {"kind": "hangup"}}"#,
            "",
            "record on, record off, hangup normal",
        );
    }
}
