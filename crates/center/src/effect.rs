//! What the center wants done.

use std::sync::Arc;

use types::LegCommand;
use types::event::Event;
use types::watch::{Summary, WatchId, Watched};

/// One decision to carry out, in order.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Tell a leg.
    Leg(LegCommand),
    /// Write in the journal. Events that come before a leg command in this order are written
    /// before it takes effect.
    Journal(Box<Event>),
    /// Something that these watch stands so from now on.
    Watched {
        /// Who watches it.
        watches: Vec<WatchId>,
        /// How it stands.
        state: Arc<Watched>,
    },
    /// A telephone that has not asked is told of its messages. Whether it would not hear of them is said by
    /// [`Center::summary_failed`](crate::Center::summary_failed).
    Summary(Box<Summary>),
}
