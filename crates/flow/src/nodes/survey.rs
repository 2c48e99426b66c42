//! `survey`: asks one question that is answered by a key. Outlets `done` and `timeout` (both optional;
//! without `timeout`, silence goes the way of `done`).

use serde::Deserialize;
use types::leg::Text;
use utoipa::ToSchema;

use super::{Asks, Next, NodeKind, Outlets, RETRIES_MAX, Rule, WAIT_RANGE_S, five, key_name};
use crate::action::Action;
use crate::check::Check;
use crate::core::{Core, Event, Phase};
use crate::problem::What;
use crate::say::Say;

pub(super) const EXAMPLE: &str = r#"{"kind": "survey", "question": "satisfaction", "prompt": "survey_ask",
  "keys": "123", "thanks_prompt": "survey_thanks", "outlets": {"done": "bye"}}"#;

/// Fields of a `survey` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Survey {
    /// The question's name in reports.
    #[schema(value_type = String)]
    question: Text,
    /// The question.
    prompt: Say,
    /// The keys that answer it.
    #[schema(value_type = String, format = "keys")]
    keys: Text,
    /// Said after an answer.
    #[serde(default)]
    thanks_prompt: Say,
    /// How long to wait for a key, seconds.
    #[serde(default = "five")]
    #[schema(default = 5, minimum = 1, maximum = 60)]
    timeout_s: u32,
    /// How often to ask again.
    #[serde(default = "one")]
    #[schema(default = 1, maximum = 10)]
    retries: u8,
}

const fn one() -> u8 {
    1
}

impl Survey {
    fn take_key(&self, core: &mut Core) -> Next {
        let Some(key) = core.key() else { return Next::Stay };
        if !self.keys.contains(key) {
            return self.again(core);
        }
        core.detail = format!("digit {key}");
        core.act(Action::Survey { question: self.question.clone(), answer: key_name(key).into() });
        if core.say(&[&self.thanks_prompt], false) {
            core.phase = Phase::Closing;
            return Next::Stay;
        }
        Next::Out("done")
    }

    fn again(&self, core: &mut Core) -> Next {
        core.forget_keys();
        core.tries += 1;
        if core.tries > self.retries {
            return Next::Out("timeout");
        }
        core.ask(&[&self.prompt], true, self.timeout_s);
        Next::Stay
    }
}

impl NodeKind for Survey {
    fn outlets(&self) -> Rule {
        Rule { optional: &["done", "timeout"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        if self.question.is_empty() {
            check.report("question", What::Empty);
        }
        self.prompt.check("prompt", check);
        self.thanks_prompt.check("thanks_prompt", check);
        check.keys("keys", &self.keys);
        check.range("timeout_s", self.timeout_s, WAIT_RANGE_S.0, WAIT_RANGE_S.1);
        check.range("retries", self.retries, 0, RETRIES_MAX);
    }

    fn fallback(&self, outlet: &str) -> Option<&'static str> {
        (outlet == "timeout").then_some("done")
    }

    fn asks(&self, _: &Outlets) -> Asks {
        Asks::Key(self.keys.to_string())
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        // Keys pressed during the talk answer nothing.
        core.forget_keys();
        core.ask(&[&self.prompt], true, self.timeout_s);
        Next::Stay
    }

    fn event(&self, _: &Outlets, core: &mut Core, event: Event) -> Next {
        match (event, core.phase) {
            (Event::PlayDone, Phase::Closing) => Next::Out("done"),
            (_, Phase::Closing) => Next::Stay,
            (Event::Digit, _) => self.take_key(core),
            (Event::PlayDone, _) => {
                core.ask(&[], true, self.timeout_s);
                Next::Stay
            }
            (Event::Timeout, _) => self.again(core),
            (
                Event::Queue(_)
                | Event::Transfer(_)
                | Event::Mailbox(_)
                | Event::Queues
                | Event::Looked
                | Event::Hushed,
                _,
            ) => Next::Stay,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::check;

    const FLOW: &str = r#"{"s": {"kind": "survey", "question": "csat", "prompt": "survey_ask", "keys": "123",
                                 "thanks_prompt": "survey_thanks"}}"#;

    #[test]
    fn an_answer_is_noted_and_thanked_for() {
        check(FLOW, "2 done", "answer, play! survey_ask, stop, survey csat=2, play survey_thanks, hangup normal");
    }

    #[test]
    fn silence_and_wrong_keys_are_asked_again_once() {
        check(FLOW, "7 done 5s", "answer, play! survey_ask, stop, play! survey_ask, hangup normal");
    }
}
