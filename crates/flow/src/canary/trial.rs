//! What becomes of the callers of two versions, and what follows from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use types::record::{InteractionRecord, Outcome};
use types::{EndedBy, Wall};
use utoipa::ToSchema;

use super::evidence::{Blocks, Stake};
use super::{AtEnd, Guard, Rules};

/// Longer times than this count as this long, seconds: beyond it nobody waits.
const LONGEST_S: u32 = 3_600;
/// A version that fewer callers have walked by the end is not promoted: nothing is known of it.
const PROMOTED_CALLS: u64 = 30;
const HOUR_MS: u64 = 3_600_000;

/// Which of the two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arm {
    /// The present one.
    Stable,
    /// The new one.
    Canary,
}

/// Of a call what guards look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CanaryCall {
    /// The version of the flow that it walked.
    pub version: u32,
    /// Its caller hung up while it waited for somebody, or in a menu.
    pub abandoned: bool,
    /// A `transfer` node led it to somebody.
    pub transferred: bool,
    /// How long after its beginning an agent spoke with the caller, seconds.
    pub to_agent_s: Option<u32>,
}

impl CanaryCall {
    /// What came of a call; none where it did not come to the flow.
    pub fn of(record: &InteractionRecord, flow: &str) -> Option<Self> {
        let first = record.trace.iter().position(|step| step.flow.as_deref() == Some(flow))?;
        let version = record.trace[first].version?;
        let asked = record.trace.last().is_some_and(|step| matches!(&*step.kind, "menu" | "collect"));
        let hung_up = record.ended_by == EndedBy::Caller && record.connected.is_none();
        let to_agent = record.connected.map(|at| at.ms_since(record.started) / 1_000);
        Some(Self {
            version,
            abandoned: record.outcome == Outcome::Abandoned || (hung_up && asked),
            transferred: record.trace[first..].iter().any(|step| &*step.kind == "transfer"),
            to_agent_s: to_agent.map(|s| u32::try_from(s).unwrap_or(LONGEST_S).min(LONGEST_S)),
        })
    }
}

/// What became of the callers of one version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CanaryFigures)]
pub struct ArmFigures {
    /// Calls.
    pub calls: u64,
    /// Of them those whose caller hung up while it waited for somebody, or in a menu.
    pub abandoned: u64,
    /// Of them those that a `transfer` node led to somebody.
    pub transferred: u64,
    /// Of them those in which an agent spoke with the caller.
    pub reached: u64,
    /// The time that this took at most for half of them, seconds.
    pub median_to_agent_s: u32,
}

/// How a guard stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CanaryGuardFigures)]
pub struct GuardFigures {
    /// The guard.
    pub guard: Guard,
    /// With what probability a version that is no worse would ever look so bad, at most.
    pub p_value: f64,
    /// At and below which it rolls the version back.
    pub limit: f64,
}

/// What was seen of both versions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CanaryReport)]
pub struct Report {
    /// Of those who walked the present version at the same time.
    pub stable: ArmFigures,
    /// Of those who walked the new one.
    pub canary: ArmFigures,
    /// How the guards stand.
    pub guards: Vec<GuardFigures>,
}

impl Report {
    /// The guard that has fired.
    pub fn fired(&self) -> Option<Guard> {
        self.guards.iter().find(|guard| guard.p_value <= guard.limit).map(|guard| guard.guard)
    }
}

/// What follows from a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on.
    GoesOn,
    /// The new version does worse by this guard.
    Worse(Guard),
    /// Its time is over and nothing was found against it.
    Promote,
    /// Its time is over, and it is to end or too few have walked it.
    Stop,
}

/// Times, by how many calls took each, so that any number of calls takes little room.
#[derive(Clone, Debug, Default)]
struct Times(BTreeMap<u32, u64>);

impl Times {
    fn add(&mut self, seconds: u32) {
        *self.0.entry(seconds).or_default() += 1;
    }

    /// The time that half of them took at most.
    fn median(&self) -> Option<u32> {
        let all: u64 = self.0.values().sum();
        let mut so_far = 0;
        self.0.iter().find_map(|(seconds, calls)| {
            so_far += calls;
            (so_far * 2 >= all).then_some(*seconds)
        })
    }
}

#[derive(Clone, Debug, Default)]
struct Side {
    figures: ArmFigures,
    times: Times,
}

#[derive(Clone, Debug)]
struct Share {
    blocks: Blocks<bool>,
    stake: Stake,
}

/// Times are compared by the share that exceeds the present version's median, as far as earlier blocks tell it: if the new
/// version is no slower, no such share is greater.
#[derive(Clone, Debug)]
struct Slow {
    blocks: Blocks<u32>,
    stake: Stake,
    before: Times,
}

impl Share {
    fn add(&mut self, version: usize, bad: bool) {
        if let Some(block) = self.blocks.add(version, bad) {
            self.stake.play(&block);
        }
    }
}

impl Slow {
    fn add(&mut self, version: usize, seconds: u32) {
        let Some(block) = self.blocks.add(version, seconds) else { return };
        if let Some(median) = self.before.median() {
            self.stake.play(&block.each_ref().map(|calls| calls.iter().map(|s| *s > median).collect()));
        }
        block[0].iter().for_each(|seconds| self.before.add(*seconds));
    }
}

/// A new version under trial.
#[derive(Clone, Debug)]
pub struct Trial {
    rules: Rules,
    started: Wall,
    sides: [Side; 2],
    abandon: Share,
    transfer: Share,
    slow: Slow,
}

impl Trial {
    /// Begins one.
    pub fn new(rules: Rules, started: Wall) -> Self {
        let share = || Share { blocks: Blocks::of_share(rules.share_percent), stake: Stake::default() };
        let blocks = Blocks::of_share(rules.share_percent);
        Self {
            abandon: share(),
            transfer: share(),
            slow: Slow { blocks, stake: Stake::default(), before: Times::default() },
            sides: Default::default(),
            started,
            rules,
        }
    }

    /// Its rules.
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// When it began.
    pub const fn started(&self) -> Wall {
        self.started
    }

    /// When it ends by itself.
    pub fn ends(&self) -> Wall {
        Wall(self.started.0.saturating_add_unsigned(u64::from(self.rules.hours) * HOUR_MS))
    }

    /// A call has ended.
    pub fn add(&mut self, arm: Arm, call: &CanaryCall) {
        let version = arm as usize;
        let Side { figures, times } = &mut self.sides[version];
        figures.calls += 1;
        figures.abandoned += u64::from(call.abandoned);
        figures.transferred += u64::from(call.transferred);
        if let Some(seconds) = call.to_agent_s {
            figures.reached += 1;
            times.add(seconds);
            figures.median_to_agent_s = times.median().unwrap_or_default();
            self.slow.add(version, seconds);
        }
        self.abandon.add(version, call.abandoned);
        self.transfer.add(version, call.transferred);
    }

    /// What became of the callers of one version.
    pub const fn figures(&self, arm: Arm) -> &ArmFigures {
        &self.sides[arm as usize].figures
    }

    /// What was seen until now.
    pub fn report(&self) -> Report {
        let [stable, canary] = self.sides.each_ref().map(|side| side.figures.clone());
        Report { stable, canary, guards: self.guards() }
    }

    /// How the guards stand.
    pub fn guards(&self) -> Vec<GuardFigures> {
        let limit = f64::from(self.rules.false_alarm_percent) / 100.0 / self.rules.guards.len().max(1) as f64;
        let stands = |guard: &Guard| {
            let stake = match guard {
                Guard::Abandon => &self.abandon.stake,
                Guard::Transfer => &self.transfer.stake,
                Guard::TimeToAgent => &self.slow.stake,
            };
            GuardFigures { guard: *guard, p_value: stake.p_value(), limit }
        };
        self.rules.guards.iter().map(stands).collect()
    }

    /// What follows from what was seen until now.
    pub fn verdict(&self, now: Wall) -> Verdict {
        if let Some(guard) = self.report().fired() {
            return Verdict::Worse(guard);
        }
        let enough = self.figures(Arm::Canary).calls >= PROMOTED_CALLS;
        match (now >= self.ends(), self.rules.at_end) {
            (false, _) => Verdict::GoesOn,
            (true, AtEnd::Promote) if enough => Verdict::Promote,
            (true, _) => Verdict::Stop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(abandoned: bool, to_agent_s: Option<u32>) -> CanaryCall {
        CanaryCall { version: 1, abandoned, transferred: false, to_agent_s }
    }

    fn trial(guards: &[Guard], at_end: AtEnd) -> Trial {
        Trial::new(Rules { guards: guards.to_vec(), at_end, hours: 1, ..Rules::default() }, Wall(0))
    }

    /// Four calls of the present version, then one of the new one.
    fn run(
        trial: &mut Trial,
        rounds: u32,
        mut present: impl FnMut(u32) -> CanaryCall,
        new: impl Fn(u32) -> CanaryCall,
    ) {
        for round in 0..rounds {
            (0..4).for_each(|n| trial.add(Arm::Stable, &present(round * 4 + n)));
            trial.add(Arm::Canary, &new(round));
        }
    }

    #[test]
    fn a_worse_version_is_named_by_the_guard_that_saw_it() {
        let mut lost = trial(Guard::ALL, AtEnd::Promote);
        run(&mut lost, 40, |n| call(n % 10 == 0, Some(5)), |_| call(true, None));
        assert_eq!(lost.verdict(Wall(1)), Verdict::Worse(Guard::Abandon));
        let mut slow = trial(Guard::ALL, AtEnd::Promote);
        run(&mut slow, 60, |n| call(false, Some(5 + n % 7)), |n| call(false, Some(30 + n % 7)));
        assert_eq!(slow.verdict(Wall(1)), Verdict::Worse(Guard::TimeToAgent));
        assert_eq!((slow.figures(Arm::Stable).median_to_agent_s, slow.figures(Arm::Canary).median_to_agent_s), (8, 33));
        // What nobody watches rolls nothing back.
        let mut unwatched = trial(&[Guard::Transfer], AtEnd::Promote);
        run(&mut unwatched, 60, |_| call(false, Some(5)), |_| call(true, None));
        assert_eq!(unwatched.verdict(Wall(1)), Verdict::GoesOn);
    }

    #[test]
    fn a_version_that_does_well_is_promoted_at_its_end_if_enough_have_walked_it() {
        let over = Wall(3_600_000);
        let mut good = trial(Guard::ALL, AtEnd::Promote);
        run(&mut good, 29, |n| call(n % 10 == 0, Some(5)), |n| call(n % 10 == 0, Some(5)));
        assert_eq!((good.verdict(Wall(over.0 - 1)), good.verdict(over)), (Verdict::GoesOn, Verdict::Stop));
        run(&mut good, 1, |_| call(false, Some(5)), |_| call(false, Some(5)));
        assert_eq!(good.verdict(over), Verdict::Promote);
        let mut kept = trial(Guard::ALL, AtEnd::Stop);
        run(&mut kept, 40, |_| call(false, Some(5)), |_| call(false, Some(5)));
        assert_eq!(kept.verdict(over), Verdict::Stop);
    }
}
