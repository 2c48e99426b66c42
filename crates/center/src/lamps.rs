//! Lamps on telephones: a colleague's calls, who is in a slot, and messages in mailboxes.
//!
//! Calls that are watched are kept beside the interactions and compared with them whenever one has had its say, so that no
//! place which changes a leg has to think of lamps.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use types::record::LegRecord;
use types::voicemail::Mailbox;
use types::watch::{DialogPhase, WatchId, WatchKind, WatchRefused, WatchRequest, Watched, WatchedDialog};
use types::{AgentId, DeviceId, InteractionId, QueueId, TenantId};

use crate::interaction::Interaction;
use crate::message::{Told, Waiting};
use crate::tenant::Tenant;
use crate::{Center, Effect, parking};

/// Watches of one telephone: the keys of the largest one with all of its side modules, and as many that it has forgotten
/// in a restart.
const MAX_PER_DEVICE: usize = 256;

/// What has a lamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Lamp {
    Agent(AgentId),
    Slot(u16),
    /// All mailboxes that are this agent's business.
    Messages(AgentId),
    /// The mailbox of a queue alone.
    Shared(QueueId),
}

/// One lamp that somebody looks at.
#[derive(Debug, Default)]
struct Shown {
    watches: Vec<WatchId>,
    /// The calls, and what they belong to.
    dialogs: Vec<(InteractionId, WatchedDialog)>,
    /// The messages.
    waiting: Waiting,
}

/// All lamps that somebody looks at.
#[derive(Debug, Default)]
pub(crate) struct Lamps {
    watches: HashMap<WatchId, (DeviceId, TenantId, Lamp)>,
    per_device: HashMap<DeviceId, usize>,
    shown: HashMap<(TenantId, Lamp), Shown>,
    /// What telephones that do not ask were told.
    pub(crate) told: HashMap<DeviceId, Told>,
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

    /// How the calls stand.
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
            Lamp::Messages(_) | Lamp::Shared(_) => Vec::new(),
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

impl Tenant {
    /// What a telephone asks for: its agent's messages, those of a queue whose mailbox the agent shares, anybody's calls.
    fn lamp(&self, request: &WatchRequest) -> Option<Lamp> {
        let target = dialplan::strip_uri(request.target.reveal());
        let agent = self.directory.agent_by_number(target).map(|agent| agent.id);
        match request.kind {
            WatchKind::Dialogs => agent.map(Lamp::Agent).or_else(|| parking::slot(target).map(Lamp::Slot)),
            WatchKind::Messages => {
                let device = self.directory.device(request.device).filter(|device| device.message_lamp)?;
                let own = device.agent?;
                if agent == Some(own) || &*device.name == target {
                    return Some(Lamp::Messages(own));
                }
                let by_number = || self.queues.values().find(|q| !q.number.is_empty() && &*q.number == target);
                let queue = self.queue_names.get(target).copied().or_else(|| by_number().map(|queue| queue.id))?;
                self.shares(queue, own).then_some(Lamp::Shared(queue))
            }
        }
    }

    /// How many messages an agent has, those of mailboxes that it shares among them.
    pub(crate) fn waiting_for(&self, agent: AgentId) -> Waiting {
        self.count(&self.mailboxes_of(agent))
    }

    fn count(&self, mailboxes: &[Mailbox]) -> Waiting {
        let mut waiting = Waiting::default();
        for message in mailboxes.iter().flat_map(|mailbox| self.messages(*mailbox)) {
            *if message.is_new { &mut waiting.new } else { &mut waiting.old } += 1;
        }
        waiting
    }

    /// How many messages a lamp shows; none where it shows something else.
    fn waiting_at(&self, lamp: Lamp) -> Option<Waiting> {
        match lamp {
            Lamp::Messages(agent) => Some(self.waiting_for(agent)),
            Lamp::Shared(queue) => Some(self.count(&[Mailbox::Queue(queue)])),
            Lamp::Agent(_) | Lamp::Slot(_) => None,
        }
    }

    /// Whether a device may go on looking at a lamp.
    fn may_look(&self, device: DeviceId, lamp: Lamp) -> bool {
        let own = || self.directory.device(device).filter(|device| device.message_lamp)?.agent;
        match lamp {
            Lamp::Agent(agent) => self.directory.agent(agent).is_some(),
            Lamp::Slot(_) => true,
            // The telephone may be another agent's now, or one that shows no messages.
            Lamp::Messages(agent) => own() == Some(agent) && self.directory.agent(agent).is_some(),
            Lamp::Shared(queue) => own().is_some_and(|agent| self.shares(queue, agent)),
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
        let lamp = t.lamp(request).ok_or(WatchRefused::NotFound)?;
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
            let waiting = t.waiting_at(lamp).unwrap_or_default();
            Shown { watches: Vec::new(), dialogs: dialogs.collect(), waiting }
        });
        shown.watches.push(request.watch);
        let state = match lamp {
            Lamp::Messages(_) | Lamp::Shared(_) => shown.waiting.into(),
            Lamp::Agent(_) | Lamp::Slot(_) => shown.state(),
        };
        self.effects.push_back(Effect::Watched { watches: vec![request.watch], state: Arc::new(state) });
        Ok(())
    }

    /// Something has changed in a mailbox.
    pub(crate) fn mailbox_changed(&mut self, tenant: TenantId, mailbox: Mailbox) {
        let Some(t) = self.tenants.get(&tenant) else { return };
        let (agents, queue) = match mailbox {
            Mailbox::Agent(agent) => (vec![agent], None),
            Mailbox::Queue(queue) => {
                let agents = t.directory.agents().map(|agent| agent.id);
                (agents.filter(|agent| t.shares(queue, *agent)).collect(), Some(Lamp::Shared(queue)))
            }
        };
        let lamps: Vec<Lamp> = agents.iter().copied().map(Lamp::Messages).chain(queue).collect();
        for lamp in lamps {
            self.show_waiting(tenant, lamp);
        }
        for agent in agents {
            self.tell_telephones(tenant, agent);
        }
    }

    /// Mailboxes may be others' business than before.
    pub(crate) fn mailboxes_changed(&mut self, tenant: TenantId) {
        let lamps: Vec<Lamp> = self.lamps.shown.keys().filter(|(of, _)| *of == tenant).map(|(_, lamp)| *lamp).collect();
        for lamp in lamps {
            self.show_waiting(tenant, lamp);
        }
        let Some(t) = self.tenants.get(&tenant) else { return };
        let agents: Vec<AgentId> = t.directory.agents().map(|agent| agent.id).collect();
        for agent in agents {
            self.tell_telephones(tenant, agent);
        }
    }

    /// A lamp shows how many messages there are, where that is news.
    fn show_waiting(&mut self, tenant: TenantId, lamp: Lamp) {
        let Some(waiting) = self.tenants.get(&tenant).and_then(|t| t.waiting_at(lamp)) else { return };
        let Some(shown) = self.lamps.shown.get_mut(&(tenant, lamp)).filter(|shown| shown.waiting != waiting) else {
            return;
        };
        shown.waiting = waiting;
        let (watches, state) = (shown.watches.clone(), Arc::new(waiting.into()));
        self.effects.push_back(Effect::Watched { watches, state });
    }

    /// Whether a device asks by itself how many messages its agent has.
    pub(crate) fn asks_for_messages(&self, tenant: TenantId, agent: AgentId, device: DeviceId) -> bool {
        let is_its = |watch: &WatchId| self.lamps.watches.get(watch).is_some_and(|(of, ..)| *of == device);
        self.lamps.shown.get(&(tenant, Lamp::Messages(agent))).is_some_and(|shown| shown.watches.iter().any(is_its))
    }

    /// A tenant's settings are others: whoever may no longer look, and who looks at what is gone, is told so.
    pub(crate) fn darken(&mut self, tenant: TenantId, gone: &[DeviceId]) {
        let Some(t) = self.tenants.get(&tenant) else { return };
        let is_over = |(device, of, lamp): &(DeviceId, TenantId, Lamp)| {
            *of == tenant && (gone.contains(device) || !t.may_look(*device, *lamp))
        };
        let watches = self.lamps.watches.iter().filter(|(_, watch)| is_over(watch)).map(|(watch, _)| *watch);
        let watches: Vec<WatchId> = watches.collect();
        watches.iter().for_each(|watch| self.unwatch(*watch));
        for device in gone {
            self.lamps.told.remove(device);
        }
        if !watches.is_empty() {
            self.effects.push_back(Effect::Watched { watches, state: Arc::new(Watched::Gone) });
        }
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
