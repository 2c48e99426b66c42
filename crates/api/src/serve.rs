//! Serving the interface on a socket.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

/// How long answers that are under way may take at the end; streams would go on for ever.
const GRACE: Duration = Duration::from_secs(2);

/// Serves until `stop` is done, then lets answers under way finish for a moment.
///
/// # Errors
/// The socket fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    // Events are small and must not wait for more of them.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let stop = async move {
        stop.await;
        drop(stopping);
    };
    let serving = axum::serve(listener, service).with_graceful_shutdown(stop).into_future();
    tokio::select! {
        result = serving => result,
        () = async { drop(stopped.await); tokio::time::sleep(GRACE).await } => Ok(()),
    }
}
