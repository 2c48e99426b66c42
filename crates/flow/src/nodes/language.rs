//! `language`: switches the caller's language. Outlet `done`.

use serde::Deserialize;
use types::leg::Text;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::LANGUAGES;
use crate::action::Action;
use crate::check::Check;
use crate::core::Core;
use crate::problem::What;

pub(super) const EXAMPLE: &str = r#"{"kind": "language", "language": "en", "outlets": {"done": "menu"}}"#;

/// Fields of a `language` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Language {
    /// `zh` or `en`.
    #[schema(value_type = String, format = "language")]
    language: Text,
}

impl NodeKind for Language {
    fn outlets(&self) -> Rule {
        Rule { required: &["done"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        if !LANGUAGES.contains(&&*self.language) {
            check.report("language", What::UnknownLanguage(self.language.clone()));
        }
    }

    fn waits(&self) -> bool {
        false
    }

    fn is_silent(&self) -> bool {
        true
    }

    fn switches_to(&self) -> Option<&Text> {
        Some(&self.language)
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        core.language = self.language.clone();
        core.act(Action::SetLanguage(self.language.clone()));
        Next::Out("done")
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::check;

    #[test]
    fn prompts_are_in_the_new_language() {
        check(
            r#"{"l": {"kind": "language", "language": "en", "outlets": {"done": "h"}},
                "h": {"kind": "hangup", "prompt": "goodbye"}}"#,
            "",
            "language en, answer, play goodbye/en",
        );
    }
}
