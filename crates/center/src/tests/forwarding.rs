//! Calls that are led on: by an agent's rules, by its telephone, and in circles.

use std::time::Duration;

use directory::{Device, Ha1};
use types::forward::{ForwardReason, ForwardTo, Forwarding};
use types::leg::{Origin, Text};
use types::record::{DoNotCall, SegmentKind};
use types::{Cause, LegEvent, Private};

use super::lab::{Lab, T, agent, device};
use crate::{Refused, Setup};

const OUTSIDE: &str = "13911112222";

/// Rules of one word each: `always 1002`, `no_answer queue:sales`.
fn rules(words: &[&str]) -> Forwarding {
    let mut rules = Forwarding::default();
    for word in words {
        let (why, to) = word.split_once(' ').unwrap();
        let to = Some(ForwardTo::parse(to).unwrap());
        match why {
            "always" => rules.always = to,
            "busy" => rules.busy = to,
            "no_answer" => rules.no_answer = to,
            _ => rules.unreachable = to,
        }
    }
    rules
}

impl Lab {
    fn leads_on(&mut self, number: u64, words: &[&str]) {
        let now = self.now;
        self.center.set_forwarding(now, T, agent(number), rules(words), "boss".into()).unwrap();
        self.trace();
    }

    fn redirects(&mut self, name: &str, target: &str) {
        let leg = self.leg(name);
        self.event(LegEvent::Redirected { leg, target: target.into() });
        self.event(LegEvent::Ended { leg, cause: Cause::Declined, status: Some(302), by_peer: true, measured: false });
    }

    /// The way of the last call that ended: who led it on, why, and where to.
    fn way(&self) -> Vec<String> {
        let record = self.records.last().unwrap();
        let steps = record.forwards.iter();
        steps.map(|f| format!("{} {} {}", f.by.reveal(), f.why.as_str(), f.to.reveal())).collect()
    }
}

#[test]
fn all_calls_of_an_agent_go_to_a_colleague_and_its_own_telephone_stays_silent() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.leads_on(1002, &["always 1001"]);
    lab.caller("95004");
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1001@desk"]);
    lab.rings("d1");
    lab.answers("d1");
    lab.wait(5);
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.way(), ["1002 always 1001"]);
    let record = lab.records.last().unwrap();
    let from: Vec<_> = record.legs.iter().map(|l| l.forwarded_from.as_ref().map(|f| f.reveal().to_string())).collect();
    assert_eq!(from, [None, Some("1002".to_owned())]);
    assert_eq!((record.agent, record.outcome.as_str()), (Some(agent(1001)), "answered"));
    assert_eq!(lab.state(1001), "ready");
}

#[test]
fn each_rule_has_its_own_case() {
    // Busy: on a call of its own.
    let mut lab = Lab::with(&[1001, 1002]);
    lab.leads_on(1002, &["busy 1001", "no_answer queue:sales", "unreachable 13911112222"]);
    lab.call(Origin::Device(device(1002)), OUTSIDE);
    lab.answers("d1");
    lab.trace();
    lab.caller("95004");
    assert_eq!(lab.told(&["dial"]), ["dial d2 sip:1001@desk"]);
    // Declined counts as busy.
    let mut lab = Lab::with(&[1001, 1002]);
    lab.leads_on(1002, &["busy 1001"]);
    lab.caller("95004");
    lab.trace();
    lab.ends("d1", Cause::Declined, true);
    assert_eq!(lab.told(&["dial", "hangup"]), ["dial d2 sip:1001@desk"]);
    // No answer, after its own time.
    let mut lab = Lab::with(&[1001, 1002]);
    lab.leads_on(1002, &["no_answer queue:sales"]);
    lab.caller("95004");
    lab.rings("d1");
    lab.wait(19);
    assert_eq!(lab.told(&["hangup"]), Vec::<String>::new());
    lab.wait(1);
    assert_eq!(
        lab.told(&["hangup", "dial", "answer ", "state"]),
        ["hangup d1 no_answer", "answer c1", "state queued", "state ringing", "dial d2 sip:1001@desk"]
    );
    // Nobody is registered: outside, over a trunk.
    let mut lab = Lab::with(&[1001]);
    lab.leads_on(1002, &["unreachable 13911112222"]);
    lab.caller("95004");
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:13911112222@carrier"]);
    // Without a rule it is as ever.
    let mut lab = Lab::with(&[1001]);
    lab.caller("95004");
    assert_eq!(lab.told(&["dial", "hangup"]), ["hangup c1 unreachable"]);
}

#[test]
fn a_number_outside_that_fails_ends_the_call_with_its_own_cause() {
    let mut lab = Lab::with(&[1002]);
    lab.leads_on(1002, &["always 13911112222", "busy 1001"]);
    lab.caller("95004");
    lab.ends("d1", Cause::PeerFailed, true);
    assert_eq!(lab.told(&["dial"]).last().unwrap(), "dial d2 sip:13911112222@spare", "each trunk is tried");
    lab.ends("d2", Cause::Busy, true);
    assert_eq!(lab.told(&["dial", "hangup"]), ["hangup c1 busy"], "the rules are the agent's, not the subscriber's");
}

#[test]
fn calls_led_on_in_a_circle_end_and_nothing_is_left() {
    for (first, second) in [("always 1001", "always 1002"), ("unreachable 1001", "always 1002")] {
        let mut lab = Lab::with(&[1001]);
        lab.leads_on(1002, &[first]);
        lab.leads_on(1001, &[second]);
        lab.caller("95004");
        assert_eq!(lab.told(&["dial", "hangup"]), ["hangup c1 loop"], "{first}");
        lab.ends("c1", Cause::Loop, false);
        assert_eq!((lab.center.in_progress(), lab.records[0].cause), (0, Cause::Loop));
    }
    // One that has rung in vain rings no second time.
    let mut lab = Lab::with(&[1001, 1002]);
    lab.leads_on(1002, &["no_answer 1001"]);
    lab.leads_on(1001, &["no_answer 1002"]);
    lab.caller("95004");
    lab.wait(40);
    assert_eq!(
        lab.told(&["dial", "hangup"]),
        [
            "dial d1 sip:1002@desk",
            "hangup d1 no_answer",
            "dial d2 sip:1001@desk",
            "hangup d2 no_answer",
            "hangup c1 loop"
        ]
    );
    for leg in ["d1", "d2", "c1"] {
        lab.ends(leg, Cause::Loop, false);
    }
    assert_eq!(lab.center.in_progress(), 0);
}

#[test]
fn a_flow_that_leads_back_into_itself_comes_to_an_end() {
    // The flow rings 1002 at `2`, which leads all calls to the number of that very flow.
    let mut lab = Lab::with(&[1001]);
    lab.leads_on(1002, &["always 95001"]);
    lab.caller("95001");
    for _ in 0..40 {
        lab.presses("c1", '2');
        lab.wait(1);
    }
    assert!(lab.told(&["dial"]).is_empty());
    lab.hangs_up("c1");
    lab.settle();
    let record = lab.records.last().unwrap();
    assert!(record.forwards.len() <= 30 && record.trace.len() < 200, "{} steps", record.trace.len());
    assert_eq!(lab.center.in_progress(), 0);
}

#[test]
fn a_telephone_that_answers_with_another_number_is_followed_to_what_the_agent_could_dial() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.caller("95004");
    lab.rings("d1");
    lab.trace();
    lab.redirects("d1", "1001");
    assert_eq!(lab.told(&["dial"]), ["dial d2 sip:1001@desk"]);
    lab.redirects("d2", OUTSIDE);
    assert_eq!(lab.told(&["dial"]), ["dial d3 sip:13911112222@carrier"]);
    lab.redirects("d3", "1003");
    assert_eq!(lab.told(&["dial", "hangup c1"]), ["hangup c1 declined"], "a carrier's wish costs us nothing");
    lab.settle();
    lab.ends("c1", Cause::Declined, false);
    assert_eq!(lab.way(), ["1002 device 1001", "1001 device 13911112222"]);

    let mut lab = Lab::with(&[1002]);
    lab.caller("95004");
    lab.redirects("d1", "anna@elsewhere");
    assert_eq!(lab.told(&["hangup c1"]), ["hangup c1 declined"], "what is no number leads nowhere");
    let mut lab = Lab::with(&[1002]);
    lab.caller("95004");
    lab.redirects("d1", "777");
    assert_eq!(lab.told(&["hangup c1"]), ["hangup c1 not_found"]);
}

/// 1002 has a second telephone, `sip:1004@desk`, which is `d2`.
fn with_two_telephones(others: &[u64]) -> Lab {
    let mut lab = Lab::changed(|setup| {
        let none = || Private::new(Text::from(""));
        let (id, agent, ha1) = (device(1004), Some(agent(1002)), Ha1 { md5: none(), sha256: none() });
        setup.directory.add_device(Device { id, tenant: T, name: "1004".into(), agent, ha1, message_lamp: true }).ok();
    });
    for number in others.iter().chain(&[1002, 1004]) {
        lab.register(*number, 3600);
    }
    lab.trace();
    lab
}

#[test]
fn what_one_telephone_names_rings_beside_the_agents_others() {
    let mut lab = with_two_telephones(&[1001]);
    lab.leads_on(1002, &["no_answer queue:sales"]);
    lab.caller("95004");
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1002@desk", "dial d2 sip:1004@desk"]);
    lab.redirects("d1", OUTSIDE);
    assert_eq!(lab.told(&["dial", "hangup d2", "hangup c1"]), ["dial d3 sip:13911112222@carrier"]);
    lab.redirects("d3", "1001");
    assert!(lab.told(&["dial", "hangup d2", "hangup c1"]).is_empty(), "a carrier's wish costs us nothing");
    lab.answers("d2");
    lab.settle();
    lab.hangs_up("c1");
    lab.settle();
    assert_eq!(lab.way(), ["1002 device 13911112222"]);
    assert_eq!(lab.records.last().unwrap().agent, Some(agent(1002)));

    // A colleague rings beside it, once, and may answer; its telephone leads back to nobody.
    let mut lab = with_two_telephones(&[1001]);
    lab.caller("95004");
    lab.trace();
    lab.redirects("d1", "1001");
    assert_eq!(lab.told(&["dial", "hangup d2"]), ["dial d3 sip:1001@desk"]);
    lab.redirects("d3", "1002");
    assert!(lab.told(&["dial", "hangup d2", "hangup c1"]).is_empty(), "the other telephone rings on");
    lab.ends("d2", Cause::Busy, true);
    assert_eq!(lab.told(&["hangup c1"]).len(), 1);
    lab.settle();
    assert_eq!([lab.state(1001), lab.state(1002)], ["ready", "ready"]);
}

#[test]
fn the_agents_own_rules_hold_when_nobody_answers_beside() {
    let mut lab = with_two_telephones(&[1001]);
    lab.leads_on(1002, &["no_answer 13911112222"]);
    lab.caller("95004");
    lab.trace();
    lab.redirects("d1", "1001");
    lab.redirects("d2", "777");
    assert_eq!(lab.told(&["dial", "hangup c1"]), ["dial d3 sip:1001@desk"], "what leads nowhere ends nothing");
    lab.wait(20);
    assert_eq!(lab.told(&["hangup d3", "dial"]), ["hangup d3 no_answer", "dial d4 sip:13911112222@carrier"]);

    // A queue cannot ring beside anybody: it takes the call.
    let mut lab = with_two_telephones(&[1001]);
    lab.caller("95004");
    lab.trace();
    lab.redirects("d1", "95002");
    assert_eq!(lab.told(&["hangup d2", "dial"]), ["hangup d2 declined", "dial d3 sip:1001@desk"]);
}

#[test]
fn what_a_queue_offers_is_not_led_on() {
    let mut lab = Lab::with(&[1001]);
    lab.leads_on(1001, &["always 13911112222", "busy 1002"]);
    lab.caller("95002");
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1001@desk"]);
    lab.redirects("d1", OUTSIDE);
    assert_eq!(lab.told(&["dial", "state"]), ["state queued"]);
}

#[test]
fn a_transfer_to_an_agent_follows_its_rules_and_the_customer_comes_back_when_it_fails() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.leads_on(1002, &["no_answer 13911112222"]);
    lab.caller("95002");
    lab.answers("d1");
    lab.asks("d1", "1002", None);
    lab.rings("d2");
    lab.trace();
    lab.wait(20);
    assert_eq!(lab.told(&["hangup", "dial"]), ["hangup d2 no_answer", "dial d3 sip:13911112222@carrier"]);
    lab.ends("d3", Cause::Busy, true);
    assert_eq!(
        lab.told(&["progress", "bridge", "state"]),
        ["progress d1 Failed(Busy)", "bridge c1 d1", "state talking"]
    );
    lab.asks("d1", "1002", None);
    lab.redirects("d4", "1003");
    assert_eq!(lab.told(&["progress"]), ["progress d1 Failed(Unreachable)"], "nobody is at 1003");
    lab.asks("d1", "1002", None);
    lab.answers("d5");
    assert_eq!(lab.told(&["progress", "bridge"]), ["progress d1 Done", "bridge c1 d5"]);
}

#[test]
fn a_transfer_to_one_who_leads_to_a_queue_puts_the_customer_there() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.leads_on(1002, &["always queue:sales"]);
    lab.caller("95002");
    lab.answers("d1");
    lab.register(1003, 3600);
    lab.trace();
    lab.asks("d1", "1002", None);
    assert_eq!(
        lab.told(&["progress", "hangup", "state", "dial"]),
        ["progress d1 Done", "hangup d1 transferred", "state queued", "state ringing", "dial d2 sip:1003@desk"]
    );
}

#[test]
fn a_flow_goes_on_when_one_it_rings_leads_nowhere() {
    let mut lab = Lab::with(&[1001]);
    lab.leads_on(1002, &["unreachable 1003"]);
    lab.caller("95001");
    lab.presses("c1", '2');
    assert_eq!(lab.told(&["play c1 no_agent", "hangup"]), ["play c1 no_agent"]);
}

#[test]
fn feature_codes_lead_all_calls_on_and_end_that() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.call(Origin::Device(device(1002)), "*721001");
    assert_eq!(lab.told(&["play"]), ["play c1 Comfort"]);
    lab.played("c1");
    lab.settle();
    assert_eq!(lab.center.forwarding(T, agent(1002)), Some(rules(&["always 1001"])));
    lab.call(Origin::Device(device(1002)), "*73");
    lab.played("c2");
    lab.settle();
    assert_eq!(lab.center.forwarding(T, agent(1002)), Some(rules(&[])));
    lab.trace();
    for nowhere in ["*724711", "*721002", "*72110"] {
        lab.call(Origin::Device(device(1002)), nowhere);
        assert_eq!(lab.told(&["hangup"]).len(), 1, "{nowhere}");
    }
    assert_eq!(lab.center.forwarding(T, agent(1002)), Some(rules(&[])));
}

#[test]
fn rules_that_lead_nowhere_or_across_the_border_are_refused() {
    let mut lab = Lab::with(&[]);
    let now = lab.now;
    let mut set = |tenant, number, words: &[&str]| {
        lab.center.set_forwarding(now, tenant, agent(number), rules(words), "boss".into())
    };
    assert_eq!(set(T, 1001, &["busy 4711"]), Err(Refused::Nowhere(ForwardReason::Busy)));
    assert_eq!(set(T, 1001, &["always 1001"]), Err(Refused::Nowhere(ForwardReason::Always)));
    assert_eq!(set(T, 1001, &["unreachable queue:none"]), Err(Refused::Nowhere(ForwardReason::Unreachable)));
    assert_eq!(set(T, 1001, &["no_answer 110"]), Err(Refused::Nowhere(ForwardReason::NoAnswer)));
    assert_eq!(set(types::TenantId(2), 1001, &[]), Err(Refused::NotFound), "an agent of another tenant");
    assert_eq!(set(types::TenantId(9), 1001, &[]), Err(Refused::NotFound));
    assert_eq!(set(T, 1001, &["always 1002", "busy 13911112222", "no_answer queue:support"]), Ok(()));
}

#[test]
fn a_longer_ring_than_the_flow_allows_is_cut_short() {
    let mut lab = Lab::changed(|_: &mut Setup| ());
    lab.register(1002, 3600);
    let now = lab.now;
    let late = Forwarding { after_s: 40, ..rules(&["no_answer 1001"]) };
    lab.center.set_forwarding(now, T, agent(1002), late, "boss".into()).unwrap();
    lab.caller("95001");
    lab.presses("c1", '2');
    lab.trace();
    lab.wait(7);
    assert_eq!(lab.told(&["hangup d1", "play c1 no_agent"]), ["hangup d1 no_answer", "play c1 no_agent"]);
    let id = lab.interactions[0];
    let seen = lab.center.interaction(lab.now.after(Duration::ZERO), T, id).unwrap();
    assert_eq!((seen.record.forwards.len(), seen.now.state), (1, SegmentKind::Menu));
}

/// Rules that were set before the number was listed, and a telephone's own.
#[test]
fn a_call_is_not_led_on_to_a_number_that_is_not_to_be_called() {
    let mut lab = Lab::with(&[1001, 1002]);
    lab.leads_on(1002, &["always 13911112222"]);
    lab.lists("13911112222=asked");
    let now = lab.now;
    let again = lab.center.set_forwarding(now, T, agent(1001), rules(&["busy 13911112222"]), "boss".into());
    assert_eq!(again, Err(Refused::DoNotCall(DoNotCall::Asked)), "it is said while it is set");
    lab.caller("95004");
    lab.settle();
    assert_eq!(lab.told(&["dial"]), [""; 0]);
    assert_eq!(lab.records.last().unwrap().cause, Cause::DoNotCall);
    lab.leads_on(1002, &[]);
    lab.caller("95004");
    lab.redirects("d1", "sip:13911112222@desk");
    lab.settle();
    assert_eq!(lab.told(&["dial"]), ["dial d1 sip:1002@desk"], "the carrier is not dialled");
}
