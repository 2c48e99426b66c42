//! Speech by programs of this machine.

mod espeak;
mod program;

pub use espeak::Espeak;
