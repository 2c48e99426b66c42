//! Which customers go before others in every queue, by the number they call from and by the one they call.

use std::ops::RangeInclusive;

use crate::Numbering;
use crate::by_number::{ByNumber, number_or_prefix};

/// A rule that makes no sense. It names no number: those are not for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rule {rule} {why}")]
pub struct BadPriority {
    /// Which, from 1.
    pub rule: usize,
    /// What is wrong.
    pub why: &'static str,
}

/// The rules of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriorityRules {
    callers: ByNumber<i32>,
    called: ByNumber<i32>,
}

impl PriorityRules {
    /// The setting that holds them: `caller:13911112222=1000, caller:1380*=500, called:95001=200`.
    pub const SETTING: &str = "routing.priority";
    /// What a rule may say: no more than a queue may.
    pub const RANGE: RangeInclusive<i32> = -1000..=1000;
    /// The longest list, characters: some 4,000 numbers. More of them are for a flow to look up.
    pub const CHARS_MAX: usize = 100_000;
    /// Reads rules that stand apart by commas, semicolons or white space. Whole numbers may be written in any way that
    /// `numbering` understands; prefixes are held against numbers as records show them.
    ///
    /// # Errors
    /// The first rule that makes no sense.
    pub fn parse(text: &str, numbering: &Numbering) -> Result<Self, BadPriority> {
        let mut rules = Self::default();
        let apart = |c: char| matches!(c, ',' | ';' | '，' | '；' | '、') || c.is_whitespace();
        for (at, rule) in text.split(apart).filter(|rule| !rule.is_empty()).enumerate() {
            rules.add(rule, numbering).map_err(|why| BadPriority { rule: at + 1, why })?;
        }
        Ok(rules)
    }

    fn add(&mut self, rule: &str, numbering: &Numbering) -> Result<(), &'static str> {
        let (what, priority) = rule.split_once('=').ok_or("needs a number and a priority, such as caller:1380*=500")?;
        let priority: i32 = priority.parse().map_err(|_| "needs a whole number after the =")?;
        if !Self::RANGE.contains(&priority) {
            return Err("needs a priority of -1000 to 1000");
        }
        let (table, number) = match what.split_once(':') {
            Some(("caller", number)) => (&mut self.callers, number),
            Some(("called", number)) => (&mut self.called, number),
            _ => return Err("begins neither with caller: nor with called:"),
        };
        table.insert(number_or_prefix(number).ok_or("names no number")?, priority, numbering);
        Ok(())
    }

    /// What is added to the priority of one who calls from `caller` and has dialled `called`, both in canonical form: the
    /// greater of what the rules say of each, 0 where they say nothing.
    pub fn of(&self, caller: &str, called: &str) -> i32 {
        let said = [self.callers.of(caller), self.called.of(called)];
        said.into_iter().flatten().max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Result<PriorityRules, BadPriority> {
        PriorityRules::parse(text, &Numbering::default())
    }

    #[test]
    fn the_most_that_is_known_of_a_number_holds() {
        let rules = rules("caller:+8613911112222=1000, caller:139*=200;caller:1391*=-5\ncalled:95001=300").unwrap();
        for (caller, called, priority) in [
            ("13911112222", "95002", 1000),
            ("13911113333", "95002", -5),
            ("13811113333", "95002", 0),
            ("13900000000", "95002", 200),
            ("13900000000", "95001", 300),
            ("13911113333", "95001", 300),
            ("anonymous", "95001", 300),
            ("", "", 0),
            ("张", "李", 0),
        ] {
            assert_eq!(rules.of(caller, called), priority, "{caller} {called}");
        }
        assert_eq!(self::rules(" ").unwrap(), PriorityRules::default());
    }

    #[test]
    fn a_rule_that_makes_no_sense_is_named_without_its_number() {
        for (text, rule, names) in [
            ("13911112222", 1, "priority"),
            ("caller:1=1,vip:13911112222=5", 2, "caller:"),
            ("caller:13911112222=1001", 1, "-1000"),
            ("caller:13911112222=x", 1, "whole number"),
            ("caller:*=5", 1, "number"),
            ("called:95a=5", 1, "number"),
        ] {
            let error = rules(text).unwrap_err();
            assert_eq!(error.rule, rule, "{text}");
            let said = error.to_string();
            assert!(said.contains(names) && !said.contains("13911112222"), "{said}");
        }
        assert!(!format!("{:?}", rules("caller:13911112222=5")).contains("1391111"));
    }
}
