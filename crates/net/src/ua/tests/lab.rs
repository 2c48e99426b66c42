//! A user agent with one device, `1001` of the realm `demo`, whose password is `secret`.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use media::engine::MediaCommand;
use sip::digest::{Challenge, ClientAuth};
use sip::flow::{Flow, Transport};
use sip::header::HeaderName;
use sip::message::Message;
use types::event::Binding;
use types::leg::{CallerId, Registered, Target, Text};
use types::register::{Contact, DigestChoice, RegisterChange, RegisterRejected, RegisterRequest, Registering};
use types::watch::{Summary, WatchId, WatchRefused, WatchRequest, Watched};
use types::{DeviceId, LegCommand, LegEvent, LegId, Mono, Now, Private, TenantId, TrunkId, Wall};

use crate::mind::{Admission, Claim, Credential, Line, Mind, Way};
use crate::ua::{MediaPlane, NoPort, Ua, UaConfig};

pub(super) const DEVICE: DeviceId = DeviceId(1);
pub(super) const LEG: LegId = LegId(7);
/// H(1001:demo:secret).
const MD5: &str = "ddf4a56804ab62e6005cfa2085929d13";
/// The same by SHA-256.
const SHA256: &str = "d5502af0930d25a30ef92d5394557fe000dfda1d29fe42061a0a55689a0c46ca";
const SECRET: [u8; 32] = [1; 32];
pub(super) const SDP: &[u8] =
    b"v=0\r\no=b 2 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n";

/// Nobody listens to the audio.
pub(crate) struct Silence;

impl MediaPlane for Silence {
    fn open(&mut self, _: Now, _: LegId, _: Option<LegId>) -> Result<u16, NoPort> {
        Ok(40_000)
    }

    fn command(&mut self, _: MediaCommand) {}

    fn flush(&mut self, _: Mono) -> Option<Mono> {
        None
    }
}

/// What the mind does and was told.
pub(super) struct Noting {
    digest: DigestChoice,
    commands: VecDeque<LegCommand>,
    pub(super) events: Vec<LegEvent>,
    pub(super) registered: Vec<RegisterRequest>,
    pub(super) failed: Vec<String>,
    pub(super) watches: Vec<WatchId>,
    pub(super) watched: VecDeque<(WatchId, Arc<Watched>)>,
    pub(super) summaries: VecDeque<Box<Summary>>,
    /// Telephones that were not told, and whether they would not hear of it.
    pub(super) untold: Vec<(DeviceId, bool)>,
    pub(super) lines: Option<Vec<Line>>,
    /// Which trunks were asked, and whether they answered.
    pub(super) looked: Vec<(TrunkId, bool)>,
    /// How registrations of trunks stand, as they were told.
    pub(super) registrations: Vec<(TrunkId, Registering)>,
}

impl Mind for Noting {
    type Message = ();

    fn handle_leg(&mut self, _: Now, event: LegEvent) {
        self.events.push(event);
    }

    fn handle_message(&mut self, _: Now, (): ()) {}

    fn handle_timeout(&mut self, _: Now) {}

    fn poll_timeout(&mut self) -> Option<Mono> {
        None
    }

    fn poll_command(&mut self) -> Option<LegCommand> {
        self.commands.pop_front()
    }

    fn commit(&mut self, _: Now) {}

    fn await_written(&mut self) {}

    fn new_leg(&mut self, _: Now) -> LegId {
        LEG
    }

    fn tenant_of(&self, _: LegId) -> Option<TenantId> {
        None
    }

    fn admit(&self, claim: &Claim<'_>) -> Admission {
        if let Some(by) = claim.registered.filter(|by| by.to_contact && claim.method == "INVITE") {
            return Admission::Trunk { tenant: by.tenant, trunk: by.trunk };
        }
        Admission::Challenge { realm: "demo".into(), digest: self.digest }
    }

    fn credential(&self, realm: &str, user: &str) -> Option<Credential> {
        let secrets = (Private::new(MD5.into()), Private::new(SHA256.into()));
        let known = (realm, user) == ("demo", "1001");
        known.then_some(Credential { tenant: TenantId(1), device: DEVICE, md5: secrets.0, sha256: secrets.1 })
    }

    fn register(&mut self, now: Now, _: DeviceId, request: &RegisterRequest) -> Result<Vec<Binding>, RegisterRejected> {
        self.registered.push(request.clone());
        let RegisterChange::Update(contacts) = &request.change else { return Ok(Vec::new()) };
        let binding = |(contact, expires_s): &(Contact, u32)| Binding {
            uri: contact.uri.clone(),
            flow: contact.flow,
            source: contact.source.clone(),
            expires: Wall(now.wall.0 + i64::from(*expires_s) * 1000),
            call_id: request.call_id.clone(),
            cseq: request.cseq,
            path: contact.path.clone(),
            browser: contact.browser,
            instance: contact.instance.clone(),
            reg_id: contact.reg_id,
        };
        Ok(contacts.iter().map(binding).collect())
    }

    fn watch(&mut self, request: &WatchRequest) -> Result<(), WatchRefused> {
        assert_eq!(request.device, DEVICE);
        if &**request.target.reveal() != "1002" {
            return Err(WatchRefused::NotFound);
        }
        self.watches.push(request.watch);
        self.watched.push_back((request.watch, Arc::new(Watched::Dialogs(Vec::new()))));
        Ok(())
    }

    fn unwatch(&mut self, watch: WatchId) {
        self.watches.retain(|known| *known != watch);
    }

    fn poll_watched(&mut self) -> Option<(WatchId, Arc<Watched>)> {
        self.watched.pop_front()
    }

    fn poll_summary(&mut self) -> Option<Box<Summary>> {
        self.summaries.pop_front()
    }

    fn summary_failed(&mut self, device: DeviceId, refused: bool) {
        self.untold.push((device, refused));
    }

    fn poll_lines(&mut self) -> Option<Vec<Line>> {
        self.lines.take()
    }

    fn line_asked(&mut self, _: Now, _: TenantId, trunk: TrunkId, answered: bool) {
        self.looked.push((trunk, answered));
    }

    fn line_registered(&mut self, _: Now, _: TenantId, trunk: TrunkId, state: Registering) {
        self.registrations.push((trunk, state));
    }

    fn flow_closed(&mut self, _: Now, _: u64) {}

    fn flow_failed(&mut self, _: Now, uri: &Private<Text>, registered: &Registered) {
        assert_eq!(registered.device, DEVICE);
        self.failed.push(uri.reveal().to_string());
    }

    fn on_message(&mut self, _: Now, _: LegId, _: Way, _: Transport, _: SocketAddr, _: &[u8]) {}

    fn save_dialog(&mut self, _: Now, _: LegId, _: Option<&[u8]>) {}
}

/// The user agent and the time.
pub(super) struct Lab {
    pub(super) ua: Ua<Noting>,
    pub(super) now: Now,
    seq: u32,
}

impl Lab {
    pub(super) fn new(digest: DigestChoice) -> Self {
        let named: SocketAddr = "192.0.2.1:5060".parse().unwrap();
        let identities = [Transport::Udp, Transport::Tcp].map(|transport| (transport, named, named.to_string()));
        let config = UaConfig {
            identities: identities.into(),
            user_agent: String::new(),
            media_ip: None,
            recordings: std::env::temp_dir(),
            seed: 1,
            secret: SECRET,
        };
        let (events, registered, failed) = (Vec::new(), Vec::new(), Vec::new());
        let mind = Noting {
            digest,
            commands: VecDeque::new(),
            events,
            registered,
            failed,
            watches: Vec::new(),
            watched: VecDeque::new(),
            summaries: VecDeque::new(),
            untold: Vec::new(),
            lines: None,
            looked: Vec::new(),
            registrations: Vec::new(),
        };
        let now = Now { mono: Mono::from_millis(1_000), wall: Wall(1_700_000_000_000) };
        Self { ua: Ua::new(config, mind, Box::new(Silence)), now, seq: 0 }
    }

    /// A user name and a password as a page gets them.
    pub(super) fn lease(&self) -> (String, String) {
        sip::digest::Leases::new(&SECRET).issue(self.now.wall, "demo", "1001", 1800)
    }

    /// Hands a message in; what goes out then.
    pub(super) fn hear(&mut self, flow: Flow, text: &[u8]) -> Vec<(Flow, Message)> {
        self.ua.handle_packet(self.now, flow, Bytes::copy_from_slice(text));
        self.sent()
    }

    /// Registers with these fields besides the usual ones; the answer to a request without a proof, or to one.
    pub(super) fn register(&mut self, flow: Flow, fields: &str) -> Message {
        self.seq += 1;
        let (seq, transport) = (self.seq, flow.transport);
        let text = format!(
            "REGISTER sip:demo SIP/2.0\r\nVia: SIP/2.0/{transport} 10.0.0.9;branch=z9hG4bK{seq};rport\r\n{fields}\
             From: <sip:1001@demo>;tag=1\r\nTo: <sip:1001@demo>\r\nCall-ID: r\r\nCSeq: {seq} REGISTER\r\n\
             Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        );
        let mut out = self.hear(flow, text.as_bytes());
        assert_eq!(out.len(), 1, "one answer");
        out.remove(0).1
    }

    /// The same with a proof by the first of the challenges that `fits`.
    pub(super) fn prove(&mut self, flow: Flow, fields: &str, who: (&str, &str), algorithm: &str) -> Message {
        let asked = self.register(flow, fields);
        assert_eq!(asked.status(), Some(401));
        let other =
            |line: &&str| line.starts_with("WWW-Authenticate") && !line.contains(&format!("algorithm={algorithm}"));
        let text = String::from_utf8(asked.raw().to_vec()).unwrap();
        let kept: String = text.split_inclusive("\r\n").filter(|line| !other(line)).collect();
        let challenge = Challenge::of(&Message::parse(kept).unwrap()).expect("a challenge of that kind");
        let (name, value) = ClientAuth::new(challenge, who.0, who.1).authorize("REGISTER", "sip:demo", 7);
        self.register(flow, &format!("{}: {value}\r\n{fields}", name.as_str()))
    }

    /// Registers as the device.
    pub(super) fn registered(&mut self, flow: Flow, fields: &str) -> Message {
        self.prove(flow, fields, ("1001", "secret"), "MD5")
    }

    /// Rings a target.
    pub(super) fn dial(&mut self, target: Target) -> Vec<(Flow, Message)> {
        let caller = CallerId { number: Private::new("13800000001".into()), ..CallerId::default() };
        self.command(LegCommand::Dial { leg: LEG, tenant: TenantId(1), target, caller, on_behalf_of: None })
    }

    /// Gives the command; what goes out then.
    pub(super) fn command(&mut self, command: LegCommand) -> Vec<(Flow, Message)> {
        self.ua.mind.commands.push_back(command);
        self.turn()
    }

    /// Lets the mind have its say; what goes out then.
    pub(super) fn turn(&mut self) -> Vec<(Flow, Message)> {
        self.ua.handle_message(self.now, ());
        self.sent()
    }

    /// Lets this time pass, timer by timer; all that went out.
    pub(super) fn wait(&mut self, time: Duration) -> Vec<(Flow, Message)> {
        let until = self.now.mono + time;
        let mut out = Vec::new();
        while let Some(at) = self.ua.poll_timeout().filter(|at| *at <= until) {
            self.now.mono = at.max(self.now.mono);
            self.ua.handle_timeout(self.now);
            out.append(&mut self.sent());
        }
        self.now.mono = until;
        out
    }

    fn sent(&mut self) -> Vec<(Flow, Message)> {
        self.ua.commit(self.now);
        let out = std::iter::from_fn(|| self.ua.poll_transmit());
        out.map(|transmit| (transmit.flow, Message::scan(transmit.bytes).unwrap())).collect()
    }
}

/// A way in of this kind from an address.
pub(super) fn flow(transport: Transport, conn: u64) -> Flow {
    let remote = SocketAddr::new([203, 0, 113, 9].into(), 40_000 + u16::try_from(conn).unwrap());
    Flow { transport, local: "192.0.2.1:5060".parse().unwrap(), remote, conn }
}

/// An answer to a request of ours.
pub(super) fn answer(request: &Message, status: u16, body: Option<&[u8]>) -> Vec<u8> {
    let builder = sip::MessageBuilder::reply_to(request, status, Some("theirs"), None);
    let builder = builder.header(HeaderName::Contact, "<sip:1001@10.0.0.9>");
    match body {
        Some(body) => builder.finish_with("application/sdp", body),
        None => builder.finish(),
    }
}

/// The goodbye of who was called by this INVITE.
pub(super) fn bye(invite: &Message) -> Vec<u8> {
    let text = |name| String::from_utf8_lossy(invite.header(name).unwrap()).into_owned();
    let uri = invite.contact().unwrap().uri.as_str();
    format!(
        "BYE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKbye\r\nFrom: {};tag=theirs\r\nTo: {}\r\n\
         Call-ID: {}\r\nCSeq: 1 BYE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
        text(HeaderName::To),
        text(HeaderName::From),
        invite.call_id(),
    )
    .into_bytes()
}
