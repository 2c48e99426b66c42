//! Passwords, second factors, sessions, roles of a tenant's own, and the first start.

use std::time::SystemTime;

use directory::{Permission, Role};
use ring::hmac;
use serde_json::{Value, json};
use store::{CustomRole, Login, Setting};
use types::{TenantId, Title, Wall};

use crate::http::{Ask, Reply};
use crate::world::{ALPHA, BETA, SALES, World, name, password};

const GOOD: &str = "a long way to Kunming";

async fn sign_in(world: &World, user: &str, password: &str, code: Option<&str>) -> Reply {
    let mut body = json!({"tenant": "alpha", "username": user, "password": password});
    if let Some(code) = code {
        body["code"] = code.into();
    }
    world.ask(Ask::new("POST", "/api/v1/login").json(&body).header("user-agent", "Firefox/150")).await
}

async fn send(world: &World, token: &str, method: &str, path: &str, body: &Value) -> Reply {
    world.ask(Ask::new(method, format!("/api/v1/{path}")).token(token).json(body)).await
}

async fn give(world: &World, user: &str, roles: Vec<Role>) {
    let login = world.store.login(ALPHA, user).await.unwrap().unwrap();
    world.store.put(&Login { user: directory::User { roles, ..login.user.clone() }, ..login }).await.unwrap();
}

fn now_s() -> u64 {
    #[allow(clippy::disallowed_methods)]
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// The code that an authenticator app shows for a secret, some steps from now: at the present step it is taken also when
/// the next one has begun meanwhile, and so is that of the next step, which is one that was not used yet.
fn code(secret: &str, steps: i64) -> String {
    let letters =
        secret.bytes().map(|b| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|l| *l == b).unwrap() as u64);
    let bits: Vec<u64> = letters.flat_map(|n| (0..5).rev().map(move |i| n >> i & 1)).collect();
    let key: Vec<u8> = bits.chunks_exact(8).map(|c| c.iter().fold(0, |byte, bit| byte << 1 | *bit as u8)).collect();
    let step = (now_s() / 30).checked_add_signed(steps).unwrap();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key), &step.to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let word = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", word % 1_000_000)
}

/// Sets up a second factor: its secret and the recovery codes.
async fn enrol(world: &World, token: &str, current: &str) -> (String, Vec<String>) {
    let begun = send(world, token, "POST", "me/second-factor", &json!({"current": current})).await;
    assert_eq!(begun.status, 200, "{}", begun.text());
    let secret = begun.json()["secret"].as_str().unwrap().to_owned();
    let uri = begun.json()["uri"].as_str().unwrap().to_owned();
    assert!(uri.starts_with("otpauth://totp/") && uri.contains(&format!("secret={secret}")), "{uri}");
    let done = send(world, token, "PUT", "me/second-factor", &json!({"code": code(&secret, 0)})).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let codes = serde_json::from_value(done.json()["recovery_codes"].clone()).unwrap();
    (secret, codes)
}

#[tokio::test]
async fn a_new_password_takes_the_place_of_the_old_and_ends_the_other_sessions() {
    let world = World::start().await;
    let old = password(ALPHA, "agent");
    let (token, other) = (world.login(ALPHA, "agent").await, world.login(ALPHA, "agent").await);
    let change = async |current: &str, password: &str| {
        send(&world, &token, "PUT", "me/password", &json!({"current": current, "password": password})).await
    };
    assert_eq!(change("wrong", GOOD).await.error(), (400, "wrong_password".into(), Some("current".into())));
    for weak in ["short", "Password2024!", "12345678901", "alpha-desk-77x", &old] {
        assert_eq!(change(&old, weak).await.error(), (400, "weak_password".into(), Some("password".into())), "{weak}");
    }
    assert_eq!(change(&old, GOOD).await.status, 204);
    assert_eq!(world.get(&token, "/api/v1/me").await.status, 200);
    assert_eq!(world.get(&other, "/api/v1/me").await.status, 401);
    assert_eq!(sign_in(&world, "agent", &old, None).await.status, 401);
    assert_eq!(sign_in(&world, "agent", GOOD, None).await.status, 200);
    let hash = world.store.login(ALPHA, "agent").await.unwrap().unwrap().password_hash;
    assert!(hash.reveal().starts_with("$argon2id$") && hash.reveal().contains("m=19456"), "at full cost");
}

#[tokio::test]
async fn guesses_of_the_current_password_are_counted() {
    let world = World::start().await;
    let token = world.login(ALPHA, "agent").await;
    let guess = json!({"current": "wrong", "password": GOOD});
    for _ in 0..5 {
        assert_eq!(send(&world, &token, "PUT", "me/password", &guess).await.status, 400);
    }
    let right = json!({"current": password(ALPHA, "agent"), "password": GOOD});
    assert_eq!(send(&world, &token, "PUT", "me/password", &right).await.error().0, 429);
}

#[tokio::test]
async fn what_speaks_against_a_password_is_said_while_it_is_typed() {
    let world = World::start().await;
    let verdict = async |ask: Ask<'_>, body: Value| world.ask(ask.json(&body)).await.json();
    let stranger = || Ask::new("POST", "/api/v1/password/check");
    let said = verdict(stranger(), json!({"password": "chenjing", "username": "chenjing", "tenant": "acme"})).await;
    assert_eq!(said, json!({"length": 10, "weaknesses": ["too_short", "name"]}));
    let setting = Setting { tenant: ALPHA, key: "auth.password_min".into(), value: json!(30) };
    world.store.put(&setting).await.unwrap();
    let token = world.login(ALPHA, "super").await;
    let said = verdict(stranger().token(&token), json!({"password": GOOD})).await;
    assert_eq!(said, json!({"length": 30, "weaknesses": ["too_short"]}), "the tenant's own rule");
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_each_code_taken_once() {
    let world = World::start().await;
    let secret_word = password(ALPHA, "admin");
    let token = world.login(ALPHA, "admin").await;
    assert_eq!(world.get(&token, "/api/v1/me").await.json()["second_factor"], false);
    let refused = send(&world, &token, "POST", "me/second-factor", &json!({"current": "wrong"})).await;
    assert_eq!(refused.error().1, "wrong_password");
    let nothing = send(&world, &token, "PUT", "me/second-factor", &json!({"code": "123456"})).await;
    assert_eq!(nothing.error(), (400, "bad_code".into(), Some("code".into())), "nothing was begun");
    let (secret, recovery) = enrol(&world, &token, &secret_word).await;
    assert_eq!(world.get(&token, "/api/v1/me").await.json()["second_factor"], true);

    let missing = sign_in(&world, "admin", &secret_word, None).await;
    assert_eq!(missing.error(), (401, "totp_required".into(), Some("code".into())));
    assert_eq!(sign_in(&world, "admin", "wrong", None).await.error().1, "bad_credentials");
    let wrong = sign_in(&world, "admin", &secret_word, Some("000000")).await;
    assert_eq!((wrong.error().1.as_str(), wrong.header("set-cookie")), ("bad_code", None));
    let now = code(&secret, 1);
    assert_eq!(sign_in(&world, "admin", &secret_word, Some(&now)).await.status, 200);
    assert_eq!(sign_in(&world, "admin", &secret_word, Some(&now)).await.error().1, "bad_code", "a replay");
    let earlier = code(&secret, 0);
    assert_eq!(sign_in(&world, "admin", &secret_word, Some(&earlier)).await.error().1, "bad_code", "an older one");
    assert_eq!(sign_in(&world, "admin", &secret_word, Some(&recovery[0])).await.status, 200);
    assert_eq!(sign_in(&world, "admin", &secret_word, Some(&recovery[0])).await.error().1, "bad_code");
    assert_eq!(sign_in(&world, "admin", &secret_word, Some(&recovery[1].to_uppercase())).await.status, 200);

    for guard in world.store.list::<store::Guard>(ALPHA).await.unwrap() {
        let kept = format!("{}{}", guard.secret.unwrap().reveal(), guard.recovery);
        assert!(!kept.contains(&secret) && recovery.iter().all(|c| !kept.contains(c)), "nothing is kept in clear");
    }
    let gone = send(&world, &token, "POST", "me/second-factor/remove", &json!({"current": secret_word})).await;
    assert_eq!(gone.status, 204);
    assert_eq!(sign_in(&world, "admin", &secret_word, None).await.status, 200);
}

#[tokio::test]
async fn guesses_of_codes_are_counted_though_the_password_is_known() {
    let world = World::start().await;
    let secret_word = password(ALPHA, "admin");
    let token = world.login(ALPHA, "admin").await;
    let (secret, _) = enrol(&world, &token, &secret_word).await;
    for _ in 0..5 {
        assert_eq!(sign_in(&world, "admin", &secret_word, None).await.error().1, "totp_required");
        assert_eq!(sign_in(&world, "admin", &secret_word, Some("000000")).await.error().1, "bad_code");
    }
    assert_eq!(sign_in(&world, "admin", &secret_word, Some(&code(&secret, 1))).await.error().0, 429);
}

#[tokio::test]
async fn roles_that_need_a_second_factor_do_nothing_before_they_have_one() {
    let world = World::start().await;
    let setting = Setting { tenant: ALPHA, key: "auth.totp_required_for".into(), value: json!(["admin", "auditor"]) };
    world.store.put(&setting).await.unwrap();
    let agent = world.login(ALPHA, "agent").await;
    assert_eq!(world.get(&agent, "/api/v1/interactions").await.status, 200, "agents are not named");
    let token = world.login(ALPHA, "admin").await;
    assert_eq!(world.get(&token, "/api/v1/me").await.json()["unfinished"], "second_factor");
    let shut = world.get(&token, "/api/v1/interactions").await;
    assert_eq!(shut.error(), (403, "second_factor_set_up_required".into(), None));
    enrol(&world, &token, &password(ALPHA, "admin")).await;
    assert_eq!(world.get(&token, "/api/v1/interactions").await.status, 200);
    let body = json!({"current": password(ALPHA, "admin")});
    assert_eq!(send(&world, &token, "POST", "me/second-factor/remove", &body).await.error().0, 403);
}

#[tokio::test]
async fn an_administrator_lets_somebody_in_again_with_a_password_for_once() {
    let world = World::start().await;
    let (admin, theirs) = (world.login(ALPHA, "admin").await, world.login(ALPHA, "agent").await);
    enrol(&world, &theirs, &password(ALPHA, "agent")).await;
    let reset = |user: &str| (format!("users/{user}/reset"), json!({"second_factor": true}));
    let (path, body) = reset("agent");
    let supervisor = world.login(ALPHA, "super").await;
    assert_eq!(send(&world, &supervisor, "POST", &path, &body).await.error().0, 403);
    let given = send(&world, &admin, "POST", &path, &body).await.json()["password"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&theirs, "/api/v1/me").await.status, 401, "their sessions have ended");
    let token = sign_in(&world, "agent", &given, None).await.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&token, "/api/v1/me").await.json()["unfinished"], "password");
    assert_eq!(world.get(&token, "/api/v1/interactions").await.error().1, "password_change_required");
    let change = json!({"current": given, "password": GOOD});
    assert_eq!(send(&world, &token, "PUT", "me/password", &change).await.status, 204);
    assert_eq!(world.get(&token, "/api/v1/interactions").await.status, 200);
    assert_eq!(world.get(&token, "/api/v1/me").await.json()["unfinished"], Value::Null);
    let (path, body) = reset("nobody");
    assert_eq!(send(&world, &admin, "POST", &path, &body).await.error().0, 404);
}

#[tokio::test]
async fn whoever_looks_after_users_does_not_get_past_its_own_rights() {
    let world = World::start().await;
    let permissions = [Permission::UsersWrite].into_iter().collect();
    let role =
        CustomRole { tenant: ALPHA, name: "helpdesk".into(), title: Title::new("帮助台", "Help desk"), permissions };
    world.store.put(&role).await.unwrap();
    give(&world, "super", vec![Role::Custom("helpdesk".into())]).await;
    let token = world.login(ALPHA, "super").await;
    let me = world.get(&token, "/api/v1/me").await.json();
    assert_eq!((&me["roles"], &me["permissions"]), (&json!(["helpdesk"]), &json!(["users.write"])));
    assert_eq!(send(&world, &token, "POST", "users/agent/reset", &json!({})).await.status, 200);
    assert_eq!(send(&world, &token, "POST", "users/admin/reset", &json!({})).await.error().0, 403);
    world.store.delete::<CustomRole>(ALPHA, (ALPHA, "helpdesk".to_owned())).await.unwrap();
    assert_eq!(send(&world, &token, "POST", "users/agent/reset", &json!({})).await.error().0, 403);
}

#[tokio::test]
async fn quality_hears_and_auditors_read_and_neither_acts() {
    let world = World::start().await;
    let call = world.desk.talk(ALPHA, "13800138000", SALES);
    world.project().await;
    let recording = world.store.record(ALPHA, call.id).await.unwrap().unwrap().recordings[0].id;
    let running = world.desk.call(ALPHA, "13900139000", SALES);
    for (role, hears) in [(Role::Quality, 200), (Role::Auditor, 403), (Role::Custom("gone".into()), 403)] {
        give(&world, "super", vec![role.clone()]).await;
        let token = world.login(ALPHA, "super").await;
        assert_eq!(world.get(&token, format!("/api/v1/recordings/{recording}/peaks")).await.status, hears, "{role:?}");
        let list = world.get(&token, "/api/v1/interactions").await.text();
        assert_eq!(list.contains("13800138000"), !matches!(role, Role::Custom(_)), "{role:?}");
        let path = format!("interactions/{}/hangup", running.id);
        assert_eq!(send(&world, &token, "POST", &path, &json!({})).await.error().0, 403, "{role:?}");
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() {
    let world = World::start().await;
    let reply = sign_in(&world, "agent", &password(ALPHA, "agent"), None).await;
    let token = reply.json()["token"].as_str().unwrap().to_owned();
    let (second, third) = (world.login(ALPHA, "agent").await, world.login(ALPHA, "agent").await);
    let list = async || world.get(&token, "/api/v1/me/sessions").await.json()["items"].as_array().unwrap().clone();
    let sessions = list().await;
    assert_eq!(sessions.len(), 3);
    let mine: Vec<&Value> = sessions.iter().filter(|s| s["current"] == true).collect();
    assert_eq!((mine.len(), &mine[0]["client"], &mine[0]["address"]), (1, &json!("Firefox/150"), &json!("127.0.0.1")));
    assert!(!sessions.iter().any(|s| s.to_string().contains(&token)), "no token is told");
    let colleague = world.login(ALPHA, "super").await;
    let other = sessions.iter().find(|s| s["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
    let end = async |token: &str| send(&world, token, "DELETE", &format!("me/sessions/{other}"), &json!({})).await;
    assert_eq!(end(&colleague).await.error().0, 404, "nobody ends the sessions of others");
    assert_eq!((end(&token).await.status, end(&token).await.status), (204, 404));
    assert_eq!(list().await.len(), 2);
    assert_eq!(send(&world, &token, "DELETE", "me/sessions", &json!({})).await.status, 204);
    assert_eq!(list().await.len(), 1);
    for gone in [second, third] {
        assert_eq!(world.get(&gone, "/api/v1/me").await.status, 401);
    }
    assert_eq!(world.get(&colleague, "/api/v1/me").await.status, 200);
}

fn form(token: &str) -> Value {
    json!({"token": token, "tenant": "acme", "title": "极品公司", "username": "boss", "password": GOOD})
}

async fn set_up(world: &World, body: &Value) -> Reply {
    world.ask(Ask::new("POST", "/api/v1/setup").json(body)).await
}

#[tokio::test]
async fn the_first_start_makes_a_company_and_its_administrator_once() {
    let world = World::with(&[], Default::default()).await;
    let link = api::new_setup_token(&world.store).await.unwrap();
    let check = async |token: &str| {
        world.ask(Ask::new("POST", "/api/v1/setup/check").json(&json!({"token": token}))).await.status
    };
    assert_eq!((check(&link).await, check("rubbish").await), (204, 410));
    for (field, value, code) in [
        ("tenant", json!("Acme"), "bad_value"),
        ("tenant", json!("a b"), "bad_value"),
        ("title", json!(" "), "bad_value"),
        ("username", json!("管理员"), "bad_value"),
        ("utc_offset_min", json!(10_000), "bad_value"),
        ("password", json!("boss-1234-boss"), "weak_password"),
    ] {
        let mut body = form(&link);
        body[field] = value;
        assert_eq!(set_up(&world, &body).await.error(), (400, code.into(), Some(field.into())), "{field}");
    }
    let done = set_up(&world, &form(&link)).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let me = &done.json()["user"];
    assert_eq!(
        (&me["username"], &me["roles"], &me["tenant"]["title"]),
        (&json!("boss"), &json!(["admin"]), &json!("极品公司"))
    );
    let cookie = done.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(world.ask(Ask::new("GET", "/api/v1/me").header("cookie", cookie)).await.status, 200);
    let tenant = world.store.tenant_by_name("acme").await.unwrap().unwrap();
    assert_eq!(world.desk.opened(), [tenant.id], "it is served at once");
    assert_eq!(set_up(&world, &form(&link)).await.error().0, 410, "a link works once");
    assert_eq!(check(&link).await, 410);
}

#[tokio::test]
async fn an_old_link_and_a_replaced_one_do_nothing() {
    let world = World::with(&[], Default::default()).await;
    let (first, second) =
        (api::new_setup_token(&world.store).await.unwrap(), api::new_setup_token(&world.store).await.unwrap());
    assert_eq!(set_up(&world, &form(&first)).await.error(), (410, "link_expired".into(), None));
    for _ in 0..4 {
        set_up(&world, &form("guess")).await;
    }
    assert_eq!(set_up(&world, &form(&second)).await.error().0, 429, "guesses are counted");
    let world = World::with(&[], Default::default()).await;
    world.store.put_setup_link("expired", Wall(1)).await.unwrap();
    assert_eq!(set_up(&world, &form("expired")).await.error().0, 410);
    assert_eq!(world.store.tenants().await.unwrap(), []);
}

#[tokio::test]
async fn nothing_of_this_leads_across_the_border() {
    let world = World::start().await;
    let admin = world.login(ALPHA, "admin").await;
    let of = async |tenant: TenantId| {
        let token = world.login(tenant, "idle").await;
        let items = world.get(&token, "/api/v1/me/sessions").await.json()["items"].clone();
        (token, items[0]["id"].as_str().unwrap().to_owned())
    };
    let (theirs, id) = of(BETA).await;
    assert_eq!(send(&world, &admin, "DELETE", &format!("me/sessions/{id}"), &json!({})).await.error().0, 404);
    let before = world.store.login(BETA, "idle").await.unwrap();
    assert_eq!(send(&world, &admin, "POST", "users/idle/reset", &json!({})).await.status, 200);
    assert_eq!(world.store.login(BETA, "idle").await.unwrap(), before, "the one of the same name is another");
    assert_eq!(world.get(&theirs, "/api/v1/me").await.json()["tenant"]["name"], name(BETA));
}
