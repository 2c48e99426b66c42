//! Agents' rules for calls that they don't take.

use serde_json::json;

use crate::http::Ask;
use crate::world::{ALPHA, World, agent, agent_without_phone};

#[tokio::test]
async fn an_agent_sets_its_own_rules_and_a_supervisor_everyones() {
    let world = World::start().await;
    let (own, other) = (agent(ALPHA), agent_without_phone(ALPHA));
    let path = |agent| format!("/api/v1/agents/{agent}/forwarding");
    let number = world.desk.number(ALPHA, other);
    let token = world.login(ALPHA, "agent").await;
    let put = async |token: &str, id, body: serde_json::Value| {
        world.ask(Ask::new("PUT", path(id)).token(token).json(&body)).await
    };
    assert_eq!(world.ask(Ask::new("GET", path(own)).token(&token)).await.json(), json!({"after_s": 20}));
    let wanted = json!({"always": number, "no_answer": "queue:sales", "after_s": 10});
    let reply = put(&token, own, wanted.clone()).await;
    assert_eq!((reply.status, reply.json()), (200, wanted.clone()));
    assert_eq!(world.ask(Ask::new("GET", path(own)).token(&token)).await.json(), wanted);
    assert_eq!(put(&token, other, json!({})).await.status, 403);
    assert_eq!(world.ask(Ask::new("GET", path(other)).token(&token)).await.status, 403);
    let admin = world.login(ALPHA, "admin").await;
    assert_eq!(put(&admin, own, json!({})).await.json(), json!({"after_s": 20}));
    world.project().await;
    assert_eq!(world.store.list::<store::AgentForwarding>(ALPHA).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_rule_that_cannot_be_is_refused_by_name() {
    let world = World::start().await;
    let token = world.login(ALPHA, "agent").await;
    for (body, code, field) in [
        (json!({"busy": "4711"}), "leads_nowhere", "busy"),
        (json!({"always": "queue:none"}), "leads_nowhere", "always"),
        (json!({"unreachable": "sip:anna@elsewhere"}), "bad_value", "unreachable"),
        (json!({"no_answer": "*50"}), "bad_value", "no_answer"),
        (json!({"after_s": 2}), "bad_value", "after_s"),
        (json!({"to": "1001"}), "unknown_field", "to"),
    ] {
        let ask = Ask::new("PUT", format!("/api/v1/agents/{}/forwarding", agent(ALPHA)));
        let reply = world.ask(ask.token(&token).json(&body)).await;
        let error = &reply.json()["error"];
        assert_eq!(
            (reply.status, error["code"].as_str(), error["field"].as_str()),
            (400, Some(code), Some(field)),
            "{body}"
        );
    }
}
