//! A centre's settings as named documents: [`Resource`]s of a [`Kind`], each with a name and a strict [`Spec`].
//!
//! [`Rows`] are a tenant's settings as the store keeps them; a [`Book`] is the same by name, as people and files see
//! them. [`plan`] takes rows and a [`Request`] and gives the rows that shall be, with what changes and what the center
//! is made of then; or all that is wrong, each with its field. It is pure: reading and writing are [`Rows::read`] and
//! [`Rows::write`], all or nothing.

mod assemble;
mod book;
mod canary;
mod canary_rows;
mod check;
mod content;
mod database;
mod documents;
mod export;
mod kind;
mod lower;
mod names;
mod outbound;
mod outcome;
mod plan;
mod problem;
mod rank;
mod read;
mod refs;
mod rows;
mod schema;
mod secrets;
mod shapes;
mod shipped;
mod spec;
#[cfg(test)]
mod tests;

pub use assemble::{Parts, assemble};
pub use book::{Book, Entry, Resource};
pub use canary::{CanarySpec, rules_of};
pub use content::Spec;
pub use database::{DatabaseEngine, DatabaseSpec};
pub use documents::read_documents;
pub use export::audio_of;
pub use kind::{Kind, in_order};
pub use outbound::{
    About, AlertSubscriptionSpec, LetterLanguage, MAIL_SERVER, MailSecurity, MailServerSpec, Repeat, ReportBy,
    ReportEvery, ReportFormat, ReportScheduleSpec,
};
pub use outcome::{ChangeError, Changed};
pub use plan::{Action, Change, Edit, Expect, Known, Plan, Request, Wish, plan};
pub use problem::{Format, Problem, Shape, What};
pub use refs::prompts_named;
pub use rows::Rows;
pub use schema::json_schema;
pub use secrets::{Compared, NoSecrets, SecretFailed, Secrets};
pub use shipped::shipped_prompts;
pub use spec::{
    ANY_PREFIX, AgentSpec, DeviceSpec, DispositionSpec, FlowSpec, NumberSpec, OverflowSpec, PromptAudio, PromptSpec,
    QueueSpec, RoleSpec, RouteSpec, RoutingSpec, Secret, SecretSpec, SettingSpec, TargetSpec, TeamSpec, TenantSpec,
    ThresholdSpec, TitleSpec, TrunkSpec, UserSpec,
};
