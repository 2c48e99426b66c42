//! What the engine is told.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use types::leg::{Connection, Sound};
use types::{LegId, Mono, PlayId, Private, RecordingId, TenantId};

use super::output::Span;
use crate::codec::Codec;
use crate::dtls::PeerFingerprint;
use crate::ice::Credentials;
use crate::prompt::Prompt;
use crate::srtp::SdesKey;

/// Payload types of telephone-event (RFC 4733) in each direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventTypes {
    /// What we put on what we send: the far end's number.
    pub send: u8,
    /// What the far end puts on what it sends: our number.
    pub receive: u8,
    /// Clock in which events tell their length, Hz: the audio's, or 8000 beside a codec of another clock. Timestamps
    /// of events that we send count in the audio's clock all the same: they lie in its stream (RFC 7160 section 4).
    pub clock_rate: u32,
}

/// From where a leg's packets are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourcePolicy {
    /// Only from the signalled address: a trunk that is known to tell the truth.
    Signalled,
    /// From the signalled address, or, where none comes from there, from the first stable source (a phone behind NAT).
    Latch,
}

/// What was agreed for a leg's audio, as the engine needs it.
#[derive(Clone, Debug)]
pub struct LegMedia {
    /// Where the far end wants RTP; a port of 0 says that it is not known yet.
    pub remote_rtp: SocketAddr,
    /// Where it wants RTCP when not on the port after RTP's and not multiplexed.
    pub remote_rtcp: Option<SocketAddr>,
    /// RTCP travels on the RTP port.
    pub rtcp_mux: bool,
    /// The codec we send.
    pub codec: Codec,
    /// Payload type on what we send.
    pub send_type: u8,
    /// Payload type on what the far end sends.
    pub receive_type: u8,
    /// Other codecs that the far end may switch to on its own, with the payload types it then uses.
    pub also_received: Vec<(u8, Codec)>,
    /// telephone-event, where both sides have it.
    pub events: Option<EventTypes>,
    /// We may send.
    pub send: bool,
    /// The far end may send, and silence from it counts as lost media.
    pub receive: bool,
    /// From where packets are taken.
    pub source: SourcePolicy,
    /// Keys of RFC 4568 where the leg is encrypted with such.
    pub srtp: Option<Arc<SrtpPair>>,
    /// Whom to trust, for a leg that was created for a browser.
    pub browser: Option<Box<BrowserMedia>>,
}

/// What a browser's description says of ICE and DTLS, as far as a lite agent has to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserMedia {
    /// Fingerprint of its certificate. Another one than before means that its page was loaded anew: a new handshake.
    pub peer: PeerFingerprint,
    /// We open DTLS: it waits.
    pub active: bool,
}

/// Keys of both directions.
#[derive(Clone, Debug)]
pub struct SrtpPair {
    /// For what we send.
    pub send: SdesKey,
    /// For what we receive.
    pub receive: SdesKey,
}

/// Where a leg's track goes.
#[derive(Clone, Debug)]
pub struct RecordTo {
    /// Whose recording it is.
    pub tenant: TenantId,
    /// The recording that the track belongs to.
    pub recording: RecordingId,
    /// Channel: 0 the customer's, 1 the agent's.
    pub channel: u8,
    /// The track's file. Only the recorder's thread opens it.
    pub path: Arc<Path>,
    /// The moment of media time zero: when the interaction began.
    pub origin: Mono,
    /// Tell by [`super::MediaEvent::Hushed`] when nothing has been said for so long.
    pub hush: Option<Duration>,
}

/// What a leg of the engine is told. Commands for a leg that is not there are ignored.
#[derive(Clone, Debug)]
pub enum MediaCommand {
    /// A new leg on these sockets.
    Create {
        /// The leg.
        leg: LegId,
        /// Its sockets' number, which packets and transmits carry.
        slot: u32,
        /// For SSRC, sequence, timestamp and the times of RTCP.
        seed: u64,
        /// For a browser: our ICE credentials. Such a leg has a path when it was checked, and keys by DTLS.
        ice: Option<Box<Credentials>>,
    },
    /// New ICE credentials of ours for a browser leg: it restarts ICE.
    RestartIce {
        /// The leg.
        leg: LegId,
        /// The credentials.
        ice: Box<Credentials>,
    },
    /// What offer and answer agreed on; again after each re-INVITE.
    Configure {
        /// The leg.
        leg: LegId,
        /// The agreement.
        media: Box<LegMedia>,
    },
    /// Whether lost media is told from now on: set when the leg is answered.
    Watch {
        /// The leg.
        leg: LegId,
        /// Tell.
        on: bool,
    },
    /// The connection that a browser signals by has closed: for a few seconds, half a second of silence counts as its
    /// loss.
    Doubt(LegId),
    /// What the leg hears.
    Connect {
        /// The leg.
        leg: LegId,
        /// What it hears from now on.
        to: Connection,
    },
    /// Play over whatever the leg hears.
    Play {
        /// The leg.
        leg: LegId,
        /// Named again in [`super::MediaEvent::PlayDone`].
        play: PlayId,
        /// Whose prompts are heard before those that all have; none: these alone.
        tenant: Option<TenantId>,
        /// What, in order.
        sounds: Arc<[Sound]>,
        /// Begin again at the end.
        repeat: bool,
        /// A digit stops it.
        barge_in: bool,
    },
    /// What was recorded of a leg, for a playback that waits for it. One that no longer does overlooks it.
    Clip {
        /// The leg that plays.
        leg: LegId,
        /// The recording.
        recording: RecordingId,
        /// Its sound; none where it can't be read.
        clip: Arc<Prompt>,
    },
    /// Stop what plays.
    StopPlay(LegId),
    /// A digit that came by signalling (SIP INFO): interrupts a prompt like any other; reported as a digit once.
    DigitByInfo {
        /// The leg.
        leg: LegId,
        /// `0-9*#A-D`.
        digit: Private<char>,
    },
    /// Send digits to the far end.
    SendDigits {
        /// The leg.
        leg: LegId,
        /// `0-9*#A-D`; anything else is skipped.
        digits: Private<Arc<str>>,
    },
    /// Record what the leg says.
    Record {
        /// The leg.
        leg: LegId,
        /// Where to.
        to: Box<RecordTo>,
    },
    /// Pause or resume the track.
    PauseRecord {
        /// The leg.
        leg: LegId,
        /// Pause, or resume.
        pause: bool,
    },
    /// End the track.
    StopRecord(LegId),
    /// The recorder could not take or write a chunk of the leg's track.
    RecordingLost {
        /// The leg.
        leg: LegId,
        /// The recording.
        recording: RecordingId,
        /// What is missing.
        span: Span,
        /// The disk failed or is full, rather than slow.
        disk: bool,
    },
    /// The leg is over; answered by [`super::MediaEvent::Ended`].
    Destroy(LegId),
}

impl MediaCommand {
    /// The leg that is told.
    pub const fn leg(&self) -> LegId {
        match self {
            Self::Create { leg, .. }
            | Self::Configure { leg, .. }
            | Self::RestartIce { leg, .. }
            | Self::Watch { leg, .. }
            | Self::Connect { leg, .. }
            | Self::Play { leg, .. }
            | Self::Clip { leg, .. }
            | Self::Doubt(leg)
            | Self::StopPlay(leg)
            | Self::DigitByInfo { leg, .. }
            | Self::SendDigits { leg, .. }
            | Self::Record { leg, .. }
            | Self::PauseRecord { leg, .. }
            | Self::StopRecord(leg)
            | Self::RecordingLost { leg, .. }
            | Self::Destroy(leg) => *leg,
        }
    }
}
