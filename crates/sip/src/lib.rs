//! SIP signalling, sans-IO: messages, transactions, dialogs, digest, session timers.

pub mod agent;
pub mod build;
mod check;
mod config;
mod dialog;
pub mod digest;
pub mod error;
pub mod flow;
mod handle;
pub mod header;
pub mod host;
pub mod limits;
pub mod message;
pub mod method;
mod name;
pub mod params;
mod parse;
mod scan;
mod session_timer;
pub mod status;
pub mod stream;
mod table;
mod tag;
mod timers;
mod transaction;
pub mod uri;

pub use build::MessageBuilder;
pub use agent::Agent;
pub use error::{Malformed, ParseError};
pub use flow::{Flow, Transport};
pub use name::HeaderName;
pub use message::{Message, Refused};
pub use method::Method;
pub use uri::{Uri, UriBuf};
