//! Media on real sockets: threads that each own an engine and many ports, a pool of ports, and the recorder.
//!
//! [`MediaPool`] is what signalling uses: [`MediaPool::create_leg`] gives ports at once, [`MediaPool::command`] tells a
//! leg, and events come by the callback.

mod backend;
mod browser;
mod clips;
mod door;
mod epoll;
mod pool;
mod ports;
mod recorder;
mod shared;
mod sys;
mod uring;
mod worker;

pub use ::media::prompt::PromptBank;
pub use ::media::seal::{DataKey, Keys};
pub use browser::{BrowserEnd, browser_media};
pub(crate) use clips::Clips;
pub use pool::{
    BackendChoice, CreateError, LocalPorts, MediaBusy, MediaPool, MediaPoolConfig, MediaStartError, MediaStats,
};
pub use ports::PortsExhausted;
pub use shared::{BrowserAddress, BrowserPorts};
pub(crate) use sys::{Name, Waker, check};
pub use worker::EventSink;

/// The clocks as media threads read them: monotonic time of the system in microseconds, and wall time.
pub fn now() -> types::Now {
    sys::now()
}
