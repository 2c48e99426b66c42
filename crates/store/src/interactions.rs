//! Reading the projections: the list of interactions, one of them, the callbacks asked for.

use sea_orm::QueryResult;
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement, UnionType};
use types::cause::{Cause, EndedBy};
use types::leg::Text;
use types::record::{Channel, Direction, InteractionRecord, LINE_TEST, Outcome};
use types::{AgentId, InteractionId, Private, QueueId, RecordingId, TenantId, Wall};

use crate::column::Column;
use crate::error::Error;
use crate::report;
use crate::row::{Row, col, row, select};
use crate::store::Store;

/// The most rows of a page.
pub(crate) const MOST: u64 = 500;
/// The fewest characters of an ending: fewer would match a good part of all numbers.
const ENDING: usize = 3;

/// An interaction that has ended, as lists show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Interaction {
    /// Its id.
    pub id: InteractionId,
    /// Whose.
    pub tenant: TenantId,
    /// Medium.
    pub channel: Channel,
    /// Who began it.
    pub direction: Direction,
    /// The caller's number.
    pub from: Private<Text>,
    /// The number dialled.
    pub to: Private<Text>,
    /// The last queue it waited in.
    pub queue: Option<QueueId>,
    /// The agent.
    pub agent: Option<AgentId>,
    /// Start.
    pub started: Wall,
    /// When we took the call.
    pub answered: Option<Wall>,
    /// When a human first spoke with the customer.
    pub connected: Option<Wall>,
    /// End.
    pub ended: Wall,
    /// Time in queues and ringing there, milliseconds.
    pub wait_ms: u64,
    /// Time talked, milliseconds.
    pub talk_ms: u64,
    /// Time on hold, milliseconds.
    pub hold_ms: u64,
    /// The agents' work afterwards, milliseconds.
    pub wrap_up_ms: u64,
    /// What came of it.
    pub outcome: Outcome,
    /// Who ended it.
    pub ended_by: EndedBy,
    /// Why.
    pub cause: Cause,
    /// Whether there is a recording.
    pub has_recording: bool,
    /// The code of what was said to have come of it, last.
    pub disposition: Option<Text>,
}

/// Who had a part in which interaction; see `days`.
const PARTS: &str = "part";

impl From<&InteractionRecord> for Interaction {
    /// The row of a record, without what is only told after it.
    fn from(record: &InteractionRecord) -> Self {
        Self {
            id: record.id,
            tenant: record.tenant,
            channel: record.channel,
            direction: record.direction,
            from: record.from.clone(),
            to: record.to.clone(),
            queue: record.queue,
            agent: record.agent,
            started: record.started,
            answered: record.answered,
            connected: record.connected,
            ended: record.ended,
            wait_ms: record.wait_ms,
            talk_ms: record.talk_ms,
            hold_ms: record.hold_ms,
            wrap_up_ms: 0,
            outcome: record.outcome,
            ended_by: record.ended_by,
            cause: record.cause,
            has_recording: !record.recordings.is_empty(),
            disposition: record.disposition.as_ref().map(|d| d.code.clone()).filter(|code| !code.is_empty()),
        }
    }
}

row!(Interaction, "interaction", InteractionId, ["id"], {
    id: "id", tenant: "tenant_id", channel: "channel", direction: "direction", from: "from_number", to: "to_number",
    queue: "queue_id", agent: "agent_id", started: "started_at", answered: "answered_at", connected: "connected_at",
    ended: "ended_at", wait_ms: "wait_ms", talk_ms: "talk_ms", hold_ms: "hold_ms", wrap_up_ms: "wrap_up_ms",
    outcome: "outcome", ended_by: "ended_by", cause: "cause", has_recording: "has_recording",
    disposition: "disposition",
});

/// A number to look for, among callers and dialled numbers alike.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// All of it.
    Exact(Private<String>),
    /// Its last digits, three at least.
    Ending(Private<String>),
}

/// Which interactions. The default is all of them but the trials of lines, which are found by their number alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Those of this queue.
    pub queue: Option<QueueId>,
    /// Those in which this agent had a part, also where its telephones only rang.
    pub agent: Option<AgentId>,
    /// Of these those that the agent missed.
    pub missed: bool,
    /// Of this medium.
    pub channel: Option<Channel>,
    /// Begun by this side.
    pub direction: Option<Direction>,
    /// Of this outcome.
    pub outcome: Option<Outcome>,
    /// From or to this number.
    pub number: Option<Number>,
    /// With this tag.
    pub tag: Option<String>,
    /// Started at or after.
    pub from: Option<Wall>,
    /// Started before.
    pub to: Option<Wall>,
    /// With, or without, a recording.
    pub has_recording: Option<bool>,
    /// Those under a figure of a report.
    pub under: Option<report::Under>,
}

/// Some rows, and where the next ones are.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The cursor of the next page; none at the end.
    pub next: Option<String>,
}

impl Store {
    /// A page of interactions, newest first. `cursor`: of the page before; `limit`: rows, 500 at most.
    ///
    /// # Errors
    /// [`Error::BadCursor`], [`Error::TooFewDigits`]; the database fails.
    pub async fn interactions(
        &self,
        tenant: TenantId,
        filter: &Filter,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<Interaction>, Error> {
        let limit = limit.clamp(1, MOST);
        let query = page(tenant, filter, cursor, limit + 1)?;
        let mut rows: Vec<Interaction> = self.all(&query).await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|last| format!("{:x}-{}", last.started.0, last.id));
        Ok(Page { rows, next })
    }

    /// The whole record of an interaction that has ended.
    ///
    /// # Errors
    /// The database fails, or the record is not one that this version can read.
    pub async fn record(&self, tenant: TenantId, id: InteractionId) -> Result<Option<InteractionRecord>, Error> {
        let mut query = Query::select();
        query.column(Alias::new("detail")).from(Alias::new(Interaction::TABLE));
        query.and_where(col("tenant_id").eq(tenant.to_value())).and_where(col("id").eq(id.to_value()));
        let row = sea_orm::ConnectionTrait::query_one(self.read(), &query).await?;
        let detail = row.map(|row: QueryResult| row.try_get_by::<String, _>("detail")).transpose()?;
        // The text of a serde error can hold values, which are private here.
        let bad = |e: serde_json::Error| Error::Stored { what: "record", reason: format!("column {}", e.column()) };
        detail.map(|json| serde_json::from_str(&json).map_err(bad)).transpose()
    }

    /// The interaction that a recording is of.
    ///
    /// # Errors
    /// The database fails.
    pub async fn interaction_of(&self, tenant: TenantId, id: RecordingId) -> Result<Option<InteractionId>, Error> {
        let mut query = Query::select();
        query.column(Alias::new("interaction_id")).from(Alias::new("recording"));
        query.and_where(col("tenant_id").eq(tenant.to_value())).and_where(col("id").eq(id.to_value()));
        let row = sea_orm::ConnectionTrait::query_one(self.read(), &query).await?;
        row.map(|row| InteractionId::read(&row, "interaction_id")).transpose().map_err(Error::from)
    }
}

/// The statement behind [`Store::interactions`].
pub(crate) fn page(
    tenant: TenantId,
    filter: &Filter,
    cursor: Option<&str>,
    rows: u64,
) -> Result<SelectStatement, Error> {
    let mut query = filtered(tenant, filter)?;
    let (began, id_column) = place(filter);
    if let Some(cursor) = cursor {
        let (started, id) = parse_cursor(cursor).ok_or(Error::BadCursor)?;
        let place = Expr::tuple([col(began), col(id_column)]);
        query.and_where(place.lt(Expr::tuple([Expr::val(started), Expr::val(id)])));
    }
    query.order_by(Alias::new(began), sea_orm::Order::Desc);
    query.order_by(Alias::new(id_column), sea_orm::Order::Desc).limit(rows);
    Ok(query)
}

/// The columns that put the rows in order: of the table whose index has them so.
fn place(filter: &Filter) -> (&'static str, &'static str) {
    if filter.under.is_some() {
        ("contact_at", "contact_of")
    } else if filter.agent.is_some() {
        ("began_at", "part_of")
    } else {
        ("started_at", "id")
    }
}

fn filtered(tenant: TenantId, filter: &Filter) -> Result<SelectStatement, Error> {
    let mut query = select::<Interaction>(tenant);
    let equals = [
        ("queue_id", filter.queue.map(|v| v.to_value())),
        ("channel", filter.channel.map(|v| v.to_value())),
        ("direction", filter.direction.map(|v| v.to_value())),
        ("outcome", filter.outcome.map(|v| v.to_value())),
        ("has_recording", filter.has_recording.map(|v| v.to_value())),
    ];
    for (column, value) in equals {
        if let Some(value) = value {
            query.and_where(col(column).eq(value));
        }
    }
    if let Some(agent) = filter.agent {
        query.from(Alias::new(PARTS)).and_where(col("part_tenant").eq(tenant.to_value()));
        query.and_where(col("part_agent").eq(agent.to_value())).and_where(col("part_of").eq(col("id")));
        if filter.missed {
            query.and_where(col("missed").eq(true));
        }
    }
    if filter.number.is_none() {
        let internal = col("direction").eq(Direction::Internal.to_value());
        query.cond_where(Cond::all().not().add(internal).add(col("to_number").eq(LINE_TEST)));
    }
    if let Some(under) = &filter.under {
        report::under(&mut query, tenant, under);
    }
    let (began, _) = place(filter);
    if let Some(from) = filter.from {
        query.and_where(col(began).gte(from.0));
    }
    if let Some(to) = filter.to {
        query.and_where(col(began).lt(to.0));
    }
    if let Some(tag) = &filter.tag {
        let mut tagged = Query::select();
        tagged.column(Alias::new("tag_of")).from(Alias::new("tag"));
        tagged.and_where(col("tag_tenant").eq(tenant.to_value())).and_where(col("word").eq(tag.to_value()));
        query.and_where(col("id").in_subquery(tagged));
    }
    if let Some(number) = &filter.number {
        query.and_where(col("id").in_subquery(with_number(tenant, number)?));
    }
    Ok(query)
}

/// The ids of interactions from or to a number: two searches by index, which an `OR` might not be.
fn with_number(tenant: TenantId, number: &Number) -> Result<SelectStatement, Error> {
    let ids = |column: &str| {
        let of = |number: &str| backwards(number);
        let condition = match number {
            Number::Exact(number) => Cond::all().add(col(column).eq(of(number.reveal()))),
            Number::Ending(ending) => {
                let first = of(ending.reveal());
                // Everything that begins with `first`: compared byte by byte, nothing in UTF-8 is above this.
                let last = format!("{first}\u{10ffff}");
                Cond::all().add(col(column).gte(first)).add(col(column).lt(last))
            }
        };
        let mut query = Query::select();
        query.column(Alias::new("id")).from(Alias::new(Interaction::TABLE));
        query.and_where(col("tenant_id").eq(tenant.to_value())).cond_where(condition);
        query
    };
    if let Number::Ending(ending) = number
        && ending.reveal().chars().count() < ENDING
    {
        return Err(Error::TooFewDigits(ENDING));
    }
    let mut from = ids("from_rev");
    from.union(UnionType::Distinct, ids("to_rev"));
    Ok(from)
}

/// As numbers are kept for searching by their ending.
pub(crate) fn backwards(number: &str) -> String {
    number.chars().rev().collect()
}

fn parse_cursor(cursor: &str) -> Option<(i64, i64)> {
    let (started, id) = cursor.split_once('-')?;
    let id: InteractionId = id.parse().ok()?;
    Some((i64::from_str_radix(started, 16).ok()?, id.0.cast_signed()))
}
