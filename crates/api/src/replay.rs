//! A recorded day as [`sim::compare`] takes it: loaded from what the store and the journal keep, and a draft of settings as
//! the policy to hold it against. `lingtong replay` uses it beside a server, and whoever has a server's store and journal may
//! do the same; nothing is written.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use acd::{AgentConfig, Change, QueueConfig};
use dialplan::{Numbering, PriorityRules};
use directory::Tenant;
use journal::Past;
use resource::{Known, NoSecrets, Parts, Problem, Request, Rows, assemble, plan};
use serde_json::Value;
use sim::{Entry, GRACE, Policy, RecordedDay, Recorder};
use store::report::{Dimension, Figure, Report, Under};
use store::{Filter, Store};
use types::event::Happening;
use types::leg::Text;
use types::record::{Direction, InteractionRecord, SkillLevel};
use types::time::{civil, days_from_civil};
use types::{AgentId, InteractionId, QueueId, TenantId, Wall};

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;
/// Records that are read at a time: some megabytes.
const BATCH: u64 = 500;
/// Contacts of a day beyond which it is refused: five times the largest day that a node carries.
const MOST: usize = 200_000;
/// Segments of the journal that are read before the day's first. A busy centre tells many times a segment how its routing
/// stands, a quiet one once an hour.
const SEGMENTS_BACK: usize = 3;
/// How far back is looked for days where one is asked for that is none, days.
const LOOK_BACK_DAYS: i64 = 92;
/// Versions of one flow that a day's calls may have walked: the newest ones.
const VERSIONS: u64 = 200;
/// New things of a draft get ids from here on, far beyond those that a clock gives for centuries.
const NEW_IDS: u64 = 1 << 62;

/// Why a day can't be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The text is no day.
    #[error("`{0}` is no day: give one such as 2026-03-02")]
    BadDay(String),
    /// Nobody came to a queue on it.
    #[error("nobody came to a queue on {day}; {}", there_are(.days))]
    NoDay {
        /// The day that was asked for.
        day: String,
        /// Days that could be asked for, the oldest first.
        days: Vec<String>,
    },
    /// More came than is kept in memory at once.
    #[error("more than {MOST} contacts on that day")]
    TooMany,
    /// The present settings make no sense.
    #[error("the settings are in no order: {0}")]
    Settings(String),
    /// The database fails.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The journal can't be read.
    #[error(transparent)]
    Journal(#[from] journal::Error),
}

fn there_are(days: &[String]) -> String {
    match days {
        [] => format!("there is no recorded day in the last {LOOK_BACK_DAYS} days"),
        [day] => format!("there is {day}"),
        _ => format!("there are {}", days.join(", ")),
    }
}

/// A recorded day, and the policy that it had.
#[derive(Debug)]
pub struct Recorded {
    /// The day as it is written: `2026-03-02`.
    pub date: String,
    /// What happened.
    pub day: RecordedDay,
    /// By what calls were given to agents.
    pub policy: Policy,
    /// The journal told of the policy; else it is what is set up now.
    pub is_told: bool,
    /// Queues (by name), agents (by number) and the setting of who goes first, where they are set up otherwise now than when
    /// the day ended.
    pub differs: Vec<String>,
}

impl Recorded {
    /// How many agents were there for calls at some time of the day.
    pub fn agents_ready(&self) -> usize {
        let ready = self.day.turns.iter().filter(|turn| turn.duty == sim::Duty::Ready && turn.at < self.day.to);
        ready.map(|turn| turn.agent).collect::<BTreeSet<_>>().len()
    }

    /// From where its policy is known: `journal` or `settings` (those of now).
    pub const fn policy_from(&self) -> &'static str {
        if self.is_told { "journal" } else { "settings" }
    }
}

/// Loads a day of a tenant's, by its own clock. `given`: named values given at the start of the server, which win over stored
/// ones. `past` opens the journal from a moment on, and so many segments before.
///
/// # Errors
/// See [`ReplayError`].
pub async fn recorded_day(
    store: &Store,
    rows: &Rows,
    given: &BTreeMap<String, String>,
    date: &str,
    past: impl FnOnce(Wall, usize) -> Result<Past, journal::Error>,
) -> Result<Recorded, ReplayError> {
    let tenant = &rows.tenant;
    let (from, to) = bounds(tenant, date).ok_or_else(|| ReplayError::BadDay(date.to_owned()))?;
    let parts = assemble(rows, given).map_err(|problems| ReplayError::Settings(told(&problems)))?;
    let present = policy_of(parts);
    let found = told_policy(past(from, SEGMENTS_BACK)?, tenant.id, (from, to), &present)?;
    let is_told = found.is_some();
    let policy = found.unwrap_or_else(|| present.clone());
    let asked = asked(store, tenant.id, rows).await?;
    let mut recorder = Recorder::new(from, to, &policy, |flow, version, node| {
        asked.get(&(flow.into(), version))?.get(node).map(|entry| entry.of(&policy))
    });
    let wraps = wrap_ups(store, tenant.id, (from, to)).await?;
    let mut count = 0;
    for direction in Direction::ALL {
        let under =
            Under { dimension: Dimension::Direction, subject: direction.as_str().into(), figure: Figure::Contacts };
        let mut last: Option<(Wall, InteractionId)> = None;
        loop {
            let batch: Vec<(InteractionId, InteractionRecord)> =
                store.records_under(tenant.id, &under, (from, to), last, BATCH).await?;
            count += batch.len();
            if count > MOST {
                return Err(ReplayError::TooMany);
            }
            for (id, record) in &batch {
                let wrapped = wraps.get(id).copied().unwrap_or_default();
                recorder.record(record, Duration::from_millis(wrapped));
            }
            let more = batch.len() as u64 == BATCH;
            last = batch.last().map(|(id, record)| (record.started, *id));
            if !more {
                break;
            }
        }
    }
    let until = Wall(to.0 + GRACE.as_millis() as i64);
    for agent in agents_of(&policy) {
        let states = store.agent_states(tenant.id, agent, from, until).await?;
        recorder.states(agent, states.iter().map(|change| (change.state, change.at)));
    }
    let day = recorder.finish();
    if day.arrivals.is_empty() {
        let days = replay_days(store, tenant, to).await?.into_iter().map(|(day, _)| day).collect();
        return Err(ReplayError::NoDay { day: date.to_owned(), days });
    }
    let differs = differing(&policy, &present);
    Ok(Recorded { date: date.to_owned(), day, policy, is_told, differs })
}

/// The policy that would be, if this were asked of the present settings; and what that changes of them.
///
/// # Errors
/// All that is wrong with it, each with its field.
pub fn draft_policy(
    rows: &Rows,
    given: &BTreeMap<String, String>,
    request: &Request,
) -> Result<(Policy, Vec<resource::Change>), Vec<Problem>> {
    let mut next = NEW_IDS;
    let mut fresh = || {
        next += 1;
        next
    };
    let known = Known { given, secrets: &NoSecrets, fresh: &mut fresh };
    plan(rows, request, known).map(|plan| (policy_of(plan.parts), plan.changes))
}

fn policy_of(parts: Parts) -> Policy {
    let numbering = parts.plan.numbering().clone();
    let rules = parts.settings.get(PriorityRules::SETTING);
    let priorities = rules.map(|text| priorities_of(text, &numbering)).unwrap_or_default();
    Policy { queues: parts.queues, agents: parts.agents, priorities, numbering, ..Policy::default() }
}

/// A rule that makes no sense holds for nobody, as in the centre.
fn priorities_of(text: &str, numbering: &Numbering) -> PriorityRules {
    PriorityRules::parse(text, numbering).unwrap_or_default()
}

fn told(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("; ")
}

/// A day's first moment and the first one after it, by the tenant's clock.
fn bounds(tenant: &Tenant, date: &str) -> Option<(Wall, Wall)> {
    let mut parts = date.split('-');
    let (y, m, d): (i64, u32, u32) =
        (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let day = days_from_civil(y, m, d);
    if parts.next().is_some() || !(1970..=9999).contains(&y) || civil(day) != (y, m, d) {
        return None;
    }
    let from = day * DAY_MS - i64::from(tenant.utc_offset_min) * MINUTE_MS;
    Some((Wall(from), Wall(from + DAY_MS)))
}

/// Days on which somebody came to a queue, the oldest first, as far back as is looked, and how many came.
pub(crate) async fn replay_days(
    store: &Store,
    tenant: &Tenant,
    asked: Wall,
) -> Result<Vec<(String, u64)>, store::Error> {
    let newest = store.interactions(tenant.id, &Filter::default(), None, 1).await?.rows;
    let offset = i64::from(tenant.utc_offset_min) * MINUTE_MS;
    let newest = newest.first().map_or(asked, |newest| newest.started);
    let end = (newest.0 + offset).div_euclid(DAY_MS) * DAY_MS - offset + DAY_MS;
    let from = Wall(end - LOOK_BACK_DAYS * DAY_MS);
    let report = Report {
        tenant: tenant.id,
        dimension: Dimension::Queue,
        subjects: Vec::new(),
        from,
        to: Wall(end),
        midnight: Some(from),
        step: Some((DAY_MS, from)),
        most: MOST as u64,
    };
    let lines = store.report(&report).await?;
    let mut days: BTreeMap<String, u64> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.sums.get(Figure::Offered) > 0) {
        let day = Wall(line.start.0 + offset).to_string().chars().take(10).collect();
        *days.entry(day).or_default() += line.sums.get(Figure::Offered);
    }
    Ok(days.into_iter().collect())
}

/// The policy of a day as the journal tells it; none where it does not.
fn told_policy(
    mut past: Past,
    tenant: TenantId,
    (from, to): (Wall, Wall),
    present: &Policy,
) -> Result<Option<Policy>, journal::Error> {
    let mut policy = Policy { queues: Vec::new(), agents: Vec::new(), ..present.clone() };
    let (mut begun, mut current) = (None, Current::default());
    loop {
        let events = past.read()?;
        if events.is_empty() {
            return Ok(begun.map(|_: Wall| policy));
        }
        for stored in events {
            if stored.at >= to {
                return Ok(begun.map(|_| policy));
            }
            if stored.tenant != tenant || stored.kind() != "routing.changed" {
                continue;
            }
            let Ok(event) = stored.event() else { continue };
            let Happening::RoutingChanged { begun: seed, priorities, .. } = &event.what else { continue };
            let at = event.at;
            if seed.is_some() && begun.is_none_or(|_| at <= from) {
                // All is told from here on.
                begun = Some(at);
                (policy.queues, policy.agents) = (Vec::new(), Vec::new());
                current = Current::default();
            }
            let Some(since) = begun else { continue };
            if let Some(rules) = priorities {
                let rules = priorities_of(rules.reveal(), &policy.numbering);
                if at <= from.max(since) {
                    policy.priorities = rules;
                } else if rules != *policy.new_priorities.last().map_or(&policy.priorities, |(_, last)| last) {
                    policy.new_priorities.push((at, rules));
                }
            }
            for change in changes(event.what) {
                if !current.learn(&change) {
                    continue;
                }
                if at <= from.max(since) {
                    policy.take(change);
                } else {
                    policy.changes.push((at, change));
                }
            }
        }
    }
}

/// What an event tells of settings. What another version wrote and this one can't read is as if it had not been told.
fn changes(what: Happening) -> Vec<Change> {
    let Happening::RoutingChanged { queues, agents, queues_gone, agents_gone, .. } = what else { return Vec::new() };
    let mut all: Vec<Change> =
        queues.iter().filter_map(|text| serde_json::from_str(text).ok()).map(Change::Queue).collect();
    all.extend(agents.iter().filter_map(|text| serde_json::from_str(text).ok()).map(Change::Agent));
    all.extend(queues_gone.into_iter().map(Change::QueueGone));
    all.extend(agents_gone.into_iter().map(Change::AgentGone));
    all
}

/// Settings as they stand.
#[derive(Default)]
struct Current {
    queues: HashMap<QueueId, QueueConfig>,
    agents: HashMap<AgentId, AgentConfig>,
}

impl Current {
    /// Takes a change; whether it is news. Settings are told again now and then.
    fn learn(&mut self, change: &Change) -> bool {
        match change {
            Change::Queue(queue) => self.queues.insert(queue.id, queue.clone()).as_ref() != Some(queue),
            Change::Agent(agent) => self.agents.insert(agent.id, agent.clone()).as_ref() != Some(agent),
            Change::QueueGone(id) => self.queues.remove(id).is_some(),
            Change::AgentGone(id) => self.agents.remove(id).is_some(),
        }
    }
}

/// All who ever served that day.
fn agents_of(policy: &Policy) -> BTreeSet<AgentId> {
    let came = policy.changes.iter().filter_map(|(_, change)| match change {
        Change::Agent(agent) => Some(agent.id),
        _ => None,
    });
    policy.agents.iter().map(|agent| agent.id).chain(came).collect()
}

/// What is set up otherwise now than at the end of the day: queues, agents, and who goes first.
fn differing(own: &Policy, present: &Policy) -> Vec<String> {
    let mut ended = own.clone();
    own.changes.iter().for_each(|(_, change)| ended.take(change.clone()));
    let queues = ended.queues.iter().filter(|queue| !present.queues.contains(queue)).map(|queue| &queue.name);
    let new = present.queues.iter().filter(|queue| !ended.queues.iter().any(|old| old.id == queue.id));
    let queues: BTreeSet<&Text> = queues.chain(new.map(|queue| &queue.name)).collect();
    let agents = ended.agents.iter().filter(|agent| !present.agents.contains(agent)).map(|agent| &agent.number);
    let new = present.agents.iter().filter(|agent| !ended.agents.iter().any(|old| old.id == agent.id));
    let agents: BTreeSet<&Text> = agents.chain(new.map(|agent| &agent.number)).collect();
    let queues = queues.into_iter().map(|name| format!("queue {name}"));
    let all = queues.chain(agents.into_iter().map(|number| format!("agent {number}")));
    let rules = own.new_priorities.last().map_or(&own.priorities, |(_, rules)| rules);
    let priorities = (*rules != present.priorities).then(|| format!("setting {}", PriorityRules::SETTING));
    all.chain(priorities).collect()
}

/// The work after talks of the interactions of a time, milliseconds.
async fn wrap_ups(
    store: &Store,
    tenant: TenantId,
    (from, to): (Wall, Wall),
) -> Result<HashMap<InteractionId, u64>, store::Error> {
    let filter = Filter { from: Some(from), to: Some(to), ..Filter::default() };
    let (mut all, mut cursor) = (HashMap::new(), None);
    loop {
        let page = store.interactions(tenant, &filter, cursor.as_deref(), BATCH).await?;
        all.extend(page.rows.iter().filter(|row| row.wrap_up_ms > 0).map(|row| (row.id, row.wrap_up_ms)));
        cursor = page.next;
        if cursor.is_none() || all.len() > MOST {
            return Ok(all);
        }
    }
}

/// What a `queue` node of a flow asks.
#[derive(Debug)]
struct Asked {
    queue: Text,
    priority: i32,
    skills: Vec<SkillLevel>,
}

impl Asked {
    fn of(&self, policy: &Policy) -> Entry {
        let queue: Option<QueueId> = policy.queue_id(&self.queue);
        Entry { queue, priority: self.priority, skills: self.skills.clone() }
    }
}

/// The `queue` nodes of flows, by the flow's id and version.
async fn asked(
    store: &Store,
    tenant: TenantId,
    rows: &Rows,
) -> Result<HashMap<(Text, u32), HashMap<String, Asked>>, store::Error> {
    let ids: BTreeSet<_> = rows.flows.iter().map(|flow| flow.id).collect();
    let mut all = HashMap::new();
    for id in ids {
        for version in store.flow_versions(tenant, id, VERSIONS).await? {
            let named =
                version.definition.get("id").and_then(Value::as_str).map_or_else(|| version.name.clone(), Text::from);
            all.insert((named, version.version), nodes(&version.definition));
        }
    }
    Ok(all)
}

fn nodes(definition: &Value) -> HashMap<String, Asked> {
    let nodes = definition.get("nodes").and_then(Value::as_object);
    let asked = |(id, node): (&String, &Value)| {
        let queue = node.get("queue").and_then(Value::as_str).filter(|_| node.get("kind") == Some(&"queue".into()))?;
        let priority = node.get("priority").and_then(Value::as_i64).and_then(|it| i32::try_from(it).ok());
        let skills = node.get("skills").cloned().and_then(|skills| serde_json::from_value(skills).ok());
        let (priority, skills) = (priority.unwrap_or_default(), skills.unwrap_or_default());
        Some((id.clone(), Asked { queue: queue.into(), priority, skills }))
    };
    nodes.into_iter().flatten().filter_map(asked).collect()
}
