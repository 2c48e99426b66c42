//! Recorded days under other settings.

use std::time::Duration;

use serde_json::{Value, json};

use crate::http::{Ask, Reply};
use crate::world::{ALPHA, BETA, SALES, World};

const PATH: &str = "/api/v1/replays";

/// One caller is served, a second one gives up after three seconds: nobody has time for it.
async fn with_a_day() -> (World, String) {
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
    (world, day)
}

async fn begin(world: &World, token: &str, request: &Value) -> Reply {
    world.ask(Ask::new("POST", PATH).token(token).json(request)).await
}

/// Asks after a job until it has ended: it takes a moment.
async fn ended(world: &World, token: &str, job: &Value) -> Value {
    let path = format!("{PATH}/{}", job["id"].as_str().unwrap_or_else(|| panic!("{job}")));
    loop {
        let now = world.get(token, path.as_str()).await.json();
        if now["state"] != "running" {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_replay_supervisors_read_and_nobody_across_the_border_does() {
    let (world, day) = with_a_day().await;
    let (admin, watcher) = (world.login(ALPHA, "admin").await, world.login(ALPHA, "super").await);
    let (agent, theirs) = (world.login(ALPHA, "agent").await, world.login(BETA, "admin").await);
    let request = json!({"day": day});
    for token in [&watcher, &agent] {
        assert_eq!(begin(&world, token, &request).await.status, 403);
    }
    assert_eq!(world.get(&agent, PATH).await.status, 403);
    assert_eq!(world.get(&theirs, PATH).await.json(), json!({"days": [], "last": null}));
    let begun = begin(&world, &admin, &request).await;
    assert_eq!(begun.status, 202, "{}", begun.text());
    let begun = begun.json();
    let done = ended(&world, &watcher, &begun).await;
    assert_eq!((&done["state"], &done["by"]), (&json!("done"), &json!("admin")), "{done}");
    let result = &done["result"];
    for side in ["actual", "recorded", "draft"] {
        let told = &result[side];
        assert_eq!((&told["offered"], &told["queues"][0]["queue"]), (&json!(2), &json!("sales")), "{side}: {result}");
    }
    assert_eq!((&result["actual"]["served"], &result["actual"]["gave_up"]), (&json!(1), &json!(1)), "{result}");
    assert_eq!((&result["changes"], &result["calls"]), (&json!([]), &json!([])), "nothing is otherwise: {result}");
    // No caller's number is told, to nobody.
    assert!(!done.to_string().contains("13800138000") && !done.to_string().contains("13900139111"), "{done}");
    assert_eq!(world.get(&watcher, PATH).await.json()["last"]["id"], begun["id"]);
    let path = format!("{PATH}/{}", begun["id"].as_str().unwrap());
    for method in ["GET", "DELETE"] {
        assert_eq!(world.ask(Ask::new(method, path.as_str()).token(&theirs)).await.status, 404, "{method}");
    }
    assert_eq!(world.ask(Ask::new("DELETE", path.as_str()).token(&watcher)).await.status, 403);
    // It is no rehearsal.
    let elsewhere = path.replace("replays", "rehearsals");
    assert_eq!(world.get(&admin, elsewhere.as_str()).await.status, 404);
    let again = ended(&world, &admin, &begin(&world, &admin, &request).await.json()).await;
    assert_eq!(&again["result"], result, "the same seed gives the same day");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_draft_is_named_and_a_day_without_calls_is_told() {
    let (world, day) = with_a_day().await;
    let admin = world.login(ALPHA, "admin").await;
    for (settings, said) in [
        ("kind: queue\nname: sales\nspec: {max_wait_s: soon}\n", "max_wait_s"),
        ("kind: queue\nname: sales\nspec: {members: ['9999']}\n", "9999"),
        ("kind: ghost\nname: sales\nspec: {}\n", "ghost"),
    ] {
        let refused = begin(&world, &admin, &json!({"day": day, "settings": settings})).await;
        assert!(refused.status == 400 && refused.text().contains(said), "{settings}: {}", refused.text());
    }
    let refused = begin(&world, &admin, &json!({"day": "yesterday"})).await;
    assert!(refused.status == 400 && refused.text().contains("day"), "{}", refused.text());
    assert_eq!(begin(&world, &admin, &json!({"day": day, "sede": 1})).await.status, 400, "a typo");
    let failed = ended(&world, &admin, &begin(&world, &admin, &json!({"day": "2026-01-05"})).await.json()).await;
    let error = &failed["error"];
    assert_eq!(
        (&failed["state"], &error["code"], &error["days"]),
        (&json!("failed"), &json!("nothing_recorded"), &json!([day]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_changes_single_calls_and_says_why() {
    let (world, day) = with_a_day().await;
    let admin = world.login(ALPHA, "admin").await;
    // Nobody serves the queue any more, and it keeps nobody.
    let draft = "kind: queue\nname: sales\nspec: {members: [], no_agent: refuse}\n";
    let request = json!({"day": day, "settings": draft});
    let done = ended(&world, &admin, &begin(&world, &admin, &request).await.json()).await;
    let result = &done["result"];
    assert_eq!(result["changes"][0]["name"], "sales", "{done}");
    assert_eq!((&result["draft"]["served"], &result["draft"]["elsewhere"]), (&json!(0), &json!(2)), "{result}");
    let lost = result["calls"].as_array().unwrap().iter().find(|call| call["recorded"]["outcome"] == "answered");
    let lost = lost.unwrap_or_else(|| panic!("{result}"));
    assert_eq!((&lost["better"], &lost["why"]["code"]), (&json!(false), &json!("turned_away")), "{result}");
    let path = format!("/api/v1/interactions/{}", lost["interaction"].as_str().unwrap());
    assert_eq!(world.get(&admin, path.as_str()).await.status, 200, "it leads to the call's record");
}
