//! Signing in, staying in, and being kept out.

use std::net::Ipv4Addr;

use serde_json::json;
use types::Wall;

use crate::http::{Ask, Reply};
use crate::world::{ALPHA, BETA, PROXY, World, agent, password};

async fn attempt(world: &World, tenant: Option<&str>, user: &str, password: &str) -> Reply {
    let mut body = json!({"username": user, "password": password});
    if let Some(tenant) = tenant {
        body["tenant"] = tenant.into();
    }
    world.ask(Ask::new("POST", "/api/v1/login").json(&body)).await
}

#[tokio::test]
async fn a_login_gives_a_token_a_cookie_and_the_person() {
    let world = World::start().await;
    let reply = attempt(&world, Some("alpha"), "agent", &password(ALPHA, "agent")).await;
    assert_eq!(reply.status, 200);
    let json = reply.json();
    let token = json["token"].as_str().unwrap();
    assert_eq!(json["user"]["username"], "agent");
    assert_eq!(json["user"]["roles"], json!(["agent"]));
    assert_eq!(json["user"]["agent_id"], agent(ALPHA).to_string());
    assert_eq!(json["user"]["tenant"]["name"], "alpha");
    assert_eq!(json["user"]["tenant"]["time_zone"], "Asia/Shanghai");
    let cookie = reply.header("set-cookie").unwrap();
    assert!(cookie.starts_with(&format!("lingtong_session={token};")), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));

    let me = world.get(token, "/api/v1/me").await;
    assert_eq!((me.status, &me.json()), (200, &json["user"]));
    let by_cookie =
        world.ask(Ask::new("GET", "/api/v1/me").header("cookie", format!("lingtong_session={token}"))).await;
    assert_eq!(by_cookie.status, 200);
    for session in world.store.list::<store::Session>(ALPHA).await.unwrap() {
        assert_ne!(session.token_hash, token, "the token itself is stored nowhere");
    }
}

#[tokio::test]
async fn over_tls_the_cookie_stays_on_tls() {
    let world = World::start().await;
    let body = json!({"tenant": "alpha", "username": "admin", "password": password(ALPHA, "admin")});
    let ask = Ask::new("POST", "/api/v1/login").json(&body).header("origin", "https://desk");
    let reply = world.ask(ask).await;
    assert!(reply.header("set-cookie").unwrap().ends_with("; Secure"));
}

#[tokio::test]
async fn the_tenant_may_be_left_out_where_there_is_only_one() {
    let world = World::with(&[ALPHA], Default::default()).await;
    assert_eq!(attempt(&world, None, "admin", &password(ALPHA, "admin")).await.status, 200);
    let world = World::start().await;
    let reply = attempt(&world, None, "admin", &password(ALPHA, "admin")).await;
    assert_eq!(reply.error(), (400, "missing_field".into(), Some("tenant".into())));
}

#[tokio::test]
async fn a_closed_tenant_is_as_unknown_as_any() {
    let world = World::with_closed(&[ALPHA, BETA], &[BETA], Default::default()).await;
    let stranger = attempt(&world, Some("gamma"), "admin", &password(BETA, "admin")).await;
    let closed = attempt(&world, Some("beta"), "admin", &password(BETA, "admin")).await;
    assert_eq!((closed.error(), closed.header("set-cookie")), (stranger.error(), None));
    let only = attempt(&world, None, "admin", &password(ALPHA, "admin")).await;
    assert_eq!(only.status, 200, "the other one is the only one");
}

#[tokio::test]
async fn wrong_names_and_wrong_passwords_look_the_same() {
    let world = World::start().await;
    let right = password(ALPHA, "admin");
    for (tenant, user, password) in [
        ("alpha", "admin", "wrong"),
        ("alpha", "admin", ""),
        ("alpha", "nobody", &*right),
        ("beta", "admin", &right),
        ("gamma", "admin", &right),
        ("alpha", "ADMIN' OR 1=1 --", &right),
    ] {
        let reply = attempt(&world, Some(tenant), user, password).await;
        assert_eq!(reply.error(), (401, "bad_credentials".into(), None), "{tenant} {user}");
        assert_eq!(reply.header("set-cookie"), None);
    }
}

#[tokio::test]
async fn repeated_failures_shut_the_user_out_even_with_the_right_password() {
    let world = World::start().await;
    for _ in 0..5 {
        assert_eq!(attempt(&world, Some("alpha"), "agent", "wrong").await.status, 401);
    }
    let reply = attempt(&world, Some("alpha"), "agent", &password(ALPHA, "agent")).await;
    assert_eq!(reply.error(), (429, "too_many_attempts".into(), None));
    assert!(reply.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
    // A user who does not exist is shut out likewise, so that this tells nothing either.
    for _ in 0..5 {
        assert_eq!(attempt(&world, Some("alpha"), "nobody", "wrong").await.status, 401);
    }
    assert_eq!(attempt(&world, Some("alpha"), "nobody", "wrong").await.status, 429);
    // Others at the same address, and those who are in, are not concerned.
    assert_eq!(attempt(&world, Some("alpha"), "super", &password(ALPHA, "super")).await.status, 200);
    assert_eq!(attempt(&world, Some("beta"), "agent", &password(BETA, "agent")).await.status, 200);
}

#[tokio::test]
async fn logout_ends_the_session() {
    let world = World::start().await;
    let (token, other) = (world.login(ALPHA, "agent").await, world.login(ALPHA, "agent").await);
    let reply = world.ask(Ask::new("POST", "/api/v1/logout").token(&token)).await;
    assert_eq!(reply.status, 204);
    assert!(reply.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(world.get(&token, "/api/v1/me").await.error(), (401, "unauthorized".into(), None));
    assert_eq!(world.get(&other, "/api/v1/me").await.status, 200, "the other session goes on");
}

#[tokio::test]
async fn a_session_ends_by_itself_and_with_the_user() {
    let world = World::start().await;
    let token = world.login(ALPHA, "agent").await;
    let session = world.store.list::<store::Session>(ALPHA).await.unwrap().remove(0);
    assert!(session.expires.ms_since(session.created) <= 24 * 3_600_000);
    world.store.put(&store::Session { expires: Wall(1), ..session.clone() }).await.unwrap();
    assert_eq!(world.get(&token, "/api/v1/me").await.status, 401);
    world.store.put(&session).await.unwrap();
    assert_eq!(world.get(&token, "/api/v1/me").await.status, 200);
    let login = world.store.login(ALPHA, "agent").await.unwrap().unwrap();
    world.store.put(&store::Login { disabled: true, ..login }).await.unwrap();
    assert_eq!(world.get(&token, "/api/v1/me").await.status, 401);
    assert_eq!(attempt(&world, Some("alpha"), "agent", &password(ALPHA, "agent")).await.status, 401);
}

#[tokio::test]
async fn one_user_has_a_bounded_number_of_sessions() {
    let world = World::start().await;
    let first = world.login(ALPHA, "admin").await;
    for _ in 0..64 {
        world.login(ALPHA, "admin").await;
    }
    let user = world.store.login(ALPHA, "admin").await.unwrap().unwrap().user.id;
    assert_eq!(world.store.sessions_of(ALPHA, user).await.unwrap().len(), 64);
    assert_eq!(world.get(&first, "/api/v1/me").await.status, 401, "the oldest has ended");
}

#[tokio::test]
async fn another_site_cannot_use_the_cookie() {
    let world = World::start().await;
    let cookie = format!("lingtong_session={}", world.login(ALPHA, "agent").await);
    let path = format!("/api/v1/agents/{}/state", agent(ALPHA));
    let body = json!({"state": "not_ready", "reason": "lunch"});
    let ask = || Ask::new("PUT", path.clone()).json(&body).header("cookie", cookie.clone());
    for ask in [
        ask(),
        ask().header("origin", "http://evil.example"),
        ask().header("origin", "null"),
        ask().header("sec-fetch-site", "cross-site"),
    ] {
        assert_eq!(world.ask(ask).await.error(), (403, "cross_origin".into(), None));
    }
    for ask in [ask().header("origin", "http://desk"), ask().header("sec-fetch-site", "same-origin")] {
        assert_eq!(world.ask(ask).await.status, 200);
    }
    let foreign = json!({"tenant": "alpha", "username": "agent", "password": password(ALPHA, "agent")});
    let login = Ask::new("POST", "/api/v1/login").json(&foreign).header("origin", "http://evil.example");
    assert_eq!(world.ask(login).await.error().0, 403, "nobody is signed in by another site");
    let stream = Ask::new("GET", "/api/v1/events/ws")
        .header("cookie", cookie)
        .header("upgrade", "websocket")
        .header("connection", "upgrade")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("origin", "http://evil.example");
    assert_eq!(world.ask(stream).await.error(), (403, "cross_origin".into(), None));
}

#[tokio::test]
async fn rubbish_for_a_token_is_no_session() {
    let world = World::start().await;
    let real = world.login(ALPHA, "admin").await;
    for value in ["Bearer ", "Bearer x", "Basic YWRtaW46YWRtaW4=", "", &format!("Bearer {real}x")] {
        let reply = world.ask(Ask::new("GET", "/api/v1/me").header("authorization", value)).await;
        assert_eq!(reply.error(), (401, "unauthorized".into(), None), "{value}");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
}

#[tokio::test]
async fn behind_a_proxy_failures_count_where_they_come_from() {
    let world = World::start().await;
    let from = async |client: &str, by: Ipv4Addr, password: &str| {
        let body = json!({"tenant": "alpha", "username": "admin", "password": password});
        let ask = Ask::new("POST", "/api/v1/login").json(&body).header("x-forwarded-for", client).from(by.into());
        world.ask(ask).await.status
    };
    let right = password(ALPHA, "admin");
    for _ in 0..5 {
        assert_eq!(from("198.51.100.1", PROXY, "wrong").await, 401);
    }
    assert_eq!(from("198.51.100.1", PROXY, &right).await, 429, "who failed is kept out");
    assert_eq!(from("198.51.100.2", PROXY, &right).await, 200, "others behind the same proxy are not");
    assert_eq!(from("198.51.100.2, 198.51.100.1", PROXY, &right).await, 429, "nor does a forged origin help");
    let stranger = Ipv4Addr::new(127, 0, 0, 8);
    for n in 0..5 {
        assert_eq!(from(&format!("198.51.100.{}", 10 + n), stranger, "wrong").await, 401);
    }
    assert_eq!(from("198.51.100.2", stranger, &right).await, 429, "a stranger's claims do not count");
}
