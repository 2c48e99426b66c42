//! Sockets, timers and per-core threads that drive sip and media.

pub mod media;
pub mod mind;
pub mod outside;
pub mod signalling;
pub mod ua;

pub use outside::own_address;
