//! The kinds of settings.

mod flows;
mod people;
mod reports;
mod prompts;
mod routing;

pub use flows::{FlowDraft, FlowRelease, FlowVersion};
pub use people::{CustomRole, Guard, Login, Session, Team};
pub use reports::ReportView;
pub use prompts::{Prompt, PromptVersion};
pub use routing::{AgentRouting, DispositionChoice, Queue, QueueMember, RouteRow, Setting, ThresholdRow};
