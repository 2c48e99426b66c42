//! `return`: goes back to the flow that called this one; in a flow that nobody called, hangs up. No outlets.

use serde::Deserialize;
use types::leg::Text;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::core::Core;

pub(super) const EXAMPLE: &str = r#"{"kind": "return", "outlet": "failed"}"#;

/// Fields of a `return` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Return {
    /// The outlet by which the calling node is left.
    #[serde(default = "done")]
    #[schema(value_type = String, default = "done")]
    outlet: Text,
}

fn done() -> Text {
    "done".into()
}

impl NodeKind for Return {
    fn outlets(&self) -> Rule {
        Rule::default()
    }

    fn waits(&self) -> bool {
        false
    }

    fn is_silent(&self) -> bool {
        true
    }

    fn enter(&self, _: &Outlets, _: &mut Core) -> Next {
        Next::Return(self.outlet.clone())
    }
}
