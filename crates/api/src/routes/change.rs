//! How any route reads what is set up, and changes it.

use directory::Permission;
use resource::{Changed, Request, Rows};

use crate::error::{ApiError, Result};
use crate::state::App;
use crate::viewer::Viewer;

/// What is set up for the viewer's tenant.
pub(super) async fn rows(app: &App, viewer: &Viewer) -> Result<Rows> {
    viewer.require(Permission::SettingsRead)?;
    Rows::read(&app.store, viewer.tenant()).await?.ok_or_else(ApiError::not_found)
}

/// Changes what is set up, and tells those who remember it.
pub(super) async fn change(app: &App, viewer: &Viewer, request: Request) -> Result<Changed> {
    let tenant = viewer.tenant();
    let changed = app.backend.change_settings(tenant, &viewer.user.username, request).await?;
    app.names.forget(tenant);
    app.outbound.settings_changed();
    for change in &changed.changes {
        let (kind, action) = (change.kind.as_str(), change.action.as_str());
        tracing::info!(kind, action, user = %viewer.user.id, "a setting was changed");
    }
    Ok(changed)
}
