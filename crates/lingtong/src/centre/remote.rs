//! A running server's settings, by its API.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use hyper::body::Body;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use resource::{Action, Change, Kind, Resource};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

const SETTINGS: &str = "/api/v1/settings";
/// Passwords of a large centre take a while to hash.
const PATIENCE: Duration = Duration::from_secs(600);
/// What a server sends at most: a whole centre of ten thousand agents.
const ANSWER_BYTES: usize = 64 << 20;

pub(super) struct Remote {
    secure: bool,
    authority: String,
    host: String,
    port: u16,
    token: String,
}

impl Remote {
    /// A server at `http://` or `https://`.
    pub(super) fn new(url: &str, token: String) -> Result<Self, String> {
        let wrong = || format!("`{url}` is no address of a server: give http:// or https://, a host and a port");
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(wrong());
        }
        let authority = uri.authority().ok_or_else(wrong)?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
        Ok(Self { secure, authority: authority.to_string(), host, port, token })
    }

    pub(super) async fn export(&self) -> Result<Vec<Resource>, String> {
        let answer = self.ask(Method::GET, None).await?;
        let resource = |value: &Value| {
            let kind = value["kind"].as_str().and_then(Kind::parse)?;
            Some(Resource { kind, name: value["name"].as_str()?.to_owned(), spec: value["spec"].clone() })
        };
        let resources = answer["resources"].as_array().map(|all| all.iter().filter_map(resource).collect());
        resources.ok_or_else(|| format!("{} is not a server of this kind", self.authority))
    }

    pub(super) async fn apply(
        &self,
        resources: &[Resource],
        prune: bool,
        dry_run: bool,
    ) -> Result<Vec<Change>, String> {
        let body = json!({"resources": resources, "prune": prune, "dry_run": dry_run});
        let answer = self.ask(Method::POST, Some(body.to_string())).await?;
        let change = |value: &Value| {
            let action = [Action::Create, Action::Update, Action::Delete];
            let action = action.into_iter().find(|action| value["action"] == action.as_str())?;
            let fields = value["fields"].as_array()?.iter().filter_map(|field| field.as_str().map(str::to_owned));
            let kind = value["kind"].as_str().and_then(Kind::parse)?;
            Some(Change { action, kind, name: value["name"].as_str()?.to_owned(), fields: fields.collect() })
        };
        let changes = answer["changes"].as_array().map(|all| all.iter().filter_map(change).collect());
        changes.ok_or_else(|| format!("{} is not a server of this kind", self.authority))
    }

    async fn ask(&self, method: Method, body: Option<String>) -> Result<Value, String> {
        let failed = |e: &dyn std::fmt::Display| format!("{}: {e}", self.authority);
        let asked = async {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|e| failed(&e))?;
            if self.secure {
                let stream = net::secure(stream, &self.host).await.map_err(|e| failed(&e))?;
                self.exchange(stream, method, body).await
            } else {
                self.exchange(stream, method, body).await
            }
        };
        let (status, bytes) = tokio::time::timeout(PATIENCE, asked).await.map_err(|_| failed(&"no answer"))??;
        let value: Value = serde_json::from_slice(&bytes).map_err(|_| failed(&format!("answered {status}")))?;
        if (200..300).contains(&status) { Ok(value) } else { Err(refusal(&value, status)) }
    }

    async fn exchange<S>(&self, stream: S, method: Method, body: Option<String>) -> Result<(u16, Vec<u8>), String>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let failed = |e: &dyn std::fmt::Display| format!("{}: {e}", self.authority);
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|e| failed(&e))?;
        let driver = tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(SETTINGS)
            .header(HOST, &self.authority)
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .header(ACCEPT_LANGUAGE, "en")
            .header(CONTENT_TYPE, "application/json")
            .body(body.unwrap_or_default())
            .map_err(|e| failed(&e))?;
        let response = sender.send_request(request).await.map_err(|e| failed(&e))?;
        let status = response.status().as_u16();
        let (mut body, mut bytes) = (response.into_body(), Vec::new());
        while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            if let Ok(data) = frame.map_err(|e| failed(&e))?.into_data() {
                bytes.extend_from_slice(&data);
            }
            if bytes.len() > ANSWER_BYTES {
                return Err(failed(&"the answer is too long"));
            }
        }
        driver.abort();
        Ok((status, bytes))
    }
}

/// What a server says is wrong, a line for each.
fn refusal(answer: &Value, status: u16) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |problem: &Value| {
        let (of, field) = (&problem["resource"], text(&problem["field"]));
        let place = if field.is_empty() { String::new() } else { format!(": {field}") };
        format!("{} {}{place}: {}", text(&of["kind"]), text(&of["name"]), text(&problem["message"]))
    };
    match answer["error"]["problems"].as_array().filter(|problems| !problems.is_empty()) {
        Some(problems) => problems.iter().map(line).collect::<Vec<_>>().join("\n"),
        None => format!("the server answered {status}: {}", text(&answer["error"]["message"])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_a_scheme_and_no_path() {
        for (url, host, port) in [
            ("http://127.0.0.1:8080", "127.0.0.1", 8080),
            ("https://centre.example/", "centre.example", 443),
            ("http://[::1]:81", "::1", 81),
        ] {
            let remote = Remote::new(url, String::new()).unwrap();
            assert_eq!((remote.host.as_str(), remote.port), (host, port));
        }
        for url in ["centre.example:8080", "ftp://x", "http://x/api", "http://x?y", ""] {
            assert!(Remote::new(url, String::new()).is_err(), "{url}");
        }
    }

    #[test]
    fn a_refusal_names_resource_and_field() {
        let problem =
            json!({"resource": {"kind": "queue", "name": "a"}, "field": "wrap_up_s", "message": "must be 0 to 9"});
        let answer = json!({"error": {"message": "x", "problems": [problem]}});
        assert_eq!(refusal(&answer, 400), "queue a: wrap_up_s: must be 0 to 9");
        assert_eq!(
            refusal(&json!({"error": {"message": "Sign in first"}}), 401),
            "the server answered 401: Sign in first"
        );
    }
}
