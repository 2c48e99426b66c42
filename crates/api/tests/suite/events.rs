//! The stream: nothing missed, nothing twice, nothing that is not for screens.

use journal::Options;
use serde_json::{Value, json};
use types::cause::Cause;
use types::event::Happening;
use types::{DeviceId, InteractionId, LegId, TenantId};

use crate::http::{Ask, Events, Socket};
use crate::world::{ALPHA, BETA, SALES, World, agent, person};

async fn open(world: &World, token: &str, cursor: impl std::fmt::Display) -> Events {
    Ask::new("GET", format!("/api/v1/events?cursor={cursor}")).token(token).stream(world.address).await
}

fn alarm(world: &World, tenant: TenantId, detail: &str) {
    let what = Happening::Alarm { code: "disk_slow".into(), detail: detail.into(), raised: true };
    world.desk.write(tenant, what);
}

/// What screens see of a call from its first moment to its last.
async fn names_of_a_call(events: &mut Events) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let event = events.next_stored().await;
        names.push(event.name.clone());
        if event.name == "interaction.wrapped" {
            return names;
        }
    }
}

#[tokio::test]
async fn a_call_is_told_from_its_first_moment_to_its_last() {
    let world = World::start().await;
    let token = world.login(ALPHA, "super").await;
    let cursor = world.get(&token, "/api/v1/live").await.json()["cursor"].as_str().unwrap().to_owned();
    let call = world.desk.talk(ALPHA, "13800138000", SALES);
    let mut events = open(&world, &token, cursor).await;
    let mut of_call: Vec<Value> = Vec::new();
    let mut states = Vec::new();
    loop {
        let event = events.next_stored().await;
        assert_eq!(event.data["type"], event.name);
        assert_eq!(event.data["id"], event.id.unwrap().to_string(), "the JSON has the cursor as well");
        match &*event.name {
            "agent.state" => {
                assert_eq!(
                    (&event.data["agent"]["number"], &event.data["agent"]["name"]),
                    (&json!("1001"), &json!(person(ALPHA)))
                );
                states.push(event.data["agent"]["state"].as_str().unwrap().to_owned());
            }
            "interaction.wrapped" => {
                assert_eq!(event.data["interaction_id"], call.id.to_string());
                assert_eq!(event.data["agent_id"], agent(ALPHA).to_string());
                assert_eq!(event.data["wrap_up_ms"], 10_000);
                break;
            }
            _ => of_call.push(event.data),
        }
    }
    states.dedup();
    assert_eq!(states, ["ringing", "talking", "wrap_up"]);
    let told: Vec<_> =
        of_call.iter().map(|e| (e["type"].as_str().unwrap(), e["interaction"]["state"].as_str().unwrap())).collect();
    assert_eq!(told.first(), Some(&("interaction.started", "ringing")));
    assert_eq!(told.last(), Some(&("interaction.ended", "ending")));
    assert!(told.contains(&("interaction.state", "talking")), "{told:?}");
    for event in &of_call {
        let interaction = &event["interaction"];
        assert_eq!(interaction["id"], call.id.to_string());
        assert_eq!((&interaction["from"], &interaction["to"]), (&json!("13800138000"), &json!(SALES)), "{event}");
        assert_eq!(interaction["started_at"], "2026-09-21T14:13:20.000Z");
    }
}

#[tokio::test]
async fn a_client_that_is_killed_again_and_again_misses_nothing_and_sees_nothing_twice() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    for n in 0..40 {
        world.desk.talk(ALPHA, &format!("1380013{n:04}"), SALES);
        world.desk.talk(BETA, "13900139000", SALES);
    }
    let mut whole = Vec::new();
    let mut events = open(&world, &token, 0).await;
    while whole.iter().filter(|(_, name)| name == "interaction.wrapped").count() < 40 {
        let event = events.next_stored().await;
        whole.push((event.id.unwrap(), event.name));
    }
    assert!(whole.windows(2).all(|pair| pair[0].0 < pair[1].0), "cursors only rise");

    let mut seen = Vec::new();
    let mut last = 0;
    for length in [1, 2, 3, 5, 8, 13, 21, 34, 1, 55].into_iter().cycle() {
        // The address still has the first cursor, as a browser's would; the header has the last.
        let ask = Ask::new("GET", "/api/v1/events?cursor=0").token(&token).header("last-event-id", last.to_string());
        let mut events = ask.stream(world.address).await;
        for _ in 0..length {
            if seen.len() == whole.len() {
                break;
            }
            let event = events.next_stored().await;
            last = event.id.unwrap();
            seen.push((last, event.name));
        }
        // The connection is dropped here, in the middle of whatever it does.
        if seen.len() == whole.len() {
            break;
        }
    }
    assert_eq!(seen, whole);
}

#[tokio::test]
async fn what_comes_while_the_client_is_away_is_told_when_it_is_back() {
    let world = World::start().await;
    let token = world.login(ALPHA, "super").await;
    let mut events = open(&world, &token, 0).await;
    world.desk.talk(ALPHA, "13800138000", SALES);
    let first = names_of_a_call(&mut events).await;
    let cursor = world.journal.last_seq(ALPHA);
    drop(events);
    world.desk.talk(ALPHA, "13800138001", SALES);
    let mut events = open(&world, &token, cursor).await;
    let second = names_of_a_call(&mut events).await;
    assert_eq!(first.iter().filter(|n| *n == "interaction.started").count(), 1);
    assert_eq!(second.iter().filter(|n| *n == "interaction.started").count(), 1);
    // And what happens from now on follows by itself.
    alarm(&world, ALPHA, "now");
    let mut event = events.next_stored().await;
    while event.name == "agent.state" {
        event = events.next_stored().await;
    }
    assert_eq!((&*event.name, &event.data["alarm"]["message"]), ("alarm", &json!("now")));
}

#[tokio::test]
async fn without_a_cursor_the_stream_begins_now() {
    let world = World::start().await;
    let token = world.login(ALPHA, "super").await;
    alarm(&world, ALPHA, "before");
    let mut events = Ask::new("GET", "/api/v1/events").token(&token).stream(world.address).await;
    assert_eq!(events.next().await.name, "queue.stats", "it begins with the figures");
    alarm(&world, ALPHA, "after");
    assert_eq!(events.next_stored().await.data["alarm"]["message"], "after");
}

#[tokio::test]
async fn an_expired_cursor_is_gone_and_a_damaged_one_refused() {
    let options = Options { segment_bytes: 4_096, retention_bytes: 8_192, ..Options::default() };
    let world = World::with(&[ALPHA], options).await;
    let token = world.login(ALPHA, "super").await;
    for n in 0..200 {
        alarm(&world, ALPHA, &format!("{n} {}", "x".repeat(200)));
    }
    for (cursor, expected) in [
        ("1", (410, "expired")),
        ("99999999", (410, "expired")),
        ("rubbish", (400, "bad_value")),
        ("-1", (400, "bad_value")),
        ("18446744073709551616", (400, "bad_value")),
    ] {
        for path in ["/api/v1/events", "/api/v1/events?"] {
            let ask = Ask::new("GET", path).token(&token).header("last-event-id", cursor);
            let (status, code, _) = world.ask(ask).await.error();
            assert_eq!((status, &*code), expected, "{cursor}");
        }
        let reply = world.get(&token, format!("/api/v1/events?cursor={cursor}")).await;
        assert_eq!(reply.error(), (expected.0, expected.1.into(), Some("cursor".into())));
    }
}

#[tokio::test]
async fn queues_figures_come_in_between_and_only_when_they_change() {
    let world = World::start().await;
    let token = world.login(ALPHA, "super").await;
    let mut events = Ask::new("GET", "/api/v1/events").token(&token).stream(world.address).await;
    let figures = events.next().await;
    assert_eq!((figures.id, &figures.data["queue"]["offered_today"]), (None, &json!(0)));
    world.desk.talk(ALPHA, "13800138000", SALES);
    loop {
        let event = events.next().await;
        if event.name == "queue.stats" {
            assert_eq!(event.id, None, "the cursor stays");
            assert_eq!(event.data["queue"]["answered_today"], 1);
            assert_eq!(event.data["queue"]["name"], "sales");
            break;
        }
    }
}

#[tokio::test]
async fn what_is_not_for_screens_stays_within() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let mut events = open(&world, &token, world.journal.last_seq(ALPHA)).await;
    let (leg, id) = (LegId(5), InteractionId(6));
    world.desk.write(ALPHA, Happening::DialogSaved { leg, id, bytes: vec![1, 2, 3] });
    world.desk.write(ALPHA, Happening::DialogEnded { leg, cause: Cause::Normal });
    world.desk.write(ALPHA, Happening::Registered { device: DeviceId(7), contacts: vec![] });
    world.desk.write(ALPHA, Happening::InteractionAnswered { id });
    let (agent, state) = (agent(ALPHA), types::record::AgentState::Ready);
    world.desk.write(ALPHA, Happening::AgentWish { agent, state, reason: None });
    world.desk.write(
        ALPHA,
        Happening::CallbackRequested {
            id,
            number: "13800138000".into(),
            queue: None,
            since: None,
            wants: Vec::new(),
            missed: false,
        },
    );
    let event = events.next_stored().await;
    assert_eq!((&*event.name, &event.data["number"]), ("callback.requested", &json!("13800138000")));
    let (news, status) = (types::record::CallbackNews::Unreached, types::record::CallbackStatus::Asked);
    let followed = Happening::CallbackFollowed { of: id, id: None, news, status, attempts: 1, next: None };
    world.desk.write(ALPHA, followed);
    let event = events.next_stored().await;
    assert_eq!((&*event.name, &event.data["news"]), ("callback.followed", &json!("unreached")));
    let cleared = Happening::Alarm { code: "disk_failed".into(), detail: "磁盘".into(), raised: false };
    world.desk.write(ALPHA, cleared);
    let alarm = events.next_stored().await.data;
    assert_eq!((&alarm["alarm"]["severity"], &alarm["alarm"]["id"]), (&json!("critical"), &json!("disk_failed")));
    assert!(alarm["alarm"]["cleared_at"].is_string());
}

#[tokio::test]
async fn what_is_ordered_of_others_is_told_to_whoever_may_read_the_trail() {
    let world = World::start().await;
    let call = world.desk.call(ALPHA, "13800138000", SALES);
    world.desk.answer();
    let cursor = world.journal.last_seq(ALPHA);
    let (boss, own) = (world.login(ALPHA, "super").await, world.login(ALPHA, "agent").await);
    let order = async |token: &str, method: &'static str, path: String, body: Value| {
        let status = world.ask(Ask::new(method, path).token(token).json(&body)).await.status;
        assert!((200..300).contains(&status), "{status}");
    };
    let state = format!("/api/v1/agents/{}/state", agent(ALPHA));
    let acts = format!("/api/v1/interactions/{}/actions", call.id);
    order(&own, "PUT", state.clone(), json!({"state": "not_ready", "reason": "lunch"})).await;
    order(&own, "POST", acts.clone(), json!({"action": "hold"})).await;
    order(&boss, "PUT", state, json!({"state": "not_ready", "reason": "training"})).await;
    order(&boss, "POST", acts, json!({"action": "resume"})).await;
    order(&boss, "POST", format!("/api/v1/interactions/{}/hangup", call.id), json!({})).await;
    let admin = world.login(ALPHA, "admin").await;
    let mut events = open(&world, &admin, cursor).await;
    let mut found = Vec::new();
    while found.len() < 3 {
        let event = events.next_stored().await;
        if event.name == "order.given" {
            found.push(event.data);
        }
    }
    let told = |data: &Value| ["by", "order", "reason", "agent_id", "interaction_id"].map(|of| data[of].clone());
    let (agent, call) = (json!(agent(ALPHA).to_string()), json!(call.id.to_string()));
    assert_eq!(told(&found[0]), [json!("super"), json!("not_ready"), json!("training"), agent, Value::Null]);
    assert_eq!(told(&found[1]), [json!("super"), json!("resume"), Value::Null, Value::Null, call.clone()]);
    assert_eq!(told(&found[2]), [json!("super"), json!("hangup"), Value::Null, Value::Null, call]);
    let mut events = open(&world, &own, cursor).await;
    loop {
        let event = events.next_stored().await;
        assert_ne!(event.name, "order.given", "an agent reads no trail");
        if event.name == "interaction.ended" {
            break;
        }
    }
}

#[tokio::test]
async fn an_agent_is_not_told_other_callers_numbers() {
    let world = World::start().await;
    let token = world.login(ALPHA, "idle").await;
    let mut events = open(&world, &token, world.journal.last_seq(ALPHA)).await;
    world.desk.talk(ALPHA, "13800138000", SALES);
    loop {
        let event = events.next_stored().await;
        assert!(!event.data.to_string().contains("13800138000"), "{}", event.data);
        if event.name == "interaction.wrapped" {
            break;
        }
    }
}

#[tokio::test]
async fn a_call_that_began_before_anybody_looked_still_has_its_numbers() {
    let world = World::start().await;
    let call = world.desk.call(ALPHA, "13800138000", SALES);
    let cursor = world.journal.last_seq(ALPHA);
    let token = world.login(ALPHA, "super").await;
    let mut events = open(&world, &token, cursor).await;
    world.desk.answer();
    loop {
        let event = events.next_stored().await;
        if event.name == "interaction.state" {
            assert_eq!(event.data["interaction"]["from"], "13800138000");
            break;
        }
    }
    world.desk.caller_leaves(call);
}

#[tokio::test]
async fn a_websocket_tells_the_same() {
    let world = World::start().await;
    let token = world.login(ALPHA, "super").await;
    let cursor = world.journal.last_seq(ALPHA);
    let mut socket = Socket::open(world.address, &token, cursor).await.unwrap();
    world.desk.talk(ALPHA, "13800138000", SALES);
    let mut by_events = open(&world, &token, cursor).await;
    loop {
        let expected = by_events.next_stored().await;
        let told: Value = loop {
            let told = socket.next().await;
            if told["type"] != "queue.stats" {
                break told;
            }
        };
        assert_eq!(told, expected.data);
        if expected.name == "interaction.wrapped" {
            break;
        }
    }
    let refused = Socket::open(world.address, &token, u64::MAX).await;
    assert!(matches!(refused, Err(tokio_tungstenite::tungstenite::Error::Http(reply)) if reply.status() == 410));
}

/// The node's own word on its disk, as it stands for a tenant.
fn standing(tenant: TenantId, raised: bool, minute: i64) -> types::event::Event {
    let what = Happening::Alarm { code: "journal_failed".into(), detail: "no room".into(), raised };
    types::event::Event { tenant, at: types::Wall(crate::desk::START.0 + minute * 60_000), what }
}

async fn next_alarm(events: &mut Events) -> (Option<u64>, Value) {
    loop {
        let event = events.next().await;
        if event.name == "alarm" {
            return (event.id, event.data["alarm"].clone());
        }
    }
}

#[tokio::test]
async fn an_alarm_that_the_journal_does_not_take_is_told_all_the_same() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let mut events = open(&world, &token, world.journal.last_seq(ALPHA)).await;
    world.desk.alarms.send_replace(vec![standing(BETA, true, 0), standing(ALPHA, true, 1)].into());
    let (id, raised) = next_alarm(&mut events).await;
    assert_eq!((id, &raised["code"], &raised["severity"]), (None, &json!("journal_failed"), &json!("critical")));
    assert_eq!((&raised["message"], raised.get("cleared_at")), (&json!("no room"), None));
    // Who comes while it stands hears of it too.
    let mut late = open(&world, &token, world.journal.last_seq(ALPHA)).await;
    assert_eq!(next_alarm(&mut late).await, (None, raised));
    world.desk.alarms.send_replace(vec![standing(BETA, true, 0), standing(ALPHA, false, 2)].into());
    for events in [&mut events, &mut late] {
        let (id, over) = next_alarm(events).await;
        assert!(id.is_none() && over["cleared_at"].is_string(), "{over}");
    }
}

#[tokio::test]
async fn an_alarm_that_the_journal_takes_is_told_once() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let mut events = open(&world, &token, world.journal.last_seq(ALPHA)).await;
    // Behind it in the node's list is one that the journal never gets: when it comes, the first was passed over.
    let other = Happening::Alarm { code: "sync_slow".into(), detail: "".into(), raised: true };
    let written = types::event::Event { at: crate::desk::START, ..standing(ALPHA, true, 0) };
    let behind = types::event::Event { tenant: ALPHA, at: crate::desk::START, what: other };
    world.desk.write(ALPHA, written.what.clone());
    world.desk.alarms.send_replace(vec![written, behind].into());
    let (id, told) = next_alarm(&mut events).await;
    assert!(id.is_some() && told["code"] == "journal_failed", "{told}");
    assert_eq!(next_alarm(&mut events).await.1["code"], "sync_slow");
}

#[tokio::test]
async fn the_agent_whose_page_is_to_answer_is_told_and_nobody_else() {
    let world = World::start().await;
    let id = InteractionId(7);
    let token = world.login(ALPHA, "super").await;
    let cursor = world.get(&token, "/api/v1/live").await.json()["cursor"].as_str().unwrap().to_owned();
    world.desk.write(ALPHA, Happening::AnswerAsked { id, agent: agent(ALPHA) });
    alarm(&world, ALPHA, "after it");
    for (user, told) in [("agent", "interaction.answer_asked"), ("super", "alarm"), ("idle", "alarm")] {
        let token = world.login(ALPHA, user).await;
        let event = open(&world, &token, &cursor).await.next_stored().await;
        assert_eq!(event.name, told, "{user}");
        if user == "agent" {
            assert_eq!(event.data["interaction_id"], id.to_string());
            assert_eq!(event.data["agent_id"], agent(ALPHA).to_string());
        }
    }
}

#[tokio::test]
async fn an_expired_lease_is_told_to_supervisors_and_to_nobody_else() {
    let world = World::start().await;
    let (supervisor, agents) = (world.login(ALPHA, "super").await, world.login(ALPHA, "agent").await);
    let cursor = world.get(&supervisor, "/api/v1/live").await.json()["cursor"].as_str().unwrap().to_owned();
    let expired = types::lease::ExpiredLease {
        lease: types::lease::LeaseKind::Talk,
        agent: Some(agent(ALPHA)),
        interaction: InteractionId(7),
        since: crate::desk::START,
    };
    world.desk.write(ALPHA, Happening::LeaseExpired { expired });
    alarm(&world, ALPHA, "after it");
    let mut events = open(&world, &supervisor, &cursor).await;
    let told = events.next_stored().await;
    assert_eq!((&*told.name, &told.data["expired"]["lease"]), ("lease.expired", &json!("talk")));
    assert_eq!(told.data["expired"]["agent"]["number"], "1001");
    assert_eq!(told.data["expired"]["interaction_id"], InteractionId(7).to_string());
    let mut events = open(&world, &agents, &cursor).await;
    assert_eq!(events.next_stored().await.name, "alarm");
    assert_eq!(world.get(&supervisor, "/api/v1/live").await.json()["expired_leases"], json!([]));
}
