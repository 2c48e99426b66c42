//! Trunks at work: their channels, and whether their far ends answer.

use dialplan::{Health, Line};
use types::event::Happening;
use types::leg::Text;
use types::register::Registering;
use types::{InteractionId, LegId, Now, TenantId, TrunkId};

use crate::Center;
use crate::tenant::Tenant;

/// The alarm that trunks do not answer.
const TRUNK_DOWN: &str = "trunk_down";
/// The alarm that trunks are not registered with their carriers.
const TRUNK_UNREGISTERED: &str = "trunk_unregistered";

/// What is wrong with trunks, by the names of those that have the trouble.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TrunkTroubles {
    dead: Vec<Text>,
    unregistered: Vec<Text>,
}

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
    /// How its registration with the carrier stands; none where it does not register.
    pub registration: Option<Registering>,
}

impl Tenant {
    /// The trunks right now.
    pub(crate) fn live_trunks(&self) -> Vec<LiveTrunk> {
        let trunks = self.plan.trunks().iter();
        let live = trunks.map(|trunk| {
            let line = self.lines.get(&trunk.id).cloned().unwrap_or_default();
            let (calls, health) = (line.calls(), line.health());
            let (name, registration) = (trunk.name.clone(), line.registration());
            LiveTrunk { id: trunk.id, name, calls, max_calls: trunk.max_calls, health, registration }
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
            if plan.trunk(*id).is_none_or(|trunk| trunk.registrar.is_none()) {
                line.registers(None);
            }
        }
    }

    /// Those that do not answer, and those that their carriers do not know.
    pub(crate) fn trunk_troubles(&self) -> TrunkTroubles {
        let trunks = self.live_trunks();
        let named = |troubled: &dyn Fn(&LiveTrunk) -> bool| {
            trunks.iter().filter(|trunk| troubled(trunk)).map(|trunk| trunk.name.clone()).collect()
        };
        TrunkTroubles {
            dead: named(&|trunk| trunk.health == Health::Down),
            unregistered: named(&|trunk| trunk.registration.is_some_and(Registering::has_failed)),
        }
    }
}

impl Center {
    /// The far end of a trunk was asked whether it is there.
    pub fn trunk_asked(&mut self, now: Now, tenant: TenantId, trunk: TrunkId, answered: bool) {
        let Some(t) = self.tenants.get_mut(&tenant).filter(|t| t.plan.trunk(trunk).is_some()) else { return };
        let before = t.trunk_troubles();
        t.lines.entry(trunk).or_default().asked(answered);
        self.tell_trunk_troubles(now, tenant, &before);
    }

    /// The registration of a trunk with its carrier stands so from now on.
    pub fn trunk_registers(&mut self, now: Now, tenant: TenantId, trunk: TrunkId, state: Registering) {
        let Some(t) = self.tenants.get_mut(&tenant).filter(|t| t.plan.trunk(trunk).is_some()) else { return };
        let before = t.trunk_troubles();
        t.lines.entry(trunk).or_default().registers(Some(state));
        self.tell_trunk_troubles(now, tenant, &before);
    }

    /// Settings have changed.
    pub(crate) fn keep_lines(&mut self, now: Now, tenant: TenantId, before: &TrunkTroubles) {
        if let Some(t) = self.tenants.get_mut(&tenant) {
            t.keep_lines();
        }
        self.tell_trunk_troubles(now, tenant, before);
    }

    fn tell_trunk_troubles(&mut self, now: Now, tenant: TenantId, before: &TrunkTroubles) {
        let troubles = self.tenants.get(&tenant).map(Tenant::trunk_troubles).unwrap_or_default();
        self.tell_trunks(now, tenant, TRUNK_DOWN, &before.dead, &troubles.dead);
        self.tell_trunks(now, tenant, TRUNK_UNREGISTERED, &before.unregistered, &troubles.unregistered);
    }

    /// One alarm names all that have a trouble, and is over when the last has it no more.
    fn tell_trunks(&mut self, now: Now, tenant: TenantId, code: &str, before: &[Text], troubled: &[Text]) {
        if troubled != before {
            let (raised, named) = (!troubled.is_empty(), if troubled.is_empty() { before } else { troubled });
            let detail: Text = named.join(", ").into();
            self.journal(now, tenant, Happening::Alarm { code: code.into(), detail, raised });
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
