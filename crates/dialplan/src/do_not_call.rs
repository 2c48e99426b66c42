//! Numbers outside that the tenant's people may not call, and why.

use types::record::DoNotCall;

use crate::Numbering;
use crate::by_number::{ByNumber, number_or_prefix};

/// An entry that makes no sense. It names no number: those are not for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {entry} {why}")]
pub struct BadDoNotCall {
    /// Which, from 1.
    pub entry: usize,
    /// What is wrong.
    pub why: &'static str,
}

/// The list of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DoNotCallList(ByNumber<DoNotCall>);

impl DoNotCallList {
    /// The setting that holds it: `13911112222=asked, 0108888*=regulator, 95533`.
    pub const SETTING: &str = "calls.do_not_call";
    /// The longest list, characters: some 6,000 numbers. More of them are for a register that somebody else keeps.
    pub const CHARS_MAX: usize = 100_000;

    /// Reads entries that stand apart by commas, semicolons or white space: a number or a prefix with `*`, and why, which
    /// is `asked` where it is left out. Whole numbers may be written in any way that `numbering` understands.
    ///
    /// # Errors
    /// The first entry that makes no sense.
    pub fn parse(text: &str, numbering: &Numbering) -> Result<Self, BadDoNotCall> {
        let mut list = ByNumber::default();
        let apart = |c: char| matches!(c, ',' | ';' | '，' | '；' | '、') || c.is_whitespace();
        for (at, entry) in text.split(apart).filter(|entry| !entry.is_empty()).enumerate() {
            let bad = |why| BadDoNotCall { entry: at + 1, why };
            let (number, why) = entry.split_once('=').unwrap_or((entry, DoNotCall::Asked.as_str()));
            let why = DoNotCall::parse(why).ok_or(bad("needs asked, regulator, wrong_number or other after the ="))?;
            list.insert(number_or_prefix(number).ok_or(bad("names no number"))?, why, numbering);
        }
        Ok(Self(list))
    }

    /// Why this number, in canonical form, may not be called; none where it may.
    pub fn of(&self, number: &str) -> Option<DoNotCall> {
        self.0.of(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<DoNotCallList, BadDoNotCall> {
        DoNotCallList::parse(text, &Numbering::default())
    }

    #[test]
    fn numbers_and_prefixes_have_a_reason_each() {
        let list = list("+8613911112222, 1380*=regulator\n95533=wrong_number").unwrap();
        for (number, why) in [
            ("13911112222", Some(DoNotCall::Asked)),
            ("13800000000", Some(DoNotCall::Regulator)),
            ("95533", Some(DoNotCall::WrongNumber)),
            ("13911112223", None),
            ("", None),
        ] {
            assert_eq!(list.of(number), why, "{number}");
        }
        assert!(!format!("{list:?}").contains("1391111"));
    }

    #[test]
    fn an_entry_that_makes_no_sense_is_named_without_its_number() {
        for (text, entry) in [("13911112222=because", 1), ("95533, 139x", 2), ("*", 1)] {
            let error = list(text).unwrap_err();
            assert_eq!(error.entry, entry, "{text}");
            assert!(!error.to_string().contains("139"), "{error}");
        }
    }
}
