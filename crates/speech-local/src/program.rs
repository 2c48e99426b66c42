//! Programs that read and write standard streams, within bounds of time and size.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// What came of a program.
pub(crate) enum Ran {
    /// It ended well, and wrote this.
    Done(Vec<u8>),
    /// It did not, or wrote more than it may.
    Failed(String),
    /// It was ended for taking too long.
    TooSlow,
}

/// Runs a program with `input`, at most `within`; what it writes may have `most` bytes.
///
/// # Errors
/// It can't be started.
pub(crate) fn run(program: &Path, options: &[&str], input: &[u8], within: Duration, most: usize) -> io::Result<Ran> {
    let (read, write, ignore) = (Stdio::piped(), Stdio::piped(), Stdio::null());
    let mut child = Command::new(program).args(options).stdin(read).stdout(write).stderr(ignore).spawn()?;
    let (to, done) = mpsc::channel();
    let written = feed(&mut child, input.to_vec());
    if let Some(output) = child.stdout.take() {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let limit = u64::try_from(most).unwrap_or(u64::MAX);
            let read = output.take(limit + 1).read_to_end(&mut bytes);
            let _ = to.send(read.map(|_| bytes));
        });
    }
    let came = done.recv_timeout(within);
    if came.is_err() || matches!(&came, Ok(Ok(bytes)) if bytes.len() > most) {
        let _ = child.kill();
    }
    let status = child.wait()?;
    let _ = written.join();
    Ok(match came {
        Err(_) => Ran::TooSlow,
        Ok(Err(error)) => Ran::Failed(error.to_string()),
        Ok(Ok(bytes)) if bytes.len() > most => Ran::Failed(format!("more than {most} bytes came of it")),
        Ok(Ok(_)) if !status.success() => Ran::Failed(format!("it ended with {status}")),
        Ok(Ok(bytes)) => Ran::Done(bytes),
    })
}

/// Hands the input over while the output is read: a program may write before it has read all.
fn feed(child: &mut Child, input: Vec<u8>) -> thread::JoinHandle<()> {
    let stdin = child.stdin.take();
    thread::spawn(move || {
        if let Some(mut stdin) = stdin {
            // A program that reads no further says by its end what was wrong.
            let _ = stdin.write_all(&input);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, within_ms: u64, most: usize) -> Ran {
        run(Path::new("/bin/sh"), &["-c", script], b"hello", Duration::from_millis(within_ms), most).unwrap()
    }

    #[test]
    fn time_size_and_failure_have_bounds() {
        assert!(matches!(sh("cat", 10_000, 100), Ran::Done(bytes) if bytes == b"hello"));
        assert!(matches!(sh("exit 3", 10_000, 100), Ran::Failed(_)));
        assert!(matches!(sh("cat /dev/zero", 10_000, 100), Ran::Failed(_)));
        assert!(matches!(sh("exec sleep 60", 50, 100), Ran::TooSlow));
        assert!(run(Path::new("/nowhere/at/all"), &[], b"", Duration::from_secs(1), 1).is_err());
    }
}
