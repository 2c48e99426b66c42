//! A caller: the signalling thread with a mind that does as the test says.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use bytes::Bytes;
use sip::flow::{Flow, Transport};
use tokio::runtime::Runtime;
use types::event::Binding;
use types::leg::{CallerId, Registered, Target, Text};
use types::register::{RegisterRejected, RegisterRequest};
use types::watch::{WatchId, WatchRefused, WatchRequest, Watched as State};
use types::{Cause, DeviceId, LegCommand, LegEvent, LegId, Mono, Now, Private, TenantId};

use super::dns;
use crate::mind::{Admission, Claim, Credential, Mind, Way};
use crate::outside::names::Names;
use crate::outside::{Connections, Listen};
use crate::signalling::{Outside, Post, Signalling, SignallingConfig};
use crate::ua::tests::lab::Silence;
use crate::ua::{Lookup, Proof, UaConfig};

const LEG: LegId = LegId(7);

struct Obeying {
    commands: VecDeque<LegCommand>,
    events: Sender<LegEvent>,
}

impl Mind for Obeying {
    type Message = LegCommand;

    fn handle_leg(&mut self, _: Now, event: LegEvent) {
        // The test may be over.
        let _ = self.events.send(event);
    }

    fn handle_message(&mut self, _: Now, command: LegCommand) {
        self.commands.push_back(command);
    }

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

    fn admit(&self, _: &Claim<'_>) -> Admission {
        Admission::Refuse(403)
    }

    fn credential(&self, _: &str, _: &str) -> Option<Credential> {
        None
    }

    fn register(&mut self, _: Now, _: DeviceId, _: &RegisterRequest) -> Result<Vec<Binding>, RegisterRejected> {
        Ok(Vec::new())
    }

    fn watch(&mut self, _: &WatchRequest) -> Result<(), WatchRefused> {
        Err(WatchRefused::NotFound)
    }

    fn unwatch(&mut self, _: WatchId) {}

    fn poll_watched(&mut self) -> Option<(WatchId, Arc<State>)> {
        None
    }

    fn flow_closed(&mut self, _: Now, _: u64) {}

    fn flow_failed(&mut self, _: Now, _: &Private<Text>, _: &Registered) {}

    fn on_message(&mut self, _: Now, _: LegId, _: Way, _: Transport, _: SocketAddr, _: &[u8]) {}

    fn save_dialog(&mut self, _: Now, _: LegId, _: Option<&[u8]>) {}
}

/// The real connections, with word of each name that was resolved.
struct Watched {
    connections: Connections<LegCommand>,
    resolved: Sender<()>,
}

impl Outside for Watched {
    fn send(&mut self, flow: Flow, bytes: Bytes) {
        self.connections.send(flow, bytes);
    }

    fn prove(&mut self, proof: Proof) {
        self.connections.prove(proof);
    }

    fn look_up(&mut self, lookup: Lookup) {
        let (names, shared) = (self.connections.names.clone(), self.connections.shared.clone());
        let resolved = self.resolved.clone();
        self.connections.runtime.spawn(async move {
            let found = names.find(lookup.uri.reveal()).await;
            shared.post.resolved(lookup, found);
            let _ = resolved.send(());
        });
    }
}

/// The caller.
pub(super) struct Caller {
    post: Post<LegCommand>,
    _signalling: Signalling<LegCommand>,
    events: Receiver<LegEvent>,
    resolved: Receiver<()>,
}

impl Caller {
    /// Starts its thread; names are asked of `dns`.
    pub(super) fn start(runtime: &Runtime, server: Option<SocketAddr>) -> Self {
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        // Nobody calls it by this address: answers go to where its requests came from.
        let named: SocketAddr = "127.0.0.1:5999".parse().unwrap();
        let identities = [Transport::Udp, Transport::Tcp].map(|transport| (transport, named, named.to_string()));
        let ua = UaConfig {
            identities: identities.into(),
            user_agent: "test".to_owned(),
            media_ip: None,
            recordings: std::env::temp_dir(),
            seed: 1,
            secret: [1; 32],
        };
        let config = SignallingConfig { udp: any, ua, dialogs: Vec::new() };
        let (sender, events) = mpsc::channel();
        let (told, resolved) = mpsc::channel();
        let mind = Obeying { commands: VecDeque::new(), events: sender };
        let _inside = runtime.enter();
        let names = Names::with(server.map(dns::resolver), true);
        let signalling = crate::signalling::start(
            config,
            mind,
            |_| Ok(Box::new(Silence)),
            |post| {
                let mut connections = Connections::start(&Listen { tcp: any, tls: None }, post)?;
                connections.names = std::sync::Arc::new(names);
                Ok(Box::new(Watched { connections, resolved: told }))
            },
        )
        .unwrap();
        Self { post: signalling.post(), _signalling: signalling, events, resolved }
    }

    /// Calls a URI through these proxies.
    pub(super) fn dial(&self, uri: &str, routes: &[&str]) {
        let target = Target {
            uri: Private::new(Text::from(uri)),
            routes: routes.iter().map(|route| Text::from(*route)).collect(),
            ..Target::default()
        };
        let caller = CallerId { number: Private::new("13800000001".into()), ..CallerId::default() };
        let dial = LegCommand::Dial { leg: LEG, tenant: TenantId(1), target, caller, on_behalf_of: None };
        self.post.message(dial).unwrap();
    }

    /// Ends the call.
    pub(super) fn hang_up(&self) {
        self.post.message(LegCommand::Hangup { leg: LEG, cause: Cause::Normal }).unwrap();
    }

    /// Waits until a name was resolved and the thread told.
    pub(super) fn wait_resolved(&self, patience: Duration) {
        self.resolved.recv_timeout(patience).expect("a name is resolved");
    }

    /// Waits for the answer.
    pub(super) fn wait_answered(&self, patience: Duration) {
        self.wait(patience, |event| matches!(event, LegEvent::Answered { .. }).then_some(()));
    }

    /// Waits for the end; gives its cause.
    pub(super) fn wait_ended(&self, patience: Duration) -> Cause {
        self.wait(patience, |event| match event {
            LegEvent::Ended { cause, .. } => Some(*cause),
            _ => None,
        })
    }

    fn wait<T>(&self, patience: Duration, fits: impl Fn(&LegEvent) -> Option<T>) -> T {
        loop {
            let event = self.events.recv_timeout(patience).expect("the leg's next event");
            if let Some(found) = fits(&event) {
                return found;
            }
            assert!(!matches!(event, LegEvent::Ended { .. }), "the leg ended: {event:?}");
        }
    }
}
