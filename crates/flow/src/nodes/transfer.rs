//! `transfer`: rings somebody and bridges. Outlets, all optional: `busy` and `no_answer` (`failed` where
//! they lead nowhere), `failed`, and `done` when the target has gone and the caller is still there.

use serde::Deserialize;
use types::Cause;
use types::leg::Text;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::action::{Action, TransferOutcome, TransferTarget};
use crate::check::Check;
use crate::core::{Core, Event, Phase};
use crate::problem::What;
use crate::value::Value;

pub(super) const EXAMPLE: &str = r#"{"kind": "transfer", "target": "number:2001", "ring_timeout_s": 30,
  "outlets": {"busy": "queue", "failed": "sorry"}}"#;

/// Fields of a `transfer` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transfer {
    /// `number:2001`, `agent:1001`, `sip:desk@example.com`, `setting:demo.bridge_target`. After the
    /// colon of `number` and `agent`, `$name` stands for a variable.
    #[schema(value_type = String, format = "target")]
    target: Target,
    /// How long it may ring, seconds.
    #[serde(default = "thirty")]
    #[schema(default = 30, minimum = 1, maximum = 300)]
    ring_timeout_s: u32,
}

const fn thirty() -> u32 {
    30
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Text")]
enum Target {
    Number(Value),
    Agent(Value),
    Uri(Text),
    Setting(Text),
}

impl TryFrom<Text> for Target {
    type Error = String;
    fn try_from(text: Text) -> Result<Self, String> {
        match text.split_once(':') {
            Some((_, "")) => Err(format!("target `{text}` names nobody")),
            Some(("number", number)) => Ok(Self::Number(Value::text(number))),
            Some(("agent", number)) => Ok(Self::Agent(Value::text(number))),
            Some(("sip" | "sips", _)) => Ok(Self::Uri(text)),
            Some(("setting", name)) => Ok(Self::Setting(name.into())),
            _ => Err(format!("target `{text}` begins with none of number:, agent:, sip:, sips:, setting:")),
        }
    }
}

impl Transfer {
    /// Whom to ring now; none when a variable is empty.
    fn resolve(&self, core: &Core) -> Option<TransferTarget> {
        let named = |value| Some(core.value(value).to_text()).filter(|text| !text.is_empty());
        Some(match &self.target {
            Target::Number(value) => TransferTarget::Number(named(value)?.into()),
            Target::Agent(value) => TransferTarget::Agent(named(value)?),
            Target::Uri(uri) => TransferTarget::Uri(uri.clone().into()),
            Target::Setting(name) => TransferTarget::Setting(name.clone()),
        })
    }
}

impl NodeKind for Transfer {
    fn outlets(&self) -> Rule {
        Rule { optional: &["busy", "no_answer", "failed", "done"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        match &self.target {
            Target::Setting(name) if !check.names.setting(name) => {
                check.report("target", What::UnknownSetting(name.clone()));
            }
            Target::Agent(number) if number.reference().is_none() => check.agent("target", &number.to_text()),
            Target::Agent(_) | Target::Number(_) | Target::Uri(_) | Target::Setting(_) => {}
        }
        check.range("ring_timeout_s", self.ring_timeout_s, 1, 300);
    }

    fn fallback(&self, outlet: &str) -> Option<&'static str> {
        matches!(outlet, "busy" | "no_answer").then_some("failed")
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        core.forget_keys();
        core.phase = Phase::Waiting;
        let Some(target) = self.resolve(core) else {
            core.detail = "no target".to_owned();
            core.cause = Cause::NotFound;
            return Next::Out("failed");
        };
        core.act(Action::Transfer { target, ring_timeout_s: self.ring_timeout_s });
        Next::Stay
    }

    fn event(&self, _: &Outlets, core: &mut Core, event: Event) -> Next {
        let (outlet, cause) = match event {
            Event::Transfer(TransferOutcome::Answered) => {
                core.phase = Phase::Connected;
                core.detail = "answered".to_owned();
                return Next::Stay;
            }
            Event::Transfer(TransferOutcome::TargetLeft) => ("done", Cause::Normal),
            Event::Transfer(TransferOutcome::Busy) => ("busy", Cause::Busy),
            Event::Transfer(TransferOutcome::NoAnswer) => ("no_answer", Cause::NoAnswer),
            Event::Transfer(TransferOutcome::Failed) => ("failed", Cause::Unreachable),
            Event::Digit => {
                core.forget_keys();
                return Next::Stay;
            }
            _ => return Next::Stay,
        };
        core.cause = cause;
        Next::Out(outlet)
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::check;

    #[test]
    fn the_caller_hears_the_targets_ringing_and_its_cause_of_failure() {
        let flow = r#"{"t": {"kind": "transfer", "target": "setting:demo.bridge_target"}}"#;
        check(flow, "target_answered target_left", "transfer setting:demo.bridge_target, hangup normal");
        check(flow, "busy", "transfer setting:demo.bridge_target, hangup busy");
        check(flow, "no_answer", "transfer setting:demo.bridge_target, hangup no_answer");
    }

    #[test]
    fn busy_goes_the_way_of_failed_where_it_has_none_of_its_own() {
        let flow = r#"{"t": {"kind": "transfer", "target": "number:$dialled", "outlets": {"failed": "q"}},
                       "q": {"kind": "queue", "queue": "operator"}}"#;
        check(flow, "busy", "transfer number:95, answer, enqueue operator");
    }

    #[test]
    fn an_empty_variable_rings_nobody() {
        check(r#"{"t": {"kind": "transfer", "target": "agent:$nobody"}}"#, "", "hangup not_found");
    }
}
