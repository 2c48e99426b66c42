//! The node as the API sees it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use api::{Answer, Backend, PhoneCredentials, PhoneLine, Trouble};
use bytes::Bytes;
use center::{AgentOrder, AgentStatus, By, CallOrder, Live, LiveDetail, LiveFigures, Refused, TrialWish};
use flow::{LookupRequest, LookupTold};
use journal::ladder::Position;
use node::Handle;
use resource::{ChangeError, Changed, Request};
use types::event::Event;
use types::forward::Forwarding;
use types::leg::Text;
use types::record::{Disposition, Supervision};
use types::voicemail::{Mailbox, MarkedBy, MessageStatus};
use types::{AgentId, AlertId, FlowId, InteractionId, Private, RecordingId, TenantId};

use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use crate::metrics;

/// Figures are as good as new for so long.
const FIGURES_FRESH: Duration = Duration::from_secs(1);

/// A node behind the API.
pub(crate) struct NodeBackend {
    node: Handle,
    /// The last figures, and when they were taken.
    figures: Mutex<Option<(Instant, String)>>,
}

impl NodeBackend {
    pub(crate) fn new(node: Handle) -> Self {
        Self { node, figures: Mutex::default() }
    }
}

impl Backend for NodeBackend {
    fn live(&self, tenant: TenantId) -> Answer<'_, Option<(u64, Live)>> {
        Box::pin(async move { self.node.live(tenant).await.ok().flatten() })
    }

    fn live_figures(&self, tenant: TenantId) -> Answer<'_, LiveFigures> {
        Box::pin(async move { self.node.live_figures(tenant).await.unwrap_or_default() })
    }

    fn acknowledge(&self, tenant: TenantId, alert: AlertId, by: Text) -> Answer<'_, Result<(), Trouble>> {
        Box::pin(async move {
            let done = self.node.acknowledge(tenant, alert, by).await.map_err(|_| Trouble::Unavailable)?;
            done.map_err(Trouble::Refused)
        })
    }

    fn agent_status(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Option<AgentStatus>> {
        Box::pin(async move { self.node.agent(tenant, agent).await.ok().flatten() })
    }

    fn order(&self, tenant: TenantId, agent: AgentId, order: AgentOrder) -> Answer<'_, Result<AgentStatus, Trouble>> {
        Box::pin(async move {
            let done = self.node.order(tenant, agent, order).await.map_err(|_| Trouble::Unavailable)?;
            done.map_err(Trouble::Refused)
        })
    }

    fn forwarding(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Result<Option<Forwarding>, Trouble>> {
        Box::pin(async move { self.node.forwarding(tenant, agent).await.map_err(|_| Trouble::Unavailable) })
    }

    fn set_forwarding(
        &self,
        tenant: TenantId,
        agent: AgentId,
        rules: Forwarding,
        by: Text,
    ) -> Answer<'_, Result<(), Trouble>> {
        Box::pin(async move {
            let done = self.node.set_forwarding(tenant, agent, rules, by).await.map_err(|_| Trouble::Unavailable)?;
            done.map_err(Trouble::Refused)
        })
    }

    fn flush_ladder(&self) -> Answer<'_, Position> {
        Box::pin(async move { self.node.flush_ladder().await.unwrap_or(Position::NONE) })
    }

    fn mailboxes(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Result<Vec<Mailbox>, Trouble>> {
        Box::pin(async move { self.node.mailboxes(tenant, agent).await.map_err(|_| Trouble::Unavailable) })
    }

    fn mark_message(
        &self,
        tenant: TenantId,
        recording: RecordingId,
        status: MessageStatus,
        by: MarkedBy,
    ) -> Answer<'_, Result<(), Trouble>> {
        Box::pin(async move {
            let done = self.node.mark_message(tenant, recording, status, by).await.map_err(|_| Trouble::Unavailable)?;
            done.map_err(Trouble::Refused)
        })
    }

    fn interaction(&self, tenant: TenantId, id: InteractionId) -> Answer<'_, Result<Option<Box<LiveDetail>>, Trouble>> {
        Box::pin(async move { self.node.interaction(tenant, id).await.map_err(|_| Trouble::Unavailable) })
    }

    fn dispose(
        &self,
        tenant: TenantId,
        id: InteractionId,
        disposition: Disposition,
        known: bool,
    ) -> Answer<'_, Result<(), Trouble>> {
        Box::pin(async move {
            let done = self.node.dispose(tenant, id, disposition, known).await.map_err(|_| Trouble::Unavailable)?;
            done.map_err(Trouble::Refused)
        })
    }

    fn order_call(
        &self,
        tenant: TenantId,
        id: InteractionId,
        by: By,
        order: CallOrder,
    ) -> Answer<'_, Result<(), Trouble>> {
        Box::pin(async move {
            let done = self.node.order_call(tenant, id, by, order).await.map_err(|_| Trouble::Unavailable)?;
            done.map_err(Trouble::Refused)
        })
    }

    fn try_lookup(&self, tenant: TenantId, request: LookupRequest) -> Answer<'_, Result<LookupTold, Trouble>> {
        Box::pin(async move { self.node.try_lookup(tenant, request).await.map_err(|_| Trouble::Unavailable) })
    }

    fn canary_report(&self, tenant: TenantId, flow: FlowId, version: u32) -> Option<flow::canary::Report> {
        self.node.canary_report(tenant, flow, version)
    }

    fn dial(&self, tenant: TenantId, agent: AgentId, to: Private<Text>) -> Answer<'_, Result<InteractionId, Trouble>> {
        Box::pin(async move {
            let done = self.node.dial(tenant, agent, to).await.map_err(|_| Trouble::Unavailable)?;
            done.map_err(Trouble::Refused)
        })
    }

    fn supervise(
        &self,
        tenant: TenantId,
        id: InteractionId,
        by: AgentId,
        mode: Supervision,
    ) -> Answer<'_, Result<(), Trouble>> {
        Box::pin(async move {
            let done = self.node.supervise(tenant, id, by, mode).await.map_err(|_| Trouble::Unavailable)?;
            done.map_err(Trouble::Refused)
        })
    }

    fn hang_up(&self, tenant: TenantId, id: InteractionId) -> Answer<'_, Result<(), Trouble>> {
        Box::pin(async move {
            let done = self.node.hang_up(tenant, id).await.map_err(|_| Trouble::Unavailable)?;
            done.map_err(Trouble::Refused)
        })
    }

    fn phone_credentials(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Result<PhoneCredentials, Trouble>> {
        Box::pin(async move {
            let found = self.node.phone_credentials(tenant, agent).await.map_err(|_| Trouble::Unavailable)?;
            found.map(lent).ok_or(Trouble::Refused(Refused::NoPhone))
        })
    }

    fn await_trial(
        &self,
        tenant: TenantId,
        wish: TrialWish,
    ) -> Answer<'_, Result<(InteractionId, PhoneCredentials), Trouble>> {
        Box::pin(async move {
            let waits = self.node.await_trial(tenant, wish).await.map_err(|_| Trouble::Unavailable)?;
            waits.map(|(id, theirs)| (id, lent(theirs))).map_err(Trouble::Refused)
        })
    }

    fn phone_line(&self, secure: bool, peer: SocketAddr) -> Option<Box<dyn PhoneLine>> {
        self.node.phone_line(secure, peer).map(|line| Box::new(Line(line)) as Box<dyn PhoneLine>)
    }

    fn check_settings(&self, tenant: TenantId, request: Request) -> Answer<'_, Result<Changed, ChangeError>> {
        Box::pin(self.node.check_settings(tenant, request))
    }

    fn change_settings<'a>(
        &'a self,
        tenant: TenantId,
        by: &'a str,
        request: Request,
    ) -> Answer<'a, Result<Changed, ChangeError>> {
        Box::pin(self.node.change_settings(tenant, by, request))
    }

    fn callback_changed(&self, row: store::Callback) -> Answer<'_, Result<(), Trouble>> {
        Box::pin(async move { self.node.callback_changed(row).await.map_err(|_| Trouble::Unavailable) })
    }

    fn call_back_now(&self, tenant: TenantId, of: InteractionId) -> Answer<'_, Result<(), Trouble>> {
        Box::pin(async move {
            let done = self.node.call_back_now(tenant, of).await.map_err(|_| Trouble::Unavailable)?;
            done.map_err(Trouble::Refused)
        })
    }

    fn open_tenant(&self, tenant: TenantId) -> Answer<'_, Result<(), Trouble>> {
        Box::pin(async move { self.node.open_tenant(tenant).await.map_err(|_| Trouble::Unavailable) })
    }

    fn metrics(&self) -> Answer<'_, String> {
        Box::pin(async move {
            // One at a time, and not too often: anybody may ask, and the signalling thread has to answer.
            let mut last = self.figures.lock().await;
            let text = match last.take().filter(|(at, _)| at.elapsed() < FIGURES_FRESH) {
                Some((at, text)) => last.insert((at, text)),
                None => last.insert((Instant::now(), metrics::text(&self.node.figures().await))),
            };
            text.1.clone()
        })
    }

    fn alarms(&self) -> watch::Receiver<Arc<Vec<Event>>> {
        self.node.alarms()
    }

    fn ready(&self) -> bool {
        true
    }
}

/// An account as the API sees it.
fn lent(theirs: node::PhoneCredentials) -> PhoneCredentials {
    PhoneCredentials {
        device: theirs.device.to_string(),
        realm: theirs.realm.to_string(),
        username: theirs.username,
        password: theirs.password,
        expires_in_s: theirs.expires_in_s,
    }
}

/// A browser's connection as the API sees it.
struct Line(node::PhoneLine);

impl PhoneLine for Line {
    fn hear(&self, message: Bytes) -> bool {
        self.0.hear(message)
    }

    fn next(&mut self) -> Answer<'_, Option<Bytes>> {
        Box::pin(self.0.next())
    }
}
