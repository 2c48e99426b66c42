//! Fuzz targets: functions that take any bytes and panic when a promise is broken. `tests/seeded.rs` runs them on mutated
//! seeds, `crates/fuzz/run` under an engine that is guided by coverage; the bodies are the same.

mod calls;
mod corpus;
mod dialogs;
mod messages;
mod mutate;
mod sequences;

pub use corpus::{Seeds, TOKENS};
pub use mutate::{Rng, mutate};

/// One target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Takes any bytes; panics when a promise is broken.
    pub run: fn(&[u8]),
    /// What to begin with.
    pub seeds: fn() -> Seeds,
    /// The longest input that the engine should make, in bytes.
    pub max_len: usize,
}

/// All targets.
pub const TARGETS: [Target; 6] = [
    Target { name: "messages", run: messages::whole, seeds: corpus::messages, max_len: 4096 },
    Target { name: "values", run: messages::values, seeds: corpus::values, max_len: 1024 },
    Target { name: "descriptions", run: messages::description, seeds: corpus::descriptions, max_len: 2048 },
    Target { name: "streams", run: messages::stream, seeds: corpus::streams, max_len: 8192 },
    Target { name: "sequences", run: sequences::play, seeds: corpus::sequences, max_len: 1024 },
    Target { name: "dialogs", run: dialogs::restore, seeds: corpus::dialogs, max_len: 4096 },
];
