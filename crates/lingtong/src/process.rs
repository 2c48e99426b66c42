//! What this process uses, as Linux tells it.

use std::fs;

/// Ticks a second in /proc, the same on every Linux that we run on.
const TICKS_PER_S: f64 = 100.0;

/// What this process uses. What can't be read is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Process {
    /// Processor time in user and kernel mode, seconds.
    pub(crate) cpu_s: f64,
    /// The same with that of the programs that it has run, seconds.
    pub(crate) with_children_cpu_s: f64,
    /// Memory that is resident, bytes.
    pub(crate) resident_bytes: u64,
    /// Threads.
    pub(crate) threads: u64,
    /// Files and sockets that are open.
    pub(crate) open_files: u64,
    /// How many there may be.
    pub(crate) max_files: u64,
}

/// Looks into /proc.
pub(crate) fn read() -> Process {
    let text = |file: &str| fs::read_to_string(format!("/proc/self/{file}")).unwrap_or_default();
    let open_files = fs::read_dir("/proc/self/fd").map_or(0, |entries| entries.count() as u64);
    Process { open_files, ..parse(&text("stat"), &text("status"), &text("limits")) }
}

fn parse(stat: &str, status: &str, limits: &str) -> Process {
    let word = |text: &str, line: &str, nth: usize| {
        let line = text.lines().find_map(|l| l.strip_prefix(line))?;
        line.split_whitespace().nth(nth)?.parse::<u64>().ok()
    };
    // The program's name stands in parentheses and may hold anything; behind it come numbers.
    let behind = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = |nth| behind.split_whitespace().nth(nth).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
    let own = ticks(11) + ticks(12);
    Process {
        cpu_s: own as f64 / TICKS_PER_S,
        with_children_cpu_s: (own + ticks(13) + ticks(14)) as f64 / TICKS_PER_S,
        resident_bytes: word(status, "VmRSS:", 0).unwrap_or(0) * 1024,
        threads: word(status, "Threads:", 0).unwrap_or(0),
        open_files: 0,
        max_files: word(limits, "Max open files", 0).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_tells_is_read() {
        let stat = "7 (ling) tong) S 1 7 7 0 -1 4194560 1 0 0 0 250 50 90 10 20 0 9 0 1 1 1";
        let status = "Name:\tx\nVmRSS:\t   2048 kB\nThreads:\t9\n";
        let limits = "Limit   Soft Limit   Hard Limit   Units\nMax open files            1024       4096     files\n";
        let expected = Process {
            cpu_s: 3.0,
            with_children_cpu_s: 4.0,
            resident_bytes: 2 << 20,
            threads: 9,
            open_files: 0,
            max_files: 1024,
        };
        assert_eq!(parse(stat, status, limits), expected);
        let own = read();
        assert!(own.resident_bytes > 0 && own.threads > 0 && own.open_files > 2 && own.max_files > 0, "{own:?}");
    }
}
