//! What the interface asks of whoever brings letters and posts out.

use types::{DeliveryId, Private, TenantId};

use crate::backend::Answer;

/// Why something did not leave.
#[derive(Debug, thiserror::Error)]
pub enum NotSent {
    /// There is no such schedule, or no such delivery that is still open.
    #[error("there is no such thing")]
    NotFound,
    /// No mail server is set up.
    #[error("no mail server is set up")]
    NoMailServer,
    /// The mail server did not take it: how far it came (`connect`, `tls`, `login` …), and what was said.
    #[error("{stage}: {said}")]
    Refused {
        /// How far it came.
        stage: &'static str,
        /// What the server said, or the system.
        said: String,
    },
    /// The report was not made, and why.
    #[error("{0}")]
    NoReport(String),
    /// The database fails.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Brings letters and posts out.
pub trait Outbound: Send + Sync + 'static {
    /// Sends a letter of trial by a tenant's mail server, in Chinese or in English; gives the server's answer.
    fn try_mail(&self, tenant: TenantId, to: Private<String>, zh: bool) -> Answer<'_, Result<String, NotSent>>;
    /// Makes a schedule's report as if it were due now; how many letters came of it.
    fn run_schedule<'a>(&'a self, tenant: TenantId, name: &'a str) -> Answer<'a, Result<u32, NotSent>>;
    /// Tries a delivery that waits, or was given up, at once.
    fn deliver_again(&self, tenant: TenantId, id: DeliveryId) -> Answer<'_, Result<(), NotSent>>;
    /// Settings have changed.
    fn settings_changed(&self);
}
