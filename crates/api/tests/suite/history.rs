//! Interactions that have ended.

use std::time::Duration;

use serde_json::{Value, json};

use crate::desk::Call;
use crate::world::{ALPHA, BETA, SALES, World, agent, person, queue};

async fn list(world: &World, token: &str, query: &str) -> Value {
    let reply = world.get(token, format!("/api/v1/interactions{query}")).await;
    assert_eq!(reply.status, 200, "{query}: {}", reply.text());
    reply.json()
}

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect()
}

/// Three calls: talked, given up while it rang, to a number that leads nowhere.
async fn past() -> (World, [Call; 2]) {
    let world = World::start().await;
    let talked = world.desk.talk(ALPHA, "13800138000", SALES);
    let given_up = world.desk.call(ALPHA, "13900139111", SALES);
    world.desk.pass(std::time::Duration::from_secs(3));
    world.desk.caller_leaves(given_up);
    world.desk.pass(std::time::Duration::from_secs(60));
    world.project().await;
    (world, [talked, given_up])
}

#[tokio::test]
async fn a_call_is_listed_with_all_that_a_row_shows() {
    let (world, [talked, given_up]) = past().await;
    let token = world.login(ALPHA, "super").await;
    let page = list(&world, &token, "").await;
    assert_eq!(ids(&page), [given_up.id.to_string(), talked.id.to_string()], "newest first");
    assert_eq!(page["next_cursor"], Value::Null);
    let row = &page["items"][1];
    let expected = json!({
        "id": talked.id.to_string(), "channel": "voice", "direction": "inbound", "from": "13800138000", "to": SALES,
        "queue": {"id": queue(ALPHA).to_string(), "name": "sales", "title": {"zh": "销售", "en": "Sales"}},
        "agent": {"id": agent(ALPHA).to_string(), "number": "1001", "name": person(ALPHA)},
        "started_at": "2026-09-21T14:13:20.000Z", "answered_at": row["answered_at"],
        "connected_at": "2026-09-21T14:13:22.000Z", "ended_at": "2026-09-21T14:13:27.000Z", "wait_ms": 2_000,
        "talk_ms": 5_000, "hold_ms": 0, "wrap_up_ms": 10_000, "outcome": "answered", "ended_by": "caller",
        "cause": "normal", "has_recording": true,
    });
    assert_eq!(row, &expected);
    assert_eq!(page["items"][0]["outcome"], "abandoned");
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let (world, [talked, given_up]) = past().await;
    let token = world.login(ALPHA, "super").await;
    let (talked, given_up) = (talked.id.to_string(), given_up.id.to_string());
    let both = vec![given_up.clone(), talked.clone()];
    for (query, expected) in [
        ("?outcome=answered".to_owned(), vec![talked.clone()]),
        ("?outcome=abandoned".to_owned(), vec![given_up.clone()]),
        ("?direction=inbound".to_owned(), both.clone()),
        ("?direction=outbound".to_owned(), vec![]),
        (format!("?queue={}", queue(ALPHA)), both.clone()),
        ("?queue=sales&outcome=answered".to_owned(), vec![talked.clone()]),
        (format!("?agent={}", agent(ALPHA)), both.clone()),
        ("?agent=1002".to_owned(), vec![]),
        ("?number=13800138000".to_owned(), vec![talked.clone()]),
        ("?number=138-0013-8000".to_owned(), vec![talked.clone()]),
        ("?number=9111".to_owned(), vec![given_up.clone()]),
        ("?number=95001".to_owned(), both.clone()),
        ("?number=555".to_owned(), vec![]),
        ("?from=2026-09-21T14:13:21Z".to_owned(), vec![given_up.clone()]),
        ("?to=2026-09-21T14:13:21Z".to_owned(), vec![talked.clone()]),
        ("?from=2026-09-21T22:13:21%2B08:00".to_owned(), vec![given_up.clone()]),
        ("?from=2026-09-21T22:13:20+08:00&to=2026-09-21T14:13:20.001Z".to_owned(), vec![talked.clone()]),
        ("?outcome=&queue=".to_owned(), both),
    ] {
        assert_eq!(ids(&list(&world, &token, &query).await), expected, "{query}");
    }
}

#[tokio::test]
async fn pages_hold_each_call_once() {
    let world = World::start().await;
    let mut calls: Vec<String> =
        (0..7).map(|n| world.desk.talk(ALPHA, &format!("1380013800{n}"), SALES).id.to_string()).collect();
    world.project().await;
    calls.reverse();
    let token = world.login(ALPHA, "agent").await;
    let mut seen = Vec::new();
    let mut query = "?limit=3".to_owned();
    loop {
        let page = list(&world, &token, &query).await;
        seen.extend(ids(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("?limit=3&cursor={cursor}");
    }
    assert_eq!(seen, calls);
}

#[tokio::test]
async fn one_call_is_told_in_full() {
    let (world, [talked, _]) = past().await;
    let token = world.login(ALPHA, "super").await;
    let reply = world.get(&token, format!("/api/v1/interactions/{}", talked.id)).await;
    let call = reply.json();
    assert_eq!((reply.status, &call["id"]), (200, &json!(talked.id.to_string())), "{call}");
    let legs = call["legs"].as_array().unwrap();
    assert_eq!(legs.iter().map(|l| l["role"].as_str().unwrap()).collect::<Vec<_>>(), ["customer", "agent"]);
    assert_eq!(legs[0]["sip_call_id"], format!("call-{}", talked.leg));
    assert_eq!(legs[1]["agent_id"], agent(ALPHA).to_string());
    assert_eq!((&legs[0]["media"]["codec"], &legs[0]["media"]["clock_rate_hz"]), (&json!("PCMA"), &json!(8_000)));
    assert!(legs.iter().all(|leg| leg["ended_at"].is_string() && leg["end_cause"] != ""), "{legs:?}");
    assert_eq!(call["decisions"][0]["winner"]["number"], "1001");
    assert_eq!(call["decisions"][0]["queue_id"], queue(ALPHA).to_string());
    assert!(!call["decisions"][0]["winner"]["terms"].as_array().unwrap().is_empty());
    let segments = call["segments"].as_array().unwrap();
    assert!(segments.windows(2).all(|pair| pair[0]["to"] == pair[1]["from"]), "no second without a cause");
    assert!(segments.iter().any(|s| s["cause"] == "talking"));
    let recording = &call["recordings"][0];
    assert_eq!((&recording["duration_ms"], &recording["channels"]), (&json!(5_000), &json!(["customer", "agent"])));
    let message = &call["messages"][0];
    assert_eq!(message["start_line"], format!("INVITE sip:{SALES}@desk SIP/2.0"));
    assert_eq!((&message["cseq"], &message["direction"]), (&json!("1 INVITE"), &json!("in")));
    assert_eq!((&message["transport"], &message["peer"]), (&json!("UDP"), &json!("10.1.2.3:5060")));
    assert_eq!(message["call_id"], format!("call-{}", talked.leg));
    assert!(message["text"].as_str().unwrap().contains("sip:13800138000@carrier"));
}

#[tokio::test]
async fn an_agent_sees_its_own_calls_and_a_customers_history() {
    let (world, [talked, given_up]) = past().await;
    let (talked, given_up) = (talked.id.to_string(), given_up.id.to_string());
    let all = vec![given_up.clone(), talked.clone()];
    for user in ["agent", "admin"] {
        let token = world.login(ALPHA, user).await;
        let page = list(&world, &token, "").await;
        assert_eq!(ids(&page), all, "{user}: it talked with one, and the other rang there");
        assert_eq!(
            (&page["items"][1]["from"], &page["items"][0]["from"]),
            (&json!("13800138000"), &json!("13900139111"))
        );
        let call = world.get(&token, format!("/api/v1/interactions/{talked}")).await;
        assert!(call.text().contains("13800138000"), "{user}: {}", call.text());
    }
    let token = world.login(ALPHA, "idle").await;
    let other = format!("?agent={}", agent(ALPHA));
    // Not even by guessing at digits: the last ones are on the wall of calls in progress.
    for query in ["", "?agent=1001", &other, "?outcome=answered", "?number=8000", "?number=138000"] {
        assert_eq!(ids(&list(&world, &token, query).await), Vec::<String>::new(), "{query}");
    }
    for id in [&talked, &given_up] {
        assert_eq!(world.get(&token, format!("/api/v1/interactions/{id}")).await.error().0, 404);
    }
    for query in ["?number=13800138000", "?number=138-0013-8000"] {
        let history = list(&world, &token, query).await;
        assert_eq!(ids(&history), std::slice::from_ref(&talked), "who has the customer on the line: {query}");
        assert_eq!(history["items"][0]["from"], "138****8000");
    }
    assert_eq!(
        ids(&list(&world, &token, "?number=3800138000").await),
        Vec::<String>::new(),
        "the whole number or none"
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let (world, [talked, _]) = past().await;
    let token = world.login(ALPHA, "admin").await;
    for id in ["0000000000zzz".to_owned(), "x".to_owned(), "%00".to_owned()] {
        assert_eq!(world.get(&token, format!("/api/v1/interactions/{id}")).await.error().0, 404, "{id}");
    }
    let shouted = talked.id.to_string().to_uppercase();
    assert_eq!(world.get(&token, format!("/api/v1/interactions/{shouted}")).await.status, 200);
}

#[tokio::test]
async fn an_agent_s_day_tells_of_taken_and_missed_calls() {
    let world = World::start().await;
    let talked = world.desk.talk(ALPHA, "13800138000", SALES);
    let missed = world.desk.call(ALPHA, "075586012345", SALES);
    world.desk.pass(std::time::Duration::from_secs(2));
    world.desk.ring();
    world.desk.pass(std::time::Duration::from_secs(2));
    let token = world.login(ALPHA, "agent").await;
    let card = |id: types::InteractionId| format!("/api/v1/interactions/{id}/card");
    let place = json!({"place": {"zh": "广东省深圳市", "en": "Shenzhen, Guangdong"}});
    assert_eq!(world.get(&token, card(missed.id)).await.json(), place, "while it rings");
    world.desk.caller_leaves(missed);
    world.desk.pass(std::time::Duration::from_secs(60));
    world.project().await;
    assert_eq!(ids(&list(&world, &token, "?missed=true").await), [missed.id.to_string()]);
    let all = list(&world, &token, "").await;
    assert_eq!((&all["items"][0]["missed"], &all["items"][1]["missed"]), (&json!(true), &json!(false)));
    let day = |id, from: &str| format!("/api/v1/agents/{id}/day?from={from}&to=2026-09-22T00:00:00Z");
    let mine = world.get(&token, day(agent(ALPHA), "2026-09-21T14:00:00Z")).await.json();
    let calls = (&mine["answered"], &mine["missed"], &mine["talk_ms"], &mine["wrap_up_ms"]);
    assert_eq!(calls, (&json!(1), &json!(1), &json!(5_000), &json!(10_000)), "{mine}");
    assert_eq!(mine["hours"][0]["from"], "2026-09-21T14:00:00.000Z");
    assert_eq!((&mine["hours"][0]["answered"], &mine["hours"].as_array().unwrap().len()), (&json!(1), &1));
    let sum = |names: &[&str]| names.iter().map(|name| mine[name].as_u64().unwrap()).sum::<u64>();
    assert!(mine["busy_ms"].as_u64().unwrap() >= 15_000, "{mine}");
    assert_eq!(sum(&["ready_ms", "not_ready_ms", "busy_ms"]), sum(&["signed_in_ms"]));

    let idle = world.login(ALPHA, "idle").await;
    assert_eq!(world.get(&idle, day(agent(ALPHA), "2026-09-21T14:00:00Z")).await.error().0, 403);
    assert_eq!(world.get(&idle, card(talked.id)).await.error().0, 404, "over, and another's");
    let (status, _, field) = world.get(&token, day(agent(ALPHA), "2026-09-01T00:00:00Z")).await.error();
    assert_eq!((status, field.as_deref()), (400, Some("from")), "longer than a day");
    let boss = world.login(ALPHA, "super").await;
    assert_eq!(world.get(&boss, day(agent(ALPHA), "2026-09-21T14:00:00Z")).await.json(), mine);
    let (status, _, field) = world.get(&boss, "/api/v1/interactions?missed=true").await.error();
    assert_eq!((status, field.as_deref()), (400, Some("agent")), "whom did they miss?");
}

#[tokio::test]
async fn a_decision_is_told_with_everybody_who_was_in_question() {
    let world = World::start().await;
    let call = world.desk.call(ALPHA, "13800138000", SALES);
    world.desk.pass(Duration::from_secs(2));
    world.desk.answer();
    let path = format!("/api/v1/interactions/{}/decisions", call.id);
    let supervisor = world.login(ALPHA, "super").await;
    let in_progress = world.get(&supervisor, path.clone()).await.json();
    world.desk.pass(Duration::from_secs(3));
    world.desk.caller_leaves(call);
    world.project().await;
    for user in ["super", "agent"] {
        let token = world.login(ALPHA, user).await;
        let told = world.get(&token, path.clone()).await.json();
        assert_eq!(told, in_progress, "{user}");
        let [decision] = &told["items"].as_array().unwrap()[..] else { panic!("{told}") };
        assert_eq!(decision["complete"], true, "{told}");
        let candidates = decision["candidates"].as_array().unwrap();
        assert_eq!(candidates[0], decision["decision"]["winner"]);
        let counted: u64 =
            decision["decision"]["excluded"].as_array().unwrap().iter().map(|e| e["count"].as_u64().unwrap()).sum();
        let left_out = decision["left_out"].as_array().unwrap();
        assert_eq!(left_out.len() as u64, counted, "each of those that the record counts: {told}");
        assert!(left_out.iter().all(|one| one["number"] != "" && one["reason"] == "offline"), "{told}");
    }
    for (tenant, user) in [(ALPHA, "idle"), (BETA, "super")] {
        let token = world.login(tenant, user).await;
        assert_eq!(world.get(&token, path.clone()).await.status, 404, "{user}");
    }
}

#[tokio::test]
async fn what_was_promised_stands_beside_what_came_of_it() {
    let world = World::start().await;
    let call = world.desk.talk(ALPHA, "13800138000", SALES);
    world.desk.pass(Duration::from_secs(60));
    world.project().await;
    // As the record of a customer who was told "two minutes" and waited three.
    let mut record = world.store.record(ALPHA, call.id).await.unwrap().unwrap();
    let connected = record.connected.unwrap();
    let at = types::Wall(connected.0 - 180_000);
    let promise = |wait_ms| types::record::Promise { at, queue: queue(ALPHA), position: Some(4), wait_ms, told: true };
    record.id = types::InteractionId(call.id.0 + 1);
    record.promises = vec![promise(Some(120_000)), promise(None)];
    let id = record.id;
    world.desk.write(ALPHA, types::event::Happening::InteractionEnded { record: Box::new(record) });
    world.project().await;
    let token = world.login(ALPHA, "super").await;
    let detail = world.get(&token, format!("/api/v1/interactions/{id}")).await.json();
    let told = &detail["promises"][0];
    assert_eq!((&told["position"], &told["wait_ms"], &told["kept_ms"]), (&json!(4), &json!(120_000), &json!(180_000)));
    let path = format!("/api/v1/reports/promises?from={at}&told=true");
    let report = world.get(&token, &path).await.json();
    assert_eq!(
        report["total"],
        json!({"promises": 1, "answered": 1, "median_error_ms": 60_000, "median_excess_ms": 60_000,
               "within_30_percent": 0.0})
    );
    assert_eq!(report["items"][0]["queue"]["name"], "sales");
    assert_eq!(report["points"][0]["interaction_id"], id.to_string());
    let none = world.get(&token, format!("/api/v1/reports/promises?from={at}&told=false")).await.json();
    assert_eq!((&none["total"]["promises"], &none["items"]), (&json!(0), &json!([])));
    let agents = world.login(ALPHA, "agent").await;
    assert_eq!(world.get(&agents, &path).await.status, 403);
    let others = world.login(BETA, "super").await;
    assert_eq!(world.get(&others, &path).await.json()["total"]["promises"], 0, "another tenant's");
    assert_eq!(world.get(&token, "/api/v1/reports/promises").await.json()["error"]["field"], "from");
}
