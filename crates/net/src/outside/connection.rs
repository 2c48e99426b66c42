//! One connection: frames what comes in, writes what goes out, until either side ends.

use std::sync::Arc;
use std::time::Duration;

use sip::flow::Flow;
use sip::stream::{Frame, Framer, PONG};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{Out, Shared};

/// A peer that says nothing at all for so long has gone, where it has promised nothing shorter.
const IDLE: Duration = Duration::from_secs(15 * 60);
/// A promised keep-alive may be late by so much: TCP repeats what a bad line has lost.
const GRACE: Duration = Duration::from_secs(15);
/// A message that has begun must be whole within this, or somebody holds connections open with crumbs.
const WHOLE_WITHIN: Duration = Duration::from_secs(32);
/// A peer that takes no bytes for so long is given up: the transaction that they belong to is soon over.
const WRITTEN_WITHIN: Duration = Duration::from_secs(10);
/// How much one read takes.
const READ: usize = 16 * 1024;

/// Runs a connection to its end and tells it.
pub(super) async fn run<S, T>(stream: S, flow: Flow, outbox: mpsc::Receiver<Out>, shared: Arc<Shared<T>>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: Send + 'static,
{
    if let Err(why) = carry(stream, flow, outbox, &shared).await {
        tracing::debug!(conn = flow.conn, %why, "a connection ended");
    }
    shared.close(flow);
}

async fn carry<S, T>(
    mut stream: S,
    flow: Flow,
    mut outbox: mpsc::Receiver<Out>,
    shared: &Shared<T>,
) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: Send + 'static,
{
    let mut framer = Framer::new();
    let mut room = vec![0; READ];
    let (mut idle, mut heard) = (IDLE, Instant::now());
    loop {
        let patience = if framer.is_waiting() { WHOLE_WITHIN } else { idle };
        let most = framer.room().min(READ);
        tokio::select! {
            out = outbox.recv() => match out {
                Some(Out::Message(bytes)) => write(&mut stream, &bytes).await?,
                Some(Out::Proven(None)) => {}
                Some(Out::Proven(Some(every))) => idle = every + GRACE,
                // The table has let go of this connection.
                None => return Ok(()),
            },
            read = stream.read(&mut room[..most]) => {
                heard = Instant::now();
                let count = read?;
                if count == 0 {
                    return Ok(());
                }
                framer.push(&room[..count]);
                if !take_frames(&mut framer, &mut stream, flow, shared).await? {
                    return Ok(());
                }
            }
            () = tokio::time::sleep_until(heard + patience) => return Err(std::io::ErrorKind::TimedOut.into()),
        }
    }
}

/// Writes all, to a peer that reads: one that does not would hold the connection's task for ever.
async fn write(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> std::io::Result<()> {
    let written = tokio::time::timeout(WRITTEN_WITHIN, stream.write_all(bytes)).await;
    written.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
}

/// Whether the connection goes on.
async fn take_frames<S, T>(framer: &mut Framer, stream: &mut S, flow: Flow, shared: &Shared<T>) -> std::io::Result<bool>
where
    S: AsyncWrite + Unpin,
    T: Send + 'static,
{
    loop {
        match framer.next_frame() {
            Ok(Some(Frame::Message(bytes))) => {
                if shared.post.packet(flow, bytes).is_err() {
                    // Overloaded: the peer's own timers bring it back.
                    return Ok(false);
                }
            }
            Ok(Some(Frame::Ping)) => write(stream, PONG).await?,
            Ok(Some(Frame::Pong)) => {}
            Ok(None) => return Ok(true),
            Err(refused) => {
                if let Some(reply) = refused.reply(flow.remote) {
                    write(stream, &reply).await?;
                }
                return Ok(false);
            }
        }
    }
}
