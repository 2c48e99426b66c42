//! Sockets, timers and per-core threads that drive sip and media.

pub mod mind;
pub mod ua;
