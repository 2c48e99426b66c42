//! The one clock that is read here.

use std::time::{Duration, SystemTime};

use tokio::sync::{Notify, watch};
use types::Wall;

/// The time on the wall.
#[allow(clippy::disallowed_methods)]
pub(crate) fn now() -> Wall {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Wall(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Waits until then, until woken, or for `most`: a clock may be set, and other processes write into the same rows. False
/// when it is over.
pub(crate) async fn pause(until: Wall, most: Duration, wake: &Notify, stop: &mut watch::Receiver<bool>) -> bool {
    let pause = Duration::from_millis(until.ms_since(now())).min(most);
    tokio::select! {
        () = tokio::time::sleep(pause) => true,
        () = wake.notified() => true,
        _ = stop.changed() => false,
    }
}
