//! Makes reports that are due, tells of alarms, and brings what waits out by mail and webhook.
//!
//! Everything that is to leave is a row ([`store::Delivery`]) before anybody tries to send it, written together with what
//! made it: a schedule's turn, or the place in the journal up to which alarms were read. So a process that is killed
//! loses nothing and makes nothing twice. A delivery is marked as sent once the other side has said that it took it; a
//! process that is killed between the two sends it again, under the same `Message-ID` or `Lingtong-Delivery`, by which
//! the other side can tell.
//!
//! Three tasks share the work, each of which looks by itself and can be woken: [`Courier::start`] starts them.

mod alarms;
mod clock;
mod deliver;
mod letter;
mod reports;
mod schedules;
mod words;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use journal::Journal;
use resource::{LetterLanguage, MailServerSpec, ReportScheduleSpec};
use store::{Delivery, DeliveryStatus, MailServer, ReportSchedule, Store};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use types::{DeliveryId, IdSource, Private, TenantId, Wall};

pub use reports::{Answer, ReportFile, Reports, Wanted};
pub use webhook::Guard;

/// What a courier is made of.
#[derive(Clone)]
pub struct CourierConfig {
    /// Settings, figures, and what is to be delivered.
    pub store: Store,
    /// Where alarms are read.
    pub journal: Arc<Journal>,
    /// Who makes reports.
    pub reports: Arc<dyn Reports>,
    /// Where posts may go.
    pub guard: Guard,
    /// Tenants that are not served.
    pub closed: Arc<[TenantId]>,
    /// This node's number, for new ids.
    pub node: u16,
}

/// What the tasks share.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) journal: Arc<Journal>,
    pub(crate) reports: Arc<dyn Reports>,
    pub(crate) guard: Guard,
    pub(crate) closed: Arc<[TenantId]>,
    ids: Mutex<IdSource>,
    /// Something may be due.
    pub(crate) deliver: Notify,
    /// Schedules have changed.
    pub(crate) plan: Notify,
}

impl Shared {
    pub(crate) fn new_id(&self, now: Wall) -> DeliveryId {
        DeliveryId(self.ids.lock().unwrap_or_else(PoisonError::into_inner).next(now))
    }
}

/// Why somebody's wish was not fulfilled.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    /// No mail server is set up.
    #[error("no mail server is set up")]
    NoMailServer,
    /// There is no such schedule or delivery.
    #[error("there is no such thing")]
    NotFound,
    /// The mail server did not take it.
    #[error(transparent)]
    Mail(#[from] mail::Failure),
    /// The report was not made.
    #[error("{0}")]
    Report(String),
    /// The database fails.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// A running courier. Dropping it ends its tasks; what they had not finished is done after the next start.
pub struct Courier {
    handle: CourierHandle,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// A way to a courier. Cheap to clone.
#[derive(Clone)]
pub struct CourierHandle(Arc<Shared>);

/// What is under way at the end gets so long: an answer that is coming is worth waiting for, it spares a second letter.
const ENDS_WITHIN: Duration = Duration::from_secs(2);

impl Courier {
    /// Starts the tasks.
    pub fn start(config: CourierConfig) -> Self {
        let CourierConfig { store, journal, reports, guard, closed, node } = config;
        let ids = Mutex::new(IdSource::new(node));
        let (deliver, plan) = (Notify::new(), Notify::new());
        let shared = Arc::new(Shared { store, journal, reports, guard, closed, ids, deliver, plan });
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(deliver::run(shared.clone(), stopped.clone()));
        tasks.spawn(schedules::run(shared.clone(), stopped.clone()));
        tasks.spawn(alarms::run(shared.clone(), stopped));
        Self { handle: CourierHandle(shared), stop, tasks }
    }

    /// A way to it.
    pub fn handle(&self) -> CourierHandle {
        self.handle.clone()
    }

    /// Ends the tasks; what is under way gets a moment.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(ENDS_WITHIN, all).await;
    }
}

impl CourierHandle {
    /// Settings have changed: what is due is looked at anew.
    pub fn wake(&self) {
        self.0.plan.notify_one();
        self.0.deliver.notify_one();
    }

    /// Sends a letter of trial at once; gives the mail server's answer.
    ///
    /// # Errors
    /// [`CourierError::NoMailServer`], [`CourierError::Mail`], or the database fails.
    pub async fn try_mail(&self, tenant: TenantId, to: Private<String>, zh: bool) -> Result<String, CourierError> {
        let language = if zh { LetterLanguage::Zh } else { LetterLanguage::En };
        let now = clock::now();
        let row = self.0.store.get::<MailServer>(tenant, tenant).await?.ok_or(CourierError::NoMailServer)?;
        let spec = MailServerSpec::of(&row).ok_or(CourierError::NoMailServer)?;
        let letter = words::trial(language).addressed(&spec, to, &self.0.new_id(now).to_string(), now);
        Ok(mail::send(&letter::server(&spec, &row.password), &letter).await?)
    }

    /// Makes a schedule's report as if it were due now and hands it out; how many letters there are. The schedule
    /// goes on as if nothing had been.
    ///
    /// # Errors
    /// [`CourierError::NotFound`], [`CourierError::Report`], or the database fails.
    pub async fn run_schedule(&self, tenant: TenantId, name: &str) -> Result<u32, CourierError> {
        let key = (tenant, name.to_owned());
        let row = self.0.store.get::<ReportSchedule>(tenant, key).await?.ok_or(CourierError::NotFound)?;
        let spec = ReportScheduleSpec::of(&row).ok_or(CourierError::NotFound)?;
        let letters = schedules::run_now(&self.0, tenant, name, &spec).await?;
        self.0.deliver.notify_one();
        Ok(letters)
    }

    /// Tries a delivery that waits or was given up at once, with all its attempts before it.
    ///
    /// # Errors
    /// [`CourierError::NotFound`] also for one that was taken; the database fails.
    pub async fn deliver_again(&self, tenant: TenantId, id: DeliveryId) -> Result<(), CourierError> {
        let found = self.0.store.get::<Delivery>(tenant, id).await?;
        let open = found.filter(|delivery| delivery.status != DeliveryStatus::Sent).ok_or(CourierError::NotFound)?;
        let anew = Delivery { status: DeliveryStatus::Waiting, attempts: 0, due: clock::now(), ended: None, ..open };
        self.0.store.put(&anew).await?;
        self.0.deliver.notify_one();
        Ok(())
    }
}
