//! Agents: their states, their telephones, and what people order.

use std::time::Duration;

use acd::AgentView;
use types::event::{Binding, Happening};
use types::leg::{Registered, Sound, Text, Tone};
use types::record::{AgentState, Segment, SegmentKind};
use types::register::{RegisterRejected, RegisterRequest};
use types::{AgentId, Cause, DeviceId, InteractionId, LegId, Mono, Now, Private, TenantId, Wall};

use crate::Center;
use crate::interaction::Playing;
use crate::order::{AgentOrder, AgentStatus, Refused};
use crate::replay::Basis;
use crate::talking::is_vanished;
use crate::tenant::{DirectCall, Tenant, Wrapping};

/// How often the leases of agents who talk are renewed: well within a lease, so that only a talk of
/// which the center knows nothing any more runs into its end.
const RENEW_LEASES: Duration = Duration::from_secs(30 * 60);

impl Tenant {
    /// Whether an agent rings or talks.
    pub(crate) fn is_on_call(&self, agent: AgentId) -> bool {
        let state = self.router.agent(agent).map(|a| a.state);
        matches!(state, Some(AgentState::Ringing | AgentState::Talking))
    }

    /// Whether an agent talks.
    fn is_talking(&self, agent: AgentId) -> bool {
        self.router.agent(agent).is_some_and(|a| a.state == AgentState::Talking)
    }

    pub(crate) fn status(&self, now: Now, agent: AgentId) -> Option<AgentStatus> {
        let view = self.router.agent(agent)?;
        let until = view.until.map(|at| wall_of(now, at));
        let (state, reason, interaction, next) = (view.state, view.reason, view.interaction, view.next);
        Some(AgentStatus { agent, state, reason, since: view.since.wall, until, interaction, next })
    }
}

/// A moment of the monotonic clock on the wall clock.
pub(crate) fn wall_of(now: Now, at: Mono) -> Wall {
    Wall(now.wall.0 + at.as_millis() as i64 - now.mono.as_millis() as i64)
}

impl Center {
    /// An agent's state.
    pub fn agent_status(&self, now: Now, tenant: TenantId, agent: AgentId) -> Option<AgentStatus> {
        self.tenants.get(&tenant)?.status(now, agent)
    }

    /// A person or program orders an agent's state.
    ///
    /// # Errors
    /// See [`Refused`]; nothing has changed then.
    pub fn order(
        &mut self,
        now: Now,
        tenant: TenantId,
        agent: AgentId,
        order: AgentOrder,
    ) -> Result<AgentStatus, Refused> {
        let t = self.tenants.get_mut(&tenant).ok_or(Refused::NotFound)?;
        let state = t.router.agent(agent).ok_or(Refused::NotFound)?.state;
        match order {
            AgentOrder::Ready => self.wish_ready(now, tenant, agent)?,
            AgentOrder::NotReady(reason) => self.wish_not_ready(now, tenant, agent, reason)?,
            AgentOrder::SignOut => {
                t.router.sign_out(now, agent).map_err(|_| Refused::NotFound)?;
                self.note_away(now, tenant, agent, Some(None));
            }
            AgentOrder::ExtendWrapUp(more) => {
                // A call outside the queues may go on beside it: then nobody sees a wrap-up.
                if state != AgentState::WrapUp {
                    return Err(Refused::NotInWrapUp);
                }
                t.router.wrap_up_extend(now, agent, more).map_err(|error| match error {
                    acd::Error::AtLimit => Refused::Limit,
                    _ => Refused::NotInWrapUp,
                })?;
            }
        }
        self.touch_router(tenant);
        self.pump(now);
        self.agent_status(now, tenant, agent).ok_or(Refused::NotFound)
    }

    pub(crate) fn wish_ready(&mut self, now: Now, tenant: TenantId, agent: AgentId) -> Result<(), Refused> {
        let t = self.tenants.get_mut(&tenant).ok_or(Refused::NotFound)?;
        if !t.is_reachable(agent) {
            return Err(Refused::NoPhone);
        }
        let _ = t.router.sign_in(now, agent);
        t.router.ready(now, agent).map_err(|_| Refused::NotFound)?;
        self.note_away(now, tenant, agent, None);
        self.touch_router(tenant);
        Ok(())
    }

    /// An agent says that it wants no calls, and why (or nothing for signed out), or that it does. What
    /// is news is journalled, so that it holds after a restart.
    fn note_away(&mut self, now: Now, tenant: TenantId, agent: AgentId, away: Option<Option<Text>>) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let before = match &away {
            Some(reason) => t.away.insert(agent, reason.clone()),
            None => t.away.remove(&agent),
        };
        if before == away {
            return;
        }
        let (state, reason) = match away {
            None => (AgentState::Ready, None),
            Some(None) => (AgentState::Offline, None),
            Some(reason) => (AgentState::NotReady, reason),
        };
        self.journal(now, tenant, Happening::AgentWish { agent, state, reason });
    }

    /// Takes what an agent had said before a restart; see [`Center::restore_registration`], which comes after.
    pub fn restore_away(&mut self, now: Now, tenant: TenantId, agent: AgentId, reason: Option<Text>) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        t.away.insert(agent, reason.clone());
        // One at a fixed address has begun to serve already.
        if t.is_reachable(agent) {
            match reason {
                Some(_) => self.sign_in(now, tenant, agent),
                None => drop(t.router.sign_out(now, agent)),
            }
        }
        self.touch_router(tenant);
        self.pump(now);
    }

    /// Takes that an agent was not ready before a restart though it had not said so itself, as after
    /// a call that it missed. Comes after its telephones.
    pub fn restore_not_ready(&mut self, now: Now, tenant: TenantId, agent: AgentId, reason: &Text) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        if t.router.agent(agent).is_some_and(|a| a.state == AgentState::Ready) {
            let _ = t.router.not_ready(now, agent, reason.clone());
        }
        self.touch_router(tenant);
        self.pump(now);
    }

    pub(crate) fn wish_not_ready(
        &mut self,
        now: Now,
        tenant: TenantId,
        agent: AgentId,
        reason: Text,
    ) -> Result<(), Refused> {
        let t = self.tenants.get_mut(&tenant).ok_or(Refused::NotFound)?;
        let _ = t.router.sign_in(now, agent);
        t.router.not_ready(now, agent, reason.clone()).map_err(|_| Refused::NotFound)?;
        self.note_away(now, tenant, agent, Some(Some(reason)));
        self.touch_router(tenant);
        Ok(())
    }

    /// An agent whose telephone is there serves from now on, unless it has said otherwise itself: a
    /// telephone that starts anew calls nobody back from lunch.
    pub(crate) fn sign_in(&mut self, now: Now, tenant: TenantId, agent: AgentId) {
        let said = self.tenants.get(&tenant).and_then(|t| t.away.get(&agent).cloned());
        // An agent without queues is unknown to the router, and has no state to change.
        let _ = match said {
            Some(Some(reason)) => self.wish_not_ready(now, tenant, agent, reason),
            Some(None) => Ok(()),
            None => self.wish_ready(now, tenant, agent),
        };
    }

    pub(crate) fn on_agent_state(&mut self, now: Now, tenant: TenantId, view: AgentView, basis: Basis) {
        let AgentView { agent, state, reason, since, until, interaction, next } = view;
        if let Some(t) = self.tenants.get_mut(&tenant) {
            t.since_told.states += 1;
        }
        self.note_wrap_up(now, tenant, agent, interaction.filter(|_| state == AgentState::WrapUp));
        let until = until.map(|at| wall_of(now, at));
        let since = Some(since.wall).filter(|since| *since != now.wall);
        let Basis { queue, clock, worked, need } = basis;
        let clock_ms = clock.map(Mono::as_millis);
        let told = Happening::AgentState {
            agent,
            state,
            reason,
            until,
            interaction,
            since,
            next,
            queue,
            clock_ms,
            worked,
            need,
        };
        self.journal(now, tenant, told);
        if state == AgentState::Offline {
            self.gone_at_rest(now, tenant, agent);
        }
    }

    /// Measures the work after a talk: `id` while it goes on, nothing once it is over.
    fn note_wrap_up(&mut self, now: Now, tenant: TenantId, agent: AgentId, id: Option<InteractionId>) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let over = match (t.wrapping.get(&agent), id) {
            (Some(old), Some(new)) if old.id == new => None,
            (None, None) => return,
            _ => t.wrapping.remove(&agent),
        };
        if let Some(id) = id {
            let queue = t.router.wrap_up_of(agent);
            t.wrapping.entry(agent).or_insert(Wrapping { id, queue, from: now.wall });
        }
        let Some(Wrapping { id, queue, from }) = over else { return };
        // By the clock of the records, so that their sums agree.
        let to = now.wall.max(from);
        let wrap_up_ms = to.ms_since(from);
        if let Some(interaction) = self.get(id) {
            interaction.ledger.wrapped(Segment { kind: SegmentKind::WrapUp, from, to, queue, agent: Some(agent) });
        }
        self.journal(now, tenant, Happening::Wrapped { id, agent, wrap_up_ms, from: Some(from), queue });
    }

    pub(crate) fn busy_elsewhere(&mut self, now: Now, tenant: TenantId, agent: AgentId, id: InteractionId) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let calls = t.direct_calls.entry(agent).or_default();
        match calls.iter_mut().find(|c| c.id == id && c.rings) {
            Some(call) => call.rings = false,
            None => calls.push(DirectCall { id, rings: false }),
        }
        let _ = t.router.busy_elsewhere(now, agent, id);
        self.touch_router(tenant);
    }

    /// A call rings at an agent without a queue's doing: no queue offers it another one meanwhile.
    pub(crate) fn rings_elsewhere(&mut self, now: Now, tenant: TenantId, agent: AgentId, id: InteractionId) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        t.direct_calls.entry(agent).or_default().push(DirectCall { id, rings: true });
        let _ = t.router.rings_elsewhere(now, agent, id);
        self.touch_router(tenant);
    }

    /// One of the agent's calls outside the queues is over. It is free when that was the only one:
    /// whoever consults a colleague has two.
    fn free_elsewhere(&mut self, now: Now, tenant: TenantId, agent: AgentId, id: InteractionId) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let Some(calls) = t.direct_calls.get_mut(&agent) else { return };
        if let Some(at) = calls.iter().position(|c| c.id == id) {
            calls.remove(at);
        }
        let other = calls.iter().rfind(|c| !c.rings).or(calls.last()).copied();
        match other {
            Some(DirectCall { id, rings: false }) => drop(t.router.busy_elsewhere(now, agent, id)),
            other => {
                let _ = t.router.free_elsewhere(now, agent, id);
                match other {
                    Some(DirectCall { id, .. }) => drop(t.router.rings_elsewhere(now, agent, id)),
                    None => drop(t.direct_calls.remove(&agent)),
                }
            }
        }
        self.touch_router(tenant);
    }

    // ---- leases ----

    /// From now on the leases of this interaction's agents are renewed while their legs stand.
    pub(crate) fn watch_leases(&mut self, now: Now, id: InteractionId) {
        if let Some(interaction) = self.get(id) {
            interaction.alive_at.get_or_insert(now.mono + RENEW_LEASES);
        }
    }

    pub(crate) fn renew_leases(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        if interaction.alive_at.take_if(|at| *at <= now.mono).is_none() || interaction.engaged.is_empty() {
            return;
        }
        interaction.alive_at = Some(now.mono + RENEW_LEASES);
        let tenant = interaction.tenant;
        if let Some(t) = self.tenants.get_mut(&tenant) {
            for engaged in &interaction.engaged {
                let _ = t.router.talk_alive(now, engaged.agent);
            }
        }
        self.touch_router(tenant);
    }

    /// An agent's leg has moved from one interaction to another.
    pub(crate) fn move_elsewhere(
        &mut self,
        now: Now,
        tenant: TenantId,
        agent: AgentId,
        from: InteractionId,
        to: InteractionId,
    ) {
        self.busy_elsewhere(now, tenant, agent, to);
        self.free_elsewhere(now, tenant, agent, from);
    }

    /// A leg has ended: its agent is free for other work, after wrap-up where the queue has one.
    pub(crate) fn release_agent(&mut self, now: Now, id: InteractionId, leg: LegId, cause: Cause) {
        self.stops_ringing(now, id, leg);
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let Some(at) = interaction.engaged.iter().position(|e| e.leg == leg) else { return };
        let engaged = interaction.engaged.remove(at);
        interaction.departed = Some(engaged);
        let tenant = interaction.tenant;
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        // What it can do next is settled before it is set free, so that no telephone that is gone
        // gets one more call. At a fixed address nobody could say that it is back.
        let fixed = t.directory.agent(engaged.agent).is_some_and(|a| a.address.is_some());
        if !t.is_reachable(engaged.agent) {
            let _ = t.router.sign_out(now, engaged.agent);
        } else if is_vanished(cause) && !fixed {
            let _ = t.router.not_ready(now, engaged.agent, "phone_lost".into());
        }
        match engaged.queue {
            Some(_) => drop(t.router.talk_ended(now, id, engaged.agent)),
            None => {
                if let Some((queue, since)) = engaged.took_on {
                    let _ = t.router.took_on_ended(now, id, engaged.agent, queue, since);
                }
                self.free_elsewhere(now, tenant, engaged.agent, id);
            }
        }
        self.touch_router(tenant);
    }

    /// An agent whom no queue has found has a queue's customer from now on, whom a colleague handed on.
    pub(crate) fn takes_on(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.get(id) else { return };
        let Some(queue) = interaction.ledger.record().queue else { return };
        // Who calls a queue is no customer where it is one of ours.
        if interaction.agent_of(interaction.call.customer()).is_some() {
            return;
        }
        let partner = interaction.call.partner();
        let engaged = interaction.engaged.iter_mut().find(|e| Some(e.leg) == partner && e.queue.is_none());
        if let Some(engaged) = engaged {
            engaged.took_on.get_or_insert((queue, now.mono));
        }
    }

    /// The last telephone at which a direct call rang for its agent has stopped.
    pub(crate) fn stops_ringing(&mut self, now: Now, id: InteractionId, leg: LegId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let tenant = interaction.tenant;
        let Some(at) = interaction.dialled_agents.iter().position(|(l, _)| *l == leg) else { return };
        let (_, agent) = interaction.dialled_agents.swap_remove(at);
        let rings = |c: &DirectCall| c.id == id && c.rings;
        let rang =
            self.tenants.get(&tenant).and_then(|t| t.direct_calls.get(&agent)).is_some_and(|c| c.iter().any(rings));
        let elsewhere = self.get(id).is_some_and(|i| i.dialled_agents.iter().any(|(_, a)| *a == agent));
        if rang && !elsewhere {
            self.free_elsewhere(now, tenant, agent, id);
        }
    }

    // ---- telephones ----

    /// A device registers, refreshes or leaves, as verified by the edge.
    ///
    /// # Errors
    /// When the request is out of order or asks for too much; nothing has changed then.
    pub fn register(
        &mut self,
        now: Now,
        tenant: TenantId,
        device: DeviceId,
        request: &RegisterRequest,
    ) -> Result<Vec<Binding>, RegisterRejected> {
        let known = |t: &&mut Tenant| t.directory.device(device).is_some();
        let Some(t) = self.tenants.get_mut(&tenant).filter(known) else { return Ok(Vec::new()) };
        let before = t.registrations.of(device).to_vec();
        let bindings = t.registrations.apply(now.wall, device, request)?.to_vec();
        t.rearm_registrations(now);
        self.after_registration(now, tenant, device, !before.is_empty());
        self.greet(tenant, device, &before);
        self.pump(now);
        Ok(bindings)
    }

    /// Takes a device's bindings as they were before a restart.
    pub fn restore_registration(&mut self, now: Now, tenant: TenantId, device: DeviceId, bindings: &[Binding]) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        t.registrations.restore(now.wall, device, bindings);
        t.rearm_registrations(now);
        let agent = t.directory.device(device).and_then(|d| d.agent);
        if let Some(agent) = agent.filter(|a| t.is_reachable(*a)) {
            self.sign_in(now, tenant, agent);
        }
        self.pump(now);
    }

    /// A connection has closed: the bindings that came by it are gone.
    pub fn flow_closed(&mut self, now: Now, flow: u64) {
        for tenant in self.tenants.keys().copied().collect::<Vec<_>>() {
            let Some(t) = self.tenants.get_mut(&tenant) else { continue };
            let lost = t.registrations.flow_closed(flow);
            t.rearm_registrations(now);
            for device in lost {
                self.after_registration(now, tenant, device, true);
            }
        }
        self.pump(now);
    }

    /// A way to a device leads nowhere: the binding that it was made of is gone, unless the device has renewed it since.
    pub fn flow_failed(&mut self, now: Now, tenant: TenantId, uri: &Private<Text>, registered: &Registered) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        if t.registrations.flow_failed(uri, registered) {
            t.rearm_registrations(now);
            self.after_registration(now, tenant, registered.device, true);
            self.pump(now);
        }
    }

    pub(crate) fn expire_registrations(&mut self, now: Now) {
        for tenant in self.tenants.keys().copied().collect::<Vec<_>>() {
            let Some(t) = self.tenants.get_mut(&tenant) else { continue };
            if t.registrations_lapse.is_none_or(|at| at > now.mono) {
                continue;
            }
            let lost = t.registrations.expire(now.wall);
            t.rearm_registrations(now);
            for device in lost {
                self.after_registration(now, tenant, device, true);
            }
        }
    }

    fn after_registration(&mut self, now: Now, tenant: TenantId, device: DeviceId, had: bool) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let contacts = t.registrations.of(device).to_vec();
        let has = !contacts.is_empty();
        if let Some(agent) = t.directory.device(device).and_then(|d| d.agent) {
            let reachable = t.is_reachable(agent);
            if has && !had {
                self.sign_in(now, tenant, agent);
            } else if !reachable && !t.is_talking(agent) {
                let _ = t.router.sign_out(now, agent);
                self.touch_router(tenant);
            }
        }
        self.journal(now, tenant, Happening::Registered { device, contacts });
        self.follow_pages(now, tenant, device);
    }

    /// A short tone that says yes, then the end.
    pub(crate) fn confirm(&mut self, now: Now, id: InteractionId) {
        if let Some(interaction) = self.get(id) {
            interaction.call.answer();
        }
        self.pump_interaction(now, id);
        let sounds = vec![Sound::Tone(Tone::Comfort), Sound::Silence(300)];
        self.play(now, id, Playing::Farewell, sounds, false, false);
    }
}
