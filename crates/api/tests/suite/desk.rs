//! A real center in virtual time, with telephones that do as they are told.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::{Answer, Backend, PhoneCredentials, PhoneLine, Trouble};
use bytes::Bytes;
use center::{
    AgentOrder, AgentStatus, By, CallOrder, Center, Effect, Live, LiveAlert, LiveDetail, LiveFigures, Message, Refused,
    Setup, TrialWish,
};
use journal::ladder::{Ladder, LadderWriter, Position, Transport};
use journal::{Journal, Writer, Written};
use resource::{ChangeError, Changed, Known, NoSecrets, Parts, Plan, Request, Rows};
use store::Store;
use tokio::sync::{mpsc, watch};
use types::alert::{Alert, Level, Measure};
use types::event::{Event, Happening};
use types::forward::Forwarding;
use types::leg::{AudioCodec, Incoming, MediaQuality, Origin, Text};
use types::record::{Disposition, Supervision};
use types::voicemail::{Mailbox, MarkedBy, MessageStatus};
use types::{
    AgentId, AlertId, Cause, FlowId, InteractionId, LegCommand, LegEvent, LegId, Mono, Now, Private, RecordingId,
    TenantId, Title, TrunkId, Wall,
};

/// The first moment of every test.
pub(crate) const START: Wall = Wall(1_790_000_000_000);
/// A disk of a busy test machine may take its time.
const DISK: Duration = Duration::from_secs(60);

pub(crate) struct Desk {
    inner: Mutex<Inner>,
    journal: Arc<Journal>,
    store: Store,
    pub(crate) ready: AtomicBool,
    /// What the node itself has to tell, whatever the journal takes.
    pub(crate) alarms: watch::Sender<Arc<Vec<Event>>>,
    opened: Mutex<Vec<TenantId>>,
}

struct Inner {
    center: Center,
    writer: Writer,
    ladder: LadderWriter,
    now: Now,
    /// Legs that ring somebody and have not been answered.
    dialled: Vec<LegId>,
}

/// A call that came in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) leg: LegId,
    pub(crate) id: InteractionId,
}

impl Desk {
    pub(crate) fn new(store: Store, journal: Arc<Journal>, ladder: &Ladder, setups: Vec<Setup>) -> Self {
        let now = Now { mono: Mono::from_millis(0), wall: START };
        let mut center = Center::new(1);
        for setup in setups {
            center.add_tenant(now, setup).unwrap();
        }
        let inner = Inner { center, writer: journal.writer(), ladder: ladder.writer(), now, dialled: Vec::new() };
        let (inner, ready, alarms) = (Mutex::new(inner), AtomicBool::new(true), watch::Sender::default());
        let desk = Self { inner, journal, store, ready, alarms, opened: Mutex::default() };
        desk.act(|_| ());
        desk
    }

    async fn think(&self, tenant: TenantId, request: &Request) -> Result<(Rows, Plan), ChangeError> {
        let rows = Rows::read(&self.store, tenant).await?.ok_or(ChangeError::NoTenant)?;
        let fresh = &mut || self.act(|inner| inner.center.new_leg(inner.now)).0;
        let known = Known { given: &BTreeMap::new(), secrets: &NoSecrets, fresh };
        let plan = resource::plan(&rows, request, known).map_err(ChangeError::Refused)?;
        Ok((rows, plan))
    }

    fn act<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        let mut inner = self.inner.lock().unwrap();
        let result = act(&mut inner);
        while let Some(effect) = inner.center.poll_effect() {
            match effect {
                Effect::Journal(event) => inner.writer.append(&event),
                Effect::Leg(LegCommand::Dial { leg, .. }) => inner.dialled.push(leg),
                Effect::Leg(LegCommand::Hangup { leg, cause }) => {
                    let now = inner.now;
                    inner.dialled.retain(|dialled| *dialled != leg);
                    end(&mut inner.center, now, leg, cause, false);
                }
                Effect::Leg(_) | Effect::Watched { .. } | Effect::Summary(_) | Effect::Lookup(_) => {}
            }
        }
        assert_eq!(inner.writer.barrier(DISK), Written::Written);
        inner.ladder.flush();
        result
    }

    /// An agent's number.
    pub(crate) fn number(&self, tenant: TenantId, agent: AgentId) -> String {
        let number = |inner: &mut Inner| inner.center.directory(tenant)?.agent(agent).map(|a| a.number.to_string());
        self.act(number).expect("there is such an agent")
    }

    /// The tenants that were opened after the start.
    pub(crate) fn opened(&self) -> Vec<TenantId> {
        self.opened.lock().unwrap().clone()
    }

    /// Writes an event that no call of this test makes.
    pub(crate) fn write(&self, tenant: TenantId, what: Happening) {
        self.act(|inner| inner.writer.append(&Event { tenant, at: inner.now.wall, what }));
    }

    /// A message that was left before the start.
    pub(crate) fn keep_message(&self, tenant: TenantId, mailbox: Mailbox, recording: RecordingId) {
        self.act(|inner| {
            let (leg, at) = (LegId(recording.0), inner.now.wall);
            let message = Message { recording, leg, from: "13800138000".into(), at, is_new: true };
            inner.center.restore_message(tenant, mailbox, message);
        });
    }

    /// An alert that stood before the start.
    pub(crate) fn keep_alert(&self, tenant: TenantId, id: AlertId) {
        self.act(|inner| {
            let (measure, level) = (Measure::Waiting, Level::Warning);
            let (threshold, title) = ("waiting".into(), Title::default());
            let alert = Alert { id, threshold, title, queue: None, measure, level, value: 6, limit: 5 };
            let standing = LiveAlert { alert, raised: inner.now.wall, acknowledged: None };
            inner.center.restore_alert(inner.now, tenant, standing);
        });
    }

    /// Time passes, and every timer goes off at its time.
    pub(crate) fn pass(&self, time: Duration) {
        let end = self.inner.lock().unwrap().now.after(time);
        loop {
            let reached = self.act(|inner| {
                let due = inner.center.poll_timeout().filter(|due| *due < end.mono);
                let step = due.unwrap_or(end.mono).since(inner.now.mono);
                // The clock of records has milliseconds.
                inner.now = inner.now.after(step.max(Duration::from_millis(1)).min(end.mono.since(inner.now.mono)));
                let now = inner.now;
                inner.center.handle_timeout(now);
                now.mono >= end.mono
            });
            if reached {
                return;
            }
        }
    }

    /// Somebody calls.
    pub(crate) fn call(&self, tenant: TenantId, from: &str, to: &str) -> Call {
        self.act(|inner| {
            let now = inner.now;
            let leg = inner.center.new_leg(now);
            let call = Incoming {
                tenant,
                origin: Origin::Trunk(TrunkId(tenant.0)),
                dialled: to.into(),
                caller: from.into(),
                caller_name: "".into(),
                sip_call_id: format!("call-{leg}").into(),
                peer: "10.1.2.3:5060".parse().unwrap(),
                replaces: None,
                browser: None,
            };
            let invite = format!(
                "INVITE sip:{to}@desk SIP/2.0\r\nVia: SIP/2.0/UDP 10.1.2.3:5060;branch=z9hG4bK{leg}\r\n\
                 From: <sip:{from}@carrier>;tag=1\r\nTo: <sip:{to}@desk>\r\nCall-ID: call-{leg}\r\n\
                 CSeq: 1 INVITE\r\n\r\n"
            );
            let (peer, bytes) = (call.peer, invite.as_bytes());
            inner.ladder.append(leg, Position::NONE, now.wall, false, Transport::Udp, peer, bytes);
            inner.center.handle(now, LegEvent::Incoming { leg, call: Box::new(call) });
            let (_, id) = inner.center.interaction_of(leg).expect("the call goes on");
            Call { leg, id }
        })
    }

    /// The telephones that were dialled ring.
    pub(crate) fn ring(&self) {
        self.act(|inner| {
            for leg in inner.dialled.clone() {
                inner.center.handle(inner.now, LegEvent::Ringing { leg, early_media: false });
            }
        });
    }

    /// The telephones that were dialled ring, and can be told to answer.
    pub(crate) fn ring_answerable(&self) {
        self.act(|inner| {
            for leg in inner.dialled.clone() {
                inner.center.handle(inner.now, LegEvent::Answerable { leg });
            }
        });
        self.ring();
    }

    /// The telephone that was rung last rings and is answered.
    pub(crate) fn answer(&self) {
        self.act(|inner| {
            let (now, leg) = (inner.now, inner.dialled.pop().expect("a telephone rings"));
            inner.center.handle(now, LegEvent::Dialled { leg, sip_call_id: format!("call-{leg}").into() });
            inner.center.handle(now, LegEvent::Ringing { leg, early_media: false });
            inner.center.handle(now, LegEvent::Answered { leg });
        });
    }

    /// The caller hangs up.
    pub(crate) fn caller_leaves(&self, call: Call) {
        self.act(|inner| {
            let now = inner.now;
            end(&mut inner.center, now, call.leg, Cause::Normal, true);
        });
    }

    /// A whole call: answered, talked for 5 s, ended by the caller.
    pub(crate) fn talk(&self, tenant: TenantId, from: &str, to: &str) -> Call {
        let call = self.call(tenant, from, to);
        self.pass(Duration::from_secs(2));
        self.answer();
        self.pass(Duration::from_secs(5));
        self.caller_leaves(call);
        self.pass(Duration::from_secs(60));
        call
    }
}

/// A leg ends, and its media's figures follow.
fn end(center: &mut Center, now: Now, leg: LegId, cause: Cause, by_peer: bool) {
    center.handle(now, LegEvent::Ended { leg, cause, status: None, by_peer, measured: true });
    let codec = Some(AudioCodec::Pcma);
    let quality = MediaQuality { codec_sent: codec, codec_received: codec, received: 250, ..MediaQuality::default() };
    center.handle(now, LegEvent::Measured { leg, quality: Some(Box::new(quality)) });
}

impl Backend for Desk {
    fn canary_report(&self, _: TenantId, _: FlowId, _: u32) -> Option<flow::canary::Report> {
        None
    }

    fn alarms(&self) -> watch::Receiver<Arc<Vec<Event>>> {
        self.alarms.subscribe()
    }

    fn live(&self, tenant: TenantId) -> Answer<'_, Option<(u64, Live)>> {
        let live = self.act(|inner| inner.center.live(inner.now, tenant));
        let answer = live.map(|live| (self.journal.last_seq(tenant), live));
        Box::pin(async move { answer })
    }

    fn live_figures(&self, tenant: TenantId) -> Answer<'_, LiveFigures> {
        let figures = self.act(|inner| inner.center.figures_live(inner.now, tenant));
        Box::pin(async move { figures })
    }

    fn acknowledge(&self, tenant: TenantId, alert: AlertId, by: Text) -> Answer<'_, Result<(), Trouble>> {
        let done = self.act(|inner| {
            let now = inner.now;
            inner.center.acknowledge(now, tenant, alert, by)
        });
        Box::pin(async move { done.map_err(Trouble::from) })
    }

    fn agent_status(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Option<AgentStatus>> {
        let status = self.act(|inner| inner.center.agent_status(inner.now, tenant, agent));
        Box::pin(async move { status })
    }

    fn order(&self, tenant: TenantId, agent: AgentId, order: AgentOrder) -> Answer<'_, Result<AgentStatus, Trouble>> {
        let status = self.act(|inner| {
            let now = inner.now;
            inner.center.order(now, tenant, agent, order)
        });
        Box::pin(async move { status.map_err(Trouble::from) })
    }

    fn forwarding(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Result<Option<Forwarding>, Trouble>> {
        let rules = self.act(|inner| inner.center.forwarding(tenant, agent));
        Box::pin(async move { Ok(rules) })
    }

    fn set_forwarding(
        &self,
        tenant: TenantId,
        agent: AgentId,
        rules: Forwarding,
        by: Text,
    ) -> Answer<'_, Result<(), Trouble>> {
        let done = self.act(|inner| {
            let now = inner.now;
            inner.center.set_forwarding(now, tenant, agent, rules, by)
        });
        Box::pin(async move { done.map_err(Trouble::from) })
    }

    fn flush_ladder(&self) -> Answer<'_, Position> {
        let last = self.act(|inner| inner.ladder.last());
        Box::pin(async move { last })
    }

    fn mailboxes(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Result<Vec<Mailbox>, Trouble>> {
        let mailboxes = self.act(|inner| inner.center.mailboxes_of(tenant, agent));
        Box::pin(async move { Ok(mailboxes) })
    }

    fn mark_message(
        &self,
        tenant: TenantId,
        recording: RecordingId,
        status: MessageStatus,
        by: MarkedBy,
    ) -> Answer<'_, Result<(), Trouble>> {
        let done = self.act(|inner| {
            let now = inner.now;
            inner.center.mark_message(now, tenant, recording, status, by)
        });
        Box::pin(async move { done.map_err(Trouble::from) })
    }

    fn interaction(&self, tenant: TenantId, id: InteractionId) -> Answer<'_, Result<Option<Box<LiveDetail>>, Trouble>> {
        let detail = self.act(|inner| inner.center.interaction(inner.now, tenant, id));
        Box::pin(async move { Ok(detail.map(Box::new)) })
    }

    fn dispose(
        &self,
        tenant: TenantId,
        id: InteractionId,
        disposition: Disposition,
        known: bool,
    ) -> Answer<'_, Result<(), Trouble>> {
        let done = self.act(|inner| {
            let now = inner.now;
            inner.center.dispose(now, tenant, id, disposition, known)
        });
        Box::pin(async move { done.map_err(Trouble::from) })
    }

    fn order_call(
        &self,
        tenant: TenantId,
        id: InteractionId,
        by: By,
        order: CallOrder,
    ) -> Answer<'_, Result<(), Trouble>> {
        let done = self.act(|inner| {
            let now = inner.now;
            inner.center.order_call(now, tenant, id, by, order)
        });
        Box::pin(async move { done.map_err(Trouble::from) })
    }

    fn try_lookup(&self, _: TenantId, _: flow::LookupRequest) -> Answer<'_, Result<flow::LookupTold, Trouble>> {
        Box::pin(async { Err(Trouble::Unavailable) })
    }

    fn dial(&self, tenant: TenantId, agent: AgentId, to: Private<Text>) -> Answer<'_, Result<InteractionId, Trouble>> {
        let done = self.act(|inner| {
            let now = inner.now;
            inner.center.dial(now, tenant, agent, &to)
        });
        Box::pin(async move { done.map_err(Trouble::from) })
    }

    fn supervise(
        &self,
        tenant: TenantId,
        id: InteractionId,
        by: AgentId,
        mode: Supervision,
    ) -> Answer<'_, Result<(), Trouble>> {
        let done = self.act(|inner| {
            let now = inner.now;
            inner.center.supervise(now, tenant, id, by, mode)
        });
        Box::pin(async move { done.map_err(Trouble::from) })
    }

    fn hang_up(&self, tenant: TenantId, id: InteractionId) -> Answer<'_, Result<(), Trouble>> {
        let done = self.act(|inner| {
            let now = inner.now;
            inner.center.hang_up(now, tenant, id)
        });
        Box::pin(async move { done.map_err(Trouble::from) })
    }

    fn callback_changed(&self, row: store::Callback) -> Answer<'_, Result<(), Trouble>> {
        self.act(|inner| {
            let now = inner.now;
            inner.center.callback_settled(now, row.tenant, row.interaction);
        });
        Box::pin(async { Ok(()) })
    }

    fn call_back_now(&self, tenant: TenantId, of: InteractionId) -> Answer<'_, Result<(), Trouble>> {
        let done = self.act(|inner| {
            let now = inner.now;
            inner.center.call_back_now(now, tenant, of)
        });
        Box::pin(async move { done.map_err(Trouble::from) })
    }

    fn phone_credentials(&self, tenant: TenantId, agent: AgentId) -> Answer<'_, Result<PhoneCredentials, Trouble>> {
        let device = self.act(|inner| {
            let directory = inner.center.directory(tenant)?;
            Some((directory.tenant().name.to_string(), directory.agent(agent)?.number.to_string()))
        });
        Box::pin(async move {
            let (realm, device) = device.ok_or(Trouble::Refused(Refused::NoPhone))?;
            let (username, password) = (format!("{device}~1"), "secret".into());
            Ok(PhoneCredentials { device, realm, username, password, expires_in_s: 60 })
        })
    }

    fn await_trial(
        &self,
        tenant: TenantId,
        wish: TrialWish,
    ) -> Answer<'_, Result<(InteractionId, PhoneCredentials), Trouble>> {
        let waits = self.act(|inner| {
            let now = inner.now;
            inner.center.await_trial(now, tenant, wish)
        });
        Box::pin(async move {
            let trial = waits?;
            let (realm, device) = (trial.realm.to_string(), trial.user.to_string());
            let (username, password) = (format!("{device}~1"), "secret".into());
            Ok((trial.interaction, PhoneCredentials { device, realm, username, password, expires_in_s: 60 }))
        })
    }

    fn phone_line(&self, secure: bool, _: SocketAddr) -> Option<Box<dyn PhoneLine>> {
        assert!(!secure, "these tests have no certificate");
        let (there, here) = mpsc::unbounded_channel();
        Some(Box::new(Mirror { there, here }))
    }

    fn check_settings(&self, tenant: TenantId, request: Request) -> Answer<'_, Result<Changed, ChangeError>> {
        Box::pin(async move { self.think(tenant, &request).await.map(|(_, plan)| told(plan)) })
    }

    fn change_settings<'a>(
        &'a self,
        tenant: TenantId,
        by: &'a str,
        request: Request,
    ) -> Answer<'a, Result<Changed, ChangeError>> {
        Box::pin(async move {
            let (before, plan) = self.think(tenant, &request).await?;
            plan.rows.write(&self.store, &before).await?;
            let Parts {
                directory,
                plan: numbers,
                queues,
                agents,
                mailbox_agents,
                flows,
                settings,
                thresholds,
                secrets,
                databases,
            } = plan.parts.clone();
            let setup = Setup {
                directory,
                plan: numbers,
                queues,
                agents,
                mailbox_agents,
                flows,
                settings,
                thresholds,
                secrets,
                databases,
                seed: 1,
            };
            self.act(|inner| {
                let now = inner.now;
                inner.center.set_tenant(now, setup).unwrap();
                for change in &plan.changes {
                    let (kind, name) = (change.kind.as_str().into(), change.name.as_str().into());
                    let (action, fields, by) = (change.action.as_str().into(), Vec::new(), by.into());
                    let what = Happening::SettingsChanged { kind, name, action, fields, by };
                    inner.writer.append(&Event { tenant, at: now.wall, what });
                }
            });
            Ok(told(plan))
        })
    }

    fn open_tenant(&self, tenant: TenantId) -> Answer<'_, Result<(), Trouble>> {
        self.opened.lock().unwrap().push(tenant);
        Box::pin(async { Ok(()) })
    }

    fn metrics(&self) -> Answer<'_, String> {
        Box::pin(async { "lingtong_calls 1".to_owned() })
    }

    fn ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }
}

fn told(plan: Plan) -> Changed {
    Changed { changes: plan.changes, affects: plan.affects, book: plan.book }
}

/// A line that sends back what it hears, and hangs up at `goodbye`.
struct Mirror {
    there: mpsc::UnboundedSender<Bytes>,
    here: mpsc::UnboundedReceiver<Bytes>,
}

impl PhoneLine for Mirror {
    fn hear(&self, message: Bytes) -> bool {
        message != b"goodbye"[..] && self.there.send(message).is_ok()
    }

    fn next(&mut self) -> Answer<'_, Option<Bytes>> {
        Box::pin(self.here.recv())
    }
}
