//! A client of few lines, so that tests see what is on the wire.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// A test that waits for longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text()))
    }

    /// The error's code and field.
    #[track_caller]
    pub(crate) fn error(&self) -> (u16, String, Option<String>) {
        let json = self.json();
        let text = |name: &str| json["error"][name].as_str().map(str::to_owned);
        assert!(text("message").is_some_and(|m| !m.is_empty()) && text("request_id").is_some(), "{json}");
        (self.status, text("code").unwrap_or_default(), text("field"))
    }
}

/// A request to be sent.
pub(crate) struct Ask<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'a str, String)>,
    pub(crate) body: Option<String>,
    /// The address that it comes from.
    from: IpAddr,
}

impl<'a> Ask<'a> {
    pub(crate) fn new(method: &'a str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: None, from: Ipv4Addr::LOCALHOST.into() }
    }

    pub(crate) fn from(self, from: IpAddr) -> Self {
        Self { from, ..self }
    }

    pub(crate) fn header(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        let text = body.to_string();
        Self { body: Some(text), ..self.header("content-type", "application/json") }
    }

    fn bytes(&self) -> String {
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        if !self.headers.iter().any(|(name, _)| *name == "host") {
            text.push_str("host: desk\r\n");
        }
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let body = self.body.as_deref().unwrap_or_default();
        if self.body.is_some() {
            text.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        format!("{text}\r\n{body}")
    }

    /// Sends and reads the whole answer.
    pub(crate) async fn send(self, to: SocketAddr) -> Reply {
        let no_body = self.method == "HEAD";
        let mut wire = Wire::open(to, &self).await;
        let (status, headers) = wire.head().await;
        let mut reply = Reply { status, headers, body: Vec::new() };
        if no_body || status == 204 {
            return reply;
        }
        if reply.header("transfer-encoding") == Some("chunked") {
            while let Some(chunk) = wire.chunk().await {
                reply.body.extend(chunk);
            }
        } else {
            let length = reply.header("content-length").map_or(0, |l| l.parse().unwrap());
            reply.body = wire.take(length).await;
        }
        reply
    }

    /// Sends, and leaves the body to be read as it comes.
    pub(crate) async fn stream(self, to: SocketAddr) -> Events {
        let mut wire = Wire::open(to, &self).await;
        let (status, headers) = wire.head().await;
        let kind = headers.iter().find(|(name, _)| name == "content-type").map(|(_, v)| v.clone());
        assert_eq!((status, kind.as_deref()), (200, Some("text/event-stream; charset=utf-8")));
        Events { wire, text: String::new() }
    }
}

/// The stream of events by WebSocket.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens one behind a cursor, or is refused.
    pub(crate) async fn open(to: SocketAddr, token: &str, cursor: u64) -> Result<Self, Error> {
        let mut request = format!("ws://{to}/api/v1/events/ws?cursor={cursor}").into_client_request()?;
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        tokio_tungstenite::connect_async(request).await.map(|(socket, _)| Self(socket))
    }

    /// What it tells next.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("an event in time");
            let message = message.expect("the stream goes on").unwrap();
            if let Some(told) = message.to_text().ok().and_then(|text| serde_json::from_str(text).ok()) {
                return told;
            }
        }
    }
}

struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    async fn open(to: SocketAddr, ask: &Ask<'_>) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((ask.from, 0).into()).unwrap();
        let mut stream = socket.connect(to).await.unwrap();
        stream.write_all(ask.bytes().as_bytes()).await.unwrap();
        Self { stream, buffer: Vec::new() }
    }

    async fn more(&mut self) {
        let read = tokio::time::timeout(PATIENCE, self.stream.read_buf(&mut self.buffer)).await;
        assert_ne!(read.expect("an answer in time").expect("a whole answer"), 0, "the server hung up early");
    }

    async fn until(&mut self, end: &[u8]) -> Vec<u8> {
        loop {
            if let Some(at) = self.buffer.windows(end.len()).position(|w| w == end) {
                let rest = self.buffer.split_off(at + end.len());
                let mut found = std::mem::replace(&mut self.buffer, rest);
                found.truncate(at);
                return found;
            }
            self.more().await;
        }
    }

    async fn take(&mut self, length: usize) -> Vec<u8> {
        while self.buffer.len() < length {
            self.more().await;
        }
        let rest = self.buffer.split_off(length);
        std::mem::replace(&mut self.buffer, rest)
    }

    async fn head(&mut self) -> (u16, Vec<(String, String)>) {
        let head = String::from_utf8(self.until(b"\r\n\r\n").await).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let pair = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        (status, lines.map(pair).collect())
    }

    async fn chunk(&mut self) -> Option<Vec<u8>> {
        let size = String::from_utf8(self.until(b"\r\n").await).unwrap();
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        let bytes = self.take(size).await;
        self.take(2).await;
        (size > 0).then_some(bytes)
    }
}

/// One server-sent event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) id: Option<u64>,
    pub(crate) name: String,
    pub(crate) data: Value,
}

/// A stream of server-sent events.
pub(crate) struct Events {
    wire: Wire,
    text: String,
}

impl Events {
    /// The next event; comments are passed over.
    pub(crate) async fn next(&mut self) -> Event {
        loop {
            while let Some((frame, rest)) = self.text.split_once("\n\n") {
                let (frame, rest) = (frame.to_owned(), rest.to_owned());
                self.text = rest;
                let value = |name: &str| {
                    let mut values = frame.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                    values.next().map(str::to_owned)
                };
                if let Some(data) = value("data") {
                    let data = serde_json::from_str(&data).unwrap();
                    let id = value("id").map(|id| id.parse().unwrap());
                    return Event { id, name: value("event").unwrap(), data };
                }
            }
            let chunk = self.wire.chunk().await.expect("the stream goes on");
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event of the journal's: figures in between are passed over.
    pub(crate) async fn next_stored(&mut self) -> Event {
        loop {
            let event = self.next().await;
            if event.id.is_some() {
                return event;
            }
            assert_eq!(event.name, "queue.stats", "only figures leave the cursor where it is");
        }
    }
}
