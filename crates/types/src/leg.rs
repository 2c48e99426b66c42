//! What a leg can report ([`LegEvent`]) and be told ([`LegCommand`]).
//!
//! `net` turns SIP dialogs and their media into these words; nobody above it sees a SIP message or
//! a packet. The order of events on one leg is fixed:
//!
//! - inbound: `Incoming`, then any of the middle events once answered, then `Ended`;
//! - outbound: after `Dial` comes `Ringing`* and then `Answered` or `Ended`;
//! - `Ended` comes exactly once, and the leg's id is never used again. Nothing follows it but what is still to be said of
//!   the leg's media, which is no reason to wait for anybody: `RecordingGap`, and as the last one `Measured`.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::cause::Cause;
use crate::forward::Diverted;
use crate::ids::{DeviceId, InteractionId, LegId, PlayId, RecordingId, TenantId, TrunkId};
use crate::private::Private;

/// A short shared text.
pub type Text = Arc<str>;

/// Where an inbound leg came from, as the admission at the edge has established it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A telephone or browser of the tenant that has proved who it is.
    Device(DeviceId),
    /// A trunk whose address or credentials were recognised.
    Trunk(TrunkId),
}

/// An inbound leg's first words.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The tenant that owns the trunk or device.
    pub tenant: TenantId,
    /// Who brought it.
    pub origin: Origin,
    /// The number or name that was dialled, as received.
    pub dialled: Private<Text>,
    /// The caller's number as received (P-Asserted-Identity of a trunk before From); empty when withheld.
    pub caller: Private<Text>,
    /// The caller's display name; may be empty.
    pub caller_name: Private<Text>,
    /// The SIP Call-ID, by which records are found.
    pub sip_call_id: Text,
    /// The far end's signalling address.
    pub peer: SocketAddr,
    /// A leg of ours that this one asks to take over (RFC 3891 Replaces).
    pub replaces: Option<LegId>,
    /// The connection that a browser brought it by.
    pub browser: Option<u64>,
}

/// What a page of ours, which is a telephone, is told with a call. Never taken from what others have sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageCall {
    /// What the call belongs to.
    pub interaction: InteractionId,
    /// The page, or one before it, had this call already: it takes it without asking anyone (RFC 5373).
    pub returns: bool,
}

/// What proves to a carrier who we are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// User name.
    pub user: Text,
    /// Password in clear.
    pub secret: Private<Text>,
    /// The realm that alone may ask for it; any where absent.
    pub realm: Option<Text>,
}

/// Where an outbound leg goes. `center` translates devices and routes into this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The SIP URI to ring.
    pub uri: Private<Text>,
    /// The connection by which the device registered (RFC 5626), when it has to be reused.
    pub flow: Option<u64>,
    /// Where to send when it differs from the URI's host: an outbound proxy, `sip:host:port;transport=…`.
    pub next_hop: Option<Text>,
    /// Proxies that the request has to pass, as URIs, the first one first: the Path by which a device registered
    /// (RFC 3327). The first is the next hop where `next_hop` names none.
    pub routes: Vec<Text>,
    /// What proves who we are if the far end asks for digest.
    pub credentials: Option<Login>,
    /// The host of the numbers that we are shown by; absent: our own address.
    pub from_host: Option<Text>,
    /// What a browser is told besides.
    pub page: Option<PageCall>,
    /// The REGISTER that it is known by, so that it can be forgotten when it leads nowhere any more.
    pub registered: Option<Registered>,
    /// Other ways to the same telephone, the best first: tried one by one where this one fails (RFC 5626 section 7).
    pub otherwise: Vec<Target>,
}

/// Which REGISTER bound a target. A later one of the same contact is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The device.
    pub device: DeviceId,
    /// The REGISTER's Call-ID.
    pub call_id: Text,
    /// The REGISTER's CSeq number.
    pub cseq: u32,
}

/// How the caller is presented on an outbound leg.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallerId {
    /// Number or user part of From; empty for anonymous.
    pub number: Private<Text>,
    /// Display name; may be empty.
    pub name: Private<Text>,
    /// The far end's carrier is told this number, which its customer is not shown (RFC 3325).
    pub asserted: Option<Private<Text>>,
    /// Neither number nor name may be shown (RFC 3323).
    pub private: bool,
    /// Who led the call on, the first one first.
    pub diverted: Vec<Diverted>,
}

/// What to play, in order. Each piece names a prompt of the bank by id and language.
#[derive(Clone, PartialEq, Eq)]
pub enum Sound {
    /// A prompt of the bank, such as `menu_main` in `zh`.
    Prompt {
        /// Language, `zh` or `en`.
        language: Text,
        /// The prompt's id.
        id: Text,
    },
    /// Music on hold by name; endless, so it is the last piece.
    Music(Text),
    /// A tone of the national plan; ringback and busy are endless.
    Tone(Tone),
    /// Silence of this many milliseconds.
    Silence(u32),
    /// What was recorded of a leg: a message that a caller has left. Silence until it has been read from the disk.
    Message {
        /// The recording.
        recording: RecordingId,
        /// The leg that has the track.
        leg: LegId,
    },
}

/// The kind alone: prompts that say a number one by one would tell it.
impl fmt::Debug for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prompt { .. } => "Prompt(***)",
            Self::Music(_) => "Music",
            Self::Tone(_) => "Tone",
            Self::Silence(_) => "Silence",
            Self::Message { .. } => "Message",
        })
    }
}

/// A call-progress tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// The far end rings.
    Ringback,
    /// The far end is busy.
    Busy,
    /// All circuits are taken.
    Congestion,
    /// A soft beep that says "still here".
    Comfort,
}

/// What a leg hears and to whom it speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Nothing heard, nothing passed on.
    Silent,
    /// Each hears the other.
    Bridge(LegId),
    /// Hears itself.
    Echo,
    /// A mix of many: each entry is a source with its gain in thousandths (1000 = as is).
    /// A leg that only listens to a call names the call's legs here and is named by none of them.
    Hear(Vec<(LegId, u16)>),
}

/// What a leg is told to do. A command for a leg that has ended is ignored.
#[derive(Clone, Debug)]
pub enum LegCommand {
    /// Ring somebody. The leg id is the center's choice.
    Dial {
        /// The new leg.
        leg: LegId,
        /// The tenant it belongs to.
        tenant: TenantId,
        /// Where to.
        target: Target,
        /// Who seems to call.
        caller: CallerId,
        /// The leg on whose behalf: its codec is preferred, its early media may be passed through.
        on_behalf_of: Option<LegId>,
    },
    /// Tell the caller that it rings (180).
    Ring(LegId),
    /// Open media towards the caller before the answer (183), so that tones and prompts are heard.
    EarlyMedia(LegId),
    /// Take the call.
    Answer(LegId),
    /// Have the telephone that rings at the far end take it, which has said that it can
    /// ([`LegEvent::Answerable`]).
    AskToAnswer(LegId),
    /// Refuse an inbound leg that has not been answered, or end any other leg.
    Hangup {
        /// The leg.
        leg: LegId,
        /// Why, as the far end is told.
        cause: Cause,
    },
    /// Set what the leg hears. A bridge is set on one side and holds for both.
    Connect {
        /// The leg.
        leg: LegId,
        /// What it hears from now on.
        to: Connection,
    },
    /// Play to the leg, over whatever it hears; what it heard comes back at the end.
    Play {
        /// The leg.
        leg: LegId,
        /// The playback, named again in [`LegEvent::PlayDone`].
        play: PlayId,
        /// What, in order.
        sounds: Arc<[Sound]>,
        /// Start again at the end, until stopped.
        repeat: bool,
        /// A digit stops it.
        barge_in: bool,
    },
    /// Stop what plays; reported by `PlayDone` with `finished: false`.
    StopPlay(LegId),
    /// Send digits to the far end (RFC 4733, or INFO where that is all it takes).
    SendDigits {
        /// The leg.
        leg: LegId,
        /// `0-9*#A-D`.
        digits: Private<Text>,
    },
    /// Put the far end on hold or take it back (re-INVITE).
    Hold {
        /// The leg.
        leg: LegId,
        /// Hold, or take back.
        hold: bool,
    },
    /// Record the leg's own voice on a track of this recording, on its channel.
    Record {
        /// The leg.
        leg: LegId,
        /// Whose recording it is.
        tenant: TenantId,
        /// The recording.
        recording: RecordingId,
        /// Channel, 0 the customer's, 1 the agent's; further legs share these two.
        channel: u8,
        /// Tell by [`LegEvent::Hushed`] when nothing has been said for so many seconds.
        hush_s: Option<u32>,
    },
    /// Pause or resume the leg's track: the gap is stated, not cut out.
    PauseRecord {
        /// The leg.
        leg: LegId,
        /// Pause, or resume.
        pause: bool,
    },
    /// End the leg's track.
    StopRecord(LegId),
    /// Tell the leg that asked for a transfer how it goes (NOTIFY of RFC 3515).
    TransferProgress {
        /// The leg that asked.
        leg: LegId,
        /// How it goes.
        progress: TransferProgress,
    },
}

/// How a transfer goes, for the party that asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferProgress {
    /// The target rings.
    Ringing,
    /// The target answered; the asker may go.
    Done,
    /// It failed; the asker has the call back.
    Failed(Cause),
    /// The request itself is refused, before anything is tried.
    Refused(Cause),
}

/// How a leg's audio was coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AudioCodec {
    /// G.711 A-law.
    #[serde(rename = "PCMA")]
    Pcma,
    /// G.711 µ-law.
    #[serde(rename = "PCMU")]
    Pcmu,
    /// G.722.
    #[serde(rename = "G722")]
    G722,
    /// Opus.
    #[serde(rename = "opus")]
    Opus,
}

impl AudioCodec {
    /// The encoding name of SDP's `rtpmap`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
            Self::G722 => "G722",
            Self::Opus => "opus",
        }
    }

    /// The clock rate of SDP's `rtpmap`, hertz. G.722 is announced with 8,000 for historical reasons
    /// (RFC 3551 section 4.5.2).
    pub const fn clock_rate_hz(self) -> u32 {
        match self {
            Self::Pcma | Self::Pcmu | Self::G722 => 8_000,
            Self::Opus => 48_000,
        }
    }
}

/// Measured quality of a leg's media, as both directions reported it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MediaQuality {
    /// The codec of what we sent last; absent in records of earlier versions, and when nothing was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codec_sent: Option<AudioCodec>,
    /// The codec of what the far end sent last; absent when nothing came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codec_received: Option<AudioCodec>,
    /// Packets received from the far end.
    pub received: u64,
    /// Packets sent to it.
    pub sent: u64,
    /// Packets that never came, of those expected.
    pub lost: u64,
    /// Interarrival jitter (RFC 3550), milliseconds.
    pub jitter_ms: f32,
    /// Round-trip time from RTCP, milliseconds; absent when the far end sends none.
    pub rtt_ms: Option<f32>,
    /// Loss that the far end reported of what we sent, percent.
    pub remote_loss_pct: Option<f32>,
    /// Mean opinion score estimated by the E-model, 1 to 4.5: on the narrowband scale (ITU-T G.107), or on the wideband
    /// one (G.107.1). The two do not compare: 4.4 is the best that each can be.
    pub mos: f32,
    /// `mos` is on the wideband scale: the leg's codec was G.722 or Opus.
    #[serde(default)]
    pub wideband: bool,
}

/// How a digit came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigitSource {
    /// RFC 4733 telephone-event.
    Rtp,
    /// SIP INFO.
    Info,
    /// Tones in the audio.
    Inband,
}

/// What a leg reports.
#[derive(Clone, Debug)]
pub enum LegEvent {
    /// A new inbound leg.
    Incoming {
        /// Its id, chosen by the edge.
        leg: LegId,
        /// Its first words.
        call: Box<Incoming>,
    },
    /// An outbound leg rings.
    Ringing {
        /// The leg.
        leg: LegId,
        /// The far end sends audio already (a carrier's announcement, a ringback tone).
        early_media: bool,
    },
    /// The telephone at an outbound leg's far end takes the call when it is told to
    /// ([`LegCommand::AskToAnswer`]). Comes before its `Ringing`; told once.
    Answerable {
        /// The leg.
        leg: LegId,
    },
    /// An outbound leg has an address of its own in the records: its Call-ID is known.
    Dialled {
        /// The leg.
        leg: LegId,
        /// The SIP Call-ID.
        sip_call_id: Text,
    },
    /// An outbound leg was answered, or an inbound leg's answer was confirmed by its caller.
    Answered {
        /// The leg.
        leg: LegId,
    },
    /// An outbound leg's far end asks to be called elsewhere (302). Its end follows.
    Redirected {
        /// The leg.
        leg: LegId,
        /// The number or user to call instead.
        target: Private<Text>,
    },
    /// The leg is over.
    Ended {
        /// The leg.
        leg: LegId,
        /// Why.
        cause: Cause,
        /// The SIP status that ended it, where one did (486, 503, …).
        status: Option<u16>,
        /// Whether the far end ended it (BYE, CANCEL, refusal), not we.
        by_peer: bool,
        /// [`LegEvent::Measured`] follows: there was media.
        measured: bool,
    },
    /// How good the media of a leg was that has ended. The last event of the leg.
    Measured {
        /// The leg.
        leg: LegId,
        /// The figures; absent when the media plane has not given them in time.
        quality: Option<Box<MediaQuality>>,
    },
    /// A digit, exactly once.
    Digit {
        /// The leg.
        leg: LegId,
        /// `0-9*#A-D`.
        digit: Private<char>,
        /// How it came in.
        source: DigitSource,
    },
    /// A playback is over.
    PlayDone {
        /// The leg.
        leg: LegId,
        /// Which playback.
        play: PlayId,
        /// Played to its end; false when stopped or interrupted.
        finished: bool,
    },
    /// The far end put us on hold, or took us back.
    HeldByPeer {
        /// The leg.
        leg: LegId,
        /// Held, or taken back.
        held: bool,
    },
    /// The far end asks to transfer the party it talks with (REFER).
    TransferAsked {
        /// The leg that asks.
        leg: LegId,
        /// The number or user asked for.
        target: Private<Text>,
        /// For an attended transfer: the leg of ours that is to be taken over.
        replaces: Option<LegId>,
    },
    /// No media from the far end for the set time.
    MediaLost {
        /// The leg.
        leg: LegId,
    },
    /// Media is back.
    MediaBack {
        /// The leg.
        leg: LegId,
    },
    /// Nothing has been said on a leg that is recorded for as long as [`LegCommand::Record`] names; told once.
    Hushed {
        /// The leg.
        leg: LegId,
        /// The recording.
        recording: RecordingId,
    },
    /// A recording's track has a gap: the disk was slow or full.
    RecordingGap {
        /// The leg.
        leg: LegId,
        /// The recording.
        recording: RecordingId,
        /// Length of the gap so far, milliseconds.
        gap_ms: u32,
    },
}

impl LegEvent {
    /// The leg that reports.
    pub const fn leg(&self) -> LegId {
        match self {
            Self::Incoming { leg, .. }
            | Self::Ringing { leg, .. }
            | Self::Answerable { leg }
            | Self::Dialled { leg, .. }
            | Self::Answered { leg }
            | Self::Redirected { leg, .. }
            | Self::Ended { leg, .. }
            | Self::Measured { leg, .. }
            | Self::Digit { leg, .. }
            | Self::PlayDone { leg, .. }
            | Self::HeldByPeer { leg, .. }
            | Self::TransferAsked { leg, .. }
            | Self::MediaLost { leg }
            | Self::MediaBack { leg }
            | Self::Hushed { leg, .. }
            | Self::RecordingGap { leg, .. } => *leg,
        }
    }
}

impl LegCommand {
    /// The leg that is told.
    pub const fn leg(&self) -> LegId {
        match self {
            Self::Dial { leg, .. }
            | Self::Ring(leg)
            | Self::EarlyMedia(leg)
            | Self::Answer(leg)
            | Self::AskToAnswer(leg)
            | Self::Hangup { leg, .. }
            | Self::Connect { leg, .. }
            | Self::Play { leg, .. }
            | Self::StopPlay(leg)
            | Self::SendDigits { leg, .. }
            | Self::Hold { leg, .. }
            | Self::Record { leg, .. }
            | Self::PauseRecord { leg, .. }
            | Self::StopRecord(leg)
            | Self::TransferProgress { leg, .. } => *leg,
        }
    }
}
