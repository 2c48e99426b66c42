//! Several agents who ring together for one customer: who leaves before the first answer leaves alone.

use acd::{OfferEnd, Rejection};
use types::{AgentId, Cause, InteractionId, Now};

use crate::Center;
use crate::interaction::Stage;
use crate::queueing::rejection;

impl Center {
    /// One of several agents who ring together is out of it; the others ring on, or one of them has answered.
    pub(crate) fn rings_on_without(&mut self, now: Now, id: InteractionId, agent: AgentId, why: OfferEnd) {
        let cause = match why {
            OfferEnd::NoAnswer => Cause::NoAnswer,
            OfferEnd::Taken => Cause::AnsweredElsewhere,
            _ => Cause::Cancelled,
        };
        let Some(interaction) = self.get(id) else { return };
        let legs: Vec<_> =
            interaction.dialled_agents.iter().filter(|(_, of)| *of == agent).map(|(leg, _)| *leg).collect();
        for leg in legs {
            interaction.call.hang_up_leg(leg, cause);
        }
        self.pump_call_commands(now, id);
        self.first_of_who_ring(id);
        self.touch(id);
    }

    /// A telephone that rang for an offer has ended by itself. Where no other of the agent's rings, and others ring on,
    /// the agent alone is out of it; the last one's failure is the attempt's.
    pub(crate) fn rings_no_more(&mut self, now: Now, id: InteractionId, agent: AgentId, cause: Cause) {
        let Some(interaction) = self.interactions.get(&id) else { return };
        let Some(t) = self.tenants.get_mut(&interaction.tenant) else { return };
        let tenant = interaction.tenant;
        let rings_elsewhere = interaction.dialled_agents.iter().any(|(_, of)| *of == agent);
        let (mut mine, mut others) = (false, false);
        for ringing in t.router.ringing(id) {
            mine |= ringing == agent;
            others |= ringing != agent;
        }
        if !matches!(interaction.stage, Stage::Offered { .. }) || rings_elsewhere || !mine || !others {
            return;
        }
        let _ = t.router.offer_rejected(now, id, agent, rejection(cause));
        self.touch_router(tenant);
        self.first_of_who_ring(id);
    }

    /// The offer is to whoever stands first among those who still ring.
    fn first_of_who_ring(&mut self, id: InteractionId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let first = self.tenants.get(&interaction.tenant).and_then(|t| t.router.ringing(id).next());
        if let (Stage::Offered { queue, .. }, Some(agent)) = (interaction.stage, first) {
            interaction.stage = Stage::Offered { queue, agent };
        }
    }

    /// An agent refuses while others ring as well: it alone is out of it. Whether that was so.
    pub(crate) fn others_ring_on(&mut self, now: Now, id: InteractionId, agent: AgentId) -> bool {
        let Some(interaction) = self.interactions.get(&id) else { return false };
        let Some(t) = self.tenants.get_mut(&interaction.tenant) else { return false };
        let tenant = interaction.tenant;
        if !t.router.ringing(id).any(|ringing| ringing == agent) || t.router.ringing(id).count() == 1 {
            return false;
        }
        let _ = t.router.offer_rejected(now, id, agent, Rejection::Declined);
        self.touch_router(tenant);
        self.rings_on_without(now, id, agent, OfferEnd::Left);
        true
    }
}
