//! What the centre takes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::http::{Ask, Reply};
use crate::world::{ALPHA, BETA, SALES, World};

async fn plan(world: &World, token: &str, site: &Value) -> Reply {
    world.ask(Ask::new("POST", "/api/v1/plan").token(token).json(site)).await
}

#[tokio::test]
async fn supervisors_and_administrators_plan_and_others_do_not() {
    let world = World::start().await;
    for (user, status) in [("super", 200), ("admin", 200), ("agent", 403)] {
        let token = world.login(ALPHA, user).await;
        assert_eq!(plan(&world, &token, &json!({})).await.status, status, "{user}");
        assert_eq!(world.get(&token, "/api/v1/plan/basis").await.status, status, "{user}");
    }
}

#[tokio::test]
async fn a_plan_follows_what_it_is_asked_for() {
    let world = World::start().await;
    let token = world.login(ALPHA, "super").await;
    let usual = plan(&world, &token, &json!({"seats": 200})).await.json();
    assert_eq!(usual["intervals"].as_array().unwrap().len(), 28);
    assert_eq!(usual["busiest"]["from"], "11:00");
    assert_eq!(usual["seats"], usual["busiest"]["agents"]);
    assert!(usual["of_seats"]["calls"].as_f64().unwrap() >= 20_000.0, "{usual}");
    let seats = |plan: &Value| plan["seats"].as_u64().unwrap();
    for more in [json!({"calls": 30_000}), json!({"service_level": 0.9999}), json!({"headroom": 0.6})] {
        assert!(seats(&plan(&world, &token, &more).await.json()) > seats(&usual), "{more}");
    }
    let own = json!({"calls": 100, "headroom": 0, "aht_s": 180, "max_occupancy": 0.85, "codec": "opus",
        "curve": {"opens": "09:30", "interval_min": 30, "arrivals": [100]}});
    let own = plan(&world, &token, &own).await.json();
    assert_eq!((&own["seats"], &own["agents_scheduled"]), (&json!(14), &json!(20)), "{own}");
    assert_eq!(own["busiest"]["from"], "09:30");
    // With no more agents than erlangs nobody can say how long the queue grows.
    assert_eq!((&own["curve"][0]["asa_s"], &own["curve"][0]["service_level"]), (&Value::Null, &json!(0.0)), "{own}");
}

#[tokio::test]
async fn what_cannot_be_planned_with_is_named() {
    let world = World::start().await;
    let token = world.login(ALPHA, "super").await;
    for (site, field) in [
        (json!({"calls": 0}), "calls"),
        (json!({"calls": "many"}), "calls"),
        (json!({"aht_s": 10, "wrap_up_s": 20}), "wrap_up_s"),
        (json!({"peak_share": 0.01}), "peak_share"),
        (json!({"codec": "mp3"}), "codec"),
        (json!({"curve": {"opens": "9", "interval_min": 30, "arrivals": [1]}}), "curve.opens"),
        (json!({"curve": {"opens": "09:00", "interval_min": 7, "arrivals": [1]}}), "curve.interval_min"),
        (json!({"curve": {"opens": "23:30", "interval_min": 30, "arrivals": [1, 1]}}), "curve.arrivals"),
    ] {
        assert_eq!(plan(&world, &token, &site).await.error(), (400, "bad_value".into(), Some(field.into())), "{site}");
    }
    assert_eq!(plan(&world, &token, &json!({"agents": 3})).await.error().1, "unknown_field");
    let long = world.get(&token, "/api/v1/plan/basis?from=2026-01-01T00:00:00Z&to=2026-09-01T00:00:00Z").await;
    assert_eq!(long.error(), (400, "bad_value".into(), Some("from".into())));
}

#[tokio::test]
async fn the_basis_is_what_came_to_the_queues() {
    let world = World::start().await;
    world.desk.talk(ALPHA, "13800138000", SALES);
    world.desk.pass(Duration::from_secs(60));
    let given_up = world.desk.call(ALPHA, "13900139111", SALES);
    world.desk.pass(Duration::from_secs(3));
    world.desk.caller_leaves(given_up);
    world.desk.pass(Duration::from_secs(60));
    world.project().await;
    let path = "/api/v1/plan/basis?to=2026-09-22T00:00:00Z";
    let basis = world.get(&world.login(ALPHA, "super").await, path).await.json();
    assert_eq!((&basis["calls"], &basis["abandoned"], &basis["days"]), (&json!(2), &json!(1), &json!(1)), "{basis}");
    assert_eq!((&basis["aht_s"], &basis["wrap_up_s"]), (&json!(15.0), &json!(10.0)), "{basis}");
    // Two seconds of waiting by the one who was answered, three by the one who gave up.
    assert_eq!(basis["patience"]["patience_s"], 5.0, "{basis}");
    assert_eq!(basis["curve"]["arrivals"], json!([2.0]), "{basis}");
    let theirs = world.get(&world.login(BETA, "super").await, path).await.json();
    assert_eq!((&theirs["calls"], &theirs["patience"], &theirs["curve"]), (&json!(0), &Value::Null, &Value::Null));
}
