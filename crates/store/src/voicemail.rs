//! Messages that callers left: made from the journal, read by lists and at the start.

use std::borrow::Cow;

use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait};
use sea_orm::{DbBackend, Order, Value};
use serde::Deserialize;
use types::leg::Text;
use types::voicemail::{Mailbox, MessageStatus};
use types::{AgentId, InteractionId, LegId, Private, QueueId, RecordingId, TenantId, Wall};

use crate::column::Column;
use crate::error::Error;
use crate::interactions::{MOST, Page};
use crate::row::{col, row, select};
use crate::sql::Insert;
use crate::store::Store;

/// A message that a caller left.
#[derive(Clone, Debug, PartialEq)]
pub struct Voicemail {
    /// The recording, by which it is known.
    pub recording: RecordingId,
    /// Whose.
    pub tenant: TenantId,
    /// The journal's position of its end.
    pub pos: u64,
    /// The interaction.
    pub interaction: InteractionId,
    /// Whose mailbox, where it is an agent's.
    pub agent: Option<AgentId>,
    /// Whose mailbox, where it is a queue's.
    pub queue: Option<QueueId>,
    /// The leg that has the track.
    pub leg: LegId,
    /// The caller's number; empty when withheld.
    pub from: Private<Text>,
    /// When it was left.
    pub left: Wall,
    /// How long it is, milliseconds; 0 where nobody knows.
    pub duration_ms: u64,
    /// What has become of it.
    pub status: MessageStatus,
    /// When that was said.
    pub changed: Option<Wall>,
    /// Who said so: a user's name, or `phone`.
    pub changed_by: Option<Text>,
    /// The agent who said so, where it was one.
    pub changed_by_agent: Option<AgentId>,
}

row!(Voicemail, "voicemail", RecordingId, ["id"], {
    recording: "id", tenant: "tenant_id", pos: "pos", interaction: "interaction_id", agent: "agent_id", queue: "queue_id",
    leg: "leg_id", from: "from_number", left: "left_at", duration_ms: "duration_ms", status: "status",
    changed: "changed_at", changed_by: "changed_by", changed_by_agent: "changed_by_agent",
});

impl Voicemail {
    /// Whose mailbox it is in.
    pub fn mailbox(&self) -> Option<Mailbox> {
        self.agent.map(Mailbox::Agent).or(self.queue.map(Mailbox::Queue))
    }
}

const LEFT: [&str; 10] = [
    "id",
    "tenant_id",
    "pos",
    "interaction_id",
    "agent_id",
    "queue_id",
    "leg_id",
    "from_number",
    "left_at",
    "duration_ms",
];

/// `voicemail.left`.
#[derive(Deserialize)]
pub(crate) struct Left<'a> {
    id: InteractionId,
    recording: RecordingId,
    mailbox: Mailbox,
    #[serde(borrow)]
    from: Cow<'a, str>,
    leg: LegId,
    duration_ms: u64,
}

impl Left<'_> {
    /// In the order of [`LEFT`].
    pub(crate) fn values(&self, tenant: TenantId, pos: u64, at: Wall) -> [Value; 10] {
        let (agent, queue) = match self.mailbox {
            Mailbox::Agent(agent) => (Some(agent), None),
            Mailbox::Queue(queue) => (None, Some(queue)),
        };
        [
            self.recording.to_value(),
            tenant.to_value(),
            pos.to_value(),
            self.id.to_value(),
            agent.to_value(),
            queue.to_value(),
            self.leg.to_value(),
            Value::String(Some(self.from.clone().into_owned())),
            at.to_value(),
            self.duration_ms.to_value(),
        ]
    }
}

/// `voicemail.changed`.
#[derive(Deserialize)]
pub(crate) struct Changed<'a> {
    recording: RecordingId,
    status: MessageStatus,
    #[serde(borrow)]
    by: Cow<'a, str>,
    #[serde(default)]
    agent: Option<AgentId>,
}

impl Changed<'_> {
    /// As [`change`] takes them.
    pub(crate) fn values(&self, tenant: TenantId, at: Wall) -> Vec<Value> {
        let by = Value::String(Some(self.by.clone().into_owned()));
        let status = self.status.to_value();
        vec![status, at.to_value(), by, self.agent.to_value(), self.recording.to_value(), tenant.to_value()]
    }
}

pub(crate) fn insert(backend: DbBackend) -> Insert {
    Insert::new(backend, "voicemail", &LEFT, "ON CONFLICT DO NOTHING")
}

/// The statement that says what has become of a message.
pub(crate) const fn change(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "UPDATE \"voicemail\" SET \"status\" = $1, \"changed_at\" = $2, \"changed_by\" = $3, \
             \"changed_by_agent\" = $4 WHERE \"id\" = $5 AND \"tenant_id\" = $6"
        }
        _ => {
            "UPDATE \"voicemail\" SET \"status\" = ?, \"changed_at\" = ?, \"changed_by\" = ?, \
             \"changed_by_agent\" = ? WHERE \"id\" = ? AND \"tenant_id\" = ?"
        }
    }
}

fn in_any(mailboxes: &[Mailbox]) -> Cond {
    let agents = mailboxes.iter().filter_map(|m| if let Mailbox::Agent(id) = m { Some(id.to_value()) } else { None });
    let queues = mailboxes.iter().filter_map(|m| if let Mailbox::Queue(id) = m { Some(id.to_value()) } else { None });
    Cond::any().add(col("agent_id").is_in(agents)).add(col("queue_id").is_in(queues))
}

fn is_kept() -> Expr {
    col("status").ne(MessageStatus::Deleted.to_value())
}

impl Store {
    /// A page of messages that nobody has deleted, the newest first. `mailboxes`: in these alone; `cursor`: of the page
    /// before; `limit`: rows, 500 at most.
    ///
    /// # Errors
    /// [`Error::BadCursor`]; the database fails.
    pub async fn voicemails(
        &self,
        tenant: TenantId,
        mailboxes: Option<&[Mailbox]>,
        status: Option<MessageStatus>,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<Voicemail>, Error> {
        let limit = limit.clamp(1, MOST);
        let mut query = select::<Voicemail>(tenant);
        query.and_where(is_kept());
        if let Some(mailboxes) = mailboxes {
            query.cond_where(in_any(mailboxes));
        }
        if let Some(status) = status {
            query.and_where(col("status").eq(status.to_value()));
        }
        if let Some(cursor) = cursor {
            let after: RecordingId = cursor.parse().map_err(|_| Error::BadCursor)?;
            query.and_where(col("id").lt(after.to_value()));
        }
        query.order_by(Alias::new("id"), Order::Desc).limit(limit + 1);
        let mut rows: Vec<Voicemail> = self.all(&query).await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|last| last.recording.to_string());
        Ok(Page { rows, next })
    }

    /// All messages of a tenant that nobody has deleted, the oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn kept_voicemails(&self, tenant: TenantId) -> Result<Vec<Voicemail>, Error> {
        let mut query = select::<Voicemail>(tenant);
        query.and_where(is_kept()).order_by(Alias::new("id"), Order::Asc);
        self.all(&query).await
    }
}
