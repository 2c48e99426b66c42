//! What the nodes that ask another system about the caller have in common. Outlets `found`, `not_found` (`failed` where
//! it leads nowhere) and `failed`. Variables that are not found are empty texts. Whoever waits longer than a second
//! hears something.

use std::collections::BTreeMap;

use types::leg::Text;

use super::{Next, Rule};
use crate::core::{Core, Event, Phase};
use crate::expression::{Expression, Scope};
use crate::lookup::{LookupAnswer, LookupOutcome, LookupRequest};
use crate::say::{Piece, Say, Special};
use crate::value::Value;

/// A caller who hears nothing for this long thinks that the line is dead, seconds.
const SILENCE_S: u32 = 1;
/// An answer that has not come by so long after its time is lost, seconds.
const GRACE_S: u32 = 2;

pub(super) const OUTLETS: Rule =
    Rule { required: &["found", "failed"], optional: &["not_found"], keys: false, any: false };

/// A node that asks.
pub(crate) trait Looker {
    /// Everything that is worked out before it can ask.
    fn expressions(&self) -> Vec<&Expression>;
    /// The variables that it sets.
    fn variables(&self) -> Vec<&Text>;
    /// What those hear who wait, and how long they do, seconds.
    fn patience(&self) -> (&Say, u32);
    /// The request for this caller.
    ///
    /// # Errors
    /// Why it can't be made.
    fn request(&self, scope: &dyn Scope) -> Result<LookupRequest, &'static str>;
}

pub(super) fn music() -> Say {
    Say(vec![Piece::Special(Special::Music("default".into()))])
}

pub(super) fn fallback(outlet: &str) -> Option<&'static str> {
    (outlet == "not_found").then_some("failed")
}

pub(super) fn enter(node: &dyn Looker, core: &mut Core) -> Next {
    if core.look_at_queues(node.expressions()) { Next::Stay } else { ask(node, core) }
}

pub(super) fn event(node: &dyn Looker, core: &mut Core, event: Event) -> Next {
    match (event, core.phase) {
        (Event::Queues, Phase::Start) => ask(node, core),
        (Event::Looked, Phase::Waiting | Phase::Asking) => {
            let Some(LookupAnswer { outcome, detail, .. }) = core.looked.take() else { return Next::Stay };
            core.detail = detail;
            leave(node, core, outcome)
        }
        (Event::Timeout, Phase::Waiting) => {
            let (prompt, timeout_s) = node.patience();
            core.say(&[prompt], false);
            core.phase = Phase::Asking;
            core.wait(timeout_s + GRACE_S);
            Next::Stay
        }
        (Event::Timeout, Phase::Asking) => {
            core.detail = "no answer".to_owned();
            leave(node, core, LookupOutcome::Failed)
        }
        _ => Next::Stay,
    }
}

fn ask(node: &dyn Looker, core: &mut Core) -> Next {
    match node.request(core) {
        Ok(request) => {
            core.lookup(request);
            core.phase = Phase::Waiting;
            core.wait(SILENCE_S);
            Next::Stay
        }
        Err(why) => {
            core.detail = format!("expression: {why}");
            leave(node, core, LookupOutcome::Failed)
        }
    }
}

fn leave(node: &dyn Looker, core: &mut Core, outcome: LookupOutcome) -> Next {
    let (mut values, outlet) = match outcome {
        LookupOutcome::Found(values) => (values, "found"),
        LookupOutcome::NotFound => (BTreeMap::new(), "not_found"),
        LookupOutcome::Failed => (BTreeMap::new(), "failed"),
    };
    for name in node.variables() {
        let value = values.remove(name).unwrap_or_else(|| Value::text(""));
        core.set(name, value);
    }
    Next::Out(outlet)
}
