//! A log that fails the test when a line of it names a person, at whatever level.

use std::fmt::{self, Write as _};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

/// What must not be read in any log of this process, and what was all the same.
struct Watched {
    secrets: Vec<String>,
    found: Vec<String>,
}

static WATCHED: Mutex<Watched> = Mutex::new(Watched { secrets: Vec::new(), found: Vec::new() });
static INSTALLED: Once = Once::new();

fn watched() -> MutexGuard<'static, Watched> {
    // A line that panicked has left it whole.
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From here on a log line of this process that holds one of these texts panics where it is written, and fails the
/// test that holds what is returned, since the panic may be another thread's. Numbers are looked for as whole words, so
/// that an id or a time may contain one.
///
/// # Panics
/// When the process has another subscriber already.
#[must_use]
pub fn private_log<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> PrivateLog {
    INSTALLED.call_once(|| {
        let subscriber = Registry::default().with(Watcher);
        tracing::subscriber::set_global_default(subscriber).expect("nobody else listens to the log");
    });
    watched().secrets.extend(secrets.into_iter().map(|secret| secret.as_ref().to_owned()));
    PrivateLog(())
}

/// Fails the test at its end when a line of the log named a person. See [`private_log`].
#[derive(Debug)]
pub struct PrivateLog(());

impl Drop for PrivateLog {
    fn drop(&mut self) {
        let found = std::mem::take(&mut watched().found);
        assert!(std::thread::panicking() || found.is_empty(), "the log names people: {found:#?}");
    }
}

struct Watcher;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Watcher {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line(format!("{} {}:", event.metadata().level(), event.metadata().target()));
        event.record(&mut line);
        line.check();
    }

    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut line = Line(format!("span {}:", span.metadata().name()));
        span.record(&mut line);
        line.check();
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut line = Line("span:".to_owned());
        values.record(&mut line);
        line.check();
    }
}

/// A line with all its fields.
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string can't fail.
        let _ = write!(self.0, " {field}={value:?}");
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, " {field}={value}");
    }
}

impl Line {
    fn check(self) {
        let mut watched = watched();
        if let Some(secret) = watched.secrets.iter().find(|secret| names(&self.0, secret)).cloned() {
            watched.found.push(self.0.clone());
            drop(watched);
            panic!("the log names {secret}: {}", self.0);
        }
    }
}

/// Whether a line holds a secret, one of digits only as a whole word.
fn names(line: &str, secret: &str) -> bool {
    let is_number = secret.bytes().all(|b| b.is_ascii_digit());
    line.match_indices(secret).any(|(at, _)| {
        let part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let alone = !part(line[..at].chars().next_back()) && !part(line[at + secret.len()..].chars().next());
        !is_number || alone
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_as_a_word_and_a_name_anywhere() {
        assert!(names("from=\"13800138000\"", "13800138000") && names("sip:13800138000@x", "13800138000"));
        assert!(!names("id=a13800138000", "13800138000") && !names("us=138001380001", "13800138000"));
        assert!(names("agent 王小明的电话", "王小明"));
    }

    #[test]
    fn a_line_that_names_somebody_panics_and_fails_the_test() {
        let guard = private_log(["13800139999"]);
        tracing::trace!(number = "13800139998", "somebody else");
        let told = std::panic::catch_unwind(|| tracing::trace!(number = "13800139999", "a call"));
        assert!(told.is_err());
        let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(guard)));
        assert!(failed.is_err());
        let _span = std::panic::catch_unwind(|| tracing::info_span!("call", from = "13800139999")).unwrap_err();
        watched().found.clear();
    }
}
