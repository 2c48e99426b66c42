//! `collect`: takes several keys into a variable. Outlets `done`, and `timeout` when they did not come.

use serde::Deserialize;
use types::Private;
use types::leg::Text;
use utoipa::ToSchema;

use super::{Asks, Next, NodeKind, Outlets, RETRIES_MAX, Rule, WAIT_RANGE_S, five, two, yes};
use crate::check::Check;
use crate::core::{Core, DIGITS_MAX, Event};
use crate::problem::What;
use crate::say::Say;
use crate::value::Value;

pub(super) const EXAMPLE: &str = r##"{"kind": "collect", "prompt": "card_number_ask", "variable": "card",
  "min": 4, "max": 19, "terminator": "#", "timeout_s": 5, "gap_s": 3, "retries": 2,
  "outlets": {"done": "check_card", "timeout": "operator"}}"##;

/// Fields of a `collect` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Collect {
    /// The question.
    #[serde(default)]
    prompt: Say,
    /// Said before asking again.
    #[serde(default)]
    retry_prompt: Say,
    /// Where the keys go.
    #[serde(default = "digits")]
    #[schema(value_type = String, format = "variable", default = "digits")]
    variable: Text,
    /// The least number of keys.
    #[serde(default = "one")]
    #[schema(default = 1, maximum = 32)]
    min: u8,
    /// The greatest; with it the input is complete.
    #[schema(minimum = 1, maximum = 32)]
    max: u8,
    /// The key that completes the input; empty for none.
    #[serde(default = "pound")]
    #[schema(value_type = String, format = "keys", default = "#")]
    terminator: Text,
    /// A key cuts the question short.
    #[serde(default = "yes")]
    #[schema(default = true)]
    barge_in: bool,
    /// How long to wait for the first key, seconds.
    #[serde(default = "five")]
    #[schema(default = 5, minimum = 1, maximum = 60)]
    timeout_s: u32,
    /// How long to wait for each further key, seconds.
    #[serde(default = "three")]
    #[schema(default = 3, minimum = 1, maximum = 60)]
    gap_s: u32,
    /// How often to ask again.
    #[serde(default = "two")]
    #[schema(default = 2, maximum = 10)]
    retries: u8,
}

fn digits() -> Text {
    "digits".into()
}
fn pound() -> Text {
    "#".into()
}
const fn one() -> u8 {
    1
}
const fn three() -> u32 {
    3
}

impl Collect {
    /// Takes all the keys there are.
    fn take_keys(&self, core: &mut Core) -> Next {
        while let Some(key) = core.key() {
            if self.terminator.contains(key) {
                return self.complete(core);
            }
            core.typed.push(key);
            if core.typed.len() >= usize::from(self.max) {
                return self.complete(core);
            }
            core.ask(&[], true, self.gap_s);
        }
        Next::Stay
    }

    /// No more keys come: are they enough?
    fn complete(&self, core: &mut Core) -> Next {
        if core.typed.len() >= usize::from(self.min) {
            core.detail = format!("{} digits", core.typed.len());
            let keys = Text::from(std::mem::take(&mut core.typed));
            core.set(&self.variable, Value::Text(Private::new(keys)));
            return Next::Out("done");
        }
        core.typed.clear();
        core.forget_keys();
        core.tries += 1;
        if core.tries > self.retries {
            core.detail = "too few digits".to_owned();
            return Next::Out("timeout");
        }
        core.ask(&[&self.retry_prompt, &self.prompt], self.barge_in, self.timeout_s);
        Next::Stay
    }
}

impl NodeKind for Collect {
    fn outlets(&self) -> Rule {
        Rule { required: &["done", "timeout"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        self.prompt.check("prompt", check);
        self.retry_prompt.check("retry_prompt", check);
        if self.variable.is_empty() {
            check.report("variable", What::Empty);
        }
        check.range("max", self.max, 1, DIGITS_MAX as i64);
        check.range("min", self.min, 0, self.max.into());
        if !self.terminator.is_empty() {
            check.keys("terminator", &self.terminator);
        }
        check.range("timeout_s", self.timeout_s, WAIT_RANGE_S.0, WAIT_RANGE_S.1);
        check.range("gap_s", self.gap_s, WAIT_RANGE_S.0, WAIT_RANGE_S.1);
        check.range("retries", self.retries, 0, RETRIES_MAX);
    }

    fn asks(&self, _: &Outlets) -> Asks {
        Asks::Digits { least: self.min.into(), most: self.max.into(), end: self.terminator.clone() }
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        core.ask(&[&self.prompt], self.barge_in, self.timeout_s);
        self.take_keys(core)
    }

    fn event(&self, _: &Outlets, core: &mut Core, event: Event) -> Next {
        match event {
            Event::Digit => self.take_keys(core),
            Event::PlayDone => {
                core.ask(&[], self.barge_in, self.timeout_s);
                self.take_keys(core)
            }
            Event::Timeout => self.complete(core),
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
    use crate::nodes::testing::{check, walk};

    const FLOW: &str = r#"{"c": {"kind": "collect", "prompt": "callback_number_ask", "variable": "n", "min": 3, "max": 5,
                                 "retries": 1, "outlets": {"done": "d", "timeout": "t"}},
                           "d": {"kind": "hangup"}, "t": {"kind": "hangup", "cause": "no_answer"}}"#;

    #[test]
    fn it_is_complete_by_length_by_terminator_and_by_silence() {
        for (script, keys) in [("1 2 3 4 5", "12345"), ("1 2 3 #", "123"), ("1 2 3 4 3s", "1234"), ("* 0 0 #", "*00")] {
            check(FLOW, script, "answer, play! callback_number_ask, stop, hangup normal");
            let value = walk(FLOW, script).0.variable("n").expect("set").to_text();
            assert_eq!(&*value, keys, "{script}");
        }
    }

    #[test]
    fn too_few_keys_are_asked_for_again() {
        check(
            FLOW,
            "1 # done 5s",
            "answer, play! callback_number_ask, stop, play! callback_number_ask, hangup no_answer",
        );
    }

    #[test]
    fn the_keys_are_in_no_trace() {
        let (walk, _) = walk(FLOW, "4 7 1 1 #");
        assert_eq!(&*walk.trace()[0].detail, "4 digits");
    }
}
