//! HTTP, server-sent events, WebSocket and OpenAPI; DTOs live here and nowhere else.
//!
//! [`router`] makes the whole interface out of an [`ApiState`]. What goes on right now is asked of a [`Backend`], what
//! was is read from the store, what happens comes from the journal, sound from [`Recordings`]. Every question carries
//! the tenant of the caller's session, so that nothing of another tenant's is ever found.
//!
//! Reading order: [`router`] lists what there is; `context` is what every answer passes through; `viewer` says who asks; `events` is the stream; `dto` is what leaves.

mod assets;
mod auth;
mod backend;
mod context;
mod counters;
mod decisions;
mod dto;
mod error;
mod events;
mod honesty;
mod idle;
mod input;
mod jobs;
mod kept;
mod language;
mod names;
mod openapi;
mod outbound;
mod privacy;
mod proof;
mod range;
mod relay;
mod replay;
mod report;
mod router;
mod routes;
mod serve;
mod state;
mod streams;
mod subjects;
mod viewer;

pub use assets::Assets;
pub use auth::{HashError, PasswordCost, hash_password, is_password, one_time_password};
pub use backend::{
    Answer, Audio, Backend, KeptSound, NoSound, Peak, PhoneCredentials, PhoneLine, PromptLibrary, Recordings, Trouble,
};
pub use dto::{PlanBasis, RehearsalFacts, RehearsalResult, ReplayLine, SitePlan, replay_lines};
pub use openapi::openapi_json;
pub use outbound::{NotSent, Outbound};
pub use relay::Relay;
pub use replay::{Recorded, ReplayError, draft_policy, recorded_day};
pub use report::{ReportFile, report_file};
pub use router::router;
pub use routes::{basis, new_setup_token};
pub use serve::{Door, PROTOCOLS, serve};
pub use state::ApiState;
