//! What people keep under a name, for themselves or for all who may see reports.

use directory::Permission;
use store::{Dashboard, Login, ReportView, Row};
use types::{InteractionId, UserId};

use crate::error::{ApiError, Code, Result};
use crate::input::Id;
use crate::state::App;
use crate::viewer::Viewer;

/// Of one kind and one person; nobody finds anything among more.
const MOST: usize = 100;
const NAME_CHARS: usize = 80;

/// The id of what is kept; written as all ids are.
pub(super) type KeptId = Id<InteractionId>;

/// Something that is kept.
pub(super) trait Kept: Row<Key = u64> {
    fn id(&self) -> u64;
    fn owner(&self) -> UserId;
    fn name(&self) -> &str;
    fn is_shared(&self) -> bool;
}

macro_rules! kept {
    ($($kind:ty),+) => {$(
        impl Kept for $kind {
            fn id(&self) -> u64 {
                self.id
            }

            fn owner(&self) -> UserId {
                self.owner
            }

            fn name(&self) -> &str {
                &self.name
            }

            fn is_shared(&self) -> bool {
                self.shared
            }
        }
    )+};
}

kept!(ReportView, Dashboard);

/// The own ones and those that others share, by name, each with its owner's user name.
pub(super) async fn visible<K: Kept>(app: &App, viewer: &Viewer) -> Result<Vec<(K, String)>> {
    viewer.require(Permission::InteractionsReadAll)?;
    let mut all = app.store.list::<K>(viewer.tenant()).await?;
    all.retain(|one| one.is_shared() || one.owner() == viewer.user.id);
    all.sort_by(|a, b| a.name().cmp(b.name()).then(a.id().cmp(&b.id())));
    let logins = app.store.list::<Login>(viewer.tenant()).await?;
    let owner = |one: &K| {
        let login = logins.iter().find(|login| login.user.id == one.owner());
        login.map(|login| login.user.username.to_string()).unwrap_or_default()
    };
    let with_owner = |one| {
        let owner = owner(&one);
        (one, owner)
    };
    Ok(all.into_iter().map(with_owner).collect())
}

/// Keeps one more, when this person has room for it.
pub(super) async fn keep<K: Kept>(app: &App, viewer: &Viewer, one: &K) -> Result<()> {
    let all = app.store.list::<K>(viewer.tenant()).await?;
    if all.iter().filter(|other| other.owner() == one.owner()).count() >= MOST {
        return Err(Code::Limit.into());
    }
    Ok(app.store.insert(one).await?)
}

/// The one with an id, when it is this person's.
pub(super) async fn own<K: Kept>(app: &App, viewer: &Viewer, id: u64) -> Result<K> {
    viewer.require(Permission::InteractionsReadAll)?;
    let one = app.store.get::<K>(viewer.tenant(), id).await?.ok_or_else(ApiError::not_found)?;
    match (one.owner() == viewer.user.id, one.is_shared()) {
        (true, _) => Ok(one),
        // Others see that it is there, and no more.
        (false, true) => Err(Code::Forbidden.into()),
        (false, false) => Err(ApiError::not_found()),
    }
}

/// Forgets one of this person's.
pub(super) async fn forget<K: Kept>(app: &App, viewer: &Viewer, id: u64) -> Result<()> {
    own::<K>(app, viewer, id).await?;
    app.store.delete::<K>(viewer.tenant(), id).await?;
    Ok(())
}

/// A name as it is kept.
pub(super) fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS {
        return Err(ApiError::field(Code::BadValue, "name"));
    }
    Ok(name.to_owned())
}
