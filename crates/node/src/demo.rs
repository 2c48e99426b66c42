//! The demo tenant: everything that its manual names, with passwords that everyone knows.

use dialplan::{Did, DidTarget, Trunk};
use directory::{Agent, Device, Ha1, Role, Tenant, User};
use store::{DispositionChoice, FlowVersion, Login, Queue, QueueMember, Setting, Store};
use types::leg::Text;
use types::register::DigestChoice;
use types::{AgentId, DeviceId, FlowId, IdSource, Private, QueueId, TenantId, Title, TrunkId, UserId, Wall};

/// The demo tenant's name: also the realm of its telephones.
pub const NAME: &str = "demo";
/// Where 95004 to 95006 lead unless a setting says otherwise.
const BRIDGE_TARGET: &str = "sip:agent@127.0.0.1:26060";
/// Agents 1001 to 1200; up to this one they serve sales, the others support.
const LAST_SALES_AGENT: u32 = 1100;
/// Agents of the load kit's queue, who all live at the bridge target.
const LOAD_AGENTS: u32 = 1000;

/// Hashes a demo user's password.
pub type Hasher = fn(&str) -> String;

macro_rules! flow {
    ($name:literal) => {
        include_str!(concat!("../../../packs/demo/flows/", $name, ".json"))
    };
}

/// Number, name, what people read in Chinese and English, and the graph.
const FLOWS: [(&str, &str, [&str; 2], &str); 7] = [
    ("95000", "main_menu", ["主菜单", "Main menu"], flow!("main_menu")),
    ("95001", "sales_direct", ["销售直拨", "Straight to sales"], flow!("sales_direct")),
    ("95002", "announcement", ["公告", "Announcement"], flow!("announcement")),
    ("95003", "echo", ["回声测试", "Echo test"], flow!("echo")),
    ("95004", "bridge", ["直接接通", "Bridge"], flow!("bridge")),
    ("95005", "load_queue", ["压测队列", "Load test queue"], flow!("load_queue")),
    ("95006", "bridge_recorded", ["直接接通并录音", "Bridge with recording"], flow!("bridge_recorded")),
];

/// Name, and what people read in Chinese and English.
const QUEUE_TITLES: [(&str, [&str; 2]); 4] = [
    ("sales", ["销售", "Sales"]),
    ("support", ["技术支持", "Support"]),
    ("operator", ["总机", "Operator"]),
    ("load", ["压测", "Load test"]),
];

/// What can be said of a call when it is over: code, and what people read in Chinese and English.
const DISPOSITIONS: [(&str, [&str; 2]); 12] = [
    ("solved", ["已解决", "Solved"]),
    ("follow_up", ["需要跟进", "Needs follow-up"]),
    ("order", ["成交", "Order taken"]),
    ("complaint", ["投诉", "Complaint"]),
    ("complaint.delivery", ["物流配送", "Delivery"]),
    ("complaint.quality", ["产品质量", "Product quality"]),
    ("complaint.quality.broken", ["到货损坏", "Broken on arrival"]),
    ("complaint.quality.wrong", ["与描述不符", "Not as described"]),
    ("complaint.service", ["服务态度", "Manner of service"]),
    ("forwarded", ["转交他人", "Handed on"]),
    ("wrong_number", ["打错电话", "Wrong number"]),
    ("nuisance", ["骚扰电话", "Nuisance call"]),
];

struct Seeder<'a> {
    store: &'a Store,
    ids: IdSource,
    now: Wall,
    tenant: TenantId,
    hash: Hasher,
}

/// Sets up the demo tenant unless it is there; one that an earlier version has set up gets what is new.
///
/// # Errors
/// The database fails.
pub(crate) async fn seed(store: &Store, node: u16, now: Wall, hash: Hasher) -> Result<(), store::Error> {
    if let Some(tenant) = store.tenant_by_name(NAME).await? {
        return add_what_is_new(store, tenant.id).await;
    }
    let mut ids = IdSource::new(node);
    let tenant = TenantId(ids.next(now));
    let mut seeder = Seeder { store, ids, now, tenant, hash };
    let title = Text::from("灵通演示");
    let queues = seeder.queues().await?;
    seeder.agents(&queues).await?;
    seeder.staff(&queues).await?;
    seeder.load_agents(queues.load).await?;
    seeder.numbers().await?;
    dispositions(store, tenant).await?;
    old_phones(store, tenant).await?;
    // The tenant comes last: a start that was cut off leaves nothing that counts as set up.
    store.insert(&Tenant { id: tenant, name: NAME.into(), title, demo: true, utc_offset_min: 480 }).await
}

/// Titles, dispositions and the choice of digests, where nobody has said anything else meanwhile.
async fn add_what_is_new(store: &Store, tenant: TenantId) -> Result<(), store::Error> {
    for queue in store.list::<Queue>(tenant).await?.into_iter().filter(|q| q.title.is_empty()) {
        let title = title_of_queue(&queue.name);
        store.put(&Queue { title, ..queue }).await?;
    }
    for flow in store.list::<FlowVersion>(tenant).await?.into_iter().filter(|f| f.title.is_empty()) {
        let known = FLOWS.iter().find(|(_, name, _, _)| *name == &*flow.name);
        let title = known.map_or_else(Title::default, |(_, _, [zh, en], _)| Title::new(zh, en));
        store.put(&FlowVersion { title, ..flow }).await?;
    }
    for flow in store.list::<FlowVersion>(tenant).await?.into_iter().filter(|f| f.published) {
        let shipped = FLOWS.iter().find(|(_, name, _, _)| *name == &*flow.name);
        let definition = shipped.and_then(|(_, _, _, json)| serde_json::from_str(json).ok());
        // One that somebody drew on stays as it is.
        let same = |new: &serde_json::Value| *new != flow.definition && unnamed(new) == unnamed(&flow.definition);
        if let Some(definition) = definition.filter(same) {
            store.put(&FlowVersion { definition, ..flow }).await?;
        }
    }
    if store.list::<DispositionChoice>(tenant).await?.is_empty() {
        dispositions(store, tenant).await?;
    }
    if !store.list::<Setting>(tenant).await?.iter().any(|s| s.key == DigestChoice::SETTING) {
        old_phones(store, tenant).await?;
    }
    Ok(())
}

/// A flow without what people read of its nodes.
fn unnamed(definition: &serde_json::Value) -> serde_json::Value {
    let mut plain = definition.clone();
    let nodes = plain.get_mut("nodes").and_then(serde_json::Value::as_object_mut);
    for node in nodes.into_iter().flat_map(serde_json::Map::values_mut).filter_map(serde_json::Value::as_object_mut) {
        for words in ["label", "title", "choices"] {
            node.remove(words);
        }
    }
    plain
}

/// Softphones of any age are tried with the demo, and some give up at a challenge that names SHA-256 too.
async fn old_phones(store: &Store, tenant: TenantId) -> Result<(), store::Error> {
    store.put(&Setting { tenant, key: DigestChoice::SETTING.to_owned(), value: "md5".into() }).await
}

async fn dispositions(store: &Store, tenant: TenantId) -> Result<(), store::Error> {
    for (place, (code, [zh, en])) in (1..).zip(DISPOSITIONS) {
        let (code, title) = (code.into(), Title::new(zh, en));
        store.insert(&DispositionChoice { tenant, code, title, place, offered: true }).await?;
    }
    Ok(())
}

fn title_of_queue(name: &str) -> Title {
    let known = QUEUE_TITLES.iter().find(|(known, _)| *known == name);
    known.map_or_else(Title::default, |(_, [zh, en])| Title::new(zh, en))
}

struct Queues {
    sales: QueueId,
    support: QueueId,
    operator: QueueId,
    load: QueueId,
}

impl Seeder<'_> {
    fn id(&mut self) -> u64 {
        self.ids.next(self.now)
    }

    async fn queue(
        &mut self,
        name: &str,
        number: Option<&str>,
        config: serde_json::Value,
    ) -> Result<QueueId, store::Error> {
        let (id, title) = (QueueId(self.id()), title_of_queue(name));
        let number = number.map(Text::from);
        self.store.insert(&Queue { id, tenant: self.tenant, number, name: name.into(), title, config }).await?;
        Ok(id)
    }

    async fn queues(&mut self) -> Result<Queues, store::Error> {
        let served = serde_json::json!({
            "wrap_up_s": 10, "ring_timeout_s": 20, "max_wait_s": 600, "max_length": 200,
            "announce_position_s": 30, "announce_wait_s": 30, "announce_agent_number": true
        });
        let load = serde_json::json!({"ring_timeout_s": 60, "record": false, "hidden": true});
        Ok(Queues {
            sales: self.queue("sales", Some("8001"), served.clone()).await?,
            support: self.queue("support", Some("8002"), served.clone()).await?,
            operator: self.queue("operator", Some("8000"), served).await?,
            load: self.queue("load", None, load).await?,
        })
    }

    /// A user, the agent that it is, its telephone, and its queues.
    async fn agent(&mut self, number: u32, name: &str, role: Role, queues: &[QueueId]) -> Result<(), store::Error> {
        let (agent, secret) = (AgentId(self.id()), format!("demo-{number}"));
        let number = Text::from(number.to_string());
        let row = Agent {
            id: agent,
            tenant: self.tenant,
            number: number.clone(),
            name: name.into(),
            address: None,
            caller_id: None,
        };
        self.store.insert(&row).await?;
        let device = Device {
            id: DeviceId(self.id()),
            tenant: self.tenant,
            name: number.clone(),
            agent: Some(agent),
            ha1: ha1(&number, &secret),
            message_lamp: true,
        };
        self.store.insert(&device).await?;
        for &queue in queues {
            self.member(queue, agent).await?;
        }
        self.login(&number, &secret, role, Some(agent)).await
    }

    async fn member(&self, queue: QueueId, agent: AgentId) -> Result<(), store::Error> {
        let member = QueueMember { queue, agent, tenant: self.tenant, config: serde_json::json!({}) };
        self.store.insert(&member).await
    }

    async fn login(
        &mut self,
        name: &str,
        secret: &str,
        role: Role,
        agent: Option<AgentId>,
    ) -> Result<(), store::Error> {
        let operates = role == Role::Supervisor;
        let roles = std::iter::once(role).chain(operates.then_some(Role::Operator)).collect();
        let user = User { id: UserId(self.id()), tenant: self.tenant, username: name.into(), roles, agent };
        let password_hash = Private::new((self.hash)(secret));
        self.store.insert(&Login { user, password_hash, disabled: false }).await
    }

    async fn agents(&mut self, queues: &Queues) -> Result<(), store::Error> {
        for number in 1001..=1200 {
            let queue = if number <= LAST_SALES_AGENT { queues.sales } else { queues.support };
            self.agent(number, &demo_name(number), Role::Agent, &[queue]).await?;
        }
        Ok(())
    }

    async fn staff(&mut self, queues: &Queues) -> Result<(), store::Error> {
        self.agent(2001, "班长 王敏", Role::Supervisor, &[queues.operator]).await?;
        self.login("admin", "demo-admin", Role::Admin, None).await
    }

    async fn load_agents(&mut self, queue: QueueId) -> Result<(), store::Error> {
        let address = || Some(Private::new(Text::from("setting:demo.bridge_target")));
        for n in 1..=LOAD_AGENTS {
            let id = AgentId(self.id());
            let number = Text::from(format!("load-{n}"));
            let row =
                Agent { id, tenant: self.tenant, name: "压测".into(), number, address: address(), caller_id: None };
            self.store.insert(&row).await?;
            self.member(queue, id).await?;
        }
        let (key, value) = ("demo.bridge_target".to_owned(), BRIDGE_TARGET.into());
        self.store.put(&Setting { tenant: self.tenant, key, value }).await
    }

    async fn numbers(&mut self) -> Result<(), store::Error> {
        let accept_from = ["127.0.0.1", "::1"].iter().filter_map(|n| n.parse().ok()).collect();
        let trunk = Trunk { accept_from, ..Trunk::new(TrunkId(self.id()), self.tenant, "loopback") };
        self.store.insert(&trunk).await?;
        for (number, name, [zh, en], json) in FLOWS {
            let id = FlowId(self.id());
            let definition = serde_json::from_str(json).unwrap_or_default();
            let (name, title, tenant) = (Text::from(name), Title::new(zh, en), self.tenant);
            self.store
                .insert(&FlowVersion { id, version: 1, tenant, name, title, definition, published: true })
                .await?;
            let did = Did { number: number.into(), tenant, target: DidTarget::Flow(id) };
            self.store.insert(&did).await?;
        }
        Ok(())
    }
}

fn ha1(name: &str, secret: &str) -> Ha1 {
    let [md5, sha256] = net::hashed_secrets(name, NAME, secret).map(|hash| Private::new(Text::from(hash)));
    Ha1 { md5, sha256 }
}

/// Two hundred names that differ, as a wall full of agents would show them.
fn demo_name(number: u32) -> String {
    const FAMILY: [char; 20] = [
        '李', '王', '张', '刘', '陈', '杨', '赵', '黄', '周', '吴', '徐', '孙', '胡', '朱', '高', '林', '何', '郭',
        '马', '罗',
    ];
    const GIVEN: [&str; 10] = ["伟", "芳", "娜", "强", "静", "磊", "洋", "艳", "勇", "婷"];
    let n = (number - 1001) as usize;
    format!("{}{}", FAMILY[n % 20], GIVEN[(n / 20) % 10])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of the setting that says how telephones are challenged.
    async fn digest(store: &Store, tenant: TenantId) -> Option<serde_json::Value> {
        let settings = store.list::<Setting>(tenant).await.unwrap();
        settings.into_iter().find(|s| s.key == DigestChoice::SETTING).map(|s| s.value)
    }

    #[tokio::test]
    async fn a_demo_of_an_earlier_version_gets_the_words_of_its_flows_unless_someone_drew_on_them() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_sqlite(dir.path().join("lingtong.db")).await.unwrap();
        seed(&store, 1, Wall(1), str::to_owned).await.unwrap();
        let tenant = store.tenant_by_name(NAME).await.unwrap().unwrap().id;
        let flows = async || store.list::<FlowVersion>(tenant).await.unwrap();
        let of = |flows: &[FlowVersion], name: &str| flows.iter().find(|f| &*f.name == name).unwrap().clone();
        let before = flows().await;
        let [mut plain, mut drawn] = ["echo", "announcement"].map(|name| of(&before, name));
        plain.definition = unnamed(&plain.definition);
        drawn.definition["nodes"]["speak"]["prompt"] = "queue_full".into();
        drawn.definition = unnamed(&drawn.definition);
        store.put(&plain).await.unwrap();
        store.put(&drawn).await.unwrap();
        seed(&store, 1, Wall(1), str::to_owned).await.unwrap();
        let after = flows().await;
        assert_eq!(of(&after, "echo").definition, of(&before, "echo").definition);
        assert_eq!(of(&after, "announcement").definition, drawn.definition);
    }

    #[tokio::test]
    async fn a_demo_of_an_earlier_version_takes_old_telephones_unless_someone_chose_otherwise() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_sqlite(dir.path().join("lingtong.db")).await.unwrap();
        let id = TenantId(7);
        let tenant = Tenant { id, name: NAME.into(), title: "t".into(), demo: true, utc_offset_min: 480 };
        store.insert(&tenant).await.unwrap();
        let again = async || seed(&store, 1, Wall(1), str::to_owned).await.unwrap();
        again().await;
        assert_eq!(digest(&store, id).await, Some("md5".into()));
        let chosen = Setting { tenant: id, key: DigestChoice::SETTING.to_owned(), value: "both".into() };
        store.put(&chosen).await.unwrap();
        again().await;
        assert_eq!(digest(&store, id).await, Some("both".into()));
    }
}
