//! Letters and posts: who sees them, and what may be done about them.

use api::{Answer, NotSent, Outbound};
use directory::Permission;
use serde_json::json;
use store::{Delivery, DeliveryKind, DeliveryStatus, Origin, ReportSchedule, ScheduleRun};
use types::{DeliveryId, Private, TenantId, Wall};

use crate::http::Ask;
use crate::world::{ALPHA, BETA, World};

/// A mail server that takes what goes to `li`, and refuses all others; reports for `daily` alone.
pub(crate) struct Post;

impl Outbound for Post {
    fn try_mail(&self, _: TenantId, to: Private<String>, zh: bool) -> Answer<'_, Result<String, NotSent>> {
        let refused = || NotSent::Refused { stage: "recipient", said: "550 who is that".into() };
        let taken = to.reveal().starts_with("li@");
        Box::pin(async move { if taken { Ok(format!("250 taken, Chinese: {zh}")) } else { Err(refused()) } })
    }

    fn run_schedule<'a>(&'a self, _: TenantId, name: &'a str) -> Answer<'a, Result<u32, NotSent>> {
        Box::pin(async move {
            match name {
                "daily" => Ok(2),
                "hollow" => Err(NotSent::NoReport("nothing to tell".into())),
                _ => Err(NotSent::NotFound),
            }
        })
    }

    fn deliver_again(&self, tenant: TenantId, id: DeliveryId) -> Answer<'_, Result<(), NotSent>> {
        let own = id == own_delivery(tenant);
        Box::pin(async move { if own { Ok(()) } else { Err(NotSent::NotFound) } })
    }

    fn settings_changed(&self) {}
}

fn own_delivery(tenant: TenantId) -> DeliveryId {
    DeliveryId(tenant.0 * 1000 + 1)
}

/// Something of a tenant's that waits to be sent; its id.
pub(crate) async fn waiting(world: &World, tenant: TenantId) -> String {
    let id = own_delivery(tenant);
    let delivery = Delivery {
        id,
        tenant,
        kind: DeliveryKind::Mail,
        topic: "report".into(),
        source: "daily".into(),
        once: "1".into(),
        recipient: format!("secret-{tenant}@example.com").into(),
        title: "日报".into(),
        body: "{}".into(),
        status: DeliveryStatus::Waiting,
        attempts: 1,
        due: Wall(1_790_000_060_000),
        created: Wall(1_790_000_000_000),
        ended: None,
        answer: "451 later".into(),
    };
    let name = "daily".to_owned();
    let ran = Some(Wall(1_790_000_000_000));
    let run = ScheduleRun { tenant, name, done: Wall(1_790_000_000_000), ran, missed: 1, letters: 1, problem: None };
    world.store.deliver(&[delivery], Origin::Run(&run)).await.unwrap();
    id.to_string()
}

#[tokio::test]
async fn what_waits_is_shown_with_the_last_answer_and_can_be_tried_at_once() {
    let world = World::start().await;
    let id = waiting(&world, ALPHA).await;
    waiting(&world, BETA).await;
    let token = world.login(ALPHA, "admin").await;
    let page = world.get(&token, "/api/v1/deliveries?kind=mail&status=waiting").await.json();
    assert_eq!(page["items"].as_array().unwrap().len(), 1, "{page}");
    let shown = &page["items"][0];
    assert_eq!((&shown["answer"], &shown["attempts"]), (&json!("451 later"), &json!(1)));
    assert!(shown["next_at"].is_string() && shown.get("body").is_none(), "{shown}");
    assert_eq!(world.get(&token, "/api/v1/deliveries?source=weekly").await.json()["items"], json!([]));
    let odd = world.get(&token, "/api/v1/deliveries?kind=pigeon").await;
    assert_eq!(odd.error(), (400, "bad_value".into(), Some("kind".into())));
    let again = world.ask(Ask::new("POST", format!("/api/v1/deliveries/{id}/retry")).token(&token)).await;
    assert_eq!((again.status, &again.json()["id"]), (200, &json!(id)));
    let agent = world.login(ALPHA, "agent").await;
    assert_eq!(world.get(&agent, "/api/v1/deliveries").await.status, 403, "{}", Permission::SettingsRead.as_str());
}

#[tokio::test]
async fn the_mail_servers_answer_is_told_in_plain_words_of_the_readers_language() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let ask = async |to: &str, language: &str| {
        let ask = Ask::new("POST", "/api/v1/mail-server/test").token(&token).header("accept-language", language);
        world.ask(ask.json(&json!({"to": to}))).await.json()
    };
    let taken = ask("li@example.com", "zh").await;
    assert_eq!((&taken["ok"], &taken["answer"]), (&json!(true), &json!("250 taken, Chinese: true")));
    let refused = ask("wang@example.com", "en").await;
    assert_eq!((&refused["ok"], &refused["stage"]), (&json!(false), &json!("recipient")));
    assert_eq!(refused["message"], "The mail server refused the recipient's address");
    assert_eq!(ask("wang@example.com", "zh").await["message"], "邮件服务器拒绝了收件人地址");
}

#[tokio::test]
async fn schedules_tell_when_they_are_due_and_how_it_went() {
    let world = World::start().await;
    let schedule = |name: &str, paused: bool| ReportSchedule {
        tenant: ALPHA,
        name: name.into(),
        config: json!({"recipients": ["a@b"], "at": "07:30", "title": {"zh": "日报"}, "paused": paused}),
    };
    for row in [schedule("daily", false), schedule("paused", true)] {
        world.store.put(&row).await.unwrap();
    }
    waiting(&world, ALPHA).await;
    let token = world.login(ALPHA, "admin").await;
    let all = world.get(&token, "/api/v1/report-schedules").await.json();
    let daily = &all["items"][0];
    assert_eq!((&daily["title"]["en"], &daily["last"]["missed"]), (&json!("日报"), &json!(1)), "{all}");
    assert!(daily["next_at"].as_str().unwrap().ends_with(":30:00.000Z"), "{all}");
    assert!(all["items"][1].get("next_at").is_none() && all["items"][1].get("last").is_none(), "{all}");
    let run = async |name: &str| {
        world.ask(Ask::new("POST", format!("/api/v1/report-schedules/{name}/run")).token(&token)).await
    };
    assert_eq!(run("daily").await.json(), json!({"letters": 2}));
    assert_eq!(run("hollow").await.json(), json!({"letters": 0, "problem": "nothing to tell"}));
    assert_eq!(run("none").await.status, 404);
}
