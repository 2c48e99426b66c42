//! Alarms of the node itself: about its disk, and about recordings that lack sound.
//!
//! They are noticed on threads that must not wait (media, the journal's own), so those leave a note and go on; the mind
//! picks it up, writes the alarm into the journal, and shows it to live streams as well, for the journal may be the very
//! thing that fails. Each is raised once, and over once no trouble was heard of for a while.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use journal::Alarm;
use tokio::sync::watch;
use types::event::{Event, Happening};
use types::{Mono, Now, TenantId};

/// A recording lacks sound.
pub(crate) const RECORDING_FAILED: &str = "recording_failed";

/// An alarm of the disk is over when its cause has been gone for so long: a disk that comes and goes makes one alarm.
const DISK_CALM: Duration = Duration::from_secs(5);
/// No recording has lost sound for so long. A recording reports each 0.8 s while its disk fails.
const RECORDING_CALM: Duration = Duration::from_secs(15);

/// What live streams are shown: the last word on each alarm, one for each tenant that it concerns.
pub type Standing = Arc<Vec<Event>>;

/// Where any thread leaves its note. Nothing in it waits longer than a look into a small map takes.
#[derive(Default)]
pub(crate) struct Notes {
    /// The last word on each code; codes are few and fixed.
    left: Mutex<BTreeMap<&'static str, Alarm>>,
    any: AtomicBool,
    wake: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl Notes {
    /// What makes the mind look.
    pub(crate) fn wake_by(&self, wake: impl Fn() + Send + Sync + 'static) {
        // There is one mind, and it is wired once.
        let _ = self.wake.set(Box::new(wake));
    }

    /// The disk has something to say.
    pub(crate) fn leave(&self, alarm: Alarm) {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).insert(alarm.code, alarm);
        self.any.store(true, Ordering::Release);
        if let Some(wake) = self.wake.get() {
            wake();
        }
    }

    fn take(&self) -> BTreeMap<&'static str, Alarm> {
        if !self.any.swap(false, Ordering::AcqRel) {
            return BTreeMap::new();
        }
        std::mem::take(&mut *self.left.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whom an alarm concerns, and its code. No tenant: all of them.
type Key = (Option<TenantId>, &'static str);

struct Raised {
    /// When it is over, if nothing is heard until then, and the words for it.
    over: Option<(Mono, String)>,
}

/// Which alarms stand.
pub(crate) struct Board {
    notes: Arc<Notes>,
    shown: watch::Sender<Standing>,
    standing: BTreeMap<Key, Raised>,
}

impl Board {
    pub(crate) fn new(notes: Arc<Notes>, shown: watch::Sender<Standing>) -> Self {
        Self { notes, shown, standing: BTreeMap::new() }
    }

    /// A recording of this tenant lacks sound: raises the alarm, or keeps it up.
    pub(crate) fn recording_lost(&mut self, now: Now, tenant: TenantId, tenants: &[TenantId]) -> Vec<Event> {
        let over = (now.mono + RECORDING_CALM, "recordings are whole again".to_owned());
        let key = (Some(tenant), RECORDING_FAILED);
        if let Some(standing) = self.standing.get_mut(&key) {
            standing.over = Some(over);
            return Vec::new();
        }
        self.standing.insert(key, Raised { over: Some(over) });
        let detail = "the disk is full, slow or not writable: recordings have gaps; calls go on";
        self.tell(now, key, detail, true, tenants)
    }

    /// What the notes and the time make of it: events to be written.
    pub(crate) fn look(&mut self, now: Now, tenants: &[TenantId]) -> Vec<Event> {
        let mut events = Vec::new();
        for (code, alarm) in self.notes.take() {
            let key = (None, code);
            match (self.standing.get_mut(&key), alarm.raised) {
                (Some(standing), true) => standing.over = None,
                (Some(standing), false) => standing.over = Some((now.mono + DISK_CALM, alarm.detail)),
                (None, true) => {
                    self.standing.insert(key, Raised { over: None });
                    events.extend(self.tell(now, key, &alarm.detail, true, tenants));
                }
                // Over before anybody looked.
                (None, false) => {}
            }
        }
        while let Some((key, detail)) = self.take_over(now.mono) {
            events.extend(self.tell(now, key, &detail, false, tenants));
        }
        events
    }

    /// Shows an alarm that is not the node's own; other events are passed over.
    pub(crate) fn show(&mut self, event: &Event) {
        if matches!(event.what, Happening::Alarm { .. }) {
            self.replace(std::slice::from_ref(event));
        }
    }

    fn replace(&self, events: &[Event]) {
        self.shown.send_modify(|shown| {
            let others = shown.iter().filter(|old| !events.iter().any(|new| same(old, new))).cloned();
            *shown = Arc::new(others.chain(events.iter().cloned()).collect());
        });
    }

    /// When [`Board::look`] has something to do without a note.
    pub(crate) fn poll_timeout(&self) -> Option<Mono> {
        self.standing.values().filter_map(|s| s.over.as_ref()).map(|(at, _)| *at).min()
    }

    fn take_over(&mut self, now: Mono) -> Option<(Key, String)> {
        let is_over = |s: &Raised| s.over.as_ref().is_some_and(|(at, _)| *at <= now);
        let key = *self.standing.iter().find(|(_, s)| is_over(s))?.0;
        let (_, detail) = self.standing.remove(&key)?.over?;
        Some((key, detail))
    }

    fn tell(&self, now: Now, key: Key, detail: &str, raised: bool, tenants: &[TenantId]) -> Vec<Event> {
        let (of, code) = key;
        if raised {
            tracing::error!(code, detail, tenant = of.map(tracing::field::display), "alarm");
        } else {
            tracing::info!(code, detail, tenant = of.map(tracing::field::display), "the alarm is over");
        }
        let what = || Happening::Alarm { code: code.into(), detail: detail.into(), raised };
        let concerned = tenants.iter().filter(|t| of.is_none_or(|of| of == **t));
        let events: Vec<Event> = concerned.map(|&tenant| Event { tenant, at: now.wall, what: what() }).collect();
        self.replace(&events);
        events
    }
}

/// Whether two events are about one alarm.
fn same(a: &Event, b: &Event) -> bool {
    let code = |event: &Event| match &event.what {
        Happening::Alarm { code, .. } => Some(code.clone()),
        _ => None,
    };
    a.tenant == b.tenant && code(a) == code(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::Wall;

    const A: TenantId = TenantId(1);
    const B: TenantId = TenantId(2);

    struct Bench {
        board: Board,
        notes: Arc<Notes>,
        shown: watch::Receiver<Standing>,
        now: Now,
    }

    impl Bench {
        fn new() -> Self {
            let (notes, (sender, shown)) = (Arc::new(Notes::default()), watch::channel(Standing::default()));
            let now = Now { mono: Mono::from_millis(0), wall: Wall(1_790_000_000_000) };
            Self { board: Board::new(notes.clone(), sender), notes, shown, now }
        }

        fn disk(&self, code: &'static str, raised: bool) {
            self.notes.leave(Alarm { code, detail: "the disk".into(), raised });
        }

        fn look(&mut self) -> Vec<String> {
            told(&self.board.look(self.now, &[A, B]))
        }

        fn lose(&mut self, tenant: TenantId) -> Vec<String> {
            told(&self.board.recording_lost(self.now, tenant, &[A, B]))
        }

        /// Goes to the next timer.
        fn wait(&mut self) -> Vec<String> {
            let due = self.board.poll_timeout().expect("a timer");
            self.now = self.now.after(due.since(self.now.mono));
            self.look()
        }
    }

    fn told(events: &[Event]) -> Vec<String> {
        let line = |event: &Event| match &event.what {
            Happening::Alarm { code, raised, .. } => format!("{} {code} {raised}", event.tenant.0),
            other => panic!("{other:?}"),
        };
        events.iter().map(line).collect()
    }

    #[test]
    fn a_disk_that_comes_and_goes_is_one_alarm_for_every_tenant() {
        let mut bench = Bench::new();
        bench.disk("journal_failed", true);
        assert_eq!(bench.look(), ["1 journal_failed true", "2 journal_failed true"]);
        for raised in [false, true, false, true, false] {
            bench.disk("journal_failed", raised);
            assert_eq!(bench.look(), Vec::<String>::new());
        }
        assert_eq!(bench.wait(), ["1 journal_failed false", "2 journal_failed false"]);
        assert_eq!(bench.board.poll_timeout(), None);
        bench.disk("journal_failed", true);
        assert_eq!(bench.look().len(), 2, "raised anew");
    }

    #[test]
    fn lost_sound_is_told_to_its_tenant_alone_and_once() {
        let mut bench = Bench::new();
        assert_eq!(bench.lose(B), ["2 recording_failed true"]);
        for _ in 0..100 {
            assert_eq!(bench.lose(B), Vec::<String>::new());
            bench.now = bench.now.after(Duration::from_millis(800));
            assert_eq!(bench.look(), Vec::<String>::new());
        }
        assert_eq!(bench.lose(A), ["1 recording_failed true"]);
        assert_eq!(bench.wait(), ["2 recording_failed false"]);
        assert_eq!(bench.wait(), ["1 recording_failed false"]);
    }

    #[test]
    fn streams_are_shown_the_last_word_on_each() {
        let mut bench = Bench::new();
        bench.disk("journal_failed", true);
        bench.look();
        bench.lose(A);
        bench.disk("journal_failed", false);
        bench.look();
        bench.wait();
        let mut shown = told(&bench.shown.borrow());
        shown.sort();
        assert_eq!(shown, ["1 journal_failed false", "1 recording_failed true", "2 journal_failed false"]);
    }

    #[test]
    fn what_was_over_before_anybody_looked_is_not_told() {
        let mut bench = Bench::new();
        bench.disk("disk_slow", true);
        bench.disk("disk_slow", false);
        assert_eq!(bench.look(), Vec::<String>::new());
    }
}
