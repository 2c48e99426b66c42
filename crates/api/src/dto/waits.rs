//! Why a customer waited: its waits by stretches, each with what held it up.

use serde::Serialize;
use types::Wall;
use types::record::{self, InteractionRecord, LegRecord, SegmentKind, WaitNote};
use utoipa::ToSchema;

use super::refs::{AgentRef, AskedSkill, QueueRef, TeamRef, helpers};
use crate::names::Names;

/// What the signed-in agents who serve the queue did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgentsAtWork {
    pub(crate) ready: u32,
    pub(crate) ringing: u32,
    pub(crate) talking: u32,
    pub(crate) wrap_up: u32,
    pub(crate) not_ready: u32,
}

/// A stretch of a wait.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WaitSpan {
    pub(crate) from: String,
    pub(crate) to: String,
    /// `in_line`, or `ringing` while an agent's telephones rang for it.
    pub(crate) kind: String,
    pub(crate) queue: QueueRef,
    /// In line: how many stood before it as the stretch began. Absent where that was not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ahead: Option<u32>,
    /// In line: what the queue's agents did as the stretch began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agents: Option<AgentsAtWork>,
    /// The skills that were asked, and how far each was relaxed by then.
    pub(crate) skills: Vec<AskedSkill>,
    /// Queues whose agents were let in too.
    pub(crate) also: Vec<QueueRef>,
    /// Teams whose agents were let in too.
    pub(crate) teams: Vec<TeamRef>,
    /// In line: it waited for this agent alone. Ringing: whose telephones rang.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<AgentRef>,
    /// Ringing: `answered`, or why the telephone stopped: `no_answer`, `declined`, `busy` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<String>,
}

/// The stretches of all waits of an interaction, in order.
pub(crate) fn wait_spans(record: &InteractionRecord, names: &Names) -> Vec<WaitSpan> {
    let mut spans = Vec::new();
    for (at, segment) in record.segments.iter().enumerate() {
        let Some(queue) = segment.queue else { continue };
        match segment.kind {
            SegmentKind::Queued => {
                let within = |note: &&WaitNote| note.queue == queue && note.at > segment.from && note.at < segment.to;
                let mut known = record.waits.iter().rev().find(|note| note.queue == queue && note.at <= segment.from);
                let mut from = segment.from;
                for note in record.waits.iter().filter(within) {
                    spans.push(in_line(queue, (from, note.at), known, names));
                    (from, known) = (note.at, Some(note));
                }
                spans.push(in_line(queue, (from, segment.to), known, names));
            }
            SegmentKind::Ringing => {
                let answered = record.segments.get(at + 1).is_some_and(|next| next.kind == SegmentKind::Talking);
                let mut span = in_line(queue, (segment.from, segment.to), None, names);
                span.kind = "ringing".to_owned();
                span.agent = segment.agent.map(|agent| AgentRef::new(agent, names));
                span.outcome = if answered { Some("answered".to_owned()) } else { stopped(record, segment) };
                spans.push(span);
            }
            _ => {}
        }
    }
    spans
}

fn in_line(queue: types::QueueId, (from, to): (Wall, Wall), known: Option<&WaitNote>, names: &Names) -> WaitSpan {
    let (also, teams) = known.map(|note| helpers(&note.also, names)).unwrap_or_default();
    let agents = |note: &WaitNote| {
        let record::AgentsAtWork { ready, ringing, talking, wrap_up, not_ready } = note.agents;
        AgentsAtWork { ready, ringing, talking, wrap_up, not_ready }
    };
    WaitSpan {
        from: from.to_string(),
        to: to.to_string(),
        kind: "in_line".to_owned(),
        queue: QueueRef::new(queue, names),
        ahead: known.map(|note| note.ahead),
        agents: known.map(agents),
        skills: known.map(|note| note.asked.iter().map(AskedSkill::new).collect()).unwrap_or_default(),
        also,
        teams,
        agent: known.and_then(|note| note.agent).map(|agent| AgentRef::new(agent, names)),
        outcome: None,
    }
}

/// Why the telephones of the agent who was rung in this stretch stopped.
fn stopped(record: &InteractionRecord, segment: &record::Segment) -> Option<String> {
    let rung = |leg: &&LegRecord| leg.agent == segment.agent && (segment.from..=segment.to).contains(&leg.started);
    let leg = record.legs.iter().rev().find(rung)?;
    leg.cause.map(|cause| cause.as_str().to_owned())
}
