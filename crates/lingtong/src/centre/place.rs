//! Where a centre is: a data folder, or a running server.

use std::sync::Arc;

use directory::Permissions;
use node::{NodeError, Offline};
use resource::{Change, Edit, Expect, Request, Resource, Wish};
use types::TenantId;

use super::remote::Remote;
use super::{Where, tenant_of};
use crate::secrets::Hashed;

/// The variable that holds a token, so that it is not seen among the arguments of a program that runs.
const TOKEN: &str = "LINGTONG_TOKEN";

pub(super) enum Place {
    Folder(Box<Offline>, TenantId),
    Server(Remote),
}

impl Place {
    /// Finds the centre. A folder without a tenant gets the one that the resources name.
    pub(super) async fn open(place: Where, resources: &[Resource]) -> Result<Self, String> {
        if let Some(url) = place.url {
            let token = place.token.or_else(|| std::env::var(TOKEN).ok());
            let token = token.ok_or_else(|| format!("give the token of an administrator with --token or {TOKEN}"))?;
            return Ok(Self::Server(Remote::new(&url, token)?));
        }
        let offline = Offline::open(&place.data, Arc::new(Hashed)).await.map_err(|error| match error {
            NodeError::Journal(journal::Error::Locked { .. }) => format!(
                "a server runs on the data folder {}: change its settings with --url and --token",
                place.data.display()
            ),
            other => other.to_string(),
        })?;
        let failed = |e: &dyn std::fmt::Display| e.to_string();
        let tenants = offline.tenants().await.map_err(|e| failed(&e))?;
        let wanted = place.tenant.as_deref().or_else(|| tenant_of(resources));
        let found = match wanted {
            Some(name) => tenants.iter().find(|tenant| &*tenant.name == name),
            None if tenants.len() > 1 => return Err("there are several tenants: name one with --tenant".to_owned()),
            None => tenants.first(),
        };
        let tenant = match (found, tenant_of(resources)) {
            (Some(tenant), _) => tenant.id,
            (None, Some(name)) if wanted == Some(name) => offline.add_tenant(name).await.map_err(|e| failed(&e))?,
            (None, _) => {
                return Err("there is no such tenant; a resource of kind `tenant` in the files makes one".to_owned());
            }
        };
        Ok(Self::Folder(Box::new(offline), tenant))
    }

    /// Everything that is set up.
    pub(super) async fn export(&self) -> Result<Vec<Resource>, String> {
        match self {
            Self::Folder(offline, tenant) => {
                let rows = offline.rows(*tenant).await.map_err(|e| e.to_string())?;
                Ok(Resource::all(&rows.book().map_err(|e| e.to_string())?))
            }
            Self::Server(remote) => remote.export().await,
        }
    }

    /// Makes it what the resources say, all of it or nothing; or says what would change.
    pub(super) async fn apply(
        &self,
        resources: Vec<Resource>,
        prune: bool,
        dry_run: bool,
    ) -> Result<Vec<Change>, String> {
        match self {
            Self::Folder(offline, tenant) => {
                let edit = |resource: Resource| Edit {
                    kind: resource.kind,
                    name: resource.name,
                    expect: Expect::Any,
                    wish: Wish::Put(resource.spec),
                };
                // Who has the folder may do everything.
                let rights = Permissions::all();
                let request = Request { edits: resources.into_iter().map(edit).collect(), prune, rights };
                let changed = if dry_run {
                    offline.check(*tenant, request).await
                } else {
                    offline.change(*tenant, request).await
                };
                Ok(changed.map_err(|e| e.to_string())?.changes)
            }
            Self::Server(remote) => remote.apply(&resources, prune, dry_run).await,
        }
    }

    pub(super) async fn close(self) -> Result<(), String> {
        match self {
            Self::Folder(offline, _) => offline.close().await.map_err(|e| e.to_string()),
            Self::Server(_) => Ok(()),
        }
    }
}
