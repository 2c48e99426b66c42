//! How a carrier wants numbers written.

use serde::{Deserialize, Serialize};
use types::leg::Text;

use crate::numbering::{Kind, Number};

/// In which form numbers go to a trunk, before its rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberFormat {
    /// As people in China dial them: `01062345678`, `13800138000`, `0012125550123`.
    #[default]
    National,
    /// `+861062345678`; short numbers, which have no such form, as they are dialled.
    E164,
    /// The same without its plus: `861062345678`.
    Digits,
}

impl NumberFormat {
    /// The stable names.
    pub const NAMES: [&str; 3] = ["national", "e164", "digits"];

    fn write(self, number: &Number) -> Text {
        let e164 = number.e164();
        match (self, e164) {
            (Self::E164, Some(e164)) => e164,
            (Self::Digits, Some(e164)) => e164.trim_start_matches('+').into(),
            _ => number.dialled(),
        }
    }
}

/// A change to numbers that begin with some digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberRule {
    /// Numbers, in the trunk's form, that begin with this; of several rules that fit the longest prefix counts.
    pub prefix: Text,
    /// Characters taken off the front.
    #[serde(default)]
    pub strip: u8,
    /// Put before the rest.
    #[serde(default)]
    pub prepend: Text,
}

impl NumberRule {
    /// Characters that a rule may put before a number: a carrier's access code, no more.
    pub const PREPEND_MAX: usize = 16;

    /// Whether it makes sense: digits alone, and no more taken off than the prefix that it is for.
    pub fn is_sound(&self) -> bool {
        let dialled = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'*' | b'#'));
        dialled(&self.prefix)
            && dialled(&self.prepend)
            && self.prepend.len() <= Self::PREPEND_MAX
            && usize::from(self.strip) <= self.prefix.len()
    }
}

/// How numbers go to a trunk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NumberForm {
    /// The form.
    pub format: NumberFormat,
    /// Changes to it.
    pub rules: Vec<NumberRule>,
}

impl NumberForm {
    /// What the carrier is sent for a number. Emergency numbers are never changed: each exchange knows them as they
    /// are. What is no number goes as it is.
    pub fn write(&self, number: &Number) -> Text {
        let is_name = || !number.text().bytes().all(|b| b.is_ascii_digit());
        if number.kind() == Kind::Emergency || number.kind() == Kind::Other && is_name() {
            return number.text().clone();
        }
        let written = self.format.write(number);
        let fits = self.rules.iter().filter(|rule| written.starts_with(&*rule.prefix));
        match fits.max_by_key(|rule| rule.prefix.len()) {
            Some(rule) => {
                let rest = written.get(usize::from(rule.strip)..).unwrap_or(&written);
                format!("{}{rest}", rule.prepend).into()
            }
            None => written,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::numbering::{ANY_NUMBER, Numbering};

    fn rule(prefix: &str, strip: u8, prepend: &str) -> NumberRule {
        NumberRule { prefix: prefix.into(), strip, prepend: prepend.into() }
    }

    fn written(format: NumberFormat, rules: &[NumberRule], text: &str) -> String {
        let form = NumberForm { format, rules: rules.to_vec() };
        form.write(&Numbering::default().received(text)).to_string()
    }

    #[test]
    fn each_carrier_gets_its_own_form() {
        use NumberFormat::*;
        // A carrier in Shanghai that wants local numbers short, other cities' mobiles with 0, and an access code abroad.
        let shanghai = [rule("021", 3, ""), rule("1", 0, "0"), rule("10", 0, ""), rule("00", 0, "17909")];
        for (format, rules, text, sent) in [
            (National, &[][..], "+8613800138000", "13800138000"),
            (National, &[], "+442079460018", "00442079460018"),
            (E164, &[], "13800138000", "+8613800138000"),
            (E164, &[], "010-62345678", "+861062345678"),
            (E164, &[], "95588", "95588"),
            (E164, &[], "110", "110"),
            (Digits, &[], "13800138000", "8613800138000"),
            (Digits, &[], "0012125550123", "12125550123"),
            (National, &shanghai, "021-62345678", "62345678"),
            (National, &shanghai, "13800138000", "013800138000"),
            (National, &shanghai, "10086", "10086"),
            (National, &shanghai, "01062345678", "01062345678"),
            (National, &shanghai, "+442079460018", "1790900442079460018"),
            (National, &[rule("", 0, "99")], "8001", "998001"),
            (National, &[rule("", 0, "99")], "110", "110"),
            (National, &[rule("", 0, "99")], "0571110", "0571110"),
            (National, &[rule("", 0, "99")], "alice", "alice"),
            (E164, &[rule("+86", 3, "0086")], "13800138000", "008613800138000"),
        ] {
            assert_eq!(written(format, rules, text), sent, "{text} as {format:?}");
        }
    }

    #[test]
    fn rules_that_take_off_more_than_they_know_are_unsound() {
        assert!(rule("021", 3, "").is_sound() && rule("+86", 3, "0").is_sound());
        for bad in [rule("0", 2, ""), rule("a", 0, ""), rule("", 0, "sip:"), rule("", 0, "12345678901234567")] {
            assert!(!bad.is_sound(), "{bad:?}");
        }
    }

    proptest! {
        /// What a carrier is sent in any of the forms reads as the number that was meant.
        #[test]
        fn a_form_loses_nothing(text in ANY_NUMBER) {
            let plan = Numbering::default();
            let number = plan.dialled(&text);
            prop_assert!(number.kind() != Kind::Other, "{text}");
            for format in [NumberFormat::National, NumberFormat::E164] {
                let sent = NumberForm { format, rules: Vec::new() }.write(&number);
                prop_assert_eq!(plan.received(&sent), number.clone());
            }
        }
    }
}
