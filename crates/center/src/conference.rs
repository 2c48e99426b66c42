//! Asking a second party while the customer waits, and talking together with more than two.

use call::Dial;
use dialplan::strip_uri;
use types::leg::{Sound, Text, Tone};
use types::record::{Direction, SegmentKind};
use types::{Cause, InteractionId, LegId, Now, Private};

use crate::Center;
use crate::interaction::{Interaction, Playing, RING_FOR};
use crate::ledger::Doing;
use crate::order::Refused;
use crate::transfer::Destination;

impl Center {
    /// Rings somebody whom the agent asks while the customer hears music.
    pub(crate) fn begin_consult(
        &mut self,
        now: Now,
        id: InteractionId,
        by: LegId,
        to: &Private<Text>,
    ) -> Result<(), Refused> {
        let number: Text = strip_uri(to.reveal()).into();
        let tenant = self.tenant_of(id).and_then(|t| self.tenants.get(&t)).ok_or(Refused::NotFound)?;
        let dials = match tenant.can_call(now, &number)? {
            Destination::Agent(agent) => {
                let targets = tenant.targets_of(agent);
                self.forget_further_ways(id);
                let dials = self.ring_agent(now, id, agent, targets);
                self.in_own_name(id, by, dials)
            }
            Destination::Outside(_) => {
                self.look_for_ways(now, id, &number);
                let agent = self.get(id).and_then(|i| i.agent_of(by));
                self.next_way(now, id, agent).ok_or(Refused::NoLine)?
            }
            Destination::Queue(_) | Destination::Flow(_) | Destination::Voicemail(_) | Destination::Nowhere => {
                return Err(Refused::NoSuchNumber);
            }
        };
        self.ring_consulted(now, id, dials);
        Ok(())
    }

    /// Who is asked sees who asks, not the customer.
    fn in_own_name(&self, id: InteractionId, by: LegId, mut dials: Vec<Dial>) -> Vec<Dial> {
        let Some(interaction) = self.interactions.get(&id) else { return dials };
        if let (Some(agent), Some(tenant)) = (interaction.agent_of(by), self.tenants.get(&interaction.tenant)) {
            let caller = tenant.own_caller(agent);
            dials.iter_mut().for_each(|dial| dial.caller = caller.clone());
        }
        dials
    }

    fn ring_consulted(&mut self, now: Now, id: InteractionId, dials: Vec<Dial>) {
        if let Some(interaction) = self.get(id) {
            interaction.call.consult(now, dials, RING_FOR);
        }
        self.room_changed(now, id);
    }

    pub(crate) fn on_consult_ringing(&mut self, now: Now, id: InteractionId, heard: bool) {
        let Some(by) = self.get(id).and_then(|i| i.call.partner()) else { return };
        if heard {
            self.stop_playing_to(id, by);
        } else {
            self.play_ringback_to(now, id, by);
        }
    }

    pub(crate) fn on_consulting(&mut self, now: Now, id: InteractionId, leg: LegId) {
        let Some(interaction) = self.get(id) else { return };
        interaction.further_ways.clear();
        if let Some(by) = interaction.call.partner() {
            self.stop_playing_to(id, by);
        }
        self.engage(now, id, leg);
        self.keep_recording(now, id, leg);
        self.room_changed(now, id);
    }

    pub(crate) fn on_consult_failed(&mut self, now: Now, id: InteractionId, cause: Cause, again: bool) {
        if again
            && let Some(by) = self.get(id).and_then(|i| i.call.partner())
            && let agent = self.get(id).and_then(|i| i.agent_of(by))
            && let Some(dials) = self.next_way(now, id, agent)
        {
            return self.ring_consulted(now, id, dials);
        }
        if let Some(interaction) = self.get(id) {
            interaction.call.cancel_consult(cause);
        }
        self.room_changed(now, id);
    }

    /// Who is asked is let go.
    pub(crate) fn end_consult(&mut self, now: Now, id: InteractionId) -> Result<(), Refused> {
        let interaction = self.get(id).ok_or(Refused::NotFound)?;
        interaction.further_ways.clear();
        interaction.call.cancel_consult(Cause::Cancelled);
        self.room_changed(now, id);
        Ok(())
    }

    /// Who is asked still rings, and takes the agent's place once it answers: the customer hears that it rings.
    pub(crate) fn consult_handed_on(&mut self, now: Now, id: InteractionId, by: LegId) {
        self.stop_playing_to(id, by);
        let agent = self.get(id).and_then(|i| i.dialled_agents.last().map(|(_, agent)| *agent));
        self.enter(now, id, Doing { kind: SegmentKind::Ringing, queue: None, agent });
        self.play(now, id, Playing::Ringback, vec![Sound::Tone(Tone::Ringback)], false, false);
    }

    /// Who is asked joins customer and agent.
    pub(crate) fn begin_conference(&mut self, now: Now, id: InteractionId, by: LegId) -> Result<(), Refused> {
        let interaction = self.get(id).ok_or(Refused::NotFound)?;
        if interaction.call.members().len() >= call::MAX_MEMBERS {
            return Err(Refused::TooMany);
        }
        let among_colleagues = interaction.ledger.record().direction == Direction::Internal;
        if !interaction.call.is_consulting() {
            self.join_other_call(now, id, by)?;
        } else if interaction.call.join_consult().is_none() {
            return Err(Refused::WrongState);
        }
        if let Some(interaction) = self.get(id) {
            interaction.call.set_outlives_customer(among_colleagues);
        }
        self.room_changed(now, id);
        Ok(())
    }

    /// Whoever the agent talks with in another call, as a telephone with two lines makes one, joins this one; the other
    /// call is over.
    fn join_other_call(&mut self, now: Now, id: InteractionId, by: LegId) -> Result<(), Refused> {
        let interaction = self.get(id).ok_or(Refused::NotFound)?;
        let (tenant, agent) = (interaction.tenant, interaction.agent_of(by).ok_or(Refused::WrongState)?);
        let others = self.interactions.values().filter(|i| i.id != id && i.tenant == tenant);
        let simple = others.filter(|i| i.talks() && !i.call.is_several() && i.call.watchers().is_empty());
        let own = |i: &Interaction| i.engaged.iter().find(|e| e.agent == agent).map(|e| (i.id, e.leg));
        let (other, own) = simple.filter_map(|i| own(i)).min().ok_or(Refused::WrongState)?;
        let leg = self.bring_over(now, other, own, id).ok_or(Refused::WrongState)?;
        let joined = leg.id;
        if let Some(interaction) = self.get(id) {
            interaction.call.adopt_member(leg);
        }
        self.pump_call_commands(now, id);
        self.keep_recording(now, id, joined);
        Ok(())
    }

    /// Somebody has come, gone or stepped aside: who waits hears music from now on, who does not, none.
    pub(crate) fn room_changed(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.get(id) else { return };
        if let Some(partner) = interaction.call.partner().filter(|_| !interaction.call.is_consulting()) {
            let rings = |p: &&crate::interaction::Playback| p.leg == partner && p.what == Playing::Ringback;
            if interaction.playing.iter().any(|p| rings(&p)) {
                self.stop_playing_to(id, partner);
            }
        }
        if self.get(id).is_some_and(|i| i.talks()) {
            self.talk_or_hold(now, id);
        }
        self.touch(id);
    }
}
