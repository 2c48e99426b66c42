//! From people, numbers and addresses to something that can be rung.

use call::Dial;
use types::event::Binding;
use types::leg::{CallerId, PageCall, Registered, Target, Text};
use types::record::LegRole;
use types::{AgentId, DeviceId, InteractionId, LegId, Now, Private, TenantId};

use crate::Center;
use crate::interaction::{Engaged, Stage};
use crate::outside::OutsideWay;
use crate::tenant::Tenant;

impl Tenant {
    /// All telephones at which an agent can be rung right now.
    pub(crate) fn targets_of(&self, agent: AgentId) -> Vec<Target> {
        let devices = self.directory.devices_of(agent).iter();
        let mut targets: Vec<Target> = devices.flat_map(|d| targets_of_device(*d, self.registrations.of(*d))).collect();
        targets.extend(self.directory.agent(agent).and_then(|a| a.address.clone()).map(plain));
        targets
    }
}

/// The scheme of an address that is a telephone number (RFC 3966): an agent's mobile.
const NUMBER: &str = "tel:";

impl Tenant {
    /// The way to a target that is a telephone number: over the best trunk that has room, as any call to the outside.
    ///
    /// # Errors
    /// When no trunk leads there now, or it is a number of the emergency services, who take nobody's calls.
    pub(crate) fn way_to(&self, now: Now, target: &Target) -> Result<Option<OutsideWay>, Unreachable> {
        let Some(number) = target.uri.reveal().strip_prefix(NUMBER) else { return Ok(None) };
        if self.is_emergency(number) {
            return Err(Unreachable);
        }
        self.outside_ways(now.mono, number).into_iter().next().map(Some).ok_or(Unreachable)
    }
}

/// Nobody can be rung there now.
pub(crate) struct Unreachable;

fn plain(uri: Private<Text>) -> Target {
    Target { uri, ..Target::default() }
}

/// The telephones of a device. Flows of one telephone (RFC 5626) are one target, which is rung by the freshest of them
/// and by the next where that fails: forked to, it would ring twice.
fn targets_of_device(device: DeviceId, bindings: &[Binding]) -> Vec<Target> {
    let mut found: Vec<(&Binding, Target)> = Vec::with_capacity(bindings.len());
    for binding in bindings.iter().rev() {
        let is_flow = |other: &Binding| binding.reg_id.is_some() && other.reg_id.is_some();
        let same = found.iter_mut().find(|(other, _)| is_flow(other) && other.instance == binding.instance);
        match same {
            Some((_, fresher)) => fresher.otherwise.push(target_of(device, binding)),
            None => found.push((binding, target_of(device, binding))),
        }
    }
    found.into_iter().rev().map(|(_, target)| target).collect()
}

/// A device that registered through proxies is called through all of them. Else, behind a NAT, the Contact may name an
/// address that nobody can reach, so the request goes to where the REGISTER came from, whatever the Contact says.
pub(crate) fn target_of(device: DeviceId, binding: &Binding) -> Target {
    let next_hop = binding.path.is_empty().then(|| format!("sip:{}", binding.source.reveal()).into());
    let (uri, flow, routes) = (binding.uri.clone(), binding.flow, binding.path.clone());
    let registered = Some(Registered { device, call_id: binding.call_id.clone(), cseq: binding.cseq });
    Target { uri, flow, next_hop, routes, registered, ..Target::default() }
}

impl Center {
    /// A dial for each target; their legs are noted in the record.
    pub(crate) fn dials(
        &mut self,
        now: Now,
        id: InteractionId,
        role: LegRole,
        agent: Option<AgentId>,
        targets: Vec<Target>,
    ) -> Vec<Dial> {
        let Some(interaction) = self.interactions.get_mut(&id) else { return Vec::new() };
        let tenant = interaction.tenant;
        let caller = CallerId { diverted: interaction.diverted(), ..interaction.caller.clone() };
        let forwarded_from = interaction.led.last().map(|step| step.by.clone());
        let (mut dials, mut over_trunks) = (Vec::with_capacity(targets.len()), Vec::new());
        let t = self.tenants.get(&tenant);
        for mut target in targets.into_iter().take(call::MAX_FORKS) {
            let Ok(way) = t.map_or(Ok(None), |t| t.way_to(now, &target)) else { continue };
            if let Some(way) = way {
                target = way.target.clone();
                over_trunks.push((dials.len(), way));
            }
            let leg = LegId(self.ids.next(now.wall));
            let page = t.zip(agent).zip(target.flow).and_then(|((t, agent), flow)| t.page_at(agent, flow));
            if let Some(page) = page {
                target.page = Some(PageCall { interaction: id, returns: false });
                interaction.pages.note(leg, page);
            }
            interaction.ledger.leg_started(now.wall, leg, role, agent, target.uri.clone(), None);
            if let Some(record) = interaction.ledger.leg(leg) {
                record.forwarded_from.clone_from(&forwarded_from);
            }
            interaction.dialled_agents.extend(agent.map(|a| (leg, a)));
            dials.push(Dial { leg, tenant, target, caller: caller.clone() });
        }
        for (at, way) in over_trunks {
            let dial: &mut Dial = &mut dials[at];
            self.present(id, &way, None, &mut dial.caller);
            self.begin_line(now, id, dial.leg, way.trunk);
        }
        dials
    }

    /// Dials for an agent whom no queue has found, who is kept from the queues while they ring.
    pub(crate) fn ring_agent(
        &mut self,
        now: Now,
        id: InteractionId,
        agent: AgentId,
        targets: Vec<Target>,
    ) -> Vec<Dial> {
        let dials = self.dials(now, id, LegRole::Agent, Some(agent), targets);
        if let Some(tenant) = self.tenant_of(id).filter(|_| !dials.is_empty()) {
            self.rings_elsewhere(now, tenant, agent, id);
        }
        dials
    }

    /// Rings an address as it is.
    pub(crate) fn reach_address(&mut self, now: Now, id: InteractionId, uri: Private<Text>) {
        if let Some(interaction) = self.get(id) {
            interaction.further_ways.clear();
            interaction.rung = None;
        }
        let dials = self.dials(now, id, LegRole::Target, None, vec![plain(uri)]);
        self.reach(now, id, None, dials);
    }

    /// Rings for the customer; `agent`: whom.
    pub(crate) fn reach(&mut self, now: Now, id: InteractionId, agent: Option<AgentId>, dials: Vec<Dial>) {
        let Some(usual) = self.get(id).map(|i| i.ring_for) else { return };
        let ring_for = agent.map_or(usual, |agent| self.rings_for(id, agent, usual));
        let Some(interaction) = self.get(id) else { return };
        interaction.stage = Stage::Reaching;
        interaction.call.attempt(now, dials, ring_for);
        self.touch(id);
    }

    /// The agent whose leg has answered is kept from other work from now on.
    pub(crate) fn engage(&mut self, now: Now, id: InteractionId, leg: LegId) {
        let Some(interaction) = self.get(id) else { return };
        let Some(agent) = interaction.agent_of(leg) else { return };
        if interaction.engaged.iter().all(|e| e.leg != leg) {
            interaction.engaged.push(Engaged::unqueued(agent, leg));
            let tenant = interaction.tenant;
            self.busy_elsewhere(now, tenant, agent, id);
            self.watch_leases(now, id);
        }
    }

    pub(crate) fn tenant_of(&self, id: InteractionId) -> Option<TenantId> {
        self.interactions.get(&id).map(|i| i.tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(path: &[&str]) -> Binding {
        Binding {
            uri: Private::new("sip:1001@10.0.0.9".into()),
            flow: None,
            source: Private::new("203.0.113.9:40000".into()),
            expires: types::Wall(0),
            call_id: "r".into(),
            cseq: 1,
            path: path.iter().map(|hop| Text::from(*hop)).collect(),
            browser: false,
            instance: None,
            reg_id: None,
        }
    }

    const DEVICE: DeviceId = DeviceId(1);

    #[test]
    fn flows_of_one_telephone_are_tried_one_by_one_and_two_telephones_ring_together() {
        let flow = |instance: &str, reg_id: Option<u32>, uri: &str| Binding {
            uri: Private::new(uri.into()),
            instance: Some(Private::new(instance.into())),
            reg_id,
            ..binding(&[])
        };
        let bindings = [
            flow("desk", Some(1), "sip:desk-1"),
            flow("mobile", None, "sip:mobile"),
            flow("desk", Some(2), "sip:desk-2"),
            flow("desk", Some(3), "sip:desk-3"),
        ];
        let targets = targets_of_device(DEVICE, &bindings);
        let ways = |target: &Target| -> Vec<String> {
            std::iter::once(target).chain(&target.otherwise).map(|way| way.uri.reveal().to_string()).collect()
        };
        let found: Vec<Vec<String>> = targets.iter().map(ways).collect();
        assert_eq!(found, [vec!["sip:mobile"], vec!["sip:desk-3", "sip:desk-2", "sip:desk-1"]]);
    }

    #[test]
    fn a_device_behind_proxies_is_called_through_all_of_them_and_another_at_its_source() {
        let path = ["sip:edge.example.com;lr", "sip:branch.example.com;lr"];
        let through = target_of(DEVICE, &binding(&path));
        assert_eq!(through.routes.iter().map(|hop| &**hop).collect::<Vec<_>>(), path);
        assert_eq!(through.next_hop, None);
        let direct = target_of(DEVICE, &binding(&[]));
        assert_eq!((direct.next_hop.as_deref(), direct.routes.len()), (Some("sip:203.0.113.9:40000"), 0));
    }
}
