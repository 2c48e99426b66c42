//! The contact centre's mind, sans-IO: hands the brains their events, and their decisions out as effects.
//!
//! [`Center`] is told what legs report and what people order, each time with the moment it happens
//! at; then [`Center::poll_effect`] is drained and [`Center::poll_timeout`] armed. It reads no clock
//! and does no I/O, so that whole days run in virtual time and a race is reproduced from its seed.
//!
//! Reading order: [`setup`](Setup) is what a tenant is made of; `inbound` decides where a call goes;
//! `walking` carries out a flow's wishes; `queueing` the router's; `talking` what happens once people
//! speak; `ledger` writes the record.

mod again;
mod agents;
mod alerts;
mod anchor;
mod bounds;
mod callback;
mod conference;
mod control;
mod effect;
mod expired;
mod figures;
mod forwarding;
mod inbound;
mod interaction;
mod lamps;
mod ledger;
mod lines;
mod listening;
mod live;
mod measured;
mod message;
mod order;
mod originate;
mod outside;
mod pages;
mod parking;
mod playing;
mod queueing;
mod recording;
mod reload;
mod remembered;
mod replay;
mod setup;
mod summaries;
mod supervising;
mod talking;
mod targets;
mod tenant;
#[cfg(test)]
mod tests;
mod timers;
mod together;
mod transfer;
mod trial;
mod versions;
mod voicemail;
mod walking;
mod wishes;

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use acd::LeaveReason;
use types::event::{Event, Happening};
use types::leg::Text;
use types::record::{Disposition, SegmentKind};
use types::{Cause, EndedBy, IdSource, InteractionId, LegCommand, LegEvent, LegId, Mono, Now, PlayId, TenantId};

pub use alert::{Standing as LiveAlert, Threshold};
pub use alerts::Capacity;
pub use dialplan::Health;
pub use effect::{Effect, Lookup, LookupGrant};
pub use figures::{Figures, QueueFigures};
use interaction::{Interaction, Stage};
use ledger::Doing;
pub use lines::LiveTrunk;
pub use live::{Live, LiveAgent, LiveDetail, LiveFigures, LiveInteraction, LiveQueue};
pub use message::Message;
pub use order::{AgentOrder, AgentStatus, By, CallOrder, Refused};
pub use remembered::{CUSTOMERS_MAX, Was};
pub use replay::{PastOffer, Replay};
pub use setup::{Setup, SetupError};
use tenant::Tenant;
use timers::{Timers, Who};
pub use trial::{TrialCall, TrialWish};
pub use wishes::{CallbackWish, WISHES_MAX};

/// The mind of one node.
#[derive(Debug)]
pub struct Center {
    ids: IdSource,
    tenants: HashMap<TenantId, Tenant>,
    interactions: HashMap<InteractionId, Box<Interaction>>,
    legs: HashMap<LegId, InteractionId>,
    /// Legs that have ended and whose figures are yet to come.
    measuring: HashMap<LegId, InteractionId>,
    timers: Timers,
    effects: VecDeque<Effect>,
    /// Interactions whose call or walk may have something to say.
    dirty: VecDeque<InteractionId>,
    /// Tenants whose router may have something to say.
    dirty_routers: VecDeque<TenantId>,
    /// Callers of the process before who may come again.
    expected: again::Expected,
    lamps: lamps::Lamps,
    trials: trial::Trials,
    /// Calls that this node can carry at once; 0 where nobody has said.
    capacity: u32,
    /// New interactions are refused: the node is going down.
    draining: bool,
}

impl Center {
    /// A center without tenants; `node` is this node's number.
    pub fn new(node: u16) -> Self {
        Self {
            ids: IdSource::new(node),
            tenants: HashMap::new(),
            interactions: HashMap::new(),
            legs: HashMap::new(),
            measuring: HashMap::new(),
            timers: Timers::default(),
            effects: VecDeque::new(),
            dirty: VecDeque::new(),
            dirty_routers: VecDeque::new(),
            expected: again::Expected::default(),
            lamps: lamps::Lamps::default(),
            trials: trial::Trials::default(),
            capacity: 0,
            draining: false,
        }
    }

    /// A new leg's id, for the edge.
    pub fn new_leg(&mut self, now: Now) -> LegId {
        LegId(self.ids.next(now.wall))
    }

    /// How many interactions are in progress.
    pub fn in_progress(&self) -> usize {
        self.interactions.len()
    }

    /// The interaction that a leg belongs to, also a moment after its end, while its figures are awaited.
    pub fn interaction_of(&self, leg: LegId) -> Option<(TenantId, InteractionId)> {
        let id = *self.legs.get(&leg).or_else(|| self.measuring.get(&leg))?;
        Some((self.interactions.get(&id)?.tenant, id))
    }

    /// From now on new calls are refused while those that stand go on.
    pub fn drain(&mut self) {
        self.draining = true;
    }

    /// A leg reports.
    pub fn handle(&mut self, now: Now, event: LegEvent) {
        if let LegEvent::Incoming { leg, mut call } = event {
            // A leg comes in once; a second report of it would make a second interaction.
            if !self.legs.contains_key(&leg) {
                self.read_caller(&mut call);
                self.on_incoming(now, leg, &call);
            }
        } else if let Some(&id) = self.legs.get(&event.leg()) {
            self.on_leg(now, id, &event);
        } else if let Some(&id) = self.measuring.get(&event.leg()) {
            self.on_ended_leg(now, id, &event);
        }
        self.pump(now);
    }

    /// [`Center::poll_timeout`] has been reached.
    pub fn handle_timeout(&mut self, now: Now) {
        while let Some(who) = self.timers.pop_due(now.mono) {
            match who {
                Who::Interaction(id) => {
                    if let Some(interaction) = self.interactions.get_mut(&id) {
                        interaction.armed = None;
                        self.on_interaction_timeout(now, id);
                        self.touch(id);
                    }
                }
                Who::Router(tenant) => {
                    if let Some(t) = self.tenants.get_mut(&tenant) {
                        t.armed = None;
                        t.router.handle_timeout(now);
                        self.dirty_routers.push_back(tenant);
                    }
                }
                Who::Alerts(tenant) => {
                    if let Some(t) = self.tenants.get_mut(&tenant) {
                        t.alerts_armed = None;
                        self.look_for_alerts(now, tenant);
                    }
                }
                Who::Callbacks(tenant) => {
                    if let Some(t) = self.tenants.get_mut(&tenant) {
                        t.wishes.armed = None;
                        self.callbacks_due(now, tenant);
                    }
                }
            }
            self.pump(now);
        }
        self.give_up_expected(now.mono);
        self.expire_registrations(now);
        self.pump(now);
    }

    /// When [`Center::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Mono> {
        let lapse = self.tenants.values().filter_map(|t| t.registrations_lapse).min();
        [self.timers.next(), lapse, self.expected.next()].into_iter().flatten().min()
    }

    /// The next thing to do.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// Ends an interaction by order of a supervisor or program.
    ///
    /// # Errors
    /// When there is no such interaction in this tenant.
    pub fn hang_up(&mut self, now: Now, tenant: TenantId, id: InteractionId) -> Result<(), Refused> {
        self.interactions.get(&id).filter(|i| i.tenant == tenant).ok_or(Refused::NotFound)?;
        self.end(now, id, EndedBy::System, Cause::Forced);
        self.pump(now);
        Ok(())
    }

    /// Says what came of an interaction: one in progress, one that ended a moment ago, or one of
    /// which the caller says that it is `known` to have ended.
    ///
    /// # Errors
    /// When there is no such interaction in this tenant.
    pub fn dispose(
        &mut self,
        now: Now,
        tenant: TenantId,
        id: InteractionId,
        disposition: Disposition,
        known: bool,
    ) -> Result<(), Refused> {
        let t = self.tenants.get(&tenant).ok_or(Refused::NotFound)?;
        let wraps = || t.wrapping.values().any(|w| w.id == id);
        match self.interactions.get_mut(&id) {
            Some(interaction) if interaction.tenant == tenant => interaction.ledger.disposed(disposition.clone()),
            Some(_) => return Err(Refused::NotFound),
            None if known || t.ended.contains(&id) || wraps() => {}
            None => return Err(Refused::NotFound),
        }
        self.journal(now, tenant, Happening::Disposed { id, disposition });
        Ok(())
    }

    /// Ends everything at once: the node goes down now.
    pub fn shut_down(&mut self, now: Now) {
        self.expect_nobody();
        for id in self.interactions.keys().copied().collect::<Vec<_>>() {
            self.end(now, id, EndedBy::System, Cause::Shutdown);
        }
        self.pump(now);
    }

    // ---- shared by the modules below ----

    fn touch(&mut self, id: InteractionId) {
        self.dirty.push_back(id);
    }

    fn get(&mut self, id: InteractionId) -> Option<&mut Interaction> {
        self.interactions.get_mut(&id).map(|i| &mut **i)
    }

    fn new_play(&mut self, now: Now) -> PlayId {
        PlayId(self.ids.next(now.wall))
    }

    fn command(&mut self, command: LegCommand) {
        self.effects.push_back(Effect::Leg(command));
    }

    fn journal(&mut self, now: Now, tenant: TenantId, what: Happening) {
        self.effects.push_back(Effect::Journal(Box::new(Event { tenant, at: now.wall, what })));
    }

    fn alarm(&mut self, now: Now, tenant: TenantId, code: &str, detail: impl Into<Text>) {
        self.journal(now, tenant, Happening::Alarm { code: code.into(), detail: detail.into(), raised: true });
    }

    /// The interaction does this from now on; screens are told when that is news.
    fn enter(&mut self, now: Now, id: InteractionId, doing: Doing) {
        let Some(interaction) = self.get(id) else { return };
        if interaction.ledger.enter(now.wall, doing) && doing.kind != SegmentKind::Ending {
            let tenant = interaction.tenant;
            let Doing { kind: state, queue, agent } = doing;
            let slot = self.get(id).and_then(|i| i.slot());
            self.journal(now, tenant, Happening::InteractionState { id, state, queue, agent, slot });
        }
    }

    /// Takes an interaction down, all its legs for one and the same cause.
    fn end(&mut self, now: Now, id: InteractionId, by: EndedBy, cause: Cause) {
        self.end_legs(now, id, by, cause, cause);
    }

    /// Takes an interaction down because one party has left: the others are told so.
    fn end_others(&mut self, now: Now, id: InteractionId, by: EndedBy, cause: Cause) {
        self.end_legs(now, id, by, cause, Cause::OtherLeft);
    }

    fn end_legs(&mut self, now: Now, id: InteractionId, by: EndedBy, cause: Cause, told: Cause) {
        let Some(interaction) = self.get(id) else { return };
        interaction.ledger.ends(by, cause);
        if interaction.stage != Stage::Ending {
            self.finish_flow(now, id);
            self.end_message(now, id, Duration::ZERO);
            let gave_up = by == EndedBy::Caller;
            self.leave_queue(now, id, if gave_up { LeaveReason::Abandoned } else { LeaveReason::Redirected });
            if let Some(interaction) = self.get(id) {
                interaction.stage = Stage::Ending;
                interaction.announcements = Default::default();
                interaction.media_lost.clear();
            }
            self.await_no_page(now, id, told);
            self.enter(now, id, Doing::just(SegmentKind::Ending));
        }
        if let Some(interaction) = self.get(id) {
            interaction.call.hang_up_all(told);
        }
        self.touch(id);
    }

    /// Runs until no brain has anything left to say, then arms the timers of all that spoke.
    fn pump(&mut self, now: Now) {
        loop {
            if let Some(id) = self.dirty.pop_front() {
                self.pump_interaction(now, id);
            } else if let Some(tenant) = self.dirty_routers.pop_front() {
                self.pump_router(now, tenant);
            } else {
                break;
            }
        }
    }

    fn pump_interaction(&mut self, now: Now, id: InteractionId) {
        while let Some(interaction) = self.interactions.get_mut(&id) {
            if let Some(command) = interaction.call.poll_command() {
                self.on_call_command(now, id, command);
            } else if let Some(happened) = interaction.call.poll_happened() {
                self.on_happened(now, id, happened);
            } else if let Some(action) = interaction.walk.as_mut().and_then(flow::Walk::poll_action) {
                self.on_flow_action(now, id, action);
            } else {
                let wanted = interaction.deadline();
                self.timers.arm(Who::Interaction(id), &mut interaction.armed, wanted);
                self.show_lamps(id);
                break;
            }
        }
    }

    fn pump_router(&mut self, now: Now, tenant: TenantId) {
        while let Some(t) = self.tenants.get_mut(&tenant) {
            if let Some(output) = t.router.poll_output() {
                self.on_router(now, tenant, output);
            } else {
                let wanted = t.router.poll_timeout();
                self.timers.arm(Who::Router(tenant), &mut t.armed, wanted);
                self.tell_how_routing_stands(now, tenant);
                break;
            }
        }
    }

    /// A command of the call brain: what the record has to know is noted on its way out.
    fn on_call_command(&mut self, now: Now, id: InteractionId, command: LegCommand) {
        let Some(interaction) = self.interactions.get_mut(&id) else { return };
        match &command {
            LegCommand::Dial { leg, .. } => {
                self.legs.insert(*leg, id);
            }
            LegCommand::Answer(leg) => {
                if let Some(record) = interaction.ledger.leg(*leg) {
                    record.answered.get_or_insert(now.wall);
                }
                if interaction.ledger.answered(now.wall) {
                    let tenant = interaction.tenant;
                    self.journal(now, tenant, Happening::InteractionAnswered { id });
                }
            }
            LegCommand::Hangup { leg, .. } => {
                interaction.bounds.told_to_end(now, *leg);
                self.stops_ringing(now, id, *leg);
            }
            _ => {}
        }
        self.command(command);
    }

    fn on_interaction_timeout(&mut self, now: Now, id: InteractionId) {
        let Some(interaction) = self.get(id) else { return };
        interaction.call.handle_timeout(now);
        if let Some(walk) = interaction.walk.as_mut().filter(|w| w.poll_timeout().is_some_and(|at| at <= now.mono)) {
            walk.handle(now, flow::Input::Timeout);
        }
        if interaction.announcements.next().is_some_and(|at| at <= now.mono) {
            self.announce_in_queue(now, id);
        }
        self.check_media_lost(now, id);
        self.check_pages(now, id);
        self.check_parked(now, id);
        self.check_listening(now, id);
        self.check_bounds(now, id);
        self.check_figures(now, id);
        self.renew_leases(now, id);
    }
}
