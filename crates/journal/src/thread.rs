//! A thread that is waited for when its owner goes, but not for ever.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// A dead disk must not keep a server from ending.
const LONGEST: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, PartialEq)]
enum State {
    Running,
    /// It came to its end, or panicked.
    Ended {
        well: bool,
    },
}

type Shared = (Mutex<State>, Condvar);

pub(crate) struct Thread {
    shared: Arc<Shared>,
}

/// Says that the thread has ended, even when it panics.
struct Announce(Arc<Shared>);

impl Drop for Announce {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = State::Ended { well: !thread::panicking() };
        self.0.1.notify_all();
    }
}

impl Thread {
    pub(crate) fn start(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new((Mutex::new(State::Running), Condvar::new()));
        let announce = Announce(Arc::clone(&shared));
        let body = move || {
            let _announce = announce;
            run();
        };
        thread::Builder::new().name(name.to_owned()).spawn(body)?;
        Ok(Self { shared })
    }

    /// Waits for its end. False when it panicked, or still runs after ten seconds and is left behind.
    pub(crate) fn join(&self) -> bool {
        let state = self.shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.shared.1.wait_timeout_while(state, LONGEST, |s| *s == State::Running);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *state == State::Ended { well: true }
    }
}
