//! `callback`: notes that the caller wants to be called back, and confirms by voice. Outlets `done`
//! (optional) and `failed` when no number could be had (optional).

use serde::Deserialize;
use types::Private;
use types::leg::{Sound, Text};
use utoipa::ToSchema;

use super::{Asks, Next, NodeKind, Outlets, RETRIES_MAX, Rule, two};
use crate::action::Action;
use crate::check::Check;
use crate::core::{Core, Event, Phase};
use crate::say::{Piece, Say};

pub(super) const EXAMPLE: &str = r#"{"kind": "callback", "queue": "sales", "number": "caller",
  "outlets": {"done": "bye", "failed": "operator"}}"#;

/// The shortest number that can be called: an extension. The longest of E.164, with a prefix.
const NUMBER_RANGE: std::ops::RangeInclusive<usize> = 3..=20;
/// How long to wait for the first key and between keys, seconds.
const KEY_WAIT_S: u32 = 8;

/// Where the number comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Source {
    /// The caller's own; where it is withheld, the caller keys one.
    #[default]
    Caller,
    /// The caller keys one.
    Keyed,
}

/// Fields of a `callback` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Callback {
    /// The queue that is to call.
    #[schema(value_type = Option<String>, format = "queue")]
    queue: Option<Text>,
    /// `caller` or `keyed`.
    #[serde(default)]
    #[schema(default = "caller")]
    number: Source,
    /// Asks for a number.
    #[serde(default = "ask")]
    #[schema(default = "callback_number_ask")]
    ask_prompt: Say,
    /// Said before the number.
    #[serde(default = "prefix")]
    confirm_prompt: Say,
    /// Said after it.
    #[serde(default = "confirmed")]
    confirmed_prompt: Say,
    /// How often to ask again for a number.
    #[serde(default = "two")]
    #[schema(default = 2, maximum = 10)]
    retries: u8,
}

fn say(id: &str) -> Say {
    Say(vec![Piece::Prompt(id.into())])
}
fn ask() -> Say {
    say("callback_number_ask")
}
fn prefix() -> Say {
    say("callback_confirm_prefix")
}
fn confirmed() -> Say {
    say("callback_confirmed")
}

impl Callback {
    /// Notes the number first: a caller who hangs up during the confirmation has asked for it.
    fn note(&self, core: &mut Core, number: Private<Text>) -> Next {
        let mut sounds: Vec<Sound> = Vec::new();
        let value = |core: &Core, part: &Say, sounds: &mut Vec<Sound>| {
            part.sounds(&core.language, &|value| core.value(value), sounds);
        };
        value(core, &self.confirm_prompt, &mut sounds);
        sounds.extend(crate::speech::digits(&core.language, number.reveal()));
        value(core, &self.confirmed_prompt, &mut sounds);
        core.act(Action::RequestCallback { number, queue: self.queue.clone() });
        core.detail = "noted".to_owned();
        if core.play(sounds, false) {
            core.phase = Phase::Closing;
            return Next::Stay;
        }
        Next::Out("done")
    }

    fn take_keys(&self, core: &mut Core) -> Next {
        while let Some(key) = core.key() {
            match key {
                '#' => return self.complete(core),
                '0'..='9' => core.typed.push(key),
                _ => {}
            }
            if core.typed.len() >= *NUMBER_RANGE.end() {
                return self.complete(core);
            }
            core.ask(&[], true, KEY_WAIT_S);
        }
        Next::Stay
    }

    fn complete(&self, core: &mut Core) -> Next {
        if NUMBER_RANGE.contains(&core.typed.len()) {
            let number = Private::new(Text::from(std::mem::take(&mut core.typed)));
            return self.note(core, number);
        }
        core.typed.clear();
        core.forget_keys();
        core.tries += 1;
        if core.tries > self.retries {
            return Next::Out("failed");
        }
        core.ask(&[&self.ask_prompt], true, KEY_WAIT_S);
        Next::Stay
    }
}

impl NodeKind for Callback {
    fn outlets(&self) -> Rule {
        Rule { optional: &["done", "failed"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        if let Some(queue) = &self.queue {
            check.queue("queue", queue);
        }
        self.ask_prompt.check("ask_prompt", check);
        self.confirm_prompt.check("confirm_prompt", check);
        self.confirmed_prompt.check("confirmed_prompt", check);
        check.range("retries", self.retries, 0, RETRIES_MAX);
    }

    fn is_silent(&self) -> bool {
        true
    }

    fn asks(&self, _: &Outlets) -> Asks {
        Asks::Digits { least: *NUMBER_RANGE.start(), most: *NUMBER_RANGE.end(), end: "#".into() }
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        if self.number == Source::Caller && NUMBER_RANGE.contains(&core.caller.reveal().len()) {
            let number = core.caller.clone();
            return self.note(core, number);
        }
        if core.gone {
            return Next::Out("failed");
        }
        core.ask(&[&self.ask_prompt], true, KEY_WAIT_S);
        self.take_keys(core)
    }

    fn event(&self, _: &Outlets, core: &mut Core, event: Event) -> Next {
        match (event, core.phase) {
            (Event::PlayDone, Phase::Closing) => Next::Out("done"),
            (_, Phase::Closing) => Next::Stay,
            (Event::Digit, _) => self.take_keys(core),
            (Event::PlayDone, _) => {
                core.ask(&[], true, KEY_WAIT_S);
                self.take_keys(core)
            }
            (Event::Timeout, _) => self.complete(core),
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

    #[test]
    fn the_callers_number_is_noted_before_it_is_confirmed() {
        check(
            r#"{"c": {"kind": "callback", "queue": "sales"}}"#,
            "5 done",
            "callback 13800138000 sales, answer, play callback_confirm_prefix digit_1 digit_3 digit_8 digit_0 digit_0 \
             digit_1 digit_3 digit_8 digit_0 digit_0 digit_0 callback_confirmed, hangup normal",
        );
    }

    #[test]
    fn a_number_can_be_keyed() {
        let flow = r#"{"c": {"kind": "callback", "number": "keyed"}}"#;
        check(
            flow,
            "1 # 9 5 5 # hangup",
            "answer, play! callback_number_ask, stop, play! callback_number_ask, stop, callback 955 -, \
             play callback_confirm_prefix digit_9 digit_5 digit_5 callback_confirmed",
        );
        check(flow, "9 5 hangup", "answer, play! callback_number_ask, stop");
    }

    #[test]
    fn who_keys_nothing_goes_on_elsewhere() {
        let flow = r#"{"c": {"kind": "callback", "number": "keyed", "retries": 0, "outlets": {"failed": "h"}},
                       "h": {"kind": "hangup", "cause": "declined"}}"#;
        check(flow, "done 8s", "answer, play! callback_number_ask, hangup declined");
    }
}
