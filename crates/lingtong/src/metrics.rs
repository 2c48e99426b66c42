//! Figures for Prometheus.

use std::fmt::Write as _;

use node::Handle;

/// The figures in Prometheus' text format.
pub(crate) fn text(node: &Handle) -> String {
    let media = node.media_stats();
    let figures: [(&str, &str, &str, u64); 12] = [
        ("lingtong_media_legs", "gauge", "Legs with media.", media.legs as u64),
        ("lingtong_media_packets_received_total", "counter", "RTP and RTCP packets received.", media.received),
        ("lingtong_media_packets_sent_total", "counter", "RTP and RTCP packets sent.", media.sent),
        ("lingtong_media_send_failures_total", "counter", "Packets that the kernel refused.", media.send_failures),
        ("lingtong_media_late_ticks_total", "counter", "Ticks over 20 ms late: too busy.", media.late_ticks),
        ("lingtong_recording_chunks_total", "counter", "Chunks of recordings written.", media.chunks),
        ("lingtong_recording_bytes_total", "counter", "Bytes of recordings written.", media.recorded_bytes),
        ("lingtong_recording_lost_chunks_total", "counter", "Chunks lost to a slow or full disk.", media.lost_chunks),
        ("lingtong_recording_waiting_chunks", "gauge", "Chunks that wait for the disk.", media.waiting_chunks),
        (
            "lingtong_recording_waiting_chunks_peak",
            "gauge",
            "The most that ever waited; 32768 may.",
            media.most_waiting_chunks,
        ),
        ("lingtong_journal_events_total", "counter", "Events in the journal.", node.journal.last_pos()),
        ("lingtong_journal_lost_events_total", "counter", "Events lost to a disk that stalled.", node.journal.lost()),
    ];
    let mut text = String::new();
    for (name, kind, help, value) in figures {
        // Writing to a string can't fail.
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
    }
    text
}
