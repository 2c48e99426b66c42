//! Supervisors who listen to a call, whisper to the agent, barge in or take it over.

use call::Watch;
use types::event::Happening;
use types::record::{LegRole, Supervision};
use types::{AgentId, Cause, InteractionId, LegId, Now, TenantId};

use crate::Center;
use crate::interaction::{Interaction, RING_FOR, Supervisor};
use crate::order::Refused;

const fn watch(mode: Supervision) -> Watch {
    match mode {
        Supervision::Whisper => Watch::Whisper,
        Supervision::Barge => Watch::Barge,
        // One who is to take over hears first, for as long as it takes to say so.
        Supervision::Listen | Supervision::TakeOver | Supervision::Stop => Watch::Listen,
    }
}

impl Interaction {
    /// The leg of the agent who serves.
    fn serving_leg(&self) -> Option<LegId> {
        let parties = [self.call.partner(), Some(self.call.customer())];
        parties.into_iter().flatten().find(|leg| self.agent_of(*leg).is_some())
    }
}

impl Center {
    /// A supervisor takes part in a call, changes how, or leaves. One who takes no part yet is rung first.
    ///
    /// # Errors
    /// See [`Refused`]; nothing has changed then.
    pub fn supervise(
        &mut self,
        now: Now,
        tenant: TenantId,
        id: InteractionId,
        by: AgentId,
        mode: Supervision,
    ) -> Result<(), Refused> {
        let interaction = self.interactions.get(&id).filter(|i| i.tenant == tenant).ok_or(Refused::NotFound)?;
        let takes_part = interaction.supervisors.iter().any(|s| s.agent == by);
        let done = match mode {
            Supervision::Stop => self.stop_supervising(id, by),
            _ if takes_part => self.supervise_otherwise(now, id, by, mode),
            _ => self.ring_supervisor(now, id, by, mode),
        };
        self.touch(id);
        self.pump(now);
        done
    }

    fn ring_supervisor(&mut self, now: Now, id: InteractionId, by: AgentId, mode: Supervision) -> Result<(), Refused> {
        let interaction = self.interactions.get(&id).ok_or(Refused::NotFound)?;
        let tenant = self.tenants.get(&interaction.tenant).ok_or(Refused::NotFound)?;
        if !interaction.talks() || interaction.engaged.iter().any(|e| e.agent == by) {
            return Err(Refused::WrongState);
        }
        if tenant.has_call(by) {
            return Err(Refused::Busy);
        }
        if interaction.supervisors.len() >= call::MAX_WATCHERS {
            return Err(Refused::TooMany);
        }
        let of = interaction.serving_leg().ok_or(Refused::WrongState)?;
        let watched = interaction.agent_of(of).map(|agent| tenant.own_caller(agent));
        let targets = tenant.targets_of(by);
        if targets.is_empty() {
            return Err(Refused::NoPhone);
        }
        let mut dials = self.dials(now, id, LegRole::Supervisor, Some(by), targets);
        let tenant = self.tenant_of(id).ok_or(Refused::NotFound)?;
        self.rings_elsewhere(now, tenant, by, id);
        if let Some(caller) = watched {
            dials.iter_mut().for_each(|dial| dial.caller = caller.clone());
        }
        let interaction = self.get(id).ok_or(Refused::NotFound)?;
        let legs = dials.iter().map(|dial| dial.leg).collect();
        interaction.supervisors.push(Supervisor { agent: by, legs, mode, is_there: false });
        interaction.call.ring_watcher(now, of, watch(mode), dials, RING_FOR);
        Ok(())
    }

    /// The supervisor's telephone has answered.
    pub(crate) fn on_watching(&mut self, now: Now, id: InteractionId, leg: LegId) {
        self.engage(now, id, leg);
        let Some(interaction) = self.get(id) else { return };
        let Some(supervisor) = interaction.supervisors.iter_mut().find(|s| s.legs.contains(&leg)) else { return };
        supervisor.is_there = true;
        supervisor.legs = vec![leg];
        let (by, mode) = (supervisor.agent, supervisor.mode);
        if self.supervise_otherwise(now, id, by, mode).is_err()
            && let Some(interaction) = self.get(id)
        {
            interaction.call.hang_up_leg(leg, Cause::OtherLeft);
        }
    }

    fn supervise_otherwise(
        &mut self,
        now: Now,
        id: InteractionId,
        by: AgentId,
        mode: Supervision,
    ) -> Result<(), Refused> {
        let interaction = self.get(id).ok_or(Refused::NotFound)?;
        let found = interaction.supervisors.iter_mut().find(|s| s.agent == by);
        let supervisor = found.ok_or(Refused::WrongState)?;
        supervisor.mode = mode;
        let Some(&leg) = supervisor.legs.first().filter(|_| supervisor.is_there) else { return Ok(()) };
        let watched = interaction.call.watchers().iter().find(|w| w.leg == leg).map(|w| w.of);
        let of = watched.filter(|_| interaction.talks()).ok_or(Refused::WrongState)?;
        let agent = interaction.agent_of(of);
        if mode == Supervision::TakeOver {
            self.take_over_from(now, id, leg, of)?;
        } else {
            interaction.call.watch(leg, watch(mode));
            if mode == Supervision::Barge {
                self.keep_recording(now, id, leg);
            }
            self.room_changed(now, id);
        }
        self.note_supervised(now, id, by, agent, mode);
        Ok(())
    }

    /// The supervisor has the agent's place from now on, and is an agent of this call like any other.
    fn take_over_from(&mut self, now: Now, id: InteractionId, leg: LegId, of: LegId) -> Result<(), Refused> {
        self.serve_from(id, of);
        let interaction = self.get(id).ok_or(Refused::NotFound)?;
        if !interaction.call.take_over(leg) {
            return Err(Refused::WrongState);
        }
        if let Some(record) = interaction.ledger.leg(leg) {
            record.role = LegRole::Agent;
        }
        interaction.supervisors.retain(|s| !s.legs.contains(&leg));
        self.on_transferred(now, id, leg);
        Ok(())
    }

    fn stop_supervising(&mut self, id: InteractionId, by: AgentId) -> Result<(), Refused> {
        let interaction = self.get(id).ok_or(Refused::NotFound)?;
        let found = interaction.supervisors.iter().find(|s| s.agent == by);
        let legs = found.ok_or(Refused::WrongState)?.legs.clone();
        for leg in legs {
            if !interaction.call.remove(leg, Cause::Normal) {
                interaction.call.decline(leg);
            }
        }
        Ok(())
    }

    /// A supervisor's leg has ended.
    pub(crate) fn supervisor_left(&mut self, now: Now, id: InteractionId, leg: LegId) {
        let Some(interaction) = self.get(id) else { return };
        let Some(at) = interaction.supervisors.iter().position(|s| s.legs.contains(&leg)) else { return };
        let supervisor = &mut interaction.supervisors[at];
        supervisor.legs.retain(|l| *l != leg);
        if !supervisor.legs.is_empty() {
            return;
        }
        let Supervisor { agent: by, is_there, .. } = interaction.supervisors.swap_remove(at);
        let agent = interaction.serving_leg().and_then(|of| interaction.agent_of(of));
        if is_there {
            self.note_supervised(now, id, by, agent, Supervision::Stop);
        }
    }

    fn note_supervised(&mut self, now: Now, id: InteractionId, by: AgentId, agent: Option<AgentId>, mode: Supervision) {
        if let Some(tenant) = self.tenant_of(id) {
            self.journal(now, tenant, Happening::Supervised { id, by, agent, mode });
        }
    }
}
