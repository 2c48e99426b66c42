//! `play`: plays prompts. Outlet `done`.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::check::Check;
use crate::core::{Core, Event, Phase};
use crate::problem::What;
use crate::say::Say;

pub(super) const EXAMPLE: &str = r#"{"kind": "play", "prompt": "greeting_main", "barge_in": true,
  "outlets": {"done": "menu"}}"#;

/// Fields of a `play` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Play {
    /// What to play.
    prompt: Say,
    /// A key cuts it short and is kept for the node that comes next.
    #[serde(default)]
    barge_in: bool,
    /// The longest time, seconds; needed for music and tones, which never end.
    #[schema(minimum = 1, maximum = 900)]
    max_s: Option<u32>,
}

impl NodeKind for Play {
    fn outlets(&self) -> Rule {
        Rule { optional: &["done"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        if self.prompt.is_empty() {
            check.report("prompt", What::Empty);
        }
        match self.max_s {
            Some(max_s) => {
                check.range("max_s", max_s, 1, 900);
                self.prompt.check_prompts("prompt", check);
            }
            None => self.prompt.check("prompt", check),
        }
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        if (self.barge_in && core.has_key()) || !core.say(&[&self.prompt], self.barge_in) {
            return Next::Out("done");
        }
        core.phase = Phase::Asking;
        if let Some(max_s) = self.max_s {
            core.wait(max_s);
        }
        Next::Stay
    }

    fn event(&self, _: &Outlets, core: &mut Core, event: Event) -> Next {
        match event {
            Event::Digit if !self.barge_in => Next::Stay,
            Event::PlayDone | Event::Digit | Event::Timeout => {
                core.stop();
                Next::Out("done")
            }
            Event::Queue(_)
            | Event::Transfer(_)
            | Event::Mailbox(_)
            | Event::Queues
            | Event::Looked
            | Event::Hushed => Next::Stay,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::check;

    const FLOW: &str = r#"{"p": {"kind": "play", "prompt": ["short_greeting", {"digits": "$dialled"}], "barge_in": true,
                                 "outlets": {"done": "m"}},
                           "m": {"kind": "menu", "prompt": "menu_main", "outlets": {"1": "bye", "timeout": "bye"}},
                           "bye": {"kind": "hangup"}}"#;

    #[test]
    fn plays_and_goes_on() {
        check(FLOW, "done", "answer, play! short_greeting digit_9 digit_5, play! menu_main");
    }

    #[test]
    fn a_key_cuts_it_short_and_is_kept() {
        check(FLOW, "1", "answer, play! short_greeting digit_9 digit_5, stop, hangup normal");
    }

    #[test]
    fn without_barge_in_a_key_waits_for_its_turn() {
        let flow = r#"{"p": {"kind": "play", "prompt": "short_greeting", "outlets": {"done": "c"}},
                       "c": {"kind": "menu", "prompt": "menu_main", "outlets": {"1": "bye", "timeout": "bye"}},
                       "bye": {"kind": "hangup"}}"#;
        check(flow, "1", "answer, play short_greeting");
        check(flow, "1 done", "answer, play short_greeting, hangup normal");
    }

    #[test]
    fn music_ends_at_its_time() {
        let flow = r#"{"p": {"kind": "play", "prompt": {"music": "default"}, "max_s": 30}}"#;
        check(flow, "29s", "answer, play music:default");
        check(flow, "30s", "answer, play music:default, stop, hangup normal");
    }
}
