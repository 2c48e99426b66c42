//! What people say and order, kept in the journal.

use std::time::Duration;

use journal::Written;
use types::event::{Event, Happening};
use types::leg::Text;
use types::{AgentId, InteractionId, Wall};

use crate::error::{ApiError, Code, Result};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// How long an answer waits for the journal: a person waits no longer for a page.
const JOURNAL_WAIT: Duration = Duration::from_secs(2);

/// Writes down what has happened to the viewer's tenant at this moment, and waits until it is on the disk.
///
/// # Errors
/// `unavailable` when the journal does not say in time that it is.
pub(crate) async fn keep(app: &App, viewer: &Viewer, at: Wall, what: Happening) -> Result<()> {
    let (tenant, mut writer) = (viewer.tenant(), app.journal.writer());
    let written = tokio::task::spawn_blocking(move || {
        writer.append(&Event { tenant, at, what });
        writer.barrier(JOURNAL_WAIT)
    });
    match written.await.map_err(|e| ApiError::internal("journal", &e))? {
        Written::Written => Ok(()),
        _ => Err(Code::Unavailable.into()),
    }
}

/// What is ordered of somebody else.
pub(crate) struct Given {
    pub(crate) order: Text,
    pub(crate) reason: Option<Text>,
    pub(crate) agent: Option<AgentId>,
    pub(crate) id: Option<InteractionId>,
}

impl Given {
    /// An order about a call of others.
    pub(crate) fn about(id: InteractionId, order: &str) -> Self {
        Self { order: order.into(), reason: None, agent: None, id: Some(id) }
    }
}

/// Keeps who ordered it.
///
/// # Errors
/// See [`keep`]; the order holds all the same.
pub(crate) async fn order_given(app: &App, viewer: &Viewer, given: Given) -> Result<()> {
    let Given { order, reason, agent, id } = given;
    let by = viewer.user.username.clone();
    keep(app, viewer, now(), Happening::OrderGiven { by, order, reason, agent, id }).await
}
