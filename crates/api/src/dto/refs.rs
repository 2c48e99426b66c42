//! Queues, teams, agents and skills, as others name them.

use serde::Serialize;
use types::record;
use types::{AgentId, QueueId, TeamId};
use utoipa::ToSchema;

use super::Title;
use crate::names::Names;

/// A queue by id and name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct QueueRef {
    pub(crate) id: String,
    /// The technical name; empty when the queue was removed.
    pub(crate) name: String,
    pub(crate) title: Title,
}

/// A team by id, technical name and title.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TeamRef {
    pub(crate) id: String,
    /// The technical name; empty when the team was removed.
    pub(crate) name: String,
    pub(crate) title: Title,
}

/// An agent by id, number and name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AgentRef {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) name: String,
}

/// A skill that was asked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AskedSkill {
    pub(crate) skill: String,
    /// The least level at first.
    pub(crate) first: u8,
    /// The least level at that moment; less than `first` where the queue had relaxed it, 0 where it asked no more.
    pub(crate) min: u8,
}

impl AgentRef {
    pub(crate) fn new(id: AgentId, names: &Names) -> Self {
        let (number, name) = names.agent(id);
        Self { id: id.to_string(), number, name }
    }
}

impl QueueRef {
    pub(crate) fn new(id: QueueId, names: &Names) -> Self {
        Self { id: id.to_string(), name: names.queue(id), title: names.queue_title(id).into() }
    }
}

impl TeamRef {
    pub(crate) fn new(id: TeamId, names: &Names) -> Self {
        let team = names.teams().iter().find(|team| team.id == id);
        let (name, title) = team.map(|team| (team.name.to_string(), team.title.shown(&team.name))).unwrap_or_default();
        Self { id: id.to_string(), name, title: title.into() }
    }
}

impl AskedSkill {
    pub(crate) fn new(asked: &record::Asked) -> Self {
        Self { skill: asked.skill.to_string(), first: asked.first, min: asked.min }
    }
}

/// The queues and the teams among those who help.
pub(crate) fn helpers(also: &[record::Helper], names: &Names) -> (Vec<QueueRef>, Vec<TeamRef>) {
    let (mut queues, mut teams) = (Vec::new(), Vec::new());
    for helper in also {
        match helper {
            record::Helper::Queue(queue) => queues.push(QueueRef::new(*queue, names)),
            record::Helper::Team { team } => teams.push(TeamRef::new(*team, names)),
        }
    }
    (queues, teams)
}
