//! `tag`: notes a word with the call, such as `complaint` or `order {{ order }}`. Outlet `done`.

use serde::Deserialize;
use types::leg::Text;
use utoipa::ToSchema;

use super::{Next, NodeKind, Outlets, Rule};
use crate::action::Action;
use crate::check::Check;
use crate::core::{Core, Event};
use crate::expression::Template;
use crate::problem::What;

pub(super) const EXAMPLE: &str = r#"{"kind": "tag", "tags": ["complaint"], "outlets": {"done": "sales"}}"#;

/// Tags of one node; a call with more is described, not tagged.
const TAGS_MAX: i64 = 10;
/// The longest tag, characters: it stands beside others in one line.
const TAG_CHARS: usize = 40;

/// Fields of a `tag` node.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tag {
    /// The tags; `{{ … }}` in one is an expression. An empty one is left out, a long one is cut to 40 characters.
    #[schema(value_type = Vec<String>, format = "tags", max_items = 10)]
    tags: Vec<Template>,
}

impl Tag {
    fn note(&self, core: &mut Core) -> Next {
        let (mut tags, mut wrong) = (Vec::new(), None);
        for template in &self.tags {
            match template.fill(core, str::to_owned) {
                Ok(tag) => tags.push(Text::from(tag.trim().chars().take(TAG_CHARS).collect::<String>())),
                Err(why) => wrong = Some(why),
            }
        }
        tags.retain(|tag| !tag.is_empty());
        if let Some(why) = wrong {
            core.detail = format!("expression: {why}");
        }
        if !tags.is_empty() {
            core.act(Action::Tag(tags));
        }
        Next::Out("done")
    }
}

impl NodeKind for Tag {
    fn outlets(&self) -> Rule {
        Rule { required: &["done"], ..Rule::default() }
    }

    fn check(&self, check: &mut Check<'_>) {
        check.range("tags", self.tags.len() as i64, 1, TAGS_MAX);
        for tag in &self.tags {
            tag.check("tags", check);
            if tag.is_empty() {
                check.report("tags", What::Empty);
            }
        }
    }

    fn waits(&self) -> bool {
        false
    }

    fn is_silent(&self) -> bool {
        true
    }

    fn enter(&self, _: &Outlets, core: &mut Core) -> Next {
        if core.look_at_queues(self.tags.iter().flat_map(Template::expressions)) { Next::Stay } else { self.note(core) }
    }

    fn event(&self, _: &Outlets, core: &mut Core, event: Event) -> Next {
        if event == Event::Queues { self.note(core) } else { Next::Stay }
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::check;

    #[test]
    fn tags_are_filled_in_and_noted() {
        let flow = |tags: &str| {
            format!(
                r#"{{"t": {{"kind": "tag", "tags": {tags}, "outlets": {{"done": "h"}}}}, "h": {{"kind": "hangup"}}}}"#
            )
        };
        check(&flow(r#"["vip", "from {{ caller }}"]"#), "", "tag vip|from 13800138000, hangup normal");
        check(&flow(r#"["{{ nothing }}"]"#), "", "hangup normal");
        check(&flow(r#"["{{ 1 / 0 }}", "kept"]"#), "", "tag kept, hangup normal");
        check(&flow(r#"["{{ queue('sales').waiting }} wait"]"#), "queues", "look sales, tag 7 wait, hangup normal");
    }
}
