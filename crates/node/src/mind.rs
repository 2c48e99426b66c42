//! The mind on the signalling thread: feeds `center`, writes the journal first.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use center::{Center, Effect, SetupError};
use journal::ladder::{LadderWriter, Position, Transport as LadderTransport};
use journal::{Journal, Writer};
use net::Transport;
use net::mind::{Admission, Claim, Credential, Line, Mind, RegisterAt, Way};
use std::sync::Arc;
use tokio::sync::mpsc;
use types::event::{Binding, Event, Happening};
use types::leg::{Login, Registered, Text};
use types::register::{DigestChoice, RegisterRejected, RegisterRequest, Registering};
use types::watch::{Summary, WatchId, WatchRefused, WatchRequest, Watched};
use types::{AgentId, Cause, DeviceId, LegCommand, LegEvent, LegId, Mono, Now, Private, TenantId, TrunkId};

use crate::alarms::Board;
use crate::ask::Ask;
use crate::keeper::News;
use crate::lookups::{Asker, Job};
use crate::tally::Tally;

/// How long an answered call waits for the journal. Beyond it the caller would hear a gap; the call
/// goes on and an alarm says what happened.
const JOURNAL_WAIT: Duration = Duration::from_millis(50);
/// How long events that nobody waits for gather before they are handed to the journal, so that one wake-up of its
/// thread serves many: what a crash of this process may forget of them.
const GATHER: Duration = Duration::from_millis(20);
/// The same for messages of the ladder, which are read by people.
const GATHER_LADDER: Duration = Duration::from_millis(100);

/// The mind of a node.
pub struct NodeMind {
    center: Center,
    writer: Writer,
    journal: Arc<Journal>,
    ladder: LadderWriter,
    /// The newest ladder message of each leg that lives.
    ladder_ends: HashMap<LegId, Position>,
    commands: VecDeque<LegCommand>,
    /// News of what is watched.
    watched: VecDeque<(WatchId, Arc<Watched>)>,
    /// What telephones that have not asked are told of their messages.
    summaries: VecDeque<Box<Summary>>,
    /// Where look-ups of flows are carried out.
    lookups: mpsc::Sender<Job>,
    /// Something was decided in this turn that a message depends on: it is handed over at once.
    urgent: bool,
    /// Such a thing is on its way to the disk.
    awaited: bool,
    wrote: bool,
    /// When what has gathered is handed over.
    journal_due: Option<Mono>,
    ladder_due: Option<Mono>,
    device_tenants: HashMap<DeviceId, TenantId>,
    /// Where strangers are challenged: the first tenant.
    default_realm: Option<TenantId>,
    /// Legs with a saved dialog.
    saved: HashMap<LegId, TenantId>,
    tally: Tally,
    tenants: Vec<TenantId>,
    alarms: Board,
    /// Trunks have changed since the signalling thread was told of them.
    lines_changed: bool,
    /// The node ends.
    leaving: bool,
}

impl NodeMind {
    /// A mind over a center whose tenants are set up.
    pub(crate) fn new(
        center: Center,
        journal: Arc<Journal>,
        ladder: LadderWriter,
        alarms: Board,
        lookups: mpsc::Sender<Job>,
    ) -> Self {
        let mut tenants: Vec<TenantId> = center.tenants().collect();
        tenants.sort();
        let devices = tenants.iter().filter_map(|t| center.directory(*t));
        let device_tenants = devices.flat_map(|d| d.devices().map(|dev| (dev.id, dev.tenant))).collect();
        let mut mind = Self {
            center,
            writer: journal.writer(),
            journal,
            ladder,
            ladder_ends: HashMap::new(),
            commands: VecDeque::new(),
            watched: VecDeque::new(),
            summaries: VecDeque::new(),
            lookups,
            urgent: false,
            awaited: false,
            wrote: false,
            journal_due: None,
            ladder_due: None,
            device_tenants,
            default_realm: tenants.first().copied(),
            saved: HashMap::new(),
            tally: Tally::default(),
            tenants,
            alarms,
            lines_changed: true,
            leaving: false,
        };
        mind.drain();
        mind
    }

    /// Legs of the process before whose saved dialogs stand until their goodbyes have arrived.
    pub(crate) fn restore_saved(&mut self, legs: impl IntoIterator<Item = (LegId, TenantId)>) {
        self.saved.extend(legs);
    }

    /// Carries the center's decisions into the journal and to the legs.
    fn drain(&mut self) {
        while let Some(effect) = self.center.poll_effect() {
            match effect {
                Effect::Leg(command) => self.commands.push_back(command),
                Effect::Journal(event) => self.write(&event),
                Effect::Watched { watches, state } => {
                    self.watched.extend(watches.into_iter().map(|watch| (watch, state.clone())));
                }
                Effect::Lookup(lookup) => self.look_up(Job::of_flow(*lookup)),
                Effect::Summary(summary) => self.summaries.push_back(summary),
            }
        }
    }

    /// Hands a look-up on. One for which there is no room is left: the flow gives up by itself, a person is told.
    fn look_up(&mut self, job: Job) {
        let _ = self.lookups.try_send(job);
    }

    fn write(&mut self, event: &Event) {
        self.urgent |= matches!(event.what, Happening::InteractionAnswered { .. } | Happening::DialogSaved { .. });
        self.wrote = true;
        self.tally.note(event);
        tell(event);
        self.writer.append(event);
    }

    /// Alarms of the node itself.
    fn look_for_alarms(&mut self, now: Now) {
        for event in self.alarms.look(now, &self.tenants) {
            self.write(&event);
        }
    }

    fn answer(&mut self, now: Now, ask: Ask) {
        // A questioner that has gone needs no answer.
        match ask {
            Ask::Live(tenant, to) => {
                self.writer.barrier(JOURNAL_WAIT);
                let live = self.center.live(now, tenant);
                let _ = to.send(live.map(|live| (self.journal.last_seq(tenant), live)));
            }
            Ask::LiveFigures(tenant, to) => drop(to.send(self.center.figures_live(now, tenant))),
            Ask::Acknowledge(tenant, id, by, to) => drop(to.send(self.center.acknowledge(now, tenant, id, by))),
            Ask::Agent(tenant, agent, to) => drop(to.send(self.center.agent_status(now, tenant, agent))),
            Ask::Order(tenant, agent, order, to) => drop(to.send(self.center.order(now, tenant, agent, order))),
            Ask::Forwarding(tenant, agent, to) => drop(to.send(self.center.forwarding(tenant, agent))),
            Ask::SetForwarding(tenant, agent, rules, by, to) => {
                let _ = to.send(self.center.set_forwarding(now, tenant, agent, rules, by));
            }
            Ask::Mailboxes(tenant, agent, to) => drop(to.send(self.center.mailboxes_of(tenant, agent))),
            Ask::MarkMessage(tenant, recording, status, by, to) => {
                let _ = to.send(self.center.mark_message(now, tenant, recording, status, by));
            }
            Ask::Interaction(tenant, id, to) => {
                drop(to.send(self.center.interaction(now, tenant, id).map(Box::new)));
            }
            Ask::Dispose(tenant, id, disposition, known, to) => {
                let _ = to.send(self.center.dispose(now, tenant, id, disposition, known));
            }
            Ask::OrderCall(tenant, id, by, order, to) => {
                let _ = to.send(self.center.order_call(now, tenant, id, by, order));
            }
            Ask::Dial(tenant, agent, number, to) => drop(to.send(self.center.dial(now, tenant, agent, &number))),
            Ask::AwaitTrial(tenant, wish, to) => drop(to.send(self.center.await_trial(now, tenant, *wish))),
            Ask::Supervise(tenant, id, by, mode, to) => {
                let _ = to.send(self.center.supervise(now, tenant, id, by, mode));
            }
            Ask::CallbackChanged(tenant, of, wish, to) => {
                match wish {
                    Some(wish) => self.center.restore_callback(now, tenant, *wish),
                    None => self.center.callback_settled(now, tenant, of),
                }
                let _ = to.send(());
            }
            Ask::CallBackNow(tenant, of, to) => drop(to.send(self.center.call_back_now(now, tenant, of))),
            Ask::HangUp(tenant, id, to) => drop(to.send(self.center.hang_up(now, tenant, id))),
            Ask::Figures(to) => drop(to.send((self.center.figures(now), self.tally.clone()))),
            Ask::Device(tenant, agent, to) => drop(to.send(self.device_of(tenant, agent))),
            Ask::Ladder(to) => {
                self.ladder.flush();
                self.ladder_due = None;
                let _ = to.send(self.ladder.last());
            }
            Ask::InProgress(to) => drop(to.send(self.center.in_progress())),
            Ask::Settings(tenant, news, to) => drop(to.send(self.take_settings(now, tenant, *news))),
            Ask::Looked(interaction, answer) => self.center.looked(now, interaction, *answer),
            Ask::TryLookup(tenant, request, to) => {
                let grant = self.center.lookup_grant(tenant, &request);
                self.look_up(Job { tenant, request, grant, asker: Asker::Person(to) });
            }
            // Looked for at the end of each turn.
            Ask::Alarms => {}
            Ask::Drain => self.center.drain(),
            Ask::ShutDown(done) => {
                self.center.drain();
                self.center.shut_down(now);
                (self.leaving, self.lines_changed) = (true, true);
                let _ = done.send(());
            }
        }
    }

    /// Works by other settings from now on. Who changed what is written before anything follows from it.
    fn take_settings(&mut self, now: Now, tenant: TenantId, news: News) -> Result<(), SetupError> {
        news.setup.check()?;
        for what in news.events {
            let event = Event { tenant, at: now.wall, what };
            self.alarms.show(&event);
            self.write(&event);
        }
        self.center.set_tenant(now, news.setup)?;
        self.lines_changed = true;
        self.device_tenants.retain(|_, of| *of != tenant);
        if let Some(directory) = self.center.directory(tenant) {
            self.device_tenants.extend(directory.devices().map(|device| (device.id, tenant)));
        }
        if !self.tenants.contains(&tenant) {
            self.tenants.push(tenant);
            self.tenants.sort();
            self.default_realm = self.tenants.first().copied();
        }
        self.drain();
        Ok(())
    }

    /// The tenant that a request names by its host, or the one where strangers are challenged.
    fn realm_of(&self, claim: &Claim<'_>) -> Option<TenantId> {
        let named = self.center.tenants().find(|t| {
            self.center.directory(*t).is_some_and(|d| {
                let name = &*d.tenant().name;
                claim.to_host.eq_ignore_ascii_case(name) || claim.from_host.eq_ignore_ascii_case(name)
            })
        });
        named.or(self.default_realm)
    }

    /// The trunks whose far ends are looked after, and those that register. One that leaves has none: they take
    /// themselves back.
    fn lines(&self) -> Vec<Line> {
        let plans = self.tenants.iter().filter_map(|tenant| self.center.plan(*tenant));
        let line = |trunk: &dialplan::Trunk| {
            let probe = (trunk.probe_s > 0).then(|| Duration::from_secs(trunk.probe_s.into()));
            let uri = trunk.send_to.clone().or_else(|| trunk.registrar.clone())?;
            Some(Line { tenant: trunk.tenant, trunk: trunk.id, uri, probe, register: registers_at(trunk) })
        };
        if self.leaving {
            return Vec::new();
        }
        plans.flat_map(|plan| plan.trunks().iter().filter_map(line)).collect()
    }

    /// The realm and the name of a device at which an agent answers: the one that was set up first.
    fn device_of(&self, tenant: TenantId, agent: AgentId) -> Option<(Text, Text)> {
        let directory = self.center.directory(tenant)?;
        let device = directory.device(*directory.devices_of(agent).first()?)?;
        Some((directory.tenant().name.clone(), device.name.clone()))
    }

    fn is_device(&self, tenant: TenantId, name: &str) -> bool {
        self.center.directory(tenant).is_some_and(|d| d.device_by_name(name).is_some())
    }
}

/// Where a trunk registers.
fn registers_at(trunk: &dialplan::Trunk) -> Option<RegisterAt> {
    let (user, secret) = trunk.credentials.clone()?;
    Some(RegisterAt {
        registrar: trunk.registrar.clone()?,
        login: Login { user, secret, realm: trunk.realm.clone() },
        domain: trunk.from_domain.clone(),
        contact_user: trunk.contact_user.clone(),
        expires_s: trunk.register_s,
    })
}

/// A line for the log: ids alone, by which those with a right to it find the people.
fn tell(event: &Event) {
    let tenant = event.tenant;
    match &event.what {
        Happening::InteractionStarted { id, leg, direction, .. } => {
            tracing::debug!(%tenant, interaction = %id, %leg, direction = direction.as_str(), "a call began");
        }
        Happening::InteractionState { id, state, .. } => {
            tracing::debug!(%tenant, interaction = %id, state = state.as_str(), "a call moved on");
        }
        Happening::InteractionEnded { record } => {
            let (outcome, cause) = (record.outcome.as_str(), record.cause.as_str());
            tracing::debug!(%tenant, interaction = %record.id, outcome, cause, "a call ended");
        }
        _ => {}
    }
}

impl Mind for NodeMind {
    type Message = Ask;

    fn handle_leg(&mut self, now: Now, event: LegEvent) {
        match &event {
            LegEvent::Ended { leg, .. } => _ = self.ladder_ends.remove(leg),
            LegEvent::Measured { leg, quality } => {
                // The goodbye's answer may have come after the end.
                self.ladder_ends.remove(leg);
                if let Some(quality) = quality {
                    self.tally.note_media(quality);
                }
            }
            _ => {}
        }
        if let LegEvent::RecordingGap { leg, .. } = event
            && let Some((tenant, _)) = self.center.interaction_of(leg)
        {
            for event in self.alarms.recording_lost(now, tenant, &self.tenants) {
                self.write(&event);
            }
        }
        self.center.handle(now, event);
        self.drain();
    }

    fn handle_message(&mut self, now: Now, message: Ask) {
        self.answer(now, message);
        self.drain();
    }

    fn handle_timeout(&mut self, now: Now) {
        self.center.handle_timeout(now);
        self.drain();
    }

    fn poll_timeout(&mut self) -> Option<Mono> {
        [self.center.poll_timeout(), self.journal_due, self.ladder_due, self.alarms.poll_timeout()]
            .into_iter()
            .flatten()
            .min()
    }

    fn poll_command(&mut self) -> Option<LegCommand> {
        self.commands.pop_front()
    }

    fn commit(&mut self, now: Now) {
        self.look_for_alarms(now);
        if std::mem::take(&mut self.wrote) {
            self.journal_due.get_or_insert(now.mono + GATHER);
        }
        let urgent = std::mem::take(&mut self.urgent);
        self.awaited |= urgent;
        if urgent || self.journal_due.is_some_and(|due| due <= now.mono) {
            self.writer.flush();
            self.journal_due = None;
        }
        if self.ladder_due.is_some_and(|due| due <= now.mono) {
            self.ladder.flush();
            self.ladder_due = None;
        }
    }

    fn await_written(&mut self) {
        if std::mem::take(&mut self.awaited) {
            self.writer.barrier(JOURNAL_WAIT);
        }
    }

    fn new_leg(&mut self, now: Now) -> LegId {
        self.center.new_leg(now)
    }

    fn tenant_of(&self, leg: LegId) -> Option<TenantId> {
        self.center.interaction_of(leg).map(|(tenant, _)| tenant)
    }

    /// A known device's name must be proved wherever it comes from; else an address may belong to a
    /// trunk; everyone else is challenged alike, so that nobody learns which names exist.
    fn admit(&self, claim: &Claim<'_>) -> Admission {
        let Some(tenant) = self.realm_of(claim) else { return Admission::Refuse(403) };
        let realm = self.center.directory(tenant).map(|d| d.tenant().name.clone()).unwrap_or_else(|| "".into());
        let chosen = self.center.setting(tenant, DigestChoice::SETTING).and_then(DigestChoice::parse);
        let digest = chosen.unwrap_or_default();
        let claims_device = self.is_device(tenant, claim.from_user) || self.is_device(tenant, claim.contact_user);
        if claim.method == "REGISTER" || claims_device {
            return Admission::Challenge { realm, digest };
        }
        if matches!(claim.transport, Transport::Ws | Transport::Wss) {
            // Behind a browser's address there may be anybody; trunks do not come this way.
            return Admission::Challenge { realm, digest };
        }
        if let Some(by) = claim.registered.filter(|by| by.to_contact) {
            return Admission::Trunk { tenant: by.tenant, trunk: by.trunk };
        }
        for tenant in self.center.tenants() {
            let trunk = self.center.plan(tenant).and_then(|p| p.trunk_from(claim.source.ip()));
            if let Some(trunk) = trunk {
                return Admission::Trunk { tenant, trunk: trunk.id };
            }
        }
        if let Some(by) = claim.registered {
            return Admission::Trunk { tenant: by.tenant, trunk: by.trunk };
        }
        Admission::Challenge { realm, digest }
    }

    fn credential(&self, realm: &str, user: &str) -> Option<Credential> {
        let tenant =
            self.center.tenants().find(|t| self.center.directory(*t).is_some_and(|d| &*d.tenant().name == realm))?;
        if let Some(device) = self.center.trial_device(tenant, user) {
            // It has no secret of its own: only the password that a page was lent for it is taken.
            return Some(Credential { tenant, device, md5: Private::default(), sha256: Private::default() });
        }
        let device = self.center.directory(tenant)?.device_by_name(user)?;
        let (md5, sha256) = (device.ha1.md5.clone(), device.ha1.sha256.clone());
        Some(Credential { tenant, device: device.id, md5, sha256 })
    }

    fn register(
        &mut self,
        now: Now,
        device: DeviceId,
        request: &RegisterRequest,
    ) -> Result<Vec<Binding>, RegisterRejected> {
        let Some(&tenant) = self.device_tenants.get(&device) else { return Ok(Vec::new()) };
        let bindings = self.center.register(now, tenant, device, request);
        self.drain();
        bindings
    }

    fn watch(&mut self, request: &WatchRequest) -> Result<(), WatchRefused> {
        let tenant = *self.device_tenants.get(&request.device).ok_or(WatchRefused::NotFound)?;
        self.center.watch(tenant, request)?;
        self.drain();
        Ok(())
    }

    fn unwatch(&mut self, watch: WatchId) {
        self.center.unwatch(watch);
    }

    fn poll_watched(&mut self) -> Option<(WatchId, Arc<Watched>)> {
        self.watched.pop_front()
    }

    fn poll_summary(&mut self) -> Option<Box<Summary>> {
        self.summaries.pop_front()
    }

    fn summary_failed(&mut self, device: DeviceId, refused: bool) {
        self.center.summary_failed(device, refused);
    }

    fn poll_lines(&mut self) -> Option<Vec<Line>> {
        std::mem::take(&mut self.lines_changed).then(|| self.lines())
    }

    fn line_asked(&mut self, now: Now, tenant: TenantId, trunk: TrunkId, answered: bool) {
        self.center.trunk_asked(now, tenant, trunk, answered);
        self.drain();
    }

    fn line_registered(&mut self, now: Now, tenant: TenantId, trunk: TrunkId, state: Registering) {
        self.center.trunk_registers(now, tenant, trunk, state);
        self.drain();
    }

    fn flow_closed(&mut self, now: Now, flow: u64) {
        self.center.flow_closed(now, flow);
        self.drain();
    }

    fn flow_failed(&mut self, now: Now, uri: &Private<Text>, registered: &Registered) {
        let Some(&tenant) = self.device_tenants.get(&registered.device) else { return };
        self.center.flow_failed(now, tenant, uri, registered);
        self.drain();
    }

    fn on_message(&mut self, now: Now, leg: LegId, way: Way, transport: Transport, peer: SocketAddr, bytes: &[u8]) {
        let previous = self.ladder_ends.get(&leg).copied().unwrap_or(Position::NONE);
        let transport = match transport {
            Transport::Udp => LadderTransport::Udp,
            Transport::Tcp => LadderTransport::Tcp,
            Transport::Tls => LadderTransport::Tls,
            Transport::Ws => LadderTransport::Ws,
            Transport::Wss => LadderTransport::Wss,
        };
        self.ladder_due.get_or_insert(now.mono + GATHER_LADDER);
        let position = self.ladder.append(leg, previous, now.wall, way == Way::Out, transport, peer, bytes);
        if self.center.interaction_of(leg).is_some() {
            self.ladder_ends.insert(leg, position);
        }
    }

    fn save_dialog(&mut self, now: Now, leg: LegId, saved: Option<&[u8]>) {
        let (tenant, what) = match saved {
            Some(bytes) => {
                let Some((tenant, id)) = self.center.interaction_of(leg) else { return };
                self.saved.insert(leg, tenant);
                (tenant, Happening::DialogSaved { leg, id, bytes: bytes.to_vec() })
            }
            // The call may be long over when its far side answers the goodbye.
            None => {
                let Some(tenant) = self.saved.remove(&leg) else { return };
                (tenant, Happening::DialogEnded { leg, cause: Cause::Normal })
            }
        };
        self.write(&Event { tenant, at: now.wall, what });
    }
}
