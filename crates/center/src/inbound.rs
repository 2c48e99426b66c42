//! Where a call that comes in goes.

use std::sync::{Arc, LazyLock};

use call::Call;
use dialplan::{Dialled, DidTarget, is_emergency, strip_uri};
use flow::Flow;
use types::event::{Event, Happening};
use types::leg::{CallerId, Incoming, Origin, Text};
use types::record::{Channel, Direction, LINE_TEST, LegRole};
use types::{AgentId, Cause, EndedBy, InteractionId, LegCommand, LegId, Now, Private, TenantId};

use crate::bounds::Bounds;
use crate::interaction::{Engaged, Errand, Interaction};
use crate::ledger::Ledger;
use crate::{Center, Effect};

/// What a dialled number means, without borrowing the tenant.
enum Goal {
    Did(DidTarget),
    Feature(Text),
    Outside,
    Nowhere,
}

/// How an interaction that comes in begins.
pub(crate) struct Opening {
    pub(crate) direction: Direction,
    /// What was dialled.
    pub(crate) dialled: Private<Text>,
    /// The same as it is kept.
    pub(crate) to: Private<Text>,
    /// Where it was given out before.
    pub(crate) id: Option<InteractionId>,
}

/// What every telephone of a tenant can try its line with. A minute is enough to hear oneself, and a forgotten test ends.
static ECHO: LazyLock<Arc<Flow>> = LazyLock::new(|| {
    let echo = r#"{"version": 1, "id": "echo", "name": "echo", "language": "zh", "start": "e",
                   "nodes": {"e": {"kind": "echo", "max_s": 60}}}"#;
    Arc::new(Flow::parse(echo).expect("a flow of ours is a flow"))
});

impl Center {
    pub(crate) fn on_incoming(&mut self, now: Now, leg: LegId, call: &Incoming) {
        let Some(tenant) = self.tenants.get(&call.tenant) else {
            return self.command(LegCommand::Hangup { leg, cause: Cause::NotFound });
        };
        if matches!(call.origin, Origin::Device(device) if tenant.directory.device(device).is_none()) {
            return self.on_trial(now, leg, call);
        }
        let dialled: Text = strip_uri(call.dialled.reveal()).into();
        let goal = self.goal(call, &dialled);
        let direction = match (&call.origin, &goal) {
            (Origin::Trunk(_), _) => Direction::Inbound,
            (Origin::Device(_), Goal::Outside) => Direction::Outbound,
            (Origin::Device(_), _) => Direction::Internal,
        };
        let from_device = matches!(call.origin, Origin::Device(_));
        let parked = from_device.then(|| self.parked_at(call.tenant, &dialled)).flatten();
        let to = match (&goal, self.tenants.get(&call.tenant)) {
            (Goal::Outside, Some(tenant)) => tenant.recorded(&dialled),
            _ => dialled.clone(),
        };
        // Who calls for help is let out to the last.
        let for_help = matches!(goal, Goal::Outside) && self.is_emergency(call.tenant, &dialled);
        let id = self.open(now, leg, call, Opening { direction, dialled: dialled.into(), to: to.into(), id: None });
        if let Some(replaced) = call.replaces {
            return self.take_over(now, id, leg, replaced);
        }
        if self.draining && !for_help {
            return self.end(now, id, EndedBy::System, Cause::Shutdown);
        }
        if let Origin::Trunk(trunk) = call.origin
            && !self.take_line(id, leg, trunk)
        {
            return self.end(now, id, EndedBy::System, Cause::Overload);
        }
        if let Some(parked) = parked {
            return self.pick_up(now, id, leg, parked);
        }
        match goal {
            Goal::Did(DidTarget::Flow(flow)) => self.start_flow(now, id, flow),
            Goal::Did(DidTarget::Queue(queue)) => self.enqueue(now, id, queue, 0, false),
            Goal::Did(DidTarget::Agent(agent)) => self.call_agent(now, id, agent, Errand::Reach),
            Goal::Feature(code) => self.feature(now, id, &call.origin, &code),
            Goal::Outside if self.may_not_call(id) => self.end(now, id, EndedBy::System, Cause::DoNotCall),
            Goal::Outside => self.reach_outside(now, id),
            Goal::Nowhere => self.end(now, id, EndedBy::System, Cause::NotFound),
        }
    }

    /// Carriers write one caller's number in many ways; whoever called before is known by one.
    pub(crate) fn read_caller(&self, call: &mut Incoming) {
        let from_trunk = matches!(call.origin, Origin::Trunk(_));
        if let Some(tenant) = self.tenants.get(&call.tenant).filter(|_| from_trunk) {
            call.caller = tenant.plan.numbering().received(call.caller.reveal()).text().clone().into();
        }
    }

    fn goal(&self, call: &Incoming, dialled: &str) -> Goal {
        let Some(tenant) = self.tenants.get(&call.tenant) else { return Goal::Nowhere };
        let from_device = matches!(call.origin, Origin::Device(_));
        let known = if from_device { tenant.plan.from_inside(dialled) } else { tenant.plan.from_outside(dialled) };
        match known {
            Dialled::Did(target) => Goal::Did(target.clone()),
            Dialled::Feature(code) => Goal::Feature(code.into()),
            Dialled::Outside { .. } if is_emergency(dialled) => Goal::Outside,
            Dialled::Outside { .. } => tenant.by_own_number(dialled).map_or(Goal::Outside, Goal::Did),
            Dialled::Unknown => tenant.by_own_number(dialled).map_or(Goal::Nowhere, Goal::Did),
        }
    }

    /// Begins the interaction and its record.
    pub(crate) fn open(&mut self, now: Now, leg: LegId, call: &Incoming, opening: Opening) -> InteractionId {
        let Opening { direction, dialled, to, id } = opening;
        let again = self.expected.take(call, to.reveal());
        let known = id.or_else(|| again.as_ref().map(|record| record.id));
        let id = known.unwrap_or_else(|| InteractionId(self.ids.next(now.wall)));
        let from = call.caller.clone();
        let started = again.as_ref().map_or(now.wall, |record| record.started);
        let mut ledger = Ledger::new(id, call.tenant, direction, from.clone(), to.clone(), started);
        let own_agent = self.agent_of_origin(call.tenant, &call.origin);
        let role = if own_agent.is_some() { LegRole::Agent } else { LegRole::Customer };
        let sip_call_id = Some(call.sip_call_id.clone());
        ledger.leg_started(started, leg, role, own_agent, from.clone(), sip_call_id.clone());
        if let Some(record) = again {
            ledger.begins_again(record);
        }
        let caller = CallerId { number: from.clone(), name: call.caller_name.clone(), ..CallerId::default() };
        let longest = self.tenants.get(&call.tenant).map(|t| t.longest_call).unwrap_or_default();
        let bounds = Bounds::new(now, longest);
        let mut interaction = Interaction::new(id, call.tenant, Call::incoming(leg), ledger, caller, dialled, bounds);
        if let Some(agent) = own_agent {
            interaction.engaged.push(Engaged::unqueued(agent, leg));
            let page = self.tenants.get(&call.tenant).zip(call.browser).and_then(|(t, flow)| t.page_at(agent, flow));
            if let Some(page) = page {
                interaction.pages.note(leg, page);
            }
        }
        self.interactions.insert(id, Box::new(interaction));
        self.legs.insert(leg, id);
        let channel = Channel::Voice;
        let what =
            Happening::InteractionStarted { id, channel, direction, from, to, leg, sip_call_id, callback_of: None };
        self.effects.push_back(Effect::Journal(Box::new(Event { tenant: call.tenant, at: started, what })));
        if let Some(agent) = own_agent {
            self.busy_elsewhere(now, call.tenant, agent, id);
            self.watch_leases(now, id);
        }
        self.touch(id);
        id
    }

    /// Whether somebody dials a number outside that the tenant's people may not call.
    fn may_not_call(&self, id: InteractionId) -> bool {
        let Some(interaction) = self.interactions.get(&id) else { return false };
        let tenant = self.tenants.get(&interaction.tenant);
        tenant.is_some_and(|tenant| tenant.may_not_call(interaction.dialled.reveal()).is_some())
    }

    fn agent_of_origin(&self, tenant: TenantId, origin: &Origin) -> Option<AgentId> {
        match origin {
            Origin::Device(device) => self.tenants.get(&tenant)?.directory.device(*device)?.agent,
            Origin::Trunk(_) => None,
        }
    }

    /// `*50` and `*51`: an agent at a telephone alone becomes ready or not ready; `*72` and `*73`: its calls are led on,
    /// or no longer; `*43`: a telephone of ours hears itself; `*98`: an agent listens to its messages.
    fn feature(&mut self, now: Now, id: InteractionId, origin: &Origin, code: &str) {
        let Some(tenant) = self.interactions.get(&id).map(|i| i.tenant) else { return };
        if code == LINE_TEST {
            return self.walk_along(now, id, &ECHO);
        }
        if code == "*98" {
            return match self.agent_of_origin(tenant, origin) {
                Some(agent) => self.listen(now, id, agent),
                None => self.end(now, id, EndedBy::System, Cause::NotFound),
            };
        }
        let done = match (self.agent_of_origin(tenant, origin), code) {
            (Some(agent), "*50") => self.wish_ready(now, tenant, agent).is_ok(),
            (Some(agent), "*51") => self.wish_not_ready(now, tenant, agent, "feature_code".into()).is_ok(),
            (Some(agent), "*73") => self.forwarding_by_code(now, tenant, agent, code),
            (Some(agent), _) if code.starts_with("*72") => self.forwarding_by_code(now, tenant, agent, code),
            _ => false,
        };
        if done { self.confirm(now, id) } else { self.end(now, id, EndedBy::System, Cause::NotFound) }
    }
}
