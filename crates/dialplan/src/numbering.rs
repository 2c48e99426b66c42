//! How a dialled or received text is read as a telephone number of China's numbering plan.
//!
//! A number has one canonical text, by which routes, own numbers and records are compared: as people in China dial it
//! (`01062345678`, `13800138000`, `4001234567`, `95588`), or `+` and the country's code for one abroad.

use types::leg::Text;

use crate::number::{EMERGENCY, is_emergency};

/// China's country code.
const CHINA: &str = "86";
/// Digits after the country code, at most (E.164 has fifteen in all, codes of countries one to three of them).
const MAX_E164_DIGITS: usize = 15;
/// Digits of an international number at least: shorter ones are codes of something else.
const MIN_E164_DIGITS: usize = 7;
/// Digits of a mobile number.
const MOBILE_DIGITS: usize = 11;
/// Digits of a 400 or 800 number.
const FREE_DIGITS: usize = 10;

/// What kind of number a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Police, fire, ambulance, traffic police, with an area code before it or not.
    Emergency,
    /// A mobile telephone.
    Mobile,
    /// A fixed line, with its area code.
    Fixed,
    /// A 400 number: caller and called share the cost.
    Shared,
    /// An 800 number: the called pays.
    Free,
    /// A short number: 1xxxx, 95xxx, 96xxx, 114 and the like, with an area code before it or not.
    Service,
    /// Abroad.
    International,
    /// Nothing of these: an extension of a peer, a name. It goes as it is.
    Other,
}

/// A number that was read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    kind: Kind,
    text: Text,
}

impl Number {
    fn new(kind: Kind, text: impl Into<Text>) -> Self {
        Self { kind, text: text.into() }
    }

    /// What it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The canonical text.
    pub const fn text(&self) -> &Text {
        &self.text
    }

    /// As it is dialled in China: abroad begins with 00.
    pub fn dialled(&self) -> Text {
        match (self.kind, self.text.strip_prefix('+')) {
            (Kind::International, Some(digits)) => format!("00{digits}").into(),
            _ => self.text.clone(),
        }
    }

    /// In E.164 with its plus. None for what has no such form: emergency and short numbers, and what is no telephone
    /// number.
    pub fn e164(&self) -> Option<Text> {
        match self.kind {
            Kind::International => Some(self.text.clone()),
            Kind::Mobile | Kind::Shared | Kind::Free => Some(format!("+{CHINA}{}", self.text).into()),
            Kind::Fixed => Some(format!("+{CHINA}{}", self.text.strip_prefix('0')?).into()),
            Kind::Emergency | Kind::Service | Kind::Other => None,
        }
    }

    /// Whether a route or rule for this prefix takes it. A prefix with a plus is held against E.164, any other against
    /// what is dialled.
    pub fn begins_with(&self, prefix: &str) -> bool {
        if prefix.starts_with('+') {
            return self.e164().is_some_and(|e164| e164.starts_with(prefix));
        }
        self.dialled().starts_with(prefix)
    }
}

/// Where a company is, as far as numbers are concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbering {
    area: Option<Text>,
    outside: Option<Text>,
}

/// A setting of the numbering that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {why}")]
pub struct BadNumbering {
    /// Its name.
    pub setting: &'static str,
    /// What is wrong.
    pub why: &'static str,
}

impl Numbering {
    /// The setting with the company's own area code, such as `010` or `0755`: local numbers are completed by it.
    pub const AREA_CODE: &str = "dialplan.area_code";
    /// The setting with what is dialled to get an outside line, such as `9` or `0`.
    pub const OUTSIDE_PREFIX: &str = "dialplan.outside_prefix";
    /// All settings.
    pub const SETTINGS: [&str; 2] = [Self::AREA_CODE, Self::OUTSIDE_PREFIX];

    /// By the settings of these names.
    ///
    /// # Errors
    /// [`BadNumbering`] names the one that makes no sense.
    pub fn from_settings<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Result<Self, BadNumbering> {
        let mut numbering = Self::default();
        for setting in Self::SETTINGS {
            let Some(text) = value(setting).filter(|text| !text.is_empty()) else { continue };
            Self::check(setting, text)?;
            let place = if setting == Self::AREA_CODE { &mut numbering.area } else { &mut numbering.outside };
            *place = Some(text.into());
        }
        Ok(numbering)
    }

    /// Whether a value makes sense for a setting of these; any does for another.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(setting: &str, value: &str) -> Result<(), BadNumbering> {
        if setting == Self::AREA_CODE && area_code(value) != Some(value) {
            return Err(BadNumbering { setting: Self::AREA_CODE, why: "is no area code such as 010 or 0755" });
        }
        // More digits than one would begin numbers that people mean to dial.
        if setting == Self::OUTSIDE_PREFIX && !matches!(value.as_bytes(), [b'0' | b'2'..=b'9']) {
            return Err(BadNumbering { setting: Self::OUTSIDE_PREFIX, why: "is no digit other than 1" });
        }
        Ok(())
    }

    /// Reads what one of ours dials: with what gets an outside line before it, or without. What is no number with it
    /// may be one without, as 95588 is where 9 gets a line, and a whole 400 or 800 number is one.
    pub fn dialled(&self, text: &str) -> Number {
        let text = plain(text);
        if is_emergency(&text) {
            return Number::new(Kind::Emergency, text);
        }
        let prefix = self.outside.as_deref().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
        let Some(inner) = prefix.and_then(|prefix| text.strip_prefix(prefix)) else {
            return self.received(&text);
        };
        let (inner, whole) = (self.received(inner), self.received(&text));
        if matches!(whole.kind, Kind::Shared | Kind::Free) {
            return whole;
        }
        if inner.kind != Kind::Other {
            return inner;
        }
        if whole.kind == Kind::Other && !inner.text.is_empty() { inner } else { whole }
    }

    /// Reads a number as carriers, records and settings write it.
    pub fn received(&self, text: &str) -> Number {
        let text = plain(text);
        let abroad = text.strip_prefix('+').or_else(|| text.strip_prefix("00"));
        if !text.strip_prefix('+').unwrap_or(&text).bytes().all(|b| b.is_ascii_digit()) {
            return Number::new(Kind::Other, text);
        }
        let found = match abroad {
            Some(rest) => international(rest),
            None => domestic(&text).or_else(|| self.local(&text)).or_else(|| without_plus(&text)),
        };
        found.unwrap_or_else(|| Number::new(Kind::Other, text))
    }

    /// A local number of the company's own area.
    fn local(&self, text: &str) -> Option<Number> {
        let area = self.area.as_deref()?;
        matches!(text.as_bytes(), [b'2'..=b'8', ..]).then(|| fixed(area, text)).flatten()
    }
}

/// Without what people write between digits; full-width digits become plain ones. What is a name stays as it is.
fn plain(text: &str) -> String {
    let between = |c: char| matches!(c, ' ' | '-' | '(' | ')' | '.' | '/' | '\u{3000}' | '（' | '）' | '－');
    let narrow = |c: char| match c {
        '０'..='９' | '＋' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    };
    let digits: String = text.chars().filter(|c| !between(*c)).map(narrow).collect();
    let is_number = digits.strip_prefix('+').unwrap_or(&digits).bytes().all(|b| b.is_ascii_digit());
    if is_number && !digits.is_empty() { digits } else { text.to_owned() }
}

/// A number with its country's code, without what marks it as such.
fn international(digits: &str) -> Option<Number> {
    let Some(rest) = digits.strip_prefix(CHINA) else {
        let fits = (MIN_E164_DIGITS..=MAX_E164_DIGITS).contains(&digits.len()) && !digits.starts_with('0');
        return fits.then(|| Number::new(Kind::International, format!("+{digits}")));
    };
    // Some carriers keep the 0 of the area code.
    domestic(rest).filter(|number| number.kind != Kind::Emergency).or_else(|| domestic(&format!("0{rest}")))
}

/// `86` before a mobile or fixed number, as carriers write that forget the plus.
fn without_plus(text: &str) -> Option<Number> {
    let number = international(text.strip_prefix(CHINA).map(|_| text)?)?;
    matches!(number.kind, Kind::Mobile | Kind::Fixed | Kind::Shared | Kind::Free).then_some(number)
}

/// A number as it is dialled anywhere in China.
fn domestic(text: &str) -> Option<Number> {
    let number = |kind| Some(Number::new(kind, text));
    match text.as_bytes() {
        _ if is_emergency(text) => number(Kind::Emergency),
        [b'1', b'3'..=b'9', ..] if text.len() == MOBILE_DIGITS => number(Kind::Mobile),
        // The long-distance 0 that was dialled before mobiles of another city.
        [b'0', b'1', b'3'..=b'9', ..] if text.len() == MOBILE_DIGITS + 1 => Some(Number::new(Kind::Mobile, &text[1..])),
        [b'4', b'0', b'0', ..] if text.len() == FREE_DIGITS => number(Kind::Shared),
        [b'8', b'0', b'0', ..] if text.len() == FREE_DIGITS => number(Kind::Free),
        [b'0', ..] => {
            let area = area_code(text)?;
            let rest = &text[area.len()..];
            fixed(area, rest).or_else(|| {
                let kind = if EMERGENCY.contains(&rest) { Kind::Emergency } else { Kind::Service };
                (kind == Kind::Emergency || is_service(rest)).then(|| Number::new(kind, text))
            })
        }
        _ if is_service(text) => number(Kind::Service),
        _ => None,
    }
}

/// The area code that a text begins with: 010, 02x, or four digits from 03xx to 09xx. 0400 and 0800 are none: with the
/// country's code before them they would be 400 and 800 numbers.
fn area_code(text: &str) -> Option<&str> {
    let len = match text.as_bytes() {
        [b'0', b'4' | b'8', b'0', b'0', ..] => return None,
        [b'0', b'1', b'0', ..] | [b'0', b'2', b'0'..=b'9', ..] => 3,
        [b'0', b'3'..=b'9', a, b, ..] if a.is_ascii_digit() && b.is_ascii_digit() => 4,
        _ => return None,
    };
    Some(&text[..len])
}

/// A fixed line: eight digits in the big cities, whose area codes are short, seven or eight elsewhere.
fn fixed(area: &str, rest: &str) -> Option<Number> {
    let fits = if area.len() == 3 { rest.len() == 8 } else { matches!(rest.len(), 7 | 8) };
    let is_line = fits && !rest.starts_with('0') && rest.bytes().all(|b| b.is_ascii_digit());
    is_line.then(|| Number::new(Kind::Fixed, format!("{area}{rest}")))
}

/// 114 and its like, 1xxxx with what carriers put behind it (1008611), 95xxx and 96xxx with up to six digits.
fn is_service(text: &str) -> bool {
    match text.as_bytes() {
        [b'1', ..] => matches!(text.len(), 3 | 5..=8),
        [b'9', b'5' | b'6', ..] => matches!(text.len(), 5 | 6),
        _ => false,
    }
}

/// A pattern of real numbers.
#[cfg(test)]
pub(crate) const ANY_NUMBER: &str = "1[3-9][0-9]{9}|(010|02[0-9])[1-9][0-9]{7}|0[35679][1-9][0-9][1-9][0-9]{6,7}|\
    [48]00[0-9]{7}|9[56][0-9]{3,4}|1[0-9]{4}|(00|[+])[1-7][0-9]{7,12}|(86|[+]86)(1[3-9][0-9]{9}|10[1-9][0-9]{7})";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbering(area: &str, outside: &str) -> Numbering {
        let value = |name: &str| Some(if name == Numbering::AREA_CODE { area } else { outside });
        Numbering::from_settings(value).unwrap()
    }

    #[test]
    fn numbers_are_read_as_china_writes_them() {
        use Kind::*;
        let beijing = numbering("010", "");
        for (text, kind, canonical, e164) in [
            ("13800138000", Mobile, "13800138000", "+8613800138000"),
            ("138 0013-8000", Mobile, "13800138000", "+8613800138000"),
            ("+86 138 0013 8000", Mobile, "13800138000", "+8613800138000"),
            ("008613800138000", Mobile, "13800138000", "+8613800138000"),
            ("8613800138000", Mobile, "13800138000", "+8613800138000"),
            ("013800138000", Mobile, "13800138000", "+8613800138000"),
            ("１３８００１３８０００", Mobile, "13800138000", "+8613800138000"),
            ("010-62345678", Fixed, "01062345678", "+861062345678"),
            ("(010) 6234 5678", Fixed, "01062345678", "+861062345678"),
            ("+86 10 62345678", Fixed, "01062345678", "+861062345678"),
            ("+86 (010) 62345678", Fixed, "01062345678", "+861062345678"),
            ("861062345678", Fixed, "01062345678", "+861062345678"),
            ("62345678", Fixed, "01062345678", "+861062345678"),
            ("075586261111", Fixed, "075586261111", "+8675586261111"),
            ("03187651234", Fixed, "03187651234", "+863187651234"),
            ("400-123-4567", Shared, "4001234567", "+864001234567"),
            ("+864001234567", Shared, "4001234567", "+864001234567"),
            ("8008101234", Free, "8008101234", "+868008101234"),
            ("95588", Service, "95588", ""),
            ("961001", Service, "961001", ""),
            ("10086", Service, "10086", ""),
            ("1008611", Service, "1008611", ""),
            ("12345", Service, "12345", ""),
            ("12110", Service, "12110", ""),
            ("114", Service, "114", ""),
            ("02112345", Service, "02112345", ""),
            ("021 95588", Service, "02195588", ""),
            ("110", Emergency, "110", ""),
            ("1-2-0", Emergency, "120", ""),
            ("0571110", Emergency, "0571110", ""),
            ("+44 20 7946 0018", International, "+442079460018", "+442079460018"),
            ("0012125550123", International, "+12125550123", "+12125550123"),
            ("1001", Other, "1001", ""),
            ("0110", Other, "0110", ""),
            ("6234567", Other, "6234567", ""),
            ("+86110", Other, "+86110", ""),
            ("alice.b-c", Other, "alice.b-c", ""),
            ("*50", Other, "*50", ""),
            ("", Other, "", ""),
            ("+", Other, "+", ""),
        ] {
            let number = beijing.received(text);
            assert_eq!((number.kind(), &**number.text()), (kind, canonical), "{text}");
            assert_eq!(number.e164().unwrap_or_else(|| "".into()).as_ref(), e164, "{text}");
        }
    }

    #[test]
    fn an_outside_line_is_got_by_its_prefix_where_that_makes_a_number() {
        let (nine, zero) = (numbering("010", "9"), numbering("010", "0"));
        for (plan, text, kind, canonical) in [
            (&nine, "913800138000", Kind::Mobile, "13800138000"),
            (&nine, "13800138000", Kind::Mobile, "13800138000"),
            (&nine, "901062345678", Kind::Fixed, "01062345678"),
            (&nine, "962345678", Kind::Fixed, "01062345678"),
            (&nine, "95588", Kind::Service, "95588"),
            (&nine, "995588", Kind::Service, "95588"),
            (&nine, "9110", Kind::Emergency, "110"),
            (&nine, "110", Kind::Emergency, "110"),
            (&nine, "90012125550123", Kind::International, "+12125550123"),
            (&nine, "98001", Kind::Other, "8001"),
            (&nine, "9", Kind::Other, "9"),
            (&zero, "013800138000", Kind::Mobile, "13800138000"),
            (&zero, "001062345678", Kind::Fixed, "01062345678"),
            (&zero, "01062345678", Kind::Fixed, "01062345678"),
            (&zero, "0110", Kind::Emergency, "110"),
            (&zero, "00012125550123", Kind::International, "+12125550123"),
            (&zero, "+12125550123", Kind::International, "+12125550123"),
            (&zero, "4001234567", Kind::Shared, "4001234567"),
        ] {
            let number = plan.dialled(text);
            assert_eq!((number.kind(), &**number.text()), (kind, canonical), "{text} by {plan:?}");
        }
    }

    #[test]
    fn a_setting_that_makes_no_sense_is_named() {
        for (area, outside, setting) in [
            ("10", "", Numbering::AREA_CODE),
            ("0100", "", Numbering::AREA_CODE),
            ("075", "", Numbering::AREA_CODE),
            ("", "1", Numbering::OUTSIDE_PREFIX),
            ("", "99", Numbering::OUTSIDE_PREFIX),
            ("", "*", Numbering::OUTSIDE_PREFIX),
        ] {
            let value = |name: &str| Some(if name == Numbering::AREA_CODE { area } else { outside });
            assert_eq!(Numbering::from_settings(value).unwrap_err().setting, setting, "{area} {outside}");
        }
    }

    #[test]
    fn prefixes_are_held_against_what_is_dialled_or_against_e164() {
        let number = |text: &str| Numbering::default().received(text);
        for (text, prefix, fits) in [
            ("+8613800138000", "1", true),
            ("13800138000", "+86", true),
            ("010-62345678", "010", true),
            ("+442079460018", "00", true),
            ("0044 2079460018", "+44", true),
            ("95588", "95", true),
            ("95588", "+86", false),
            ("8001", "", true),
            ("01062345678", "1", false),
        ] {
            assert_eq!(number(text).begins_with(prefix), fits, "{text} {prefix}");
        }
    }

    fn anywhere() -> impl Strategy<Value = Numbering> {
        let areas = prop_oneof![Just(""), Just("010"), Just("021"), Just("0755"), Just("0318")];
        let prefixes = prop_oneof![Just(""), Just("0"), Just("9"), Just("8"), Just("5")];
        (areas, prefixes).prop_map(|(area, outside)| numbering(area, outside))
    }

    proptest! {
        /// A record's number can be dialled again by the same people and is the same number.
        #[test]
        fn a_number_once_read_is_read_the_same_again(
            plan in anywhere(),
            text in prop_oneof!["[+]?[0-9]{1,16}", ANY_NUMBER],
        ) {
            for number in [plan.dialled(&text), plan.received(&text)] {
                prop_assert_eq!(&plan.received(number.text()), &number);
                if number.kind() != Kind::Other {
                    prop_assert_eq!(&plan.dialled(number.text()), &number);
                }
                if let Some(e164) = number.e164() {
                    prop_assert_eq!(&plan.received(&e164), &number);
                    prop_assert_eq!(&plan.received(&number.dialled()), &number);
                }
            }
        }

        /// Whatever is pasted, nothing breaks, and what is no number goes as it is.
        #[test]
        fn any_text_is_read(plan in anywhere(), text in "\\PC{0,24}") {
            let number = plan.dialled(&text);
            if !text.chars().any(|c| c.is_ascii_digit() || ('０'..='９').contains(&c)) && !text.contains(['+', '＋']) {
                prop_assert_eq!(number, Number::new(Kind::Other, text));
            }
        }

        /// The police is reached with the prefix and without it, wherever the company is.
        #[test]
        fn emergencies_are_always_known(plan in anywhere(), which in 0..EMERGENCY.len()) {
            let number = EMERGENCY[which];
            prop_assert_eq!(plan.dialled(number).kind(), Kind::Emergency);
            let prefixed = format!("{}{number}", plan.outside.as_deref().unwrap_or(""));
            let read = plan.dialled(&prefixed);
            prop_assert_eq!(&**read.text(), number);
        }
    }
}
