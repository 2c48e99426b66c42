//! Handing a customer to somebody else.

use call::Dial;
use dialplan::{Dialled, DidTarget, is_emergency, strip_uri};
use types::forward::ForwardTo;
use types::leg::{Sound, Text, Tone, TransferProgress};
use types::record::{DoNotCall, SegmentKind};
use types::{AgentId, Cause, EndedBy, FlowId, InteractionId, LegCommand, LegId, Now, Private, QueueId};

use crate::Center;
use crate::interaction::{Engaged, Errand, Playing, RING_FOR, Stage};
use crate::ledger::Doing;
use crate::order::Refused;
use crate::tenant::Tenant;

/// Where a transfer leads that parks the customer.
const PARK_CODE: &str = "*68";

/// What a number stands for that one of ours calls or leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    Agent(AgentId),
    Queue(QueueId),
    Flow(FlowId),
    /// The mailbox of this agent.
    Voicemail(AgentId),
    Outside(Text),
    Nowhere,
}

impl Tenant {
    /// What a number means that somebody within hands a customer on to, or asks.
    pub(crate) fn destination(&self, number: &str) -> Destination {
        let target = match self.by_own_number(number) {
            Some(own) if !is_emergency(number) => own,
            _ => match self.plan.from_inside(number) {
                Dialled::Did(target) => target.clone(),
                Dialled::Outside { .. } => return Destination::Outside(number.into()),
                Dialled::Feature(_) | Dialled::Unknown => return Destination::Nowhere,
            },
        };
        match target {
            DidTarget::Agent(agent) => Destination::Agent(agent),
            DidTarget::Queue(queue) => Destination::Queue(queue),
            DidTarget::Flow(flow) => Destination::Flow(flow),
        }
    }

    /// Why its people may not have a call led there; none where they may.
    pub(crate) fn may_not_lead_to(&self, destination: &Destination) -> Option<DoNotCall> {
        match destination {
            Destination::Outside(number) => self.may_not_call(number),
            _ => None,
        }
    }

    pub(crate) fn forward_destination(&self, agent: AgentId, to: &ForwardTo) -> Destination {
        match to {
            ForwardTo::Number(number) => self.destination(number.reveal()),
            ForwardTo::Queue(name) => {
                self.queue_names.get(name).map_or(Destination::Nowhere, |q| Destination::Queue(*q))
            }
            ForwardTo::Voicemail => Destination::Voicemail(agent),
        }
    }
}

impl Center {
    pub(crate) fn on_transfer_asked(
        &mut self,
        now: Now,
        id: InteractionId,
        by: LegId,
        target: &Private<Text>,
        replaces: Option<LegId>,
    ) {
        // Who acts while the customer is still told who serves ends that.
        self.bridge_agent(now, id);
        let Some(interaction) = self.get(id) else { return };
        // Only the party that serves may hand the customer on, and only while they talk.
        let may = interaction.stage == Stage::Talking
            && !interaction.pages.is_one_missing()
            && (interaction.call.partner() == Some(by) || interaction.agent_of(by).is_some());
        // Who asks somebody beside, or is one of several, hands on by other means.
        let several = interaction.call.is_several();
        if !may || several {
            interaction.call.refuse_transfer(by, Cause::Forbidden);
            return self.touch(id);
        }
        self.serve_from(id, by);
        match replaces {
            Some(other) => self.attended_transfer(now, id, by, other),
            None => self.blind_transfer(now, id, by, target.reveal()),
        }
    }

    pub(crate) fn blind_transfer(&mut self, now: Now, id: InteractionId, by: LegId, target: &str) {
        let number: Text = strip_uri(target).into();
        if &*number == PARK_CODE {
            if let Err(refused) = self.park(now, id, by) {
                let cause = if refused == Refused::TooMany { Cause::Overload } else { Cause::Forbidden };
                self.refuse_transfer(id, by, cause);
            }
            return;
        }
        let Some(tenant) = self.tenant_of(id).and_then(|t| self.tenants.get(&t)) else { return };
        let destination = tenant.destination(&number);
        self.lead_to(now, id, destination, Errand::Transfer { by, begun: false });
    }

    /// The customer hears that it rings; the party that asked may leave meanwhile.
    pub(crate) fn start_transfer(
        &mut self,
        now: Now,
        id: InteractionId,
        by: LegId,
        to: Option<AgentId>,
        dials: Vec<Dial>,
    ) {
        let ring_for = to.map_or(RING_FOR, |agent| self.rings_for(id, agent, RING_FOR));
        if let Some(interaction) = self.get(id) {
            interaction.call.transfer(now, by, dials, ring_for);
        }
        self.enter(now, id, Doing { kind: SegmentKind::Ringing, queue: None, agent: to });
        if self.get(id).is_some_and(|i| i.customer_hears() != Some(Playing::Ringback)) {
            self.play(now, id, Playing::Ringback, vec![Sound::Tone(Tone::Ringback)], false, false);
        }
        self.touch(id);
    }

    /// Tries the next of the trunks by which the customer may be handed on.
    pub(crate) fn transfer_next(&mut self, now: Now, id: InteractionId, by: LegId) -> bool {
        let Some(dials) = self.next_way(now, id, None) else { return false };
        self.start_transfer(now, id, by, None, dials);
        true
    }

    /// Makes the party `by` the one that serves: where it had called out itself, the other one is the
    /// customer from now on.
    pub(crate) fn serve_from(&mut self, id: InteractionId, by: LegId) {
        if let Some(interaction) = self.get(id)
            && interaction.call.customer() == by
            && interaction.call.swap()
        {
            interaction.swapped = !interaction.swapped;
        }
    }

    fn refuse_transfer(&mut self, id: InteractionId, by: LegId, cause: Cause) {
        if let Some(interaction) = self.get(id) {
            interaction.call.refuse_transfer(by, cause);
        }
        self.touch(id);
    }

    /// The party that asked is told that all is well and leaves.
    pub(crate) fn let_go(&mut self, id: InteractionId, by: LegId) {
        self.command(LegCommand::TransferProgress { leg: by, progress: TransferProgress::Done });
        if let Some(interaction) = self.get(id) {
            // Whom an earlier wish of the same party still rings must not be put through to a customer who is elsewhere.
            interaction.call.cancel_attempt(Cause::Cancelled);
            interaction.call.hang_up_partner(Cause::Transferred);
            interaction.waited = std::time::Duration::ZERO;
        }
        self.stop_playing(id);
    }

    /// The party `by` has another call, with leg `other` of its own; the far side of that call
    /// becomes the customer's partner.
    fn attended_transfer(&mut self, now: Now, id: InteractionId, by: LegId, other: LegId) {
        let consult = self.legs.get(&other).copied().filter(|c| *c != id);
        let Some(consult) = consult.filter(|c| self.tenant_of(*c) == self.tenant_of(id)) else {
            return self.refuse_transfer(id, by, Cause::NotFound);
        };
        let Some(leg) = self.bring_over(now, consult, other, id) else {
            // It still rings over there: ring the same number for the customer instead.
            let Some(number) = self.get(consult).map(|second| second.dialled.reveal().clone()) else { return };
            self.end(now, consult, EndedBy::Caller, Cause::Transferred);
            self.pump_call_commands(now, consult);
            return self.blind_transfer(now, id, by, &number);
        };
        let far = leg.id;
        self.command(LegCommand::TransferProgress { leg: by, progress: TransferProgress::Done });
        self.stop_playing(id);
        if let Some(interaction) = self.get(id) {
            interaction.call.adopt(leg);
        }
        self.on_transferred(now, id, far);
    }

    /// Takes whoever talks with `own` in another interaction out of it, which ends, with all that belongs to it here:
    /// record, line, work. The call brain has yet to be given the leg. Nothing when nobody talks there.
    pub(crate) fn bring_over(
        &mut self,
        now: Now,
        from: InteractionId,
        own: LegId,
        to: InteractionId,
    ) -> Option<call::Leg> {
        let second = self.get(from)?;
        let far = if own == second.call.customer() { second.call.partner() } else { Some(second.call.customer()) };
        let leg = second.call.release(far?)?;
        let far = leg.id;
        // One that was put on hold still hears music.
        let plays = second.playing.iter().any(|p| p.leg == far);
        let record = second.ledger.give_leg(now.wall, far);
        let engaged = second.engaged.iter().position(|e| e.leg == far).map(|at| second.engaged.remove(at));
        let line = second.lines.iter().position(|(l, _)| *l == far).map(|at| second.lines.swap_remove(at));
        if plays {
            self.stop_playing_to(from, far);
        }
        self.end(now, from, EndedBy::Agent, Cause::Transferred);
        self.legs.insert(far, to);
        if let Some(interaction) = self.get(to) {
            interaction.engaged.extend(engaged);
            interaction.lines.extend(line);
            interaction.ledger.adopt_leg(record);
        }
        self.agent_moved(now, far, from, to);
        Some(leg)
    }

    /// A new call asks to take the place of a leg that stands (RFC 3891).
    pub(crate) fn take_over(&mut self, now: Now, id: InteractionId, leg: LegId, replaced: LegId) {
        let standing = self.legs.get(&replaced).copied().filter(|s| *s != id);
        let Some(standing) = standing.filter(|s| self.tenant_of(*s) == self.tenant_of(id)) else {
            return self.end(now, id, EndedBy::System, Cause::NotFound);
        };
        if let Some(interaction) = self.get(id) {
            interaction.call.answer();
        }
        self.pump_interaction(now, id);
        self.serve_from(standing, replaced);
        let Some(second) = self.get(standing) else { return };
        if second.call.partner() != Some(replaced) {
            return self.end(now, id, EndedBy::System, Cause::NotFound);
        }
        self.move_leg(now, id, leg, standing);
    }

    /// The only leg of a call becomes the partner of another call's customer.
    pub(crate) fn move_leg(&mut self, now: Now, id: InteractionId, leg: LegId, standing: InteractionId) {
        let Some(interaction) = self.get(id) else { return };
        let record = interaction.ledger.give_leg(now.wall, leg);
        let engaged = interaction.engaged.pop();
        interaction.ledger.connected(now.wall);
        let Some(leg) = interaction.call.release(leg) else { return };
        let by = if engaged.is_some() { EndedBy::Agent } else { EndedBy::Caller };
        self.end(now, id, by, Cause::Transferred);
        self.legs.insert(leg.id, standing);
        let new = leg.id;
        if let Some(second) = self.get(standing) {
            second.ledger.adopt_leg(record);
            second.engaged.extend(engaged);
            second.call.adopt(leg);
        }
        self.agent_moved(now, new, id, standing);
        self.on_transferred(now, standing, new);
        self.touch(id);
    }

    /// An agent's leg has moved from one interaction to another, and its work with it.
    fn agent_moved(&mut self, now: Now, leg: LegId, from: InteractionId, to: InteractionId) {
        let Some(tenant) = self.tenant_of(to) else { return };
        let moved = self.get(to).and_then(|i| i.engaged.iter().find(|e| e.leg == leg)).copied();
        match moved {
            Some(Engaged { agent, queue: None, .. }) => self.move_elsewhere(now, tenant, agent, from, to),
            Some(Engaged { agent, queue: Some(_), .. }) => {
                if let Some(t) = self.tenants.get_mut(&tenant) {
                    let _ = t.router.talk_moved(now, agent, from, to);
                    self.touch_router(tenant);
                }
            }
            None => {}
        }
    }

    pub(crate) fn on_transferred(&mut self, now: Now, id: InteractionId, to: LegId) {
        self.await_no_page(now, id, Cause::Transferred);
        self.engage(now, id, to);
        let Some(interaction) = self.get(id) else { return };
        interaction.stage = Stage::Talking;
        interaction.further_ways.clear();
        interaction.arrived();
        interaction.ledger.connected(now.wall);
        self.pump_call_commands(now, id);
        self.stop_playing(id);
        self.watch_leases(now, id);
        self.talk_or_hold(now, id);
        self.keep_recording(now, id, to);
        self.touch(id);
    }

    pub(crate) fn on_transfer_failed(&mut self, now: Now, id: InteractionId, stranded: bool, cause: Cause) {
        self.stop_playing(id);
        if !stranded {
            return self.talk_or_hold(now, id);
        }
        // The party that asked has left already; the queue it came from takes the customer back.
        let queue = self.get(id).and_then(|i| i.ledger.record().queue);
        match queue {
            Some(queue) => self.enqueue(now, id, queue, 0, true),
            None => self.end(now, id, EndedBy::System, cause),
        }
    }
}
