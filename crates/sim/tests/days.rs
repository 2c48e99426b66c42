//! Whole days: nothing may break, whatever the seed.

use sim::{Options, Report, simulate};

fn assert_good(report: &Report, calls: u64) {
    assert!(report.broken_invariants.is_empty(), "{:#}", report.to_json());
    assert_eq!(report.calls, calls, "{:#}", report.to_json());
}

#[test]
fn days_of_three_thousand_calls_break_nothing() {
    for seed in 1..=4 {
        assert_good(&simulate(&Options::new(3_000, 30, seed)), 3_000);
    }
}
