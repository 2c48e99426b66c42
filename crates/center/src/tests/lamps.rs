//! Lamps: each change of a colleague's calls and of a slot, told once to all who look, and to nobody else.

use directory::Directory;
use types::leg::Origin;
use types::watch::{WatchId, WatchKind, WatchRefused, WatchRequest};
use types::{Cause, DeviceId, TenantId};

use super::lab::{Lab, T, device, setup};

fn watch(lab: &mut Lab, number: u64, by: DeviceId, target: &str) -> Result<(), WatchRefused> {
    let request = WatchRequest { watch: WatchId(number), device: by, kind: WatchKind::Dialogs, target: target.into() };
    lab.center.watch(T, &request)
}

#[test]
fn a_colleagues_lamp_follows_each_call_from_its_first_ring_to_its_end() {
    let mut lab = Lab::with(&[1001]);
    watch(&mut lab, 1, device(1002), "1001").unwrap();
    assert_eq!(lab.told(&["lamp"]), ["lamp 1"]);
    lab.caller("95002");
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 d1:trying"]);
    lab.rings("d1");
    lab.rings("d1");
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 d1:early"], "what is no news is not told");
    lab.answers("d1");
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 d1:confirmed"]);
    lab.hangs_up("d1");
    assert_eq!(lab.told(&["lamp"]), ["lamp 1"]);
}

#[test]
fn who_calls_is_shown_as_one_who_calls_and_whoever_looks_late_sees_how_it_stands() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.call(Origin::Device(device(1001)), "1002");
    lab.rings("d1");
    watch(&mut lab, 1, device(1003), "1001").unwrap();
    watch(&mut lab, 2, device(1003), "sip:1002@demo").unwrap();
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 c1!:trying", "lamp 2 d1:early"]);
    lab.answers("d1");
    lab.answers("c1");
    let told = lab.told(&["lamp"]);
    assert_eq!(told, ["lamp 1 c1!:confirmed", "lamp 2 d1:confirmed"]);
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.told(&["lamp"]), ["lamp 1", "lamp 2"]);
}

#[test]
fn two_calls_of_one_colleague_are_told_apart() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.caller("95002");
    lab.answers("d1");
    lab.trace();
    watch(&mut lab, 1, device(1003), "1001").unwrap();
    lab.call(Origin::Device(device(1001)), "1002");
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 d1:confirmed", "lamp 1 d1:confirmed c2!:trying"]);
    lab.ends("d1", Cause::Normal, true);
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 c2!:trying"]);
}

#[test]
fn a_slots_lamp_is_lit_while_somebody_is_parked_there() {
    let mut lab = Lab::with(&[1001, 1002]);
    watch(&mut lab, 1, device(1002), "701").unwrap();
    watch(&mut lab, 2, device(1003), "701").unwrap();
    watch(&mut lab, 3, device(1003), "702").unwrap();
    lab.caller("95002");
    lab.answers("d1");
    assert_eq!(lab.told(&["lamp"]), ["lamp 1", "lamp 2", "lamp 3"]);
    lab.asks("d1", "*68", None);
    assert_eq!(lab.told(&["lamp"]), ["lamp 1+2 c1:confirmed"]);
    lab.played("d1");
    lab.ends("d1", Cause::Transferred, false);
    lab.call(Origin::Device(device(1002)), "701");
    assert_eq!(lab.told(&["lamp"]), ["lamp 1+2"]);
}

#[test]
fn only_what_the_own_tenant_has_can_be_watched() {
    let mut lab = Lab::new();
    assert_eq!(watch(&mut lab, 1, device(1001), "4711"), Err(WatchRefused::NotFound));
    assert_eq!(watch(&mut lab, 1, device(1001), "721"), Err(WatchRefused::NotFound));
    // A device of the other tenant.
    assert_eq!(watch(&mut lab, 1, DeviceId(200), "1001"), Err(WatchRefused::NotFound));
    lab.register(1001, 3600);
    watch(&mut lab, 1, device(1001), "1001").unwrap();
    lab.trace();
    // The other tenant's 1001 makes a call.
    lab.call_for(TenantId(2), Origin::Device(DeviceId(200)), "1002", None);
    assert_eq!(lab.told(&["lamp"]), Vec::<String>::new());
}

#[test]
fn one_telephone_watches_no_more_than_it_has_keys_and_gets_free_again() {
    let mut lab = Lab::new();
    for number in 0..256 {
        watch(&mut lab, number, device(1001), "1002").unwrap();
    }
    assert_eq!(watch(&mut lab, 900, device(1001), "1003"), Err(WatchRefused::TooMany));
    watch(&mut lab, 901, device(1002), "1003").unwrap();
    lab.center.unwatch(WatchId(17));
    lab.center.unwatch(WatchId(17));
    watch(&mut lab, 902, device(1001), "1003").unwrap();
    assert_eq!(watch(&mut lab, 903, device(1001), "1003"), Err(WatchRefused::TooMany));
}

#[test]
fn who_no_longer_looks_is_told_nothing() {
    let mut lab = Lab::with(&[1001]);
    watch(&mut lab, 1, device(1002), "1001").unwrap();
    watch(&mut lab, 2, device(1003), "1001").unwrap();
    lab.trace();
    lab.center.unwatch(WatchId(1));
    lab.caller("95002");
    assert_eq!(lab.told(&["lamp"]), ["lamp 2 d1:trying"]);
    lab.center.unwatch(WatchId(2));
    lab.answers("d1");
    assert_eq!(lab.told(&["lamp"]), Vec::<String>::new());
}

#[test]
fn lamps_go_out_with_the_telephone_or_the_colleague_that_settings_take_away() {
    let mut lab = Lab::with(&[1001]);
    watch(&mut lab, 1, device(1002), "1001").unwrap();
    watch(&mut lab, 2, device(1003), "1001").unwrap();
    watch(&mut lab, 3, device(1002), "701").unwrap();
    lab.trace();
    let mut setup = setup(T);
    setup.directory = without(&setup.directory, device(1003));
    let now = lab.now;
    lab.center.set_tenant(now, setup).unwrap();
    assert_eq!(lab.told(&["lamp"]), ["lamp 2 gone"]);
    lab.caller("95002");
    assert_eq!(lab.told(&["lamp"]), ["lamp 1 d1:trying"]);
}

/// The same people with one telephone less.
fn without(all: &Directory, gone: DeviceId) -> Directory {
    let mut left = Directory::new(all.tenant().clone());
    all.agents().for_each(|agent| left.add_agent(agent.clone()).unwrap());
    all.devices().filter(|d| d.id != gone).for_each(|device| left.add_device(device.clone()).unwrap());
    left
}
