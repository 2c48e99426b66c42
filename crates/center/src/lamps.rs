//! Lamps on telephones: a colleague's calls, and who is in a slot.
//!
//! What is watched is kept beside the interactions and compared with them whenever one has had its say, so that no place
//! which changes a leg has to think of lamps.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use types::record::LegRecord;
use types::watch::{DialogPhase, WatchId, WatchRefused, WatchRequest, Watched, WatchedDialog};
use types::{AgentId, DeviceId, InteractionId, TenantId};

use crate::interaction::Interaction;
use crate::{Center, Effect, parking};

/// Watches of one telephone: the keys of the largest one with all of its side modules, and as many that it has forgotten
/// in a restart.
const MAX_PER_DEVICE: usize = 256;

/// What has a lamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Lamp {
    Agent(AgentId),
    Slot(u16),
}

/// One lamp that somebody looks at.
#[derive(Debug, Default)]
struct Shown {
    watches: Vec<WatchId>,
    /// The calls, and what they belong to.
    dialogs: Vec<(InteractionId, WatchedDialog)>,
}

/// All lamps that somebody looks at.
#[derive(Debug, Default)]
pub(crate) struct Lamps {
    watches: HashMap<WatchId, (DeviceId, TenantId, Lamp)>,
    per_device: HashMap<DeviceId, usize>,
    shown: HashMap<(TenantId, Lamp), Shown>,
}

impl Lamps {
    /// Who looks at a lamp of this interaction's is told what is new there; nothing is left of one that is over.
    pub(crate) fn follow(&mut self, interaction: &Interaction, is_over: bool, effects: &mut VecDeque<Effect>) {
        if self.shown.is_empty() {
            return;
        }
        let agents = interaction.ledger.record().legs.iter().filter_map(|leg| leg.agent).map(Lamp::Agent);
        for lamp in agents.chain(parking::SLOTS.map(Lamp::Slot)) {
            let Some(shown) = self.shown.get_mut(&(interaction.tenant, lamp)) else { continue };
            let dialogs = if is_over { Vec::new() } else { interaction.dialogs_at(lamp) };
            if shown.take(interaction.id, &dialogs) {
                let (watches, state) = (shown.watches.clone(), Arc::new(shown.state()));
                effects.push_back(Effect::Watched { watches, state });
            }
        }
    }
}

impl Shown {
    /// An interaction has these dialogs here from now on. Whether that is news.
    fn take(&mut self, id: InteractionId, dialogs: &[WatchedDialog]) -> bool {
        if self.dialogs.iter().filter(|(of, _)| *of == id).map(|(_, dialog)| dialog).eq(dialogs) {
            return false;
        }
        self.dialogs.retain(|(of, _)| *of != id);
        self.dialogs.extend(dialogs.iter().map(|dialog| (id, *dialog)));
        true
    }

    fn state(&self) -> Watched {
        Watched::Dialogs(self.dialogs.iter().map(|(_, dialog)| *dialog).collect())
    }
}

impl Interaction {
    /// What this interaction has to do with a lamp.
    fn dialogs_at(&self, lamp: Lamp) -> Vec<WatchedDialog> {
        let legs = &self.ledger.record().legs;
        match lamp {
            Lamp::Agent(agent) => {
                let standing =
                    legs.iter().enumerate().filter(|(_, leg)| leg.agent == Some(agent) && leg.ended.is_none());
                let dialog = |(at, leg): (usize, &LegRecord)| {
                    let phase = match (leg.answered, leg.ringing) {
                        (Some(_), _) => DialogPhase::Confirmed,
                        (None, Some(_)) => DialogPhase::Early,
                        (None, None) => DialogPhase::Trying,
                    };
                    // Whoever begins an interaction is its first leg.
                    WatchedDialog { leg: leg.id, initiator: at == 0, phase }
                };
                standing.map(dialog).collect()
            }
            Lamp::Slot(slot) => {
                let leg = self.call.customer();
                let parked = self.slot() == Some(slot);
                parked
                    .then_some(WatchedDialog { leg, initiator: false, phase: DialogPhase::Confirmed })
                    .into_iter()
                    .collect()
            }
        }
    }
}

impl Center {
    /// A device wants to be told how something stands, now and at each change, by [`Effect::Watched`].
    ///
    /// # Errors
    /// When the tenant has no such thing, or the device watches enough.
    pub fn watch(&mut self, tenant: TenantId, request: &WatchRequest) -> Result<(), WatchRefused> {
        let t = self.tenants.get(&tenant).ok_or(WatchRefused::NotFound)?;
        t.directory.device(request.device).ok_or(WatchRefused::NotFound)?;
        let target = dialplan::strip_uri(request.target.reveal());
        let lamp = match t.directory.agent_by_number(target) {
            Some(agent) => Lamp::Agent(agent.id),
            None => Lamp::Slot(parking::slot(target).ok_or(WatchRefused::NotFound)?),
        };
        let watches = self.lamps.per_device.entry(request.device).or_default();
        if *watches >= MAX_PER_DEVICE {
            return Err(WatchRefused::TooMany);
        }
        *watches += 1;
        self.lamps.watches.insert(request.watch, (request.device, tenant, lamp));
        let key = (tenant, lamp);
        let interactions = &self.interactions;
        let shown = self.lamps.shown.entry(key).or_insert_with(|| {
            let standing = interactions.values().filter(|i| i.tenant == tenant);
            let dialogs = standing.flat_map(|i| i.dialogs_at(lamp).into_iter().map(|dialog| (i.id, dialog)));
            Shown { watches: Vec::new(), dialogs: dialogs.collect() }
        });
        shown.watches.push(request.watch);
        let state = Arc::new(shown.state());
        self.effects.push_back(Effect::Watched { watches: vec![request.watch], state });
        Ok(())
    }

    /// Nobody wants to be told any more.
    pub fn unwatch(&mut self, watch: WatchId) {
        let Some((device, tenant, lamp)) = self.lamps.watches.remove(&watch) else { return };
        if let Some(watches) = self.lamps.per_device.get_mut(&device) {
            *watches -= 1;
            if *watches == 0 {
                self.lamps.per_device.remove(&device);
            }
        }
        let Some(shown) = self.lamps.shown.get_mut(&(tenant, lamp)) else { return };
        shown.watches.retain(|known| *known != watch);
        if shown.watches.is_empty() {
            self.lamps.shown.remove(&(tenant, lamp));
        }
    }

    /// An interaction has had its say: lamps show what is new.
    pub(crate) fn show_lamps(&mut self, id: InteractionId) {
        if let Some(interaction) = self.interactions.get(&id) {
            self.lamps.follow(interaction, false, &mut self.effects);
        }
    }
}
