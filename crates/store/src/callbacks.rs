//! Customers who want to be called back: made from the journal, read by lists and at the start.

use std::borrow::Cow;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbBackend, Order, Value};
use serde::Deserialize;
use types::leg::Text;
use types::record::{CallbackNews, CallbackStatus, SkillLevel};
use types::{InteractionId, Private, QueueId, TenantId, Wall};

use crate::column::Column;
use crate::error::Error;
use crate::interactions::{MOST, Page};
use crate::row::{Row, col, row, select};
use crate::sql::Insert;
use crate::store::Store;

/// A customer who wants to be called back.
#[derive(Clone, Debug, PartialEq)]
pub struct Callback {
    /// The journal's position of the wish, by which it is known.
    pub pos: u64,
    /// Whose.
    pub tenant: TenantId,
    /// The interaction in which it was asked for.
    pub interaction: InteractionId,
    /// The number to call.
    pub number: Private<Text>,
    /// The queue that is to call.
    pub queue: Option<QueueId>,
    /// When it was asked for.
    pub requested: Wall,
    /// Since when the customer had waited by then: the place that is kept.
    pub since: Option<Wall>,
    /// What the agent who calls has to be able to do beside what the queue asks, as JSON; see [`Callback::wants`].
    pub wants: Text,
    /// How far it has come.
    pub status: CallbackStatus,
    /// When that was said.
    pub changed: Option<Wall>,
    /// Who said so, where it was a person.
    pub changed_by: Option<Text>,
    /// Calls that were made in vain.
    pub attempts: u32,
    /// What was found last, where the center has followed it.
    pub news: Option<CallbackNews>,
    /// The interaction by which the customer was called last.
    pub called_by: Option<InteractionId>,
    /// When the customer is called next at the earliest.
    pub next: Option<Wall>,
    /// Nobody asked for it: the customer hung up while it waited.
    pub missed: bool,
}

row!(Callback, "callback", u64, ["pos"], {
    pos: "pos", tenant: "tenant_id", interaction: "interaction_id", number: "number", queue: "queue_id",
    requested: "requested_at", since: "since_at", wants: "wants", status: "status", changed: "changed_at",
    changed_by: "changed_by", attempts: "attempts", news: "news", called_by: "called_by", next: "next_at",
    missed: "missed",
});

impl Callback {
    /// What the agent who calls has to be able to do, beside what the queue asks.
    pub fn wants(&self) -> Vec<SkillLevel> {
        serde_json::from_str(&self.wants).unwrap_or_default()
    }
}

const ASKED: [&str; 9] =
    ["pos", "tenant_id", "interaction_id", "number", "queue_id", "requested_at", "since_at", "wants", "missed"];

pub(crate) fn insert(backend: DbBackend) -> Insert {
    Insert::new(backend, "callback", &ASKED, "ON CONFLICT DO NOTHING")
}

/// `callback.requested`.
#[derive(Deserialize)]
pub(crate) struct Requested<'a> {
    id: InteractionId,
    #[serde(borrow)]
    number: Cow<'a, str>,
    #[serde(default)]
    queue: Option<QueueId>,
    #[serde(default)]
    since: Option<Wall>,
    #[serde(default)]
    wants: Vec<SkillLevel>,
    #[serde(default)]
    missed: bool,
}

impl Requested<'_> {
    /// In the order of [`ASKED`].
    pub(crate) fn values(&self, tenant: TenantId, pos: u64, at: Wall) -> Result<[Value; 9], serde_json::Error> {
        Ok([
            pos.to_value(),
            tenant.to_value(),
            self.id.to_value(),
            Value::String(Some(self.number.clone().into_owned())),
            self.queue.to_value(),
            at.to_value(),
            self.since.to_value(),
            Value::String(Some(serde_json::to_string(&self.wants)?)),
            self.missed.to_value(),
        ])
    }
}

/// What changes a wish that is there already, in the order in which it was said.
pub(crate) enum Change {
    Said(Vec<Value>),
    Followed(Vec<Value>),
}

/// The statements of [`Change`].
pub(crate) struct Changes {
    said: &'static str,
    followed: &'static str,
}

impl Changes {
    pub(crate) const fn new(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Postgres => Self {
                said: "UPDATE \"callback\" SET \"status\" = $1, \"changed_at\" = $2, \"changed_by\" = $3, \
                       \"next_at\" = NULL WHERE \"pos\" = $4 AND \"tenant_id\" = $5",
                followed: "UPDATE \"callback\" SET \"status\" = $1, \"changed_at\" = $2, \"changed_by\" = NULL, \
                           \"news\" = $3, \"attempts\" = $4, \"next_at\" = $5, \"called_by\" = COALESCE($6, \"called_by\") \
                           WHERE \"interaction_id\" = $7 AND \"tenant_id\" = $8 AND \"pos\" < $9 AND \"status\" = 'asked'",
            },
            _ => Self {
                said: "UPDATE \"callback\" SET \"status\" = ?, \"changed_at\" = ?, \"changed_by\" = ?, \
                       \"next_at\" = NULL WHERE \"pos\" = ? AND \"tenant_id\" = ?",
                followed: "UPDATE \"callback\" SET \"status\" = ?, \"changed_at\" = ?, \"changed_by\" = NULL, \
                           \"news\" = ?, \"attempts\" = ?, \"next_at\" = ?, \"called_by\" = COALESCE(?, \"called_by\") \
                           WHERE \"interaction_id\" = ? AND \"tenant_id\" = ? AND \"pos\" < ? AND \"status\" = 'asked'",
            },
        }
    }

    /// The statement of a change, and its values.
    pub(crate) fn of(&self, change: Change) -> (&'static str, Vec<Value>) {
        match change {
            Change::Said(values) => (self.said, values),
            Change::Followed(values) => (self.followed, values),
        }
    }
}

/// `callback.changed`.
#[derive(Deserialize)]
pub(crate) struct Changed<'a> {
    callback: u64,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    by: Cow<'a, str>,
}

impl Changed<'_> {
    pub(crate) fn change(&self, tenant: TenantId, at: Wall) -> Change {
        let [status, by] = [&self.status, &self.by].map(|text| Value::String(Some(text.clone().into_owned())));
        Change::Said(vec![status, at.to_value(), by, self.callback.to_value(), tenant.to_value()])
    }
}

/// `callback.followed`.
#[derive(Deserialize)]
pub(crate) struct Followed {
    of: InteractionId,
    #[serde(default)]
    id: Option<InteractionId>,
    news: CallbackNews,
    status: CallbackStatus,
    attempts: u32,
    #[serde(default)]
    next: Option<Wall>,
}

impl Followed {
    pub(crate) fn change(&self, tenant: TenantId, pos: u64, at: Wall) -> Change {
        Change::Followed(vec![
            self.status.to_value(),
            at.to_value(),
            self.news.to_value(),
            self.attempts.to_value(),
            self.next.to_value(),
            self.id.to_value(),
            self.of.to_value(),
            tenant.to_value(),
            pos.to_value(),
        ])
    }
}

impl Store {
    /// A page of callbacks, those first who have waited longest. `cursor`: of the page before; `limit`: rows, 500 at
    /// most.
    ///
    /// # Errors
    /// [`Error::BadCursor`]; the database fails.
    pub async fn callbacks(
        &self,
        tenant: TenantId,
        status: Option<CallbackStatus>,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<Callback>, Error> {
        let limit = limit.clamp(1, MOST);
        let mut query = select::<Callback>(tenant);
        if let Some(status) = status {
            query.and_where(col("status").eq(status.to_value()));
        }
        if let Some(cursor) = cursor {
            let after: u64 = cursor.parse().map_err(|_| Error::BadCursor)?;
            query.and_where(col("pos").gt(after.to_value()));
        }
        query.order_by(Alias::new("pos"), Order::Asc).limit(limit + 1);
        let mut rows: Vec<Callback> = self.all(&query).await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|last| last.pos.to_string());
        Ok(Page { rows, next })
    }

    /// The wishes that agents of queues are yet to follow, in the order in which they were asked; `most` of them.
    ///
    /// # Errors
    /// The database fails.
    pub async fn open_callbacks(&self, tenant: TenantId, most: u64) -> Result<Vec<Callback>, Error> {
        let mut query = select::<Callback>(tenant);
        query.and_where(col("status").eq(CallbackStatus::Asked.to_value())).and_where(col("queue_id").is_not_null());
        query.order_by(Alias::new("pos"), Order::Asc).limit(most);
        self.all(&query).await
    }

    /// What has come of the wishes that began at a moment or later: how many stand so, by whether nobody asked for them.
    ///
    /// # Errors
    /// The database fails.
    pub async fn callback_counts(
        &self,
        tenant: TenantId,
        since: Wall,
    ) -> Result<Vec<(bool, CallbackStatus, u64)>, Error> {
        let mut query = Query::select();
        query.columns([Alias::new("missed"), Alias::new("status")]).from(Alias::new(Callback::TABLE));
        query.expr_as(Expr::cust("COUNT(*)"), Alias::new("wishes")).add_group_by([col("missed"), col("status")]);
        query.and_where(col("tenant_id").eq(tenant.to_value())).and_where(col("requested_at").gte(since.to_value()));
        let mut counts = Vec::new();
        for row in self.read().query_all(&query).await? {
            let (missed, status) = (Column::read(&row, "missed")?, Column::read(&row, "status")?);
            counts.push((missed, status, Column::read(&row, "wishes")?));
        }
        Ok(counts)
    }
}
