//! The same call twice: once in one process, once with the callee saved and restored at random moments. The peer can't
//! tell the difference.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sip::Method;
use sip::Transport;
use sip::agent::{Agent, Body, CallHandle, Event, Sdp};

use crate::harness::*;

struct Story {
    net: Net,
    script: StdRng,
    /// Decides on restarts alone, so that the script is the same with and without.
    fate: Option<StdRng>,
    calls: [CallHandle; 2],
    /// A change is under way; no second one is begun, so that there is no glare with its random waits.
    changing: bool,
    change_open: [bool; 2],
    offer_open: [bool; 2],
    heard: Vec<String>,
    restarts: u64,
}

impl Story {
    fn new(seed: u64, with_restarts: bool) -> Self {
        let mut net = Net::new(seed, 2);
        net.delay_ms = 50..51;
        net.invite(A, B, Some(OFFER));
        net.run_ms(60);
        let (callee, ..) = net.incoming(B);
        net.answer(B, callee, ANSWER);
        net.run_ms(60);
        let events = net.take(A);
        let [Event::Answered { call: caller, .. }] = events[..] else { panic!("{events:?}") };
        Self {
            net,
            script: StdRng::seed_from_u64(seed),
            fate: with_restarts.then(|| StdRng::seed_from_u64(!seed)),
            calls: [caller, callee],
            changing: false,
            change_open: [false; 2],
            offer_open: [false; 2],
            heard: Vec::new(),
            restarts: 0,
        }
    }

    fn restart(&mut self) {
        let strikes = self.fate.as_mut().is_some_and(|fate| fate.random_bool(0.4));
        if !strikes {
            return;
        }
        // The end of a call is past saving.
        let Ok(saved) = self.net.agent(B).save(self.calls[B]) else { return };
        self.hear();
        self.restarts += 1;
        self.net.nodes[B].agent = Agent::new(config(9000 + self.restarts, B, Transport::Udp));
        let now = self.net.now;
        self.calls[B] = self.net.agent(B).restore(now, &saved).unwrap();
    }

    fn hear(&mut self) {
        for node in [A, B] {
            for event in self.net.take(node) {
                if node == A {
                    self.heard.push(word(&event));
                }
                match event {
                    Event::Change { .. } => self.change_open[node] = true,
                    Event::Changed { sdp, .. } => {
                        self.offer_open[node] = matches!(sdp, Some(Sdp::Offer(_)));
                        self.changing = self.offer_open[node];
                    }
                    _ => {}
                }
            }
        }
    }

    fn step(&mut self) {
        let now = self.net.now;
        let node = self.script.random_range(0..2);
        let body = [OFFER, ANSWER, HOLD, HELD][self.script.random_range(0..4)];
        let deed = self.script.random_range(0..6);
        let pause = self.script.random_range(0..180);
        let call = self.calls[node];
        let agent = &mut self.net.nodes[node].agent;
        match deed {
            0 if !self.changing => self.changing = agent.reinvite(now, call, Some(Body::sdp(body))).is_ok(),
            1 if !self.changing => self.changing = agent.reinvite(now, call, None).is_ok(),
            2 if !self.changing => self.changing = agent.update(now, call, Body::sdp(body)).is_ok(),
            3 if self.change_open[node] => {
                agent.answer_change(now, call, Body::sdp(body)).unwrap();
                self.change_open[node] = false;
            }
            4 if self.change_open[node] => {
                agent.reject_change(now, call, 488, &[]).unwrap();
                self.change_open[node] = false;
            }
            5 if self.offer_open[node] => {
                agent.accept_offer(now, call, Body::sdp(body)).unwrap();
                self.offer_open[node] = false;
                self.changing = false;
            }
            // What only the driver of the former process waited for is not taken up: requests come from the peer.
            _ => {
                let (now, call) = (self.net.now, self.calls[A]);
                self.net.agent(A).request_in_call(now, call, Method::Info, &[], None).unwrap();
            }
        }
        self.restart();
        self.net.run_ms(pause);
        self.restart();
        self.hear();
    }

    /// What the peer hears from beginning to end.
    fn tell(mut self) -> (Vec<String>, u64) {
        for _ in 0..25 {
            self.step();
        }
        for _ in 0..4 {
            self.net.run_ms(200);
            self.restart();
            self.hear();
            // An offer left open would end the call by whichever side loses patience first.
            for node in [A, B] {
                if std::mem::take(&mut self.offer_open[node]) {
                    let (now, call) = (self.net.now, self.calls[node]);
                    self.net.agent(node).accept_offer(now, call, Body::sdp(ANSWER)).unwrap();
                }
            }
        }
        let node = self.script.random_range(0..2);
        self.net.bye(node, self.calls[node], &[]);
        self.net.run_ms(100_000);
        self.hear();
        (self.heard, self.restarts)
    }
}

#[test]
fn the_peer_of_a_call_that_changed_process_hears_what_it_would_have_heard() {
    let mut restarts = 0;
    for seed in 0..300 {
        let (plain, _) = Story::new(seed, false).tell();
        let (moved, times) = Story::new(seed, true).tell();
        assert_eq!(plain, moved, "seed {seed}");
        restarts += times;
    }
    assert!(restarts > 2500, "restarts happen: {restarts}");
}
