//! Alarms in the words of the interface.

use types::{InteractionId, Wall};

use crate::dto::{Alarm, Severity};

/// What costs calls or records at once.
const CRITICAL: [&str; 6] =
    ["journal_failed", "disk_failed", "sync_failed", "events_lost", "recording_failed", "emergency_call"];

/// Somebody has dialled an emergency number.
pub(super) fn emergency(of: InteractionId, agent: Option<&str>, from: &str, number: &str, at: Wall) -> Alarm {
    let who = match agent.filter(|agent| *agent != from) {
        Some(agent) => format!("{agent} ({from})"),
        None => from.to_owned(),
    };
    alarm("emergency_call", &format!("{who} → {number}, {of}"), true, at)
}

/// One alarm is known by its code: the same trouble raised again replaces the former.
pub(super) fn alarm(code: &str, detail: &str, raised: bool, at: Wall) -> Alarm {
    Alarm {
        id: code.to_owned(),
        code: code.to_owned(),
        severity: if CRITICAL.contains(&code) { Severity::Critical } else { Severity::Warning },
        message: detail.to_owned(),
        since: at.to_string(),
        cleared_at: (!raised).then(|| at.to_string()),
    }
}
