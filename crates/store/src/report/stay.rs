//! What became of an interaction in each queue that it waited in.

use types::QueueId;
use types::record::SegmentKind;

use crate::parts::Span;

/// An interaction in one queue; several waits there are one stay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stay {
    /// None for what waited for a person without a queue.
    pub(super) queue: Option<QueueId>,
    pub(super) waited_ms: u64,
    /// The wait before the first talk that followed.
    pub(super) answered_after_ms: Option<u64>,
    pub(super) talking_ms: u64,
    pub(super) holding_ms: u64,
    /// After a talk it went on to somebody else.
    pub(super) transferred: bool,
}

/// What became of it in each queue, in the order in which it came to each first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Stays {
    pub(super) all: Vec<Stay>,
    /// The one whose wait was the last thing that happened.
    pub(super) waiting_at_end: Option<usize>,
    /// The one that was answered first.
    pub(super) first_answered: Option<usize>,
}

impl Stays {
    /// From the segments of a record. A talk belongs to the queue waited in before it, also with the agents it is handed
    /// on to, until another queue or a menu has the interaction.
    pub(super) fn of(spans: &[Span<'_>]) -> Self {
        let mut stays = Self::default();
        let mut current = None;
        let mut talked_with = None;
        for span in spans {
            let Some(kind) = SegmentKind::parse(span.kind()) else { continue };
            let ms = span.ms();
            match kind {
                SegmentKind::Queued | SegmentKind::Ringing => {
                    if talked_with.is_some() {
                        stays.note_transfer(current);
                    }
                    // A colleague's telephone rings in the middle of it: that is no wait of the queue's.
                    if span.queue().is_none() && talked_with.is_some() {
                        continue;
                    }
                    let at = stays.place(span.queue());
                    stays.all[at].waited_ms += ms;
                    (current, talked_with, stays.waiting_at_end) = (Some(at), None, Some(at));
                }
                SegmentKind::Talking | SegmentKind::Held | SegmentKind::Away | SegmentKind::Parked => {
                    let at = *current.get_or_insert_with(|| stays.place(None));
                    if kind == SegmentKind::Talking {
                        if talked_with.is_some_and(|with| with != span.agent()) {
                            stays.note_transfer(current);
                        }
                        talked_with = Some(span.agent());
                        let stay = &mut stays.all[at];
                        stay.talking_ms += ms;
                        stay.answered_after_ms.get_or_insert(stay.waited_ms);
                        stays.first_answered.get_or_insert(at);
                    } else if kind != SegmentKind::Away {
                        stays.all[at].holding_ms += ms;
                    }
                    stays.waiting_at_end = None;
                }
                SegmentKind::Setup | SegmentKind::Menu => {
                    (current, talked_with, stays.waiting_at_end) = (None, None, None);
                }
                SegmentKind::Ending | SegmentKind::WrapUp => {}
            }
        }
        stays
    }

    fn note_transfer(&mut self, current: Option<usize>) {
        if let Some(at) = current {
            self.all[at].transferred = true;
        }
    }

    fn place(&mut self, queue: Option<QueueId>) -> usize {
        let known = self.all.iter().position(|stay| stay.queue == queue);
        known.unwrap_or_else(|| {
            let (waited_ms, answered_after_ms) = (0, None);
            let (talking_ms, holding_ms, transferred) = (0, 0, false);
            self.all.push(Stay { queue, waited_ms, answered_after_ms, talking_ms, holding_ms, transferred });
            self.all.len() - 1
        })
    }

    /// The wait before anybody talked with it, milliseconds; all of it when nobody did.
    pub(super) fn waited_ms(&self) -> u64 {
        match self.first_answered {
            Some(at) => self.all[..at].iter().map(|stay| stay.waited_ms).sum::<u64>() + self.answered_after(at),
            None => self.all.iter().map(|stay| stay.waited_ms).sum(),
        }
    }

    fn answered_after(&self, at: usize) -> u64 {
        self.all[at].answered_after_ms.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use types::{AgentId, Wall};

    use super::*;

    const SALES: Option<QueueId> = Some(QueueId(1));
    const SUPPORT: Option<QueueId> = Some(QueueId(2));

    fn spans(steps: &[(SegmentKind, i64, Option<QueueId>, u64)]) -> Vec<Span<'static>> {
        let mut at = 0;
        let mut span = |(kind, ms, queue, agent): &(SegmentKind, i64, Option<QueueId>, u64)| {
            let from = at;
            at += ms;
            Span::new(*kind, (Wall(from), Wall(at)), *queue, Some(AgentId(*agent)).filter(|a| a.0 > 0))
        };
        steps.iter().map(&mut span).collect()
    }

    #[test]
    fn a_call_that_rings_on_waits_once_and_is_answered_once() {
        use SegmentKind::{Held, Menu, Queued, Ringing, Talking};
        let stays = Stays::of(&spans(&[
            (Menu, 5, None, 0),
            (Queued, 10, SALES, 0),
            (Ringing, 20, SALES, 1),
            (Queued, 30, SALES, 0),
            (Ringing, 3, SALES, 2),
            (Talking, 100, None, 2),
            (Held, 7, None, 2),
            (Talking, 50, None, 2),
        ]));
        assert_eq!(stays.all.len(), 1);
        let stay = stays.all[0];
        assert_eq!((stay.waited_ms, stay.answered_after_ms, stay.talking_ms, stay.holding_ms), (63, Some(63), 150, 7));
        assert!(!stay.transferred && stays.waiting_at_end.is_none() && stays.waited_ms() == 63);
    }

    #[test]
    fn one_that_is_handed_on_counts_in_both_queues() {
        use SegmentKind::{Queued, Ringing, Talking};
        let stays = Stays::of(&spans(&[
            (Queued, 10, SALES, 0),
            (Talking, 100, None, 1),
            (Queued, 40, SUPPORT, 0),
            (Ringing, 5, SUPPORT, 2),
        ]));
        let [sales, support] = stays.all[..] else { panic!("two stays") };
        assert!(sales.transferred && sales.answered_after_ms == Some(10));
        assert_eq!((support.answered_after_ms, support.waited_ms, stays.waiting_at_end), (None, 45, Some(1)));
        assert_eq!(stays.waited_ms(), 10);
        let by_hand = Stays::of(&spans(&[
            (Queued, 10, SALES, 0),
            (Talking, 100, None, 1),
            (Ringing, 8, None, 2),
            (Talking, 30, None, 2),
        ]));
        let [sales] = by_hand.all[..] else { panic!("one stay") };
        assert!(sales.transferred && sales.talking_ms == 130 && sales.waited_ms == 10);
    }

    #[test]
    fn one_that_leaves_the_queue_for_a_menu_does_not_wait_at_its_end() {
        use SegmentKind::{Menu, Queued};
        let stays = Stays::of(&spans(&[(Queued, 10, SALES, 0), (Menu, 5, None, 0)]));
        assert_eq!((stays.waiting_at_end, stays.all[0].answered_after_ms), (None, None));
    }
}
