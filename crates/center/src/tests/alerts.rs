//! Thresholds over the wall's figures, with calls.

use types::Title;
use types::alert::{Alert, Level, Measure};

use super::lab::{Lab, SALES, T};
use crate::{Refused, Threshold};

fn watching(threshold: Threshold) -> Lab {
    Lab::changed(|setup| setup.thresholds.push(threshold.clone()))
}

fn waiting() -> Threshold {
    Threshold {
        name: "waiting".into(),
        title: Title::default(),
        queues: vec![SALES],
        measure: Measure::Waiting,
        warning: Some(1),
        critical: Some(2),
        hold_s: 10,
        margin: 0,
    }
}

fn alerts(lab: &Lab) -> Vec<Alert> {
    lab.center.live(lab.now, T).unwrap().alerts.into_iter().map(|standing| standing.alert).collect()
}

/// The kinds of what was written of alerts.
fn said(lab: &Lab) -> Vec<String> {
    let kinds = lab.written.iter().filter_map(|json| json.split('"').find(|word| word.starts_with("alert.")));
    kinds.map(str::to_owned).collect()
}

#[test]
fn customers_who_wait_raise_an_alert_that_is_over_when_they_are_served() {
    let mut lab = watching(waiting());
    lab.caller("95002");
    lab.wait(5);
    assert_eq!(alerts(&lab), []);
    lab.wait(10);
    let alert = alerts(&lab).pop().unwrap();
    assert_eq!((alert.level, alert.value, alert.limit, alert.queue), (Level::Warning, 1, 1, Some(SALES)));
    lab.caller("95002");
    lab.wait(15);
    assert_eq!(alerts(&lab)[0].level, Level::Critical);
    lab.center.acknowledge(lab.now, T, alert.id, "2001".into()).unwrap();
    lab.center.acknowledge(lab.now, T, alert.id, "admin".into()).unwrap();
    let other = types::AlertId(1);
    assert_eq!(lab.center.acknowledge(lab.now, T, other, "2001".into()), Err(Refused::NotFound));
    let live = lab.center.live(lab.now, T).unwrap();
    assert_eq!(live.alerts[0].acknowledged.as_ref().map(|(_, by)| &**by), Some("2001"));
    lab.hangs_up("c1");
    lab.hangs_up("c2");
    lab.wait(15);
    assert_eq!(alerts(&lab), []);
    assert_eq!(said(&lab), ["alert.raised", "alert.changed", "alert.acknowledged", "alert.cleared"]);
}

#[test]
fn what_came_of_the_last_half_hour_is_judged_and_nothing_where_nothing_came() {
    let mut lab = watching(Threshold {
        queues: Vec::new(),
        measure: Measure::AbandonRate,
        warning: Some(50),
        critical: None,
        hold_s: 0,
        ..waiting()
    });
    lab.caller("95002");
    lab.wait(30);
    assert_eq!(alerts(&lab), []);
    lab.hangs_up("c1");
    lab.wait(5);
    assert_eq!(alerts(&lab)[0].value, 100);
    lab.wait(31 * 60);
    assert_eq!(alerts(&lab), []);
}

#[test]
fn a_node_that_is_nearly_full_says_so() {
    let mut lab =
        watching(Threshold { queues: Vec::new(), measure: Measure::Capacity, warning: Some(50), ..waiting() });
    lab.center.set_capacity(4);
    for _ in 0..2 {
        lab.caller("95002");
    }
    lab.wait(15);
    assert_eq!(alerts(&lab)[0].value, 50);
    assert_eq!(lab.center.live(lab.now, T).unwrap().capacity.free, 2);
}
