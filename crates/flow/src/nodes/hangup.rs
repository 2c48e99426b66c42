//! `hangup`: ends the call, after last words if there are any. No outlets.

use serde::Deserialize;
use types::Cause;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::check::Check;
use crate::core::{Core, Event, Phase};
use crate::say::Say;

pub(super) const EXAMPLE: &str = r#"{"kind": "hangup", "prompt": "goodbye"}"#;

/// Fields of a `hangup` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hangup {
    /// Last words.
    #[serde(default)]
    prompt: Say,
    /// Why, as the caller's side is told: `normal`, `busy`, `declined` …
    #[serde(default = "normal")]
    #[schema(value_type = String, format = "cause", default = "normal")]
    cause: Cause,
}

const fn normal() -> Cause {
    Cause::Normal
}

impl NodeKind for Hangup {
    fn outlets(&self) -> Rule {
        Rule::default()
    }

    fn check(&self, check: &mut Check<'_>) {
        self.prompt.check("prompt", check);
    }

    fn is_silent(&self) -> bool {
        true
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        if core.say(&[&self.prompt], false) {
            core.phase = Phase::Closing;
            return Next::Stay;
        }
        Next::End(self.cause)
    }

    fn event(&self, _: &Outlets, _: &mut Core, event: Event) -> Next {
        if event == Event::PlayDone { Next::End(self.cause) } else { Next::Stay }
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::check;

    #[test]
    fn last_words_are_heard_to_their_end() {
        check(r#"{"h": {"kind": "hangup", "prompt": "goodbye"}}"#, "5", "answer, play goodbye");
        check(r#"{"h": {"kind": "hangup", "prompt": "goodbye"}}"#, "5 done", "answer, play goodbye, hangup normal");
    }

    #[test]
    fn a_call_can_be_refused_without_taking_it() {
        check(r#"{"h": {"kind": "hangup", "cause": "busy"}}"#, "", "hangup busy");
    }

    #[test]
    fn a_lost_report_of_the_end_holds_nobody_for_ever() {
        check(r#"{"h": {"kind": "hangup", "prompt": "goodbye"}}"#, "900s", "answer, play goodbye, stop, hangup normal");
    }
}
