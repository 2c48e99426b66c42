//! What tests of several crates share.

mod private_log;

pub use private_log::{PrivateLog, private_log};
