//! One call in domain words: its legs, who talks with whom, hold, transfer, and how it is taken down.
//!
//! [`Call`] is told what its legs report and what the contact centre wants; it answers with leg
//! commands and [`Happened`]s. It knows no SIP, no queue and no flow. Two promises hold whatever the
//! order of events: a leg that was told to dial is ended sooner or later, and [`Happened::Over`]
//! comes exactly once, when the last leg has ended.

mod attempt;
mod consult;
mod happened;
mod leg;
mod reports;
mod room;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

use types::leg::{Connection, TransferProgress};
use types::{Cause, LegCommand, LegId, Mono, Now};

use attempt::{Attempt, Purpose};
pub use attempt::{Dial, MAX_FORKS};
use consult::Consult;
pub use happened::Happened;
pub use leg::{Leg, Phase};
pub use room::{MAX_MEMBERS, MAX_WATCHERS, Watch, Watcher};

/// One call.
#[derive(Debug)]
pub struct Call {
    customer: LegId,
    legs: Vec<Leg>,
    /// At most one to reach somebody for the customer, one for the partner, and one for each who wants to watch.
    attempts: Vec<Attempt>,
    partner: Option<LegId>,
    consult: Option<Consult>,
    members: Vec<LegId>,
    watchers: Vec<Watcher>,
    stepped_out: bool,
    outlives_customer: bool,
    /// What each leg was told to hear last, while the customer talks with somebody.
    wired: Vec<(LegId, Connection)>,
    over: bool,
    commands: VecDeque<LegCommand>,
    happened: VecDeque<Happened>,
}

impl Call {
    /// A call that came in on this leg.
    pub fn incoming(customer: LegId) -> Self {
        let mut call = Self::empty(customer);
        call.legs.push(Leg::new(customer, Phase::Offered));
        call
    }

    /// A call that an agent makes by order: its own telephones ring first, and the one that answers is this call's
    /// customer. There is at least one of them.
    pub fn outgoing(now: Now, dials: Vec<Dial>, ring_for: Duration) -> Self {
        let mut call = Self::empty(dials.first().map_or(LegId(0), |d| d.leg));
        call.begin(now, dials, ring_for, Purpose::Originate);
        call
    }

    const fn empty(customer: LegId) -> Self {
        Self {
            customer,
            legs: Vec::new(),
            attempts: Vec::new(),
            partner: None,
            consult: None,
            members: Vec::new(),
            watchers: Vec::new(),
            stepped_out: false,
            outlives_customer: false,
            wired: Vec::new(),
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

    /// Whether somebody is being rung for the customer.
    pub fn is_attempting(&self) -> bool {
        self.attempts.iter().any(|a| a.purpose.is_main())
    }

    /// The next command for a leg.
    pub fn poll_command(&mut self) -> Option<LegCommand> {
        take(&mut self.commands)
    }

    /// The next thing that the contact centre should know.
    pub fn poll_happened(&mut self) -> Option<Happened> {
        take(&mut self.happened)
    }

    /// When [`Call::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Mono> {
        self.attempts.iter().map(|a| a.deadline).min()
    }

    /// An attempt's time is up.
    pub fn handle_timeout(&mut self, now: Now) {
        while let Some(at) = self.attempts.iter().position(|a| a.deadline <= now.mono) {
            self.fail_attempt(at, Cause::NoAnswer, None);
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
        self.forget_wiring_of(self.customer);
        self.rewire();
        self.happened.push_back(Happened::TransferFailed { cause, stranded });
    }

    /// Rings somebody who is to watch a party, `Barge` and all.
    pub fn ring_watcher(&mut self, now: Now, of: LegId, mode: Watch, dials: Vec<Dial>, ring_for: Duration) {
        self.begin(now, dials, ring_for, Purpose::Watch { of, mode });
    }

    /// Gives up ringing somebody for the customer without a word about it.
    pub fn cancel_attempt(&mut self, cause: Cause) {
        if let Some(at) = self.attempts.iter().position(|a| a.purpose.is_main()) {
            self.call_off(at, cause);
        }
    }

    /// Whoever is rung by this leg is rung no more, as if it had refused. Whether it was rung.
    pub fn decline(&mut self, leg: LegId) -> bool {
        let Some(at) = self.attempts.iter().position(|a| a.legs.contains(&leg)) else { return false };
        self.fail_attempt(at, Cause::Declined, None);
        true
    }

    /// How many targets may take the place of this leg beside the others that ring for the customer; none where it
    /// rings alone, or not at all.
    pub fn room_beside(&self, leg: LegId) -> Option<usize> {
        let attempt = self.attempts.iter().find(|a| a.purpose.is_main() && a.legs.contains(&leg))?;
        (attempt.legs.len() > 1).then(|| MAX_FORKS + 1 - attempt.legs.len())
    }

    /// These targets ring in the place of a leg beside the others, until the time of those is up. That the leg refused
    /// says nothing about the person: it has named another place. Whether it rang beside others, and there is one.
    pub fn ring_instead(&mut self, leg: LegId, dials: Vec<Dial>) -> bool {
        let Some(room) = self.room_beside(leg).filter(|_| !dials.is_empty()) else { return false };
        let Some(at) = self.attempts.iter().position(|a| a.legs.contains(&leg)) else { return false };
        self.attempts[at].legs.retain(|l| *l != leg);
        self.hang_up(leg, Cause::Declined);
        self.fork(at, dials.into_iter().take(room));
        true
    }

    pub(crate) fn call_off(&mut self, at: usize, cause: Cause) {
        for leg in self.attempts.swap_remove(at).legs {
            self.hang_up(leg, cause);
        }
    }

    /// Connects the customer with `leg` (answering the customer first where needed). Whoever talked
    /// with the customer before is hung up.
    pub fn connect(&mut self, leg: LegId) {
        if self.leg(leg).is_none_or(|l| l.phase != Phase::Up) {
            return;
        }
        self.drop_consult(Cause::Cancelled);
        self.leave_room(leg);
        self.stepped_out = false;
        if let Some(old) = self.partner.replace(leg).filter(|old| *old != leg) {
            self.hang_up(old, Cause::Transferred);
            self.aim_watchers(old);
        }
        self.answer();
        self.forget_wiring_of(self.customer);
        self.rewire();
    }

    /// Whoever watched one that has gone watches the partner from now on; where there is none, it is let go.
    pub(crate) fn aim_watchers(&mut self, gone: LegId) {
        match self.partner {
            Some(partner) => self.watchers.iter_mut().filter(|w| w.of == gone).for_each(|w| w.of = partner),
            None => self.end_watching(Cause::OtherLeft),
        }
    }

    /// Nobody watches any more.
    pub(crate) fn end_watching(&mut self, cause: Cause) {
        while let Some(at) = self.attempts.iter().position(|a| matches!(a.purpose, Purpose::Watch { .. })) {
            self.call_off(at, cause);
        }
        for watcher in std::mem::take(&mut self.watchers) {
            self.hang_up(watcher.leg, cause);
        }
    }

    /// Customer and partner change places: the one that called in serves the other from now on.
    /// Whether there was a partner to change with.
    pub fn swap(&mut self) -> bool {
        if self.consult.is_some() || self.stepped_out {
            return false;
        }
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
        self.leave_room(id);
        if self.partner == Some(id) {
            self.partner = None;
            if !self.succeed(id) {
                self.end_watching(Cause::OtherLeft);
            }
        }
        if id == self.customer {
            self.end_all(Cause::Transferred);
        }
        self.check_over();
        Some(leg)
    }

    /// The partner talks with the customer no longer, though its leg stands until it is ended; all others leave.
    pub fn set_aside(&mut self) {
        self.drop_consult(Cause::Cancelled);
        self.stepped_out = false;
        for member in std::mem::take(&mut self.members) {
            self.hang_up(member, Cause::Transferred);
        }
        if let Some(partner) = self.partner.take() {
            for leg in [self.customer, partner] {
                self.commands.push_back(LegCommand::Connect { leg, to: Connection::Silent });
            }
        }
        self.end_watching(Cause::OtherLeft);
        self.rewire();
    }

    /// Ends all who are with the customer; it stays alone.
    pub fn hang_up_partner(&mut self, cause: Cause) {
        self.drop_consult(cause);
        self.stepped_out = false;
        for member in std::mem::take(&mut self.members) {
            self.hang_up(member, cause);
        }
        if let Some(partner) = self.partner.take() {
            self.hang_up(partner, cause);
        }
        self.end_watching(cause);
        self.rewire();
    }

    /// Ends one leg. Where it was the partner's, somebody else in the room takes its place, if there is any.
    pub fn hang_up_leg(&mut self, leg: LegId, cause: Cause) {
        self.leave_room(leg);
        self.hang_up(leg, cause);
        if self.partner == Some(leg) {
            self.partner = None;
            if !self.succeed(leg) {
                self.end_watching(Cause::OtherLeft);
            }
        } else if self.consult.is_some_and(|c| c.leg == Some(leg)) {
            self.consult = None;
            self.happened.push_back(Happened::ConsultLeft { leg });
        }
        self.aim_watchers(leg);
        self.rewire();
    }

    /// Ends every leg.
    pub fn hang_up_all(&mut self, cause: Cause) {
        self.end_all(cause);
    }

    // ---- helpers ----

    fn begin(&mut self, now: Now, dials: Vec<Dial>, ring_for: Duration, purpose: Purpose) {
        if purpose.is_main() {
            self.cancel_attempt(Cause::Cancelled);
        }
        // What has ended is of no more use, and a caller may be offered many times.
        let customer = self.customer;
        self.legs.retain(|l| l.phase != Phase::Ended || l.id == customer);
        self.attempts.push(Attempt::new(now.mono + ring_for, purpose));
        let at = self.attempts.len() - 1;
        self.fork(at, dials.into_iter().take(MAX_FORKS));
        if self.attempts[at].legs.is_empty() {
            self.fail_attempt(at, Cause::Unreachable, None);
        }
    }

    /// These ring in an attempt.
    fn fork(&mut self, at: usize, dials: impl Iterator<Item = Dial>) {
        let attempt = &mut self.attempts[at];
        let on_behalf_of = match attempt.purpose {
            Purpose::Reach | Purpose::Transfer { .. } => Some(self.customer),
            Purpose::Consult => self.partner,
            Purpose::Watch { of, .. } => Some(of),
            Purpose::Originate => None,
        };
        for dial in dials {
            attempt.legs.push(dial.leg);
            self.legs.push(Leg::new(dial.leg, Phase::Dialling));
            self.commands.push_back(dial.into_command(on_behalf_of));
        }
    }

    pub(crate) fn progress(&mut self, by: LegId, progress: TransferProgress) {
        if self.leg(by).is_some_and(|l| l.phase == Phase::Up) {
            self.commands.push_back(LegCommand::TransferProgress { leg: by, progress });
        }
    }

    pub(crate) fn hang_up(&mut self, id: LegId, cause: Cause) {
        let Some(leg) = self.legs.iter_mut().find(|l| l.id == id) else { return };
        if !matches!(leg.phase, Phase::Ending | Phase::Ended) {
            leg.phase = Phase::Ending;
            self.commands.push_back(LegCommand::Hangup { leg: id, cause });
        }
    }

    /// Who talked hears that the other one has gone; what still rings rings in vain.
    pub(crate) fn customer_left(&mut self) {
        let talking: Vec<LegId> = self.legs.iter().filter(|l| l.phase == Phase::Up).map(|l| l.id).collect();
        for id in talking {
            self.hang_up(id, Cause::OtherLeft);
        }
        self.end_all(Cause::Cancelled);
    }

    fn end_all(&mut self, cause: Cause) {
        self.attempts.clear();
        self.partner = None;
        self.consult = None;
        self.members.clear();
        self.watchers.clear();
        self.wired.clear();
        for id in self.legs.iter().map(|l| l.id).collect::<Vec<_>>() {
            self.hang_up(id, cause);
        }
    }

    pub(crate) fn check_over(&mut self) {
        if !self.over && self.legs.iter().all(|l| l.phase == Phase::Ended) {
            self.over = true;
            self.happened.push_back(Happened::Over);
        }
    }

    pub(crate) fn set_phase(&mut self, id: LegId, from: Phase, to: Phase) -> bool {
        match self.legs.iter_mut().find(|l| l.id == id && l.phase == from) {
            Some(leg) => {
                leg.phase = to;
                true
            }
            None => false,
        }
    }
}

/// The next of a queue. An empty one gives its room back: a call stands for minutes and says something for moments.
fn take<T>(queue: &mut VecDeque<T>) -> Option<T> {
    let first = queue.pop_front();
    if first.is_none() {
        *queue = VecDeque::new();
    }
    first
}
