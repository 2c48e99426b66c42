//! Serving the interface on sockets, plain ones and secured ones alike.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderValue, header};
use axum::{Extension, Router};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use types::Network;

use crate::idle::{Neighbour, Neighbours, Requests};

/// Connections at once, of all doors: each desk has a stream and some requests. The next ones wait in the system's
/// queue.
const CONNECTIONS: usize = 8_192;
/// Of one address: an office behind one router has its share, and nobody can take all. Proxies that are trusted, and this
/// machine itself, speak for many and are not counted.
const CONNECTIONS_OF_ONE: usize = CONNECTIONS / 4;
/// A handshake that takes longer is somebody holding connections open.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// A head that takes longer is nobody's; a connection that is silent for so long is closed.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// What a head may hold: cookies and tokens are a few hundred bytes.
const HEAD_BYTES: u32 = 16 << 10;
/// Requests at once over one connection of HTTP/2: a page asks for some, and has one stream of events.
const STREAMS: u32 = 64;
/// How often a connection of HTTP/2 is asked whether its peer lives, and how long that has to say so.
const PING_EVERY: Duration = Duration::from_secs(30);
const PONG_WITHIN: Duration = Duration::from_secs(20);
/// How long answers that are under way may take at the end; streams would go on for ever.
const GRACE: Duration = Duration::from_secs(2);
/// After the system refuses a connection, for want of files for example.
const AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// What a secured door offers by ALPN, the best first.
pub const PROTOCOLS: [&str; 2] = ["h2", "http/1.1"];
const H2: &[u8] = b"h2";

/// Whether a request has come over TLS: an extension of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Secured(pub(crate) bool);

/// A socket by which callers come in.
pub struct Door {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
}

impl Door {
    /// Plain HTTP.
    pub const fn plain(listener: TcpListener) -> Self {
        Self { listener, tls: None }
    }

    /// HTTPS; the configuration offers [`PROTOCOLS`].
    pub fn secured(listener: TcpListener, tls: Arc<ServerConfig>) -> Self {
        Self { listener, tls: Some(TlsAcceptor::from(tls)) }
    }
}

/// Serves by all doors until `stop` is done, then lets answers under way finish for a moment. `trusted`: proxies that
/// come with the requests of many.
///
/// # Errors
/// None so far: what goes wrong with one connection ends that one.
pub async fn serve(
    doors: Vec<Door>,
    router: Router,
    trusted: Arc<[Network]>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let room = Room { places: Arc::new(Semaphore::new(CONNECTIONS)), neighbours: Neighbours::default(), trusted };
    // Dropping the sender tells every door and connection to finish.
    let (stopping, stopped) = watch::channel(());
    let mut attended = JoinSet::new();
    for door in doors {
        attended.spawn(attend(door, room.clone(), router.clone(), stopped.clone()));
    }
    stop.await;
    drop(stopping);
    attended.join_all().await;
    Ok(())
}

/// Room for connections.
#[derive(Clone)]
struct Room {
    places: Arc<Semaphore>,
    neighbours: Neighbours,
    trusted: Arc<[Network]>,
}

impl Room {
    /// A connection's share of what its address may have.
    fn share(&self, peer: SocketAddr) -> Option<Neighbour> {
        let ip = peer.ip().to_canonical();
        let counts = !ip.is_loopback() && !self.trusted.iter().any(|network| network.contains(ip));
        self.neighbours.admit(ip, if counts { CONNECTIONS_OF_ONE } else { CONNECTIONS })
    }
}

async fn attend(door: Door, room: Room, router: Router, mut stopped: watch::Receiver<()>) {
    let Door { listener, tls } = door;
    let router = router.layer(Extension(Secured(tls.is_some())));
    let mut connections = JoinSet::new();
    let end = stopped.clone();
    loop {
        tokio::select! {
            _ = stopped.changed() => break,
            (stream, peer, place) = accept(&listener, &room.places) => {
                let Some(share) = room.share(peer) else { continue };
                let (router, tls, end) = (router.clone(), tls.clone(), end.clone());
                connections.spawn(async move {
                    welcome(stream, peer, tls, router, end).await;
                    drop((place, share));
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let rest = async { while connections.join_next().await.is_some() {} };
    // What is left is cut off as the set is dropped.
    let _ = tokio::time::timeout(GRACE, rest).await;
}

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    loop {
        let place = Arc::clone(places).acquire_owned().await;
        match (listener.accept().await, place) {
            (Ok((stream, peer)), Ok(place)) => {
                // Events are small and must not wait for more of them.
                let _ = stream.set_nodelay(true);
                return (stream, peer, place);
            }
            (Err(error), _) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(AFTER_REFUSAL).await;
            }
            // Nobody closes the semaphore.
            (_, Err(_)) => std::future::pending().await,
        }
    }
}

/// A connection, behind its handshake where there is one.
async fn welcome(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    router: Router,
    mut stopped: watch::Receiver<()>,
) {
    let Some(tls) = tls else { return converse(stream, false, peer, router, stopped).await };
    let secured = tokio::select! {
        secured = tokio::time::timeout(HANDSHAKE_WITHIN, tls.accept(stream)) => secured,
        _ = stopped.changed() => return,
    };
    // Who does not trust the certificate, or speaks no TLS at all, hears it from TLS itself.
    let Ok(Ok(stream)) = secured else { return };
    let is_h2 = stream.get_ref().1.alpn_protocol() == Some(H2);
    converse(stream, is_h2, peer, router, stopped).await;
}

async fn converse<S>(stream: S, is_h2: bool, peer: SocketAddr, router: Router, stopped: watch::Receiver<()>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = TowerToHyperService::new(router);
    let heard = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&heard);
    let requests = Requests::new();
    let counting = requests.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        asked.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(ConnectInfo(peer));
        name_host(&mut request);
        counting.clone().answered(router.call(request))
    });
    let io = TokioIo::new(stream);
    if is_h2 {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).keep_alive_interval(PING_EVERY).keep_alive_timeout(PONG_WITHIN);
        builder.max_concurrent_streams(STREAMS).max_header_list_size(HEAD_BYTES);
        let connection = builder.serve_connection(io, service);
        carry(connection, |c| c.graceful_shutdown(), &heard, requests.idle(), stopped).await;
    } else {
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(HEAD_BYTES as usize);
        let connection = builder.serve_connection(io, service).with_upgrades();
        // A pause between two heads is bounded as a head is.
        carry(connection, |c| c.graceful_shutdown(), &heard, std::future::pending(), stopped).await;
    }
}

/// HTTP/2 says in the address which host is meant; what reads it finds it where HTTP/1.1 has it.
fn name_host(request: &mut Request<Incoming>) {
    let host = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
    if let (false, Some(host)) = (request.headers().contains_key(header::HOST), host) {
        request.headers_mut().insert(header::HOST, host);
    }
}

/// Carries a connection to its end, its own or the server's; one that never asks for anything ends soon, one that asks for
/// nothing any more when it counts as idle.
async fn carry<C: Future>(
    connection: C,
    finish: impl FnOnce(Pin<&mut C>),
    heard: &AtomicBool,
    idle: impl Future<Output = ()>,
    mut stopped: watch::Receiver<()>,
) {
    let (mut connection, mut idle) = (pin!(connection), pin!(idle));
    let mut waited = pin!(tokio::time::sleep(HEAD_WITHIN));
    let mut waiting = true;
    loop {
        tokio::select! {
            // A client that breaks off, or talks rubbish, is no trouble of ours.
            _ = connection.as_mut() => return,
            _ = stopped.changed() => break,
            () = idle.as_mut() => break,
            () = waited.as_mut(), if waiting => {
                if !heard.load(Ordering::Relaxed) {
                    return;
                }
                waiting = false;
            }
        }
    }
    finish(connection.as_mut());
    // A peer that does not hear the goodbye is cut off.
    let _ = tokio::time::timeout(GRACE, connection).await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;
    use tokio_rustls::client::TlsStream;
    use tokio_rustls::rustls::pki_types::PrivateKeyDer;
    use tokio_rustls::{TlsConnector, rustls};

    use super::*;

    fn routes() -> Router {
        let slow = || async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            "done"
        };
        let host = |headers: axum::http::HeaderMap| async move { headers[header::HOST].to_str().unwrap().to_owned() };
        Router::new()
            .route("/slow", get(slow))
            .route("/never", get(std::future::pending::<()>))
            .route("/endless", get(|| async { axum::body::Body::new(Endless) }))
            .route("/host", get(host))
    }

    /// A stream of events in which nothing happens.
    struct Endless;

    impl hyper::body::Body for Endless {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
            std::task::Poll::Pending
        }
    }

    async fn started() -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<io::Result<()>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let stop_told = async move { drop(stopped.await) };
        let served = tokio::spawn(serve(vec![Door::plain(listener)], routes(), Arc::default(), stop_told));
        (address, stop, served)
    }

    /// The same by HTTPS.
    async fn started_secured() -> (SocketAddr, oneshot::Sender<()>, TlsConnector) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        config.alpn_protocols = PROTOCOLS.map(|p| p.as_bytes().to_vec()).into();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let client = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let (stop, stopped) = oneshot::channel();
        let doors = vec![Door::secured(listener, Arc::new(config))];
        tokio::spawn(serve(doors, routes(), Arc::default(), async move { drop(stopped.await) }));
        (address, stop, TlsConnector::from(Arc::new(client)))
    }

    async fn securely(address: SocketAddr, tls: &TlsConnector, alpn: &[&str]) -> TlsStream<TcpStream> {
        let mut config = (**tls.config()).clone();
        config.alpn_protocols = alpn.iter().map(|p| p.as_bytes().to_vec()).collect();
        let stream = TcpStream::connect(address).await.unwrap();
        TlsConnector::from(Arc::new(config)).connect("localhost".try_into().unwrap(), stream).await.unwrap()
    }

    async fn asking(address: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    async fn all_of(mut stream: impl AsyncRead + Unpin) -> String {
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text).await;
        text
    }

    #[tokio::test(start_paused = true)]
    async fn half_a_head_does_not_hold_a_connection_for_ever() {
        let (address, _stop, _) = started().await;
        let stream = asking(address, "GET /slow HTTP/1.1\r\nhost: ").await;
        assert!(!all_of(stream).await.contains("200 OK"), "the server has closed it");
    }

    #[tokio::test(start_paused = true)]
    async fn answers_under_way_are_finished_at_the_end_and_endless_ones_cut() {
        let (address, stop, served) = started().await;
        let slow = asking(address, "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await;
        let never = asking(address, "GET /never HTTP/1.1\r\nhost: x\r\n\r\n").await;
        // Both requests have been taken once the first of them sleeps: time stands still as long as anything runs.
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.send(()).unwrap();
        assert!(all_of(slow).await.ends_with("done"));
        assert_eq!(all_of(never).await, "");
        served.await.unwrap().unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "the port is free again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_secured_door_keeps_the_same_limits() {
        let (address, _stop, tls) = started_secured().await;
        // No handshake, half a head, and HTTP/2 without a request: each is closed, or this never ends.
        assert_eq!(all_of(TcpStream::connect(address).await.unwrap()).await, "");
        let mut half = securely(address, &tls, &["http/1.1"]).await;
        half.write_all(b"GET /slow HTTP/1.1\r\nhost: ").await.unwrap();
        assert!(!all_of(half).await.contains("200 OK"));
        all_of(securely(address, &tls, &["h2"]).await).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_secured_door_finishes_what_is_under_way() {
        let (address, stop, tls) = started_secured().await;
        let mut slow = securely(address, &tls, &[]).await;
        slow.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.send(()).unwrap();
        assert!(all_of(slow).await.ends_with("done"));
        assert!(TcpStream::connect(address).await.is_err(), "the port is free again");
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_of_http_2_is_closed_and_one_with_a_stream_is_not() {
        let (address, _stop, tls) = started_secured().await;
        let began = tokio::time::Instant::now();
        for (path, kept) in [("host", false), ("never", true), ("endless", true)] {
            let io = TokioIo::new(securely(address, &tls, &["h2"]).await);
            let (mut send, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
            let mut connection = tokio::spawn(connection);
            let request = Request::get(format!("https://localhost/{path}")).body(axum::body::Body::empty()).unwrap();
            let answer = tokio::spawn(send.send_request(request));
            let over = tokio::time::timeout(Duration::from_secs(600), &mut connection).await;
            assert_eq!(over.is_err(), kept, "{path} after {:?}", began.elapsed());
            drop((send, answer));
        }
    }

    #[tokio::test]
    async fn http_2_is_spoken_where_both_can_and_names_its_host() {
        let (address, _stop, tls) = started_secured().await;
        let stream = securely(address, &tls, &["h2", "http/1.1"]).await;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(H2));
        let io = TokioIo::new(stream);
        let (mut send, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
        tokio::spawn(connection);
        let request = Request::get("https://localhost/host").body(axum::body::Body::empty()).unwrap();
        let answer = send.send_request(request).await.unwrap();
        let body = axum::body::to_bytes(axum::body::Body::new(answer.into_body()), 100).await.unwrap();
        assert_eq!(body, "localhost");
    }
}
