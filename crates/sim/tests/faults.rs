//! The invariants are worth what they notice: each planted fault breaks at least one of them.

use sim::{Fault, Invariant, Options, simulate};

const TABLE: [(Fault, &[Invariant]); 18] = [
    (Fault::LostTimer, &[Invariant::Leases]),
    (Fault::DoubledIncoming, &[Invariant::OneStart]),
    (Fault::LateIncoming, &[Invariant::Bounded]),
    (Fault::LostEnd, &[Invariant::Bounded]),
    (Fault::LostPlayDone, &[Invariant::Leases]),
    (Fault::LostRecord, &[Invariant::OneEnd]),
    (Fault::DoubledRecord, &[Invariant::OneEnd]),
    (Fault::LostState, &[Invariant::AgentStates]),
    (Fault::DoubledAnswer, &[Invariant::LegProtocol]),
    (Fault::LostHangup, &[Invariant::Bounded, Invariant::NothingLeft]),
    (Fault::LostDial, &[Invariant::Bounded, Invariant::LegProtocol]),
    (Fault::LostConnect, &[Invariant::Silence]),
    (Fault::ClockBack, &[Invariant::JournalOrder]),
    (Fault::LostCustomerEnd, &[Invariant::Bounded]),
    (Fault::LostWrapped, &[Invariant::WrapUps]),
    (Fault::LostStop, &[Invariant::Undisturbed]),
    (Fault::GhostRing, &[Invariant::OneCallPerAgent]),
    (Fault::WrongAgent, &[Invariant::RightAgent]),
];

/// What the center mends by itself: the call is recorded once, and nobody stays occupied.
const MENDED: [Fault; 3] = [Fault::LostEnd, Fault::LostCustomerEnd, Fault::LateIncoming];

fn broken_by(fault: Option<Fault>) -> Vec<Invariant> {
    let mut options = Options::new(400, 8, 3);
    options.fault = fault;
    simulate(&options).broken_invariants.iter().map(|b| b.invariant).collect()
}

#[test]
fn each_planted_fault_breaks_an_invariant() {
    assert_eq!(TABLE.len(), Fault::ALL.len());
    assert_eq!(broken_by(None), []);
    for (fault, breaks) in TABLE {
        let broken = broken_by(Some(fault));
        for invariant in breaks {
            assert!(broken.contains(invariant), "{fault:?} must break {invariant:?}, but broke {broken:?}");
        }
    }
}

#[test]
fn what_the_network_forgets_to_tell_is_mended() {
    for fault in MENDED {
        let broken = broken_by(Some(fault));
        for invariant in [Invariant::OneEnd, Invariant::NothingLeft, Invariant::EverySecond, Invariant::QueueSums] {
            assert!(!broken.contains(&invariant), "{fault:?} broke {broken:?}");
        }
    }
}

#[test]
fn every_fault_is_in_the_table() {
    for fault in Fault::ALL {
        assert!(TABLE.iter().any(|(f, _)| *f == fault), "{fault:?}");
    }
}
