//! What the signalling of a bridged call costs: two dialogs of one agent, with peers whose time is not counted.
//!
//! `cargo bench -p sip --bench bridge` prints microseconds of this machine for each call, and bytes held for each record
//! that a call leaves behind for 32 s.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use sip::agent::{AgentConfig, Body, CallHandle, Event, Invite};
use sip::{Agent, Flow, Transport};
use types::{Mono, Now, Wall};

const CALLS: usize = 100_000;
const STANDING: usize = 5_000;
const SDP: &[u8] =
    b"v=0\r\no=u 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0 101\r\n\
a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n";

struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);

#[allow(unsafe_code)]
// SAFETY: every call goes on to the system's allocator unchanged; only sizes are counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// This thread's processor time: others on the machine don't count.
#[allow(unsafe_code)]
fn cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the place to write to is ours, and the clock's number is a constant of the system's.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

struct Bench {
    now: Now,
    /// Caller, server, callee.
    agents: [Agent; 3],
    spent: Duration,
    air: Vec<(usize, Flow, Bytes)>,
    messages: usize,
}

fn address(node: usize) -> std::net::SocketAddr {
    format!("127.0.0.1:{}", 5060 + node).parse().unwrap()
}

impl Bench {
    fn new() -> Self {
        let agent = |node: usize| {
            let mut config =
                AgentConfig::new(node as u64 + 1).identity(Transport::Udp, address(node), address(node).to_string());
            config.user_agent = "Lingtong".to_owned();
            config.limits.max_new_calls_per_s = 1_000_000;
            Agent::new(config)
        };
        let now = Now { mono: Mono::from_millis(1), wall: Wall(0) };
        Self { now, agents: [agent(0), agent(1), agent(2)], spent: Duration::ZERO, air: Vec::new(), messages: 0 }
    }

    fn with<T>(&mut self, node: usize, act: impl FnOnce(&mut Agent, Now) -> T) -> T {
        let start = cpu_time();
        let done = act(&mut self.agents[node], self.now);
        if node == 1 {
            self.spent += cpu_time() - start;
        }
        done
    }

    /// Carries what an agent wants to send; gives its events.
    fn drain(&mut self, node: usize) -> Vec<Event> {
        let (sent, events) = self.with(node, |agent, _| {
            let sent: Vec<_> = std::iter::from_fn(|| agent.poll_transmit()).collect();
            let events: Vec<_> = std::iter::from_fn(|| agent.poll_event()).collect();
            (sent, events)
        });
        for transmit in sent {
            let to = usize::from(transmit.flow.remote.port() - 5060);
            let flow = Flow { transport: Transport::Udp, local: address(to), remote: address(node), conn: 0 };
            self.messages += usize::from(node == 1 || to == 1);
            // A datagram is copied out of the socket's buffer.
            self.air.push((to, flow, Bytes::copy_from_slice(&transmit.bytes)));
        }
        events
    }

    fn deliver(&mut self) -> Vec<(usize, Event)> {
        let mut events = Vec::new();
        for (to, flow, bytes) in std::mem::take(&mut self.air) {
            self.with(to, |agent, now| agent.handle_message(now, flow, bytes));
            events.extend(self.drain(to).into_iter().map(|event| (to, event)));
        }
        events
    }

    /// A call from INVITE to BYE.
    fn call(&mut self) {
        let (caller, legs) = self.set_up();
        self.with(0, |agent, now| agent.bye(now, caller, &[]).unwrap());
        self.drain(0);
        for _ in 0..4 {
            for (node, event) in self.deliver() {
                if let (1, Event::Ended { call, .. }) = (node, event)
                    && Some(call) == legs[0]
                {
                    self.with(1, |agent, now| agent.bye(now, legs[1].unwrap(), &[]).unwrap());
                    self.drain(1);
                }
            }
        }
        self.pass(Duration::from_millis(1));
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now.after(time);
        for node in 0..3 {
            if self.agents[node].poll_timeout().is_some_and(|at| at <= self.now.mono) {
                self.with(node, |agent, now| agent.handle_timeout(now));
            }
        }
    }

    fn set_up(&mut self) -> (CallHandle, [Option<CallHandle>; 2]) {
        let invite = |agent: &mut Agent, now: Now, to: usize| {
            let flow = Flow::to(Transport::Udp, address(to));
            let target = format!("sip:agent@{}", address(to));
            agent.invite(now, &Invite::new(flow, &target, "<sip:caller@127.0.0.1>", Some(Body::sdp(SDP)))).unwrap()
        };
        let caller = self.with(0, |agent, now| invite(agent, now, 1));
        self.drain(0);
        let mut legs: [Option<CallHandle>; 2] = [None, None];
        for _ in 0..6 {
            for (node, event) in self.deliver() {
                match (node, event) {
                    (1, Event::Incoming { call, .. }) => {
                        legs = [Some(call), Some(self.with(1, |agent, now| invite(agent, now, 2)))];
                    }
                    (2, Event::Incoming { call, .. }) => self.with(2, |agent, now| {
                        agent.provisional(now, call, 180, None, false, &[]).unwrap();
                        agent.answer(now, call, Some(Body::sdp(SDP)), &[]).unwrap();
                    }),
                    (1, Event::Progress { .. }) => self.with(1, |agent, now| {
                        agent.provisional(now, legs[0].unwrap(), 180, None, false, &[]).unwrap();
                    }),
                    (1, Event::Answered { .. }) => self.with(1, |agent, now| {
                        agent.answer(now, legs[0].unwrap(), Some(Body::sdp(SDP)), &[]).unwrap();
                    }),
                    _ => {}
                }
                self.drain(node);
            }
        }
        (caller, legs)
    }
}

fn main() {
    let mut bench = Bench::new();
    let before = HELD.load(Ordering::Relaxed);
    for _ in 0..CALLS {
        bench.call();
    }
    let stats = bench.agents[1].stats();
    let per_call = bench.spent.as_secs_f64() * 1e6 / CALLS as f64;
    println!("{per_call:.1} us a bridged call of {:.1} messages", bench.messages as f64 / CALLS as f64);
    println!("{stats:?}");
    let held = HELD.load(Ordering::Relaxed) - before;
    let records: usize = bench.agents.iter().map(|agent| agent.stats().lingering).sum();
    println!("{held} bytes held by all three agents for {records} records: {} each", held / records.max(1));
    let before = HELD.load(Ordering::Relaxed);
    for _ in 0..STANDING {
        bench.set_up();
    }
    let after_rush = HELD.load(Ordering::Relaxed).saturating_sub(before);
    bench.pass(Duration::from_secs(60));
    let settled = HELD.load(Ordering::Relaxed);
    // The caller and the callee have one leg each, the server two; records of the first part are gone by now.
    println!(
        "{after_rush} bytes more while {STANDING} calls were set up; {} each leg once settled",
        settled / STANDING / 4
    );
}
