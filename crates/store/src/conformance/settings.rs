//! Rows come back as they were written, and uniqueness holds.

use dialplan::{Did, DidTarget, NumberForm, NumberFormat, NumberRule, Route, Trunk};
use directory::{Agent, Device, Permission, Tenant, Unfinished};
use serde_json::json;
use types::{AgentId, FlowId, QueueId, TeamId, TenantId, Title, TrunkId, UserId, Wall};

use super::fixtures::{agent, device, login, tenant};
use crate::error::Error;
use crate::row::Row;
use crate::rows::{
    AgentRouting, CustomRole, Dashboard, DispositionChoice, FlowVersion, Guard, Login, Prompt, PromptVersion, Queue,
    QueueMember, ReportView, RouteRow, Session, Setting, StoredDatabase, StoredSecret, Team,
};
use crate::store::Store;

const T: TenantId = TenantId(100);

pub(super) async fn run(store: &Store) {
    all_kinds_come_back(store).await;
    names_are_unique_within_a_tenant(store).await;
    sessions_expire(store).await;
    a_code_is_taken_once(store).await;
    a_setup_link_works_once(store).await;
    one_version_of_a_flow_is_live(store).await;
    many_rows_change_at_once_or_not_at_all(store).await;
    a_prompt_has_versions(store).await;
}

async fn a_prompt_has_versions(store: &Store) {
    let prompt = |audio: &str| Prompt {
        tenant: T,
        name: "welcome".into(),
        title: Title::new("欢迎", "Welcome"),
        words: Title::default(),
        audio: json!({ "zh": audio }),
    };
    comes_back(store, T, || (T, "welcome".to_owned()), prompt("aa"), prompt("bb")).await;
    let version = |version, audio: &str| PromptVersion {
        tenant: T,
        name: "welcome".into(),
        version,
        language: "zh".into(),
        audio: audio.into(),
        length_ms: 1_500,
        source: "欢迎.mp3".into(),
        made: Wall(5),
        by: "admin".into(),
    };
    comes_back(store, T, || (T, "welcome".to_owned(), 1), version(1, "aa"), version(1, "ab")).await;
    store.insert(&version(2, "bb")).await.expect("written");
    assert_eq!(store.prompt_versions(T, "welcome").await.expect("read"), [version(2, "bb"), version(1, "aa")]);
    assert_eq!(store.prompt_versions(TenantId(101), "welcome").await.expect("read"), []);
    let change = store.change(T).await.expect("begun");
    change.forget_prompt("welcome").await.expect("forgotten");
    change.commit().await.expect("done");
    assert_eq!(store.prompt_versions(T, "welcome").await.expect("read"), []);
}

/// Writes, reads, overwrites and removes one row.
async fn comes_back<T>(store: &Store, of: TenantId, key: impl Fn() -> T::Key, row: T, changed: T)
where
    T: Row + PartialEq + std::fmt::Debug,
{
    assert_eq!(store.get::<T>(of, key()).await.expect("read"), None);
    store.insert(&row).await.expect("written");
    assert!(matches!(store.insert(&row).await, Err(Error::Duplicate(table)) if table == T::TABLE));
    assert_eq!(store.get::<T>(of, key()).await.expect("read").as_ref(), Some(&row));
    store.put(&changed).await.expect("overwritten");
    assert_eq!(store.list::<T>(of).await.expect("read"), [changed]);
    assert!(store.delete::<T>(of, key()).await.expect("removed"));
    assert!(!store.delete::<T>(of, key()).await.expect("was gone"));
    store.put(&row).await.expect("written again");
}

async fn all_kinds_come_back(store: &Store) {
    let renamed = Tenant { title: "乙'; --".into(), demo: true, ..tenant(T.0) };
    comes_back(store, T, || T, tenant(T.0), renamed).await;
    assert_eq!(store.tenant_by_name("tenant-100").await.expect("read"), Some(tenant(T.0)));
    assert_eq!(store.tenant_by_name("none").await.expect("read"), None);

    let blocked = Login { disabled: true, ..login(T.0, u64::MAX, "li") };
    comes_back(store, T, || UserId(u64::MAX), login(T.0, u64::MAX, "li"), blocked).await;
    assert_eq!(store.login(T, "li").await.expect("read"), Some(login(T.0, u64::MAX, "li")));

    let moved =
        Agent { address: Some("sip:1@192.0.2.1".into()), caller_id: Some("95000".into()), ..agent(T.0, 1, "1001") };
    comes_back(store, T, || AgentId(1), agent(T.0, 1, "1001"), moved).await;

    let given = Device { agent: Some(AgentId(1)), ..device(T.0, 1, "1001") };
    comes_back(store, T, || types::DeviceId(1), device(T.0, 1, "1001"), given).await;
    assert_eq!(store.device_by_name(T, "1001").await.expect("read"), Some(device(T.0, 1, "1001")));

    let team = Team { id: TeamId(1), tenant: T, name: "a".into(), config: json!({}) };
    comes_back(store, T, || TeamId(1), team.clone(), Team { config: json!({"members": [1]}), ..team }).await;

    let view = ReportView {
        id: 1,
        tenant: T,
        owner: UserId(5),
        name: "周报".into(),
        shared: false,
        query: "by=agent".into(),
        saved: types::Wall(1),
    };
    comes_back(store, T, || 1, view.clone(), ReportView { shared: true, ..view }).await;
    let board = Dashboard {
        id: 1,
        tenant: T,
        owner: UserId(5),
        name: "值班".into(),
        shared: false,
        tiles: json!([]),
        saved: types::Wall(1),
    };
    let changed = Dashboard { tiles: json!([{"kind": "agents"}]), ..board.clone() };
    comes_back(store, T, || 1, board, changed).await;

    let trunk = Trunk {
        accept_from: vec!["192.0.2.0/24".parse().expect("a network")],
        send_to: Some("sip:192.0.2.1".into()),
        credentials: Some(("u".into(), "secret".into())),
        max_calls: 30,
        numbers: NumberForm {
            format: NumberFormat::E164,
            rules: vec![NumberRule { prefix: "021".into(), strip: 3, prepend: "9".into() }],
        },
        caller_ids: vec!["01062345678".into()],
        pass_caller: true,
        ..Trunk::new(TrunkId(1), T, "carrier")
    };
    comes_back(store, T, || TrunkId(1), trunk.clone(), Trunk { max_calls: 0, ..trunk }).await;

    let route = |priority, caller_id: Option<&str>| {
        let caller_id = caller_id.map(Into::into);
        RouteRow { tenant: T, route: Route { prefix: "0".into(), trunk: TrunkId(1), priority, caller_id } }
    };
    comes_back(store, T, || ("0".to_owned(), TrunkId(1)), route(1, None), route(2, Some("95000"))).await;

    let did = |target| Did { number: "95004".into(), tenant: T, target };
    let key = || (T, "95004".to_owned());
    comes_back(store, T, key, did(DidTarget::Flow(FlowId(1))), did(DidTarget::Queue(QueueId(2)))).await;
    store.put(&did(DidTarget::Agent(AgentId(3)))).await.expect("written");
    assert_eq!(store.get::<Did>(T, key()).await.expect("read"), Some(did(DidTarget::Agent(AgentId(3)))));

    let (id, title, config) = (QueueId(1), Title::default(), json!({"n": 1}));
    let queue = Queue { id, tenant: T, number: None, name: "sales".into(), title, config };
    let numbered = Queue { number: Some("800".into()), title: Title::new("销售\"", "Sales"), ..queue.clone() };
    comes_back(store, T, || QueueId(1), queue, numbered).await;

    let secret = |value: &str| StoredSecret { tenant: T, name: "crm".to_owned(), value: value.to_owned().into() };
    comes_back(store, T, || (T, "crm".to_owned()), secret("one"), secret("two")).await;

    let database = |host: &str| StoredDatabase { tenant: T, name: "crm".to_owned(), config: json!({"host": host}) };
    comes_back(store, T, || (T, "crm".to_owned()), database("one"), database("two")).await;

    let choice = |offered| DispositionChoice {
        tenant: T,
        code: "solved".into(),
        title: Title::new("已解决", "Solved"),
        place: -1,
        offered,
    };
    comes_back(store, T, || (T, "solved".to_owned()), choice(true), choice(false)).await;

    let member = |config| QueueMember { queue: QueueId(1), agent: AgentId(1), tenant: T, config };
    comes_back(store, T, || (QueueId(1), AgentId(1)), member(json!({})), member(json!({"penalty": 1}))).await;
    assert_eq!(store.members_of(T, QueueId(1)).await.expect("read"), [member(json!({}))]);
    assert_eq!(store.members_of(T, QueueId(2)).await.expect("read"), []);

    let routing = |config| AgentRouting { agent: AgentId(1), tenant: T, config };
    comes_back(store, T, || AgentId(1), routing(json!({})), routing(json!({"skills": {"英语": 3}}))).await;

    let setting = |value| Setting { tenant: T, key: "hours".to_owned(), value };
    comes_back(store, T, || (T, "hours".to_owned()), setting(json!([9, 18])), setting(json!("中文"))).await;
}

async fn names_are_unique_within_a_tenant(store: &Store) {
    let taken = |result| matches!(result, Err(Error::Duplicate("user")));
    assert!(taken(store.insert(&login(T.0, 901, "li")).await), "the name is taken");
    assert!(taken(store.put(&login(T.0, 901, "li")).await), "by another row");
    store.put(&login(T.0 + 1, 901, "li")).await.expect("another tenant's name is another");
    store.put(&login(T.0 + 1, 901, "han")).await.expect("a row may be renamed");
    assert!(matches!(store.insert(&agent(T.0, 902, "1001")).await, Err(Error::Duplicate("agent"))));
    assert!(matches!(store.insert(&device(T.0, 902, "1001")).await, Err(Error::Duplicate("device"))));
    let number = |number: Option<&str>, id, name: &str| {
        let (number, name) = (number.map(Into::into), name.into());
        Queue { id: QueueId(id), tenant: T, number, name, title: Title::default(), config: json!(null) }
    };
    store.put(&number(Some("801"), 2, "b")).await.expect("written");
    assert!(matches!(store.insert(&number(Some("801"), 3, "c")).await, Err(Error::Duplicate("queue"))));
    store.put(&number(None, 3, "c")).await.expect("queues without a number do not collide");
}

async fn a_code_is_taken_once(store: &Store) {
    let guard = Guard {
        given_hash: Some("hashed".into()),
        secret: Some("sealed".into()),
        confirmed: true,
        last_step: 7,
        recovery: json!(["a", "b"]),
        ..Guard::none(T, UserId(5))
    };
    comes_back(store, T, || UserId(5), Guard::none(T, UserId(5)), guard.clone()).await;
    store.put(&guard).await.expect("written");
    let step = async |tenant, step| store.take_step(tenant, UserId(5), step).await.expect("tried");
    assert!(!step(T, 7).await && !step(T, 6).await && !step(TenantId(T.0 + 1), 9).await);
    assert!(step(T, 8).await && !step(T, 8).await);
    assert!(store.swap_recovery(&guard, json!(["b"])).await.expect("tried"));
    assert!(!store.swap_recovery(&guard, json!(["a"])).await.expect("tried"), "they have changed meanwhile");

    let role = |permissions: &[Permission]| CustomRole {
        tenant: T,
        name: "night".into(),
        title: Title::new("夜班", "Night"),
        permissions: permissions.iter().copied().collect(),
    };
    let (some, none) = (role(&[Permission::SettingsRead, Permission::Supervise]), role(&[]));
    comes_back(store, T, || (T, "night".to_owned()), some, none).await;
}

async fn a_setup_link_works_once(store: &Store) {
    store.put_setup_link("old", Wall(1_000)).await.expect("written");
    store.put_setup_link("new", Wall(1_000)).await.expect("written");
    let has = async |hash, at| store.has_setup_link(hash, Wall(at)).await.expect("read");
    assert!(has("new", 999).await && !has("new", 1_000).await && !has("old", 1).await);
    let take = async |hash, at| store.take_setup_link(hash, Wall(at)).await.expect("tried");
    assert!(!take("old", 1).await && !take("new", 1_000).await && take("new", 999).await && !take("new", 999).await);
}

async fn sessions_expire(store: &Store) {
    let session = |hash: &str, user, expires| Session {
        token_hash: hash.to_owned(),
        tenant: T,
        user: UserId(user),
        created: Wall(0),
        expires: Wall(expires),
        address: "192.0.2.7".into(),
        client: "Firefox".to_owned(),
        unfinished: Some(Unfinished::SecondFactor).filter(|_| user == 2),
    };
    for (hash, user, expires) in [("a", 1, 1_000), ("b", 1, 2_000), ("c", 2, 1_000)] {
        store.insert(&session(hash, user, expires)).await.expect("written");
    }
    assert_eq!(store.session("a", Wall(999)).await.expect("read"), Some(session("a", 1, 1_000)));
    assert_eq!(store.session("a", Wall(1_000)).await.expect("read"), None, "it has expired");
    assert_eq!(store.session("none", Wall(0)).await.expect("read"), None);
    assert_eq!(store.purge_sessions(Wall(1_000)).await.expect("removed"), 2);
    assert_eq!(store.sessions_of(T, UserId(1)).await.expect("read"), [session("b", 1, 2_000)]);
    assert_eq!(store.end_sessions(TenantId(T.0 + 1), UserId(1)).await.expect("removed"), 0);
    assert_eq!(store.end_sessions(T, UserId(1)).await.expect("removed"), 1);
    assert_eq!(store.session("b", Wall(0)).await.expect("read"), None);
}

async fn one_version_of_a_flow_is_live(store: &Store) {
    let flow = |id, version, published| FlowVersion {
        id: FlowId(id),
        version,
        tenant: T,
        name: "main".into(),
        title: Title::new("主菜单", "Main menu"),
        definition: json!({"nodes": [version]}),
        published,
    };
    for version in 1..=3 {
        store.insert(&flow(1, version, false)).await.expect("written");
    }
    store.insert(&flow(2, 1, true)).await.expect("written");
    assert!(!store.publish_flow(T, FlowId(1), 4).await.expect("there is no version 4"));
    assert!(store.publish_flow(T, FlowId(1), 3).await.expect("published"));
    assert!(store.publish_flow(T, FlowId(1), 2).await.expect("published"));
    assert_eq!(store.published_flows(T).await.expect("read"), [flow(1, 2, true), flow(2, 1, true)]);
    assert_eq!(store.newest_flow(T, FlowId(1)).await.expect("read"), Some(flow(1, 3, false)));
    let heads = store.flow_heads(T).await.expect("read");
    assert_eq!(heads, [flow(1, 2, true), flow(1, 3, false), flow(2, 1, true)]);
    let change = store.change(T).await.expect("begun");
    change.forget_flow(FlowId(1), "menu").await.expect("removed");
    change.commit().await.expect("committed");
    assert_eq!(store.flow_heads(T).await.expect("read"), [flow(2, 1, true)]);
}

async fn many_rows_change_at_once_or_not_at_all(store: &Store) {
    const OWN: TenantId = TenantId(170);
    let (a, b, c) = (agent(OWN.0, 1701, "1"), agent(OWN.0, 1702, "2"), agent(OWN.0, 1703, "3"));
    let write = async |before: &[Agent], after: &[Agent]| {
        let change = store.change(OWN).await.expect("begun");
        change.rows(before, after).await?;
        change.commit().await
    };
    write(&[], &[a.clone(), b.clone()]).await.expect("written");
    let crossed = [agent(OWN.0, 1701, "2"), agent(OWN.0, 1702, "1"), c.clone()];
    write(&[a.clone(), b.clone()], &crossed).await.expect("two numbers change places");
    assert_eq!(store.list::<Agent>(OWN).await.expect("read"), crossed);
    let twice = [crossed[0].clone(), agent(OWN.0, 1704, "9"), agent(OWN.0, 1705, "9")];
    assert!(matches!(write(&crossed, &twice).await, Err(Error::Duplicate("agent"))));
    assert_eq!(store.list::<Agent>(OWN).await.expect("read"), crossed, "nothing has changed");
    let begun = store.change(OWN).await.expect("begun");
    begun.rows(&crossed, &[]).await.expect("removed");
    drop(begun);
    assert_eq!(store.list::<Agent>(OWN).await.expect("read"), crossed, "what is not committed does not count");
    let other = store.change(TenantId(171)).await.expect("begun");
    other.rows(&crossed, &[]).await.expect("nothing of its own");
    other.commit().await.expect("committed");
    assert_eq!(store.list::<Agent>(OWN).await.expect("read"), crossed, "another tenant's rows stay");
}
