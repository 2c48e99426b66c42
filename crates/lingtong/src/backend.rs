//! The node as the API sees it.

use api::{Answer, Backend, Trouble};
use center::{AgentOrder, AgentStatus, Live, LiveQueue};
use node::Handle;
use types::{AgentId, InteractionId, TenantId};

use crate::metrics;

/// A node behind the API.
pub(crate) struct NodeBackend(pub(crate) Handle);

impl Backend for NodeBackend {
    fn live(&self, tenant: TenantId) -> Answer<'_, Option<(u64, Live)>> {
        Box::pin(async move { self.0.live(tenant).await.ok().flatten() })
    }

    fn queues(&self, tenant: TenantId) -> Answer<'_, Vec<LiveQueue>> {
        Box::pin(async move { self.0.queues(tenant).await.unwrap_or_default() })
    }

    fn agent_status(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Option<AgentStatus>> {
        Box::pin(async move { self.0.agent(tenant, agent).await.ok().flatten() })
    }

    fn order(&self, tenant: TenantId, agent: AgentId, order: AgentOrder) -> Answer<'_, Result<AgentStatus, Trouble>> {
        Box::pin(async move {
            let done = self.0.order(tenant, agent, order).await.map_err(|_| Trouble::Unavailable)?;
            done.map_err(Trouble::Refused)
        })
    }

    fn hang_up(&self, tenant: TenantId, id: InteractionId) -> Answer<'_, Result<(), Trouble>> {
        Box::pin(async move {
            let done = self.0.hang_up(tenant, id).await.map_err(|_| Trouble::Unavailable)?;
            done.map_err(Trouble::Refused)
        })
    }

    fn metrics(&self) -> String {
        metrics::text(&self.0)
    }

    fn ready(&self) -> bool {
        true
    }
}
