//! What people and programs order about calls that go on: one way for browsers, telephones' desks and the API.

use dialplan::strip_uri;
use types::event::Happening;
use types::forward::ForwardReason;
use types::leg::{CallerId, Text};
use types::{AgentId, Cause, EndedBy, InteractionId, LegCommand, LegId, Now, Private, TenantId};

use crate::Center;
use crate::interaction::{Interaction, Stage};
use crate::order::{By, CallOrder, Refused};
use crate::tenant::Tenant;
use crate::transfer::Destination;

impl Tenant {
    /// Whether an agent has a call of any kind, from a queue or not.
    pub(crate) fn has_call(&self, agent: AgentId) -> bool {
        self.is_on_call(agent) || self.direct_calls.contains_key(&agent)
    }

    /// Whether somebody can be called right now at this number.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn can_call(&self, now: Now, number: &str) -> Result<Destination, Refused> {
        let destination = self.destination(number);
        if let Some(why) = self.may_not_lead_to(&destination) {
            return Err(Refused::DoNotCall(why));
        }
        match destination {
            Destination::Agent(agent) if self.has_call(agent) => Err(Refused::Busy),
            Destination::Agent(agent) if self.targets_of(agent).is_empty() => Err(Refused::NoPhone),
            Destination::Outside(_) if self.outside_ways(now.mono, number).is_empty() => Err(Refused::NoLine),
            Destination::Nowhere => Err(Refused::NoSuchNumber),
            fine => Ok(fine),
        }
    }

    /// The same, where a call that somebody doesn't take is led on.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn can_lead_to(&self, now: Now, number: &str) -> Result<Destination, Refused> {
        match (self.can_call(now, number), self.destination(number)) {
            (Err(refused @ (Refused::Busy | Refused::NoPhone)), Destination::Agent(agent)) => {
                let why = if refused == Refused::Busy { ForwardReason::Busy } else { ForwardReason::Unreachable };
                let rules = self.directory.forwarding(agent);
                let leads = rules.is_some_and(|rules| rules.always.is_some() || rules.to(why).is_some());
                if leads { Ok(Destination::Agent(agent)) } else { Err(refused) }
            }
            (known, _) => known,
        }
    }

    /// How an agent is shown to whomever it calls itself.
    pub(crate) fn own_caller(&self, agent: AgentId) -> CallerId {
        let agent = self.directory.agent(agent);
        let own = |a: &directory::Agent| CallerId {
            number: a.number.clone().into(),
            name: a.name.clone(),
            ..CallerId::default()
        };
        agent.map(own).unwrap_or_default()
    }
}

impl Interaction {
    /// The leg on whose behalf an order is carried out.
    fn leg_of(&self, by: By) -> Result<LegId, Refused> {
        match by {
            By::Agent(agent) => self.engaged.iter().find(|e| e.agent == agent).map(|e| e.leg).ok_or(Refused::NotOnCall),
            By::Supervisor => {
                let partner = self.call.partner().ok_or(Refused::WrongState)?;
                let customer = self.call.customer();
                let calls_out = self.agent_of(partner).is_none() && self.agent_of(customer).is_some();
                Ok(if calls_out { customer } else { partner })
            }
        }
    }

    /// They talk, and nobody is being handed on.
    pub(crate) fn talks(&self) -> bool {
        let complete = self.call.partner().is_some() && !self.pages.is_one_missing();
        self.stage == Stage::Talking && complete && !self.call.is_attempting()
    }
}

impl Center {
    /// A person or program orders something about a call that goes on.
    ///
    /// # Errors
    /// See [`Refused`]; nothing has changed then.
    pub fn order_call(
        &mut self,
        now: Now,
        tenant: TenantId,
        id: InteractionId,
        by: By,
        order: CallOrder,
    ) -> Result<(), Refused> {
        self.interactions.get(&id).filter(|i| i.tenant == tenant).ok_or(Refused::NotFound)?;
        let done = self.carry_out(now, id, by, order);
        self.touch(id);
        self.pump(now);
        done
    }

    fn carry_out(&mut self, now: Now, id: InteractionId, by: By, order: CallOrder) -> Result<(), Refused> {
        match order {
            CallOrder::Reject => return self.reject(now, id, by),
            CallOrder::Answer => return self.have_answered(now, id, by),
            CallOrder::HangUp if by == By::Supervisor => {
                self.end(now, id, EndedBy::System, Cause::Forced);
                return Ok(());
            }
            _ => {}
        }
        // Who acts while the customer is still told who serves ends that.
        self.bridge_agent(now, id);
        let interaction = self.get(id).ok_or(Refused::NotFound)?;
        let leg = interaction.leg_of(by)?;
        match order {
            CallOrder::HangUp => {
                self.leave(now, id, leg);
                return Ok(());
            }
            CallOrder::PauseRecording | CallOrder::ResumeRecording => {
                let agent = interaction.agent_of(leg).filter(|_| by != By::Supervisor);
                let paused = self.pause_recording(now, id, order == CallOrder::PauseRecording, agent);
                return if paused { Ok(()) } else { Err(Refused::WrongState) };
            }
            _ if interaction.pages.is_one_missing() => return Err(Refused::WrongState),
            CallOrder::Mute(muted) if interaction.stage == Stage::Talking => {
                interaction.call.mute(leg, muted);
                return Ok(());
            }
            CallOrder::Cancel if interaction.call.is_attempting() && interaction.stage == Stage::Talking => {
                interaction.call.cancel_attempt(Cause::Cancelled);
                interaction.call.fail_transfer(leg, Cause::Cancelled);
                return Ok(());
            }
            _ => {}
        }
        self.serve_from(id, leg);
        let interaction = self.get(id).ok_or(Refused::NotFound)?;
        if !interaction.talks() || interaction.call.partner() != Some(leg) {
            return Err(Refused::WrongState);
        }
        self.carry_out_for_partner(now, id, leg, order)
    }

    /// What only the one who serves may have done.
    fn carry_out_for_partner(
        &mut self,
        now: Now,
        id: InteractionId,
        leg: LegId,
        order: CallOrder,
    ) -> Result<(), Refused> {
        let interaction = self.get(id).ok_or(Refused::NotFound)?;
        let call = &mut interaction.call;
        match order {
            CallOrder::Hold if !call.is_consulting() => call.step_out(true),
            CallOrder::Resume if call.is_stepped_out() => call.step_out(false),
            CallOrder::Digits(digits) => {
                let to = call.counterpart(leg).ok_or(Refused::WrongState)?;
                self.command(LegCommand::SendDigits { leg: to, digits });
            }
            CallOrder::Transfer(to) if !call.is_several() => {
                return self.transfer_by_order(now, id, leg, &to);
            }
            CallOrder::Park => return self.park(now, id, leg),
            CallOrder::Consult(to) if !call.is_consulting() => return self.begin_consult(now, id, leg, &to),
            CallOrder::Swap if call.alternate() => {}
            CallOrder::Complete if call.complete_consult() => {}
            CallOrder::Complete if call.members().is_empty() && call.hand_on_ringing() => {
                self.consult_handed_on(now, id, leg);
                return Ok(());
            }
            CallOrder::Cancel if call.is_consulting() => return self.end_consult(now, id),
            CallOrder::Conference => return self.begin_conference(now, id, leg),
            CallOrder::Remove(party) if call.remove(party, Cause::Forced) => {}
            _ => return Err(Refused::WrongState),
        }
        self.room_changed(now, id);
        Ok(())
    }

    /// An agent leaves by order, as if it had hung up.
    fn leave(&mut self, now: Now, id: InteractionId, leg: LegId) {
        self.serve_from(id, leg);
        let Some(interaction) = self.get(id) else { return };
        if interaction.call.customer() == leg {
            // Nobody is there yet for whom it would change places.
            let by = if interaction.swapped { EndedBy::Callee } else { EndedBy::Caller };
            return self.end_others(now, id, by, Cause::Normal);
        }
        // A page that is away may have no leg any more.
        let missing = interaction.pages.is_missing(leg);
        let serves = missing || interaction.call.partner() == Some(leg);
        let handing_over = interaction.call.is_attempting() && !missing;
        if missing {
            self.await_no_page(now, id, Cause::Normal);
        }
        let Some(interaction) = self.get(id) else { return };
        interaction.call.hang_up_leg(leg, Cause::Normal);
        if serves && !handing_over && interaction.call.partner().is_none() {
            self.on_partner_left(now, id, leg, Cause::Normal);
        }
    }

    /// Whoever's telephones ring does not take it.
    fn reject(&mut self, now: Now, id: InteractionId, by: By) -> Result<(), Refused> {
        let By::Agent(agent) = by else { return Err(Refused::NotOnCall) };
        if self.others_ring_on(now, id, agent) {
            return Ok(());
        }
        let interaction = self.get(id).ok_or(Refused::NotFound)?;
        let rings = interaction.dialled_agents.iter().find(|(_, a)| *a == agent).map(|(leg, _)| *leg);
        let leg = rings.ok_or(Refused::NotOnCall)?;
        if interaction.call.decline(leg) { Ok(()) } else { Err(Refused::WrongState) }
    }

    /// A telephone that rings for the agent takes it; a page is told so by an event.
    fn have_answered(&mut self, now: Now, id: InteractionId, by: By) -> Result<(), Refused> {
        let interaction = self.get(id).ok_or(Refused::NotFound)?;
        let of_agent = |of: AgentId| matches!(by, By::Supervisor) || by == By::Agent(of);
        let dialled: Vec<_> = interaction.dialled_agents.iter().copied().filter(|(_, of)| of_agent(*of)).collect();
        if dialled.is_empty() {
            return Err(if by == By::Supervisor { Refused::WrongState } else { Refused::NotOnCall });
        }
        let call = &interaction.call;
        let ringing = || dialled.iter().filter_map(|(leg, of)| call.leg(*leg).filter(|leg| leg.rings()).zip(Some(*of)));
        let page = ringing().find(|(leg, _)| interaction.pages.of(leg.id).is_some()).map(|(_, agent)| agent);
        let phone = ringing().find(|(leg, _)| leg.answerable).map(|(leg, _)| leg.id);
        let rings = ringing().next().is_some();
        let tenant = interaction.tenant;
        match (page, phone) {
            (Some(agent), _) => self.journal(now, tenant, Happening::AnswerAsked { id, agent }),
            (None, Some(leg)) => self.command(LegCommand::AskToAnswer(leg)),
            (None, None) if rings => return Err(Refused::NoRemoteAnswer),
            (None, None) => return Err(Refused::WrongState),
        }
        Ok(())
    }

    fn transfer_by_order(
        &mut self,
        now: Now,
        id: InteractionId,
        leg: LegId,
        to: &Private<Text>,
    ) -> Result<(), Refused> {
        let number = strip_uri(to.reveal());
        let tenant = self.tenant_of(id).and_then(|t| self.tenants.get(&t)).ok_or(Refused::NotFound)?;
        tenant.can_lead_to(now, number)?;
        if let Some(interaction) = self.get(id) {
            interaction.call.step_out(false);
        }
        self.stop_playing(id);
        self.blind_transfer(now, id, leg, number);
        Ok(())
    }
}
