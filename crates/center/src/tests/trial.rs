//! A page calls a flow as it is drawn.

use std::sync::Arc;

use flow::Flow;
use types::leg::Origin;
use types::{DeviceId, TenantId};

use super::lab::{Lab, T};
use crate::{Refused, TrialCall, TrialWish};

/// A draft that is asked by two keys, the caller's number deciding the first word.
const DRAFT: &str = r#"{"version": 1, "id": "draft", "name": "d", "language": "zh", "start": "m", "nodes": {
  "m": {"kind": "menu", "prompt": "menu_main", "outlets": {"1": "q", "timeout": "h"}},
  "q": {"kind": "queue", "queue": "sales", "outlets": {"no_agent": "h"}},
  "h": {"kind": "hangup", "prompt": "no_agent"}}}"#;

fn wish() -> TrialWish {
    let flow = Arc::new(Flow::parse(DRAFT).unwrap());
    TrialWish { flow, caller: "13800000009".into(), dialled: "95777".into() }
}

fn begun(lab: &mut Lab) -> (TrialCall, DeviceId) {
    let trial = lab.center.await_trial(lab.now, T, wish()).unwrap();
    let device = lab.center.trial_device(T, &trial.user).expect("a device for it");
    (trial, device)
}

#[test]
fn a_draft_is_walked_by_its_own_caller_and_told_step_by_step() {
    let mut lab = Lab::with(&[1001]);
    let (trial, device) = begun(&mut lab);
    lab.call(Origin::Device(device), &trial.user);
    assert_eq!(lab.told(&["answer ", "play"]), ["answer c1", "play c1 menu_main"]);
    let steps = |lab: &Lab| {
        let live = lab.center.interaction(lab.now, T, trial.interaction).expect("a call that stands");
        live.record.trace.iter().map(|step| step.node.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(steps(&lab), ["m"]);
    lab.presses("c1", '1');
    assert_eq!(steps(&lab), ["m", "q"]);
    lab.rings("d1");
    lab.answers("d1");
    assert_eq!(lab.shown["d1"].number.reveal().as_ref(), "13800000009", "the agent sees whom the trial says");
    lab.hangs_up("c1");
    lab.settle();
    let record = lab.records.last().expect("a record");
    assert_eq!((record.id, record.tags.as_slice()), (trial.interaction, ["trial".into()].as_slice()));
    assert_eq!((record.from.reveal().as_ref(), record.to.reveal().as_ref()), ("13800000009", "draft"));
    assert!(record.trace.iter().all(|step| step.version.is_none()), "no version that was published");
}

#[test]
fn a_trial_is_called_once_and_soon() {
    let mut lab = Lab::with(&[1001]);
    let (trial, device) = begun(&mut lab);
    lab.call(Origin::Device(device), &trial.user);
    lab.trace();
    lab.call(Origin::Device(device), &trial.user);
    assert_eq!(lab.told(&["hangup"]), ["hangup c2 not_found"]);
    assert_eq!(lab.center.trial_device(T, &trial.user), None);
    let (trial, device) = begun(&mut lab);
    lab.wait(60);
    lab.trace();
    lab.call(Origin::Device(device), &trial.user);
    assert_eq!(lab.told(&["hangup"]), ["hangup c3 not_found"]);
}

#[test]
fn a_trial_is_its_tenants_alone_and_nobody_dials_anything_else_by_it() {
    let mut lab = Lab::with(&[1001]);
    let (trial, device) = begun(&mut lab);
    assert_eq!(lab.center.trial_device(TenantId(2), &trial.user), None);
    lab.call_for(TenantId(2), Origin::Device(device), "95002", None);
    assert_eq!(lab.told(&["hangup"]), ["hangup c1 not_found"]);
    // Whatever it dials leads into the drawing.
    lab.call(Origin::Device(device), "95002");
    assert_eq!(lab.told(&["answer ", "play"]), ["answer c2", "play c2 menu_main"]);
}

#[test]
fn nobody_outside_is_shown_the_number_that_was_made_up() {
    let out = r#"{"version": 1, "id": "out", "name": "o", "language": "zh", "start": "t", "nodes": {
      "t": {"kind": "transfer", "target": "number:13900000002", "ring_timeout_s": 20, "outlets": {"failed": "h"}},
      "h": {"kind": "hangup"}}}"#;
    let mut lab = Lab::new();
    let wish = TrialWish { flow: Arc::new(Flow::parse(out).unwrap()), ..wish() };
    let trial = lab.center.await_trial(lab.now, T, wish).unwrap();
    let device = lab.center.trial_device(T, &trial.user).unwrap();
    lab.call(Origin::Device(device), &trial.user);
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:13900000002@carrier"]);
    assert_eq!((lab.shown["d1"].number.reveal().as_ref(), lab.shown["d1"].private), ("", true));
}

#[test]
fn as_many_wait_as_may() {
    let mut lab = Lab::new();
    for _ in 0..64 {
        begun(&mut lab);
    }
    assert_eq!(lab.center.await_trial(lab.now, T, wish()), Err(Refused::TooMany));
    assert!(lab.center.await_trial(lab.now, TenantId(2), wish()).is_ok(), "another tenant's wait by themselves");
    lab.wait(60);
    begun(&mut lab);
    lab.center.drain();
    assert_eq!(lab.center.await_trial(lab.now, T, wish()), Err(Refused::Draining));
}
