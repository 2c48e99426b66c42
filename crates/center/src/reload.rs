//! A tenant's settings change while calls stand.

use std::collections::HashSet;
use std::sync::Arc;

use directory::{Device, Directory};
use types::event::Happening;
use types::record::AgentState;
use types::{AgentId, DeviceId, Now, QueueId, Seconds, TenantId};

use crate::Center;
use crate::bounds::time_for;
use crate::setup::{Setup, SetupError, invalid};
use crate::tenant::Tenant;

impl Tenant {
    /// What agents have said themselves is newer here than wherever settings are read from.
    fn keep_forwarding(&mut self, before: &Directory) {
        let agents: Vec<AgentId> = self.directory.agents().map(|agent| agent.id).collect();
        for agent in agents {
            if let Some(rules) = before.forwarding(agent) {
                self.directory.set_forwarding(agent, rules.clone());
            }
        }
    }

    /// The agents who can be rung.
    fn reachable(&self) -> HashSet<AgentId> {
        self.directory.agents().map(|agent| agent.id).filter(|agent| self.is_reachable(*agent)).collect()
    }
}

impl Center {
    /// Takes a tenant's changed settings, or a new tenant. Calls, waiting callers and agents' states go on: a flow is
    /// walked to its end as it was, a talk ends as it would have, and an agent who is no longer there goes after it.
    /// Whoever waits in a queue that is gone leaves it as if nobody served it.
    ///
    /// # Errors
    /// When a setting makes no sense; nothing has changed then.
    pub fn set_tenant(&mut self, now: Now, setup: Setup) -> Result<(), SetupError> {
        setup.check()?;
        let id = setup.directory.tenant().id;
        let Some(t) = self.tenants.get_mut(&id) else { return self.add_tenant(now, setup) };
        t.longest_call = time_for(&Seconds::LONGEST_CALL, &setup.settings)?;
        t.priorities = setup.priorities()?;
        t.do_not_call = setup.do_not_call()?;
        t.reconnect = time_for(&Seconds::PAGE_AWAY, &setup.settings)?;
        let was_reachable = t.reachable();
        let trunk_troubles = t.trunk_troubles();
        let before = std::mem::replace(&mut t.directory, setup.directory);
        t.keep_forwarding(&before);
        t.plan = setup.plan;
        t.library = Arc::new(setup.flows.values().map(|f| (f.id.clone(), f.clone())).collect());
        t.flows = setup.flows;
        let priorities = t.priority_setting();
        t.settings = setup.settings;
        let new_priorities = t.priority_setting() != priorities;
        t.secrets = setup.secrets;
        t.databases = setup.databases;
        t.mailbox_agents = setup.mailbox_agents;
        t.queue_names = setup.queues.iter().map(|q| (q.name.clone(), q.id)).collect();
        let thresholds = setup.thresholds;
        let queues = setup.queues.into_iter().map(|q| (q.id, q)).collect();
        let old_queues = std::mem::replace(&mut t.queues, queues);
        for queue in t.queues.values().filter(|queue| old_queues.get(&queue.id) != Some(queue)) {
            t.router.upsert_queue(now, queue.clone()).map_err(|e| invalid("queue", &queue.name, &e))?;
        }
        for mut agent in setup.agents {
            agent.queues.sort_unstable();
            agent.queues.dedup();
            agent.teams.sort_unstable();
            agent.teams.dedup();
            t.retiring.remove(&agent.id);
            if t.router.agent_config(agent.id) != Some(&agent) {
                let number = agent.number.clone();
                t.router.upsert_agent(now, agent).map_err(|e| invalid("agent", &number, &e))?;
            }
        }
        let gone: Vec<QueueId> = old_queues.into_keys().filter(|queue| !t.queues.contains_key(queue)).collect();
        for queue in gone {
            let _ = t.router.remove_queue(now, queue);
        }
        if new_priorities {
            self.tell_priorities(now, id, None);
        }
        self.set_thresholds(now, id, thresholds);
        self.touch_router(id);
        self.keep_lines(now, id, &trunk_troubles);
        self.forget_devices(now, id, &before);
        self.retire_agents(now, id, &before);
        self.reach_anew(now, id, &was_reachable);
        self.mailboxes_changed(id);
        self.review_callbacks(now, id);
        self.pump(now);
        Ok(())
    }

    /// Devices that are gone, and those whose secret has changed: whoever registered by the old one may not stay.
    fn forget_devices(&mut self, now: Now, tenant: TenantId, before: &Directory) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let stays = |device: &Device| t.directory.device(device.id).is_some_and(|now| now.ha1 == device.ha1);
        let gone: Vec<DeviceId> = before.devices().filter(|device| !stays(device)).map(|device| device.id).collect();
        let registered: Vec<DeviceId> = gone.iter().copied().filter(|device| t.registrations.forget(*device)).collect();
        t.rearm_registrations(now);
        for device in registered {
            self.journal(now, tenant, Happening::Registered { device, contacts: Vec::new() });
        }
        self.darken(tenant, &gone);
    }

    /// Agents who are no longer there get no more calls, and go once the one that they are on is over.
    fn retire_agents(&mut self, now: Now, tenant: TenantId, before: &Directory) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let gone: Vec<AgentId> =
            before.agents().map(|agent| agent.id).filter(|agent| t.directory.agent(*agent).is_none()).collect();
        let mut at_rest = Vec::new();
        for agent in gone {
            t.away.remove(&agent);
            t.retiring.insert(agent);
            let _ = t.router.sign_out(now, agent);
            at_rest.extend(t.router.agent(agent).filter(|view| view.state == AgentState::Offline).map(|_| agent));
        }
        for agent in at_rest {
            self.gone_at_rest(now, tenant, agent);
        }
        self.touch_router(tenant);
    }

    /// An agent who is no longer there has ended its last call.
    pub(crate) fn gone_at_rest(&mut self, now: Now, tenant: TenantId, agent: AgentId) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        if t.retiring.remove(&agent) {
            let _ = t.router.remove_agent(now, agent);
            self.touch_router(tenant);
        }
    }

    /// Agents who can be rung since now serve, and those who cannot any more do not.
    fn reach_anew(&mut self, now: Now, tenant: TenantId, before: &HashSet<AgentId>) {
        let Some(t) = self.tenants.get_mut(&tenant) else { return };
        let after = t.reachable();
        let lost = before.difference(&after).filter(|agent| !t.is_on_call(**agent)).copied().collect::<Vec<_>>();
        for agent in lost {
            let _ = t.router.sign_out(now, agent);
        }
        let mut found: Vec<AgentId> = after.difference(before).copied().collect();
        found.sort_unstable();
        for agent in found {
            self.sign_in(now, tenant, agent);
        }
        self.touch_router(tenant);
    }
}
