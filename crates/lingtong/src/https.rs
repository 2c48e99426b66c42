//! HTTPS in front of the same routes as HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use node::{TlsFiles, server_config};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A handshake that takes longer is somebody holding connections open.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// After a failed accept (no descriptors left), before the next.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Listens, and serves until the program ends.
pub(crate) async fn start(address: SocketAddr, files: &TlsFiles, router: Router) -> Result<SocketAddr, String> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|e| format!("HTTPS can't listen on {address}: {e}; is another program using the port?"))?;
    let bound = listener.local_addr().map_err(|e| e.to_string())?;
    let config = server_config(files, &["h2", "http/1.1"]).map_err(|e| e.to_string())?;
    tokio::spawn(accept(listener, TlsAcceptor::from(config), router));
    Ok(bound)
}

async fn accept(listener: TcpListener, tls: TlsAcceptor, router: Router) {
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let (tls, router) = (tls.clone(), router.clone());
        tokio::spawn(async move {
            // Events are small and must not wait for more of them.
            let _ = stream.set_nodelay(true);
            let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_WITHIN, tls.accept(stream)).await else { return };
            let service = TowerToHyperService::new(router.layer(axum::Extension(ConnectInfo(peer))));
            let served =
                Builder::new(TokioExecutor::new()).serve_connection_with_upgrades(TokioIo::new(stream), service).await;
            if let Err(error) = served {
                tracing::debug!(%error, "an HTTPS connection ended");
            }
        });
    }
}
