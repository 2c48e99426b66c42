//! Figures for Prometheus; docs/operating names each.

use std::fmt::{Display, Write as _};

use journal::SYNC_BOUNDS_MS;
use net::signalling::SignallingStats;
use net::ua::METHODS;
use node::{MOS_BOUNDS, NodeFigures, Tally};
use types::record::{AgentState, Outcome, SegmentKind};

use crate::{log, process, version};

/// A text in Prometheus' format.
#[derive(Default)]
struct Page(String);

/// Labels of a sample, with their values: fixed words and ids, which need no escapes.
type Labels<'a> = &'a [(&'a str, &'a dyn Display)];

impl Page {
    /// Begins a family of samples.
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string can't fail, here and below.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn sample(&mut self, name: &str, labels: Labels<'_>, value: impl Display) {
        self.0.push_str(name);
        for (nth, (label, text)) in labels.iter().enumerate() {
            let _ = write!(self.0, "{}{label}=\"{text}\"", if nth == 0 { '{' } else { ',' });
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.family(name, "counter", help);
        self.sample(name, &[], value);
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "gauge", help);
        self.sample(name, &[], value);
    }

    /// `counts`: how many fell into each class; the last is above all bounds.
    fn histogram(&mut self, name: &str, help: &str, bounds: &[f64], counts: &[u64], sum: f64) {
        self.family(name, "histogram", help);
        let mut below = 0;
        for (nth, count) in counts.iter().enumerate() {
            below += count;
            let bucket = format!("{name}_bucket");
            match bounds.get(nth) {
                Some(bound) => self.sample(&bucket, &[("le", bound)], below),
                None => self.sample(&bucket, &[("le", &"+Inf")], below),
            }
        }
        self.sample(&format!("{name}_sum"), &[], sum);
        self.sample(&format!("{name}_count"), &[], below);
    }
}

/// The figures as a page.
pub(crate) fn text(node: &NodeFigures) -> String {
    let mut page = Page::default();
    page.family("lingtong_build_info", "gauge", "Always 1; the labels say which program runs.");
    page.sample("lingtong_build_info", &[("version", &version::VERSION), ("commit", &version::COMMIT)], 1);
    let up = u8::from(node.tenants.is_some() && node.signalling.is_some());
    page.gauge("lingtong_signalling_up", "1 while the signalling thread answers within a second.", up);
    if let Some(signalling) = &node.signalling {
        sip(&mut page, signalling);
    }
    if let Some(tally) = &node.tally {
        calls(&mut page, tally);
    }
    if let Some(tenants) = &node.tenants {
        right_now(&mut page, tenants);
        queues(&mut page, tenants);
        trunks(&mut page, tenants);
    }
    media(&mut page, node);
    journal(&mut page, node);
    page.counter("lingtong_log_dropped_total", "Log lines dropped because nobody took them.", log::dropped());
    this_process(&mut page);
    page.0
}

fn sip(page: &mut Page, stats: &SignallingStats) {
    let (agent, traffic, auth) = (&stats.ua.agent, &stats.ua.traffic, &stats.ua.auth);
    let directions = [
        ("in", &traffic.requests_received, &traffic.responses_received),
        ("out", &traffic.requests_sent, &traffic.responses_sent),
    ];
    page.family("lingtong_sip_requests_total", "counter", "SIP requests, repeats included.");
    for (direction, requests, _) in directions {
        for (method, count) in METHODS.iter().zip(requests) {
            page.sample("lingtong_sip_requests_total", &[("direction", &direction), ("method", method)], count);
        }
    }
    page.family("lingtong_sip_responses_total", "counter", "SIP answers by class of status, repeats included.");
    for (direction, _, responses) in directions {
        for (class, count) in (1..).zip(responses) {
            let class = format!("{class}xx");
            page.sample("lingtong_sip_responses_total", &[("direction", &direction), ("class", &class)], count);
        }
    }
    page.family("lingtong_sip_retransmissions_total", "counter", "SIP messages that came or went once more.");
    for (direction, count) in [("in", agent.repeats_received), ("out", agent.repeats_sent)] {
        page.sample("lingtong_sip_retransmissions_total", &[("direction", &direction)], count);
    }
    page.family("lingtong_sip_transactions", "gauge", "SIP transactions under way.");
    for (side, count) in [("client", agent.client_transactions), ("server", agent.server_transactions)] {
        page.sample("lingtong_sip_transactions", &[("side", &side)], count);
    }
    page.gauge("lingtong_sip_transactions_ended", "Ended SIP transactions kept for repeats.", agent.lingering);
    page.gauge("lingtong_sip_dialogs", "SIP calls that stand or are set up.", agent.calls);
    page.gauge("lingtong_sip_subscriptions", "SIP subscriptions that stand.", agent.subscriptions);
    page.gauge("lingtong_sip_connections", "TCP and TLS connections that carried SIP.", stats.ua.connections);
    page.counter("lingtong_sip_parse_failures_total", "SIP messages refused or dropped as malformed.", agent.junk);
    page.counter("lingtong_sip_overflows_total", "SIP messages dropped for want of room.", agent.overflowed);
    page.family("lingtong_sip_auth_total", "counter", "Attempts to prove to be a device.");
    let results = [
        ("granted", auth.granted),
        ("failed", auth.failed),
        ("shut_out", auth.shut_out),
        ("throttled", auth.throttled),
    ];
    for (result, count) in results {
        page.sample("lingtong_sip_auth_total", &[("result", &result)], count);
    }
    page.counter("lingtong_overload_shed_calls_total", "New calls refused with 503 for overload.", agent.shed);
    page.counter("lingtong_overload_total", "How often new calls began to be refused.", stats.shut);
    page.gauge("lingtong_overloaded", "1 while new calls are refused for overload.", u8::from(stats.shedding));
    page.gauge("lingtong_legs", "Legs of calls.", stats.ua.legs);
}

fn calls(page: &mut Page, tally: &Tally) {
    page.family("lingtong_calls_started_total", "counter", "Calls that began.");
    for (tenant, calls) in &tally.tenants {
        page.sample("lingtong_calls_started_total", &[("tenant", tenant)], calls.started);
    }
    page.family("lingtong_calls_ended_total", "counter", "Calls that ended, by what came of them.");
    for (tenant, calls) in &tally.tenants {
        for outcome in Outcome::ALL.iter().copied() {
            let count = calls.ended.get(&outcome).unwrap_or(&0);
            page.sample("lingtong_calls_ended_total", &[("tenant", tenant), ("outcome", &outcome.as_str())], count);
        }
    }
}

fn right_now(page: &mut Page, tenants: &[center::Figures]) {
    page.family("lingtong_calls", "gauge", "Calls in progress, by state.");
    for figures in tenants {
        for state in SegmentKind::ALL.iter().copied() {
            let count = figures.interactions.get(&state).unwrap_or(&0);
            page.sample("lingtong_calls", &[("tenant", &figures.tenant), ("state", &state.as_str())], count);
        }
    }
    page.family("lingtong_agents", "gauge", "Agents, by state.");
    for figures in tenants {
        for state in AgentState::ALL.iter().copied() {
            let count = figures.agents.get(&state).unwrap_or(&0);
            page.sample("lingtong_agents", &[("tenant", &figures.tenant), ("state", &state.as_str())], count);
        }
    }
}

/// A figure of a queue: name, kind, help, and how it is read; absent where there is none yet.
type QueueFigure = (&'static str, &'static str, &'static str, fn(&center::QueueFigures) -> Option<f64>);

const QUEUE_FIGURES: [QueueFigure; 8] = [
    ("lingtong_queue_waiting", "gauge", "Calls in line.", |q| Some(f64::from(q.now.waiting))),
    ("lingtong_queue_longest_wait_seconds", "gauge", "How long the longest waiting call waits.", |q| {
        Some(q.longest_wait_ms as f64 / 1000.0)
    }),
    ("lingtong_queue_ready_agents", "gauge", "Suitable agents who are ready.", |q| Some(f64::from(q.now.ready))),
    (
        "lingtong_queue_service_level_ratio",
        "gauge",
        "Calls answered within the target, of today's; absent before the first.",
        |q| q.now.service_level,
    ),
    ("lingtong_queue_offered_today", "gauge", "Calls let in since the tenant's midnight.", |q| {
        Some(q.now.offered as f64)
    }),
    ("lingtong_queue_answered_today", "gauge", "Calls answered since the tenant's midnight.", |q| {
        Some(q.now.answered as f64)
    }),
    ("lingtong_queue_abandoned_today", "gauge", "Calls given up since the tenant's midnight.", |q| {
        Some(q.now.abandoned as f64)
    }),
    ("lingtong_queue_overflowed_today", "gauge", "Calls sent elsewhere since the tenant's midnight.", |q| {
        Some(q.now.overflowed as f64)
    }),
];

fn trunks(page: &mut Page, tenants: &[center::Figures]) {
    let all = || tenants.iter().flat_map(|figures| figures.trunks.iter().map(|trunk| (&figures.tenant, trunk)));
    page.family("lingtong_trunk_calls", "gauge", "Calls in progress on a trunk, in and out.");
    for (tenant, trunk) in all() {
        page.sample("lingtong_trunk_calls", &[("tenant", tenant), ("trunk", &trunk.name)], trunk.calls);
    }
    page.family("lingtong_trunk_up", "gauge", "1 while the trunk's far end answers; absent where it is not asked.");
    for (tenant, trunk) in all().filter(|(_, trunk)| trunk.health != center::Health::Unknown) {
        let up = u8::from(trunk.health == center::Health::Up);
        page.sample("lingtong_trunk_up", &[("tenant", tenant), ("trunk", &trunk.name)], up);
    }
    let help = "1 while the trunk is registered with its carrier; absent where it does not register.";
    page.family("lingtong_trunk_registered", "gauge", help);
    for (tenant, trunk) in all() {
        if let Some(state) = trunk.registration {
            let registered = u8::from(state == types::register::Registering::Registered);
            page.sample("lingtong_trunk_registered", &[("tenant", tenant), ("trunk", &trunk.name)], registered);
        }
    }
}

fn queues(page: &mut Page, tenants: &[center::Figures]) {
    for (name, kind, help, read) in QUEUE_FIGURES {
        page.family(name, kind, help);
        for figures in tenants {
            for queue in &figures.queues {
                if let Some(value) = read(queue) {
                    page.sample(name, &[("tenant", &figures.tenant), ("queue", &queue.now.queue)], value);
                }
            }
        }
    }
}

fn media(page: &mut Page, node: &NodeFigures) {
    let media = &node.media;
    page.gauge("lingtong_media_legs", "Legs with media.", media.legs);
    page.counter("lingtong_media_packets_received_total", "RTP and RTCP packets received.", media.received);
    page.counter("lingtong_media_packets_sent_total", "RTP and RTCP packets sent.", media.sent);
    page.counter("lingtong_media_refused_total", "Packets at browsers' ports that were nobody's.", media.refused);
    page.counter("lingtong_media_send_failures_total", "Packets that the kernel refused.", media.send_failures);
    page.counter("lingtong_media_late_ticks_total", "Ticks over 20 ms late: too busy.", media.late_ticks);
    if let Some(tally) = &node.tally {
        let ended = &tally.media;
        page.counter("lingtong_leg_packets_received_total", "RTP packets received by legs that ended.", ended.received);
        page.counter("lingtong_leg_packets_lost_total", "RTP packets that never came to legs that ended.", ended.lost);
        let help = "Mean opinion score of what legs that ended received, 1 to 4.5.";
        page.histogram("lingtong_leg_mos", help, &MOS_BOUNDS.map(f64::from).map(tidy), &ended.mos, ended.mos_sum);
    }
    page.gauge(
        "lingtong_recording_waiting_chunks",
        "Chunks of recordings that wait for the disk.",
        media.waiting_chunks,
    );
    let help = "The most chunks that ever waited; 32768 may.";
    page.gauge("lingtong_recording_waiting_chunks_peak", help, media.most_waiting_chunks);
    page.counter("lingtong_recording_chunks_total", "Chunks of recordings written.", media.chunks);
    page.counter("lingtong_recording_bytes_total", "Bytes of recordings written.", media.recorded_bytes);
    page.counter("lingtong_recording_lost_chunks_total", "Chunks lost to a slow or full disk.", media.lost_chunks);
}

/// A bound that was written with one decimal reads so.
fn tidy(bound: f64) -> f64 {
    (bound * 10.0).round() / 10.0
}

fn journal(page: &mut Page, node: &NodeFigures) {
    page.gauge("lingtong_journal_position", "Position of the last event; skips ahead after a crash.", node.events);
    page.counter("lingtong_journal_lost_events_total", "Events lost to a disk that stalled.", node.events_lost);
    let help = "Bytes of events that were handed over and are not yet written.";
    page.gauge("lingtong_journal_waiting_bytes", help, node.journal.waiting_bytes);
    let (bounds, syncs) = (SYNC_BOUNDS_MS.map(|ms| ms as f64 / 1000.0), &node.journal.syncs);
    let help = "How long the disk took to make events durable.";
    page.histogram("lingtong_journal_sync_seconds", help, &bounds, &syncs.counts, syncs.sum_us as f64 / 1e6);
    let help = "Events that lists and reports do not show yet.";
    page.gauge("lingtong_projection_lag_events", help, node.projection_lag);
}

fn this_process(page: &mut Page) {
    let process = process::read();
    page.family("process_cpu_seconds_total", "counter", "Processor time, user and kernel.");
    page.sample("process_cpu_seconds_total", &[], process.cpu_s);
    page.gauge("process_resident_memory_bytes", "Resident memory.", process.resident_bytes);
    page.gauge("process_threads", "Threads.", process.threads);
    page.gauge("process_open_fds", "Open files and sockets.", process.open_files);
    page.gauge("process_max_fds", "How many there may be.", process.max_files);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_upwards() {
        let mut page = Page::default();
        page.histogram("x_seconds", "Help.", &[0.5, 1.0], &[2, 0, 1], 4.5);
        let lines: Vec<&str> = page.0.lines().skip(2).collect();
        let expected = [
            "x_seconds_bucket{le=\"0.5\"} 2",
            "x_seconds_bucket{le=\"1\"} 2",
            "x_seconds_bucket{le=\"+Inf\"} 3",
            "x_seconds_sum 4.5",
            "x_seconds_count 3",
        ];
        assert_eq!(lines, expected);
    }
}
