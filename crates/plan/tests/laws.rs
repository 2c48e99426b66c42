//! What holds for every load: more agents never hurt, more calls never help, and Erlang A lies between B and C.

use plan::{Codec, Curve, Goal, Load, Model, Site, Why, erlang_b, figures, fit_patience, least_agents, plan};
use proptest::prelude::*;

const AHT_S: f64 = 200.0;
/// What rounding may do to two figures that are the same.
const ROUNDING: f64 = 1e-9;

fn load(erlangs: f64) -> Load {
    Load::new(erlangs * 3600.0 / AHT_S, 60.0, AHT_S).unwrap()
}

fn model() -> impl Strategy<Value = Model> {
    prop_oneof![Just(Model::Patient), (-2.0..6.0f64).prop_map(|power| Model::Impatient(10f64.powf(power)))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn one_agent_more_never_hurts(model in model(), power in -1.0..4.0f64, share in 0.6..1.4f64, target in 0.0..120.0f64) {
        let erlangs = 10f64.powf(power);
        let agents = ((erlangs * share) as u32).max(1);
        let load = load(erlangs);
        let few = figures(model, &load, agents, target).unwrap();
        let more = figures(model, &load, agents + 1, target).unwrap();
        prop_assert!(more.wait_probability <= few.wait_probability + ROUNDING);
        prop_assert!(more.abandon_probability <= few.abandon_probability + ROUNDING);
        prop_assert!(more.service_level >= few.service_level - ROUNDING);
        prop_assert!(more.mean_wait_s <= few.mean_wait_s * (1.0 + ROUNDING) + ROUNDING);
        prop_assert!(more.occupancy <= few.occupancy + ROUNDING);
        for share in [few.wait_probability, few.abandon_probability, few.service_level, few.occupancy] {
            prop_assert!((-ROUNDING..=1.0 + ROUNDING).contains(&share), "{few:?}");
        }
    }

    #[test]
    fn more_calls_never_help(model in model(), agents in 1u32..2000, share in 0.5..1.4f64, target in 0.0..120.0f64) {
        let erlangs = f64::from(agents) * share;
        let calm = figures(model, &load(erlangs), agents, target).unwrap();
        let busy = figures(model, &load(erlangs * 1.01), agents, target).unwrap();
        prop_assert!(busy.wait_probability >= calm.wait_probability - ROUNDING);
        prop_assert!(busy.abandon_probability >= calm.abandon_probability - ROUNDING);
        prop_assert!(busy.service_level <= calm.service_level + ROUNDING);
        prop_assert!(busy.occupancy >= calm.occupancy - ROUNDING);
        prop_assert!(erlang_b(erlangs * 1.01, agents).unwrap() >= erlang_b(erlangs, agents).unwrap());
        prop_assert!(erlang_b(erlangs, agents + 1).unwrap() <= erlang_b(erlangs, agents).unwrap());
    }

    #[test]
    fn patience_without_end_is_erlang_c_and_none_is_erlang_b(agents in 1u32..500, share in 0.3..0.98f64) {
        let load = load(f64::from(agents) * share);
        let patient = figures(Model::Patient, &load, agents, 20.0).unwrap();
        let nearly = figures(Model::Impatient(1e9), &load, agents, 20.0).unwrap();
        prop_assert!((nearly.wait_probability - patient.wait_probability).abs() < 1e-4);
        prop_assert!((nearly.service_level - patient.service_level).abs() < 1e-4);
        prop_assert!((nearly.asa_s - patient.asa_s).abs() < 1e-3 * patient.asa_s + 1e-4);
        let gone = figures(Model::Impatient(1e-6), &load, agents, 20.0).unwrap();
        let lost = erlang_b(load.erlangs(), agents).unwrap();
        prop_assert!((gone.abandon_probability - lost).abs() < 1e-6);
        prop_assert!((gone.service_level - (1.0 - lost)).abs() < 1e-6);
        let between = figures(Model::Impatient(60.0), &load, agents, 20.0).unwrap();
        prop_assert!(between.wait_probability <= patient.wait_probability + ROUNDING);
        prop_assert!(between.abandon_probability <= lost + ROUNDING);
    }

    #[test]
    fn who_gives_up_waited_for_the_share_of_patience_that_it_tells(
        agents in 1u32..1000, share in 0.5..1.6f64, patience in 1.0..2000.0f64
    ) {
        // All waits together are those of the answered and those of the leavers.
        let got = figures(Model::Impatient(patience), &load(f64::from(agents) * share), agents, 20.0).unwrap();
        prop_assert!((got.mean_wait_s - got.abandon_probability * patience).abs() < 1e-9 * patience);
        prop_assert!(got.mean_wait_s >= (1.0 - got.abandon_probability) * got.asa_s - ROUNDING);
    }

    #[test]
    fn the_fewest_agents_meet_the_goal_and_one_less_does_not(
        model in prop_oneof![Just(Model::Patient), (5.0..600.0f64).prop_map(Model::Impatient)],
        erlangs in 0.01..800.0f64, level in 0.0..0.99f64, busy in 0.3..1.0f64, target in 0.0..60.0f64
    ) {
        let load = load(erlangs);
        let staff = least_agents(model, &load, &Goal::new(target, level, busy).unwrap());
        let met = |agents| {
            let got = figures(model, &load, agents, target).unwrap();
            got.service_level >= level - ROUNDING && got.occupancy <= busy + ROUNDING && got.asa_s.is_finite()
        };
        prop_assert!(met(staff.agents), "{staff:?}");
        prop_assert!(staff.agents <= 1 || !met(staff.agents - 1), "{staff:?}");
    }
}

#[test]
fn ten_thousand_agents_and_the_ends_of_the_ranges_stay_numbers() {
    for erlangs in [1e-6, 0.3, 9_000.0, 10_000.0, 12_000.0, 99_999.0] {
        for agents in [1, 10_000, 1_000_000] {
            for model in [Model::Patient, Model::Impatient(1e-6), Model::Impatient(90.0), Model::Impatient(1e9)] {
                let got = figures(model, &load(erlangs), agents, 20.0).unwrap();
                let all = [got.wait_probability, got.abandon_probability, got.service_level, got.occupancy];
                let sound = all.iter().all(|share| (-ROUNDING..=1.0 + ROUNDING).contains(share)) && !got.asa_s.is_nan();
                assert!(sound, "{erlangs} erlangs, {agents} agents, {model:?}: {got:?}");
            }
        }
    }
}

#[test]
fn patience_is_found_again_in_waits_that_were_cut_short() {
    // A patience of 90 s against waits that end at 0 to 120 s: the exponential by its quantiles.
    let (mut waited, mut abandoned) = (0.0, 0);
    for i in 0..1000 {
        let patience = -90.0 * (1.0 - (f64::from(i) + 0.5) / 1000.0).ln();
        for step in 0..10 {
            let offered = f64::from(step) * 13.0;
            waited += patience.min(offered);
            abandoned += u64::from(patience < offered);
        }
    }
    let found = fit_patience(waited, abandoned).unwrap();
    assert!((found.patience_s - 90.0).abs() < 1.0, "{found:?}");
    assert!(found.low_s < 90.0 && 90.0 < found.high_s && found.high_s / found.low_s < 1.1, "{found:?}");
    assert_eq!((fit_patience(10.0, 0), fit_patience(0.0, 4)), (None, None));
}

#[test]
fn the_default_site_is_a_centre_of_two_hundred_seats() {
    let site = Site { seats: Some(200), ..Site::default() };
    let plan = plan(&site).unwrap();
    let busiest = plan.intervals[plan.peak];
    assert_eq!((busiest.from_min, plan.interval_min, plan.intervals.len()), (11 * 60, 30, 28));
    assert!((175..=200).contains(&busiest.staff.agents), "{busiest:?}");
    assert!(plan.ordinary.service_level > busiest.staff.figures.service_level);
    let of_seats = plan.of_seats.unwrap();
    assert!(of_seats.calls >= 20_000.0 && of_seats.figures.service_level >= 0.8, "{of_seats:?}");
    let calls: f64 = plan.intervals.iter().map(|one| one.calls).sum();
    assert!((calls - 26_000.0).abs() < 1e-6, "{calls}");
    assert!(plan.trunks.blocking <= 0.001 && plan.trunks.lines > busiest.staff.agents);
    let pcma = plan.widths[0];
    assert_eq!((pcma.codec, pcma.sound_kbps, pcma.call_kbps), (Codec::Pcma, 64.0, 80.0));
    // Two parties at 64 kbit/s for the 180 s of talk, and up to 5 % for the chunks.
    assert!((2.88e6..3.03e6).contains(&plan.disk.call_bytes), "{:?}", plan.disk);
    assert_eq!(plan.machine.ports, plan.trunks.lines * 4);
    assert!(plan.curve.iter().any(|point| point.agents == busiest.staff.agents));
    assert!(plan.curve.is_sorted_by(|a, b| a.agents < b.agents && a.figures.service_level <= b.figures.service_level));
}

#[test]
fn a_curve_is_bent_to_the_share_that_its_busiest_hour_is_said_to_have() {
    for share in [0.08, 0.15, 0.4] {
        let plan = plan(&Site { peak_share: Some(share), ..Site::default() }).unwrap();
        assert!((plan.peak_share - share).abs() < 1e-6, "{}", plan.peak_share);
    }
    let flat = plan(&Site { peak_share: Some(0.01), ..Site::default() }).unwrap_err();
    assert_eq!(flat.field, "peak_share");
    assert!(matches!(flat.why, Why::Range { least, .. } if (least - 2.0 / 28.0).abs() < 1e-9), "{flat}");
    let two = Curve::new(0, 60, vec![3.0, 1.0]).unwrap();
    assert_eq!(two.peak_share(), 0.75);
}

#[test]
fn what_cannot_be_planned_with_is_named() {
    let wrong = |site: Site| plan(&site).unwrap_err().field;
    let usual = Site::default;
    assert_eq!(wrong(Site { calls: f64::NAN, ..usual() }), "calls");
    assert_eq!(wrong(Site { calls: 0.0, ..usual() }), "calls");
    assert_eq!(wrong(Site { calls: 1e7, aht_s: 14_400.0, ..usual() }), "calls");
    assert_eq!(wrong(Site { wrap_up_s: 200.0, ..usual() }), "wrap_up_s");
    assert_eq!(wrong(Site { service_level: 1.0, ..usual() }), "service_level");
    assert_eq!(wrong(Site { max_occupancy: 0.0, ..usual() }), "max_occupancy");
    assert_eq!(wrong(Site { patience_s: Some(0.0), ..usual() }), "patience_s");
    assert_eq!(wrong(Site { seats: Some(0), ..usual() }), "seats");
    assert_eq!(wrong(Site { frame_ms: 5.0, ..usual() }), "frame_ms");
    for (opens, interval, arrivals) in
        [(0, 20, vec![1.0]), (1430, 15, vec![1.0]), (0, 60, vec![0.0]), (0, 60, vec![-1.0])]
    {
        assert!(Curve::new(opens, interval, arrivals).is_err());
    }
    let text = plan(&Site { shrinkage: 2.0, ..usual() }).unwrap_err().to_string();
    assert_eq!(text, "shrinkage: has to be from 0 to 0.9");
}
