//! `*98`: an agent at a telephone alone listens to its messages and to those of mailboxes that it shares. How many there are, then one after the other, the oldest
//! first: 1 plays it again, 7 deletes it, 9 keeps it, `#` goes on to the next.

use std::time::Duration;

use types::leg::{Sound, Text};
use types::record::SegmentKind;
use types::voicemail::{MarkedBy, MessageStatus};
use types::{AgentId, InteractionId, Now};

use crate::Center;
use crate::interaction::{Hears, Listening, Playing};
use crate::ledger::Doing;
use crate::message::Message;
use crate::tenant::Tenant;

/// How long a key is waited for after a message before the next one is played.
const KEY_WAIT: Duration = Duration::from_secs(6);
/// Who marks messages so.
const BY_PHONE: &str = "phone";

impl Center {
    /// An agent's telephone has dialled `*98`.
    pub(crate) fn listen(&mut self, now: Now, id: InteractionId, agent: AgentId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        interaction.call.answer();
        let language = interaction.language.clone();
        let t = self.tenants.get(&interaction.tenant);
        let of = |t: &Tenant| t.mailboxes_of(agent).into_iter().flat_map(|m| t.messages(m).to_vec()).collect();
        let messages: Vec<Message> = t.map(of).unwrap_or_default();
        self.pump_call_commands(now, id);
        self.enter(now, id, Doing { kind: SegmentKind::Menu, queue: None, agent: Some(agent) });
        if messages.is_empty() {
            return self.play(now, id, Playing::Farewell, vec![prompt(&language, "mailbox_none")], false, false);
        }
        let count = |new: bool| u32::try_from(messages.iter().filter(|m| m.is_new == new).count()).unwrap_or(u32::MAX);
        let mut sounds = vec![prompt(&language, "mailbox_prefix")];
        for (amount, words) in [(count(true), "mailbox_new_suffix"), (count(false), "mailbox_heard_suffix")] {
            if amount > 0 {
                sounds.extend(flow::speech::count(&language, amount));
                sounds.push(prompt(&language, words));
            }
        }
        if let Some(interaction) = self.get(id) {
            interaction.listening = Some(Listening { agent, messages, at: 0, hears: Hears::Words, until: None });
        }
        self.play(now, id, Playing::Mailbox, sounds, false, true);
    }

    /// What was played to one who listens is over.
    pub(crate) fn mailbox_played(&mut self, now: Now, id: InteractionId) {
        let Some(listening) = self.get(id).and_then(|i| i.listening.as_mut()) else { return };
        match listening.hears {
            Hears::Words => self.play_message(now, id),
            Hears::Message => {
                listening.hears = Hears::Nothing;
                listening.until = Some(now.mono + KEY_WAIT);
                self.mark_played(now, id, MessageStatus::Heard);
            }
            Hears::Nothing => {}
        }
    }

    /// No key has been pressed after a message.
    pub(crate) fn check_listening(&mut self, now: Now, id: InteractionId) {
        let Some(listening) = self.get(id).and_then(|i| i.listening.as_mut()) else { return };
        if listening.until.take_if(|at| *at <= now.mono).is_some() {
            listening.at += 1;
            self.play_message(now, id);
        }
    }

    /// One who listens has pressed a key.
    pub(crate) fn mailbox_key(&mut self, now: Now, id: InteractionId, key: char) {
        let Some(interaction) = self.get(id) else { return };
        let language = interaction.language.clone();
        let Some(listening) = interaction.listening.as_mut() else { return };
        if listening.hears == Hears::Words {
            // Whoever knows how many there are need not hear it to the end.
            if key == '#' {
                self.play_message(now, id);
            }
            return;
        }
        listening.until = None;
        let (status, words) = match key {
            '1' => return self.play_message(now, id),
            '7' => (MessageStatus::Deleted, Some("mailbox_deleted")),
            '9' => (MessageStatus::Heard, Some("mailbox_kept")),
            '#' => (MessageStatus::Heard, None),
            _ => {
                listening.hears = Hears::Nothing;
                listening.until = Some(now.mono + KEY_WAIT);
                return;
            }
        };
        self.mark_played(now, id, status);
        if let Some(listening) = self.get(id).and_then(|i| i.listening.as_mut()) {
            listening.at += 1;
            listening.hears = Hears::Words;
        }
        match words {
            Some(words) => self.play(now, id, Playing::Mailbox, vec![prompt(&language, words)], false, true),
            None => self.play_message(now, id),
        }
    }

    /// The message that is played, or was.
    fn mark_played(&mut self, now: Now, id: InteractionId, status: MessageStatus) {
        let Some(interaction) = self.interactions.get(&id) else { return };
        let Some(message) = interaction.listening.as_ref().and_then(|l| l.messages.get(l.at)) else { return };
        let (tenant, recording) = (interaction.tenant, message.recording);
        let agent = interaction.listening.as_ref().map(|listening| listening.agent);
        // Somebody else may have deleted it meanwhile.
        let _ = self.mark_message(now, tenant, recording, status, MarkedBy { name: BY_PHONE.into(), agent });
    }

    fn play_message(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let language = interaction.language.clone();
        let Some(listening) = interaction.listening.as_mut() else { return };
        listening.until = None;
        // Others who share the mailbox may have deleted some meanwhile.
        let t = self.tenants.get(&interaction.tenant);
        let is_there = |message: &Message| t.is_some_and(|t| t.may_hear(listening.agent, message.recording));
        let gone = listening.messages.iter().skip(listening.at).take_while(|message| !is_there(message)).count();
        listening.at += gone;
        let Some(message) = listening.messages.get(listening.at) else {
            interaction.listening = None;
            return self.play(now, id, Playing::Farewell, vec![prompt(&language, "mailbox_end")], false, false);
        };
        let played = Sound::Message { recording: message.recording, leg: message.leg };
        let mut sounds = Vec::new();
        if message.is_new {
            sounds.push(prompt(&language, "mailbox_new"));
        }
        sounds.extend([played, prompt(&language, "mailbox_menu")]);
        listening.hears = Hears::Message;
        self.play(now, id, Playing::Mailbox, sounds, false, true);
    }
}

fn prompt(language: &Text, id: &str) -> Sound {
    Sound::Prompt { language: language.clone(), id: id.into() }
}
