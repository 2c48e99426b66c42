//! The kinds of settings.

mod flows;
mod keys;
mod outbound;
mod people;
mod prompts;
mod reports;
mod routing;

pub use flows::{FlowCanary, FlowCanaryEnd, FlowDraft, FlowRelease, FlowVersion};
pub use keys::DataKey;
pub use outbound::{AlertSubscription, MailServer, ReportSchedule, ScheduleRun};
pub use people::{CustomRole, Guard, Login, Session, Team};
pub use prompts::{Prompt, PromptVersion};
pub use reports::{Dashboard, ReportView};
pub use routing::{
    AgentRouting, DispositionChoice, Queue, QueueMember, RouteRow, Setting, StoredDatabase, StoredSecret, ThresholdRow,
};
