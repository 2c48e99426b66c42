//! Checking a node's settings: what exists outside the flow, and a collector of what is wrong.

use std::collections::BTreeSet;

use types::leg::Text;

use crate::LANGUAGES;
use crate::mailbox::MailboxName;
use crate::problem::{Problem, What};

/// What stands in the place of a language where music is asked for.
pub const MUSIC: &str = "music";

/// What exists outside the flow.
pub trait Names {
    /// Whether there is a queue of this name.
    fn queue(&self, name: &str) -> bool;
    /// Whether there is a flow of this id.
    fn flow(&self, id: &str) -> bool;
    /// Whether there is this prompt in this language, or as [`MUSIC`].
    fn prompt(&self, language: &str, id: &str) -> bool;
    /// Whether there is a setting of this name.
    fn setting(&self, name: &str) -> bool;
    /// Whether there is a secret of this name.
    fn secret(&self, name: &str) -> bool;
    /// Whether there is a database of this name.
    fn database(&self, name: &str) -> bool;
    /// Whether there is an agent of this number.
    fn agent(&self, number: &str) -> bool;
    /// Whether there is such a mailbox.
    fn mailbox(&self, name: &MailboxName) -> bool;
}

/// Takes every name for granted.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnyName;

impl Names for AnyName {
    fn queue(&self, _: &str) -> bool {
        true
    }
    fn flow(&self, _: &str) -> bool {
        true
    }
    fn prompt(&self, _: &str, _: &str) -> bool {
        true
    }
    fn setting(&self, _: &str) -> bool {
        true
    }
    fn secret(&self, _: &str) -> bool {
        true
    }
    fn database(&self, _: &str) -> bool {
        true
    }
    fn agent(&self, _: &str) -> bool {
        true
    }
    fn mailbox(&self, _: &MailboxName) -> bool {
        true
    }
}

/// Collects what is wrong with one node.
pub(crate) struct Check<'a> {
    pub(crate) node: &'a Text,
    pub(crate) languages: &'a BTreeSet<Text>,
    pub(crate) names: &'a dyn Names,
    pub(crate) problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    pub(crate) fn report(&mut self, field: &str, what: What) {
        self.problems.push(Problem::of_node(self.node, field, what));
    }

    pub(crate) fn range(&mut self, field: &str, value: impl Into<i64>, least: i64, most: i64) {
        if !(least..=most).contains(&value.into()) {
            self.report(field, What::OutOfRange(least, most));
        }
    }

    pub(crate) fn prompt(&mut self, field: &str, id: &Text) {
        for language in self.languages {
            if LANGUAGES.contains(&&**language) && !self.names.prompt(language, id) {
                self.report(field, What::UnknownPrompt(id.clone(), language.clone()));
            }
        }
    }

    /// Music has no language.
    pub(crate) fn music(&mut self, field: &str, name: &Text) {
        if !self.names.prompt(MUSIC, name) {
            self.report(field, What::UnknownMusic(name.clone()));
        }
    }

    /// That there is a database of this name.
    pub(crate) fn database(&mut self, field: &str, name: &Text) {
        if name.is_empty() {
            self.report(field, What::Empty);
        } else if !self.names.database(name) {
            self.report(field, What::UnknownDatabase(name.clone()));
        }
    }

    /// That there is an agent of this number; a variable may be any.
    pub(crate) fn agent(&mut self, field: &str, number: &Text) {
        if !self.names.agent(number) {
            self.report(field, What::UnknownAgent(number.clone()));
        }
    }

    pub(crate) fn mailbox(&mut self, field: &str, mailbox: &MailboxName) {
        if !self.names.mailbox(mailbox) {
            let what = match mailbox {
                MailboxName::Agent(number) => What::UnknownAgent(number.clone()),
                MailboxName::Queue(name) => What::UnknownQueue(name.clone()),
            };
            self.report(field, what);
        }
    }

    pub(crate) fn keys(&mut self, field: &str, keys: &str) {
        if keys.is_empty() {
            self.report(field, What::Empty);
        } else if !is_keys(keys) {
            self.report(field, What::BadDigits(keys.to_owned()));
        }
    }

    pub(crate) fn queue(&mut self, field: &str, name: &Text) {
        if name.is_empty() {
            self.report(field, What::Empty);
        } else if !self.names.queue(name) {
            self.report(field, What::UnknownQueue(name.clone()));
        }
    }
}

/// Whether these are keys of a telephone.
pub(crate) fn is_keys(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '0'..='9' | '*' | '#'))
}
