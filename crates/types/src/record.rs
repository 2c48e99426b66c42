//! The record of an interaction: what the journal keeps for ever, what SQL projects, what the API
//! answers with. Durations are milliseconds, moments are wall time.

use serde::{Deserialize, Serialize};

use crate::cause::{Cause, EndedBy};
use crate::forward::Forward;
use crate::ids::{AgentId, FlowId, InteractionId, LegId, QueueId, RecordingId, TeamId, TenantId};
use crate::leg::{MediaQuality, Text};
use crate::private::Private;
use crate::time::Wall;
use crate::title::Title;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable name used in SQL, the API and on screens.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value of a stable name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

named! {
    /// By which medium the customer comes.
    Channel {
        /// Telephone or browser phone.
        Voice = "voice",
    }
}

named! {
    /// Who began it.
    Direction {
        /// A customer called us.
        Inbound = "inbound",
        /// We called somebody outside.
        Outbound = "outbound",
        /// Colleagues among themselves.
        Internal = "internal",
    }
}

named! {
    /// What came of an interaction.
    Outcome {
        /// A human spoke with the customer.
        Answered = "answered",
        /// The customer gave up while waiting for an agent, or while it rang.
        Abandoned = "abandoned",
        /// Refused before anything began: no such number, overload, forbidden.
        Rejected = "rejected",
        /// A fault of ours or of a peer's ended it.
        Failed = "failed",
        /// The flow did all that was wanted.
        SelfServed = "self_served",
        /// The customer asked to be called back.
        Callback = "callback",
        /// The customer left a message.
        Voicemail = "voicemail",
    }
}

named! {
    /// What each second of an interaction was spent on. Segments follow one another without gap or
    /// overlap from start to end.
    SegmentKind {
        /// Before anything answers: rings, or is being set up.
        Setup = "setup",
        /// In a menu or announcement.
        Menu = "menu",
        /// Waiting in a queue.
        Queued = "queued",
        /// An agent's or target's phone rings for it.
        Ringing = "ringing",
        /// Talking.
        Talking = "talking",
        /// On hold.
        Held = "held",
        /// The agent's page has gone in the middle of the talk, and its return is awaited; the customer hears music.
        Away = "away",
        /// In a slot, for whoever picks it up; it hears music.
        Parked = "parked",
        /// Everyone has gone but the records are being closed.
        Ending = "ending",
        /// An agent's work after its talk. It lies beside the interaction's own seconds, see
        /// [`InteractionRecord::wrap_ups`].
        WrapUp = "wrap_up",
    }
}

named! {
    /// How far a wish to be called back has come.
    CallbackStatus {
        /// The customer asked; nobody has called yet.
        Asked = "asked",
        /// The customer was called back.
        Done = "done",
        /// It is not wanted any more.
        Cancelled = "cancelled",
        /// The customer could not be reached, and nobody tries any longer.
        GivenUp = "given_up",
    }
}

named! {
    /// What the center found when it followed a wish to be called back.
    CallbackNews {
        /// The customer was reached.
        Reached = "reached",
        /// The customer was called, and did not answer.
        Unreached = "unreached",
        /// No line to the customer was free or in order: that counts as no attempt.
        NoLine = "no_line",
        /// The wish is too old by now.
        Expired = "expired",
        /// The number is one that may not be called.
        DoNotCall = "do_not_call",
        /// The number leads to nobody outside.
        NoSuchNumber = "no_such_number",
        /// The customer asked anew in the same call: that wish counts.
        Replaced = "replaced",
    }
}

named! {
    /// What a leg is for.
    LegRole {
        /// The customer's.
        Customer = "customer",
        /// An agent's.
        Agent = "agent",
        /// A transfer target, bridge target or consulted party that is no agent.
        Target = "target",
        /// A supervisor who listens, whispers or barges in.
        Supervisor = "supervisor",
    }
}

named! {
    /// Why a number may not be called.
    DoNotCall {
        /// Whoever has it asked for that.
        Asked = "asked",
        /// It is in a register that the law knows.
        Regulator = "regulator",
        /// It is somebody else's.
        WrongNumber = "wrong_number",
        /// For another reason.
        Other = "other",
    }
}

named! {
    /// How a supervisor takes part in a call.
    Supervision {
        /// Hears, and is heard by none.
        Listen = "listen",
        /// Is heard by the agent alone.
        Whisper = "whisper",
        /// Is heard by all.
        Barge = "barge",
        /// Has the agent's place.
        TakeOver = "take_over",
        /// Takes part no longer.
        Stop = "stop",
    }
}

named! {
    /// An agent's state. Each is a lease: it ends by itself at its time at the latest.
    AgentState {
        /// Not signed in.
        Offline = "offline",
        /// Free for work.
        Ready = "ready",
        /// Signed in, not to be called.
        NotReady = "not_ready",
        /// An offer rings.
        Ringing = "ringing",
        /// With a customer.
        Talking = "talking",
        /// Work after the talk.
        WrapUp = "wrap_up",
    }
}

/// One stretch of an interaction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// What it was spent on.
    pub kind: SegmentKind,
    /// Start.
    pub from: Wall,
    /// End; the next one's start.
    pub to: Wall,
    /// The queue, while waiting in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueId>,
    /// The agent, while one rings or talks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
}

/// One leg of an interaction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegRecord {
    /// The leg.
    pub id: LegId,
    /// What it is for.
    pub role: LegRole,
    /// The agent whose leg it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// The SIP Call-ID; absent when the leg never got that far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sip_call_id: Option<Text>,
    /// Number or address of the far end.
    pub address: Private<Text>,
    /// First message.
    pub started: Wall,
    /// First ring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ringing: Option<Wall>,
    /// Answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Wall>,
    /// End.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Wall>,
    /// Why it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The SIP status that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Whether the far end ended it.
    #[serde(default)]
    pub by_peer: bool,
    /// The number that led the call on to here; absent when it was asked for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded_from: Option<Private<Text>>,
    /// How good its media was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaQuality>,
}

/// One step of a flow's walk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceStep {
    /// When the node was entered.
    pub at: Wall,
    /// The node's id in the flow.
    pub node: Text,
    /// What people read of the node; empty where the flow says nothing.
    #[serde(default, skip_serializing_if = "Title::is_empty")]
    pub title: Title,
    /// The node's kind: `menu`, `queue` …
    pub kind: Text,
    /// What happened, for people: `digit 1`, `timeout`.
    #[serde(default, skip_serializing_if = "str_is_empty")]
    pub detail: Text,
    /// The outlet taken; absent while the node is not left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outlet: Option<Text>,
    /// What taking it means, such as `Sales` for key 1; empty where the flow says nothing.
    #[serde(default, skip_serializing_if = "Title::is_empty")]
    pub choice: Title,
    /// The flow that the node is of; absent where it is the same, in the same version, as in the step before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<Text>,
    /// The version of that flow; absent as `flow` is, and for a flow that is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

fn str_is_empty(text: &Text) -> bool {
    text.is_empty()
}

/// One named share of a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// The term: `idle_ms`, `contacts`, `priority` …
    pub name: Text,
    /// Its value; the greater wins unless the strategy says otherwise.
    pub value: i64,
}

/// An agent with the terms by which it was compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The agent.
    pub agent: AgentId,
    /// The terms, compared in order.
    pub terms: Vec<Term>,
}

/// How many agents were out of the question for one reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Excluded {
    /// The reason: `not_ready`, `talking`, `missing_skill` …
    pub reason: Text,
    /// How many.
    pub count: u32,
}

/// A skill at a level.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SkillLevel {
    /// The skill's name.
    pub skill: Text,
    /// The least level.
    pub min: u8,
}

/// Whose agents are let in to help those who wait in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Helper {
    /// Those of another queue.
    Queue(QueueId),
    /// Those of a team.
    Team {
        /// The team.
        team: TeamId,
    },
}

/// What one who waits needs at a moment, beyond what all agents of its queue have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Need {
    /// Skills, in the order of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<SkillLevel>,
    /// Whose agents are let in too, in this order, after those of its own queue.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Helper>,
    /// It waits for this agent alone: the one it talked to last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
}

impl Need {
    /// Whether any agent of the queue will do.
    pub fn is_none(&self) -> bool {
        self.skills.is_empty() && self.also.is_empty() && self.agent.is_none()
    }
}

/// A skill that is asked of agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The skill's name.
    pub skill: Text,
    /// The least level that was asked at first.
    pub first: u8,
    /// The least level that was asked at that moment, after so long a wait.
    pub min: u8,
}

/// By which settings it was decided: a short text for each, which differs when they do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The queue's settings.
    pub queue: Text,
    /// The agents who serve it: their skills, orders and weights.
    pub agents: Text,
    /// Who goes before others (`routing.priority`).
    pub priority: Text,
}

/// Why this agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// When.
    pub at: Wall,
    /// For which queue.
    pub queue: QueueId,
    /// By which strategy.
    pub strategy: Text,
    /// The winner.
    pub winner: Candidate,
    /// The next ones, ten at most, best first.
    pub next: Vec<Candidate>,
    /// Who was out of the question, counted by reason.
    pub excluded: Vec<Excluded>,
    /// What the customer needed at that moment, beyond what all agents of the queue have in common.
    #[serde(default, skip_serializing_if = "Need::is_none")]
    pub need: Need,
    /// Whose telephones rang together with the winner's, where all rang at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<AgentId>,
    /// How long the customer had waited, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited_ms: Option<u64>,
    /// The skills that were asked, of all agents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Asked>,
    /// The versions of the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
}

/// The most promises that are kept of an interaction: one a minute is told, and a longer wait says nothing new.
pub const PROMISES_MAX: usize = 20;

/// How long a customer was to wait, as somebody said or the queue reckoned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// When.
    pub at: Wall,
    /// In which queue.
    pub queue: QueueId,
    /// Its place, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// How long it was to wait from then on, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_ms: Option<u64>,
    /// The customer was told; else it is what the queue reckoned when the customer came.
    #[serde(default)]
    pub told: bool,
}

/// The most notes of a wait that are kept of an interaction: one at each step of its queue, after each offer in vain and
/// at each announcement. What comes later says little new.
pub const WAIT_NOTES_MAX: usize = 40;

/// What held up one who waited, as it was at a moment: who stood before it, what the agents did, and what was asked of
/// them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitNote {
    /// When.
    pub at: Wall,
    /// In which queue.
    pub queue: QueueId,
    /// How many stood before it.
    pub ahead: u32,
    /// What the agents who serve the queue did.
    pub agents: AgentsAtWork,
    /// The skills that were asked, of all agents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Asked>,
    /// Whose agents were let in too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Helper>,
    /// It waited for this agent alone: the one it had talked to last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
}

/// How many of a queue's signed-in agents were in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentsAtWork {
    /// Ready, yet without what was asked, or asked by somebody before.
    pub ready: u32,
    /// Rung.
    pub ringing: u32,
    /// Talking.
    pub talking: u32,
    /// At work after a talk.
    pub wrap_up: u32,
    /// Not ready.
    pub not_ready: u32,
}

/// A stretch of a recording without sound of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingGap {
    /// From, milliseconds after the recording's start.
    pub from_ms: u64,
    /// To.
    pub to_ms: u64,
    /// `paused`, `disk`, `lost`.
    pub cause: Text,
}

/// The longest code of a disposition, characters: it is a key of reports, not a text.
pub const DISPOSITION_CODE_MAX: usize = 64;
/// The longest note of a disposition, characters: a screenful, so that a record stays small.
pub const DISPOSITION_NOTE_MAX: usize = 2000;

/// What the agent says came of an interaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposition {
    /// A short stable key: `solved`, `wrong_number` …
    pub code: Text,
    /// What else there is to say; may be empty.
    #[serde(default = "no_note", skip_serializing_if = "is_no_note")]
    pub note: Private<Text>,
    /// The name of the user who said so.
    pub by: Text,
    /// When.
    pub at: Wall,
}

/// Why a disposition is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDisposition {
    /// It is too long, or neither it nor a note is there.
    #[error("code: must have 1 to {DISPOSITION_CODE_MAX} characters, or be empty beside a note")]
    Code,
    /// It is no note any more.
    #[error("note: must have at most {DISPOSITION_NOTE_MAX} characters")]
    Note,
}

impl Disposition {
    /// Checks code and note, both without the space around them. A note may stand alone.
    ///
    /// # Errors
    /// The one that is too long or missing.
    pub fn new(code: &str, note: &str, by: Text, at: Wall) -> Result<Self, BadDisposition> {
        let (code, note) = (code.trim(), note.trim());
        if code.chars().count() > DISPOSITION_CODE_MAX || (code.is_empty() && note.is_empty()) {
            return Err(BadDisposition::Code);
        }
        if note.chars().count() > DISPOSITION_NOTE_MAX {
            return Err(BadDisposition::Note);
        }
        Ok(Self { code: code.into(), note: Private::new(note.into()), by, at })
    }
}

fn no_note() -> Private<Text> {
    Private::new("".into())
}

fn is_no_note(note: &Private<Text>) -> bool {
    note.reveal().is_empty()
}

/// One recording of an interaction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingRecord {
    /// The recording.
    pub id: RecordingId,
    /// Start.
    pub started: Wall,
    /// End.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Wall>,
    /// The legs with a track, and the channel of each.
    pub tracks: Vec<(LegId, u8)>,
    /// Stated gaps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<RecordingGap>,
}

/// What a telephone of ours dials to try its line: it hears itself.
pub const LINE_TEST: &str = "*43";

/// Whether a call from this side to this number only tries a line. It is on record, but no contact with anybody: lists
/// leave it out unless they are asked for this number, and it counts in nobody's day.
pub fn is_line_test(direction: &str, to: &str) -> bool {
    direction == Direction::Internal.as_str() && to == LINE_TEST
}

/// Words that flows note with one interaction; more would be a description.
pub const TAGS_MAX: usize = 20;

/// The whole of an interaction that has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InteractionRecord {
    /// The interaction.
    pub id: InteractionId,
    /// Whose.
    pub tenant: TenantId,
    /// Medium.
    pub channel: Channel,
    /// Who began it.
    pub direction: Direction,
    /// The caller's number; empty when withheld.
    pub from: Private<Text>,
    /// The number dialled.
    pub to: Private<Text>,
    /// The last queue it waited in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueId>,
    /// The last agent who talked; or, where none did, whom it last rang.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// The flows that it walked, in the order in which it entered each first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flows: Vec<FlowId>,
    /// Words that its flows noted with it, [`TAGS_MAX`] at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Text>,
    /// First message.
    pub started: Wall,
    /// When we took the call (menu, announcement or agent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Wall>,
    /// When a human first spoke with the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected: Option<Wall>,
    /// The end.
    pub ended: Wall,
    /// Time in queues and ringing there.
    pub wait_ms: u64,
    /// Time that somebody's telephone rang, for a queue or directly.
    #[serde(default)]
    pub ring_ms: u64,
    /// Time talked, hold excluded.
    pub talk_ms: u64,
    /// Time on hold.
    pub hold_ms: u64,
    /// What came of it.
    pub outcome: Outcome,
    /// Who ended it.
    pub ended_by: EndedBy,
    /// Why.
    pub cause: Cause,
    /// Its legs in the order of their start.
    pub legs: Vec<LegRecord>,
    /// How it was led on from one number to the next, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forwards: Vec<Forward>,
    /// What each second was spent on.
    pub segments: Vec<Segment>,
    /// The flow's walk.
    pub trace: Vec<TraceStep>,
    /// The router's choices.
    pub decisions: Vec<Decision>,
    /// How long it was to wait, in the order in which that was said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
    /// What held it up while it waited, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<WaitNote>,
    /// Its recordings.
    pub recordings: Vec<RecordingRecord>,
    /// The work after the talk of each agent who was done with it before the interaction ended. What
    /// ends later is told by `interaction.wrapped`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrap_ups: Vec<Segment>,
    /// What the agent said came of it before it ended; what is said later is told by
    /// `interaction.disposition`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
}

impl InteractionRecord {
    /// How long it really waited after a promise until an agent was there, milliseconds; none where none came.
    pub fn kept_ms(&self, promise: &Promise) -> Option<u64> {
        let talks = |segment: &&Segment| segment.kind == SegmentKind::Talking && segment.from >= promise.at;
        self.segments.iter().find(talks).map(|segment| segment.from.ms_since(promise.at))
    }
}
