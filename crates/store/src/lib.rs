//! Settings and projections in SQL.
//!
//! A [`Store`] speaks to any backend that the SQL layer has a driver for: [`Store::open_sqlite`] is the default,
//! adapter crates open others by [`Store::from_connections`], and each of them must pass the `conformance` suite
//! (behind the feature of that name).
//!
//! Settings are rows ([`Row`]), read and written whole; every statement names the tenant, so that no question of
//! one tenant's is answered with another's rows. Interactions and callbacks are projections: a [`Projector`] inserts
//! them from the journal in batches, and they can be rebuilt from it.

mod aftermath;
mod alerts;
mod archive;
mod callbacks;
mod change;
mod column;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod days;
mod delivery;
mod demand;
mod error;
mod forwarding;
mod history;
mod interactions;
mod migrations;
mod parts;
#[cfg(test)]
mod plans;
mod projection;
mod promises;
pub mod report;
mod retention;
mod row;
mod rows;
mod sql;
mod store;
mod voicemail;

pub use aftermath::{Aftermath, SurveyAnswer, WrapUp};
pub use alerts::AlertRow;
pub use archive::{ArchiveCursor, ArchiveFailure, ArchiveFigures, Archived, ToArchive};
pub use callbacks::Callback;
pub use change::Change;
pub use days::{AgentDay, StateChange};
pub use delivery::{Delivery, DeliveryFilter, DeliveryKind, DeliveryStatus, Origin, WAITING_MOST};
pub use demand::Demand;
pub use error::Error;
pub use forwarding::AgentForwarding;
pub use history::Past;
pub use interactions::{Filter, Interaction, Number, Page};
pub use parts::Part;
pub use projection::{Applied, Fact, Projector};
pub use promises::{LastQueued, Promise};
pub use retention::{LegalHold, Retention, Tombstone};
pub use row::{Key, Row};
pub use rows::{
    AgentRouting, AlertSubscription, CustomRole, Dashboard, DataKey, DispositionChoice, FlowCanary, FlowCanaryEnd,
    FlowDraft, FlowRelease, FlowVersion, Guard, Login, MailServer, Prompt, PromptVersion, Queue, QueueMember,
    ReportSchedule, ReportView, RouteRow, ScheduleRun, Session, Setting, StoredDatabase, StoredSecret, Team,
    ThresholdRow,
};
pub use store::{Store, copy_sqlite};
pub use voicemail::Voicemail;
