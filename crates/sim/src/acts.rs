//! What is going to happen, and who does it.

use types::leg::Text;
use types::{Cause, InteractionId, LegEvent, LegId, Mono, PlayId};

/// Something that is going to happen.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// A customer calls.
    Arrive,
    /// A leg's report reaches the center.
    Deliver(LegEvent),
    /// A playback has come to its end.
    PlayOver(LegId, PlayId),
    /// A key is pressed.
    Press(LegId, char),
    /// A caller has had enough of waiting.
    GiveUp(LegId),
    /// Nobody has taken the call for too long.
    StopRinging(LegId),
    /// A session timer notices that nobody is there any more.
    Expire(LegId),
    /// Someone takes the call.
    Answer(LegId),
    /// Someone or something refuses it.
    Refuse(LegId, Cause, u16),
    /// Something people do while they talk; only if they still do.
    Talk(LegId, u32, TalkAct),
    /// Something an agent does apart from calls.
    Staff(usize, StaffAct),
    /// A supervisor ends an interaction.
    Force(InteractionId),
    /// Time to look at the states.
    Look,
}

/// What people do while they talk.
#[derive(Clone, Debug)]
pub(crate) enum TalkAct {
    HangUp,
    Hold(bool),
    Vanish,
    MediaBack,
    Refer(Text, Option<LegId>),
    Consult(Text),
    MoveTo,
    /// The agent loads its page anew.
    Reload,
    /// The silence of a page that has gone is noticed.
    Silence,
}

/// What agents do apart from calls.
#[derive(Clone, Debug)]
pub(crate) enum StaffAct {
    /// Comes with a telephone that works.
    Register,
    /// The registration of this number is renewed, should it still be the newest.
    Renew(u32),
    Unregister,
    FlowCloses,
    /// The page has been loaded anew.
    PageLoaded,
    Ready,
    Break,
    SignOut,
    More,
    Call(Text),
    Leave,
}

#[derive(Debug)]
pub(crate) struct Person {
    /// Its telephone works.
    pub(crate) alive: bool,
    pub(crate) legs: Vec<LegId>,
    pub(crate) on_shift: bool,
    /// Of its last REGISTER.
    pub(crate) cseq: u32,
    /// Its connection.
    pub(crate) flow: u64,
    /// How often its page was loaded.
    pub(crate) loads: u32,
}

impl Person {
    pub(crate) fn new(index: usize) -> Self {
        Self { alive: false, legs: Vec::new(), on_shift: false, cseq: 0, flow: index as u64, loads: 0 }
    }
}

/// So many seconds after midnight.
pub(crate) fn at(seconds: f64) -> Mono {
    Mono((seconds * 1e6) as u64)
}
