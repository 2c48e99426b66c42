use super::*;
use proptest::prelude::*;
use types::leg::{CallerId, Target};
use types::{LegEvent, Private, TenantId, Wall};

const CUSTOMER: LegId = LegId(1);

fn at(s: u64) -> Now {
    Now { mono: Mono::from_millis(s * 1000), wall: Wall(s as i64 * 1000) }
}

fn dial(leg: u64) -> Dial {
    let target = Target { uri: "sip:x".into(), ..Target::default() };
    let caller = CallerId { number: Private::new("1".into()), ..CallerId::default() };
    Dial { leg: LegId(leg), tenant: TenantId(1), target, caller }
}

fn ended(leg: u64, cause: Cause) -> LegEvent {
    LegEvent::Ended { leg: LegId(leg), cause, status: None, by_peer: true, measured: false }
}

fn drain(call: &mut Call) -> (Vec<String>, Vec<Happened>) {
    let mut commands = Vec::new();
    while let Some(c) = call.poll_command() {
        commands.push(match c {
            LegCommand::Dial { leg, .. } => format!("dial {}", leg.0),
            LegCommand::Ring(leg) => format!("ring {}", leg.0),
            LegCommand::EarlyMedia(leg) => format!("early {}", leg.0),
            LegCommand::Answer(leg) => format!("answer {}", leg.0),
            LegCommand::Hangup { leg, cause } => format!("hangup {} {}", leg.0, cause.as_str()),
            LegCommand::Connect { leg, to: Connection::Bridge(to) } => format!("bridge {} {}", leg.0, to.0),
            LegCommand::TransferProgress { leg, progress } => format!("progress {} {progress:?}", leg.0),
            other => format!("{other:?}"),
        });
    }
    let happened = std::iter::from_fn(|| call.poll_happened()).collect();
    (commands, happened)
}

/// A call whose customer talks with leg 2.
fn talking() -> Call {
    let mut call = Call::incoming(CUSTOMER);
    call.attempt(at(0), vec![dial(2)], Duration::from_secs(30));
    call.handle(&LegEvent::Answered { leg: LegId(2) });
    call.connect(LegId(2));
    drain(&mut call);
    call
}

#[test]
fn a_bridged_call_rings_answers_and_ends() {
    let mut call = Call::incoming(CUSTOMER);
    call.attempt(at(0), vec![dial(2)], Duration::from_secs(30));
    assert_eq!(drain(&mut call).0, ["dial 2"]);
    call.handle(&LegEvent::Ringing { leg: LegId(2), early_media: false });
    assert_eq!(drain(&mut call), (vec!["ring 1".into()], vec![Happened::Ringing { leg: LegId(2), heard: false }]));
    call.handle(&LegEvent::Answered { leg: LegId(2) });
    assert_eq!(drain(&mut call), (vec![], vec![Happened::Reached { leg: LegId(2) }]));
    call.connect(LegId(2));
    assert_eq!(drain(&mut call).0, ["answer 1", "bridge 1 2"]);
    call.handle(&ended(1, Cause::Normal));
    let (commands, happened) = drain(&mut call);
    assert_eq!(commands, ["hangup 2 other_left"]);
    assert_eq!(happened, [Happened::CustomerLeft { cause: Cause::Normal, by_peer: true }]);
    call.handle(&ended(2, Cause::Cancelled));
    assert_eq!(drain(&mut call).1, [Happened::Over]);
}

#[test]
fn early_media_of_a_single_target_reaches_the_customer() {
    let mut call = Call::incoming(CUSTOMER);
    call.attempt(at(0), vec![dial(2)], Duration::from_secs(30));
    call.handle(&LegEvent::Ringing { leg: LegId(2), early_media: true });
    assert_eq!(drain(&mut call).0, ["dial 2", "early 1", "bridge 1 2"]);
}

#[test]
fn the_first_of_several_devices_to_answer_wins() {
    let mut call = Call::incoming(CUSTOMER);
    call.attempt(at(0), vec![dial(2), dial(3), dial(4)], Duration::from_secs(30));
    call.handle(&LegEvent::Ringing { leg: LegId(3), early_media: true });
    call.handle(&ended(4, Cause::Busy));
    call.handle(&LegEvent::Answered { leg: LegId(3) });
    call.handle(&LegEvent::Answered { leg: LegId(2) });
    let (commands, happened) = drain(&mut call);
    assert_eq!(commands, ["dial 2", "dial 3", "dial 4", "ring 1", "hangup 2 answered_elsewhere"]);
    assert_eq!(happened, [Happened::Ringing { leg: LegId(3), heard: false }, Happened::Reached { leg: LegId(3) }]);
}

#[test]
fn another_place_rings_instead_of_one_telephone_while_the_others_ring_on() {
    let mut call = Call::incoming(CUSTOMER);
    call.attempt(at(0), vec![dial(2), dial(3)], Duration::from_secs(30));
    assert_eq!((call.room_beside(LegId(2)), call.room_beside(CUSTOMER)), (Some(MAX_FORKS - 1), None));
    assert!(call.ring_instead(LegId(2), vec![dial(4)]));
    call.handle(&ended(2, Cause::Declined));
    assert_eq!(drain(&mut call).0, ["dial 2", "dial 3", "hangup 2 declined", "dial 4"]);
    // The time is that of the attempt, and the one that named another place has declined nothing.
    call.handle(&ended(3, Cause::NoAnswer));
    assert_eq!((call.poll_timeout(), call.room_beside(LegId(4))), (Some(at(30).mono), None));
    assert!(!call.ring_instead(LegId(4), vec![dial(5)]), "it rings alone");
    call.handle(&ended(4, Cause::Unreachable));
    assert_eq!(drain(&mut call).1, [Happened::AttemptFailed { cause: Cause::NoAnswer, status: None, rang: false }]);

    let mut call = Call::incoming(CUSTOMER);
    call.attempt(at(0), vec![dial(2), dial(3)], Duration::from_secs(30));
    assert!(!call.ring_instead(LegId(2), Vec::new()) && !call.ring_instead(LegId(9), vec![dial(4)]));
    let many = (10..).map(dial).take(2 * MAX_FORKS).collect();
    assert!(call.ring_instead(LegId(2), many));
    assert_eq!(drain(&mut call).0.iter().filter(|c| c.starts_with("dial")).count(), 2 + MAX_FORKS - 1);
    call.handle(&LegEvent::Answered { leg: LegId(10) });
    let (commands, happened) = drain(&mut call);
    assert_eq!((commands.len(), happened), (MAX_FORKS - 1, vec![Happened::Reached { leg: LegId(10) }]));
}

#[test]
fn an_attempt_fails_with_the_most_telling_cause() {
    let mut call = Call::incoming(CUSTOMER);
    call.attempt(at(0), vec![dial(2), dial(3), dial(4)], Duration::from_secs(30));
    for (leg, cause) in [(2, Cause::PeerFailed), (3, Cause::Busy), (4, Cause::Unreachable)] {
        call.handle(&ended(leg, cause));
    }
    assert_eq!(drain(&mut call).1, [Happened::AttemptFailed { cause: Cause::Busy, status: None, rang: false }]);
    call.attempt(at(0), vec![], Duration::from_secs(30));
    assert_eq!(drain(&mut call).1, [Happened::AttemptFailed { cause: Cause::Unreachable, status: None, rang: false }]);
}

#[test]
fn an_attempt_that_nobody_answers_times_out() {
    let mut call = Call::incoming(CUSTOMER);
    call.attempt(at(0), vec![dial(2)], Duration::from_secs(20));
    assert_eq!(call.poll_timeout(), Some(Mono::from_millis(20_000)));
    call.handle_timeout(at(19));
    assert_eq!(drain(&mut call).0, ["dial 2"]);
    call.handle_timeout(at(20));
    let expected = vec![Happened::AttemptFailed { cause: Cause::NoAnswer, status: None, rang: false }];
    assert_eq!(drain(&mut call), (vec!["hangup 2 no_answer".into()], expected));
    // The answer crosses our giving up.
    call.handle(&LegEvent::Answered { leg: LegId(2) });
    assert_eq!(drain(&mut call), (vec![], vec![]));
}

#[test]
fn a_blind_transfer_hands_the_customer_over() {
    let mut call = talking();
    call.transfer(at(1), LegId(2), vec![dial(3)], Duration::from_secs(20));
    call.handle(&LegEvent::Ringing { leg: LegId(3), early_media: false });
    call.handle(&LegEvent::Answered { leg: LegId(3) });
    let (commands, happened) = drain(&mut call);
    let expected = ["dial 3", "progress 2 Ringing", "progress 2 Done", "hangup 2 transferred", "bridge 1 3"];
    assert_eq!(commands, expected);
    assert!(happened.contains(&Happened::Transferred { by: LegId(2), to: LegId(3) }));
    call.handle(&ended(2, Cause::Normal));
    assert_eq!(drain(&mut call).1, []);
    assert_eq!(call.partner(), Some(LegId(3)));
}

#[test]
fn a_failed_transfer_gives_the_customer_back_or_says_that_nobody_is_left() {
    let mut call = talking();
    call.transfer(at(1), LegId(2), vec![dial(3)], Duration::from_secs(20));
    call.handle(&ended(3, Cause::Busy));
    let unreached = |by| Happened::TransferUnreached { by: LegId(by), cause: Cause::Busy, status: None, rang: false };
    assert_eq!(drain(&mut call), (vec!["dial 3".into()], vec![unreached(2)]));
    // Another way is tried, and fails as well.
    call.transfer(at(1), LegId(2), vec![dial(4)], Duration::from_secs(20));
    call.handle(&ended(4, Cause::Busy));
    assert_eq!(drain(&mut call), (vec!["dial 4".into()], vec![unreached(2)]));
    call.fail_transfer(LegId(2), Cause::Busy);
    let (commands, happened) = drain(&mut call);
    assert_eq!(commands, ["progress 2 Failed(Busy)", "bridge 1 2"]);
    assert_eq!(happened, [Happened::TransferFailed { cause: Cause::Busy, stranded: false }]);

    let mut call = talking();
    call.transfer(at(1), LegId(2), vec![dial(3)], Duration::from_secs(20));
    call.handle(&ended(2, Cause::Normal));
    assert_eq!(drain(&mut call).1, []);
    call.handle(&ended(3, Cause::Busy));
    assert_eq!(drain(&mut call).1, [unreached(2)]);
    call.fail_transfer(LegId(2), Cause::Busy);
    assert_eq!(drain(&mut call).1, [Happened::TransferFailed { cause: Cause::Busy, stranded: true }]);
}

#[test]
fn an_attended_transfer_moves_a_leg_between_calls() {
    let mut consult = Call::incoming(LegId(5));
    consult.attempt(at(0), vec![dial(6)], Duration::from_secs(30));
    consult.handle(&LegEvent::Answered { leg: LegId(6) });
    consult.connect(LegId(6));
    let mut call = talking();
    let leg = consult.release(LegId(6)).unwrap();
    call.adopt(leg);
    assert_eq!(drain(&mut call).0, ["hangup 2 transferred", "bridge 1 6"]);
    consult.hang_up_all(Cause::Transferred);
    drain(&mut consult);
    consult.handle(&ended(5, Cause::Transferred));
    assert_eq!(drain(&mut consult).1, [Happened::Over]);
}

#[derive(Clone, Debug)]
enum Step {
    Attempt(u8),
    Transfer,
    Ringing(u8, bool),
    Answered(u8),
    Ended(u8),
    Connect(u8),
    Hold(u8, bool),
    Timeout,
    HangUpPartner,
    HangUpAll,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (1..4u8).prop_map(Step::Attempt),
        Just(Step::Transfer),
        (0..12u8, any::<bool>()).prop_map(|(l, e)| Step::Ringing(l, e)),
        (0..12u8).prop_map(Step::Answered),
        (0..12u8).prop_map(Step::Ended),
        (0..12u8).prop_map(Step::Connect),
        (0..12u8, any::<bool>()).prop_map(|(l, h)| Step::Hold(l, h)),
        Just(Step::Timeout),
        Just(Step::HangUpPartner),
        Just(Step::HangUpAll),
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    /// Whatever happens in whatever order: no leg is left behind, and the end is told once.
    #[test]
    fn no_leg_is_ever_left_behind(steps in steps()) {
        let mut call = Call::incoming(CUSTOMER);
        let (mut next, mut clock, mut over) = (2u64, 0u64, 0);
        let mut alive = vec![CUSTOMER];
        for step in steps {
            clock += 7;
            let pick = |alive: &[LegId], n: u8| alive.get(usize::from(n) % alive.len().max(1)).copied();
            match step {
                Step::Attempt(n) if call.leg(CUSTOMER).is_some_and(|l| !matches!(l.phase, Phase::Ending | Phase::Ended)) => {
                    let dials = (0..n).map(|i| dial(next + u64::from(i))).collect();
                    next += u64::from(n);
                    call.attempt(at(clock), dials, Duration::from_secs(20));
                }
                Step::Transfer => if let Some(by) = call.partner() {
                    call.transfer(at(clock), by, vec![dial(next)], Duration::from_secs(20));
                    next += 1;
                },
                Step::Ringing(n, early_media) => if let Some(leg) = pick(&alive, n) {
                    call.handle(&LegEvent::Ringing { leg, early_media });
                },
                Step::Answered(n) => if let Some(leg) = pick(&alive, n) { call.handle(&LegEvent::Answered { leg }) },
                Step::Ended(n) => if let Some(leg) = pick(&alive, n) {
                    alive.retain(|l| *l != leg);
                    call.handle(&ended(leg.0, Cause::Normal));
                    call.handle(&ended(leg.0, Cause::Normal));
                },
                Step::Connect(n) => if let Some(leg) = pick(&alive, n).filter(|l| *l != CUSTOMER) { call.connect(leg) },
                Step::Hold(n, held) => if let Some(leg) = pick(&alive, n) { call.handle(&LegEvent::HeldByPeer { leg, held }) },
                Step::Timeout => call.handle_timeout(at(clock)),
                Step::HangUpPartner => call.hang_up_partner(Cause::Normal),
                Step::HangUpAll => call.hang_up_all(Cause::Normal),
                Step::Attempt(_) => {}
            }
            while let Some(command) = call.poll_command() {
                if let LegCommand::Dial { leg, .. } = command { alive.push(leg) }
            }
            while let Some(h) = call.poll_happened() { over += u32::from(h == Happened::Over) }
        }
        call.hang_up_all(Cause::Normal);
        while let Some(command) = call.poll_command() {
            if let LegCommand::Dial { leg, .. } = command { alive.push(leg) }
        }
        for leg in alive {
            prop_assert!(call.leg(leg).is_some_and(|l| matches!(l.phase, Phase::Ending)), "{leg:?} was not told to end");
            call.handle(&ended(leg.0, Cause::Normal));
        }
        while let Some(h) = call.poll_happened() { over += u32::from(h == Happened::Over) }
        prop_assert_eq!(over, 1);
        prop_assert!(call.legs().iter().all(|l| l.phase == Phase::Ended));
    }
}

#[test]
fn who_talks_with_nobody_changes_places_with_nobody() {
    let mut call = Call::incoming(LegId(1));
    assert!(!call.swap());
    assert_eq!((call.customer(), call.partner()), (LegId(1), None));
}
