//! Automatic call distribution, pure: queues, agents and strategies; events in, decisions with reasons out.
//!
//! A [`Router`] is told what happens (`enqueue`, `ready`, `talk_ended` …), each time with the moment
//! it happens at. After every input, drain [`Router::poll_output`] and set one timer to
//! [`Router::poll_timeout`]; when it fires, call [`Router::handle_timeout`].
//!
//! What always holds once an input is handled:
//!
//! - an agent has at most one offer or talk, and an interaction at most one agent; where a queue has all ring, several
//!   telephones ring for an interaction until the first is answered;
//! - nothing waits while an agent is ready who fits its need at that moment: the queue's skills as far as they are
//!   still asked, the agents of queues and teams that help by then, its last agent while it waits for that one alone;
//! - every state in which an agent is kept from work (ringing, talking, wrap-up) is a lease with an
//!   end: a forgotten release frees the agent and raises [`Output::LeaseExpired`];
//! - a decision costs O(log agents + lines of the agent's queues); only where lots are drawn or a need names skills are
//!   all ready agents of the queue looked at.
//!
//! # Order of the waiting
//!
//! Calls that come back after a lost offer or agent go first. The rest stand by
//! `priority + ageing × seconds waited`, the greater first, the longer waiting first among equals.
//! An agent with several queues takes the greatest head among them.
//!
//! Starvation is bounded: a call of priority `p` that has waited `w` seconds in a queue of ageing
//! `a` can be overtaken only by calls that have themselves waited `(a·w − (P − p)) / a'` seconds or
//! more, where `P` is [`PRIORITY_MAX`] and `a'` the ageing of their queue. Within one queue: nobody
//! who comes later than `(P − p) / a` seconds after it overtakes it. An ageing of zero gives this up.

mod agent;
mod callback;
mod choice;
mod config;
mod hour;
mod line;
mod lot;
mod members;
mod output;
mod queue;
mod ranked;
mod refused;
mod replay;
mod router;
mod stats;
mod strategy;
mod teams;
mod timers;
mod waiting;

pub use callback::{CALLBACK_ATTEMPTS_MAX, CALLBACK_EXPIRE_S, CALLBACK_MISSED_S, CALLBACK_PAUSE_S, CallbackRules};
pub use config::{
    AGEING_MAX, AgentConfig, KEEP_PLACE_MAX_S, LAST_AGENT_WAIT_MAX_S, Limits, NUMBER_DIGITS, NoAgentPolicy,
    OFFSET_RANGE_MIN, OFFSET_STEP_MIN, Overflow, PRIORITY_MAX, QueueConfig, RING_ALL_MAX, RING_MAX_S, Relaxation,
    SKILL_MAX, STEP_AFTER_MAX_S, STEPS_MAX, SkillRequirement, Strategy, WEIGHT_MAX, WRAP_UP_MAX_S, is_offset,
};
pub use output::{Change, Error, LeaveReason, OfferEnd, Output, Rejection};
pub use refused::ConfigError;
pub use replay::{Ranking, Replay, Stands};
pub use router::{AgentView, Router};
pub use stats::{QueueSnapshot, Recent};
pub use waiting::{Ticket, Wishes};
