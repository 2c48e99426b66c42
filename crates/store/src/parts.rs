//! The part that each agent had in an interaction, from its record.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sea_orm::{DbBackend, Value};
use serde::Deserialize;
use types::cause::Cause;
use types::record::{LegRole, SegmentKind};
use types::{AgentId, InteractionId, QueueId, TenantId, Wall};

use crate::column::Column;
use crate::row::Row;
use crate::sql::Insert;

/// The part that an agent had in an interaction that has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// The interaction.
    pub interaction: InteractionId,
    /// The agent.
    pub agent: AgentId,
    /// Whose.
    pub tenant: TenantId,
    /// When the interaction began.
    pub began: Wall,
    /// When the agent took it; none where its telephones only rang.
    pub taken: Option<Wall>,
    /// Its telephones rang, and nobody took the call there; nor did another device or agent at once with it.
    pub missed: bool,
    /// Time talked, milliseconds.
    pub talked_ms: u64,
    /// Time on hold, milliseconds.
    pub held_ms: u64,
}

impl Row for Part {
    type Key = (InteractionId, AgentId);
    const TABLE: &'static str = "part";
    const KEY: &'static [&'static str] = &["part_of", "part_agent"];
    const COLUMNS: &'static [&'static str] =
        &["part_of", "part_agent", "part_tenant", "began_at", "taken_at", "missed", "talked_ms", "held_ms"];
    const TENANT: &'static str = "part_tenant";

    fn values(&self) -> Vec<Value> {
        let Self { interaction, agent, tenant, began, taken, missed, talked_ms, held_ms } = self;
        vec![
            interaction.to_value(),
            agent.to_value(),
            tenant.to_value(),
            began.to_value(),
            taken.to_value(),
            missed.to_value(),
            talked_ms.to_value(),
            held_ms.to_value(),
        ]
    }

    fn read(row: &sea_orm::QueryResult) -> Result<Self, sea_orm::DbErr> {
        Ok(Self {
            interaction: Column::read(row, "part_of")?,
            agent: Column::read(row, "part_agent")?,
            tenant: Column::read(row, "part_tenant")?,
            began: Column::read(row, "began_at")?,
            taken: Column::read(row, "taken_at")?,
            missed: Column::read(row, "missed")?,
            talked_ms: Column::read(row, "talked_ms")?,
            held_ms: Column::read(row, "held_ms")?,
        })
    }
}

/// What there is of a leg in a record.
#[derive(Deserialize)]
pub(crate) struct Leg<'a> {
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(default)]
    agent: Option<AgentId>,
    #[serde(default)]
    ringing: Option<Wall>,
    #[serde(default)]
    answered: Option<Wall>,
    #[serde(default)]
    ended: Option<Wall>,
    #[serde(default, borrow)]
    cause: Option<Cow<'a, str>>,
}

/// What there is of a segment in a record.
#[derive(Deserialize)]
pub(crate) struct Span<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    from: Wall,
    to: Wall,
    #[serde(default)]
    queue: Option<QueueId>,
    #[serde(default)]
    agent: Option<AgentId>,
}

impl Span<'_> {
    #[cfg(test)]
    pub(crate) fn new(
        kind: SegmentKind,
        (from, to): (Wall, Wall),
        queue: Option<QueueId>,
        agent: Option<AgentId>,
    ) -> Self {
        Self { kind: kind.as_str().into(), from, to, queue, agent }
    }

    pub(crate) const fn from(&self) -> Wall {
        self.from
    }

    pub(crate) fn kind(&self) -> &str {
        &self.kind
    }

    pub(crate) const fn ms(&self) -> u64 {
        self.to.ms_since(self.from)
    }

    pub(crate) const fn queue(&self) -> Option<QueueId> {
        self.queue
    }

    pub(crate) const fn agent(&self) -> Option<AgentId> {
        self.agent
    }
}

/// The values of these parts, in the order of [`parts`].
pub(crate) fn values(parts: &[Part], pos: u64) -> Vec<Value> {
    let row = |part: &Part| {
        let mut values = part.values();
        values.insert(3, pos.to_value());
        values
    };
    parts.iter().flat_map(row).collect()
}

/// The part of each agent.
pub(crate) fn parts_in(
    (interaction, tenant): (InteractionId, TenantId),
    (began, ended): (Wall, Wall),
    last: Option<AgentId>,
    legs: &[Leg<'_>],
    spans: &[Span<'_>],
) -> Vec<Part> {
    // Who had the call last had it, also a supervisor who took it over.
    let mut agents: BTreeMap<AgentId, Vec<(usize, &Leg<'_>)>> =
        last.map(|agent| (agent, Vec::new())).into_iter().collect();
    for (place, leg) in legs.iter().enumerate() {
        if let Some(agent) = leg.agent.filter(|_| leg.role == LegRole::Agent.as_str() || leg.agent == last) {
            agents.entry(agent).or_default().push((place, leg));
        }
    }
    agents
        .into_iter()
        .map(|(agent, mine)| {
            let taken = mine.iter().filter_map(|(_, leg)| leg.answered).min();
            // The first leg is who began it: nobody misses a call of one's own.
            let rang = mine.iter().any(|(place, leg)| *place > 0 && leg.ringing.is_some());
            let elsewhere = Cause::AnsweredElsewhere.as_str();
            let elsewhere = mine.iter().any(|(_, leg)| leg.cause.as_deref() == Some(elsewhere));
            let spent = |kind: SegmentKind| -> u64 {
                let spans = spans.iter().filter(|s| s.agent == Some(agent) && s.kind == kind.as_str());
                spans.map(|s| s.to.ms_since(s.from)).sum()
            };
            let (mut talked, held) = (spent(SegmentKind::Talking), spent(SegmentKind::Held));
            if talked + held == 0 {
                // In a conference the call has one agent in charge; the others talk along.
                let lasted = |leg: &Leg<'_>| leg.answered.map(|at| leg.ended.unwrap_or(ended).ms_since(at));
                talked = mine.iter().filter_map(|(_, leg)| lasted(leg)).sum();
            }
            let missed = taken.is_none() && rang && !elsewhere;
            Part { interaction, agent, tenant, began, taken, missed, talked_ms: talked, held_ms: held }
        })
        .collect()
}

pub(crate) fn parts(backend: DbBackend) -> Insert {
    let columns =
        ["part_of", "part_agent", "part_tenant", "part_pos", "began_at", "taken_at", "missed", "talked_ms", "held_ms"];
    let updates: Vec<String> = columns[3..].iter().map(|c| format!("\"{c}\" = excluded.\"{c}\"")).collect();
    let replace = format!(
        "ON CONFLICT (\"part_of\", \"part_agent\") DO UPDATE SET {} \
         WHERE \"part\".\"part_tenant\" = excluded.\"part_tenant\"",
        updates.join(", ")
    );
    Insert::new(backend, "part", &columns, &replace)
}
