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

/// Strategies (all ring among them), skills that are asked less of, help by queues and by a team, last agents, places that
/// are kept, ageing, and what becomes of calls without agents: by lot, with callers who call again.
#[test]
fn days_of_drawn_settings_break_nothing() {
    for seed in 1..=16 {
        let mut options = Options::new(600, 12, seed);
        options.drawn = true;
        options.trouble = if seed % 4 == 0 { 5.0 } else { 1.0 };
        assert_good(&simulate(&options), 600);
    }
}

/// An hour in which far more call than 220 agents can serve, who need some three minutes and a quarter for each: one of
/// them becomes free every second. Hundreds wait all the time, and whoever has a platinum number has an agent's
/// telephone ringing within ten seconds; it is the rule of the tenant's settings that does it.
#[test]
fn platinum_customers_reach_an_agent_within_ten_seconds_while_two_hundred_wait() {
    let json = r#"{"version": 1, "opens": "09:00", "interval_min": 60, "arrivals": [10000], "talk_s": 180,
                   "patience_s": 3600, "support_share": 0}"#;
    for seed in 1..=2 {
        let mut options = Options::new(10_000, 400, seed);
        options.day = Day::parse(json).unwrap();
        options.trouble = 0.0;
        options.platinum = 0.02;
        let report = simulate(&options);
        assert!(report.broken_invariants.is_empty(), "seed {seed}: {:#}", report.to_json());
        let platinum = &report.platinum;
        assert!(platinum.calls >= 50, "seed {seed}: {platinum:?}");
        assert!(platinum.reached * 50 >= platinum.calls * 49, "seed {seed}: hardly one gives up so soon: {platinum:?}");
        assert!(platinum.longest_s <= 10.0, "seed {seed}: {platinum:?}");
        assert!(report.longest_wait_s > 200.0, "seed {seed}: others wait for long");
    }
}
