//! What a call tells the contact centre.

use types::{Cause, LegId};

/// What a call tells the contact centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The attempt rings somewhere, for the first time; told again when the customer begins to hear
    /// the far end's own announcement.
    Ringing {
        /// The leg that rings.
        leg: LegId,
        /// The customer hears the far end already, so it needs no ringback.
        heard: bool,
    },
    /// The attempt was answered by this leg; it is not connected yet.
    Reached {
        /// The leg.
        leg: LegId,
    },
    /// Nobody answered the attempt.
    AttemptFailed {
        /// The most telling reason of all that were tried.
        cause: Cause,
        /// The SIP status that came with it.
        status: Option<u16>,
        /// It has rung somewhere.
        rang: bool,
    },
    /// The party that talked with the customer has gone; the customer is still there.
    PartnerLeft {
        /// The leg that left.
        leg: LegId,
        /// Why.
        cause: Cause,
        /// Whether it hung up itself.
        by_peer: bool,
    },
    /// The customer has gone. Every other leg is being ended.
    CustomerLeft {
        /// Why.
        cause: Cause,
        /// Whether the customer hung up.
        by_peer: bool,
    },
    /// One side has put the other on hold, or taken it back.
    Held {
        /// Who holds.
        by: LegId,
        /// Held, or taken back.
        held: bool,
    },
    /// A talking party asks for a transfer.
    TransferAsked {
        /// Who asks.
        by: LegId,
        /// To which number or user.
        target: types::Private<types::leg::Text>,
        /// The leg to take over, for an attended transfer.
        replaces: Option<LegId>,
    },
    /// A transfer has succeeded: the new party talks with the customer.
    Transferred {
        /// Who asked for it; its leg is being ended.
        by: LegId,
        /// Who talks now.
        to: LegId,
    },
    /// Nobody answered where a transfer leads to. Whoever knows another way begins the transfer anew
    /// on behalf of the same party; else it has to be told by [`Call::fail_transfer`].
    TransferUnreached {
        /// Who asked for it.
        by: LegId,
        /// The most telling reason of all that were tried.
        cause: Cause,
        /// The SIP status that came with it.
        status: Option<u16>,
        /// It has rung somewhere.
        rang: bool,
    },
    /// A transfer has failed; the customer is back with the party that asked, or `stranded` when
    /// that party has already gone.
    TransferFailed {
        /// Why.
        cause: Cause,
        /// Nobody is left to talk with the customer.
        stranded: bool,
    },
    /// The agent whose own call this is has answered: whom it wants to call is next.
    Originated {
        /// Its leg, the customer's as far as this call goes.
        leg: LegId,
    },
    /// The agent whose own call this is could not be reached.
    OriginateFailed {
        /// Why.
        cause: Cause,
    },
    /// Who is asked by the partner rings.
    ConsultRinging {
        /// The partner hears the far end already, so it needs no ringback.
        heard: bool,
    },
    /// Who is asked by the partner has answered; they hear each other.
    Consulting {
        /// The leg.
        leg: LegId,
    },
    /// Nobody answered whom the partner wanted to ask. Whoever knows another way begins anew; else it has to be ended
    /// by [`Call::cancel_consult`].
    ConsultFailed {
        /// The most telling reason of all that were tried.
        cause: Cause,
        /// The SIP status that came with it.
        status: Option<u16>,
        /// It has rung somewhere.
        rang: bool,
    },
    /// Who was asked has gone; the partner is with the customer again.
    ConsultLeft {
        /// The leg.
        leg: LegId,
    },
    /// The partner has left a room of several, and somebody else has its place.
    PartnerChanged {
        /// Who left.
        gone: LegId,
        /// Who is the partner now.
        to: LegId,
    },
    /// Somebody who was brought in has left; the others go on.
    MemberLeft {
        /// The leg.
        leg: LegId,
    },
    /// Somebody who wants to watch has answered, and hears.
    Watching {
        /// The leg.
        leg: LegId,
    },
    /// The last leg has ended.
    Over,
}
