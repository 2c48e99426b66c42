//! Logs: JSON lines on standard error, `RUST_LOG` says how much.
//!
//! A thread of its own writes them: whoever logs never waits for a terminal, a pipe or a disk.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::Duration;

use tracing_subscriber::EnvFilter;

/// Lines that may wait for a reader that is slow; at a few hundred bytes each some megabytes.
const QUEUE: usize = 8192;
/// How long the end waits for what is left to be written.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Lines dropped because nobody took them, since the start.
static DROPPED: AtomicU64 = AtomicU64::new(0);

/// What the writing thread is told.
enum Job {
    Line(Vec<u8>),
    /// All that came before is written.
    Written(SyncSender<()>),
}

/// The log while it runs. Dropping it writes what is left.
pub(crate) struct Log(SyncSender<Job>);

impl Drop for Log {
    fn drop(&mut self) {
        let (written, done) = mpsc::sync_channel(1);
        if self.0.try_send(Job::Written(written)).is_ok() {
            // A reader that takes nothing must not hold up the end.
            let _ = done.recv_timeout(LAST_WORDS);
        }
    }
}

/// Starts logging.
///
/// # Errors
/// When the system gives no thread.
pub(crate) fn start() -> io::Result<Log> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,sea_orm=warn"));
    let (sender, jobs) = mpsc::sync_channel(QUEUE);
    std::thread::Builder::new().name("log".into()).spawn(move || write(&jobs, &mut io::stderr()))?;
    let lines = sender.clone();
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(move || Line(lines.clone())).init();
    Ok(Log(sender))
}

/// Lines dropped since the start.
pub(crate) fn dropped() -> u64 {
    DROPPED.load(Ordering::Relaxed)
}

fn write(jobs: &Receiver<Job>, to: &mut impl Write) {
    while let Ok(job) = jobs.recv() {
        match job {
            // A reader that has gone reads no more lines; the calls go on.
            Job::Line(line) => drop(to.write_all(&line)),
            Job::Written(done) => drop(done.try_send(())),
        }
    }
}

/// Takes one line, which comes in one piece.
struct Line(SyncSender<Job>);

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.0.try_send(Job::Line(line.to_vec())).is_err() {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that takes a line only when it is told to.
    struct Slow(Receiver<()>, mpsc::Sender<Vec<u8>>);

    impl Write for Slow {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            let _ = self.1.send(line.to_vec());
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_stands_still_costs_lines_and_no_time() {
        let (sender, jobs) = mpsc::sync_channel(2);
        let ((go, may_go), (written, read)) = (mpsc::channel(), mpsc::channel());
        std::thread::spawn(move || write(&jobs, &mut Slow(may_go, written)));
        let before = dropped();
        for n in 0..10_u8 {
            Line(sender.clone()).write_all(&[n]).unwrap();
        }
        assert!((7..=8).contains(&(dropped() - before)), "one is being written, two wait");
        drop(go);
        drop(Log(sender));
        assert_eq!(read.iter().next(), Some(vec![0]));
    }
}
