//! Flows as they are drawn: what the kinds of nodes are, drafts, versions, and a try.

use flow::{KindForm, MailboxOutcome, Question, QueueOutcome, Rehearsed, RehearsedLookup, Stimulus, TransferOutcome};
use resource::TitleSpec;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{FlowCanary, FlowCanaryEnd, FlowDraft, FlowRelease, FlowVersion};
use types::leg::{Sound, Tone};
use utoipa::ToSchema;

use super::{FlowCanaryEnded, FlowCanaryHead, FlowCanaryWish, SettingsName};

/// What the drawing knows of one kind of node.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowKind {
    pub(crate) kind: String,
    /// The JSON schema of its own fields.
    #[schema(value_type = Object)]
    pub(crate) fields: Value,
    /// An example of a node.
    #[schema(value_type = Object)]
    pub(crate) example: Value,
    /// Outlets that must lead somewhere.
    pub(crate) required: Vec<String>,
    /// Outlets that may.
    pub(crate) optional: Vec<String>,
    /// It has an outlet for each key of a telephone.
    pub(crate) keys: bool,
    /// It has whatever outlets a sub-flow returns.
    pub(crate) any: bool,
}

impl From<KindForm> for FlowKind {
    fn from(form: KindForm) -> Self {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            kind: form.kind.to_owned(),
            fields: form.fields,
            example: form.example,
            required: names(form.required),
            optional: names(form.optional),
            keys: form.keys,
            any: form.any,
        }
    }
}

/// A prompt that ships, with what it says in each language.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowPrompt {
    pub(crate) id: String,
    pub(crate) zh: String,
    pub(crate) en: String,
}

/// What an expression can be made of, beside a flow's own variables.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowExpression {
    /// Variables that every call has.
    pub(crate) variables: &'static [&'static str],
    pub(crate) functions: &'static [&'static str],
    /// What `queue("name")` gives.
    pub(crate) queue_figures: &'static [&'static str],
    /// The longest expression.
    pub(crate) max_chars: usize,
}

impl FlowExpression {
    pub(crate) const KNOWN: Self = Self {
        variables: flow::VARIABLES,
        functions: flow::FUNCTIONS,
        queue_figures: flow::QUEUE_FIGURES,
        max_chars: flow::EXPRESSION_CHARS,
    };
}

/// What flows are drawn with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowKinds {
    pub(crate) kinds: Vec<FlowKind>,
    pub(crate) prompts: Vec<FlowPrompt>,
    pub(crate) expression: FlowExpression,
}

/// When a draft was saved, and on what it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowDraftHead {
    pub(crate) saved_at: String,
    pub(crate) saved_by: String,
    /// The version that it was begun from; absent for a new flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) base: Option<u32>,
}

impl From<&FlowDraft> for FlowDraftHead {
    fn from(draft: &FlowDraft) -> Self {
        Self { saved_at: draft.saved.to_string(), saved_by: draft.by.clone(), base: draft.base }
    }
}

/// A flow in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowHead {
    pub(crate) name: String,
    pub(crate) title: TitleSpec,
    /// The version that calls walk; absent while none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<u32>,
    /// How many nodes it has.
    pub(crate) nodes: usize,
    /// What leads into it.
    pub(crate) used_by: Vec<SettingsName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) draft: Option<FlowDraftHead>,
    /// A newer version that a share of the callers walks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) canary: Option<FlowCanaryHead>,
}

/// All flows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowList {
    pub(crate) items: Vec<FlowHead>,
}

/// A draft with its graph.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowDraftDetail {
    #[serde(flatten)]
    pub(crate) head: FlowDraftHead,
    /// Title and graph.
    #[schema(value_type = Object)]
    pub(crate) spec: Value,
}

/// A flow to be drawn.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowDetail {
    pub(crate) name: String,
    /// The version that calls walk; absent while none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<u32>,
    /// The setting's revision, for `revision` when it is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revision: Option<String>,
    /// Title and graph that calls walk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) spec: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) draft: Option<FlowDraftDetail>,
}

/// A draft to be kept. It need not be sound.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlowDraftWish {
    /// Title and graph.
    #[schema(value_type = Object)]
    pub(crate) spec: Value,
    /// The version that it was begun from.
    #[serde(default)]
    pub(crate) base: Option<u32>,
}

/// A flow that calls shall walk from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlowPublish {
    /// Title and graph.
    #[schema(value_type = Object)]
    pub(crate) spec: Value,
    /// What is new, for the list of versions.
    #[serde(default)]
    pub(crate) note: String,
    /// The revision that it replaces; without it there must be no such flow yet.
    #[serde(default)]
    pub(crate) revision: Option<String>,
    /// Only a share of the callers walks it at first; there has to be a version that the others walk.
    #[serde(default)]
    pub(crate) canary: Option<FlowCanaryWish>,
}

/// What calls walk now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowPublished {
    pub(crate) version: u32,
    pub(crate) revision: String,
}

/// A version of a flow.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowVersionHead {
    pub(crate) version: u32,
    /// Calls walk it.
    pub(crate) published: bool,
    pub(crate) nodes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) made_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) made_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    /// The share of the callers that walks it now, of a hundred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) share_percent: Option<u8>,
    /// What became of it, where a share of the callers walked it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) canary: Option<FlowCanaryEnded>,
}

impl FlowVersionHead {
    /// With what became of it.
    pub(crate) fn tried(self, running: Option<&FlowCanary>, ends: &[FlowCanaryEnd]) -> Self {
        let running = running.filter(|row| row.version == self.version).map(FlowCanaryHead::from);
        let canary = ends.iter().find(|end| end.version == self.version).map(Into::into);
        Self { share_percent: running.map(|head| head.share_percent), canary, ..self }
    }

    pub(crate) fn new(row: &FlowVersion, releases: &[FlowRelease]) -> Self {
        let made = releases.iter().find(|release| release.version == row.version);
        Self {
            version: row.version,
            published: row.published,
            nodes: nodes_in(&row.definition),
            made_at: made.map(|made| made.made.to_string()),
            made_by: made.map(|made| made.by.clone()),
            note: made.map(|made| made.note.clone()).filter(|note| !note.is_empty()),
            share_percent: None,
            canary: None,
        }
    }
}

/// How many nodes a graph has.
pub(crate) fn nodes_in(definition: &Value) -> usize {
    definition.get("nodes").and_then(Value::as_object).map_or(0, serde_json::Map::len)
}

/// The newest versions, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowVersions {
    pub(crate) items: Vec<FlowVersionHead>,
}

/// One version with its graph.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowVersionDetail {
    #[serde(flatten)]
    pub(crate) head: FlowVersionHead,
    #[schema(value_type = Object)]
    pub(crate) definition: Value,
}

/// One thing that happens in a try.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TrialEvent {
    /// The caller presses this key.
    Key(char),
    /// The caller says and does nothing.
    Silence,
    /// What plays comes to its end.
    Played,
    /// What becomes of waiting in a queue.
    Queue(#[schema(inline)] TrialQueue),
    /// What becomes of a transfer.
    Transfer(#[schema(inline)] TrialTransfer),
    /// Whether a message can be left.
    Mailbox(#[schema(inline)] TrialMailbox),
    /// What becomes of asking another system; nobody is asked.
    Lookup(#[schema(inline)] TrialLookup),
    /// The caller's message is over.
    Hushed,
    /// The caller hangs up.
    Hangup,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TrialQueue {
    Answered,
    AgentLeft,
    NoAgent,
    Full,
    TooLong,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TrialTransfer {
    Answered,
    TargetLeft,
    Busy,
    NoAnswer,
    Failed,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TrialLookup {
    Found,
    NotFound,
    Failed,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TrialMailbox {
    Open,
    Full,
}

impl From<TrialEvent> for Stimulus {
    fn from(event: TrialEvent) -> Self {
        match event {
            TrialEvent::Key(key) => Self::Key(key),
            TrialEvent::Silence => Self::Silence,
            TrialEvent::Played => Self::Played,
            TrialEvent::Queue(outcome) => Self::Queue(match outcome {
                TrialQueue::Answered => QueueOutcome::Answered,
                TrialQueue::AgentLeft => QueueOutcome::AgentLeft,
                TrialQueue::NoAgent => QueueOutcome::NoAgent,
                TrialQueue::Full => QueueOutcome::Full,
                TrialQueue::TooLong => QueueOutcome::TooLong,
            }),
            TrialEvent::Transfer(outcome) => Self::Transfer(match outcome {
                TrialTransfer::Answered => TransferOutcome::Answered,
                TrialTransfer::TargetLeft => TransferOutcome::TargetLeft,
                TrialTransfer::Busy => TransferOutcome::Busy,
                TrialTransfer::NoAnswer => TransferOutcome::NoAnswer,
                TrialTransfer::Failed => TransferOutcome::Failed,
            }),
            TrialEvent::Mailbox(TrialMailbox::Open) => Self::Mailbox(MailboxOutcome::Open),
            TrialEvent::Mailbox(TrialMailbox::Full) => Self::Mailbox(MailboxOutcome::Full),
            TrialEvent::Lookup(outcome) => Self::Lookup(match outcome {
                TrialLookup::Found => RehearsedLookup::Found,
                TrialLookup::NotFound => RehearsedLookup::NotFound,
                TrialLookup::Failed => RehearsedLookup::Failed,
            }),
            TrialEvent::Hushed => Self::Hushed,
            TrialEvent::Hangup => Self::Hangup,
        }
    }
}

/// A flow to be tried, with all that happens from its start on. Nothing is kept between two tries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlowTrial {
    #[schema(value_type = Object)]
    pub(crate) definition: Value,
    /// 200 at most.
    #[serde(default)]
    pub(crate) events: Vec<TrialEvent>,
    /// The moment at which it begins, for opening hours; now when absent.
    #[serde(default)]
    pub(crate) at: Option<String>,
    /// Who calls; withheld when empty.
    #[serde(default)]
    pub(crate) caller: String,
    #[serde(default)]
    pub(crate) dialled: String,
}

/// A sound that the caller would hear.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrialSound {
    /// `prompt`, `music`, `tone` or `silence`.
    pub(crate) sort: &'static str,
    /// The prompt, music or tone; milliseconds of silence.
    pub(crate) id: String,
}

impl TrialSound {
    fn new(sound: &Sound) -> Self {
        let (sort, id) = match sound {
            Sound::Prompt { id, .. } => ("prompt", id.to_string()),
            Sound::Music(name) => ("music", name.to_string()),
            Sound::Tone(tone) => ("tone", tone_name(*tone).to_owned()),
            Sound::Silence(ms) => ("silence", ms.to_string()),
            Sound::Message { recording, .. } => ("message", recording.to_string()),
        };
        Self { sort, id }
    }
}

const fn tone_name(tone: Tone) -> &'static str {
    match tone {
        Tone::Ringback => "ringback",
        Tone::Busy => "busy",
        Tone::Congestion => "congestion",
        _ => "comfort",
    }
}

/// One thing that the flow wants done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrialAction {
    /// `answer`, `play`, `stop`, `queue`, `leave_queue`, `transfer`, `look_at_queues`, `look_up`, `callback`, `survey`, `mailbox`,
    /// `message`, `language`, `record`, `no_record`, `tag`, `echo` or `hangup`.
    pub(crate) does: &'static str,
    /// Which queue, whom, why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sounds: Vec<TrialSound>,
}

impl TrialAction {
    fn new(action: &flow::Action) -> Self {
        use flow::{Action, MailboxName, TransferTarget};
        let mut sounds = Vec::new();
        let (does, detail) = match action {
            Action::Answer => ("answer", String::new()),
            Action::Play { sounds: heard, .. } => {
                sounds = heard.iter().map(TrialSound::new).collect();
                ("play", String::new())
            }
            Action::StopPlay => ("stop", String::new()),
            Action::Echo(on) => ("echo", on.to_string()),
            Action::Enqueue { queue, .. } => ("queue", queue.to_string()),
            Action::LeaveQueue => ("leave_queue", String::new()),
            Action::Transfer { target, .. } => (
                "transfer",
                match target {
                    TransferTarget::Number(to) | TransferTarget::Uri(to) => to.reveal().to_string(),
                    TransferTarget::Agent(to) | TransferTarget::Setting(to) => to.to_string(),
                },
            ),
            Action::RequestCallback { number, .. } => ("callback", number.reveal().to_string()),
            Action::Survey { question, answer } => ("survey", format!("{question}={answer}")),
            Action::Lookup { request, .. } => (
                "look_up",
                match &request.question {
                    Question::Http(asked) => format!("{} {}", asked.method.as_str(), asked.url.reveal()),
                    Question::Database(asked) => format!("{}: {}", asked.database, asked.statement('$')),
                },
            ),
            Action::LookAtQueues(names) => ("look_at_queues", names.join(", ")),
            Action::OpenMailbox(MailboxName::Agent(name) | MailboxName::Queue(name)) => ("mailbox", name.to_string()),
            Action::TakeMessage { .. } => ("message", String::new()),
            Action::EndMessage { .. } => ("message_end", String::new()),
            Action::SetLanguage(language) => ("language", language.to_string()),
            Action::RefuseRecording => ("no_record", String::new()),
            Action::Tag(words) => ("tag", words.join(", ")),
            Action::Record(on) => ("record", on.to_string()),
            Action::Hangup(cause) => ("hangup", cause.as_str().to_owned()),
        };
        Self { does, detail, sounds }
    }
}

/// What the flow did after one thing had happened; the first is its start.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrialTurn {
    pub(crate) actions: Vec<TrialAction>,
    /// Steps of the trace that there are by then.
    pub(crate) steps: usize,
}

/// One step of a try.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrialStep {
    /// The flow that the node is of.
    pub(crate) flow: String,
    pub(crate) node: String,
    pub(crate) kind: String,
    pub(crate) detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outlet: Option<String>,
}

/// What the flow waits for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrialWaiting {
    pub(crate) node: String,
    pub(crate) kind: &'static str,
    pub(crate) playing: bool,
    /// It goes on by itself after a while.
    pub(crate) timed: bool,
}

/// How a try went.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowTried {
    pub(crate) turns: Vec<TrialTurn>,
    pub(crate) trace: Vec<TrialStep>,
    /// Absent when the call is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) waiting: Option<TrialWaiting>,
    /// Why the flow ended the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<&'static str>,
    pub(crate) language: String,
}

impl From<Rehearsed> for FlowTried {
    fn from(tried: Rehearsed) -> Self {
        let turn = |turn: &flow::Turn| TrialTurn {
            actions: turn.actions.iter().map(TrialAction::new).collect(),
            steps: turn.steps,
        };
        let mut of = String::new();
        let mut step = |step: &types::record::TraceStep| {
            if let Some(flow) = &step.flow {
                of = flow.to_string();
            }
            TrialStep {
                flow: of.clone(),
                node: step.node.to_string(),
                kind: step.kind.to_string(),
                detail: step.detail.to_string(),
                outlet: step.outlet.as_ref().map(|outlet| outlet.to_string()),
            }
        };
        Self {
            turns: tried.turns.iter().map(turn).collect(),
            trace: tried.trace.iter().map(&mut step).collect(),
            waiting: tried.waiting.map(|w| TrialWaiting {
                node: w.node.to_string(),
                kind: w.kind,
                playing: w.playing,
                timed: w.timed,
            }),
            cause: tried.cause.map(types::Cause::as_str),
            language: tried.language.to_string(),
        }
    }
}
