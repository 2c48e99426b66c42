//! Calls to the outside: how numbers are written, and who is shown.

use dialplan::{Did, DidTarget, NumberForm, NumberFormat, Numbering, Plan, Route, Trunk, WITHHELD};
use types::leg::{Origin, Text};
use types::register::Registering;
use types::{Cause, TenantId};

use super::lab::{CARRIER, Lab, SALES, SPARE, agent, device};
use crate::{Center, Health, Setup, SetupError};

/// A carrier in Beijing that knows two numbers of ours and wants E.164, and a peer that takes all.
fn beijing(setup: &mut Setup, change: impl Fn(&mut Trunk)) {
    let tenant = setup.directory.tenant().id;
    let value = |name: &str| Some(if name == Numbering::AREA_CODE { "010" } else { "9" });
    let to = |host: &str| Some(Text::from(format!("sip:{host}")));
    let mut carrier = Trunk {
        send_to: to("carrier"),
        numbers: NumberForm { format: NumberFormat::E164, rules: Vec::new() },
        caller_ids: vec!["+861062340001".into(), "+861062340002".into()],
        ..Trunk::new(CARRIER, tenant, "carrier")
    };
    change(&mut carrier);
    let spare = Trunk { send_to: to("spare"), ..Trunk::new(SPARE, tenant, "spare") };
    let dids = ["01062340001", "01062340002", "4001234567"];
    let dids = dids.map(|number| Did { number: number.into(), tenant, target: DidTarget::Queue(SALES) });
    let route = |trunk, priority| Route { prefix: "".into(), trunk, priority, caller_id: None };
    let routes = vec![route(CARRIER, 0), route(SPARE, 1)];
    let numbering = Numbering::from_settings(value).unwrap();
    setup.plan = Plan::new(numbering, vec![carrier, spare], dids.to_vec(), routes).unwrap();
}

/// The agent 1001 shows this.
fn shows(setup: &mut Setup, number: &str) {
    let mut directory = directory::Directory::new(setup.directory.tenant().clone());
    for known in setup.directory.agents() {
        let caller_id = (&*known.number == "1001").then(|| number.into());
        directory.add_agent(directory::Agent { caller_id, ..known.clone() }).unwrap();
    }
    for known in setup.directory.devices() {
        directory.add_device(known.clone()).unwrap();
    }
    setup.directory = directory;
}

fn lab(change: impl Fn(&mut Setup)) -> Lab {
    let mut lab = Lab::changed(|setup| {
        beijing(setup, |_| ());
        change(setup);
    });
    for number in [1001, 1002] {
        lab.register(number, 3600);
    }
    lab.trace();
    lab
}

/// What the far end of a leg is shown: a number, and what its carrier alone is told.
fn shown(lab: &Lab, leg: &str) -> (String, String) {
    let caller = &lab.shown[leg];
    assert_eq!(caller.private, caller.number.reveal().is_empty());
    let asserted = caller.asserted.as_ref().map_or("", |number| number.reveal());
    (caller.number.reveal().to_string(), asserted.to_owned())
}

#[test]
fn each_trunk_gets_its_own_form_and_the_record_one() {
    let mut lab = lab(|_| ());
    for dialled in ["962345678", "9010-6234 5678", "+86 10 62345678"] {
        lab.call(Origin::Device(device(1001)), dialled);
        let dials = lab.told(&["dial"]);
        assert!(dials[0].ends_with("sip:+861062345678@carrier"), "{dials:?}");
        let leg = dials[0].split(' ').nth(1).unwrap().to_owned();
        lab.ends(&leg, Cause::PeerFailed, true);
        let again = lab.told(&["dial"]);
        assert!(again[0].ends_with("sip:01062345678@spare"), "{again:?}");
        let leg = again[0].split(' ').nth(1).unwrap().to_owned();
        lab.ends(&leg, Cause::Busy, true);
        lab.settle();
    }
    assert_eq!(lab.records.len(), 3);
    assert!(lab.records.iter().all(|record| &**record.to.reveal() == "01062345678"));
}

#[test]
fn a_caller_is_known_by_one_number_however_its_carrier_writes_it() {
    let mut lab = lab(|_| ());
    lab.call(Origin::Trunk(CARRIER), "+861062340001");
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1001@desk"]);
    assert_eq!(&**lab.shown["d1"].number.reveal(), "13900000001");
}

#[test]
fn the_number_shown_is_the_agents_the_queues_or_the_trunks_and_always_ours() {
    let call = |setup: &dyn Fn(&mut Setup), to: &str| {
        let mut lab = lab(setup);
        lab.call(Origin::Device(device(1001)), to);
        lab.trace();
        shown(&lab, "d1")
    };
    let ours = |number: &str| (number.to_owned(), String::new());
    assert_eq!(call(&|_| (), "13911112222"), ours("+861062340001"));
    assert_eq!(call(&|s| shows(s, "01062340002"), "13911112222"), ours("+861062340002"));
    assert_eq!(call(&|s| shows(s, "4001234567"), "13911112222"), ours("+861062340001"), "not known to this carrier");
    let secret = (String::new(), "+861062340001".to_owned());
    assert_eq!(call(&|s| shows(s, WITHHELD), "13911112222"), secret);
    assert_eq!(call(&|s| shows(s, WITHHELD), "9120"), ours("+861062340001"), "who helps can call back");
    // A peer is shown who calls, or what the agent wants.
    let by_peer = |setup: &mut Setup, number: &str| {
        beijing(setup, |carrier| carrier.send_to = None);
        shows(setup, number);
    };
    assert_eq!(call(&|s| by_peer(s, "4001234567"), "13911112222"), ours("4001234567"));
}

#[test]
fn a_customer_who_is_led_on_is_shown_only_where_the_carrier_takes_that() {
    for (takes, seen) in [(false, "+861062340001"), (true, "13900000001")] {
        let mut lab = lab(|setup| beijing(setup, |carrier| carrier.pass_caller = takes));
        lab.call(Origin::Trunk(SPARE), "01062340001");
        lab.answers("d1");
        lab.trace();
        lab.asks("d1", "13911112222", None);
        assert_eq!(lab.told(&["dial"]), ["dial d2 sip:+8613911112222@carrier"]);
        assert_eq!(shown(&lab, "d2"), (seen.to_owned(), String::new()));
    }
}

#[test]
fn whoever_is_asked_beside_sees_the_agents_number_not_the_customers() {
    let mut lab = lab(|setup| shows(setup, "01062340002"));
    lab.call(Origin::Trunk(SPARE), "01062340001");
    lab.answers("d1");
    lab.orders(Some(1001), crate::CallOrder::Consult("13911112222".into())).unwrap();
    assert_eq!(shown(&lab, "d2"), ("+861062340002".to_owned(), String::new()));
}

#[test]
fn nothing_stands_for_an_emergency_number() {
    let taken = |setup: &mut Setup| {
        let (tenant, id) = (setup.directory.tenant().id, agent(1003));
        let mut directory = directory::Directory::new(setup.directory.tenant().clone());
        for known in setup.directory.agents() {
            let number: Text = if known.id == id { "119".into() } else { known.number.clone() };
            directory.add_agent(directory::Agent { number, tenant, ..known.clone() }).unwrap();
        }
        for known in setup.directory.devices() {
            directory.add_device(known.clone()).unwrap();
        }
        setup.directory = directory;
    };
    let mut lab = lab(taken);
    lab.call(Origin::Device(device(1001)), "119");
    assert_eq!(lab.told(&["emergency", "dial"]), ["emergency 119 Some(1001)", "dial d1 sip:119@carrier"]);
    let mut lab = self::lab(taken);
    lab.dials(1001, "119").unwrap();
    lab.answers("d1");
    assert_eq!(lab.told(&["emergency", "dial"])[1..], ["emergency 119 Some(1001)", "dial d2 sip:119@carrier"]);
}

#[test]
fn a_number_that_is_not_ours_is_refused_with_the_name_of_who_wants_it() {
    let refused = |change: &dyn Fn(&mut Setup)| {
        let mut setup = super::lab::setup(TenantId(1));
        beijing(&mut setup, |_| ());
        change(&mut setup);
        let lab = Lab::new();
        match Center::new(2).add_tenant(lab.now, setup).unwrap_err() {
            SetupError::NotOurs { what, name, number } => format!("{what} {name} {number}"),
            other => panic!("{other}"),
        }
    };
    assert_eq!(refused(&|s| shows(s, "95588")), "agent 1001 95588");
    assert_eq!(refused(&|s| s.queues[0].caller_id = Some("13800138000".into())), "queue sales 13800138000");
}

#[test]
fn a_trunk_takes_so_many_calls_a_second_and_the_next_one_the_others() {
    let mut lab = lab(|setup| beijing(setup, |carrier| carrier.max_cps = 1));
    lab.call(Origin::Device(device(1001)), "13911110001");
    lab.call(Origin::Device(device(1002)), "13911110002");
    lab.call(Origin::Device(device(1002)), "120");
    let first = ["dial d1 sip:+8613911110001@carrier", "dial d2 sip:13911110002@spare", "dial d3 sip:120@spare"];
    assert_eq!(lab.told(&["dial"]), first);
    lab.ends("d3", Cause::PeerFailed, true);
    assert_eq!(lab.told(&["dial"]), ["dial d4 sip:120@carrier"], "help is called past the limit");
    lab.wait(1);
    lab.call(Origin::Device(device(1002)), "13911110003");
    assert_eq!(lab.told(&["dial"]), ["dial d5 sip:+8613911110003@carrier"]);
}

#[test]
fn a_trunk_that_does_not_answer_is_passed_over_until_it_does() {
    let mut lab = lab(|setup| beijing(setup, |carrier| carrier.probe_s = 5));
    let asked = |lab: &mut Lab, trunk, answered| {
        lab.center.trunk_asked(lab.now, TenantId(1), trunk, answered);
        lab.told(&["alarm"])
    };
    let none = Vec::<String>::new();
    assert_eq!([(); 2].map(|()| asked(&mut lab, CARRIER, false)), [none.clone(), none.clone()]);
    assert_eq!(asked(&mut lab, CARRIER, false), ["alarm trunk_down"]);
    let health: Vec<Health> = lab.center.live(lab.now, TenantId(1)).unwrap().trunks.iter().map(|t| t.health).collect();
    assert_eq!(health, [Health::Down, Health::Unknown]);
    lab.call(Origin::Device(device(1001)), "13911110001");
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:13911110001@spare"]);
    lab.ends("d1", Cause::PeerFailed, true);
    assert_eq!(lab.told(&["dial", "hangup c1"]), ["hangup c1 peer_failed"]);
    lab.call(Origin::Device(device(1002)), "110");
    lab.ends("d2", Cause::PeerFailed, true);
    assert_eq!(lab.told(&["dial"]), ["dial d2 sip:110@spare", "dial d3 sip:110@carrier"], "help is sought anywhere");
    for _ in 0..3 {
        asked(&mut lab, SPARE, false);
    }
    lab.call(Origin::Device(device(1001)), "13911110002");
    assert_eq!(lab.told(&["dial"]), none, "nowhere to go");
    assert_eq!(asked(&mut lab, SPARE, true), ["alarm trunk_down"], "one is left");
    assert_eq!(asked(&mut lab, CARRIER, true), ["alarm over trunk_down"]);
    lab.settle();
    lab.call(Origin::Device(device(1003)), "13911110003");
    assert_eq!(lab.told(&["dial"]), ["dial d4 sip:+8613911110003@carrier"]);
}

#[test]
fn a_trunk_that_its_carrier_does_not_know_raises_an_alarm_until_it_does() {
    let mut lab = lab(|setup| beijing(setup, |carrier| carrier.registrar = Some("sip:carrier".into())));
    let registers = |lab: &mut Lab, state| {
        lab.center.trunk_registers(lab.now, TenantId(1), CARRIER, state);
        lab.told(&["alarm"])
    };
    let (none, refused) = (Vec::<String>::new(), Registering::Refused { status: 403 });
    assert_eq!(registers(&mut lab, Registering::Trying), none);
    assert_eq!(registers(&mut lab, refused), ["alarm trunk_unregistered"]);
    assert_eq!(registers(&mut lab, Registering::Unreachable), none, "the same trunk has the same trouble");
    let trunks = lab.center.live(lab.now, TenantId(1)).unwrap().trunks;
    assert_eq!(trunks.iter().map(|t| t.registration).collect::<Vec<_>>(), [Some(Registering::Unreachable), None]);
    lab.call(Origin::Device(device(1001)), "13911110001");
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:+8613911110001@carrier"], "it may take calls all the same");
    assert_eq!(registers(&mut lab, Registering::Registered), ["alarm over trunk_unregistered"]);
}
