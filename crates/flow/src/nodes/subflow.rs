//! `subflow`: walks another flow and comes back. Its outlets are those that the other flow's `return`
//! nodes name; `done` is needed.

use serde::Deserialize;
use types::leg::Text;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::check::Check;
use crate::core::Core;
use crate::problem::What;

pub(super) const EXAMPLE: &str =
    r#"{"kind": "subflow", "flow": "identify", "outlets": {"done": "sales", "failed": "bye"}}"#;

/// Fields of a `subflow` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subflow {
    /// The other flow's id.
    #[schema(value_type = String, format = "flow")]
    flow: Text,
}

impl NodeKind for Subflow {
    fn outlets(&self) -> Rule {
        Rule { required: &["done"], any: true, ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        if !check.names.flow(&self.flow) {
            check.report("flow", What::UnknownFlow(self.flow.clone()));
        }
    }

    fn waits(&self) -> bool {
        false
    }

    fn is_silent(&self) -> bool {
        true
    }

    fn fallback(&self, _: &str) -> Option<&'static str> {
        Some("done")
    }

    fn enter(&self, _: &Outlets, _: &mut Core) -> Next {
        Next::Sub(self.flow.clone())
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::{check, check_with};

    const INNER: &str = r#"{"m": {"kind": "menu", "prompt": "menu_main", "outlets": {"1": "ok", "2": "no", "timeout": "bye"}},
                            "ok": {"kind": "return"}, "no": {"kind": "return", "outlet": "refused"},
                            "bye": {"kind": "hangup", "cause": "no_answer"}}"#;
    const OUTER: &str = r#"{"s": {"kind": "subflow", "flow": "inner", "outlets": {"done": "d", "refused": "r"}},
                            "d": {"kind": "hangup"}, "r": {"kind": "hangup", "cause": "declined"}}"#;

    #[test]
    fn it_comes_back_by_the_outlet_that_was_returned() {
        check_with(&[("inner", INNER)], OUTER, "1", "answer, play! menu_main, stop, hangup normal");
        check_with(&[("inner", INNER)], OUTER, "2", "answer, play! menu_main, stop, hangup declined");
        check_with(&[("inner", INNER)], OUTER, "hangup", "answer, play! menu_main");
    }

    #[test]
    fn a_flow_that_calls_itself_ends() {
        let endless =
            r#"{"s": {"kind": "subflow", "flow": "inner", "outlets": {"done": "d"}}, "d": {"kind": "hangup"}}"#;
        check_with(&[("inner", endless)], endless, "", "hangup internal");
        check(endless, "", "hangup internal");
    }
}
