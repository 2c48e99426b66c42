//! What a walk is told, and what it wants done.

use std::collections::BTreeMap;
use std::sync::Arc;

use types::leg::{Sound, Text};
use types::record::SkillLevel;
use types::{Cause, Private};

use crate::lookup::{LookupAnswer, LookupRequest};
use crate::mailbox::MailboxName;

/// What a walk is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The playback of this number is over, to its end or stopped. One that was superseded is ignored.
    PlayDone(u32),
    /// The caller pressed a key, `0-9*#A-D`.
    Digit(char),
    /// The time of [`crate::Walk::poll_timeout`] has come.
    Timeout,
    /// What became of [`Action::Enqueue`].
    Queue(QueueOutcome),
    /// What became of [`Action::Transfer`].
    Transfer(TransferOutcome),
    /// What became of [`Action::OpenMailbox`].
    Mailbox(MailboxOutcome),
    /// Nothing has been said for as long as [`Action::TakeMessage`] names.
    Hushed,
    /// How the queues of [`Action::LookAtQueues`] stand. One that is left out is not known.
    Queues(BTreeMap<Text, QueueFigures>),
    /// What became of [`Action::Lookup`].
    Looked(Box<LookupAnswer>),
    /// The caller has gone.
    Hangup,
}

/// What became of waiting in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueueOutcome {
    /// An agent talks with the caller. The walk rests until one of them has gone.
    Answered,
    /// The talk is over and the caller is still there.
    AgentLeft,
    /// Nobody of the queue is signed in.
    NoAgent,
    /// The queue is full.
    Full,
    /// The longest wait was reached.
    TooLong,
}

/// How a queue stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueFigures {
    /// Callers in line.
    pub waiting: u32,
    /// How long the first of them has waited, seconds.
    pub longest_wait_s: u32,
    /// Suitable agents who are signed in.
    pub agents: u32,
    /// Those of them who are ready.
    pub ready: u32,
}

/// What became of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransferOutcome {
    /// The target talks with the caller. The walk rests until one of them has gone.
    Answered,
    /// The talk is over and the caller is still there.
    TargetLeft,
    /// The target is on another call.
    Busy,
    /// It rang in vain.
    NoAnswer,
    /// Anything else.
    Failed,
}

/// Whether a message can be left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailboxOutcome {
    /// It can.
    Open,
    /// There is no room, or nobody has such a mailbox.
    Full,
}

/// Where a transfer goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferTarget {
    /// A number as one would dial it: an extension, or a subscriber outside.
    Number(Private<Text>),
    /// An agent by number.
    Agent(Text),
    /// A SIP URI.
    Uri(Private<Text>),
    /// The SIP URI that this setting holds, such as `demo.bridge_target`.
    Setting(Text),
}

/// What a walk wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Take the call. Comes once, before the first thing that needs it.
    Answer,
    /// Play. Replaces what plays.
    Play {
        /// The number that [`Input::PlayDone`] names.
        play: u32,
        /// What, in order.
        sounds: Arc<[Sound]>,
        /// A digit stops it.
        barge_in: bool,
    },
    /// Stop what plays.
    StopPlay,
    /// Let the caller hear itself, or no longer.
    Echo(bool),
    /// Put the caller into a queue; answered by [`Input::Queue`].
    Enqueue {
        /// The queue's name.
        queue: Text,
        /// Added to the queue's priority.
        priority: i32,
        /// What the agent must be able to do, beside what the queue asks.
        skills: Vec<SkillLevel>,
    },
    /// Take the caller out of the queue it waits in: it pressed a key that leads elsewhere.
    LeaveQueue,
    /// Ring somebody and bridge; answered by [`Input::Transfer`].
    Transfer {
        /// Whom.
        target: TransferTarget,
        /// How long it may ring, seconds.
        ring_timeout_s: u32,
    },
    /// Note that the caller is to be called back.
    RequestCallback {
        /// The number to call.
        number: Private<Text>,
        /// The name of the queue that is to call.
        queue: Option<Text>,
    },
    /// Note the answer to a survey's question.
    Survey {
        /// The question's name.
        question: Text,
        /// The key.
        answer: Text,
    },
    /// Ask another system; answered by [`Input::Looked`] with this number. One that is asked later replaces it.
    Lookup {
        /// The number.
        ask: u32,
        /// What.
        request: Box<LookupRequest>,
    },
    /// Tell by [`Input::Queues`] how these stand.
    LookAtQueues(Vec<Text>),
    /// Ask whether a message can be left; answered by [`Input::Mailbox`].
    OpenMailbox(MailboxName),
    /// What the caller says from now on is its message for the mailbox that was opened.
    TakeMessage {
        /// Tell by [`Input::Hushed`] when nothing was said for so many seconds.
        silence_s: u32,
    },
    /// The message is over. It is over, too, when the caller has gone.
    EndMessage {
        /// So many seconds of its end are silence.
        silence_s: u32,
    },
    /// The caller's language from now on.
    SetLanguage(Text),
    /// Record from now on, or no longer.
    Record(bool),
    /// Nothing of this call is to be recorded, whatever its queue says.
    RefuseRecording,
    /// Note these words with the call.
    Tag(Vec<Text>),
    /// End the call: the walk is over. Doesn't come when the caller has hung up.
    Hangup(Cause),
}
