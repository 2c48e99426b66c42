//! Append-only, checksummed segments of typed, versioned events: the truth of what happened.
//!
//! A [`Journal`] is a folder of segment files. [`Writer`]s encode events on the signalling thread and hand them in
//! batches to one writer thread, which numbers them, writes them and makes them visible to every [`Subscription`];
//! a second thread syncs them to the disk. Nothing a disk does can hold up a call for longer than the bound given
//! to [`Writer::barrier`].
//!
//! Each event has two numbers. Its *position* counts all events of this journal in the order of writing and is the
//! cursor of projections. Its *sequence number* counts the events of its tenant and is the cursor of screens and
//! webhooks. Both only rise; after a crash they skip ahead, so that a number is never given twice even when the
//! machine lost the last moments.
//!
//! [`ladder`] keeps the raw SIP messages of recent calls in the same manner, bounded by size.

mod disk;
mod error;
mod frame;
mod index;
pub mod ladder;
mod live;
mod open;
mod options;
mod pace;
mod past;
mod queue;
mod reader;
mod repair;
mod segment;
mod shared;
mod syncer;
mod thread;
mod worker;
mod writer;

pub use disk::{Disk, DiskFile, OsDisk};
pub use error::Error;
pub use frame::Stored;
pub use open::Journal;
pub use options::{Alarm, AlarmSink, Options};
pub use pace::{Pace, SYNC_BOUNDS_MS, Syncs};
pub use past::Past;
pub use queue::Written;
pub use reader::Subscription;
pub use repair::{Damage, inspect, repair};
pub use writer::Writer;
