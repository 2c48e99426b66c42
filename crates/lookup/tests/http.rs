//! Look-ups against a real server: what it is asked, what is taken, and every way in which it can fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use flow::{Context, LookupOutcome, LookupRequest, Value, lookup_of};
use lookup::{ANSWER_BYTES, AT_ONCE, Allowed, Granted, Lookups, Secrets};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use types::{Now, TenantId};

const TENANT: TenantId = TenantId(1);
/// Reading a request gives up here: none of these tests sends more.
const REQUEST_BYTES: usize = 16 * 1024;

fn granted<'a>(allowed: &'a Allowed, secrets: &'a Secrets) -> Granted<'a> {
    Granted { allowed, secrets, database: None, tenant: "acme" }
}

/// What the server does with a request.
#[derive(Clone)]
enum Does {
    /// Answers with this status and body.
    Answers(u16, String),
    /// Closes the connection.
    Closes,
    /// Says nothing until told.
    Waits(Arc<Notify>),
}

/// A server of one behaviour after the other, the last of them for good.
struct Server {
    port: u16,
    asked: Arc<AtomicUsize>,
    requests: mpsc::UnboundedReceiver<String>,
}

impl Server {
    async fn start(script: Vec<Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let (told, requests) = mpsc::unbounded_channel();
        let count = asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let at = count.fetch_add(1, Ordering::SeqCst).min(script.len() - 1);
                tokio::spawn(serve(stream, script[at].clone(), told.clone()));
            }
        });
        Self { port, asked, requests }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn allowed(&self) -> Allowed {
        Allowed::parse(&format!("127.0.0.1:{}", self.port))
    }

    /// A node that asks it.
    fn request(&self, more: serde_json::Value) -> LookupRequest {
        let mut node = json!({
            "kind": "http_lookup", "url": format!("http://127.0.0.1:{}/c/{{{{ caller }}}}", self.port),
            "take": {"name": "$.customer.name", "level": "$.customer.level"},
            "outlets": {"found": "a", "failed": "b"},
        });
        node.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        lookup_of(node, &Context::new(Now::default(), "13800138000", "95")).unwrap()
    }
}

async fn serve(mut stream: TcpStream, does: Does, told: mpsc::UnboundedSender<String>) {
    let mut request = Vec::new();
    while !is_whole(&request) && request.len() < REQUEST_BYTES {
        let mut part = [0; 1024];
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return,
            Ok(n) => request.extend_from_slice(&part[..n]),
        }
    }
    let _ = told.send(String::from_utf8_lossy(&request).into_owned());
    match does {
        Does::Answers(status, body) => {
            let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
        }
        Does::Closes => {}
        Does::Waits(until) => until.notified().await,
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|n| n.parse().ok());
    body.len() >= length.unwrap_or(0)
}

fn wang() -> Does {
    Does::Answers(200, json!({"customer": {"name": "王芳", "level": 3}}).to_string())
}

#[tokio::test]
async fn a_customer_is_found() {
    let mut server = Server::start(vec![wang()]).await;
    let request = server.request(json!({"method": "post", "query": {"q": "a b"}, "headers": {"X-Key": "k"},
                                        "body": {"phone": "{{ caller }}"}}));
    let told = Lookups::default().ask(TENANT, &request, granted(&server.allowed(), &Secrets::new())).await;
    let LookupOutcome::Found(values) = &told.outcome else { panic!("{told:?}") };
    assert_eq!((&values["name"], &values["level"]), (&Value::text("王芳"), &Value::Number(3)));
    assert_eq!((told.status, told.why, told.tries), (Some(200), None, 1));
    assert!(told.detail().starts_with("200, "));
    let asked = server.requests.recv().await.unwrap();
    assert!(asked.starts_with("POST /c/13800138000?q=a%20b HTTP/1.1\r\n"), "{asked}");
    for line in [&*format!("host: 127.0.0.1:{}", server.port), "x-key: k", "content-type: application/json"] {
        assert!(asked.to_ascii_lowercase().contains(&format!("\r\n{line}\r\n")), "{line}: {asked}");
    }
    assert!(asked.ends_with("\r\n\r\n{\"phone\":\"13800138000\"}"), "{asked}");
}

#[tokio::test]
async fn what_is_no_answer_fails_and_says_why() {
    for (does, status, why) in [
        (Does::Answers(403, "{}".into()), Some(403), "refused"),
        (Does::Answers(302, String::new()), Some(302), "refused"),
        (Does::Answers(200, "<html>".into()), Some(200), "answer is no JSON"),
        (Does::Answers(200, "1".repeat(ANSWER_BYTES + 1)), None, "answer too long"),
        (Does::Closes, None, "connection broken"),
    ] {
        let server = Server::start(vec![does]).await;
        let told = Lookups::default()
            .ask(TENANT, &server.request(json!({})), granted(&server.allowed(), &Secrets::new()))
            .await;
        assert_eq!((told.outcome, told.status, told.why), (LookupOutcome::Failed, status, Some(why)));
        assert_eq!(server.asked(), 1, "{why}");
    }
    let server = Server::start(vec![Does::Answers(404, "gone".into())]).await;
    let told =
        Lookups::default().ask(TENANT, &server.request(json!({})), granted(&server.allowed(), &Secrets::new())).await;
    assert_eq!((told.outcome, told.why), (LookupOutcome::NotFound, None));
}

#[tokio::test]
async fn a_failure_that_may_pass_is_tried_anew_if_twice_is_as_good_as_once() {
    let script = || vec![Does::Answers(503, String::new()), Does::Closes, wang()];
    let server = Server::start(script()).await;
    let told = Lookups::default()
        .ask(TENANT, &server.request(json!({"retries": 3})), granted(&server.allowed(), &Secrets::new()))
        .await;
    assert!(matches!(told.outcome, LookupOutcome::Found(_)), "{told:?}");
    assert_eq!((told.tries, server.asked()), (3, 3));
    let post = json!({"retries": 3, "method": "post", "body": {}});
    let server = Server::start(script()).await;
    let told = Lookups::default()
        .ask(TENANT, &server.request(post.clone()), granted(&server.allowed(), &Secrets::new()))
        .await;
    assert_eq!((told.outcome, told.tries), (LookupOutcome::Failed, 1));
    let server = Server::start(script()).await;
    let mut any = post;
    any["retry_any"] = true.into();
    let told = Lookups::default().ask(TENANT, &server.request(any), granted(&server.allowed(), &Secrets::new())).await;
    assert_eq!(told.tries, 3);
}

#[tokio::test]
async fn a_server_within_is_asked_only_where_an_administrator_allows_it() {
    let server = Server::start(vec![wang()]).await;
    for allowed in ["", "127.0.0.1:1", "localhost"] {
        let told = Lookups::default()
            .ask(TENANT, &server.request(json!({})), granted(&Allowed::parse(allowed), &Secrets::new()))
            .await;
        assert_eq!((told.outcome, told.why), (LookupOutcome::Failed, Some("address not allowed")), "{allowed}");
    }
    let request = server.request(json!({"url": format!("http://localhost:{}/", server.port)}));
    let told = Lookups::default().ask(TENANT, &request, granted(&Allowed::default(), &Secrets::new())).await;
    assert_eq!((told.why, server.asked()), (Some("address not allowed"), 0), "a name is judged by where it leads");
}

#[tokio::test]
async fn nobody_waits_longer_than_the_time_of_the_node() {
    let server = Server::start(vec![Does::Waits(Arc::new(Notify::new()))]).await;
    let request = server.request(json!({"timeout_s": 1}));
    let told = Lookups::default().ask(TENANT, &request, granted(&server.allowed(), &Secrets::new())).await;
    assert_eq!((told.outcome, told.why), (LookupOutcome::Failed, Some("timed out")));
    assert!(told.took >= Duration::from_secs(1));
}

#[tokio::test]
async fn an_endpoint_that_fails_again_and_again_is_left_alone() {
    let server = Server::start(vec![Does::Closes]).await;
    let (lookups, request) = (Lookups::default(), server.request(json!({})));
    for _ in 0..5 {
        assert_eq!(
            lookups.ask(TENANT, &request, granted(&server.allowed(), &Secrets::new())).await.why,
            Some("connection broken")
        );
    }
    let told = lookups.ask(TENANT, &request, granted(&server.allowed(), &Secrets::new())).await;
    assert_eq!((told.why, told.tries, server.asked()), (Some("left alone after failures"), 0, 5));
    let other = lookups.ask(TenantId(2), &request, granted(&server.allowed(), &Secrets::new())).await;
    assert_eq!(other.why, Some("connection broken"), "another tenant's failures are its own");
}

#[tokio::test]
async fn one_tenant_asks_so_much_at_once_and_no_more() {
    let until = Arc::new(Notify::new());
    let mut server = Server::start(vec![Does::Waits(until.clone())]).await;
    let (lookups, allowed) = (Lookups::default(), server.allowed());
    let request = server.request(json!({"timeout_s": 20}));
    let ask = |tenant| {
        let (lookups, request, allowed) = (lookups.clone(), request.clone(), allowed.clone());
        tokio::spawn(async move { lookups.ask(tenant, &request, granted(&allowed, &Secrets::new())).await })
    };
    let asking: Vec<_> = (0..AT_ONCE).map(|_| ask(TENANT)).collect();
    for _ in 0..AT_ONCE {
        server.requests.recv().await.unwrap();
    }
    // All room is taken: one more of the tenant's waits within its own time, and another tenant's goes through.
    let short = server.request(json!({"timeout_s": 1}));
    assert_eq!(lookups.ask(TENANT, &short, granted(&allowed, &Secrets::new())).await.why, Some("too many at once"));
    let other = ask(TenantId(2));
    server.requests.recv().await.unwrap();
    until.notify_waiters();
    for one in asking.into_iter().chain([other]) {
        assert_eq!(one.await.unwrap().why, Some("connection broken"));
    }
}

#[tokio::test]
async fn a_secret_is_shown_to_the_server_alone() {
    let mut server = Server::start(vec![wang()]).await;
    let request = server.request(json!({"headers": {"Authorization": "Bearer {{ secret.crm }}"}}));
    let secrets = Secrets::from([("crm".into(), "open sesame".into())]);
    let told = Lookups::default().ask(TENANT, &request, granted(&server.allowed(), &secrets)).await;
    assert!(matches!(told.outcome, LookupOutcome::Found(_)), "{told:?}");
    assert!(server.requests.recv().await.unwrap().contains("\r\nauthorization: Bearer open sesame\r\n"));
    assert!(!format!("{request:?}{told:?}{secrets:?}").contains("sesame"));
    let told = Lookups::default().ask(TENANT, &request, granted(&server.allowed(), &Secrets::new())).await;
    assert_eq!((told.outcome, told.why), (LookupOutcome::Failed, Some("no such secret")));
}
