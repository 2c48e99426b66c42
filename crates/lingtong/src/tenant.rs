//! A tenant of a data folder, for commands that work beside the server.

use std::path::{Path, PathBuf};

use clap::Args;
use directory::Tenant;
use store::Store;

/// Which tenant a command is about.
#[derive(Args)]
pub(crate) struct OfTenant {
    /// The server's data folder.
    #[arg(long, value_name = "DIR", default_value = "./data")]
    pub(crate) data: PathBuf,
    /// The tenant's short name; may be left out where there is only one.
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
}

/// A tenant in a data folder.
pub(crate) struct Place {
    pub(crate) store: Store,
    pub(crate) tenant: Tenant,
}

impl Place {
    pub(crate) async fn open(of: &OfTenant) -> Result<Self, String> {
        let store = open_store(&of.data).await?;
        let mut tenants = store.tenants().await.map_err(|e| e.to_string())?;
        if let Some(name) = &of.tenant {
            tenants.retain(|tenant| *tenant.name == **name);
        }
        match (tenants.len(), tenants.pop()) {
            (1, Some(tenant)) => Ok(Self { store, tenant }),
            (0, _) if of.tenant.is_some() => Err("there is no such tenant".to_owned()),
            (0, _) => Err("nothing is set up here yet: start the server and open the link that it prints".to_owned()),
            _ => Err("there are several tenants: say which one by --tenant NAME".to_owned()),
        }
    }
}

/// The store of a data folder, which has to be there.
pub(crate) async fn open_store(data: &Path) -> Result<Store, String> {
    Store::open_sqlite(&database(data)?).await.map_err(|e| e.to_string())
}

/// The database of a data folder, which has to be there: a misspelt folder must not become a new centre.
fn database(data: &Path) -> Result<PathBuf, String> {
    let path = data.join("lingtong.db");
    if path.is_file() { Ok(path) } else { Err(format!("{} is no data folder of a server", data.display())) }
}

/// The time by this machine's clock.
pub(crate) fn now() -> types::Wall {
    net::media::now().wall
}
