//! What is to be delivered is taken in once and together with what made it.

use serde_json::json;
use types::{DeliveryId, TenantId, Wall};

use crate::delivery::{Delivery, DeliveryFilter, DeliveryKind, DeliveryStatus, Origin};
use crate::rows::{AlertSubscription, MailServer, ReportSchedule, ScheduleRun};
use crate::store::Store;

const T: TenantId = TenantId(900);
const OTHER: TenantId = TenantId(901);

fn delivery(tenant: TenantId, id: u64, once: &str, due: i64) -> Delivery {
    Delivery {
        id: DeliveryId(id),
        tenant,
        kind: DeliveryKind::Mail,
        topic: "report".into(),
        source: "daily".into(),
        once: once.into(),
        recipient: "li@example.com".into(),
        title: "日报".into(),
        body: "{}".into(),
        status: DeliveryStatus::Waiting,
        attempts: 0,
        due: Wall(due),
        created: Wall(1),
        ended: None,
        answer: "".into(),
    }
}

fn run_of(done: i64) -> ScheduleRun {
    let (name, ran) = ("daily".to_owned(), Some(Wall(done)));
    ScheduleRun { tenant: T, name, done: Wall(done), ran, missed: 0, letters: 2, problem: None }
}

pub(super) async fn run(store: &Store) {
    settings_come_back(store).await;
    each_is_taken_in_once(store).await;
    what_waits_is_found_and_what_ended_is_forgotten(store).await;
}

async fn settings_come_back(store: &Store) {
    let server = MailServer { tenant: T, config: json!({"host": "mx"}), password: "tiger".into() };
    store.put(&server).await.expect("written");
    assert_eq!(store.list::<MailServer>(T).await.expect("read"), [server]);
    assert!(store.list::<MailServer>(OTHER).await.expect("read").is_empty());
    let schedule = ReportSchedule { tenant: T, name: "daily".into(), config: json!({"at": "08:00"}) };
    store.put(&schedule).await.expect("written");
    assert_eq!(store.list::<ReportSchedule>(T).await.expect("read"), [schedule]);
    let told = AlertSubscription { tenant: T, name: "ops".into(), config: json!({}), secret: "s".into() };
    store.put(&told).await.expect("written");
    assert_eq!(store.list::<AlertSubscription>(T).await.expect("read"), [told]);
}

async fn each_is_taken_in_once(store: &Store) {
    let two = [delivery(T, 1, "a", 10), delivery(T, 2, "b", 5), delivery(OTHER, 3, "a", 7)];
    assert_eq!(store.deliver(&two, Origin::Run(&run_of(10))).await.expect("taken in"), 0);
    // After a crash the same is made again, under other ids.
    let again = [delivery(T, 4, "a", 10), delivery(T, 5, "c", 20)];
    store.deliver(&again, Origin::Run(&run_of(20))).await.expect("taken in");
    assert_eq!(store.list::<ScheduleRun>(T).await.expect("read"), [run_of(20)]);
    let due = store.due_deliveries(&[], Wall(10), 10).await.expect("read");
    assert_eq!(due.iter().map(|d| d.id.0).collect::<Vec<_>>(), [2, 3, 1]);
    assert_eq!(due[2], two[0]);
    let due = store.due_deliveries(&[T], Wall(10), 10).await.expect("read");
    assert_eq!(due.iter().map(|d| d.id.0).collect::<Vec<_>>(), [3], "without a tenant that is not served");

    assert_eq!(store.delivery_cursor("alarms").await.expect("read"), None);
    for pos in [7, 9] {
        store.deliver(&[], Origin::Journal("alarms", pos)).await.expect("remembered");
        assert_eq!(store.delivery_cursor("alarms").await.expect("read"), Some(pos));
    }
}

async fn what_waits_is_found_and_what_ended_is_forgotten(store: &Store) {
    assert_eq!(store.next_delivery(&[]).await.expect("read"), Some(Wall(5)));
    let sent = Delivery {
        status: DeliveryStatus::Sent,
        ended: Some(Wall(30)),
        answer: "250 ok".into(),
        ..delivery(T, 2, "b", 5)
    };
    store.put(&sent).await.expect("written");
    assert_eq!(store.next_delivery(&[]).await.expect("read"), Some(Wall(7)));
    let page = async |filter: DeliveryFilter, cursor: Option<&str>, limit| {
        let page = store.deliveries(T, &filter, cursor, limit).await.expect("read");
        (page.rows.iter().map(|d| d.id.0).collect::<Vec<_>>(), page.next)
    };
    let (newest, next) = page(DeliveryFilter::default(), None, 2).await;
    assert_eq!(newest, [5, 2]);
    assert_eq!(page(DeliveryFilter::default(), next.as_deref(), 2).await, (vec![1], None));
    let sent = DeliveryFilter { status: Some(DeliveryStatus::Sent), ..DeliveryFilter::default() };
    assert_eq!(page(sent, None, 9).await.0, [2]);
    let posts = DeliveryFilter { kind: Some(DeliveryKind::Webhook), ..DeliveryFilter::default() };
    assert_eq!(page(posts, None, 9).await.0, Vec::<u64>::new());
    assert_eq!(store.forget_deliveries(Wall(30)).await.expect("done"), 0);
    assert_eq!(store.forget_deliveries(Wall(31)).await.expect("done"), 1);
    assert_eq!(page(DeliveryFilter::default(), None, 9).await.0, [5, 1]);
}
