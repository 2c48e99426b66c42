//! Reading what was said of interactions afterwards: dispositions, work after the talk, survey answers.

use sea_orm::Order;
use sea_orm::sea_query::{Alias, ExprTrait};
use types::leg::Text;
use types::record::Disposition;
use types::{AgentId, InteractionId, Private, TenantId, Wall};

use crate::callbacks::Callback;
use crate::column::Column;
use crate::error::Error;
use crate::row::{Row, col, row, select};
use crate::store::Store;

/// Rows of one interaction that are read: more than any flow makes.
const OF_ONE: u64 = 200;

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
