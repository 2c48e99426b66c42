//! The description of the interface is what was agreed on.

use std::path::Path;

use serde_json::Value;

use crate::http::Ask;
use crate::world::{ALPHA, SALES, World, agent};

#[test]
fn the_description_is_the_committed_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, api::openapi_json()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == api::openapi_json(),
        "the interface has changed: run the test with UPDATE=1, look at what differs in crates/api/openapi.json, and \
         keep old clients working"
    );
}

#[tokio::test]
async fn the_server_hands_it_out() {
    let world = World::start().await;
    let reply = world.ask(Ask::new("GET", "/openapi.json")).await;
    assert_eq!(reply.text(), api::openapi_json());
    let json = reply.json();
    assert!(json["openapi"].as_str().unwrap().starts_with("3.1"));
    for name in [
        "ErrorBody",
        "LoginRequest",
        "LoginResponse",
        "Permission",
        "Tenant",
        "Me",
        "AgentStateName",
        "AgentStateChange",
        "AgentState",
        "LiveAgent",
        "Channel",
        "Direction",
        "LiveInteractionState",
        "LiveInteraction",
        "LiveQueue",
        "LiveSnapshot",
        "Alarm",
        "Event",
        "Outcome",
        "EndedBy",
        "QueueRef",
        "AgentRef",
        "Interaction",
        "InteractionPage",
        "LegMedia",
        "Leg",
        "TraceStep",
        "ScoreTerm",
        "Decision",
        "Segment",
        "RecordingGap",
        "Recording",
        "SipMessage",
        "InteractionDetail",
        "Peaks",
    ] {
        assert_ne!(json["components"]["schemas"][name], Value::Null, "{name}");
    }
}

/// Holds a value against its schema: nothing required is missing, nothing is there that is not described, names are
/// among those listed.
fn assert_described(all: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or_default();
        return assert_described(all, &all[name], value, place);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let kind = |choice: &Value| choice["properties"]["type"]["enum"][0].clone();
        let tagged = choices.iter().find(|choice| value["type"].is_string() && kind(choice) == value["type"]);
        let choice = tagged.or_else(|| choices.iter().find(|c| c["type"] != "null" && value["type"].is_null()));
        return assert_described(all, choice.unwrap_or_else(|| panic!("{place}: {value}")), value, place);
    }
    if let Some(names) = schema["enum"].as_array() {
        assert!(names.contains(value), "{place}: {value} is none of {names:?}");
    }
    match value {
        Value::Object(fields) => {
            let parts = schema["allOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
            let resolved = parts.iter().map(|part| {
                let name = part["$ref"].as_str().and_then(|r| r.rsplit('/').next());
                name.map_or(part, |name| &all[name])
            });
            let resolved: Vec<&Value> = resolved.collect();
            for (name, field) in fields {
                let described = resolved.iter().map(|part| &part["properties"][name]).find(|p| !p.is_null());
                let described = described.unwrap_or_else(|| panic!("{place}.{name} is not described"));
                assert_described(all, described, field, &format!("{place}.{name}"));
            }
            for name in resolved.iter().filter_map(|part| part["required"].as_array()).flatten() {
                assert!(fields.contains_key(name.as_str().unwrap()), "{place}: {name} is missing");
            }
        }
        Value::Array(items) => {
            for item in items {
                assert_described(all, &schema["items"], item, place);
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn what_the_server_says_is_what_is_described() {
    let world = World::start().await;
    let call = world.desk.talk(ALPHA, "13800138000", SALES);
    world.desk.call(ALPHA, "13900139000", SALES);
    world.project().await;
    let token = world.login(ALPHA, "agent").await;
    let all = world.ask(Ask::new("GET", "/openapi.json")).await.json()["components"]["schemas"].clone();
    let detail = world.get(&token, format!("/api/v1/interactions/{}", call.id)).await.json();
    let recording = detail["recordings"][0]["id"].as_str().unwrap().to_owned();
    assert_described(&all, &all["InteractionDetail"], &detail, "InteractionDetail");
    for (path, name) in [
        ("/api/v1/me".to_owned(), "Me"),
        ("/api/v1/live".to_owned(), "LiveSnapshot"),
        (format!("/api/v1/agents/{}/state", agent(ALPHA)), "AgentState"),
        ("/api/v1/interactions".to_owned(), "InteractionPage"),
        (format!("/api/v1/recordings/{recording}/peaks"), "Peaks"),
        ("/healthz".to_owned(), "Health"),
        ("/api/v1/interactions/x".to_owned(), "ErrorBody"),
    ] {
        assert_described(&all, &all[name], &world.get(&token, path).await.json(), name);
    }
    let ask = Ask::new("GET", "/api/v1/events?cursor=0").token(&token);
    let mut events = ask.stream(world.address).await;
    let mut kinds = std::collections::BTreeSet::new();
    while !kinds.contains("interaction.wrapped") {
        let event = events.next().await;
        assert_described(&all, &all["Event"], &event.data, "Event");
        kinds.insert(event.name);
    }
}
