//! What tests of several crates share.

pub mod bench;
mod private_log;

pub use private_log::{PrivateLog, private_log};
