//! Settings change while calls stand, and nobody on a call notices.

use acd::QueueConfig;
use dialplan::{Did, DidTarget, Plan};
use directory::{Device, Directory, Ha1};
use types::forward::{ForwardTo, Forwarding};
use types::{AgentId, QueueId};

use super::lab::{Lab, SALES, SUPPORT, T, agent, device};
use crate::{Setup, SetupError};

const NEW: QueueId = QueueId(9);

/// Takes people and telephones out.
fn emptied(setup: &mut Setup) -> Directory {
    let tenant = setup.directory.tenant().clone();
    std::mem::replace(&mut setup.directory, Directory::new(tenant))
}

/// The tenant without one of its agents, whose telephone stays.
fn without(setup: &mut Setup, gone: AgentId) {
    let before = emptied(setup);
    let mut agents: Vec<_> = before.agents().filter(|a| a.id != gone).cloned().collect();
    agents.sort_by_key(|a| a.id);
    agents.into_iter().for_each(|a| setup.directory.add_agent(a).unwrap());
    for device in before.devices() {
        let agent = device.agent.filter(|a| *a != gone);
        setup.directory.add_device(Device { agent, ..device.clone() }).unwrap();
    }
    setup.agents.retain(|a| a.id != gone);
}

#[test]
fn nothing_happens_when_nothing_has_changed() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    lab.trace();
    lab.reload(|_| ());
    assert_eq!(lab.trace(), Vec::<String>::new());
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.state(1001), "wrap_up");
}

#[test]
fn a_new_queue_is_reached_at_its_new_number_at_once() {
    let mut lab = Lab::with(&[1001]);
    lab.reload(|setup| {
        setup.queues.push(QueueConfig::new(NEW, T, "vip"));
        setup.agents[0].queues = vec![NEW];
        let did = Did { number: "95100".into(), tenant: T, target: DidTarget::Queue(NEW) };
        setup.plan = Plan::new(Default::default(), vec![], vec![did], vec![]).unwrap();
    });
    lab.caller("95100");
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1001@desk"]);
}

#[test]
fn a_talk_outlives_its_queue_and_whoever_waits_there_leaves() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    lab.call_for(T, types::leg::Origin::Trunk(super::lab::SPARE), "95002", None);
    lab.trace();
    lab.reload(|setup| {
        setup.queues.retain(|q| q.id != SALES);
        setup.agents.iter_mut().for_each(|a| a.queues.retain(|q| *q != SALES));
        setup.plan = Plan::default();
        setup.flows.clear();
    });
    let told = lab.told(&["hangup"]);
    assert!(told.len() == 1 && told[0].starts_with("hangup c2"), "{told:?}");
    assert_eq!(lab.state(1001), "talking");
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.state(1001), "wrap_up");
    lab.wait(11);
    assert_eq!(lab.state(1001), "ready");
}

#[test]
fn an_agent_who_is_removed_ends_its_talk_and_goes() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    lab.trace();
    lab.reload(|setup| without(setup, agent(1001)));
    assert_eq!(lab.told(&["hangup"]), Vec::<String>::new());
    assert_eq!(lab.state(1001), "talking");
    lab.hangs_up("c1");
    lab.settle();
    assert!(lab.center.agent_status(lab.now, T, agent(1001)).is_none());
    assert_eq!(lab.told(&["agent 1001", "ended"]), ["ended answered caller normal", "agent 1001 offline"]);
}

#[test]
fn an_agent_who_is_removed_while_it_rings_gives_the_call_back() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1001@desk"]);
    lab.register(1003, 3600);
    lab.trace();
    lab.reload(|setup| without(setup, agent(1001)));
    assert_eq!(lab.told(&["hangup", "dial"]), ["hangup d1 cancelled", "dial d2 sip:1003@desk"]);
    assert!(lab.center.agent_status(lab.now, T, agent(1001)).is_none());
}

#[test]
fn an_agent_who_is_put_back_during_its_talk_stays() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    lab.reload(|setup| without(setup, agent(1001)));
    lab.reload(|_| ());
    lab.hangs_up("c1");
    lab.settle();
    assert!(lab.center.agent_status(lab.now, T, agent(1001)).is_some());
}

#[test]
fn who_is_at_lunch_stays_there() {
    let mut lab = Lab::with(&[1001]);
    let lunch = crate::AgentOrder::NotReady("lunch".into());
    lab.center.order(lab.now, T, agent(1001), lunch).unwrap();
    lab.reload(|setup| setup.agents[0].queues = vec![SUPPORT]);
    assert_eq!(lab.state(1001), "not_ready lunch");
}

#[test]
fn a_telephone_with_a_new_secret_has_to_register_anew() {
    let mut lab = Lab::with(&[1001]);
    lab.reload(|setup| {
        let before = emptied(setup);
        before.agents().cloned().for_each(|a| setup.directory.add_agent(a).unwrap());
        for d in before.devices() {
            let ha1 = Ha1 { md5: "new".into(), sha256: "new".into() };
            let ha1 = if d.id == device(1001) { ha1 } else { d.ha1.clone() };
            setup.directory.add_device(Device { ha1, ..d.clone() }).unwrap();
        }
    });
    assert_eq!(lab.told(&["registered", "agent"]), ["registered 0", "agent 1001 offline"]);
    let changed = lab.center.directory(T).unwrap().device(device(1001)).unwrap().ha1.md5.reveal().to_string();
    assert_eq!(changed, "new");
}

#[test]
fn a_telephone_given_to_another_agent_makes_that_one_ready() {
    let mut lab = Lab::with(&[1001]);
    lab.reload(|setup| {
        let before = emptied(setup);
        before.agents().cloned().for_each(|a| setup.directory.add_agent(a).unwrap());
        for d in before.devices().filter(|d| d.id != device(1003)) {
            let agent = if d.id == device(1001) { Some(agent(1003)) } else { d.agent };
            setup.directory.add_device(Device { agent, ..d.clone() }).unwrap();
        }
    });
    assert_eq!((lab.state(1001), lab.state(1003)), ("offline".into(), "ready".into()));
}

#[test]
fn settings_that_make_no_sense_change_nothing() {
    let mut lab = Lab::with(&[1001]);
    let refused = |lab: &mut Lab, change: fn(&mut Setup)| {
        let mut setup = super::lab::setup(T);
        change(&mut setup);
        lab.center.set_tenant(lab.now, setup)
    };
    let longest = |s: &mut Setup| drop(s.settings.insert("call.longest_s".into(), "5".into()));
    assert!(matches!(refused(&mut lab, longest), Err(SetupError::Invalid { what: "setting", .. })));
    assert!(matches!(refused(&mut lab, |s| s.queues[0].ring_timeout_s = 0), Err(SetupError::Invalid { .. })));
    lab.caller("95002");
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1001@desk"]);
}

#[test]
fn what_an_agent_said_of_its_calls_holds_on() {
    let mut lab = Lab::with(&[1001, 1003]);
    let rules = Forwarding { always: Some(ForwardTo::Number("1003".into())), ..Forwarding::default() };
    lab.center.set_forwarding(lab.now, T, agent(1001), rules.clone(), "1001".into()).unwrap();
    lab.reload(|_| ());
    assert_eq!(lab.center.forwarding(T, agent(1001)), Some(rules));
}
