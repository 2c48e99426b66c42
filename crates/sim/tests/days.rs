//! Whole days: nothing may break, whatever the seed.

use sim::{Day, Options, Report, simulate};

fn assert_good(report: &Report, calls: u64) {
    assert!(report.broken_invariants.is_empty(), "{:#}", report.to_json());
    assert_eq!(report.calls, calls, "{:#}", report.to_json());
    let outcomes =
        [report.answered, report.abandoned, report.rejected, report.self_served, report.callbacks, report.failed];
    assert_eq!(outcomes.iter().sum::<u64>(), calls, "{:#}", report.to_json());
}

#[test]
fn days_of_three_thousand_calls_break_nothing() {
    for seed in 1..=4 {
        assert_good(&simulate(&Options::new(3_000, 30, seed)), 3_000);
    }
}

#[test]
fn days_with_too_few_agents_break_nothing() {
    for seed in 1..=3 {
        let report = simulate(&Options::new(1_500, 6, seed));
        assert_good(&report, 1_500);
        assert!(report.abandoned > 300 && report.callbacks > 20, "{:#}", report.to_json());
    }
    assert_good(&simulate(&Options::new(300, 1, 7)), 300);
}

#[test]
fn a_day_of_twenty_thousand_calls_and_two_hundred_agents_breaks_nothing() {
    let report = simulate(&Options::new(20_000, 200, 20_260_302));
    assert_good(&report, 20_000);
    assert!(report.answered > 16_000, "{:#}", report.to_json());
    assert!(report.service_level.is_some_and(|s| s > 0.7), "{:#}", report.to_json());
    assert!(report.aht_s.is_some_and(|s| (150.0..250.0).contains(&s)), "{:#}", report.to_json());
    let queues = report.queues.iter().map(|q| q.answered).sum::<u64>();
    assert!(queues >= report.answered * 9 / 10, "{:#}", report.to_json());
}

#[test]
fn the_same_seed_is_the_same_day_to_the_last_event() {
    let day = |seed| simulate(&Options::new(500, 8, seed));
    assert_eq!(day(5), day(5));
    assert_ne!(day(5).events, day(6).events);
}

#[test]
fn a_day_file_shapes_the_day() {
    let json = r#"{"version": 1, "opens": "09:00", "interval_min": 30, "arrivals": [100, 0, 300], "talk_s": 60,
                   "patience_s": 30, "support_share": 1}"#;
    let mut options = Options::new(400, 12, 1);
    options.day = Day::parse(json).unwrap();
    assert_eq!(options.day.calls(), 400);
    let report = simulate(&options);
    assert_good(&report, 400);
    let offered = |name: &str| report.queues.iter().find(|q| q.queue == name).map_or(0, |q| q.offered);
    assert!(offered("support") > 4 * offered("sales"), "{:#}", report.to_json());
    assert!(report.aht_s.is_some_and(|s| s < 110.0), "{:#}", report.to_json());
}

#[test]
fn days_of_trouble_break_nothing() {
    for seed in 1..=3 {
        let mut options = Options::new(1_500, 25, seed);
        options.trouble = 8.0;
        assert_good(&simulate(&options), 1_500);
    }
}

#[test]
fn long_talks_late_in_the_evening_are_over_by_midnight() {
    let json = r#"{"version": 1, "opens": "20:00", "interval_min": 60, "arrivals": [10, 90], "talk_s": 600}"#;
    let mut options = Options::new(200, 40, 2);
    options.day = Day::parse(json).unwrap();
    options.trouble = 3.0;
    assert_good(&simulate(&options), 200);
}
