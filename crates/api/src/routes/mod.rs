//! What there is.

mod account;
mod agents;
mod alerts;
mod callbacks;
mod canary;
mod change;
mod control;
mod dashboards;
mod events;
mod flows;
mod forwarding;
mod heat;
mod interactions;
mod kept;
mod live;
mod lookups;
mod outbound;
mod pages;
mod phone;
mod plan;
mod promises;
mod prompts;
mod recordings;
mod rehearsals;
mod replays;
mod report_views;
mod reports;
mod second_factor;
mod service;
mod session;
mod settings;
mod setup;
mod trials;
mod voicemails;

pub(crate) use account::{
    __path_change_password, __path_check_password, __path_end_other_sessions, __path_end_session, __path_reset_user,
    __path_sessions, change_password, check_password, end_other_sessions, end_session, reset_user, sessions,
};
pub(crate) use agents::{
    __path_agent_day, __path_agent_state, __path_extend_wrap_up, __path_set_agent_state, agent_day, agent_state,
    extend_wrap_up, set_agent_state,
};
pub(crate) use alerts::{__path_acknowledge_alert, __path_alerts, acknowledge_alert, alerts};
pub(crate) use callbacks::{
    __path_call_back_now, __path_callback_summary, __path_callbacks, __path_set_callback_status, call_back_now,
    callback_summary, callbacks, set_callback_status,
};
pub(crate) use canary::{__path_flow_canary, __path_order_flow_canary, flow_canary, order_flow_canary};
pub(crate) use control::{__path_act, __path_dial, __path_supervise, act, dial, supervise};
pub(crate) use dashboards::{
    __path_change_dashboard, __path_dashboards, __path_forget_dashboard, __path_keep_dashboard, change_dashboard,
    dashboards, forget_dashboard, keep_dashboard,
};
pub(crate) use events::{__path_events, __path_events_ws, events, events_ws};
pub(crate) use flows::{
    __path_drop_flow_draft, __path_flow, __path_flow_kinds, __path_flow_version, __path_flow_versions, __path_flows,
    __path_publish_flow, __path_save_flow_draft, drop_flow_draft, flow, flow_kinds, flow_version, flow_versions, flows,
    publish_flow, save_flow_draft,
};
pub(crate) use forwarding::{__path_forwarding, __path_set_forwarding, forwarding, set_forwarding};
pub(crate) use heat::{__path_flow_heat, flow_heat};
pub(crate) use interactions::{
    __path_card, __path_decisions, __path_dispose, __path_dispositions, __path_hang_up, __path_interaction,
    __path_interactions, card, decisions, dispose, dispositions, hang_up, interaction, interactions,
};
pub(crate) use live::{__path_live, live};
pub(crate) use lookups::{__path_test_database, __path_try_lookup, test_database, try_lookup};
pub(crate) use outbound::{
    __path_deliveries, __path_report_schedules, __path_retry_delivery, __path_run_report_schedule,
    __path_test_mail_server, deliveries, report_schedules, retry_delivery, run_report_schedule, test_mail_server,
};
pub(crate) use pages::page;
pub(crate) use phone::{__path_phone_credentials, __path_phone_line, phone_credentials, phone_line};
pub use plan::basis;
pub(crate) use plan::{__path_plan_basis, __path_plan_site, plan_basis, plan_site};
pub(crate) use promises::{__path_promises, promises};
pub(crate) use prompts::{
    __path_prompt, __path_prompt_audio, __path_prompt_sound, __path_prompts, __path_put_prompt_sound,
    __path_speak_prompt, prompt, prompt_audio, prompt_sound, prompts, put_prompt_sound, speak_prompt,
};
pub(crate) use recordings::{__path_audio, __path_peaks, audio, peaks};
pub(crate) use rehearsals::JobId;
pub(crate) use rehearsals::{
    __path_begin_rehearsal, __path_cancel_rehearsal, __path_rehearsal, __path_rehearsals, begin_rehearsal,
    cancel_rehearsal, rehearsal, rehearsals,
};
pub(crate) use replays::{
    __path_begin_replay, __path_cancel_replay, __path_replay, __path_replays, begin_replay, cancel_replay, replay,
    replays,
};
pub(crate) use report_views::{
    __path_change_report_view, __path_forget_report_view, __path_keep_report_view, __path_report_views,
    change_report_view, forget_report_view, keep_report_view, report_views,
};
pub(crate) use reports::{__path_report, __path_report_file, report, report_file};
pub(crate) use second_factor::{
    __path_begin_second_factor, __path_confirm_second_factor, __path_remove_second_factor, begin_second_factor,
    confirm_second_factor, remove_second_factor,
};
pub(crate) use service::{__path_healthz, __path_metrics, __path_readyz, healthz, metrics, readyz};
pub(crate) use session::{__path_login, __path_logout, __path_me, login, logout, me};
pub(crate) use settings::{
    __path_all_settings, __path_apply_settings, __path_check_setting, __path_delete_setting, __path_put_setting,
    __path_setting, __path_settings, __path_settings_schema, all_settings, apply_settings, check_setting,
    delete_setting, put_setting, setting, settings, settings_schema,
};
pub use setup::new_setup_token;
pub(crate) use setup::{__path_check_setup, __path_set_up, check_setup, set_up};
pub(crate) use trials::{__path_call_drawn_flow, __path_try_flow, call_drawn_flow, try_flow};
pub(crate) use voicemails::{
    __path_delete_voicemail, __path_set_voicemail_status, __path_voicemail_audio, __path_voicemails, delete_voicemail,
    set_voicemail_status, voicemail_audio, voicemails,
};
