//! Trunks at work: their channels, and whether their far ends answer.

use dialplan::{Health, Line};
use types::event::Happening;
use types::leg::Text;
use types::{InteractionId, LegId, Now, TenantId, TrunkId};

use crate::Center;
use crate::tenant::Tenant;

/// The alarm that trunks do not answer.
const TRUNK_DOWN: &str = "trunk_down";

/// A trunk right now.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveTrunk {
    /// The trunk.
    pub id: TrunkId,
    /// Its name.
    pub name: Text,
    /// Calls in progress.
    pub calls: u32,
    /// Most calls at once; 0 is no limit.
    pub max_calls: u32,
    /// Whether its far end answers.
    pub health: Health,
}

impl Tenant {
    /// The trunks right now.
    pub(crate) fn live_trunks(&self) -> Vec<LiveTrunk> {
        let trunks = self.plan.trunks().iter();
        let live = trunks.map(|trunk| {
            let line = self.lines.get(&trunk.id).cloned().unwrap_or_default();
            let (calls, health) = (line.calls(), line.health());
            LiveTrunk { id: trunk.id, name: trunk.name.clone(), calls, max_calls: trunk.max_calls, health }
        });
        live.collect()
    }

    /// Trunks may have gone, or nobody asks any more whether they are there.
    fn keep_lines(&mut self) {
        let plan = &self.plan;
        self.lines.retain(|id, line| line.calls() > 0 || plan.trunk(*id).is_some());
        for (id, line) in &mut self.lines {
            if plan.trunk(*id).is_none_or(|trunk| trunk.probe_s == 0) {
                line.forget_health();
            }
        }
    }

    /// The names of those that do not answer.
    pub(crate) fn dead_trunks(&self) -> Vec<Text> {
        let trunks = self.live_trunks().into_iter();
        trunks.filter(|trunk| trunk.health == Health::Down).map(|trunk| trunk.name).collect()
    }
}

impl Center {
    /// The far end of a trunk was asked whether it is there.
    pub fn trunk_asked(&mut self, now: Now, tenant: TenantId, trunk: TrunkId, answered: bool) {
        let Some(t) = self.tenants.get_mut(&tenant).filter(|t| t.plan.trunk(trunk).is_some()) else { return };
        let before = t.dead_trunks();
        t.lines.entry(trunk).or_default().asked(answered);
        self.tell_dead_trunks(now, tenant, &before);
    }

    /// Settings have changed.
    pub(crate) fn keep_lines(&mut self, now: Now, tenant: TenantId, before: &[Text]) {
        if let Some(t) = self.tenants.get_mut(&tenant) {
            t.keep_lines();
        }
        self.tell_dead_trunks(now, tenant, before);
    }

    /// One alarm names all of them, and is over when the last answers.
    fn tell_dead_trunks(&mut self, now: Now, tenant: TenantId, before: &[Text]) {
        let dead = self.tenants.get(&tenant).map(Tenant::dead_trunks).unwrap_or_default();
        if dead != before {
            let (raised, named) = (!dead.is_empty(), if dead.is_empty() { before } else { &dead });
            let detail: Text = named.join(", ").into();
            self.journal(now, tenant, Happening::Alarm { code: TRUNK_DOWN.into(), detail, raised });
        }
    }

    /// An inbound leg takes a channel of its trunk; whether there was one. It is counted in any case until the leg ends.
    pub(crate) fn take_line(&mut self, id: InteractionId, leg: LegId, trunk: TrunkId) -> bool {
        self.with_line(id, leg, trunk, |line, of| {
            let free = of.is_none_or(|trunk| line.has_channel(trunk));
            line.takes();
            free
        })
    }

    /// A leg calls out by a trunk.
    pub(crate) fn begin_line(&mut self, now: Now, id: InteractionId, leg: LegId, trunk: TrunkId) {
        self.with_line(id, leg, trunk, |line, of| match of {
            Some(trunk) => line.begins(now.mono, trunk),
            None => line.takes(),
        });
    }

    fn with_line<T: Default>(
        &mut self,
        id: InteractionId,
        leg: LegId,
        trunk: TrunkId,
        takes: impl FnOnce(&mut Line, Option<&dialplan::Trunk>) -> T,
    ) -> T {
        let Some(interaction) = self.interactions.get_mut(&id) else { return T::default() };
        let Some(tenant) = self.tenants.get_mut(&interaction.tenant) else { return T::default() };
        interaction.lines.push((leg, trunk));
        takes(tenant.lines.entry(trunk).or_default(), tenant.plan.trunk(trunk))
    }

    /// A leg has ended, and with it the channel it took.
    pub(crate) fn leave_line(&mut self, id: InteractionId, leg: LegId) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        let Some(at) = interaction.lines.iter().position(|(l, _)| *l == leg) else { return };
        let (_, trunk) = interaction.lines.swap_remove(at);
        if let Some(line) = self.tenants.get_mut(&interaction.tenant).and_then(|t| t.lines.get_mut(&trunk)) {
            line.leaves();
        }
    }
}
