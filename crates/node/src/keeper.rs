//! Whoever changes settings comes by here: one change at a time, checked as a whole, written, then taken by the center.

use std::collections::BTreeMap;
use std::sync::Arc;

use center::Setup;
use directory::Tenant;
use net::prompts::Library;
use resource::{
    Change, ChangeError, Changed, Compared, Kind, Known, Parts, Plan, Problem, Request, Rows, Secrets, What,
};
use store::{Prompt, Store};
use tokio::sync::Mutex;
use types::event::Happening;
use types::leg::Text;
use types::{IdSource, TenantId, Wall};

use crate::canary::Canaries;
use crate::prompts;
use crate::settings::{problem, setup};

/// What the center has to be told of a change.
#[derive(Clone, Debug)]
pub struct News {
    pub(crate) setup: Setup,
    pub(crate) events: Vec<Happening>,
    /// The tenant's prompts, where they have changed.
    pub(crate) prompts: Option<Arc<[Prompt]>>,
}

/// Changes settings in the store.
pub(crate) struct Keeper {
    store: Store,
    given: Arc<BTreeMap<String, String>>,
    secrets: Arc<dyn Secrets>,
    library: Arc<Library>,
    /// What was seen of versions that a share of the callers walks.
    pub(crate) canaries: Arc<Canaries>,
    /// Held while a change is thought through, written and taken, so that none is built on what another has replaced.
    ids: Mutex<IdSource>,
}

impl Keeper {
    pub(crate) fn new(
        store: Store,
        given: BTreeMap<String, String>,
        secrets: Arc<dyn Secrets>,
        library: Arc<Library>,
        node: u16,
    ) -> Self {
        let (canaries, ids) = (Arc::default(), Mutex::new(IdSource::new(node)));
        Self { store, given: Arc::new(given), secrets, library, canaries, ids }
    }

    /// Thinks a change through and changes nothing.
    pub(crate) async fn check(&self, tenant: TenantId, request: Request) -> Result<Changed, ChangeError> {
        let rows = self.rows(tenant).await?;
        let secrets = Arc::new(Compared(self.secrets.clone()));
        let (plan, _) = self.think(rows, request, secrets, IdSource::new(0), Wall(0)).await?;
        Ok(changed(plan))
    }

    /// Makes a change; `take` hands it to the center.
    pub(crate) async fn change(
        &self,
        now: Wall,
        tenant: TenantId,
        by: &str,
        request: Request,
        take: impl AsyncFnOnce(News) -> Result<(), ChangeError>,
    ) -> Result<Changed, ChangeError> {
        let mut ids = self.ids.lock().await;
        let before = self.rows(tenant).await?;
        let (mut plan, used) = self.think(before.clone(), request, self.secrets.clone(), ids.clone(), now).await?;
        *ids = used;
        if plan.changes.is_empty() {
            return Ok(changed(plan));
        }
        plan.rows.start_canaries(now);
        plan.rows.write(&self.store, &before).await?;
        let mut events: Vec<Happening> = plan.changes.iter().map(|change| event(change, by)).collect();
        self.note_canaries(&before, &plan.rows, (now, by), &mut events).await?;
        let prompts = (plan.rows.prompts != before.prompts).then(|| plan.rows.prompts.as_slice().into());
        let parts = std::mem::replace(&mut plan.parts, Parts::nothing(before.tenant));
        take(News { setup: setup(tenant, parts), events, prompts }).await?;
        Ok(changed(plan))
    }

    /// Versions of flows that a share of the callers walked have ended, or others have begun.
    async fn note_canaries(
        &self,
        before: &Rows,
        after: &Rows,
        at: (Wall, &str),
        events: &mut Vec<Happening>,
    ) -> Result<(), ChangeError> {
        if before.flows == after.flows && before.canaries == after.canaries {
            return Ok(());
        }
        let mut last = Vec::new();
        for flow in after.flows.iter().filter(|flow| flow.published && !before.flows.contains(flow)) {
            last.extend(self.store.flow_canary_ends(flow.tenant, flow.id, 1).await?);
        }
        let (ends, told) = self.canaries.note(before, after, at);
        for end in &ends {
            self.store.put(end).await?;
        }
        events.extend(Canaries::calmed(before, after, &last));
        events.extend(told);
        if before.canaries != after.canaries {
            self.canaries.changed();
        }
        Ok(())
    }

    /// What the center has to be told of a tenant that was added to the store.
    pub(crate) async fn news_of(&self, tenant: TenantId) -> Result<News, ChangeError> {
        let rows = self.rows(tenant).await?;
        let parts = resource::assemble(&rows, &self.given).map_err(ChangeError::Refused)?;
        Ok(News { setup: setup(tenant, parts), events: Vec::new(), prompts: Some(rows.prompts.into()) })
    }

    /// Adds a tenant that has nothing yet.
    pub(crate) async fn add_tenant(&self, now: Wall, name: &str) -> Result<TenantId, ChangeError> {
        let mut ids = self.ids.lock().await;
        let id = TenantId(ids.next(now));
        let refused = |what| {
            ChangeError::Refused(vec![Problem {
                kind: Kind::Tenant,
                name: name.to_owned(),
                field: "name".into(),
                what,
            }])
        };
        if let Some(what) = Kind::Tenant.check_name(name) {
            return Err(refused(what));
        }
        let tenant = Tenant { id, name: name.into(), title: name.into(), demo: false, utc_offset_min: 8 * 60 };
        match self.store.insert(&tenant).await {
            Ok(()) => Ok(id),
            Err(store::Error::Duplicate(_)) => Err(refused(What::Exists)),
            Err(error) => Err(error.into()),
        }
    }

    /// Off the runtime's threads: passwords take a core for a while, and so does a large centre.
    async fn think(
        &self,
        rows: Rows,
        request: Request,
        secrets: Arc<dyn Secrets>,
        mut ids: IdSource,
        now: Wall,
    ) -> Result<(Plan, IdSource), ChangeError> {
        let tenant = rows.tenant.id;
        let (given, library) = (self.given.clone(), self.library.clone());
        let thought = move || {
            let fresh = &mut || ids.next(now);
            let plan = resource::plan(&rows, &request, Known { given: &given, secrets: &*secrets, fresh })?;
            let unheard = prompts::judge(&library, &rows.prompts, &plan.rows.prompts);
            if !unheard.is_empty() {
                return Err(unheard);
            }
            setup(tenant, plan.parts.clone()).check().map_err(|error| vec![problem(error)])?;
            Ok((plan, ids))
        };
        let done = tokio::task::spawn_blocking(thought).await.map_err(|e| ChangeError::Thread(e.to_string()))?;
        done.map_err(ChangeError::Refused)
    }

    async fn rows(&self, tenant: TenantId) -> Result<Rows, ChangeError> {
        Rows::read(&self.store, tenant).await?.ok_or(ChangeError::NoTenant)
    }
}

fn changed(plan: Plan) -> Changed {
    Changed { changes: plan.changes, affects: plan.affects, book: plan.book }
}

/// A field that holds a secret is named; its value is nowhere.
fn event(change: &Change, by: &str) -> Happening {
    Happening::SettingsChanged {
        kind: change.kind.as_str().into(),
        name: change.name.as_str().into(),
        action: change.action.as_str().into(),
        fields: change.fields.iter().map(|field| Text::from(field.as_str())).collect(),
        by: by.into(),
    }
}
