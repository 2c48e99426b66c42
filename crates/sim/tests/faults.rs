//! The invariants are worth what they notice: each planted fault breaks at least one of them.

use sim::{Fault, Invariant, Options, simulate};

const TABLE: [(Fault, &[Invariant]); 13] = [
    (Fault::LostTimer, &[Invariant::Leases]),
    (Fault::DoubledIncoming, &[Invariant::OneStart]),
    (Fault::LateIncoming, &[Invariant::OneEnd]),
    (Fault::LostEnd, &[Invariant::OneEnd, Invariant::NothingLeft]),
    (Fault::LostPlayDone, &[Invariant::Leases]),
    (Fault::LostRecord, &[Invariant::OneEnd]),
    (Fault::DoubledRecord, &[Invariant::OneEnd]),
    (Fault::LostState, &[Invariant::AgentStates]),
    (Fault::DoubledAnswer, &[Invariant::LegProtocol]),
    (Fault::LostHangup, &[Invariant::OneEnd, Invariant::NothingLeft]),
    (Fault::LostDial, &[Invariant::OneEnd, Invariant::LegProtocol]),
    (Fault::LostConnect, &[Invariant::Silence]),
    (Fault::ClockBack, &[Invariant::JournalOrder]),
];

#[test]
fn each_planted_fault_breaks_an_invariant() {
    assert_eq!(TABLE.len(), Fault::ALL.len());
    for (fault, breaks) in TABLE {
        let mut options = Options::new(400, 8, 3);
        assert!(simulate(&options).broken_invariants.is_empty());
        options.fault = Some(fault);
        let broken: Vec<Invariant> = simulate(&options).broken_invariants.iter().map(|b| b.invariant).collect();
        for invariant in breaks {
            assert!(broken.contains(invariant), "{fault:?} must break {invariant:?}, but broke {broken:?}");
        }
    }
}

#[test]
fn every_fault_is_in_the_table() {
    for fault in Fault::ALL {
        assert!(TABLE.iter().any(|(f, _)| *f == fault), "{fault:?}");
    }
}
