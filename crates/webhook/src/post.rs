//! One post.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use types::{Private, Wall};

use crate::guard::{Guard, Url};
use crate::sign::signature;

/// A receiver answers within this; one that has more to do notes it down and answers first.
const LIMIT: Duration = Duration::from_secs(15);
/// What is kept of an answer, bytes: enough to see what the receiver did not like.
const ANSWER_BYTES: usize = 300;

/// What is posted.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// Where to.
    pub url: &'a str,
    /// Signs it; unsigned where it is empty.
    pub secret: &'a Private<String>,
    /// What it is about, such as `alarm`.
    pub event: &'a str,
    /// The same over all attempts.
    pub delivery: &'a str,
    /// JSON.
    pub body: &'a [u8],
    /// The time of this attempt.
    pub at: Wall,
}

/// A post was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct Failure {
    /// What the receiver answered, or the system.
    pub said: String,
    /// The same post will not be taken later either.
    pub is_final: bool,
}

impl Failure {
    fn later(said: impl ToString) -> Self {
        Self { said: said.to_string(), is_final: false }
    }

    fn for_good(said: impl ToString) -> Self {
        Self { said: said.to_string(), is_final: true }
    }
}

/// Posts once; gives what was answered where it was taken.
///
/// # Errors
/// See [`Failure`].
pub async fn post(guard: &Guard, call: &Call<'_>) -> Result<String, Failure> {
    let url = Url::parse(call.url).map_err(Failure::for_good)?;
    within(posted(guard, call, &url)).await
}

async fn within<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let silent = || Err(Failure::later(format!("no answer within {} s", LIMIT.as_secs())));
    tokio::time::timeout(LIMIT, work).await.unwrap_or_else(|_| silent())
}

async fn posted(guard: &Guard, call: &Call<'_>, url: &Url) -> Result<String, Failure> {
    let found = tokio::net::lookup_host((url.host.as_str(), url.port)).await.map_err(Failure::later)?;
    let permitted: Vec<SocketAddr> = found.filter(|at| guard.permits(at.ip(), url.secure)).collect();
    if permitted.is_empty() {
        return Err(Failure::for_good("the address is not in the public net, or not https, and not allowed here"));
    }
    let stream = TcpStream::connect(&permitted[..]).await.map_err(Failure::later)?;
    let request = request(call, url).map_err(Failure::for_good)?;
    if url.secure {
        let name = ServerName::try_from(url.host.clone()).map_err(Failure::for_good)?;
        let secured = connector().map_err(Failure::later)?.connect(name, stream).await.map_err(Failure::later)?;
        exchange(secured, request).await
    } else {
        exchange(stream, request).await
    }
}

fn request(call: &Call<'_>, url: &Url) -> Result<Request<Once>, hyper::http::Error> {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(&url.path)
        .header(HOST, &url.authority)
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("Lingtong/", env!("CARGO_PKG_VERSION")))
        .header("lingtong-event", call.event)
        .header("lingtong-delivery", call.delivery);
    if !call.secret.reveal().is_empty() {
        request = request.header("lingtong-signature", signature(call.secret, call.at, call.body));
    }
    request.body(Once(Some(Bytes::copy_from_slice(call.body))))
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Once>,
) -> Result<String, Failure> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(Failure::later)?;
    let talk = async {
        let answer = sender.send_request(request).await.map_err(Failure::later)?;
        let status = answer.status();
        judged(status, &beginning(answer.into_body()).await)
    };
    tokio::pin!(talk);
    tokio::select! {
        biased;
        done = &mut talk => done,
        // A receiver may hang up behind its answer, which is still to be read then.
        _ = connection => talk.await,
    }
}

/// The beginning of an answer, as text.
async fn beginning(mut body: Incoming) -> String {
    let mut text = Vec::new();
    while text.len() < ANSWER_BYTES
        && let Some(Ok(frame)) = std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).await
    {
        text.extend(frame.data_ref().map(|data| &data[..]).unwrap_or_default());
    }
    text.truncate(ANSWER_BYTES);
    String::from_utf8_lossy(&text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn judged(status: StatusCode, body: &str) -> Result<String, Failure> {
    let said = format!("{} {}", status.as_u16(), body).trim().to_owned();
    let busy = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    if status.is_success() {
        Ok(said)
    } else if busy || status.is_server_error() {
        Err(Failure::later(said))
    } else {
        Err(Failure::for_good(said))
    }
}

/// By the system's authorities.
fn connector() -> std::io::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    for certificate in rustls_native_certs::load_native_certs().certs {
        // One odd certificate among a hundred must not cost the others.
        let _ = roots.add(certificate);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(std::io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// A body of one piece.
struct Once(Option<Bytes>);

impl Body for Once {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(self.0.take().map(|bytes| Ok(hyper::body::Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        hyper::body::SizeHint::with_exact(self.0.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_succeed_later_is_told_from_what_will_not() {
        for (status, later) in
            [(500, true), (503, true), (429, true), (408, true), (400, false), (404, false), (302, false)]
        {
            let failure = judged(StatusCode::from_u16(status).unwrap(), "why").unwrap_err();
            assert_eq!((failure.is_final, failure.said), (!later, format!("{status} why")));
        }
        assert_eq!(judged(StatusCode::NO_CONTENT, "").unwrap(), "204");
    }

    #[tokio::test]
    async fn nothing_leaves_for_this_machine() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
        let secret = Private::default();
        let call = Call { url: &url, secret: &secret, event: "alarm", delivery: "1", body: b"{}", at: Wall(0) };
        let failure = post(&Guard::default(), &call).await.unwrap_err();
        assert!(failure.is_final && failure.said.contains("not allowed"), "{failure}");
        let waiting = std::future::poll_fn(|cx| std::task::Poll::Ready(listener.poll_accept(cx).is_ready())).await;
        assert!(!waiting, "not even a connection");
    }

    #[tokio::test]
    async fn an_answer_counts_though_the_receiver_hangs_up_behind_it() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let guard = Guard { allowed: vec!["127.0.0.1".parse().unwrap()] };
        let served = tokio::spawn(async move {
            for answer in [&b"HTTP/1.0 200 OK\r\n\r\ntaken"[..], b""] {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut heard = vec![0; 4096];
                let length = stream.read(&mut heard).await.unwrap();
                assert!(heard[..length].starts_with(b"POST / HTTP/1.1\r\n"));
                stream.write_all(answer).await.unwrap();
            }
        });
        let secret = Private::default();
        let call = Call { url: &url, secret: &secret, event: "alarm", delivery: "1", body: b"{}", at: Wall(0) };
        assert_eq!(post(&guard, &call).await.unwrap(), "200 taken");
        assert!(!post(&guard, &call).await.unwrap_err().is_final, "no answer at all");
        served.await.unwrap();
    }
}
