//! Settings as resources: read, changed, checked, refused, and in force at once.

use directory::Role;
use serde_json::{Value, json};
use store::Login;

use crate::http::{Ask, Reply};
use crate::world::{ALPHA, SALES, World, name};

fn path(kind: &str, name: &str) -> String {
    format!("/api/v1/settings/{kind}/{name}")
}

async fn put(world: &World, token: &str, kind: &str, name: &str, spec: Value) -> Reply {
    world.ask(Ask::new("PUT", path(kind, name)).token(token).json(&json!({"spec": spec}))).await
}

async fn delete(world: &World, token: &str, kind: &str, name: &str) -> Reply {
    world.ask(Ask::new("DELETE", path(kind, name)).token(token)).await
}

#[tokio::test]
async fn a_new_queue_is_served_at_once() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let reply = put(&world, &token, "queue", "vip", json!({"wrap_up_s": 5, "members": ["1001"]})).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let made = reply.json();
    assert_eq!((&made["kind"], &made["name"], &made["spec"]["wrap_up_s"]), (&json!("queue"), &json!("vip"), &json!(5)));
    assert_eq!(reply.header("etag"), Some(format!("\"{}\"", made["revision"].as_str().unwrap()).as_str()));
    let reply = put(&world, &token, "number", "95100", json!({"target": {"queue": "vip"}})).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    world.desk.talk(ALPHA, "13800138000", "95100");
    let queues = world.get(&token, "/api/v1/live").await.json();
    let vip = queues["queues"].as_array().unwrap().iter().find(|q| q["name"] == "vip").cloned();
    assert!(vip.is_some(), "{queues}");
    world.project().await;
    let list = world.get(&token, "/api/v1/interactions?queue=vip").await.json();
    assert_eq!(list["items"][0]["queue"]["name"], "vip", "{list}");
    assert_eq!(list["items"][0]["outcome"], "answered", "{list}");
    let read = world.get(&token, path("queue", "vip")).await.json();
    assert_eq!(read["used_by"], json!([{"kind": "number", "name": "95100"}]));
    assert_eq!(read["revision"], made["revision"]);
}

#[tokio::test]
async fn lists_are_searched_and_paged() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    for n in ["9", "10", "a"] {
        put(&world, &token, "agent", n, json!({"display_name": format!("张{n}")})).await;
    }
    let names = |reply: &Reply| {
        let items = reply.json()["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = world.get(&token, "/api/v1/settings/agent?limit=3").await;
    assert_eq!(
        (names(&first), &first.json()["next_cursor"]),
        (vec!["9".into(), "10".into(), "1001".into()], &json!("1001"))
    );
    let second = world.get(&token, "/api/v1/settings/agent?limit=3&cursor=1001").await;
    assert_eq!((names(&second), &second.json()["next_cursor"]), (vec!["1002".into(), "a".into()], &Value::Null));
    assert_eq!(names(&world.get(&token, "/api/v1/settings/agent?q=%E5%BC%A01").await), ["10"]);
    assert_eq!(names(&world.get(&token, "/api/v1/settings/queue?q=SALE").await), ["sales"]);
    assert_eq!(names(&world.get(&token, "/api/v1/settings/queue?q=%E9%94%80").await), ["sales"], "by its title");
    assert_eq!(world.get(&token, "/api/v1/settings/ghost").await.status, 404);
    assert_eq!(world.get(&token, "/api/v1/settings/agent?limit=0").await.error().2.as_deref(), Some("limit"));
}

#[tokio::test]
async fn a_lost_update_is_refused() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let read = world.get(&token, path("agent", "1002")).await;
    let tag = read.header("etag").unwrap().to_owned();
    let body = |name: &str| json!({"spec": {"display_name": name}});
    let write = async |header: &'static str, value: &str, name: &str| {
        let ask = Ask::new("PUT", path("agent", "1002")).token(&token).header(header, value).json(&body(name));
        world.ask(ask).await
    };
    let first = write("if-match", &tag, "甲").await;
    assert_eq!(first.status, 200, "{}", first.text());
    assert_ne!(first.header("etag"), Some(tag.as_str()));
    assert_eq!(write("if-match", &tag, "乙").await.error(), (409, "conflict".into(), None));
    assert_eq!(write("if-none-match", "*", "乙").await.error(), (409, "exists".into(), None));
    assert_eq!(write("if-match", "rubbish", "乙").await.error(), (400, "bad_value".into(), Some("if-match".into())));
    assert_eq!(world.get(&token, path("agent", "1002")).await.json()["spec"]["display_name"], "甲");
}

#[tokio::test]
async fn what_is_referred_to_is_not_removed() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let reply = delete(&world, &token, "queue", "sales").await;
    assert_eq!(reply.error(), (409, "in_use".into(), None));
    let problem = &reply.json()["error"]["problems"][0];
    assert_eq!((&problem["kind"], &problem["name"]), (&json!("number"), &json!(SALES)), "{problem}");
    assert_eq!(delete(&world, &token, "number", SALES).await.status, 204);
    assert_eq!(delete(&world, &token, "queue", "sales").await.status, 204);
    assert_eq!(delete(&world, &token, "queue", "sales").await.status, 404);
    assert_eq!(delete(&world, &token, "tenant", name(ALPHA)).await.status, 403);
    assert_eq!(world.get(&token, path("queue", "sales")).await.status, 404);
}

#[tokio::test]
async fn the_wrong_field_is_named_in_the_readers_language() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let ask = |language: &str| {
        let body = json!({"spec": {"wrap_up_s": 9999, "members": ["1001", "7777"]}});
        Ask::new("PUT", path("queue", "sales")).token(&token).header("accept-language", language).json(&body)
    };
    let reply = world.ask(ask("zh")).await;
    assert_eq!(reply.error(), (400, "bad_setting".into(), Some("wrap_up_s".into())));
    let error = reply.json()["error"].clone();
    assert_eq!(error["message"], "须为 0 到 3600");
    assert_eq!(error["problems"][1]["field"], "members[1]");
    assert_eq!(error["problems"][1]["message"], "坐席“7777”不存在");
    let english = world.ask(ask("en")).await.json();
    assert_eq!(english["error"]["message"], "must be 0 to 3600");
    for (spec, field) in [
        (json!({"wrapup": 1}), "wrapup"),
        (json!({"record": "yes"}), "record"),
        (json!({"strategy": "by_height"}), "strategy"),
        (json!({"skills": [{"min": 2}]}), "skills[0].skill"),
    ] {
        let reply = put(&world, &token, "queue", "sales", spec).await;
        assert_eq!(reply.error(), (400, "bad_setting".into(), Some(field.into())));
    }
    let reply = put(&world, &token, "queue", "S%20ales", json!({})).await;
    assert_eq!(reply.error(), (400, "bad_setting".into(), Some("name".into())));
}

#[tokio::test]
async fn a_check_says_what_would_happen_and_changes_nothing() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let check = async |kind: &str, name: &str, body: Value| {
        let reply = world.ask(Ask::new("POST", path(kind, name) + "/check").token(&token).json(&body)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    };
    let spec = json!({"wrap_up_s": 30, "members": ["1001", "1002"]});
    let answer = check("queue", "sales", json!({"spec": spec})).await;
    assert_eq!(
        (&answer["ok"], &answer["changes"][0]["fields"]),
        (&json!(true), &json!(["title", "wrap_up_s"])),
        "{answer}"
    );
    assert_eq!(answer["affects"], json!([{"kind": "number", "name": SALES}]));
    let answer = check("queue", "sales", json!({"delete": true})).await;
    assert_eq!((&answer["ok"], &answer["problems"][0]["code"]), (&json!(false), &json!("in_use")));
    let answer = check("user", "li", json!({"spec": {"roles": ["agent"], "password": "1234567890"}})).await;
    assert_eq!((&answer["problems"][0]["field"], &answer["problems"][0]["code"]), (&json!("password"), &json!("weak")));
    assert_eq!(world.get(&token, path("queue", "sales")).await.json()["spec"]["wrap_up_s"], 0);
    let both = world.ask(Ask::new("POST", path("queue", "sales") + "/check").token(&token).json(&json!({}))).await;
    assert_eq!(both.error(), (400, "missing_field".into(), Some("spec".into())));
}

#[tokio::test]
async fn several_change_together_or_not_at_all() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let apply = async |body: Value| world.ask(Ask::new("POST", "/api/v1/settings").token(&token).json(&body)).await;
    let item = |kind: &str, name: &str, spec: Value| json!({"kind": kind, "name": name, "spec": spec});
    let number = item("number", "95200", json!({"target": {"queue": "night"}}));
    let queue = item("queue", "night", json!({"members": ["1002"]}));
    let refused = apply(json!({"resources": [number]})).await;
    assert_eq!(refused.error(), (400, "bad_setting".into(), Some("target.queue".into())));
    let dry = apply(json!({"resources": [number, queue], "dry_run": true})).await.json();
    assert_eq!(dry["changes"].as_array().unwrap().len(), 2, "{dry}");
    assert_eq!(world.get(&token, path("queue", "night")).await.status, 404);
    assert_eq!(apply(json!({"resources": [number, queue]})).await.status, 200);
    let again = apply(json!({"resources": [number, queue]})).await.json();
    assert_eq!(again["changes"], json!([]));
    let all = world.get(&token, "/api/v1/settings").await.json();
    let resources = all["resources"].as_array().unwrap();
    assert!(resources.iter().any(|r| r["kind"] == "queue" && r["name"] == "night"), "{all}");
    assert!(!all.to_string().contains("argon2"), "{all}");
    let users: Vec<_> = resources.iter().filter(|r| r["kind"] == "user").map(|r| &r["secrets_set"]).collect();
    assert_eq!(users[0], &json!(["password"]));
    let pruned =
        apply(json!({"resources": [item("number", "95200", json!({"target": {"queue": "night"}}))], "prune": true}));
    assert_eq!(
        pruned.await.json()["changes"],
        json!([{"action": "delete", "kind": "number", "name": SALES, "fields": []}])
    );
}

#[tokio::test]
async fn who_may_see_and_change_settings() {
    let world = World::start().await;
    let admin = world.login(ALPHA, "admin").await;
    for user in ["agent", "super"] {
        let token = world.login(ALPHA, user).await;
        assert_eq!(world.get(&token, "/api/v1/settings/queue").await.status, 403, "{user}");
        assert_eq!(put(&world, &token, "queue", "x", json!({})).await.status, 403, "{user}");
        assert_eq!(world.get(&token, "/api/v1/settings-schema").await.status, 403, "{user}");
    }
    let mut login = world.store.login(ALPHA, "super").await.unwrap().unwrap();
    login.user.roles = vec![Role::Auditor];
    world.store.put::<Login>(&login).await.unwrap();
    let auditor = world.login(ALPHA, "super").await;
    assert_eq!(world.get(&auditor, "/api/v1/settings/queue").await.status, 200);
    assert_eq!(put(&world, &auditor, "queue", "x", json!({})).await.status, 403);
    let role = json!({"title": {"en": "Planner"}, "permissions": ["settings.read", "settings.write"]});
    assert_eq!(put(&world, &admin, "role", "planner", role).await.status, 201);
    assert_eq!(put(&world, &admin, "user", "idle", json!({"roles": ["planner"]})).await.status, 200);
    let planner = world.login(ALPHA, "idle").await;
    assert_eq!(put(&world, &planner, "queue", "x", json!({})).await.status, 201);
    assert_eq!(
        put(&world, &planner, "user", "x", json!({"roles": ["admin"]})).await.status,
        403,
        "no rights by oneself"
    );
    let wish = json!({"resources": [{"kind": "user", "name": "x", "spec": {"roles": ["admin"]}}]});
    assert_eq!(world.ask(Ask::new("POST", "/api/v1/settings").token(&planner).json(&wish)).await.status, 403);
    let role = json!({"permissions": ["settings.read", "settings.write", "users.write"]});
    assert_eq!(put(&world, &admin, "role", "planner", role).await.status, 200);
    let planner = world.login(ALPHA, "idle").await;
    let above = put(&world, &planner, "user", "x", json!({"roles": ["admin"]})).await;
    assert_eq!(above.error(), (403, "forbidden".into(), Some("roles".into())), "{}", above.text());
    let above = put(&world, &planner, "user", "admin", json!({"roles": ["admin"], "password": "walnut tree 44"})).await;
    assert_eq!(above.error(), (403, "forbidden".into(), None), "{}", above.text());
    let above = put(&world, &planner, "role", "planner", json!({"permissions": ["users.write", "audit.read"]})).await;
    assert_eq!(above.error(), (403, "forbidden".into(), Some("permissions".into())), "{}", above.text());
    assert_eq!(delete(&world, &planner, "user", "admin").await.error().0, 403);
    assert_eq!(world.ask(Ask::new("POST", "/api/v1/settings").token(&planner).json(&wish)).await.error().0, 403);
    let check =
        Ask::new("POST", path("user", "x") + "/check").token(&planner).json(&json!({"spec": {"roles": ["admin"]}}));
    assert_eq!(world.ask(check).await.json()["problems"][0]["code"], "beyond_rights");
    assert_eq!(put(&world, &planner, "user", "x", json!({"roles": ["planner"]})).await.status, 201);
    let none = put(&world, &admin, "user", "admin", json!({"roles": ["agent"]})).await;
    assert_eq!(none.error(), (409, "last_administrator".into(), None));
}

#[tokio::test]
async fn a_user_who_is_changed_signs_in_anew() {
    let world = World::start().await;
    let admin = world.login(ALPHA, "admin").await;
    let token = world.login(ALPHA, "agent").await;
    let spec = json!({"roles": ["agent"], "agent": "1001", "disabled": true});
    assert_eq!(put(&world, &admin, "user", "agent", spec).await.status, 200);
    assert_eq!(world.get(&token, "/api/v1/me").await.status, 401);
}

#[tokio::test]
async fn a_change_is_told_to_those_who_may_see_it() {
    let world = World::start().await;
    let admin = world.login(ALPHA, "admin").await;
    let cursor = world.journal.last_seq(ALPHA);
    let open = async |token: &str| {
        Ask::new("GET", format!("/api/v1/events?cursor={cursor}")).token(token).stream(world.address).await
    };
    let (mut theirs, mut others) = (open(&admin).await, open(&world.login(ALPHA, "agent").await).await);
    put(&world, &admin, "agent", "1002", json!({"display_name": "新名"})).await;
    let alarm = types::event::Happening::Alarm { code: "x".into(), detail: "y".into(), raised: true };
    world.desk.write(ALPHA, alarm);
    let until = async |events: &mut crate::http::Events, wanted: &str| {
        let mut seen = Vec::new();
        loop {
            let data = events.next().await.data;
            seen.push(data["type"].as_str().unwrap_or_default().to_owned());
            if data["type"] == wanted {
                return (data, seen);
            }
        }
    };
    let (told, _) = until(&mut theirs, "settings.changed").await;
    assert_eq!(
        (&told["kind"], &told["name"], &told["action"], &told["by"]),
        (&json!("agent"), &json!("1002"), &json!("update"), &json!("admin"))
    );
    let (_, seen) = until(&mut others, "alarm").await;
    assert!(!seen.contains(&"settings.changed".to_owned()), "{seen:?}");
}
