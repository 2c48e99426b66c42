//! A server with two tenants that have the same names and numbers.

use std::borrow::Cow;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use api::{ApiState, Assets, Audio, Door, PasswordCost, Peak, Recordings, Relay, hash_password};
use center::Setup;
use dialplan::{Did, DidTarget, Numbering, Plan, Trunk};
use directory::{Agent, Directory, Role, Tenant, User};
use journal::ladder::{Ladder, LadderOptions};
use journal::{Journal, Options};
use serde_json::json;
use store::{Fact, Login, Projector, Queue, QueueMember, Store};
use tempfile::TempDir;
use testkit::{PrivateLog, private_log};
use tokio::net::TcpListener;
use types::record::RecordingRecord;
use types::{AgentId, FlowId, QueueId, TenantId, Title, TrunkId, UserId};

use crate::desk::Desk;
use crate::http::{Ask, Reply};
use crate::prompts::{Spoken, Voice};

pub(crate) const ALPHA: TenantId = TenantId(1_000);
pub(crate) const BETA: TenantId = TenantId(2_000);
/// The queue's number.
pub(crate) const SALES: &str = "95001";
/// Where the proxy is that is trusted; callers are somewhere else.
pub(crate) const PROXY: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 7);
/// A relay for browsers' sound, and the secret that it is told.
pub(crate) const RELAY: &str = "turn:relay.example.com:3478";
const RELAY_SECRET: &str = "known to both of them";
/// Length of every recording: more than is sent at a time, and odd.
pub(crate) const WAV_BYTES: u64 = 150_001;

/// The agent with a telephone; the next one has none.
pub(crate) fn agent(tenant: TenantId) -> AgentId {
    AgentId(tenant.0 + 1)
}

pub(crate) fn agent_without_phone(tenant: TenantId) -> AgentId {
    AgentId(tenant.0 + 2)
}

pub(crate) fn queue(tenant: TenantId) -> QueueId {
    QueueId(tenant.0 + 9)
}

/// The byte at a place of every recording.
pub(crate) fn wav_byte(at: u64) -> u8 {
    (at % 251) as u8
}

pub(crate) struct World {
    pub(crate) desk: Arc<Desk>,
    pub(crate) store: Store,
    pub(crate) journal: Arc<Journal>,
    pub(crate) address: SocketAddr,
    _dir: TempDir,
    _log: PrivateLog,
}

struct Sound;

impl Recordings for Sound {
    fn open(&self, _: TenantId, _: &RecordingRecord) -> io::Result<Box<dyn Audio>> {
        Ok(Box::new(Sound))
    }
}

impl Audio for Sound {
    fn total_len(&self) -> u64 {
        WAV_BYTES
    }

    fn duration_ms(&self) -> u64 {
        5_000
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        for (at, byte) in (offset..).zip(out.iter_mut()) {
            *byte = wav_byte(at);
        }
        Ok(out.len())
    }

    fn peaks(&mut self, buckets: usize) -> io::Result<Vec<Vec<Peak>>> {
        Ok(vec![vec![(-0.5, 0.5); buckets], vec![(-0.25, 1.0); buckets]])
    }
}

impl World {
    /// Two tenants.
    pub(crate) async fn start() -> Self {
        Self::with(&[ALPHA, BETA], Options::default()).await
    }

    pub(crate) async fn with(tenants: &[TenantId], options: Options) -> Self {
        Self::with_closed(tenants, &[], options).await
    }

    /// Some of these tenants are in the store alone.
    pub(crate) async fn with_closed(tenants: &[TenantId], closed: &[TenantId], options: Options) -> Self {
        let names = tenants.iter().map(|tenant| person(*tenant));
        let passwords = tenants.iter().map(|tenant| password(*tenant, "super"));
        let callers = ["13800138000", "13900139000"].map(str::to_owned);
        let log = private_log(names.chain(passwords).chain(callers));
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_sqlite(dir.path().join("store.sqlite")).await.unwrap();
        let journal = Arc::new(Journal::open(dir.path().join("journal"), options).unwrap());
        let ladder = Arc::new(Ladder::open(dir.path().join("ladder"), LadderOptions::default()).unwrap());
        let mut setups = Vec::new();
        for tenant in tenants {
            setups.push(settle(&store, *tenant).await);
        }
        let desk = Arc::new(Desk::new(store.clone(), Arc::clone(&journal), &ladder, setups));
        let state = ApiState {
            store: store.clone(),
            journal: Arc::clone(&journal),
            ladder,
            backend: Arc::clone(&desk) as _,
            outbound: Arc::new(crate::outbound::Post),
            recordings: Arc::new(Sound),
            prompts: Arc::new(Spoken::default()),
            speaker: Arc::new(Voice),
            assets: Assets::new(page),
            closed: closed.into(),
            trusted_proxies: Arc::new([PROXY.to_string().parse().unwrap()]),
            relay: Some(Relay::new(vec![RELAY.to_owned()], RELAY_SECRET, true)),
            given: Arc::default(),
            node: 1,
            secret: [7; 32],
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(api::serve(
            vec![Door::plain(listener)],
            api::router(state),
            Arc::default(),
            std::future::pending(),
        ));
        Self { desk, store, journal, address, _dir: dir, _log: log }
    }

    pub(crate) async fn ask(&self, ask: Ask<'_>) -> Reply {
        ask.send(self.address).await
    }

    pub(crate) async fn get(&self, token: &str, path: impl Into<String>) -> Reply {
        self.ask(Ask::new("GET", path).token(token)).await
    }

    /// Signs in: `agent`, `idle` (an agent without a telephone), `super`, `admin`.
    pub(crate) async fn login(&self, tenant: TenantId, user: &str) -> String {
        let body = json!({"tenant": name(tenant), "username": user, "password": password(tenant, user)});
        let reply = self.ask(Ask::new("POST", "/api/v1/login").json(&body)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["token"].as_str().unwrap().to_owned()
    }

    /// Brings what is in the journal into the store.
    pub(crate) async fn project(&self) {
        let mut projector = Projector::open(self.store.clone()).await.unwrap();
        let mut events = self.journal.read_from(projector.cursor()).unwrap();
        loop {
            let stored = events.read().unwrap();
            if stored.is_empty() {
                return;
            }
            let facts = stored.iter().map(|s| Fact { pos: s.pos, tenant: s.tenant, at: s.at, json: s.json() });
            projector.apply(facts).await.unwrap();
        }
    }
}

pub(crate) fn name(tenant: TenantId) -> &'static str {
    if tenant == ALPHA { "alpha" } else { "beta" }
}

pub(crate) fn password(tenant: TenantId, user: &str) -> String {
    format!("{}-{user}-secret", name(tenant))
}

fn page(path: &str) -> Option<(Cow<'static, [u8]>, &'static str)> {
    match path {
        "index.html" => Some((b"<!doctype html><title>desk</title>".as_slice().into(), "text/html; charset=utf-8")),
        "assets/app-1a2b.js" => Some((b"let a = 1;".as_slice().into(), "text/javascript")),
        "desk/index.html" => {
            Some((b"<!doctype html><title>agent</title>".as_slice().into(), "text/html; charset=utf-8"))
        }
        "desk/assets/desk-3c4d.js" => Some((b"let b = 2;".as_slice().into(), "text/javascript")),
        "favicon.svg" => Some((b"<svg/>".as_slice().into(), "image/svg+xml")),
        _ => None,
    }
}

/// Writes a tenant into the store, and gives what its center is made of.
async fn settle(store: &Store, id: TenantId) -> Setup {
    let tenant = Tenant {
        id,
        name: name(id).into(),
        title: format!("{}公司", name(id)).into(),
        demo: false,
        utc_offset_min: 480,
    };
    store.put(&tenant).await.unwrap();
    let mut directory = Directory::new(tenant);
    let mut agents = Vec::new();
    for (agent, number, address) in
        [(agent(id), "1001", Some("sip:1001@10.9.9.9".into())), (agent_without_phone(id), "1002", None)]
    {
        let row = Agent {
            id: agent,
            tenant: id,
            number: number.into(),
            name: person(id).as_str().into(),
            address,
            caller_id: None,
        };
        store.put(&row).await.unwrap();
        store.put(&QueueMember { queue: queue(id), agent, tenant: id, config: json!({}) }).await.unwrap();
        directory.add_agent(row).unwrap();
        let config = json!({"id": agent, "tenant": id, "number": number, "queues": [queue(id)]});
        agents.push(serde_json::from_value(config).unwrap());
    }
    let config = json!({"id": queue(id), "tenant": id, "name": "sales", "wrap_up_s": 10});
    let title = Title::new("销售", "Sales");
    let row = Queue { id: queue(id), tenant: id, number: None, name: "sales".into(), title, config: json!({}) };
    store.put(&row).await.unwrap();
    for (n, (user, roles, agent)) in [
        ("agent", vec![Role::Agent], Some(agent(id))),
        ("idle", vec![Role::Agent], Some(agent_without_phone(id))),
        ("super", vec![Role::Supervisor], None),
        ("admin", vec![Role::Admin], None),
    ]
    .into_iter()
    .enumerate()
    {
        let password_hash = hash_password(&password(id, user), PasswordCost::DEMO).unwrap().into();
        let user = User { id: UserId(id.0 + n as u64), tenant: id, username: user.into(), roles, agent };
        store.put(&Login { user, password_hash, disabled: false }).await.unwrap();
    }
    let trunk = Trunk::new(TrunkId(id.0), id, "carrier");
    let did = Did { number: SALES.into(), tenant: id, target: DidTarget::Queue(queue(id)) };
    store.put(&trunk).await.unwrap();
    store.put(&did).await.unwrap();
    let plan = Plan::new(Numbering::default(), vec![trunk], vec![did], vec![]).unwrap();
    let flows = std::collections::HashMap::<FlowId, _>::new();
    let queues = vec![serde_json::from_value(config).unwrap()];
    let mailbox_agents = Default::default();
    Setup {
        directory,
        plan,
        queues,
        agents,
        mailbox_agents,
        flows,
        settings: Default::default(),
        thresholds: vec![],
        secrets: Default::default(),
        databases: Default::default(),
        seed: 1,
    }
}

/// The name of each agent of a tenant.
pub(crate) fn person(tenant: TenantId) -> String {
    format!("{}的坐席", name(tenant))
}
