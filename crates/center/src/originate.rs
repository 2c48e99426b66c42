//! Calls that an agent makes by order: its own telephones ring first, then the one it wants to talk with.

use std::time::Duration;

use call::{Call, Dial};
use dialplan::{Wishes, strip_uri};
use types::event::Happening;
use types::leg::{CallerId, PageCall, Target, Text};
use types::record::{Channel, Direction, LegRole};
use types::{AgentId, Cause, EndedBy, InteractionId, LegId, Now, Private, TenantId};

use crate::Center;
use crate::bounds::Bounds;
use crate::interaction::{Errand, Interaction, RING_FOR};
use crate::ledger::Ledger;
use crate::order::Refused;
use crate::pages::Pages;
use crate::transfer::Destination;

/// A call that is about to begin at the telephones of those who are to make it.
pub(crate) struct Outgoing {
    pub(crate) direction: Direction,
    /// How whoever makes it is shown.
    pub(crate) own: CallerId,
    /// Whom it is for.
    pub(crate) to: Private<Text>,
    /// Whose telephones ring first.
    pub(crate) rung: Vec<(AgentId, Vec<Target>)>,
    pub(crate) ring_for: Duration,
    /// The interaction in which the customer asked for it.
    pub(crate) callback_of: Option<InteractionId>,
}

impl Center {
    /// Has an agent call a number: its own telephones ring first.
    ///
    /// # Errors
    /// See [`Refused`]; nothing has changed then.
    pub fn dial(
        &mut self,
        now: Now,
        tenant: TenantId,
        agent: AgentId,
        to: &Private<Text>,
    ) -> Result<InteractionId, Refused> {
        if self.draining {
            return Err(Refused::Draining);
        }
        let t = self.tenants.get(&tenant).ok_or(Refused::NotFound)?;
        t.directory.agent(agent).ok_or(Refused::NotFound)?;
        if t.has_call(agent) {
            return Err(Refused::Busy);
        }
        let number: Text = strip_uri(to.reveal()).into();
        let direction = match t.can_lead_to(now, &number)? {
            Destination::Outside(_) => Direction::Outbound,
            Destination::Agent(other) if other != agent => Direction::Internal,
            _ => return Err(Refused::NoSuchNumber),
        };
        let (targets, own) = (t.targets_of(agent), t.own_caller(agent));
        if targets.is_empty() {
            return Err(Refused::NoPhone);
        }
        let id = InteractionId(self.ids.next(now.wall));
        let (to, rung) = (number.into(), vec![(agent, targets)]);
        self.open_outgoing(
            now,
            tenant,
            id,
            Outgoing { direction, own, to, rung, ring_for: RING_FOR, callback_of: None },
        );
        self.rings_elsewhere(now, tenant, agent, id);
        self.pump(now);
        Ok(id)
    }

    /// Begins the interaction, its record and the ringing.
    pub(crate) fn open_outgoing(&mut self, now: Now, tenant: TenantId, id: InteractionId, outgoing: Outgoing) {
        let Outgoing { direction, own, to, rung, ring_for, callback_of } = outgoing;
        let from = own.number.clone();
        let recorded = match (direction, self.tenants.get(&tenant)) {
            (Direction::Outbound, Some(t)) => t.recorded(to.reveal()).into(),
            _ => to.clone(),
        };
        let mut ledger = Ledger::new(id, tenant, direction, from.clone(), recorded.clone(), now.wall);
        // The agent sees whom it is about to call.
        let caller = CallerId { number: to.clone(), ..CallerId::default() };
        let (mut dials, mut pages, mut ringing) = (Vec::new(), Pages::default(), Vec::new());
        // No agent's many telephones take the place of another's only one.
        let each = call::MAX_FORKS / rung.len().max(1);
        let targets =
            rung.into_iter().flat_map(|(agent, targets)| targets.into_iter().take(each).map(move |t| (agent, t)));
        let mut over_trunks = Vec::new();
        for (agent, mut target) in targets {
            let Some(t) = self.tenants.get(&tenant) else { return };
            let Ok(way) = t.way_to(now, &target) else { continue };
            let mut caller = caller.clone();
            let leg = LegId(self.ids.next(now.wall));
            if let Some(page) = target.flow.and_then(|flow| self.tenants.get(&tenant)?.page_at(agent, flow)) {
                target.page = Some(PageCall { interaction: id, returns: false });
                pages.note(leg, page);
            }
            if let Some(way) = way {
                let own = t.directory.agent(agent).and_then(|agent| agent.caller_id.as_ref());
                caller = t.presented(&way, caller, Wishes { agent: own, ..Wishes::default() });
                target = way.target;
                over_trunks.push((leg, way.trunk));
            }
            ledger.leg_started(now.wall, leg, LegRole::Agent, Some(agent), target.uri.clone(), None);
            ringing.push((leg, agent));
            dials.push(Dial { leg, tenant, target, caller });
        }
        let call = Call::outgoing(now, dials, ring_for);
        let leg = call.customer();
        let longest = self.tenants.get(&tenant).map(|t| t.longest_call).unwrap_or_default();
        let bounds = Bounds::new(now, longest);
        let mut interaction = Interaction::new(id, tenant, call, ledger, own, to, bounds);
        interaction.dialled_agents = ringing;
        interaction.pages = pages;
        interaction.callback_of = callback_of;
        self.interactions.insert(id, Box::new(interaction));
        for (leg, trunk) in over_trunks {
            self.begin_line(now, id, leg, trunk);
        }
        let channel = Channel::Voice;
        let started = Happening::InteractionStarted {
            id,
            channel,
            direction,
            from,
            to: recorded,
            leg,
            sip_call_id: None,
            callback_of,
        };
        self.journal(now, tenant, started);
        self.touch(id);
    }

    /// The agent has answered its own telephone: now the one it wants to talk with.
    pub(crate) fn on_originated(&mut self, now: Now, id: InteractionId, leg: LegId) {
        if self.get(id).is_some_and(|i| i.callback_of.is_some()) {
            return self.on_callback_taken(now, id, leg);
        }
        self.engage(now, id, leg);
        let Some(interaction) = self.interactions.get(&id) else { return };
        let Some(tenant) = self.tenants.get(&interaction.tenant) else { return };
        match tenant.destination(interaction.dialled.reveal()) {
            Destination::Agent(other) => self.call_agent(now, id, other, Errand::Reach),
            Destination::Outside(_) => self.reach_outside(now, id),
            _ => self.end(now, id, EndedBy::System, Cause::NotFound),
        }
    }
}
