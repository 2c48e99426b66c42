//! The switch that closes a centre, or some of its flows, at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use types::leg::Text;

use crate::model::Flow;
use crate::problem::Problem;

/// What is closed: nothing, everything, or these flows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Closure {
    /// Nothing.
    #[default]
    Nothing,
    /// Every flow.
    All,
    /// The flows of these ids.
    Flows(BTreeSet<Text>),
}

impl Closure {
    /// The setting that says what is closed: empty, `all`, or flows' names with commas between.
    pub const SETTING: &'static str = "flow.closed";
    /// The setting that names the prompt callers hear then.
    pub const PROMPT_SETTING: &'static str = "flow.closed_prompt";
    /// What they hear where it names none.
    pub const PROMPT: &'static str = "closed_emergency";

    /// Reads the setting.
    pub fn parse(text: &str) -> Self {
        let names: BTreeSet<Text> =
            text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(Text::from).collect();
        match names.is_empty() {
            true => Self::Nothing,
            false if names.contains("all") => Self::All,
            false => Self::Flows(names),
        }
    }

    /// Whether a flow is closed.
    pub fn holds(&self, flow: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::All => true,
            Self::Flows(names) => names.contains(flow),
        }
    }

    /// What callers of a closed flow walk instead: an announcement, and the end.
    ///
    /// # Errors
    /// When the prompt's name can't stand in a flow.
    pub fn announcement(language: &str, prompt: &str) -> Result<Arc<Flow>, Vec<Problem>> {
        let json = serde_json::json!({
            "version": crate::VERSION, "id": "closure", "name": "closure", "language": language, "start": "closed",
            "nodes": {"closed": {"kind": "hangup", "prompt": prompt, "title": {"zh": "紧急关闭", "en": "Emergency closure"}}},
        });
        Flow::parse(&json.to_string()).map(Arc::new)
    }
}

#[cfg(test)]
mod tests {
    use super::Closure;

    #[test]
    fn what_is_closed() {
        let closed = |text: &str| [Closure::parse(text).holds("a"), Closure::parse(text).holds("b")];
        assert_eq!(closed(""), [false, false]);
        assert_eq!(closed(" , "), [false, false]);
        assert_eq!(closed("all"), [true, true]);
        assert_eq!(closed("b, c"), [false, true]);
    }

    #[test]
    fn closed_callers_hear_the_prompt() {
        let flow = Closure::announcement("en", Closure::PROMPT).unwrap();
        assert_eq!(flow.validate(&crate::AnyName), []);
    }
}
