//! Messages: each sees and changes what is its business, supervisors everybody's.

use serde_json::json;
use types::event::Happening;
use types::voicemail::Mailbox;
use types::{InteractionId, LegId, RecordingId};

use crate::http::Ask;
use crate::world::{ALPHA, World, agent, queue};

/// A message for an agent and one for those who serve the queue, restored as after a start.
async fn world() -> World {
    let world = World::start().await;
    for (id, mailbox) in [(1, Mailbox::Agent(agent(ALPHA))), (2, Mailbox::Queue(queue(ALPHA)))] {
        let (recording, leg, from) = (RecordingId(id), LegId(id), "13800138000".into());
        let interaction = InteractionId(id);
        world.desk.write(
            ALPHA,
            Happening::VoicemailLeft { id: interaction, recording, mailbox, from, leg, duration_ms: 3000 },
        );
        world.desk.keep_message(ALPHA, mailbox, recording);
    }
    world.project().await;
    world
}

#[tokio::test]
async fn an_agent_sees_its_own_and_its_queues_messages_and_says_what_became_of_them() {
    let world = world().await;
    let token = world.login(ALPHA, "agent").await;
    let list = world.get(&token, "/api/v1/voicemails").await.json();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{list}");
    assert!(items[0]["queue"].is_object() && items[1]["agent"].is_object(), "the newest first: {list}");
    assert_eq!((&items[1]["from"], &items[1]["status"]), (&json!("13800138000"), &json!("new")));
    let path = format!("/api/v1/voicemails/{}", RecordingId(1));
    let heard = world.ask(Ask::new("PUT", path.clone()).token(&token).json(&json!({"status": "heard"}))).await;
    assert_eq!((heard.status, &heard.json()["status"]), (200, &json!("heard")), "{}", heard.text());
    let odd = world.ask(Ask::new("PUT", path.clone()).token(&token).json(&json!({"status": "deleted"}))).await;
    assert_eq!(odd.error(), (400, "bad_value".into(), Some("status".into())));
    world.project().await;
    let new = world.get(&token, "/api/v1/voicemails?status=new").await.json();
    assert_eq!(new["items"].as_array().unwrap().len(), 1, "{new}");
    assert_eq!(world.ask(Ask::new("DELETE", path.clone()).token(&token)).await.status, 204);
    world.project().await;
    assert_eq!(world.get(&token, format!("{path}/audio")).await.status, 404, "deleted");
    assert_eq!(world.ask(Ask::new("DELETE", path).token(&token)).await.status, 404);
}

#[tokio::test]
async fn who_is_nobodys_agent_has_none_of_its_own_and_needs_the_right_to_see_all() {
    let world = world().await;
    let token = world.login(ALPHA, "admin").await;
    assert_eq!(world.get(&token, "/api/v1/voicemails").await.json()["items"], json!([]));
    let all = world.get(&token, "/api/v1/voicemails?all=true").await.json();
    assert_eq!(all["items"].as_array().unwrap().len(), 2, "{all}");
    let agent = world.login(ALPHA, "agent").await;
    assert_eq!(world.get(&agent, "/api/v1/voicemails?all=true").await.status, 403);
}
