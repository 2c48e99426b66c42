//! What the center wants done.

use types::LegCommand;
use types::event::Event;

/// One decision to carry out, in order.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Tell a leg.
    Leg(LegCommand),
    /// Write in the journal. Events that come before a leg command in this order are written
    /// before it takes effect.
    Journal(Box<Event>),
}
