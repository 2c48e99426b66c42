//! `echo`: the caller hears itself, until `#` or the longest time. Outlet `done` (optional).

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::action::Action;
use crate::check::Check;
use crate::core::{Core, Event, Phase};
use crate::say::Say;

pub(super) const EXAMPLE: &str = r#"{"kind": "echo", "prompt": "echo_intro", "max_s": 300}"#;

/// Fields of an `echo` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Echo {
    /// Said before.
    #[serde(default)]
    prompt: Say,
    /// The longest time, seconds.
    #[serde(default = "max_s")]
    #[schema(default = 600, minimum = 1, maximum = 3600)]
    max_s: u32,
}

const fn max_s() -> u32 {
    600
}

impl Echo {
    fn begin(&self, core: &mut Core) -> Next {
        core.answer();
        core.phase = Phase::Connected;
        core.wait(self.max_s);
        core.act(Action::Echo(true));
        Next::Stay
    }
}

impl NodeKind for Echo {
    fn outlets(&self) -> Rule {
        Rule { optional: &["done"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        self.prompt.check("prompt", check);
        check.range("max_s", self.max_s, 1, 3600);
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        core.forget_keys();
        if core.say(&[&self.prompt], false) {
            core.phase = Phase::Asking;
            return Next::Stay;
        }
        self.begin(core)
    }

    fn event(&self, _: &Outlets, core: &mut Core, event: Event) -> Next {
        match (event, core.phase) {
            (Event::PlayDone, Phase::Asking) => self.begin(core),
            (Event::Timeout, Phase::Connected) => {
                core.act(Action::Echo(false));
                Next::Out("done")
            }
            (Event::Digit, Phase::Connected) if core.key() == Some('#') => {
                core.act(Action::Echo(false));
                Next::Out("done")
            }
            _ => Next::Stay,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::check;

    #[test]
    fn it_ends_by_key_and_by_time() {
        let flow = r#"{"e": {"kind": "echo", "prompt": "echo_intro", "max_s": 60}}"#;
        check(flow, "done 5 #", "answer, play echo_intro, echo on, echo off, hangup normal");
        check(flow, "done 60s", "answer, play echo_intro, echo on, echo off, hangup normal");
        check(r#"{"e": {"kind": "echo"}}"#, "hangup", "answer, echo on");
    }
}
