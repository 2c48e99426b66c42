//! The kinds of settings.

mod flows;
mod people;
mod routing;

pub use flows::{FlowDraft, FlowRelease, FlowVersion};
pub use people::{CustomRole, Guard, Login, Session, Team};
pub use routing::{AgentRouting, DispositionChoice, Queue, QueueMember, RouteRow, Setting, StoredSecret};
