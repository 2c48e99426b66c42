//! Asking somebody else while the customer waits, and what comes of it: a transfer, a conference, or nothing.

use std::time::Duration;

use types::{Cause, LegId, Now};

use crate::attempt::Purpose;
use crate::room::MAX_MEMBERS;
use crate::{Call, Dial, Happened, Leg};

/// Somebody whom the partner asks beside the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Consult {
    /// The partner at that time.
    pub(crate) by: LegId,
    /// Who is asked, once it is heard.
    pub(crate) leg: Option<LegId>,
    /// The partner is with the one it asks, not with the customer.
    pub(crate) active: bool,
}

impl Call {
    /// Whether the partner asks somebody beside, or rings it.
    pub const fn is_consulting(&self) -> bool {
        self.consult.is_some()
    }

    /// Who is asked, once that one has answered.
    pub fn consulted(&self) -> Option<LegId> {
        self.consult.and_then(|c| c.leg).filter(|leg| self.is_up(*leg))
    }

    /// Whether the partner is with the one it asks, and not with the customer.
    pub fn is_beside(&self) -> bool {
        self.consult.is_some_and(|c| c.active)
    }

    /// Whoever talks with this party right now, of the partner's two.
    pub fn counterpart(&self, leg: LegId) -> Option<LegId> {
        match self.consult {
            Some(c) if c.active && c.by == leg => self.consulted(),
            Some(c) if c.active && self.consulted() == Some(leg) => Some(c.by),
            _ if self.partner == Some(leg) => Some(self.customer),
            _ => self.partner,
        }
    }

    /// Rings somebody for the partner while the customer waits. What is asked of an earlier one is over.
    pub fn consult(&mut self, now: Now, dials: Vec<Dial>, ring_for: Duration) {
        let Some(by) = self.partner else { return };
        self.drop_consult(Cause::Cancelled);
        self.stepped_out = false;
        self.consult = Some(Consult { by, leg: None, active: true });
        self.rewire();
        self.begin(now, dials, ring_for, Purpose::Consult);
    }

    /// The partner goes from the one to the other. Whether it could: nobody is asked, or has not answered.
    pub fn alternate(&mut self) -> bool {
        if self.consulted().is_none() {
            return false;
        }
        if let Some(consult) = &mut self.consult {
            consult.active = !consult.active;
        }
        self.stepped_out = false;
        self.rewire();
        true
    }

    /// Who is asked takes the partner's place, whose leg ends. Whether it could.
    pub fn complete_consult(&mut self) -> bool {
        let Some(to) = self.consulted() else { return false };
        let by = self.partner;
        self.consult = None;
        self.connect(to);
        if let Some(by) = by {
            self.happened.push_back(Happened::Transferred { by, to });
        }
        true
    }

    /// Who is asked still rings: it rings for the customer from now on, and the partner goes once it answers. Whether
    /// anybody rings.
    pub fn hand_on_ringing(&mut self) -> bool {
        let Some(by) = self.partner else { return false };
        let Some(attempt) = self.attempts.iter_mut().find(|a| a.purpose == Purpose::Consult) else { return false };
        attempt.purpose = Purpose::Transfer { by };
        self.consult = None;
        self.rewire();
        true
    }

    /// Who is asked joins the customer and the partner; the leg. Nothing when nobody has answered, or there are too many.
    pub fn join_consult(&mut self) -> Option<LegId> {
        let leg = self.consulted().filter(|_| self.members.len() < MAX_MEMBERS)?;
        self.consult = None;
        self.members.push(leg);
        self.rewire();
        Some(leg)
    }

    /// Takes a leg of another call into the room.
    pub fn adopt_member(&mut self, leg: Leg) {
        self.members.push(leg.id);
        self.legs.push(leg);
        self.rewire();
    }

    /// The partner is with the customer again, and who is asked is let go. Whether anybody was.
    pub fn cancel_consult(&mut self, cause: Cause) -> bool {
        let was = self.drop_consult(cause);
        self.rewire();
        was
    }

    pub(crate) fn drop_consult(&mut self, cause: Cause) -> bool {
        if let Some(at) = self.attempts.iter().position(|a| a.purpose == Purpose::Consult) {
            self.call_off(at, cause);
        }
        let Some(consult) = self.consult.take() else { return false };
        if let Some(leg) = consult.leg {
            self.hang_up(leg, cause);
        }
        true
    }

    /// The partner has gone: whoever is there in its place takes it. Who is asked comes first, since the partner had
    /// meant to hand on to it.
    pub(crate) fn succeed(&mut self, gone: LegId) -> bool {
        self.stepped_out = false;
        if let Some(to) = self.consulted() {
            self.consult = None;
            self.connect(to);
            self.happened.push_back(Happened::Transferred { by: gone, to });
            return true;
        }
        self.drop_consult(Cause::Cancelled);
        let Some(to) = self.members.iter().copied().find(|leg| self.is_up(*leg)) else { return false };
        self.members.retain(|leg| *leg != to);
        self.partner = Some(to);
        self.rewire();
        self.happened.push_back(Happened::PartnerChanged { gone, to });
        true
    }

    /// The customer has gone from a room that goes on without it. Whether it does.
    pub(crate) fn go_on_without(&mut self, customer: LegId) -> bool {
        let Some(partner) = self.partner.filter(|_| self.outlives_customer) else { return false };
        let Some(next) = self.members.iter().copied().find(|leg| self.is_up(*leg)) else { return false };
        self.drop_consult(Cause::Cancelled);
        self.members.retain(|leg| *leg != next);
        (self.customer, self.partner) = (partner, Some(next));
        self.aim_watchers(customer);
        self.rewire();
        self.happened.push_back(Happened::PartnerChanged { gone: customer, to: next });
        true
    }

    /// Whether a room of several goes on when the customer leaves it, as among colleagues.
    pub const fn set_outlives_customer(&mut self, outlives: bool) {
        self.outlives_customer = outlives;
    }
}
