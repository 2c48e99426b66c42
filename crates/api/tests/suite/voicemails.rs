//! Messages: each sees and changes what is its business, supervisors everybody's.

use directory::{Permission, Role};
use serde_json::{Value, json};
use store::{CustomRole, Login};
use types::event::Happening;
use types::voicemail::Mailbox;
use types::{InteractionId, LegId, RecordingId, Title};

use crate::http::Ask;
use crate::world::{ALPHA, BETA, World, agent, queue};

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
    assert_eq!(heard.json()["changed_by_agent"]["id"], json!(agent(ALPHA)), "who heard it");
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

#[tokio::test]
async fn a_list_can_be_of_one_mailbox_and_never_of_one_that_is_not_ones_own() {
    let world = world().await;
    let ids = async |token: &str, query: String| {
        let list = world.get(token, format!("/api/v1/voicemails?{query}")).await.json();
        let id = |item: &Value| item["id"].as_str().unwrap().to_owned();
        list["items"].as_array().unwrap().iter().map(id).collect::<Vec<_>>()
    };
    let one = |n: u64| vec![RecordingId(n).to_string()];
    let (own, shared) = (format!("agent={}", agent(ALPHA)), format!("queue={}", queue(ALPHA)));
    let token = world.login(ALPHA, "agent").await;
    assert_eq!(ids(&token, own.clone()).await, one(1));
    assert_eq!(ids(&token, shared.clone()).await, one(2));
    let admin = world.login(ALPHA, "admin").await;
    assert_eq!(ids(&admin, shared.clone()).await, Vec::<String>::new(), "not without `all`");
    assert_eq!(ids(&admin, format!("{shared}&all=true")).await, one(2));
    let stranger = world.login(BETA, "admin").await;
    assert_eq!(ids(&stranger, format!("{shared}&all=true")).await, Vec::<String>::new());
    assert_eq!(world.get(&token, "/api/v1/voicemails?queue=x").await.error().2, Some("queue".into()));
}

#[tokio::test]
async fn who_may_hear_all_but_not_see_numbers_sees_none_here() {
    let world = world().await;
    let permissions = [Permission::RecordingsListen].into_iter().collect();
    let role = CustomRole { tenant: ALPHA, name: "ear".into(), title: Title::new("听", "Ear"), permissions };
    world.store.put(&role).await.unwrap();
    let mut login = world.store.login(ALPHA, "super").await.unwrap().unwrap();
    login.user.roles = vec![Role::Custom("ear".into())];
    login.user.agent = None;
    world.store.put::<Login>(&login).await.unwrap();
    let token = world.login(ALPHA, "super").await;
    let list = world.get(&token, "/api/v1/voicemails?all=true").await.json();
    assert_eq!(list["items"][0]["from"], json!("138****8000"), "{list}");
    let path = format!("/api/v1/voicemails/{}", RecordingId(1));
    assert_eq!(world.ask(Ask::new("DELETE", path).token(&token)).await.status, 403, "nor change anything");
}

#[tokio::test]
async fn the_stream_tells_what_happens_in_a_mailbox_to_those_whose_business_it_is() {
    let world = world().await;
    let cursor = world.journal.last_seq(ALPHA);
    let path = || format!("/api/v1/events?cursor={cursor}");
    let token = world.login(ALPHA, "agent").await;
    let mut mine = Ask::new("GET", path()).token(&token).stream(world.address).await;
    let boss = world.login(ALPHA, "admin").await;
    let mut all = Ask::new("GET", path()).token(&boss).stream(world.address).await;
    let left = |n, mailbox| {
        let (recording, leg, from, id) = (RecordingId(n), LegId(n), "13900139000".into(), InteractionId(n));
        world.desk.write(ALPHA, Happening::VoicemailLeft { id, recording, mailbox, from, leg, duration_ms: 4000 });
    };
    left(3, Mailbox::Agent(types::AgentId(999)));
    left(4, Mailbox::Queue(queue(ALPHA)));
    let other = all.next_stored().await.data;
    assert_eq!((&other["type"], &other["voicemail"]["id"]), (&json!("voicemail.left"), &json!(RecordingId(3))));
    for (stream, own) in [(&mut mine, true), (&mut all, false)] {
        let event = stream.next_stored().await.data;
        assert_eq!(event["own"], json!(own));
        assert_eq!(event["voicemail"]["id"], json!(RecordingId(4)), "not that of another agent: {event}");
        assert_eq!(event["voicemail"]["from"], json!("13900139000"));
        assert!(event["voicemail"]["queue"]["name"].is_string(), "{event}");
    }
    let path = format!("/api/v1/voicemails/{}", RecordingId(2));
    assert_eq!(world.ask(Ask::new("DELETE", path).token(&token)).await.status, 204);
    for stream in [&mut mine, &mut all] {
        let event = stream.next_stored().await.data;
        assert_eq!((&event["type"], &event["status"]), (&json!("voicemail.changed"), &json!("deleted")));
        assert_eq!(event["voicemail_id"], json!(RecordingId(2)));
        assert_eq!(event["by_agent"]["id"], json!(agent(ALPHA)));
    }
}
