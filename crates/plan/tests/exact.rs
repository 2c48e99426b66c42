//! The models against values of 40 digits (`exact.csv`, made by tools/erlang_fixture.py), and against published ones.

use plan::{Goal, Load, Model, erlang_b, figures, least_agents, least_lines};

/// What the models promise.
const EXACT: f64 = 1e-9;
/// The fixture's target and handling time, seconds.
const TARGET_S: f64 = 20.0;
const AHT_S: f64 = 180.0;

fn load(erlangs: f64) -> Load {
    Load::new(erlangs * 3600.0 / AHT_S, 60.0, AHT_S).unwrap()
}

#[track_caller]
fn same(what: &str, row: &str, got: f64, exact: &str) {
    let exact: f64 = exact.parse().unwrap();
    assert!((got - exact).abs() <= EXACT * exact.max(1.0), "{what} of {row}: {got}");
}

#[test]
fn all_three_agree_with_exact_values() {
    let table = include_str!("exact.csv");
    let mut rows = 0;
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let [model, erlangs, agents, patience, wait, abandon, level, asa] = cells[..] else { panic!("{row}") };
        let (erlangs, agents): (f64, u32) = (erlangs.parse().unwrap(), agents.parse().unwrap());
        rows += 1;
        let model = match model {
            "b" => {
                same("blocking", row, erlang_b(erlangs, agents).unwrap(), wait);
                continue;
            }
            "c" => Model::Patient,
            _ => Model::of_patience(patience.parse::<f64>().unwrap() * AHT_S).unwrap(),
        };
        let got = figures(model, &load(erlangs), agents, TARGET_S).unwrap();
        same("wait", row, got.wait_probability, wait);
        same("level", row, got.service_level, level);
        same("asa", row, got.asa_s / AHT_S, asa);
        if !abandon.is_empty() {
            same("abandon", row, got.abandon_probability, abandon);
        }
    }
    assert_eq!(rows, 44);
}

/// Fifteen lines carry 8.108 erlangs at a loss of 1 % (erlang.com, calculator manual, "How much traffic?"); the other
/// loads of the 1 % column stand so in every Erlang B table, such as Angus, "An introduction to Erlang B and Erlang C",
/// Telemanagement 187, 2001.
#[test]
fn erlang_b_agrees_with_published_tables() {
    for (lines, erlangs) in [(10, 4.461), (15, 8.108), (20, 12.03), (30, 20.34), (50, 37.90), (100, 84.06)] {
        let last_digit = if erlangs < 10.0 { 0.0005 } else { 0.005 };
        assert!(erlang_b(erlangs - last_digit, lines).unwrap() < 0.01, "{lines} lines, a little less");
        assert!(erlang_b(erlangs + last_digit, lines).unwrap() > 0.01, "{lines} lines, a little more");
        assert_eq!(least_lines(erlangs - last_digit, 0.01), Ok(lines));
    }
}

/// 360 calls of 240 s in half an hour, 55 agents: 23.9 % wait, 8.2 s on average, agents are busy 87.3 % of their time
/// (the worked example of "The Erlang-C formula", Mitan Ltd).
#[test]
fn erlang_c_agrees_with_a_published_example() {
    let got = figures(Model::Patient, &Load::new(360.0, 30.0, 240.0).unwrap(), 55, 15.0).unwrap();
    assert_eq!(format!("{:.3}", got.wait_probability), "0.239");
    assert_eq!(format!("{:.1}", got.asa_s), "8.2");
    assert_eq!(format!("{:.3}", got.occupancy), "0.873");
    assert_eq!(format!("{:.3}", got.service_level), "0.846");
}

/// 48 calls a minute of one minute each, 50 agents, patience of 2 minutes on average: 3.1 % give up, callers wait 3.7 s
/// on average and agents are busy 93 % of their time, against 20.8 s and 96 % where nobody gives up (Garnett, Mandelbaum
/// and Reiman, "Designing a call center with impatient customers", MSOM 4(3), 2002).
#[test]
fn erlang_a_agrees_with_a_published_example() {
    let load = Load::new(48.0, 1.0, 60.0).unwrap();
    let leaving = figures(Model::Impatient(120.0), &load, 50, 20.0).unwrap();
    assert_eq!(format!("{:.3}", leaving.abandon_probability), "0.031");
    assert_eq!(format!("{:.1}", leaving.mean_wait_s), "3.7");
    assert_eq!(format!("{:.2}", leaving.occupancy), "0.93");
    let waiting = figures(Model::Patient, &load, 50, 20.0).unwrap();
    assert_eq!(format!("{:.1}", waiting.asa_s), "20.8");
    assert_eq!(format!("{:.2}", waiting.occupancy), "0.96");
}

#[test]
fn a_usual_goal_takes_fourteen_agents() {
    let load = Load::new(100.0, 30.0, 180.0).unwrap();
    let staff = least_agents(Model::Patient, &load, &Goal::new(20.0, 0.8, 0.85).unwrap());
    assert_eq!(staff.agents, 14);
    assert_eq!(format!("{:.3}", staff.figures.service_level), "0.888");
    assert_eq!(format!("{:.1}", staff.figures.asa_s), "7.8");
    assert_eq!(plan::rostered(14, 0.3), Ok(20));
}
