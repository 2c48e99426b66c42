//! A record in itself, and against what was told while it happened.

use types::record::{InteractionRecord, SegmentKind};
use types::{Cause, EndedBy, Now};

use super::{Invariant, Seen, Verdict};

pub(super) fn check(verdict: &mut Verdict, now: Now, seen: &Seen, record: &InteractionRecord) {
    let id = record.id;
    let mut at = record.started;
    let mut sums = [0; 4];
    let mut ending = 0;
    for segment in &record.segments {
        if segment.from != at || segment.to <= segment.from {
            verdict.breaks(now, Invariant::EverySecond, || format!("{id}: segment {segment:?} after {at}"));
        }
        at = segment.to;
        let ms = segment.to.ms_since(segment.from);
        if segment.kind == SegmentKind::Ringing {
            sums[3] += ms;
        }
        match segment.kind {
            SegmentKind::Queued => sums[0] += ms,
            SegmentKind::Ringing if segment.queue.is_some() => sums[0] += ms,
            SegmentKind::Talking => sums[1] += ms,
            SegmentKind::Held | SegmentKind::Parked => sums[2] += ms,
            SegmentKind::Ending => ending += ms,
            _ => {}
        }
    }
    let told = [record.wait_ms, record.talk_ms, record.hold_ms, record.ring_ms];
    if at != record.ended || sums != told {
        verdict.breaks(now, Invariant::EverySecond, || format!("{id}: sums {sums:?}, told {told:?}, to {at}"));
    }
    // The taking down has no event of its own: it is the tail of the last state.
    let mut states = seen.sums;
    let last = match seen.state {
        SegmentKind::Queued => Some(0),
        SegmentKind::Ringing if seen.queue.is_some() => Some(0),
        SegmentKind::Talking => Some(1),
        SegmentKind::Held | SegmentKind::Parked => Some(2),
        _ => None,
    };
    if let Some(last) = last {
        states[last] = states[last].saturating_sub(ending);
    }
    if seen.state == SegmentKind::Ringing {
        states[3] = states[3].saturating_sub(ending);
    }
    if states != told {
        verdict.breaks(now, Invariant::RecordsAsStates, || format!("{id}: told {told:?}, by its states {states:?}"));
    }
    if record.answered.is_some() != seen.answered {
        verdict.breaks(now, Invariant::RecordsAsStates, || format!("{id}: answered or not?"));
    }
    if let Some(leg) = record.legs.iter().find(|l| l.ended.is_none_or(|e| e < l.started)) {
        verdict.breaks(now, Invariant::NothingLeft, || format!("{id}: leg {} has no end", leg.id));
    }
    check_causes(verdict, now, record);
    if seen.queue_talk && record.recordings.is_empty() {
        verdict.breaks(now, Invariant::Recorded, || format!("{id} talked unrecorded"));
    }
}

/// Whoever ended it, a leg tells the same.
fn check_causes(verdict: &mut Verdict, now: Now, record: &InteractionRecord) {
    let id = record.id;
    if let Some(leg) = record.legs.iter().find(|l| l.cause.is_none()) {
        verdict.breaks(now, Invariant::Causes, || format!("{id}: leg {} ended for no cause", leg.id));
    }
    let by_peer = match record.ended_by {
        EndedBy::Caller | EndedBy::Agent => true,
        EndedBy::Callee => false,
        EndedBy::System => return,
    };
    let told = record.legs.iter().any(|l| l.cause == Some(record.cause) && (l.by_peer || !by_peer));
    // One that was handed on has given the leg away that could tell.
    if !told && record.cause != Cause::Transferred {
        let (by, cause) = (record.ended_by.as_str(), record.cause.as_str());
        verdict.breaks(now, Invariant::Causes, || format!("{id}: ended by {by}, {cause}, which no leg tells"));
    }
}
