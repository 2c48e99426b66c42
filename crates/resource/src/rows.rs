//! A tenant's settings as the store keeps them.

use std::collections::BTreeSet;

use dialplan::{Did, Trunk};
use directory::{Agent, Device, Tenant};
use store::{
    AgentRouting, AlertSubscription, CustomRole, DispositionChoice, Error, FlowCanary, FlowVersion, Guard, Login,
    MailServer, Prompt, Queue, QueueMember, ReportSchedule, RouteRow, Setting, Store, StoredDatabase, StoredSecret,
    Team, ThresholdRow,
};
use types::{AgentId, FlowId, TenantId};

use crate::spec::RoutingSpec;

/// All settings of a tenant. Of each flow only the version that calls walk and the newest one are here.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// The tenant.
    pub tenant: Tenant,
    /// Named values.
    pub settings: Vec<Setting>,
    /// Secrets that flows show to other systems.
    pub secrets: Vec<StoredSecret>,
    /// Dispositions.
    pub dispositions: Vec<DispositionChoice>,
    /// Agents.
    pub agents: Vec<Agent>,
    /// What the router knows of agents; none of those who differ in nothing.
    pub routing: Vec<AgentRouting>,
    /// Roles of the tenant's own.
    pub roles: Vec<CustomRole>,
    /// Users.
    pub users: Vec<Login>,
    /// What guards their sign-in beside the password.
    pub guards: Vec<Guard>,
    /// Teams.
    pub teams: Vec<Team>,
    /// Devices.
    pub devices: Vec<Device>,
    /// Trunks.
    pub trunks: Vec<Trunk>,
    /// Routes.
    pub routes: Vec<RouteRow>,
    /// Prompts of its own.
    pub prompts: Vec<Prompt>,
    /// Queues.
    pub queues: Vec<Queue>,
    /// Who serves which queue.
    pub members: Vec<QueueMember>,
    /// Flows.
    pub flows: Vec<FlowVersion>,
    /// Of flows, the versions that a share of the callers walks.
    pub canaries: Vec<FlowCanary>,
    /// Thresholds.
    pub thresholds: Vec<ThresholdRow>,
    /// Numbers.
    pub numbers: Vec<Did>,
    /// The mail server, if there is one.
    pub mail_servers: Vec<MailServer>,
    /// Reports that are sent again and again.
    pub report_schedules: Vec<ReportSchedule>,
    /// Who is told of alarms.
    pub alert_subscriptions: Vec<AlertSubscription>,
    /// Databases that flows look into.
    pub databases: Vec<StoredDatabase>,
}

impl Rows {
    /// A tenant with nothing set up.
    pub const fn new(tenant: Tenant) -> Self {
        Self {
            tenant,
            settings: Vec::new(),
            dispositions: Vec::new(),
            agents: Vec::new(),
            routing: Vec::new(),
            secrets: Vec::new(),
            roles: Vec::new(),
            users: Vec::new(),
            guards: Vec::new(),
            teams: Vec::new(),
            devices: Vec::new(),
            trunks: Vec::new(),
            routes: Vec::new(),
            prompts: Vec::new(),
            queues: Vec::new(),
            members: Vec::new(),
            flows: Vec::new(),
            canaries: Vec::new(),
            thresholds: Vec::new(),
            numbers: Vec::new(),
            mail_servers: Vec::new(),
            report_schedules: Vec::new(),
            alert_subscriptions: Vec::new(),
            databases: Vec::new(),
        }
    }

    /// What the router knows of an agent. What this version cannot read counts as not said.
    pub(crate) fn routing_of(&self, agent: AgentId) -> RoutingSpec {
        let row = self.routing.iter().find(|row| row.agent == agent);
        row.and_then(|row| serde_json::from_value(row.config.clone()).ok()).unwrap_or_default()
    }

    /// Reads all settings of a tenant; none when there is no such tenant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn read(store: &Store, id: TenantId) -> Result<Option<Self>, Error> {
        let Some(tenant) = store.get::<Tenant>(id, id).await? else { return Ok(None) };
        Ok(Some(Self {
            tenant,
            settings: store.list(id).await?,
            secrets: store.list(id).await?,
            dispositions: store.list(id).await?,
            agents: store.list(id).await?,
            routing: store.list(id).await?,
            roles: store.list(id).await?,
            users: store.list(id).await?,
            guards: store.list(id).await?,
            teams: store.list(id).await?,
            devices: store.list(id).await?,
            trunks: store.list(id).await?,
            routes: store.list(id).await?,
            prompts: store.list(id).await?,
            queues: store.list(id).await?,
            members: store.list(id).await?,
            flows: store.flow_heads(id).await?,
            canaries: store.list(id).await?,
            thresholds: store.list(id).await?,
            numbers: store.list(id).await?,
            mail_servers: store.list(id).await?,
            report_schedules: store.list(id).await?,
            alert_subscriptions: store.list(id).await?,
            databases: store.list(id).await?,
        }))
    }

    /// Writes what differs from `before`, all of it or nothing. Whoever may no longer sign in, or may do other things
    /// than before, has to sign in anew.
    ///
    /// # Errors
    /// The database fails; nothing has changed then.
    pub async fn write(&self, store: &Store, before: &Self) -> Result<(), Error> {
        let id = self.tenant.id;
        let change = store.change(id).await?;
        change.rows(std::slice::from_ref(&before.tenant), std::slice::from_ref(&self.tenant)).await?;
        change.rows(&before.settings, &self.settings).await?;
        change.rows(&before.secrets, &self.secrets).await?;
        change.rows(&before.dispositions, &self.dispositions).await?;
        change.rows(&before.agents, &self.agents).await?;
        change.rows(&before.routing, &self.routing).await?;
        change.rows(&before.roles, &self.roles).await?;
        for user in before.users.iter().filter(|user| !self.users.contains(user)) {
            change.end_sessions(user.user.id).await?;
        }
        change.rows(&before.users, &self.users).await?;
        change.rows(&before.guards, &self.guards).await?;
        change.rows(&before.teams, &self.teams).await?;
        change.rows(&before.devices, &self.devices).await?;
        change.rows(&before.trunks, &self.trunks).await?;
        change.rows(&before.routes, &self.routes).await?;
        change.rows(&before.prompts, &self.prompts).await?;
        for gone in before.prompts.iter().filter(|old| !self.prompts.iter().any(|new| new.name == old.name)) {
            change.forget_prompt(&gone.name).await?;
        }
        change.rows(&before.queues, &self.queues).await?;
        change.rows(&before.members, &self.members).await?;
        let kept: BTreeSet<FlowId> = self.flows.iter().map(|flow| flow.id).collect();
        let gone: BTreeSet<(FlowId, &str)> =
            before.flows.iter().map(|flow| (flow.id, &*flow.name)).filter(|(id, _)| !kept.contains(id)).collect();
        change.rows(&before.flows, &self.flows).await?;
        change.rows(&before.canaries, &self.canaries).await?;
        for (flow, name) in gone {
            change.forget_flow(flow, name).await?;
        }
        change.rows(&before.thresholds, &self.thresholds).await?;
        change.rows(&before.numbers, &self.numbers).await?;
        change.rows(&before.mail_servers, &self.mail_servers).await?;
        change.rows(&before.report_schedules, &self.report_schedules).await?;
        change.rows(&before.alert_subscriptions, &self.alert_subscriptions).await?;
        change.rows(&before.databases, &self.databases).await?;
        change.commit().await
    }
}
