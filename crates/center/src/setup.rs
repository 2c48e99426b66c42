//! What a tenant is made of.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use acd::{AgentConfig, QueueConfig};
use dialplan::{Dialled, DidTarget, DoNotCallList, Plan, PriorityRules, is_emergency};
use directory::Directory;
use flow::{Database, Flow};
use types::leg::Text;
use types::{AgentId, FlowId, Private, QueueId};

/// One tenant's settings, checked and complete.
#[derive(Clone, Debug)]
pub struct Setup {
    /// People and telephones.
    pub directory: Directory,
    /// Numbers, trunks and routes.
    pub plan: Plan,
    /// Queues.
    pub queues: Vec<QueueConfig>,
    /// Agents as the router sees them.
    pub agents: Vec<AgentConfig>,
    /// Whose the mailboxes of queues are; all who serve a queue have that of one which is not named here.
    pub mailbox_agents: HashMap<QueueId, Vec<AgentId>>,
    /// Flows by id.
    pub flows: HashMap<FlowId, Arc<Flow>>,
    /// Named values that flows refer to as `setting:NAME`, and `call.longest_s`, the longest a call
    /// may last in seconds, and `anchor.wait_s`, how long an agent's page may take to come back to its call.
    pub settings: HashMap<Text, Text>,
    /// What somebody wants to be told of.
    pub thresholds: Vec<alert::Threshold>,
    /// Secrets that flows show to other systems.
    pub secrets: HashMap<Text, Private<Text>>,
    /// Databases that flows look into.
    pub databases: HashMap<Text, Database>,
    /// The seed of all random choices of this tenant's router.
    pub seed: u64,
}

/// A queue's or an agent's setting that makes no sense.
pub(crate) fn invalid(what: &'static str, name: &Text, why: &acd::ConfigError) -> SetupError {
    SetupError::Invalid { what, name: name.clone(), why: why.to_string() }
}

/// Why a tenant's settings are not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// A queue's, an agent's or another setting makes no sense.
    #[error("{what} {name}: {why}")]
    Invalid {
        /// `queue`, `agent`, `flow`.
        what: &'static str,
        /// Its name.
        name: Text,
        /// What is wrong.
        why: String,
    },
    /// A number that is to be shown is not ours.
    #[error("{what} {name} shows {number}, which is no number of ours")]
    NotOurs {
        /// `queue`, `agent`.
        what: &'static str,
        /// Its name.
        name: Text,
        /// The number.
        number: Text,
    },
}

impl Setup {
    /// A queue's number has to lead to it and to nothing else.
    ///
    /// # Errors
    /// The number of a queue that is taken or stands for something else.
    pub(crate) fn check_queue_numbers(&self) -> Result<(), SetupError> {
        let mut seen = HashSet::new();
        for queue in self.queues.iter().filter(|q| !q.number.is_empty()) {
            let number = &*queue.number;
            let why = if is_emergency(number) {
                "is an emergency number"
            } else if self.directory.agent_by_number(number).is_some() {
                "is an agent's"
            } else if self.leads_elsewhere(queue) {
                "leads elsewhere already"
            } else if !seen.insert(number) {
                "is another queue's"
            } else {
                continue;
            };
            let why = format!("number {number} {why}");
            return Err(SetupError::Invalid { what: "queue", name: queue.name.clone(), why });
        }
        Ok(())
    }

    /// Nobody may be shown a number that is not ours.
    ///
    /// # Errors
    /// The queue or agent that wants such a one.
    pub(crate) fn check_caller_ids(&self) -> Result<(), SetupError> {
        let queues = self.queues.iter().map(|queue| ("queue", &queue.name, &queue.caller_id));
        let agents = self.directory.agents().map(|agent| ("agent", &agent.number, &agent.caller_id));
        for (what, name, caller_id) in queues.chain(agents) {
            if let Some(number) = caller_id.as_ref().filter(|number| !self.plan.is_ours(number)) {
                return Err(SetupError::NotOurs { what, name: name.clone(), number: number.clone() });
            }
        }
        Ok(())
    }

    /// Who goes before others.
    ///
    /// # Errors
    /// The rule that makes no sense.
    pub(crate) fn priorities(&self) -> Result<PriorityRules, SetupError> {
        let text = self.settings.get(PriorityRules::SETTING).map_or("", |text| &**text);
        PriorityRules::parse(text, self.plan.numbering()).map_err(|why| SetupError::Invalid {
            what: "setting",
            name: PriorityRules::SETTING.into(),
            why: why.to_string(),
        })
    }

    /// Whom its people may not call.
    ///
    /// # Errors
    /// The entry that makes no sense.
    pub(crate) fn do_not_call(&self) -> Result<DoNotCallList, SetupError> {
        let text = self.settings.get(DoNotCallList::SETTING).map_or("", |text| &**text);
        DoNotCallList::parse(text, self.plan.numbering()).map_err(|why| SetupError::Invalid {
            what: "setting",
            name: DoNotCallList::SETTING.into(),
            why: why.to_string(),
        })
    }

    fn leads_elsewhere(&self, queue: &QueueConfig) -> bool {
        matches!(self.plan.from_inside(&queue.number), Dialled::Did(to) if *to != DidTarget::Queue(queue.id))
    }
}
