//! `queue`: waits for an agent. Outlets, all of them optional: `agent_left` after the talk,
//! `no_agent`, `full`, `too_long`, `caller_left` (only what needs no caller happens then), and one
//! for each key that leads out of the line. One that leads nowhere ends the call.

use serde::Deserialize;
use types::Cause;
use types::leg::Text;
use types::record::SkillLevel;
use utoipa::ToSchema;

use super::{Asks, Next, NodeKind, Outlets, Rule, key_name, keys_among, yes};
use crate::action::{Action, QueueOutcome};
use crate::check::Check;
use crate::core::{Core, Event, Phase};

pub(super) const EXAMPLE: &str = r#"{"kind": "queue", "queue": "sales", "priority": 10,
  "outlets": {"no_agent": "nobody", "full": "try_later", "too_long": "offer_callback", "3": "offer_callback"}}"#;

/// Each different bundle of skills is a line of its own in the queue.
const SKILLS_MAX: i64 = 8;
/// The highest level of a skill.
const SKILL_LEVEL_MAX: i64 = 10;

/// Fields of a `queue` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Queue {
    /// The queue's name.
    #[schema(value_type = String, format = "queue")]
    queue: Text,
    /// Added to the queue's priority.
    #[serde(default)]
    #[schema(default = 0, minimum = -1000, maximum = 1000)]
    priority: i32,
    /// What the agent must be able to do, beside what the queue asks: at most 8 skills.
    #[serde(default)]
    #[schema(value_type = Vec<Object>, format = "skills", max_items = 8)]
    skills: Vec<SkillLevel>,
    /// Take the call first, so that the caller hears music; else it hears ringing until an agent answers.
    #[serde(default = "yes")]
    #[schema(default = true)]
    answer: bool,
}

impl NodeKind for Queue {
    fn outlets(&self) -> Rule {
        Rule { optional: &["agent_left", "no_agent", "full", "too_long", "caller_left"], keys: true, ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        check.queue("queue", &self.queue);
        check.range("priority", self.priority, -1000, 1000);
        check.range("skills", self.skills.len() as i64, 0, SKILLS_MAX);
        for skill in &self.skills {
            check.range("skills.min", skill.min, 1, SKILL_LEVEL_MAX);
        }
    }

    fn asks(&self, outlets: &Outlets) -> Asks {
        Asks::Aside(keys_among(outlets))
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        if self.answer {
            core.answer();
        }
        // What was typed on the way here was meant for the way here.
        core.forget_keys();
        core.phase = Phase::Waiting;
        core.act(Action::Enqueue { queue: self.queue.clone(), priority: self.priority, skills: self.skills.clone() });
        Next::Stay
    }

    fn event(&self, outlets: &Outlets, core: &mut Core, event: Event) -> Next {
        let out = |core: &mut Core, outlet, cause| {
            core.cause = cause;
            Next::Out(outlet)
        };
        match (event, core.phase) {
            (Event::Queue(QueueOutcome::Answered), _) => {
                core.phase = Phase::Connected;
                core.detail = "answered".to_owned();
                Next::Stay
            }
            (Event::Queue(QueueOutcome::AgentLeft), _) => out(core, "agent_left", Cause::Normal),
            (Event::Queue(QueueOutcome::NoAgent), _) => out(core, "no_agent", Cause::Unreachable),
            (Event::Queue(QueueOutcome::Full), _) => out(core, "full", Cause::Busy),
            (Event::Queue(QueueOutcome::TooLong), _) => out(core, "too_long", Cause::NoAnswer),
            (Event::Digit, Phase::Waiting) => {
                let Some(key) = core.key() else { return Next::Stay };
                let name = key_name(key);
                if !outlets.contains_key(name) {
                    return Next::Stay;
                }
                core.detail = format!("digit {key}");
                core.act(Action::LeaveQueue);
                Next::Out(name)
            }
            (Event::Digit, _) => {
                core.forget_keys();
                Next::Stay
            }
            (
                Event::PlayDone
                | Event::Timeout
                | Event::Transfer(_)
                | Event::Mailbox(_)
                | Event::Queues
                | Event::Looked
                | Event::Hushed,
                _,
            ) => Next::Stay,
        }
    }

    fn caller_left(&self, outlets: &Outlets, core: &mut Core) -> Next {
        if core.phase == Phase::Waiting && outlets.contains_key("caller_left") {
            return Next::Out("caller_left");
        }
        Next::Stay
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::check;

    const FLOW: &str = r#"{"q": {"kind": "queue", "queue": "sales", "outlets": {"agent_left": "s", "full": "b",
                                 "3": "cb", "caller_left": "cb"}},
                           "s": {"kind": "survey", "question": "csat", "prompt": "survey_ask", "keys": "123"},
                           "b": {"kind": "hangup", "prompt": "queue_full"},
                           "cb": {"kind": "callback", "queue": "sales"}}"#;

    #[test]
    fn an_answered_call_rests_until_the_agent_has_gone() {
        check(FLOW, "answered 3 3 30s", "answer, enqueue sales");
        check(FLOW, "answered agent_left", "answer, enqueue sales, play! survey_ask");
        check(FLOW, "answered hangup", "answer, enqueue sales");
    }

    #[test]
    fn each_failure_has_its_way_and_ends_the_call_where_it_leads_nowhere() {
        check(FLOW, "full", "answer, enqueue sales, play queue_full");
        check(FLOW, "no_agent", "answer, enqueue sales, hangup unreachable");
        check(FLOW, "too_long", "answer, enqueue sales, hangup no_answer");
    }

    #[test]
    fn a_key_leads_out_of_the_line() {
        check(
            FLOW,
            "7 3",
            "answer, enqueue sales, leave, callback 13800138000 sales, play callback_confirm_prefix digit_1 digit_3 \
             digit_8 digit_0 digit_0 digit_1 digit_3 digit_8 digit_0 digit_0 digit_0 callback_confirmed",
        );
    }

    #[test]
    fn a_caller_who_gives_up_can_be_noted() {
        check(FLOW, "hangup", "answer, enqueue sales, callback 13800138000 sales");
    }
}
