//! What one decision costs as a centre grows: 200 queues, every agent in four of them, ten waiting for each agent. An
//! agent becomes free and gets the call that is its due; beside it the same by a scan of plain lists.
//! `DECISION_TABLE=1 cargo bench -p acd` prints percentiles of single decisions instead, as the plot in the docs shows them.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use acd::{AgentConfig, NoAgentPolicy, QueueConfig, Router, Ticket};
use criterion::{BenchmarkId, Criterion};
use types::{AgentId, InteractionId, Mono, Now, QueueId, TenantId, Wall};

const QUEUES: u64 = 200;
const QUEUES_OF_AN_AGENT: u64 = 4;
const WAITING_PER_AGENT: u64 = 10;
const SIZES: [u64; 5] = [312, 625, 1_250, 2_500, 5_000];
/// Decisions of which the table tells percentiles.
const SAMPLES: usize = 20_000;

fn at(ms: u64) -> Now {
    Now { mono: Mono::from_millis(ms), wall: Wall(1_795_406_400_000 + ms as i64) }
}

fn queues_of(agent: u64) -> Vec<QueueId> {
    (0..QUEUES_OF_AN_AGENT).map(|n| QueueId(1 + (agent * 7 + n * 53) % QUEUES)).collect()
}

/// The queue and the priority of a call.
fn call(id: u64) -> (QueueId, i32) {
    (QueueId(1 + id * 31 % QUEUES), (id * 17 % 100) as i32)
}

/// All agents at work, and ten waiting for each of them.
struct Centre {
    router: Router,
    /// Whom each agent talks to, by the agent's id less one.
    talks: Vec<InteractionId>,
    next_call: u64,
    ms: u64,
}

impl Centre {
    fn new(agents: u64) -> Self {
        let mut router = Router::new(1);
        for id in 1..=QUEUES {
            let policy = NoAgentPolicy::Wait;
            let queue = QueueConfig { no_agent: policy, ..QueueConfig::new(QueueId(id), TenantId(1), "queue") };
            router.upsert_queue(at(0), queue).expect("sound");
        }
        for id in 1..=agents {
            let config = AgentConfig::new(AgentId(id), TenantId(1), &id.to_string(), &queues_of(id));
            router.upsert_agent(at(0), config).expect("sound");
        }
        let mut centre = Self { router, talks: vec![InteractionId(0); agents as usize], next_call: 0, ms: 1 };
        for _ in 0..agents * WAITING_PER_AGENT {
            centre.arrives(None);
        }
        for id in 1..=agents {
            centre.router.sign_in(at(centre.ms), AgentId(id)).expect("known");
            centre.router.ready(at(centre.ms), AgentId(id)).expect("known");
            centre.takes(AgentId(id));
        }
        centre
    }

    fn arrives(&mut self, queue: Option<QueueId>) {
        self.next_call += 1;
        self.ms += 1;
        let (drawn, priority) = call(self.next_call);
        let queue = queue.unwrap_or(drawn);
        let interaction = InteractionId(self.next_call);
        let ticket = Ticket { interaction, queue, priority, at: at(self.ms), front: false, callback: false };
        self.router.enqueue(at(self.ms), ticket).expect("known");
        while self.router.poll_output().is_some() {}
    }

    fn takes(&mut self, agent: AgentId) {
        while let Some(output) = self.router.poll_output() {
            if let acd::Output::Offer { interaction, agent: to, .. } = output {
                assert_eq!(to, agent);
                self.talks[agent.0 as usize - 1] = interaction;
            }
        }
        self.router.talk_started(at(self.ms), self.talks[agent.0 as usize - 1], agent).expect("offered");
        while self.router.poll_output().is_some() {}
    }

    /// An agent's talk ends, which makes the decision; the time of that alone.
    fn decides(&mut self, agent: AgentId) -> Duration {
        self.arrives(Some(queues_of(agent.0)[self.next_call as usize % QUEUES_OF_AN_AGENT as usize]));
        let talk = self.talks[agent.0 as usize - 1];
        let begun = Instant::now();
        self.router.talk_ended(at(self.ms), talk, agent).expect("it talks");
        let took = begun.elapsed();
        self.takes(agent);
        took
    }
}

/// The same by plain lists: all who wait are looked at.
struct Lists {
    waiting: Vec<(QueueId, i32, u64, u64)>,
    ms: u64,
    next_call: u64,
}

impl Lists {
    fn new(agents: u64) -> Self {
        let mut lists = Self { waiting: Vec::new(), ms: 1, next_call: 0 };
        for _ in 0..agents * WAITING_PER_AGENT {
            lists.arrives(None);
        }
        lists
    }

    fn arrives(&mut self, queue: Option<QueueId>) {
        self.next_call += 1;
        self.ms += 1;
        let (drawn, priority) = call(self.next_call);
        let queue = queue.unwrap_or(drawn);
        self.waiting.push((queue, priority, self.ms, self.next_call));
    }

    fn decides(&mut self, agent: AgentId) -> Duration {
        self.arrives(Some(queues_of(agent.0)[self.next_call as usize % QUEUES_OF_AN_AGENT as usize]));
        let begun = Instant::now();
        let queues = queues_of(agent.0);
        let fits = self.waiting.iter().enumerate().filter(|(_, waits)| queues.contains(&waits.0));
        let score =
            |(_, waits): &(usize, &(QueueId, i32, u64, u64))| i64::from(waits.1) * 1000 + (self.ms - waits.2) as i64;
        if let Some(place) = fits.max_by_key(score).map(|(place, _)| place) {
            black_box(self.waiting.remove(place));
        }
        begun.elapsed()
    }
}

fn percentile(sorted: &[Duration], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6
}

fn table() {
    for agents in SIZES {
        let (mut centre, mut lists) = (Centre::new(agents), Lists::new(agents));
        let turn = |n: usize| AgentId(1 + (n as u64 * 7_919) % agents);
        let mut ours: Vec<_> = (0..SAMPLES).map(|n| centre.decides(turn(n))).collect();
        let mut plain: Vec<_> = (0..SAMPLES / 10).map(|n| lists.decides(turn(n))).collect();
        ours.sort_unstable();
        plain.sort_unstable();
        let us = |sorted: &[Duration]| (percentile(sorted, 0.5), percentile(sorted, 0.99));
        let ((p50, p99), (list_p50, list_p99)) = (us(&ours), us(&plain));
        let waiting = agents * WAITING_PER_AGENT;
        println!(
            "{{\"agents\": {agents}, \"waiting\": {waiting}, \"p50_us\": {p50:.1}, \"p99_us\": {p99:.1}, \
             \"list_p50_us\": {list_p50:.1}, \"list_p99_us\": {list_p99:.1}}}"
        );
    }
}

fn main() {
    if std::env::var_os("DECISION_TABLE").is_some() {
        return table();
    }
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("decision");
    for agents in SIZES {
        let mut n = 0;
        let mut turn = || {
            n += 7_919;
            AgentId(1 + n % agents)
        };
        let mut centre = Centre::new(agents);
        group.bench_function(BenchmarkId::new("router", agents), |b| {
            b.iter_custom(|iters| (0..iters).map(|_| centre.decides(turn())).sum());
        });
        let mut lists = Lists::new(agents);
        group.bench_function(BenchmarkId::new("list scan", agents), |b| {
            b.iter_custom(|iters| (0..iters).map(|_| lists.decides(turn())).sum());
        });
    }
    group.finish();
    criterion.final_summary();
}
