//! What was: interactions that have ended.

use journal::ladder::Message;
use serde::Serialize;
use types::Wall;
use types::record::{self, InteractionRecord, LegRecord};
use utoipa::ToSchema;

use super::refs::{AgentRef, AskedSkill, QueueRef, TeamRef, helpers};
use super::waits::{WaitSpan, wait_spans};
use super::{Callback, Disposition, Forward, LiveInteraction, Promise, SurveyAnswer, Title, WrapUp, mirror};
use crate::names::Names;
use crate::privacy::{self, Sight};
use crate::viewer::Viewer;

mirror! {
    /// By which medium the customer comes.
    Channel of record::Channel { Voice = "voice" }
}

mirror! {
    /// Who began it.
    Direction of record::Direction { Inbound = "inbound", Outbound = "outbound", Internal = "internal" }
}

mirror! {
    /// What came of it.
    Outcome of record::Outcome {
        Answered = "answered", Abandoned = "abandoned", Rejected = "rejected", Failed = "failed",
        SelfServed = "self_served", Callback = "callback", Voicemail = "voicemail",
    }
}

mirror! {
    /// Who ended it.
    EndedBy of types::EndedBy { Caller = "caller", Agent = "agent", System = "system", Callee = "callee" }
}

/// What a leg is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LegRole {
    Customer,
    Agent,
    Target,
    /// Listens, whispers or barges in.
    Supervisor,
}

impl From<record::LegRole> for LegRole {
    fn from(role: record::LegRole) -> Self {
        match role {
            record::LegRole::Customer => Self::Customer,
            record::LegRole::Agent => Self::Agent,
            record::LegRole::Supervisor => Self::Supervisor,
            record::LegRole::Target => Self::Target,
        }
    }
}

/// An interaction. What only its end can tell is absent while it is in progress.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Interaction {
    pub(crate) id: String,
    pub(crate) channel: Channel,
    pub(crate) direction: Direction,
    /// The caller's number; empty when withheld.
    pub(crate) from: String,
    /// The number dialled.
    pub(crate) to: String,
    /// The last queue it waited in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) queue: Option<QueueRef>,
    /// The last agent who talked; or, where none did, whom it last rang.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<AgentRef>,
    pub(crate) started_at: String,
    /// When the call was taken by menu, announcement or agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answered_at: Option<String>,
    /// When a human first spoke with the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connected_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<String>,
    pub(crate) wait_ms: u64,
    pub(crate) talk_ms: u64,
    pub(crate) hold_ms: u64,
    pub(crate) wrap_up_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended_by: Option<EndedBy>,
    /// Why it ended: `normal`, `no_answer` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<String>,
    pub(crate) has_recording: bool,
    /// The code of what was said to have come of it, last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disposition: Option<String>,
    /// What people read of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disposition_title: Option<Title>,
    /// In a list of one agent's: it rang there, and nobody took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) missed: Option<bool>,
}

/// Some interactions, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InteractionPage {
    pub(crate) items: Vec<Interaction>,
    /// The cursor of the next page; absent at the end.
    pub(crate) next_cursor: Option<String>,
}

/// How good a leg's media was.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LegMedia {
    /// The codec that was spoken, by its SDP name: of what we sent, else of what came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) codec: Option<String>,
    /// The codec of what the far end sent; differs where it may choose by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) codec_received: Option<String>,
    /// The clock rate of `codec` as SDP states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clock_rate_hz: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) loss_pct: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jitter_ms: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mos: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rtt_ms: Option<f32>,
    pub(crate) packets_received: u64,
    pub(crate) packets_sent: u64,
}

/// One leg of an interaction.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Leg {
    pub(crate) id: String,
    #[schema(inline)]
    pub(crate) role: LegRole,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent_id: Option<String>,
    /// Empty when the leg never got that far.
    pub(crate) sip_call_id: String,
    pub(crate) address: String,
    /// The number that led the call on to here; absent when it was asked for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) forwarded_from: Option<String>,
    pub(crate) started_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ringing_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answered_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<String>,
    pub(crate) end_cause: String,
    /// The SIP status that ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sip_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) media: Option<LegMedia>,
}

/// One step of a flow's walk.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TraceStep {
    pub(crate) at: String,
    pub(crate) node: String,
    /// What people read of the node; absent where the flow gives it no title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<Title>,
    pub(crate) kind: String,
    pub(crate) detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outlet: Option<String>,
    /// What taking the outlet means, such as `Sales` for key 1; absent where the flow says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) choice: Option<Title>,
    /// The flow that the node is of; absent where it is the same as in the step before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) flow: Option<String>,
    /// The version of that flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<u32>,
}

/// One named share of a score.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScoreTerm {
    pub(crate) name: String,
    pub(crate) value: i64,
}

/// The agent who was chosen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Winner {
    pub(crate) agent_id: String,
    pub(crate) number: String,
    pub(crate) terms: Vec<ScoreTerm>,
}

/// An agent who came after.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NextCandidate {
    pub(crate) agent_id: String,
    pub(crate) number: String,
    pub(crate) terms: Vec<ScoreTerm>,
}

/// How many agents were out of the question for one reason.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Excluded {
    pub(crate) reason: String,
    pub(crate) count: u32,
}

/// Why this agent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Decision {
    pub(crate) at: String,
    pub(crate) queue_id: String,
    #[schema(inline)]
    pub(crate) winner: Winner,
    #[schema(inline)]
    pub(crate) next: Vec<NextCandidate>,
    #[schema(inline)]
    pub(crate) excluded: Vec<Excluded>,
    pub(crate) strategy: String,
    /// Whose telephones rang together with the winner's, where the queue has all ring.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, inline)]
    pub(crate) together: Vec<AgentRef>,
    /// How long the customer had waited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) waited_ms: Option<u64>,
    #[schema(inline)]
    pub(crate) need: DecisionNeed,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub(crate) rules: Option<DecisionRules>,
}

/// What was asked of the agent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecisionNeed {
    /// The skills, and how far the queue had relaxed each after so long a wait.
    #[schema(inline)]
    pub(crate) skills: Vec<AskedSkill>,
    /// Queues whose agents were let in too, in the order in which they are asked.
    #[schema(inline)]
    pub(crate) also: Vec<QueueRef>,
    /// Teams whose agents were let in too, in the order in which they are asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, inline)]
    pub(crate) teams: Vec<TeamRef>,
    /// It waited for this agent alone, the one it had talked to last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub(crate) agent: Option<AgentRef>,
}

/// By which settings it was decided: each text differs when they do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecisionRules {
    /// Of the queue's settings.
    pub(crate) queue: String,
    /// Of the agents who serve it: skills, orders, weights.
    pub(crate) agents: String,
    /// Of `routing.priority`.
    pub(crate) priority: String,
}

/// What a stretch of the interaction was spent on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Segment {
    pub(crate) from: String,
    pub(crate) to: String,
    /// One of the live states, `setup`, or a cause that a newer server names.
    pub(crate) cause: String,
}

/// A stretch of a recording without sound of its own.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordingGap {
    pub(crate) from_ms: u64,
    pub(crate) to_ms: u64,
    pub(crate) cause: String,
}

/// Whom a channel of a recording is of.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RecordingChannel {
    Customer,
    Agent,
}

/// One recording of an interaction.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Recording {
    pub(crate) id: String,
    pub(crate) started_at: String,
    pub(crate) duration_ms: u64,
    /// Left and right.
    #[schema(inline)]
    pub(crate) channels: Vec<RecordingChannel>,
    pub(crate) gaps: Vec<RecordingGap>,
}

/// Which way a message went.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    In,
    Out,
}

/// One SIP message as it was on the wire.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SipMessage {
    pub(crate) at: String,
    pub(crate) leg_id: String,
    #[schema(inline)]
    pub(crate) direction: Way,
    pub(crate) transport: String,
    pub(crate) peer: String,
    pub(crate) start_line: String,
    pub(crate) call_id: String,
    pub(crate) cseq: String,
    /// The whole message; what the reader may not see is masked.
    pub(crate) text: String,
}

/// An interaction with all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InteractionDetail {
    #[serde(flatten)]
    pub(crate) interaction: Interaction,
    /// Whether it goes on; then everything here is what is known so far.
    pub(crate) in_progress: bool,
    /// What it does right now, while it is in progress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) live: Option<LiveInteraction>,
    /// What was said to have come of it, with all that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) said: Option<Disposition>,
    pub(crate) wrap_ups: Vec<WrapUp>,
    pub(crate) survey: Vec<SurveyAnswer>,
    pub(crate) callbacks: Vec<Callback>,
    pub(crate) legs: Vec<Leg>,
    /// How the call was led on from one number to the next, in order.
    pub(crate) forwards: Vec<Forward>,
    /// Words that its flows noted with it.
    pub(crate) tags: Vec<String>,
    pub(crate) trace: Vec<TraceStep>,
    pub(crate) decisions: Vec<Decision>,
    /// How long it was to wait, and how long it did, in the order in which that was said.
    #[schema(required = false)]
    pub(crate) promises: Vec<Promise>,
    /// Why it waited: each stretch of its waits, in order.
    pub(crate) waits: Vec<WaitSpan>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) recordings: Vec<Recording>,
    pub(crate) messages: Vec<SipMessage>,
}

/// The outline of a recording.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Peaks {
    /// Per channel: minimum and maximum of each bucket, alternating, from -1 to 1.
    pub(crate) channels: Vec<Vec<f32>>,
    pub(crate) duration_ms: u64,
}

fn text(at: Option<Wall>) -> Option<String> {
    at.map(|at| at.to_string())
}

impl Interaction {
    pub(crate) fn new(row: store::Interaction, names: &Names, clear: bool) -> Self {
        let number = |number: &str| if clear { number.to_owned() } else { privacy::masked(number).into_owned() };
        Self {
            id: row.id.to_string(),
            channel: row.channel.into(),
            direction: row.direction.into(),
            from: number(row.from.reveal()),
            to: number(row.to.reveal()),
            queue: row.queue.map(|id| QueueRef::new(id, names)),
            agent: row.agent.map(|id| AgentRef::new(id, names)),
            started_at: row.started.to_string(),
            answered_at: text(row.answered),
            connected_at: text(row.connected),
            ended_at: Some(row.ended.to_string()),
            wait_ms: row.wait_ms,
            talk_ms: row.talk_ms,
            hold_ms: row.hold_ms,
            wrap_up_ms: row.wrap_up_ms,
            outcome: Some(row.outcome.into()),
            ended_by: Some(row.ended_by.into()),
            cause: Some(row.cause.as_str().to_owned()),
            has_recording: row.has_recording,
            disposition_title: row.disposition.as_deref().map(|code| names.disposition_title(code).into()),
            disposition: row.disposition.as_deref().map(str::to_owned),
            missed: None,
        }
    }
}

/// What a detail is made of.
pub(crate) struct Parts<'a> {
    pub(crate) row: store::Interaction,
    pub(crate) record: &'a InteractionRecord,
    pub(crate) aftermath: &'a store::Aftermath,
    pub(crate) messages: &'a [Message],
    /// Whether numbers are shown.
    pub(crate) clear: bool,
}

impl InteractionDetail {
    /// An interaction that has ended.
    pub(crate) fn new(parts: Parts<'_>, names: &Names, sight: Sight) -> Self {
        let Parts { row, record, aftermath, messages, clear } = parts;
        let said = aftermath.disposition.as_ref().or(record.disposition.as_ref());
        Self {
            in_progress: false,
            live: None,
            said: said.map(|d| Disposition::new(d, names, clear)),
            wrap_ups: aftermath.wrap_ups.iter().map(|w| WrapUp::new(w, names)).collect(),
            survey: aftermath.answers.iter().map(SurveyAnswer::from).collect(),
            callbacks: aftermath.callbacks.iter().map(|c| Callback::new(c, names, sight)).collect(),
            legs: record.legs.iter().map(|leg| Leg::new(leg, clear)).collect(),
            forwards: record.forwards.iter().map(|step| Forward::new(step, clear)).collect(),
            tags: record.tags.iter().map(ToString::to_string).collect(),
            trace: record.trace.iter().map(|step| TraceStep::new(step, clear)).collect(),
            decisions: record.decisions.iter().map(|d| Decision::new(d, names)).collect(),
            waits: wait_spans(record, names),
            promises: record.promises.iter().map(|promise| Promise::new(promise, record, names)).collect(),
            segments: record.segments.iter().map(Segment::from).collect(),
            recordings: record.recordings.iter().map(|r| Recording::new(r, record.ended)).collect(),
            messages: messages.iter().map(|message| SipMessage::new(message, clear)).collect(),
            interaction: Interaction::new(row, names, clear),
        }
    }

    /// An interaction in progress: what only its end can tell is left out.
    pub(crate) fn in_progress(live: center::LiveInteraction, parts: Parts<'_>, names: &Names, viewer: &Viewer) -> Self {
        let mut detail = Self::new(parts, names, viewer.sight());
        detail.in_progress = true;
        detail.live = Some(LiveInteraction::new(live, viewer, names));
        let Interaction { ended_at, outcome, ended_by, cause, .. } = &mut detail.interaction;
        (*ended_at, *outcome, *ended_by, *cause) = (None, None, None, None);
        // Its sound can be heard once it is over.
        detail.recordings.clear();
        detail
    }
}

impl Leg {
    fn new(leg: &LegRecord, clear: bool) -> Self {
        let shown = |text: &str| if clear { text.to_owned() } else { privacy::without_numbers(text) };
        Self {
            id: leg.id.to_string(),
            role: leg.role.into(),
            agent_id: leg.agent.map(|id| id.to_string()),
            sip_call_id: leg.sip_call_id.as_deref().unwrap_or_default().to_owned(),
            address: shown(leg.address.reveal()),
            forwarded_from: leg.forwarded_from.as_ref().map(|number| shown(number.reveal())),
            started_at: leg.started.to_string(),
            ringing_at: text(leg.ringing),
            answered_at: text(leg.answered),
            ended_at: text(leg.ended),
            end_cause: leg.cause.map_or("", types::Cause::as_str).to_owned(),
            sip_status: leg.status,
            media: leg.media.as_ref().map(LegMedia::from),
        }
    }
}

impl From<&types::leg::MediaQuality> for LegMedia {
    fn from(media: &types::leg::MediaQuality) -> Self {
        let expected = media.received + media.lost;
        let codec = media.codec_sent.or(media.codec_received);
        Self {
            codec: codec.map(|c| c.as_str().to_owned()),
            codec_received: media.codec_received.map(|c| c.as_str().to_owned()),
            clock_rate_hz: codec.map(types::leg::AudioCodec::clock_rate_hz),
            loss_pct: (expected > 0).then(|| media.lost as f64 * 100.0 / expected as f64),
            jitter_ms: Some(media.jitter_ms),
            mos: Some(media.mos),
            rtt_ms: media.rtt_ms,
            packets_received: media.received,
            packets_sent: media.sent,
        }
    }
}

/// A title in both languages, where there is one.
fn words(title: &types::Title) -> Option<Title> {
    (!title.is_empty()).then(|| title.shown("").into())
}

impl TraceStep {
    fn new(step: &record::TraceStep, clear: bool) -> Self {
        Self {
            at: step.at.to_string(),
            node: step.node.to_string(),
            kind: step.kind.to_string(),
            // A number that was keyed in, to be called back at, for example.
            detail: if clear { step.detail.to_string() } else { privacy::without_numbers(&step.detail) },
            outlet: step.outlet.as_ref().map(|o| o.to_string()),
            title: words(&step.title),
            choice: words(&step.choice),
            flow: step.flow.as_ref().map(|flow| flow.to_string()),
            version: step.version,
        }
    }
}

fn terms(candidate: &record::Candidate) -> Vec<ScoreTerm> {
    candidate.terms.iter().map(|t| ScoreTerm { name: t.name.to_string(), value: t.value }).collect()
}

impl NextCandidate {
    pub(crate) fn new(candidate: &record::Candidate, names: &Names) -> Self {
        let (agent_id, number) = (candidate.agent.to_string(), names.agent(candidate.agent).0);
        Self { agent_id, number, terms: terms(candidate) }
    }
}

impl Decision {
    pub(crate) fn new(decision: &record::Decision, names: &Names) -> Self {
        let number = |id| names.agent(id).0;
        let winner = &decision.winner;
        Self {
            at: decision.at.to_string(),
            queue_id: decision.queue.to_string(),
            winner: Winner { agent_id: winner.agent.to_string(), number: number(winner.agent), terms: terms(winner) },
            next: decision.next.iter().map(|c| NextCandidate::new(c, names)).collect(),
            excluded: decision
                .excluded
                .iter()
                .map(|e| Excluded { reason: e.reason.to_string(), count: e.count })
                .collect(),
            strategy: decision.strategy.to_string(),
            together: decision.together.iter().map(|agent| AgentRef::new(*agent, names)).collect(),
            waited_ms: decision.waited_ms,
            need: DecisionNeed::new(decision, names),
            rules: decision.rules.as_ref().map(|rules| DecisionRules {
                queue: rules.queue.to_string(),
                agents: rules.agents.to_string(),
                priority: rules.priority.to_string(),
            }),
        }
    }
}

impl DecisionNeed {
    fn new(decision: &record::Decision, names: &Names) -> Self {
        let (also, teams) = helpers(&decision.need.also, names);
        Self {
            skills: decision.asked.iter().map(AskedSkill::new).collect(),
            also,
            teams,
            agent: decision.need.agent.map(|agent| AgentRef::new(agent, names)),
        }
    }
}

impl From<&record::Segment> for Segment {
    fn from(segment: &record::Segment) -> Self {
        let cause = segment.kind.as_str().to_owned();
        Self { from: segment.from.to_string(), to: segment.to.to_string(), cause }
    }
}

impl Recording {
    fn new(recording: &record::RecordingRecord, ended: Wall) -> Self {
        let gap =
            |g: &record::RecordingGap| RecordingGap { from_ms: g.from_ms, to_ms: g.to_ms, cause: g.cause.to_string() };
        Self {
            id: recording.id.to_string(),
            started_at: recording.started.to_string(),
            duration_ms: recording.ended.unwrap_or(ended).ms_since(recording.started),
            channels: vec![RecordingChannel::Customer, RecordingChannel::Agent],
            gaps: recording.gaps.iter().map(gap).collect(),
        }
    }
}

impl SipMessage {
    fn new(message: &Message, clear: bool) -> Self {
        let bytes = String::from_utf8_lossy(message.bytes.reveal());
        let text = privacy::message(&bytes, clear);
        let header = |names: [&str; 2]| {
            let lines = text.lines().skip(1).take_while(|line| !line.trim().is_empty());
            let mut pairs = lines.filter_map(|line| line.split_once(':'));
            let found = pairs.find(|(name, _)| names.iter().any(|n| n.eq_ignore_ascii_case(name.trim())));
            found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        Self {
            at: message.at.to_string(),
            leg_id: message.leg.to_string(),
            direction: if message.sent { Way::Out } else { Way::In },
            transport: message.transport.as_str().to_owned(),
            peer: message.peer.to_string(),
            start_line: text.lines().next().unwrap_or_default().trim().to_owned(),
            call_id: header(["call-id", "i"]),
            cseq: header(["cseq", "cseq"]),
            text,
        }
    }
}
