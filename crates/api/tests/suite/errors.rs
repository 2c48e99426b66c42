//! What a refusal looks like.

use serde_json::json;

use crate::http::Ask;
use crate::world::{ALPHA, World, agent};

#[tokio::test]
async fn what_is_unknown_or_malformed_is_refused_by_name() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    for (query, code, field) in [
        ("interactions?colour=red", "unknown_parameter", "colour"),
        ("interactions?limit=0", "bad_value", "limit"),
        ("interactions?limit=501", "bad_value", "limit"),
        ("interactions?limit=ten", "bad_value", "limit"),
        ("interactions?limit=1&limit=2", "bad_value", "limit"),
        ("interactions?cursor=rubbish", "bad_value", "cursor"),
        ("interactions?from=yesterday", "bad_value", "from"),
        ("interactions?to=2026-13-01T00:00:00Z", "bad_value", "to"),
        ("interactions?outcome=great", "bad_value", "outcome"),
        ("interactions?direction=up", "bad_value", "direction"),
        ("interactions?queue=nothing", "bad_value", "queue"),
        ("interactions?agent=0", "bad_value", "agent"),
        ("interactions?number=12", "too_few_digits", "number"),
        ("live?x=1", "unknown_parameter", "x"),
        ("events?since=1", "unknown_parameter", "since"),
    ] {
        let reply = world.get(&token, format!("/api/v1/{query}")).await;
        assert_eq!(reply.error(), (400, code.into(), Some(field.into())), "{query}");
    }
    let path = format!("/api/v1/agents/{}/state", agent(ALPHA));
    for (body, code, field) in [
        (json!({"state": "ready", "colour": 1}), "unknown_field", Some("colour")),
        (json!({}), "missing_field", Some("state")),
        (json!({"state": "asleep"}), "bad_value", Some("state")),
        (json!({"state": 7}), "bad_value", Some("state")),
        (json!({"state": "not_ready", "reason": 7}), "bad_value", Some("reason")),
        (json!({"state": "not_ready", "reason": "x".repeat(65)}), "bad_value", Some("reason")),
        (json!({"state": "not_ready", "reason": "a\nb"}), "bad_value", Some("reason")),
        (json!({"state": "ready", "reason": "lunch"}), "bad_value", Some("reason")),
        (json!(["not_ready", "lunch"]), "bad_request", None),
        (json!("ready"), "bad_request", None),
    ] {
        let reply = world.ask(Ask::new("PUT", path.clone()).token(&token).json(&body)).await;
        assert_eq!(reply.error(), (400, code.into(), field.map(str::to_owned)), "{body}");
    }
    let mut broken = Ask::new("PUT", path.clone()).token(&token).json(&json!({}));
    broken.body = Some("{\"state\": ".to_owned());
    assert_eq!(world.ask(broken).await.error(), (400, "bad_request".into(), None));
    let mut plain = Ask::new("PUT", path.clone()).token(&token).header("content-type", "text/plain");
    plain.body = Some("{}".to_owned());
    assert_eq!(world.ask(plain).await.error(), (415, "not_json".into(), None));
    let large = json!({"state": "not_ready", "reason": "x".repeat(100_000)});
    assert_eq!(world.ask(Ask::new("PUT", path).token(&token).json(&large)).await.error().0, 413);
}

#[tokio::test]
async fn a_refusal_has_an_id_and_speaks_the_readers_language() {
    let world = World::start().await;
    for (accepted, message) in
        [("", "请先登录"), ("en-US,en;q=0.9", "Sign in first"), ("zh-CN", "请先登录"), ("fr", "请先登录")]
    {
        let reply = world.ask(Ask::new("GET", "/api/v1/me").header("accept-language", accepted)).await;
        let error = &reply.json()["error"];
        assert_eq!((reply.status, error["message"].as_str()), (401, Some(message)), "{accepted}");
        assert_eq!(error["request_id"].as_str(), reply.header("x-request-id"));
    }
    let ids: Vec<String> = [
        world.ask(Ask::new("GET", "/api/v1/me")).await,
        world.ask(Ask::new("GET", "/api/v1/me")).await,
        world.ask(Ask::new("GET", "/healthz")).await,
    ]
    .iter()
    .map(|reply| reply.header("x-request-id").unwrap().to_owned())
    .collect();
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
    let mine = world.ask(Ask::new("GET", "/api/v1/me").header("x-request-id", "abc-123")).await;
    assert_eq!(mine.json()["error"]["request_id"], "abc-123");
    let odd = world.ask(Ask::new("GET", "/api/v1/me").header("x-request-id", "a<script>")).await;
    assert_ne!(odd.json()["error"]["request_id"], "a<script>");
}

#[tokio::test]
async fn what_is_not_there_and_what_cannot_be_done_have_the_same_shape() {
    let world = World::start().await;
    for (method, path, status, code) in [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api", 404, "not_found"),
        ("GET", "/api/v2/me", 404, "not_found"),
        ("DELETE", "/api/v1/me", 405, "method_not_allowed"),
        ("GET", "/api/v1/login", 405, "method_not_allowed"),
        ("POST", "/", 405, "method_not_allowed"),
    ] {
        let (got, got_code, _) = world.ask(Ask::new(method, path)).await.error();
        assert_eq!((got, &*got_code), (status, code), "{method} {path}");
    }
}
