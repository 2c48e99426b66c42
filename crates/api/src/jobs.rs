//! Long work beside the calls: one job at a time for each tenant, on a thread of its own that every other one goes before,
//! with its progress, a way to stop it, and a limit.
//!
//! A job is a closure: it is given a [`Watch`], tells it how far it is and asks it whether to go on, and gives its result as
//! JSON. The newest job of each [`JobKind`] and tenant is kept with its result until the next one, in memory alone.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use types::{TenantId, Wall};

use crate::error::{Code, Result};

/// Jobs at once over all tenants: each takes a core while it runs.
const AT_ONCE: usize = 2;
/// The longest job. The largest day takes some seconds; who still waits then has asked for too much.
const LONGEST: Duration = Duration::from_secs(120);
/// Below everything else that runs: the greatest niceness there is.
const NICENESS: i32 = 19;
const WHOLE: f64 = 1_000.0;

/// What a job is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum JobKind {
    /// A day under other settings.
    Rehearsal,
    /// A recorded day under other settings.
    Replay,
}

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobState {
    Running,
    Done,
    Failed,
    Cancelled,
}

/// Why a job came to nothing.
#[derive(Clone, Debug)]
pub(crate) struct JobError {
    /// For programs.
    pub(crate) code: &'static str,
    /// The field of the request that is wrong; empty where it is none's.
    pub(crate) field: String,
    /// For people, in English.
    pub(crate) message: String,
    /// Days of which something is known, where nothing is known of the one that was asked for.
    pub(crate) days: Vec<String>,
}

impl JobError {
    /// `field`: the one of the request that is wrong; empty where it is none's.
    pub(crate) fn of(code: &'static str, field: &str, why: &dyn std::fmt::Display) -> Self {
        Self { code, field: field.to_owned(), message: why.to_string(), days: Vec::new() }
    }
}

/// A job as it stands.
#[derive(Clone, Debug)]
pub(crate) struct JobShown {
    pub(crate) id: u64,
    pub(crate) state: JobState,
    /// Which share of the work is done, 0 to 1.
    pub(crate) progress: f64,
    pub(crate) started: Wall,
    /// The user who began it.
    pub(crate) by: String,
    pub(crate) error: Option<JobError>,
    pub(crate) result: Option<Arc<Value>>,
}

/// How a job ended.
#[derive(Clone, Debug)]
enum End {
    Done(Arc<Value>),
    Failed(JobError),
    Cancelled,
}

/// Work that was begun.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: u64,
    kind: JobKind,
    by: String,
    started: Wall,
    /// In thousandths.
    progress: AtomicU32,
    cancelled: AtomicBool,
    end: Mutex<Option<End>>,
}

/// What a job is given to tell how far it is.
pub(crate) struct Watch {
    job: Arc<Job>,
    until: Instant,
}

impl Watch {
    /// So much is done, 0 to 1; whether to go on.
    pub(crate) fn goes_on(&self, share: f64) -> bool {
        self.job.progress.store((share.clamp(0.0, 1.0) * WHOLE) as u32, Ordering::Relaxed);
        !self.job.cancelled.load(Ordering::Relaxed) && Instant::now() < self.until
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panic left there is whole: each is set in one step.
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Job {
    fn is_running(&self) -> bool {
        lock(&self.end).is_none()
    }

    /// Has it stop soon.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// As it stands.
    pub(crate) fn show(&self, with_result: bool) -> JobShown {
        let end = lock(&self.end).clone();
        let (state, error, result) = match end {
            None => (JobState::Running, None, None),
            Some(End::Done(result)) => (JobState::Done, None, with_result.then_some(result)),
            Some(End::Failed(error)) => (JobState::Failed, Some(error), None),
            Some(End::Cancelled) => (JobState::Cancelled, None, None),
        };
        let progress = if state == JobState::Done { WHOLE } else { f64::from(self.progress.load(Ordering::Relaxed)) };
        let (id, started, by) = (self.id, self.started, self.by.clone());
        JobShown { id, state, progress: progress / WHOLE, started, by, error, result }
    }
}

/// Who begins a job, and when.
#[derive(Clone, Debug)]
pub(crate) struct Begun {
    /// A fresh id.
    pub(crate) id: u64,
    /// The user.
    pub(crate) by: String,
    pub(crate) at: Wall,
}

/// What a job is by itself: its result, or nothing where it was stopped.
pub(crate) type Work = Box<dyn FnOnce(&Watch) -> std::result::Result<Option<Value>, JobError> + Send>;

/// The jobs of all tenants.
#[derive(Debug, Default)]
pub(crate) struct Jobs(Mutex<HashMap<(TenantId, JobKind), Arc<Job>>>);

impl Jobs {
    /// The newest job of a kind.
    pub(crate) fn last(&self, tenant: TenantId, kind: JobKind) -> Option<Arc<Job>> {
        lock(&self.0).get(&(tenant, kind)).cloned()
    }

    /// A tenant's job by its kind and id, while it is the newest of its kind.
    pub(crate) fn find(&self, tenant: TenantId, kind: JobKind, id: u64) -> Option<Arc<Job>> {
        self.last(tenant, kind).filter(|job| job.id == id)
    }

    /// Begins a job.
    ///
    /// # Errors
    /// Another one of the tenant runs, or too many do; there is no thread for it.
    pub(crate) fn begin(&self, tenant: TenantId, kind: JobKind, begun: Begun, work: Work) -> Result<Arc<Job>> {
        let mut jobs = lock(&self.0);
        let running: Vec<TenantId> = jobs.iter().filter(|(_, job)| job.is_running()).map(|((of, _), _)| *of).collect();
        if running.contains(&tenant) || running.len() >= AT_ONCE {
            return Err(Code::JobRuns.into());
        }
        let job = Arc::new(Job {
            id: begun.id,
            kind,
            by: begun.by,
            started: begun.at,
            progress: AtomicU32::new(0),
            cancelled: AtomicBool::new(false),
            end: Mutex::new(None),
        });
        let watch = Watch { job: job.clone(), until: Instant::now() + LONGEST };
        let thread = std::thread::Builder::new().name("job".to_owned());
        thread.spawn(move || run(&watch, work)).map_err(|_| Code::Unavailable)?;
        jobs.insert((tenant, job.kind), job.clone());
        Ok(job)
    }
}

fn run(watch: &Watch, work: Work) {
    // Where the system does not let it be less important, it still runs.
    let _ = rustix::process::nice(NICENESS);
    let failed = |code, message: &str| End::Failed(JobError::of(code, "", &message));
    // A job that breaks must not look as if it ran for ever.
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(watch)));
    let end = match done {
        Ok(Ok(Some(result))) => End::Done(Arc::new(result)),
        Ok(Err(error)) => End::Failed(error),
        Ok(Ok(None)) if watch.job.cancelled.load(Ordering::Relaxed) => End::Cancelled,
        Ok(Ok(None)) => failed("time_limit", "it took longer than it may"),
        Err(_) => failed("internal", "something went wrong in the server"),
    };
    *lock(&watch.job.end) = Some(end);
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use serde_json::json;

    use super::*;

    const ONE: TenantId = TenantId(1);

    fn begun(id: u64) -> Begun {
        Begun { id, by: "admin".into(), at: Wall(0) }
    }

    /// Waits for the end of a job that is about to end.
    fn ended(job: &Job) -> JobShown {
        while job.is_running() {
            std::thread::yield_now();
        }
        job.show(true)
    }

    #[test]
    fn a_tenant_has_one_job_at_a_time_and_sees_its_own_alone() {
        let jobs = Jobs::default();
        let (go, wait) = mpsc::channel::<()>();
        let work: Work = Box::new(move |watch| {
            watch.goes_on(0.5);
            let _ = wait.recv();
            Ok(Some(json!({"calls": 7})))
        });
        let job = jobs.begin(ONE, JobKind::Rehearsal, begun(1), work).unwrap();
        let idle = || -> Work { Box::new(|_| Ok(Some(json!({})))) };
        assert!(jobs.begin(ONE, JobKind::Rehearsal, begun(2), idle()).is_err());
        assert!(
            jobs.find(TenantId(2), JobKind::Rehearsal, 1).is_none()
                && jobs.last(TenantId(2), JobKind::Rehearsal).is_none()
        );
        assert_eq!((job.show(true).state, job.show(true).result), (JobState::Running, None));
        go.send(()).unwrap();
        let shown = ended(&job);
        assert_eq!(
            (shown.state, shown.progress, shown.result.as_deref()),
            (JobState::Done, 1.0, Some(&json!({"calls": 7})))
        );
        assert!(job.show(false).result.is_none());
        let next = jobs.begin(ONE, JobKind::Rehearsal, begun(3), idle()).unwrap();
        ended(&next);
        let find = |kind, id| jobs.find(ONE, kind, id);
        assert!(find(JobKind::Rehearsal, 1).is_none() && find(JobKind::Rehearsal, 3).is_some());
        assert!(find(JobKind::Replay, 3).is_none(), "another kind of job");
    }

    #[test]
    fn a_job_is_stopped_and_one_that_breaks_is_told() {
        let jobs = Jobs::default();
        let work: Work = Box::new(|watch| {
            while watch.goes_on(0.1) {
                std::thread::yield_now();
            }
            Ok(None)
        });
        let job = jobs.begin(ONE, JobKind::Rehearsal, begun(1), work).unwrap();
        job.cancel();
        assert_eq!(ended(&job).state, JobState::Cancelled);
        let job = jobs.begin(ONE, JobKind::Rehearsal, begun(2), Box::new(|_| panic!("on purpose"))).unwrap();
        assert_eq!(ended(&job).error.map(|error| error.code), Some("internal"));
    }
}
