//! The shapes that leave and enter. Domain types do not serialise here: what they mean to others is written down once,
//! in this folder, and compared with the published description by a test.

mod account;
mod aftermath;
mod alert;
mod canary;
mod card;
mod control;
mod dashboard;
mod day;
mod decisions;
mod event;
mod flows;
mod forwarding;
mod heat;
mod history;
mod job;
mod live;
mod lookups;
mod outbound;
mod people;
mod phone;
mod plan;
mod promises;
mod prompts;
mod refs;
mod rehearsal;
mod replay;
mod replayed;
mod report;
mod settings;
mod trials;
mod voicemail;
mod waits;

pub(crate) use account::{
    OneTimePassword, PasswordChange, PasswordCheck, PasswordProof, PasswordVerdict, RecoveryCodes, ResetRequest,
    SecondFactorCode, SecondFactorSecret, Session, Sessions, Setup, SetupCheck, Unfinished, Weakness,
};
pub(crate) use aftermath::{
    Callback, CallbackChange, CallbackNews, CallbackPage, CallbackStatus, CallbackSummary, Disposition,
    DispositionChange, DispositionChoice, DispositionChoices, SurveyAnswer, WrapUp,
};
pub(crate) use alert::{AlertEntry, AlertPage, Capacity, LiveAlert};
pub(crate) use canary::{
    FlowCanaryDetail, FlowCanaryEnded, FlowCanaryHead, FlowCanaryOrder, FlowCanaryStep, FlowCanaryWish,
};
pub(crate) use card::CallerCard;
pub(crate) use control::{BegunCall, CallAction, NewCall, Supervise, SupervisionMode};
pub(crate) use dashboard::{DashboardItem, DashboardList, DashboardWish, Tile, TileContent};
pub(crate) use day::AgentDay;
pub(crate) use decisions::{Decisions, FullDecision};
pub(crate) use event::{Alarm, Event, Severity};
pub(crate) use flows::{
    FlowDetail, FlowDraftDetail, FlowDraftHead, FlowDraftWish, FlowExpression, FlowHead, FlowKinds, FlowList,
    FlowPrompt, FlowPublish, FlowPublished, FlowTrial, FlowTried, FlowVersionDetail, FlowVersionHead, FlowVersions,
    nodes_in,
};
pub(crate) use forwarding::{Forward, Forwarding};
pub(crate) use heat::{FlowHeat, FlowHeatDay};
pub(crate) use history::{Channel, Direction, Interaction, InteractionDetail, InteractionPage, Parts, Peaks};
pub(crate) use live::{ExpiredLease, LiveAgent, LiveInteraction, LiveQueue, LiveSnapshot};
pub(crate) use lookups::{ConnectionTried, LookupTrial, LookupTried};
pub(crate) use outbound::{Delivery, DeliveryPage, MailTrial, MailTried, ReportSchedule, ReportSchedules, ScheduleRan};
pub(crate) use people::{
    AgentState, AgentStateChange, AgentStateName, LoginRequest, LoginResponse, Me, NextState, WantedState, WrapUpChange,
};
pub(crate) use phone::PhoneCredentials;
pub(crate) use plan::{BASIS_INTERVAL_MIN, PlanRequest};
pub use plan::{PlanBasis, SitePlan};
pub(crate) use promises::{HonestyLine, HonestyPoint, HonestyReport, Promise};
pub(crate) use prompts::{Prompt, PromptDetail, PromptList, PromptSound, PromptTake, PromptUse, PromptWords};
pub(crate) use refs::{AgentRef, QueueRef};
pub(crate) use rehearsal::{RehearsalDay, RehearsalDraft, RehearsalJob, RehearsalRequest, RehearsalSource, Rehearsals};
pub use rehearsal::{RehearsalFacts, RehearsalResult};
pub use replay::{ReplayLine, replay_lines};
pub(crate) use replayed::{ReplayJob, ReplayRequest, ReplayResult, Replays};
pub(crate) use report::{
    Report, ReportLine, ReportSubject, ReportTimes, ReportViewItem, ReportViewList, ReportViewWish,
};
pub(crate) use settings::{
    SettingsAnswer, SettingsApply, SettingsChange, SettingsChanges, SettingsExport, SettingsItem, SettingsName,
    SettingsPage, SettingsProblem, SettingsQuestion, SettingsResource, SettingsWish,
};

pub(crate) use trials::{FlowTrialCall, FlowTrialPhone};
pub(crate) use voicemail::{Voicemail, VoicemailChange, VoicemailPage, VoicemailStatus};

use serde::Serialize;
use types::leg::Text;
use utoipa::ToSchema;

/// Why a request was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    pub(crate) error: ErrorDetail,
}

/// See `ErrorBody`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorDetail {
    /// For programs; stable.
    pub(crate) code: String,
    /// For people, in their language.
    pub(crate) message: String,
    /// The field or parameter that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    /// Names the request in the server's log.
    pub(crate) request_id: String,
    /// All that is wrong with settings; `field` and `message` tell the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) problems: Vec<SettingsProblem>,
}

/// What people read in place of a technical name; no language is ever left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Title {
    pub(crate) zh: String,
    pub(crate) en: String,
}

impl From<(Text, Text)> for Title {
    fn from((zh, en): (Text, Text)) -> Self {
        Self { zh: zh.to_string(), en: en.to_string() }
    }
}

/// Whether the server is well.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`, `ready` or `starting`.
    pub(crate) status: &'static str,
}

/// An enum of stable names that mirrors one of the domain's.
macro_rules! mirror {
    ($(#[$doc:meta])* $name:ident of $theirs:ty { $($variant:ident = $text:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
        pub(crate) enum $name { $(#[serde(rename = $text)] $variant),+ }

        impl From<$theirs> for $name {
            fn from(theirs: $theirs) -> Self {
                match theirs { $(<$theirs>::$variant => Self::$variant),+ }
            }
        }
    };
}
use mirror;
