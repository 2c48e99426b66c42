//! Calls to the outside: by which trunk, shown as whom, and what comes after a trunk that fails.

use call::Dial;
use dialplan::{Dialled, Kind, Shown, Trunk, Way, Wishes};
use types::event::Happening;
use types::leg::{CallerId, Login, Target, Text};
use types::record::{Direction, LegRole};
use types::{AgentId, Cause, InteractionId, Mono, Now, TenantId, TrunkId};

use crate::Center;
use crate::tenant::Tenant;

/// Trunks that one call tries, one after the other: with more, a caller would hear nothing for longer
/// than anyone waits, since each may take half a minute to say nothing.
const MAX_TRUNKS: usize = 4;

/// A way to a number outside that is yet to be tried.
#[derive(Clone, Debug)]
pub(crate) struct OutsideWay {
    pub(crate) trunk: TrunkId,
    pub(crate) target: Target,
    /// The number that the route shows.
    caller_id: Option<Text>,
    /// To the emergency services.
    emergency: bool,
}

/// Whether another trunk may do better: the trouble was on the way, not with the person called.
pub(crate) const fn is_worth_another_trunk(cause: Cause, status: Option<u16>, rang: bool) -> bool {
    // A carrier that can't get through in time says 408; once it has rung, it is the person's.
    cause.is_retryable() || matches!(status, Some(408)) && !rang
}

impl Tenant {
    /// Ways to call a number outside, the best first: by trunks whose far end answers and that have room for a call now.
    /// An emergency call goes by any, those first.
    pub(crate) fn outside_ways(&self, now: Mono, number: &str) -> Vec<OutsideWay> {
        let Dialled::Outside { number, ways } = self.plan.from_inside(number) else { return Vec::new() };
        let emergency = number.kind() == Kind::Emergency;
        let (free, others): (Vec<Way<'_>>, _) = ways.into_iter().partition(|way| self.is_open(now, way.trunk));
        let others: Vec<Way<'_>> = if emergency { others } else { Vec::new() };
        let open = free.into_iter().chain(others).filter_map(|way| {
            let target = trunk_target(way.trunk, &way.trunk.numbers.write(&number))?;
            Some(OutsideWay { trunk: way.trunk.id, target, caller_id: way.caller_id.cloned(), emergency })
        });
        open.take(MAX_TRUNKS).collect()
    }

    /// Whether a number is one of the emergency services', and no extension of ours that looks like one with the
    /// prefix for an outside line.
    pub(crate) fn is_emergency(&self, number: &str) -> bool {
        dialplan::is_emergency(number)
            || self.by_own_number(number).is_none() && self.plan.numbering().dialled(number).kind() == Kind::Emergency
    }

    /// A number outside as records name it, however it was dialled.
    pub(crate) fn recorded(&self, dialled: &Text) -> Text {
        let number = self.plan.numbering().dialled(dialled);
        if number.kind() == Kind::Other { dialled.clone() } else { number.text().clone() }
    }

    /// Whether a trunk takes one more call to the outside.
    fn is_open(&self, now: Mono, trunk: &Trunk) -> bool {
        self.lines.get(&trunk.id).is_none_or(|line| line.is_open(now, trunk))
    }

    /// How `caller` is shown by a way: as itself, or in its place a number of ours.
    pub(crate) fn presented(&self, way: &OutsideWay, caller: CallerId, wishes: Wishes<'_>) -> CallerId {
        let Some(trunk) = self.plan.trunk(way.trunk) else { return caller };
        let plan_way = dialplan::Way { trunk, caller_id: way.caller_id.as_ref() };
        let diverted = caller.diverted.clone();
        match self.plan.shown(plan_way, wishes) {
            Shown::Caller => caller,
            Shown::Ours(number) => CallerId { number: number.into(), diverted, ..CallerId::default() },
            // Those who come to help have to be able to call back.
            Shown::Withheld(None) if way.emergency => caller,
            Shown::Withheld(Some(number)) if way.emergency => {
                CallerId { number: number.into(), diverted, ..CallerId::default() }
            }
            Shown::Withheld(asserted) => {
                let asserted = asserted.map(Into::into);
                CallerId { asserted, private: true, diverted, ..CallerId::default() }
            }
        }
    }
}

/// Where a trunk is called for a number as it is to be written there.
fn trunk_target(trunk: &Trunk, number: &str) -> Option<Target> {
    let send_to = trunk.send_to.as_deref()?;
    let host = send_to.strip_prefix("sip:").or_else(|| send_to.strip_prefix("sips:")).unwrap_or(send_to);
    let uri: Text = format!("sip:{number}@{host}").into();
    let login = |(user, secret)| Login { user, secret, realm: trunk.realm.clone() };
    let (credentials, from_host) = (trunk.credentials.clone().map(login), trunk.from_domain.clone());
    Some(Target { uri: uri.into(), credentials, from_host, ..Target::default() })
}

impl Center {
    /// Whether a number is one of the emergency services'.
    pub(crate) fn is_emergency(&self, tenant: TenantId, number: &str) -> bool {
        self.tenants.get(&tenant).is_some_and(|t| t.is_emergency(number))
    }

    /// Calls outside over the best trunk; the others are kept for failover.
    pub(crate) fn reach_outside(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.interactions.get(&id) else { return };
        let number = interaction.dialled.reveal().clone();
        self.reach_number(now, id, &number);
    }

    /// Rings a number outside over one trunk after the other until one answers.
    pub(crate) fn reach_number(&mut self, now: Now, id: InteractionId, number: &str) {
        self.look_for_ways(now, id, number);
        if !self.reach_next(now, id) {
            self.reach(now, id, None, Vec::new());
        }
    }

    /// Notes by which ways a number outside is tried from now on.
    pub(crate) fn look_for_ways(&mut self, now: Now, id: InteractionId, number: &str) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let of = interaction.tenant;
        let Some(tenant) = self.tenants.get(&of) else { return };
        interaction.further_ways = tenant.outside_ways(now.mono, number).into();
        if tenant.is_emergency(number) {
            let agent = interaction.engaged.first().map(|engaged| engaged.agent);
            let from = interaction.ledger.record().from.clone();
            let number = tenant.plan.numbering().dialled(number).text().clone();
            self.journal(now, of, Happening::EmergencyCalled { id, agent, from, number });
        }
    }

    pub(crate) fn forget_further_ways(&mut self, id: InteractionId) {
        if let Some(interaction) = self.get(id) {
            interaction.further_ways.clear();
        }
    }

    /// Rings the next of the remaining targets.
    pub(crate) fn reach_next(&mut self, now: Now, id: InteractionId) -> bool {
        let Some(dials) = self.next_way(now, id, None) else { return false };
        self.reach(now, id, None, dials);
        true
    }

    /// A dial by the next of the remaining ways; `asks`: the agent that calls in its own name.
    pub(crate) fn next_way(&mut self, now: Now, id: InteractionId, asks: Option<AgentId>) -> Option<Vec<Dial>> {
        let way = self.next_open_way(now, id)?;
        let mut dials = self.dials(now, id, LegRole::Target, None, vec![way.target.clone()]);
        for dial in &mut dials {
            self.present(id, &way, asks, &mut dial.caller);
            self.begin_line(now, id, dial.leg, way.trunk);
        }
        Some(dials)
    }

    /// Shows by a way what may be shown there.
    pub(crate) fn present(&self, id: InteractionId, way: &OutsideWay, asks: Option<AgentId>, caller: &mut CallerId) {
        let Some(interaction) = self.interactions.get(&id) else { return };
        let Some(tenant) = self.tenants.get(&interaction.tenant) else { return };
        if let Some(agent) = asks {
            *caller = tenant.own_caller(agent);
        } else if interaction.made_up_caller {
            *caller = CallerId { private: true, ..CallerId::default() };
        }
        let agent = asks.or_else(|| interaction.calls_out());
        let customer = asks.is_none() && interaction.ledger.record().direction == Direction::Inbound;
        let queue = interaction.ledger.record().queue.and_then(|queue| tenant.queues.get(&queue));
        let wishes = Wishes {
            agent: agent.and_then(|agent| tenant.directory.agent(agent)?.caller_id.as_ref()),
            queue: queue.and_then(|queue| queue.caller_id.as_ref()),
            route: None,
            customer,
        };
        *caller = tenant.presented(way, std::mem::take(caller), wishes);
    }

    /// A trunk that had room when the call began may be full by now.
    fn next_open_way(&mut self, now: Now, id: InteractionId) -> Option<OutsideWay> {
        let interaction = self.interactions.get_mut(&id)?;
        let tenant = self.tenants.get(&interaction.tenant)?;
        loop {
            let way = interaction.further_ways.pop_front()?;
            if way.emergency || tenant.plan.trunk(way.trunk).is_some_and(|trunk| tenant.is_open(now.mono, trunk)) {
                return Some(way);
            }
        }
    }
}
