//! Two small tenants and a telephone network that does what a test says.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use acd::{AgentConfig, QueueConfig};
use dialplan::{Did, DidTarget, Numbering, Plan, Route, Trunk};
use directory::{Agent, Device, Directory, Ha1};
use flow::Flow;
use types::event::Happening;
use types::leg::{CallerId, Connection, DigitSource, Incoming, MediaQuality, Origin, Sound, Text};
use types::record::{InteractionRecord, Supervision};
use types::register::{Contact, RegisterChange, RegisterRequest};
use types::watch::{Summary, WatchId, Watched, WatchedDialog};
use types::{
    AgentId, Cause, DeviceId, FlowId, InteractionId, LegCommand, LegEvent, LegId, Mono, Now, PlayId, Private, QueueId,
    TenantId, TrunkId, Wall,
};

use crate::{By, CallOrder, Center, Effect, Refused, Setup};

pub(super) const SALES: QueueId = QueueId(1);
pub(super) const SUPPORT: QueueId = QueueId(2);
pub(super) const CARRIER: TrunkId = TrunkId(1);
pub(super) const SPARE: TrunkId = TrunkId(2);

/// What the center told legs and wrote, in order, as text: incoming legs are `c1`, `c2` …, dialled
/// ones `d1`, `d2` ….
pub(super) struct Lab {
    pub(super) center: Center,
    pub(super) now: Now,
    pub(super) names: HashMap<LegId, String>,
    incoming: usize,
    dialled: usize,
    pub(super) plays: HashMap<LegId, PlayId>,
    /// Plays that tell the number of the agent who has taken the call.
    pub(super) named: HashSet<PlayId>,
    pub(super) records: Vec<InteractionRecord>,
    pub(super) interactions: Vec<InteractionId>,
    /// What the journal got, as it stores it.
    pub(super) written: Vec<String>,
    trace: Vec<String>,
    cseq: u32,
    /// Whom each leg that was dialled is shown, by its name.
    pub(super) shown: HashMap<String, CallerId>,
    /// The agents who work in a browser, and how often each page was loaded and connected.
    pub(super) pages: HashMap<u64, (u64, u64)>,
}

fn flow(json: &str) -> Arc<Flow> {
    Arc::new(Flow::parse(json).unwrap())
}

/// Rings until an agent answers.
const RINGING: &str = r#"{"version": 1, "id": "ringing", "name": "r", "language": "zh", "start": "q", "nodes": {
  "q": {"kind": "queue", "queue": "support", "answer": false}}}"#;

/// `1` leads to sales with a survey, `2` to a colleague, `3` to a callback.
const MENU: &str = r#"{"version": 1, "id": "menu", "name": "m", "language": "zh", "start": "m", "nodes": {
  "m": {"kind": "menu", "prompt": "menu_main", "outlets": {"1": "q", "2": "t", "3": "cb", "timeout": "h"}},
  "q": {"kind": "queue", "queue": "sales", "outlets": {"agent_left": "s", "3": "cb", "caller_left": "cb",
        "no_agent": "h"}},
  "s": {"kind": "survey", "question": "csat", "prompt": "survey_ask", "keys": "123"},
  "t": {"kind": "transfer", "target": "number:1002", "ring_timeout_s": 7, "outlets": {"done": "s", "failed": "h"}},
  "cb": {"kind": "callback", "queue": "sales"},
  "h": {"kind": "hangup", "prompt": "no_agent"}}}"#;

pub(super) fn setup(tenant: TenantId) -> Setup {
    let base = tenant.0 * 100;
    let title: Text = format!("t{tenant}").into();
    let of = directory::Tenant { id: tenant, name: title.clone(), title, demo: false, utc_offset_min: 480 };
    let mut directory = Directory::new(of);
    let none = || Private::new(Text::from(""));
    let numbers = ["1001", "1002", "1003"];
    for (i, number) in numbers.iter().enumerate() {
        let (id, number) = (AgentId(base + i as u64), Text::from(*number));
        directory
            .add_agent(Agent { id, tenant, number: number.clone(), name: none(), address: None, caller_id: None })
            .unwrap();
        let ha1 = Ha1 { md5: none(), sha256: none() };
        let device =
            Device { id: DeviceId(base + i as u64), tenant, name: number, agent: Some(id), ha1, message_lamp: true };
        directory.add_device(device).unwrap();
    }
    let trunk = |id, host: &str, max_calls| {
        let send_to = Some(format!("sip:{host}").into());
        Trunk { send_to, max_calls, ..Trunk::new(id, tenant, host) }
    };
    let did = |number: &str, target| Did { number: number.into(), tenant, target };
    let dids = vec![
        did("95001", DidTarget::Flow(FlowId(1))),
        did("95002", DidTarget::Queue(SALES)),
        did("95003", DidTarget::Queue(SUPPORT)),
        did("95005", DidTarget::Flow(FlowId(2))),
        did("95004", DidTarget::Agent(AgentId(base + 1))),
    ];
    let route = |trunk, priority| Route { prefix: "1".into(), trunk, priority, caller_id: None };
    let trunks = vec![trunk(CARRIER, "carrier", 2), trunk(SPARE, "spare", 0)];
    let queue = |id, name| QueueConfig {
        no_agent: acd::NoAgentPolicy::Wait,
        record: id == SALES,
        wrap_up_s: 10,
        announce_agent_number: id == SUPPORT,
        number: if id == SUPPORT { "8002".into() } else { "".into() },
        ..QueueConfig::new(id, tenant, name)
    };
    let queues_of = |i: usize| if i == 1 { vec![SUPPORT] } else { vec![SALES] };
    let agent = |i: usize| AgentConfig::new(AgentId(base + i as u64), tenant, numbers[i], &queues_of(i));
    Setup {
        secrets: HashMap::new(),
        databases: HashMap::new(),
        directory,
        plan: Plan::new(Numbering::default(), trunks, dids, vec![route(CARRIER, 0), route(SPARE, 1)]).unwrap(),
        queues: vec![queue(SALES, "sales"), queue(SUPPORT, "support")],
        agents: (0..3).map(agent).collect(),
        mailbox_agents: HashMap::new(),
        thresholds: Vec::new(),
        flows: HashMap::from([(FlowId(1), flow(MENU)), (FlowId(2), flow(RINGING))]),
        settings: HashMap::from([("call.longest_s".into(), "36000".into())]),
        seed: 1,
    }
}

pub(super) const T: TenantId = TenantId(1);

/// The agent with the number 1001, 1002 or 1003 of the first tenant.
pub(super) fn agent(number: u64) -> AgentId {
    AgentId(100 + number - 1001)
}

pub(super) fn device(number: u64) -> DeviceId {
    DeviceId(100 + number - 1001)
}

impl Lab {
    pub(super) fn new() -> Self {
        Self::changed(|_| ())
    }

    /// With other settings.
    pub(super) fn changed(change: impl Fn(&mut Setup)) -> Self {
        let now = Now { mono: Mono::from_millis(1_000_000), wall: Wall(1_772_420_000_000) };
        let mut center = Center::new(1);
        for tenant in [T, TenantId(2)] {
            let mut setup = setup(tenant);
            change(&mut setup);
            center.add_tenant(now, setup).unwrap();
        }
        Self {
            center,
            now,
            names: HashMap::new(),
            incoming: 0,
            dialled: 0,
            plays: HashMap::new(),
            named: HashSet::new(),
            records: Vec::new(),
            interactions: Vec::new(),
            written: Vec::new(),
            trace: Vec::new(),
            cseq: 0,
            shown: HashMap::new(),
            pages: HashMap::new(),
        }
    }

    /// The first tenant's settings change while calls stand.
    pub(super) fn reload(&mut self, change: impl Fn(&mut Setup)) {
        let mut setup = setup(T);
        change(&mut setup);
        self.center.set_tenant(self.now, setup).unwrap();
        self.drain();
    }

    /// The first tenant's people may not call these numbers from now on.
    pub(super) fn lists(&mut self, numbers: &'static str) {
        self.reload(|setup| drop(setup.settings.insert("calls.do_not_call".into(), numbers.into())));
    }

    /// With these agents' telephones registered, so that they are ready.
    pub(super) fn with(agents: &[u64]) -> Self {
        let mut lab = Self::new();
        for number in agents {
            lab.register(*number, 3600);
        }
        lab.trace();
        lab
    }

    /// What has happened since the last time, without what tests seldom look at.
    pub(super) fn trace(&mut self) -> Vec<String> {
        self.drain();
        std::mem::take(&mut self.trace)
    }

    /// Only what begins with one of these words.
    pub(super) fn told(&mut self, words: &[&str]) -> Vec<String> {
        self.trace().into_iter().filter(|t| words.iter().any(|w| t.starts_with(w))).collect()
    }

    pub(super) fn wait(&mut self, seconds: u64) {
        let end = self.now.after(Duration::from_secs(seconds));
        while let Some(at) = self.center.poll_timeout().filter(|at| *at <= end.mono) {
            let by = at.max(self.now.mono) - self.now.mono;
            self.now = self.now.after(by);
            self.center.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    pub(super) fn call(&mut self, origin: Origin, to: &str) -> LegId {
        self.call_for(T, origin, to, None)
    }

    pub(super) fn caller(&mut self, to: &str) -> LegId {
        self.call(Origin::Trunk(CARRIER), to)
    }

    pub(super) fn call_for(&mut self, tenant: TenantId, origin: Origin, to: &str, replaces: Option<LegId>) -> LegId {
        let leg = self.center.new_leg(self.now);
        self.incoming += 1;
        self.names.insert(leg, format!("c{}", self.incoming));
        let call = Incoming {
            tenant,
            origin,
            dialled: to.into(),
            caller: "13900000001".into(),
            caller_name: "".into(),
            sip_call_id: "id".into(),
            peer: ([192, 0, 2, 1], 5060).into(),
            replaces,
            browser: None,
        };
        self.event(LegEvent::Incoming { leg, call: Box::new(call) });
        leg
    }

    pub(super) fn event(&mut self, event: LegEvent) {
        self.center.handle(self.now, event);
        self.drain();
    }

    /// The leg that was dialled as the `n`th.
    pub(super) fn leg(&self, name: &str) -> LegId {
        *self.names.iter().find(|(_, n)| *n == name).unwrap_or_else(|| panic!("no leg {name}")).0
    }

    pub(super) fn rings(&mut self, name: &str) {
        let leg = self.leg(name);
        self.event(LegEvent::Ringing { leg, early_media: false });
    }

    /// Rings, and says that it can be told to answer.
    pub(super) fn rings_answerable(&mut self, name: &str) {
        let leg = self.leg(name);
        self.event(LegEvent::Answerable { leg });
        self.rings(name);
    }

    pub(super) fn answers(&mut self, name: &str) {
        let leg = self.leg(name);
        self.event(LegEvent::Answered { leg });
    }

    pub(super) fn hangs_up(&mut self, name: &str) {
        self.ends(name, Cause::Normal, true);
    }

    pub(super) fn ends(&mut self, name: &str, cause: Cause, by_peer: bool) {
        let leg = self.leg(name);
        self.event(LegEvent::Ended { leg, cause, status: None, by_peer, measured: false });
    }

    /// The far end is gone, and the figures of its media follow.
    pub(super) fn ends_unmeasured(&mut self, name: &str) {
        let leg = self.leg(name);
        self.event(LegEvent::Ended { leg, cause: Cause::Normal, status: None, by_peer: true, measured: true });
    }

    pub(super) fn measured(&mut self, name: &str, received: u64) {
        let leg = self.leg(name);
        let quality = MediaQuality { received, ..MediaQuality::default() };
        self.event(LegEvent::Measured { leg, quality: Some(Box::new(quality)) });
    }

    pub(super) fn presses(&mut self, name: &str, digit: char) {
        let leg = self.leg(name);
        self.event(LegEvent::Digit { leg, digit: digit.into(), source: DigitSource::Rtp });
    }

    /// What plays comes to its end.
    pub(super) fn played(&mut self, name: &str) {
        let leg = self.leg(name);
        let play = self.plays.remove(&leg).unwrap_or_else(|| panic!("nothing plays to {name}"));
        self.event(LegEvent::PlayDone { leg, play, finished: true });
    }

    pub(super) fn asks(&mut self, name: &str, target: &str, replaces: Option<&str>) {
        let leg = self.leg(name);
        let replaces = replaces.map(|r| self.leg(r));
        self.event(LegEvent::TransferAsked { leg, target: target.into(), replaces });
    }

    pub(super) fn register(&mut self, number: u64, expires_s: u32) {
        self.cseq += 1;
        let page = self.pages.get(&number).copied();
        let (loaded, connected) = page.unwrap_or_default();
        let uri: Text =
            format!("sip:{number}@desk{}", if loaded > 0 { loaded.to_string() } else { String::new() }).into();
        let flow = Some(number + 10_000 * connected);
        let source = "192.0.2.9:5060".into();
        let contact = Contact { uri: uri.into(), flow, source, browser: page.is_some(), ..Contact::default() };
        let change = RegisterChange::Update(vec![(contact, expires_s)]);
        let request = RegisterRequest { call_id: format!("r{loaded}").into(), cseq: self.cseq, change };
        self.center.register(self.now, T, device(number), &request).unwrap();
        self.drain();
    }

    /// The agent works in a browser, and its page has been loaded.
    pub(super) fn page(&mut self, number: u64) {
        self.pages.insert(number, (1, 0));
        self.register(number, 3600);
        self.trace();
    }

    /// A page's connection closes.
    pub(super) fn disconnects(&mut self, number: u64) {
        let (_, connected) = self.pages[&number];
        self.center.flow_closed(self.now, number + 10_000 * connected);
        self.drain();
    }

    /// The page registers by a new connection.
    pub(super) fn connects(&mut self, number: u64) {
        self.pages.entry(number).and_modify(|(_, connected)| *connected += 1);
        self.register(number, 3600);
    }

    /// The page is loaded anew, and registers.
    pub(super) fn loads(&mut self, number: u64) {
        self.pages.entry(number).and_modify(|(loaded, _)| *loaded += 1);
        self.connects(number);
    }

    /// An agent, or a supervisor for nobody, orders something about the first interaction.
    pub(super) fn orders(&mut self, who: Option<u64>, order: CallOrder) -> Result<(), Refused> {
        let by = who.map_or(By::Supervisor, |number| By::Agent(agent(number)));
        let done = self.center.order_call(self.now, T, self.interactions[0], by, order);
        self.drain();
        done
    }

    pub(super) fn supervises(&mut self, who: u64, mode: Supervision) -> Result<(), Refused> {
        let done = self.center.supervise(self.now, T, self.interactions[0], agent(who), mode);
        self.drain();
        done
    }

    pub(super) fn dials(&mut self, who: u64, to: &str) -> Result<InteractionId, Refused> {
        let done = self.center.dial(self.now, T, agent(who), &to.into());
        self.drain();
        done
    }

    /// What an agent does.
    pub(super) fn state(&self, number: u64) -> String {
        let status = self.center.agent_status(self.now, T, agent(number)).unwrap();
        let reason = status.reason.map(|r| format!(" {r}")).unwrap_or_default();
        format!("{}{reason}", status.state.as_str())
    }

    /// Ends what was told to end, as the edge does.
    pub(super) fn settle(&mut self) {
        self.drain();
        let told: Vec<(LegId, Cause)> = self.pending();
        for (leg, cause) in told {
            self.event(LegEvent::Ended { leg, cause, status: None, by_peer: false, measured: false });
        }
    }

    pub(super) fn pending(&self) -> Vec<(LegId, Cause)> {
        let mut told = Vec::new();
        for line in &self.trace {
            if let Some((name, cause)) = line.strip_prefix("hangup ").and_then(|l| l.split_once(' ')) {
                let cause = [
                    Cause::Normal,
                    Cause::Cancelled,
                    Cause::Transferred,
                    Cause::MediaLost,
                    Cause::NoAnswer,
                    Cause::Shutdown,
                    Cause::Overload,
                    Cause::Busy,
                    Cause::Forced,
                    Cause::NotFound,
                    Cause::OtherLeft,
                    Cause::TooLong,
                    Cause::AnsweredElsewhere,
                    Cause::Unreachable,
                    Cause::Declined,
                    Cause::Loop,
                ]
                .into_iter()
                .find(|c| c.as_str() == cause);
                told.push((name.to_owned(), cause.unwrap_or(Cause::Internal)));
            }
        }
        told.into_iter().map(|(name, cause)| (self.leg(&name), cause)).collect()
    }

    fn drain(&mut self) {
        while let Some(effect) = self.center.poll_effect() {
            let line = match effect {
                Effect::Leg(command) => self.command(&command),
                Effect::Watched { watches, state } => self.lamp(&watches, &state),
                Effect::Lookup(lookup) => {
                    let flow::Question::Http(asked) = &lookup.request.question else { panic!("asks by HTTP") };
                    format!("look up {} {} for {}", asked.method.as_str(), asked.url.reveal(), lookup.ask)
                }
                Effect::Summary(told) => {
                    let Summary { account, new, old, .. } = *told;
                    format!("summary {} {new}/{old}", account.reveal())
                }
                Effect::Journal(event) => {
                    self.written.push(serde_json::to_string(&event).expect("an event has a form in JSON"));
                    match event.what {
                        Happening::RoutingChanged { .. } => continue,
                        what => self.journal(what),
                    }
                }
            };
            self.trace.push(line);
        }
    }

    fn lamp(&self, watches: &[WatchId], state: &Watched) -> String {
        let number = |watch: &WatchId| watch.0.to_string();
        let watches = watches.iter().map(number).collect::<Vec<_>>().join("+");
        let dialogs = match state {
            Watched::Dialogs(dialogs) => dialogs,
            Watched::Messages { new, old } => return format!("lamp {watches} messages {new}/{old}"),
            Watched::Gone => return format!("lamp {watches} gone"),
        };
        let dialog = |d: &WatchedDialog| {
            let began = if d.initiator { "!" } else { "" };
            format!(" {}{began}:{}", self.name(d.leg), d.phase.as_str())
        };
        format!("lamp {watches}{}", dialogs.iter().map(dialog).collect::<String>())
    }

    fn name(&self, leg: LegId) -> &str {
        self.names.get(&leg).map_or("?", String::as_str)
    }

    fn command(&mut self, command: &LegCommand) -> String {
        if let LegCommand::Dial { leg, target, caller, .. } = command {
            self.dialled += 1;
            self.shown.insert(format!("d{}", self.dialled), caller.clone());
            self.names.insert(*leg, format!("d{}", self.dialled));
            let page = target.page.map_or("", |page| if page.returns { " back" } else { " page" });
            if let Some(page) = target.page {
                assert_eq!(self.center.interaction_of(*leg).map(|(_, id)| id), Some(page.interaction));
            }
            return format!("dial d{} {}{page}", self.dialled, target.uri.reveal());
        }
        if let LegCommand::Play { leg, play, sounds, .. } = command {
            self.plays.insert(*leg, *play);
            let names = |s: &Sound| matches!(s, Sound::Prompt { id, .. } if &**id == "agent_number_prefix");
            if sounds.iter().any(names) {
                self.named.insert(*play);
            }
        }
        if let LegCommand::StopPlay(leg) = command {
            self.plays.remove(leg);
        }
        let name = self.name(command.leg());
        match command {
            LegCommand::Answer(_) => format!("answer {name}"),
            LegCommand::Ring(_) => format!("ring {name}"),
            LegCommand::AskToAnswer(_) => format!("take {name}"),
            LegCommand::Hangup { cause, .. } => format!("hangup {name} {}", cause.as_str()),
            LegCommand::Connect { to: Connection::Bridge(to), .. } => format!("bridge {name} {}", self.name(*to)),
            LegCommand::Connect { to: Connection::Echo, .. } => format!("echo {name}"),
            LegCommand::Play { sounds, .. } => format!("play {name}{}", heard(sounds)),
            LegCommand::StopPlay(_) => format!("stop {name}"),
            LegCommand::Connect { to: Connection::Hear(sources), .. } => {
                let sources: Vec<&str> = sources.iter().map(|(leg, _)| self.name(*leg)).collect();
                format!("hear {name} {}", sources.join("+"))
            }
            LegCommand::SendDigits { digits, .. } => format!("digits {name} {}", digits.reveal()),
            LegCommand::PauseRecord { pause, .. } => format!("pause {name} {pause}"),
            LegCommand::Record { channel, .. } => format!("record {name} {channel}"),
            LegCommand::TransferProgress { progress, .. } => format!("progress {name} {progress:?}"),
            other => format!("{other:?}"),
        }
    }

    fn journal(&mut self, what: Happening) -> String {
        match what {
            Happening::InteractionStarted { id, direction, .. } => {
                self.interactions.push(id);
                format!("started {}", direction.as_str())
            }
            Happening::InteractionAnswered { .. } => "answered".to_owned(),
            Happening::InteractionState { state, .. } => format!("state {}", state.as_str()),
            Happening::InteractionEnded { record } => {
                let (outcome, by, cause) = (record.outcome.as_str(), record.ended_by.as_str(), record.cause.as_str());
                let line = format!("ended {outcome} {by} {cause}");
                self.records.push(*record);
                line
            }
            Happening::AgentState { agent, state, reason, .. } => {
                let reason = reason.map(|r| format!(" {r}")).unwrap_or_default();
                format!("agent {} {}{reason}", 1001 + agent.0 % 100, state.as_str())
            }
            Happening::Wrapped { agent, wrap_up_ms, .. } => format!("wrapped {} {wrap_up_ms}", 1001 + agent.0 % 100),
            Happening::Disposed { disposition, .. } => format!("disposed {}", disposition.code),
            Happening::Alarm { code, raised: true, .. } => format!("alarm {code}"),
            Happening::Alarm { code, .. } => format!("alarm over {code}"),
            Happening::EmergencyCalled { agent, number, .. } => {
                format!("emergency {number} {:?}", agent.map(|agent| 1001 + agent.0 % 100))
            }
            Happening::CallbackRequested { .. } => "callback".to_owned(),
            Happening::CallbackFollowed { news, status, attempts, .. } => {
                format!("followed {} {} {attempts}", news.as_str(), status.as_str())
            }
            Happening::SurveyAnswered { answer, .. } => format!("survey {answer}"),
            Happening::RecordingStarted { .. } => "recording".to_owned(),
            Happening::RecordingPaused { paused, .. } => format!("paused {paused}"),
            Happening::Supervised { by, agent, mode, .. } => {
                let number = |agent: AgentId| 1001 + agent.0 % 100;
                format!("supervised {} {:?} {}", number(by), agent.map(number), mode.as_str())
            }
            Happening::AnswerAsked { agent, .. } => format!("asked {}", 1001 + agent.0 % 100),
            Happening::Registered { contacts, .. } => format!("registered {}", contacts.len()),
            other => format!("{other:?}"),
        }
    }
}

fn heard(sounds: &[Sound]) -> String {
    let mut text = String::new();
    for sound in sounds {
        let _ = match sound {
            Sound::Prompt { id, .. } => write!(text, " {id}"),
            Sound::Music(_) => write!(text, " music"),
            Sound::Tone(tone) => write!(text, " {tone:?}"),
            Sound::Silence(_) => Ok(()),
            Sound::Message { .. } => write!(text, " message"),
        };
    }
    text
}
