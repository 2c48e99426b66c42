//! Two tenants with the same names and numbers: no question of one finds, changes or removes rows of the other.

use dialplan::{Did, DidTarget, Route, Trunk};
use directory::{Agent, Device, Permissions, Tenant};
use serde_json::json;
use types::record::RecordingRecord;
use types::{
    AgentId, DeviceId, FlowId, InteractionId, QueueId, RecordingId, TeamId, TenantId, Title, TrunkId, UserId, Wall,
};

use super::fixtures::{Journal, agent, device, ended, login, record, tenant, wish};
use crate::callbacks::Callback;
use crate::error::Error;
use crate::interactions::{Filter, Interaction, Number};
use crate::projection::Projector;
use crate::row::Row;
use crate::rows::{
    AgentRouting, CustomRole, DispositionChoice, FlowVersion, Guard, Login, Queue, QueueMember, RouteRow, Session,
    Setting, StoredSecret, Team,
};
use crate::store::Store;

const A: TenantId = TenantId(400);
const B: TenantId = TenantId(401);

pub(super) async fn run(store: &Store) {
    every_kind_of_setting(store).await;
    settings_by_name(store).await;
    projections(store).await;
}

/// `of` makes the same thing for either tenant; `key` is that of A's.
async fn kept_apart<T>(store: &Store, key: impl Fn() -> T::Key, of: impl Fn(TenantId) -> T)
where
    T: Row + PartialEq + std::fmt::Debug,
{
    store.insert(&of(A)).await.expect("written");
    assert_eq!(store.list::<T>(B).await.expect("read"), [], "{}", T::TABLE);
    assert_eq!(store.get::<T>(B, key()).await.expect("read"), None, "{}", T::TABLE);
    assert!(!store.delete::<T>(B, key()).await.expect("nothing removed"), "{}", T::TABLE);
    assert_eq!(store.list::<T>(A).await.expect("read"), [of(A)], "{}", T::TABLE);
}

/// As [`kept_apart`], for things whose key could be another tenant's: to write over it is refused.
async fn not_taken_over<T>(store: &Store, key: impl Fn() -> T::Key, of: impl Fn(TenantId) -> T)
where
    T: Row + PartialEq + std::fmt::Debug,
{
    kept_apart(store, key, &of).await;
    let taken = store.put(&of(B)).await;
    assert!(matches!(taken, Err(Error::Duplicate(table)) if table == T::TABLE), "{}: {taken:?}", T::TABLE);
    assert_eq!(store.list::<T>(A).await.expect("read"), [of(A)], "{}", T::TABLE);
    assert_eq!(store.list::<T>(B).await.expect("read"), [], "{}", T::TABLE);
}

async fn every_kind_of_setting(store: &Store) {
    kept_apart(store, || A, |t| tenant(t.0)).await;
    not_taken_over(store, || UserId(4_000), |t| login(t.0, 4_000, "admin")).await;
    not_taken_over(store, || AgentId(4_000), |t| agent(t.0, 4_000, "1001")).await;
    not_taken_over(store, || DeviceId(4_000), |t| device(t.0, 4_000, "1001")).await;
    let team = |tenant| Team { id: TeamId(4_000), tenant, name: "a".into(), config: json!(1) };
    not_taken_over(store, || TeamId(4_000), team).await;
    let trunk = |tenant| Trunk::new(TrunkId(4_000), tenant, "t");
    not_taken_over(store, || TrunkId(4_000), trunk).await;
    let route = |tenant| RouteRow {
        tenant,
        route: Route { prefix: "9".into(), trunk: TrunkId(4_000), priority: 1, caller_id: None },
    };
    not_taken_over(store, || ("9".to_owned(), TrunkId(4_000)), route).await;
    let queue = |tenant| {
        let (id, title) = (QueueId(4_000), Title::default());
        Queue { id, tenant, number: None, name: "q".into(), title, config: json!(1) }
    };
    not_taken_over(store, || QueueId(4_000), queue).await;
    let member = |tenant| QueueMember { queue: QueueId(4_000), agent: AgentId(4_000), tenant, config: json!(1) };
    not_taken_over(store, || (QueueId(4_000), AgentId(4_000)), member).await;
    let routing = |tenant| AgentRouting { agent: AgentId(4_000), tenant, config: json!(1) };
    not_taken_over(store, || AgentId(4_000), routing).await;
    let flow = |tenant| FlowVersion {
        id: FlowId(4_000),
        version: 1,
        tenant,
        name: "f".into(),
        title: Title::default(),
        definition: json!(1),
        published: true,
    };
    not_taken_over(store, || (FlowId(4_000), 1), flow).await;
    let session = |tenant| Session {
        token_hash: "shared".to_owned(),
        tenant,
        user: UserId(4_000),
        created: Wall(0),
        expires: Wall(9),
        address: "192.0.2.1".into(),
        client: String::new(),
        unfinished: None,
    };
    not_taken_over(store, || UserId(4_000), |tenant| Guard::none(tenant, UserId(4_000))).await;
    let role =
        |tenant| CustomRole { tenant, name: "r".into(), title: Title::default(), permissions: Permissions::default() };
    kept_apart(store, || (A, "r".to_owned()), role).await;
    not_taken_over(store, || "shared".to_owned(), session).await;
    kept_apart(store, || (A, "k".to_owned()), |tenant| Setting { tenant, key: "k".to_owned(), value: json!(1) }).await;
    let secret = |tenant| StoredSecret { tenant, name: "crm".into(), value: "open sesame".to_owned().into() };
    kept_apart(store, || (A, "crm".to_owned()), secret).await;
    let choice =
        |tenant| DispositionChoice { tenant, code: "solved".into(), title: Title::default(), place: 1, offered: true };
    kept_apart(store, || (A, "solved".to_owned()), choice).await;
    let did = |tenant| Did { number: "95004".into(), tenant, target: DidTarget::Queue(QueueId(4_000)) };
    kept_apart(store, || (A, "95004".to_owned()), did).await;
}

async fn settings_by_name(store: &Store) {
    assert_eq!(store.login(B, "admin").await.expect("read"), None);
    assert_eq!(store.device_by_name(B, "1001").await.expect("read"), None);
    assert_eq!(store.members_of(B, QueueId(4_000)).await.expect("read"), []);
    assert_eq!(store.sessions_of(B, UserId(4_000)).await.expect("read"), []);
    assert_eq!(store.published_flows(B).await.expect("read"), []);
    assert_eq!(store.newest_flow(B, FlowId(4_000)).await.expect("read"), None);
    assert!(!store.publish_flow(B, FlowId(4_000), 1).await.expect("nothing published"));
    // The same names are free for the other tenant, and lead each to its own.
    store.put(&tenant(B.0)).await.expect("written");
    store.put(&login(B.0, 4_001, "admin")).await.expect("written");
    store.put(&device(B.0, 4_001, "1001")).await.expect("written");
    let user = |login: Option<Login>| login.map(|login| login.user.id);
    assert_eq!(user(store.login(A, "admin").await.expect("read")), Some(UserId(4_000)));
    assert_eq!(user(store.login(B, "admin").await.expect("read")), Some(UserId(4_001)));
    let id = |device: Option<Device>| device.map(|device| device.id);
    assert_eq!(id(store.device_by_name(A, "1001").await.expect("read")), Some(DeviceId(4_000)));
    assert_eq!(id(store.device_by_name(B, "1001").await.expect("read")), Some(DeviceId(4_001)));
    assert_eq!(store.get::<Tenant>(B, A).await.expect("read"), None, "not even the tenant itself");
    assert_eq!(store.get::<Agent>(B, AgentId(4_000)).await.expect("read"), None);
}

async fn projections(store: &Store) {
    let mut projector = Projector::open(store.clone()).await.expect("opened");
    let of = |tenant: TenantId, id| {
        let mut record = record(tenant.0, id, 1_000, "13800138000", "95004");
        (record.queue, record.agent) = (Some(QueueId(4_000)), Some(AgentId(4_000)));
        let (started, tracks) = (record.started, vec![]);
        record.recordings = vec![RecordingRecord { id: RecordingId(id), started, ended: None, tracks, gaps: vec![] }];
        record
    };
    // An event of B's that claims the id of A's interaction changes nothing of A's.
    let events = [of(A, 4_100), of(B, 4_200), of(B, 4_100)].map(ended);
    let journal = Journal::new(20_000, events.into_iter().chain([wish(A.0, 4_100, 5, "1380")]));
    for fact in journal.facts() {
        projector.apply([fact]).await.expect("applied");
    }
    let number = |number: Number| Filter { number: Some(number), ..Filter::default() };
    for filter in [
        Filter::default(),
        Filter { queue: Some(QueueId(4_000)), ..Filter::default() },
        Filter { agent: Some(AgentId(4_000)), ..Filter::default() },
        number(Number::Exact("95004".into())),
        number(Number::Ending("8000".into())),
    ] {
        for (tenant, id) in [(A, 4_100), (B, 4_200)] {
            let page = store.interactions(tenant, &filter, None, 100).await.expect("read");
            let found: Vec<_> = page.rows.iter().map(|row| (row.tenant, row.id.0)).collect();
            assert_eq!(found, [(tenant, id)], "{filter:?}");
        }
    }
    let (a, b) = (InteractionId(4_100), InteractionId(4_200));
    assert!(store.record(A, a).await.expect("read").is_some() && store.record(B, b).await.expect("read").is_some());
    assert!(store.record(B, a).await.expect("read").is_none() && store.record(A, b).await.expect("read").is_none());
    for (tenant, recording, expected) in [(A, 4_100, Some(a)), (B, 4_200, Some(b)), (B, 4_100, None), (A, 4_200, None)]
    {
        assert_eq!(store.interaction_of(tenant, RecordingId(recording)).await.expect("read"), expected);
    }
    assert_eq!(store.get::<Interaction>(A, b).await.expect("read"), None);
    assert_eq!(store.callbacks(B, None, None, 10).await.expect("read").rows, []);
    assert_eq!(store.list::<Callback>(A).await.expect("read").len(), 1);
}
