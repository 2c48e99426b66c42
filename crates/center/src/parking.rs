//! Parking a customer for whoever picks it up: `*68` by transfer or an order, then the slot's number from any telephone of
//! the tenant.

use std::sync::Arc;
use std::time::Duration;

use dialplan::Dialled;
use flow::{Input, QueueOutcome, TransferOutcome, speech};
use types::leg::TransferProgress;
use types::record::SegmentKind;
use types::{Cause, EndedBy, InteractionId, LegCommand, LegId, Now, TenantId};

use crate::Center;
use crate::interaction::{Parked, Playing, Stage};
use crate::ledger::Doing;
use crate::order::Refused;

/// The slots: more than anybody remembers would be lost.
pub(crate) const SLOTS: std::ops::RangeInclusive<u16> = 701..=720;
/// How long a customer waits in a slot before whoever parked it is rung again.
const WAIT: Duration = Duration::from_secs(120);

/// The slot with this number.
pub(crate) fn slot(number: &str) -> Option<u16> {
    number.parse().ok().filter(|slot| SLOTS.contains(slot))
}

impl Center {
    /// The customer whose slot this number is.
    pub(crate) fn parked_at(&self, tenant: TenantId, number: &str) -> Option<InteractionId> {
        let slot = slot(number)?;
        let mut all = self.interactions.values().filter(|i| i.tenant == tenant && i.stage == Stage::Parked);
        all.find(|i| i.parked.is_some_and(|p| p.slot == slot)).map(|i| i.id)
    }

    /// A slot that nobody is in, and whose number means nothing else.
    fn free_slot(&self, tenant: TenantId) -> Option<u16> {
        let t = self.tenants.get(&tenant)?;
        let means_more =
            |number: &str| t.by_own_number(number).is_some() || t.plan.from_outside(number) != Dialled::Unknown;
        SLOTS.into_iter().find(|slot| {
            let number = slot.to_string();
            !means_more(&number) && self.parked_at(tenant, &number).is_none()
        })
    }

    /// Puts the customer of the party `by`, which serves it, into a slot. The party is told which, and leaves.
    ///
    /// # Errors
    /// See [`Refused`]; nothing has changed then.
    pub(crate) fn park(&mut self, now: Now, id: InteractionId, by: LegId) -> Result<(), Refused> {
        let interaction = self.interactions.get(&id).ok_or(Refused::NotFound)?;
        if !interaction.talks() || interaction.call.partner() != Some(by) || interaction.call.is_several() {
            return Err(Refused::WrongState);
        }
        let slot = self.free_slot(interaction.tenant).ok_or(Refused::TooMany)?;
        self.stop_playing(id);
        let Some(interaction) = self.get(id) else { return Err(Refused::NotFound) };
        let agent = interaction.agent_of(by);
        interaction.call.set_aside();
        interaction.stage = Stage::Parked;
        interaction.parked = Some(Parked { slot, until: Some(now.mono + WAIT), by: agent });
        self.pump_call_commands(now, id);
        self.enter(now, id, Doing { kind: SegmentKind::Parked, queue: None, agent });
        self.bridge_silence(now, id);
        self.tell_slot(now, id, by, slot);
        self.touch(id);
        Ok(())
    }

    /// The party that parked the customer hears the slot's number, and leaves.
    fn tell_slot(&mut self, now: Now, id: InteractionId, leg: LegId, slot: u16) {
        let play = self.new_play(now);
        let Some(interaction) = self.get(id) else { return };
        interaction.note_playing(leg, play, Playing::Slot);
        let sounds = Arc::from(speech::digits(&interaction.language, &slot.to_string()));
        self.command(LegCommand::Play { leg, play, sounds, repeat: false, barge_in: false });
    }

    /// The slot's number has been heard, or was not to be: whoever parked the customer leaves.
    pub(crate) fn slot_told(&mut self, id: InteractionId, leg: LegId) {
        self.command(LegCommand::TransferProgress { leg, progress: TransferProgress::Done });
        if let Some(interaction) = self.get(id) {
            interaction.call.hang_up_leg(leg, Cause::Transferred);
        }
        self.touch(id);
    }

    /// A customer's time in a slot is up: whoever parked it is rung again.
    pub(crate) fn check_parked(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.interactions.get_mut(&id).filter(|i| i.stage == Stage::Parked) else { return };
        let Some(parked) = interaction.parked.as_mut() else { return };
        if parked.until.take_if(|at| *at <= now.mono).is_none() {
            return;
        }
        let by = parked.by;
        let Some(t) = self.tenants.get(&interaction.tenant) else { return };
        let targets = by.filter(|agent| !t.has_call(*agent)).map(|agent| (agent, t.targets_of(agent)));
        match targets.filter(|(_, targets)| !targets.is_empty()) {
            Some((agent, targets)) => {
                let dials = self.ring_agent(now, id, agent, targets);
                self.reach(now, id, None, dials);
            }
            None => drop(self.unclaimed(now, id)),
        }
    }

    /// Nobody has picked the customer up, and whoever parked it doesn't answer: it goes back to where it came from. False
    /// when it was not parked.
    pub(crate) fn unclaimed(&mut self, now: Now, id: InteractionId) -> bool {
        let Some(interaction) = self.get(id) else { return false };
        if interaction.parked.take().is_none() {
            return false;
        }
        let queue = interaction.ledger.record().queue;
        self.stop_playing(id);
        if let Some(queue) = queue {
            self.enqueue(now, id, queue, 0, true);
            return true;
        }
        let Some(interaction) = self.get(id) else { return true };
        let left = match interaction.walk.as_ref().filter(|w| !w.is_over()).and_then(flow::Walk::node) {
            Some((_, "queue")) => Some(Input::Queue(QueueOutcome::AgentLeft)),
            Some((_, "transfer")) => Some(Input::Transfer(TransferOutcome::TargetLeft)),
            _ => None,
        };
        match interaction.walk.as_mut().zip(left) {
            Some((walk, left)) => {
                interaction.stage = Stage::Walking;
                walk.handle(now, left);
                self.enter(now, id, Doing::just(SegmentKind::Menu));
            }
            None => self.end(now, id, EndedBy::System, Cause::NoAnswer),
        }
        self.touch(id);
        true
    }

    /// A telephone of the tenant has dialled a slot's number: it takes the customer there.
    pub(crate) fn pick_up(&mut self, now: Now, id: InteractionId, leg: LegId, standing: InteractionId) {
        if let Some(interaction) = self.get(id) {
            interaction.call.answer();
        }
        self.pump_interaction(now, id);
        self.move_leg(now, id, leg, standing);
    }
}
