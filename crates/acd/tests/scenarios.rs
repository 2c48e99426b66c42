//! What a shop would notice, as scripts and what comes of them.
//!
//! Script words: `10s` (so much time passes); `in1`, `out1`, `ready1`, `lunch1`, `busy1`, `free1`, `took1@2` (what agent 1 is
//! busy with was a customer of queue 2's and is over),
//! `done1` (ends wrap-up), `more1`, (a minute more of it), `alive1` of agent 1; `call5@2` (interaction 5
//! enters queue 2), `call5@2+10` with a priority, `back5@2` (comes back to the front), `leave5`,
//! `ring5/1` (agent 1 answers the offer of 5), `talk5/1`, `end5/1`, `reject5/1`, `failed5/1`. What happens
//! before `|` is not compared.

use std::time::Duration;

use acd::{
    AgentConfig, Error, LeaveReason, NoAgentPolicy, Output, QueueConfig, Rejection, Router, SkillRequirement, Strategy,
    Ticket,
};
use types::{AgentId, InteractionId, Mono, Now, QueueId, TenantId, Wall};

/// Noon of a day in China.
const NOON: Wall = Wall(1_795_406_400_000);

struct Shop {
    router: Router,
    now: Now,
    seen: Vec<String>,
}

fn queue(id: u64, change: impl FnOnce(&mut QueueConfig)) -> QueueConfig {
    let mut config = QueueConfig::new(QueueId(id), TenantId(1), "sales");
    config.no_agent = NoAgentPolicy::Wait;
    change(&mut config);
    config
}

impl Shop {
    /// Queues 1 and 2, with agents 1 to 3 in both of them.
    fn new(change: impl Fn(&mut QueueConfig)) -> Self {
        let now = Now { mono: Mono::from_millis(1000), wall: NOON };
        let mut shop = Self { router: Router::new(1), now, seen: Vec::new() };
        for id in 1..=2 {
            shop.router.upsert_queue(now, queue(id, &change)).expect("sound settings");
        }
        for id in 1..=3 {
            let config = AgentConfig::new(AgentId(id), TenantId(1), "1001", &[QueueId(1), QueueId(2)]);
            shop.router.upsert_agent(now, config).expect("sound settings");
        }
        shop
    }

    fn run(&mut self, script: &str) -> &mut Self {
        for word in script.split_whitespace() {
            match word.strip_suffix('s').and_then(|s| s.parse().ok()) {
                Some(seconds) => self.pass(Duration::from_secs(seconds)),
                None if word == "|" => self.seen.clear(),
                None => {
                    // Two things never happen at the very same moment.
                    self.pass(Duration::from_millis(1));
                    self.one(word).unwrap_or_else(|error| self.seen.push(error.to_string()));
                }
            }
            self.drain();
        }
        self
    }

    /// Lets time pass, as its owner would: timer by timer.
    fn pass(&mut self, time: Duration) {
        let end = self.now.after(time);
        while let Some(at) = self.router.poll_timeout().filter(|at| *at <= end.mono) {
            self.now = self.now.after(at - self.now.mono);
            self.router.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    fn one(&mut self, word: &str) -> Result<(), Error> {
        let at = word.find(|c: char| c.is_ascii_digit()).expect("a number");
        let (verb, rest) = word.split_at(at);
        let mut numbers = rest.split(['@', '/', '+']).map(|n| n.parse::<u64>().expect("a number"));
        let (first, second, third) = (numbers.next().expect("one"), numbers.next(), numbers.next());
        let (agent, call, now) = (AgentId(first), InteractionId(first), self.now);
        let with = AgentId(second.unwrap_or(0));
        let router = &mut self.router;
        match verb {
            "in" => router.sign_in(now, agent),
            "out" => router.sign_out(now, agent),
            "ready" => {
                router.sign_in(now, agent)?;
                router.ready(now, agent)
            }
            "lunch" => router.not_ready(now, agent, "lunch".into()),
            "busy" => router.busy_elsewhere(now, agent, InteractionId(1000 + first)),
            "free" => router.free_elsewhere(now, agent, InteractionId(1000 + first)),
            "took" => {
                let queue = QueueId(second.expect("a queue"));
                router.took_on_ended(now, InteractionId(1000 + first), agent, queue, now.mono)
            }
            "alive" => router.talk_alive(now, agent),
            "done" => router.wrap_up_ended(now, agent),
            "more" => router.wrap_up_extend(now, agent, Duration::from_secs(60)),
            "call" | "back" | "wish" => router.enqueue(
                now,
                Ticket {
                    interaction: call,
                    queue: QueueId(second.expect("a queue")),
                    priority: third.unwrap_or(0) as i32,
                    at: now,
                    front: verb == "back",
                    callback: verb == "wish",
                },
            ),
            "leave" => router.leave(now, call, LeaveReason::Abandoned),
            "ring" => router.offer_accepted(now, call, with),
            "talk" => router.talk_started(now, call, with),
            "end" => router.talk_ended(now, call, with),
            "reject" => router.offer_rejected(now, call, with, Rejection::Declined),
            "failed" => router.offer_rejected(now, call, with, Rejection::Failed),
            other => panic!("what is `{other}`?"),
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.router.poll_output() {
            self.seen.push(match output {
                Output::Settings(_) | Output::AsksLess { .. } => continue,
                Output::Offer { interaction, agent, decision, .. } => {
                    let beside: String = decision.together.iter().map(|agent| format!("+{}", agent.0)).collect();
                    format!("offer {} to {}{beside}", interaction.0, agent.0)
                }
                Output::OfferOver { interaction, agent, why, goes_on: true, .. } => {
                    format!("over {} at {} {}", interaction.0, agent.0, why.as_str())
                }
                Output::OfferOver { interaction, why, .. } => format!("over {} {}", interaction.0, why.as_str()),
                Output::AgentState { agent, state, reason, .. } => match reason {
                    Some(reason) => format!("{}={} {reason}", agent.0, state.as_str()),
                    None => format!("{}={}", agent.0, state.as_str()),
                },
                Output::WaitTooLong { interaction, .. } => format!("too long {}", interaction.0),
                Output::NoAgent { interaction, .. } => format!("nobody for {}", interaction.0),
                Output::QueueFull { interaction, .. } => format!("full for {}", interaction.0),
                Output::LeaseExpired { agent, lease, .. } => format!("expired {} {}", agent.0, lease.as_str()),
            });
        }
    }
}

#[track_caller]
fn check(change: impl Fn(&mut QueueConfig), script: &str, expected: &str) {
    let mut shop = Shop::new(change);
    shop.run(script);
    assert_eq!(shop.seen.join(", "), expected, "{script}");
}

#[test]
fn a_call_from_the_queue_to_the_end_of_the_work_after_it() {
    check(
        |q| q.wrap_up_s = 30,
        "ready1 | call5@1 ring5/1 talk5/1 60s end5/1 29s 1s",
        "offer 5 to 1, 1=ringing, 1=talking, 1=talking, 1=wrap_up, 1=ready",
    );
}

#[test]
fn a_customer_whom_a_colleague_handed_on_leaves_work_behind_as_well() {
    let wraps = |q: &mut QueueConfig| q.wrap_up_s = 30;
    check(
        wraps,
        "ready1 | busy1 call5@1 took1@1 free1 29s 1s",
        "1=talking, 1=wrap_up, 1=ready, offer 5 to 1, 1=ringing",
    );
    // No queue's talk that goes on beside is touched, nor one that is not there.
    check(wraps, "ready1 call5@1 talk5/1 busy1 | took1@1 free1", "that is over already");
    check(wraps, "ready1 | took1@1", "that is over already");
    // It takes the place of what is left of an earlier one; who has signed out does none.
    check(wraps, "ready1 call5@1 talk5/1 end5/1 20s | busy1 took1@1 free1 20s 10s", "1=talking, 1=wrap_up, 1=ready");
    check(wraps, "ready1 busy1 out1 | took1@1 free1", "1=offline");
}

#[test]
fn the_longest_idle_is_chosen_and_a_caller_who_gives_up_takes_nothing_from_it() {
    check(|_| {}, "ready2 ready1 ready3 | call5@1 leave5", "offer 5 to 2, 2=ringing, over 5 left, 2=ready");
    check(
        |_| {},
        "ready2 ready1 ready3 call5@1 leave5 | call6@1 talk6/2 end6/2 call7@2",
        "offer 6 to 2, 2=ringing, 2=talking, 2=ready, offer 7 to 1, 1=ringing",
    );
}

#[test]
fn round_robin_goes_round_whoever_is_idle_for_how_long() {
    let mut shop = Shop::new(|q| q.strategy = Strategy::RoundRobin);
    shop.run("ready1 ready2 ready3 |");
    for call in 10..16 {
        // By the longest idle, agent 1 would get them all.
        shop.run(&format!("call{call}@1 leave{call}"));
    }
    let offers: Vec<_> = shop.seen.iter().filter(|line| line.starts_with("offer")).cloned().collect();
    let to: Vec<_> = offers.iter().map(|line| line.rsplit(' ').next().unwrap_or_default()).collect();
    assert_eq!(to, ["1", "2", "3", "1", "2", "3"]);
}

#[test]
fn all_ring_and_who_does_not_get_the_call_keeps_its_place() {
    let all = |q: &mut QueueConfig| q.strategy = Strategy::RingAll;
    // Whoever waits for longest first; the others are free at once, without a word against them.
    check(
        all,
        "ready2 ready1 ready3 | call5@1 ring5/3 talk5/3",
        "offer 5 to 2+1+3, 2=ringing, 1=ringing, 3=ringing, over 5 at 2 taken, 2=ready, over 5 at 1 taken, 1=ready, \
         3=talking, 3=talking",
    );
    check(
        all,
        "ready2 ready1 ready3 call5@1 talk5/3 end5/3 | call6@1",
        "offer 6 to 2+1+3, 2=ringing, 1=ringing, 3=ringing",
    );
    // Who refuses, or leaves, is out of it alone; once the last has refused the customer stands in front again.
    check(
        all,
        "ready1 ready2 ready3 call5@1 call6@1+900 | reject5/1 out2 reject5/3 ready1",
        "1=not_ready declined, over 5 at 2 signed_out, 2=offline, 3=not_ready declined, 1=ready, offer 5 to 1, 1=ringing",
    );
    check(all, "ready1 ready2 call5@1 reject5/1 | ring5/2 talk5/2", "2=talking, 2=talking");
    // All who let it ring to the end have missed it.
    check(
        all,
        "ready1 ready2 call5@1 | 20s",
        "over 5 at 1 no_answer, 1=not_ready rona, over 5 no_answer, 2=not_ready rona",
    );
    check(all, "ready1 ready2 call5@1 | leave5", "over 5 at 2 left, 2=ready, over 5 left, 1=ready");
    // Whoever comes while others ring is not rung for the same call, and gets the next one.
    check(all, "ready1 call5@1 ready2 | call6@1", "offer 6 to 2, 2=ringing");
}

#[test]
fn only_the_first_tier_rings_together_and_no_more_than_are_allowed() {
    let mut shop = Shop::new(|q| q.strategy = Strategy::RingAll);
    for id in 1..=20 {
        let mut config = AgentConfig::new(AgentId(id), TenantId(1), "1001", &[QueueId(1)]);
        config.order = if id <= 3 { 2 } else { 1 };
        shop.router.upsert_agent(shop.now, config).unwrap();
        shop.run(&format!("ready{id}"));
    }
    shop.run("| call5@1 call6@1 call7@1 call8@1");
    let offers: Vec<_> = shop.seen.iter().filter(|line| line.starts_with("offer")).collect();
    assert_eq!(
        offers,
        ["offer 5 to 4+5+6+7+8+9+10+11", "offer 6 to 12+13+14+15+16+17+18+19", "offer 7 to 20", "offer 8 to 1+2+3"]
    );
}

#[test]
fn an_agent_who_does_not_answer_gets_no_more_and_the_caller_keeps_its_place() {
    check(
        |_| {},
        "ready1 call5@1 1s call6@1+500 | 20s ready2 in1 ready1",
        "over 5 no_answer, 1=not_ready rona, 2=not_ready signed_in, 2=ready, offer 5 to 2, 2=ringing, 1=ready, \
         offer 6 to 1, 1=ringing",
    );
    check(|_| {}, "ready1 call5@1 | reject5/1", "1=not_ready declined");
    check(|_| {}, "ready1 call5@1 ring5/1 | failed5/1", "1=not_ready phone_failed");
    check(|_| {}, "ready1 ready2 call5@1 20s | ring5/1", "that is over already");
}

#[test]
fn a_missed_offer_can_be_forgiven_after_a_while() {
    let mut shop = Shop::new(|_| {});
    let mut config = AgentConfig::new(AgentId(1), TenantId(1), "1001", &[QueueId(1)]);
    config.return_after_s = Some(5);
    shop.router.upsert_agent(shop.now, config).unwrap();
    shop.run("ready1 call5@1 | failed5/1 4s 1s");
    assert_eq!(shop.seen.join(", "), "1=not_ready phone_failed, 1=ready, offer 5 to 1, 1=ringing");
}

#[test]
fn what_an_agent_wishes_during_a_call_holds_after_it() {
    check(
        |q| q.wrap_up_s = 30,
        "ready1 call5@1 talk5/1 | lunch1 end5/1 30s",
        "1=talking, 1=wrap_up, 1=not_ready lunch",
    );
    check(|q| q.wrap_up_s = 30, "ready1 call5@1 talk5/1 | out1 end5/1", "1=offline");
    check(|q| q.wrap_up_s = 30, "ready1 call5@1 talk5/1 end5/1 | ready1", "1=ready");
    check(|_| {}, "ready1 call5@1 | lunch1 20s", "1=ringing, over 5 no_answer, 1=not_ready lunch");
    check(|_| {}, "ready1 call5@1 | out1", "over 5 signed_out, 1=offline");
}

#[test]
fn wrap_up_can_be_ended_and_extended() {
    check(|q| q.wrap_up_s = 30, "ready1 call5@1 talk5/1 end5/1 | done1", "1=ready");
    check(|q| q.wrap_up_s = 30, "ready1 call5@1 talk5/1 end5/1 | more1 89s", "1=wrap_up");
    check(|q| q.wrap_up_s = 30, "ready1 call5@1 talk5/1 end5/1 more1 | 90s", "1=ready");
    check(|_| {}, "ready1 | done1", "that is over already");
}

#[test]
fn a_call_outside_the_queues_keeps_offers_away() {
    check(|_| {}, "ready1 | busy1 call5@1 free1", "1=talking, 1=ready, offer 5 to 1, 1=ringing");
    check(|_| {}, "ready1 call5@1 | busy1", "over 5 busy, 1=talking");
}

#[test]
fn forgotten_releases_free_the_agent_and_say_so() {
    check(|_| {}, "ready1 call5@1 talk5/1 | 14399s 1s", "expired 1 talk, 1=ready");
    check(|_| {}, "ready1 call5@1 talk5/1 14000s alive1 | 14399s", "");
    check(
        |_| {},
        "ready1 call5@1 ring5/1 | 60s",
        "expired 1 connect, over 5 stalled, 1=ready, offer 5 to 1, 1=ringing",
    );
    check(|_| {}, "ready1 busy1 | 14400s", "expired 1 call, 1=ready");
}

#[test]
fn priority_counts_as_so_many_seconds_of_waiting() {
    check(|_| {}, "in1 call5@1 10s call6@2+9 | ready1", "1=ready, offer 5 to 1, 1=ringing");
    check(|_| {}, "in1 call5@1 10s call6@2+11 | ready1", "1=ready, offer 6 to 1, 1=ringing");
    check(|q| q.ageing = 0.0, "in1 call5@1 3600s call6@1+1 | ready1", "1=ready, offer 6 to 1, 1=ringing");
    check(|_| {}, "in1 call5@1+1000 back6@2 | ready1", "1=ready, offer 6 to 1, 1=ringing");
}

#[test]
fn a_full_queue_an_empty_shop_and_a_long_wait() {
    check(|q| q.max_length = 1, "call5@1 | call6@1 back7@1", "full for 6");
    check(|q| q.no_agent = NoAgentPolicy::Refuse, "call5@1", "nobody for 5");
    check(|q| q.no_agent = NoAgentPolicy::Refuse, "in1 call5@1 | out1", "1=offline");
    check(|q| q.no_agent = NoAgentPolicy::Leave, "in1 call5@1 | out1", "1=offline, nobody for 5");
    check(|q| q.max_wait_s = Some(60), "in1 call5@1 | 59s 1s", "too long 5");
    check(|q| q.max_wait_s = Some(60), "ready1 call5@1 50s ready2 | 1s", "");
}

#[test]
fn who_lacks_a_skill_or_belongs_to_another_tenant_gets_nothing() {
    let mut shop = Shop::new(|q| q.skills = vec![SkillRequirement { skill: "english".into(), min: 5 }]);
    let agent = |id, tenant, level| {
        let mut config = AgentConfig::new(AgentId(id), TenantId(tenant), "1001", &[QueueId(1)]);
        config.skills.insert("english".into(), level);
        config
    };
    for (id, tenant, level) in [(1, 1, 4), (2, 2, 9), (3, 1, 5)] {
        shop.router.upsert_agent(shop.now, agent(id, tenant, level)).unwrap();
    }
    shop.run("ready1 ready2 ready3 | call5@1");
    assert_eq!(shop.seen.join(", "), "offer 5 to 3, 3=ringing");
}

#[test]
fn a_decision_says_why() {
    let mut shop = Shop::new(|_| {});
    shop.run("ready1 4s ready2 in3 1s");
    let ticket = Ticket {
        interaction: InteractionId(5),
        queue: QueueId(1),
        priority: 0,
        at: shop.now,
        front: false,
        callback: false,
    };
    shop.router.enqueue(shop.now, ticket).unwrap();
    let Some(Output::Offer { decision, .. }) = shop.router.poll_output() else { panic!("an offer") };
    assert_eq!(
        (&*decision.strategy, decision.winner.agent, decision.next[0].agent),
        ("longest_idle", AgentId(1), AgentId(2))
    );
    assert_eq!((&*decision.winner.terms[0].name, decision.winner.terms[0].value), ("idle_ms", 5002));
    assert_eq!(decision.next[0].terms[0].value, 1001);
    assert_eq!((&*decision.excluded[0].reason, decision.excluded[0].count), ("not_ready", 1));
}

#[test]
fn the_days_figures_and_their_midnight() {
    let mut shop = Shop::new(|q| q.service_level_s = 20);
    shop.run("ready1 call5@1 talk5/1 call6@1 30s call7@1 leave7 end5/1 talk6/1");
    let day = shop.router.snapshot(shop.now, QueueId(1)).unwrap();
    assert_eq!((day.offered, day.answered, day.abandoned), (3, 2, 1));
    assert_eq!(day.service_level, Some(1.0 / 3.0));
    shop.run("call8@1 43200s");
    let day = shop.router.snapshot(shop.now, QueueId(1)).unwrap();
    assert_eq!((day.offered, day.answered, day.waiting, day.service_level), (0, 0, 1, None));
}

#[test]
fn the_expected_wait_is_told_only_when_something_is_known() {
    let mut shop = Shop::new(|q| q.wrap_up_s = 10);
    shop.run("ready1");
    for call in 10..15 {
        shop.run(&format!("call{call}@1 talk{call}/1 50s end{call}/1 10s"));
    }
    shop.run("call20@1 talk20/1 call21@1 call22@1");
    let estimate = |shop: &Shop, call| shop.router.estimate(InteractionId(call)).map(|wait| wait.as_secs());
    assert_eq!((estimate(&shop, 21), estimate(&shop, 22)), (Some(60), Some(120)));
    assert_eq!((shop.router.position(InteractionId(21)), shop.router.position(InteractionId(22))), (Some(1), Some(2)));
    // Another agent makes it shorter.
    shop.run("ready2 ring21/2 call23@1");
    assert_eq!(estimate(&shop, 22), Some(30));
    shop.run("call24@2");
    assert_eq!(estimate(&shop, 24), None, "that queue has measured nothing");
    shop.run("out1 out2 talk21/2 end20/1 end21/2");
    assert_eq!((shop.router.position(InteractionId(22)), estimate(&shop, 22)), (Some(1), None), "nobody works");
}

#[test]
fn removing_a_queue_frees_its_agents_and_sends_its_callers_on() {
    let mut shop = Shop::new(|_| {});
    shop.run("ready1 call5@1 call6@1 call7@2 |");
    shop.router.remove_queue(shop.now, QueueId(1)).unwrap();
    shop.drain();
    assert_eq!(shop.seen.join(", "), "nobody for 6, over 5 left, 1=ready, nobody for 5, offer 7 to 1, 1=ringing");
}

#[test]
fn changed_settings_hold_for_those_who_wait() {
    let mut shop = Shop::new(|q| q.ageing = 0.0);
    shop.run("in1 call5@1 10s call6@1+5 |");
    shop.router.upsert_queue(shop.now, queue(1, |q| q.ageing = 1.0)).unwrap();
    shop.run("ready1");
    assert_eq!(shop.seen.join(", "), "1=ready, offer 5 to 1, 1=ringing");
}

#[test]
fn settings_are_read_strictly() {
    let queue = r#"{"id": "0000000000001", "tenant": "0000000000001", "name": "sales"}"#;
    let read: QueueConfig = serde_json::from_str(queue).unwrap();
    assert_eq!(read, QueueConfig::new(QueueId(1), TenantId(1), "sales"));
    assert_eq!(read.validate(), Ok(()));
    let text = serde_json::to_string(&read).unwrap();
    assert_eq!(serde_json::from_str::<QueueConfig>(&text).unwrap(), read);
    assert!(serde_json::from_str::<QueueConfig>(&queue.replace("name", "nmae")).is_err());
    let mut wrong = read.clone();
    wrong.ageing = f64::NAN;
    assert_eq!(wrong.validate().map_err(|e| e.field), Err("ageing"));
    wrong = QueueConfig { ring_timeout_s: 0, ..read };
    assert_eq!(wrong.validate().unwrap_err().to_string(), "ring_timeout_s: must be 1 to 600");
    let agent = r#"{"id": "0000000000001", "tenant": "0000000000001", "number": "1001", "skills": {"english": 11}}"#;
    let read: AgentConfig = serde_json::from_str(agent).unwrap();
    assert_eq!(read.validate().map_err(|e| e.field), Err("skills"));
}

#[test]
fn a_callback_waits_in_its_place_whatever_the_queue_says_of_callers() {
    let mut shop = Shop::new(|q| {
        q.max_length = 1;
        q.max_wait_s = Some(60);
        q.no_agent = NoAgentPolicy::Leave;
    });
    // Let in though nobody is signed in, and no part of the day's figures.
    shop.run("wish5@1 10s in1 call6@1 wish7@1");
    let queue = shop.router.snapshot(shop.now, QueueId(1)).unwrap();
    assert_eq!((queue.waiting, queue.callbacks, queue.offered, queue.refused), (1, 2, 1, 0));
    let longest = queue.longest_wait_since.map(|since| shop.now.wall.ms_since(since) < 1_000);
    assert_eq!(longest, Some(true), "the caller's, who came last");
    shop.seen.clear();
    shop.run("ready1 reject5/1");
    assert!(shop.seen.contains(&"offer 5 to 1".to_owned()), "{:?}", shop.seen);
    shop.seen.clear();
    shop.run("120s");
    assert!(shop.seen.contains(&"too long 6".to_owned()), "who waits on the line leaves in time: {:?}", shop.seen);
    shop.run("out1");
    let queue = shop.router.snapshot(shop.now, QueueId(1)).unwrap();
    assert_eq!((queue.waiting, queue.callbacks), (0, 2), "and nobody waits for callers alone");
}

#[test]
fn what_an_agent_does_not_take_of_a_callback_waits_on_as_another() {
    let mut shop = Shop::new(|_| {});
    shop.run("ready1 ready2 wish5@1");
    shop.seen.clear();
    shop.router
        .callback_rejected(shop.now, InteractionId(5), AgentId(1), Rejection::NoAnswer, InteractionId(9))
        .unwrap();
    shop.run("0s");
    assert!(shop.seen.contains(&"offer 9 to 2".to_owned()), "{:?}", shop.seen);
    let stale =
        shop.router.callback_rejected(shop.now, InteractionId(5), AgentId(1), Rejection::NoAnswer, InteractionId(10));
    assert_eq!(stale, Err(Error::Stale));
}
