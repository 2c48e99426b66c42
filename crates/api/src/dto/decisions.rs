//! Decisions with everybody who was in question.

use center::PastOffer;
use serde::Serialize;
use types::record;
use utoipa::ToSchema;

use super::history::{Decision, NextCandidate};
use crate::names::Names;

/// An agent who was out of the question.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeftOut {
    pub(crate) agent_id: String,
    pub(crate) number: String,
    pub(crate) reason: String,
}

/// A decision, and all whom it could have fallen on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FullDecision {
    /// What the record keeps.
    #[schema(inline)]
    pub(crate) decision: Decision,
    /// Whether the journal still tells all that it was made of. Else there is no more than the record keeps.
    pub(crate) complete: bool,
    /// Everybody who was ready, the winner first, by the very code that chose.
    #[schema(inline)]
    pub(crate) candidates: Vec<NextCandidate>,
    /// Everybody else of the queue, with the reason.
    #[schema(inline)]
    pub(crate) left_out: Vec<LeftOut>,
}

/// An interaction's decisions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Decisions {
    #[schema(inline)]
    pub(crate) items: Vec<FullDecision>,
}

impl FullDecision {
    pub(crate) fn new(decision: &record::Decision, offer: Option<PastOffer>, names: &Names) -> Self {
        let complete = offer.is_some();
        let ranking = offer.map(|offer| offer.ranking);
        let candidates = match &ranking {
            Some(ranking) => ranking.candidates.iter().map(|c| NextCandidate::new(c, names)).collect(),
            None => {
                [&decision.winner].into_iter().chain(&decision.next).map(|c| NextCandidate::new(c, names)).collect()
            }
        };
        let left_out = ranking.into_iter().flat_map(|ranking| ranking.left_out).map(|(agent, reason)| LeftOut {
            agent_id: agent.to_string(),
            number: names.agent(agent).0,
            reason: reason.to_string(),
        });
        Self { decision: Decision::new(decision, names), complete, candidates, left_out: left_out.collect() }
    }
}
