//! What tests of several crates share.

pub mod bench;
mod left_out;
mod ports;
mod private_log;

pub use left_out::{left_out, tool_missing};
pub use ports::free_ports;
pub use private_log::{PrivateLog, private_log};
