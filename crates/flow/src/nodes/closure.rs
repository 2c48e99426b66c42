//! `closure`: whether the centre, or this flow, has been closed for an emergency, by the switch on the flows' page.
//! Outlets `open` and `closed`. A flow without such a node ends with the announcement of the switch.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::core::Core;

pub(super) const EXAMPLE: &str = r#"{"kind": "closure", "outlets": {"open": "menu", "closed": "sorry"}}"#;

/// A `closure` node has no fields of its own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Closure {}

impl NodeKind for Closure {
    fn outlets(&self) -> Rule {
        Rule { required: &["open", "closed"], ..Rule::default() }
    }

    fn waits(&self) -> bool {
        false
    }

    fn is_silent(&self) -> bool {
        true
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        Next::Out(if core.closed { "closed" } else { "open" })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use types::Now;

    use crate::nodes::testing::flow;
    use crate::{Context, Walk};

    #[test]
    fn the_switch_decides() {
        let flow = flow(
            r#"{"c": {"kind": "closure", "outlets": {"open": "o", "closed": "x"}},
                "o": {"kind": "hangup"}, "x": {"kind": "hangup"}}"#,
        );
        assert!(flow.knows_closure());
        for (closed, outlet) in [(false, "open"), (true, "closed")] {
            let walk = Walk::start(&Arc::clone(&flow), Context { closed, ..Context::new(Now::default(), "1", "2") });
            assert_eq!(walk.trace()[0].outlet.as_deref(), Some(outlet));
        }
    }
}
