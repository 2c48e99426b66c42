//! What there is.

mod agents;
mod events;
mod interactions;
mod live;
mod recordings;
mod service;
mod session;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;

use crate::assets;
use crate::context;
use crate::error::{ApiError, Code};
use crate::input::BODY_BYTES;
use crate::openapi;
use crate::state::{ApiState, App, Shared};

pub(crate) use agents::{__path_agent_state, __path_set_agent_state};
pub(crate) use events::{__path_events, __path_events_ws};
pub(crate) use interactions::{__path_hang_up, __path_interaction, __path_interactions};
pub(crate) use live::__path_live;
pub(crate) use recordings::{__path_audio, __path_peaks};
pub(crate) use service::{__path_healthz, __path_metrics, __path_readyz};
pub(crate) use session::{__path_login, __path_logout, __path_me};

/// The whole interface with the web pages under it.
pub fn router(state: ApiState) -> Router {
    let app: App = Arc::new(Shared::from(state));
    // What is long as text. Streams and sound go as they are: a compressor would hold them back, or break ranges.
    let compressed = Router::new()
        .route("/api/v1/live", get(live::live))
        .route("/api/v1/interactions", get(interactions::interactions))
        .route("/api/v1/interactions/{id}", get(interactions::interaction))
        .route("/api/v1/recordings/{id}/peaks", get(recordings::peaks))
        .route("/openapi.json", get(openapi::document))
        .fallback(assets::fallback)
        .layer(CompressionLayer::new());
    let plain = Router::new()
        .route("/api/v1/login", post(session::login))
        .route("/api/v1/logout", post(session::logout))
        .route("/api/v1/me", get(session::me))
        .route("/api/v1/agents/{id}/state", get(agents::agent_state).put(agents::set_agent_state))
        .route("/api/v1/events", get(events::events))
        .route("/api/v1/events/ws", get(events::events_ws))
        .route("/api/v1/interactions/{id}/hangup", post(interactions::hang_up))
        .route("/api/v1/recordings/{id}/audio", get(recordings::audio))
        .route("/healthz", get(service::healthz))
        .route("/readyz", get(service::readyz))
        .route("/metrics", get(service::metrics));
    compressed
        .merge(plain)
        .method_not_allowed_fallback(|| async { ApiError::new(Code::MethodNotAllowed) })
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), context::layer))
        .with_state(app)
}
