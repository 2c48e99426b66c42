//! Two tenants with the same names and numbers: every route is tried across the border.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use types::event::Happening;
use types::voicemail::Mailbox;
use types::{AlertId, LegId, RecordingId, TenantId};

use crate::http::{Ask, Events, Reply, Socket};
use crate::outbound::waiting;
use crate::world::{ALPHA, BETA, SALES, World, agent, agent_without_phone, name, password, person, queue};

const ALPHAS_CALLER: &str = "13800138000";
const BETAS_CALLER: &str = "13900139000";

/// All that may never be seen from the other side.
struct Secrets {
    agent: String,
    interaction: String,
    running: String,
    recording: String,
    callback: String,
    voicemail: String,
    alert: String,
    delivery: String,
    all: Vec<String>,
}

async fn secrets(world: &World, tenant: TenantId, caller: &str) -> Secrets {
    let past = world.desk.talk(tenant, caller, SALES);
    let running = world.desk.call(tenant, caller, SALES);
    world.desk.answer();
    world.desk.write(
        tenant,
        Happening::CallbackRequested {
            id: past.id,
            number: caller.into(),
            queue: None,
            since: None,
            wants: Vec::new(),
            missed: false,
        },
    );
    let message = RecordingId(tenant.0 * 1000 + 7);
    let mailbox = Mailbox::Agent(agent(tenant));
    let (recording, leg, from) = (message, LegId(7), caller.into());
    world
        .desk
        .write(tenant, Happening::VoicemailLeft { id: past.id, recording, mailbox, from, leg, duration_ms: 3000 });
    world.project().await;
    let callback = world.store.callbacks(tenant, None, None, 1).await.unwrap().rows[0].pos.to_string();
    let record = world.store.record(tenant, past.id).await.unwrap().unwrap();
    let recording = record.recordings[0].id.to_string();
    let (interaction, running) = (past.id.to_string(), running.id.to_string());
    let (phone, none) = (agent(tenant).to_string(), agent_without_phone(tenant).to_string());
    let all = [
        &phone,
        &none,
        &interaction,
        &running,
        &recording,
        &message.to_string(),
        &queue(tenant).to_string(),
        &tenant.to_string(),
        caller,
        &person(tenant),
        &format!("call-{}", past.leg),
    ];
    let all = all.iter().map(|secret| secret.to_string()).collect();
    let (voicemail, alert) = (message.to_string(), AlertId(tenant.0 * 1000 + 8));
    world.desk.keep_alert(tenant, alert);
    let alert = alert.to_string();
    let delivery = waiting(world, tenant).await;
    Secrets { agent: phone, interaction, running, recording, callback, voicemail, alert, delivery, all }
}

#[track_caller]
fn assert_no_leak(reply: &str, secrets: &Secrets, what: &str) {
    for secret in &secrets.all {
        assert!(!reply.contains(secret.as_str()), "{what} tells {secret}: {reply}");
    }
}

/// Every route of the description: method and path.
fn routes() -> BTreeSet<(String, String)> {
    let description: Value = serde_json::from_str(api::openapi_json()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let methods = |(path, methods): (&String, &Value)| {
        let methods = methods.as_object().unwrap().keys();
        methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

fn ask<'a>(method: &'a str, path: String) -> Ask<'a> {
    let ask = Ask::new(method, path.clone());
    match method {
        "PUT" if path.contains("/settings/") => {
            ask.json(&json!({"spec": {"display_name": "theft", "address": "sip:1001@10.9.9.9"}}))
        }
        "POST" if path.ends_with("/settings") => ask.json(&json!({"resources": [
            {"kind": "agent", "name": "1002", "spec": {"display_name": "theft"}}]})),
        "POST" if path.ends_with("/check") => ask.json(&json!({"delete": true})),
        "PUT" if path.ends_with("disposition") => ask.json(&json!({"code": "solved"})),
        "PUT" if path.ends_with("forwarding") => ask.json(&json!({"always": "1"})),
        "PUT" if path.contains("voicemails") => ask.json(&json!({"status": "heard"})),
        "PUT" if path.contains("callbacks") => ask.json(&json!({"status": "done"})),
        "POST" if path.ends_with("actions") => ask.json(&json!({"action": "hold"})),
        "POST" if path.ends_with("supervise") => ask.json(&json!({"mode": "listen"})),
        "POST" if path.ends_with("wrap-up") => ask.json(&json!({"extend_s": 60})),
        "POST" if path.ends_with("second-factor") || path.ends_with("remove") => ask.json(&json!({"current": "x"})),
        "PUT" if path.ends_with("second-factor") => ask.json(&json!({"code": "123456"})),
        "PUT" if path.ends_with("password") => ask.json(&json!({"current": "x", "password": "y"})),
        "POST" if path.ends_with("reset") => ask.json(&json!({})),
        "PUT" => ask.json(&json!({"state": "not_ready", "reason": "theft"})),
        _ => ask,
    }
}

async fn first_event(world: &World, token: &str) -> Value {
    let cursor = world.journal.last_seq(ALPHA);
    let path = format!("/api/v1/events?cursor={cursor}");
    let mut events = Ask::new("GET", path).token(token).stream(world.address).await;
    let waiting = world.desk.call(BETA, BETAS_CALLER, SALES);
    world.desk.caller_leaves(waiting);
    let alarm = |detail: &str| Happening::Alarm { code: "x".into(), detail: detail.into(), raised: true };
    world.desk.write(BETA, alarm("theirs"));
    world.desk.write(ALPHA, alarm("ours"));
    let mut told = Vec::new();
    loop {
        let event = events.next().await;
        let last = event.id.is_some();
        told.push(event.data);
        if last {
            return Value::Array(told);
        }
    }
}

#[tokio::test]
async fn no_route_leads_across_the_border() {
    let world = World::start().await;
    let ours = secrets(&world, ALPHA, ALPHAS_CALLER).await;
    let theirs = secrets(&world, BETA, BETAS_CALLER).await;
    for user in ["admin", "agent"] {
        let token = world.login(ALPHA, user).await;
        for (method, path) in routes() {
            let what = format!("{user}: {method} {path}");
            let acts = ["hangup", "actions", "supervise"].iter().any(|end| path.ends_with(end));
            let id = match path.split('/').nth(3) {
                Some("agents") => Some(&theirs.agent),
                Some("callbacks") => Some(&theirs.callback),
                Some("deliveries") => Some(&theirs.delivery),
                Some("recordings") => Some(&theirs.recording),
                Some("alerts") => Some(&theirs.alert),
                Some("voicemails") => Some(&theirs.voicemail),
                Some("interactions") if acts => Some(&theirs.running),
                Some("interactions") => Some(&theirs.interaction),
                _ => None,
            };
            if path.contains("/settings") {
                // Names are the same on both sides: each sees and changes its own.
                let path = path.replace("{kind}", "agent").replace("{name}", "1001");
                let reply = world.ask(ask(&method, path).token(&token)).await;
                let expected = match (user, &*method) {
                    ("agent", _) => 403,
                    // Its queue refers to it.
                    (_, "DELETE") => 409,
                    _ => 200,
                };
                assert_eq!(reply.status, expected, "{what}: {}", reply.text());
                assert_no_leak(&reply.text(), &theirs, &what);
                continue;
            }
            // Tried in the tests of reports, dashboards, rehearsals and replays, across the border too.
            if ["/api/v1/report-views", "/api/v1/dashboards", "/api/v1/rehearsals", "/api/v1/replays"]
                .iter()
                .any(|own| path.starts_with(own))
            {
                continue;
            }
            if path.contains("{id}") && !path.contains("/me/") {
                let path = path.replace("{id}", id.unwrap_or_else(|| panic!("{path} needs a case in this test")));
                let reply = world.ask(ask(&method, path).token(&token)).await;
                // An agent is told that it may not do such things at all before anything is looked for.
                let never = ["hangup", "supervise", "acknowledge", "retry"].iter().any(|end| what.ends_with(end));
                let forbidden = reply.status == 403 && user == "agent" && never;
                assert!(reply.status == 404 || forbidden, "{what}: {} {}", reply.status, reply.text());
                assert_no_leak(&reply.text(), &theirs, &what);
                continue;
            }
            let reply: String = match (&*method, &*path) {
                ("POST", "/api/v1/login") => {
                    let body = json!({"tenant": name(BETA), "username": user, "password": password(ALPHA, user)});
                    let reply = world.ask(Ask::new("POST", path.clone()).json(&body)).await;
                    assert_eq!(reply.status, 401, "{what}");
                    reply.text()
                }
                ("GET", "/api/v1/events") => first_event(&world, &token).await.to_string(),
                // Tried below, with the other.
                ("GET", "/api/v1/events/ws") => continue,
                // Who speaks SIP there is asked by SIP.
                ("GET", "/sip") => continue,
                ("POST", "/api/v1/phone/credentials") => {
                    let reply = world.ask(Ask::new("POST", path.clone()).token(&token)).await;
                    assert_eq!(reply.status, if user == "agent" { 200 } else { 403 }, "{what}");
                    assert!(user != "agent" || reply.json()["realm"] == name(ALPHA), "{what}");
                    reply.text()
                }
                ("POST", "/api/v1/calls") => {
                    let body = json!({"agent": theirs.agent, "to": "1001"});
                    let reply = world.ask(Ask::new("POST", path.clone()).token(&token).json(&body)).await;
                    assert_eq!(reply.status, 404, "{what}");
                    reply.text()
                }
                (_, "/api/v1/plan" | "/api/v1/plan/basis") => {
                    let ask = Ask::new(&method, path.clone()).token(&token);
                    let reply = world.ask(if method == "POST" { ask.json(&json!({})) } else { ask }).await;
                    assert_eq!(reply.status, if user == "agent" { 403 } else { 200 }, "{what}");
                    reply.text()
                }
                // Names of schedules are the same on both sides too.
                (_, path) if path.starts_with("/api/v1/report-schedules/") => continue,
                ("GET", "/api/v1/deliveries" | "/api/v1/report-schedules") => {
                    let reply = world.get(&token, path.clone()).await;
                    assert_eq!(reply.status, if user == "agent" { 403 } else { 200 }, "{what}");
                    reply.text()
                }
                ("POST", "/api/v1/mail-server/test") => {
                    let body = json!({"to": "li@example.com"});
                    let reply = world.ask(Ask::new("POST", path.clone()).token(&token).json(&body)).await;
                    assert_eq!(reply.status, if user == "agent" { 403 } else { 200 }, "{what}");
                    reply.text()
                }
                // Of a name that is not one's own there is no database.
                ("POST", "/api/v1/databases/{name}/test") => {
                    let reply = world.ask(Ask::new("POST", path.clone()).token(&token)).await;
                    assert!(matches!(reply.status, 200 | 403 | 503), "{what}: {}", reply.status);
                    assert_eq!(reply.status == 403, user == "agent", "{what}");
                    reply.text()
                }
                // What a look-up asks is given whole: there is nothing of another's to name but secrets, and those go by name.
                ("POST", "/api/v1/lookup-trial") => {
                    let reply =
                        world.ask(Ask::new("POST", path.clone()).token(&token).json(&json!({"node": {}}))).await;
                    assert_eq!(reply.status, if user == "agent" { 403 } else { 400 }, "{what}");
                    reply.text()
                }
                // Flows have the same names on both sides: tried in their own tests.
                (_, path) if path.starts_with("/api/v1/flow") => continue,
                // So have prompts.
                (_, path) if path.starts_with("/api/v1/prompt") => continue,
                // One's own account: tried in its own tests, across the border too.
                (_, path) if ["/me/", "/setup", "/password/check"].iter().any(|own| path.contains(own)) => continue,
                ("POST", "/api/v1/users/{username}/reset") => continue,
                // Ends the session: tried below.
                ("POST", "/api/v1/logout") => continue,
                ("GET", "/api/v1/reports/promises") => {
                    let reply =
                        world.get(&token, format!("{path}?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z")).await;
                    assert_eq!(reply.status, if user == "agent" { 403 } else { 200 }, "{what}");
                    reply.text()
                }
                ("GET", "/api/v1/reports" | "/api/v1/reports/file") => {
                    let format = if path.ends_with("file") { "&format=csv" } else { "" };
                    let mut told = String::new();
                    for by in ["queue", "agent", "team", "flow", "number", "direction"] {
                        let path = format!(
                            "{path}?by={by}&every=all&from=2026-01-01T00:00:00Z&to=2030-01-01T00:00:00Z{format}"
                        );
                        let reply = world.get(&token, path).await;
                        assert_eq!(reply.status, if user == "agent" { 403 } else { 200 }, "{what}");
                        told.push_str(&reply.text());
                    }
                    told
                }
                ("GET", _) => {
                    let reply = world.get(&token, path.clone()).await;
                    let shut = user == "agent" && path == "/api/v1/alerts";
                    assert_eq!(reply.status, if shut { 403 } else { 200 }, "{what}");
                    reply.text()
                }
                _ => panic!("{what} needs a case in this test"),
            };
            assert_no_leak(&reply, &theirs, &what);
        }
        for query in [
            format!("queue={}", queue(BETA)),
            format!("agent={}", agent(BETA)),
            format!("number={BETAS_CALLER}"),
            "number=9000".to_owned(),
        ] {
            let reply = world.get(&token, format!("/api/v1/interactions?{query}")).await;
            assert_eq!((reply.status, &reply.json()["items"]), (200, &json!([])), "{query}");
        }
        let theirs_page = world.get(&world.login(BETA, "admin").await, "/api/v1/interactions?limit=1").await.json();
        if let Some(cursor) = theirs_page["next_cursor"].as_str() {
            let reply = world.get(&token, format!("/api/v1/interactions?cursor={cursor}")).await;
            assert_no_leak(&reply.text(), &theirs, "a cursor of theirs");
        }
        let list = world.get(&token, "/api/v1/interactions").await.text();
        assert!(list.contains(&ours.interaction), "our own is there: {list}");
    }
    nothing_of_theirs_has_changed(&world, &theirs).await;
}

async fn nothing_of_theirs_has_changed(world: &World, theirs: &Secrets) {
    let token = world.login(BETA, "admin").await;
    let live = world.get(&token, "/api/v1/live").await.json();
    let running = live["interactions"].as_array().unwrap().iter().any(|i| i["id"] == theirs.running);
    assert!(running, "their call goes on: {live}");
    let state = world.get(&token, format!("/api/v1/agents/{}/state", theirs.agent)).await.json();
    assert_ne!(state["reason"], "theft");
    let agents = world.get(&token, "/api/v1/settings/agent").await.json();
    assert_eq!(agents["items"][0]["spec"]["display_name"], person(BETA), "{agents}");
    let ours = world.login(ALPHA, "admin").await;
    assert_eq!(world.ask(Ask::new("POST", "/api/v1/logout").token(&ours)).await.status, 204);
    assert_eq!(world.get(&token, "/api/v1/me").await.status, 200, "our logout ends none of theirs");
}

#[tokio::test]
async fn without_a_session_every_route_but_the_open_ones_is_shut() {
    let world = World::start().await;
    let ours = secrets(&world, ALPHA, ALPHAS_CALLER).await;
    let open = [
        "/api/v1/login",
        "/api/v1/setup",
        "/api/v1/setup/check",
        "/api/v1/password/check",
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/sip",
    ];
    for (method, path) in routes() {
        if open.contains(&&*path) {
            continue;
        }
        let id = if path.contains("recordings") { &ours.recording } else { &ours.interaction };
        let reply: Reply = world.ask(ask(&method, path.replace("{id}", id).replace("{kind}", "agent"))).await;
        assert_eq!(reply.error(), (401, "unauthorized".into(), None), "{method} {path}");
        assert_no_leak(&reply.text(), &ours, &path);
    }
}

/// A reader of a tenant's events, by either way.
enum Reader {
    Sse(Events),
    Socket(Socket),
}

impl Reader {
    async fn open(world: &World, token: &str, cursor: u64, is_socket: bool) -> Self {
        if is_socket {
            return Self::Socket(Socket::open(world.address, token, cursor).await.unwrap());
        }
        let ask = Ask::new("GET", format!("/api/v1/events?cursor={cursor}")).token(token);
        Self::Sse(ask.stream(world.address).await)
    }

    /// All that is told until an alarm says that this was it.
    async fn until_alarm(mut self, last: &str) -> Vec<Value> {
        let mut told: Vec<Value> = Vec::new();
        while told.last().is_none_or(|event| event["alarm"]["message"] != last) {
            told.push(match &mut self {
                Self::Sse(events) => events.next().await.data,
                Self::Socket(socket) => socket.next().await,
            });
        }
        told
    }
}

#[tokio::test]
async fn streams_end_at_the_border() {
    const CALLS: usize = 5;
    let world = World::start().await;
    let sides = [(ALPHA, ALPHAS_CALLER, "alpha's last"), (BETA, BETAS_CALLER, "beta's last")];
    let mut readers = Vec::new();
    for (n, (tenant, ..)) in sides.iter().enumerate() {
        for user in ["admin", "super", "agent"] {
            let token = world.login(*tenant, user).await;
            for is_socket in [false, true] {
                let cursor = world.journal.last_seq(*tenant);
                readers.push((n, user, is_socket, Reader::open(&world, &token, cursor, is_socket).await));
            }
        }
    }
    let alarm = |detail: &str| Happening::Alarm { code: "disk_slow".into(), detail: detail.into(), raised: true };
    for _ in 0..CALLS {
        for (tenant, caller, _) in sides {
            let call = world.desk.talk(tenant, caller, SALES);
            let number = caller.into();
            world.desk.write(
                tenant,
                Happening::CallbackRequested {
                    id: call.id,
                    number,
                    queue: Some(queue(tenant)),
                    since: None,
                    wants: Vec::new(),
                    missed: false,
                },
            );
        }
    }
    // The node's own word on its disk, which no journal has.
    let standing = |tenant, detail| types::event::Event { tenant, at: crate::desk::START, what: alarm(detail) };
    let words = sides.map(|(tenant, caller, _)| standing(tenant, caller));
    world.desk.alarms.send_replace(words.to_vec().into());
    for (tenant, _, last) in sides {
        world.desk.write(tenant, alarm(last));
    }
    let secrets = [secrets(&world, ALPHA, ALPHAS_CALLER).await, secrets(&world, BETA, BETAS_CALLER).await];
    for (side, user, is_socket, reader) in readers {
        let what = format!("{user} of {side}, WebSocket {is_socket}");
        let told = reader.until_alarm(sides[side].2).await;
        let ended = told.iter().filter(|event| event["type"] == "interaction.ended").count();
        assert_eq!(ended, CALLS, "{what}: its own are all there, and once");
        assert_no_leak(&Value::Array(told).to_string(), &secrets[1 - side], &what);
    }
}

#[tokio::test]
async fn a_place_in_one_tenants_journal_opens_nothing_of_anothers() {
    let world = World::start().await;
    for _ in 0..3 {
        world.desk.talk(BETA, BETAS_CALLER, SALES);
    }
    let token = world.login(ALPHA, "admin").await;
    let theirs = secrets(&world, BETA, BETAS_CALLER).await;
    for cursor in [0, 1, world.journal.last_seq(BETA) / 2, world.journal.last_seq(BETA)] {
        let ask = || Ask::new("GET", format!("/api/v1/events?cursor={cursor}")).token(&token);
        if cursor > world.journal.last_seq(ALPHA) {
            assert_eq!(world.ask(ask()).await.status, 410, "{cursor}");
            continue;
        }
        let reader = Reader::open(&world, &token, cursor, false).await;
        let what = Happening::Alarm { code: "x".into(), detail: "ours".into(), raised: true };
        world.desk.write(ALPHA, what);
        assert_no_leak(&Value::Array(reader.until_alarm("ours").await).to_string(), &theirs, "a place of theirs");
    }
}
