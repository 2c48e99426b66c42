//! One request and its answer.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use flow::{HeaderPiece, HttpQuestion, LookupOutcome, LookupRequest};
use hyper::body::Body;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use types::Private;
use types::leg::Text;

use crate::address::{Allowed, Endpoint};
use crate::{ANSWER_BYTES, Secrets, Why};

/// An answer as it came.
pub(crate) struct Answer {
    pub(crate) status: u16,
    body: Vec<u8>,
}

impl Answer {
    /// What it says.
    pub(crate) fn read(&self, request: &LookupRequest) -> Result<LookupOutcome, Why> {
        match self.status {
            404 | 410 => return Ok(LookupOutcome::NotFound),
            200..300 => {}
            _ => return Err(Why::Status),
        }
        // A 204 has nothing to say and is fine where nothing is taken.
        if self.body.is_empty() && request.taken.is_empty() {
            return Ok(request.taken.from_answer(&serde_json::Value::Null));
        }
        let answer = serde_json::from_slice(&self.body).map_err(|_| Why::NoJson)?;
        Ok(request.taken.from_answer(&answer))
    }
}

/// A header with its secrets.
pub(crate) type Header = (Text, Private<String>);

/// The headers of a request with their secrets.
pub(crate) fn headers(question: &HttpQuestion, secrets: &Secrets) -> Result<Vec<Header>, Why> {
    let header = |(name, pieces): &(Text, Vec<HeaderPiece>)| {
        let value = LookupRequest::header(pieces, |name| secrets.get(name).cloned()).map_err(|_| Why::NoSecret)?;
        Ok((name.clone(), value))
    };
    question.headers.iter().map(header).collect()
}

/// Asks once.
pub(crate) async fn once(
    endpoint: &Endpoint,
    (question, connect_within): (&HttpQuestion, Duration),
    headers: &[Header],
    allowed: &Allowed,
) -> Result<Answer, Why> {
    let reached = timeout(connect_within, connect(endpoint, allowed)).await.map_err(|_| Why::Connect)?;
    let stream = reached?;
    if endpoint.secure {
        let secured = timeout(connect_within, net::secure(stream, &endpoint.host)).await;
        exchange(secured.map_err(|_| Why::Connect)?.map_err(|_| Why::Connect)?, question, headers).await
    } else {
        exchange(stream, question, headers).await
    }
}

/// All addresses of an endpoint's name: one at least.
pub(crate) async fn addresses(endpoint: &Endpoint) -> Result<Vec<SocketAddr>, Why> {
    let found = tokio::net::lookup_host((endpoint.host.as_str(), endpoint.port)).await.map_err(|_| Why::Name)?;
    let addresses: Vec<SocketAddr> = found.collect();
    if addresses.is_empty() { Err(Why::Name) } else { Ok(addresses) }
}

/// Connects to the first address of the name that may be asked and answers.
async fn connect(endpoint: &Endpoint, allowed: &Allowed) -> Result<TcpStream, Why> {
    let addresses = addresses(endpoint).await?;
    let mut why = Why::NotAllowed;
    for address in addresses.into_iter().filter(|address| allowed.permits(endpoint, address.ip())) {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(_) => why = Why::Connect,
        }
    }
    Err(why)
}

/// Ends the connection's task when the request is given up.
struct Driver(tokio::task::JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn exchange<S>(stream: S, question: &HttpQuestion, headers: &[Header]) -> Result<Answer, Why>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| Why::Broken)?;
    let _driver = Driver(tokio::spawn(async move { drop(connection.await) }));
    let uri: Uri = question.url.reveal().parse().map_err(|_| Why::Address)?;
    let host = uri.authority().map_or("", |authority| authority.as_str());
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut builder = Request::builder()
        .method(question.method.as_str())
        .uri(path)
        .header(HOST, host)
        .header(USER_AGENT, concat!("lingtong/", env!("CARGO_PKG_VERSION")))
        .header(ACCEPT, "application/json");
    if question.body.is_some() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        builder = builder.header(CONTENT_TYPE, "application/json");
    }
    for (name, value) in headers {
        builder = builder.header(&**name, value.reveal().as_str());
    }
    let body = question.body.as_ref().map_or_else(String::new, |body| body.reveal().clone());
    let asked = builder.body(body).map_err(|_| Why::Address)?;
    let response = sender.send_request(asked).await.map_err(|_| Why::Broken)?;
    let status = response.status().as_u16();
    let (mut stream, mut body) = (response.into_body(), Vec::new());
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut stream).poll_frame(cx)).await {
        if let Ok(data) = frame.map_err(|_| Why::Broken)?.into_data() {
            if body.len() + data.len() > ANSWER_BYTES {
                return Err(Why::TooLong);
            }
            body.extend_from_slice(&data);
        }
    }
    Ok(Answer { status, body })
}
