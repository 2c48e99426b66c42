//! Titles: what people read in place of a technical name.

use serde::{Deserialize, Serialize};

use crate::leg::Text;

/// What people read in place of a technical name, in each language that screens speak. A language
/// left empty is served by the other one, and both by the name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// In Chinese.
    #[serde(default)]
    pub zh: Text,
    /// In English.
    #[serde(default)]
    pub en: Text,
}

impl Title {
    /// A title in both languages.
    pub fn new(zh: &str, en: &str) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// Whether it says nothing in any language.
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }

    /// Chinese and English as shown for a thing of this name.
    pub fn shown(&self, name: &str) -> (Text, Text) {
        let first = |texts: [&str; 3]| Text::from(texts.into_iter().find(|t| !t.is_empty()).unwrap_or_default());
        (first([&self.zh, &self.en, name]), first([&self.en, &self.zh, name]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_filled_by_the_other_language_and_then_by_the_name() {
        for (title, shown) in [
            (Title::new("销售", "Sales"), ("销售", "Sales")),
            (Title::new("销售", ""), ("销售", "销售")),
            (Title::new("", "Sales"), ("Sales", "Sales")),
            (Title::default(), ("sales", "sales")),
        ] {
            let (zh, en) = title.shown("sales");
            assert_eq!((&*zh, &*en), shown);
        }
    }
}
