//! What a tenant is made of.

use std::collections::HashMap;
use std::sync::Arc;

use acd::{AgentConfig, QueueConfig};
use dialplan::Plan;
use directory::Directory;
use flow::Flow;
use types::FlowId;
use types::leg::Text;

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
    /// Flows by id.
    pub flows: HashMap<FlowId, Arc<Flow>>,
    /// Named values that flows refer to as `setting:NAME`, and `call.longest_s`, the longest a call
    /// may last in seconds, and `anchor.wait_s`, how long an agent's page may take to come back to its call.
    pub settings: HashMap<Text, Text>,
    /// The seed of all random choices of this tenant's router.
    pub seed: u64,
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
}
