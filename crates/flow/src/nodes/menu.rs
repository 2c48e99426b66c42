//! `menu`: asks for one key. An outlet for each key, `timeout` after silence, `invalid` after wrong
//! keys (`timeout` where it leads nowhere).

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Asks, Next, NodeKind, Outlets, RETRIES_MAX, Rule, WAIT_RANGE_S, five, key_name, keys_among, two, yes};
use crate::check::Check;
use crate::core::{Core, Event};
use crate::problem::What;
use crate::say::Say;

pub(super) const EXAMPLE: &str = r#"{"kind": "menu", "prompt": "menu_main", "retry_prompt": "menu_retry",
  "invalid_prompt": "invalid_key", "timeout_s": 5, "retries": 2,
  "outlets": {"1": "sales", "2": "support", "timeout": "operator"}}"#;

/// Fields of a `menu` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Menu {
    /// The question.
    prompt: Say,
    /// Said before asking again after silence.
    #[serde(default)]
    retry_prompt: Say,
    /// Said before asking again after a wrong key.
    #[serde(default)]
    invalid_prompt: Say,
    /// A key cuts the question short.
    #[serde(default = "yes")]
    #[schema(default = true)]
    barge_in: bool,
    /// How long to wait for a key, seconds.
    #[serde(default = "five")]
    #[schema(default = 5, minimum = 1, maximum = 60)]
    timeout_s: u32,
    /// How often to ask again, silence and wrong keys together.
    #[serde(default = "two")]
    #[schema(default = 2, maximum = 10)]
    retries: u8,
}

impl Menu {
    /// Asks once more, or gives up by this outlet.
    fn again(&self, core: &mut Core, before: &Say, give_up: &'static str) -> Next {
        core.forget_keys();
        core.tries += 1;
        if core.tries > self.retries {
            return Next::Out(give_up);
        }
        core.ask(&[before, &self.prompt], self.barge_in, self.timeout_s);
        Next::Stay
    }

    fn take_key(&self, outlets: &Outlets, core: &mut Core) -> Next {
        let Some(key) = core.key() else { return Next::Stay };
        core.detail = format!("digit {key}");
        let name = key_name(key);
        if outlets.contains_key(name) { Next::Out(name) } else { self.again(core, &self.invalid_prompt, "invalid") }
    }
}

impl NodeKind for Menu {
    fn outlets(&self) -> Rule {
        Rule { required: &["timeout"], optional: &["invalid"], keys: true, any: false }
    }

    fn check(&self, check: &mut Check<'_>) {
        if self.prompt.is_empty() {
            check.report("prompt", What::Empty);
        }
        self.prompt.check("prompt", check);
        self.retry_prompt.check("retry_prompt", check);
        self.invalid_prompt.check("invalid_prompt", check);
        check.range("timeout_s", self.timeout_s, WAIT_RANGE_S.0, WAIT_RANGE_S.1);
        check.range("retries", self.retries, 0, RETRIES_MAX);
    }

    fn fallback(&self, outlet: &str) -> Option<&'static str> {
        (outlet == "invalid").then_some("timeout")
    }

    fn asks(&self, outlets: &Outlets) -> Asks {
        Asks::Key(keys_among(outlets))
    }

    fn enter(&self, outlets: &Outlets, core: &mut Core) -> Next {
        core.ask(&[&self.prompt], self.barge_in, self.timeout_s);
        self.take_key(outlets, core)
    }

    fn event(&self, outlets: &Outlets, core: &mut Core, event: Event) -> Next {
        match event {
            Event::Digit => self.take_key(outlets, core),
            Event::PlayDone => {
                core.ask(&[], self.barge_in, self.timeout_s);
                self.take_key(outlets, core)
            }
            Event::Timeout => {
                core.detail = "timeout".to_owned();
                self.again(core, &self.retry_prompt, "timeout")
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

    const FLOW: &str = r#"{"m": {"kind": "menu", "prompt": "menu_main", "retry_prompt": "menu_retry",
                                 "invalid_prompt": "invalid_key", "outlets": {"1": "a", "timeout": "t", "invalid": "i"}},
                           "a": {"kind": "hangup"}, "t": {"kind": "hangup", "cause": "no_answer"},
                           "i": {"kind": "hangup", "cause": "declined"}}"#;

    #[test]
    fn a_key_chooses_at_any_time() {
        check(FLOW, "1", "answer, play! menu_main, stop, hangup normal");
        check(FLOW, "done 1", "answer, play! menu_main, hangup normal");
    }

    #[test]
    fn silence_is_asked_again_twice() {
        check(
            FLOW,
            "done 5s done 5s done 5s",
            "answer, play! menu_main, play! menu_retry menu_main, play! menu_retry menu_main, hangup no_answer",
        );
        check(FLOW, "done 4s", "answer, play! menu_main");
    }

    #[test]
    fn a_wrong_key_is_asked_again_twice() {
        check(
            FLOW,
            "7 done 8 done 9",
            "answer, play! menu_main, stop, play! invalid_key menu_main, play! invalid_key menu_main, hangup declined",
        );
    }

    #[test]
    fn a_wrong_key_then_a_right_one() {
        check(FLOW, "7 1", "answer, play! menu_main, stop, play! invalid_key menu_main, stop, hangup normal");
    }

    #[test]
    fn wrong_keys_go_the_way_of_silence_where_they_have_none_of_their_own() {
        let flow = r#"{"m": {"kind": "menu", "prompt": "menu_main", "retries": 0, "outlets": {"timeout": "t"}},
                       "t": {"kind": "hangup", "cause": "no_answer"}}"#;
        check(flow, "7", "answer, play! menu_main, stop, hangup no_answer");
    }
}
