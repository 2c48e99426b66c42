//! Calls that an agent makes by order: its own telephones ring first, then the one it wants to talk with.

use call::{Call, Dial};
use dialplan::strip_uri;
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
        let id = self.open_own(now, tenant, agent, direction, own, number.into(), targets);
        self.pump(now);
        Ok(id)
    }

    /// Begins the interaction, its record and the ringing.
    #[expect(clippy::too_many_arguments, reason = "one caller, and each is a different thing")]
    fn open_own(
        &mut self,
        now: Now,
        tenant: TenantId,
        agent: AgentId,
        direction: Direction,
        own: CallerId,
        to: Private<Text>,
        targets: Vec<Target>,
    ) -> InteractionId {
        let id = InteractionId(self.ids.next(now.wall));
        let from = own.number.clone();
        let recorded = match (direction, self.tenants.get(&tenant)) {
            (Direction::Outbound, Some(t)) => t.recorded(to.reveal()).into(),
            _ => to.clone(),
        };
        let mut ledger = Ledger::new(id, tenant, direction, from.clone(), recorded.clone(), now.wall);
        // The agent sees whom it is about to call.
        let caller = CallerId { number: to.clone(), ..CallerId::default() };
        let (mut dials, mut pages) = (Vec::new(), Pages::default());
        for mut target in targets.into_iter().take(call::MAX_FORKS) {
            let leg = LegId(self.ids.next(now.wall));
            if let Some(page) = target.flow.and_then(|flow| self.tenants.get(&tenant)?.page_at(agent, flow)) {
                target.page = Some(PageCall { interaction: id, returns: false });
                pages.note(leg, page);
            }
            ledger.leg_started(now.wall, leg, LegRole::Agent, Some(agent), target.uri.clone(), None);
            dials.push(Dial { leg, tenant, target, caller: caller.clone() });
        }
        let ringing: Vec<(LegId, AgentId)> = dials.iter().map(|dial| (dial.leg, agent)).collect();
        let call = Call::outgoing(now, dials, RING_FOR);
        let leg = call.customer();
        let longest = self.tenants.get(&tenant).map(|t| t.longest_call).unwrap_or_default();
        let bounds = Bounds::new(now, longest);
        let mut interaction = Interaction::new(id, tenant, call, ledger, own, to, bounds);
        interaction.dialled_agents = ringing;
        interaction.pages = pages;
        self.interactions.insert(id, Box::new(interaction));
        let channel = Channel::Voice;
        let started =
            Happening::InteractionStarted { id, channel, direction, from, to: recorded, leg, sip_call_id: None };
        self.journal(now, tenant, started);
        self.rings_elsewhere(now, tenant, agent, id);
        self.touch(id);
        id
    }

    /// The agent has answered its own telephone: now the one it wants to talk with.
    pub(crate) fn on_originated(&mut self, now: Now, id: InteractionId, leg: LegId) {
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
