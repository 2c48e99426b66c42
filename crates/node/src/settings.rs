//! A tenant's settings, on their way from the store into the center.

use std::collections::BTreeMap;

use center::{Setup, SetupError};
use directory::Tenant;
use resource::{Kind, Parts, Problem, Rows, What, assemble};
use store::{AgentForwarding, Store};
use types::TenantId;
use types::leg::Text;

/// Why a tenant's settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The database fails.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A setting makes no sense.
    #[error("tenant {tenant}: {problem}")]
    Invalid {
        /// The tenant's name.
        tenant: Text,
        /// Which setting, and what is wrong with it.
        problem: Box<Problem>,
    },
}

/// Loads a tenant. `given`: named values given at the start, which win over stored ones.
///
/// # Errors
/// See [`SettingsError`].
pub(crate) async fn load(
    store: &Store,
    tenant: &Tenant,
    given: &BTreeMap<String, String>,
) -> Result<Setup, SettingsError> {
    // It was there a moment ago; without it there is nothing to serve.
    let rows = Rows::read(store, tenant.id).await?.unwrap_or_else(|| Rows::new(tenant.clone()));
    let mut parts = match assemble(&rows, given) {
        Ok(parts) => parts,
        Err(problems) => {
            let unknown = || Problem {
                kind: Kind::Tenant,
                name: tenant.name.to_string(),
                field: String::new(),
                what: What::Missing,
            };
            let problem = Box::new(problems.into_iter().next().unwrap_or_else(unknown));
            return Err(SettingsError::Invalid { tenant: tenant.name.clone(), problem });
        }
    };
    // What agents said themselves comes from the journal.
    for row in store.list::<AgentForwarding>(tenant.id).await? {
        parts.directory.set_forwarding(row.agent, row.rules);
    }
    Ok(setup(tenant.id, parts))
}

/// What the center is given.
pub(crate) fn setup(tenant: TenantId, parts: Parts) -> Setup {
    let Parts { directory, plan, queues, agents, mailbox_agents, flows, settings, thresholds, secrets, databases } =
        parts;
    Setup {
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
        seed: tenant.0,
    }
}

/// What the center refuses, in the words of settings.
pub(crate) fn problem(error: SetupError) -> Problem {
    let (of, name, field, what) = match error {
        SetupError::Invalid { what, name, why } => {
            let field = if what == Kind::Setting.as_str() { "value" } else { "" };
            (what, name, field, What::Refused(why))
        }
        SetupError::NotOurs { what, name, number } => (what, name, "caller_id", What::NotOurs(number.to_string())),
    };
    let kind = Kind::parse(of).unwrap_or(Kind::Tenant);
    Problem { kind, name: name.to_string(), field: field.to_owned(), what }
}
