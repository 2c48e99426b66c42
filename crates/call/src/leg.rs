//! One leg as the call sees it.

use types::LegId;

/// Where a leg is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Inbound and not taken yet.
    Offered,
    /// Outbound, no sign from the far end yet.
    Dialling,
    /// Outbound and ringing.
    Ringing,
    /// Answered.
    Up,
    /// Told to end; its `Ended` is still to come.
    Ending,
    /// Over.
    Ended,
}

/// One leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Its id.
    pub id: LegId,
    /// Where it is in its life.
    pub phase: Phase,
    /// Its far end has put us on hold.
    pub holds: bool,
    /// Its voice is passed on to nobody.
    pub muted: bool,
    /// The telephone that rings takes the call when it is told to.
    pub answerable: bool,
}

impl Leg {
    /// Whether its telephone rings.
    pub fn rings(&self) -> bool {
        self.phase == Phase::Ringing
    }

    pub(crate) const fn new(id: LegId, phase: Phase) -> Self {
        Self { id, phase, holds: false, muted: false, answerable: false }
    }
}
