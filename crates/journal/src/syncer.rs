//! The thread that makes written bytes durable, apart from the one that writes them: a sync may last long, and a
//! call waits for the write only.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::disk::DiskFile;
use crate::options::{Alarm, AlarmSink};
use crate::pace::SyncTimes;
use crate::thread::Thread;

/// A sync longer than this raises an alarm: recordings on the same disk suffer soon.
const SLOW: Duration = Duration::from_secs(1);

#[derive(Default)]
struct State {
    dirty: Vec<Arc<dyn DiskFile>>,
    closed: bool,
}

pub(crate) struct Syncer {
    state: Arc<(Mutex<State>, Condvar)>,
    thread: Thread,
    times: Arc<SyncTimes>,
}

impl Syncer {
    pub(crate) fn start(name: &str, after: Duration, alarm: AlarmSink) -> std::io::Result<Self> {
        let state = Arc::new((Mutex::new(State::default()), Condvar::new()));
        let theirs = Arc::clone(&state);
        let times = Arc::new(SyncTimes::default());
        let told = Arc::clone(&times);
        let thread = Thread::start(name, move || run(&theirs, after, &alarm, &told))?;
        Ok(Self { state, thread, times })
    }

    /// How long syncs take.
    pub(crate) fn times(&self) -> Arc<SyncTimes> {
        Arc::clone(&self.times)
    }

    /// There are new bytes in this file.
    pub(crate) fn dirty(&self, file: &Arc<dyn DiskFile>) {
        let mut state = self.state.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.dirty.iter().any(|f| Arc::ptr_eq(f, file)) {
            state.dirty.push(Arc::clone(file));
            self.state.1.notify_one();
        }
    }
}

impl Drop for Syncer {
    /// Syncs what is left.
    fn drop(&mut self) {
        self.state.0.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.state.1.notify_one();
        self.thread.join();
    }
}

// How long a sync takes is told by a clock.
#[allow(clippy::disallowed_methods)]
fn run(shared: &(Mutex<State>, Condvar), after: Duration, alarm: &AlarmSink, times: &SyncTimes) {
    let (mut slow, mut failed) = (false, false);
    loop {
        let state = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        let state =
            shared.1.wait_while(state, |s| s.dirty.is_empty() && !s.closed).unwrap_or_else(PoisonError::into_inner);
        if state.dirty.is_empty() {
            return;
        }
        // Company for the first write: one sync for all of this time.
        let (mut state, _) =
            shared.1.wait_timeout_while(state, after, |s| !s.closed).unwrap_or_else(PoisonError::into_inner);
        let files = std::mem::take(&mut state.dirty);
        drop(state);
        let began = Instant::now();
        let result = files.iter().try_for_each(|f| f.sync());
        let took = began.elapsed();
        times.add(took);
        if result.is_err() != failed {
            failed = !failed;
            let detail = result.map_or_else(
                |e| format!("the disk did not take what was written: {e}"),
                |()| "the disk takes what is written again".to_owned(),
            );
            alarm(Alarm { code: "sync_failed", detail, raised: failed });
        }
        if (took > SLOW) != slow {
            slow = !slow;
            let detail = format!("a sync of the disk took {} ms", took.as_millis());
            alarm(Alarm { code: "sync_slow", detail, raised: slow });
        }
    }
}
