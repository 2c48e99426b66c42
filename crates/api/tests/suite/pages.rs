//! The web pages and what runs the server by.

use std::sync::atomic::Ordering;

use crate::http::Ask;
use crate::world::{ALPHA, World};

#[tokio::test]
async fn the_page_answers_at_every_path_of_the_application() {
    let world = World::start().await;
    for path in ["/", "/index.html", "/live", "/interactions/0000000000zzz?tab=legs"] {
        let reply = world.ask(Ask::new("GET", path)).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/html; charset=utf-8")), "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-cache"), "{path}");
        assert!(reply.text().contains("<title>desk</title>"));
    }
    let script = world.ask(Ask::new("GET", "/assets/app-1a2b.js")).await;
    assert_eq!(script.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(script.header("content-type"), Some("text/javascript"));
    for gone in ["/assets/app-old.js", "/favicon.ico", "/.env"] {
        assert_eq!(world.ask(Ask::new("GET", gone)).await.error().0, 404, "{gone}: no page in place of a file");
    }
}

#[tokio::test]
async fn the_agents_desk_has_a_page_and_files_of_its_own() {
    let world = World::start().await;
    for path in ["/desk", "/desk/", "/desk/index.html", "/desk/anything"] {
        let reply = world.ask(Ask::new("GET", path)).await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, Some("no-cache")), "{path}");
        assert!(reply.text().contains("<title>agent</title>"), "{path}");
    }
    let script = world.ask(Ask::new("GET", "/desk/assets/desk-3c4d.js")).await;
    assert_eq!(script.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(world.ask(Ask::new("GET", "/desk/assets/desk-old.js")).await.error().0, 404);
    assert!(world.ask(Ask::new("GET", "/desktop")).await.text().contains("<title>desk</title>"));
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let world = World::start().await;
    for path in ["/", "/api/v1/me", "/healthz", "/assets/app-1a2b.js"] {
        let reply = world.ask(Ask::new("GET", path)).await;
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("x-frame-options"), Some("DENY"));
        assert_eq!(reply.header("referrer-policy"), Some("same-origin"));
    }
}

#[tokio::test]
async fn health_readiness_and_figures_are_there_for_machines() {
    let world = World::start().await;
    assert_eq!(world.ask(Ask::new("GET", "/healthz")).await.json()["status"], "ok");
    assert_eq!(world.ask(Ask::new("GET", "/readyz")).await.status, 200);
    world.desk.ready.store(false, Ordering::Relaxed);
    let reply = world.ask(Ask::new("GET", "/readyz")).await;
    assert_eq!((reply.status, reply.json()["status"].as_str()), (503, Some("starting")));
    let token = world.login(ALPHA, "super").await;
    let stream = Ask::new("GET", "/api/v1/events").token(&token).stream(world.address).await;
    let figures = world.ask(Ask::new("GET", "/metrics")).await;
    assert!(figures.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
    for line in ["lingtong_calls 1\n", "lingtong_event_streams 1\n", "lingtong_http_responses_total{class=\"2xx\"} "] {
        assert!(figures.text().contains(line), "{line} in {}", figures.text());
    }
    drop(stream);
}
