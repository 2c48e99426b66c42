//! Customers who go before others, by the numbers that the tenant's settings name.

use dialplan::PriorityRules;

use types::event::Happening;
use types::leg::Origin;

use super::lab::{Lab, SPARE, T};
use crate::{Center, SetupError};

#[test]
fn a_rule_says_no_more_than_a_queue_may() {
    assert_eq!(PriorityRules::RANGE, -acd::PRIORITY_MAX..=acd::PRIORITY_MAX);
}

/// The lab's customers call from 13900000001 all.
#[test]
fn who_the_settings_name_is_served_first_from_then_on() {
    let mut lab = Lab::new();
    let call = |lab: &mut Lab| lab.call(Origin::Trunk(SPARE), "95002");
    call(&mut lab);
    call(&mut lab);
    lab.wait(60);
    let rule = |text: &'static str| {
        move |setup: &mut crate::Setup| drop(setup.settings.insert("routing.priority".into(), text.into()))
    };
    lab.reload(rule("caller:+86139*=1, caller:139*=1000"));
    call(&mut lab);
    let position = |lab: &Lab, n: usize| lab.center.tenants[&T].router.position(lab.interactions[n]);
    assert_eq!([0, 1, 2].map(|n| position(&lab, n)), [Some(2), Some(3), Some(1)]);
    // The number that was called counts as well, however it is written.
    lab.reload(rule("called:95002=900"));
    call(&mut lab);
    assert_eq!([0, 1, 2, 3].map(|n| position(&lab, n)), [Some(3), Some(4), Some(1), Some(2)]);
}

#[test]
fn the_journal_tells_who_goes_first_from_when_on_and_no_log_does() {
    let mut lab = Lab::new();
    lab.reload(|setup| drop(setup.settings.insert("routing.priority".into(), "caller:13900000001=1000".into())));
    lab.reload(|setup| drop(setup.settings.insert("demo.bridge_target".into(), "sip:a@b".into())));
    lab.reload(|setup| drop(setup.settings.remove("routing.priority")));
    let told: Vec<(bool, String)> = lab
        .written
        .iter()
        .map(|json| serde_json::from_str::<types::event::Event>(json).unwrap())
        .filter(|event| event.tenant == T)
        .filter_map(|event| match event.what {
            Happening::RoutingChanged { begun, priorities: Some(rules), .. } => {
                assert!(!format!("{rules:?}").contains("139"), "printed in clear");
                Some((begun.is_some(), rules.reveal().to_string()))
            }
            _ => None,
        })
        .collect();
    let expected = [(true, ""), (false, "caller:13900000001=1000"), (false, "")];
    assert_eq!(
        told,
        expected.map(|(begun, rules)| (begun, rules.to_owned())),
        "told where it is another, and only then"
    );
}

#[test]
fn rules_that_make_no_sense_are_refused_and_change_nothing() {
    let mut setup = super::lab::setup(T);
    setup.settings.insert("routing.priority".into(), "caller:139*=100, vip:1=1".into());
    let refused = Center::new(1).add_tenant(Lab::new().now, setup.clone());
    let Err(SetupError::Invalid { name, why, .. }) = &refused else { panic!("{refused:?}") };
    assert_eq!((&**name, why.contains("rule 2")), ("routing.priority", true));
    assert_eq!(setup.check(), refused);
}
