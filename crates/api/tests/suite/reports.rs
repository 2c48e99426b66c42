//! Reports as files.

use serde_json::json;

use crate::http::Ask;
use crate::world::{ALPHA, BETA, SALES, World};

const ALL_TIME: &str = "from=2026-01-01T00:00:00Z&to=2030-01-01T00:00:00Z";

#[tokio::test]
async fn a_file_has_the_figures_of_the_report() {
    let world = World::start().await;
    world.desk.talk(ALPHA, "13800138000", SALES);
    world.project().await;
    let token = world.login(ALPHA, "super").await;
    let report = world.get(&token, format!("/api/v1/reports?by=queue&every=all&{ALL_TIME}")).await.json();
    let line = &report["items"][0];
    let figures = [line["offered"].to_string(), line["answered"].to_string(), line["contacts"].to_string()];
    let title = line["subject"]["title"]["en"].as_str().unwrap();
    let path = format!(
        "/api/v1/reports/file?by=queue&every=day&{ALL_TIME}&format=csv&language=en&columns=contacts,offered,answered"
    );
    let reply = world.get(&token, path).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("text/csv; charset=utf-8"));
    let name = reply.header("content-disposition").unwrap();
    assert!(name.starts_with("attachment; filename=\"report-queue-20260101-"), "{name}");
    let text = reply.text();
    let row = format!("{title},{},{},{}", figures[2], figures[0], figures[1]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.contains(&"Queue,Contacts,Offered,Answered"), "{text}");
    assert!(lines.iter().any(|line| *line == row), "{row} in {text}");
    assert!(lines.contains(&"Interval,Queue,Contacts,Offered,Answered"), "{text}");
    assert!(text.contains("Offered: answered, abandoned and went on together"), "{text}");
}

#[tokio::test]
async fn numbers_and_directions_are_called_what_people_call_them() {
    let world = World::start().await;
    world.desk.talk(ALPHA, "13800138000", SALES);
    world.project().await;
    let token = world.login(ALPHA, "super").await;
    let subject = async |by| {
        let path = format!("/api/v1/reports?by={by}&every=all&{ALL_TIME}");
        world.get(&token, path).await.json()["items"][0]["subject"].clone()
    };
    let inbound = json!({"id": "inbound", "name": "inbound", "title": {"zh": "呼入", "en": "Inbound"}});
    assert_eq!(subject("direction").await, inbound);
    let number = subject("number").await;
    assert_eq!((&number["name"], &number["title"]["zh"]), (&number["id"], &number["id"]), "{number}");
    assert_ne!(number["id"], "");
}

#[tokio::test]
async fn a_file_comes_in_the_form_and_language_that_is_asked_for() {
    let world = World::start().await;
    let token = world.login(ALPHA, "super").await;
    for (format, kind, begins) in [
        ("csv", "text/csv; charset=utf-8", "\u{feff}报表：坐席".as_bytes()),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ("pdf", "application/pdf", b"%PDF-1."),
    ] {
        let path = format!("/api/v1/reports/file?by=agent&{ALL_TIME}&every=month&format={format}");
        let reply = world.get(&token, path).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(kind)), "{format}");
        assert!(reply.body.starts_with(begins), "{format}");
    }
}

#[tokio::test]
async fn what_no_file_can_be_made_of_is_named() {
    let world = World::start().await;
    let token = world.login(ALPHA, "super").await;
    for (query, field) in [
        (format!("by=queue&{ALL_TIME}"), "format"),
        (format!("by=queue&{ALL_TIME}&format=doc"), "format"),
        (format!("by=queue&{ALL_TIME}&format=csv&columns=answered,moon"), "columns"),
        (format!("by=queue&{ALL_TIME}&format=csv&level=best"), "level"),
        (format!("by=queue&{ALL_TIME}&format=csv&language=fr"), "language"),
        (format!("by=queue&{ALL_TIME}&format=csv&colour=red"), "colour"),
        ("by=queue&format=csv".to_owned(), "from"),
    ] {
        let reply = world.get(&token, format!("/api/v1/reports/file?{query}")).await;
        assert_eq!((reply.status, reply.json()["error"]["field"].as_str()), (400, Some(field)), "{query}");
    }
    let agent = world.login(ALPHA, "agent").await;
    let reply = world.get(&agent, format!("/api/v1/reports/file?by=queue&{ALL_TIME}&format=csv")).await;
    assert_eq!(reply.status, 403);
    assert_eq!(world.ask(Ask::new("GET", "/api/v1/reports/file")).await.status, 401);
}

async fn views(world: &World, token: &str) -> Vec<(String, bool)> {
    let list = world.get(token, "/api/v1/report-views").await.json();
    let items = list["items"].as_array().unwrap().iter();
    items.map(|view| (view["name"].as_str().unwrap().to_owned(), view["own"].as_bool().unwrap())).collect()
}

#[tokio::test]
async fn views_are_kept_shared_changed_and_forgotten() {
    let world = World::start().await;
    let (boss, admin) = (world.login(ALPHA, "super").await, world.login(ALPHA, "admin").await);
    let stranger = world.login(BETA, "admin").await;
    let keep = |token, body| world.ask(Ask::new("POST", "/api/v1/report-views").token(token).json(&body));
    let mine = keep(&boss, json!({"name": " 每周队列 ", "query": "by=queue&period=last_week"})).await;
    assert_eq!(mine.status, 201, "{}", mine.text());
    assert_eq!(keep(&boss, json!({"name": "Agents", "query": "by=agent", "shared": true})).await.status, 201);
    let id = mine.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(views(&world, &boss).await, [("Agents".to_owned(), true), ("每周队列".to_owned(), true)]);
    assert_eq!(views(&world, &admin).await, [("Agents".to_owned(), false)]);
    assert_eq!(views(&world, &stranger).await, []);

    let change = json!({"name": "每周队列", "query": "by=queue", "shared": true});
    let path = format!("/api/v1/report-views/{id}");
    let ask = |method, token| Ask::new(method, path.clone()).token(token);
    for (token, status) in [(&admin, 404), (&stranger, 404), (&boss, 200)] {
        assert_eq!(world.ask(ask("PUT", token).json(&change)).await.status, status);
    }
    let list = world.get(&admin, "/api/v1/report-views").await.json();
    let seen = &list["items"][1];
    assert_eq!((&seen["query"], &seen["owner"], &seen["own"]), (&json!("by=queue"), &json!("super"), &json!(false)));
    for (token, status) in [(&stranger, 404), (&admin, 403), (&boss, 204), (&boss, 404)] {
        assert_eq!(world.ask(ask("DELETE", token)).await.status, status);
    }
    for (body, field) in [
        (json!({"name": "", "query": ""}), "name"),
        (json!({"name": "n".repeat(81), "query": ""}), "name"),
        (json!({"name": "n", "query": "q".repeat(4_001)}), "query"),
    ] {
        let reply = keep(&boss, body).await;
        assert_eq!((reply.status, reply.json()["error"]["field"].as_str()), (400, Some(field)));
    }
    let agent = world.login(ALPHA, "agent").await;
    assert_eq!(world.get(&agent, "/api/v1/report-views").await.status, 403);
    assert_eq!(keep(&agent, json!({"name": "n", "query": ""})).await.status, 403);
}
