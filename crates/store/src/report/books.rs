//! Keeps contacts and roll-ups: what a batch of events changes is worked out in memory, then written with the batch.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use directory::Tenant;
use sea_orm::sea_query::{Alias, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, QueryResult, Statement, Value};
use serde::Deserialize;
use types::record::AgentState;
use types::{AgentId, InteractionId, QueueId, Seconds, TeamId, TenantId, Wall};

use super::contact::{Contact, Outline, Rules};
use super::days;
use super::staffing::{Passed, Since};
use super::{Dimension, Figure, Grain, Sums};
use crate::column::Column;
use crate::error::Error;
use crate::row::col;
use crate::rows::{Setting, Team};
use crate::sql::Insert;
use crate::store::Store;

/// Values of one `IN`: as many as other statements take at once.
const AT_ONCE: usize = 100;
/// Tenants whose rules are kept; more are read anew.
const TENANTS: usize = 1_000;

/// What reports take from one event.
#[derive(Debug)]
pub(crate) enum Entry {
    /// An interaction has ended.
    Ended(Box<Outline>),
    /// An agent is done with the work after its talk.
    Wrapped { tenant: TenantId, id: InteractionId, agent: AgentId, queue: Option<QueueId>, ms: u64 },
    /// An agent's state changed.
    Passed(Passed),
    /// From now on this is a queue's target.
    Target { tenant: TenantId, queue: QueueId, target_s: u32 },
    /// Settings are different now.
    Settings(TenantId),
}

impl Entry {
    const fn tenant(&self) -> TenantId {
        match self {
            Self::Ended(outline) => outline.tenant,
            Self::Passed(passed) => passed.tenant,
            Self::Wrapped { tenant, .. } | Self::Target { tenant, .. } | Self::Settings(tenant) => *tenant,
        }
    }
}

impl Entry {
    /// The end of an interaction that a customer began whose number is known.
    fn of_customer(&self) -> Option<&Outline> {
        let Self::Ended(outline) = self else { return None };
        Some(&**outline).filter(|outline| outline.is_resolvable())
    }
}

/// What there is of a team in its settings.
#[derive(Deserialize)]
struct Members {
    #[serde(default)]
    agents: Vec<AgentId>,
}

/// The last interaction of a customer's that a queue answered.
#[derive(Clone, Copy)]
struct Last {
    id: InteractionId,
    ended: Wall,
}

type Caller = (TenantId, String, QueueId);
type Place = (TenantId, &'static str, Dimension, i64, String);
type Contacts = BTreeMap<InteractionId, (TenantId, Vec<Contact>)>;

/// What has to be known from one batch to the next. Given up when a batch fails, and read anew.
pub(crate) struct Books {
    since: HashMap<AgentId, Since>,
    targets: HashMap<QueueId, u32>,
    rules: HashMap<TenantId, Rules>,
    statements: Statements,
}

struct Statements {
    contacts: Insert,
    rollups: Insert,
    staffing: Insert,
    since: Insert,
    targets: Insert,
    last: Insert,
}

impl Books {
    pub(crate) async fn open(store: &Store) -> Result<Self, Error> {
        let db = store.write();
        let backend = db.get_database_backend();
        let all = |table: &str| Statement::from_string(backend, format!("SELECT * FROM \"{table}\""));
        let mut since = HashMap::new();
        for row in db.query_all_raw(all("staffing_since")).await? {
            let state = AgentState::read(&row, "state")?;
            let (tenant, reason) = (Column::read(&row, "tenant_id")?, Column::read(&row, "reason")?);
            since.insert(
                AgentId::read(&row, "agent_id")?,
                Since { tenant, state, reason, at: Column::read(&row, "at")? },
            );
        }
        let mut targets = HashMap::new();
        for row in db.query_all_raw(all("report_target")).await? {
            targets.insert(QueueId::read(&row, "queue_id")?, u32::read(&row, "target_s")?);
        }
        Ok(Self { since, targets, rules: HashMap::new(), statements: Statements::new(backend) })
    }

    /// Reads what is set up for the tenants of these entries; before the transaction that writes them.
    pub(crate) async fn prepare(&mut self, store: &Store, entries: &[Entry]) -> Result<(), Error> {
        for entry in entries {
            if let Entry::Settings(tenant) = entry {
                self.rules.remove(tenant);
            }
        }
        if self.rules.len() >= TENANTS {
            self.rules.clear();
        }
        for tenant in entries.iter().map(Entry::tenant).collect::<BTreeSet<_>>() {
            if let Slot::Vacant(slot) = self.rules.entry(tenant) {
                slot.insert(rules(store, tenant).await?);
            }
        }
        Ok(())
    }

    /// Writes what these entries change.
    pub(crate) async fn write(&mut self, change: &DatabaseTransaction, entries: &[Entry]) -> Result<(), Error> {
        let repeated = self.note_callers(change, entries).await?;
        self.write_contacts(change, entries, &repeated).await?;
        self.write_staffing(change, entries).await?;
        let changed = entries.iter().filter_map(|entry| match entry {
            Entry::Settings(tenant) => Some(*tenant),
            _ => None,
        });
        for tenant in changed.collect::<BTreeSet<_>>() {
            days::mend(change, tenant).await?;
        }
        Ok(())
    }

    /// Who called again: the interactions before these, of the same customers in the same queues.
    async fn note_callers(
        &self,
        change: &DatabaseTransaction,
        entries: &[Entry],
    ) -> Result<BTreeSet<InteractionId>, Error> {
        let calls = || entries.iter().filter_map(Entry::of_customer);
        let mut numbers: BTreeMap<TenantId, BTreeSet<&str>> = BTreeMap::new();
        for outline in calls().filter(|o| o.stays.all.iter().any(|s| s.queue.is_some())) {
            numbers.entry(outline.tenant).or_default().insert(&outline.customer);
        }
        let mut last = read_last(change, &numbers).await?;
        let (mut repeated, mut changed) = (BTreeSet::new(), BTreeSet::new());
        for outline in calls() {
            let soon = self.rules.get(&outline.tenant).map_or(0, |rules| rules.repeat_ms);
            for stay in &outline.stays.all {
                let Some(queue) = stay.queue else { continue };
                let caller = (outline.tenant, outline.customer.clone(), queue);
                let before = last.get(&caller).copied().filter(|last| last.id != outline.id);
                let back = |last: &Last| outline.began >= last.ended && outline.began.ms_since(last.ended) <= soon;
                repeated.extend(before.filter(back).map(|last| last.id));
                if stay.answered_after_ms.is_some() && before.is_none_or(|last| last.ended <= outline.ended) {
                    last.insert(caller.clone(), Last { id: outline.id, ended: outline.ended });
                    changed.insert(caller);
                }
            }
        }
        let row = |caller: Caller| {
            let Last { id, ended } = last[&caller];
            let (tenant, number, queue) = caller;
            [tenant.to_value(), number.to_value(), queue.to_value(), id.to_value(), ended.to_value()]
        };
        self.statements.last.execute(change, changed.into_iter().flat_map(row).collect()).await?;
        Ok(repeated)
    }

    async fn write_contacts(
        &mut self,
        change: &DatabaseTransaction,
        entries: &[Entry],
        repeated: &BTreeSet<InteractionId>,
    ) -> Result<(), Error> {
        let ids = entries.iter().filter_map(|entry| match entry {
            Entry::Ended(outline) => Some(outline.id),
            Entry::Wrapped { id, .. } => Some(*id),
            _ => None,
        });
        let ids: BTreeSet<InteractionId> = ids.chain(repeated.iter().copied()).collect();
        let before = read_contacts(change, &ids).await?;
        let mut after = before.clone();
        let mut replaced = false;
        for entry in entries {
            match entry {
                Entry::Ended(outline) => {
                    let Some(rules) = self.rules.get(&outline.tenant) else { continue };
                    let contacts = outline.contacts(rules, |queue| self.targets.get(&queue).copied());
                    replaced |= after.insert(outline.id, (outline.tenant, contacts)).is_some();
                }
                // Before the end of its interaction it is told by the record.
                Entry::Wrapped { tenant, id, agent, queue, ms } => {
                    let known = after.get_mut(id).filter(|(of, _)| of == tenant);
                    let teams = self.rules.get(tenant).map_or(&[][..], |rules| rules.teams_of(*agent));
                    for contact in known.into_iter().flat_map(|(_, contacts)| contacts) {
                        contact.wrapped(*agent, teams, *queue, *ms);
                    }
                }
                Entry::Target { queue, target_s, .. } => {
                    self.targets.insert(*queue, *target_s);
                }
                Entry::Passed(_) | Entry::Settings(_) => {}
            }
        }
        for id in repeated {
            for contact in after.get_mut(id).into_iter().flat_map(|(_, contacts)| contacts) {
                let resolvable = contact.sums.get(Figure::Resolvable) > 0;
                contact.sums.flag(Figure::Repeated, resolvable);
            }
        }
        let targets = entries.iter().filter_map(|entry| match entry {
            Entry::Target { tenant, queue, target_s } => {
                Some((*queue, [queue.to_value(), tenant.to_value(), target_s.to_value()]))
            }
            _ => None,
        });
        // Of two the later counts.
        let targets: BTreeMap<_, _> = targets.collect();
        self.statements.targets.execute(change, targets.into_values().flatten().collect()).await?;
        self.replace(change, &before, &after).await?;
        self.add_up(change, &before, &after, replaced).await
    }

    async fn replace(&self, change: &DatabaseTransaction, before: &Contacts, after: &Contacts) -> Result<(), Error> {
        let differs = |id: &InteractionId| before.get(id) != after.get(id);
        let old: Vec<InteractionId> = before.keys().filter(|id| differs(id)).copied().collect();
        if !old.is_empty() {
            let mut delete = Query::delete();
            delete.from_table(Alias::new("contact"));
            delete.and_where(col("contact_of").is_in(old.iter().map(Column::to_value)));
            change.execute(&delete).await?;
        }
        let mut rows = Vec::new();
        for (id, (tenant, contacts)) in after.iter().filter(|(id, _)| differs(id)) {
            for contact in contacts {
                rows.extend([tenant.to_value(), contact.dimension.as_str().into(), contact.subject.to_value()]);
                rows.extend([contact.at.to_value(), id.to_value(), contact.pos.to_value()]);
                rows.extend(contact.sums.0.iter().map(Column::to_value));
            }
        }
        Ok(self.statements.contacts.execute(change, rows).await?)
    }

    /// Adds to the roll-ups by what the contacts after differ from those before.
    async fn add_up(
        &self,
        change: &DatabaseTransaction,
        before: &Contacts,
        after: &Contacts,
        replaced: bool,
    ) -> Result<(), Error> {
        let mut sums: BTreeMap<Place, (Sums, u64)> = BTreeMap::new();
        for (contacts, adds) in [(before, false), (after, true)] {
            for (id, (tenant, contacts)) in contacts {
                if before.get(id) == after.get(id) {
                    continue;
                }
                let offset = self.rules.get(tenant).map_or(0, |rules| rules.utc_offset_min);
                for contact in contacts {
                    for grain in Grain::ALL {
                        let start = grain.start(contact.at.0, offset);
                        let place = (*tenant, grain.as_str(), contact.dimension, start, contact.subject.clone());
                        let (sum, longest) = sums.entry(place).or_default();
                        if adds {
                            sum.add(&contact.sums);
                            *longest = Ord::max(*longest, contact.sums.get(Figure::WaitedMs));
                        } else {
                            sum.subtract(&contact.sums);
                        }
                    }
                }
            }
        }
        let mut rows = Vec::new();
        for ((tenant, grain, dimension, start, subject), (sum, longest)) in &sums {
            rows.extend([tenant.to_value(), (*grain).into(), dimension.as_str().into(), start.to_value()]);
            rows.push(subject.to_value());
            rows.extend(sum.0.iter().map(Column::to_value));
            rows.push(longest.to_value());
        }
        self.statements.rollups.execute(change, rows).await?;
        if replaced {
            for place in sums.keys() {
                self.statements.measure_longest(change, place).await?;
            }
        }
        Ok(())
    }

    async fn write_staffing(&mut self, change: &DatabaseTransaction, entries: &[Entry]) -> Result<(), Error> {
        let mut spent: BTreeMap<(Place, AgentState, String), i64> = BTreeMap::new();
        let mut touched = BTreeSet::new();
        for entry in entries {
            let Entry::Passed(Passed { tenant, agent, state, reason, at }) = entry else { continue };
            let now = Since { tenant: *tenant, state: *state, reason: reason.clone(), at: *at };
            touched.insert(*agent);
            let Some(since) = self.since.insert(*agent, now).filter(|since| since.tenant == *tenant) else { continue };
            let Some(rules) = self.rules.get(tenant) else { continue };
            let subjects = rules.teams_of(*agent).iter().map(|team| (Dimension::Team, team.to_string()));
            for (dimension, subject) in subjects.chain([(Dimension::Agent, agent.to_string())]) {
                for grain in Grain::ALL {
                    for (start, ms) in since.until(*at, grain, rules.utc_offset_min) {
                        let place = (*tenant, grain.as_str(), dimension, start, subject.clone());
                        *spent.entry((place, since.state, since.reason.clone())).or_default() += ms;
                    }
                }
            }
        }
        let mut rows = Vec::new();
        for (((tenant, grain, dimension, start, subject), state, reason), ms) in spent {
            rows.extend([tenant.to_value(), grain.into(), dimension.as_str().into(), start.to_value()]);
            rows.extend([subject.to_value(), state.to_value(), reason.to_value(), ms.to_value()]);
        }
        self.statements.staffing.execute(change, rows).await?;
        let since = touched.into_iter().filter_map(|agent| self.since.get(&agent).map(|since| (agent, since)));
        let rows = since.flat_map(|(agent, Since { tenant, state, reason, at })| {
            [agent.to_value(), tenant.to_value(), state.to_value(), reason.to_value(), at.to_value()]
        });
        Ok(self.statements.since.execute(change, rows.collect()).await?)
    }
}

impl Contact {
    fn wrapped(&mut self, agent: AgentId, teams: &[TeamId], queue: Option<QueueId>, ms: u64) {
        let concerned = match self.dimension {
            Dimension::Direction | Dimension::Flow | Dimension::Number => true,
            Dimension::Agent => self.subject == agent.to_string(),
            Dimension::Team => teams.iter().any(|team| self.subject == team.to_string()),
            Dimension::Queue => queue.is_some_and(|queue| self.subject == queue.to_string()),
        };
        if concerned {
            self.sums.set(Figure::WrappingMs, self.sums.get(Figure::WrappingMs) + ms);
        }
    }
}

async fn rules(store: &Store, tenant: TenantId) -> Result<Rules, Error> {
    let utc_offset_min = store.get::<Tenant>(tenant, tenant).await?.map_or(0, |tenant| tenant.utc_offset_min);
    let mut teams: HashMap<AgentId, Vec<TeamId>> = HashMap::new();
    for team in store.list::<Team>(tenant).await? {
        // Whatever else is set up there is none of ours.
        let members = Members::deserialize(&team.config).unwrap_or(Members { agents: Vec::new() });
        members.agents.into_iter().for_each(|agent| teams.entry(agent).or_default().push(team.id));
    }
    let mut times = [Seconds::SHORT_ABANDON, Seconds::REPEAT].map(|what| (what.name, what.usual * 1_000));
    for (what, (name, ms)) in [Seconds::SHORT_ABANDON, Seconds::REPEAT].iter().zip(&mut times) {
        let Some(set) = store.get::<Setting>(tenant, (tenant, (*name).to_owned())).await? else { continue };
        let text = set.value.as_str().map_or_else(|| set.value.to_string(), str::to_owned);
        match what.parse(Some(&text)) {
            Ok(time) => *ms = time.as_secs() * 1_000,
            Err(why) => return Err(Error::Stored { what: name, reason: why }),
        }
    }
    let [(_, short_abandon_ms), (_, repeat_ms)] = times;
    Ok(Rules { utc_offset_min, short_abandon_ms, repeat_ms, teams })
}

async fn read_contacts(db: &DatabaseTransaction, ids: &BTreeSet<InteractionId>) -> Result<Contacts, Error> {
    let mut contacts = Contacts::new();
    for ids in ids.iter().collect::<Vec<_>>().chunks(AT_ONCE) {
        let mut query = Query::select();
        query.column(sea_orm::sea_query::Asterisk).from(Alias::new("contact"));
        query.and_where(col("contact_of").is_in(filled(ids.iter().map(|id| id.to_value()))));
        for row in db.query_all(&query).await? {
            let tenant = Column::read(&row, "contact_tenant")?;
            let of = contacts.entry(Column::read(&row, "contact_of")?).or_insert_with(|| (tenant, Vec::new()));
            of.1.push(read_contact(&row)?);
        }
    }
    Ok(contacts)
}

fn read_contact(row: &QueryResult) -> Result<Contact, Error> {
    let dimension = crate::column::parsed(row, "dimension", |name| {
        Dimension::parse(name).ok_or_else(|| format!("`{name}` is no dimension"))
    })?;
    let (subject, at) = (Column::read(row, "subject")?, Column::read(row, "contact_at")?);
    Ok(Contact { dimension, subject, at, pos: Column::read(row, "contact_pos")?, sums: Sums::read(row)? })
}

impl Sums {
    pub(super) fn read(row: &QueryResult) -> Result<Self, Error> {
        let mut sums = Self::default();
        for figure in Figure::ALL {
            sums.0[*figure as usize] = Column::read(row, figure.as_str())?;
        }
        Ok(sums)
    }
}

async fn read_last(
    db: &DatabaseTransaction,
    numbers: &BTreeMap<TenantId, BTreeSet<&str>>,
) -> Result<HashMap<Caller, Last>, Error> {
    let mut last = HashMap::new();
    for (tenant, numbers) in numbers {
        for numbers in numbers.iter().collect::<Vec<_>>().chunks(AT_ONCE) {
            let mut query = Query::select();
            query.column(sea_orm::sea_query::Asterisk).from(Alias::new("last_answered"));
            query.and_where(col("tenant_id").eq(tenant.to_value()));
            query.and_where(col("number").is_in(filled(numbers.iter().map(|n| Value::from(**n)))));
            for row in db.query_all(&query).await? {
                let caller = (*tenant, Column::read(&row, "number")?, Column::read(&row, "queue_id")?);
                let (id, ended) = (Column::read(&row, "interaction_id")?, Column::read(&row, "ended_at")?);
                last.insert(caller, Last { id, ended });
            }
        }
    }
    Ok(last)
}

/// Filled up with the last one, so that there is one statement to prepare.
fn filled(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut values: Vec<Value> = values.collect();
    if let Some(last) = values.last().cloned() {
        values.resize(AT_ONCE, last);
    }
    values
}

impl Statements {
    fn new(backend: DbBackend) -> Self {
        let figures = || Figure::ALL.iter().map(|figure| figure.as_str());
        let contact = ["contact_tenant", "dimension", "subject", "contact_at", "contact_of", "contact_pos"];
        let rollup = ["tenant_id", "grain", "dimension", "start_at", "subject"];
        let greatest = if backend == DbBackend::Postgres { "GREATEST" } else { "MAX" };
        let adds = figures().map(|c| format!("\"{c}\" = \"rollup\".\"{c}\" + excluded.\"{c}\"")).collect::<Vec<_>>();
        let add_up = format!(
            "ON CONFLICT (\"tenant_id\", \"grain\", \"dimension\", \"start_at\", \"subject\") DO UPDATE SET {}, \
             \"longest_wait_ms\" = {greatest}(\"rollup\".\"longest_wait_ms\", excluded.\"longest_wait_ms\")",
            adds.join(", ")
        );
        let columns =
            |first: &[&'static str]| -> Vec<&'static str> { first.iter().copied().chain(figures()).collect() };
        let rollups: Vec<&str> = columns(&rollup).into_iter().chain(["longest_wait_ms"]).collect();
        let staffing: Vec<&str> = rollup.into_iter().chain(["state", "reason", "spent_ms"]).collect();
        Self {
            contacts: Insert::new(backend, "contact", &columns(&contact), ""),
            rollups: Insert::new(backend, "rollup", &rollups, &add_up),
            staffing: Insert::new(
                backend,
                "staffing",
                &staffing,
                "ON CONFLICT (\"tenant_id\", \"grain\", \"dimension\", \"start_at\", \"subject\", \"state\", \"reason\") \
                 DO UPDATE SET \"spent_ms\" = \"staffing\".\"spent_ms\" + excluded.\"spent_ms\"",
            ),
            since: Insert::new(
                backend,
                "staffing_since",
                &["agent_id", "tenant_id", "state", "reason", "at"],
                "ON CONFLICT (\"agent_id\") DO UPDATE SET \"tenant_id\" = excluded.\"tenant_id\", \
                 \"state\" = excluded.\"state\", \"reason\" = excluded.\"reason\", \"at\" = excluded.\"at\"",
            ),
            targets: Insert::new(
                backend,
                "report_target",
                &["queue_id", "tenant_id", "target_s"],
                "ON CONFLICT (\"queue_id\") DO UPDATE SET \"target_s\" = excluded.\"target_s\"",
            ),
            last: Insert::new(
                backend,
                "last_answered",
                &["tenant_id", "number", "queue_id", "interaction_id", "ended_at"],
                "ON CONFLICT (\"tenant_id\", \"number\", \"queue_id\") DO UPDATE SET \
                 \"interaction_id\" = excluded.\"interaction_id\", \"ended_at\" = excluded.\"ended_at\"",
            ),
        }
    }

    /// A record was written a second time: the longest wait may have been the first one's. That is rare.
    async fn measure_longest(&self, change: &DatabaseTransaction, place: &Place) -> Result<(), Error> {
        let (tenant, grain, dimension, start, subject) = place;
        let length = if *grain == Grain::Day.as_str() { super::DAY_MS } else { super::QUARTER_MS };
        let mut longest = Query::select();
        longest.expr(col("waited_ms").max()).from(Alias::new("contact"));
        longest
            .and_where(col("contact_tenant").eq(tenant.to_value()))
            .and_where(col("dimension").eq(dimension.as_str()));
        longest.and_where(col("subject").eq(subject.as_str()));
        longest.and_where(col("contact_at").gte(*start)).and_where(col("contact_at").lt(start + length));
        let row = change.query_one(&longest).await?;
        let longest = row.map(|row| row.try_get_by_index::<Option<i64>>(0)).transpose()?.flatten().unwrap_or(0);
        let mut update = Query::update();
        update.table(Alias::new("rollup")).value(Alias::new("longest_wait_ms"), longest);
        update.and_where(col("tenant_id").eq(tenant.to_value())).and_where(col("grain").eq(*grain));
        update.and_where(col("dimension").eq(dimension.as_str())).and_where(col("start_at").eq(*start));
        update.and_where(col("subject").eq(subject.as_str()));
        change.execute(&update).await?;
        Ok(())
    }
}

/// Takes back what events after `oldest` have made, before they are read once more: what is older stays, and its sums
/// are made anew.
pub(crate) async fn rewind(change: &DatabaseTransaction, oldest: u64) -> Result<(), Error> {
    let names: Vec<String> = Figure::ALL.iter().map(|figure| format!("\"{}\"", figure.as_str())).collect();
    let sums: Vec<String> = names.iter().map(|name| format!("CAST(SUM({name}) AS BIGINT)")).collect();
    let (names, sums) = (names.join(", "), sums.join(", "));
    let quarter = format!("\"contact_at\" / {0} * {0}", super::QUARTER_MS);
    let quarters = format!(
        "INSERT INTO \"rollup\" (\"tenant_id\", \"grain\", \"dimension\", \"start_at\", \"subject\", {names}, \
         \"longest_wait_ms\") SELECT \"contact_tenant\", 'quarter', \"dimension\", {quarter}, \"subject\", {sums}, \
         MAX(\"waited_ms\") FROM \"contact\" GROUP BY \"contact_tenant\", \"dimension\", {quarter}, \"subject\""
    );
    let statements = [
        format!("DELETE FROM \"contact\" WHERE \"contact_pos\" > {oldest}"),
        "DELETE FROM \"rollup\"".to_owned(),
        quarters,
        // Agents' time is known by quarters alone: from the one on in which the journal begins it is told anew.
        format!(
            "DELETE FROM \"staffing\" WHERE \"grain\" = 'day' OR \"start_at\" >= (SELECT COALESCE(MIN(\"at\"), \
             {never}) / {quarter} * {quarter} FROM \"agent_state\" WHERE \"pos\" > {oldest})",
            never = i64::MAX,
            quarter = super::QUARTER_MS,
        ),
        "DELETE FROM \"staffing_since\"".to_owned(),
        "DELETE FROM \"report_target\"".to_owned(),
        "DELETE FROM \"last_answered\"".to_owned(),
    ];
    for sql in statements.into_iter().chain(days::summed(None)) {
        change.execute_unprepared(&sql).await?;
    }
    Ok(())
}
