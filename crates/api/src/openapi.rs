//! The description of the interface, OpenAPI 3.1.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::dto;
use crate::routes;

#[derive(OpenApi)]
#[openapi(
    info(title = "Lingtong", description = "The call centre's interface. Times are RFC 3339 in UTC; durations carry \
        their unit in their name; lists page by cursor.", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    paths(
        routes::login, routes::logout, routes::me, routes::check_password, routes::change_password, routes::sessions,
        routes::end_other_sessions, routes::end_session, routes::begin_second_factor, routes::confirm_second_factor,
        routes::remove_second_factor, routes::reset_user, routes::check_setup, routes::set_up,
        routes::agent_state, routes::set_agent_state, routes::agent_day, routes::card,
        routes::extend_wrap_up, routes::forwarding, routes::set_forwarding,
        routes::live, routes::events, routes::events_ws, routes::interactions, routes::interaction, routes::decisions, routes::hang_up,
        routes::act, routes::dial, routes::supervise, routes::dispose, routes::dispositions, routes::callbacks, routes::callback_summary, routes::set_callback_status, routes::call_back_now, routes::audio,
        routes::voicemails, routes::voicemail_audio, routes::set_voicemail_status, routes::delete_voicemail,
        routes::peaks, routes::phone_credentials, routes::phone_line, routes::healthz, routes::readyz, routes::metrics,
        routes::plan_site, routes::plan_basis,
        routes::rehearsals, routes::begin_rehearsal, routes::rehearsal, routes::cancel_rehearsal,
        routes::replays, routes::begin_replay, routes::replay, routes::cancel_replay,
        routes::report, routes::report_file, routes::report_views, routes::keep_report_view,
        routes::change_report_view, routes::forget_report_view,
        routes::dashboards, routes::keep_dashboard, routes::change_dashboard, routes::forget_dashboard,
        routes::alerts, routes::acknowledge_alert,
        routes::deliveries, routes::retry_delivery, routes::test_mail_server, routes::report_schedules,
        routes::run_report_schedule,
        routes::promises,
        routes::all_settings, routes::apply_settings, routes::settings, routes::setting, routes::put_setting,
        routes::delete_setting, routes::check_setting, routes::settings_schema,
        routes::flow_canary, routes::order_flow_canary,
        routes::flow_kinds, routes::flows, routes::flow, routes::save_flow_draft, routes::drop_flow_draft,
        routes::publish_flow, routes::flow_versions, routes::flow_version, routes::try_flow, routes::call_drawn_flow, routes::try_lookup, routes::test_database,
        routes::flow_heat, routes::prompts, routes::prompt, routes::prompt_sound, routes::put_prompt_sound, routes::speak_prompt, routes::prompt_audio,
    ),
    components(schemas(
        dto::Event, resource::TenantSpec, resource::SettingSpec, resource::DispositionSpec, resource::AgentSpec,
        resource::RoleSpec, resource::UserSpec, resource::TeamSpec, resource::DeviceSpec, resource::TrunkSpec,
        resource::RouteSpec, resource::PromptSpec, resource::QueueSpec, resource::FlowSpec, resource::NumberSpec,
        resource::ThresholdSpec,
        resource::MailServerSpec, resource::ReportScheduleSpec, resource::AlertSubscriptionSpec,
        resource::DatabaseSpec,
    )),
    modifiers(&Finish),
    security(("token" = []), ("cookie" = [])),
)]
struct Description;

/// What attributes can't say.
struct Finish;

impl Modify for Finish {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let components = api.components.get_or_insert_default();
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let cookie = ApiKey::Cookie(ApiKeyValue::new("lingtong_session"));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    }
}

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    // The description is built of constants: it becomes JSON, or never compiled.
    let mut text = Description::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
});

/// The description as JSON.
pub fn openapi_json() -> &'static str {
    &DOCUMENT
}

pub(crate) async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi_json()).into_response()
}
