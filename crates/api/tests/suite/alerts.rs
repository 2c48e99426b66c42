//! Thresholds: set, passed, seen by those who may, acknowledged, over, and kept.

use std::time::Duration;

use serde_json::{Value, json};

use crate::http::Ask;
use crate::world::{ALPHA, BETA, World};

/// Fewer agents are free than anybody could want.
async fn world() -> (World, String) {
    let world = World::start().await;
    let admin = world.login(ALPHA, "admin").await;
    let spec = json!({"title": {"zh": "坐席不足"}, "measure": "agents_free", "critical": 900, "hold_s": 0});
    let wish = json!({"spec": spec});
    let put = world.ask(Ask::new("PUT", "/api/v1/settings/threshold/few").token(&admin).json(&wish)).await;
    assert_eq!(put.status, 201, "{}", put.text());
    world.desk.pass(Duration::from_secs(3));
    world.project().await;
    (world, admin)
}

fn acknowledge(alert: &Value) -> String {
    format!("/api/v1/alerts/{}/acknowledge", alert["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_alert_is_told_acknowledged_and_kept_when_it_is_over() {
    let (world, admin) = world().await;
    let live = world.get(&admin, "/api/v1/live").await.json();
    let alert = &live["alerts"][0];
    assert_eq!((&alert["level"], &alert["title"]["zh"]), (&json!("critical"), &json!("坐席不足")), "{live}");
    let seen = world.ask(Ask::new("POST", acknowledge(alert)).token(&admin)).await;
    assert_eq!(seen.status, 204, "{}", seen.text());
    world.project().await;
    let standing = world.get(&admin, "/api/v1/alerts?state=standing").await.json();
    assert_eq!(standing["items"][0]["acknowledged_by"], json!("admin"), "{standing}");
    let gone = world.ask(Ask::new("DELETE", "/api/v1/settings/threshold/few").token(&admin)).await;
    assert!(gone.status < 300, "{}", gone.text());
    world.desk.pass(Duration::from_secs(3));
    world.project().await;
    let over = world.get(&admin, "/api/v1/alerts?state=cleared").await.json();
    assert!(over["items"][0]["cleared_at"].is_string(), "{over}");
    assert_eq!(over["items"][0]["worst"], json!("critical"));
    let again = world.ask(Ask::new("POST", acknowledge(alert)).token(&admin)).await;
    assert_eq!(again.status, 404, "it stands no longer");
}

#[tokio::test]
async fn agents_and_other_tenants_see_none() {
    let (world, admin) = world().await;
    let alert = world.get(&admin, "/api/v1/live").await.json()["alerts"][0].clone();
    let agent = world.login(ALPHA, "agent").await;
    assert_eq!(world.get(&agent, "/api/v1/live").await.json()["alerts"], json!([]));
    assert_eq!(world.get(&agent, "/api/v1/alerts").await.status, 403);
    assert_eq!(world.ask(Ask::new("POST", acknowledge(&alert)).token(&agent)).await.status, 403);
    let other = world.login(BETA, "admin").await;
    assert_eq!(world.get(&other, "/api/v1/alerts").await.json()["items"], json!([]));
    assert_eq!(world.ask(Ask::new("POST", acknowledge(&alert)).token(&other)).await.status, 404);
}
