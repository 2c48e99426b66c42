//! `lingtong serve`: wiring and shutdown.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ::archive::{Worker, WorkerConfig};
use api::{ApiState, Door, Relay};
use config::{Draft, Server};
use courier::{Courier, CourierConfig, Guard};
use node::{Certificates, Node, NodeConfig};
use speech_local::Espeak;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::backend::NodeBackend;
use crate::cli::Serve;
use crate::outbound::{Desk, Figures};
use crate::pages::pages;
use crate::prompts::PromptFiles;
use crate::recordings::{OnDisk, archive_in};
use crate::secrets::Hashed;
use crate::tenant::now;
use crate::{certificate, demo, keys, log};

/// Requests that are under way at the end get so long; event streams end at once.
const WEB_ENDS_WITHIN: Duration = Duration::from_secs(3);

/// Runs the server until it is told to end.
pub(crate) fn run(flags: Serve) -> Result<(), String> {
    let _log = log::start().map_err(|e| format!("no thread for the log: {e}"))?;
    let file = flags.config.as_deref().map(Draft::read).transpose().map_err(|e| e.to_string())?;
    let server = file.unwrap_or_default().with(flags.draft()).build().map_err(|e| e.to_string())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(serve(server))
}

async fn serve(server: Server) -> Result<(), String> {
    // Numbers, SIP messages and recordings lie there: a folder that we make is its owner's alone.
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&server.data).map_err(|e| {
        format!("the data folder {} can't be made: {e}; give another with --data", server.data.display())
    })?;
    let listener = listen("HTTP", server.web.http).await?;
    let http = local(&listener)?;
    let mut doors = vec![Door::plain(listener)];
    let certificates = certificate::of(&server)?;
    let mut https = None;
    if let (Some(address), Some(certificates)) = (server.web.https, &certificates) {
        let listener = listen("HTTPS", address).await?;
        let at = local(&listener)?;
        https = Some(at);
        tracing::info!(https = %at, "HTTPS is listening");
        let tls = certificates.server_config(&api::PROTOCOLS).map_err(|e| e.to_string())?;
        doors.push(Door::secured(listener, tls));
    }
    let config = node_config(&server, certificates.clone())?;
    let secret = config.secret;
    let node = Node::start(config).await.map_err(|e| e.to_string())?;
    let handle = node.handle();
    let closed = handle.closed.clone();
    let relay = server.turn.as_ref().map(relay).transpose()?;
    let courier = Courier::start(CourierConfig {
        store: handle.store.clone(),
        journal: handle.journal.clone(),
        reports: Arc::new(Figures(handle.store.clone())),
        guard: Guard { allowed: server.web.webhook_networks.clone() },
        closed: closed.clone(),
        node: server.node,
    });
    let archive = archive_in(&server.data, handle.recordings.clone(), handle.keyring.clone(), false)?;
    let archiving = Worker::start(WorkerConfig {
        archive: archive.clone(),
        store: handle.store.clone(),
        closed: closed.clone(),
        after: server.archive_after,
        now,
    })
    .map_err(|e| format!("no thread for the archive: {e}"))?;
    let state = ApiState {
        store: handle.store.clone(),
        journal: handle.journal.clone(),
        ladder: handle.ladder.clone(),
        outbound: Arc::new(Desk(courier.handle())),
        recordings: Arc::new(OnDisk(archive)),
        prompts: Arc::new(PromptFiles(handle.clone())),
        speaker: Arc::new(Espeak::on_path()),
        backend: Arc::new(NodeBackend::new(handle)),
        assets: pages(),
        closed,
        trusted_proxies: server.web.trusted_proxies.as_slice().into(),
        relay,
        given: Arc::new(server.settings.clone()),
        node: server.node,
        secret,
    };
    let setup = setup_link(&state, http, https).await?;
    let router = api::router(state);
    let (stop_web, web_stopped) = oneshot::channel::<()>();
    let stopped = async move { drop(web_stopped.await) };
    let web = tokio::spawn(api::serve(doors, router, server.web.trusted_proxies.as_slice().into(), stopped));
    println!("lingtong ready http=http://{http} sip={}", node.sip_address());
    if let Some(link) = setup {
        println!("lingtong setup {link}");
    }
    let hurry = until_told_to_end().await.map_err(|e| e.to_string())?;
    // Nothing may keep the door open: whoever calls from now on is told at once that this node is ending.
    let archived = tokio::task::spawn_blocking(|| archiving.stop());
    let (_, ()) = tokio::join!(courier.stop(), node.drain(hurry));
    let _ = archived.await;
    let _ = stop_web.send(());
    match tokio::time::timeout(WEB_ENDS_WITHIN, web).await {
        Ok(Ok(Err(error))) => Err(format!("HTTP failed: {error}")),
        _ => Ok(()),
    }
}

/// The shortest secret of a relay, in bytes: whoever is let in there could try shorter ones out at home.
const RELAY_SECRET_BYTES: usize = 16;

fn relay(turn: &config::Turn) -> Result<Relay, String> {
    let file = turn.secret_file.display();
    let text = std::fs::read_to_string(&turn.secret_file).map_err(|e| format!("turn_secret_file: {file}: {e}"))?;
    let secret = text.trim();
    if secret.len() < RELAY_SECRET_BYTES {
        return Err(format!("turn_secret_file: {file} has less than {RELAY_SECRET_BYTES} characters; make it longer"));
    }
    Ok(Relay::new(turn.urls.clone(), secret, turn.only))
}

/// A link by which the first company is set up, where there is none: nobody could sign in otherwise, since there is no
/// password that a server is born with.
async fn setup_link(state: &ApiState, http: SocketAddr, https: Option<SocketAddr>) -> Result<Option<String>, String> {
    let tenants = state.store.tenants().await.map_err(|e| e.to_string())?;
    if tenants.iter().any(|tenant| !state.closed.contains(&tenant.id)) {
        return Ok(None);
    }
    let token = api::new_setup_token(&state.store).await?;
    let (scheme, mut at) = https.map_or(("http", http), |https| ("https", https));
    if at.ip().is_unspecified() {
        at.set_ip(node::own_address(at.ip()));
    }
    Ok(Some(format!("{scheme}://{at}/setup?token={token}")))
}

/// SIGTERM drains; the first SIGINT too, and the second stops at once. Resolves at the first; what it
/// gives resolves at the next SIGINT.
async fn until_told_to_end() -> io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("draining: new calls are refused, those that stand go on; interrupt again to end now");
    Ok(async move {
        interrupt.recv().await;
    })
}

fn node_config(server: &Server, certificates: Option<Arc<Certificates>>) -> Result<NodeConfig, String> {
    Ok(NodeConfig {
        data: server.data.clone(),
        node: server.node,
        demo: server.demo.then_some(demo::hash as node::Hasher),
        sip: server.phone.sip,
        sips: server.phone.sips.zip(certificates),
        media_ip: server.phone.media_ip,
        rtp: (server.phone.rtp.low, server.phone.rtp.high),
        media_threads: server.phone.media_threads,
        settings: server.settings.clone(),
        secrets: Arc::new(Hashed),
        version: env!("CARGO_PKG_VERSION"),
        secret: secret(&server.data.join("secret"))
            .map_err(|e| format!("the data folder {}: {e}", server.data.display()))?,
        database_files: server.database_files.clone(),
        master: keys::find(&server.data, server.master_key_file.as_deref())?,
    })
}

async fn listen(what: &str, address: SocketAddr) -> Result<TcpListener, String> {
    let failed = |e| format!("{what} can't listen on {address}: {e}; is another program using the port?");
    TcpListener::bind(address).await.map_err(failed)
}

fn local(listener: &TcpListener) -> Result<SocketAddr, String> {
    listener.local_addr().map_err(|e| e.to_string())
}

/// The node's own secret, made at the first start and readable by its owner alone.
fn secret(path: &Path) -> io::Result<[u8; 32]> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    match std::fs::read(path) {
        Ok(bytes) => bytes.try_into().map_err(|_| {
            io::Error::other("the file `secret` in it is damaged; remove that file, and a new one is made")
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut secret = [0; 32];
            getrandom::fill(&mut secret).map_err(io::Error::other)?;
            let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
            file.write_all(&secret)?;
            Ok(secret)
        }
        Err(error) => Err(error),
    }
}
