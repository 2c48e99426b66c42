//! The user agent against itself, and against peers that a test plays by hand.

mod calls;
mod changes;
mod failover;
#[path = "../fixtures/mod.rs"]
mod fixtures;
mod harness;
mod large;
mod outside;
mod strangers;
mod succession;
mod torture;
mod transfer;
mod walk;
mod websocket;
