//! Compound RTCP packets: parsed without copying, built into a buffer of the caller's.

/// Packet types (RFC 3550 section 12.1, RFC 4585).
const SR: u8 = 200;
const RR: u8 = 201;
const SDES: u8 = 202;
const BYE: u8 = 203;

/// Why bytes are not a compound packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RtcpError {
    /// A packet is longer than the bytes that are there.
    #[error("RTCP packet is cut short")]
    Short,
    /// The version field is not 2.
    #[error("RTCP version is not 2")]
    Version,
    /// Counts or paddings don't fit the length.
    #[error("RTCP packet is malformed")]
    Malformed,
}

/// The sender's part of a sender report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SenderInfo {
    /// Wall time of the report, NTP 32.32.
    pub ntp: u64,
    /// The same moment on the stream's RTP clock.
    pub rtp_timestamp: u32,
    /// Packets sent since the stream began.
    pub packets: u32,
    /// Payload octets sent since the stream began.
    pub octets: u32,
}

/// What a receiver reports of one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportBlock {
    /// The stream reported on.
    pub ssrc: u32,
    /// Share lost since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Packets lost since the stream began; negative when duplicates outnumber losses. 24 bits on the wire.
    pub cumulative_lost: i32,
    /// Highest sequence number received, with the count of cycles above it.
    pub highest_sequence: u32,
    /// Interarrival jitter in timestamp ticks.
    pub jitter: u32,
    /// Middle 32 bits of the last sender report's NTP time; 0 when none came.
    pub last_sr: u32,
    /// Time since that report, in 1/65536 s.
    pub delay_since_last_sr: u32,
}

/// Length of a report block on the wire.
const BLOCK_LEN: usize = 24;

impl ReportBlock {
    fn parse(b: &[u8]) -> Self {
        let word = |i: usize| u32::from_be_bytes([b[i], b[i + 1], b[i + 2], b[i + 3]]);
        Self {
            ssrc: word(0),
            fraction_lost: b[4],
            // Sign extension of 24 bits.
            cumulative_lost: ((word(4) << 8) as i32) >> 8,
            highest_sequence: word(8),
            jitter: word(12),
            last_sr: word(16),
            delay_since_last_sr: word(20),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let lost = self.cumulative_lost.clamp(-0x80_0000, 0x7f_ffff) as u32 & 0xff_ffff;
        out.extend_from_slice(&self.ssrc.to_be_bytes());
        out.extend_from_slice(&((u32::from(self.fraction_lost) << 24) | lost).to_be_bytes());
        for word in [self.highest_sequence, self.jitter, self.last_sr, self.delay_since_last_sr] {
            out.extend_from_slice(&word.to_be_bytes());
        }
    }
}

/// The report blocks of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportBlocks<'a>(&'a [u8]);

impl ReportBlocks<'_> {
    /// The blocks, one by one.
    pub fn iter(&self) -> impl Iterator<Item = ReportBlock> + '_ {
        self.0.chunks_exact(BLOCK_LEN).map(ReportBlock::parse)
    }
}

/// One packet of a compound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rtcp<'a> {
    /// Sender report.
    SenderReport {
        /// Who reports.
        ssrc: u32,
        /// What it sent.
        info: SenderInfo,
        /// What it received.
        blocks: ReportBlocks<'a>,
    },
    /// Receiver report.
    ReceiverReport {
        /// Who reports.
        ssrc: u32,
        /// What it received.
        blocks: ReportBlocks<'a>,
    },
    /// Source description: the first chunk's source and canonical name, if it has one.
    SourceDescription {
        /// Who is described.
        ssrc: u32,
        /// The CNAME's bytes.
        cname: Option<&'a [u8]>,
    },
    /// The first source that leaves.
    Bye {
        /// Who leaves.
        ssrc: u32,
    },
    /// Any other packet type: feedback, extended reports, application.
    Other {
        /// The packet type.
        packet_type: u8,
    },
}

/// The packets of a compound, in order; ends after the first error.
#[derive(Debug, Clone)]
pub struct Packets<'a> {
    rest: &'a [u8],
}

/// Parses a compound packet, or a reduced-size one (RFC 5506).
pub fn packets(bytes: &[u8]) -> Packets<'_> {
    Packets { rest: bytes }
}

impl<'a> Iterator for Packets<'a> {
    type Item = Result<Rtcp<'a>, RtcpError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let parsed = take(&mut self.rest);
        if parsed.is_err() {
            self.rest = &[];
        }
        Some(parsed)
    }
}

fn take<'a>(rest: &mut &'a [u8]) -> Result<Rtcp<'a>, RtcpError> {
    let &[first, packet_type, high, low, ..] = *rest else { return Err(RtcpError::Short) };
    if first >> 6 != 2 {
        return Err(RtcpError::Version);
    }
    let length = 4 * (usize::from(u16::from_be_bytes([high, low])) + 1);
    let (packet, tail) = rest.split_at_checked(length).ok_or(RtcpError::Short)?;
    *rest = tail;
    let mut body = &packet[4..];
    if first & 0x20 != 0 {
        let padding = usize::from(*body.last().ok_or(RtcpError::Malformed)?);
        let kept = body.len().checked_sub(padding).ok_or(RtcpError::Malformed)?;
        body = &body[..kept];
    }
    let count = usize::from(first & 0x1f);
    let word = |i: usize| {
        let b = body.get(i..i + 4).ok_or(RtcpError::Malformed)?;
        Ok(u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
    };
    let blocks = |from: usize| {
        let bytes = body.get(from..from + count * BLOCK_LEN).ok_or(RtcpError::Malformed)?;
        Ok(ReportBlocks(bytes))
    };
    match packet_type {
        SR => {
            let info = SenderInfo {
                ntp: (u64::from(word(4)?) << 32) | u64::from(word(8)?),
                rtp_timestamp: word(12)?,
                packets: word(16)?,
                octets: word(20)?,
            };
            Ok(Rtcp::SenderReport { ssrc: word(0)?, info, blocks: blocks(24)? })
        }
        RR => Ok(Rtcp::ReceiverReport { ssrc: word(0)?, blocks: blocks(4)? }),
        SDES if count > 0 => Ok(Rtcp::SourceDescription { ssrc: word(0)?, cname: cname(&body[4..]) }),
        BYE if count > 0 => Ok(Rtcp::Bye { ssrc: word(0)? }),
        packet_type => Ok(Rtcp::Other { packet_type }),
    }
}

/// The CNAME among the items of an SDES chunk.
fn cname(mut items: &[u8]) -> Option<&[u8]> {
    while let &[kind, length, ref tail @ ..] = items {
        if kind == 0 {
            return None;
        }
        let (value, rest) = tail.split_at_checked(usize::from(length))?;
        if kind == 1 {
            return Some(value);
        }
        items = rest;
    }
    None
}

/// Builds a compound packet by appending to a buffer.
#[derive(Debug)]
pub struct Builder<'a> {
    out: &'a mut Vec<u8>,
}

impl<'a> Builder<'a> {
    /// Appends to `out`, which should be empty or hold the first packets of the same compound.
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out }
    }

    fn packet(&mut self, count: usize, packet_type: u8, body: impl FnOnce(&mut Vec<u8>)) {
        let start = self.out.len();
        self.out.extend_from_slice(&[0x80 | (count as u8 & 0x1f), packet_type, 0, 0]);
        body(self.out);
        let words = ((self.out.len() - start) / 4 - 1) as u16;
        self.out[start + 2..start + 4].copy_from_slice(&words.to_be_bytes());
    }

    /// A sender report, or a receiver report when `info` is none. At most 31 blocks are written.
    pub fn report(&mut self, ssrc: u32, info: Option<&SenderInfo>, blocks: &[ReportBlock]) {
        let blocks = &blocks[..blocks.len().min(31)];
        self.packet(blocks.len(), if info.is_some() { SR } else { RR }, |out| {
            out.extend_from_slice(&ssrc.to_be_bytes());
            if let Some(info) = info {
                out.extend_from_slice(&info.ntp.to_be_bytes());
                for word in [info.rtp_timestamp, info.packets, info.octets] {
                    out.extend_from_slice(&word.to_be_bytes());
                }
            }
            blocks.iter().for_each(|b| b.write(out));
        });
    }

    /// A source description with a canonical name, of which at most 255 bytes are written.
    pub fn sdes(&mut self, ssrc: u32, cname: &str) {
        let name = &cname.as_bytes()[..cname.len().min(255)];
        self.packet(1, SDES, |out| {
            out.extend_from_slice(&ssrc.to_be_bytes());
            out.extend_from_slice(&[1, name.len() as u8]);
            out.extend_from_slice(name);
            // One to four zeros end the list of items and fill the word.
            let filled = 4 - (2 + name.len()) % 4;
            out.resize(out.len() + filled, 0);
        });
    }

    /// A goodbye.
    pub fn bye(&mut self, ssrc: u32) {
        self.packet(1, BYE, |out| out.extend_from_slice(&ssrc.to_be_bytes()));
    }
}
