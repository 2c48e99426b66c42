//! Customers who ring again: to their last agent, and back to their place.

use std::time::Duration;

use types::AgentId;

use super::lab::{Lab, SALES, T, agent};
use crate::Was;

fn lab(change: impl Fn(&mut acd::QueueConfig)) -> Lab {
    let mut lab = Lab::changed(|setup| {
        for queue in setup.queues.iter_mut().filter(|queue| queue.id == SALES) {
            queue.wrap_up_s = 0;
            change(queue);
        }
    });
    lab.trace();
    lab
}

fn winners(lab: &Lab) -> Vec<(String, AgentId)> {
    let decisions = lab.records.iter().flat_map(|record| &record.decisions);
    decisions.map(|decision| (decision.strategy.to_string(), decision.winner.agent)).collect()
}

#[test]
fn who_rings_again_gets_the_agent_it_talked_to_though_another_is_idle_for_longer() {
    let mut lab = lab(|queue| queue.last_agent_wait_s = Some(20));
    lab.register(1001, 3600);
    lab.caller("95002");
    lab.answers("d1");
    lab.wait(5);
    lab.register(1003, 3600);
    lab.wait(5);
    lab.hangs_up("c1");
    lab.settle();
    lab.caller("95002");
    lab.answers("d2");
    lab.wait(5);
    lab.hangs_up("c2");
    lab.settle();
    let last = ("last_agent".to_owned(), agent(1001));
    assert_eq!(winners(&lab), [("longest_idle".to_owned(), agent(1001)), last]);
}

#[test]
fn who_loses_its_call_in_the_queue_stands_where_it_stood() {
    let mut lab = lab(|queue| queue.keep_place_s = Some(60));
    lab.caller("95002");
    lab.wait(30);
    lab.hangs_up("c1");
    lab.settle();
    lab.wait(10);
    lab.caller("95002");
    lab.register(1001, 3600);
    lab.answers("d1");
    lab.wait(5);
    lab.hangs_up("c2");
    lab.settle();
    let record = lab.records.last().unwrap();
    assert_eq!(record.wait_ms, 0, "the record tells of this call alone");
    let figures = lab.center.queues_live(lab.now, T);
    let sales = figures.iter().find(|queue| queue.queue == SALES).unwrap();
    assert_eq!(sales.service_level, Some(0.0), "the queue counts the whole wait of 40 s");
}

#[test]
fn a_restart_forgets_neither_the_last_agent_nor_a_lost_place() {
    let mut lab = lab(|queue| (queue.last_agent_wait_s, queue.keep_place_s) = (Some(20), Some(60)));
    let number = "13900000001".into();
    lab.register(1001, 3600);
    lab.wait(5);
    lab.register(1003, 3600);
    let ended = types::Wall(lab.now.wall.0 - 10_000);
    lab.center.restore_customer(lab.now, T, &number, SALES, ended, Was::Served(agent(1003)));
    lab.caller("95002");
    lab.answers("d1");
    assert_eq!(
        (lab.state(1001).as_str(), lab.state(1003).as_str()),
        ("ready", "talking"),
        "though 1001 is idle longer"
    );
    lab.hangs_up("c1");
    lab.settle();
    let lost = Was::Lost { waited: Duration::from_secs(30) };
    lab.center.restore_customer(lab.now, T, &number, SALES, ended, lost);
    lab.caller("95002");
    let live = lab.center.live(lab.now, T).unwrap();
    let since = live.interactions.last().unwrap().waiting_since.unwrap();
    assert_eq!(lab.now.wall.ms_since(since), lab.now.wall.ms_since(ended) + 30_000, "it has waited all along");
}
