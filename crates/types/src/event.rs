//! What is written in the journal: the truth of what happened. Every event belongs to a tenant;
//! the journal gives it a sequence number (the cursor of screens, webhooks and reports).

use serde::{Deserialize, Serialize};

use crate::alert::Alert;
use crate::cause::Cause;
use crate::forward::{Forward, Forwarding};
use crate::ids::{AgentId, AlertId, DeviceId, InteractionId, LegId, QueueId, RecordingId, TenantId};
use crate::lease::ExpiredLease;
use crate::leg::Text;
use crate::private::Private;
use crate::record::{
    AgentState, CallbackNews, CallbackStatus, Channel, Direction, Disposition, InteractionRecord, Need, SegmentKind,
    SkillLevel, Supervision,
};
use crate::time::Wall;
use crate::voicemail::{Mailbox, MessageStatus};

/// One event with its tenant and time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Whose.
    pub tenant: TenantId,
    /// When.
    pub at: Wall,
    /// What.
    pub what: Happening,
}

/// What a queue's choices depend on besides its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueStands {
    /// The queue.
    pub queue: QueueId,
    /// How many offers it has made.
    pub offers: u64,
    /// The number of the last one that each agent got, of those who got one.
    pub last: Vec<(AgentId, u64)>,
}

/// How an agent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentStands {
    /// The agent.
    pub agent: AgentId,
    /// What it does.
    pub state: AgentState,
    /// Since when it counts as idle while it is ready, by the router's clock, milliseconds.
    pub idle_ms: u64,
    /// What it has worked since it signed in.
    #[serde(default)]
    pub worked: Worked,
}

/// What an agent has worked since it signed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worked {
    /// Time in talks that queues gave it, milliseconds.
    pub talk_ms: u64,
    /// How many such talks.
    pub contacts: u64,
}

/// What happened. Names are stored: a variant is never renamed, a field never changes its meaning,
/// a new field has a default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Happening {
    /// An interaction began.
    #[serde(rename = "interaction.started")]
    InteractionStarted {
        /// The interaction.
        id: InteractionId,
        /// Medium.
        channel: Channel,
        /// Who began it.
        direction: Direction,
        /// The caller's number.
        from: Private<Text>,
        /// The number dialled.
        to: Private<Text>,
        /// The first leg.
        leg: LegId,
        /// Its SIP Call-ID.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sip_call_id: Option<Text>,
        /// The interaction in which the customer asked for it, where it calls somebody back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        callback_of: Option<InteractionId>,
    },
    /// We took the call; written before the far end is told.
    #[serde(rename = "interaction.answered")]
    InteractionAnswered {
        /// The interaction.
        id: InteractionId,
    },
    /// It passed into another state.
    #[serde(rename = "interaction.state")]
    InteractionState {
        /// The interaction.
        id: InteractionId,
        /// The new state.
        state: SegmentKind,
        /// The queue, while in one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<QueueId>,
        /// The agent, while one rings or talks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AgentId>,
        /// The number of its slot, while it is parked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<u16>,
    },
    /// It was led on from one number to the next.
    #[serde(rename = "interaction.forwarded")]
    InteractionForwarded {
        /// The interaction.
        id: InteractionId,
        /// The step.
        step: Forward,
    },
    /// A recording began. With it a crashed call's recording is found again.
    #[serde(rename = "recording.started")]
    RecordingStarted {
        /// The interaction.
        id: InteractionId,
        /// The recording.
        recording: RecordingId,
        /// The legs with a track, and the channel of each.
        tracks: Vec<(LegId, u8)>,
    },
    /// Somebody had a recording paused, or go on.
    #[serde(rename = "recording.paused")]
    RecordingPaused {
        /// The interaction.
        id: InteractionId,
        /// The recording.
        recording: RecordingId,
        /// Paused, or going on.
        paused: bool,
        /// The agent who wanted it; absent for a supervisor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AgentId>,
    },
    /// The page that rings for an agent is to take the call, by order.
    #[serde(rename = "interaction.answer_asked")]
    AnswerAsked {
        /// The interaction.
        id: InteractionId,
        /// Whose page.
        agent: AgentId,
    },
    /// A supervisor takes part in a call, in another way, or no longer.
    #[serde(rename = "interaction.supervised")]
    Supervised {
        /// The interaction.
        id: InteractionId,
        /// Who takes part.
        by: AgentId,
        /// The agent who is watched; absent when none was any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AgentId>,
        /// How.
        mode: Supervision,
    },
    /// It ended; the whole record.
    #[serde(rename = "interaction.ended")]
    InteractionEnded {
        /// The record.
        record: Box<InteractionRecord>,
    },
    /// An agent passed into another state, or its end, or what comes next, changed.
    #[serde(rename = "agent.state")]
    AgentState {
        /// The agent.
        agent: AgentId,
        /// The new state.
        state: AgentState,
        /// Why, for `not_ready`: `rona`, `lunch`, `phone_lost` …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Text>,
        /// When the lease on this state ends by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Wall>,
        /// What the agent works on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        interaction: Option<InteractionId>,
        /// Since when; absent when it is the moment of this event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Wall>,
        /// Why it will be not ready once what it does is over, where it has asked for no more calls.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Text>,
        /// For one whose telephone begins to ring for a queue's offer: the queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<QueueId>,
        /// By the clock that the router compares by, milliseconds from some moment of this process: when that offer was
        /// made, or since when a ready agent counts as idle.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clock_ms: Option<u64>,
        /// For a ready one: what it has worked since it signed in, which some strategies compare.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        worked: Option<Worked>,
        /// For one whose telephone begins to ring for a queue's offer: what the customer needed beyond the queue's own
        /// settings.
        #[serde(default, skip_serializing_if = "Need::is_none")]
        need: Need,
    },
    /// What the router chooses by changed, or it began anew; with the agents' states a decision can be made again.
    /// Settings are JSON, as `acd` reads them.
    #[serde(rename = "routing.changed")]
    RoutingChanged {
        /// It began anew, without queues and agents, and draws lots from this seed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        begun: Option<u64>,
        /// Queues that came or are different now.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        queues: Vec<Text>,
        /// Agents who came or are different now.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        agents: Vec<Text>,
        /// Queues that went.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        queues_gone: Vec<QueueId>,
        /// Agents who went.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        agents_gone: Vec<AgentId>,
        /// Who goes before others from now on, as the setting `routing.priority` says it; absent where that is as it was. It
        /// is told of with each beginning.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        priorities: Option<Private<Text>>,
    },
    /// What the router chooses by besides settings, as it stands. It follows a [`Happening::RoutingChanged`] that tells of
    /// a beginning and of all settings, so that a decision can be made again from there.
    #[serde(rename = "routing.stands")]
    RoutingStands {
        /// Queues.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        queues: Vec<QueueStands>,
        /// Agents; after the queues.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        agents: Vec<AgentStands>,
    },
    /// An agent's work after a talk is over.
    #[serde(rename = "interaction.wrapped")]
    Wrapped {
        /// The interaction.
        id: InteractionId,
        /// The agent.
        agent: AgentId,
        /// How long, milliseconds.
        wrap_up_ms: u64,
        /// Since when; it ended that much later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Wall>,
        /// The queue that had found the agent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<QueueId>,
    },
    /// Somebody said what came of an interaction, in place of what was said before.
    #[serde(rename = "interaction.disposition")]
    Disposed {
        /// The interaction.
        id: InteractionId,
        /// What.
        disposition: Disposition,
    },
    /// An agent said whether it wants calls. Holds until it says otherwise, whatever its calls and
    /// telephones make of its state meanwhile.
    #[serde(rename = "agent.wish")]
    AgentWish {
        /// The agent.
        agent: AgentId,
        /// `ready`, `not_ready` or `offline`.
        state: AgentState,
        /// Why, for `not_ready`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Text>,
    },
    /// What an agent wants done with calls that it doesn't take has changed.
    #[serde(rename = "agent.forwarding")]
    ForwardingChanged {
        /// The agent.
        agent: AgentId,
        /// All of it, as it is from now on.
        rules: Forwarding,
        /// Who changed it: a user's name, or `phone` for the agent's telephone.
        by: Text,
    },
    /// A device registered, refreshed or left (`contacts` empty).
    #[serde(rename = "device.registered")]
    Registered {
        /// The device.
        device: DeviceId,
        /// Its bindings, as after the request.
        contacts: Vec<Binding>,
    },
    /// A customer asked to be called back.
    #[serde(rename = "callback.requested")]
    CallbackRequested {
        /// The interaction in which it was asked.
        id: InteractionId,
        /// The number to call.
        number: Private<Text>,
        /// The queue that is to call.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<QueueId>,
        /// Since when the customer had waited for an agent: the place that is kept. Absent where it had not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Wall>,
        /// What the agent who calls has to be able to do, beside what the queue asks.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        wants: Vec<SkillLevel>,
        /// Nobody asked for it: the customer hung up while it waited, and its queue calls such back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        missed: bool,
    },
    /// The center has followed a wish to be called back, and this came of it.
    #[serde(rename = "callback.followed")]
    CallbackFollowed {
        /// The interaction in which it was asked.
        of: InteractionId,
        /// The interaction by which the customer was called; absent where it was not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<InteractionId>,
        /// What was found.
        news: CallbackNews,
        /// How far the wish has come by that.
        status: CallbackStatus,
        /// Calls that were made in vain so far.
        attempts: u32,
        /// When it is followed next, where it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Wall>,
    },
    /// Somebody said how far a callback has come.
    #[serde(rename = "callback.changed")]
    CallbackChanged {
        /// The journal's position of the wish, by which it is known.
        callback: u64,
        /// How far it has come.
        status: CallbackStatus,
        /// The name of the user who said so.
        by: Text,
    },
    /// Somebody ordered what is another one's to do: the state of an agent, or something about a call of others.
    #[serde(rename = "order.given")]
    OrderGiven {
        /// The name of the user who did.
        by: Text,
        /// What: a state, or an action on a call.
        order: Text,
        /// Why, for a state that has a reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Text>,
        /// The agent whose state it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AgentId>,
        /// The interaction that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<InteractionId>,
    },
    /// A caller begins to leave a message. With it a message that a crash cut off is kept.
    #[serde(rename = "voicemail.begun")]
    VoicemailBegun {
        /// The interaction.
        id: InteractionId,
        /// The recording, by which the message is known.
        recording: RecordingId,
        /// Whose.
        mailbox: Mailbox,
        /// The caller's number.
        from: Private<Text>,
        /// The caller's leg, which has the track.
        leg: LegId,
    },
    /// A caller has left a message.
    #[serde(rename = "voicemail.left")]
    VoicemailLeft {
        /// The interaction.
        id: InteractionId,
        /// The recording, by which the message is known.
        recording: RecordingId,
        /// Whose.
        mailbox: Mailbox,
        /// The caller's number.
        from: Private<Text>,
        /// The caller's leg, which has the track.
        leg: LegId,
        /// How long it is, milliseconds; 0 where a crash cut it off and nobody knows.
        duration_ms: u64,
    },
    /// A caller who had begun hung up before there was a message to keep.
    #[serde(rename = "voicemail.dropped")]
    VoicemailDropped {
        /// The interaction.
        id: InteractionId,
    },
    /// Somebody has listened to a message, wants to be told of it again, or has deleted it.
    #[serde(rename = "voicemail.changed")]
    VoicemailChanged {
        /// The recording, by which the message is known.
        recording: RecordingId,
        /// What has become of it.
        status: MessageStatus,
        /// Whose; absent in what earlier versions wrote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mailbox: Option<Mailbox>,
        /// Who said so: a user's name, or `phone` for the agent's telephone.
        by: Text,
        /// The agent who said so, where it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AgentId>,
    },
    /// A survey was answered.
    #[serde(rename = "survey.answered")]
    SurveyAnswered {
        /// The interaction.
        id: InteractionId,
        /// The question's name in the flow.
        question: Text,
        /// The key pressed.
        answer: Text,
    },
    /// Settings changed; screens and nodes read them anew.
    #[serde(rename = "settings.changed")]
    SettingsChanged {
        /// `queue`, `agent`, `flow` …
        kind: Text,
        /// The thing's name.
        #[serde(alias = "id")]
        name: Text,
        /// `create`, `update` or `delete`.
        #[serde(default)]
        action: Text,
        /// The fields that differ, of an update; their values are not told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<Text>,
        /// The user who changed it; `command_line` for whoever has the data folder.
        by: Text,
    },
    /// A version of a flow that a share of the callers walks has begun, or has come to its end.
    #[serde(rename = "flow.canary")]
    FlowCanary {
        /// The flow's name.
        flow: Text,
        /// The version.
        version: u32,
        /// `started`, `promoted`, `rolled_back`, `stopped` or `replaced`.
        what: Text,
        /// The guard that rolled it back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        guard: Option<Text>,
        /// The user; `canary` where it came to its end by itself.
        by: Text,
    },
    /// Somebody has dialled an emergency number.
    #[serde(rename = "emergency.called")]
    EmergencyCalled {
        /// The interaction.
        id: InteractionId,
        /// Who, where it is an agent.
        agent: Option<AgentId>,
        /// The caller's own number or telephone.
        from: Private<Text>,
        /// The number, as it was understood.
        number: Text,
    },
    /// A release was forgotten somewhere: what was held is free again because its time was over.
    #[serde(rename = "lease.expired")]
    LeaseExpired {
        /// What, whose, and by which interaction.
        #[serde(flatten)]
        expired: ExpiredLease,
    },
    /// Something needs a person.
    #[serde(rename = "alarm")]
    Alarm {
        /// `disk_slow`, `lease_expired`, `overload`, `emergency_call` …
        code: Text,
        /// For people.
        detail: Text,
        /// Raised, or over.
        raised: bool,
    },
    /// A figure of the wall has been beyond a threshold for as long as the threshold asks for.
    #[serde(rename = "alert.raised")]
    AlertRaised {
        /// What stands from now on.
        alert: Alert,
    },
    /// An alert that stands became worse or better; one that became worse has to be acknowledged anew.
    #[serde(rename = "alert.changed")]
    AlertChanged {
        /// As it stands from now on.
        alert: Alert,
    },
    /// The figure is back, or nobody watches it any more.
    #[serde(rename = "alert.cleared")]
    AlertCleared {
        /// As it stood last, with the value that ended it.
        alert: Alert,
    },
    /// Somebody has seen an alert and looks after it.
    #[serde(rename = "alert.acknowledged")]
    AlertAcknowledged {
        /// The alert.
        id: AlertId,
        /// The name of the user.
        by: Text,
    },
    /// The state of a confirmed dialog, so that another process can end or continue it.
    #[serde(rename = "dialog.saved")]
    DialogSaved {
        /// The leg.
        leg: LegId,
        /// The interaction.
        id: InteractionId,
        /// Opaque, versioned by `sip`.
        #[serde(with = "hex")]
        bytes: Vec<u8>,
    },
    /// A saved dialog has ended.
    #[serde(rename = "dialog.ended")]
    DialogEnded {
        /// The leg.
        leg: LegId,
        /// Why.
        cause: Cause,
    },
}

/// One contact of a registered device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The contact URI.
    pub uri: Private<Text>,
    /// The connection it came by, where it has to be reused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<u64>,
    /// Where the REGISTER really came from, `ip:port`: replies and calls through NAT go there.
    pub source: Private<Text>,
    /// When it lapses.
    pub expires: Wall,
    /// The Call-ID and CSeq of the REGISTER, against reordering (RFC 3261 section 10.3).
    pub call_id: Text,
    /// See `call_id`.
    pub cseq: u32,
    /// The Path of RFC 3327, in order; the route to the device.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<Text>,
    /// It is a page in a browser.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub browser: bool,
    /// What the telephone calls itself across its restarts and addresses (`+sip.instance`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<Private<Text>>,
    /// Which of the telephone's flows this is (RFC 5626): flows of one instance stand for each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reg_id: Option<u32>,
}

mod hex {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], s: S) -> Result<S::Ok, S::Error> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            text.push(DIGITS[usize::from(byte >> 4)] as char);
            text.push(DIGITS[usize::from(byte & 15)] as char);
        }
        s.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<u8>, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        let digit = |c: u8| (c as char).to_digit(16).ok_or_else(|| serde::de::Error::custom("not hexadecimal"));
        if !text.len().is_multiple_of(2) {
            return Err(serde::de::Error::custom("an odd number of hexadecimal digits"));
        }
        text.as_bytes().chunks_exact(2).map(|p| Ok((digit(p[0])? << 4 | digit(p[1])?) as u8)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_survives_json() {
        let event = Event {
            tenant: TenantId(1),
            at: Wall(5),
            what: Happening::DialogSaved { leg: LegId(2), id: InteractionId(3), bytes: vec![0, 255, 16] },
        };
        let json = serde_json::to_string(&event).unwrap();
        assert!(json.contains(r#""type":"dialog.saved""#) && json.contains(r#""bytes":"00ff10""#), "{json}");
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
    }
}
