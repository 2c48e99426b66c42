//! Orders to calls by the API.

use serde_json::{Value, json};

use crate::desk::Call;
use crate::http::{Ask, Reply};
use crate::world::{ALPHA, SALES, World, agent, agent_without_phone};

/// A call that an agent has taken.
async fn talking() -> (World, Call) {
    let world = World::start().await;
    let call = world.desk.call(ALPHA, "13800138000", SALES);
    world.desk.answer();
    (world, call)
}

async fn act(world: &World, token: &str, call: &Call, body: &Value) -> Reply {
    let path = format!("/api/v1/interactions/{}/actions", call.id);
    world.ask(Ask::new("POST", path).token(token).json(body)).await
}

async fn state(world: &World, token: &str) -> Value {
    world.get(token, "/api/v1/live").await.json()["interactions"][0]["state"].clone()
}

#[tokio::test]
async fn an_agent_holds_its_own_call_and_takes_it_back() {
    let (world, call) = talking().await;
    let token = world.login(ALPHA, "agent").await;
    let hold = json!({"action": "hold"});
    assert_eq!(act(&world, &token, &call, &hold).await.status, 204);
    assert_eq!(state(&world, &token).await, "held");
    assert_eq!(act(&world, &token, &call, &json!({"action": "resume"})).await.status, 204);
    assert_eq!(state(&world, &token).await, "talking");
    let again = act(&world, &token, &call, &json!({"action": "resume"})).await;
    assert_eq!(again.error(), (409, "wrong_state".into(), None));
    assert_eq!(act(&world, &token, &call, &json!({"action": "hangup"})).await.status, 204);
}

#[tokio::test]
async fn another_agent_may_not_and_a_supervisor_may() {
    let (world, call) = talking().await;
    let hold = json!({"action": "hold"});
    let idle = world.login(ALPHA, "idle").await;
    assert_eq!(act(&world, &idle, &call, &hold).await.error(), (403, "forbidden".into(), None));
    let supervisor = world.login(ALPHA, "super").await;
    assert_eq!(act(&world, &supervisor, &call, &hold).await.status, 204);
    assert_eq!(state(&world, &supervisor).await, "held");
}

#[tokio::test]
async fn a_telephone_that_rings_answers_by_order_where_it_can() {
    let world = World::start().await;
    let call = world.desk.call(ALPHA, "13800138000", SALES);
    let token = world.login(ALPHA, "agent").await;
    let answer = json!({"action": "answer"});
    assert_eq!(act(&world, &token, &call, &answer).await.error(), (409, "wrong_state".into(), None));
    world.desk.ring();
    let refused = act(&world, &token, &call, &answer).await;
    assert!(refused.json()["error"]["message"].as_str().unwrap().contains("远程接听"), "{:?}", refused.json());
    assert_eq!(refused.error(), (409, "no_remote_answer".into(), None));
    world.desk.ring_answerable();
    assert_eq!(act(&world, &token, &call, &answer).await.status, 204);
    let idle = world.login(ALPHA, "idle").await;
    assert_eq!(act(&world, &idle, &call, &answer).await.error(), (403, "forbidden".into(), None));
    let supervisor = world.login(ALPHA, "super").await;
    assert_eq!(act(&world, &supervisor, &call, &answer).await.status, 204);
}

#[tokio::test]
async fn each_action_has_its_own_fields() {
    let (world, call) = talking().await;
    let token = world.login(ALPHA, "agent").await;
    for (body, code, field) in [
        (json!({"action": "dance"}), "bad_value", "action"),
        (json!({}), "missing_field", "action"),
        (json!({"action": "hold", "to": "1002"}), "unknown_field", "to"),
        (json!({"action": "hold", "volume": 1}), "unknown_field", "volume"),
        (json!({"action": "transfer"}), "missing_field", "to"),
        (json!({"action": "transfer", "to": ""}), "bad_value", "to"),
        (json!({"action": "transfer", "to": "sip:x@y"}), "bad_value", "to"),
        (json!({"action": "consult", "to": "1".repeat(33)}), "bad_value", "to"),
        (json!({"action": "digits", "digits": "12x"}), "bad_value", "digits"),
        (json!({"action": "digits"}), "missing_field", "digits"),
        (json!({"action": "remove", "leg_id": "nobody"}), "bad_value", "leg_id"),
    ] {
        let reply = act(&world, &token, &call, &body).await;
        assert_eq!(reply.error(), (400, code.into(), Some(field.into())), "{body}");
    }
    assert_eq!(act(&world, &token, &call, &json!({"action": "digits", "digits": "12#"})).await.status, 204);
    let refused = act(&world, &token, &call, &json!({"action": "transfer", "to": "1002"})).await;
    assert_eq!(refused.error(), (409, "no_phone".into(), None));
    let refused = act(&world, &token, &call, &json!({"action": "consult", "to": "4711"})).await;
    assert_eq!(refused.error(), (409, "unknown_number".into(), None));
}

#[tokio::test]
async fn a_call_is_made_for_oneself_and_by_supervisors_for_others() {
    let world = World::start().await;
    let dial = async |user: &str, body: Value| {
        let token = world.login(ALPHA, user).await;
        world.ask(Ask::new("POST", "/api/v1/calls").token(&token).json(&body)).await
    };
    let other = agent(ALPHA).to_string();
    assert_eq!(dial("idle", json!({"to": "1001"})).await.error(), (409, "no_phone".into(), None));
    assert_eq!(dial("idle", json!({"agent": other, "to": "1002"})).await.error().0, 403);
    assert_eq!(dial("super", json!({"to": "1001"})).await.error(), (400, "missing_field".into(), Some("agent".into())));
    assert_eq!(dial("super", json!({"agent": "x", "to": "1001"})).await.error().2, Some("agent".into()));
    assert_eq!(dial("super", json!({"agent": other, "to": "+"})).await.error().2, Some("to".into()));
    assert_eq!(dial("super", json!({"agent": other, "to": "1002"})).await.error(), (409, "no_phone".into(), None));
    let nobody = agent_without_phone(ALPHA).to_string();
    assert_eq!(
        dial("super", json!({"agent": nobody, "to": "4711"})).await.error(),
        (409, "unknown_number".into(), None)
    );
}

#[tokio::test]
async fn supervision_is_for_supervisors_who_have_a_telephone() {
    let (world, call) = talking().await;
    let path = format!("/api/v1/interactions/{}/supervise", call.id);
    let ask = async |user: &str, body: Value| {
        let token = world.login(ALPHA, user).await;
        world.ask(Ask::new("POST", path.clone()).token(&token).json(&body)).await.error()
    };
    assert_eq!(ask("agent", json!({"mode": "listen"})).await, (403, "forbidden".into(), None));
    assert_eq!(ask("super", json!({"mode": "listen"})).await, (409, "no_phone".into(), None));
    assert_eq!(ask("super", json!({"mode": "peek"})).await, (400, "bad_value".into(), Some("mode".into())));
}
