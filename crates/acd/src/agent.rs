//! One agent: what it wishes, what it does, and the state that follows from both.

use std::time::Duration;

use types::event::Worked;
use types::leg::Text;
use types::record::AgentState;
use types::{InteractionId, Mono, Now, QueueId};

use crate::config::AgentConfig;

/// What a signed-in agent wishes. Kept apart from what it does, so that "not ready" pressed during
/// a talk holds afterwards, and nothing has to remember a state to go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Ready,
    NotReady(Text),
}

/// What the router has given an agent to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activity {
    Idle,
    /// The phone rings.
    Offer {
        interaction: InteractionId,
        queue: QueueId,
        until: Mono,
    },
    /// Answered; announcements run.
    Connecting {
        interaction: InteractionId,
        queue: QueueId,
        until: Mono,
    },
    Talk {
        interaction: InteractionId,
        queue: QueueId,
        since: Mono,
        wrap_up: Duration,
        until: Mono,
    },
    WrapUp {
        interaction: InteractionId,
        queue: QueueId,
        /// Since the start of the talk, for the handle time.
        handled_since: Mono,
        until: Mono,
        /// The end beyond which no extension goes.
        limit: Mono,
    },
}

impl Activity {
    pub(crate) const fn until(&self) -> Option<Mono> {
        match self {
            Self::Idle => None,
            Self::Offer { until, .. }
            | Self::Connecting { until, .. }
            | Self::Talk { until, .. }
            | Self::WrapUp { until, .. } => Some(*until),
        }
    }
}

/// A call the agent makes or takes outside all queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Elsewhere {
    pub(crate) interaction: InteractionId,
    pub(crate) until: Mono,
    /// It still rings at the agent.
    pub(crate) rings: bool,
}

/// What screens see of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) state: AgentState,
    pub(crate) reason: Option<Text>,
    pub(crate) until: Option<Mono>,
    pub(crate) interaction: Option<InteractionId>,
    /// Why it will be not ready afterwards, while it is at work.
    pub(crate) next: Option<Text>,
}

#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) config: AgentConfig,
    pub(crate) signed_in: bool,
    pub(crate) wish: Wish,
    pub(crate) activity: Activity,
    pub(crate) elsewhere: Option<Elsewhere>,
    /// When a missed offer is forgiven.
    pub(crate) return_at: Option<Mono>,
    /// Since when it is ready, for strategies.
    pub(crate) idle_since: Mono,
    /// Since it signed in.
    pub(crate) worked: Worked,
    /// The offer that ends now was nobody's fault: the idle time goes on.
    pub(crate) keep_idle: bool,
    /// As last told to the outside.
    pub(crate) shown: Shown,
    pub(crate) since: Now,
    /// The deadline in the timers.
    pub(crate) deadline: Option<Mono>,
    /// The lot that decides between equals.
    pub(crate) tie: u64,
}

impl Agent {
    pub(crate) fn new(config: AgentConfig, tie: u64, now: Now) -> Self {
        Self {
            config,
            signed_in: false,
            wish: Wish::Ready,
            activity: Activity::Idle,
            elsewhere: None,
            return_at: None,
            idle_since: now.mono,
            worked: Worked::default(),
            keep_idle: false,
            shown: Shown { state: AgentState::Offline, reason: None, until: None, interaction: None, next: None },
            since: now,
            deadline: None,
            tie,
        }
    }

    /// Counts a talk that has ended.
    pub(crate) fn talked(&mut self, since: Mono, now: Mono) {
        self.worked.contacts += 1;
        self.worked.talk_ms += u64::try_from(now.since(since).as_millis()).unwrap_or(0);
    }

    /// The state that follows from what the agent does and wishes.
    pub(crate) fn state(&self) -> Shown {
        let next = match &self.wish {
            Wish::NotReady(reason) if self.signed_in => Some(reason.clone()),
            _ => None,
        };
        let shown = |state, until, interaction| Shown { state, reason: None, until: Some(until), interaction, next };
        match (self.activity, self.elsewhere) {
            (Activity::Offer { interaction, until, .. }, _) => shown(AgentState::Ringing, until, Some(interaction)),
            (Activity::Connecting { interaction, until, .. } | Activity::Talk { interaction, until, .. }, _) => {
                shown(AgentState::Talking, until, Some(interaction))
            }
            (_, Some(call)) => {
                let state = if call.rings { AgentState::Ringing } else { AgentState::Talking };
                shown(state, call.until, Some(call.interaction))
            }
            (Activity::WrapUp { interaction, until, .. }, None) => shown(AgentState::WrapUp, until, Some(interaction)),
            (Activity::Idle, None) => self.resting(),
        }
    }

    fn resting(&self) -> Shown {
        let (state, reason, until) = match &self.wish {
            _ if !self.signed_in => (AgentState::Offline, None, None),
            Wish::Ready => (AgentState::Ready, None, None),
            Wish::NotReady(reason) => (AgentState::NotReady, Some(reason.clone()), self.return_at),
        };
        Shown { state, reason, until, interaction: None, next: None }
    }

    /// When something ends by itself.
    pub(crate) fn next_deadline(&self) -> Option<Mono> {
        [self.activity.until(), self.elsewhere.map(|call| call.until), self.return_at].into_iter().flatten().min()
    }
}
