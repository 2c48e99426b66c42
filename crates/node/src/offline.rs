//! Settings of a data folder that no server runs on.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use directory::Tenant;
use journal::Journal;
use net::prompts::Library;
use resource::{ChangeError, Changed, Request, Rows, Secrets};
use store::{Projector, Store};
use types::TenantId;
use types::event::Event;

use crate::keeper::{Keeper, News};
use crate::{FIRST_WRITE, NodeError};

/// Who has the data folder needs no user of it.
const BY: &str = "command_line";

/// A data folder that is held, so that no server starts on it meanwhile.
pub struct Offline {
    store: Store,
    journal: Journal,
    keeper: Keeper,
}

impl Offline {
    /// Takes a data folder, and makes what is missing of it.
    ///
    /// # Errors
    /// A server runs on it, or it can't be used.
    pub async fn open(data: &Path, secrets: Arc<dyn Secrets>) -> Result<Self, NodeError> {
        let failed = |source| NodeError::Data { path: data.to_owned(), source };
        std::fs::create_dir_all(data).map_err(failed)?;
        // The journal first: its lock says whether a server runs.
        let held = Journal::open(data.join("journal"), journal::Options::default())?;
        let store = Store::open_sqlite(data.join("lingtong.db")).await?;
        let seen = Projector::open(store.clone()).await?.newest();
        let journal = if held.found_pos() < seen {
            drop(held);
            let options = journal::Options { after_pos: seen, ..journal::Options::default() };
            Journal::open(data.join("journal"), options)?
        } else {
            held
        };
        let library = Arc::new(Library::new(data));
        let keeper = Keeper::new(store.clone(), BTreeMap::new(), secrets, library, 0);
        Ok(Self { store, journal, keeper })
    }

    /// Its tenants.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, store::Error> {
        self.store.tenants().await
    }

    /// Adds a tenant that has nothing yet.
    ///
    /// # Errors
    /// The name is taken or no name, or the database fails.
    pub async fn add_tenant(&self, name: &str) -> Result<TenantId, ChangeError> {
        self.keeper.add_tenant(net::media::now().wall, name).await
    }

    /// A tenant's settings.
    ///
    /// # Errors
    /// There is no such tenant, or the database fails.
    pub async fn rows(&self, tenant: TenantId) -> Result<Rows, ChangeError> {
        Rows::read(&self.store, tenant).await?.ok_or(ChangeError::NoTenant)
    }

    /// What a change would do; nothing changes.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub async fn check(&self, tenant: TenantId, request: Request) -> Result<Changed, ChangeError> {
        self.keeper.check(tenant, request).await
    }

    /// Changes settings, all that is asked for or nothing.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub async fn change(&self, tenant: TenantId, request: Request) -> Result<Changed, ChangeError> {
        let now = net::media::now().wall;
        let take = async |news: News| {
            let mut writer = self.journal.writer();
            news.events.into_iter().for_each(|what| writer.append(&Event { tenant, at: now, what }));
            writer.barrier(FIRST_WRITE);
            Ok(())
        };
        self.keeper.change(now, tenant, BY, request, take).await
    }

    /// Lets the folder go.
    ///
    /// # Errors
    /// The database fails.
    pub async fn close(self) -> Result<(), store::Error> {
        drop(self.journal);
        self.store.close().await
    }
}

#[cfg(test)]
mod tests {
    use directory::{Ha1, Permissions};
    use resource::{Edit, Expect, Kind, NoSecrets, SecretFailed, Wish};
    use serde_json::json;
    use types::Private;
    use types::event::Happening;

    use super::*;

    fn put(kind: Kind, name: &str, spec: serde_json::Value) -> Edit {
        Edit { kind, name: name.into(), expect: Expect::Any, wish: Wish::Put(spec) }
    }

    #[tokio::test]
    async fn a_change_is_saved_and_written_down() {
        let dir = tempfile::tempdir().unwrap();
        let open = || Offline::open(dir.path(), Arc::new(NoSecrets));
        let offline = open().await.unwrap();
        let tenant = offline.add_tenant("acme").await.unwrap();
        let edits = vec![
            put(Kind::Agent, "1001", json!({"display_name": "李雷"})),
            put(Kind::Queue, "sales", json!({"members": ["1001"]})),
        ];
        let request = Request { edits, prune: false, rights: Permissions::all() };
        assert_eq!(offline.check(tenant, request.clone()).await.unwrap().changes.len(), 2);
        assert_eq!(offline.rows(tenant).await.unwrap().queues.len(), 0);
        assert_eq!(offline.change(tenant, request.clone()).await.unwrap().changes.len(), 2);
        assert!(offline.change(tenant, request).await.unwrap().changes.is_empty(), "the same again is nothing");
        offline.close().await.unwrap();
        let offline = open().await.unwrap();
        assert_eq!(offline.rows(tenant).await.unwrap().members.len(), 1);
        let events = offline.journal.read_from(0).unwrap().read().unwrap();
        let said: Vec<Event> = events.iter().map(|e| e.event().unwrap()).collect();
        assert!(
            matches!(&said[1].what, Happening::SettingsChanged { kind, name, action, by, .. }
                if (&**kind, &**name, &**action, &**by) == ("queue", "sales", "create", BY)),
            "{said:?}"
        );
        assert!(matches!(offline.add_tenant("acme").await, Err(ChangeError::Refused(_))));
        assert!(open().await.is_err(), "it is held");
    }

    /// Secrets that are kept as they are.
    struct Plain;

    impl Secrets for Plain {
        fn password(&self, password: &str) -> Result<Private<String>, SecretFailed> {
            Ok(password.to_owned().into())
        }

        fn is_password(&self, password: &str, kept: &str) -> bool {
            password == kept
        }

        fn device(&self, _: &str, _: &str, secret: &str) -> Ha1 {
            Ha1 { md5: secret.into(), sha256: secret.into() }
        }
    }

    #[tokio::test]
    async fn a_question_knows_secrets_that_are_set_already() {
        let dir = tempfile::tempdir().unwrap();
        let offline = Offline::open(dir.path(), Arc::new(Plain)).await.unwrap();
        let tenant = offline.add_tenant("acme").await.unwrap();
        let wish = |secret: &str| {
            let edits = vec![
                put(Kind::User, "boss", json!({"roles": ["admin"], "password": format!("{secret} battery")})),
                put(Kind::Device, "8001", json!({"secret": secret})),
            ];
            Request { edits, prune: false, rights: Permissions::all() }
        };
        offline.change(tenant, wish("correct horse")).await.unwrap();
        assert!(offline.check(tenant, wish("correct horse")).await.unwrap().changes.is_empty());
        assert_eq!(offline.check(tenant, wish("wrong horse")).await.unwrap().changes.len(), 2);
    }
}
