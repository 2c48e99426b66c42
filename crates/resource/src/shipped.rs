//! The prompts that ship, by what they say.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A line each: id, tab, text.
const LISTS: [&str; 2] = [include_str!("../../../prompts/texts.zh.tsv"), include_str!("../../../prompts/texts.en.tsv")];

static SHIPPED: LazyLock<BTreeMap<&str, [&str; 2]>> = LazyLock::new(|| {
    let mut prompts: BTreeMap<&str, [&str; 2]> = BTreeMap::new();
    for (language, list) in LISTS.iter().enumerate() {
        for (id, text) in list.lines().filter_map(|line| line.split_once('\t')) {
            prompts.entry(id).or_default()[language] = text;
        }
    }
    prompts
});

/// The music that ships.
pub(crate) const SHIPPED_MUSIC: &str = "default";

/// The prompts that every tenant has, and what each says in Chinese and in English.
pub fn shipped_prompts() -> &'static BTreeMap<&'static str, [&'static str; 2]> {
    &SHIPPED
}
