//! Messages that callers leave: whose mailbox, the recording, and what people make of them afterwards.
//!
//! A message is an ordinary recording of its interaction, and is known by it. What is in a mailbox is kept here too, so that
//! telephones can be told how much waits, and so that a mailbox cannot grow without end.

use std::sync::Arc;
use std::time::Duration;

use flow::{Flow, Input, MailboxName, MailboxOutcome};
use types::event::Happening;
use types::voicemail::{Mailbox, MarkedBy, MessageStatus};
use types::{AgentId, InteractionId, LegCommand, Now, QueueId, RecordingId, TenantId};

use crate::Center;
use crate::message::Message;
use crate::order::Refused;
use crate::tenant::Tenant;

/// The least that is kept, seconds of sound: who hangs up at the tone has left no message.
const LEAST: Duration = Duration::from_secs(2);
/// Messages in one mailbox: more than anybody would listen to.
const MAX_MESSAGES: usize = 200;
/// The caller's track.
const CHANNEL: u8 = 0;

/// A message that is being left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaving {
    mailbox: Mailbox,
    /// The recording, and since when.
    begun: Option<(RecordingId, Now)>,
}

impl Tenant {
    fn mailbox(&self, name: &MailboxName) -> Option<Mailbox> {
        match name {
            MailboxName::Agent(number) => self.directory.agent_by_number(number).map(|a| Mailbox::Agent(a.id)),
            MailboxName::Queue(name) => self.queue_names.get(name).copied().map(Mailbox::Queue),
        }
    }

    /// What is in a mailbox, the oldest first.
    pub(crate) fn messages(&self, mailbox: Mailbox) -> &[Message] {
        self.mailboxes.get(&mailbox).map_or(&[], Vec::as_slice)
    }

    /// Whether a queue's mailbox is an agent's business: its settings name the agent, or name nobody and the agent serves it.
    pub(crate) fn shares(&self, queue: QueueId, agent: AgentId) -> bool {
        if self.directory.agent(agent).is_none() || !self.queues.contains_key(&queue) {
            return false;
        }
        match self.mailbox_agents.get(&queue) {
            Some(agents) => agents.contains(&agent),
            None => self.router.agent_config(agent).is_some_and(|config| config.queues.contains(&queue)),
        }
    }

    /// The mailboxes that are an agent's business, its own one first.
    pub(crate) fn mailboxes_of(&self, agent: AgentId) -> Vec<Mailbox> {
        let mut queues: Vec<QueueId> = self.queues.keys().copied().filter(|queue| self.shares(*queue, agent)).collect();
        queues.sort_unstable();
        std::iter::once(Mailbox::Agent(agent)).chain(queues.into_iter().map(Mailbox::Queue)).collect()
    }

    /// Whether a message is still there, in a mailbox that is this agent's business.
    pub(crate) fn may_hear(&self, agent: AgentId, recording: RecordingId) -> bool {
        self.message_of(recording).is_some_and(|(mailbox, _)| match mailbox {
            Mailbox::Agent(owner) => owner == agent,
            Mailbox::Queue(queue) => self.shares(queue, agent),
        })
    }

    fn message_of(&self, recording: RecordingId) -> Option<(Mailbox, usize)> {
        let place = |messages: &Vec<Message>| messages.iter().position(|m| m.recording == recording);
        self.mailboxes.iter().find_map(|(mailbox, messages)| Some((*mailbox, place(messages)?)))
    }
}

impl Center {
    /// The customer is to leave a message for an agent.
    pub(crate) fn start_voicemail(&mut self, now: Now, id: InteractionId, agent: AgentId) {
        let Some(interaction) = self.interactions.get(&id) else { return };
        let number = self.tenants.get(&interaction.tenant).and_then(|t| t.directory.agent(agent)).map(|a| &a.number);
        let Some(number) = number else { return };
        let flow = serde_json::json!({
            "version": 1, "id": "voicemail", "name": "voicemail", "language": &*interaction.language, "start": "v",
            "nodes": {"v": {"kind": "voicemail", "mailbox": format!("agent:{number}")}},
        });
        let flow = Flow::parse(&flow.to_string()).expect("a flow of ours is a flow");
        self.walk_along(now, id, &Arc::new(flow));
    }

    /// The flow wants to know whether a message can be left.
    pub(crate) fn open_mailbox(&mut self, now: Now, id: InteractionId, name: &MailboxName) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let Some(t) = self.tenants.get(&interaction.tenant) else { return };
        let mailbox = t.mailbox(name).filter(|mailbox| t.messages(*mailbox).len() < MAX_MESSAGES);
        interaction.leaving = mailbox.map(|mailbox| Leaving { mailbox, begun: None });
        let outcome = if mailbox.is_some() { MailboxOutcome::Open } else { MailboxOutcome::Full };
        if let Some(walk) = interaction.walk.as_mut() {
            walk.handle(now, Input::Mailbox(outcome));
        }
        self.touch(id);
    }

    /// The tone has been heard: what the caller says from now on is its message.
    pub(crate) fn take_message(&mut self, now: Now, id: InteractionId, silence_s: u32) {
        let recording = RecordingId(self.ids.next(now.wall));
        let Some(interaction) = self.get(id) else { return };
        let (leg, from, tenant) = (interaction.call.customer(), interaction.caller.number.clone(), interaction.tenant);
        let Some(leaving) = interaction.leaving.as_mut() else { return };
        leaving.begun = Some((recording, now));
        let mailbox = leaving.mailbox;
        // An earlier talk's recording ends here: a leg has one track at a time.
        interaction.ledger.recording_ended(now.wall);
        interaction.ledger.recording_started(now.wall, recording, vec![(leg, CHANNEL)]);
        self.journal(now, tenant, Happening::RecordingStarted { id, recording, tracks: vec![(leg, CHANNEL)] });
        self.journal(now, tenant, Happening::VoicemailBegun { id, recording, mailbox, from, leg });
        self.command(LegCommand::Record { leg, tenant, recording, channel: CHANNEL, hush_s: Some(silence_s) });
    }

    /// The message is over, at the latest with the caller. `silent`: how much of its end is silence.
    pub(crate) fn end_message(&mut self, now: Now, id: InteractionId, silent: Duration) {
        let Some(interaction) = self.get(id) else { return };
        let Some(Leaving { mailbox, begun: Some((recording, since)) }) = interaction.leaving.take() else { return };
        let (leg, from, tenant) = (interaction.call.customer(), interaction.caller.number.clone(), interaction.tenant);
        interaction.ledger.recording_ended(now.wall);
        self.command(LegCommand::StopRecord(leg));
        let length = now.mono.since(since.mono).saturating_sub(silent);
        if length < LEAST {
            return self.journal(now, tenant, Happening::VoicemailDropped { id });
        }
        if let Some(interaction) = self.get(id) {
            interaction.left_message = true;
        }
        let message = Message { recording, leg, from: from.clone(), at: now.wall, is_new: true };
        if let Some(t) = self.tenants.get_mut(&tenant) {
            t.mailboxes.entry(mailbox).or_default().push(message);
        }
        let duration_ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        self.journal(now, tenant, Happening::VoicemailLeft { id, recording, mailbox, from, leg, duration_ms });
        self.mailbox_changed(tenant, mailbox);
    }

    /// Somebody has listened to a message, wants to be told of it again, or deletes it.
    ///
    /// # Errors
    /// When the tenant has no such message (any more).
    pub fn mark_message(
        &mut self,
        now: Now,
        tenant: TenantId,
        recording: RecordingId,
        status: MessageStatus,
        by: MarkedBy,
    ) -> Result<(), Refused> {
        let t = self.tenants.get_mut(&tenant).ok_or(Refused::NotFound)?;
        let (mailbox, at) = t.message_of(recording).ok_or(Refused::NotFound)?;
        let messages = t.mailboxes.entry(mailbox).or_default();
        let is_new = status == MessageStatus::New;
        match status {
            MessageStatus::Deleted => drop(messages.remove(at)),
            _ if messages[at].is_new == is_new => return Ok(()),
            _ => messages[at].is_new = is_new,
        }
        let (mailbox_of, MarkedBy { name: by, agent }) = (Some(mailbox), by);
        let changed = Happening::VoicemailChanged { recording, status, mailbox: mailbox_of, by, agent };
        self.journal(now, tenant, changed);
        self.mailbox_changed(tenant, mailbox);
        Ok(())
    }

    /// Takes a message as it was before a restart; given in the order in which they were left.
    pub fn restore_message(&mut self, tenant: TenantId, mailbox: Mailbox, message: Message) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        t.mailboxes.entry(mailbox).or_default().push(message);
    }

    /// The mailboxes that are an agent's business: its own, and those of queues that it shares.
    pub fn mailboxes_of(&self, tenant: TenantId, agent: AgentId) -> Vec<Mailbox> {
        self.tenants.get(&tenant).map(|t| t.mailboxes_of(agent)).unwrap_or_default()
    }
}
