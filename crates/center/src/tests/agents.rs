//! Agents' telephones and orders.

use std::time::Duration;

use types::Cause;

use super::lab::{Lab, T, agent};
use crate::{AgentOrder, Refused};

#[test]
fn a_telephone_that_comes_signs_its_agent_in_and_one_that_lapses_out() {
    let mut lab = Lab::new();
    assert_eq!(lab.state(1001), "offline");
    lab.register(1001, 60);
    assert_eq!(lab.state(1001), "ready");
    lab.wait(50);
    lab.register(1001, 60);
    lab.wait(59);
    assert_eq!(lab.state(1001), "ready");
    lab.trace();
    lab.wait(1);
    assert_eq!(lab.trace(), ["registered 0", "agent 1001 offline"]);
}

#[test]
fn a_telephone_that_lapses_while_it_rings_gives_the_caller_back() {
    let mut lab = Lab::new();
    lab.register(1001, 60);
    lab.wait(55);
    lab.caller("95002");
    lab.rings("d1");
    lab.trace();
    lab.wait(5);
    assert_eq!(lab.state(1001), "offline");
    assert_eq!(lab.told(&["hangup", "state"]), ["state queued", "hangup d1 cancelled"]);
}

#[test]
fn a_telephone_that_lapses_during_a_talk_signs_its_agent_out_afterwards() {
    let mut lab = Lab::new();
    lab.register(1001, 60);
    lab.caller("95002");
    lab.caller("95002");
    lab.answers("d1");
    lab.wait(100);
    assert_eq!(lab.state(1001), "talking");
    lab.trace();
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!((lab.state(1001).as_str(), lab.told(&["dial"])), ("offline", vec![]));
}

#[test]
fn a_connection_that_closes_takes_its_telephone_along() {
    let mut lab = Lab::with(&[1001, 1003]);
    let now = lab.now;
    lab.center.flow_closed(now, 1001);
    assert_eq!((lab.state(1001).as_str(), lab.state(1003).as_str()), ("offline", "ready"));
}

#[test]
fn orders_are_carried_out_or_refused() {
    let mut lab = Lab::with(&[1001]);
    let now = lab.now;
    let mut order = |tenant, number, order| lab.center.order(now, tenant, agent(number), order).map(|s| s.state);
    use types::record::AgentState::*;
    assert_eq!(order(T, 1001, AgentOrder::NotReady("lunch".into())), Ok(NotReady));
    assert_eq!(order(T, 1001, AgentOrder::Ready), Ok(Ready));
    assert_eq!(order(T, 1001, AgentOrder::ExtendWrapUp(Duration::from_secs(9))), Err(Refused::NotInWrapUp));
    assert_eq!(order(T, 1003, AgentOrder::Ready), Err(Refused::NoPhone));
    assert_eq!(order(T, 1001, AgentOrder::SignOut), Ok(Offline));
    assert_eq!(order(types::TenantId(2), 1001, AgentOrder::Ready), Err(Refused::NotFound));
    assert_eq!(order(types::TenantId(9), 1001, AgentOrder::Ready), Err(Refused::NotFound));
}

#[test]
fn wrap_up_can_be_extended_and_is_measured() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    lab.hangs_up("d1");
    lab.settle();
    let now = lab.now;
    lab.center.order(now, T, agent(1001), AgentOrder::ExtendWrapUp(Duration::from_secs(30))).unwrap();
    lab.wait(39);
    assert_eq!(lab.state(1001), "wrap_up");
    lab.wait(1);
    assert_eq!(lab.told(&["wrapped"]), ["wrapped 1001 40000"]);
}

#[test]
fn a_wrap_up_has_a_longest_time_and_ends_when_its_agent_is_ready() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    lab.hangs_up("d1");
    lab.settle();
    let now = lab.now;
    let extend = |lab: &mut Lab| {
        let order = AgentOrder::ExtendWrapUp(Duration::from_secs(3599));
        lab.center.order(now, T, agent(1001), order).map(|status| status.until.unwrap().ms_since(now.wall))
    };
    assert_eq!(extend(&mut lab), Ok(3_600_000));
    assert_eq!(extend(&mut lab), Err(Refused::Limit));
    assert_eq!(lab.center.order(now, T, agent(1001), AgentOrder::Ready).unwrap().state.as_str(), "ready");
    assert_eq!(extend(&mut lab), Err(Refused::NotInWrapUp));
}

#[test]
fn not_ready_during_a_talk_holds_afterwards() {
    let mut lab = Lab::with(&[1001]);
    lab.caller("95002");
    lab.answers("d1");
    let now = lab.now;
    let mut next = |order| lab.center.order(now, T, agent(1001), order).unwrap().next;
    assert_eq!(next(AgentOrder::NotReady("lunch".into())).as_deref(), Some("lunch"));
    assert_eq!(next(AgentOrder::Ready), None);
    next(AgentOrder::NotReady("lunch".into()));
    assert_eq!(lab.state(1001), "talking");
    lab.hangs_up("c1");
    lab.ends("d1", Cause::Cancelled, false);
    lab.wait(10);
    assert_eq!(lab.state(1001), "not_ready lunch");
    assert_eq!(lab.center.agent_status(lab.now, T, agent(1001)).unwrap().next, None, "it is so by now");
}

#[test]
fn a_telephone_that_comes_back_calls_nobody_back_from_lunch() {
    for (order, state) in [
        (Some(AgentOrder::NotReady("lunch".into())), "not_ready lunch"),
        (Some(AgentOrder::SignOut), "offline"),
        (None, "ready"),
    ] {
        let mut lab = Lab::with(&[1001]);
        let now = lab.now;
        if let Some(order) = order {
            lab.center.order(now, T, agent(1001), order).unwrap();
        }
        lab.center.flow_closed(now, 1001);
        assert_eq!(lab.state(1001), "offline");
        lab.register(1001, 3600);
        assert_eq!(lab.state(1001), state);
        lab.center.order(now, T, agent(1001), AgentOrder::Ready).unwrap();
        lab.center.flow_closed(now, 1001);
        lab.register(1001, 3600);
        assert_eq!(lab.state(1001), "ready");
    }
}
