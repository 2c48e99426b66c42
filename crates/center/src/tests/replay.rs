//! A decision of the past is made again from what the journal holds, and from nothing else.

use acd::{AgentConfig, Strategy};
use types::event::Event;
use types::leg::Text;
use types::record::{Candidate, InteractionRecord};
use types::{AgentId, InteractionId};

use super::lab::{Lab, SALES, T};
use crate::{PastOffer, Replay};

/// Agents of sales besides the lab's three.
const MORE: u64 = 37;

/// The lab with forty agents at fixed addresses, who so are ready from the start, chosen by this strategy.
fn crowd(strategy: Strategy) -> Lab {
    Lab::changed(|setup| {
        let tenant = setup.directory.tenant().id;
        if tenant != T {
            return;
        }
        for queue in setup.queues.iter_mut().filter(|queue| queue.id == SALES) {
            queue.strategy = strategy;
            queue.wrap_up_s = 0;
        }
        for n in 0..MORE {
            let (id, number): (_, Text) = (AgentId(500 + n), format!("2{n:03}").into());
            let address = Some(format!("sip:{number}@desk").as_str().into());
            let name = types::Private::new(Text::from(""));
            setup
                .directory
                .add_agent(directory::Agent { id, tenant, number: number.clone(), name, address, caller_id: None })
                .unwrap();
            setup.agents.push(AgentConfig::new(id, tenant, &number, &[SALES]));
        }
    })
}

/// Makes every offer again that the journal tells of.
fn again(lab: &Lab) -> Vec<PastOffer> {
    let mut replay = Replay::new(T);
    let events = lab.written.iter().map(|json| serde_json::from_str::<Event>(json).unwrap());
    let offers = events.filter_map(|event| replay.take(&event, |_| true)).collect();
    assert_eq!(replay.unreadable(), 0);
    offers
}

/// The offer that a record's only decision was about.
fn of<'a>(offers: &'a [PastOffer], record: &InteractionRecord) -> &'a PastOffer {
    let [decision] = &record.decisions[..] else { panic!("{} decisions", record.decisions.len()) };
    let mut found = offers.iter().filter(|o| o.interaction == record.id && o.at == decision.at);
    let offer = found.next().expect("the journal tells of the offer");
    assert!(offer.ranking.agrees_with(decision), "{:?} {decision:?}", offer.ranking);
    assert_eq!((offer.agent, offer.queue), (decision.winner.agent, decision.queue));
    offer
}

fn idle_s(candidate: &Candidate) -> i64 {
    candidate.terms.iter().find(|term| &*term.name == "idle_ms").map_or(-1, |term| term.value / 1000)
}

#[test]
fn all_candidates_of_a_kept_decision_come_back_with_their_scores() {
    let mut lab = crowd(Strategy::LongestIdle);
    // One after the other goes and comes back, a second apart, so that each has been idle for another time.
    for n in 0..MORE {
        lab.wait(1);
        let agent = AgentId(500 + (n * 11) % MORE);
        lab.center.order(lab.now, T, agent, crate::AgentOrder::NotReady("lunch".into())).unwrap();
        lab.center.order(lab.now, T, agent, crate::AgentOrder::Ready).unwrap();
    }
    // Three are not there, two of them for reasons of their own.
    lab.center.order(lab.now, T, AgentId(507), crate::AgentOrder::NotReady("lunch".into())).unwrap();
    lab.center.order(lab.now, T, AgentId(508), crate::AgentOrder::SignOut).unwrap();
    lab.wait(1);
    lab.caller("95002");
    lab.answers("d1");
    lab.wait(10);
    lab.hangs_up("c1");
    lab.settle();
    let offers = again(&lab);
    let offer = of(&offers, &lab.records[0]);
    // In the order in which they came back, those who are not there left out.
    let expected: Vec<(u64, i64)> = (0..MORE)
        .map(|n| (500 + (n * 11) % MORE, (MORE - n) as i64))
        .filter(|(agent, _)| ![507, 508].contains(agent))
        .collect();
    let candidates = &offer.ranking.candidates;
    assert_eq!(candidates.iter().map(|c| (c.agent.0, idle_s(c))).collect::<Vec<_>>(), expected);
    assert_eq!(candidates.len(), 35, "the winner, the ten that the record keeps, and all the others");
    let excluded: Vec<_> = offer.ranking.excluded.iter().map(|e| (&*e.reason, e.count)).collect();
    assert_eq!(excluded, [("offline", 3), ("not_ready", 1)]);
}

#[test]
fn decisions_that_follow_from_earlier_ones_come_back_too() {
    let mut lab = crowd(Strategy::RoundRobin);
    for n in 1..=60 {
        lab.caller("95002");
        let leg = format!("d{n}");
        if n % 7 == 0 {
            // Declined: the next one is asked, and this one is not ready.
            lab.ends(&leg, types::Cause::Declined, true);
            lab.hangs_up(&format!("c{n}"));
        } else {
            lab.answers(&leg);
            lab.wait(3);
            lab.hangs_up(&format!("c{n}"));
        }
        lab.settle();
    }
    let offers = again(&lab);
    let mut checked = 0;
    for record in &lab.records {
        for decision in &record.decisions {
            let fits = |o: &&PastOffer| o.interaction == record.id && o.agent == decision.winner.agent;
            let offer = offers.iter().find(fits).expect("the journal tells of the offer");
            assert!(offer.ranking.agrees_with(decision), "{:?} {decision:?}", offer.ranking);
            checked += 1;
        }
    }
    assert!(checked >= 60, "{checked} decisions");
    let offered: u64 =
        offers.iter().flat_map(|o| &o.ranking.candidates).map(|c| c.terms[0].value as u64).max().unwrap();
    assert!(offered >= 30, "offers are counted back over the whole round: {offered}");
}

#[test]
fn a_journal_that_does_not_reach_back_to_the_beginning_says_nothing() {
    let mut lab = crowd(Strategy::LongestIdle);
    lab.caller("95002");
    let mut replay = Replay::new(T);
    let events: Vec<Event> = lab.written.iter().map(|json| serde_json::from_str(json).unwrap()).collect();
    let begins = |event: &Event| matches!(event.what, types::event::Happening::RoutingChanged { begun: Some(_), .. });
    let rest = events.iter().filter(|event| !begins(event));
    assert_eq!(rest.filter_map(|event| replay.take(event, |_| true)).count(), 0);
    let mut other = Replay::new(types::TenantId(2));
    assert_eq!(events.iter().filter_map(|event| other.take(event, |_| true)).count(), 0, "of this tenant alone");
    let mut whole = Replay::new(T);
    assert_eq!(events.iter().filter_map(|event| whole.take(event, |id| id == InteractionId(1))).count(), 0);
}

#[test]
fn all_is_told_again_now_and_then_so_that_no_more_than_that_has_to_be_read() {
    let mut lab = crowd(Strategy::RoundRobin);
    let begins = |json: &str| json.contains("routing.changed") && json.contains("\"begun\"");
    for n in 1..=60 {
        lab.caller("95002");
        lab.answers(&format!("d{n}"));
        lab.wait(3);
        lab.hangs_up(&format!("c{n}"));
        lab.settle();
    }
    lab.wait(3_700);
    for n in 61..=80 {
        lab.caller("95002");
        lab.answers(&format!("d{n}"));
        lab.wait(3);
        lab.hangs_up(&format!("c{n}"));
        lab.settle();
    }
    let told: Vec<usize> = (0..lab.written.len()).filter(|at| begins(&lab.written[*at])).collect();
    assert!((2..=4).contains(&told.len()), "at the beginning and after each hour: {told:?}");
    lab.written.drain(..*told.last().unwrap());
    let offers = again(&lab);
    assert!(offers.len() >= 15, "{}", offers.len());
    for offer in &offers {
        let record = lab.records.iter().find(|r| r.id == offer.interaction).unwrap();
        assert!(offer.ranking.agrees_with(&record.decisions[0]), "{offer:?} {:?}", record.decisions[0]);
        assert_eq!(offer.ranking.left_out.len(), 2, "two of the lab's own serve this queue, and are not there");
    }
}
