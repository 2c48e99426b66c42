//! A tenant's settings as they stand, and as a draft would have them.

use std::collections::BTreeMap;

use center::Setup;
use directory::Tenant;
use resource::{Change, Known, NoSecrets, Parts, Request, Resource, Rows, assemble, plan};
use store::{AgentForwarding, FlowDraft, Store};
use types::TenantId;

use crate::error::Error;

/// Ids that a draft's new resources get: far beyond those of real ones, which begin with a time.
const FRESH_FROM: u64 = 1 << 62;

/// A tenant's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) rows: Rows,
    given: BTreeMap<String, String>,
    forwarding: Vec<AgentForwarding>,
}

/// Settings with a draft applied.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(crate) setup: Setup,
    /// What differs from the settings as they stand.
    pub changes: Vec<Change>,
}

impl Settings {
    /// Reads a tenant's settings. `given`: named values given at the start of the server, which win over stored ones.
    ///
    /// # Errors
    /// The database fails, or there is no such tenant.
    pub async fn read(store: &Store, tenant: TenantId, given: BTreeMap<String, String>) -> Result<Self, Error> {
        let rows = Rows::read(store, tenant).await?;
        let rows = rows.ok_or_else(|| Error::wanted("tenant", "there is no such tenant"))?;
        Ok(Self { rows, given, forwarding: store.list(tenant).await? })
    }

    /// Whose they are.
    pub const fn tenant(&self) -> &Tenant {
        &self.rows.tenant
    }

    /// What the centre is made of today.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn today(&self) -> Result<Setup, Error> {
        self.setup(assemble(&self.rows, &self.given).map_err(Error::Settings)?)
    }

    /// The same once these resources are what they say; nothing is kept of it.
    ///
    /// # Errors
    /// All that is wrong with the draft.
    pub fn draft(&self, resources: Vec<Resource>) -> Result<Draft, Error> {
        let request = Request::trial(resources);
        let mut last = FRESH_FROM;
        let mut fresh = || {
            last += 1;
            last
        };
        let known = Known { given: &self.given, secrets: &NoSecrets, fresh: &mut fresh };
        let plan = plan(&self.rows, &request, known).map_err(Error::Settings)?;
        Ok(Draft { changes: plan.changes, setup: self.setup(plan.parts)? })
    }

    /// A flow's draft as the designer keeps it.
    ///
    /// # Errors
    /// The database fails, or there is no such draft.
    pub async fn flow_draft(&self, store: &Store, flow: &str) -> Result<Resource, Error> {
        let key = (self.rows.tenant.id, flow.to_owned());
        let draft = store.get::<FlowDraft>(self.rows.tenant.id, key).await?;
        let draft = draft.ok_or_else(|| Error::wanted("draft.flow", format!("the flow {flow} has no draft")))?;
        Ok(Resource { kind: resource::Kind::Flow, name: draft.name, spec: draft.spec })
    }

    fn setup(&self, mut parts: Parts) -> Result<Setup, Error> {
        // What agents said themselves.
        for row in &self.forwarding {
            if parts.directory.agent(row.agent).is_some() {
                parts.directory.set_forwarding(row.agent, row.rules.clone());
            }
        }
        let Parts { directory, plan, queues, agents, mailbox_agents, flows, settings, thresholds, secrets, databases } =
            parts;
        let seed = self.rows.tenant.id.0;
        let setup = Setup {
            directory,
            plan,
            queues,
            agents,
            mailbox_agents,
            flows,
            settings,
            thresholds,
            secrets,
            databases,
            seed,
        };
        setup.check().map_err(|e| Error::wanted("settings", e.to_string()))?;
        Ok(setup)
    }
}
