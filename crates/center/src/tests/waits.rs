//! What is kept of why a customer waited.

use super::lab::{Lab, SALES};

#[test]
fn a_record_keeps_who_stood_before_what_agents_did_and_what_was_asked() {
    let mut lab = Lab::changed(|setup| {
        for queue in setup.queues.iter_mut().filter(|queue| queue.id == SALES) {
            queue.wrap_up_s = 0;
            queue.skills = vec![acd::SkillRequirement { skill: "english".into(), min: 7 }];
            queue.relax = vec![acd::Relaxation { after_s: 20, skill: "english".into(), min: 0 }];
        }
    });
    lab.trace();
    lab.caller("95002");
    lab.caller("95002");
    lab.wait(30);
    lab.register(1001, 3600);
    lab.answers("d1");
    lab.wait(5);
    lab.hangs_up("c2");
    lab.hangs_up("c1");
    lab.settle();
    let records = lab.records.iter().filter(|record| record.waits.first().is_some_and(|note| note.ahead == 1));
    let waits = records.flat_map(|record| &record.waits).collect::<Vec<_>>();
    let [first, .., last] = &waits[..] else { panic!("two notes at least: {waits:?}") };
    let asked = |note: &types::record::WaitNote| note.asked.iter().map(|it| (it.first, it.min)).collect::<Vec<_>>();
    assert_eq!((asked(first), asked(last)), (vec![(7, 7)], vec![(7, 0)]));
    assert_eq!(first.agents, Default::default(), "nobody was signed in");
    let relaxed = waits.iter().find(|note| asked(note) == [(7, 0)]).unwrap();
    assert_eq!(relaxed.at.ms_since(first.at), 20_000, "the step has a note of its own");
}
