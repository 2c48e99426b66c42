//! The description of the interface is what was agreed on.

use std::path::Path;

use serde_json::Value;

use crate::http::Ask;
use crate::world::World;

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
        "Role",
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
