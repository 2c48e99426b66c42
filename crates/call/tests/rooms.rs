//! Whatever is ordered and reported in whatever order: what each party hears, by the connections that were told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use call::{Call, Dial, Happened, Phase, Watch};
use proptest::prelude::*;
use types::leg::{CallerId, Connection, Target};
use types::{Cause, LegCommand, LegEvent, LegId, Mono, Now, Private, TenantId, Wall};

const CUSTOMER: LegId = LegId(1);
const AGENT: LegId = LegId(2);
const RING: Duration = Duration::from_secs(20);
const MODES: [Watch; 3] = [Watch::Listen, Watch::Whisper, Watch::Barge];

fn at(s: u64) -> Now {
    Now { mono: Mono::from_millis(s * 1000), wall: Wall(s as i64 * 1000) }
}

/// The media plane as far as it matters here: whom each leg hears.
#[derive(Default)]
struct Ears {
    hears: BTreeMap<LegId, BTreeSet<LegId>>,
    bridged: BTreeMap<LegId, LegId>,
}

impl Ears {
    fn part(&mut self, leg: LegId) {
        if let Some(other) = self.bridged.remove(&leg) {
            self.bridged.remove(&other);
            self.hears.remove(&other);
        }
        self.hears.remove(&leg);
    }

    fn connect(&mut self, leg: LegId, to: &Connection) {
        self.part(leg);
        match to {
            Connection::Bridge(other) => {
                self.part(*other);
                self.bridged.extend([(leg, *other), (*other, leg)]);
                self.hears.extend([(leg, BTreeSet::from([*other])), (*other, BTreeSet::from([leg]))]);
            }
            Connection::Hear(sources) => drop(self.hears.insert(leg, sources.iter().map(|(l, _)| *l).collect())),
            Connection::Silent | Connection::Echo => {}
        }
    }

    fn ended(&mut self, leg: LegId) {
        self.part(leg);
        self.hears.values_mut().for_each(|heard| heard.retain(|l| *l != leg));
    }

    fn of(&self, leg: LegId) -> BTreeSet<LegId> {
        self.hears.get(&leg).cloned().unwrap_or_default()
    }
}

struct Lab {
    call: Call,
    ears: Ears,
    alive: Vec<LegId>,
    next: u64,
    over: u32,
    clock: u64,
    muted: BTreeSet<LegId>,
    holding: BTreeSet<LegId>,
}

impl Lab {
    fn talking() -> Self {
        let call = Call::incoming(CUSTOMER);
        let (muted, holding) = Default::default();
        let mut lab =
            Self { call, ears: Ears::default(), alive: vec![CUSTOMER], next: 2, over: 0, clock: 0, muted, holding };
        let dials = lab.dials(1);
        lab.call.attempt(at(0), dials, RING);
        lab.call.handle(&LegEvent::Answered { leg: AGENT });
        lab.call.connect(AGENT);
        lab.drain();
        lab
    }

    fn dials(&mut self, count: u64) -> Vec<Dial> {
        let dial = |leg| {
            let uri = "sip:x".into();
            let target = Target { uri, ..Target::default() };
            let caller = CallerId { number: Private::new("1".into()), ..CallerId::default() };
            Dial { leg: LegId(leg), tenant: TenantId(1), target, caller }
        };
        self.next += count;
        (self.next - count..self.next).map(dial).collect()
    }

    fn drain(&mut self) {
        while let Some(command) = self.call.poll_command() {
            match command {
                LegCommand::Dial { leg, .. } => self.alive.push(leg),
                LegCommand::Connect { leg, to } => self.ears.connect(leg, &to),
                _ => {}
            }
        }
        while let Some(happened) = self.call.poll_happened() {
            self.over += u32::from(happened == Happened::Over);
        }
    }

    fn pick(&self, n: usize) -> Option<LegId> {
        self.alive.get(n % self.alive.len().max(1)).copied()
    }

    fn end(&mut self, leg: LegId) {
        self.alive.retain(|l| *l != leg);
        self.muted.remove(&leg);
        self.holding.remove(&leg);
        self.ears.ended(leg);
        self.call.handle(&LegEvent::Ended { leg, cause: Cause::Normal, status: None, by_peer: true, measured: false });
    }

    fn take(&mut self, step: &Step) {
        self.clock += 1;
        let now = at(self.clock);
        match *step {
            Step::Consult(count) => {
                let dials = self.dials(count);
                if self.call.partner().is_some() && !self.call.is_consulting() {
                    self.call.consult(now, dials, RING);
                }
            }
            Step::Alternate => drop(self.call.alternate()),
            Step::Complete => drop(self.call.complete_consult()),
            Step::HandOn => drop(self.call.hand_on_ringing()),
            Step::Join => drop(self.call.join_consult()),
            Step::Cancel => drop(self.call.cancel_consult(Cause::Cancelled)),
            Step::Ring(n, mode) => {
                let dials = self.dials(1);
                if let Some(of) = self.pick(n).filter(|of| self.call.room().contains(of)) {
                    self.call.ring_watcher(now, of, MODES[mode], dials, RING);
                }
            }
            Step::Watch(n, mode) => {
                self.pick(n).map(|leg| self.call.watch(leg, MODES[mode]));
            }
            Step::TakeOver(n) => drop(self.pick(n).map(|leg| self.call.take_over(leg))),
            Step::Out(out) => self.call.step_out(out),
            Step::Mute(n, muted) => {
                if let Some(leg) = self.pick(n) {
                    self.call.mute(leg, muted);
                    if muted {
                        self.muted.insert(leg)
                    } else {
                        self.muted.remove(&leg)
                    };
                }
            }
            Step::Held(n, held) => {
                if let Some(leg) = self.pick(n) {
                    self.call.handle(&LegEvent::HeldByPeer { leg, held });
                    if held {
                        self.holding.insert(leg)
                    } else {
                        self.holding.remove(&leg)
                    };
                }
            }
            Step::Remove(n) => drop(self.pick(n).map(|leg| self.call.remove(leg, Cause::Forced))),
            Step::HangUp(n) => {
                if let Some(leg) = self.pick(n).filter(|leg| *leg != self.call.customer()) {
                    self.call.hang_up_leg(leg, Cause::Normal);
                }
            }
            Step::Answered(n) => {
                if let Some(leg) = self.pick(n) {
                    self.call.handle(&LegEvent::Answered { leg });
                }
            }
            Step::Ended(n) => {
                if let Some(leg) = self.pick(n) {
                    self.end(leg);
                }
            }
            Step::Wait => {
                self.clock += 30;
                self.call.handle_timeout(at(self.clock));
            }
            Step::Outlives(yes) => self.call.set_outlives_customer(yes),
        }
        self.drain();
    }

    fn is_up(&self, leg: LegId) -> bool {
        self.call.leg(leg).is_some_and(|l| l.phase == Phase::Up)
    }

    /// What nobody may hear, and what all have to.
    fn check(&self) -> Result<(), String> {
        if self.call.partner().is_none() {
            return Ok(());
        }
        let (room, watchers) = (self.call.room(), self.call.watchers());
        for leg in self.alive.iter().filter(|leg| self.is_up(**leg)) {
            let heard = self.ears.of(*leg);
            for w in watchers.iter().filter(|w| w.mode != Watch::Barge && heard.contains(&w.leg)) {
                if w.mode == Watch::Listen || w.of != *leg {
                    return Err(format!("{leg:?} hears {w:?}"));
                }
            }
            if let Some(muted) = heard.iter().find(|l| self.muted.contains(l)) {
                return Err(format!("{leg:?} hears {muted:?}, who is muted"));
            }
        }
        if let Some(asked) = self.call.consulted()
            && let Some(leg) = room.iter().find(|l| Some(**l) != self.call.partner() && self.ears.of(asked).contains(l))
        {
            return Err(format!("{leg:?} is heard by {asked:?}, who is asked beside"));
        }
        let plain = !self.call.is_consulting() && !self.call.is_stepped_out();
        if plain && self.muted.is_empty() && self.holding.is_empty() {
            self.check_all_hear_each_other(&room)?;
        }
        Ok(())
    }

    fn check_all_hear_each_other(&self, room: &[LegId]) -> Result<(), String> {
        for leg in room {
            let whispers = |w: &&call::Watcher| w.of == *leg && w.mode == Watch::Whisper;
            let mut wanted: BTreeSet<LegId> = room.iter().copied().filter(|l| l != leg).collect();
            wanted.extend(self.call.watchers().iter().filter(whispers).map(|w| w.leg));
            if self.ears.of(*leg) != wanted {
                return Err(format!("{leg:?} hears {:?}, not {wanted:?}", self.ears.of(*leg)));
            }
        }
        for watcher in self.call.watchers().iter().filter(|w| w.mode != Watch::Barge) {
            if self.ears.of(watcher.leg) != room.iter().copied().collect() {
                return Err(format!("{watcher:?} hears {:?}", self.ears.of(watcher.leg)));
            }
        }
        Ok(())
    }
}

#[derive(Clone, Debug)]
enum Step {
    Consult(u64),
    Alternate,
    Complete,
    HandOn,
    Join,
    Cancel,
    Ring(usize, usize),
    Watch(usize, usize),
    TakeOver(usize),
    Out(bool),
    Mute(usize, bool),
    Held(usize, bool),
    Remove(usize),
    HangUp(usize),
    Answered(usize),
    Ended(usize),
    Wait,
    Outlives(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let leg = 0..12usize;
    prop_oneof![
        6 => (1..3u64).prop_map(Step::Consult),
        2 => Just(Step::Alternate),
        1 => Just(Step::Complete),
        1 => Just(Step::HandOn),
        5 => Just(Step::Join),
        1 => Just(Step::Cancel),
        4 => (leg.clone(), 0..3usize).prop_map(|(l, m)| Step::Ring(l, m)),
        3 => (leg.clone(), 0..3usize).prop_map(|(l, m)| Step::Watch(l, m)),
        1 => leg.clone().prop_map(Step::TakeOver),
        2 => any::<bool>().prop_map(Step::Out),
        1 => (leg.clone(), any::<bool>()).prop_map(|(l, m)| Step::Mute(l, m)),
        1 => (leg.clone(), any::<bool>()).prop_map(|(l, h)| Step::Held(l, h)),
        1 => leg.clone().prop_map(Step::Remove),
        1 => leg.clone().prop_map(Step::HangUp),
        14 => leg.clone().prop_map(Step::Answered),
        1 => leg.prop_map(Step::Ended),
        1 => Just(Step::Wait),
        1 => any::<bool>().prop_map(Step::Outlives),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn each_hears_whom_it_should_and_no_leg_is_left(steps in prop::collection::vec(step(), 1..60)) {
        let mut lab = Lab::talking();
        for step in &steps {
            lab.take(step);
            prop_assert_eq!(lab.check(), Ok(()), "after {:?}", step);
        }
        lab.call.hang_up_all(Cause::Normal);
        lab.drain();
        while let Some(leg) = lab.alive.first().copied() {
            prop_assert!(lab.call.leg(leg).is_some_and(|l| l.phase == Phase::Ending), "{:?} was not told to end", leg);
            lab.end(leg);
            lab.drain();
        }
        prop_assert_eq!(lab.over, 1);
    }
}
