//! Interactions in progress, and what is said of them afterwards.

use std::time::Duration;

use serde_json::{Value, json};
use store::DispositionChoice;
use types::Title;
use types::event::Happening;

use crate::http::{Ask, Reply};
use crate::world::{ALPHA, SALES, World, agent, person};

async fn put(world: &World, token: &str, path: String, body: Value) -> Reply {
    world.ask(Ask::new("PUT", path).token(token).json(&body)).await
}

async fn detail(world: &World, token: &str, id: &str) -> Value {
    let reply = world.get(token, format!("/api/v1/interactions/{id}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

async fn with_choices() -> World {
    let world = World::start().await;
    for (place, code, offered) in [(2, "complaint", true), (1, "solved", true), (0, "old", false)] {
        let title = Title::new("已说", code);
        let choice = DispositionChoice { tenant: ALPHA, code: code.into(), title, place, offered };
        world.store.insert(&choice).await.unwrap();
    }
    world
}

#[tokio::test]
async fn a_call_in_progress_is_told_as_far_as_it_is_known() {
    let world = World::start().await;
    let call = world.desk.call(ALPHA, "13800138000", SALES);
    world.desk.pass(Duration::from_secs(2));
    world.desk.answer();
    world.desk.pass(Duration::from_secs(3));
    for (user, number) in [("super", "13800138000"), ("agent", "13800138000"), ("idle", "138****8000")] {
        let token = world.login(ALPHA, user).await;
        let told = detail(&world, &token, &call.id.to_string()).await;
        assert_eq!((&told["in_progress"], &told["from"]), (&json!(true), &json!(number)), "{user}");
        assert_eq!((&told["live"]["state"], &told["talk_ms"]), (&json!("talking"), &json!(3_000)));
        assert_eq!(told["agent"]["name"], person(ALPHA));
        assert_eq!(told["decisions"][0]["winner"]["agent_id"], agent(ALPHA).to_string());
        assert_eq!(told["legs"].as_array().unwrap().len(), 2);
        assert_eq!(told["messages"].as_array().unwrap().len(), 1, "the ladder so far");
        for open in ["ended_at", "outcome", "ended_by", "cause"] {
            assert_eq!(told[open], Value::Null, "only the end can tell {open}");
        }
    }
    world.desk.caller_leaves(call);
    world.project().await;
    let token = world.login(ALPHA, "super").await;
    let told = detail(&world, &token, &call.id.to_string()).await;
    assert_eq!((&told["in_progress"], &told["outcome"]), (&json!(false), &json!("answered")));
}

#[tokio::test]
async fn what_came_of_a_call_is_said_during_it_and_after() {
    let world = with_choices().await;
    let (own, other, boss) =
        (world.login(ALPHA, "agent").await, world.login(ALPHA, "idle").await, world.login(ALPHA, "super").await);
    let choices = world.get(&own, "/api/v1/dispositions").await.json();
    let codes: Vec<_> = choices["items"].as_array().unwrap().iter().map(|c| c["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["solved", "complaint"], "in their order, without what is not offered");

    let call = world.desk.call(ALPHA, "13800138000", SALES);
    world.desk.pass(Duration::from_secs(2));
    world.desk.answer();
    let path = format!("/api/v1/interactions/{}/disposition", call.id);
    let said = put(&world, &own, path.clone(), json!({"code": "solved", "note": "请周一回电 13911112222"})).await;
    assert_eq!((said.status, &said.json()["title"]["zh"]), (200, &json!("已说")), "{}", said.text());
    let note = put(&world, &own, path.clone(), json!({"code": "", "note": "先记下来"})).await;
    assert_eq!((note.status, &note.json()["code"]), (200, &json!("")), "a note alone: {}", note.text());
    assert_eq!(put(&world, &own, path.clone(), json!({"code": "solved"})).await.status, 200);
    assert_eq!(put(&world, &other, path.clone(), json!({"code": "solved"})).await.status, 403);
    for (body, field) in [
        (json!({"code": "old"}), "code"),
        (json!({"code": "no such"}), "code"),
        (json!({"code": "solved", "note": "x".repeat(2_001)}), "note"),
        (json!({"note": "x"}), "code"),
        (json!({"code": ""}), "code"),
    ] {
        let (status, _, named) = put(&world, &own, path.clone(), body.clone()).await.error();
        assert_eq!((status, named.as_deref()), (400, Some(field)), "{body}");
    }
    world.desk.caller_leaves(call);
    world.desk.pass(Duration::from_secs(60));
    world.project().await;
    let told = detail(&world, &own, &call.id.to_string()).await;
    assert_eq!((&told["said"]["code"], &told["said"]["by"]), (&json!("solved"), &json!("agent")));
    assert_eq!(told["wrap_ups"][0]["agent"]["number"], "1001");
    let hidden = world.get(&other, format!("/api/v1/interactions/{}", call.id)).await;
    assert_eq!(hidden.error().0, 404, "what was noted is no other agent's business");

    assert_eq!(put(&world, &boss, path, json!({"code": "complaint"})).await.status, 200);
    world.project().await;
    let list = world.get(&boss, "/api/v1/interactions").await.json();
    assert_eq!(list["items"][0]["disposition"], "complaint", "the last word counts");
    assert_eq!(list["items"][0]["disposition_title"]["en"], "complaint");
}

#[tokio::test]
async fn callbacks_are_listed_and_ticked_off() {
    let world = World::start().await;
    let call = world.desk.talk(ALPHA, "13800138000", SALES);
    for number in ["13800138000", "13900139000"] {
        let what = Happening::CallbackRequested {
            id: call.id,
            number: number.into(),
            queue: None,
            since: None,
            wants: Vec::new(),
            missed: false,
        };
        world.desk.write(ALPHA, what);
    }
    let (question, answer) = ("csat".into(), "1".into());
    world.desk.write(ALPHA, Happening::SurveyAnswered { id: call.id, question, answer });
    world.project().await;
    let boss = world.login(ALPHA, "super").await;
    let page = world.get(&boss, "/api/v1/callbacks?status=asked&limit=1").await.json();
    assert_eq!((&page["items"][0]["number"], &page["items"][0]["status"]), (&json!("13800138000"), &json!("asked")));
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    let rest = world.get(&boss, format!("/api/v1/callbacks?status=asked&cursor={cursor}")).await.json();
    assert_eq!((&rest["items"][0]["number"], &rest["next_cursor"]), (&json!("13900139000"), &Value::Null));

    let id = page["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/callbacks/{id}/status");
    let agent = world.login(ALPHA, "agent").await;
    assert_eq!(put(&world, &agent, path.clone(), json!({"status": "done"})).await.status, 403);
    let (status, _, field) = put(&world, &boss, path.clone(), json!({"status": "later"})).await.error();
    assert_eq!((status, field.as_deref()), (400, Some("status")));
    let changed = put(&world, &boss, path, json!({"status": "done"})).await.json();
    assert_eq!((&changed["status"], &changed["changed_by"]), (&json!("done"), &json!("super")));
    world.project().await;
    let sums = world.get(&boss, "/api/v1/callbacks/summary?days=366").await.json();
    let none = json!({"waiting": 0, "done": 0, "given_up": 0, "cancelled": 0});
    assert_eq!((&sums["asked"]["waiting"], &sums["asked"]["done"], &sums["missed"]), (&json!(1), &json!(1), &none));
    let (status, _, field) = world.get(&boss, "/api/v1/callbacks/summary?days=0").await.error();
    assert_eq!((status, field.as_deref()), (400, Some("days")));
    let done = world.get(&boss, "/api/v1/callbacks?status=done").await.json();
    assert_eq!((&done["items"][0]["id"], &done["items"][0]["changed_by"]), (&json!(id), &json!("super")));
    let masked = world.get(&agent, "/api/v1/callbacks").await.json();
    assert_eq!(masked["items"][0]["number"], "138****8000");

    let told = detail(&world, &boss, &call.id.to_string()).await;
    assert_eq!((&told["survey"][0]["question"], &told["survey"][0]["answer"]), (&json!("csat"), &json!("1")));
    assert_eq!(told["callbacks"].as_array().unwrap().len(), 2);
}
