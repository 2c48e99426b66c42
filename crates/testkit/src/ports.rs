//! Ports for what a test starts.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::Mutex;

/// Below those that the system hands out to whoever asks for any: nobody takes one by chance between here and its use.
const RANGE: std::ops::Range<u16> = 12_000..30_000;

/// Names that stand for blocks of ports which this process has been given; they end with it.
static GIVEN: Mutex<Vec<UnixListener>> = Mutex::new(Vec::new());

/// The first of `count` ports in a row (an even number) that nobody has on this machine, over TCP or UDP, and that no
/// other test is given while this process lives.
///
/// # Panics
/// When there is no such row.
pub fn free_ports(count: u16) -> u16 {
    let rows = RANGE.len() as u16 / count;
    let offset = std::process::id() as u16 % rows;
    let starts = (0..rows).map(|row| RANGE.start + (row + offset) % rows * count);
    let mut starts = starts.map(|start| start + start % 2);
    starts.find(|start| (*start..start + count).all(is_free) && reserve(*start, count)).expect("a row of free ports")
}

fn is_free(port: u16) -> bool {
    let at = (Ipv4Addr::UNSPECIFIED, port);
    TcpListener::bind(at).is_ok() && UdpSocket::bind(at).is_ok()
}

/// Each port has a name of its own, so that rows of several lengths don't overlap.
fn reserve(start: u16, count: u16) -> bool {
    let name = |port| SocketAddr::from_abstract_name(format!("lingtong-test-port-{port}"));
    let marks = (start..start + count).map(|port| UnixListener::bind_addr(&name(port)?));
    let Ok(marks) = marks.collect::<Result<Vec<_>, _>>() else { return false };
    GIVEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(marks);
    true
}
