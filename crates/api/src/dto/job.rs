//! Long work: how far it is, and why it came to nothing.

use serde::Serialize;
use utoipa::ToSchema;

use super::mirror;
use crate::jobs;

mirror! {
    /// How far a job has come.
    JobState of jobs::JobState { Running = "running", Done = "done", Failed = "failed", Cancelled = "cancelled" }
}

/// Why a job came to nothing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JobError {
    /// For programs: `bad_value`, `nothing_recorded`, `bad_setting`, `time_limit`, `internal`.
    pub(crate) code: &'static str,
    /// The field of the request that is wrong; empty where it is none's.
    pub(crate) field: String,
    /// For people, in English.
    pub(crate) message: String,
    /// Days of which something is known, where nothing is known of the one that was asked for.
    pub(crate) days: Vec<String>,
}

impl From<jobs::JobError> for JobError {
    fn from(error: jobs::JobError) -> Self {
        let jobs::JobError { code, field, message, days } = error;
        Self { code, field, message, days }
    }
}

/// A job, but for what comes of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) state: JobState,
    /// Which share of the work is done, 0 to 1.
    pub(crate) progress: f64,
    pub(crate) started_at: String,
    /// The user who began it.
    pub(crate) by: String,
    pub(crate) error: Option<JobError>,
}

impl From<&jobs::JobShown> for Job {
    fn from(job: &jobs::JobShown) -> Self {
        Self {
            id: format!("{:016x}", job.id),
            state: job.state.into(),
            progress: job.progress,
            started_at: job.started.to_string(),
            by: job.by.clone(),
            error: job.error.clone().map(Into::into),
        }
    }
}
