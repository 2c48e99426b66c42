//! `consent`: asks whether the call may be recorded. Key 1 agrees and recording begins with the talk; key 2 refuses and
//! nothing of this call is recorded, whatever its queue says; silence counts as the refusal it may be. Outlets `agreed`
//! and `refused` (`agreed` where it leads nowhere). The call's path says what was answered.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Asks, Next, NodeKind, Outlets, RETRIES_MAX, Rule, WAIT_RANGE_S, five, two};
use crate::action::Action;
use crate::check::Check;
use crate::core::{Core, Event};
use crate::problem::What;
use crate::say::{Piece, Say};

pub(super) const EXAMPLE: &str =
    r#"{"kind": "consent", "prompt": "recording_consent", "outlets": {"agreed": "sales", "refused": "sales"}}"#;

const AGREES: char = '1';
const REFUSES: char = '2';

/// Fields of a `consent` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Consent {
    /// The question.
    #[serde(default = "question")]
    prompt: Say,
    /// Said before asking again after a wrong key.
    #[serde(default)]
    invalid_prompt: Say,
    /// How long to wait for a key, seconds.
    #[serde(default = "five")]
    #[schema(default = 5, minimum = 1, maximum = 60)]
    timeout_s: u32,
    /// How often to ask again.
    #[serde(default = "two")]
    #[schema(default = 2, maximum = 10)]
    retries: u8,
}

fn question() -> Say {
    Say(vec![Piece::Prompt("recording_consent".into())])
}

impl Consent {
    fn take_key(&self, core: &mut Core) -> Next {
        match core.key() {
            None => Next::Stay,
            Some(AGREES) => self.decide(core, true, "agreed"),
            Some(REFUSES) => self.decide(core, false, "refused"),
            Some(_) => self.again(core, &self.invalid_prompt),
        }
    }

    fn again(&self, core: &mut Core, before: &Say) -> Next {
        core.forget_keys();
        core.tries += 1;
        if core.tries > self.retries {
            return self.decide(core, false, "no answer");
        }
        core.ask(&[before, &self.prompt], true, self.timeout_s);
        Next::Stay
    }

    fn decide(&self, core: &mut Core, agreed: bool, detail: &str) -> Next {
        core.detail = detail.to_owned();
        core.act(if agreed { Action::Record(true) } else { Action::RefuseRecording });
        Next::Out(if agreed { "agreed" } else { "refused" })
    }
}

impl NodeKind for Consent {
    fn outlets(&self) -> Rule {
        Rule { required: &["agreed"], optional: &["refused"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        if self.prompt.is_empty() {
            check.report("prompt", What::Empty);
        }
        self.prompt.check("prompt", check);
        self.invalid_prompt.check("invalid_prompt", check);
        check.range("timeout_s", self.timeout_s, WAIT_RANGE_S.0, WAIT_RANGE_S.1);
        check.range("retries", self.retries, 0, RETRIES_MAX);
    }

    fn fallback(&self, outlet: &str) -> Option<&'static str> {
        (outlet == "refused").then_some("agreed")
    }

    fn asks(&self, _: &Outlets) -> Asks {
        Asks::Key([AGREES, REFUSES].iter().collect())
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        // A key typed ahead answers no question that was not heard.
        core.forget_keys();
        core.ask(&[&self.prompt], true, self.timeout_s);
        Next::Stay
    }

    fn event(&self, _: &Outlets, core: &mut Core, event: Event) -> Next {
        match event {
            Event::Digit => self.take_key(core),
            Event::PlayDone => {
                core.ask(&[], true, self.timeout_s);
                self.take_key(core)
            }
            Event::Timeout => self.again(core, &Say::default()),
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

    const FLOW: &str = r#"{"c": {"kind": "consent", "retries": 1, "outlets": {"agreed": "q", "refused": "q"}},
                           "q": {"kind": "queue", "queue": "sales"}}"#;

    #[test]
    fn one_agrees_two_refuses_and_silence_refuses_too() {
        check(FLOW, "1", "answer, play! recording_consent, stop, record on, enqueue sales");
        check(FLOW, "2", "answer, play! recording_consent, stop, no record, enqueue sales");
        check(
            FLOW,
            "done 5s done 5s",
            "answer, play! recording_consent, play! recording_consent, no record, enqueue sales",
        );
        check(
            FLOW,
            "7 1",
            "answer, play! recording_consent, stop, play! recording_consent, stop, record on, enqueue sales",
        );
        assert_eq!(&*walk(FLOW, "2").0.trace()[0].detail, "refused");
    }

    #[test]
    fn a_key_typed_ahead_agrees_to_nothing() {
        let flow = r#"{"m": {"kind": "menu", "prompt": "menu_main", "outlets": {"1": "c", "timeout": "c"}},
                       "c": {"kind": "consent", "outlets": {"agreed": "h"}}, "h": {"kind": "hangup"}}"#;
        check(flow, "1 2", "answer, play! menu_main, stop, play! recording_consent, stop, no record, hangup normal");
    }
}
