//! The way to a media thread, and what it may be told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};

use media::engine::{MediaCommand, MovingLeg};
use media::ice::Credentials;
use media::prompt::PromptBank;
use types::LegId;

use super::ports::SocketPair;
use super::shared::Shared;
use super::sys::Waker;

/// What a media thread is told.
pub(super) enum Order {
    /// A leg on a pair of sockets, which the thread may see for the first time.
    Create { leg: LegId, slot: u32, seed: u64, fresh: Option<Arc<SocketPair>> },
    /// A leg on this thread's browser port.
    CreateBrowser { leg: LegId, slot: u32, seed: u64, ice: Box<Credentials>, shared: Shared },
    /// The thread's browser port, under these slots.
    OpenPort(Vec<(u32, Arc<SocketPair>)>),
    /// A browser leg of this thread's port has another name.
    Name { leg: LegId, ufrag: Box<str> },
    /// A browser leg of this thread's port was checked from this address.
    Learnt { leg: LegId, from: SocketAddr },
    /// A browser leg of this thread's port lives on another thread now.
    Moved { leg: LegId, to: Door },
    /// A browser leg of this thread's port is over.
    Forget(LegId),
    /// For the engine.
    Command(MediaCommand),
    /// New prompts.
    Bank(Arc<PromptBank>),
    /// A leg is about to arrive: what concerns it waits.
    Expect(LegId),
    /// A leg goes to another thread, into this slot there.
    Depart { leg: LegId, slot: u32, to_slot: u32, sockets: Sockets, to: Door },
    /// A leg comes from another thread; nothing when it was gone already.
    Arrive { leg: LegId, moving: Option<MovingLeg>, slot: u32, sockets: Sockets },
    /// The end.
    Stop,
}

/// What a leg sends and receives by.
#[derive(Clone)]
pub(super) enum Sockets {
    /// A pair of its own, which goes along with it.
    Own(Arc<SocketPair>),
    /// The browser port of this thread, which stays there.
    Shared { shared: Shared, thread: usize, home: Door },
}

/// What came for a browser leg on another thread's port. It waits in a queue of its own: whoever can send datagrams must not
/// be able to take the room of orders.
pub(super) struct HandedOver {
    pub(super) leg: LegId,
    pub(super) from: SocketAddr,
    pub(super) bytes: Box<[u8]>,
}

/// The way to a media thread.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) orders: SyncSender<Order>,
    pub(super) datagrams: SyncSender<HandedOver>,
    pub(super) waker: Arc<Waker>,
}

impl Door {
    /// Queues an order; gives it back when there is no room.
    pub(super) fn post(&self, order: Order) -> Result<(), Order> {
        let result = self.post_quietly(order);
        self.waker.wake();
        result
    }

    /// The same without waking the thread, which finds the order when it next wakes.
    pub(super) fn post_quietly(&self, order: Order) -> Result<(), Order> {
        self.orders.try_send(order).map_err(|refused| match refused {
            TrySendError::Full(order) | TrySendError::Disconnected(order) => order,
        })
    }

    /// Hands over what came on another thread's port; whether there was room.
    pub(super) fn hand_over(&self, datagram: HandedOver) -> bool {
        let taken = self.datagrams.try_send(datagram).is_ok();
        self.waker.wake();
        taken
    }
}
