//! The loop itself.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use std::time::Duration;

use sip::agent::Transmit;
use sip::flow::{Flow, Transport};
use types::Now;

use super::inbox::inbox;
use super::keep_alive;
use super::overload::Overload;
use super::pace::Pace;
use super::udp::Udp;
use super::{Input, Outside, Post, SignallingConfig, SignallingStats};
use crate::media::{MediaStartError, Waker, now};
use crate::mind::Mind;
use crate::ua::{MediaPlane, Ua};

/// Inputs of other threads that one turn takes, so that datagrams are not starved.
const INPUTS_PER_TURN: u32 = 512;
/// The longest sleep: a bound on what a lost wake-up could cost.
const LONGEST_SLEEP: Duration = Duration::from_millis(500);

/// Why signalling did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can't be bound.
    #[error("SIP can't listen on {address}: {source}; is another program using the port?")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// There are no media threads.
    #[error(transparent)]
    Media(#[from] MediaStartError),
    /// The certificate can't be used.
    #[error(transparent)]
    Tls(#[from] crate::tls::TlsError),
    /// Threads or descriptors are not to be had.
    #[error("the signalling thread can't be started: {0}")]
    System(#[from] io::Error),
}

/// The running thread.
pub struct Signalling<T> {
    post: Post<T>,
    handle: Option<JoinHandle<()>>,
    address: SocketAddr,
}

impl<T: Send + 'static> Signalling<T> {
    pub(super) fn start<M: Mind<Message = T>>(
        config: SignallingConfig,
        mind: M,
        media: impl FnOnce(Post<T>) -> Result<Box<dyn MediaPlane>, StartError>,
        outside: impl FnOnce(Post<T>) -> Result<Box<dyn Outside>, StartError>,
    ) -> Result<Self, StartError> {
        let waker = Arc::new(Waker::new()?);
        let (post, inputs) = inbox(waker.clone());
        let bind = |source| StartError::Bind { address: config.udp, source };
        let udp = Udp::bind(config.udp, waker.clone()).map_err(bind)?;
        let address = udp.local_address();
        let media = media(post.clone())?;
        let outside = outside(post.clone())?;
        let mut ua = Ua::new(config.ua, mind, media);
        ua.end_saved(now(), &config.dialogs);
        let (overload, pace) = (Overload::default(), Pace::default());
        let turns = Turns { ua, udp, inputs, waker, outside, overload, pace };
        let handle = std::thread::Builder::new().name("signalling".into()).spawn(move || turns.run())?;
        Ok(Self { post, handle: Some(handle), address })
    }

    /// A way to the thread.
    pub fn post(&self) -> Post<T> {
        self.post.clone()
    }

    /// Where SIP over UDP listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends the thread; waits until its last turn is over.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(handle) = self.handle.take() {
            self.post.stop();
            if handle.join().is_err() {
                tracing::error!("the signalling thread had failed");
            }
        }
    }
}

impl<T> Drop for Signalling<T> {
    fn drop(&mut self) {
        if let Some(handle) = self.handle.take() {
            self.post.stop();
            let _ = handle.join();
        }
    }
}

struct Turns<M: Mind> {
    ua: Ua<M>,
    udp: Udp,
    inputs: Receiver<Input<M::Message>>,
    waker: Arc<Waker>,
    outside: Box<dyn Outside>,
    overload: Overload,
    pace: Pace,
}

impl<M: Mind> Turns<M> {
    fn run(mut self) {
        loop {
            self.wait();
            let now = now();
            let (datagrams, full) = self.take_datagrams(now);
            let (inputs, going_on) = self.take_inputs(now);
            // What comes by connections counts like what comes by datagrams.
            let full = full || inputs == INPUTS_PER_TURN;
            self.pace.turn(now.mono, datagrams + inputs, full);
            if self.ua.poll_timeout().is_some_and(|at| at <= now.mono) {
                self.ua.handle_timeout(now);
            }
            if let Some(admission) = self.overload.turn(now.mono, full) {
                tracing::warn!(?admission, "the door for new calls");
                self.ua.set_admission(admission);
            }
            self.ua.commit(now);
            self.send();
            if !going_on {
                break;
            }
        }
    }

    fn wait(&mut self) {
        if let Some(pause) = self.pace.pause() {
            return std::thread::sleep(pause);
        }
        let at = self.ua.poll_timeout();
        let until_timer = at.map_or(LONGEST_SLEEP, |at| at.since(now().mono)).min(LONGEST_SLEEP);
        if let Err(error) = self.udp.wait(until_timer) {
            tracing::error!(%error, "waiting for datagrams failed");
        }
    }

    /// How many came, and whether some were left for the next turn.
    fn take_datagrams(&mut self, now: Now) -> (u32, bool) {
        let local = self.udp.local_address();
        let ua = &mut self.ua;
        let mut count = 0;
        let mut answers = Vec::new();
        let full = self.udp.receive(|remote, bytes| {
            count += 1;
            if keep_alive::is_stun(&bytes) {
                answers.extend(keep_alive::answer(remote, &bytes).map(|answer| (remote, answer)));
                return;
            }
            let flow = Flow { transport: Transport::Udp, local, remote, conn: 0 };
            ua.handle_packet(now, flow, bytes);
        });
        answers.into_iter().for_each(|(remote, answer)| self.udp.queue(remote, answer));
        (count, full)
    }

    /// How many came, and whether the thread goes on.
    fn take_inputs(&mut self, now: Now) -> (u32, bool) {
        self.waker.clear();
        for count in 0..INPUTS_PER_TURN {
            match self.inputs.try_recv() {
                Ok(Input::Packet(flow, bytes)) => self.ua.handle_packet(now, flow, bytes),
                Ok(Input::ConnectionLost(flow)) => self.ua.connection_lost(now, flow),
                Ok(Input::Media(event)) => self.ua.handle_media(now, event),
                Ok(Input::Resolved(lookup, found)) => self.ua.resolved(now, lookup.leg, lookup.purpose, &found),
                Ok(Input::Message(message)) => self.ua.handle_message(now, message),
                Ok(Input::Stats(told)) => told(self.stats()),
                Ok(Input::Stop) => return (count, false),
                Err(_) => return (count, true),
            }
        }
        // More waits than one turn takes: come back at once.
        self.waker.wake();
        (INPUTS_PER_TURN, true)
    }

    fn stats(&self) -> SignallingStats {
        let (shut, shedding) = self.overload.stats();
        SignallingStats { ua: self.ua.stats(), shut, shedding }
    }

    /// What comes before the first message that a far end counts on leaves while the journal is being written; once it
    /// is, the rest follows, all in order: no goodbye overtakes the ACK before it.
    fn send(&mut self) {
        while let Some(proof) = self.ua.poll_proof() {
            self.outside.prove(proof);
        }
        let mut written = false;
        while let Some(transmit) = self.ua.poll_transmit() {
            if !written && accepts(&transmit.bytes) {
                self.udp.send_queued();
                self.ua.await_written();
                written = true;
            }
            self.pass_on(transmit);
        }
        self.udp.send_queued();
        while let Some(lookup) = self.ua.poll_lookup() {
            self.outside.look_up(lookup);
        }
    }

    fn pass_on(&mut self, transmit: Transmit) {
        if transmit.flow.transport == Transport::Udp {
            self.udp.queue(transmit.flow.remote, transmit.bytes);
        } else {
            self.outside.send(transmit.flow, transmit.bytes);
        }
    }
}

/// Whether a far end counts on what a message says: an answer that accepts, or the word that its own has arrived.
fn accepts(message: &[u8]) -> bool {
    message.starts_with(b"SIP/2.0 2") || message.starts_with(b"ACK ")
}
