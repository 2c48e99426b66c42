//! Calls to an agent whom somebody asked for, and how they are led on when the agent doesn't take them.
//!
//! An agent is asked for by its number, by a flow or by a transfer; [`Center::call_agent`] serves all
//! three, and tries what the agent's rules say instead. What a queue offers is never led on: the queue
//! finds another agent itself.

use call::Phase;
use dialplan::strip_uri;
use types::event::Happening;
use types::forward::{BadForward, Diverted, Forward, ForwardReason, ForwardTo, Forwarding};
use types::leg::Text;
use types::record::Direction;
use types::{AgentId, Cause, InteractionId, LegId, Now, TenantId};

use crate::Center;
use crate::interaction::{Errand, Interaction, Stage};
use crate::order::Refused;
use crate::tenant::Tenant;
use crate::transfer::Destination;

/// How often a call is led on before somebody answers: more is a circle, or as good as one.
const MAX_FORWARDS: usize = 3;
/// How often one interaction is led on in all, over everything that a flow tries.
const MAX_FORWARDS_IN_ALL: usize = 30;
/// Who changed an agent's rules, where it was its telephone.
const BY_PHONE: &str = "phone";

/// Which rule applies when an agent could not be had for this reason.
const fn reason_of(cause: Cause) -> Option<ForwardReason> {
    match cause {
        Cause::Busy | Cause::Declined => Some(ForwardReason::Busy),
        Cause::NoAnswer => Some(ForwardReason::NoAnswer),
        Cause::Unreachable | Cause::NotFound | Cause::PeerFailed | Cause::NotAcceptable | Cause::Overload => {
            Some(ForwardReason::Unreachable)
        }
        _ => None,
    }
}

/// One step of a call's way.
fn led_by(t: &Tenant, now: Now, agent: AgentId, why: ForwardReason, to: &ForwardTo) -> Forward {
    let by = t.directory.agent(agent).map(|a| a.number.clone()).unwrap_or_else(|| "".into());
    Forward { at: now.wall, by: by.into(), agent: Some(agent), why, to: Text::from(to.to_text()).into() }
}

impl Interaction {
    /// Who led the call on, as the next far end is told. A carrier knows the number that was dialled, not the agent's.
    pub(crate) fn diverted(&self) -> Vec<Diverted> {
        let record = self.ledger.record();
        let number = |(at, step): (usize, &Forward)| match (at, record.direction) {
            (0, Direction::Inbound) => record.to.clone(),
            _ => step.by.clone(),
        };
        let steps = self.led.iter().enumerate();
        steps.map(|step| Diverted { why: step.1.why, number: number(step) }).collect()
    }

    /// The call is with somebody, or with a flow that tries something new: what led here no longer counts.
    pub(crate) fn arrived(&mut self) {
        self.rung = None;
        self.parked = None;
        self.led.clear();
    }
}

impl Center {
    /// An agent's rules.
    pub fn forwarding(&self, tenant: TenantId, agent: AgentId) -> Option<Forwarding> {
        let directory = &self.tenants.get(&tenant)?.directory;
        directory.agent(agent)?;
        Some(directory.forwarding(agent).cloned().unwrap_or_default())
    }

    /// Sets an agent's rules; `by` names the user who wants it.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`Refused::Nowhere`] when one of them leads nowhere, or to the agent itself;
    /// [`Refused::DoNotCall`] when one leads to a number that may not be called.
    pub fn set_forwarding(
        &mut self,
        now: Now,
        tenant: TenantId,
        agent: AgentId,
        rules: Forwarding,
        by: Text,
    ) -> Result<(), Refused> {
        let t = self.tenants.get(&tenant).ok_or(Refused::NotFound)?;
        t.directory.agent(agent).ok_or(Refused::NotFound)?;
        for (why, to) in rules.all() {
            let destination = t.forward_destination(agent, to);
            if let Some(why) = t.may_not_lead_to(&destination) {
                return Err(Refused::DoNotCall(why));
            }
            let leads = match destination {
                Destination::Nowhere => false,
                Destination::Agent(other) => other != agent,
                // Who calls an agent does not want the police.
                Destination::Outside(number) => !t.is_emergency(&number),
                Destination::Queue(_) | Destination::Flow(_) | Destination::Voicemail(_) => true,
            };
            if !leads {
                return Err(Refused::Nowhere(why));
            }
        }
        self.keep_forwarding(now, tenant, agent, rules, by);
        self.pump(now);
        Ok(())
    }

    fn keep_forwarding(&mut self, now: Now, tenant: TenantId, agent: AgentId, rules: Forwarding, by: Text) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        if t.directory.forwarding(agent).cloned().unwrap_or_default() != rules {
            t.directory.set_forwarding(agent, rules.clone());
            self.journal(now, tenant, Happening::ForwardingChanged { agent, rules, by });
        }
    }

    /// `*72` with a number after it leads all of an agent's calls on, without one to its mailbox; `*73` ends that. Whether
    /// it was done.
    pub(crate) fn forwarding_by_code(&mut self, now: Now, tenant: TenantId, agent: AgentId, code: &str) -> bool {
        let always = match code.strip_prefix("*72") {
            Some("") => Some(ForwardTo::Voicemail),
            Some(number) => match ForwardTo::parse(number) {
                Ok(to) => Some(to),
                Err(BadForward) => return false,
            },
            None => None,
        };
        let Some(rules) = self.forwarding(tenant, agent) else { return false };
        self.set_forwarding(now, tenant, agent, Forwarding { always, ..rules }, BY_PHONE.into()).is_ok()
    }

    /// Rings an agent whom somebody asked for, or leads the call on as the agent wants it.
    pub(crate) fn call_agent(&mut self, now: Now, id: InteractionId, agent: AgentId, errand: Errand) {
        let Some(tenant) = self.tenant_of(id) else { return };
        let Some(t) = self.tenants.get(&tenant) else { return };
        if let Some(to) = t.directory.forwarding(agent).and_then(|rules| rules.always.clone()) {
            return self.lead_on(now, id, agent, ForwardReason::Always, &to, errand);
        }
        let targets = t.targets_of(agent);
        let cause = match (t.is_on_call(agent), targets.is_empty()) {
            (true, _) => Cause::Busy,
            (false, true) => Cause::Unreachable,
            (false, false) => {
                let dials = self.ring_agent(now, id, agent, targets);
                if let Some(interaction) = self.get(id) {
                    interaction.further_ways.clear();
                    interaction.rung = Some((agent, errand.begun()));
                }
                return match errand {
                    Errand::Reach => self.reach(now, id, Some(agent), dials),
                    Errand::Transfer { by, .. } => self.start_transfer(now, id, by, Some(agent), dials),
                };
            }
        };
        if !self.lead_on_by_rule(now, id, agent, cause, errand) {
            self.not_reached(now, id, cause, errand);
        }
    }

    /// How long an agent's telephones ring: less than is usual where it wants the call led on after a while.
    pub(crate) fn rings_for(
        &self,
        id: InteractionId,
        agent: AgentId,
        usual: std::time::Duration,
    ) -> std::time::Duration {
        let rules = self.tenant_of(id).and_then(|t| self.tenants.get(&t)).and_then(|t| t.directory.forwarding(agent));
        let after = rules.filter(|rules| rules.no_answer.is_some()).map(|rules| rules.after_s.into());
        after.map_or(usual, |after| usual.min(std::time::Duration::from_secs(after)))
    }

    /// The agent who was rung last did not take the call; whether its rules lead it on.
    pub(crate) fn lead_on_after(&mut self, now: Now, id: InteractionId, cause: Cause) -> bool {
        let Some((agent, errand)) = self.get(id).and_then(|i| i.rung.take()) else { return false };
        self.lead_on_by_rule(now, id, agent, cause, errand)
    }

    fn lead_on_by_rule(&mut self, now: Now, id: InteractionId, agent: AgentId, cause: Cause, errand: Errand) -> bool {
        let rules = self.tenant_of(id).and_then(|t| self.tenants.get(&t)).and_then(|t| t.directory.forwarding(agent));
        let found = reason_of(cause).and_then(|why| Some((why, rules?.to(why)?.clone())));
        let Some((why, to)) = found else { return false };
        self.lead_on(now, id, agent, why, &to, errand);
        true
    }

    /// A telephone asks for the call to be led on. Beside the agent's other telephones what can ring rings in its place;
    /// a queue, a flow or a mailbox takes the call as a whole, and so does an agent who leads all calls on.
    pub(crate) fn on_redirected(&mut self, now: Now, id: InteractionId, leg: LegId, target: &str) {
        let Some(interaction) = self.get(id) else { return };
        // A carrier's wish is not followed: it would call somebody else at our cost.
        let Some(((_, errand), agent)) = interaction.rung.zip(interaction.agent_of(leg)) else { return };
        // One that was given up already has nothing to say.
        let rings = interaction.call.leg(leg).is_some_and(|l| matches!(l.phase, Phase::Dialling | Phase::Ringing));
        let Some(to) = ForwardTo::parse(strip_uri(target)).ok().filter(|_| rings) else { return };
        if let Some(room) = interaction.call.room_beside(leg)
            && self.ring_beside(now, id, (leg, agent), &to, room)
        {
            return;
        }
        let Some(interaction) = self.get(id) else { return };
        interaction.call.cancel_attempt(Cause::Declined);
        self.pump_call_commands(now, id);
        self.lead_on(now, id, agent, ForwardReason::Device, &to, errand);
    }

    /// Rings in the place of one of an agent's telephones, beside the others, what it has named. Whether that is settled:
    /// also where nobody can be had there, or it was tried already, the others ring on.
    fn ring_beside(
        &mut self,
        now: Now,
        id: InteractionId,
        (leg, agent): (LegId, AgentId),
        to: &ForwardTo,
        room: usize,
    ) -> bool {
        let Some(interaction) = self.interactions.get(&id) else { return true };
        let Some(t) = self.tenants.get(&interaction.tenant) else { return true };
        let step = led_by(t, now, agent, ForwardReason::Device, to);
        let record = interaction.ledger.record();
        let destination = t.forward_destination(agent, to);
        let (other, targets) = match &destination {
            Destination::Queue(_) | Destination::Flow(_) | Destination::Voicemail(_) => return false,
            Destination::Nowhere => return true,
            Destination::Outside(_) if t.may_not_lead_to(&destination).is_some() => return true,
            Destination::Agent(other) => {
                if t.directory.forwarding(*other).is_some_and(|rules| rules.always.is_some()) {
                    return false;
                }
                // All legs of this attempt, those that have ended too: nobody is rung twice by it.
                let rung = |leg: &call::Leg| record.legs.iter().any(|l| l.id == leg.id && l.agent == Some(*other));
                let been = interaction.led.iter().any(|step| step.agent == Some(*other));
                if been || interaction.call.legs().iter().any(rung) || t.is_on_call(*other) {
                    return true;
                }
                (Some(*other), t.targets_of(*other).into_iter().take(room).collect())
            }
            Destination::Outside(_) => (None, Vec::new()),
        };
        let tried = record.forwards.iter().any(|led| led.why == ForwardReason::Device && led.to == step.to);
        if tried && other.is_none() || record.forwards.len() >= MAX_FORWARDS_IN_ALL {
            return true;
        }
        // The next far end is told who led the call there; that the agent's own rules may still apply is kept.
        self.get(id).into_iter().for_each(|i| i.led.push(step.clone()));
        let dials = match (other, &destination) {
            (Some(other), _) => self.ring_agent(now, id, other, targets),
            (None, Destination::Outside(number)) => {
                self.look_for_ways(now, id, number);
                let dials = self.next_way(now, id, None).unwrap_or_default();
                self.forget_further_ways(id);
                dials
            }
            _ => Vec::new(),
        };
        let Some(interaction) = self.get(id) else { return true };
        interaction.led.pop();
        if interaction.call.ring_instead(leg, dials) {
            let tenant = interaction.tenant;
            interaction.ledger.led_on(step.clone());
            self.journal(now, tenant, Happening::InteractionForwarded { id, step });
            self.touch(id);
        }
        true
    }

    fn lead_on(
        &mut self,
        now: Now,
        id: InteractionId,
        agent: AgentId,
        why: ForwardReason,
        to: &ForwardTo,
        errand: Errand,
    ) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        interaction.rung = None;
        let Some(t) = self.tenants.get(&interaction.tenant) else { return };
        let step = led_by(t, now, agent, why, to);
        let destination = t.forward_destination(agent, to);
        let been = |other: AgentId| interaction.led.iter().any(|step| step.agent == Some(other));
        let circle = been(agent) || matches!(destination, Destination::Agent(other) if other == agent || been(other));
        let often =
            interaction.led.len() >= MAX_FORWARDS || interaction.ledger.record().forwards.len() >= MAX_FORWARDS_IN_ALL;
        if circle || often {
            return self.not_reached(now, id, Cause::Loop, errand);
        }
        interaction.led.push(step.clone());
        interaction.ledger.led_on(step.clone());
        let tenant = interaction.tenant;
        self.journal(now, tenant, Happening::InteractionForwarded { id, step });
        self.lead_to(now, id, destination, errand);
    }

    /// Nobody could be had, and there is no other way.
    pub(crate) fn not_reached(&mut self, now: Now, id: InteractionId, cause: Cause, errand: Errand) {
        if errand == Errand::Reach && self.unclaimed(now, id) {
            return;
        }
        let Some(interaction) = self.get(id) else { return };
        interaction.arrived();
        match errand {
            Errand::Reach => {
                self.stop_playing(id);
                self.target_unreached(now, id, cause);
            }
            Errand::Transfer { by, begun: false } => interaction.call.refuse_transfer(by, cause),
            Errand::Transfer { by, begun: true } => interaction.call.fail_transfer(by, cause),
        }
        self.touch(id);
    }

    /// Leads the customer to a destination.
    pub(crate) fn lead_to(&mut self, now: Now, id: InteractionId, destination: Destination, errand: Errand) {
        let Some(interaction) = self.get(id) else { return };
        interaction.rung = None;
        interaction.further_ways.clear();
        let tenant = interaction.tenant;
        if self.tenants.get(&tenant).is_some_and(|t| t.may_not_lead_to(&destination).is_some()) {
            return self.not_reached(now, id, Cause::DoNotCall, errand);
        }
        match (destination, errand) {
            (Destination::Agent(agent), _) => self.call_agent(now, id, agent, errand),
            (Destination::Outside(number), Errand::Reach) => self.reach_number(now, id, &number),
            (Destination::Outside(number), Errand::Transfer { by, .. }) => {
                self.look_for_ways(now, id, &number);
                if !self.transfer_next(now, id, by) {
                    self.not_reached(now, id, Cause::Overload, errand);
                }
            }
            (Destination::Queue(queue), _) => {
                self.hand_to_us(now, id, errand);
                self.enqueue(now, id, queue, 0, false);
            }
            (Destination::Flow(flow), _) => {
                self.hand_to_us(now, id, errand);
                self.start_flow(now, id, flow);
            }
            (Destination::Voicemail(agent), _) => {
                self.hand_to_us(now, id, errand);
                self.start_voicemail(now, id, agent);
            }
            (Destination::Nowhere, _) => self.not_reached(now, id, Cause::NotFound, errand),
        }
    }

    /// The customer is with a queue or flow of ours from now on: whoever handed it on leaves, and so does it the flow
    /// in which it was.
    fn hand_to_us(&mut self, now: Now, id: InteractionId, errand: Errand) {
        match errand {
            Errand::Transfer { by, .. } => self.let_go(id, by),
            Errand::Reach => {
                self.leave_flow(id);
                if let Some(interaction) = self.get(id) {
                    interaction.stage = Stage::Walking;
                }
                self.stop_playing(id);
                self.pump_call_commands(now, id);
            }
        }
    }
}
