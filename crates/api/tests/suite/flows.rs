//! Flows as they are drawn: drafts, versions, trying, and the border of tenants.

use serde_json::{Value, json};

use crate::http::{Ask, Reply};
use crate::world::{ALPHA, BETA, World, name};

const NAME: &str = "greeting";

/// A flow that says something and ends the call.
fn spec(prompt: &str) -> Value {
    json!({"definition": {"version": 1, "id": NAME, "name": "Greeting", "language": "zh", "start": "bye", "nodes": {
        "bye": {"kind": "hangup", "prompt": prompt}}}})
}

fn path(end: &str) -> String {
    format!("/api/v1/flows/{NAME}{end}")
}

async fn save(world: &World, token: &str, prompt: &str) -> Reply {
    world.ask(Ask::new("PUT", path("/draft")).token(token).json(&json!({"spec": spec(prompt)}))).await
}

async fn publish(world: &World, token: &str, prompt: &str, revision: Option<&Value>) -> Reply {
    let mut wish = json!({"spec": spec(prompt), "note": "said anew"});
    if let Some(revision) = revision {
        wish["revision"] = revision.clone();
    }
    world.ask(Ask::new("POST", path("/publish")).token(token).json(&wish)).await
}

async fn status(world: &World, token: &str, path: String) -> u16 {
    world.get(token, path).await.status
}

#[tokio::test]
async fn a_draft_changes_nothing_until_it_is_published() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let reply = save(&world, &token, "no_agent").await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let drawn = world.get(&token, path("")).await.json();
    assert_eq!((&drawn["version"], &drawn["draft"]["saved_by"]), (&Value::Null, &json!("admin")), "{drawn}");
    let first = publish(&world, &token, "no_agent", None).await;
    assert_eq!((first.status, &first.json()["version"]), (200, &json!(1)), "{}", first.text());
    // Whoever has not seen the first one does not put another over it.
    assert_eq!(publish(&world, &token, "queue_full", None).await.status, 409);
    let second = publish(&world, &token, "queue_full", Some(&first.json()["revision"])).await;
    assert_eq!((second.status, &second.json()["version"]), (200, &json!(2)), "{}", second.text());
    let versions = world.get(&token, path("/versions")).await.json();
    let said = |at: usize| (&versions["items"][at]["version"], &versions["items"][at]["published"]);
    assert_eq!((said(0), said(1)), ((&json!(2), &json!(true)), (&json!(1), &json!(false))), "{versions}");
    assert_eq!(versions["items"][0]["note"], "said anew", "{versions}");
    let old = world.get(&token, path("/versions/1")).await.json();
    assert_eq!(old["definition"]["nodes"]["bye"]["prompt"], "no_agent", "{old}");
    assert_eq!(world.get(&token, path("")).await.json().get("draft"), None, "a draft that is published is gone");
}

async fn order(world: &World, token: &str, step: &str, version: u32) -> u16 {
    let wish = json!({"do": step, "version": version});
    world.ask(Ask::new("POST", path("/canary")).token(token).json(&wish)).await.status
}

#[tokio::test]
async fn a_version_for_a_share_of_the_callers_is_stopped_or_becomes_everybodys() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let share = async |prompt: &str, revision: Option<Value>| {
        let wish = json!({"spec": spec(prompt), "note": "try", "revision": revision, "canary": {"share_percent": 30}});
        world.ask(Ask::new("POST", path("/publish")).token(&token).json(&wish)).await
    };
    let revision = async || world.get(&token, path("")).await.json().get("revision").cloned();
    assert_eq!(share("queue_full", None).await.status, 400, "nothing that the others could walk");
    assert_eq!(publish(&world, &token, "no_agent", None).await.status, 200);
    assert_eq!(world.get(&token, path("/canary")).await.json(), Value::Null);
    let first = share("queue_full", revision().await).await;
    assert_eq!((first.status, &first.json()["version"]), (200, &json!(2)), "{}", first.text());
    let canary = world.get(&token, path("/canary")).await.json();
    assert_eq!((&canary["version"], &canary["stable_version"]), (&json!(2), &json!(1)), "{canary}");
    assert_eq!((&canary["share_percent"], &canary["seen"]["canary"]["calls"]), (&json!(30), &json!(0)), "{canary}");
    let listed = world.get(&token, "/api/v1/flows".to_owned()).await.json();
    let head = listed["items"].as_array().unwrap().iter().find(|flow| flow["name"] == NAME).unwrap().clone();
    assert_eq!((&head["version"], &head["canary"]["version"]), (&json!(1), &json!(2)), "{head}");
    assert_eq!(order(&world, &token, "stop", 1).await, 404, "another version than is tried");
    assert_eq!(order(&world, &token, "stop", 2).await, 204);
    assert_eq!(world.get(&token, path("/canary")).await.json(), Value::Null);
    assert_eq!(share("queue_full", revision().await).await.json()["version"], json!(3), "tried again it is another");
    assert_eq!(order(&world, &token, "promote", 3).await, 204);
    let versions = world.get(&token, path("/versions")).await.json();
    assert_eq!((&versions["items"][0]["version"], &versions["items"][0]["published"]), (&json!(3), &json!(true)));
    let agent = world.login(ALPHA, "agent").await;
    assert_eq!((order(&world, &agent, "stop", 3).await, status(&world, &agent, path("/canary")).await), (403, 403));
    assert_eq!(order(&world, &world.login(BETA, "admin").await, "stop", 3).await, 404, "another tenant");
}

#[tokio::test]
async fn what_a_published_flow_names_in_vain_is_told_with_node_and_field() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let reply = publish(&world, &token, "no_such_prompt", None).await;
    let problem = &reply.json()["error"]["problems"][0];
    assert_eq!(
        (reply.status, &problem["flow"]["node"], &problem["flow"]["field"]),
        (400, &json!("bye"), &json!("prompt")),
        "{}",
        reply.text()
    );
}

#[tokio::test]
async fn flows_of_one_tenant_are_nothing_to_another() {
    let world = World::start().await;
    let (ours, theirs) = (world.login(ALPHA, "admin").await, world.login(BETA, "admin").await);
    assert_eq!(publish(&world, &ours, "no_agent", None).await.status, 200);
    assert_eq!(save(&world, &ours, "queue_full").await.status, 200);
    for end in ["", "/versions", "/versions/1"] {
        assert_eq!(status(&world, &theirs, path(end)).await, 404, "{end}");
    }
    let list = world.get(&theirs, "/api/v1/flows").await;
    assert!(!list.text().contains(NAME), "{}", list.text());
    assert_eq!(world.ask(Ask::new("DELETE", path("/draft")).token(&theirs)).await.status, 404);
    // The same name there is another flow.
    assert_eq!(publish(&world, &theirs, "queue_full", None).await.status, 200);
    let kept = world.get(&ours, path("")).await.json();
    assert_eq!(kept["spec"]["definition"]["nodes"]["bye"]["prompt"], "no_agent", "{kept}");
    assert_eq!(kept["draft"]["spec"]["definition"]["nodes"]["bye"]["prompt"], "queue_full", "{kept}");
}

#[tokio::test]
async fn agents_have_no_flows() {
    let world = World::start().await;
    let token = world.login(ALPHA, "agent").await;
    for path in
        ["/api/v1/flow-kinds".to_owned(), "/api/v1/flows".into(), path(""), path("/versions"), path("/versions/1")]
    {
        assert_eq!(status(&world, &token, path.clone()).await, 403, "{path}");
    }
    assert_eq!(save(&world, &token, "no_agent").await.status, 403);
    assert_eq!(publish(&world, &token, "no_agent", None).await.status, 403);
    assert_eq!(world.ask(Ask::new("DELETE", path("/draft")).token(&token)).await.status, 403);
    let trial = Ask::new("POST", "/api/v1/flow-trial").token(&token);
    assert_eq!(world.ask(trial.json(&json!({"definition": spec("no_agent")["definition"]}))).await.status, 403);
    assert_eq!(call(&world, &token, json!({})).await.status, 403);
}

/// Asks to call a draft, with these fields beside the drawing.
async fn call(world: &World, token: &str, with: Value) -> Reply {
    let mut wish = json!({"definition": spec("no_agent")["definition"]});
    wish.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    world.ask(Ask::new("POST", "/api/v1/flow-trial/calls").token(token).json(&wish)).await
}

#[tokio::test]
async fn a_page_is_lent_an_account_to_call_a_draft_with() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let lent = call(&world, &token, json!({"caller": "13800000009"})).await;
    assert_eq!(lent.status, 201, "{}", lent.text());
    let (id, phone) = (lent.json()["interaction_id"].clone(), lent.json()["phone"].clone());
    assert_eq!(phone["uri"], format!("sip:trial-{}@{}", id.as_str().unwrap(), name(ALPHA)), "{}", lent.text());
    for (with, field) in [
        (json!({"caller": "who"}), "caller"),
        (json!({"dialled": "1".repeat(65)}), "dialled"),
        (json!({"definition": {"version": 1}}), "definition"),
    ] {
        let refused = call(&world, &token, with).await;
        assert_eq!(refused.status, 400, "{}", refused.text());
        let told = &refused.json()["error"];
        let found = told["field"].as_str().unwrap_or_default();
        assert!(found.contains(field), "{told}");
    }
}

#[tokio::test]
async fn a_try_walks_by_what_is_said_to_happen() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let ask = |events: Value| {
        let wish = json!({"definition": spec("no_agent")["definition"], "events": events});
        Ask::new("POST", "/api/v1/flow-trial").token(&token).json(&wish)
    };
    let tried = world.ask(ask(json!(["played"]))).await;
    assert_eq!(tried.status, 200, "{}", tried.text());
    assert!(tried.text().contains("\"bye\"") && tried.text().contains("no_agent"), "{}", tried.text());
    let many = world.ask(ask(vec!["silence"; 201].into())).await;
    assert_eq!((many.status, &many.json()["error"]["field"]), (400, &json!("events")), "{}", many.text());
}
