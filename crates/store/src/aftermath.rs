//! Reading what was said of interactions afterwards: dispositions, work after the talk, survey answers, callbacks.

use sea_orm::Order;
use sea_orm::sea_query::{Alias, ExprTrait};
use types::leg::Text;
use types::record::{CallbackStatus, Disposition};
use types::{AgentId, InteractionId, Private, QueueId, TenantId, Wall};

use crate::column::Column;
use crate::error::Error;
use crate::interactions::{MOST, Page};
use crate::row::{Row, col, row, select};
use crate::store::Store;

/// Rows of one interaction that are read: more than any flow makes.
const OF_ONE: u64 = 200;

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
    /// How far it has come.
    pub status: CallbackStatus,
    /// When that was said.
    pub changed: Option<Wall>,
    /// Who said so.
    pub changed_by: Option<Text>,
}

row!(Callback, "callback", u64, ["pos"], {
    pos: "pos", tenant: "tenant_id", interaction: "interaction_id", number: "number", queue: "queue_id",
    requested: "requested_at", status: "status", changed: "changed_at", changed_by: "changed_by",
});

/// One answer to a survey.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyAnswer {
    /// The journal's position of the answer.
    pub pos: u64,
    /// Whose.
    pub tenant: TenantId,
    /// The interaction.
    pub interaction: InteractionId,
    /// The question's name in the flow.
    pub question: Text,
    /// The key pressed.
    pub answer: Text,
    /// When.
    pub at: Wall,
}

row!(SurveyAnswer, "survey_answer", u64, ["pos"], {
    pos: "pos", tenant: "tenant_id", interaction: "interaction_id", question: "question", answer: "answer", at: "at",
});

/// An agent's work after a talk.
#[derive(Clone, Debug, PartialEq)]
pub struct WrapUp {
    /// The interaction.
    pub interaction: InteractionId,
    /// The agent.
    pub agent: AgentId,
    /// Its end.
    pub at: Wall,
    /// Whose.
    pub tenant: TenantId,
    /// How long, milliseconds.
    pub wrap_up_ms: u64,
}

row!(WrapUp, "wrap_up", InteractionId, ["interaction_id", "agent_id", "at"], {
    interaction: "interaction_id", agent: "agent_id", at: "at", tenant: "tenant_id", wrap_up_ms: "wrap_up_ms",
});

/// What was said to have come of an interaction, as it is stored.
#[derive(Clone, Debug, PartialEq)]
struct Disposed {
    interaction: InteractionId,
    tenant: TenantId,
    pos: u64,
    code: Text,
    note: Private<Text>,
    by: Text,
    at: Wall,
}

row!(Disposed, "disposition", InteractionId, ["interaction_id"], {
    interaction: "interaction_id", tenant: "tenant_id", pos: "pos", code: "code", note: "note", by: "by_user", at: "at",
});

/// What there is of one interaction beside its record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aftermath {
    /// What was said to have come of it, last.
    pub disposition: Option<Disposition>,
    /// The agents' work after their talks, in the order of its ends.
    pub wrap_ups: Vec<WrapUp>,
    /// The answers to surveys, in order.
    pub answers: Vec<SurveyAnswer>,
    /// The callbacks asked for, in order.
    pub callbacks: Vec<Callback>,
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

    /// What there is of an interaction beside its record.
    ///
    /// # Errors
    /// The database fails.
    pub async fn aftermath(&self, tenant: TenantId, id: InteractionId) -> Result<Aftermath, Error> {
        let disposed = self.get::<Disposed>(tenant, id).await?;
        let disposition = disposed.map(|d| Disposition { code: d.code, note: d.note, by: d.by, at: d.at });
        Ok(Aftermath {
            disposition,
            wrap_ups: self.of_interaction(tenant, id, "at").await?,
            answers: self.of_interaction(tenant, id, "pos").await?,
            callbacks: self.of_interaction(tenant, id, "pos").await?,
        })
    }

    async fn of_interaction<T: Row>(&self, tenant: TenantId, id: InteractionId, order: &str) -> Result<Vec<T>, Error> {
        let mut query = select::<T>(tenant);
        query.and_where(col("interaction_id").eq(id.to_value()));
        query.order_by(Alias::new(order), Order::Asc).limit(OF_ONE);
        self.all(&query).await
    }
}
