//! Dashboards that people compose.

use serde_json::{Value, json};

use crate::http::Ask;
use crate::world::{ALPHA, BETA, World};

const PATH: &str = "/api/v1/dashboards";

fn tiles() -> Value {
    json!([
        {"title": "排队", "width": 3, "height": 1, "shows": {"kind": "now", "figure": "waiting", "queues": []}},
        {"title": "", "width": 6, "height": 3, "shows": {"kind": "agents"}},
        {"title": "", "width": 6, "height": 3,
            "shows": {"kind": "report", "form": "course", "query": "by=queue", "column": "abandon_rate"}},
        {"title": "", "width": 12, "height": 1, "shows": {"kind": "note", "text": "Mondays are loud"}},
    ])
}

async fn names(world: &World, token: &str) -> Vec<Value> {
    let list = world.get(token, PATH).await.json();
    list["items"].as_array().unwrap().iter().map(|board| json!([board["name"], board["own"]])).collect()
}

#[tokio::test]
async fn a_dashboard_is_composed_shared_changed_and_forgotten() {
    let world = World::start().await;
    let (boss, admin) = (world.login(ALPHA, "super").await, world.login(ALPHA, "admin").await);
    let stranger = world.login(BETA, "admin").await;
    let keep = |token, body| world.ask(Ask::new("POST", PATH).token(token).json(&body));
    let mine = keep(&boss, json!({"name": " 值班 ", "tiles": tiles()})).await;
    assert_eq!((mine.status, &mine.json()["tiles"]), (201, &tiles()), "{}", mine.text());
    let path = format!("{PATH}/{}", mine.json()["id"].as_str().unwrap());
    assert_eq!(names(&world, &boss).await, [json!(["值班", true])]);
    assert!(names(&world, &admin).await.is_empty());

    let ask = |method, token| Ask::new(method, path.clone()).token(token);
    let change = json!({"name": "值班", "shared": true, "tiles": []});
    for (token, status) in [(&admin, 404), (&stranger, 404), (&boss, 200)] {
        assert_eq!(world.ask(ask("PUT", token).json(&change)).await.status, status);
    }
    assert_eq!(names(&world, &admin).await, [json!(["值班", false])]);
    assert!(names(&world, &stranger).await.is_empty());
    for (token, status) in [(&stranger, 404), (&admin, 403), (&boss, 204), (&boss, 404)] {
        assert_eq!(world.ask(ask("DELETE", token)).await.status, status);
    }
    let agent = world.login(ALPHA, "agent").await;
    assert_eq!(world.get(&agent, PATH).await.status, 403);
    assert_eq!(keep(&agent, json!({"name": "n", "tiles": []})).await.status, 403);
}

#[tokio::test]
async fn what_a_tile_can_not_be_is_named() {
    let world = World::start().await;
    let boss = world.login(ALPHA, "super").await;
    let with = |change: fn(&mut Value)| {
        let mut tiles = tiles();
        change(&mut tiles);
        json!({"name": "n", "tiles": tiles})
    };
    let many = json!({"name": "n", "tiles": vec![tiles()[1].clone(); 41]});
    for (body, field) in [
        (json!({"name": " ", "tiles": []}), "name"),
        (json!({"name": "n"}), "tiles"),
        (many, "tiles"),
        (with(|tiles| tiles[0]["width"] = json!(1)), "tiles[0].width"),
        (with(|tiles| tiles[1]["height"] = json!(7)), "tiles[1].height"),
        (with(|tiles| tiles[1]["title"] = json!("t".repeat(61))), "tiles[1].title"),
        (with(|tiles| tiles[2]["shows"]["query"] = json!("q".repeat(4_001))), "tiles[2].shows.query"),
        (with(|tiles| tiles[3]["shows"]["text"] = json!("字".repeat(2_001))), "tiles[3].shows.text"),
        (with(|tiles| tiles[0]["shows"]["queues"] = json!(vec!["1"; 51])), "tiles[0].shows.queues"),
        (with(|tiles| tiles[0]["colour"] = json!("red")), "colour"),
    ] {
        let reply = world.ask(Ask::new("POST", PATH).token(&boss).json(&body)).await;
        assert_eq!((reply.status, reply.json()["error"]["field"].as_str()), (400, Some(field)), "{}", reply.text());
    }
}

#[tokio::test]
async fn one_person_keeps_a_hundred_at_most() {
    let world = World::start().await;
    let boss = world.login(ALPHA, "super").await;
    for number in 0..=100 {
        let body = json!({"name": format!("{number}"), "tiles": []});
        let reply = world.ask(Ask::new("POST", PATH).token(&boss).json(&body)).await;
        assert_eq!(reply.status, if number < 100 { 201 } else { 409 });
    }
}
