//! SIP signalling, sans-IO: messages, transactions, dialogs, digest, session timers.

pub mod agent;
pub mod build;
mod check;
pub mod error;
pub mod flow;
pub mod header;
pub mod host;
pub mod limits;
pub mod message;
pub mod method;
pub mod params;
mod parse;
mod scan;
pub mod status;
pub mod uri;

pub use build::MessageBuilder;
pub use agent::Agent;
pub use error::{Malformed, ParseError};
pub use flow::{Flow, Transport};
pub use header::HeaderName;
pub use message::{Message, Refused};
pub use method::Method;
pub use uri::{Uri, UriBuf};
