//! Days under other settings.

use std::time::Duration;

use serde_json::{Value, json};

use crate::http::{Ask, Reply};
use crate::world::{ALPHA, BETA, SALES, World};

const PATH: &str = "/api/v1/rehearsals";
/// One agent with a telephone serves the queue all day.
const SEATS: &str = r#"[{"from": "08:00", "to": "20:00", "agents": 1}]"#;

fn written(calls: u32, draft: &Value) -> Value {
    let demand = format!(
        r#"{{"version": 1, "calls": [{{"from": "09:00", "number": "{SALES}", "calls": {calls}}}], "seats": {SEATS},
            "talk_s": 30, "wrap_up_s": 5, "patience_s": 60}}"#
    );
    json!({"source": {"kind": "written", "day": "2026-11-24", "demand": demand}, "draft": draft, "seed": 3})
}

async fn begin(world: &World, token: &str, request: &Value) -> Reply {
    world.ask(Ask::new("POST", PATH).token(token).json(request)).await
}

/// Asks after a job until it has ended: it takes a moment.
async fn ended(world: &World, token: &str, job: &Value) -> Value {
    let path = format!("{PATH}/{}", job["id"].as_str().unwrap());
    loop {
        let now = world.get(token, path.as_str()).await.json();
        if now["state"] != "running" {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_rehearse_supervisors_read_and_nobody_across_the_border_does() {
    let world = World::start().await;
    let (admin, watcher) = (world.login(ALPHA, "admin").await, world.login(ALPHA, "super").await);
    let (agent, theirs) = (world.login(ALPHA, "agent").await, world.login(BETA, "admin").await);
    let request = written(40, &json!({}));
    for token in [&watcher, &agent] {
        assert_eq!(begin(&world, token, &request).await.status, 403);
    }
    assert_eq!(world.get(&agent, PATH).await.status, 403);
    let before = world.get(&watcher, PATH).await.json();
    assert_eq!((&before["last"], &before["days"]), (&Value::Null, &json!([])), "{before}");
    let begun = begin(&world, &admin, &request).await;
    assert_eq!(begun.status, 202, "{}", begun.text());
    let begun = begun.json();
    let done = ended(&world, &watcher, &begun).await;
    assert_eq!((&done["state"], &done["by"]), (&json!("done"), &json!("admin")), "{done}");
    let result = &done["result"];
    assert_eq!((&result["calls"], &result["today"]["calls"], &result["draft"]), (&json!(40), &json!(40), &Value::Null));
    assert_eq!(result["today"]["queues"][0]["queue"], "sales", "{result}");
    assert_eq!(result["today"]["broken_invariants"], json!([]), "{result}");
    assert!(result["today"]["served"].as_u64().unwrap() > 10, "{result}");
    // No number of anybody's is told.
    assert_eq!(world.get(&watcher, PATH).await.json()["last"]["id"], begun["id"]);
    assert_eq!(world.get(&theirs, PATH).await.json()["last"], Value::Null);
    let path = format!("{PATH}/{}", begun["id"].as_str().unwrap());
    for method in ["GET", "DELETE"] {
        assert_eq!(world.ask(Ask::new(method, path.as_str()).token(&theirs)).await.status, 404, "{method}");
    }
    assert_eq!(world.ask(Ask::new("DELETE", path.as_str()).token(&watcher)).await.status, 403);
    // The same seed gives the same day.
    let again = ended(&world, &admin, &begin(&world, &admin, &request).await.json()).await;
    assert_eq!(&again["result"], result);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_told_apart_from_today_and_what_is_wrong_with_it_is_named() {
    let world = World::start().await;
    let admin = world.login(ALPHA, "admin").await;
    let draft = "kind: queue\nname: sales\nspec:\n  members: ['1001', '1002']\n  max_wait_s: 1\n";
    let request = written(60, &json!({"settings": draft}));
    let done = ended(&world, &admin, &begin(&world, &admin, &request).await.json()).await;
    let result = &done["result"];
    assert_eq!(result["changes"][0]["name"], "sales", "{done}");
    assert!(result["draft"]["elsewhere"].as_u64() > result["today"]["elsewhere"].as_u64(), "{result}");
    assert!(!result["differences"].as_array().unwrap().is_empty(), "{result}");
    for (settings, said) in [
        ("kind: queue\nname: sales\nspec: {max_wait_s: soon}\n", "max_wait_s"),
        ("kind: queue\nname: sales\nspec: {members: ['9999']}\n", "9999"),
        ("kind: ghost\nname: sales\nspec: {}\n", "ghost"),
    ] {
        let refused = begin(&world, &admin, &written(10, &json!({"settings": settings}))).await;
        assert!(refused.status == 400 && refused.text().contains(said), "{settings}: {}", refused.text());
    }
    let refused = begin(&world, &admin, &written(10, &json!({"flows": ["ghost"]}))).await;
    assert!(refused.status == 400 && refused.text().contains("draft.flow"), "{}", refused.text());
    // A day without calls is told with those that have some.
    let past = json!({"source": {"kind": "recorded", "day": "2026-01-05"}});
    let failed = ended(&world, &admin, &begin(&world, &admin, &past).await.json()).await;
    assert_eq!(
        (&failed["state"], &failed["error"]["code"]),
        (&json!("failed"), &json!("nothing_recorded")),
        "{failed}"
    );
    for (source, field) in [
        (json!({"kind": "recorded", "day": "yesterday"}), "source.day"),
        (json!({"kind": "written", "day": "2026-11-24", "demand": "x"}), "demand"),
    ] {
        let refused = begin(&world, &admin, &json!({"source": source})).await;
        assert!(refused.status == 400 && refused.text().contains(field), "{}", refused.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_runs_at_a_time_and_is_stopped() {
    let world = World::start().await;
    let admin = world.login(ALPHA, "admin").await;
    let begun = begin(&world, &admin, &written(90_000, &json!({}))).await.json();
    let second = begin(&world, &admin, &written(10, &json!({}))).await;
    assert_eq!(second.error(), (409, "job_runs".into(), None));
    let path = format!("{PATH}/{}", begun["id"].as_str().unwrap());
    assert_eq!(world.ask(Ask::new("DELETE", path).token(&admin)).await.status, 204);
    let stopped = ended(&world, &admin, &begun).await;
    assert_eq!((&stopped["state"], &stopped["result"]), (&json!("cancelled"), &Value::Null));
    let after = ended(&world, &admin, &begin(&world, &admin, &written(10, &json!({}))).await.json()).await;
    assert_eq!(after["state"], "done", "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_has_been_is_played_again() {
    let world = World::start().await;
    world.desk.talk(ALPHA, "13800138000", SALES);
    world.desk.pass(Duration::from_secs(60));
    let given_up = world.desk.call(ALPHA, "13900139111", SALES);
    world.desk.pass(Duration::from_secs(3));
    world.desk.caller_leaves(given_up);
    world.desk.pass(Duration::from_secs(60));
    world.project().await;
    let admin = world.login(ALPHA, "admin").await;
    let days = world.get(&admin, PATH).await.json()["days"].clone();
    let day = days[0]["day"].as_str().unwrap_or_else(|| panic!("{days}")).to_owned();
    let request = json!({"source": {"kind": "recorded", "day": day}});
    let done = ended(&world, &admin, &begin(&world, &admin, &request).await.json()).await;
    assert_eq!((&done["result"]["calls"], &done["result"]["today"]["offered"]), (&json!(2), &json!(2)), "{done}");
    assert_eq!(done["result"]["assumptions"]["learnt_calls"], 2, "{done}");
}
