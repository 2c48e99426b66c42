//! RTCP (RFC 3550 section 6): compound packets, and per leg the statistics that they carry and that end in the call's
//! record.

mod mos;
mod packet;
mod session;
mod stats;

pub use mos::{mos, r_factor};
pub use packet::{Builder, Packets, ReportBlock, ReportBlocks, Rtcp, RtcpError, SenderInfo, packets};
pub use session::{Quality, Session};
pub use stats::{ReceiveStats, Received};

/// Seconds between 1900 (NTP) and 1970 (Unix).
const NTP_UNIX_OFFSET_S: u64 = 2_208_988_800;

/// An NTP timestamp (32.32 bits) of a wall time in microseconds since 1970.
pub fn ntp_from_unix_us(unix_us: u64) -> u64 {
    let seconds = unix_us / 1_000_000 + NTP_UNIX_OFFSET_S;
    let fraction = ((unix_us % 1_000_000) << 32) / 1_000_000;
    (seconds << 32) | fraction
}

/// The middle 32 bits of an NTP timestamp, as LSR carries them.
fn ntp_middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

#[cfg(test)]
mod tests;
