//! Serving the interface on a socket.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

/// Connections at once: each desk has a stream and some requests. The next ones wait in the system's queue.
const CONNECTIONS: usize = 8_192;
/// A head that takes longer is nobody's; a connection that is silent for so long is closed.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// How long answers that are under way may take at the end; streams would go on for ever.
const GRACE: Duration = Duration::from_secs(2);
/// After the system refuses a connection, for want of files for example.
const AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// Serves until `stop` is done, then lets answers under way finish for a moment.
///
/// # Errors
/// None so far: what goes wrong with one connection ends that one.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    // Dropping the sender tells every connection to finish.
    let (stopping, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            (stream, peer, place) = accept(&listener, &places) => {
                let (router, stopped) = (router.clone(), stopped.clone());
                connections.spawn(async move {
                    converse(stream, peer, router, stopped).await;
                    drop(place);
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop((listener, stopping));
    let rest = async { while connections.join_next().await.is_some() {} };
    // What is left is cut off as the set is dropped.
    let _ = tokio::time::timeout(GRACE, rest).await;
    Ok(())
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

async fn converse(stream: TcpStream, peer: SocketAddr, router: Router, mut stopped: watch::Receiver<()>) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.call(request)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        // A client that breaks off, or talks rubbish, is no trouble of ours.
        _ = connection.as_mut() => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;

    use super::*;

    async fn started() -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<io::Result<()>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let slow = || async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            "done"
        };
        let router = Router::new().route("/slow", get(slow)).route("/never", get(std::future::pending::<()>));
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(serve(listener, router, async move { drop(stopped.await) }));
        (address, stop, served)
    }

    async fn asking(address: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    async fn all_of(mut stream: TcpStream) -> String {
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
}
