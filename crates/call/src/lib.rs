//! One call in domain words: its legs, who talks with whom, hold, transfer, and how it is taken down.
//!
//! [`Call`] is told what its legs report and what the contact centre wants; it answers with leg
//! commands and [`Happened`]s. It knows no SIP, no queue and no flow. Two promises hold whatever the
//! order of events: a leg that was told to dial is ended sooner or later, and [`Happened::Over`]
//! comes exactly once, when the last leg has ended.

mod attempt;
mod leg;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use types::leg::{Connection, TransferProgress};
use types::{Cause, LegCommand, LegEvent, LegId, Mono, Now};

use attempt::{Attempt, Purpose};
pub use attempt::{Dial, MAX_FORKS};
pub use leg::{Leg, Phase};

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
    /// The last leg has ended.
    Over,
}

/// One call.
#[derive(Debug)]
pub struct Call {
    customer: LegId,
    legs: Vec<Leg>,
    attempt: Option<Attempt>,
    partner: Option<LegId>,
    over: bool,
    commands: VecDeque<LegCommand>,
    happened: VecDeque<Happened>,
}

impl Call {
    /// A call that came in on this leg.
    pub fn incoming(customer: LegId) -> Self {
        Self {
            customer,
            legs: vec![Leg::new(customer, Phase::Offered)],
            attempt: None,
            partner: None,
            over: false,
            commands: VecDeque::new(),
            happened: VecDeque::new(),
        }
    }

    /// The customer's leg.
    pub const fn customer(&self) -> LegId {
        self.customer
    }

    /// The leg that talks with the customer.
    pub const fn partner(&self) -> Option<LegId> {
        self.partner
    }

    /// All legs; ended ones are forgotten when the next attempt begins.
    pub fn legs(&self) -> &[Leg] {
        &self.legs
    }

    /// A leg.
    pub fn leg(&self, id: LegId) -> Option<&Leg> {
        self.legs.iter().find(|l| l.id == id)
    }

    /// Whether the customer's call has been taken.
    pub fn is_answered(&self) -> bool {
        self.leg(self.customer).is_some_and(|l| l.phase == Phase::Up)
    }

    /// Whether an attempt is under way.
    pub const fn is_attempting(&self) -> bool {
        self.attempt.is_some()
    }

    /// The next command for a leg.
    pub fn poll_command(&mut self) -> Option<LegCommand> {
        self.commands.pop_front()
    }

    /// The next thing that the contact centre should know.
    pub fn poll_happened(&mut self) -> Option<Happened> {
        self.happened.pop_front()
    }

    /// When [`Call::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Mono> {
        self.attempt.as_ref().map(|a| a.deadline)
    }

    /// The attempt's time is up.
    pub fn handle_timeout(&mut self, now: Now) {
        if self.attempt.as_ref().is_some_and(|a| a.deadline <= now.mono) {
            self.fail_attempt(Cause::NoAnswer, None);
        }
    }

    // ---- what the contact centre wants ----

    /// Takes the customer's call. Once is enough; more often changes nothing.
    pub fn answer(&mut self) {
        let customer = self.customer;
        if self.set_phase(customer, Phase::Offered, Phase::Up) {
            self.commands.push_back(LegCommand::Answer(customer));
        }
    }

    /// Tells a customer whose call is not taken yet that it rings.
    pub fn ring(&mut self) {
        if self.leg(self.customer).is_some_and(|l| l.phase == Phase::Offered) {
            self.commands.push_back(LegCommand::Ring(self.customer));
        }
    }

    /// Rings these targets at once until `ring_for` has passed; the first to answer is
    /// [`Happened::Reached`]. An attempt that is under way gives way to the new one.
    pub fn attempt(&mut self, now: Now, dials: Vec<Dial>, ring_for: Duration) {
        self.begin(now, dials, ring_for, Purpose::Reach);
    }

    /// Rings these targets on behalf of a transfer that `by` has asked for.
    pub fn transfer(&mut self, now: Now, by: LegId, dials: Vec<Dial>, ring_for: Duration) {
        self.begin(now, dials, ring_for, Purpose::Transfer { by });
    }

    /// Refuses a transfer that was asked for.
    pub fn refuse_transfer(&mut self, by: LegId, cause: Cause) {
        self.progress(by, TransferProgress::Refused(cause));
    }

    /// A transfer has failed, and there is no other way: the customer is with the party that asked
    /// again, if that is still there.
    pub fn fail_transfer(&mut self, by: LegId, cause: Cause) {
        self.progress(by, TransferProgress::Failed(cause));
        let stranded = self.partner.is_none();
        if let Some(partner) = self.partner {
            let to = Connection::Bridge(partner);
            self.commands.push_back(LegCommand::Connect { leg: self.customer, to });
        }
        self.happened.push_back(Happened::TransferFailed { cause, stranded });
    }

    /// Gives up an attempt without a word about it.
    pub fn cancel_attempt(&mut self, cause: Cause) {
        if let Some(attempt) = self.attempt.take() {
            for leg in attempt.legs {
                self.hang_up(leg, cause);
            }
        }
    }

    /// Connects the customer with `leg` (answering the customer first where needed). Whoever talked
    /// with the customer before is hung up.
    pub fn connect(&mut self, leg: LegId) {
        if self.leg(leg).is_none_or(|l| l.phase != Phase::Up) {
            return;
        }
        if let Some(old) = self.partner.replace(leg).filter(|old| *old != leg) {
            self.hang_up(old, Cause::Transferred);
        }
        self.answer();
        self.commands.push_back(LegCommand::Connect { leg: self.customer, to: Connection::Bridge(leg) });
    }

    /// Customer and partner change places: the one that called in serves the other from now on.
    /// Whether there was a partner to change with.
    pub fn swap(&mut self) -> bool {
        let Some(partner) = self.partner else { return false };
        self.partner = Some(std::mem::replace(&mut self.customer, partner));
        true
    }

    /// Takes a leg of another call as the customer's new partner (attended transfer).
    pub fn adopt(&mut self, leg: Leg) {
        let id = leg.id;
        self.legs.push(leg);
        self.connect(id);
    }

    /// Gives a leg away to another call without ending it. The call is over when it was the last.
    pub fn release(&mut self, id: LegId) -> Option<Leg> {
        let at = self.legs.iter().position(|l| l.id == id && l.phase == Phase::Up)?;
        let leg = self.legs.remove(at);
        if self.partner == Some(id) {
            self.partner = None;
        }
        if id == self.customer {
            self.end_all(Cause::Transferred);
        }
        self.check_over();
        Some(leg)
    }

    /// Ends the partner's leg; the customer stays.
    pub fn hang_up_partner(&mut self, cause: Cause) {
        if let Some(partner) = self.partner.take() {
            self.hang_up(partner, cause);
        }
    }

    /// Ends one leg that is neither the customer's nor the partner's.
    pub fn hang_up_leg(&mut self, leg: LegId, cause: Cause) {
        if self.partner == Some(leg) {
            self.partner = None;
        }
        self.hang_up(leg, cause);
    }

    /// Ends every leg.
    pub fn hang_up_all(&mut self, cause: Cause) {
        self.end_all(cause);
    }

    // ---- what the legs report ----

    /// A leg of this call reports.
    pub fn handle(&mut self, event: &LegEvent) {
        match *event {
            LegEvent::Ringing { leg, early_media } => self.on_ringing(leg, early_media),
            LegEvent::Answered { leg } => self.on_answered(leg),
            LegEvent::Ended { leg, cause, status, by_peer, .. } => self.on_ended(leg, cause, status, by_peer),
            LegEvent::HeldByPeer { leg, held } => self.on_held(leg, held),
            LegEvent::TransferAsked { leg, ref target, replaces } => {
                let target = target.clone();
                self.happened.push_back(Happened::TransferAsked { by: leg, target, replaces });
            }
            _ => {}
        }
    }

    fn on_held(&mut self, leg: LegId, held: bool) {
        if let Some(l) = self.legs.iter_mut().find(|l| l.id == leg && l.holds != held) {
            l.holds = held;
            self.happened.push_back(Happened::Held { by: leg, held });
        }
    }

    fn on_ringing(&mut self, leg: LegId, early_media: bool) {
        let first = self.set_phase(leg, Phase::Dialling, Phase::Ringing);
        let Some(attempt) = self.attempt.as_mut().filter(|a| a.legs.contains(&leg)) else { return };
        let alone = attempt.legs.len() == 1;
        let purpose = attempt.purpose;
        // With several telephones there is nobody's announcement to choose.
        let heard = early_media && alone && purpose == Purpose::Reach && !attempt.heard;
        attempt.heard |= heard;
        let news = heard || !attempt.rang;
        if !std::mem::replace(&mut attempt.rang, true)
            && let Purpose::Transfer { by } = purpose
        {
            self.progress(by, TransferProgress::Ringing);
        }
        if heard {
            self.pass_early_media(leg);
        } else if first {
            self.ring();
        }
        if news {
            self.happened.push_back(Happened::Ringing { leg, heard });
        }
    }

    /// The far end's own announcement is worth more than our ringback, so the customer hears it.
    fn pass_early_media(&mut self, leg: LegId) {
        if self.leg(self.customer).is_some_and(|l| l.phase == Phase::Offered) {
            self.commands.push_back(LegCommand::EarlyMedia(self.customer));
        }
        self.commands.push_back(LegCommand::Connect { leg: self.customer, to: Connection::Bridge(leg) });
    }

    fn on_answered(&mut self, leg: LegId) {
        let answered =
            self.set_phase(leg, Phase::Dialling, Phase::Up) || self.set_phase(leg, Phase::Ringing, Phase::Up);
        if !answered {
            return;
        }
        match self.attempt.take_if(|a| a.legs.contains(&leg)) {
            Some(attempt) => {
                for other in attempt.legs.into_iter().filter(|l| *l != leg) {
                    self.hang_up(other, Cause::AnsweredElsewhere);
                }
                match attempt.purpose {
                    Purpose::Reach => self.happened.push_back(Happened::Reached { leg }),
                    Purpose::Transfer { by } => self.complete_transfer(by, leg),
                }
            }
            // It answered while we were giving it up.
            None => self.hang_up(leg, Cause::Cancelled),
        }
    }

    fn complete_transfer(&mut self, by: LegId, to: LegId) {
        self.progress(by, TransferProgress::Done);
        self.connect(to);
        self.happened.push_back(Happened::Transferred { by, to });
    }

    fn on_ended(&mut self, id: LegId, cause: Cause, status: Option<u16>, by_peer: bool) {
        let Some(leg) = self.legs.iter_mut().find(|l| l.id == id && l.phase != Phase::Ended) else { return };
        let given_up = leg.phase == Phase::Ending;
        leg.phase = Phase::Ended;
        if id == self.customer {
            if !given_up {
                self.happened.push_back(Happened::CustomerLeft { cause, by_peer });
            }
            self.customer_left();
        } else if self.partner == Some(id) {
            self.partner = None;
            let handing_over = self.attempt.as_ref().is_some_and(|a| a.purpose == Purpose::Transfer { by: id });
            if !given_up && !handing_over {
                self.happened.push_back(Happened::PartnerLeft { leg: id, cause, by_peer });
            }
        } else if let Some(attempt) = self.attempt.as_mut().filter(|a| a.legs.contains(&id)) {
            attempt.note_failure(id, cause, status);
            if attempt.legs.is_empty() {
                let (cause, status) = attempt.worst;
                self.fail_attempt(cause, status);
            }
        }
        self.check_over();
    }

    fn fail_attempt(&mut self, cause: Cause, status: Option<u16>) {
        let Some(attempt) = self.attempt.take() else { return };
        for leg in &attempt.legs {
            self.hang_up(*leg, cause);
        }
        let rang = attempt.rang;
        self.happened.push_back(match attempt.purpose {
            Purpose::Reach => Happened::AttemptFailed { cause, status, rang },
            Purpose::Transfer { by } => Happened::TransferUnreached { by, cause, status, rang },
        });
    }

    // ---- helpers ----

    fn begin(&mut self, now: Now, dials: Vec<Dial>, ring_for: Duration, purpose: Purpose) {
        self.cancel_attempt(Cause::Cancelled);
        // What has ended is of no more use, and a caller may be offered many times.
        let customer = self.customer;
        self.legs.retain(|l| l.phase != Phase::Ended || l.id == customer);
        let mut attempt = Attempt::new(now.mono + ring_for, purpose);
        for dial in dials.into_iter().take(MAX_FORKS) {
            attempt.legs.push(dial.leg);
            self.legs.push(Leg::new(dial.leg, Phase::Dialling));
            self.commands.push_back(dial.into_command(self.customer));
        }
        let nobody = attempt.legs.is_empty();
        self.attempt = Some(attempt);
        if nobody {
            self.fail_attempt(Cause::Unreachable, None);
        }
    }

    fn progress(&mut self, by: LegId, progress: TransferProgress) {
        if self.leg(by).is_some_and(|l| l.phase == Phase::Up) {
            self.commands.push_back(LegCommand::TransferProgress { leg: by, progress });
        }
    }

    fn hang_up(&mut self, id: LegId, cause: Cause) {
        let Some(leg) = self.legs.iter_mut().find(|l| l.id == id) else { return };
        if !matches!(leg.phase, Phase::Ending | Phase::Ended) {
            leg.phase = Phase::Ending;
            self.commands.push_back(LegCommand::Hangup { leg: id, cause });
        }
    }

    /// Who talked hears that the other one has gone; what still rings rings in vain.
    fn customer_left(&mut self) {
        let talking: Vec<LegId> = self.legs.iter().filter(|l| l.phase == Phase::Up).map(|l| l.id).collect();
        for id in talking {
            self.hang_up(id, Cause::OtherLeft);
        }
        self.end_all(Cause::Cancelled);
    }

    fn end_all(&mut self, cause: Cause) {
        self.attempt = None;
        self.partner = None;
        for id in self.legs.iter().map(|l| l.id).collect::<Vec<_>>() {
            self.hang_up(id, cause);
        }
    }

    fn check_over(&mut self) {
        if !self.over && self.legs.iter().all(|l| l.phase == Phase::Ended) {
            self.over = true;
            self.happened.push_back(Happened::Over);
        }
    }

    fn set_phase(&mut self, id: LegId, from: Phase, to: Phase) -> bool {
        match self.legs.iter_mut().find(|l| l.id == id && l.phase == from) {
            Some(leg) => {
                leg.phase = to;
                true
            }
            None => false,
        }
    }
}
