//! Where a leg is in its life.

/// Where a leg is in its life, as signalling sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Inbound, no final answer given.
    Offered,
    /// Outbound, no final answer received.
    Dialling,
    /// Answered; an inbound one may still wait for its ACK.
    Up,
    /// Over; waits for its media figures.
    Closing,
}
