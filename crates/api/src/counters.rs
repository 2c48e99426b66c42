//! What the interface counts of itself.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;

/// What the interface counts of itself.
#[derive(Debug)]
pub(crate) struct Counters {
    next_id: AtomicU64,
    /// Answers by the first digit of their status.
    answers: [AtomicU64; 5],
}

impl Default for Counters {
    fn default() -> Self {
        let mut start = [0; 8];
        // Ids of two runs are to differ; where no randomness is to be had they only look alike.
        let _ = getrandom::fill(&mut start);
        Self { next_id: AtomicU64::new(u64::from_le_bytes(start)), answers: Default::default() }
    }
}

impl Counters {
    /// A new request's id.
    pub(crate) fn next_id(&self) -> String {
        format!("{:016x}", self.next_id.fetch_add(1, Ordering::Relaxed))
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.answers[class].fetch_add(1, Ordering::Relaxed);
    }

    /// As Prometheus reads it.
    pub(crate) fn metrics(&self, streams: usize) -> String {
        let mut text = String::from(
            "# HELP lingtong_http_responses_total HTTP answers by class of status.\n\
             # TYPE lingtong_http_responses_total counter\n",
        );
        for (class, count) in (1..).zip(&self.answers) {
            let count = count.load(Ordering::Relaxed);
            text.push_str(&format!("lingtong_http_responses_total{{class=\"{class}xx\"}} {count}\n"));
        }
        text.push_str(&format!(
            "# HELP lingtong_event_streams Event streams that are open.\n\
             # TYPE lingtong_event_streams gauge\nlingtong_event_streams {streams}\n"
        ));
        text
    }
}
