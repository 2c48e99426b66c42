//! Agents' states.

use std::time::Duration;

use serde_json::{Value, json};

use crate::http::{Ask, Reply};
use crate::world::{ALPHA, SALES, World, agent, agent_without_phone};

async fn set(world: &World, token: &str, id: impl std::fmt::Display, body: &Value) -> Reply {
    world.ask(Ask::new("PUT", format!("/api/v1/agents/{id}/state")).token(token).json(body)).await
}

#[tokio::test]
async fn an_agent_goes_to_lunch_and_comes_back() {
    let world = World::start().await;
    let token = world.login(ALPHA, "agent").await;
    let path = format!("/api/v1/agents/{}/state", agent(ALPHA));
    assert_eq!(world.get(&token, path.clone()).await.json()["state"], "ready");
    let reply = set(&world, &token, agent(ALPHA), &json!({"state": "not_ready", "reason": "lunch"})).await;
    let expected = json!({"agent_id": agent(ALPHA).to_string(), "state": "not_ready", "reason": "lunch",
        "since": "2026-09-21T14:13:20.000Z"});
    assert_eq!((reply.status, reply.json()), (200, expected.clone()));
    assert_eq!(world.get(&token, path).await.json(), expected);
    let reply = set(&world, &token, agent(ALPHA), &json!({"state": "ready"})).await;
    assert_eq!((reply.status, reply.json()["state"].as_str()), (200, Some("ready")));
    let reply = set(&world, &token, agent(ALPHA), &json!({"state": "not_ready"})).await;
    assert_eq!(reply.json()["reason"], "manual", "some reason there is always");
}

#[tokio::test]
async fn agents_change_themselves_alone_and_supervisors_everyone() {
    let world = World::start().await;
    let change = json!({"state": "not_ready", "reason": "training"});
    let idle = world.login(ALPHA, "idle").await;
    assert_eq!(set(&world, &idle, agent(ALPHA), &change).await.error(), (403, "forbidden".into(), None));
    assert_eq!(world.get(&idle, format!("/api/v1/agents/{}/state", agent(ALPHA))).await.json()["state"], "ready");
    for user in ["super", "admin"] {
        let token = world.login(ALPHA, user).await;
        assert_eq!(set(&world, &token, agent(ALPHA), &change).await.status, 200);
    }
}

#[tokio::test]
async fn what_the_center_refuses_says_why() {
    let world = World::start().await;
    let token = world.login(ALPHA, "super").await;
    let ready = json!({"state": "ready"});
    let refused = set(&world, &token, agent_without_phone(ALPHA), &ready).await;
    assert_eq!(refused.error(), (409, "no_phone".into(), None));
    assert_eq!(set(&world, &token, "0000000000zzz", &ready).await.error().0, 404);
    assert_eq!(set(&world, &token, "1001", &ready).await.error().0, 404);
}

#[tokio::test]
async fn the_snapshot_shows_agents_calls_and_queues() {
    let world = World::start().await;
    let token = world.login(ALPHA, "super").await;
    let call = world.desk.call(ALPHA, "13800138000", SALES);
    let live = world.get(&token, "/api/v1/live").await.json();
    assert_eq!(live["cursor"], world.journal.last_seq(ALPHA).to_string());
    let agents = live["agents"].as_array().unwrap();
    assert_eq!(agents.iter().map(|a| a["number"].as_str().unwrap()).collect::<Vec<_>>(), ["1001", "1002"]);
    assert_eq!((&agents[0]["state"], &agents[1]["state"]), (&json!("ringing"), &json!("offline")));
    assert_eq!(agents[0]["interaction_id"], call.id.to_string());
    let interaction = &live["interactions"][0];
    assert_eq!(interaction["id"], call.id.to_string());
    assert_eq!((&interaction["from"], &interaction["to"]), (&json!("13800138000"), &json!(SALES)));
    assert_eq!((&interaction["state"], &interaction["direction"]), (&json!("ringing"), &json!("inbound")));
    let queue = &live["queues"][0];
    assert_eq!((&queue["name"], &queue["offered_today"]), (&json!("sales"), &json!(1)));
    assert_eq!(queue["extension"], SALES);
}

#[tokio::test]
async fn an_agent_sees_the_number_of_its_own_caller_and_no_other() {
    let world = World::start().await;
    world.desk.call(ALPHA, "13800138000", SALES);
    world.desk.answer();
    for (user, number) in [("agent", "13800138000"), ("idle", "138****8000"), ("super", "13800138000")] {
        let token = world.login(ALPHA, user).await;
        let live = world.get(&token, "/api/v1/live").await.json();
        assert_eq!(live["interactions"][0]["from"], number, "{user}");
    }
}

#[tokio::test]
async fn a_supervisor_ends_a_call_and_an_agent_may_not() {
    let world = World::start().await;
    let call = world.desk.call(ALPHA, "13800138000", SALES);
    let path = format!("/api/v1/interactions/{}/hangup", call.id);
    let token = world.login(ALPHA, "agent").await;
    assert_eq!(world.ask(Ask::new("POST", path.clone()).token(&token)).await.error().0, 403);
    let token = world.login(ALPHA, "super").await;
    assert_eq!(world.ask(Ask::new("POST", path.clone()).token(&token)).await.status, 204);
    assert_eq!(world.get(&token, "/api/v1/live").await.json()["interactions"], json!([]));
    assert_eq!(world.ask(Ask::new("POST", path).token(&token)).await.error(), (404, "not_found".into(), None));
}

#[tokio::test]
async fn a_wrap_up_is_extended_up_to_its_limit_and_ended_early() {
    let world = World::start().await;
    let token = world.login(ALPHA, "agent").await;
    let path = format!("/api/v1/agents/{}/wrap-up", agent(ALPHA));
    let extend = async |token: &str, seconds: u32| {
        world.ask(Ask::new("POST", path.clone()).token(token).json(&json!({"extend_s": seconds}))).await
    };
    assert_eq!(extend(&token, 60).await.error(), (409, "not_in_wrap_up".into(), None));
    let call = world.desk.call(ALPHA, "13800138000", SALES);
    world.desk.answer();
    world.desk.caller_leaves(call);
    let state = world.get(&token, format!("/api/v1/agents/{}/state", agent(ALPHA))).await.json();
    assert_eq!(state["state"], "wrap_up");
    let extended = extend(&token, 60).await.json();
    assert_eq!(extended["state"], "wrap_up");
    assert!(extended["until"].as_str() > state["until"].as_str(), "{state} {extended}");
    for seconds in [0, 3601] {
        assert_eq!(extend(&token, seconds).await.error(), (400, "bad_value".into(), Some("extend_s".into())));
    }
    assert_eq!(extend(&world.login(ALPHA, "idle").await, 60).await.error().0, 403);
    let supervisor = world.login(ALPHA, "super").await;
    assert_eq!(extend(&supervisor, 3600).await.status, 200);
    assert_eq!(extend(&supervisor, 1).await.error(), (409, "limit".into(), None));
    assert_eq!(set(&world, &token, agent(ALPHA), &json!({"state": "ready"})).await.json()["state"], "ready");
}

#[tokio::test]
async fn not_ready_during_a_call_is_kept_for_afterwards_and_shown() {
    let world = World::start().await;
    let token = world.login(ALPHA, "agent").await;
    let call = world.desk.call(ALPHA, "13800138000", SALES);
    world.desk.answer();
    let me = async || world.get(&token, "/api/v1/live").await.json()["agents"][0].clone();
    let since = me().await["since"].clone();
    world.desk.pass(Duration::from_secs(5));
    let path = format!("/api/v1/events?cursor={}", world.journal.last_seq(ALPHA));
    let mut events = Ask::new("GET", path).token(&token).stream(world.address).await;
    let lunch = json!({"state": "not_ready", "reason": "lunch"});
    let reply = set(&world, &token, agent(ALPHA), &lunch).await;
    assert_eq!((reply.status, &reply.json()["state"], &reply.json()["next"]), (200, &json!("talking"), &lunch));
    let told = loop {
        let event = events.next().await.data;
        if event["type"] == "agent.state" {
            break event["agent"].clone();
        }
    };
    assert_eq!((&told["state"], &told["next"], &told["since"]), (&json!("talking"), &lunch, &since));
    assert_eq!(me().await, told, "the stream and the snapshot say the same");
    world.desk.caller_leaves(call);
    world.desk.pass(Duration::from_secs(60));
    let me = me().await;
    assert_eq!((&me["state"], &me["reason"], &me["next"]), (&json!("not_ready"), &json!("lunch"), &Value::Null));
}
