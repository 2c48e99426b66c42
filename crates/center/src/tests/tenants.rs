//! Two tenants with the same numbers never meet.

use types::leg::Origin;
use types::register::{RegisterChange, RegisterRequest};
use types::{DeviceId, TenantId};

use super::lab::{Lab, T, device};

const OTHER: TenantId = TenantId(2);

#[test]
fn a_queue_of_the_same_name_has_its_own_agents() {
    let mut lab = Lab::with(&[1001, 1002, 1003]);
    let origin = Origin::Trunk(types::TrunkId(1));
    lab.call_for(OTHER, origin, "95002", None);
    assert_eq!(lab.told(&["dial"]), Vec::<String>::new());
    let live = lab.center.live(lab.now, T).unwrap();
    assert!(live.interactions.is_empty());
    assert_eq!(lab.center.live(lab.now, OTHER).unwrap().interactions.len(), 1);
}

#[test]
fn a_colleague_of_the_other_tenant_is_not_reached_by_number() {
    let mut lab = Lab::with(&[1001]);
    lab.call_for(OTHER, Origin::Device(DeviceId(200)), "1001", None);
    assert_eq!(lab.told(&["dial d1 sip:1001@desk"]), Vec::<String>::new());
}

#[test]
fn a_leg_of_the_other_tenant_can_be_neither_taken_over_nor_handed_on() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    let agents_leg = lab.leg("d1");
    lab.trace();
    lab.call_for(OTHER, Origin::Device(DeviceId(200)), "1001", Some(agents_leg));
    assert_eq!(lab.told(&["hangup", "bridge"]), ["hangup c2 not_found"]);
    lab.call_for(OTHER, Origin::Device(DeviceId(200)), "95002", None);
    lab.trace();
    lab.asks("d1", "x", Some("c3"));
    assert_eq!(lab.told(&["progress", "bridge"]), ["progress d1 Refused(NotFound)"]);
}

#[test]
fn a_device_of_the_other_tenant_registers_nothing() {
    let mut lab = Lab::new();
    let request = RegisterRequest { call_id: "r".into(), cseq: 1, change: RegisterChange::Query };
    let now = lab.now;
    assert_eq!(lab.center.register(now, OTHER, device(1001), &request), Ok(vec![]));
    assert_eq!(lab.trace(), Vec::<String>::new());
}
