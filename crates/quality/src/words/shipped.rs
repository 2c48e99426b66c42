//! The words that every centre begins with.

use super::{List, Word};

/// A list a line: its name; a word a line: category, word, and after `!` what sounds the same and is not meant.
const SHIPPED: &str = include_str!("shipped.tsv");

/// The lists that ship with the product.
pub fn shipped() -> Vec<List> {
    let mut lists: Vec<List> = Vec::new();
    for line in SHIPPED.lines().filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix("# ") {
            lists.push(List { name: name.to_owned(), words: Vec::new() });
        } else if let (Some(list), Some((category, rest))) = (lists.last_mut(), line.split_once('\t')) {
            let mut words = rest.split('!').map(str::to_owned);
            let text = words.next().unwrap_or_default();
            list.words.push(Word { text, category: category.to_owned(), but_not: words.collect() });
        }
    }
    lists
}

/// One of them.
pub fn shipped_list(name: &str) -> Option<List> {
    shipped().into_iter().find(|list| list.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_line_is_a_word_with_its_category() {
        let lists = shipped();
        let words: Vec<&Word> = lists.iter().flat_map(|list| &list.words).collect();
        let lines = SHIPPED.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
        assert_eq!(words.len(), lines);
        assert!(words.iter().all(|word| !word.text.is_empty() && !word.category.is_empty()));
        let names: BTreeSet<&str> = lists.iter().map(|list| list.name.as_str()).collect();
        assert_eq!(names.len(), lists.len(), "names are given once");
    }
}
