//! Ringing one or several targets until the first answers.

use types::leg::{CallerId, Target};
use types::{Cause, LegCommand, LegId, Mono, TenantId};

use crate::room::Watch;

/// Targets that are rung at once: an agent has a handful of devices, and each costs a leg.
pub const MAX_FORKS: usize = 16;

/// One target to ring.
#[derive(Clone, Debug)]
pub struct Dial {
    /// The new leg's id.
    pub leg: LegId,
    /// Whose call.
    pub tenant: TenantId,
    /// Where to.
    pub target: Target,
    /// Who seems to call.
    pub caller: CallerId,
}

impl Dial {
    pub(crate) fn into_command(self, on_behalf_of: Option<LegId>) -> LegCommand {
        let Self { leg, tenant, target, caller } = self;
        LegCommand::Dial { leg, tenant, target, caller, on_behalf_of }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// For the customer.
    Reach,
    /// For the customer, as `by` has asked.
    Transfer { by: LegId },
    /// The agent whose own call this is.
    Originate,
    /// For the partner.
    Consult,
    /// Somebody who is to watch a party.
    Watch { of: LegId, mode: Watch },
}

impl Purpose {
    /// Whether it decides where the customer is; of these there is one at a time.
    pub(crate) const fn is_main(self) -> bool {
        matches!(self, Self::Reach | Self::Transfer { .. } | Self::Originate)
    }
}

#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) legs: Vec<LegId>,
    pub(crate) deadline: Mono,
    pub(crate) purpose: Purpose,
    pub(crate) rang: bool,
    /// The customer hears the far end's announcement.
    pub(crate) heard: bool,
    pub(crate) worst: (Cause, Option<u16>),
}

impl Attempt {
    pub(crate) const fn new(deadline: Mono, purpose: Purpose) -> Self {
        Self { legs: Vec::new(), deadline, purpose, rang: false, heard: false, worst: (Cause::Unreachable, None) }
    }

    /// One target failed. Of several failures the one that says most about the person is kept:
    /// somebody declined before busy before no answer before any technical cause.
    pub(crate) fn note_failure(&mut self, leg: LegId, cause: Cause, status: Option<u16>) {
        self.legs.retain(|l| *l != leg);
        if self.worst.1.is_none() && self.worst.0 == Cause::Unreachable || weight(cause) > weight(self.worst.0) {
            self.worst = (cause, status);
        }
    }
}

const fn weight(cause: Cause) -> u8 {
    match cause {
        Cause::Declined => 4,
        Cause::Busy => 3,
        Cause::NoAnswer => 2,
        Cause::NotFound | Cause::Unreachable => 0,
        _ => 1,
    }
}
