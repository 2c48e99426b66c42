//! What the journal and the ladder promise, through their public face.

mod disk;
mod events;
mod ladder;
