//! What the legs of a call report, and what follows from it.

use types::leg::{Connection, TransferProgress};
use types::{Cause, LegCommand, LegEvent, LegId};

use crate::attempt::Purpose;
use crate::{Call, Happened, Phase, Watcher};

impl Call {
    /// A leg of this call reports.
    pub fn handle(&mut self, event: &LegEvent) {
        match *event {
            LegEvent::Ringing { leg, early_media } => self.on_ringing(leg, early_media),
            LegEvent::Answerable { leg } => {
                if let Some(l) = self.legs.iter_mut().find(|l| l.id == leg) {
                    l.answerable = true;
                }
            }
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
            self.rewire();
            self.happened.push_back(Happened::Held { by: leg, held });
        }
    }

    fn on_ringing(&mut self, leg: LegId, early_media: bool) {
        let first = self.set_phase(leg, Phase::Dialling, Phase::Ringing);
        let Some(attempt) = self.attempts.iter_mut().find(|a| a.legs.contains(&leg)) else { return };
        let alone = attempt.legs.len() == 1;
        let purpose = attempt.purpose;
        // With several telephones there is nobody's announcement to choose.
        let heard = early_media && alone && matches!(purpose, Purpose::Reach | Purpose::Consult) && !attempt.heard;
        attempt.heard |= heard;
        let news = heard || !attempt.rang;
        let again = std::mem::replace(&mut attempt.rang, true);
        match purpose {
            Purpose::Transfer { by } if !again => self.progress(by, TransferProgress::Ringing),
            Purpose::Consult => return self.consult_rings(leg, heard, news),
            Purpose::Originate | Purpose::Watch { .. } => return,
            Purpose::Reach | Purpose::Transfer { .. } => {}
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

    fn consult_rings(&mut self, leg: LegId, heard: bool, news: bool) {
        if heard && let Some(consult) = &mut self.consult {
            consult.leg = Some(leg);
            self.rewire();
        }
        if news {
            self.happened.push_back(Happened::ConsultRinging { heard });
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
        let Some(at) = self.attempts.iter().position(|a| a.legs.contains(&leg)) else {
            // It answered while we were giving it up.
            return self.hang_up(leg, Cause::Cancelled);
        };
        let attempt = self.attempts.swap_remove(at);
        for other in attempt.legs.into_iter().filter(|l| *l != leg) {
            self.hang_up(other, Cause::AnsweredElsewhere);
        }
        match attempt.purpose {
            Purpose::Reach => self.happened.push_back(Happened::Reached { leg }),
            Purpose::Transfer { by } => self.complete_transfer(by, leg),
            Purpose::Originate => {
                self.customer = leg;
                self.happened.push_back(Happened::Originated { leg });
            }
            Purpose::Consult => {
                if let Some(consult) = &mut self.consult {
                    consult.leg = Some(leg);
                    self.rewire();
                    self.happened.push_back(Happened::Consulting { leg });
                } else {
                    self.hang_up(leg, Cause::Cancelled);
                }
            }
            Purpose::Watch { of, mode } => {
                let of = if self.is_party(of) { Some(of) } else { self.partner };
                let Some(of) = of.filter(|_| self.partner.is_some()) else {
                    return self.hang_up(leg, Cause::OtherLeft);
                };
                self.watchers.push(Watcher { leg, of, mode });
                self.rewire();
                self.happened.push_back(Happened::Watching { leg });
            }
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
        self.forget_wiring_of(id);
        if let Some(at) = self.attempts.iter().position(|a| a.legs.contains(&id)) {
            self.attempts[at].note_failure(id, cause, status);
            if self.attempts[at].legs.is_empty() {
                let (cause, status) = self.attempts[at].worst;
                self.fail_attempt(at, cause, status);
            }
        } else if id == self.customer {
            if !self.go_on_without(id) {
                if !given_up {
                    self.happened.push_back(Happened::CustomerLeft { cause, by_peer });
                }
                self.customer_left();
            }
        } else if self.partner == Some(id) {
            self.partner = None;
            let handing_over = self.attempts.iter().any(|a| a.purpose == Purpose::Transfer { by: id });
            if !self.succeed(id) {
                self.end_watching(Cause::OtherLeft);
                if !given_up && !handing_over {
                    self.happened.push_back(Happened::PartnerLeft { leg: id, cause, by_peer });
                }
            }
            self.aim_watchers(id);
            self.rewire();
        } else {
            self.side_party_left(id);
        }
        self.check_over();
    }

    /// One who was asked, brought in or watches has gone.
    fn side_party_left(&mut self, leg: LegId) {
        if self.consult.is_some_and(|c| c.leg == Some(leg)) {
            self.consult = None;
            self.happened.push_back(Happened::ConsultLeft { leg });
        } else if self.members.contains(&leg) {
            self.happened.push_back(Happened::MemberLeft { leg });
        }
        self.leave_room(leg);
        self.aim_watchers(leg);
        self.rewire();
    }

    pub(crate) fn fail_attempt(&mut self, at: usize, cause: Cause, status: Option<u16>) {
        let attempt = self.attempts.swap_remove(at);
        for leg in &attempt.legs {
            self.hang_up(*leg, cause);
        }
        let rang = attempt.rang;
        let failed = match attempt.purpose {
            Purpose::Reach => Happened::AttemptFailed { cause, status, rang },
            Purpose::Transfer { by } => Happened::TransferUnreached { by, cause, status, rang },
            Purpose::Originate => Happened::OriginateFailed { cause },
            Purpose::Consult => {
                if let Some(consult) = &mut self.consult {
                    consult.leg = None;
                    self.rewire();
                }
                Happened::ConsultFailed { cause, status, rang }
            }
            // Its legs end, and that is all there is to know.
            Purpose::Watch { .. } => return,
        };
        self.happened.push_back(failed);
    }
}
