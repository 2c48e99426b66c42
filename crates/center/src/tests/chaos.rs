//! Whatever legs report and people order, in whatever order: once every leg has ended, nothing is
//! left, nobody is occupied, and each interaction has been told exactly once.

use proptest::prelude::*;
use types::forward::{ForwardTo, Forwarding};
use types::leg::Origin;
use types::record::{SegmentKind, Supervision};
use types::{Cause, InteractionId, LegEvent, LegId};

use super::lab::{Lab, T, agent, device};
use crate::{AgentOrder, By, CallOrder};

const NUMBERS: [&str; 18] = [
    "95001",
    "95002",
    "95003",
    "95004",
    "1001",
    "1002",
    "1003",
    "13911112222",
    "*50",
    "777",
    "110",
    "*721001",
    "*721002",
    "*7295001",
    "*73",
    "*68",
    "701",
    "702",
];
const CAUSES: [Cause; 6] =
    [Cause::Normal, Cause::Busy, Cause::Declined, Cause::MediaLost, Cause::PeerFailed, Cause::SessionExpired];

/// The lab's longest call, seconds.
const LONGEST_CALL_S: u64 = 36_000;
/// A leg that was told to end and does not is given up within so many seconds; twice, for one that another's end ends.
const GIVEN_UP_S: u64 = 200;

#[derive(Clone, Debug)]
enum Step {
    Call {
        agent: Option<u64>,
        number: usize,
        replaces: Option<usize>,
    },
    Ringing(usize, bool),
    Answered(usize),
    Ended(usize, usize, bool),
    Digit(usize, char),
    Played(usize),
    Held(usize, bool),
    Asked(usize, usize, Option<usize>),
    MediaLost(usize),
    MediaBack(usize),
    Wait(u64),
    Order(u64, usize),
    Register(u64, u32),
    FlowClosed(u64),
    Loads(u64),
    HangUp(usize),
    /// An agent, or a supervisor, orders something about a call; the last picks a leg.
    Control(usize, Option<u64>, usize, usize),
    Supervise(usize, u64, usize),
    Dial(u64, usize),
    Redirected(usize, usize),
    Rules(u64, [usize; 3]),
    EndTold,
    Measured,
    /// A telephone, its line or its program dies: its leg reports nothing more, at most that its media has stopped.
    Dies(usize, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let leg = 0..40usize;
    let who = 1001..1004u64;
    prop_oneof![
        3 => (prop::option::of(who.clone()), 0..NUMBERS.len(), prop::option::weighted(0.1, leg.clone()))
            .prop_map(|(agent, number, replaces)| Step::Call { agent, number, replaces }),
        3 => (leg.clone(), any::<bool>()).prop_map(|(l, e)| Step::Ringing(l, e)),
        8 => leg.clone().prop_map(Step::Answered),
        4 => (leg.clone(), 0..CAUSES.len(), any::<bool>()).prop_map(|(l, c, b)| Step::Ended(l, c, b)),
        3 => (leg.clone(), prop::sample::select(vec!['1', '2', '3'])).prop_map(|(l, d)| Step::Digit(l, d)),
        4 => leg.clone().prop_map(Step::Played),
        1 => (leg.clone(), any::<bool>()).prop_map(|(l, h)| Step::Held(l, h)),
        5 => (leg.clone(), 0..NUMBERS.len(), prop::option::of(leg.clone())).prop_map(|(l, n, r)| Step::Asked(l, n, r)),
        1 => leg.clone().prop_map(Step::MediaLost),
        1 => leg.clone().prop_map(Step::MediaBack),
        3 => (0..30u64).prop_map(Step::Wait),
        2 => (who.clone(), 0..4usize).prop_map(|(a, o)| Step::Order(a, o)),
        2 => (who.clone(), prop::sample::select(vec![0, 30, 3600])).prop_map(|(a, e)| Step::Register(a, e)),
        1 => who.clone().prop_map(Step::FlowClosed),
        2 => prop::sample::select(vec![1001u64, 1002]).prop_map(Step::Loads),
        1 => (0..20usize).prop_map(Step::HangUp),
        9 => (0..20usize, prop::option::weighted(0.7, who.clone()), 0..16usize, 0..40usize)
            .prop_map(|(i, a, o, l)| Step::Control(i, a, o, l)),
        3 => (0..20usize, who.clone(), 0..5usize).prop_map(|(i, a, m)| Step::Supervise(i, a, m)),
        1 => (who.clone(), 0..NUMBERS.len()).prop_map(|(a, n)| Step::Dial(a, n)),
        2 => (leg.clone(), 0..NUMBERS.len()).prop_map(|(l, n)| Step::Redirected(l, n)),
        2 => (who, [0..NUMBERS.len(), 0..NUMBERS.len(), 0..NUMBERS.len()]).prop_map(|(a, to)| Step::Rules(a, to)),
        4 => Just(Step::EndTold),
        4 => Just(Step::Measured),
    ]
}

/// The same, while telephones die.
fn deadly_step() -> impl Strategy<Value = Step> {
    prop_oneof![12 => step(), 1 => (0..40usize, any::<bool>()).prop_map(|(l, n)| Step::Dies(l, n))]
}

fn call_order(n: usize, leg: Option<LegId>) -> CallOrder {
    match n {
        0 => CallOrder::Hold,
        1 => CallOrder::Resume,
        2 => CallOrder::Mute(true),
        3 => CallOrder::Mute(false),
        4 => CallOrder::Transfer("1002".into()),
        5 | 6 => CallOrder::Consult("1003".into()),
        7 => CallOrder::Consult("13911112222".into()),
        8 => CallOrder::Swap,
        9 => CallOrder::Complete,
        10 => CallOrder::Cancel,
        11 => CallOrder::Conference,
        12 => leg.map_or(CallOrder::PauseRecording, CallOrder::Remove),
        13 => CallOrder::HangUp,
        14 => CallOrder::Park,
        _ => CallOrder::Reject,
    }
}

/// The lab with a memory of which legs there are and which of them have ended.
struct Chaos {
    lab: Lab,
    legs: Vec<LegId>,
    ended: Vec<LegId>,
    /// Legs that report nothing more, whatever they are told.
    dead: Vec<LegId>,
    /// Legs whose figures the edge still has to tell.
    unmeasured: Vec<LegId>,
    /// Interactions in which media has stopped once, or somebody was asked beside: music plays to one while others talk.
    lost: Vec<InteractionId>,
}

impl Chaos {
    fn leg(&mut self, n: usize) -> Option<LegId> {
        self.find_new();
        let gone = |l: &&LegId| self.ended.contains(l) || self.dead.contains(l);
        let living: Vec<LegId> = self.legs.iter().filter(|l| !gone(l)).copied().collect();
        (!living.is_empty()).then(|| living[n % living.len()])
    }

    fn find_new(&mut self) {
        let mut new: Vec<LegId> = self.lab.names.keys().filter(|l| !self.legs.contains(l)).copied().collect();
        new.sort();
        self.legs.extend(new);
    }

    fn end(&mut self, leg: LegId, cause: Cause, by_peer: bool) {
        self.ended.push(leg);
        let measured = leg.0.is_multiple_of(2);
        self.lab.event(LegEvent::Ended { leg, cause, status: None, by_peer, measured });
        self.unmeasured.extend(measured.then_some(leg));
    }

    fn take(&mut self, step: &Step) {
        let now = self.lab.now;
        match *step {
            Step::Call { agent, number, replaces } => {
                let origin = agent.map_or(Origin::Trunk(types::TrunkId(1)), |a| Origin::Device(device(a)));
                let replaces = replaces.and_then(|r| self.leg(r));
                self.lab.call_for(T, origin, NUMBERS[number], replaces);
            }
            Step::Wait(seconds) => self.lab.wait(seconds),
            Step::Order(who, order) => {
                let order = match order {
                    0 => AgentOrder::Ready,
                    1 => AgentOrder::NotReady("x".into()),
                    2 => AgentOrder::SignOut,
                    _ => AgentOrder::ExtendWrapUp(std::time::Duration::from_secs(60)),
                };
                let _ = self.lab.center.order(now, T, agent(who), order);
            }
            Step::Register(who, expires) => self.lab.register(who, expires),
            Step::FlowClosed(number) if number < 1003 => self.lab.disconnects(number),
            Step::FlowClosed(flow) => self.lab.center.flow_closed(now, flow),
            Step::Loads(number) => {
                self.lab.disconnects(number);
                self.lab.loads(number);
            }
            Step::HangUp(n) => {
                if let Some(id) = self.lab.interactions.get(n).copied() {
                    let _ = self.lab.center.hang_up(now, T, id);
                }
            }
            Step::Control(n, who, order, leg) => {
                let leg = self.leg(leg);
                if let Some(id) = self.lab.interactions.get(n).copied() {
                    self.lost.push(id);
                    let by = who.map_or(By::Supervisor, |who| By::Agent(agent(who)));
                    let _ = self.lab.center.order_call(now, T, id, by, call_order(order, leg));
                }
            }
            Step::Supervise(n, who, mode) => {
                if let Some(id) = self.lab.interactions.get(n).copied() {
                    let _ = self.lab.center.supervise(now, T, id, agent(who), Supervision::ALL[mode]);
                }
            }
            Step::Dial(who, number) => {
                let _ = self.lab.center.dial(now, T, agent(who), &NUMBERS[number].into());
            }
            Step::EndTold => self.end_told(),
            Step::Dies(n, noticed) => self.dies(n, noticed),
            Step::Rules(who, to) => {
                let [busy, no_answer, unreachable] = to.map(|n| ForwardTo::parse(NUMBERS[n]).ok());
                let rules = Forwarding { busy, no_answer, unreachable, ..Forwarding::default() };
                let _ = self.lab.center.set_forwarding(now, T, agent(who), rules, "boss".into());
            }
            Step::Measured => {
                // What is left over at the end never comes.
                for leg in std::mem::take(&mut self.unmeasured) {
                    self.lab.event(LegEvent::Measured { leg, quality: None });
                }
            }
            _ => self.report(step),
        }
    }

    fn report(&mut self, step: &Step) {
        let (Step::Ringing(n, _)
        | Step::Answered(n)
        | Step::Ended(n, ..)
        | Step::Digit(n, _)
        | Step::Played(n)
        | Step::Held(n, _)
        | Step::Asked(n, ..)
        | Step::MediaLost(n)
        | Step::MediaBack(n)
        | Step::Redirected(n, _)) = *step
        else {
            return;
        };
        let Some(leg) = self.leg(n) else { return };
        let source = types::leg::DigitSource::Rtp;
        let event = match *step {
            Step::Ringing(_, early_media) => LegEvent::Ringing { leg, early_media },
            Step::Answered(_) => LegEvent::Answered { leg },
            Step::Redirected(_, number) => {
                self.lab.event(LegEvent::Redirected { leg, target: NUMBERS[number].into() });
                return self.end(leg, Cause::Declined, true);
            }
            Step::Ended(_, cause, by_peer) => return self.end(leg, CAUSES[cause], by_peer),
            Step::Digit(_, digit) => LegEvent::Digit { leg, digit: digit.into(), source },
            Step::Held(_, held) => LegEvent::HeldByPeer { leg, held },
            Step::MediaLost(_) => {
                self.lost.extend(self.lab.center.interaction_of(leg).map(|(_, id)| id));
                LegEvent::MediaLost { leg }
            }
            Step::MediaBack(_) => LegEvent::MediaBack { leg },
            Step::Asked(_, number, replaces) => {
                let replaces = replaces.and_then(|r| self.leg(r));
                LegEvent::TransferAsked { leg, target: NUMBERS[number].into(), replaces }
            }
            _ => {
                let Some(play) = self.lab.plays.remove(&leg) else { return };
                LegEvent::PlayDone { leg, play, finished: true }
            }
        };
        self.lab.event(event);
    }

    fn dies(&mut self, n: usize, noticed: bool) {
        let Some(leg) = self.leg(n) else { return };
        self.lost.extend(self.lab.center.interaction_of(leg).map(|(_, id)| id));
        if noticed {
            self.lab.event(LegEvent::MediaLost { leg });
        }
        self.dead.push(leg);
    }

    /// The edge ends what it was told to end.
    fn end_told(&mut self) {
        for (leg, cause) in self.lab.pending() {
            if !self.ended.contains(&leg) && !self.dead.contains(&leg) {
                self.end(leg, cause, false);
            }
        }
        self.lab.trace();
    }

    /// Somebody who talks and is played something all the same.
    fn disturbed(&mut self) -> Option<(String, String)> {
        let ids = self.lab.interactions.clone();
        ids.into_iter().find_map(|id| {
            let seen = self.lab.center.interaction(self.lab.now, T, id)?;
            let legs = seen.record.legs.iter().filter(|l| l.ended.is_none() && !self.ended.contains(&l.id));
            let talks = seen.now.state == SegmentKind::Talking;
            let plays = |leg| self.lab.plays.get(leg).is_some_and(|play| !self.lab.named.contains(play));
            let mut played = legs.filter(|l| talks && plays(&l.id) && !self.lost.contains(&id));
            played.next().map(|l| (id.to_string(), l.id.to_string()))
        })
    }

    /// Every far end hangs up, and everybody is done.
    fn finish(&mut self) {
        for _ in 0..50 {
            self.end_told();
            let Some(leg) = self.leg(0) else { break };
            self.end(leg, Cause::Normal, true);
        }
        while let Some(leg) = self.leg(0) {
            self.end(leg, Cause::Normal, true);
        }
        if !self.dead.is_empty() {
            self.lab.wait(LONGEST_CALL_S + GIVEN_UP_S);
        }
        self.lab.wait(3700);
    }
}

/// Nothing may be left of what these steps began.
fn nothing_is_left(steps: &[Step]) -> Result<(), TestCaseError> {
    let (legs, ended, dead) = (Vec::new(), Vec::new(), Vec::new());
    let (unmeasured, lost) = (Vec::new(), Vec::new());
    let mut chaos = Chaos { lab: Lab::with(&[1001, 1002, 1003]), legs, ended, dead, unmeasured, lost };
    chaos.lab.page(1001);
    chaos.lab.page(1002);
    for step in steps {
        chaos.take(step);
        prop_assert!(chaos.disturbed().is_none(), "{step:?}: {:?}", chaos.disturbed());
    }
    chaos.finish();
    prop_assert_eq!(chaos.lab.center.in_progress(), 0);
    let mut told: Vec<_> = chaos.lab.records.iter().map(|r| r.id).collect();
    told.sort();
    let mut begun = chaos.lab.interactions.clone();
    begun.sort();
    prop_assert_eq!(told, begun);
    for number in 1001..1004 {
        let state = chaos.lab.state(number);
        prop_assert!(!matches!(state.as_str(), "ringing" | "talking" | "wrap_up"), "{} {}", number, state);
    }
    for record in &chaos.lab.records {
        let mut at = record.started;
        for segment in &record.segments {
            prop_assert!(segment.from == at && segment.to > at);
            at = segment.to;
        }
        prop_assert_eq!(at, record.ended);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_is_left_when_every_leg_has_ended(steps in prop::collection::vec(step(), 1..120)) {
        nothing_is_left(&steps)?;
    }

    #[test]
    fn nothing_is_left_of_those_who_fell_silent_for_ever(steps in prop::collection::vec(deadly_step(), 1..120)) {
        nothing_is_left(&steps)?;
    }
}
