//! Saved dialogs: what was written by us is read and goes on; what was not is refused or at least ends.

use std::time::Duration;

use sip::agent::Body;

use crate::calls::{HOLD, Pair, agent, start};

/// Longer than all timers of a dialog that is being ended.
const END_WITHIN: Duration = Duration::from_secs(300);

/// Dialogs of both ends at rest, with a change of their own under way, and with one of the peer's.
pub(crate) fn saved() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    if let Some(mut pair) = Pair::standing() {
        let mut keep = |pair: &Pair| all.extend((0..2).filter_map(|end| pair.agents[end].save(pair.calls[end]).ok()));
        keep(&pair);
        if pair.agents[0].reinvite(pair.now, pair.calls[0], Some(Body::sdp(HOLD))).is_ok() {
            keep(&pair);
            pair.exchange();
            keep(&pair);
        }
    }
    all
}

/// Restores a dialog, saves it again, and ends it.
pub(crate) fn restore(bytes: &[u8]) {
    let mut now = start();
    let mut agent = agent(3, 1);
    let Ok(call) = agent.restore(now, bytes) else { return };
    let again = agent.save(call).expect("what was restored can be saved");
    assert!(crate::calls::agent(4, 1).restore(now, &again).is_ok(), "what was saved can be restored");
    let _ = agent.bye(now, call, &[]);
    let until = now.mono + END_WITHIN;
    while let Some(at) = agent.poll_timeout().filter(|at| *at <= until) {
        now = now.after(at.since(now.mono));
        agent.handle_timeout(now);
        while agent.poll_transmit().is_some() {}
        while agent.poll_event().is_some() {}
    }
    assert_eq!(agent.stats().calls, 0, "nobody answers, and still it ends");
}
