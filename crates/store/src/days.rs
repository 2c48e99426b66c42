//! Agents' days: the part that each had in interactions, and what each did when. Made from the journal.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sea_orm::sea_query::{Alias, ExprTrait, Query};
use sea_orm::{DbBackend, Order, Value};
use serde::Deserialize;
use types::cause::Cause;
use types::record::{AgentState, LegRole, SegmentKind};
use types::{AgentId, InteractionId, TenantId, Wall};

use crate::aftermath::WrapUp;
use crate::column::Column;
use crate::error::Error;
use crate::row::{Row, col, row, select};
use crate::sql::Insert;
use crate::store::Store;

/// Interactions of one agent that are read at once: more than anybody has in two days.
const PARTS: u64 = 5_000;
/// Changes of one agent's state that are read at once: some for each of those.
const STATES: u64 = 40_000;

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

/// A change of an agent's state.
#[derive(Clone, Debug, PartialEq)]
pub struct StateChange {
    /// The journal's position.
    pub pos: u64,
    /// Whose.
    pub tenant: TenantId,
    /// The agent.
    pub agent: AgentId,
    /// The state from then on.
    pub state: AgentState,
    /// When.
    pub at: Wall,
}

row!(StateChange, "agent_state", u64, ["pos"], {
    pos: "pos", tenant: "tenant_id", agent: "agent_id", state: "state", at: "at",
});

/// An agent's day as it is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentDay {
    /// The agent's part in interactions that began then and have ended, the oldest first.
    pub parts: Vec<Part>,
    /// Its work after talks, of those interactions.
    pub wrap_ups: Vec<WrapUp>,
    /// Its states, the oldest first; the first one from before, where one is known.
    pub states: Vec<StateChange>,
}

impl Store {
    /// What an agent did from one moment until before another.
    ///
    /// # Errors
    /// The database fails.
    pub async fn agent_day(&self, tenant: TenantId, agent: AgentId, from: Wall, to: Wall) -> Result<AgentDay, Error> {
        let mut parts = select::<Part>(tenant);
        parts.and_where(col("part_agent").eq(agent.to_value()));
        parts.and_where(col("began_at").gte(from.0)).and_where(col("began_at").lt(to.0));
        parts.order_by(Alias::new("began_at"), Order::Asc).limit(PARTS);
        let mut ids = Query::select();
        ids.column(Alias::new("part_of")).from(Alias::new(Part::TABLE));
        ids.and_where(col("part_tenant").eq(tenant.to_value())).and_where(col("part_agent").eq(agent.to_value()));
        ids.and_where(col("began_at").gte(from.0)).and_where(col("began_at").lt(to.0));
        let mut wraps = select::<WrapUp>(tenant);
        wraps.and_where(col("agent_id").eq(agent.to_value())).and_where(col("interaction_id").in_subquery(ids));
        wraps.limit(PARTS);
        let states = || {
            let mut query = select::<StateChange>(tenant);
            query.and_where(col("agent_id").eq(agent.to_value()));
            query
        };
        let mut before = states();
        before.and_where(col("at").lt(from.0)).limit(1);
        before.order_by(Alias::new("at"), Order::Desc).order_by(Alias::new("pos"), Order::Desc);
        let mut during = states();
        during.and_where(col("at").gte(from.0)).and_where(col("at").lt(to.0)).limit(STATES);
        during.order_by(Alias::new("at"), Order::Asc).order_by(Alias::new("pos"), Order::Asc);
        let mut all: Vec<StateChange> = self.all(&before).await?;
        all.extend(self.all::<StateChange>(&during).await?);
        Ok(AgentDay { parts: self.all(&parts).await?, wrap_ups: self.all(&wraps).await?, states: all })
    }
}

impl Store {
    /// The part that an agent had in some interactions, those of a page.
    ///
    /// # Errors
    /// The database fails.
    pub async fn parts_of(&self, tenant: TenantId, agent: AgentId, ids: &[InteractionId]) -> Result<Vec<Part>, Error> {
        let mut query = select::<Part>(tenant);
        query.and_where(col("part_agent").eq(agent.to_value()));
        query.and_where(col("part_of").is_in(ids.iter().map(Column::to_value)));
        self.all(&query).await
    }
}

/// `agent.state`.
#[derive(Deserialize)]
pub(crate) struct Changed {
    agent: AgentId,
    state: AgentState,
    #[serde(default)]
    since: Option<Wall>,
}

impl Changed {
    /// In the order of [`states`].
    pub(crate) fn values(&self, pos: u64, tenant: TenantId, at: Wall) -> [Value; 5] {
        let at = self.since.unwrap_or(at);
        [pos.to_value(), tenant.to_value(), self.agent.to_value(), self.state.to_value(), at.to_value()]
    }
}

/// `settings.changed`.
#[derive(Deserialize)]
pub(crate) struct SettingsChanged<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(default, borrow)]
    action: Cow<'a, str>,
}

impl SettingsChanged<'_> {
    /// Whether an agent is gone since.
    pub(crate) fn removes_agent(&self) -> bool {
        (&*self.kind, &*self.action) == ("agent", "delete")
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
    agent: Option<AgentId>,
}

/// The part of each agent, in the order of [`parts`].
pub(crate) fn values(
    (id, tenant, pos): (InteractionId, TenantId, u64),
    (began, ended): (Wall, Wall),
    last: Option<AgentId>,
    legs: &[Leg<'_>],
    spans: &[Span<'_>],
) -> impl Iterator<Item = Value> {
    // Who had the call last had it, also a supervisor who took it over.
    let mut agents: BTreeMap<AgentId, Vec<(usize, &Leg<'_>)>> =
        last.map(|agent| (agent, Vec::new())).into_iter().collect();
    for (place, leg) in legs.iter().enumerate() {
        if let Some(agent) = leg.agent.filter(|_| leg.role == LegRole::Agent.as_str() || leg.agent == last) {
            agents.entry(agent).or_default().push((place, leg));
        }
    }
    let rows: Vec<[Value; 9]> = agents
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
            [
                id.to_value(),
                agent.to_value(),
                tenant.to_value(),
                pos.to_value(),
                began.to_value(),
                taken.to_value(),
                (taken.is_none() && rang && !elsewhere).to_value(),
                talked.to_value(),
                held.to_value(),
            ]
        })
        .collect();
    rows.into_iter().flatten()
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

pub(crate) fn states(backend: DbBackend) -> Insert {
    Insert::new(backend, "agent_state", &["pos", "tenant_id", "agent_id", "state", "at"], "ON CONFLICT DO NOTHING")
}

/// The statement that removes the states of agents who are gone: settings are changed before the journal says so.
pub(crate) const fn forget_states(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "DELETE FROM \"agent_state\" WHERE \"tenant_id\" = $1 \
             AND \"agent_id\" NOT IN (SELECT \"id\" FROM \"agent\" WHERE \"tenant_id\" = $2)"
        }
        _ => {
            "DELETE FROM \"agent_state\" WHERE \"tenant_id\" = ? \
             AND \"agent_id\" NOT IN (SELECT \"id\" FROM \"agent\" WHERE \"tenant_id\" = ?)"
        }
    }
}
