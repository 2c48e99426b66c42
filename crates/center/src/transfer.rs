//! Handing a customer to somebody else.

use dialplan::{Dialled, DidTarget, strip_uri};
use types::leg::{Text, TransferProgress};
use types::record::{LegRole, SegmentKind};
use types::{AgentId, Cause, EndedBy, FlowId, InteractionId, LegCommand, LegId, Now, Private, QueueId};

use crate::Center;
use crate::interaction::Stage;
use crate::ledger::Doing;
use crate::targets::RING_FOR;

enum Destination {
    Agent(AgentId),
    Queue(QueueId),
    Flow(FlowId),
    Outside,
    Nowhere,
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
        let Some(interaction) = self.get(id) else { return };
        // Only the party that serves may hand the customer on, and only while they talk.
        let may = interaction.stage == Stage::Talking
            && (interaction.call.partner() == Some(by) || interaction.agent_of(by).is_some());
        if !may {
            interaction.call.refuse_transfer(by, Cause::Forbidden);
            return self.touch(id);
        }
        match replaces {
            Some(other) => self.attended_transfer(now, id, by, other),
            None => self.blind_transfer(now, id, by, target.reveal()),
        }
    }

    fn blind_transfer(&mut self, now: Now, id: InteractionId, by: LegId, target: &str) {
        let number: Text = strip_uri(target).into();
        match self.destination(id, &number) {
            Destination::Agent(agent) => {
                let Some(tenant) = self.tenant_of(id).and_then(|t| self.tenants.get(&t)) else { return };
                if tenant.is_on_call(agent) {
                    return self.refuse_transfer(id, by, Cause::Busy);
                }
                let targets = tenant.targets_of(agent);
                let dials = self.dials(now, id, LegRole::Agent, Some(agent), targets);
                self.start_transfer(now, id, by, dials);
            }
            Destination::Outside => {
                let Some(tenant) = self.tenant_of(id).and_then(|t| self.tenants.get(&t)) else { return };
                let targets = tenant.outside_targets(&number).into_iter().take(1).collect();
                let dials = self.dials(now, id, LegRole::Target, None, targets);
                self.start_transfer(now, id, by, dials);
            }
            Destination::Queue(queue) => {
                self.let_go(id, by);
                self.enqueue(now, id, queue, 0, false);
            }
            Destination::Flow(flow) => {
                self.let_go(id, by);
                self.start_flow(now, id, flow);
            }
            Destination::Nowhere => self.refuse_transfer(id, by, Cause::NotFound),
        }
    }

    fn destination(&self, id: InteractionId, number: &str) -> Destination {
        let Some(tenant) = self.tenant_of(id).and_then(|t| self.tenants.get(&t)) else { return Destination::Nowhere };
        if let Some(agent) = tenant.directory.agent_by_number(number) {
            return Destination::Agent(agent.id);
        }
        match tenant.plan.from_inside(number) {
            Dialled::Did(DidTarget::Agent(agent)) => Destination::Agent(*agent),
            Dialled::Did(DidTarget::Queue(queue)) => Destination::Queue(*queue),
            Dialled::Did(DidTarget::Flow(flow)) => Destination::Flow(*flow),
            Dialled::Outside { .. } => Destination::Outside,
            Dialled::Feature(_) | Dialled::Unknown => Destination::Nowhere,
        }
    }

    fn start_transfer(&mut self, now: Now, id: InteractionId, by: LegId, dials: Vec<call::Dial>) {
        if let Some(interaction) = self.get(id) {
            interaction.call.transfer(now, by, dials, RING_FOR);
        }
        self.touch(id);
    }

    fn refuse_transfer(&mut self, id: InteractionId, by: LegId, cause: Cause) {
        if let Some(interaction) = self.get(id) {
            interaction.call.refuse_transfer(by, cause);
        }
        self.touch(id);
    }

    /// The party that asked is told that all is well and leaves.
    fn let_go(&mut self, id: InteractionId, by: LegId) {
        self.command(LegCommand::TransferProgress { leg: by, progress: TransferProgress::Done });
        if let Some(interaction) = self.get(id) {
            interaction.call.hang_up_partner(Cause::Transferred);
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
        let Some(second) = self.get(consult) else { return };
        let far = if other == second.call.customer() { second.call.partner() } else { Some(second.call.customer()) };
        let Some(leg) = far.and_then(|far| second.call.release(far)) else {
            // It still rings over there: ring the same number for the customer instead.
            let number = second.dialled.reveal().clone();
            self.end(now, consult, EndedBy::Agent, Cause::Transferred);
            return self.blind_transfer(now, id, by, &number);
        };
        let far = leg.id;
        let record = second.ledger.leg(far).cloned();
        let engaged = second.engaged.iter().position(|e| e.leg == far).map(|at| second.engaged.remove(at));
        self.end(now, consult, EndedBy::Agent, Cause::Transferred);
        self.legs.insert(far, id);
        self.command(LegCommand::TransferProgress { leg: by, progress: TransferProgress::Done });
        self.stop_playing(id);
        if let Some(interaction) = self.get(id) {
            interaction.call.adopt(leg);
            interaction.engaged.extend(engaged);
            interaction.ledger.adopt_leg(record);
        }
        if let (Some(e), Some(tenant)) = (engaged, self.tenant_of(id)) {
            self.move_elsewhere(now, tenant, e.agent, consult, id);
        }
        self.on_transferred(now, id, far);
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
        let Some(second) = self.get(standing) else { return };
        if second.call.partner() != Some(replaced) {
            return self.end(now, id, EndedBy::System, Cause::NotFound);
        }
        let Some(interaction) = self.get(id) else { return };
        let record = interaction.ledger.leg(leg).cloned();
        let engaged = interaction.engaged.pop();
        let Some(leg) = interaction.call.release(leg) else { return };
        self.legs.insert(leg.id, standing);
        let new = leg.id;
        if let Some(second) = self.get(standing) {
            second.ledger.adopt_leg(record);
            second.engaged.extend(engaged);
            second.call.adopt(leg);
        }
        if let (Some(e), Some(tenant)) = (engaged, self.tenant_of(standing)) {
            self.move_elsewhere(now, tenant, e.agent, id, standing);
        }
        self.on_transferred(now, standing, new);
        self.touch(id);
    }

    pub(crate) fn on_transferred(&mut self, now: Now, id: InteractionId, to: LegId) {
        self.engage(now, id, to);
        let Some(interaction) = self.get(id) else { return };
        interaction.stage = Stage::Talking;
        let agent = interaction.agent_of(to);
        self.stop_playing(id);
        self.enter(now, id, Doing { kind: SegmentKind::Talking, queue: None, agent });
        self.keep_recording(now, id, to);
        self.touch(id);
    }

    pub(crate) fn on_transfer_failed(&mut self, now: Now, id: InteractionId, stranded: bool, cause: Cause) {
        if !stranded {
            return;
        }
        // The party that asked has left already; the queue it came from takes the customer back.
        let queue = self.get(id).and_then(|i| i.ledger.record().queue);
        match queue {
            Some(queue) => self.enqueue(now, id, queue, 0, true),
            None => self.end(now, id, EndedBy::System, cause),
        }
    }
}
