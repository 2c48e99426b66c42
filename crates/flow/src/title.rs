//! What people read of a node and of its outlets.

use std::collections::BTreeMap;

use serde::Deserialize;
use types::Title;
use types::leg::Text;

use crate::problem::{Problem, What};

/// The longest title, characters: it stands beside others in one line of a desk.
pub(crate) const TITLE_CHARS: usize = 40;

/// A title as it is written: in both languages, or one text for both.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a title: a text, or {\"zh\": …, \"en\": …}")]
enum Written {
    One(Text),
    Each(Title),
}

impl Written {
    fn title(self) -> Title {
        match self {
            Self::One(text) => Title { zh: text, en: Text::from("") },
            Self::Each(title) => title,
        }
    }
}

/// The words of a node.
#[derive(Debug, Default)]
pub(crate) struct Titles {
    /// What people read in place of its id; empty where the flow gives none.
    pub(crate) own: Title,
    /// What leaving by an outlet means, such as `销售` for key 1 of a menu.
    pub(crate) choices: BTreeMap<Text, Title>,
}

/// As they stand among a node's fields.
#[derive(Debug, Deserialize)]
pub(crate) struct Form {
    /// The title of before there were two languages.
    #[serde(default)]
    label: Option<Text>,
    #[serde(default)]
    title: Option<Written>,
    #[serde(default)]
    choices: BTreeMap<Text, Written>,
}

impl From<Form> for Titles {
    fn from(form: Form) -> Self {
        let own = form.title.or(form.label.filter(|label| !label.is_empty()).map(Written::One));
        let own = own.map_or_else(Title::default, Written::title);
        Self { own, choices: form.choices.into_iter().map(|(outlet, words)| (outlet, words.title())).collect() }
    }
}

impl Titles {
    /// What is wrong with them, where these outlets lead somewhere.
    pub(crate) fn check(&self, id: &Text, leads: impl Fn(&str) -> bool, problems: &mut Vec<Problem>) {
        let mut length = |field: &str, title: &Title| {
            if [&title.zh, &title.en].into_iter().any(|text| text.chars().count() > TITLE_CHARS) {
                problems.push(Problem::of_node(id, field, What::TooLong(TITLE_CHARS)));
            }
        };
        length("title", &self.own);
        for (outlet, title) in &self.choices {
            length(&format!("choices.{outlet}"), title);
        }
        for outlet in self.choices.keys().filter(|outlet| !leads(outlet)) {
            let what = What::UnknownOutlet(outlet.to_string());
            problems.push(Problem::of_node(id, &format!("choices.{outlet}"), what));
        }
    }
}

#[cfg(test)]
mod tests {
    use types::Title;

    use crate::{AnyName, Flow};

    /// The problems of a menu with these words beside its fields.
    fn problems(words: &str) -> Vec<String> {
        let json = format!(
            r#"{{"version": 1, "id": "f", "name": "f", "language": "zh", "start": "m", "nodes": {{
                 "m": {{"kind": "menu", "prompt": "p", {words}, "outlets": {{"1": "h", "timeout": "h"}}}},
                 "h": {{"kind": "hangup"}}}}}}"#
        );
        let found = Flow::parse(&json).map_or_else(|problems| problems, |flow| flow.validate(&AnyName));
        found.iter().map(ToString::to_string).collect()
    }

    fn of_menu(words: &str) -> Title {
        let json = format!(
            r#"{{"version": 1, "id": "f", "name": "f", "language": "zh", "start": "m",
                 "nodes": {{"m": {{"kind": "hangup", {words}}}}}}}"#
        );
        Flow::parse(&json).unwrap().nodes["m"].titles.own.clone()
    }

    #[test]
    fn a_title_is_in_two_languages_or_one_text_for_both() {
        assert_eq!(of_menu(r#""title": {"zh": "主菜单", "en": "Main menu"}"#), Title::new("主菜单", "Main menu"));
        assert_eq!(of_menu(r#""title": "主菜单""#).shown("m"), ("主菜单".into(), "主菜单".into()));
        assert_eq!(of_menu(r#""label": "主菜单""#).shown("m"), ("主菜单".into(), "主菜单".into()));
        assert_eq!(of_menu(r#""label": "旧", "title": {"en": "New"}"#), Title::new("", "New"));
    }

    #[test]
    fn titles_are_checked_strictly() {
        assert_eq!(problems(r#""choices": {"1": {"zh": "销售", "en": "Sales"}, "timeout": "超时"}"#), [""; 0]);
        let unknown = problems(r#""title": {"zh": "菜单", "fr": "Menu"}"#);
        assert!(unknown[0].contains("a title: a text, or"), "{unknown:?}");
        assert_eq!(
            problems(r#""choices": {"2": "支持"}"#),
            ["node `m`, choices.2: this kind of node has no outlet `2`"]
        );
        let long = format!(r#""title": "{}""#, "长".repeat(41));
        assert_eq!(problems(&long), ["node `m`, title: more than 40 characters"]);
    }
}
