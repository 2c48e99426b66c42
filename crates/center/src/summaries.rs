//! Telephones that never ask how many messages they have are told all the same (RFC 3842 section 2.1, as every exchange
//! does): when they register, and at each change. A telephone that would not hear of it is left alone, and so is one that
//! asks by itself, a browser, whose page shows the messages, and a device whose `message_lamp` is off.

use types::event::Binding;
use types::watch::Summary;
use types::{AgentId, DeviceId, TenantId};

use crate::message::{Told, Waiting};
use crate::targets::target_of;
use crate::{Center, Effect};

/// The setting that says whether they are told: unless it is `false`.
const SETTING: &str = "voicemail.notify_unasked";

/// Of a device without an entry: a lamp that was never lit is dark.
const NOTHING: Told = Told { waiting: Some(Waiting { new: 0, old: 0 }), refused: false };

impl Center {
    /// A device has registered, which was registered as `before` until then.
    pub(crate) fn greet(&mut self, tenant: TenantId, device: DeviceId, before: &[Binding]) {
        let Some(t) = self.tenants.get(&tenant) else { return };
        let known = |new: &Binding| before.iter().any(|old| old.uri == new.uri && old.call_id == new.call_id);
        let is_anew = !t.registrations.of(device).iter().all(known);
        if let Some(told) = self.lamps.told.get_mut(&device).filter(|_| is_anew) {
            told.refused = false;
        }
        self.tell_telephone(tenant, device, is_anew);
    }

    /// Something has changed in an agent's mailboxes.
    pub(crate) fn tell_telephones(&mut self, tenant: TenantId, agent: AgentId) {
        let Some(t) = self.tenants.get(&tenant) else { return };
        for device in t.directory.devices_of(agent).to_vec() {
            self.tell_telephone(tenant, device, false);
        }
    }

    /// `is_anew`: another telephone than before may have registered, which knows nothing.
    fn tell_telephone(&mut self, tenant: TenantId, device: DeviceId, is_anew: bool) {
        let Some(t) = self.tenants.get(&tenant) else { return };
        let Some(shows) = t.directory.device(device).map(|device| device.message_lamp) else { return };
        let agent = t.directory.device(device).and_then(|device| t.directory.agent(device.agent?));
        let Some(agent) = agent.filter(|_| t.settings.get(SETTING).is_none_or(|value| &**value != "false")) else {
            return;
        };
        // A lamp that was lit goes dark where it is to show no more.
        let waiting = if shows { t.waiting_for(agent.id) } else { Waiting::default() };
        let told = self.lamps.told.get(&device).copied().unwrap_or(NOTHING);
        let is_news = Some(waiting) != told.waiting || is_anew && waiting != Waiting::default();
        if told.refused || !is_news || self.asks_for_messages(tenant, agent.id, device) {
            return;
        }
        let account = agent.number.clone();
        let telephones = t.registrations.of(device).iter().filter(|binding| !binding.browser);
        let targets: Vec<_> = telephones.map(|binding| target_of(device, binding)).collect();
        if targets.is_empty() {
            return;
        }
        self.lamps.told.insert(device, Told { waiting: Some(waiting), refused: false });
        for target in targets {
            let Waiting { new, old } = waiting;
            let summary = Summary { device, target, account: account.clone().into(), new, old };
            self.effects.push_back(Effect::Summary(Box::new(summary)));
        }
    }

    /// What a device was to be told has not reached it. `refused`: it would not hear of messages; else it is told once more
    /// when it registers next.
    pub fn summary_failed(&mut self, device: DeviceId, refused: bool) {
        if let Some(told) = self.lamps.told.get_mut(&device) {
            *told = Told { waiting: None, refused: told.refused || refused };
        }
    }
}
