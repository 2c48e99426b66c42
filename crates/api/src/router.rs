//! Which route leads where.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{delete, get, post, put};
use tower_http::compression::CompressionLayer;

use crate::error::{ApiError, Code};
use crate::input::BODY_BYTES;
use crate::state::{ApiState, App, Shared};
use crate::{auth, context, openapi, routes};

/// The whole interface with the web pages under it.
pub fn router(state: ApiState) -> Router {
    let trusted = Arc::clone(&state.trusted_proxies);
    let app: App = Arc::new(Shared::from(state));
    // What is long as text. Streams and sound go as they are: a compressor would hold them back, or break ranges.
    let compressed = Router::new()
        .route("/api/v1/live", get(routes::live))
        .route("/api/v1/interactions", get(routes::interactions))
        .route("/api/v1/interactions/{id}", get(routes::interaction))
        .route("/api/v1/interactions/{id}/decisions", get(routes::decisions))
        .route("/api/v1/alerts", get(routes::alerts))
        .route("/api/v1/callbacks", get(routes::callbacks))
        .route("/api/v1/plan", post(routes::plan_site))
        .route("/api/v1/plan/basis", get(routes::plan_basis))
        .route("/api/v1/rehearsals", get(routes::rehearsals).post(routes::begin_rehearsal))
        .route("/api/v1/rehearsals/{id}", get(routes::rehearsal).delete(routes::cancel_rehearsal))
        .route("/api/v1/replays", get(routes::replays).post(routes::begin_replay))
        .route("/api/v1/replays/{id}", get(routes::replay).delete(routes::cancel_replay))
        .route("/api/v1/reports", get(routes::report))
        .route("/api/v1/reports/file", get(routes::report_file))
        .route("/api/v1/deliveries", get(routes::deliveries))
        .route("/api/v1/report-schedules", get(routes::report_schedules))
        .route("/api/v1/reports/promises", get(routes::promises))
        .route("/api/v1/recordings/{id}/peaks", get(routes::peaks))
        .route("/api/v1/voicemails", get(routes::voicemails))
        .route("/api/v1/settings", get(routes::all_settings).post(routes::apply_settings))
        .route("/api/v1/settings/{kind}", get(routes::settings))
        .route("/api/v1/settings-schema", get(routes::settings_schema))
        .route("/api/v1/flow-kinds", get(routes::flow_kinds))
        .route("/api/v1/flow-trial", post(routes::try_flow))
        .route("/api/v1/flow-trial/calls", post(routes::call_drawn_flow))
        .route("/api/v1/databases/{name}/test", post(routes::test_database))
        .route("/api/v1/lookup-trial", post(routes::try_lookup))
        .route("/api/v1/flows", get(routes::flows))
        .route("/api/v1/flows/{name}", get(routes::flow))
        .route("/api/v1/flows/{name}/canary", get(routes::flow_canary))
        .route("/api/v1/flows/{name}/heat", get(routes::flow_heat))
        .route("/api/v1/flows/{name}/versions", get(routes::flow_versions))
        .route("/api/v1/flows/{name}/versions/{version}", get(routes::flow_version))
        .route("/api/v1/prompts", get(routes::prompts))
        .route("/api/v1/prompts/{name}", get(routes::prompt))
        .route("/openapi.json", get(openapi::document))
        .fallback(routes::page)
        .layer(CompressionLayer::new());
    let plain = Router::new()
        .route("/api/v1/login", post(routes::login))
        .route("/api/v1/logout", post(routes::logout))
        .route("/api/v1/me", get(routes::me))
        .route("/api/v1/me/password", put(routes::change_password))
        .route("/api/v1/me/sessions", get(routes::sessions).delete(routes::end_other_sessions))
        .route("/api/v1/me/sessions/{id}", delete(routes::end_session))
        .route("/api/v1/me/second-factor", post(routes::begin_second_factor).put(routes::confirm_second_factor))
        .route("/api/v1/me/second-factor/remove", post(routes::remove_second_factor))
        .route("/api/v1/password/check", post(routes::check_password))
        .route("/api/v1/users/{username}/reset", post(routes::reset_user))
        .route("/api/v1/setup", post(routes::set_up))
        .route("/api/v1/setup/check", post(routes::check_setup))
        .route("/api/v1/agents/{id}/state", get(routes::agent_state).put(routes::set_agent_state))
        .route("/api/v1/agents/{id}/wrap-up", post(routes::extend_wrap_up))
        .route("/api/v1/agents/{id}/day", get(routes::agent_day))
        .route("/api/v1/interactions/{id}/card", get(routes::card))
        .route("/api/v1/agents/{id}/forwarding", get(routes::forwarding).put(routes::set_forwarding))
        .route("/api/v1/events", get(routes::events))
        .route("/api/v1/events/ws", get(routes::events_ws))
        .route("/api/v1/interactions/{id}/hangup", post(routes::hang_up))
        .route("/api/v1/interactions/{id}/actions", post(routes::act))
        .route("/api/v1/interactions/{id}/supervise", post(routes::supervise))
        .route("/api/v1/calls", post(routes::dial))
        .route("/api/v1/interactions/{id}/disposition", put(routes::dispose))
        .route("/api/v1/dispositions", get(routes::dispositions))
        .route("/api/v1/alerts/{id}/acknowledge", post(routes::acknowledge_alert))
        .route("/api/v1/callbacks/{id}/status", put(routes::set_callback_status))
        .route("/api/v1/callbacks/summary", get(routes::callback_summary))
        .route("/api/v1/callbacks/{id}/call", post(routes::call_back_now))
        .route(
            "/api/v1/settings/{kind}/{name}",
            get(routes::setting).put(routes::put_setting).delete(routes::delete_setting),
        )
        .route("/api/v1/settings/{kind}/{name}/check", post(routes::check_setting))
        .route("/api/v1/flows/{name}/draft", put(routes::save_flow_draft).delete(routes::drop_flow_draft))
        .route("/api/v1/flows/{name}/publish", post(routes::publish_flow))
        .route("/api/v1/flows/{name}/canary", post(routes::order_flow_canary))
        .route("/api/v1/report-views", get(routes::report_views).post(routes::keep_report_view))
        .route("/api/v1/dashboards", get(routes::dashboards).post(routes::keep_dashboard))
        .route("/api/v1/dashboards/{id}", put(routes::change_dashboard).delete(routes::forget_dashboard))
        .route("/api/v1/report-views/{id}", put(routes::change_report_view).delete(routes::forget_report_view))
        .route("/api/v1/recordings/{id}/audio", get(routes::audio))
        .route("/api/v1/voicemails/{id}", put(routes::set_voicemail_status).delete(routes::delete_voicemail))
        .route("/api/v1/voicemails/{id}/audio", get(routes::voicemail_audio))
        .route("/api/v1/prompts/{name}/sounds/{language}", get(routes::prompt_sound).put(routes::put_prompt_sound))
        .route("/api/v1/prompts/{name}/sounds/{language}/speech", post(routes::speak_prompt))
        .route("/api/v1/prompt-audio/{audio}", get(routes::prompt_audio))
        .route("/api/v1/phone/credentials", post(routes::phone_credentials))
        .route("/api/v1/deliveries/{id}/retry", post(routes::retry_delivery))
        .route("/api/v1/mail-server/test", post(routes::test_mail_server))
        .route("/api/v1/report-schedules/{name}/run", post(routes::run_report_schedule))
        .route("/sip", get(routes::phone_line))
        .route("/healthz", get(routes::healthz))
        .route("/readyz", get(routes::readyz))
        .route("/metrics", get(routes::metrics));
    compressed
        .merge(plain)
        .method_not_allowed_fallback(|| async { ApiError::new(Code::MethodNotAllowed) })
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), context::layer))
        .layer(middleware::from_fn_with_state(trusted, auth::behind_proxies))
        .with_state(app)
}
