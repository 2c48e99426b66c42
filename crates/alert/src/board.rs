//! What stands.

use std::collections::BTreeMap;
use std::time::Duration;

use types::alert::{Alert, Level, Measure};
use types::leg::Text;
use types::{AlertId, Now, QueueId, Wall};

use crate::latch::Latch;
use crate::threshold::Threshold;

/// The figures of a moment.
pub trait Figures {
    /// A figure of a queue, or of all together, in the measure's unit; none when there is nothing to tell it from.
    fn figure(&self, queue: Option<QueueId>, measure: Measure) -> Option<u32>;
}

impl<F: Fn(Option<QueueId>, Measure) -> Option<u32>> Figures for F {
    fn figure(&self, queue: Option<QueueId>, measure: Measure) -> Option<u32> {
        self(queue, measure)
    }
}

/// An alert that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it says.
    pub alert: Alert,
    /// Since when.
    pub raised: Wall,
    /// Who looks after it, and since when.
    pub acknowledged: Option<(Wall, Text)>,
}

/// What a look has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It stands from now on.
    Raised(Alert),
    /// It is worse or better.
    Changed(Alert),
    /// It is over.
    Cleared(Alert),
}

/// What came of an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledged {
    /// It is new.
    New,
    /// Somebody had done so before.
    Before,
}

type Key = (Text, Option<QueueId>);

#[derive(Debug, Default)]
struct Watch {
    warning: Latch,
    critical: Latch,
    standing: Option<Standing>,
}

/// The thresholds of a tenant, and what stands.
#[derive(Debug, Default)]
pub struct Board {
    thresholds: Vec<Threshold>,
    watches: BTreeMap<Key, Watch>,
}

impl Board {
    /// Whether nothing is watched and nothing stands.
    pub fn is_idle(&self) -> bool {
        self.thresholds.is_empty() && self.watches.is_empty()
    }

    /// Watches these from now on. What stood by a threshold that is gone, or asks for another figure, is over at the next
    /// look.
    pub fn set(&mut self, thresholds: Vec<Threshold>) {
        self.thresholds = thresholds;
    }

    /// An alert that stood when the process before ended.
    pub fn restore(&mut self, standing: Standing) {
        let key = (standing.alert.threshold.clone(), standing.alert.queue);
        let is_critical = standing.alert.level == Level::Critical;
        let critical = if is_critical { Latch::on() } else { Latch::default() };
        self.watches.insert(key, Watch { warning: Latch::on(), critical, standing: Some(standing) });
    }

    /// What stands, by the names of the thresholds.
    pub fn standing(&self) -> impl Iterator<Item = &Standing> {
        self.watches.values().filter_map(|watch| watch.standing.as_ref())
    }

    /// Somebody looks after an alert from now on; none when it does not stand.
    pub fn acknowledge(&mut self, at: Wall, id: AlertId, by: &Text) -> Option<Acknowledged> {
        let mut standing = self.watches.values_mut().filter_map(|watch| watch.standing.as_mut());
        let standing = standing.find(|standing| standing.alert.id == id)?;
        if standing.acknowledged.is_some() {
            return Some(Acknowledged::Before);
        }
        standing.acknowledged = Some((at, by.clone()));
        Some(Acknowledged::New)
    }

    /// Holds the figures against the thresholds. `fresh` gives the id of a new alert.
    pub fn look(&mut self, now: Now, figures: &impl Figures, fresh: &mut dyn FnMut() -> AlertId) -> Vec<Change> {
        let mut changes = Vec::new();
        self.end_unwatched(&mut changes);
        for threshold in &self.thresholds {
            let whole = [None];
            let each: Vec<Option<QueueId>> = threshold.queues.iter().copied().map(Some).collect();
            for &queue in if each.is_empty() { &whole[..] } else { &each[..] } {
                let value = figures.figure(queue, threshold.measure);
                let watch = self.watches.entry((threshold.name.clone(), queue)).or_default();
                changes.extend(watch.look(now, threshold, queue, value, fresh));
            }
        }
        changes
    }

    fn end_unwatched(&mut self, changes: &mut Vec<Change>) {
        let thresholds = &self.thresholds;
        self.watches.retain(|(name, queue), watch| {
            let measure = watch.standing.as_ref().map(|standing| standing.alert.measure);
            let watched = thresholds.iter().find(|threshold| threshold.name == *name).is_some_and(|threshold| {
                let names_it = queue.map_or(threshold.queues.is_empty(), |queue| threshold.queues.contains(&queue));
                names_it && measure.is_none_or(|measure| measure == threshold.measure)
            });
            if !watched && let Some(standing) = watch.standing.take() {
                changes.push(Change::Cleared(standing.alert));
            }
            watched
        });
    }
}

impl Watch {
    fn look(
        &mut self,
        now: Now,
        threshold: &Threshold,
        queue: Option<QueueId>,
        value: Option<u32>,
        fresh: &mut dyn FnMut() -> AlertId,
    ) -> Option<Change> {
        let hold = Duration::from_secs(threshold.hold_s.into());
        for (level, latch) in [(Level::Warning, &mut self.warning), (Level::Critical, &mut self.critical)] {
            latch.ask(now.mono, threshold.is_beyond(level, value, latch.on), hold);
        }
        // One that was lifted from a level that is no longer asked for stands by the other.
        let level = match (self.critical.on, self.warning.on) {
            (true, _) => Some(Level::Critical),
            (false, true) => Some(Level::Warning),
            (false, false) => None,
        };
        let value = value.unwrap_or_default();
        match (self.standing.as_mut(), level) {
            (None, Some(level)) => {
                let alert = Alert {
                    id: fresh(),
                    threshold: threshold.name.clone(),
                    title: threshold.title.clone(),
                    queue,
                    measure: threshold.measure,
                    level,
                    value,
                    limit: threshold.limit(level).unwrap_or_default(),
                };
                self.standing = Some(Standing { alert: alert.clone(), raised: now.wall, acknowledged: None });
                Some(Change::Raised(alert))
            }
            (Some(standing), Some(level)) if standing.alert.level != level => {
                if level > standing.alert.level {
                    standing.acknowledged = None;
                }
                let limit = threshold.limit(level).unwrap_or(standing.alert.limit);
                standing.alert = Alert { level, value, limit, ..standing.alert.clone() };
                Some(Change::Changed(standing.alert.clone()))
            }
            (Some(_), None) => self.standing.take().map(|standing| Change::Cleared(Alert { value, ..standing.alert })),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use types::Mono;

    use super::*;

    const SALES: QueueId = QueueId(1);
    const SUPPORT: QueueId = QueueId(2);

    fn waiting() -> Threshold {
        Threshold {
            name: "waiting".into(),
            title: types::Title::default(),
            queues: vec![SALES],
            measure: Measure::Waiting,
            warning: Some(5),
            critical: Some(10),
            hold_s: 30,
            margin: 1,
        }
    }

    struct Bench {
        board: Board,
        now: Now,
        ids: u64,
    }

    impl Bench {
        fn new(threshold: Threshold) -> Self {
            let mut board = Board::default();
            board.set(vec![threshold]);
            Self { board, now: Now { mono: Mono::from_millis(0), wall: Wall(0) }, ids: 0 }
        }

        /// The same figure for so many seconds, looked at each second; what changed.
        fn stays(&mut self, seconds: u32, value: Option<u32>) -> Vec<String> {
            let mut told = Vec::new();
            for _ in 0..seconds {
                self.now = self.now.after(Duration::from_secs(1));
                let ids = &mut self.ids;
                let mut fresh = || {
                    *ids += 1;
                    AlertId(*ids)
                };
                let changes = self.board.look(self.now, &|_: Option<QueueId>, _: Measure| value, &mut fresh);
                told.extend(changes.iter().map(said));
            }
            told
        }
    }

    fn said(change: &Change) -> String {
        let (word, alert) = match change {
            Change::Raised(alert) => ("raised", alert),
            Change::Changed(alert) => ("changed", alert),
            Change::Cleared(alert) => ("cleared", alert),
        };
        format!("{word} {} {} {}/{}", alert.id.0, alert.level.as_str(), alert.value, alert.limit)
    }

    const NOTHING: Vec<String> = Vec::new();

    #[test]
    fn it_is_raised_once_it_has_held_and_is_over_once_it_is_back_for_as_long() {
        let mut bench = Bench::new(waiting());
        assert_eq!(bench.stays(30, Some(6)), NOTHING);
        assert_eq!(bench.stays(1, Some(6)), ["raised 1 warning 6/5"]);
        assert_eq!(bench.stays(600, Some(7)), NOTHING);
        assert_eq!(bench.stays(30, Some(3)), NOTHING);
        assert_eq!(bench.stays(1, Some(2)), ["cleared 1 warning 2/5"]);
        assert_eq!(bench.stays(31, Some(5)), ["raised 2 warning 5/5"], "the next one is another");
    }

    #[test]
    fn a_figure_that_trembles_makes_no_alert_or_one() {
        let mut bench = Bench::new(waiting());
        for _ in 0..50 {
            assert_eq!(bench.stays(29, Some(5)), NOTHING);
            assert_eq!(bench.stays(1, Some(4)), NOTHING);
        }
        bench.stays(31, Some(5));
        for _ in 0..50 {
            assert_eq!(bench.stays(60, Some(4)), NOTHING, "not better by the margin");
            assert_eq!(bench.stays(29, Some(0)), NOTHING, "not for long enough");
        }
    }

    #[test]
    fn it_becomes_worse_and_better_and_has_to_be_acknowledged_anew_when_worse() {
        let mut bench = Bench::new(waiting());
        bench.stays(31, Some(9));
        let by: Text = "2001".into();
        assert_eq!(bench.board.acknowledge(Wall(5), AlertId(1), &by), Some(Acknowledged::New));
        assert_eq!(bench.board.acknowledge(Wall(6), AlertId(1), &"admin".into()), Some(Acknowledged::Before));
        assert_eq!(bench.board.acknowledge(Wall(6), AlertId(9), &by), None);
        assert_eq!(bench.board.standing().next().unwrap().acknowledged, Some((Wall(5), by)));
        assert_eq!(bench.stays(31, Some(12)), ["changed 1 critical 12/10"]);
        assert_eq!(bench.board.standing().next().unwrap().acknowledged, None);
        assert_eq!(bench.stays(31, Some(8)), ["changed 1 warning 8/5"]);
        assert_eq!(bench.stays(31, None), ["cleared 1 warning 0/5"], "there is nothing to judge any more");
    }

    #[test]
    fn what_leaps_past_both_lines_is_critical_at_once() {
        let mut bench = Bench::new(waiting());
        assert_eq!(bench.stays(31, Some(50)), ["raised 1 critical 50/10"]);
    }

    #[test]
    fn of_some_figures_the_low_values_are_bad() {
        let free = Threshold { measure: Measure::AgentsFree, warning: None, critical: Some(0), hold_s: 0, ..waiting() };
        let mut bench = Bench::new(free);
        assert_eq!(bench.stays(5, Some(1)), NOTHING);
        assert_eq!(bench.stays(1, Some(0)), ["raised 1 critical 0/0"]);
        assert_eq!(bench.stays(5, Some(1)), NOTHING);
        assert_eq!(bench.stays(1, Some(2)), ["cleared 1 critical 2/0"]);
    }

    #[test]
    fn each_queue_is_watched_for_itself_and_a_threshold_that_is_gone_leaves_nothing() {
        let mut bench = Bench::new(Threshold { queues: vec![SALES, SUPPORT], hold_s: 0, ..waiting() });
        assert_eq!(bench.stays(1, Some(5)), ["raised 1 warning 5/5", "raised 2 warning 5/5"]);
        bench.board.set(vec![Threshold { hold_s: 0, ..waiting() }]);
        assert_eq!(bench.stays(1, Some(5)), ["cleared 2 warning 5/5"]);
        bench.board.set(Vec::new());
        assert_eq!(bench.stays(1, Some(5)), ["cleared 1 warning 5/5"]);
        assert!(bench.board.is_idle());
    }

    #[test]
    fn what_stood_before_a_restart_goes_on_and_ends() {
        let mut bench = Bench::new(Threshold { hold_s: 0, ..waiting() });
        bench.stays(1, Some(20));
        let before: Vec<Standing> = bench.board.standing().cloned().collect();
        let mut after = Bench::new(Threshold { hold_s: 0, ..waiting() });
        before.into_iter().for_each(|standing| after.board.restore(standing));
        assert_eq!(after.stays(10, Some(20)), NOTHING);
        assert_eq!(after.stays(1, Some(0)), ["cleared 1 critical 0/10"]);
    }
}
