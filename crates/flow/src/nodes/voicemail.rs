//! `voicemail`: the caller leaves a message for an agent (`agent:NUMBER`) or for those who serve a queue (`queue:NAME`).
//! `#`, silence, the longest time or hanging up ends it. Outlets `done` and `full` (optional).

use serde::Deserialize;
use types::leg::{Sound, Tone};
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::action::{Action, MailboxOutcome};
use crate::check::Check;
use crate::core::{Core, Event, Phase};
use crate::mailbox::MailboxName;
use crate::say::{Piece, Say};

pub(super) const EXAMPLE: &str =
    r#"{"kind": "voicemail", "mailbox": "queue:sales", "max_s": 120, "outlets": {"done": "bye"}}"#;

/// How long a message may be, seconds: less says nothing, and nobody listens to more.
const LENGTH_RANGE_S: (i64, i64) = (5, 300);
/// How much silence ends it, seconds: people pause to think for less, and more is only waited for in vain.
const SILENCE_RANGE_S: (i64, i64) = (2, 30);

/// Fields of a `voicemail` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Voicemail {
    /// Whose.
    #[schema(value_type = String, format = "mailbox")]
    mailbox: MailboxName,
    /// Said before the tone.
    #[serde(default = "greeting")]
    prompt: Say,
    /// Said once the message has been taken and the caller is still there.
    #[serde(default = "saved")]
    saved_prompt: Say,
    /// Said when there is no room, or no such mailbox.
    #[serde(default = "full")]
    full_prompt: Say,
    /// The longest message, seconds.
    #[serde(default = "max_s")]
    #[schema(default = 120, minimum = 5, maximum = 300)]
    max_s: u32,
    /// The silence that ends it, seconds.
    #[serde(default = "silence_s")]
    #[schema(default = 5, minimum = 2, maximum = 30)]
    silence_s: u32,
}

fn say(id: &str) -> Say {
    Say(vec![Piece::Prompt(id.into())])
}
fn greeting() -> Say {
    say("voicemail")
}
fn saved() -> Say {
    say("voicemail_saved")
}
fn full() -> Say {
    say("voicemail_full")
}
const fn max_s() -> u32 {
    120
}
const fn silence_s() -> u32 {
    5
}

impl Voicemail {
    fn greet(&self, core: &mut Core) -> Next {
        let mut sounds = Vec::new();
        self.prompt.sounds(&core.language, &|value| core.value(value), &mut sounds);
        sounds.push(Sound::Tone(Tone::Comfort));
        core.phase = Phase::Asking;
        core.play(sounds, false);
        Next::Stay
    }

    fn listen(&self, core: &mut Core) -> Next {
        core.forget_keys();
        core.phase = Phase::Connected;
        core.wait(self.max_s);
        core.act(Action::TakeMessage { silence_s: self.silence_s });
        Next::Stay
    }

    /// The message is over and the caller is still there.
    fn over(&self, core: &mut Core, silence_s: u32) -> Next {
        core.act(Action::EndMessage { silence_s });
        core.detail = "noted".to_owned();
        self.close(core, &self.saved_prompt, "done")
    }

    fn close(&self, core: &mut Core, words: &Say, outlet: &'static str) -> Next {
        core.phase = Phase::Closing;
        if core.say(&[words], false) { Next::Stay } else { Next::Out(outlet) }
    }
}

impl NodeKind for Voicemail {
    fn outlets(&self) -> Rule {
        Rule { optional: &["done", "full"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        check.mailbox("mailbox", &self.mailbox);
        if let MailboxName::Queue(queue) = &self.mailbox {
            check.queue("mailbox", queue);
        }
        self.prompt.check("prompt", check);
        self.saved_prompt.check("saved_prompt", check);
        self.full_prompt.check("full_prompt", check);
        check.range("max_s", self.max_s, LENGTH_RANGE_S.0, LENGTH_RANGE_S.1);
        check.range("silence_s", self.silence_s, SILENCE_RANGE_S.0, SILENCE_RANGE_S.1);
    }

    fn mailbox(&self) -> Option<&MailboxName> {
        Some(&self.mailbox)
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        core.act(Action::OpenMailbox(self.mailbox.clone()));
        Next::Stay
    }

    fn event(&self, _: &Outlets, core: &mut Core, event: Event) -> Next {
        match (event, core.phase) {
            (Event::Mailbox(MailboxOutcome::Open), Phase::Start) => self.greet(core),
            (Event::Mailbox(MailboxOutcome::Full), Phase::Start) => {
                core.detail = "full".to_owned();
                core.tries = 1;
                self.close(core, &self.full_prompt, "full")
            }
            (Event::PlayDone, Phase::Asking) => self.listen(core),
            (Event::Hushed, Phase::Connected) => self.over(core, self.silence_s),
            (Event::Timeout, Phase::Connected) => self.over(core, 0),
            (Event::Digit, Phase::Connected) => {
                while let Some(key) = core.key() {
                    if key == '#' {
                        return self.over(core, 0);
                    }
                }
                Next::Stay
            }
            (Event::PlayDone, Phase::Closing) => Next::Out(if core.tries == 0 { "done" } else { "full" }),
            _ => Next::Stay,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::check;

    const FLOW: &str = r#"{"v": {"kind": "voicemail", "mailbox": "agent:1001", "max_s": 60}}"#;

    #[test]
    fn a_message_ends_by_key_by_silence_and_by_time() {
        let begun = "mailbox agent:1001, answer, play voicemail Tone, message 5";
        let saved = "play voicemail_saved, hangup normal";
        check(FLOW, "open done 5 7s # done", &format!("{begun}, end message 0, {saved}"));
        check(FLOW, "open done hushed done", &format!("{begun}, end message 5, {saved}"));
        check(FLOW, "open done 60s done", &format!("{begun}, end message 0, {saved}"));
        check(FLOW, "open done hangup", begun);
    }

    #[test]
    fn without_room_the_caller_is_told_and_goes_elsewhere() {
        let flow = r#"{"v": {"kind": "voicemail", "mailbox": "queue:sales", "outlets": {"full": "h"}},
                       "h": {"kind": "hangup", "cause": "declined"}}"#;
        check(flow, "box_full done", "mailbox queue:sales, answer, play voicemail_full, hangup declined");
    }
}
