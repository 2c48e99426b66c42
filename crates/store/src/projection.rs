//! Turning the journal into rows, in batches.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement, TransactionTrait, Value};
use serde::Deserialize;
use serde_json::value::RawValue;
use types::cause::Cause;
use types::leg::Text;
use types::record::{Direction, Disposition, Outcome, is_line_test};
use types::{AgentId, FlowId, InteractionId, QueueId, RecordingId, TenantId, Wall};

use crate::alerts;
use crate::callbacks;
use crate::column::Column;
use crate::days;
use crate::error::Error;
use crate::forwarding;
use crate::interactions::backwards;
use crate::parts::{self, Part};
use crate::promises::{self, Promised};
use crate::report::{self, Books, Entry, Outline, Passed};
use crate::sql::{ForIds, Insert};
use crate::store::Store;
use crate::voicemail;

/// The projection's name in the table of cursors.
const NAME: &str = "interactions";
/// Beside it: the newest position that any row was made from when the projection was begun anew.
const NEWEST: &str = "newest";
/// Rows of one transaction at most; a reader of a long backlog sees it come in bit by bit.
const BATCH: usize = 500;

const INTERACTION: [&str; 24] = [
    "id",
    "tenant_id",
    "pos",
    "channel",
    "direction",
    "from_number",
    "to_number",
    "from_rev",
    "to_rev",
    "queue_id",
    "agent_id",
    "started_at",
    "answered_at",
    "connected_at",
    "ended_at",
    "wait_ms",
    "talk_ms",
    "hold_ms",
    "wrap_up_ms",
    "outcome",
    "ended_by",
    "cause",
    "has_recording",
    "detail",
];

const WRAP_UP: [&str; 5] = ["interaction_id", "agent_id", "at", "tenant_id", "wrap_up_ms"];
const RECORDING: [&str; 4] = ["id", "tenant_id", "interaction_id", "pos"];
const SURVEY_ANSWER: [&str; 6] = ["pos", "tenant_id", "interaction_id", "question", "answer", "at"];
const DISPOSITION: [&str; 7] = ["interaction_id", "tenant_id", "pos", "code", "note", "by_user", "at"];
const TAG: [&str; 4] = ["tag_tenant", "word", "tag_of", "tag_pos"];

/// An event of the journal.
#[derive(Clone, Copy, Debug)]
pub struct Fact<'a> {
    /// Its position among all events.
    pub pos: u64,
    /// Whose.
    pub tenant: TenantId,
    /// When.
    pub at: Wall,
    /// The happening as the journal stores it.
    pub json: &'a [u8],
}

/// `interaction.wrapped`.
#[derive(Deserialize)]
struct Wrapped {
    id: InteractionId,
    agent: AgentId,
    wrap_up_ms: u64,
    #[serde(default)]
    queue: Option<QueueId>,
}

/// `routing.changed`, what reports need of it.
#[derive(Deserialize)]
struct Routing {
    #[serde(default)]
    queues: Vec<Text>,
}

/// A queue's settings, what reports need of them.
#[derive(Deserialize)]
struct Target {
    id: QueueId,
    service_level_s: u32,
}

/// `survey.answered`.
#[derive(Deserialize)]
struct Answered<'a> {
    id: InteractionId,
    #[serde(borrow)]
    question: Cow<'a, str>,
    #[serde(borrow)]
    answer: Cow<'a, str>,
}

/// `interaction.disposition`.
#[derive(Deserialize)]
struct Disposed {
    id: InteractionId,
    disposition: Disposition,
}

/// `interaction.ended`, its record as it stands.
#[derive(Deserialize)]
struct Ended<'a> {
    #[serde(borrow)]
    record: &'a RawValue,
}

/// What columns there are of a record.
#[derive(Deserialize)]
struct Record<'a> {
    id: InteractionId,
    #[serde(borrow)]
    channel: Cow<'a, str>,
    #[serde(borrow)]
    direction: Cow<'a, str>,
    #[serde(borrow)]
    from: Cow<'a, str>,
    #[serde(borrow)]
    to: Cow<'a, str>,
    #[serde(default)]
    queue: Option<QueueId>,
    #[serde(default)]
    agent: Option<AgentId>,
    started: Wall,
    #[serde(default)]
    answered: Option<Wall>,
    #[serde(default)]
    connected: Option<Wall>,
    ended: Wall,
    wait_ms: u64,
    talk_ms: u64,
    hold_ms: u64,
    #[serde(borrow)]
    outcome: Cow<'a, str>,
    #[serde(borrow)]
    ended_by: Cow<'a, str>,
    #[serde(borrow)]
    cause: Cow<'a, str>,
    #[serde(default)]
    recordings: Vec<Recording>,
    #[serde(default, borrow)]
    legs: Vec<parts::Leg<'a>>,
    #[serde(default, borrow)]
    segments: Vec<parts::Span<'a>>,
    #[serde(default)]
    flows: Vec<FlowId>,
    #[serde(default, borrow)]
    wrap_ups: Vec<parts::Span<'a>>,
    #[serde(default)]
    promises: Vec<Promised>,
    #[serde(default)]
    tags: Vec<String>,
}

/// What there is of each recording in a record.
#[derive(Deserialize)]
struct Recording {
    id: RecordingId,
}

/// What came of some events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Interactions written.
    pub interactions: usize,
    /// Events that this version cannot read. They are passed over, lest one of them stop all others for ever; the
    /// journal still has them. Say so in an alarm.
    pub unreadable: usize,
}

/// Inserts interactions and callbacks from the journal. There is one per store.
///
/// Batches may be given again: what was applied is passed over by its position, so that a failed attempt is simply
/// repeated.
pub struct Projector {
    store: Store,
    cursor: u64,
    newest: u64,
    statements: Statements,
    /// None after a failure: what is in memory may be ahead of the database then.
    books: Option<Books>,
}

pub(crate) struct Statements {
    backend: DbBackend,
    interactions: Insert,
    recordings: Insert,
    wraps: Insert,
    callbacks: Insert,
    answers: Insert,
    dispositions: Insert,
    forwarding: Insert,
    voicemails: Insert,
    parts: Insert,
    states: Insert,
    promises: Insert,
    tags: Insert,
    change_callback: callbacks::Changes,
    alerts: alerts::Statements,
    change_voicemail: &'static str,
    forget_states: &'static str,
    pub(crate) sum_wraps: ForIds,
    pub(crate) set_dispositions: ForIds,
}

/// The rows of one transaction.
#[derive(Default)]
struct Batch {
    /// By id, which is the order of time, so that pages fill up one after the other. Of two records of one
    /// interaction the later counts.
    interactions: BTreeMap<u64, Vec<Value>>,
    recordings: Vec<Value>,
    wraps: Vec<Value>,
    callbacks: Vec<Value>,
    answers: Vec<Value>,
    /// By interaction: of two the later counts.
    dispositions: BTreeMap<u64, Vec<Value>>,
    /// By agent: of two the later counts.
    forwarding: BTreeMap<u64, Vec<Value>>,
    /// By interaction: of two records the later counts.
    parts: BTreeMap<u64, Vec<Value>>,
    states: Vec<Value>,
    promises: Vec<Value>,
    tags: Vec<Value>,
    /// In the order in which they were said.
    callback_changes: Vec<callbacks::Change>,
    voicemails: Vec<Value>,
    /// In the order in which they were said.
    alerts: Vec<alerts::Said>,
    /// In the order in which they were said.
    voicemail_changes: Vec<Vec<Value>>,
    /// Tenants of whose agents one is gone.
    lost_agents: BTreeSet<u64>,
    /// The interactions whose work afterwards has to be summed anew.
    touched: BTreeSet<u64>,
    /// In the order in which it happened.
    reports: Vec<Entry>,
    facts: usize,
    pos: u64,
}

impl Projector {
    /// Goes on where the store's projections end.
    ///
    /// # Errors
    /// The database fails.
    pub async fn open(store: Store) -> Result<Self, Error> {
        let backend = store.write().get_database_backend();
        let all = Statement::from_string(backend, "SELECT \"name\", \"pos\" FROM \"projection_cursor\"");
        let (mut cursor, mut newest) = (0, 0);
        for row in store.write().query_all_raw(all).await? {
            let pos = u64::read(&row, "pos")?;
            match row.try_get::<String>("", "name")?.as_str() {
                NAME => cursor = pos,
                NEWEST => newest = pos,
                _ => {}
            }
        }
        Ok(Self { store, cursor, newest, statements: Statements::new(backend), books: None })
    }

    /// The position up to which the journal is projected: read the journal from here.
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    /// The newest position that the store has seen, also before its projections were begun anew: a journal that was
    /// lost goes on behind it.
    pub fn newest(&self) -> u64 {
        self.newest.max(self.cursor)
    }

    /// Applies events in the order of their positions.
    ///
    /// # Errors
    /// The database fails; then the cursor tells what was applied before. Give the same events again.
    pub async fn apply<'a>(&mut self, facts: impl IntoIterator<Item = Fact<'a>>) -> Result<Applied, Error> {
        let mut batch = Batch::default();
        let mut applied = Applied::default();
        for fact in facts {
            if fact.pos <= self.cursor.max(batch.pos) {
                continue;
            }
            if batch.add(&fact).is_err() {
                applied.unreadable += 1;
            }
            if batch.rows() >= BATCH {
                applied.interactions += self.commit(std::mem::take(&mut batch)).await?;
            }
        }
        if batch.facts > 0 {
            applied.interactions += self.commit(batch).await?;
        }
        Ok(applied)
    }

    async fn commit(&mut self, mut batch: Batch) -> Result<usize, Error> {
        let (pos, written) = (batch.pos, batch.interactions.len());
        let reports = std::mem::take(&mut batch.reports);
        let mut books = match self.books.take() {
            Some(books) => books,
            None => Books::open(&self.store).await?,
        };
        books.prepare(&self.store, &reports).await?;
        let change = self.store.write().begin().await?;
        self.statements.write(&change, batch).await?;
        books.write(&change, &reports).await?;
        self.statements.move_cursor(&change, NAME, pos).await?;
        change.commit().await?;
        self.books = Some(books);
        self.cursor = pos;
        Ok(written)
    }

    /// Begins anew from a journal whose oldest cursor is `oldest`: removes what events after it have made, and
    /// expects [`Projector::apply`] with all of them. Rows whose events the journal no longer holds stay.
    ///
    /// # Errors
    /// The database fails; then everything is as before.
    pub async fn rewind(&mut self, oldest: u64) -> Result<(), Error> {
        let change = self.store.write().begin().await?;
        self.books = None;
        report::rewind(&change, oldest).await?;
        for table in [
            "interaction",
            "recording",
            "callback",
            "survey_answer",
            "disposition",
            "voicemail",
            "agent_state",
            "alert",
            "promise",
        ] {
            let sql = format!("DELETE FROM \"{table}\" WHERE \"pos\" > {oldest}");
            change.execute_unprepared(&sql).await?;
        }
        change.execute_unprepared(&format!("DELETE FROM \"part\" WHERE \"part_pos\" > {oldest}")).await?;
        change.execute_unprepared(&format!("DELETE FROM \"tag\" WHERE \"tag_pos\" > {oldest}")).await?;
        let newest = self.newest();
        self.statements.move_cursor(&change, NEWEST, newest).await?;
        self.statements.move_cursor(&change, NAME, oldest).await?;
        change.commit().await?;
        (self.cursor, self.newest) = (oldest, newest);
        Ok(())
    }
}

impl Statements {
    pub(crate) fn new(backend: DbBackend) -> Self {
        let updates = INTERACTION[1..].iter().map(|c| format!("\"{c}\" = excluded.\"{c}\"")).collect::<Vec<_>>();
        let replace = format!(
            "ON CONFLICT (\"id\") DO UPDATE SET {} WHERE \"interaction\".\"tenant_id\" = excluded.\"tenant_id\"",
            updates.join(", ")
        );
        Self {
            backend,
            interactions: Insert::new(backend, "interaction", &INTERACTION, &replace),
            recordings: Insert::new(backend, "recording", &RECORDING, "ON CONFLICT DO NOTHING"),
            wraps: Insert::new(backend, "wrap_up", &WRAP_UP, "ON CONFLICT DO NOTHING"),
            callbacks: callbacks::insert(backend),
            answers: Insert::new(backend, "survey_answer", &SURVEY_ANSWER, "ON CONFLICT DO NOTHING"),
            dispositions: Insert::new(
                backend,
                "disposition",
                &DISPOSITION,
                "ON CONFLICT (\"interaction_id\") DO UPDATE SET \"pos\" = excluded.\"pos\", \"code\" = excluded.\"code\", \
                 \"note\" = excluded.\"note\", \"by_user\" = excluded.\"by_user\", \"at\" = excluded.\"at\" \
                 WHERE \"disposition\".\"tenant_id\" = excluded.\"tenant_id\" AND \"disposition\".\"pos\" <= excluded.\"pos\"",
            ),
            forwarding: forwarding::insert(backend),
            voicemails: voicemail::insert(backend),
            alerts: alerts::Statements::new(backend),
            change_voicemail: voicemail::change(backend),
            parts: parts::parts(backend),
            states: days::states(backend),
            promises: promises::insert(backend),
            tags: Insert::new(backend, "tag", &TAG, "ON CONFLICT DO NOTHING"),
            forget_states: days::forget_states(backend),
            change_callback: callbacks::Changes::new(backend),
            set_dispositions: ForIds::new(
                backend,
                "UPDATE \"interaction\" SET \"disposition\" = (SELECT NULLIF(d.\"code\", '') FROM \"disposition\" d \
                 WHERE d.\"interaction_id\" = \"interaction\".\"id\" AND d.\"tenant_id\" = \"interaction\".\"tenant_id\") \
                 WHERE \"id\" IN (SELECT \"interaction_id\" FROM \"disposition\" WHERE \"interaction_id\" IN ({ids}))",
            ),
            sum_wraps: ForIds::new(
                backend,
                // The list of ids stands alone, so that no backend reads the whole table to find them.
                "UPDATE \"interaction\" SET \"wrap_up_ms\" = (SELECT COALESCE(SUM(w.\"wrap_up_ms\"), 0) FROM \"wrap_up\" w \
                 WHERE w.\"interaction_id\" = \"interaction\".\"id\" AND w.\"tenant_id\" = \"interaction\".\"tenant_id\") \
                 WHERE \"id\" IN (SELECT \"interaction_id\" FROM \"wrap_up\" WHERE \"interaction_id\" IN ({ids}))",
            ),
        }
    }

    async fn write(&self, change: &DatabaseTransaction, batch: Batch) -> Result<(), Error> {
        self.recordings.execute(change, batch.recordings).await?;
        self.wraps.execute(change, batch.wraps).await?;
        self.callbacks.execute(change, batch.callbacks).await?;
        for said in batch.callback_changes {
            let (sql, values) = self.change_callback.of(said);
            change.execute_raw(Statement::from_sql_and_values(self.backend, sql, values)).await?;
        }
        self.voicemails.execute(change, batch.voicemails).await?;
        for values in batch.voicemail_changes {
            change.execute_raw(Statement::from_sql_and_values(self.backend, self.change_voicemail, values)).await?;
        }
        self.alerts.execute(change, batch.alerts).await?;
        self.answers.execute(change, batch.answers).await?;
        self.dispositions.execute(change, batch.dispositions.into_values().flatten().collect()).await?;
        self.interactions.execute(change, batch.interactions.into_values().flatten().collect()).await?;
        self.forwarding.execute(change, batch.forwarding.into_values().flatten().collect()).await?;
        self.parts.execute(change, batch.parts.into_values().flatten().collect()).await?;
        self.states.execute(change, batch.states).await?;
        self.promises.execute(change, batch.promises).await?;
        self.tags.execute(change, batch.tags).await?;
        for tenant in batch.lost_agents {
            let values = vec![tenant.to_value(), tenant.to_value()];
            change.execute_raw(Statement::from_sql_and_values(self.backend, self.forget_states, values)).await?;
        }
        let touched: Vec<u64> = batch.touched.into_iter().collect();
        self.sum_wraps.execute(change, &touched).await?;
        self.set_dispositions.execute(change, &touched).await?;
        Ok(())
    }

    async fn move_cursor(&self, change: &DatabaseTransaction, name: &str, pos: u64) -> Result<(), Error> {
        let places = if self.backend == DbBackend::Postgres { "$1, $2" } else { "?, ?" };
        let sql = format!(
            "INSERT INTO \"projection_cursor\" (\"name\", \"pos\") VALUES ({places}) \
             ON CONFLICT (\"name\") DO UPDATE SET \"pos\" = excluded.\"pos\""
        );
        change.execute_raw(Statement::from_sql_and_values(self.backend, sql, [name.into(), pos.to_value()])).await?;
        Ok(())
    }
}

impl Batch {
    fn rows(&self) -> usize {
        // A batch of nothing but events that make no row still ends, so that the cursor moves.
        self.interactions.len().max(self.facts / 20)
    }

    fn add(&mut self, fact: &Fact<'_>) -> serde_json::Result<()> {
        self.facts += 1;
        self.pos = fact.pos;
        match kind(fact.json) {
            b"interaction.ended" => {
                let ended: Ended<'_> = serde_json::from_slice(fact.json)?;
                let json = ended.record.get();
                let record: Record<'_> = serde_json::from_str(json)?;
                let id = record.id.0;
                let promised = record
                    .promises
                    .iter()
                    .filter_map(|promise| promise.values((fact.tenant, fact.pos), record.id, &record.segments));
                self.promises.extend(promised.flatten());
                self.tags.extend(record.tags.iter().flat_map(|tag| {
                    [fact.tenant.to_value(), tag.to_value(), record.id.to_value(), fact.pos.to_value()]
                }));
                self.recordings.extend(record.recordings.iter().flat_map(|r| r.values(fact, record.id)));
                self.interactions.insert(id, record.values(fact, json));
                if !is_line_test(&record.direction, &record.to) {
                    let parts = record.parts(fact);
                    self.parts.insert(id, parts::values(&parts, fact.pos));
                    self.reports.push(Entry::Ended(Box::new(record.outline(fact, parts))));
                }
                self.touched.insert(id);
            }
            b"interaction.wrapped" => {
                let wrapped: Wrapped = serde_json::from_slice(fact.json)?;
                self.touched.insert(wrapped.id.0);
                let (tenant, ms) = (fact.tenant, wrapped.wrap_up_ms);
                let Wrapped { id, agent, queue, .. } = wrapped;
                self.reports.push(Entry::Wrapped { tenant, id, agent, queue, ms });
                self.wraps.extend(wrapped.values(fact));
            }
            b"callback.requested" => {
                let callback: callbacks::Requested<'_> = serde_json::from_slice(fact.json)?;
                self.callbacks.extend(callback.values(fact.tenant, fact.pos, fact.at)?);
            }
            b"callback.changed" => {
                let changed: callbacks::Changed<'_> = serde_json::from_slice(fact.json)?;
                self.callback_changes.push(changed.change(fact.tenant, fact.at));
            }
            b"callback.followed" => {
                let followed: callbacks::Followed = serde_json::from_slice(fact.json)?;
                self.callback_changes.push(followed.change(fact.tenant, fact.pos, fact.at));
            }
            b"survey.answered" => {
                let answered: Answered<'_> = serde_json::from_slice(fact.json)?;
                self.answers.extend(answered.values(fact));
            }
            b"agent.state" => {
                let changed: days::Changed = serde_json::from_slice(fact.json)?;
                self.states.extend(changed.values(fact.pos, fact.tenant, fact.at));
                let (agent, state, reason, at) = changed.told(fact.at);
                self.reports.push(Entry::Passed(Passed { tenant: fact.tenant, agent, state, reason, at }));
            }
            b"routing.changed" => {
                let routing: Routing = serde_json::from_slice(fact.json)?;
                for queue in routing.queues {
                    let Target { id, service_level_s } = serde_json::from_str(&queue)?;
                    self.reports.push(Entry::Target { tenant: fact.tenant, queue: id, target_s: service_level_s });
                }
            }
            b"agent.forwarding" => {
                let changed: forwarding::Changed = serde_json::from_slice(fact.json)?;
                let (agent, values) = changed.values(fact.tenant, fact.pos);
                self.forwarding.insert(agent, values);
            }
            b"voicemail.left" => {
                let left: voicemail::Left<'_> = serde_json::from_slice(fact.json)?;
                self.voicemails.extend(left.values(fact.tenant, fact.pos, fact.at));
            }
            b"voicemail.changed" => {
                let changed: voicemail::Changed<'_> = serde_json::from_slice(fact.json)?;
                self.voicemail_changes.push(changed.values(fact.tenant, fact.at));
            }
            kind @ (b"alert.raised" | b"alert.changed" | b"alert.cleared" | b"alert.acknowledged") => {
                self.alerts.push(alerts::Said::read(kind, fact.json, fact.pos, fact.tenant, fact.at)?);
            }
            b"settings.changed" => {
                self.reports.push(Entry::Settings(fact.tenant));
                let changed: days::SettingsChanged<'_> = serde_json::from_slice(fact.json)?;
                if changed.removes_agent() {
                    self.lost_agents.insert(fact.tenant.0);
                }
            }
            b"interaction.disposition" => {
                let disposed: Disposed = serde_json::from_slice(fact.json)?;
                self.touched.insert(disposed.id.0);
                self.dispositions.insert(disposed.id.0, disposed.values(fact));
            }
            _ => {}
        }
        Ok(())
    }
}

/// The name of the happening, without parsing the rest: `type` is always its first member.
fn kind(json: &[u8]) -> &[u8] {
    let name = json.strip_prefix(br#"{"type":""#).unwrap_or_default();
    let end = name.iter().position(|&b| b == b'"').unwrap_or(0);
    &name[..end]
}

impl Record<'_> {
    /// In the order of [`INTERACTION`].
    fn values(&self, fact: &Fact<'_>, json: &str) -> Vec<Value> {
        let text = |text: &str| Value::String(Some(text.to_owned()));
        vec![
            self.id.to_value(),
            fact.tenant.to_value(),
            fact.pos.to_value(),
            text(&self.channel),
            text(&self.direction),
            text(&self.from),
            text(&self.to),
            Value::String(Some(backwards(&self.from))),
            Value::String(Some(backwards(&self.to))),
            self.queue.to_value(),
            self.agent.to_value(),
            self.started.to_value(),
            self.answered.to_value(),
            self.connected.to_value(),
            self.ended.to_value(),
            self.wait_ms.to_value(),
            self.talk_ms.to_value(),
            self.hold_ms.to_value(),
            0u64.to_value(),
            text(&self.outcome),
            text(&self.ended_by),
            text(&self.cause),
            (!self.recordings.is_empty()).to_value(),
            text(json),
        ]
    }
}

impl Record<'_> {
    /// A call of our own that went over into a customer's, as who is consulted first and then given the customer, or
    /// fetches one from its slot, is told of there: nobody has served two.
    fn parts(&self, fact: &Fact<'_>) -> Vec<Part> {
        let own = Direction::parse(&self.direction) == Some(Direction::Internal);
        if own && self.cause == Cause::Transferred.as_str() {
            return Vec::new();
        }
        let times = (self.started, self.ended);
        parts::parts_in((self.id, fact.tenant), times, self.agent, &self.legs, &self.segments)
    }

    fn outline(&self, fact: &Fact<'_>, parts: Vec<Part>) -> Outline {
        let direction = Direction::parse(&self.direction);
        let outside = direction == Some(Direction::Outbound);
        let wraps = self.wrap_ups.iter().filter_map(|wrap| Some((wrap.agent()?, wrap.queue(), wrap.ms())));
        Outline {
            id: self.id,
            tenant: fact.tenant,
            pos: fact.pos,
            direction,
            outcome: Outcome::parse(&self.outcome),
            customer: if outside { &self.to } else { &self.from }.clone().into_owned(),
            dialled: self.to.clone().into_owned(),
            flows: self.flows.clone(),
            began: self.started,
            connected: self.connected.is_some(),
            ended: self.ended,
            talk_ms: self.talk_ms,
            hold_ms: self.hold_ms,
            stays: Outline::stays(&self.segments),
            wraps: wraps.collect(),
            handed_on: Outline::handed_on(&self.segments),
            parts,
        }
    }
}

impl Recording {
    /// In the order of [`RECORDING`].
    fn values(&self, fact: &Fact<'_>, interaction: InteractionId) -> [Value; 4] {
        [self.id.to_value(), fact.tenant.to_value(), interaction.to_value(), fact.pos.to_value()]
    }
}

impl Wrapped {
    /// In the order of [`WRAP_UP`].
    fn values(&self, fact: &Fact<'_>) -> [Value; 5] {
        let (at, tenant) = (fact.at.to_value(), fact.tenant.to_value());
        [self.id.to_value(), self.agent.to_value(), at, tenant, self.wrap_up_ms.to_value()]
    }
}

impl Answered<'_> {
    /// In the order of [`SURVEY_ANSWER`].
    fn values(&self, fact: &Fact<'_>) -> [Value; 6] {
        let (pos, tenant, at) = (fact.pos.to_value(), fact.tenant.to_value(), fact.at.to_value());
        let [question, answer] = [&self.question, &self.answer].map(|t| Value::String(Some(t.clone().into_owned())));
        [pos, tenant, self.id.to_value(), question, answer, at]
    }
}

impl Disposed {
    /// In the order of [`DISPOSITION`].
    fn values(&self, fact: &Fact<'_>) -> Vec<Value> {
        let Disposition { code, note, by, at } = &self.disposition;
        let (tenant, pos) = (fact.tenant.to_value(), fact.pos.to_value());
        vec![self.id.to_value(), tenant, pos, code.to_value(), note.to_value(), by.to_value(), at.to_value()]
    }
}
