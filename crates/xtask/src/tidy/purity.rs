//! No clock, socket, thread, file or runtime where time and input are to come in as arguments.

use super::paths::{self, NamedPath};
use super::{Finding, Source};

const RULE: &str = "purity";

/// Paths that begin with these are I/O.
const FORBIDDEN_STARTS: &[&str] = &[
    "std::thread",
    "std::fs",
    "std::process",
    "std::net::UdpSocket",
    "std::net::TcpStream",
    "std::net::TcpListener",
    "std::os",
    "mio",
    "socket2",
    "tokio",
];

/// Paths that end with these read a clock, open a socket or start a thread, however they were imported.
const FORBIDDEN_ENDS: &[&str] = &[
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "UdpSocket::bind",
    "TcpStream::connect",
    "TcpListener::bind",
    "thread::spawn",
    "thread::sleep",
];

/// Names the I/O a file of a pure crate reaches for.
pub(super) fn check(source: &Source) -> Vec<Finding> {
    paths::all(&source.file.items).iter().filter_map(|path| forbidden(source, path)).collect()
}

fn forbidden(source: &Source, path: &NamedPath) -> Option<Finding> {
    let named = path.segments.join("::");
    let starts = |start: &&str| named == **start || named.starts_with(&format!("{start}::"));
    let ends = |end: &&str| named == **end || named.ends_with(&format!("::{end}"));
    if !FORBIDDEN_STARTS.iter().any(starts) && !FORBIDDEN_ENDS.iter().any(ends) {
        return None;
    }
    let message = format!("`{named}` in a crate without I/O: take the time and the input as arguments");
    Some(Finding::new(RULE, format!("{}:{}", source.place, path.line), message))
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::*;

    fn findings(text: &str) -> Vec<Finding> {
        check(&source::parse(text, "crates/acd/src/x.rs".into(), vec!["x".into()]).unwrap())
    }

    #[test]
    fn each_kind_of_io_is_found_with_its_line() {
        for text in [
            "use std::thread;",
            "use std::{fmt, fs};",
            "use std::net::{IpAddr, UdpSocket};",
            "use tokio::sync::mpsc;",
            "fn f() { let t = std::time::Instant::now(); }",
            "use std::time::Instant;\nfn f() -> Instant { Instant::now() }",
            "fn f() { dbg(SystemTime::now()) }",
            "fn f() { println!(\"{:?}\", SystemTime::now()); }",
            "fn f() { let _ = jiff::Timestamp::now(); }",
            "fn f() { thread::spawn(|| {}); }",
            "mod inner { fn f() { std::fs::read(\"x\"); } }",
        ] {
            assert_eq!(findings(text).len(), 1, "{text}: {:?}", findings(text));
        }
        assert_eq!(findings("fn a() {}\nfn f() { Instant::now(); }")[0].place, "crates/acd/src/x.rs:2");
    }

    #[test]
    fn durations_addresses_and_tests_are_free() {
        for text in [
            "use std::time::{Duration, Instant};",
            "use std::net::{IpAddr, SocketAddr};",
            "/// Not `std::time::Instant::now()`.\nfn f(now: Now) {}",
            "#[cfg(test)]\nmod tests { fn f() { std::thread::spawn(|| {}); } }",
            "#[cfg(test)]\nfn f() { Instant::now(); }",
        ] {
            assert!(findings(text).is_empty(), "{text}: {:?}", findings(text));
        }
    }
}
